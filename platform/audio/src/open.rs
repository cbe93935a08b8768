//! From a choice to an open stream.
//! The engine calls it when a call gets its sound, and again when a person picks another device.
//! What cannot be opened is told at once and here; nothing is replaced silently.

use rtrb::{Consumer, Producer};

use crate::choice::{MicChoice, SpeakerChoice};
use crate::error::AudioError;
use crate::os;
use crate::paced_microphone::PacedMicrophone;
use crate::paced_speaker::PacedSpeaker;
use crate::recording::Recording;
use crate::stream::{MicOptions, Microphone, Speaker};
use crate::synthetic::{Clip, Noise, Silence, Tone};
use crate::wav;

/// Opens a microphone onto `ring`. Reads and resamples a whole file before it returns.
///
/// # Errors
/// [`AudioError`]: no such device or file, a file that is no sound, a device that the system refuses.
pub fn open_microphone(
    choice: &MicChoice,
    options: MicOptions,
    ring: Producer<f32>,
) -> Result<Box<dyn Microphone>, AudioError> {
    match choice {
        MicChoice::Default => os::open_microphone(None, ring),
        MicChoice::Device(id) => os::open_microphone(Some(id), ring),
        MicChoice::None => paced(Box::new(Silence), ring),
        MicChoice::Tone => paced(Box::new(Tone), ring),
        MicChoice::Noise => paced(Box::new(Noise::default()), ring),
        MicChoice::File(path) => paced(Box::new(Clip::new(wav::read(path)?, options.repeat)), ring),
    }
}

fn paced(source: Box<dyn crate::synthetic::Source>, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
    Ok(Box::new(PacedMicrophone::start(source, ring)?))
}

/// Opens a speaker onto `ring`. A file is made (and emptied) at once, so that a wrong folder shows before the call.
///
/// # Errors
/// [`AudioError`]: no such device, a file that cannot be written, a device that the system refuses.
pub fn open_speaker(choice: &SpeakerChoice, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
    match choice {
        SpeakerChoice::Default => os::open_speaker(None, ring),
        SpeakerChoice::Device(id) => os::open_speaker(Some(id), ring),
        SpeakerChoice::None => Ok(Box::new(PacedSpeaker::start(None, ring)?)),
        SpeakerChoice::File(path) => Ok(Box::new(PacedSpeaker::start(Some(Recording::create(path)?), ring)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_microphone_file_says_what_to_do() {
        let (ring, _reader) = rtrb::RingBuffer::new(480);
        let path = std::path::PathBuf::from("no/such/voice.wav");
        let error = open_microphone(&MicChoice::File(path.clone()), MicOptions::default(), ring).err();
        assert_eq!(error, Some(AudioError::NoFile(path)));
        let text = error.expect("checked").to_string();
        assert!(text.contains("voice.wav") && text.contains("ahoy devices"), "{text}");
    }

    #[test]
    fn a_speaker_file_in_a_missing_folder_is_refused_at_open() {
        let (_writer, ring) = rtrb::RingBuffer::new(480);
        let path = std::path::PathBuf::from("no/such/folder/out.wav");
        let error = open_speaker(&SpeakerChoice::File(path), ring).err();
        assert!(matches!(error, Some(AudioError::CannotWrite { .. })), "{error:?}");
    }
}
