//! What a real-time audio callback does: copy between the device's buffer and a ring.
//! Every back end calls these from its callback, the paced threads too.
//! No allocation, no lock, no log, no system call; a test counts the allocations.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rtrb::{Consumer, Producer};

use crate::error::AudioError;
use crate::pace::Begin;

/// What a device stream's handle and its callbacks share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// When the stream was let through.
    pub(crate) begin: Begin,
    /// Samples dropped (microphone) or replaced by silence (speaker).
    pub(crate) missed: AtomicU64,
    /// Callbacks so far; it moves as long as the device does.
    pub(crate) calls: AtomicU64,
    /// Time between the air and the callback's block in microseconds, smoothed; 0 before the first callback.
    latency: AtomicU64,
    /// The first thing that ended the stream.
    pub(crate) failure: OnceLock<AudioError>,
}

/// Share of each new latency in the smoothed one: a tenth of a second at 10 ms a callback.
const SMOOTH: u64 = 8;

/// A latency past this is no device's buffer but a time stamp gone wrong.
const LONGEST: Duration = Duration::from_secs(2);

impl Shared {
    /// A callback came; `told` is what lies between the air and its block, as far as the system says it. It counts as
    /// a `block` where it does not.
    pub(crate) fn called(&self, block: Duration, told: Option<Duration>) {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        let now = told.filter(|told| *told < LONGEST).unwrap_or(block).as_micros() as u64;
        let before = self.latency.load(Ordering::Relaxed);
        let smooth = if calls == 0 { now } else { (before * (SMOOTH - 1) + now) / SMOOTH };
        self.latency.store(smooth, Ordering::Relaxed);
    }

    /// How far the callbacks lie from the air.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency.load(Ordering::Relaxed))
    }
}

/// A span between two of the system's stamps; none where it does not know one of them.
pub(crate) fn known(span: Option<Duration>) -> Option<Duration> {
    span.filter(|span| !span.is_zero())
}

/// `frames` at `rate` Hz as time.
pub(crate) fn span(frames: usize, rate: u32) -> Duration {
    Duration::from_micros(frames as u64 * 1_000_000 / u64::from(rate.max(1)))
}

/// Puts mono samples (zeros while not `open`) into the ring; what does not fit is counted in `dropped`.
pub(crate) fn capture(mono: impl Iterator<Item = f32>, open: bool, ring: &mut Producer<f32>, dropped: &AtomicU64) {
    let mut lost = 0;
    for sample in mono {
        if ring.push(if open { sample } else { 0.0 }).is_err() {
            lost += 1;
        }
    }
    if lost > 0 {
        let _ = dropped.fetch_add(lost, Ordering::Relaxed);
    }
}

/// Gives `frames` samples to `play`: from the ring, or silence while not `open` or empty, the latter counted in `missed`.
pub(crate) fn playout(
    frames: usize,
    open: bool,
    ring: &mut Consumer<f32>,
    missed: &AtomicU64,
    mut play: impl FnMut(usize, f32),
) {
    let mut silent = 0;
    for frame in 0..frames {
        let sample = if open {
            ring.pop().unwrap_or_else(|_| {
                silent += 1;
                0.0
            })
        } else {
            0.0
        };
        play(frame, sample);
    }
    if silent > 0 {
        let _ = missed.fetch_add(silent, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[allow(unsafe_code)]
pub(crate) mod tests {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;

    use rtrb::RingBuffer;

    use super::*;

    struct Counting;

    thread_local! {
        static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    }

    // SAFETY: every request goes to the system's allocator unchanged; counting touches only a thread-local cell.
    unsafe impl GlobalAlloc for Counting {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            ALLOCATIONS.with(|count| count.set(count.get() + 1));
            // SAFETY: the caller keeps the contract of `alloc`, which is the same.
            unsafe { System.alloc(layout) }
        }
        unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
            ALLOCATIONS.with(|count| count.set(count.get() + 1));
            // SAFETY: the pointer came from `alloc` above, so from the system's allocator, with this layout.
            unsafe { System.dealloc(pointer, layout) }
        }
    }

    #[global_allocator]
    static ALLOCATOR: Counting = Counting;

    /// Allocations and releases of this thread while it does `work`.
    pub(crate) fn allocations(work: impl FnOnce()) -> u64 {
        let before = ALLOCATIONS.with(Cell::get);
        work();
        ALLOCATIONS.with(Cell::get) - before
    }

    #[test]
    fn the_counter_sees_an_allocation() {
        assert!(allocations(|| drop(std::hint::black_box(vec![1_u8; 100]))) >= 2);
    }

    #[test]
    fn neither_callback_allocates_even_when_the_ring_overflows_or_runs_dry() {
        let (mut writer, mut reader) = RingBuffer::new(300);
        let missed = AtomicU64::new(0);
        let input = [0.5_f32; 480];
        let mut output = [0.0_f32; 480];
        let count = allocations(|| {
            capture(input.iter().copied(), true, &mut writer, &missed);
            playout(480, true, &mut reader, &missed, |at, sample| output[at] = sample);
        });
        assert_eq!(count, 0);
        assert_eq!(missed.load(Ordering::Relaxed), 180 + 180);
        assert_eq!(output[..300], [0.5; 300]);
        assert_eq!(output[300..], [0.0; 180]);
    }

    #[test]
    fn before_begin_a_microphone_gives_silence_and_a_speaker_takes_nothing() {
        let (mut writer, mut reader) = RingBuffer::new(10);
        let missed = AtomicU64::new(0);
        capture([0.5, 0.5].into_iter(), false, &mut writer, &missed);
        let mut heard = Vec::new();
        playout(3, false, &mut reader, &missed, |_, sample| heard.push(sample));
        assert_eq!(heard, [0.0; 3]);
        assert_eq!(reader.slots(), 2);
        assert_eq!((reader.pop(), reader.pop()), (Ok(0.0), Ok(0.0)));
        assert_eq!(missed.load(Ordering::Relaxed), 0);
    }
}
