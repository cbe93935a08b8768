//! A system on which `ahoy:` links cannot be registered by the program itself: phones and macOS read them from the app's own
//! description, and nothing writes Windows' registry yet.
//! The signatures are those of the Linux module; every answer is an error.

use std::io;
use std::path::{Path, PathBuf};

/// What was written or removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Files.
    pub files: Vec<PathBuf>,
    /// What could not be told to the desktop, and why.
    pub untold: Vec<String>,
}

/// Registers nothing.
///
/// # Errors
/// Always: not supported here.
pub fn register(_data_home: &Path, _program: &Path, _icon: &str) -> io::Result<Registered> {
    Err(unsupported())
}

/// Removes nothing.
///
/// # Errors
/// Always: not supported here.
pub fn remove(_data_home: &Path) -> io::Result<Registered> {
    Err(unsupported())
}

fn unsupported() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "this system cannot be told of `ahoy:` links from the command line")
}
