//! Requests to end: Ctrl-C.
//! The command line and the window ask to be told, so that a call ends with its last words instead of silence.
//! The callback runs on a thread of its own.

use std::io;

/// Calls `told` for every request from now on; the process no longer ends by itself.
///
/// # Errors
/// The system gives no handler.
pub fn on_request(told: impl FnMut() + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(told).map_err(io::Error::other)
}
