//! How the bottleneck of one direction was used: its share, its queue, and how the call followed its changes.
//! `report` makes it from the schedule and the journal, which know what the phones can only guess.
//! Queue delay is the wait before the bottleneck, without the time to send the packet itself.

use ahoy_e2e::sound::quantile;
use serde::Serialize;

use crate::conditions::{MS, Micros, S, Schedule};
use crate::journal::{End, Journal};
use crate::plot::Point;

/// A rate that does not hold this long on both sides of a change is none that a call could follow.
const HOLDS: Micros = 5 * S;
/// A queue longer than this is heard.
const SHORT: Micros = 60 * MS;
/// A queue is short again when it has been for this long.
const SETTLED: Micros = S;
/// Rates are means over this long.
const MEAN: Micros = S;
/// They are looked at this often.
const LOOK: Micros = 100 * MS;
/// Share of a new, higher rate that a call is to reach.
const REACHED: f64 = 0.8;
/// On a wider link (kbit/s) a call with one ordinary picture is limited by itself, and is to come back to what it had.
const FILLED_KBPS: f64 = 2_500.0;
/// Share of what it had.
const BACK: f64 = 0.9;
/// What it had is the mean of this long.
const HAD: Micros = 10 * S;

/// One direction of a call at its bottleneck.
#[derive(Clone, Debug, Serialize)]
pub struct Bottleneck {
    /// What it could carry, mean over the call, in kbit/s.
    pub kbps: f64,
    /// Share of it that was carried.
    pub used: f64,
    /// Time that packets waited before it in ms: median.
    pub queue_p50_ms: f64,
    /// 95th percentile of it.
    pub queue_p95_ms: f64,
    /// The longest.
    pub queue_most_ms: f64,
    /// How the call followed every lasting change of its rate.
    pub changes: Vec<Change>,
}

/// A change of the rate and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    /// When, in s of the call.
    pub at_s: f64,
    /// When the rate changed again, or the call ended.
    pub until_s: f64,
    /// The rate before, in kbit/s.
    pub from_kbps: f64,
    /// The rate from then on.
    pub to_kbps: f64,
    /// What is to come of it.
    pub goal: Goal,
    /// How long that took in s; `None` where it never did.
    pub took_s: Option<f64>,
    /// The longest time without a new picture until the next change, in ms; only where pictures were shown.
    pub longest_gap_ms: Option<f64>,
}

/// What a call is to do after a change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Goal {
    /// The rate fell: a short queue.
    ShortQueue,
    /// The rate rose: so many kbit/s of it.
    Share(f64),
    /// The rate rose above what the call needs: so many kbit/s, which are what it had before.
    Back(f64),
}

impl Bottleneck {
    /// Looks at what `from` sent between two times over a link that obeys `schedule`; `None` where it has no bottleneck.
    #[must_use]
    pub fn of(
        schedule: &Schedule,
        journal: &Journal,
        from: usize,
        span: (Micros, Micros),
        gaps: Option<&[Point]>,
    ) -> Option<Self> {
        let (began, ended) = span;
        let carries = schedule.carries(0, ended - began)?;
        let packets: Vec<Packet> = journal.between(from, began, ended).filter_map(Packet::of).collect();
        let bits: f64 = packets.iter().filter(|packet| packet.arrived.is_some()).map(|packet| packet.bits).sum();
        let queue = |share| {
            let waited = packets.iter().filter(|packet| packet.arrived.is_some()).map(|packet| packet.queued as f64);
            quantile(waited, share) / MS as f64
        };
        Some(Self {
            kbps: carries * MS as f64 / (ended - began) as f64,
            used: bits / carries,
            queue_p50_ms: queue(0.5),
            queue_p95_ms: queue(0.95),
            queue_most_ms: queue(1.0),
            changes: changes(schedule, &packets, span, gaps.unwrap_or_default()),
        })
    }
}

/// A packet that came to the bottleneck.
struct Packet {
    came: Micros,
    bits: f64,
    queued: Micros,
    /// When it came out of the link, unless the queue was full.
    arrived: Option<Micros>,
}

impl Packet {
    fn of(entry: &crate::journal::Entry) -> Option<Self> {
        let bits = entry.bytes as f64 * 8.0;
        match entry.end {
            End::Arrived { queued, out, .. } => Some(Self { came: entry.came, bits, queued, arrived: Some(out) }),
            End::Dropped => Some(Self { came: entry.came, bits, queued: Micros::MAX, arrived: None }),
            End::Copy { .. } | End::Lost | End::Stray => None,
        }
    }
}

/// A time in which the rate stays as it is, on the journal's clock.
#[derive(Clone, Copy)]
struct Stretch {
    begin: Micros,
    end: Micros,
    kbps: f64,
}

fn stretches(schedule: &Schedule, (began, ended): (Micros, Micros)) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (time, conditions) in schedule.steps() {
        let begin = began + time;
        let Some(kbps) = conditions.kbps.filter(|_| begin < ended) else { break };
        if let Some(last) = stretches.last_mut() {
            last.end = begin;
        }
        stretches.push(Stretch { begin, end: ended, kbps });
    }
    stretches
}

fn changes(schedule: &Schedule, packets: &[Packet], span: (Micros, Micros), gaps: &[Point]) -> Vec<Change> {
    let stretches = stretches(schedule, span);
    let seconds = |time: Micros| (time - span.0) as f64 / S as f64;
    let change = |number: usize| {
        let [before, after] = [stretches[number], stretches[number + 1]];
        if before.end - before.begin < HOLDS || after.end - after.begin < HOLDS {
            return None;
        }
        let goal = if after.kbps < before.kbps {
            Goal::ShortQueue
        } else if after.kbps <= FILLED_KBPS {
            Goal::Share(REACHED * after.kbps)
        } else {
            let wide = stretches[..=number].iter().rev().find(|earlier| earlier.kbps >= after.kbps)?;
            Goal::Back(BACK * kbps(packets, wide.end.saturating_sub(HAD).max(wide.begin), wide.end))
        };
        let took_s = match goal {
            Goal::ShortQueue => drained(packets, after),
            Goal::Share(goal) | Goal::Back(goal) => reached(packets, after, goal),
        };
        let (at_s, until_s) = (seconds(after.begin), seconds(after.end));
        let within = gaps.iter().filter(|(time, _)| (at_s..=until_s).contains(time)).map(|(_, gap)| *gap);
        Some(Change {
            at_s,
            until_s,
            from_kbps: before.kbps,
            to_kbps: after.kbps,
            goal,
            took_s,
            longest_gap_ms: within.reduce(f64::max),
        })
    };
    (0..stretches.len().saturating_sub(1)).filter_map(change).collect()
}

/// kbit/s that came out of the link.
fn kbps(packets: &[Packet], from: Micros, to: Micros) -> f64 {
    let arrived = packets.iter().filter(|packet| packet.arrived.is_some_and(|time| (from..to).contains(&time)));
    arrived.map(|packet| packet.bits).sum::<f64>() * MS as f64 / (to - from) as f64
}

/// Seconds until the queue was short and stayed so for a while.
fn drained(packets: &[Packet], within: Stretch) -> Option<f64> {
    let mut since = within.begin;
    for packet in packets.iter().filter(|packet| (within.begin..within.end).contains(&packet.came)) {
        if packet.queued < SHORT {
            continue;
        }
        if packet.came - since >= SETTLED {
            break;
        }
        since = packet.came;
    }
    (within.end - since >= SETTLED).then(|| (since - within.begin) as f64 / S as f64)
}

/// Seconds until the mean of the last one was no less than this.
fn reached(packets: &[Packet], within: Stretch, goal_kbps: f64) -> Option<f64> {
    let mut ends = (within.begin + MEAN..=within.end).step_by(LOOK as usize);
    let end = ends.find(|end| kbps(packets, end - MEAN, *end) >= goal_kbps)?;
    Some((end - within.begin) as f64 / S as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditions::Conditions;

    const BEGAN: Micros = 1_000 * S;
    const BYTES: usize = 1_000;

    fn rate(kbps: f64) -> Conditions {
        Conditions { kbps: Some(kbps), ..Conditions::CLEAR }
    }

    /// A packet every 10 ms (800 kbit/s) for 40 s, queued and carried as told.
    fn journal(fate: impl Fn(f64) -> Option<Micros>) -> Journal {
        let entry = |number: u64| {
            let came = BEGAN + number * 10 * MS;
            let queued = fate(number as f64 / 100.0)?;
            let end = End::Arrived { queued, due: came, out: came };
            Some(crate::journal::Entry { from: 0, came, bytes: BYTES, end })
        };
        Journal((0..4_000).filter_map(entry).collect())
    }

    fn look(schedule: &Schedule, journal: &Journal) -> Bottleneck {
        Bottleneck::of(schedule, journal, 0, (BEGAN, BEGAN + 40 * S), None).expect("a bottleneck")
    }

    #[test]
    fn use_and_queue_are_those_of_the_packets() {
        let schedule = Schedule::changing(rate(1_000.0), [(20 * S, rate(3_000.0))]);
        let seen = look(&schedule, &journal(|time| Some(if time < 38.0 { 5 * MS } else { 90 * MS })));
        assert!((seen.kbps - 2_000.0).abs() < 1e-6 && (seen.used - 0.4).abs() < 1e-3, "{seen:?}");
        assert_eq!((seen.queue_p50_ms, seen.queue_p95_ms, seen.queue_most_ms), (5.0, 5.0, 90.0));
        let open = Schedule::always(Conditions::CLEAR);
        assert!(Bottleneck::of(&open, &Journal::default(), 0, (BEGAN, BEGAN + S), None).is_none());
    }

    #[test]
    fn a_queue_is_short_when_it_stays_so_for_a_second() {
        let schedule = Schedule::changing(rate(1_000.0), [(10 * S, rate(600.0))]);
        let took = |fate: fn(f64) -> Option<Micros>| look(&schedule, &journal(fate)).changes[0].took_s;
        assert_eq!(took(|_| Some(0)), Some(0.0));
        let took_s = took(|time| Some(if (10.5..12.0).contains(&time) { 100 * MS } else { 0 }));
        assert!(took_s.is_some_and(|took_s| (took_s - 1.99).abs() < 1e-6), "{took_s:?}");
        // Half a second of calm is none; what comes after a second of it is another matter.
        let took_s = took(|time| {
            Some(if (10.0..11.0).contains(&time) || (11.5..12.0).contains(&time) || time > 20.0 { 100 * MS } else { 0 })
        });
        assert!(took_s.is_some_and(|took_s| (took_s - 1.99).abs() < 1e-6), "{took_s:?}");
        assert_eq!(took(|time| Some(if time >= 10.0 { 100 * MS } else { 0 })), None);
    }

    #[test]
    fn a_higher_rate_is_reached_when_a_second_of_it_is_carried() {
        let schedule = Schedule::changing(rate(500.0), [(10 * S, rate(1_000.0))]);
        let changes =
            look(&schedule, &journal(|time| (time >= 13.0 || ((time * 100.0) as u64).is_multiple_of(2)).then_some(0)))
                .changes;
        assert_eq!(changes[0].goal, Goal::Share(800.0));
        assert!(changes[0].took_s.is_some_and(|took_s| (3.8..=4.0).contains(&took_s)), "{changes:?}");
        // Never: 400 kbit/s is all there is.
        let never = look(&schedule, &journal(|time| (((time * 100.0) as u64).is_multiple_of(2)).then_some(0)));
        assert_eq!(never.changes[0].took_s, None);
    }

    #[test]
    fn after_a_dip_of_a_wide_link_the_old_rate_counts() {
        let schedule = Schedule::changing(rate(20_000.0), [(10 * S, rate(500.0)), (20 * S, rate(20_000.0))]);
        let dip = |time: f64| (!(10.0..25.0).contains(&time)).then_some(0);
        let changes = look(&schedule, &journal(dip)).changes;
        let Goal::Back(goal) = changes[1].goal else { panic!("{changes:?}") };
        assert!((goal - 720.0).abs() < 5.0, "{goal}");
        assert!(changes[1].took_s.is_some_and(|took_s| (5.8..=6.0).contains(&took_s)), "{changes:?}");
    }
}
