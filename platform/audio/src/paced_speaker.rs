//! A speaker without a device: a thread that takes samples from the ring exactly when they are due.
//! `open` starts one for files and for `none`.
//! Sample n leaves the ring at begin + n / 48,000 s (blocks of 5 ms); what is not there then is silence.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_media::LocalTime;
use rtrb::Consumer;

use crate::callback::{self, Shared};
use crate::device::DeviceKind;
use crate::error::AudioError;
use crate::pace::{self, BLOCK_SAMPLES, Beat};
use crate::recording::Recording;
use crate::stream::Speaker;

/// The handle on the thread; dropping it ends the thread and completes the file.
pub(crate) struct PacedSpeaker {
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl PacedSpeaker {
    /// Starts the thread, which waits for `begin`.
    pub(crate) fn start(recording: Option<Recording>, ring: Consumer<f32>) -> Result<Self, AudioError> {
        let (shared, stop) = (Arc::new(Shared::default()), Arc::new(AtomicBool::new(false)));
        let thread = thread::Builder::new()
            .name("speaker".into())
            .spawn({
                let (shared, stop) = (Arc::clone(&shared), Arc::clone(&stop));
                move || run(recording, ring, &shared, &stop)
            })
            .map_err(|e| AudioError::Device { kind: DeviceKind::Speaker, detail: e.to_string() })?;
        Ok(Self { shared, stop, thread: Some(thread) })
    }
}

fn run(mut recording: Option<Recording>, mut ring: Consumer<f32>, shared: &Shared, stop: &AtomicBool) {
    let _ = ahoy_system::thread::raise_priority();
    if let Some(begin) = wait_for_begin(shared, stop) {
        let beat = Beat::from(begin);
        let mut block = [0.0; BLOCK_SAMPLES];
        for index in 0.. {
            if !pace::wait_until(beat.block_start(index), stop) {
                break;
            }
            callback::playout(BLOCK_SAMPLES, true, &mut ring, &shared.missed, |at, sample| block[at] = sample);
            recording = recording.and_then(|file| keep(file, &block, shared));
        }
    }
    if let Some(Err(error)) = recording.map(Recording::finish) {
        fail(error, shared);
    }
}

fn wait_for_begin(shared: &Shared, stop: &AtomicBool) -> Option<LocalTime> {
    loop {
        if stop.load(Ordering::Acquire) {
            return None;
        }
        if let Some(begin) = shared.begin.get() {
            return Some(begin);
        }
        thread::park();
    }
}

/// Writes a block; a file that fails is given up, the ring is emptied on in real time.
fn keep(mut file: Recording, block: &[f32], shared: &Shared) -> Option<Recording> {
    match file.write(block) {
        Ok(()) => Some(file),
        Err(error) => {
            fail(error, shared);
            None
        }
    }
}

fn fail(error: AudioError, shared: &Shared) {
    tracing::warn!("{error}");
    let _ = shared.failure.set(error);
}

impl Speaker for PacedSpeaker {
    fn begin(&mut self) -> LocalTime {
        let begin = self.shared.begin.set_once(pace::now());
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
        begin
    }

    fn underruns(&self) -> u64 {
        self.shared.missed.load(Ordering::Relaxed)
    }

    fn latency(&self) -> Duration {
        Duration::ZERO
    }

    fn failure(&self) -> Option<AudioError> {
        self.shared.failure.get().cloned()
    }
}

impl Drop for PacedSpeaker {
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
    use std::time::Instant;

    use rtrb::RingBuffer;

    use super::*;

    fn block_until(mut done: impl FnMut() -> bool) {
        let give_up = Instant::now() + Duration::from_secs(5);
        while !done() {
            assert!(Instant::now() < give_up, "it never came");
            thread::yield_now();
        }
    }

    #[test]
    fn the_file_holds_what_was_due_and_silence_where_nothing_was() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let path = home.path().join("out.wav");
        let (mut writer, ring) = RingBuffer::new(4_800);
        let sound: Vec<f32> = (1..=500_i16).map(|n| f32::from(n) / 32_768.0).collect();
        writer.push_entire_slice(&sound).expect("fits");
        let mut speaker = PacedSpeaker::start(Some(Recording::create(&path).expect("made")), ring).expect("starts");
        let begin = speaker.begin();
        assert_eq!(speaker.begin(), begin);
        block_until(|| speaker.underruns() >= 480);
        let late = [100.0 / 32_768.0; 240];
        writer.push_entire_slice(&late).expect("fits");
        block_until(|| writer.slots() == 4_800);
        block_until(|| speaker.underruns() >= 960);
        let underruns = speaker.underruns();
        assert_eq!(speaker.failure(), None);
        drop(speaker);

        let written: Vec<i16> =
            hound::WavReader::open(&path).expect("valid").into_samples().map(|s| s.expect("whole")).collect();
        assert_eq!(written.len() % BLOCK_SAMPLES, 0);
        assert_eq!(written[..500], (1..=500).collect::<Vec<i16>>());
        assert!(written[500..960].iter().all(|s| *s == 0));
        assert_eq!(written[960..].iter().filter(|s| **s == 100).count(), 240);
        assert!(written.len() as u64 >= underruns + 740);
        assert!(pace::samples_in(pace::now().saturating_since(begin)) + 240 >= written.len() as u64);
    }

    #[test]
    fn nothing_is_taken_before_begin() {
        let (mut writer, ring) = RingBuffer::new(480);
        writer.push_entire_slice(&[0.5; 480]).expect("fits");
        let speaker = PacedSpeaker::start(None, ring).expect("starts");
        assert_eq!(speaker.underruns(), 0);
        drop(speaker);
        assert_eq!(writer.slots(), 0);
    }

    #[test]
    fn a_block_leaves_the_ring_no_earlier_than_it_is_due() {
        let (mut writer, ring) = RingBuffer::new(4_800);
        writer.push_entire_slice(&[0.5; 4_800]).expect("fits");
        let mut speaker = PacedSpeaker::start(None, ring).expect("starts");
        let begin = speaker.begin();
        for block in 0..20_u32 {
            block_until(|| writer.slots() > block as usize * BLOCK_SAMPLES);
            assert!(pace::now() >= begin + pace::BLOCK * block);
        }
    }
}
