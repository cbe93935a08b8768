//! A microphone of the sound server, opened by the server's own protocol.
//! The Linux module opens it; the connection's thread hands over each piece of sound, a thread of ours sees to the rest.
//! The server keeps what is taken late. Through cpal it keeps one piece only, and drops sound whenever somebody is late.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use ahoy_media::{LocalTime, SAMPLE_RATE};
use futures_lite::future::block_on;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{ChannelMap, PulseError, RecordLatency, RecordStreamParams, SampleFormat, SampleSpec};
use pulseaudio::{Client, ClientError, RecordStream};
use rtrb::Producer;

use crate::callback::{self, Shared};
use crate::device::DeviceKind;
use crate::error::AudioError;
use crate::pace;
use crate::stream::Microphone;
use crate::watch::Watch;

/// Samples that the server hands over at a time: 10 ms, what common sound cards do without dropouts.
const PIECE: u32 = SAMPLE_RATE / 100;

/// Pieces that the server keeps for whoever is late: 200 ms, as much as the ring behind it holds.
const KEPT: u32 = 20;

/// Bytes of a sample.
const SAMPLE_BYTES: u32 = 4;

/// How often the server is asked for the latency, and whether the microphone is still there.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// Weight of the latencies told before against a new one: each is told at another moment between two pieces.
const LATENCY_WEIGHT: u64 = 16;

/// Longest wait for the server to close it: one that stands still would hold us for ever.
const CLOSING: Duration = Duration::from_secs(1);

/// An open microphone.
struct PulseMicrophone {
    shared: Arc<Shared>,
    watch: Watch,
    open: Option<Sender<()>>,
    closed: Receiver<()>,
}

impl Microphone for PulseMicrophone {
    fn begin(&mut self) -> LocalTime {
        self.shared.begin.set_once(pace::now())
    }
    fn dropped(&self) -> u64 {
        self.shared.missed.load(Ordering::Relaxed)
    }
    fn latency(&self) -> Duration {
        self.shared.latency()
    }
    fn failure(&self) -> Option<AudioError> {
        self.watch.failure(&self.shared)
    }
}

impl Drop for PulseMicrophone {
    fn drop(&mut self) {
        drop(self.open.take());
        let _ = self.closed.recv_timeout(CLOSING);
    }
}

/// Opens and starts the source with this number.
///
/// # Errors
/// [`AudioError`]: what the server says, or no thread is left.
pub(crate) fn open(client: &Client, source: u32, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
    let kind = DeviceKind::Microphone;
    let (shared, told) = (Arc::new(Shared::default()), Arc::new(AtomicU64::new(0)));
    let mut pieces = Pieces { shared: Arc::clone(&shared), told: Arc::clone(&told), ring };
    let opening = client.create_record_stream(wish(source), move |bytes: &[u8]| pieces.take(bytes));
    let stream = block_on(opening).map_err(|error| refused(&error))?;
    let ((open, wait), (done, closed)) = (mpsc::channel(), mpsc::channel());
    let keep = Keep { stream, shared: Arc::clone(&shared), told };
    let _ = thread::Builder::new()
        .name("microphone".into())
        .spawn(move || keep.until_closed(&wait, done))
        .map_err(|error| AudioError::Device { kind, detail: error.to_string() })?;
    Ok(Box::new(PulseMicrophone { shared, watch: Watch::start(kind), open: Some(open), closed }))
}

/// What is asked of the server: the phone's own format, in small pieces, none of them lost.
fn wish(source: u32) -> RecordStreamParams {
    let piece = PIECE * SAMPLE_BYTES;
    RecordStreamParams {
        sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: SAMPLE_RATE },
        channel_map: ChannelMap::mono(),
        source_index: Some(source),
        buffer_attr: BufferAttr { max_length: KEPT * piece, fragment_size: piece, ..BufferAttr::default() },
        // The device itself shall be as quick as its pieces.
        flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
        ..RecordStreamParams::default()
    }
}

/// What the callback works with. The rule of `callback` holds for it, and a test counts the allocations.
struct Pieces {
    shared: Arc<Shared>,
    /// The latency that the server told, in microseconds; 0 before it told one.
    told: Arc<AtomicU64>,
    ring: Producer<f32>,
}

impl Pieces {
    fn take(&mut self, bytes: &[u8]) {
        let (samples, _) = bytes.as_chunks();
        let told = Duration::from_micros(self.told.load(Ordering::Relaxed));
        self.shared.called(callback::span(samples.len(), SAMPLE_RATE), callback::known(Some(told)));
        let samples = samples.iter().map(|sample| f32::from_le_bytes(*sample));
        callback::capture(samples, self.shared.begin.get().is_some(), &mut self.ring, &self.shared.missed);
    }
}

/// What the thread of an open microphone holds.
struct Keep {
    stream: RecordStream,
    shared: Arc<Shared>,
    told: Arc<AtomicU64>,
}

impl Keep {
    /// Asks the server again and again, until nobody needs the microphone any more, and closes it.
    fn until_closed(self, open: &Receiver<()>, done: Sender<()>) {
        while open.recv_timeout(ASK_EVERY) == Err(RecvTimeoutError::Timeout) {
            match block_on(self.stream.timing_info()) {
                Ok(timing) => self.tell(latency(&timing)),
                Err(error) => {
                    let _ = self.shared.failure.set(ended(&error));
                    break;
                }
            }
        }
        // One that the server has dropped itself needs no closing.
        let _ = block_on(self.stream.delete());
        drop(done);
    }

    fn tell(&self, latency: Duration) {
        let (now, before) = (latency.as_micros() as u64, self.told.load(Ordering::Relaxed));
        let smooth = if before == 0 { now } else { (before * (LATENCY_WEIGHT - 1) + now) / LATENCY_WEIGHT };
        self.told.store(smooth, Ordering::Relaxed);
    }
}

/// How old the newest sample of a piece is when it comes: what lies in device and server at any moment is half a piece more.
fn latency(timing: &RecordLatency) -> Duration {
    let waiting = timing.write_offset.saturating_sub(timing.read_offset);
    let samples = waiting.clamp(0, i64::from(KEPT * PIECE * SAMPLE_BYTES)) as usize / SAMPLE_BYTES as usize;
    let all = Duration::from_micros(timing.source_usec).saturating_add(callback::span(samples, SAMPLE_RATE));
    all.saturating_sub(callback::span(PIECE as usize, SAMPLE_RATE) / 2)
}

/// Why it could not be opened.
fn refused(error: &ClientError) -> AudioError {
    let (kind, detail) = (DeviceKind::Microphone, error.to_string());
    match error {
        ClientError::ServerError(PulseError::AccessDenied | PulseError::AuthKey) => {
            AudioError::NotAllowed { kind, detail }
        }
        ClientError::ServerError(PulseError::Busy | PulseError::Timeout) => AudioError::Busy { kind, detail },
        ClientError::ServerError(PulseError::NoEntity) | ClientError::Disconnected | ClientError::Io(_) => {
            AudioError::Gone { kind, detail }
        }
        _ => AudioError::Device { kind, detail },
    }
}

/// Why it ended after it was open: it vanished, or its server did.
fn ended(error: &ClientError) -> AudioError {
    AudioError::Gone { kind: DeviceKind::Microphone, detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use rtrb::RingBuffer;

    use super::*;
    use crate::callback::tests::allocations;

    #[test]
    fn the_callback_allocates_nothing_and_counts_what_does_not_fit() {
        let (ring, mut reader) = RingBuffer::new(300);
        let shared = Arc::new(Shared::default());
        let _ = shared.begin.set_once(LocalTime(1));
        let mut pieces = Pieces { shared: Arc::clone(&shared), told: Arc::new(AtomicU64::new(7_000)), ring };
        let bytes: Vec<u8> = (0..480).flat_map(|n| (n as f32 / 480.0).to_le_bytes()).collect();
        assert_eq!(allocations(|| pieces.take(&bytes)), 0);
        assert_eq!(shared.missed.load(Ordering::Relaxed), 180);
        assert_eq!(shared.latency(), Duration::from_millis(7));
        assert_eq!((reader.pop(), reader.pop()), (Ok(0.0), Ok(1.0 / 480.0)));
    }

    #[test]
    fn the_latency_is_that_of_the_newest_sample() {
        let told = |source_usec, write_offset, read_offset| {
            let (local_time, remote_time) = (SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH);
            latency(&RecordLatency {
                sink_usec: 0,
                source_usec,
                playing: true,
                local_time,
                remote_time,
                write_offset,
                read_offset,
            })
        };
        assert_eq!(told(10_000, 1_920, 0), Duration::from_millis(15));
        assert_eq!(told(4_000, 0, 5), Duration::ZERO);
        assert!(told(u64::MAX, i64::MAX, i64::MIN) > Duration::from_secs(1));
    }

    #[test]
    fn the_server_keeps_more_than_one_piece() {
        let buffer = wish(3).buffer_attr;
        assert_eq!((buffer.fragment_size, buffer.max_length), (1_920, 38_400));
    }
}
