//! Whether a device still moves: its callbacks are counted there and looked at here.
//! The device back ends' handles ask it whenever somebody asks them for a failure.
//! The callback only adds to a counter; the clock is read on the side that asks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ahoy_media::LocalTime;

use crate::callback::Shared;
use crate::device::DeviceKind;
use crate::error::AudioError;
use crate::pace;

/// A device without a callback for this long has stopped: fifty buffers of 10 ms, longer than any scheduler's hiccup.
const STOPPED: Duration = Duration::from_millis(500);

/// The same for one that has just been opened: a sound server may have to wake its device first, and a wireless one
/// takes its time.
const STARTING: Duration = Duration::from_millis(2_500);

/// Callbacks that fill the buffers of a device before it plays anything.
const FILLING: u64 = 3;

/// The counter as it was last seen, and since when it has stood there.
#[derive(Debug)]
pub(crate) struct Watch {
    kind: DeviceKind,
    calls: AtomicU64,
    since: AtomicU64,
}

impl Watch {
    /// Starts watching a device that has just been started.
    pub(crate) fn start(kind: DeviceKind) -> Self {
        Self { kind, calls: AtomicU64::new(0), since: AtomicU64::new(pace::now().0) }
    }

    /// What ended the device, its standing still included; the first answer stays.
    pub(crate) fn failure(&self, shared: &Shared) -> Option<AudioError> {
        self.failure_at(shared, pace::now())
    }

    fn failure_at(&self, shared: &Shared, now: LocalTime) -> Option<AudioError> {
        let calls = shared.calls.load(Ordering::Relaxed);
        let patience = if calls > FILLING { STOPPED } else { STARTING };
        if self.calls.swap(calls, Ordering::Relaxed) != calls {
            self.since.store(now.0, Ordering::Relaxed);
        } else if now.saturating_since(LocalTime(self.since.load(Ordering::Relaxed))) >= patience {
            let _ = shared.failure.set(AudioError::Stalled(self.kind));
        }
        shared.failure.get().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: LocalTime = LocalTime(1_000_000);

    fn watched() -> (Watch, Shared) {
        let watch = Watch { since: AtomicU64::new(START.0), ..Watch::start(DeviceKind::Speaker) };
        (watch, Shared::default())
    }

    #[test]
    fn half_a_second_without_a_callback_is_a_failure_that_stays() {
        let (watch, shared) = watched();
        for _ in 0..=FILLING {
            shared.called(Duration::from_millis(10), None);
        }
        assert_eq!(watch.failure_at(&shared, START), None);
        assert_eq!(watch.failure_at(&shared, START + Duration::from_millis(499)), None);
        let stopped = Some(AudioError::Stalled(DeviceKind::Speaker));
        assert_eq!(watch.failure_at(&shared, START + STOPPED), stopped);
        shared.called(Duration::from_millis(10), None);
        assert_eq!(watch.failure_at(&shared, START + STOPPED), stopped);
    }

    #[test]
    fn a_device_that_never_starts_fails_later() {
        let (watch, shared) = watched();
        shared.called(Duration::from_millis(10), None);
        assert_eq!(watch.failure_at(&shared, START), None);
        assert_eq!(watch.failure_at(&shared, START + STOPPED), None);
        assert_eq!(watch.failure_at(&shared, START + STARTING), Some(AudioError::Stalled(DeviceKind::Speaker)));
    }

    #[test]
    fn a_device_that_moves_never_fails_however_seldom_it_is_asked() {
        let (watch, shared) = watched();
        for second in 1..100 {
            shared.called(Duration::from_millis(10), None);
            assert_eq!(watch.failure_at(&shared, START + Duration::from_secs(second)), None);
        }
    }

    #[test]
    fn what_the_system_says_comes_before_the_standing_still() {
        let (watch, shared) = watched();
        let unplugged = AudioError::Gone { kind: DeviceKind::Speaker, detail: "unplugged".to_owned() };
        shared.failure.set(unplugged.clone()).expect("nothing is there yet");
        assert_eq!(watch.failure_at(&shared, START + STARTING), Some(unplugged));
    }
}
