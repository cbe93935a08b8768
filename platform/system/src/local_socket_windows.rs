//! Questions to a running phone: Windows has no socket of this kind yet, so nobody is ever asked.
//! The running phone keeps the store locked; a command line beside it says so instead of answering.
//! The signatures are those of the Unix module.

use std::io;
use std::path::Path;

/// Stands for a served socket.
pub struct LocalSocket;

/// Serves nothing.
///
/// # Errors
/// Always: not supported here.
pub fn serve(_path: &Path, _answer: impl Fn(&str) -> String + Send + 'static) -> io::Result<LocalSocket> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Finds nobody.
///
/// # Errors
/// None.
pub fn ask(_path: &Path, _line: &str) -> io::Result<Option<String>> {
    Ok(None)
}
