//! macOS and iOS: the kernel's clocks and Unix modes; priorities and memory are left to the system.
//! Only the modules of this crate call it.
//! Nothing here fails loudly: a figure that cannot be read is 0, a wish that is refused is `false`.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::time::{ClockId, clock_gettime};

pub(crate) fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000 + now.tv_nsec.unsigned_abs() / 1_000
}

pub(crate) fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

pub(crate) fn rss_mb() -> f64 {
    0.0
}

// A nice value reaches the whole process here, so none is set: raising one thread would raise the encoders with it.
pub(crate) fn raise_priority() -> bool {
    false
}

pub(crate) fn lower_priority() -> bool {
    false
}

pub(crate) fn restrict_new_dir(builder: &mut DirBuilder) {
    let _ = builder.mode(0o700);
}

pub(crate) fn restrict_dir(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(0o700))
}

pub(crate) fn restrict_new_file(options: &mut OpenOptions) {
    let _ = options.mode(0o600);
}

pub(crate) fn restrict_file(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}
