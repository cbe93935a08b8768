//! Writes `echo.md` and `echo.csv`: voices through rooms and noises, with the processing of a call, judged by `score.py`.
//! `./x bench echo` runs it with the voices and the Python that it made.
//! Offline and by seed: only the CPU figures differ from run to run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ahoy_media::SAMPLE_RATE;
use ahoy_sound::echo::{Scene, amplitude, cut, db, echo_loss_db, energy_of, lag, levelled, speech_ticks};
use ahoy_sound::echo_report::{CostRow, EchoRow, NO_ECHO, NoiseKind, NoiseRow, ROOMS, csv, markdown};
use ahoy_sound::scores::{Judge, Scores};
use ahoy_sound::speech::Speech;
use ahoy_voice::{Processing, VoiceProcessor};
use anyhow::{Context as _, Result};
use clap::Parser;

const ECHO: Processing = Processing { echo: true, ..Processing::OFF };
const NOISE: Processing = Processing { noise: true, ..Processing::OFF };
const GAIN: Processing = Processing { gain: true, ..Processing::OFF };

/// Who speaks far and who near. The canceller was tuned with the first two.
const PAIRS: [(&str, &str); 3] = [("carlo", "allison"), ("june", "carlo"), ("edward", "gerda")];

/// The canceller has so long to learn a room, or to find a delay that jumped, in seconds.
const LEARNT: f32 = 3.0;

/// Costs are the least of so many passes: others use the machine too.
const PASSES: usize = 5;

/// A scene: the far side speaks for 12 s, the near side from the 4th second on.
const SECONDS: usize = 12;
const NEAR_FROM: f32 = 4.0;
const JUDGED: std::ops::Range<f32> = NEAR_FROM..11.5;

/// Noise before the first word, in seconds: a suppressor learns it there, as in a call.
const LEARN: f32 = 2.0;

#[derive(Parser)]
struct Options {
    /// Folder with `voice-*.wav` and `mixed.wav`, made by tests/sound/voices.sh.
    #[arg(long)]
    voices: PathBuf,
    /// Folder for sounds on the way.
    #[arg(long)]
    work: PathBuf,
    /// Folder of the report.
    #[arg(long)]
    out: PathBuf,
    /// A Python with what score.py imports.
    #[arg(long)]
    python: PathBuf,
    /// score.py.
    #[arg(long)]
    script: PathBuf,
}

fn main() -> Result<()> {
    let options = Options::parse();
    std::fs::create_dir_all(&options.work)?;
    std::fs::create_dir_all(&options.out)?;
    let judge = Judge { python: options.python.clone(), script: options.script.clone(), jobs: 2 };
    let bench = Bench { voices: &options.voices, work: &options.work, judge: &judge };
    let (echo, noise, cost) = (bench.echo()?, bench.noise()?, bench.cost()?);
    let text = markdown(&echo, &noise, &cost, "./x bench echo");
    print!("{text}");
    std::fs::write(options.out.join("echo.csv"), csv(&echo))?;
    Ok(std::fs::write(options.out.join("echo.md"), text)?)
}

struct Bench<'a> {
    voices: &'a Path,
    work: &'a Path,
    judge: &'a Judge,
}

impl Bench<'_> {
    fn voice(&self, name: &str) -> Result<Vec<f32>> {
        Ok(levelled(Speech::read(&self.voices.join(format!("{name}.wav")))?.samples()))
    }

    /// Writes the reference and two versions of it, and returns the files' pairs.
    fn files(&self, name: &str, near: &[f32], heard: &[f32], left: &[f32]) -> Result<[(PathBuf, PathBuf); 2]> {
        let write = |kind: &str, sound: &[f32]| -> Result<PathBuf> {
            let path = self.work.join(format!("{name}-{kind}.wav"));
            Speech::of(sound.to_vec()).write(&path)?;
            Ok(path)
        };
        let reference = write("near", near)?;
        Ok([(reference.clone(), write("heard", heard)?), (reference, write("left", left)?)])
    }

    fn echo(&self) -> Result<Vec<EchoRow>> {
        let (mut rows, mut files) = (Vec::new(), Vec::new());
        let length = SECONDS * SAMPLE_RATE as usize;
        for (pair, (far_name, near_name)) in PAIRS.into_iter().enumerate() {
            let far: Vec<f32> = self.voice(&format!("voice-{far_name}"))?.into_iter().cycle().take(length).collect();
            let mut near = vec![0.0; (NEAR_FROM * SAMPLE_RATE as f32) as usize];
            near.extend(self.voice(&format!("voice-{near_name}"))?);
            near.resize(length, 0.0);
            for (index, (room_name, room, told)) in ROOMS.into_iter().enumerate() {
                let (told, echo) = (Duration::from_millis(told), room.echo(&far, 1));
                let single = Scene::with_echo(&far, &vec![0.0; length], echo.clone(), 1);
                let left = single.processed(ECHO, told);
                let loss = |seconds| echo_loss_db(&single.microphone, &left, seconds);
                let from = LEARNT + room.jump.map_or(0.0, |(second, _)| second);
                let loss_db = (room_name != NO_ECHO).then(|| (loss(0.5..LEARNT), loss(from..SECONDS as f32)));
                let double = Scene::with_echo(&far, &near, echo, 1);
                let left = trailing(double.processed(ECHO, told), added_delay(ECHO, &near));
                let judged = |sound| cut(sound, &JUDGED);
                let name = format!("echo-{pair}-{index}");
                files.extend(self.files(&name, judged(&near), judged(&double.microphone), judged(&left))?);
                let name = format!("{room_name} ({far_name} to {near_name})");
                rows.push(EchoRow { name, loss_db, heard: Scores::default(), left: Scores::default() });
            }
        }
        let scores = self.judge.score(&files)?;
        for (row, scores) in rows.iter_mut().zip(scores.chunks_exact(2)) {
            (row.heard, row.left) = (scores[0].clone(), scores[1].clone());
        }
        Ok(rows)
    }

    fn noise(&self) -> Result<Vec<NoiseRow>> {
        let (mut rows, mut files) = (Vec::new(), Vec::new());
        let babble = self.voice("mixed")?;
        let mut near = vec![0.0; (LEARN * SAMPLE_RATE as f32) as usize];
        near.extend(self.voice("voice-allison")?);
        let judged = LEARN..LEARN + 8.0;
        let delay = added_delay(NOISE, &near);
        for kind in NoiseKind::ALL {
            for snr in [0.0_f32, 10.0, 20.0] {
                let noise = kind.make(near.len(), ahoy_sound::echo::VOICE_DBFS - snr, &babble);
                let heard: Vec<f32> = near.iter().zip(&noise).map(|(near, noise)| near + noise).collect();
                let mut left = heard.clone();
                VoiceProcessor::new(NOISE).capture(&mut left, Duration::ZERO);
                let left = trailing(left, delay);
                let part = |sound| cut(sound, &judged);
                let gain_db = snr_db(part(&near), part(&left)) - snr_db(part(&near), part(&heard));
                files.extend(self.files(&format!("{kind:?}-{snr}"), part(&near), part(&heard), part(&left))?);
                let name = format!("{kind:?}, {snr} dB under the voice");
                rows.push(NoiseRow { name, gain_db, heard: Scores::default(), left: Scores::default() });
            }
        }
        let scores = self.judge.score(&files)?;
        for (row, scores) in rows.iter_mut().zip(scores.chunks_exact(2)) {
            (row.heard, row.left) = (scores[0].clone(), scores[1].clone());
        }
        Ok(rows)
    }

    fn cost(&self) -> Result<Vec<CostRow>> {
        let voice = self.voice("voice-allison")?;
        let far = self.voice("voice-carlo")?;
        let (_, room, told) = ROOMS[0];
        let scene = Scene::new(&far, &voice, &room, 1);
        let sets =
            [("nothing", Processing::OFF), ("gain", GAIN), ("noise", NOISE), ("echo", ECHO), ("all", Processing::FULL)];
        Ok(sets
            .map(|(name, set)| {
                let ticks = (far.len() / ahoy_media::TICK_SAMPLES) as f64;
                let passes = (0..PASSES).filter_map(|_| {
                    let before = cpu_us()?;
                    let _ = scene.processed(set, Duration::from_millis(told));
                    Some((cpu_us()? - before) / ticks)
                });
                let cpu_us = passes.min_by(f64::total_cmp);
                CostRow { name, delay_ms: added_delay(set, &voice) as f32 * 1_000.0 / SAMPLE_RATE as f32, cpu_us }
            })
            .into())
    }
}

/// Signal over noise in dB: what the ticks with speech have more than those without.
fn snr_db(voice: &[f32], sound: &[f32]) -> f32 {
    let spoken = speech_ticks(voice);
    let pauses: Vec<bool> = spoken.iter().map(|spoken| !spoken).collect();
    let noise = energy_of(sound, &pauses).max(amplitude(-90.0).powi(2));
    db((energy_of(sound, &spoken) - noise).max(noise / 1_000.0) / noise)
}

/// By how many samples processing delays a voice while nothing is played.
fn added_delay(processing: Processing, voice: &[f32]) -> usize {
    let scene = Scene { far: vec![0.0; voice.len()], near: voice.to_vec(), microphone: voice.to_vec() };
    let left = scene.processed(processing, Duration::ZERO);
    let seconds = SAMPLE_RATE as usize;
    let from = voice.len() / 2;
    lag(&voice[from..from + 2 * seconds], &left[from..from + 2 * seconds + 2_000], 1_920)
}

/// The sound without its first `delay` samples, as long as before.
fn trailing(sound: Vec<f32>, delay: usize) -> Vec<f32> {
    let length = sound.len();
    Speech::delayed(sound, delay, length).samples().to_vec()
}

/// CPU that this thread has used, in microseconds; only Linux tells in a file.
fn cpu_us() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("no schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1_000.0)
}
