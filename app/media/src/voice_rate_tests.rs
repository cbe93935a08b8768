use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::feedback::Abilities;
use crate::loss::LossPattern;
use crate::plan::Plan;
use crate::protect::{Conditions, Protection, Wishes};
use crate::units::Tenths;

/// One way of the path, without queue.
const WAY_US: u64 = 20_000;
const CEILING: Kbps = Kbps(320);
const WISHES: Wishes =
    Wishes { kbps: Kbps(32), least: Kbps(6), frame: None, low_delay: false, copies: None, fec: None, dred: None };

/// Numbers that look drawn by chance, 0 to 1 (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A link with a queue of 100 ms, at least four packets, that drops what does not fit.
#[derive(Clone, Copy)]
struct Link {
    kbps: f64,
    loss: f64,
    jitter_ms: f64,
}

const WIDE: Link = Link { kbps: 5_000.0, loss: 0.0, jitter_ms: 0.0 };

/// What the link did in one second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    /// Sent on the wire, kbit/s.
    kbps: f64,
    /// The longest queue, ms.
    queue_ms: f64,
    /// Frames that the queue had no room for.
    dropped: u32,
    /// The budget at its end.
    budget: u32,
}

/// A call one way: our sender, a link, a receiver that reports every 100 ms over a way back of its own.
struct World {
    now: u64,
    dice: Dice,
    link: Link,
    rate: VoiceRate,
    pattern: LossPattern,
    protection: Protection,
    plan: Plan,
    sequence: u32,
    frame_due: u64,
    /// When the link has carried all of its queue, and the bytes in it.
    free_at: u64,
    queue: VecDeque<(u64, usize)>,
    /// On the way to the receiver, by arrival and first tick: transit, payload, ticks.
    coming: BTreeMap<(u64, u32), (u64, usize, u32)>,
    transits: VecDeque<(u64, u64)>,
    received_bytes: u32,
    newest: Option<u32>,
    heard: u64,
    reports: bool,
    /// On the way back.
    reported: VecDeque<(u64, Feedback)>,
    second: Second,
}

impl World {
    fn new(link: Link, seed: u64) -> Self {
        let mut protection = Protection::new(WISHES);
        let rate = VoiceRate::new(CEILING);
        let pattern = LossPattern::new();
        let first = Conditions { losses: pattern.losses(), round_trip: None, budget: rate.budget(), copies: true };
        let plan = protection.plan(&first, LocalTime(0));
        Self {
            now: 1_000_000,
            dice: Dice(seed),
            link,
            rate,
            pattern,
            protection,
            plan,
            sequence: 0,
            frame_due: 0,
            free_at: 0,
            queue: VecDeque::new(),
            coming: BTreeMap::new(),
            transits: VecDeque::new(),
            received_bytes: 0,
            newest: None,
            heard: 0,
            reports: true,
            reported: VecDeque::new(),
            second: Second::default(),
        }
    }

    /// So many seconds, each told.
    fn run(&mut self, seconds: usize) -> Vec<Second> {
        let second = |world: &mut Self| {
            (0..1_000).for_each(|_| world.millisecond());
            Second { budget: world.rate.budget().0, ..std::mem::take(&mut world.second) }
        };
        (0..seconds).map(|_| second(self)).collect()
    }

    fn millisecond(&mut self) {
        self.now += 1_000;
        if self.now >= self.frame_due {
            self.frame_due = self.now.max(self.frame_due) + self.plan.frame.ms() as u64 * 1_000;
            self.send();
        }
        while let Some((&(at, sequence), &(transit, bytes, ticks))) = self.coming.first_key_value()
            && at <= self.now
        {
            let _ = self.coming.pop_first();
            self.receive(sequence, ticks, transit, bytes);
        }
        if self.reports && self.now.is_multiple_of(100_000) && self.dice.roll() >= self.link.loss {
            self.reported.push_back((self.now + WAY_US, self.feedback()));
        }
        while let Some((at, feedback)) = self.reported.front().copied()
            && at <= self.now
        {
            let _ = self.reported.pop_front();
            self.pattern.observe(&feedback);
            self.rate.observe(&feedback, self.protection.wanted(), LocalTime(self.now));
        }
        if self.now.is_multiple_of(20_000) {
            self.plan();
        }
    }

    fn plan(&mut self) {
        self.rate.tick(LocalTime(self.now));
        let conditions = Conditions {
            losses: self.pattern.losses(),
            round_trip: Some(Duration::from_micros(2 * WAY_US)),
            budget: self.rate.budget(),
            copies: true,
        };
        self.plan = self.protection.plan(&conditions, LocalTime(self.now));
    }

    fn send(&mut self) {
        let (ticks, copies) = (self.plan.frame.ticks(), self.plan.copies.number());
        let data = self.plan.kbps.0 as usize * self.plan.frame.ms() as usize / 8;
        // A third of the datagrams carry a feedback of the other direction.
        let feedback = if self.sequence.is_multiple_of(3) { 34 } else { 0 };
        let bytes = 8 + feedback + data + copies * (2 + data);
        self.rate.sent(bytes, LocalTime(self.now));
        self.pattern.sent(self.sequence, ticks);
        self.second.kbps += 0.008 * (bytes + PACKET_BYTES) as f64;
        self.queue.retain(|(leaves, _)| *leaves > self.now);
        let waiting: usize = self.queue.iter().map(|(_, bytes)| bytes).sum();
        let sequence = self.sequence;
        self.sequence += ticks;
        if self.queue.len() >= 4 && waiting as f64 * 8.0 / self.link.kbps > 100.0 {
            self.second.dropped += 1;
            return;
        }
        let carrying = (8_000.0 * (bytes + PACKET_BYTES) as f64 / self.link.kbps) as u64;
        self.free_at = self.free_at.max(self.now) + carrying;
        self.queue.push_back((self.free_at, bytes + PACKET_BYTES));
        self.second.queue_ms = self.second.queue_ms.max((self.free_at - self.now - carrying) as f64 / 1_000.0);
        if self.dice.roll() >= self.link.loss {
            let jitter = (self.dice.roll() * self.link.jitter_ms * 1_000.0) as u64;
            let arrives = self.free_at + WAY_US + jitter;
            let _ = self.coming.insert((arrives, sequence), (arrives - self.now, bytes, ticks));
        }
    }

    fn receive(&mut self, sequence: u32, ticks: u32, transit: u64, bytes: usize) {
        self.received_bytes = self.received_bytes.wrapping_add(bytes as u32);
        self.transits.push_back((self.now, transit));
        self.transits.retain(|(at, _)| self.now - at < 10_000_000);
        let last = sequence + ticks - 1;
        let newest = self.newest.map_or(last, |newest| newest.max(last));
        self.heard = self.heard.checked_shl(newest - self.newest.unwrap_or(newest)).unwrap_or(0);
        let back = newest - last;
        self.heard |= ((1_u64 << ticks) - 1).checked_shl(back).unwrap_or(0);
        self.newest = Some(newest);
    }

    /// As the jitter buffer measures the queue: the quickest of the newest packets against the quickest of 10 s.
    fn feedback(&self) -> Feedback {
        let way = |(_, transit): &(u64, u64)| *transit;
        let quickest = self.transits.iter().map(way).min().unwrap_or(0);
        let newest = self.transits.iter().rev().take(8).map(way).min().unwrap_or(0);
        Feedback {
            hears: self.newest.is_some(),
            abilities: Abilities::OURS,
            newest_audio: self.newest.unwrap_or(0),
            heard: self.heard,
            received_bytes: self.received_bytes,
            queue: Tenths::from_span(Duration::from_micros(newest - quickest)),
            sent_at: crate::MediaTime(self.now).stamp(),
            ..Feedback::default()
        }
    }
}

fn mean(seconds: &[Second], value: impl Fn(&Second) -> f64) -> f64 {
    seconds.iter().map(value).sum::<f64>() / seconds.len() as f64
}

#[test]
fn a_narrow_link_is_used_and_its_queue_stays_short() {
    for (kbps, least) in [(100.0, 55.0), (50.0, 38.0), (25.0, 16.0)] {
        for seed in 0..5 {
            let mut world = World::new(Link { kbps, ..WIDE }, seed);
            let _ = world.run(5);
            let settled = world.run(55);
            let (sent, queue) = (mean(&settled, |second| second.kbps), mean(&settled, |second| second.queue_ms));
            assert!((least..=kbps).contains(&sent), "{kbps} {seed}: sent {sent}");
            // The longest of each second, feeling for the limit included.
            assert!(queue < 30.0, "{kbps} {seed}: queue {queue}");
            let dropped: u32 = settled.iter().map(|second| second.dropped).sum();
            assert!(dropped <= 10, "{kbps} {seed}: dropped {dropped}");
        }
    }
}

#[test]
fn losses_and_jitter_without_a_queue_are_no_congestion() {
    for (loss, jitter_ms) in [(0.0, 0.0), (0.0, 30.0), (0.1, 0.0), (0.2, 0.0), (0.3, 0.0), (0.2, 30.0)] {
        for seed in 0..5 {
            let mut world = World::new(Link { loss, jitter_ms, ..WIDE }, seed);
            let least = world.run(40).iter().map(|second| second.budget).min();
            assert!(least >= Some(62), "{loss} {jitter_ms} {seed}: {least:?}");
        }
    }
}

#[test]
fn copies_get_their_room_within_seconds() {
    for (loss, number) in [(0.2, 2), (0.3, 3)] {
        for seed in 0..5 {
            let mut world = World::new(Link { loss, ..WIDE }, seed);
            let _ = world.run(4);
            assert!(world.plan.copies.number() >= 2, "{loss} {seed}: {:?}", world.plan);
            let _ = world.run(6);
            assert!(world.plan.copies.number() >= number, "{loss} {seed}: {:?}", world.plan);
            assert_eq!(world.plan.kbps, WISHES.kbps, "{loss} {seed}");
        }
    }
}

#[test]
fn a_link_that_becomes_narrow_is_followed_and_one_that_recovers_is_found() {
    for seed in 0..5 {
        let mut world = World::new(Link { kbps: 200.0, loss: 0.2, ..WIDE }, seed);
        let before = mean(&world.run(20)[10..], |second| second.kbps);
        assert!(before > 115.0, "{seed}: {before}");
        world.link.kbps = 40.0;
        let narrow = world.run(20);
        assert!(mean(&narrow[2..], |second| second.queue_ms) < 60.0, "{seed}: {narrow:?}");
        assert!((15.0..40.0).contains(&mean(&narrow[2..], |second| second.kbps)), "{seed}: {narrow:?}");
        world.link.kbps = 200.0;
        let after = world.run(15);
        // Two copies are back within 10 s, the third follows.
        assert!(after[9].kbps > 115.0, "{seed}: {after:?}");
        assert!(after[14].kbps > 0.95 * before, "{seed}: {before} {after:?}");
    }
}

#[test]
fn without_feedback_the_budget_falls_to_its_floor_and_comes_back() {
    let mut world = World::new(WIDE, 1);
    let _ = world.run(5);
    world.reports = false;
    (0..850).for_each(|_| world.millisecond());
    assert_eq!(world.rate.budget(), Kbps(62));
    (0..250).for_each(|_| world.millisecond());
    assert_eq!(world.rate.budget(), Kbps(16));
    assert_eq!(world.plan.frame.ms(), 60);
    world.reports = true;
    (0..200).for_each(|_| world.millisecond());
    assert_eq!((world.rate.budget(), world.plan.frame.ms(), world.plan.kbps), (Kbps(62), 20, WISHES.kbps));
}

#[test]
fn before_the_first_feedback_the_call_goes_on_as_it_began() {
    let mut world = World::new(WIDE, 1);
    world.reports = false;
    for _ in 0..4 {
        let second = world.run(1);
        assert_eq!((second[0].budget, world.plan.frame.ms(), world.plan.kbps), (62, 20, WISHES.kbps));
    }
    world.reports = true;
    let _ = world.run(1);
    assert_eq!((world.plan.frame.ms(), world.plan.kbps), (20, WISHES.kbps));
}

#[test]
fn after_a_silence_a_queue_is_believed_rather_than_the_past() {
    let mut rate = VoiceRate::new(CEILING);
    let report = |ms: u32, queue| Feedback { sent_at: Stamp(ms * 1_000), queue: Tenths(queue), ..Feedback::default() };
    rate.observe(&report(100, 0), Kbps(62), LocalTime(100_000));
    rate.tick(LocalTime(1_200_000));
    assert_eq!(rate.budget(), Kbps(16));
    rate.observe(&report(1_300, 9_000), Kbps(62), LocalTime(1_300_000));
    rate.observe(&report(1_400, 0), Kbps(62), LocalTime(1_400_000));
    assert!(rate.budget() < Kbps(30), "{:?}", rate.budget());
}

#[test]
fn frames_of_20_ms_return_soon_when_a_link_without_losses_widens() {
    for narrow in [25.0, 40.0, 50.0, 55.0] {
        for seed in 0..5 {
            let mut world = World::new(Link { kbps: narrow, ..WIDE }, seed);
            let _ = world.run(30);
            assert!(world.plan.frame.ms() > 20 || narrow > 50.0, "{narrow} {seed}: {:?}", world.plan);
            world.link.kbps = 200.0;
            let _ = world.run(10);
            assert_eq!((world.plan.frame.ms(), world.plan.kbps), (20, WISHES.kbps), "{narrow} {seed}");
        }
    }
}

#[test]
fn a_queue_that_is_not_ours_is_let_be() {
    let mut rate = VoiceRate::new(CEILING);
    let mut least = u32::MAX;
    let mut received_bytes = 0_u32;
    for n in 1..600_u32 {
        let now = LocalTime(u64::from(n) * 100_000);
        // What is sent follows the budget, and all of it arrives.
        let bytes = (rate.budget().0 * 100 / 8) as usize - PACKET_BYTES;
        rate.sent(bytes, now);
        received_bytes += bytes as u32;
        let sent_at = Stamp(n * 100_000);
        let queue = Tenths(if n < 20 { 0 } else { 900 });
        rate.observe(&Feedback { received_bytes, queue, sent_at, ..Feedback::default() }, Kbps(62), now);
        least = if n > 150 { least.min(rate.budget().0) } else { least };
    }
    assert!(least >= 25, "{least}");
}

#[test]
fn reports_that_overtook_each_other_are_read_once() {
    let mut rate = VoiceRate::new(CEILING);
    let report = |ms: u32, queue| Feedback { sent_at: Stamp(ms * 1_000), queue: Tenths(queue), ..Feedback::default() };
    rate.observe(&report(200, 0), Kbps(62), LocalTime(300_000));
    rate.observe(&report(100, 9_000), Kbps(62), LocalTime(301_000));
    rate.observe(&report(200, 9_000), Kbps(62), LocalTime(302_000));
    assert_eq!(rate.budget(), Kbps(62));
    rate.observe(&report(300, 9_000), Kbps(62), LocalTime(400_000));
    assert!(rate.budget() < Kbps(62));
}

proptest! {
    #[test]
    fn whatever_is_reported_the_budget_stays_between_floor_and_ceiling(
        ceiling in 0..500_u32,
        steps in prop::collection::vec((any::<u32>(), any::<u32>(), any::<u16>(), 0..2_000_u64, 0..2_000_usize), 0..300),
    ) {
        let mut rate = VoiceRate::new(Kbps(ceiling));
        let mut now = 0;
        for (stamp, received_bytes, queue, ms, bytes) in steps {
            now += ms * 1_000;
            rate.sent(bytes, LocalTime(now));
            let feedback = Feedback { received_bytes, queue: Tenths(queue), sent_at: Stamp(stamp), ..Feedback::default() };
            rate.observe(&feedback, Kbps(stamp >> 20), LocalTime(now));
            rate.tick(LocalTime(now + ms));
            prop_assert!((16..=ceiling.max(16)).contains(&rate.budget().0), "{:?}", rate);
            prop_assert!(rate.sent.len() <= MOST_SENT && rate.arrived.len() <= 256);
        }
    }
}

/// Feedback ten times a second for so long, of a queue that stays.
fn queued(rate: &mut VoiceRate, from_s: u64, seconds: u64, queue_ms: u64) {
    for n in from_s * 50..(from_s + seconds) * 50 {
        let now = LocalTime(1_000_000 + n * 20_000);
        rate.sent(88, now);
        if n % 5 == 0 {
            let queue = Tenths::from_span(Duration::from_millis(queue_ms));
            let received_bytes = u32::try_from(n * 88).unwrap_or(u32::MAX);
            let sent_at = Stamp(u32::try_from(now.0).unwrap_or(u32::MAX));
            rate.observe(
                &Feedback { hears: true, received_bytes, queue, sent_at, ..Feedback::default() },
                Kbps(127),
                now,
            );
        }
    }
}

#[test]
fn the_queue_of_a_picture_teaches_nothing() {
    let after = |beside: bool| {
        let mut rate = VoiceRate::new(CEILING);
        rate.set_beside(beside);
        queued(&mut rate, 0, 10, 90);
        let meanwhile = rate.budget();
        // The picture pauses, and now a queue is the voice's own.
        rate.set_beside(false);
        queued(&mut rate, 10, 1, 90);
        (meanwhile, rate.budget())
    };
    let (meanwhile, then) = after(true);
    assert!(meanwhile >= Kbps(60) && then < meanwhile, "{meanwhile:?}, then {then:?}");
    // Without a picture the same queue is eased first, and taken for somebody else's in the end.
    assert!(after(false).0 != meanwhile);
}
