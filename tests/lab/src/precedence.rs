//! Precedence of this program and what it starts over everything else on the machine, for as long as a call is measured.
//! `call` takes it first: the link is to be bad, not the machine.
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
