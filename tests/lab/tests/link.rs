//! The model of a link in virtual time: each of its parameters does what it says, measured over many packets.

use ahoy_lab::conditions::{Conditions, Jitter, Loss, MS, Micros, Queue, S, Schedule};
use ahoy_lab::link::{Fate, Link};
use ahoy_lab::profiles;

/// Enough that a share of a fifth is known to a third of a percent (three standard deviations).
const PACKETS: u64 = 120_000;

/// Fates of packets of `size` bytes sent every `gap`, and when each was sent.
fn send(conditions: Conditions, gap: Micros, size: usize) -> Vec<(Micros, Fate)> {
    let mut link = Link::new(Schedule::always(conditions), 7);
    (0..PACKETS).map(|number| (number * gap, link.offer(number * gap, size))).collect()
}

fn share(fates: &[(Micros, Fate)], fits: impl Fn(&Fate) -> bool) -> f64 {
    fates.iter().filter(|(_, fate)| fits(fate)).count() as f64 / fates.len() as f64
}

/// Time on the link of those that arrived.
fn delays(fates: &[(Micros, Fate)]) -> Vec<Micros> {
    let delay = |(sent, fate): &(Micros, Fate)| match fate {
        Fate::Arrives { at, .. } => Some(at - sent),
        Fate::Lost | Fate::Dropped => None,
    };
    fates.iter().filter_map(delay).collect()
}

fn runs(fates: &[(Micros, Fate)]) -> f64 {
    let lost: Vec<bool> = fates.iter().map(|(_, fate)| *fate == Fate::Lost).collect();
    let begun = lost.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    lost.iter().filter(|lost| **lost).count() as f64 / begun as f64
}

#[test]
fn a_clear_link_does_nothing() {
    let fates = send(Conditions::CLEAR, 1_000, 1_200);
    assert!(fates.iter().all(|(sent, fate)| *fate == Fate::Arrives { at: *sent, twice: false, queued: 0 }));
}

#[test]
fn random_loss_has_its_share_and_short_runs() {
    let fates = send(Conditions { loss: Loss::Random(0.2), ..Conditions::CLEAR }, 1_000, 100);
    let lost = share(&fates, |fate| *fate == Fate::Lost);
    assert!((lost - 0.2).abs() < 0.004, "{lost}");
    assert!((runs(&fates) - 1.25).abs() < 0.03, "{}", runs(&fates));
}

#[test]
fn bursts_have_their_share_and_their_length() {
    let loss = Loss::bursts(0.2, 0.35);
    assert!((loss.share() - 0.2).abs() < 1e-9);
    let fates = send(Conditions { loss, ..Conditions::CLEAR }, 1_000, 100);
    let lost = share(&fates, |fate| *fate == Fate::Lost);
    assert!((lost - 0.2).abs() < 0.01, "{lost}");
    assert!((runs(&fates) - 1.0 / 0.35).abs() < 0.1, "{}", runs(&fates));
}

#[test]
fn jitter_has_its_shape_and_its_bound() {
    let max = 30 * MS;
    let median = |jitter| {
        let mut delays =
            delays(&send(Conditions { delay: 50 * MS, jitter, in_order: false, ..Conditions::CLEAR }, MS, 100));
        delays.sort_unstable();
        assert!(delays[0] >= 50 * MS);
        assert!(delays[delays.len() - 1] <= 80 * MS, "{jitter:?}");
        (delays[delays.len() / 2] - 50 * MS) as f64 / MS as f64
    };
    let uniform = median(Jitter::Uniform { max });
    assert!((uniform - 15.0).abs() < 0.3, "{uniform}");
    // Half of |N(0, 15)| within two deviations lies below 0.6388 deviations.
    let gaussian = median(Jitter::Gaussian { sigma: 15 * MS, max });
    assert!((gaussian - 9.58).abs() < 0.2, "{gaussian}");
    // 2^(1/3) - 1 of the scale, which is 2 / sqrt(3) of the deviation.
    let pareto = median(Jitter::Pareto { spread: 10 * MS, max });
    assert!((pareto - 3.0).abs() < 0.2, "{pareto}");
}

#[test]
fn packets_overtake_only_where_they_may() {
    let arrivals = |in_order, overtake| {
        let jitter = Jitter::Uniform { max: 30 * MS };
        let fates = send(Conditions { delay: 50 * MS, jitter, in_order, overtake, ..Conditions::CLEAR }, 20 * MS, 100);
        let at: Vec<Micros> = fates.iter().zip(delays(&fates)).map(|((sent, _), delay)| sent + delay).collect();
        at.windows(2).filter(|pair| pair[1] < pair[0]).count() as f64 / at.len() as f64
    };
    assert!(arrivals(true, 0.0) <= 0.0);
    // Of two packets 20 ms apart the second wins if it drew 20 ms less of 30: one time in 18.
    assert!((arrivals(false, 0.0) - 1.0 / 18.0).abs() < 0.004, "{}", arrivals(false, 0.0));
    // One in twenty skips at least 50 ms, and so at least one that went before it.
    assert!((arrivals(true, 0.05) - 0.05 * 0.95).abs() < 0.004, "{}", arrivals(true, 0.05));
}

#[test]
fn some_arrive_twice() {
    let fates = send(Conditions { duplicate: 0.02, ..Conditions::CLEAR }, 1_000, 100);
    let twice = share(&fates, |fate| matches!(fate, Fate::Arrives { twice: true, .. }));
    assert!((twice - 0.02).abs() < 0.002, "{twice}");
}

#[test]
fn a_bottleneck_lets_its_rate_through_and_queues_no_more_than_it_may() {
    // 2 Mbit/s are offered to 1 Mbit/s.
    let queue = |queue| {
        let fates = send(Conditions { kbps: Some(1_000.0), queue, ..Conditions::CLEAR }, 4 * MS, 1_000);
        let through = share(&fates, |fate| matches!(fate, Fate::Arrives { .. }));
        assert!((through - 0.5).abs() < 0.001, "{through}");
        delays(&fates).into_iter().max()
    };
    // A packet takes 8 ms; one that fills the queue waits as long as the queue is, itself included.
    assert_eq!(queue(Queue::Time(300 * MS)), Some(296 * MS));
    assert_eq!(queue(Queue::Bytes(20_000)), Some(160 * MS));
    assert_eq!(queue(Queue::Packets(30)), Some(30 * 8 * MS));
    // Less than four packets is no queue.
    assert_eq!(queue(Queue::Time(MS)), Some(4 * 8 * MS));
}

#[test]
fn a_rate_that_changes_holds_for_what_already_waits() {
    let rate = |kbps| Conditions { kbps: Some(kbps), queue: Queue::Bytes(100_000), ..Conditions::CLEAR };
    let mut link = Link::new(
        Schedule::changing(rate(1_000.0), [(10 * MS, rate(500.0)), (20 * MS, rate(0.0)), (S, rate(1_000.0))]),
        1,
    );
    link.begin(5 * S);
    // 8 ms at 1 Mbit/s; then 2 ms at that and 12 ms at half of it, of which 10 fit before the outage; the rest after it.
    assert_eq!(link.offer(5 * S, 1_000), Fate::Arrives { at: 5 * S + 8 * MS, twice: false, queued: 0 });
    assert_eq!(link.offer(5 * S, 1_000), Fate::Arrives { at: 6 * S + MS, twice: false, queued: 8 * MS });
}

#[test]
fn a_schedule_carries_what_its_rates_do() {
    let rate = |kbps| Conditions { kbps, ..Conditions::CLEAR };
    let schedule = Schedule::changing(rate(Some(1_000.0)), [(10 * S, rate(Some(500.0))), (20 * S, rate(None))]);
    let megabits = |from, to| schedule.carries(from * S, to * S).map(|bits| bits / 1e6);
    assert_eq!(megabits(0, 10), Some(10.0));
    assert_eq!(megabits(8, 16), Some(2.0 + 3.0));
    assert_eq!(megabits(15, 21), None);
    assert_eq!(megabits(5, 5), Some(0.0));
}

#[test]
fn before_it_begins_a_schedule_stands_still() {
    let lost = Conditions { loss: Loss::Random(1.0), ..Conditions::CLEAR };
    let mut link = Link::new(Schedule::changing(Conditions::CLEAR, [(S, lost)]), 1);
    assert_eq!(link.offer(10 * S, 100), Fate::Arrives { at: 10 * S, twice: false, queued: 0 });
    link.begin(11 * S);
    assert_eq!(link.offer(11 * S + 999 * MS, 100), Fate::Arrives { at: 11 * S + 999 * MS, twice: false, queued: 0 });
    assert_eq!(link.offer(12 * S, 100), Fate::Lost);
}

#[test]
fn the_same_seed_gives_the_same_fates() {
    let profile = profiles::named("international", 3).expect("a profile");
    let fates = |seed| {
        let mut link = Link::new(profile.forward.clone(), seed);
        (0..10_000).map(|number| link.offer(number * 20 * MS, 120)).collect::<Vec<_>>()
    };
    assert_eq!(fates(5), fates(5));
    assert_ne!(fates(5), fates(6));
}

#[test]
fn every_profile_can_be_used() {
    let all = profiles::all(1);
    for profile in &all {
        assert_eq!(all.iter().filter(|other| other.name == profile.name).count(), 1, "{}", profile.name);
        for schedule in [&profile.forward, &profile.backward] {
            let last = schedule.steps().last().expect("a step").1;
            assert!(last.kbps.is_none_or(|kbps| kbps > 0.0), "{} ends in an outage", profile.name);
            assert!(schedule.steps().is_sorted_by_key(|step| step.0), "{}", profile.name);
        }
    }
    let mut rates: Vec<f64> =
        profiles::named("lte", 1).expect("a profile").forward.steps().iter().filter_map(|step| step.1.kbps).collect();
    rates.sort_by(f64::total_cmp);
    let at = |share: f64| rates[(rates.len() as f64 * share) as usize];
    assert!((1_500.0..6_000.0).contains(&at(0.5)), "{}", at(0.5));
    assert!((6_000.0..24_000.0).contains(&at(0.95)), "{}", at(0.95));
}
