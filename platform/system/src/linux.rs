//! Linux and Android: the kernel's clocks, `/proc`, nice values per thread, Unix modes.
//! Only the modules of this crate call it.
//! Nothing here fails loudly: a figure that cannot be read is 0, a wish that is refused is `false`.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::process::setpriority_process;
use rustix::time::{ClockId, clock_gettime};

/// Nice value of sound threads: above every normal program, below the system's own audio server.
const URGENT: i32 = -10;

/// Nice value of picture threads: gives way to sound and to the window.
const PATIENT: i32 = 5;

pub(crate) fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000 + now.tv_nsec.unsigned_abs() / 1_000
}

pub(crate) fn cpu_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

pub(crate) fn rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kibibytes: f64 = resident.split_whitespace().next().and_then(|field| field.parse().ok()).unwrap_or(0.0);
    kibibytes * 1024.0 / 1e6
}

// The kernel applies a nice value to the calling thread alone when it is asked for process 0.
pub(crate) fn raise_priority() -> bool {
    setpriority_process(None, URGENT).is_ok()
}

pub(crate) fn lower_priority() -> bool {
    setpriority_process(None, PATIENT).is_ok()
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
