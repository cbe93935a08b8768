//! How long a picture is held so that it is seen when its sound is heard.
//! The decode thread asks it for every picture, with what the sound's playout says of its delay.
//! A picture is never held beyond what the sound needs, and the sound never waits for a picture.

use std::time::Duration;

use crate::units::LocalTime;

/// Pictures come at most this much before their sound: people notice 45 ms (ITU-R BT.1359-1), and the device waits a few
/// more before it speaks.
const LEAD: Duration = Duration::from_millis(35);

/// No picture is held longer: so much later it is worth more seen than in step.
const MOST_HELD: Duration = Duration::from_millis(200);

/// The delay aimed at changes by this share of the time that passes: 4 ms from picture to picture, which nobody sees.
const SLEW: f64 = 0.1;

/// The lip sync of one call.
#[derive(Clone, Copy, Debug, Default)]
pub struct LipSync {
    /// From capture to screen, and when it was last adjusted.
    aim: Option<(Duration, LocalTime)>,
}

impl LipSync {
    /// How long to hold a picture that was captured `picture_delay` ago, while sound is heard `voice_delay` after it was
    /// spoken; zero while that is not known.
    ///
    /// Pictures that waited less are held longer, so that their rhythm is the camera's, not the way's.
    pub fn hold(&mut self, picture_delay: Duration, voice_delay: Option<Duration>, now: LocalTime) -> Duration {
        let Some(voice_delay) = voice_delay else {
            self.aim = None;
            return Duration::ZERO;
        };
        let wanted = voice_delay.saturating_sub(LEAD);
        let aim = self.aim.map_or_else(
            // Begins with what is there: the first picture is not held at all.
            || picture_delay.min(wanted),
            |(aim, at)| {
                let step = now.saturating_since(at).mul_f64(SLEW);
                wanted.clamp(aim.saturating_sub(step), aim.saturating_add(step))
            },
        );
        self.aim = Some((aim, now));
        aim.saturating_sub(picture_delay).min(MOST_HELD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME_MS: u64 = 42;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// When pictures are seen after their capture (ms), for what they waited on the way.
    fn seen(waited: impl Iterator<Item = u64>, voice_ms: impl Fn(u64) -> u64) -> Vec<u64> {
        let mut sync = LipSync::default();
        let captured = (0..).map(|n| n * FRAME_MS);
        let hold = |(at, waited): (u64, u64)| {
            let now = LocalTime((at + waited) * 1_000);
            waited + sync.hold(ms(waited), Some(ms(voice_ms(at))), now).as_millis() as u64
        };
        captured.zip(waited).map(hold).collect()
    }

    #[test]
    fn a_clean_way_holds_nothing() {
        let waited = (0..200).map(|n| 10 + n * 7 % 11);
        assert_eq!(seen(waited.clone(), |_| 37), waited.collect::<Vec<_>>());
    }

    #[test]
    fn pictures_end_up_within_40_ms_of_a_late_sound() {
        let seen = seen((0..200).map(|n| 30 + n * 7 % 21), |_| 150);
        assert!(seen[0] <= 50, "the first one is not held");
        assert!(seen.windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 25), "{seen:?}");
        assert!(seen[50..].iter().all(|&delay| (110..=150).contains(&delay)), "{seen:?}");
        assert!(seen[50..].iter().all(|&delay| delay.abs_diff(seen[50]) <= 1), "and the rhythm is even: {seen:?}");
    }

    #[test]
    fn a_picture_later_than_the_sound_is_not_held() {
        let seen = seen((0..100).map(|n| if n % 10 == 9 { 180 } else { 120 }), |_| 90);
        assert!(seen.iter().enumerate().all(|(n, &delay)| delay == if n % 10 == 9 { 180 } else { 120 }));
    }

    #[test]
    fn a_sound_that_jumps_is_followed_slowly() {
        let seen = seen((0..200).map(|_| 20), |at| if at < 3_000 { 60 } else { 260 });
        assert!(seen.windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 6), "{seen:?}");
        assert_eq!(seen[199], 220, "held no longer than 200 ms");
    }

    #[test]
    fn nothing_is_held_without_a_known_sound() {
        let mut sync = LipSync::default();
        for n in 0..50 {
            assert_eq!(sync.hold(ms(10), None, LocalTime(n * 42_000)), Duration::ZERO);
        }
        assert_eq!(sync.hold(ms(10), Some(ms(300)), LocalTime(50 * 42_000)), Duration::ZERO, "and it begins gently");
    }
}
