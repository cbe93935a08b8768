//! The processing of one microphone's sound, switchable while it runs.
//! Called by the audio worker of a call: `render` for what is played, `capture` for what was heard.
//! With nothing on the sound passes bit for bit and without delay; a switch never clicks.

use std::time::Duration;

use ahoy_media::TICK_SAMPLES;

use crate::chain::Chain;

/// Which steps are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Processing {
    /// Takes away what our own loudspeaker says into our microphone.
    pub echo: bool,
    /// Takes away steady noise: fans, hiss, hum.
    pub noise: bool,
    /// Brings a quiet or loud voice to an even level, and limits peaks.
    pub gain: bool,
}

impl Processing {
    /// Nothing on.
    pub const OFF: Self = Self { echo: false, noise: false, gain: false };

    /// Everything on.
    pub const FULL: Self = Self { echo: true, noise: true, gain: true };
}

/// A new chain hears this many ticks before it is heard: its own delay is filled, its first estimate of noise made.
const WARM_TICKS: u32 = 10;

/// The same when both chains cancel echo: the old one knows the room, so the new one learns it first (2 s, the bench says).
const LEARN_TICKS: u32 = 200;

/// The canceller remembers what was played about this long; a longer delay is no hint for it.
const MOST_DELAY: Duration = Duration::from_millis(500);

/// Echo canceller, noise suppressor and gain of one microphone.
pub struct VoiceProcessor {
    /// What is wanted: what runs, or what is warming up.
    wanted: Processing,
    running: Processing,
    chain: Option<Chain>,
    next: Option<Next>,
}

/// The chain that takes over, running beside the old one until then.
struct Next {
    chain: Option<Chain>,
    ticks_left: u32,
}

impl VoiceProcessor {
    /// A processor with the steps of `processing` on.
    #[must_use]
    pub fn new(processing: Processing) -> Self {
        Self { wanted: processing, running: processing, chain: Chain::new(processing), next: None }
    }

    /// Which steps are wanted; a switch takes effect 0.1 s later, or 2 s where the echo canceller stays on.
    #[must_use]
    pub fn processing(&self) -> Processing {
        self.wanted
    }

    /// Switches steps on and off.
    pub fn set(&mut self, processing: Processing) {
        if processing == self.wanted {
            return;
        }
        self.wanted = processing;
        self.next = (processing != self.running).then(|| Next {
            chain: Chain::new(processing),
            ticks_left: if processing.echo && self.running.echo { LEARN_TICKS } else { WARM_TICKS },
        });
    }

    /// Shows what is about to be played: a multiple of [`TICK_SAMPLES`] samples in -1..1, in the order of playing.
    /// Silence counts: as much is rendered as is captured, from the start. Before the first tick of it the canceller lets sound pass.
    pub fn render(&mut self, far: &[f32]) {
        for tick in far.chunks_exact(TICK_SAMPLES) {
            for chain in [&mut self.chain].into_iter().chain(self.next.as_mut().map(|next| &mut next.chain)).flatten() {
                chain.render(tick);
            }
        }
    }

    /// Processes what the microphone heard in place: a multiple of [`TICK_SAMPLES`] samples in -1..1; what is left over stays as it is.
    /// `delay` is the time from a sample's `render` to its echo's `capture`, as far as the devices' buffers tell. The canceller begins its
    /// search there, and measures for itself afterwards.
    pub fn capture(&mut self, near: &mut [f32], delay: Duration) {
        let delay_ms = delay.min(MOST_DELAY).as_millis() as i32;
        for tick in near.chunks_exact_mut(TICK_SAMPLES) {
            self.capture_tick(tick, delay_ms);
        }
    }

    /// How many dB of echo the canceller takes away by its own estimate; nothing while it is off.
    #[must_use]
    pub fn echo_loss_db(&self) -> Option<f32> {
        self.chain.as_ref().and_then(Chain::echo_loss_db)
    }

    fn capture_tick(&mut self, tick: &mut [f32], delay_ms: i32) {
        let Some(mut next) = self.next.take() else {
            run(&mut self.chain, tick, delay_ms);
            return;
        };
        let mut heard = [0.0; TICK_SAMPLES];
        heard.copy_from_slice(tick);
        run(&mut self.chain, tick, delay_ms);
        run(&mut next.chain, &mut heard, delay_ms);
        if next.ticks_left > 0 {
            next.ticks_left -= 1;
            self.next = Some(next);
            return;
        }
        fade(tick, &heard);
        self.chain = next.chain;
        self.running = self.wanted;
    }
}

fn run(chain: &mut Option<Chain>, tick: &mut [f32], delay_ms: i32) {
    if let Some(chain) = chain {
        chain.capture(tick, delay_ms);
    }
}

/// From `tick` over to `next` within the tick, along half a cosine: no corner, so no click.
fn fade(tick: &mut [f32], next: &[f32]) {
    for (index, (sample, next)) in tick.iter_mut().zip(next).enumerate() {
        let part = 0.5 - 0.5 * (std::f32::consts::PI * (index + 1) as f32 / TICK_SAMPLES as f32).cos();
        *sample += part * (next - *sample);
    }
}

#[cfg(test)]
#[path = "processor_tests.rs"]
mod tests;
