//! When no picture is sent: nothing is heard of the pieces, a long queue waits, or sound leaves too little.
//! Allocation asks it whenever it shares the way out.
//! It stops at once and resumes carefully; a way that is too narrow time and again is tried more and more seldom.

use std::time::Duration;

use crate::rate::Silence;
use crate::units::{Kbps, LocalTime};

/// Below so much in all there is sound alone: 61 kbit/s are good sound in frames of 20 ms.
const LEAST_WAY: Kbps = Kbps(60);

/// From here on pictures are tried again.
const ENOUGH_WAY: Kbps = Kbps(75);

/// Five frames a second of 160x120 below this are no picture any more: 150 bytes each.
const LEAST_PICTURE: Kbps = Kbps(6);

/// With so much left for a picture it is tried again.
const ENOUGH_PICTURE: Kbps = Kbps(9);

/// The rate control tells less for up to a second when it lets a queue drain or looks for the bottom of one: only what lasts
/// longer is narrow, unless a queue of [`SHORT_QUEUE`] waits as well. Meanwhile hardly a frame is encoded.
const DIP: Duration = Duration::from_millis(1_500);

/// How long there must be enough. A queue that drains is over soon; who had to pause again within [`CALM`] waits four
/// times as long.
const FIRST_HOLD: Duration = Duration::from_millis(100);
const HOLD_GROWS: u32 = 4;
const LONGEST_HOLD: Duration = Duration::from_secs(60);
const CALM: Duration = Duration::from_secs(15);

/// Sound waits so long behind the pictures that they stop, until the queue is short again.
const LONG_QUEUE: Duration = Duration::from_millis(250);
const SHORT_QUEUE: Duration = Duration::from_millis(100);

/// A queue of ours is gone after as long as it was; one that is not is somebody else's, and pausing again helps nobody
/// for a while.
const LONGEST_DRAIN: Duration = Duration::from_secs(1);
const QUEUE_REST: Duration = Duration::from_secs(4);

/// After a pause half the share is used for so long: what the way carries now is not known yet.
const CAREFUL: Duration = Duration::from_millis(500);
const CAREFUL_SHARE: f64 = 0.5;

/// Whether pictures go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// They do.
    Flows,
    /// The way is too narrow.
    Narrow,
    /// The way is blocked for the moment: this tells nothing about what it carries.
    Blocked,
}

/// What a decision needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlook {
    /// Whether reports come.
    pub silence: Silence,
    /// What waits on the way.
    pub queue: Duration,
    /// What the way carries in all.
    pub way: Kbps,
    /// What the encoder would get at the lowest frame rate.
    pub picture: Kbps,
}

/// The pauses of one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PicturePause {
    narrow: Option<Narrow>,
    /// Since when there has been too little, while pictures still go.
    little_since: Option<LocalTime>,
    hold: Duration,
    queued: Option<LocalTime>,
    /// When the last pause for a queue ended.
    drained: Option<LocalTime>,
    resumed: Option<LocalTime>,
    paused: bool,
    /// Pictures went once: before that there was nothing that could dip.
    begun: bool,
}

#[derive(Clone, Copy, Debug)]
struct Narrow {
    enough_since: Option<LocalTime>,
}

impl PicturePause {
    /// Whether pictures go now.
    pub(crate) fn look(&mut self, outlook: Outlook, now: LocalTime) -> Flow {
        self.look_at_queue(outlook.queue, now);
        let silent = match outlook.silence {
            Silence::Heard | Silence::Halved => false,
            Silence::NoPictures | Silence::LowestSound => true,
        };
        let flow = if silent || self.queued.is_some() {
            Flow::Blocked
        } else if self.too_narrow(outlook, now) {
            Flow::Narrow
        } else {
            Flow::Flows
        };
        let paused = flow != Flow::Flows;
        if self.paused && !paused {
            self.resumed = Some(now);
        }
        self.paused = paused;
        self.begun |= !paused;
        flow
    }

    /// Whether the last look stopped pictures.
    pub(crate) fn paused(&self) -> bool {
        self.paused
    }

    /// The share of what is left that pictures may use now.
    pub(crate) fn care(&self, now: LocalTime) -> f64 {
        let careful = self.resumed.is_some_and(|resumed| now.saturating_since(resumed) < CAREFUL);
        if careful { CAREFUL_SHARE } else { 1.0 }
    }

    fn look_at_queue(&mut self, queue: Duration, now: LocalTime) {
        match self.queued {
            Some(since) if queue < SHORT_QUEUE || now.saturating_since(since) >= LONGEST_DRAIN => {
                self.queued = None;
                self.drained = Some(now);
            }
            Some(_) => {}
            None => {
                let rests = self.drained.is_some_and(|drained| now.saturating_since(drained) < QUEUE_REST);
                self.queued = Some(now).filter(|_| queue > LONG_QUEUE && !rests);
            }
        }
    }

    fn too_narrow(&mut self, outlook: Outlook, now: LocalTime) -> bool {
        let Some(narrow) = &mut self.narrow else {
            if outlook.way >= LEAST_WAY && outlook.picture >= LEAST_PICTURE {
                self.little_since = None;
                return false;
            }
            let since = *self.little_since.get_or_insert(now);
            let dips = self.begun && outlook.queue < SHORT_QUEUE && now.saturating_since(since) < DIP;
            if dips {
                return false;
            }
            self.little_since = None;
            let again = self.resumed.is_some_and(|resumed| now.saturating_since(resumed) < CALM);
            self.hold = if again { (self.hold * HOLD_GROWS).min(LONGEST_HOLD) } else { FIRST_HOLD };
            self.narrow = Some(Narrow { enough_since: None });
            return true;
        };
        if outlook.way < ENOUGH_WAY || outlook.picture < ENOUGH_PICTURE {
            narrow.enough_since = None;
            return true;
        }
        let since = *narrow.enough_since.get_or_insert(now);
        if now.saturating_since(since) < self.hold {
            return true;
        }
        self.narrow = None;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Outlook =
        Outlook { silence: Silence::Heard, queue: Duration::ZERO, way: Kbps(500), picture: Kbps(400) };
    const NARROW: Outlook = Outlook { picture: Kbps(5), ..WIDE };

    fn at(ms: u64) -> LocalTime {
        LocalTime(1_000_000 + ms * 1_000)
    }

    fn queue(ms: u64) -> Outlook {
        Outlook { queue: Duration::from_millis(ms), ..WIDE }
    }

    #[test]
    fn silence_and_a_queue_stop_pictures_at_once() {
        let mut pause = PicturePause::default();
        assert_eq!(pause.look(WIDE, at(0)), Flow::Flows);
        assert_eq!(pause.look(Outlook { silence: Silence::Halved, ..WIDE }, at(1)), Flow::Flows);
        for silence in [Silence::NoPictures, Silence::LowestSound] {
            assert_eq!(pause.look(Outlook { silence, ..WIDE }, at(2)), Flow::Blocked);
        }
        assert_eq!((pause.look(WIDE, at(3)), pause.care(at(4)), pause.care(at(503))), (Flow::Flows, 0.5, 1.0));
        assert_eq!(pause.look(queue(251), at(600)), Flow::Blocked);
        assert_eq!(pause.look(queue(101), at(700)), Flow::Blocked);
        assert_eq!(pause.look(queue(99), at(701)), Flow::Flows);
    }

    #[test]
    fn a_queue_that_stays_is_not_ours() {
        let mut pause = PicturePause::default();
        let blocked = (0..20_000).step_by(20).filter(|&ms| pause.look(queue(600), at(ms)) == Flow::Blocked).count();
        assert_eq!(blocked * 20, 4_000, "1 s of every 5");
    }

    #[test]
    fn a_dip_changes_nothing_and_a_narrow_way_is_tried_seldom() {
        let mut pause = PicturePause::default();
        assert_eq!(pause.look(WIDE, at(0)), Flow::Flows);
        assert_eq!(pause.look(NARROW, at(100)), Flow::Flows);
        assert_eq!(pause.look(WIDE, at(1_500)), Flow::Flows, "that was a dip");
        assert_eq!(pause.look(NARROW, at(1_600)), Flow::Flows);
        assert_eq!(pause.look(NARROW, at(3_100)), Flow::Narrow);
        assert_eq!(pause.look(WIDE, at(3_110)), Flow::Narrow);
        assert_eq!(pause.look(WIDE, at(3_210)), Flow::Flows);
        // A way that is narrow again as soon as pictures go, and says so with a queue.
        let crowded = Outlook { queue: SHORT_QUEUE, ..NARROW };
        let (mut tries, mut flows) = (0, true);
        for ms in (3_300..120_000).step_by(20) {
            let (before, outlook) = (flows, if flows { crowded } else { WIDE });
            flows = pause.look(outlook, at(ms)) == Flow::Flows;
            tries += u32::from(flows && !before);
        }
        assert!((4..=7).contains(&tries), "{tries} tries in two minutes");
    }

    #[test]
    fn a_call_that_begins_on_a_narrow_way_begins_with_a_pause() {
        let mut pause = PicturePause::default();
        assert_eq!(pause.look(NARROW, at(0)), Flow::Narrow);
        assert_eq!([10, 110].map(|ms| pause.look(WIDE, at(ms))), [Flow::Narrow, Flow::Flows]);
    }

    #[test]
    fn between_the_bounds_nothing_changes() {
        let between = Outlook { way: Kbps(70), picture: Kbps(8), ..WIDE };
        let mut pause = PicturePause::default();
        assert!((0..100).all(|ms| pause.look(between, at(ms * 100)) == Flow::Flows));
        let narrow = Outlook { way: Kbps(59), ..WIDE };
        assert_eq!([20_000, 21_500].map(|ms| pause.look(narrow, at(ms))), [Flow::Flows, Flow::Narrow]);
        assert!((0..100).all(|ms| pause.look(between, at(22_000 + ms * 100)) == Flow::Narrow));
    }
}
