//! The jitter buffer against a simulated link and player, on a virtual clock.
//! The player ticks every 2.5 ms like the audio worker and bends like the real stretcher, silence included.
//! Every random step comes from a fixed seed.

use bytes::Bytes;

use super::*;
use crate::stretch::PERIODS;
use crate::units::MediaTime;

const TICK_US: u64 = 2_500;
const TICK_SAMPLES: i64 = 120;
const FRAME_US: u64 = 20_000;
/// The sender's clock stands this far from ours.
const AWAY_US: u64 = 77_000_000;

/// Knuth's multiplier: enough chance for arrival times.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn packet(sequence: u32) -> AudioPacket {
    let at = MediaTime(AWAY_US + u64::from(sequence) * FRAME_US);
    AudioPacket { sequence, at, data: Bytes::from_static(&[0; 80]) }
}

#[derive(Default)]
struct Player {
    buffer: JitterBuffer,
    fifo: i64,
    played: Vec<u32>,
    silences: u32,
}

impl Player {
    fn tick(&mut self, now: LocalTime) {
        while self.fifo < 2 * TICK_SAMPLES {
            let urgent = self.fifo < TICK_SAMPLES;
            match self.buffer.next(now, samples_to_us(self.fifo - TICK_SAMPLES), urgent) {
                Next::Wait => break,
                Next::Silence => {
                    self.silences += 1;
                    self.fifo += TICK_SAMPLES;
                }
                Next::Conceal(samples) => self.fifo += i64::try_from(samples).expect("small"),
                Next::Frame(packet, bend) => self.play(&packet, bend),
            }
        }
        self.fifo -= TICK_SAMPLES;
        assert!(self.fifo >= 0, "an urgent call must bring sound");
    }

    fn play(&mut self, packet: &AudioPacket, bend: Bend) {
        let period = |most: usize| {
            let most = most.min(480);
            i64::try_from(if most < *PERIODS.start() { 0 } else { most }).expect("small")
        };
        let change = match bend {
            Bend::None => 0,
            Bend::Shorten(most, _) => -period(most),
            Bend::Lengthen(most, _) => period(most),
            Bend::Skip(_) => 0,
        };
        self.buffer.bent(change);
        let skipped = if let Bend::Skip(samples) = bend { i64::try_from(samples).expect("small") } else { 0 };
        self.fifo += i64::try_from(FRAME_SAMPLES).expect("small") + change - skipped;
        self.played.push(packet.sequence);
    }
}

/// Runs packets `(arrival_us, sequence)` until `until_us`; `watch` sees every tick.
fn run(player: &mut Player, mut packets: Vec<(u64, u32)>, until_us: u64, mut watch: impl FnMut(u64, &Player)) {
    packets.sort_unstable();
    let mut coming = packets.into_iter().peekable();
    let mut now = 0;
    while now < until_us {
        while let Some((_, sequence)) = coming.next_if(|(arrival, _)| *arrival <= now) {
            let _ = player.buffer.insert(packet(sequence), LocalTime(now));
        }
        player.tick(LocalTime(now));
        watch(now, player);
        now += TICK_US;
    }
}

fn clean(count: u32) -> Vec<(u64, u32)> {
    (0..count).map(|n| (u64::from(n) * FRAME_US, n)).collect()
}

#[test]
fn a_clean_stream_settles_to_a_small_buffer_within_two_seconds() {
    let mut player = Player::default();
    run(&mut player, clean(500), 10_000_000, |now, player| {
        let stats = player.buffer.stats();
        if now == 40_000 {
            assert!(stats.target >= Duration::from_millis(25), "starts careful: {:?}", stats.target);
        }
        if now > 2_000_000 {
            assert!(stats.buffer <= Duration::from_millis(10), "{now}: {:?}", stats.buffer);
            assert!(stats.target <= Duration::from_millis(7), "{now}: {:?}", stats.target);
        }
    });
    let stats = player.buffer.stats();
    assert_eq!((stats.concealed_samples, stats.late, stats.lost, stats.received), (0, 0, 0, 500));
    assert!(player.played.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn jitter_raises_the_target_and_is_rarely_heard() {
    let mut chance = Chance(7);
    let packets = (0..3_000).map(|n| (u64::from(n) * FRAME_US + 50_000 + chance.below(30_000), n)).collect();
    let mut player = Player::default();
    run(&mut player, packets, 60_090_000, |_, _| {});
    let stats = player.buffer.stats();
    assert!((26..=36).contains(&stats.target.as_millis()), "{:?}", stats.target);
    let heard = 60.0 * f64::from(SAMPLE_RATE);
    assert!(stats.concealed_samples as f64 <= heard * 0.01, "{} of {heard}", stats.concealed_samples);
    assert_eq!((stats.lost, stats.received), (0, 3_000));
}

#[test]
fn loss_is_concealed_once_and_counted_exactly() {
    let packets = clean(1_000).into_iter().filter(|(_, n)| n % 20 != 13).collect();
    let mut player = Player::default();
    run(&mut player, packets, 20_000_000, |_, _| {});
    let stats = player.buffer.stats();
    assert_eq!((stats.received, stats.late), (950, 0));
    assert_eq!(stats.lost, 47, "the last three are still in the window");
    let concealed = stats.concealed_samples as usize / FRAME_SAMPLES;
    assert!((50..=56).contains(&concealed), "{concealed} frames for 50 losses");
}

#[test]
fn reordered_repeated_and_late_packets_never_play_twice_or_backwards() {
    let mut packets = clean(500);
    for n in (100..400).step_by(5) {
        packets[n].0 += 30_000;
        let copy = packets[n + 1];
        packets.push((copy.0 + 1_000, copy.1));
    }
    packets.push((9_000_000, 420));
    let mut player = Player::default();
    run(&mut player, packets, 10_000_000, |_, _| {});
    let stats = player.buffer.stats();
    assert_eq!(stats.duplicates, 61);
    assert_eq!(stats.received, 500);
    assert!(player.played.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(player.played.len() as u64 + stats.late >= 499, "{} and {}", player.played.len(), stats.late);
    assert!(stats.late <= 20, "the target learns: {}", stats.late);
}

#[test]
fn clocks_that_drift_stay_bounded_for_ten_minutes() {
    for ppm in [-100_i64, 100] {
        let packets = (0..30_000_u32)
            .map(|n| {
                let local = i64::from(n) * 20_000;
                ((local + local * ppm / 1_000_000 + 10_000).unsigned_abs(), n)
            })
            .collect();
        let mut player = Player::default();
        run(&mut player, packets, 599_000_000, |now, player| {
            if now > 2_000_000 {
                let buffer = player.buffer.stats().buffer;
                assert!(buffer <= Duration::from_millis(16), "{ppm} ppm at {now}: {buffer:?}");
            }
        });
        let stats = player.buffer.stats();
        assert!(stats.concealed_samples <= 48 * 200, "{ppm} ppm: {}", stats.concealed_samples);
    }
}

#[test]
fn a_burst_after_a_blackout_is_worked_off() {
    let packets = clean(1_000).into_iter().map(|(at, n)| (if (100..150).contains(&n) { 3_000_000 } else { at }, n));
    let mut player = Player::default();
    run(&mut player, packets.collect(), 19_000_000, |now, player| {
        if now > 16_000_000 {
            assert!(player.buffer.stats().buffer < Duration::from_millis(20), "{:?}", player.buffer.stats());
        }
    });
    assert_eq!(player.buffer.stats().lost, 0);
}

#[test]
fn random_steps_never_panic_and_stay_bounded() {
    let mut chance = Chance(3);
    let mut buffer = JitterBuffer::new();
    let mut now = 1_000_000;
    for step in 0..100_000_u32 {
        now += chance.below(30_000);
        match chance.below(8) {
            0..=3 => {
                let sequence = match chance.below(20) {
                    0 => chance.below(1 << 32) as u32,
                    1 => u32::MAX - chance.below(3) as u32,
                    _ => step.wrapping_add(chance.below(40) as u32),
                };
                let at = match chance.below(20) {
                    0 => chance.below(u64::MAX),
                    _ => now + chance.below(100_000),
                };
                let data = Bytes::from_static(&[1]);
                let _ = buffer.insert(AudioPacket { sequence, at: MediaTime(at), data }, LocalTime(now));
            }
            4..=6 => {
                let ahead = i64::try_from(chance.below(80_000)).expect("small") - 40_000;
                match buffer.next(LocalTime(now), ahead, chance.below(2) == 0) {
                    Next::Wait | Next::Silence => {}
                    Next::Conceal(samples) => assert_eq!(samples, CONCEAL_SAMPLES),
                    Next::Frame(..) => buffer.bent(i64::try_from(chance.below(960)).expect("small") - 480),
                }
            }
            _ => {
                if chance.below(100) == 0 {
                    buffer.idle();
                }
            }
        }
        assert!(buffer.packets.len() <= MOST_PACKETS);
        let stats = buffer.stats();
        assert!(stats.target <= Duration::from_millis(500), "{:?}", stats.target);
    }
}

#[test]
fn a_frame_that_is_a_little_late_once_leaves_the_delay_as_it_was() {
    // Everything arrives on time but frame 300, which comes 12 ms late.
    let packets = (0..400).map(|n| (u64::from(n) * FRAME_US + if n == 300 { 12_000 } else { 0 }, n)).collect();
    let mut player = Player::default();
    let (mut before, mut after) = (JitterStats::default(), JitterStats::default());
    run(&mut player, packets, 398 * FRAME_US, |now, player| {
        if now <= 299 * FRAME_US {
            before = player.buffer.stats();
        }
        after = player.buffer.stats();
    });
    assert!(after.concealed_samples > before.concealed_samples, "it was late enough to be missed");
    assert!(after.buffer.abs_diff(before.buffer) < Duration::from_millis(3), "{before:?} {after:?}");
    assert_eq!(player.played.len() as u64 + after.late, player.played.last().map_or(0, |last| u64::from(last + 1)));
}
