//! A mobile link made of chance: the logarithm of its rate wanders, and once a minute or so it stops.
//! One of the cases runs over it.
//! A stand-in for a recorded trace: 5 % of the time below 0.2 Mbit/s, half of it below 3, 95 % below 12.

use std::time::Duration;

use ahoy_media::LocalTime;

use super::link::Step;
use crate::chance::Chance;

const STEP: Duration = Duration::from_millis(100);

/// How much of a step's place remains in the next.
const STAYS: f64 = 0.95;

/// The middle, and the ends that 5 % are beyond: 1.645 deviations of a Gaussian.
const MIDDLE_KBPS: f64 = 3_000.0;
const LOW_KBPS: f64 = 200.0;
const HIGH_KBPS: f64 = 12_000.0;
const ENDS: f64 = 1.645;

/// Outages: one in so many steps begins one, of so many steps.
const OUTAGE_EVERY: u64 = 600;
const OUTAGE_STEPS: std::ops::Range<u64> = 5..31;

/// The schedule of so long.
#[must_use]
pub fn mobile(length: Duration, seed: u64) -> Vec<Step> {
    let mut chance = Chance::of(seed, &[0x17e]);
    let (mut place, mut out) = (0.0, 0);
    let steps = (length.as_micros() / STEP.as_micros()) as u64;
    let step = |n: u64, kbps| Step { from: LocalTime(0) + STEP * u32::try_from(n).unwrap_or(u32::MAX), kbps };
    let mut schedule: Vec<Step> = Vec::new();
    for n in 0..steps {
        place = STAYS * place + (1.0 - STAYS * STAYS).sqrt() * chance.gaussian();
        if out == 0 && chance.within(0..OUTAGE_EVERY) == 0 {
            out = chance.within(OUTAGE_STEPS);
        }
        let end = if place < 0.0 { MIDDLE_KBPS / LOW_KBPS } else { HIGH_KBPS / MIDDLE_KBPS };
        let kbps = MIDDLE_KBPS * (place / ENDS * f64::ln(end)).exp();
        schedule.push(step(n, if out > 0 { 0.0 } else { kbps }));
        out = u64::saturating_sub(out, 1);
    }
    schedule.push(step(steps, MIDDLE_KBPS));
    schedule
}
