//! One `ahoy` process with a data directory of its own.
//! The rig and the tests start it, talk to it on standard input and read what it prints.
//! It is killed when it is dropped, so that a failed test leaves nothing behind.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// How long a phone may take to do what takes milliseconds on an idle machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Names another program to test than the one that was built beside the tests.
const PROGRAM: &str = "AHOY_BIN";

/// The program under test: the one that `AHOY_BIN` names, else the one built beside the program that tests it.
///
/// # Errors
/// It was not built.
pub fn program() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(PROGRAM).map(PathBuf::from) {
        ensure!(named.is_file(), "{PROGRAM} names {}, which is no file", named.display());
        return Ok(named);
    }
    beside("ahoy")
}

/// A program that was built beside this one.
///
/// # Errors
/// It was not built.
pub fn beside(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let found = here.ancestors().map(|dir| dir.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("the program `{name}` is not built; run `./x test`, or `cargo build` first"))
}

/// A data directory, and how programs are started on it.
#[derive(Clone)]
pub struct Owner {
    dir: PathBuf,
    extra: Vec<String>,
    namespace: Option<String>,
    sound: Option<String>,
}

impl Owner {
    /// An owner who keeps everything in `dir`, without relay.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), extra: vec!["--relay".into(), "none".into()], namespace: None, sound: None }
    }

    /// The same owner, whose programs run in this network namespace.
    #[must_use]
    pub fn within(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// The same owner, whose programs use the sound server at this address.
    #[must_use]
    pub fn on_sound_server(&self, address: &str) -> Self {
        Self { sound: Some(address.to_owned()), ..self.clone() }
    }

    /// Its data directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A command of this owner's.
    ///
    /// # Errors
    /// The program was not built.
    pub fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Command> {
        let mut command = match &self.namespace {
            None => Command::new(program()?),
            Some(namespace) => {
                let mut inside = Command::new("ip");
                let _ = inside.args(["netns", "exec", namespace.as_str()]).arg(program()?);
                inside
            }
        };
        let _ = command.arg("--data-dir").arg(&self.dir).args(&self.extra).args(args);
        // A display of the machine that tests is nobody's business here.
        let _ = command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        if let Some(address) = &self.sound {
            let _ = command.env("PULSE_SERVER", address);
        }
        Ok(command)
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// It could not be started.
    pub fn run<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Output> {
        Ok(self.command(args)?.stdin(Stdio::null()).output()?)
    }

    /// Runs a command with `--json` and reads its answer.
    ///
    /// # Errors
    /// It failed, or its answer is no JSON.
    pub fn json<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Value> {
        let mut args: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
        args.push(OsStr::new("--json"));
        let output = self.run(&args)?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{args:?} failed: {error}");
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Runs a command with `--json` and reads every line of JSON that it prints.
    ///
    /// # Errors
    /// It failed.
    pub fn json_lines<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Vec<Value>> {
        let mut args: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
        args.push(OsStr::new("--json"));
        let output = self.run(&args)?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{args:?} failed: {error}");
        let printed = String::from_utf8(output.stdout)?;
        Ok(printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// This owner's contact link.
    ///
    /// # Errors
    /// It cannot be shown.
    pub fn link(&self) -> Result<String> {
        let answer = self.json(&["id"])?;
        Ok(answer["link"].as_str().context("a link")?.to_owned())
    }

    /// Starts a phone and waits until it listens.
    ///
    /// # Errors
    /// It ended, or did not listen in time.
    pub fn start<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Phone> {
        let mut phone = self.spawn(args)?;
        let _ = phone.wait_for("listening")?;
        Ok(phone)
    }

    /// Starts a phone.
    ///
    /// # Errors
    /// It could not be started.
    pub fn spawn<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<Phone> {
        let mut command = self.command(args)?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("standard output")?;
        let mut stderr = child.stderr.take().context("standard error")?;
        let (printed, lines) = channel();
        drop(thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if printed.send(line).is_err() {
                    return;
                }
            }
        }));
        let (said, errors) = channel();
        drop(thread::spawn(move || {
            let mut text = String::new();
            // What is no text is no message either; the rest is still worth showing.
            let _ = stderr.read_to_string(&mut text);
            drop(said.send(text));
        }));
        Ok(Phone { child, lines, errors })
    }
}

/// A running phone.
pub struct Phone {
    child: Child,
    lines: Receiver<String>,
    errors: Receiver<String>,
}

impl Phone {
    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Says one line on its standard input.
    ///
    /// # Errors
    /// It no longer listens.
    pub fn say(&mut self, line: &str) -> Result<()> {
        let input = self.child.stdin.as_mut().context("standard input")?;
        Ok(writeln!(input, "{line}")?)
    }

    /// Waits for a line that contains `text`, and gives it.
    ///
    /// # Errors
    /// It ended, or printed no such line in time.
    pub fn wait_for(&mut self, text: &str) -> Result<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(text) => return Ok(line),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => bail!("no '{text}' within {} s", PATIENCE.as_secs()),
                Err(RecvTimeoutError::Disconnected) => {
                    let error = self.errors.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
                    bail!("ended before it said '{text}': {error}")
                }
            }
        }
    }

    /// Waits for a line of `--json` that fits, and gives it.
    ///
    /// # Errors
    /// It ended, or printed no such line in time.
    pub fn wait_until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let until = Instant::now() + PATIENCE;
        let mut printed = Vec::new();
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => match serde_json::from_str(&line) {
                    Ok(value) if fits(&value) => return Ok(value),
                    Ok(_) | Err(_) => printed.push(line),
                },
                Err(RecvTimeoutError::Timeout) => {
                    bail!("{what}: not within {} s, only {printed:#?}", PATIENCE.as_secs())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let error = self.errors.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
                    bail!("ended before {what}: {printed:#?} {error}")
                }
            }
        }
    }

    /// Waits until one of its calls is in this state; needs `--json`.
    ///
    /// # Errors
    /// It ended, or no call was in time.
    pub fn wait_for_state(&mut self, state: &str) -> Result<Value> {
        self.wait_until(state, |line| line["state"] == state)
    }

    /// Says one line and waits until it was carried out.
    ///
    /// # Errors
    /// It was refused, or not answered in time.
    pub fn obey(&mut self, line: &str) -> Result<()> {
        self.say(line)?;
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(said) if said == "ok" => return Ok(()),
                Ok(said) if said.starts_with("error") => bail!("'{line}' was refused: {said}"),
                Ok(_) => {}
                Err(error) => bail!("'{line}' was not answered: {error}"),
            }
        }
    }

    /// The newest numbers of the call going on.
    ///
    /// # Errors
    /// There is none.
    pub fn stats(&mut self) -> Result<Value> {
        self.say("stats")?;
        self.wait_until("numbers of the call", |line| line["audio"].is_object())
    }

    /// Asks for the numbers of the call until they fit, and gives them.
    ///
    /// # Errors
    /// They did not in time.
    pub fn stats_until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let stats = self.stats()?;
            if fits(&stats) {
                return Ok(stats);
            }
            ensure!(Instant::now() < until, "{what}: not within {} s, only {stats}", PATIENCE.as_secs());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether it has printed a line that contains `text` since it was last asked.
    ///
    /// # Errors
    /// It has ended.
    pub fn has_said(&mut self, text: &str) -> Result<bool> {
        loop {
            match self.lines.try_recv() {
                Ok(line) if line.contains(text) => return Ok(true),
                Ok(_) => {}
                Err(TryRecvError::Empty) => return Ok(false),
                Err(TryRecvError::Disconnected) => bail!("ended before it said '{text}'"),
            }
        }
    }

    /// Waits until it has ended, at most `patience`; gives its status and what it said on standard error.
    ///
    /// # Errors
    /// It did not end in time.
    pub fn wait(&mut self, patience: Duration) -> Result<(ExitStatus, String)> {
        let until = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok((status, self.errors.recv_timeout(PATIENCE).unwrap_or_default()));
            }
            ensure!(Instant::now() < until, "still running after {} s", patience.as_secs());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks it to end, as Ctrl-C does.
    ///
    /// # Errors
    /// It has ended already.
    pub fn interrupt(&self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        Ok(rustix::process::kill_process(pid, rustix::process::Signal::INT)?)
    }

    /// Ends it without a chance to say anything.
    ///
    /// # Errors
    /// It has ended already.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        let _ = self.child.wait()?;
        Ok(())
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
