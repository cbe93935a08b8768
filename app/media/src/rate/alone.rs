//! The control while sound is alone, or nearly: the sound's feedback is all that is known of the way.
//! The sender of pictures tells it with every look; with enough pieces under way it says nothing.
//! What no piece has proven grows slowly, and only as far as it takes to try a picture again.

use std::time::Duration;

use super::{BOLD_AT_FIRST, PROVEN, RateControl, UNPROVEN_S};
use crate::units::LocalTime;

/// While fewer than so many pieces left within this, the sound's word on the queue counts, with so much slack: shrinking a second
/// beyond it.
const FEW: usize = 8;
const FEW_WITHIN: Duration = Duration::from_secs(1);
const SOUND_SLACK_MS: f64 = 30.0;
const SOUND_SHRINKS: f64 = 0.6;

/// While none left within this, the target grows by so much a second up to so much, in case that pictures can be tried again.
const FLOWS: Duration = Duration::from_millis(600);
const TRY: f64 = 85.0;
const TRY_GROWS: f64 = 3.0;

impl RateControl {
    /// What the sound's feedback says of the queue; used while no pieces flow.
    pub fn heard_queue(&mut self, queue: Duration, now: LocalTime) {
        self.trial.pass(now);
        let few = self.pieces.count_after(now - FEW_WITHIN) < FEW;
        let passed =
            self.heard_sound.replace(now).map_or(0.0, |before| now.saturating_since(before).as_secs_f64()).min(0.2);
        if !few {
            return;
        }
        let queue = queue.as_secs_f64() * 1_000.0;
        let aim = self.bound.aim(self.rate) + SOUND_SLACK_MS;
        let proven = (PROVEN * self.sound.kbps()).max(TRY);
        let begun = self.pieces.any();
        if self.pieces.count_after(now - FLOWS) == 0 {
            self.share = 1.0;
            self.calm = (now, if begun || queue > aim { Duration::ZERO } else { BOLD_AT_FIRST });
            self.rate = self.rate.max(proven.min(self.rate + TRY_GROWS * passed));
        }
        if queue > aim && !begun {
            // A call that begins beside a queue begins with little.
            self.rate = self.rate.min(proven);
        }
        if queue > aim {
            self.rate *= (-SOUND_SHRINKS * passed).exp();
        }
        if self.rate > proven && begun {
            self.rate += (proven - self.rate) * passed / UNPROVEN_S;
        }
        self.rate = self.rate.clamp(f64::from(self.limits.least.0), f64::from(self.limits.most.0));
    }
}
