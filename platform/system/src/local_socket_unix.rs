//! Questions to the phone that runs on a data directory, one line each way over a Unix socket.
//! The running phone serves it, command lines started beside it ask.
//! Only the owner may connect (mode 0600); a line has a cap and a deadline, so a stuck client holds nobody up for long.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// A question or an answer: a history of thousands of calls fits.
const MAX_LINE_BYTES: u64 = 4 << 20;
/// How long a client may take to ask: it asks as soon as it has connected.
const ASK_WAIT: Duration = Duration::from_secs(5);
/// How long an answer may take: the doctor waits for a relay.
const ANSWER_WAIT: Duration = Duration::from_secs(20);

/// Removes the socket when the phone closes.
pub struct LocalSocket {
    path: PathBuf,
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        // A socket that is left behind refuses connections, which asks the same as none.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Answers each line sent to the socket at `path` with what `answer` returns, until the guard is dropped and the
/// process ends. The caller holds the data directory's lock: a socket found there is a dead phone's.
///
/// # Errors
/// What the system says: a path of more than about 100 bytes, no permission, no space.
pub fn serve(path: &Path, answer: impl Fn(&str) -> String + Send + 'static) -> io::Result<LocalSocket> {
    if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    let work = move || {
        for stream in listener.incoming().flatten() {
            if let Err(error) = converse(&stream, &answer) {
                tracing::debug!(%error, "a client of the local socket went away");
            }
        }
    };
    drop(thread::Builder::new().name("ahoy-socket".into()).spawn(work)?);
    Ok(LocalSocket { path: path.to_owned() })
}

fn converse(stream: &UnixStream, answer: &impl Fn(&str) -> String) -> io::Result<()> {
    stream.set_read_timeout(Some(ASK_WAIT))?;
    stream.set_write_timeout(Some(ASK_WAIT))?;
    let mut line = String::new();
    let _ = BufReader::new(stream.take(MAX_LINE_BYTES)).read_line(&mut line)?;
    let mut reply = answer(line.trim_end());
    reply.push('\n');
    let mut stream = stream;
    stream.write_all(reply.as_bytes())
}

/// Asks the phone that serves `path`; `None` when there is none.
///
/// # Errors
/// A phone serves the socket but does not answer.
pub fn ask(path: &Path, line: &str) -> io::Result<Option<String>> {
    let Ok(mut stream) = UnixStream::connect(path) else { return Ok(None) };
    stream.set_read_timeout(Some(ANSWER_WAIT))?;
    stream.write_all(format!("{line}\n").as_bytes())?;
    let mut reply = String::new();
    let read = BufReader::new(stream.take(MAX_LINE_BYTES)).read_line(&mut reply)?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(reply.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_gets_its_answer_and_nobody_home_is_no_error() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("phone.sock");
        assert_eq!(ask(&path, "hello").expect("nobody there"), None);
        let guard = serve(&path, |line| line.to_uppercase()).expect("serves");
        assert_eq!(ask(&path, "hello").expect("somebody there").as_deref(), Some("HELLO"));
        let mode = std::fs::metadata(&path).expect("exists").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        drop(guard);
        assert!(!path.exists());
    }

    #[test]
    fn a_dead_phones_socket_is_replaced() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("phone.sock");
        drop(UnixListener::bind(&path).expect("binds"));
        assert!(path.exists());
        let _guard = serve(&path, str::to_owned).expect("serves");
        assert_eq!(ask(&path, "again").expect("answers").as_deref(), Some("again"));
    }
}
