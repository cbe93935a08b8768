//! How urgent the calling thread is.
//! Sound threads raise themselves, picture threads lower themselves, so that a busy encoder never delays sound.
//! Both are wishes: a system that refuses leaves the thread as it was, and the call goes on.

/// Asks for a higher priority for the calling thread; `false` when the system refused.
pub fn raise_priority() -> bool {
    let raised = crate::os::raise_priority();
    if !raised {
        tracing::debug!("the system keeps this thread at its normal priority");
    }
    raised
}

/// Asks for a lower priority for the calling thread; `false` when the system refused.
pub fn lower_priority() -> bool {
    let lowered = crate::os::lower_priority();
    if !lowered {
        tracing::debug!("the system keeps this thread at its normal priority");
    }
    lowered
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn niceness() -> i64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux tells a thread about itself");
        let after_name = stat.rsplit_once(')').expect("the name stands in brackets").1;
        after_name.split_whitespace().nth(16).and_then(|field| field.parse().ok()).expect("field 19 is the niceness")
    }

    #[test]
    fn lowering_reaches_this_thread_alone() {
        let outside = niceness();
        let inside = std::thread::spawn(|| (lower_priority(), niceness())).join().expect("the thread ends");
        assert_eq!(inside, (true, outside.max(5)));
        assert_eq!(niceness(), outside);
    }
}
