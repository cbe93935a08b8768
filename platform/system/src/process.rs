//! What this process has used so far.
//! The statistics line and the demo report call it.
//! A figure that the system does not tell is 0, never an invented one.

/// Seconds of processor time of all threads, user and kernel together; 0 where the system does not tell.
#[must_use]
pub fn cpu_seconds() -> f64 {
    crate::os::cpu_seconds()
}

/// Memory resident now, in MB (1,000,000 bytes); 0 where the system does not tell.
#[must_use]
pub fn rss_mb() -> f64 {
    crate::os::rss_mb()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn work_is_seen_in_the_processor_time() {
        let before = cpu_seconds();
        let started = std::time::Instant::now();
        while started.elapsed().as_millis() < 30 {
            std::hint::spin_loop();
        }
        assert!(cpu_seconds() > before);
    }

    #[test]
    fn touched_memory_is_resident() {
        let before = rss_mb();
        let block = std::hint::black_box(vec![1_u8; 64_000_000]);
        let grown = rss_mb() - before;
        assert!(grown > 50.0, "{grown} MB for {} bytes", block.len());
    }
}
