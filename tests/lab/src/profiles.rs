//! The named links that calls are measured on.
//! `lab` looks one up by name and may override parts of it.
//! Both directions are alike unless a profile says otherwise; every number has its origin beside it.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::conditions::{Conditions, Jitter, Loss, MS, Micros, Queue, S, Schedule};

/// A link by name.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Length of a call in seconds that shows what the link does.
    pub seconds: u64,
    /// From the caller to the callee.
    pub forward: Schedule,
    /// From the callee to the caller.
    pub backward: Schedule,
}

/// Every profile; `lte` draws its rate from `seed`.
#[must_use]
pub fn all(seed: u64) -> Vec<Profile> {
    let mut all = steady();
    all.extend(lossy());
    all.extend(narrow());
    all.extend(changing(seed));
    all
}

/// The profile of this name.
#[must_use]
pub fn named(name: &str, seed: u64) -> Option<Profile> {
    all(seed).into_iter().find(|profile| profile.name == name)
}

/// A call on a link that stays as it is: three pieces of speech to judge, and time to get to know the link before.
const STEADY_S: u64 = 35;

fn both(name: &'static str, about: &'static str, seconds: u64, schedule: Schedule) -> Profile {
    Profile { name, about, seconds, forward: schedule.clone(), backward: schedule }
}

/// The path of all loss profiles: 20 ms one way, wide open.
const FAR: Conditions = Conditions { delay: 20 * MS, ..Conditions::CLEAR };

fn always(name: &'static str, about: &'static str, conditions: Conditions) -> Profile {
    both(name, about, STEADY_S, Schedule::always(conditions))
}

/// Links that do nothing but lose.
fn lossy() -> Vec<Profile> {
    let lossy = |loss| Conditions { loss, ..FAR };
    vec![
        always("loss10", "20 ms, every 10th packet lost", lossy(Loss::Random(0.10))),
        always("loss20", "20 ms, every 5th packet lost", lossy(Loss::Random(0.20))),
        always("loss30", "20 ms, 30 % lost", lossy(Loss::Random(0.30))),
        always("burst20", "20 ms, 20 % lost in runs of 2.9 on average", lossy(Loss::bursts(0.20, 0.35))),
        always("burst30", "20 ms, 30 % lost in runs of 2.9 on average", lossy(Loss::bursts(0.30, 0.35))),
    ]
}

/// Other links that stay as they are.
fn steady() -> Vec<Profile> {
    let home = Conditions {
        delay: 10 * MS,
        jitter: Jitter::Gaussian { sigma: 1_500, max: 6 * MS },
        loss: Loss::Random(0.001),
        kbps: Some(20_000.0),
        queue: Queue::Time(150 * MS),
        ..Conditions::CLEAR
    };
    let wifi = Conditions {
        delay: 10 * MS,
        // Median 6, 95th percentile 35 ms: a Pareto variable is as lopsided as that; frames of Wi-Fi stay in line.
        jitter: Jitter::Pareto { spread: 20 * MS, max: 250 * MS },
        loss: Loss::Random(0.01),
        ..Conditions::CLEAR
    };
    let rmcat = Conditions {
        delay: 50 * MS,
        // RFC 8867 names the bound of 30 ms; a deviation of half of it, without overtaking, is the choice made here.
        jitter: Jitter::Gaussian { sigma: 15 * MS, max: 30 * MS },
        kbps: Some(4_000.0),
        ..Conditions::CLEAR
    };
    let international = Conditions {
        delay: 250 * MS,
        jitter: Jitter::Pareto { spread: 100 * MS, max: 500 * MS },
        in_order: false,
        loss: Loss::Gilbert { p: 0.03, r: 0.25 },
        duplicate: 0.02,
        overtake: 0.05,
        kbps: Some(300.0),
        queue: Queue::Packets(30),
    };
    let home_up = Conditions { kbps: Some(5_000.0), ..home };
    vec![
        always(
            "clean",
            "nothing happens to a packet, 100 Mbit/s",
            Conditions { kbps: Some(100_000.0), ..Conditions::CLEAR },
        ),
        Profile {
            name: "home",
            about: "10 ms, 0.1 % loss, 20 Mbit/s there, 5 Mbit/s back",
            seconds: STEADY_S,
            forward: Schedule::always(home),
            backward: Schedule::always(home_up),
        },
        always("wifi", "bad Wi-Fi: 10 ms, jitter with a long tail, 1 % loss", wifi),
        always("rmcat", "50 ms, jitter up to 30 ms, 4 Mbit/s", rmcat),
        always(
            "moderate",
            "100 ms, jitter of 25 ms, 5 % loss",
            Conditions {
                delay: 100 * MS,
                jitter: Jitter::Pareto { spread: 25 * MS, max: 200 * MS },
                loss: Loss::Random(0.05),
                ..Conditions::CLEAR
            },
        ),
        always(
            "international",
            "250 ms, jitter of 100 ms, 10.7 % lost in runs of 4, some twice or early, 300 kbit/s",
            international,
        ),
        always(
            "bloat",
            "50 ms, 5 Mbit/s, a queue of 500 ms",
            Conditions { delay: 50 * MS, kbps: Some(5_000.0), queue: Queue::Time(500 * MS), ..Conditions::CLEAR },
        ),
    ]
}

/// Narrow links: about 100 ms of queue, which on the narrowest is the four packets that any queue takes.
fn narrow() -> Vec<Profile> {
    let link = |kbps| Schedule::always(Conditions { kbps: Some(kbps), queue: Queue::Time(100 * MS), ..FAR });
    vec![
        both("300k", "20 ms, 300 kbit/s", STEADY_S, link(300.0)),
        both("100k", "20 ms, 100 kbit/s", STEADY_S, link(100.0)),
        both("50k", "20 ms, 50 kbit/s", STEADY_S, link(50.0)),
        both("25k", "20 ms, 25 kbit/s", STEADY_S, link(25.0)),
    ]
}

/// Links that change in the middle of a call.
fn changing(seed: u64) -> Vec<Profile> {
    let spiky =
        Conditions { delay: 50 * MS, jitter: Jitter::Gaussian { sigma: 10 * MS, max: 30 * MS }, ..Conditions::CLEAR };
    let spike = Conditions {
        delay: 100 * MS,
        jitter: Jitter::Gaussian { sigma: 20 * MS, max: 60 * MS },
        loss: Loss::Gilbert { p: 0.11, r: 0.25 },
        ..Conditions::CLEAR
    };
    // Voice on a link that loses a fifth for ten seconds, and then for ten seconds nothing.
    let lossy = Conditions { loss: Loss::Random(0.20), ..FAR };
    let mut all = steps();
    all.extend(dips());
    all.extend([
        both("spiky", "50 ms; from 10 to 20 s 100 ms and 30.6 % lost in runs of 4", STEADY_S, {
            Schedule::changing(spiky, [(10 * S, spike), (20 * S, spiky)])
        }),
        both("patchy", "20 ms; 20 % lost from 15 to 25 s", STEADY_S, {
            Schedule::changing(FAR, [(15 * S, lossy), (25 * S, FAR)])
        }),
        both("lte", "30 ms; a rate that wanders from 0.2 to 12 Mbit/s, an outage once a minute", 90, lte(seed)),
    ]);
    all
}

/// RFC 8867, 5.1 and 5.3: bottlenecks whose rate changes; queue 300 ms.
fn steps() -> Vec<Profile> {
    let schedule = |delay: Micros, first: f64, then: &[(u64, f64)]| {
        let rate = |mbps: f64| Conditions { delay, kbps: Some(mbps * 1_000.0), ..Conditions::CLEAR };
        Schedule::changing(rate(first), then.iter().map(|(second, mbps)| (second * S, rate(*mbps))))
    };
    let one_flow = |delay| schedule(delay, 1.0, &[(40, 2.5), (60, 0.6), (80, 1.0)]);
    vec![
        both(
            "steps",
            "50 ms; 1 Mbit/s, 2.5 from 40 s, 0.6 from 60 s, 1 from 80 s (RFC 8867, 5.1)",
            100,
            one_flow(50 * MS),
        ),
        both("steps-far", "the same at 100 ms", 100, one_flow(100 * MS)),
        Profile {
            name: "congested",
            about: "50 ms; there 2 Mbit/s, 1 from 20 s, 0.5 from 40 s, 2 from 60 s, back 2, 0.8 from 35 s, 2 from 70 s (RFC 8867, 5.3)",
            seconds: 100,
            forward: schedule(50 * MS, 2.0, &[(20, 1.0), (40, 0.5), (60, 2.0)]),
            backward: schedule(50 * MS, 2.0, &[(35, 0.8), (70, 2.0)]),
        },
    ]
}

/// A wide link that is narrow for half a minute (after MacMillan et al., IMC 2021).
fn dips() -> Vec<Profile> {
    let dip = |name, about, kbps| {
        let wide = Conditions { kbps: Some(20_000.0), ..FAR };
        let narrow = Conditions { kbps: Some(kbps), ..FAR };
        both(name, about, 125, Schedule::changing(wide, [(60 * S, narrow), (90 * S, wide)]))
    };
    vec![
        dip("dip", "20 ms, 20 Mbit/s, 0.5 from 60 to 90 s", 500.0),
        dip("dip250", "20 ms, 20 Mbit/s, 0.25 from 60 to 90 s", 250.0),
        dip("dip750", "20 ms, 20 Mbit/s, 0.75 from 60 to 90 s", 750.0),
        dip("dip1000", "20 ms, 20 Mbit/s, 1 from 60 to 90 s", 1_000.0),
    ]
}

/// A mobile link: the logarithm of its rate is an autoregressive process in steps of 100 ms with median 3 Mbit/s and percentiles
/// 5 and 95 near 0.2 and 12 Mbit/s; about once a minute nothing gets through for 0.5 to 3 s.
fn lte(seed: u64) -> Schedule {
    const STEP: Micros = 100 * MS;
    const STEPS: u64 = 3_000;
    const MEMORY: f64 = 0.95;
    const MEDIAN_KBPS: f64 = 3_000.0;
    /// Below the median the spread is twice that above it: 15 times down, 4 times up.
    const SPREAD: (f64, f64) = (1.65, 0.84);
    const OUTAGES_A_STEP: f64 = 1.0 / 600.0;
    let mut luck = StdRng::seed_from_u64(seed ^ 0x17e);
    let (mut level, mut out_until) = (0.0, 0);
    let conditions =
        |kbps| Conditions { delay: 30 * MS, kbps: Some(kbps), queue: Queue::Bytes(375_000), ..Conditions::CLEAR };
    let mut steps = Vec::new();
    for step in 1..=STEPS {
        // Twelve uniform variables less six are normal enough here.
        let normal: f64 = (0..12).map(|_| luck.random::<f64>()).sum::<f64>() - 6.0;
        level = MEMORY * level + (1.0 - MEMORY * MEMORY).sqrt() * normal;
        if luck.random_bool(OUTAGES_A_STEP) {
            out_until = step + luck.random_range(5..=30);
        }
        let spread = if level < 0.0 { SPREAD.0 } else { SPREAD.1 };
        let kbps = if step < out_until && step < STEPS { 0.0 } else { MEDIAN_KBPS * (level * spread).exp() };
        steps.push((step * STEP, conditions(kbps)));
    }
    Schedule::changing(conditions(MEDIAN_KBPS), steps)
}
