//! A voice that looks after itself, as the phone's does: losses seen in feedback, protection against them, and what that may cost.
//! The media flow has one in the cases where voice and picture compete; elsewhere sound has a fixed rate.
//! The choice of the plan is the production code; only Opus is left out, and frames are as large as their plan says.

use std::time::Duration;

use ahoy_media::protect::{Conditions, Wishes};
use ahoy_media::voice_rate::PACKET_BYTES;
use ahoy_media::{Feedback, Kbps, LocalTime, LossPattern, Plan, Protection, VoiceRate};

use super::packet::{Packet, Payload};

/// What a voice may use at the most: 64 kbit/s, three copies and the headers.
const CEILING: Kbps = Kbps(320);

/// Beside a picture it has this much of its share whatever it finds out by itself: 32 kbit/s in frames of 20 ms.
const PLAIN: Kbps = Kbps(61);

/// How often the plan is made anew without feedback.
const REPLAN: Duration = Duration::from_millis(100);

const WISHES: Wishes =
    Wishes { kbps: Kbps(32), least: Kbps(6), frame: None, low_delay: false, copies: None, fec: None, dred: None };

/// The voice of one direction.
#[derive(Debug)]
pub struct Voice {
    losses: LossPattern,
    rate: VoiceRate,
    protection: Protection,
    plan: Plan,
    share: Option<Kbps>,
    tick: u32,
    planned: LocalTime,
}

impl Voice {
    /// A call begins.
    #[must_use]
    pub fn new(now: LocalTime) -> Self {
        let (losses, rate, mut protection) = (LossPattern::new(), VoiceRate::new(CEILING), Protection::new(WISHES));
        let known = Conditions { losses: losses.losses(), round_trip: None, budget: rate.budget(), copies: true };
        let plan = protection.plan(&known, now);
        Self { losses, rate, protection, plan, share: None, tick: 0, planned: now }
    }

    /// The next frame leaves; it is followed by another after [`Self::span`].
    pub fn send(&mut self, now: LocalTime) -> Packet {
        let ticks = self.plan.frame.ticks();
        // Kilobits a second are bits a millisecond.
        let bytes = (self.plan.wire().0 * self.plan.frame.ms()) as usize / 8;
        self.rate.sent(bytes.saturating_sub(PACKET_BYTES), now);
        self.losses.sent(self.tick, ticks);
        let sound = Payload::Sound { sent: now, first: self.tick, ticks };
        self.tick = self.tick.wrapping_add(ticks);
        Packet { bytes, payload: sound }
    }

    /// The length of its frames.
    #[must_use]
    pub fn span(&self) -> Duration {
        self.plan.frame.span()
    }

    /// What the peer says.
    pub fn heard(&mut self, feedback: &Feedback, round_trip: Option<Duration>, now: LocalTime) {
        self.losses.observe(feedback);
        self.rate.observe(feedback, self.protection.wanted(), now);
        self.replan(round_trip, now);
    }

    /// Lets time pass.
    pub fn pass(&mut self, round_trip: Option<Duration>, now: LocalTime) {
        if now.saturating_since(self.planned) >= REPLAN {
            self.replan(round_trip, now);
        }
    }

    /// What it may use beside a picture, whose pieces waited this long of late; `None`: it finds out by itself.
    pub fn share(&mut self, share: Option<Kbps>, picture_wait: Duration) {
        self.share = share;
        self.rate.set_beside(share.is_some());
        self.losses.set_beside(share.map(|_| picture_wait));
    }

    /// What it would use if it could.
    #[must_use]
    pub fn wanted(&self) -> Kbps {
        self.protection.wanted()
    }

    /// It is sent as it should be on a good way.
    #[must_use]
    pub fn is_content(&self) -> bool {
        self.plan.wire() >= self.wanted().min(PLAIN)
    }

    /// What it takes now.
    #[must_use]
    pub fn wire(&self) -> Kbps {
        self.plan.wire()
    }

    fn replan(&mut self, round_trip: Option<Duration>, now: LocalTime) {
        self.planned = now;
        self.rate.tick(now);
        let proven = self.rate.budget();
        let budget = self.share.map_or(proven, |share| share.min(proven.max(PLAIN))).min(CEILING);
        let known = Conditions { losses: self.losses.losses(), round_trip, budget, copies: true };
        self.plan = self.protection.plan(&known, now);
    }
}
