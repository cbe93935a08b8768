//! The sounds of the phone itself: ringtone, ringback, busy, reconnecting, ended.
//! The driver tells it after every event what should be heard; a thread opens the speaker only while something is.
//! Over a conversation every tone is soft. Files and silent speakers never get a tone: what is recorded there is the voice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_audio::{AudioError, SpeakerChoice, open_speaker};
use ahoy_call::{Call, CallState, Calls, Direction, EndReason, RingManner};
use ahoy_media::SAMPLE_RATE;
use rtrb::{Producer, RingBuffer};

/// Samples between the ringer and the speaker: 100 ms, for a thread without raised priority.
const RING: usize = 4_800;

/// How often the ring is filled up: twice before it runs dry.
const FILL_EVERY: Duration = Duration::from_millis(30);

/// Loudness of a tone while people talk: 18 dB below what it is alone.
const OVER_SPEECH: f32 = 0.126;

/// A speaker that cannot be opened is tried again after this.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// One of the phone's own sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Somebody calls.
    Ringtone,
    /// Somebody calls during another call, or softly.
    Waiting,
    /// It rings at the other side.
    Ringback,
    /// The connection is being looked for.
    Reconnecting,
    /// They are busy.
    Busy,
    /// The call is over.
    Ended,
    /// A person tries the speaker.
    Test,
}

impl Tone {
    /// The sound, how often it begins anew, and how often it is played at most.
    fn score(self) -> (&'static [u8], Duration, u32) {
        let ms = Duration::from_millis;
        match self {
            Self::Ringtone => (include_bytes!("../../../assets/sounds/ringtone.wav"), ms(3_000), u32::MAX),
            Self::Waiting => (include_bytes!("../../../assets/sounds/waiting.wav"), ms(4_000), u32::MAX),
            Self::Ringback => (include_bytes!("../../../assets/sounds/ringback.wav"), ms(4_000), u32::MAX),
            Self::Reconnecting => (include_bytes!("../../../assets/sounds/reconnecting.wav"), ms(2_500), u32::MAX),
            Self::Busy => (include_bytes!("../../../assets/sounds/busy.wav"), ms(500), 4),
            Self::Ended => (include_bytes!("../../../assets/sounds/ended.wav"), ms(700), 1),
            Self::Test => (include_bytes!("../../../assets/sounds/ringtone.wav"), ms(2_000), 1),
        }
    }
}

/// What should be heard now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The tone.
    pub tone: Tone,
    /// People talk meanwhile.
    pub over_speech: bool,
}

/// Whether people talk.
#[must_use]
pub fn speech(calls: &Calls) -> bool {
    calls.alive().any(|call| call.state() == CallState::Active && !call.is_held())
}

/// What the calls ask for while they last: what rings comes before what is waited for.
#[must_use]
pub fn wanted(calls: &Calls) -> Option<Wanted> {
    let over_speech = speech(calls);
    let tone = |call: &Call| match call.state() {
        CallState::Ringing => match call.ring() {
            Some(RingManner::Loud) if !over_speech => Some((0, Tone::Ringtone)),
            Some(RingManner::Loud | RingManner::Soft) => Some((1, Tone::Waiting)),
            Some(RingManner::Silent) | None => None,
        },
        CallState::Alerting => Some((2, Tone::Ringback)),
        CallState::Reconnecting if !call.is_held() => Some((3, Tone::Reconnecting)),
        CallState::Dialing
        | CallState::Connecting
        | CallState::Active
        | CallState::Reconnecting
        | CallState::Ended(_) => None,
    };
    let (_, tone) = calls.alive().filter_map(tone).min_by_key(|(rank, _)| *rank)?;
    Some(Wanted { tone, over_speech })
}

/// What is heard once when a call ends: nothing when this person ended it or never took part.
#[must_use]
pub fn farewell(direction: Direction, reason: EndReason) -> Option<Tone> {
    match (direction, reason) {
        (
            Direction::Outgoing,
            EndReason::Busy
            | EndReason::Declined
            | EndReason::NoAnswer
            | EndReason::Unreachable
            | EndReason::Refused
            | EndReason::NotConnected,
        ) => Some(Tone::Busy),
        (_, EndReason::RemoteHangUp | EndReason::Lost | EndReason::Failed) => Some(Tone::Ended),
        (_, EndReason::LocalHangUp | EndReason::Cancelled | EndReason::Missed)
        | (
            Direction::Incoming,
            EndReason::Busy
            | EndReason::Declined
            | EndReason::NoAnswer
            | EndReason::Unreachable
            | EndReason::Refused
            | EndReason::NotConnected,
        ) => None,
    }
}

/// Plays at most one tone at a time.
pub struct Ringer {
    speaker: SpeakerChoice,
    playing: Option<Playing>,
}

struct Playing {
    wanted: Wanted,
    once: bool,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Ringer {
    /// A ringer on this speaker; on a file or none it stays silent.
    #[must_use]
    pub fn new(speaker: SpeakerChoice) -> Self {
        Self { speaker, playing: None }
    }

    /// The speaker to use from the next tone on.
    pub fn choose(&mut self, speaker: SpeakerChoice) {
        self.speaker = speaker;
    }

    /// Lets this be heard until something else is wanted. A farewell is played to its end before silence, unless people
    /// (`speech`) begin to talk meanwhile.
    pub fn show(&mut self, wanted: Option<Wanted>, speech: bool) {
        if self.playing.as_ref().is_some_and(|playing| playing.thread.is_finished()) {
            self.playing = None;
        }
        match (&self.playing, wanted) {
            (None, None) => {}
            (Some(playing), None) if playing.once && playing.wanted.over_speech == speech => {}
            (Some(playing), Some(wanted)) if playing.wanted == wanted => {}
            (_, wanted) => self.start(wanted, false),
        }
    }

    /// Plays a tone once, for a call that has ended.
    pub fn say(&mut self, tone: Tone, over_speech: bool) {
        self.start(Some(Wanted { tone, over_speech }), true);
    }

    fn start(&mut self, wanted: Option<Wanted>, once: bool) {
        if let Some(playing) = self.playing.take() {
            playing.stop.store(true, Ordering::Release);
            playing.thread.thread().unpark();
        }
        let Some(wanted) = wanted else { return };
        match &self.speaker {
            SpeakerChoice::Default | SpeakerChoice::Device(_) => {}
            SpeakerChoice::None | SpeakerChoice::File(_) => return,
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (speaker, stopped) = (self.speaker.clone(), Arc::clone(&stop));
        let spawned = thread::Builder::new().name("ringer".to_owned()).spawn(move || play(&speaker, wanted, &stopped));
        match spawned {
            Ok(thread) => self.playing = Some(Playing { wanted, once, stop, thread }),
            Err(error) => tracing::warn!(%error, "a tone cannot be played"),
        }
    }
}

impl Drop for Ringer {
    fn drop(&mut self) {
        self.start(None, false);
    }
}

/// Plays until it is told to stop or the tone is over. A speaker that is gone or busy must not keep a phone from ringing:
/// the default takes its place, and both are tried again.
fn play(speaker: &SpeakerChoice, wanted: Wanted, stop: &AtomicBool) {
    let mut melody = Melody::new(wanted);
    while !stop.load(Ordering::Acquire) && !melody.is_over() {
        for choice in [speaker, &SpeakerChoice::Default] {
            match sing(choice, &mut melody, stop) {
                Ok(()) => break,
                Err(error) => tracing::debug!(%error, "no speaker for a tone"),
            }
        }
        if !stop.load(Ordering::Acquire) && !melody.is_over() {
            thread::park_timeout(TRY_EVERY);
        }
    }
}

/// Plays a tone on this speaker alone, to its end.
///
/// # Errors
/// The speaker cannot be used.
pub fn sing_once(speaker: &SpeakerChoice, wanted: Wanted, stop: &AtomicBool) -> Result<(), AudioError> {
    sing(speaker, &mut Melody::new(wanted), stop)
}

/// Plays on this speaker as long as it works.
fn sing(speaker: &SpeakerChoice, melody: &mut Melody, stop: &AtomicBool) -> Result<(), AudioError> {
    let (mut ring, samples) = RingBuffer::new(RING);
    let mut open = open_speaker(speaker, samples)?;
    let _ = open.begin();
    while !stop.load(Ordering::Acquire) && !melody.is_over() {
        if let Some(failure) = open.failure() {
            return Err(failure);
        }
        fill(&mut ring, || melody.next_sample());
        thread::park_timeout(FILL_EVERY);
    }
    if !stop.load(Ordering::Acquire) {
        let left = (RING - ring.slots()) as f64 / f64::from(SAMPLE_RATE);
        thread::park_timeout(Duration::from_secs_f64(left));
    }
    Ok(())
}

fn fill(ring: &mut Producer<f32>, mut next: impl FnMut() -> f32) {
    for _ in 0..ring.slots() {
        // Only this thread fills the ring, and it counted the free places before.
        let _ = ring.push(next());
    }
}

/// A tone as an endless row of samples.
struct Melody {
    sound: Vec<f32>,
    period: usize,
    times: u32,
    at: usize,
}

impl Melody {
    fn new(wanted: Wanted) -> Self {
        let (wav, every, times) = wanted.tone.score();
        let gain = if wanted.over_speech { OVER_SPEECH } else { 1.0 };
        // The files are part of the program; a test reads each of them.
        let sound = hound::WavReader::new(wav).map_or_else(
            |_| Vec::new(),
            |wav| wav.into_samples::<i16>().flatten().map(|sample| f32::from(sample) / 32_768.0 * gain).collect(),
        );
        Self { sound, period: (every.as_millis() as usize) * (SAMPLE_RATE as usize / 1_000), times, at: 0 }
    }

    fn is_over(&self) -> bool {
        self.times == 0
    }

    fn next_sample(&mut self) -> f32 {
        if self.times == 0 {
            return 0.0;
        }
        let sample = self.sound.get(self.at).copied().unwrap_or(0.0);
        self.at += 1;
        if self.at == self.period.max(self.sound.len()) {
            self.at = 0;
            self.times = self.times.saturating_sub(u32::from(self.times != u32::MAX));
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TONES: [Tone; 7] =
        [Tone::Ringtone, Tone::Waiting, Tone::Ringback, Tone::Reconnecting, Tone::Busy, Tone::Ended, Tone::Test];

    #[test]
    fn every_tone_is_in_the_program_and_soft_over_speech() {
        for tone in TONES {
            let loud = Melody::new(Wanted { tone, over_speech: false });
            let soft = Melody::new(Wanted { tone, over_speech: true });
            let peak = |melody: &Melody| melody.sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.2..=0.95).contains(&peak(&loud)), "{tone:?}: {}", peak(&loud));
            assert!(peak(&soft) <= 0.12, "{tone:?}: {}", peak(&soft));
            assert!(loud.period >= loud.sound.len(), "{tone:?} is longer than its period");
        }
    }

    #[test]
    fn a_farewell_ends_by_itself_and_a_ringtone_does_not() {
        let long = 20 * SAMPLE_RATE;
        for tone in TONES {
            let mut melody = Melody::new(Wanted { tone, over_speech: false });
            let mut last = 0;
            for at in 0..long {
                if melody.next_sample() != 0.0 {
                    last = at;
                }
            }
            match tone {
                Tone::Busy | Tone::Ended | Tone::Test => {
                    assert!(melody.is_over() && last < 2 * SAMPLE_RATE + SAMPLE_RATE / 10)
                }
                Tone::Ringtone | Tone::Waiting | Tone::Ringback | Tone::Reconnecting => {
                    assert!(!melody.is_over() && last > long - 5 * SAMPLE_RATE);
                }
            }
        }
    }

    #[test]
    fn who_ends_a_call_hears_nothing_and_who_is_left_does() {
        assert_eq!(farewell(Direction::Incoming, EndReason::Declined), None);
        assert_eq!(farewell(Direction::Outgoing, EndReason::Declined), Some(Tone::Busy));
        assert_eq!(farewell(Direction::Incoming, EndReason::RemoteHangUp), Some(Tone::Ended));
        assert_eq!(farewell(Direction::Outgoing, EndReason::LocalHangUp), None);
    }
}
