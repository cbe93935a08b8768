//! The jitter buffer in simulated calls on a virtual clock, and against anything a peer may send.
//! Every random step comes from a fixed seed; delays are from the capture of a frame's first sample to the air, without
//! the codec's own: frame, way, margin and the speaker's block.

use bytes::Bytes;

use super::*;
use crate::simulation::{Chance, Loss, Scene};
use crate::units::MediaTime;

/// Way, frame, and speaker block of the scenes' default, milliseconds.
const BESIDE_MS: f64 = 20.0 + 20.0 + 5.0;
/// What the buffer adds on a clean path, and what its targets allow.
const CLEAN_MS: f64 = 4.5;

fn within(found: f64, least: f64, most: f64, what: &str) {
    assert!((least..=most).contains(&found), "{what}: {found:.3} is not within {least:.3} to {most:.3}");
}

#[test]
fn a_clean_path_is_played_with_next_to_no_delay_and_nothing_is_invented() {
    for (frame, ms) in [(1, 10.0), (2, 20.0), (4, 40.0), (6, 60.0)] {
        let frame = [|_| 1, |_| 1, |_| 2, |_| 2, |_| 4, |_| 4, |_| 6][frame];
        for block in [240, 480, 512] {
            let heard = Scene { frame, block, ..Scene::default() }.run();
            let most = 20.0 + ms + block as f64 / 48.0 + CLEAN_MS;
            within(heard.delay_ms(0.5, 3, 60), most - CLEAN_MS, most, "p50");
            within(heard.delay_ms(0.99, 3, 60), most - CLEAN_MS, most + 1.0, "p99");
            assert_eq!((heard.invented.len(), heard.starved), (0, 0), "{ms} ms frames, blocks of {block}");
            assert_eq!((heard.stats.lost, heard.stats.late), (0, 0));
        }
    }
}

#[test]
fn the_first_delay_is_careful_and_comes_down_within_two_seconds() {
    let heard = Scene::default().run();
    within(heard.played[0].delay as f64 / 1_000.0, BESIDE_MS + 20.0, BESIDE_MS + 45.0, "first");
    within(heard.delay_ms(1.0, 2, 4), BESIDE_MS, BESIDE_MS + 8.0, "after 2 s");
}

#[test]
fn frame_lengths_change_in_mid_stream() {
    let frame = |at: u64| [2, 6, 1, 4, 2, 1, 6][(at / 3_000_000 % 7) as usize];
    let heard = Scene { frame, ..Scene::default() }.run();
    // Longer frames come later: that much has to be invented, once at every step up (60 + 30 + 50 ms twenty times a minute at most).
    assert!(heard.invented_share(1, 60) < 0.02, "{}", heard.invented_share(1, 60));
    assert_eq!((heard.stats.lost, heard.starved), (0, 0));
    let covered: u64 = heard.played.iter().map(|played| u64::from(frame(u64::from(played.tick) * 10_000))).sum();
    assert!(covered >= 5_980, "{covered} of 6000 ticks were played");
    within(
        heard.delay_ms(0.5, 8, 9),
        BESIDE_MS - 10.0,
        BESIDE_MS - 10.0 + CLEAN_MS + 4.0,
        "10 ms frames after 60 ms ones",
    );
}

#[test]
fn jitter_raises_the_target_and_is_hardly_heard() {
    for seed in 1..=3 {
        let heard = Scene { seed, delay: |_| 50_000, jitter: 30_000, ..Scene::default() }.run();
        within(heard.delay_ms(0.5, 5, 60), 75.0 + 28.0, 75.0 + 30.0 + CLEAN_MS, "p50");
        assert!(heard.invented_share(5, 60) <= 0.005, "{}", heard.invented_share(5, 60));
    }
}

#[test]
fn a_busy_processor_costs_a_moment_and_no_delay() {
    // Once in three seconds the worker wakes up 20 ms late; the speaker takes what is in the ring and then nothing.
    let stall = |at: u64| if at % 3_010_000 < 2_500 { 20_000 } else { 0 };
    let heard = Scene { stall, ..Scene::default() }.run();
    within(heard.delay_ms(0.95, 5, 60), BESIDE_MS, BESIDE_MS + CLEAN_MS + 1.0, "p95");
    assert_eq!(heard.invented.len(), 0);
    // The same at the sender: one frame is late and some of it invented.
    let delay = |at: u64| if at % 3_000_000 < 20_000 { 38_000 } else { 20_000 };
    let heard = Scene { delay, ..Scene::default() }.run();
    within(heard.delay_ms(0.95, 5, 60), BESIDE_MS, BESIDE_MS + CLEAN_MS + 1.0, "p95");
    assert!(heard.invented_share(5, 60) < 0.008, "{}", heard.invented_share(5, 60));
}

#[test]
fn a_delay_too_long_is_gone_within_three_seconds() {
    // The speaker stands still with the worker for 90 ms: more than is left out, so it is played later.
    let stall = |at: u64| if at == 20_000_000 { 90_000 } else { 0 };
    let heard = Scene { stall, ..Scene::default() }.run();
    assert!(heard.delay_ms(1.0, 20, 21) > BESIDE_MS + 60.0);
    within(heard.delay_ms(1.0, 23, 60), BESIDE_MS, BESIDE_MS + CLEAN_MS + 4.0, "after three seconds");
}

/// Mean share of frames that neither they nor their copies reach, in `seeds` calls, and the median delay.
fn lossy(loss: fn(u64) -> Loss, copies: &'static [u32], fec: bool) -> (f64, f64, f64) {
    let (mut invented, mut delay, mut voiced) = (0.0, 0.0, 0.0);
    for seed in 1..=4 {
        let heard = Scene { seed, seconds: 90, loss, copies, fec, ..Scene::default() }.run();
        invented += heard.invented_share(10, 90) / 4.0;
        delay += (heard.delay_ms(0.5, 10, 90) - BESIDE_MS - 4.0) / 4.0;
        voiced += heard.voiced_bends as f64 / 90.0 / 4.0;
    }
    (invented, delay, voiced)
}

#[test]
fn loss_is_repaired_as_far_as_the_copies_go_and_the_delay_is_theirs() {
    type Case = (&'static str, fn(u64) -> Loss, &'static [u32], bool, f64, f64);
    // The residual by theory (p to the power of the chances for random loss), and the horizon that goes with it.
    let cases: [Case; 8] = [
        ("10 % plain", |_| Loss::Random(0.1), &[], false, 0.1, 0.0),
        ("10 % +1", |_| Loss::Random(0.1), &[1], false, 0.01, 20.0),
        ("20 % FEC", |_| Loss::Random(0.2), &[], true, 0.04, 20.0),
        ("20 % +1+2", |_| Loss::Random(0.2), &[1, 2], false, 0.008, 40.0),
        ("30 % +1+2", |_| Loss::Random(0.3), &[1, 2], false, 0.027, 40.0),
        ("30 % +1+2+3", |_| Loss::Random(0.3), &[1, 2, 3], false, 0.0081, 60.0),
        ("bursts plain", |_| Loss::Bursts(0.2, 2.9), &[], false, 0.2, 0.0),
        // Gilbert: still in the bad state k frames later with 0.2 + 0.8 * (1 - 1/2.9 - 0.25/2.9)^k.
        ("bursts +3+6", |_| Loss::Bursts(0.2, 2.9), &[3, 6], false, 0.2 * 0.348 * 0.348, 120.0),
    ];
    for (name, loss, copies, fec, residual, horizon) in cases {
        let (invented, delay, voiced) = lossy(loss, copies, fec);
        within(invented, residual * 0.75, residual * 1.3 + 0.001, name);
        within(delay, horizon - 3.0, horizon + 3.0, name);
        assert!(voiced < 0.4, "{name}: {voiced} bends a second in voiced sound");
    }
}

#[test]
fn deep_redundancy_repairs_runs_and_stays_below_its_ceiling() {
    let loss = |_: u64| Loss::Bursts(0.2, 2.9);
    let heard = Scene { seconds: 90, dred: 50, loss, ..Scene::default() }.run();
    assert!(heard.invented_share(10, 90) < 0.05, "{}", heard.invented_share(10, 90));
    assert!(heard.stats.dred > 500);
    assert!(heard.delay_ms(1.0, 10, 90) < BESIDE_MS + 200.0 + CLEAN_MS + 4.0);
}

#[test]
fn when_the_loss_ends_the_delay_comes_back() {
    let loss = |at: u64| if at < 30_000_000 { Loss::Random(0.3) } else { Loss::None };
    let heard = Scene { copies: &[1, 2, 3], loss, ..Scene::default() }.run();
    assert!(heard.delay_ms(0.5, 31, 33) > BESIDE_MS + 55.0, "it is not forgotten at once");
    within(heard.delay_ms(1.0, 37, 60), BESIDE_MS, BESIDE_MS + CLEAN_MS + 4.0, "seven seconds later");
}

#[test]
fn clocks_that_drift_for_an_hour_are_not_heard() {
    for (sender_ppm, speaker_ppm) in [(100, 0), (-100, 0), (0, 100), (0, -100), (100, -100)] {
        let heard = Scene { seconds: 3_600, sender_ppm, speaker_ppm, ..Scene::default() }.run();
        let name = format!("{sender_ppm} and {speaker_ppm} ppm");
        assert_eq!((heard.invented.len(), heard.starved), (0, 0), "{name}");
        let bends = heard.bends.iter().filter(|(at, _)| *at > 3_000_000).count();
        assert_eq!(bends, 0, "{name}: bends after the start");
        // A microsecond a second would be 3.6 ms in the hour; unheeded the drift is 100.
        within(heard.slope(10), -0.2, 0.2, &name);
        within(heard.delay_ms(1.0, 10, 3_600), BESIDE_MS, BESIDE_MS + CLEAN_MS + 4.0, &name);
        within(heard.delay_ms(0.5, 300, 3_600), BESIDE_MS, BESIDE_MS + CLEAN_MS, &name);
    }
}

#[test]
fn after_a_blackout_the_queue_is_played_quicker_and_nothing_of_the_last_second_is_lost() {
    type Way = fn(u64) -> u64;
    let ways: [(u64, Way); 3] = [
        (300, |at| if (20_000_000..20_300_000).contains(&at) { 20_320_000 - at } else { 20_000 }),
        (1_000, |at| if (20_000_000..21_000_000).contains(&at) { 21_020_000 - at } else { 20_000 }),
        (2_000, |at| if (20_000_000..22_000_000).contains(&at) { 22_020_000 - at } else { 20_000 }),
    ];
    for (ms, delay) in ways {
        let heard = Scene { delay, ..Scene::default() }.run();
        let played = heard.played.iter().filter(|played| (2_000..2_200).contains(&played.tick)).count() as u64;
        let gone = ms.saturating_sub(1_000) / 20;
        assert!(played + gone + 4 >= 100, "{ms} ms: {played} of 100 frames");
        let invented = heard.invented_share(19, 25) * 6_000.0;
        within(invented, ms as f64 - 25.0, ms as f64 + 30.0, "invented, ms");
        // At 1.5 times the speed a second is made up for in two, and in a third at most by what is left.
        let back = 20 + ms / 1_000 + 1 + 2 * ms.min(1_000) / 1_000;
        within(heard.delay_ms(1.0, back + 1, 60), BESIDE_MS, BESIDE_MS + CLEAN_MS + 6.0, "after it");
        assert_eq!(heard.stats.lost, 0);
    }
}

#[test]
fn after_an_outage_what_the_next_packets_carry_is_played() {
    let loss = |at: u64| Loss::Random(if (20_000_000..20_600_000).contains(&at) { 1.0 } else { 0.02 });
    let heard = Scene { dred: 40, loss, ..Scene::default() }.run();
    assert!(heard.stats.dred >= 20, "{} pieces: the last 400 ms of the outage", heard.stats.dred);
    within(heard.delay_ms(1.0, 24, 60), BESIDE_MS, BESIDE_MS + 50.0, "the rest is caught up");
    let loss = |at: u64| Loss::Random(if (20_000_000..20_600_000).contains(&at) { 1.0 } else { 0.0 });
    let heard = Scene { copies: &[3, 6], loss, ..Scene::default() }.run();
    assert_eq!(heard.stats.lost, 30);
    assert!(heard.stats.copies >= 5, "{} of the last six frames of the outage", heard.stats.copies);
}

fn frame(tick: u32) -> AudioPacket {
    let at = MediaTime(77_000_000 + u64::from(tick) * 10_000);
    AudioPacket { sequence: tick, at, data: Bytes::from_static(&[0; 80]) }
}

#[test]
fn a_copy_fills_a_hole_and_the_frame_itself_still_counts_as_heard() {
    let mut buffer = JitterBuffer::new();
    let now = LocalTime(1_000_000);
    assert_eq!(buffer.insert(frame(10), 2, Origin::First, now), Insertion::Queued);
    assert_eq!(buffer.insert(frame(14), 2, Origin::First, now), Insertion::Queued);
    assert_eq!(buffer.insert(frame(12), 2, Origin::Copy, now), Insertion::Queued);
    assert_eq!(buffer.insert(frame(12), 2, Origin::Copy, now), Insertion::Duplicate);
    assert_eq!((buffer.heard().0, buffer.heard().1 & 0b11_1111), (15, 0b11_0011));
    assert_eq!(buffer.insert(frame(12), 2, Origin::First, now), Insertion::Duplicate);
    assert_eq!((buffer.heard().0, buffer.heard().1 & 0b11_1111), (15, 0b11_1111));
    assert_eq!(buffer.insert(frame(12), 2, Origin::First, now), Insertion::Duplicate);
    let stats = buffer.stats();
    assert_eq!((stats.received, stats.duplicates, stats.copies), (3, 1, 0));
    assert_eq!(buffer.insert(frame(2_000), 2, Origin::Copy, now), Insertion::Late, "far from everything");
}

#[test]
fn what_is_heard_lost_and_repeated_is_counted_exactly() {
    let mut buffer = JitterBuffer::new();
    for n in (0..1_000_u32).filter(|n| n % 20 != 13) {
        let arrived = LocalTime(u64::from(n) * 20_000 + 30_000);
        assert_eq!(buffer.insert(frame(n * 2), 2, Origin::First, arrived), Insertion::Queued);
        if n.is_multiple_of(50) {
            assert_eq!(buffer.insert(frame(n * 2), 2, Origin::First, arrived), Insertion::Duplicate);
        }
    }
    let stats = buffer.stats();
    assert_eq!((stats.received, stats.duplicates, stats.late), (950, 20, 0));
    assert_eq!(stats.lost, 47, "the last three are still in the window");
}

#[test]
fn a_hole_is_restored_in_pieces_of_the_next_frame_and_only_when_it_is_due() {
    let mut buffer = JitterBuffer::new();
    let late = 100_000;
    for tick in [10, 17] {
        let _ = buffer.insert(frame(tick), 2, Origin::First, LocalTime(1_000_000));
    }
    let now = LocalTime(1_000_000);
    assert!(matches!(buffer.next(now, late, true), Next::Frame(packet, _) if packet.sequence == 10));
    buffer.bent(0);
    assert_eq!(buffer.next(now, 0, false), Next::Wait);
    let mut pieces = Vec::new();
    while let Next::Restore { from, back, samples } = buffer.next(now, 0, true) {
        assert_eq!(from.sequence, 17);
        pieces.push((back, samples / TICK_SAMPLES));
        buffer.restored([Repair::None, Repair::Dred, Repair::Fec][pieces.len() - 1]);
    }
    assert_eq!(pieces, [(5, 1), (4, 2), (2, 2)]);
    let stats = buffer.stats();
    assert_eq!((stats.fec, stats.dred, stats.concealed_samples), (1, 1, 480));
}

#[test]
fn reordered_repeated_and_late_packets_never_play_twice_or_backwards() {
    // The simulation itself fails when anything is played twice or out of order.
    let heard = Scene { jitter: 90_000, copies: &[1, 3], loss: |_| Loss::Random(0.1), ..Scene::default() }.run();
    assert!(heard.invented_share(5, 60) < 0.02, "{}", heard.invented_share(5, 60));
    let known = heard.stats.received + heard.stats.lost;
    assert!((2_980..=3_000).contains(&known), "{known}: the rest is on its way or may still come");
    within(heard.stats.lost as f64 / known as f64, 0.08, 0.12, "lost");
}

#[test]
fn a_million_random_steps_never_panic_and_stay_bounded() {
    let mut chance = Chance(3);
    let mut buffer = JitterBuffer::new();
    let mut now = 1_000_000;
    for step in 0..1_000_000_u32 {
        now += chance.below(30_000);
        match chance.below(8) {
            0..=3 => {
                let sequence = match chance.below(50) {
                    0 => chance.below(1 << 32) as u32,
                    1 => u32::MAX - chance.below(3) as u32,
                    _ => (step / 4).wrapping_add(chance.below(60) as u32),
                };
                let at = match chance.below(50) {
                    0 => chance.below(1 << 31) << 33 | chance.below(1 << 33),
                    _ => now.saturating_sub(chance.below(300_000)),
                };
                let packet = AudioPacket { sequence, at: MediaTime(at), data: Bytes::from_static(&[1]) };
                let origin = if chance.below(3) == 0 { Origin::Copy } else { Origin::First };
                let arrived = LocalTime(now.saturating_sub(chance.below(5_000)));
                let _ = buffer.insert(packet, chance.below(9) as u32, origin, arrived);
            }
            4..=6 => {
                let ahead = i64::try_from(chance.below(80_000)).expect("small") - 40_000;
                let urgent = chance.below(2) == 0;
                match buffer.next(LocalTime(now), ahead, urgent) {
                    Next::Wait => assert!(!urgent, "step {step}"),
                    Next::Silence => {}
                    Next::Conceal(samples) => assert!((1..=CONCEAL_SAMPLES).contains(&samples)),
                    Next::Restore { samples, back, .. } => {
                        assert!(samples > 0 && samples <= back as usize * TICK_SAMPLES);
                        buffer.restored([Repair::Fec, Repair::Dred, Repair::None][chance.below(3) as usize]);
                    }
                    Next::Frame(..) => buffer.bent(i64::try_from(chance.below(960)).expect("small") - 480),
                }
            }
            _ => match chance.below(200) {
                0 => buffer.idle(),
                1..=20 => buffer.carries(chance.below(200) as u32),
                _ => {}
            },
        }
        assert!(buffer.waiting.len() <= 101);
        let stats = buffer.stats();
        assert!(stats.target <= Duration::from_millis(500 + 60), "{:?}", stats.target);
        within(buffer.speed(), 0.997 - 1e-9, 1.003 + 1e-9, "speed");
    }
}
