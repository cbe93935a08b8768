//! What is planned from a peer's feedback: the loss pattern, the budget and the choice of protection, as one.
//! The sending half of the audio worker owns all three; the clock may read anything and the peer may say anything.
//! The budget stays within its bounds and the plan within the budget; a frame is asked for again once, and no old one.

use std::collections::BTreeSet;
use std::time::Duration;

use ahoy_media::feedback::Echo;
use ahoy_media::protect::{Conditions, Wishes};
use ahoy_media::{
    Abilities, ClockOffset, Copies, Feedback, FrameLength, Kbps, LocalTime, LossPattern, Losses, MediaTime, Plan,
    Protection, Stamp, Tenths, VoiceRate,
};
use bytes::Bytes;

use crate::tape::Tape;

/// Of the budget, whatever the ceiling.
const FLOOR: Kbps = Kbps(16);

/// Frames that one feedback can find missing: as many as it has bits.
const MOST_MISSING: usize = 64;

/// A frame older than this is not sent again, in ticks: its end by 200 ms, its start by as much more as it is long.
const TOO_OLD: u32 = 25;

/// What the pattern remembers, in frames of one tick.
const MOST_RUN: u32 = 500;

/// The furthest that DRED may be asked to reach.
const MOST_DRED: Duration = Duration::from_secs(1);

/// No copy comes later than this after its frame: no buffer waits longer.
const MOST_REACH: Duration = Duration::from_millis(200);

/// Whether any feedback with sound in it changed the plan.
pub fn check(data: &[u8]) -> bool {
    let mut tape = Tape(data);
    let mut story = Story::new();
    while story.step(&mut tape).is_some() {}
    story.changes > 0
}

struct Story {
    losses: LossPattern,
    rate: VoiceRate,
    ceiling: Kbps,
    protection: Protection,
    wishes: Wishes,
    plan: Plan,
    offset: ClockOffset,
    now: LocalTime,
    length: FrameLength,
    /// The tick after the newest sent.
    next: u32,
    /// What was asked for again since the numbers began.
    again: BTreeSet<u32>,
    /// Where the peer's own counters stand.
    stamp: u32,
    received: u32,
    changes: usize,
}

impl Story {
    fn new() -> Self {
        let (ceiling, least) = (Kbps(320), Kbps(6));
        let wishes =
            Wishes { kbps: Kbps(32), least, frame: None, low_delay: false, copies: None, fec: None, dred: None };
        let mut protection = Protection::new(wishes);
        let conditions = Conditions { losses: Losses::default(), round_trip: None, budget: FLOOR, copies: false };
        let plan = protection.plan(&conditions, LocalTime(0));
        Self {
            losses: LossPattern::new(),
            rate: VoiceRate::new(ceiling),
            ceiling,
            protection,
            wishes,
            plan,
            offset: ClockOffset::new(),
            now: LocalTime(1 << 40),
            length: FrameLength::Ms20,
            next: 0,
            again: BTreeSet::new(),
            stamp: 0,
            received: 0,
            changes: 0,
        }
    }

    fn step(&mut self, tape: &mut Tape) -> Option<()> {
        match tape.roll(16)? {
            0 => self.now = self.now + Duration::from_millis(tape.byte()?.into()),
            1 => self.now = LocalTime(u64::from(tape.word()?).wrapping_sub(0x8000).rotate_right(16)),
            2 => {
                self.wishes = wishes(tape)?;
                self.protection.set(self.wishes);
            }
            3 => {
                self.next = self.next.wrapping_add(u32::from(tape.word()?) << 16);
                self.again.clear();
            }
            4 => self.length = FrameLength::ALL[usize::from(tape.roll(4)?)],
            5 => {
                self.ceiling = Kbps(u32::from(tape.word()?));
                self.rate = VoiceRate::new(self.ceiling);
            }
            6 => self.plan(false),
            7 => {
                let body: Option<Vec<u8>> = (0..34).map(|_| tape.byte()).collect();
                let bytes = Bytes::from([vec![2], body?].concat());
                if let Ok(feedback) = Feedback::from_datagram(&bytes) {
                    self.take(&feedback);
                }
            }
            8..=11 => self.send(tape.roll(32)?, tape.byte()?),
            _ => {
                let feedback = self.likely(tape)?;
                self.take(&feedback);
            }
        }
        Some(())
    }

    /// Frames leave, in time.
    fn send(&mut self, frames: u8, bytes: u8) {
        for _ in 0..frames {
            self.losses.sent(self.next, self.length.ticks());
            self.rate.sent(bytes.into(), self.now);
            self.next = self.next.wrapping_add(self.length.ticks());
            self.now = self.now + self.length.span();
        }
    }

    /// A feedback in which most things fit together.
    fn likely(&mut self, tape: &mut Tape) -> Option<Feedback> {
        let (back, pattern, later) = (tape.byte()?.cast_signed(), u64::from(tape.word()?), tape.word()?);
        self.stamp = self.stamp.wrapping_add(u32::from(later) * 10);
        self.received = self.received.wrapping_add(tape.word()?.into());
        let way = Duration::from_millis(tape.byte()?.into());
        let echo = Echo { sent_at: MediaTime((self.now - way).0).stamp(), hold: Tenths(tape.byte()?.into()) };
        Some(Feedback {
            hears: true,
            abilities: Abilities(back.cast_unsigned() & 1),
            newest_audio: self.next.wrapping_sub(1).wrapping_add_signed(back.into()),
            heard: pattern * 0x1_0001_0001_0001,
            received_bytes: self.received,
            queue: Tenths(tape.word()? >> tape.roll(16)?),
            sent_at: Stamp(self.stamp),
            echo: Some(echo),
        })
    }

    /// A feedback comes, as the session takes it.
    fn take(&mut self, feedback: &Feedback) {
        self.offset.observe(feedback, self.now, MediaTime(self.now.0));
        self.losses.observe(feedback);
        self.rate.observe(feedback, self.protection.wanted(), self.now);
        let missing = self.losses.missing();
        assert!(missing.len() <= MOST_MISSING, "{} at once", missing.len());
        for sequence in missing {
            let age = feedback.newest_audio.wrapping_sub(sequence);
            assert!(age <= TOO_OLD && self.next.wrapping_sub(sequence).cast_signed() > 0, "{age} ticks old");
            assert!(self.again.insert(sequence), "asked for twice");
        }
        self.plan(feedback.abilities.has(Abilities::COPIES));
    }

    fn plan(&mut self, copies: bool) {
        self.rate.tick(self.now);
        let (losses, budget) = (self.losses.losses(), self.rate.budget());
        assert!((FLOOR..=self.ceiling.max(FLOOR)).contains(&budget), "{budget}");
        assert!((0.0..=1.0).contains(&losses.rate) && (0.0..1.0).contains(&losses.memory), "{losses:?}");
        assert!(losses.run_p95 <= MOST_RUN && losses.mean_run() >= 1.0, "{losses:?}");
        let round_trip = self.offset.round_trip();
        let plan = self.protection.plan(&Conditions { losses, round_trip, budget, copies }, self.now);
        self.changes += usize::from(plan != self.plan);
        self.plan = plan;
        self.holds(budget, copies);
    }

    /// The plan keeps to what it may cost and to what was wished.
    fn holds(&self, budget: Kbps, copies: bool) {
        let (plan, wishes) = (&self.plan, &self.wishes);
        let smallest = plan.kbps == wishes.least.max(Kbps(6))
            && plan.frame == wishes.frame.unwrap_or(FrameLength::Ms60)
            && (plan.copies, plan.fec, plan.dred, plan.resend) == (Copies::NONE, false, Duration::ZERO, false);
        assert!(smallest || plan.wire() <= budget, "{plan:?} in {budget}");
        assert!(plan.kbps <= wishes.kbps.max(wishes.least).max(Kbps(6)) && plan.kbps >= wishes.least, "{plan:?}");
        assert!(wishes.frame.is_none_or(|frame| frame == plan.frame) && plan.expected_loss <= 100, "{plan:?}");
        assert!(plan.dred <= MOST_DRED && (copies || plan.copies == Copies::NONE), "{plan:?}");
        let reach = plan.frame.span() * u32::from(plan.copies.reach());
        assert!(reach <= MOST_REACH && wishes.copies != Some(0) || plan.copies == Copies::NONE, "{plan:?}");
        assert!(!plan.fec || wishes.fec != Some(false), "{plan:?}");
        assert!(plan.dred.is_zero() || wishes.dred != Some(Duration::ZERO), "{plan:?}");
    }
}

/// Any settings, within and beyond what a person can choose.
fn wishes(tape: &mut Tape) -> Option<Wishes> {
    let fixed = tape.byte()?;
    let is = |bit: u8| fixed & (1 << bit) != 0;
    Some(Wishes {
        kbps: Kbps(tape.byte()?.into()),
        least: Kbps(tape.roll(65)?.into()),
        frame: FrameLength::ALL.get(usize::from(tape.byte()?)).copied(),
        low_delay: is(0),
        copies: Some(tape.byte()?).filter(|_| is(1)),
        fec: Some(is(2)).filter(|_| is(3)),
        dred: Some(Duration::from_millis(tape.word()?.into())).filter(|_| is(4)),
    })
}
