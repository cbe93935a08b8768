//! Two sessions of this process joined by channels, in real time: a voice file in, a speaker file out.
//! The sound that arrives is compared with the sound that left, window by window, each with its own lag.
//! The delay is read from the files: microphone sample to speaker sample, by the begin times both sessions tell.

use std::f32::consts::TAU;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_media::allocation::Prefer;
use ahoy_media::{Kbps, Size, Sound};
use bytes::Bytes;

use super::*;

const RATE: usize = 48_000;

/// Longer than anything here waits for; a test that meets it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A voice that never was: glottal pulses of moving pitch through three formants, in syllables.
fn speech(samples: usize) -> Vec<f32> {
    let mut formants = [(700.0_f32, 90.0_f32), (1_200.0, 110.0), (2_600.0, 160.0)].map(|(hertz, width)| {
        let radius = (-std::f32::consts::PI * width / RATE as f32).exp();
        (2.0 * radius * (TAU * hertz / RATE as f32).cos(), -radius * radius, 0.0_f32, 0.0_f32)
    });
    let mut phase = 0.0_f32;
    let mut pcm: Vec<f32> = (0..samples)
        .map(|n| {
            let t = n as f32 / RATE as f32;
            phase += (130.0 + 30.0 * (TAU * 0.7 * t).sin() + 11.0 * (TAU * 2.3 * t).sin()) / RATE as f32;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase = phase.fract();
            let syllable = (TAU * 1.9 * t).sin().max(0.0) * (0.6 + 0.4 * (TAU * 0.31 * t + 1.0).sin());
            formants.iter_mut().fold(0.0, |sum, (a, b, y1, y2)| {
                let y = pulse * syllable + *a * *y1 + *b * *y2;
                (*y2, *y1) = (*y1, y);
                sum + y
            })
        })
        .collect();
    let peak = pcm.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    pcm.iter_mut().for_each(|sample| *sample *= 0.5 / peak);
    pcm
}

fn write_wav(path: &Path, pcm: &[f32]) {
    let bytes = u32::try_from(pcm.len() * 2).unwrap();
    let mut out = Vec::new();
    out.extend(b"RIFF");
    out.extend((36 + bytes).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    out.extend([1_u16, 1].map(u16::to_le_bytes).concat());
    out.extend([48_000_u32, 96_000].map(u32::to_le_bytes).concat());
    out.extend([2_u16, 16].map(u16::to_le_bytes).concat());
    out.extend(b"data");
    out.extend(bytes.to_le_bytes());
    for sample in pcm {
        out.extend(((sample * 32_767.0) as i16).to_le_bytes());
    }
    std::fs::write(path, out).unwrap();
}

fn read_wav(path: &Path) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    bytes[44..].chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0).collect()
}

/// Normalised correlation of `source` with `heard` from `at` on, every `step`th sample.
fn likeness(source: &[f32], heard: &[f32], at: usize, step: usize) -> f32 {
    let (mut product, mut a, mut b) = (0.0, f32::MIN_POSITIVE, f32::MIN_POSITIVE);
    for (x, y) in source.iter().zip(&heard[at..]).step_by(step) {
        product += x * y;
        a += x * x;
        b += y * y;
    }
    product / (a * b).sqrt()
}

/// For each second of `source`: how like what was heard within 120 ms after it, and the lag in samples.
fn windows(source: &[f32], heard: &[f32]) -> Vec<(f32, usize)> {
    let longest = RATE * 120 / 1_000;
    let count = (heard.len() - longest).min(source.len()) / RATE;
    let best = |window: usize, lags: &mut dyn Iterator<Item = usize>, step: usize| {
        let part = &source[window * RATE..(window + 1) * RATE];
        lags.map(|lag| (likeness(part, heard, window * RATE + lag, step), lag))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap()
    };
    (0..count)
        .map(|window| {
            let (_, near) = best(window, &mut (0..longest).step_by(4), 4);
            best(window, &mut (near.saturating_sub(4)..(near + 4).min(longest)), 1)
        })
        .collect()
}

/// One side and the ends of its wires.
struct Side {
    session: MediaSession,
    events: mpsc::Receiver<SessionEvent>,
}

/// What a wire has carried: packets of sound, and the sum of their frames' lengths.
#[derive(Default)]
struct Tally {
    packets: AtomicU64,
    bytes: AtomicU64,
}

struct Pair {
    runtime: tokio::runtime::Runtime,
    sides: [Side; 2],
    tallies: [Arc<Tally>; 2],
}

fn config(media: MediaOptions, echo: bool) -> SessionConfig {
    SessionConfig {
        clock: MediaClock::new(clock::now(), MediaTime(0xFFFF_FF00)),
        audio_codec: AudioCodec::Opus48k,
        media,
        voice: Wishes {
            kbps: Kbps(32),
            least: Kbps(6),
            frame: None,
            low_delay: false,
            copies: None,
            fec: None,
            dred: None,
        },
        vbr: false,
        processing: Processing::OFF,
        // Several tests share the machine's cores; a session that waits a little longer is the same session.
        audio_reserve: Duration::from_millis(40),
        picture: PictureWishes { most: Kbps(500), largest: Size::VGA, prefer: Prefer::Balanced, low_data: false },
        muted: false,
        send_video: false,
        echo,
        remote_picture: Slot::new(),
        self_picture: Slot::new(),
    }
}

fn media(mic: MicChoice, speaker: SpeakerChoice) -> MediaOptions {
    MediaOptions { mic, speaker, camera: CameraChoice::None, ..MediaOptions::default() }
}

/// Carries datagrams from one side to the other, stamped as the driver stamps them.
async fn carry(mut from: mpsc::Receiver<Bytes>, to: Inlets, tally: Arc<Tally>) {
    while let Some(bytes) = from.recv().await {
        if let Ok(sound) = Sound::from_datagram(&bytes, None) {
            let _ = tally.packets.fetch_add(1, Ordering::Relaxed);
            let _ = tally.bytes.fetch_add(sound.frame.data.len() as u64, Ordering::Relaxed);
        }
        let _ = to.deliver(TimedPacket { bytes, at: clock::now() });
    }
}

impl Pair {
    fn start(configs: [SessionConfig; 2]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        let tallies = [Arc::<Tally>::default(), Arc::default()];
        let [(left, from_left, to_left), (right, from_right, to_right)] = [wires(), wires()];
        for (Outlets { sound, pieces }, to, tally) in
            [(from_left, to_right, &tallies[0]), (from_right, to_left, &tallies[1])]
        {
            drop(runtime.spawn(carry(sound, to.clone(), Arc::clone(tally))));
            drop(runtime.spawn(carry(pieces, to, Arc::clone(tally))));
        }
        let mut transports = [left, right].into_iter();
        let sides = configs.map(|config| {
            let (told, events) = mpsc::channel(64);
            Side { session: MediaSession::start(config, transports.next().unwrap(), told).unwrap(), events }
        });
        Self { runtime, sides, tallies }
    }

    /// Events of one side up to and with the first that `wanted` takes.
    fn until<T>(&mut self, side: usize, wanted: impl Fn(&SessionEvent) -> Option<T>) -> T {
        let events = &mut self.sides[side].events;
        self.runtime.block_on(async {
            loop {
                let event = tokio::time::timeout(PATIENCE, events.recv()).await.expect("in time").expect("running");
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        })
    }

    fn connect(&mut self) -> (LocalTime, LocalTime) {
        for side in 0..2 {
            self.until(side, |event| (*event == SessionEvent::Flows).then_some(()));
            self.sides[side].session.begin();
        }
        let at = |event: &SessionEvent| match event {
            SessionEvent::MicStart { at, .. } => Some(*at),
            _ => None,
        };
        let speaker = |event: &SessionEvent| match event {
            SessionEvent::SpeakerStart { at } => Some(*at),
            _ => None,
        };
        (self.until(0, at), self.until(1, speaker))
    }

    fn stop(self) -> Vec<Duration> {
        let Self { runtime, sides, .. } = self;
        runtime.shutdown_background();
        sides
            .into_iter()
            .map(|side| {
                let before = clock::now();
                let _ = side.session.stop();
                clock::now().saturating_since(before)
            })
            .collect()
    }
}

/// Lets real time pass: the devices are files that play in it.
fn listen(seconds: u64) {
    std::thread::park_timeout(Duration::from_secs(seconds));
}

#[test]
fn a_voice_arrives_whole() {
    let home = tempfile::tempdir().unwrap();
    let (said, out) = (home.path().join("said.wav"), home.path().join("heard.wav"));
    let source = speech(7 * RATE);
    write_wav(&said, &source);
    let mut pair = Pair::start([
        config(media(MicChoice::File(said), SpeakerChoice::None), false),
        config(media(MicChoice::None, SpeakerChoice::File(out.clone())), false),
    ]);
    let (mic, speaker) = pair.connect();
    // The numbers are read second by second: on a machine that stands still the delay differs from one to the next.
    let told: Vec<_> = (0..7)
        .map(|_| {
            listen(1);
            pair.sides[1].session.stats().audio
        })
        .collect();
    let stats = pair.sides[1].session.stats();
    let stops = pair.stop();

    let heard = read_wav(&out);
    let windows = windows(&source, &heard);
    let ahead_us = speaker.0 as f64 - mic.0 as f64;
    let delays: Vec<f64> = windows.iter().map(|(_, lag)| (*lag as f64 / 48.0) + ahead_us / 1_000.0).collect();
    let readings: Vec<f64> = told.iter().map(|told| told.delay_ms).collect();
    println!(
        "windows {windows:.3?}\ndelays {delays:.1?} ms, told {readings:.1?} ms\n{:?}\nstops {stops:?}",
        stats.audio
    );
    let mut likes: Vec<f32> = windows.iter().map(|(like, _)| *like).collect();
    likes.sort_by(f32::total_cmp);
    assert!(likes.len() >= 4 && likes[likes.len() / 2] >= 0.9, "{likes:?}");
    assert!(told.iter().all(|told| told.rtt_ms > 0.0 && told.delay_ms > 20.0), "{told:?}");
    // Of a second whose sound was not found again the delay is not known either.
    let found = |window: &usize| windows[*window].0 >= 0.7;
    let mut errors: Vec<f64> = (2..windows.len()).filter(found).map(|n| (readings[n] - delays[n]).abs()).collect();
    errors.sort_by(f64::total_cmp);
    assert!(errors.len() >= 2 && errors[errors.len() / 2] < 15.0, "{delays:?} heard, {readings:?} told");
    assert!(stats.audio.received >= 250 && stats.audio.garbage == 0, "{:?}", stats.audio);
    assert!(stops.iter().all(|stop| *stop <= Duration::from_millis(250)), "{stops:?}");
}

#[test]
fn mute_is_silence_of_the_same_size_and_rhythm_and_echo_sends_back() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("heard.wav");
    let mut pair = Pair::start([
        config(media(MicChoice::Tone, SpeakerChoice::File(out.clone())), false),
        config(media(MicChoice::None, SpeakerChoice::None), true),
    ]);
    let _ = pair.connect();
    let sent = |pair: &Pair| {
        let tally = &pair.tallies[0];
        (tally.packets.load(Ordering::Relaxed), tally.bytes.load(Ordering::Relaxed))
    };
    listen(1);
    let (before, before_bytes) = sent(&pair);
    pair.sides[0].session.set_muted(true);
    listen(1);
    let (after, after_bytes) = sent(&pair);
    let heard_at = pair.sides[0].session.last_heard().expect("the other side sends");
    assert!(clock::now().saturating_since(heard_at) < Duration::from_millis(200));
    drop(pair.stop());

    assert!((45..=55).contains(&(after - before)), "{} packets in a muted second", after - before);
    assert_eq!(after_bytes - before_bytes, (after - before) * 80, "the same size as speech");
    let heard = read_wav(&out);
    let power = |from: usize, to: usize| heard[from..to].iter().map(|x| x * x).sum::<f32>() / (to - from) as f32;
    assert!(power(RATE / 2, RATE) > 1e-4, "the tone came back: {}", power(RATE / 2, RATE));
    assert!(power(RATE * 3 / 2, heard.len().min(RATE * 2)) < 1e-6, "mute came back as silence");
}

#[test]
fn a_file_that_is_no_sound_is_refused_at_the_start() {
    let home = tempfile::tempdir().unwrap();
    let bad = home.path().join("bad.wav");
    std::fs::write(&bad, b"no sound").unwrap();
    let (told, _events) = mpsc::channel(1);
    let (transport, _outlets, _inlets) = wires();
    let started = MediaSession::start(config(media(MicChoice::File(bad), SpeakerChoice::None), false), transport, told);
    assert!(matches!(started.err(), Some(SessionError::Audio(AudioError::BadFile { .. }))));
}
