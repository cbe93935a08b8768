//! A microphone without a device: a thread that delivers a source's sound in real time.
//! `open` starts one for files, tone, noise and `none`.
//! Block k is in the ring when block k ends on the clock, neither earlier nor drifting later.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_media::LocalTime;
use rtrb::Producer;

use crate::callback;
use crate::device::DeviceKind;
use crate::error::AudioError;
use crate::pace::{self, BLOCK, BLOCK_SAMPLES, Beat, Begin};
use crate::stream::Microphone;
use crate::synthetic::Source;

#[derive(Default)]
struct Shared {
    begin: Begin,
    stop: AtomicBool,
    dropped: AtomicU64,
}

/// The handle on the thread; dropping it ends the thread.
pub(crate) struct PacedMicrophone {
    beat: Beat,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl PacedMicrophone {
    /// Starts delivering silence.
    pub(crate) fn start(source: Box<dyn Source>, ring: Producer<f32>) -> Result<Self, AudioError> {
        let beat = Beat::from(pace::now());
        let shared = Arc::new(Shared::default());
        let thread = thread::Builder::new()
            .name("microphone".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || run(beat, source, ring, &shared)
            })
            .map_err(|e| AudioError::Device { kind: DeviceKind::Microphone, detail: e.to_string() })?;
        Ok(Self { beat, shared, thread: Some(thread) })
    }
}

fn run(beat: Beat, mut source: Box<dyn Source>, mut ring: Producer<f32>, shared: &Shared) {
    let _ = ahoy_system::thread::raise_priority();
    let mut block = [0.0; BLOCK_SAMPLES];
    for index in 0.. {
        let start = beat.block_start(index);
        if !pace::wait_until(start + BLOCK, &shared.stop) {
            return;
        }
        block.fill(0.0);
        if let Some(begin) = shared.begin.get().filter(|begin| *begin <= start) {
            source.fill(pace::samples_in(start.saturating_since(begin)), &mut block);
        }
        callback::capture(block.iter().copied(), true, &mut ring, &shared.dropped);
    }
}

impl Microphone for PacedMicrophone {
    fn begin(&mut self) -> LocalTime {
        // The block that starts next ends a whole block later, so the thread cannot have passed it already.
        self.shared.begin.set_once(self.beat.next_start(pace::now()))
    }

    fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    fn latency(&self) -> Duration {
        Duration::ZERO
    }

    fn failure(&self) -> Option<AudioError> {
        None
    }
}

impl Drop for PacedMicrophone {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic of the thread has been printed by its own hook; there is nothing to add here.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use rtrb::{Consumer, RingBuffer};

    use super::*;
    use crate::synthetic::{Clip, Silence};

    /// Reads `count` samples, giving up after 5 s.
    fn read(ring: &mut Consumer<f32>, count: usize) -> Vec<f32> {
        let give_up = Instant::now() + Duration::from_secs(5);
        while ring.slots() < count {
            assert!(Instant::now() < give_up, "only {} of {count} samples came", ring.slots());
            thread::yield_now();
        }
        let mut out = vec![0.0; count];
        ring.pop_entire_slice(&mut out).expect("counted");
        out
    }

    #[test]
    fn silence_until_begin_then_the_clip_to_the_sample() {
        let (writer, mut ring) = RingBuffer::new(48_000);
        let clip: Vec<f32> = (1..=1_000).map(|n| n as f32 / 1_000.0).collect();
        let mut microphone = PacedMicrophone::start(Box::new(Clip::new(clip.clone(), false)), writer).expect("starts");
        let before = read(&mut ring, 2 * BLOCK_SAMPLES);
        assert!(before.iter().all(|s| *s == 0.0));

        let begin = microphone.begin();
        assert_eq!(microphone.begin(), begin);
        let sound = read(&mut ring, 10 * BLOCK_SAMPLES);
        let first = sound.iter().position(|s| *s != 0.0).expect("the clip is heard");
        assert_eq!((before.len() + first) % BLOCK_SAMPLES, 0);
        let start = microphone.beat.block_start(0);
        assert_eq!(pace::samples_in(begin.saturating_since(start)), (before.len() + first) as u64);
        assert_eq!(sound[first..first + clip.len()], clip);
        assert!(sound[first + clip.len()..].iter().all(|s| *s == 0.0));
    }

    #[test]
    fn a_sample_comes_when_its_block_ends() {
        let (writer, mut ring) = RingBuffer::new(48_000);
        let clip = vec![0.5; 48_000];
        let mut microphone = PacedMicrophone::start(Box::new(Clip::new(clip, false)), writer).expect("starts");
        let begin = microphone.begin();
        let blocks = pace::samples_in(begin.saturating_since(microphone.beat.block_start(0))) as usize / BLOCK_SAMPLES;
        for block in 0..20 {
            let wanted = if block == 0 { blocks + 1 } else { 1 } * BLOCK_SAMPLES;
            let got = read(&mut ring, wanted);
            let due = begin + BLOCK * (block + 1);
            assert!(pace::now() >= due, "block {block} came too early");
            assert_eq!(got.last(), Some(&0.5));
        }
    }

    #[test]
    fn a_full_ring_drops_the_newest_and_counts() {
        let (writer, ring) = RingBuffer::new(BLOCK_SAMPLES / 2);
        let microphone = PacedMicrophone::start(Box::new(Silence), writer).expect("starts");
        let give_up = Instant::now() + Duration::from_secs(5);
        while microphone.dropped() == 0 {
            assert!(Instant::now() < give_up, "nothing was dropped");
            thread::yield_now();
        }
        assert!(microphone.dropped() >= BLOCK_SAMPLES as u64 / 2);
        assert_eq!(ring.slots(), BLOCK_SAMPLES / 2);
    }

    #[test]
    fn dropping_the_microphone_lets_go_of_the_ring() {
        let (writer, ring) = RingBuffer::new(48_000);
        drop(PacedMicrophone::start(Box::new(Silence), writer).expect("starts"));
        assert!(ring.is_abandoned());
    }
}
