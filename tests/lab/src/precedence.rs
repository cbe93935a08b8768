//! Precedence of this program and what it starts over everything else on the machine, for as long as a call is measured; and what
//! a virtual machine was kept from all the same. `call` takes it first: the link is to be bad, not the machine.
//! It needs the rights that namespaces need too. Without it the figures are only less even.

use std::fs;

/// The highest there is for ordinary programs.
const NICE: i32 = -20;
/// Where the kernel groups programs by session ("autogroup"), niceness counts only within a session; this is the session's own.
const SESSION: &str = "/proc/self/autogroup";

/// Precedence until it is dropped.
pub struct Precedence {
    /// What the session had before.
    session: Option<String>,
}

impl Precedence {
    /// Takes it, for all that is started from here on.
    #[must_use]
    pub fn take() -> Self {
        let _ = rustix::process::setpriority_process(None, NICE);
        // "/autogroup-193 nice 0"
        let before = fs::read_to_string(SESSION).ok();
        let session = before.and_then(|text| Some(text.trim_end().rsplit_once(' ')?.1.to_owned()));
        let _ = fs::write(SESSION, NICE.to_string());
        Self { session }
    }
}

impl Drop for Precedence {
    fn drop(&mut self) {
        let _ = rustix::process::setpriority_process(None, 0);
        if let Some(session) = &self.session {
            let _ = fs::write(SESSION, session);
        }
    }
}

/// What the processors have done since the machine started, in the kernel's ticks.
#[derive(Clone, Copy)]
pub struct ProcessorTime {
    all: u64,
    stolen: u64,
}

impl ProcessorTime {
    /// Up to now; nothing where the kernel does not tell.
    #[must_use]
    pub fn now() -> Self {
        // "cpu  user nice system idle iowait irq softirq steal guest guest_nice", guests being part of users.
        const COUNTED: usize = 8;
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = first.split_whitespace().skip(1).take(COUNTED).flat_map(str::parse).collect();
        Self { all: ticks.iter().sum(), stolen: ticks.get(COUNTED - 1).copied().unwrap_or(0) }
    }

    /// Share that this machine wanted since then and another one had.
    #[must_use]
    pub fn stolen_since(self) -> f64 {
        let now = Self::now();
        (now.stolen - self.stolen) as f64 / (now.all - self.all).max(1) as f64
    }
}
