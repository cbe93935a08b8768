//! The stage between a device that does not run at 48 kHz and the phone's rings.
//! The desktop back end puts it between its callback and the ring when it must.
//! It runs on a thread of its own, never in the callback, and never waits for either side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rtrb::{Consumer, Producer};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction};

use crate::callback::Shared;
use crate::device::DeviceKind;
use crate::error::AudioError;

/// How often the stage looks for samples: half a block, so that it adds little delay.
const LOOK_EVERY: Duration = Duration::from_micros(2_500);

/// Input frames taken at once, in parts of a second: 2.5 ms.
const CHUNKS_PER_SECOND: u32 = 400;

/// Taps of the filter: 0.7 ms of delay, flat to 18 kHz; Opus keeps 20 kHz at most.
const TAPS: usize = 64;

/// What the stage adds to the sound's way: it waits for its look and for a chunk, and its filter looks ahead.
pub(crate) const DELAY: Duration = Duration::from_micros(2_500 + 2_500 + 700);

/// Rates in Hz, in the direction of the sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// Converts from one ring to another.
pub(crate) struct Stage {
    kind: DeviceKind,
    resampler: Async<f32>,
    from: Consumer<f32>,
    to: Producer<f32>,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Stage {
    pub(crate) fn new(
        kind: DeviceKind,
        rates: Rates,
        from: Consumer<f32>,
        to: Producer<f32>,
    ) -> Result<Self, AudioError> {
        let parameters = SincInterpolationParameters {
            sinc_len: TAPS,
            f_cutoff: None,
            interpolation: SincInterpolationType::Linear,
            oversampling_factor: 256,
            window: WindowFunction::BlackmanHarris2,
        };
        let chunk = (rates.from / CHUNKS_PER_SECOND).max(1) as usize;
        let ratio = f64::from(rates.to) / f64::from(rates.from);
        let resampler = Async::new_sinc(ratio, 1.0, &parameters, chunk, 1, FixedAsync::Input)
            .map_err(|e| AudioError::Device { kind, detail: format!("{} Hz cannot be converted: {e}", rates.from) })?;
        let output = vec![0.0; resampler.output_frames_max()];
        Ok(Self { kind, resampler, from, to, input: vec![0.0; chunk], output })
    }

    /// Converts what is there. A microphone's overflow is dropped and counted; a speaker's waits in its ring.
    fn pump(&mut self, shared: &Shared) {
        while self.from.slots() >= self.input.len() {
            let room = self.to.slots();
            if self.kind == DeviceKind::Speaker && room < self.output.len() {
                return;
            }
            let made = self.convert();
            let fits = made.min(room);
            // Both lengths were checked above, so nothing is left over.
            let _ = self.to.push_partial_slice(&self.output[..fits]);
            let _ = shared.missed.fetch_add((made - fits) as u64, Ordering::Relaxed);
        }
    }

    fn convert(&mut self) -> usize {
        let _ = self.from.pop_partial_slice(&mut self.input);
        let frames = self.output.len();
        let input = InterleavedSlice::new(&self.input, 1, self.input.len()).expect("one channel as long as itself");
        let mut output = InterleavedSlice::new_mut(&mut self.output, 1, frames).expect("one channel as long as itself");
        let done = self.resampler.process_into_buffer(&input, &mut output, None);
        done.expect("the buffers have the lengths that the resampler named").1
    }
}

/// The stage's thread; dropping it ends it.
pub(crate) struct StageThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl StageThread {
    pub(crate) fn start(mut stage: Stage, shared: Arc<Shared>) -> Result<Self, AudioError> {
        let (stop, kind) = (Arc::new(AtomicBool::new(false)), stage.kind);
        let thread = thread::Builder::new()
            .name("resampler".into())
            .spawn({
                let stop = Arc::clone(&stop);
                move || {
                    let _ = ahoy_system::thread::raise_priority();
                    while !stop.load(Ordering::Acquire) {
                        // A speaker takes nothing from its ring before its begin.
                        if stage.kind == DeviceKind::Microphone || shared.begin.get().is_some() {
                            stage.pump(&shared);
                        }
                        thread::park_timeout(LOOK_EVERY);
                    }
                }
            })
            .map_err(|e| AudioError::Device { kind, detail: e.to_string() })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for StageThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic of the thread has been printed by its own hook; there is nothing to add here.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use rtrb::RingBuffer;

    use super::*;
    use crate::callback::tests::allocations;

    fn tone(rate: u32, seconds: f64) -> Vec<f32> {
        let count = (f64::from(rate) * seconds) as usize;
        (0..count).map(|n| (0.5 * (TAU * 1_000.0 * n as f64 / f64::from(rate)).sin()) as f32).collect()
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_level_from_44100_to_48000() {
        let (mut writer, from) = RingBuffer::new(50_000);
        let (to, reader) = RingBuffer::new(50_000);
        let rates = Rates { from: 44_100, to: 48_000 };
        let mut stage = Stage::new(DeviceKind::Microphone, rates, from, to).expect("a common rate");
        writer.push_entire_slice(&tone(44_100, 1.0)).expect("fits");
        let shared = Shared::default();
        stage.pump(&shared);
        let mut reader = reader;
        let mut sound = vec![0.0; reader.slots()];
        reader.pop_entire_slice(&mut sound).expect("counted");
        assert!((47_700..=48_000).contains(&sound.len()), "{}", sound.len());
        let middle = &sound[1_000..43_000];
        let rising = middle.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        assert!((874..=876).contains(&rising), "{rising}");
        let power = middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64;
        assert!((power - 0.125).abs() < 0.001, "{power}");
        assert_eq!(shared.missed.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_stage_that_runs_allocates_nothing() {
        for rates in [Rates { from: 44_100, to: 48_000 }, Rates { from: 48_000, to: 16_000 }] {
            let (mut writer, from) = RingBuffer::new(50_000);
            let (to, _reader) = RingBuffer::new(100_000);
            let mut stage = Stage::new(DeviceKind::Speaker, rates, from, to).expect("a common rate");
            let (sound, shared) = (tone(rates.from, 1.0), Shared::default());
            let count = allocations(|| {
                writer.push_entire_slice(&sound).expect("fits");
                stage.pump(&shared);
            });
            assert_eq!(count, 0);
        }
    }

    #[test]
    fn a_full_microphone_ring_counts_and_a_full_speaker_ring_waits() {
        for (kind, counted, left) in [(DeviceKind::Microphone, true, false), (DeviceKind::Speaker, false, true)] {
            let (mut writer, from) = RingBuffer::new(4_800);
            let (to, _reader) = RingBuffer::new(1_000);
            let mut stage = Stage::new(kind, Rates { from: 48_000, to: 16_000 }, from, to).expect("a common rate");
            writer.push_entire_slice(&[0.1; 4_800]).expect("fits");
            let shared = Shared::default();
            stage.pump(&shared);
            assert_eq!(shared.missed.load(Ordering::Relaxed) > 0, counted, "{kind}");
            assert_eq!(stage.from.slots() > 0, left, "{kind}");
        }
    }
}
