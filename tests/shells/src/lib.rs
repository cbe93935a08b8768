//! Reads the files of the phone projects.
//! The tests beside it call this.
//! A path that is not there fails the test that asks for it, by name.

use std::path::{Path, PathBuf};

/// The folder that holds `mobile.toml`, `android/` and `ios/`.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the crate lies two folders deep")
}

/// The text of one file below [`repository`].
///
/// # Panics
/// When there is no such file, naming it.
pub fn text(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
