//! Standard output that may be closed: `ahoy history | head` ends quietly.
//! Every command prints its results through it.
//! Whoever reads has had enough when the pipe is closed, which is no error of ours.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process;

/// Prints one line; ends the process when nobody reads any more.
pub fn line(text: impl Display) {
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush())
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        process::exit(0);
    }
}
