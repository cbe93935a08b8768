//! One set of processing steps in the order of WebRTC: high-pass, echo canceller, noise suppressor, gain control.
//! Called by `VoiceProcessor`, which swaps whole chains; a chain's steps never change.
//! Every call takes exactly one tick of [`TICK_SAMPLES`] samples.

use ahoy_media::{SAMPLE_RATE, TICK_SAMPLES};
use sonora::config::{AdaptiveDigital, GainController2};
use sonora::high_pass_filter::HighPassFilter;
use sonora::{AudioProcessing, Config, StreamConfig};
use sonora_ns::config::{NsConfig, SuppressionLevel};
use sonora_ns::noise_suppressor::NoiseSuppressor;

use crate::bands::{BANDS, Bands, FULL_SCALE, Splitter};
use crate::canceller::Canceller;
use crate::processor::Processing;

/// A microphone at this part of full scale is taken as driven too far, as in WebRTC.
const CLIPPED: f32 = 32_700.0 / 32_768.0;

/// The gain may lift a voice by this much, in dB: whispering becomes talking; more would lift the room with it.
const MOST_GAIN_DB: f32 = 30.0;

/// The gain of the first words, in dB: what a quiet microphone lacks, before the first sentence has told more.
const FIRST_GAIN_DB: f32 = 6.0;

/// The steps that are on, with all they have learnt about room, noise and voice.
pub(crate) struct Chain {
    high_pass: HighPassFilter,
    /// Of the microphone's sound, where there is a step in bands.
    splitter: Option<Splitter>,
    echo: Option<Echo>,
    noise: Option<NoiseSuppressor>,
    gain: Option<AudioProcessing>,
    /// A tick on its way, as the high-pass wants it: one channel.
    tick: [Vec<f32>; 1],
}

/// The canceller and the bands of what is played.
struct Echo {
    canceller: Canceller,
    splitter: Splitter,
}

impl Chain {
    /// The steps of `on`, or nothing when all are off: then the sound is not touched.
    pub(crate) fn new(on: Processing) -> Option<Self> {
        if on == Processing::OFF {
            return None;
        }
        // 12 dB of noise less: best by ViSQOL (polynomial) in hiss and hum; 18 dB gains PESQ there and costs ViSQOL and STOI.
        let noise = NsConfig { target_level: SuppressionLevel::K12dB };
        Some(Self {
            high_pass: HighPassFilter::new(SAMPLE_RATE as i32, 1),
            splitter: (on.echo || on.noise).then(Splitter::new),
            echo: on.echo.then(|| Echo { canceller: Canceller::new(), splitter: Splitter::new() }),
            noise: on.noise.then(|| NoiseSuppressor::new_with_bands(noise, BANDS)),
            gain: on.gain.then(gain),
            tick: [vec![0.0; TICK_SAMPLES]],
        })
    }

    /// Shows the echo canceller a tick that is about to be played.
    pub(crate) fn render(&mut self, far: &[f32]) {
        if let Some(echo) = &mut self.echo {
            let mut tick = [0.0; TICK_SAMPLES];
            take(&mut tick, far);
            echo.canceller.render(&echo.splitter.split(&tick));
        }
    }

    /// Processes one tick from the microphone in place.
    pub(crate) fn capture(&mut self, tick: &mut [f32], delay_ms: i32) {
        let clipped = tick.iter().any(|sample| sample.abs() >= CLIPPED);
        take(&mut self.tick[0], tick);
        self.high_pass.process_channels(&mut self.tick);
        self.in_bands(clipped, delay_ms);
        for (sample, processed) in tick.iter_mut().zip(&self.tick[0]) {
            *sample = (processed / FULL_SCALE).clamp(-1.0, 1.0);
        }
        if let Some(gain) = &mut self.gain {
            let input = &mut self.tick[0];
            input.copy_from_slice(tick);
            if gain.process_capture_f32(&[input], &mut [tick]).is_err() {
                tick.copy_from_slice(input);
            }
        }
    }

    /// How much quieter the echo leaves than it came, in dB, as the canceller estimates it.
    pub(crate) fn echo_loss_db(&self) -> Option<f32> {
        self.echo.as_ref().map(|echo| echo.canceller.echo_loss_db())
    }

    /// Echo, then noise. The suppressor learns the noise from what the microphone heard, before the canceller has had its hands on it.
    fn in_bands(&mut self, clipped: bool, delay_ms: i32) {
        let Some(splitter) = &mut self.splitter else { return };
        let Ok(tick) = <&mut [f32; TICK_SAMPLES]>::try_from(self.tick[0].as_mut_slice()) else { return };
        let mut bands = splitter.split(tick);
        if let Some(noise) = &mut self.noise {
            noise.analyze(&bands[0]);
        }
        if let Some(echo) = &mut self.echo {
            echo.canceller.capture(&mut bands, clipped, delay_ms);
        }
        if let Some(noise) = &mut self.noise {
            suppress(noise, &mut bands);
        }
        splitter.join(&bands, tick);
    }
}

/// The lowest band is cleaned; the others wait for it and follow its gain.
fn suppress(noise: &mut NoiseSuppressor, bands: &mut Bands) {
    let [low, upper @ ..] = bands;
    noise.process(low);
    let gain = noise.upper_band_gain();
    for (index, band) in upper.iter_mut().enumerate() {
        noise.process_upper_band(band, index, gain);
    }
}

/// Gain control alone: the digital half of AGC2, which finds voices with a small neural network, and its limiter.
fn gain() -> AudioProcessing {
    let stream = StreamConfig::new(SAMPLE_RATE, 1);
    let adaptive =
        AdaptiveDigital { max_gain_db: MOST_GAIN_DB, initial_gain_db: FIRST_GAIN_DB, ..AdaptiveDigital::default() };
    let control = GainController2 { adaptive_digital: Some(adaptive), ..GainController2::default() };
    AudioProcessing::builder()
        .config(Config { gain_controller2: Some(control), ..Config::default() })
        .capture_config(stream)
        .render_config(stream)
        .build()
}

/// Sound at the scale of 16 bits. Filters would remember for ever what is no number.
fn take(tick: &mut [f32], sound: &[f32]) {
    for (kept, &sample) in tick.iter_mut().zip(sound) {
        *kept = if sample.is_finite() { sample.clamp(-1.0, 1.0) * FULL_SCALE } else { 0.0 };
    }
}
