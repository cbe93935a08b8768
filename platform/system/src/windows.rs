//! Windows: the standard library's clock; usage and priorities are left to the system.
//! Only the modules of this crate call it.
//! A user's profile folder is private to that user already, so files there need no narrower mode.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

static FIRST_ASKED: OnceLock<Instant> = OnceLock::new();

pub(crate) fn monotonic() -> u64 {
    let since = FIRST_ASKED.get_or_init(Instant::now).elapsed();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

pub(crate) fn cpu_seconds() -> f64 {
    0.0
}

pub(crate) fn rss_mb() -> f64 {
    0.0
}

pub(crate) fn raise_priority() -> bool {
    false
}

pub(crate) fn lower_priority() -> bool {
    false
}

pub(crate) fn restrict_new_dir(_builder: &mut DirBuilder) {}

pub(crate) fn restrict_dir(_path: &Path) -> io::Result<()> {
    Ok(())
}

pub(crate) fn restrict_new_file(_options: &mut OpenOptions) {}

pub(crate) fn restrict_file(_file: &File) -> io::Result<()> {
    Ok(())
}
