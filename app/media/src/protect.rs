//! Chooses how the voice is sent: frame length, bit rate, and what repairs what the way loses.
//! The audio worker asks with every feedback; the encoder and the datagrams follow the plan.
//! The plan never costs more than the budget while the smallest one fits it.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::emodel;
use crate::loss::Losses;
use crate::plan::{Copies, LEAST_KBPS, MOST_COPIES, Plan};
use crate::units::{FrameLength, Kbps, LocalTime};

/// Losses are planned for up to this share: beyond it there is nothing more to add, and the model has no say.
const MOST_LOSS: f64 = 0.4;

/// What copies have to earn, in impairment, by their number: each takes as much of the link as the voice itself, from the
/// picture mostly. The first pays from about 0.3 % of loss, the second from 7, the third from 18: whole calls
/// (`tests/results/voice.md`) score PESQ 4.27 with it at 20 %, and 4.04 without.
const COPIES_PRICE: [f64; MOST_COPIES + 1] = [0.0, 2.0, 6.0, 11.0];

/// A run of lost frames is heard more than as many single ones, since concealment fades over it: losses weigh by how much
/// longer their runs are than without memory (BurstR of G.107), up to so many times.
const MOST_BURSTY: f64 = 3.0;

/// A copy comes at most this long after its frame, and DRED is not waited for longer: it would cost more than it repairs.
const LONGEST_REACH: Duration = Duration::from_millis(120);

/// Farthest spacing of a copy, in frames.
const MOST_SPACING: u8 = 6;

/// In-band FEC takes about this share of the bits; below this rate the voice suffers more from that, even while nothing is
/// lost, than from the losses (measured: 0.8 PESQ at 24 kbit/s, 0.26 at 32).
const FEC_SHARE: f64 = 0.3;
const FEC_FROM: Kbps = Kbps(32);

/// Of the frames whose successor arrives FEC restores so many, and what it restores counts so much of a loss still.
const FEC_COVERS: f64 = 0.9;
const FEC_LEAVES: f64 = 0.1;

/// The same of DRED, which the encoder adds from this rate on.
const DRED_SHARE: f64 = 0.25;
const DRED_FROM: Kbps = Kbps(20);
const DRED_LEAVES: f64 = 0.5;

/// DRED comes in steps of this and reaches no further than 1.04 s.
const DRED_STEP: Duration = Duration::from_millis(100);
const DRED_MOST: Duration = Duration::from_secs(1);

/// Longer runs of lost frames are nobody's usual ones.
const LONGEST_RUN: u32 = 50;

/// The encoder is told at least this: up to 5 % it keeps FEC to itself at 32 kbit/s.
const LEAST_EXPECTED: u8 = 10;

/// Nobody waits longer than this for a frame to be sent again.
const LONGEST_WAIT: Duration = Duration::from_millis(200);

/// Beside the way there and back, what passes between a loss and its frame's second leaving: reordering is waited for
/// (40 ms), then for the next feedback and the next datagram.
const TOLD_AFTER: Duration = Duration::from_millis(80);

/// Frames of 10 ms need a path this good and this wide: their headers alone are 50 kbit/s.
const LOW_DELAY_LOSS: f64 = 0.01;
const LOW_DELAY_FROM: Kbps = Kbps(80);

/// They are coded by the transform alone, which speaks well from this rate on only, and knows neither FEC nor DRED.
const LOW_DELAY_SPEAKS: Kbps = Kbps(32);

/// Delay beside frames, repair and network: look-ahead, the sound card's blocks, the worker.
const BESIDE: Duration = Duration::from_millis(25);

/// One way before it is measured.
const FIRST_WAY: Duration = Duration::from_millis(25);

/// A longer way weighs no more: the conversation is lost to it anyhow.
const LONGEST_WAY: Duration = Duration::from_secs(1);

/// A change that is this much better, and serves the ear, is made at once.
const AT_ONCE: f64 = 1.5;

/// Any other change waits this long: every one of them changes the rhythm, and what was bad once is often bad again.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the person or the call has laid down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// Bit rate of the voice where the way is wide enough, 6 to 64 kbit/s.
    pub kbps: Kbps,
    /// What the encoder sends at least: 6, or the lowest rate of a variable one. No plan says less.
    pub least: Kbps,
    /// Only this frame length.
    pub frame: Option<FrameLength>,
    /// Frames of 10 ms where the path is good.
    pub low_delay: bool,
    /// At least so many copies where the budget allows, at most [`MOST_COPIES`]; 0: never.
    pub copies: Option<u8>,
    /// In-band FEC always or never; frames of 10 ms have none.
    pub fec: Option<bool>,
    /// This much DRED always; zero: never. Frames of 10 ms have none.
    pub dred: Option<Duration>,
}

/// What is known of the way to the peer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// How frames get lost.
    pub losses: Losses,
    /// The way there and back.
    pub round_trip: Option<Duration>,
    /// What the voice may use of the wire, headers and feedback included.
    pub budget: Kbps,
    /// The peer reads copies.
    pub copies: bool,
}

/// The choice, with its memory: worse at once, better after a while.
#[derive(Clone, Debug)]
pub struct Protection {
    wishes: Wishes,
    plan: Plan,
    wanted: Kbps,
    /// The plan follows the wishes.
    begun: bool,
    /// Since when another plan has been the better one.
    surpassed: Option<LocalTime>,
    /// What the plan that the budget ended last would cost: with so much, or all that is wanted by now, there is nothing
    /// to wait for.
    cut: Option<Kbps>,
    /// The budget was once too small for plain frames of 20 ms. Before that longer ones would only make room for copies, at
    /// the start of a call that finds losses before its budget has grown, and the delay would be remembered for 5 s.
    narrow: bool,
}

impl Protection {
    /// The plan of a call's first moments: nothing known, the frame and rate wished for.
    #[must_use]
    pub fn new(wishes: Wishes) -> Self {
        let least = smallest(&wishes);
        let plan = Plan { frame: wishes.frame.unwrap_or_default(), kbps: wishes.kbps.max(least.kbps), ..least };
        Self { wishes, plan, wanted: plan.wire(), begun: false, surpassed: None, cut: None, narrow: false }
    }

    /// The wishes changed: the next plan follows them.
    pub fn set(&mut self, wishes: Wishes) {
        self.wishes = wishes;
        self.begun = false;
    }

    /// The plan from now on.
    pub fn plan(&mut self, conditions: &Conditions, now: LocalTime) -> Plan {
        let mut situation = Situation::new(&self.wishes, conditions);
        self.narrow |= conditions.budget < situation.plain(FrameLength::Ms20).wire();
        situation.narrow = self.narrow;
        self.wanted = situation.best(Kbps(u32::MAX)).wire();
        let best = situation.best(conditions.budget);
        let kept = situation.kept(&self.plan, conditions.budget).filter(|_| self.begun);
        let restored = self.cut.is_some_and(|cost| conditions.budget >= cost.min(self.wanted));
        let waits = |kept: &Plan| !same_shape(kept, &best) && !restored && !situation.at_once(&self.plan, kept, &best);
        let since = self.surpassed.unwrap_or(now);
        let patient = now.saturating_since(since) < PATIENCE;
        let last = self.plan;
        (self.plan, self.surpassed) = match kept.filter(waits) {
            Some(kept) if patient => (kept, Some(since)),
            Some(_) | None => (best, None),
        };
        self.note_cut(&last, conditions.budget, restored);
        self.begun = true;
        self.plan
    }

    /// Remembers a plan that the budget ended: the dearest one until it is affordable again.
    fn note_cut(&mut self, last: &Plan, budget: Kbps, restored: bool) {
        let cost = Plan { kbps: self.wishes.kbps.max(last.kbps), ..*last }.wire();
        let cut = self.begun && !same_shape(last, &self.plan) && budget < last.wire();
        self.cut = self.cut.filter(|_| !restored).max(Some(cost).filter(|_| cut));
    }

    /// What the plan would cost on the wire if the budget were no limit: what to ask [`crate::VoiceRate`] for.
    #[must_use]
    pub fn wanted(&self) -> Kbps {
        self.wanted
    }
}

/// What costs least of all.
fn smallest(wishes: &Wishes) -> Plan {
    Plan {
        frame: wishes.frame.unwrap_or(FrameLength::Ms60),
        kbps: wishes.least.max(Kbps(LEAST_KBPS)),
        copies: Copies::NONE,
        fec: false,
        expected_loss: 0,
        dred: Duration::ZERO,
        resend: false,
    }
}

/// Whether two plans differ in nothing that changes the rhythm.
fn same_shape(one: &Plan, other: &Plan) -> bool {
    let shape = |plan: &Plan| (plan.frame, plan.copies, plan.fec, plan.dred.is_zero());
    shape(one) == shape(other)
}

/// Everything that a plan is weighed against.
struct Situation<'a> {
    wishes: &'a Wishes,
    losses: Losses,
    round_trip: Option<Duration>,
    copies: bool,
    narrow: bool,
}

impl<'a> Situation<'a> {
    fn new(wishes: &'a Wishes, conditions: &Conditions) -> Self {
        // Never NaN, never out of range, whoever computed it.
        let within = |value: f64, most: f64| if value > 0.0 { value.min(most) } else { 0.0 };
        let losses = conditions.losses;
        let losses = Losses { rate: within(losses.rate, MOST_LOSS), memory: within(losses.memory, 1.0), ..losses };
        Self { wishes, losses, round_trip: conditions.round_trip, copies: conditions.copies, narrow: true }
    }

    /// The cheapest plan within the budget; the smallest one when none is.
    fn best(&self, budget: Kbps) -> Plan {
        let most = if self.copies { self.wishes.copies.map_or(MOST_COPIES, usize::from).min(MOST_COPIES) } else { 0 };
        let least = if self.wishes.copies.is_some() { most } else { 0 };
        let most = if self.losses.rate > 0.0 { most } else { least };
        // Fewer than wished only when the budget has no room for them.
        (0..=least).rev().find_map(|least| self.cheapest(budget, least..=most)).unwrap_or_else(|| smallest(self.wishes))
    }

    /// The cheapest plan with a number of copies in this range.
    fn cheapest(&self, budget: Kbps, numbers: RangeInclusive<usize>) -> Option<Plan> {
        let mut best: Option<(f64, Plan)> = None;
        for frame in self.frames(budget) {
            for copies in spacings(frame).filter(|copies| numbers.contains(&copies.number())) {
                for plan in self.repairs(frame, copies).into_iter().filter_map(|plan| self.rated(plan, budget)) {
                    let cost = self.cost(&plan);
                    if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                        best = Some((cost, plan));
                    }
                }
            }
        }
        best.map(|(_, plan)| plan)
    }

    /// The frame lengths to choose from.
    fn frames(&self, budget: Kbps) -> Vec<FrameLength> {
        match self.wishes.frame {
            Some(frame) => vec![frame],
            None if self.may_hurry(budget) => vec![FrameLength::Ms10],
            None if !self.narrow => vec![FrameLength::Ms20],
            None => vec![FrameLength::Ms20, FrameLength::Ms40, FrameLength::Ms60],
        }
    }

    /// Frames of this length at the rate wished for, and no repair.
    fn plain(&self, frame: FrameLength) -> Plan {
        Plan { frame, kbps: self.wishes.kbps, ..smallest(self.wishes) }
    }

    /// Whether frames of 10 ms are wished for and the path is good enough.
    fn may_hurry(&self, budget: Kbps) -> bool {
        let least = self.plain(FrameLength::Ms10).wire();
        let good = self.losses.rate < LOW_DELAY_LOSS && budget >= least.max(LOW_DELAY_FROM);
        self.wishes.low_delay && self.wishes.kbps >= LOW_DELAY_SPEAKS && good
    }

    /// The ways to repair with these copies. Copies hold all that their frame held, and FEC or DRED in it would be paid
    /// for as often: only who wishes so has both. Frames of 10 ms have copies only.
    fn repairs(&self, frame: FrameLength, copies: Copies) -> Vec<Plan> {
        if frame == FrameLength::Ms10 {
            return vec![Plan { frame, copies, ..smallest(self.wishes) }];
        }
        let free = copies.number() == 0 && self.losses.rate > 0.0;
        let fecs: &[bool] = match self.wishes.fec {
            Some(true) => &[true],
            None if free => &[false, true],
            Some(false) | None => &[false],
        };
        let dreds = match self.wishes.dred {
            None if free => vec![Duration::ZERO, self.dred(frame)],
            wish => vec![wish.unwrap_or(Duration::ZERO).min(DRED_MOST)],
        };
        let mut plans = Vec::new();
        for &fec in fecs {
            for &dred in &dreds {
                let expected_loss = self.expected_loss(fec || !dred.is_zero());
                plans.push(Plan { frame, copies, fec, dred, expected_loss, ..smallest(self.wishes) });
            }
        }
        plans
    }

    /// The plan at the highest rate within the budget, unless the encoder would not follow it there.
    fn rated(&self, plan: Plan, budget: Kbps) -> Option<Plan> {
        let plan = plan.within(budget, self.wishes.kbps)?;
        let fec = !plan.fec || self.wishes.fec.is_some() || plan.kbps >= FEC_FROM;
        let dred = plan.dred.is_zero() || self.wishes.dred.is_some() || plan.kbps >= DRED_FROM;
        let speaks = plan.frame != FrameLength::Ms10 || self.wishes.frame.is_some() || plan.kbps >= LOW_DELAY_SPEAKS;
        (fec && dred && speaks).then_some(Plan { resend: self.resends(&plan, budget), ..plan })
    }

    /// The plan in force as the situation has it now, in the same shape; `None` when it cannot stay.
    fn kept(&self, plan: &Plan, budget: Kbps) -> Option<Plan> {
        let length = match self.wishes.frame {
            Some(frame) => plan.frame == frame,
            None => plan.frame != FrameLength::Ms10 || self.may_hurry(budget),
        };
        let copies = plan.copies.number() == 0 || self.copies;
        let dred = match self.wishes.dred {
            None if !plan.dred.is_zero() => self.dred(plan.frame),
            Some(_) | None => plan.dred,
        };
        let expected_loss = self.expected_loss(plan.fec || !dred.is_zero());
        if length && copies { self.rated(Plan { dred, expected_loss, ..*plan }, budget) } else { None }
    }

    /// Whether to go over to `best` without waiting: the ear gains, by better repair or because the budget has cut what
    /// was planned.
    fn at_once(&self, planned: &Plan, kept: &Plan, best: &Plan) -> bool {
        let needed = self.left(best) < self.left(kept) || kept.kbps < planned.kbps;
        needed && self.cost(kept) - self.cost(best) > AT_ONCE
    }

    /// What the plan costs listener and link.
    fn cost(&self, plan: &Plan) -> f64 {
        self.harm(plan) + COPIES_PRICE[plan.copies.number()]
    }

    /// What a listener suffers from the plan.
    fn harm(&self, plan: &Plan) -> f64 {
        let shared = if plan.fec { FEC_SHARE } else { 0.0 } + if plan.dred.is_zero() { 0.0 } else { DRED_SHARE };
        let coding = emodel::of_coding(f64::from(plan.kbps.0) * (1.0 - shared));
        let bursty = (1.0 / (1.0 - self.losses.memory)).min(MOST_BURSTY);
        coding + bursty * emodel::of_loss(self.left(plan)) + emodel::of_delay(self.delay(plan))
    }

    /// The share of frames that the plan's repair leaves lost.
    fn left(&self, plan: &Plan) -> f64 {
        let Losses { rate, memory, .. } = self.losses;
        let again = rate + (1.0 - rate) * memory;
        let mut left = self.losses.all_lost(plan.copies.spacings());
        if plan.fec && plan.copies.spacings().first() != Some(&1) {
            left *= 1.0 - FEC_COVERS * (1.0 - again) * (1.0 - FEC_LEAVES);
        }
        if !plan.dred.is_zero() {
            let waited = self.dred_wait(plan).as_millis() / plan.frame.span().as_millis();
            let followed = 1.0 - again.powi(i32::try_from(waited).unwrap_or(i32::MAX));
            left *= 1.0 - followed * (1.0 - DRED_LEAVES);
        }
        left
    }

    /// From mouth to ear. A frame has to be filled, and the smallest buffer is another one.
    fn delay(&self, plan: &Plan) -> Duration {
        let way = self.round_trip.map_or(FIRST_WAY, |round_trip| round_trip / 2);
        let copies = plan.frame.span() * u32::from(plan.copies.reach());
        let fec = if plan.fec { plan.frame.span() } else { Duration::ZERO };
        let repair = copies.max(fec).max(self.dred_wait(plan));
        BESIDE + way.min(LONGEST_WAY) + plan.frame.span() + repair.max(plan.frame.span())
    }

    /// How long a packet with DRED for a lost frame is waited for.
    fn dred_wait(&self, plan: &Plan) -> Duration {
        self.run(plan.frame).min(plan.dred).min(LONGEST_REACH)
    }

    /// How far DRED should reach: over the longest usual run, and the frame behind it.
    fn dred(&self, frame: FrameLength) -> Duration {
        let steps = (self.run(frame) + frame.span()).as_millis().div_ceil(DRED_STEP.as_millis());
        (DRED_STEP * u32::try_from(steps).unwrap_or(u32::MAX)).min(DRED_MOST)
    }

    /// The longest usual run of losses.
    fn run(&self, frame: FrameLength) -> Duration {
        frame.span() * self.losses.run_p95.clamp(1, LONGEST_RUN)
    }

    /// Whether frames found missing go out again. It costs next to nothing and holds up nothing, since the peer chooses
    /// what it waits for; so it is no part of the choice, but comes with every plan that it may still help in time.
    fn resends(&self, plan: &Plan, budget: Kbps) -> bool {
        let wait = self.round_trip.map(|round_trip| round_trip.saturating_add(TOLD_AFTER));
        let in_time = self.copies && wait.is_some_and(|wait| wait <= LONGEST_WAIT);
        let cost = f64::from(plan.wire().0) + f64::from(plan.kbps.0) * self.losses.rate;
        in_time && self.losses.rate > 0.0 && plan.copies == Copies::NONE && cost <= f64::from(budget.0)
    }

    /// What the encoder is told, percent: in steps, so that it seldom changes.
    fn expected_loss(&self, needed: bool) -> u8 {
        if !needed {
            return 0;
        }
        // At most 40, see MOST_LOSS.
        let percent = (self.losses.rate * 100.0).ceil() as u8;
        percent.next_multiple_of(5).max(LEAST_EXPECTED)
    }
}

/// The spacings that copies of frames of this length may have, none at all among them.
fn spacings(frame: FrameLength) -> impl Iterator<Item = Copies> {
    let most =
        MOST_SPACING.min(u8::try_from(LONGEST_REACH.as_millis() / frame.span().as_millis()).unwrap_or(MOST_SPACING));
    // Every set of places is a number whose bits are its places.
    (0_u8..1 << most).filter(|places| places.count_ones() as usize <= MOST_COPIES).filter_map(move |places| {
        let set: Vec<u8> = (1..=most).filter(|place| places & (1 << (place - 1)) != 0).collect();
        Copies::new(&set)
    })
}

#[cfg(test)]
#[path = "protect_tests.rs"]
mod tests;
