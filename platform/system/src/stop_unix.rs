//! Requests to end: Ctrl-C, a polite kill, a closed terminal.
//! The command line and the window ask to be told, so that a call ends with its last words instead of silence.
//! The callback runs on a thread of its own, never inside a signal handler.

use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Calls `told` for every request from now on; the process no longer ends by itself.
///
/// # Errors
/// The system gives no handler or no thread.
pub fn on_request(mut told: impl FnMut() + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let listen = move || {
        for _ in signals.forever() {
            told();
        }
    };
    drop(thread::Builder::new().name("ahoy-stop".into()).spawn(listen)?);
    Ok(())
}
