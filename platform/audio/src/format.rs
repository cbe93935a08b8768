//! What the desktops' callbacks do: any format and any number of channels from and to the phone's mono ring.
//! `desktop` calls it from the callbacks, with nothing around it.
//! The rule of `callback` holds for all of it, and a test counts the allocations.

use std::time::Duration;

use cpal::{FromSample, SizedSample, StreamConfig};
use rtrb::{Consumer, Producer};

use crate::callback::{self, Shared};

/// What a callback has to know of its buffers; all that the callbacks do is here.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    channels: usize,
    rate: u32,
}

impl Format {
    /// That of a stream.
    pub(crate) fn of(config: StreamConfig) -> Self {
        Self { channels: usize::from(config.channels), rate: config.sample_rate }
    }

    /// Mixes a buffer of the device, whose first sample is `oldest` old, into the ring.
    pub(crate) fn take<T>(self, data: &[T], oldest: Option<Duration>, shared: &Shared, ring: &mut Producer<f32>)
    where
        T: SizedSample,
        f32: FromSample<T>,
    {
        let block = callback::span(data.len() / self.channels, self.rate);
        shared.called(block, oldest.map(|oldest| oldest.saturating_sub(block)));
        let scale = 1.0 / self.channels as f32;
        let mono = data
            .chunks_exact(self.channels)
            .map(|frame| scale * frame.iter().map(|s| <f32 as FromSample<T>>::from_sample_(*s)).sum::<f32>());
        callback::capture(mono, shared.begin.get().is_some(), ring, &shared.missed);
    }

    /// Fills a buffer of the device, whose first sample sounds after `first`, from the ring.
    pub(crate) fn give<T>(self, data: &mut [T], first: Option<Duration>, shared: &Shared, ring: &mut Consumer<f32>)
    where
        T: SizedSample + FromSample<f32>,
    {
        let (frames, channels) = (data.len() / self.channels, self.channels);
        shared.called(callback::span(frames, self.rate), first);
        callback::playout(frames, shared.begin.get().is_some(), ring, &shared.missed, |at, sample| {
            data[at * channels..(at + 1) * channels].fill(T::from_sample_(sample));
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use ahoy_media::LocalTime;
    use rtrb::RingBuffer;

    use super::*;
    use crate::callback::tests::allocations;

    /// Both callbacks of a device with these samples: 20 ms into rings of 10 ms, so that both are too small too.
    fn round<T>(channels: usize, quiet: T)
    where
        T: SizedSample + FromSample<f32>,
        f32: FromSample<T>,
    {
        let (mut writer, mut reader) = RingBuffer::new(480);
        let (format, shared) = (Format { channels, rate: 44_100 }, Shared::default());
        let _ = shared.begin.set_once(LocalTime(1));
        let mut data = vec![quiet; 960 * channels];
        let told = Some(Duration::from_millis(30));
        let count = allocations(|| {
            format.take(&data, told, &shared, &mut writer);
            format.give(&mut data, told, &shared, &mut reader);
            assert!(shared.latency() > Duration::ZERO);
        });
        assert_eq!((count, shared.missed.load(Ordering::Relaxed)), (0, 960), "{channels} channels");
    }

    #[test]
    fn no_callback_of_any_format_allocates() {
        for channels in [1, 2, 6] {
            round(channels, 0.0_f32);
            round(channels, 0_i16);
            round(channels, 0_i32);
            round(channels, 0_u16);
        }
    }

    #[test]
    fn a_microphone_mixes_its_channels_and_a_speaker_gets_the_sound_on_all() {
        let (mut writer, mut reader) = RingBuffer::new(4);
        let (format, shared) = (Format { channels: 2, rate: 48_000 }, Shared::default());
        let _ = shared.begin.set_once(LocalTime(1));
        format.take(&[16_384_i16, 0, -16_384, -16_384], None, &shared, &mut writer);
        let mut played = [1.0_f32; 6];
        format.give(&mut played, None, &shared, &mut reader);
        assert_eq!(played, [0.25, 0.25, -0.5, -0.5, 0.0, 0.0]);
    }
}
