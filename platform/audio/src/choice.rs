//! Which microphone and which speaker: a word, a device id, or a file.
//! Settings, command line and window hold these; `open` turns them into streams.
//! Reading one touches neither device nor disk: whether it exists is asked when it is opened.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::device::DeviceKind;
use crate::error::AudioError;
use crate::os::ID_PREFIXES;

/// Where the sound comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum MicChoice {
    /// The system's default microphone.
    #[default]
    Default,
    /// Silence.
    None,
    /// A steady 440 Hz tone.
    Tone,
    /// White noise.
    Noise,
    /// A WAV file.
    File(PathBuf),
    /// The device with this id.
    Device(String),
}

/// Where the sound goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SpeakerChoice {
    /// The system's default speaker.
    #[default]
    Default,
    /// Nowhere, in real time.
    None,
    /// A WAV file.
    File(PathBuf),
    /// The device with this id.
    Device(String),
}

/// Whether a word is a device's id: those begin with the name of a sound system.
fn is_id(word: &str) -> bool {
    ID_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
}

impl FromStr for MicChoice {
    type Err = AudioError;

    fn from_str(text: &str) -> Result<Self, AudioError> {
        Ok(match text {
            "" => return Err(AudioError::EmptyName(DeviceKind::Microphone)),
            "default" => Self::Default,
            "none" => Self::None,
            "tone" => Self::Tone,
            "noise" => Self::Noise,
            id if is_id(id) => Self::Device(id.to_owned()),
            path => Self::File(PathBuf::from(path)),
        })
    }
}

impl fmt::Display for MicChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::None => f.write_str("none"),
            Self::Tone => f.write_str("tone"),
            Self::Noise => f.write_str("noise"),
            Self::File(path) => path.display().fmt(f),
            Self::Device(id) => f.write_str(id),
        }
    }
}

impl FromStr for SpeakerChoice {
    type Err = AudioError;

    fn from_str(text: &str) -> Result<Self, AudioError> {
        Ok(match text {
            "" => return Err(AudioError::EmptyName(DeviceKind::Speaker)),
            "default" => Self::Default,
            "none" => Self::None,
            id if is_id(id) => Self::Device(id.to_owned()),
            path => Self::File(PathBuf::from(path)),
        })
    }
}

impl fmt::Display for SpeakerChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::None => f.write_str("none"),
            Self::File(path) => path.display().fmt(f),
            Self::Device(id) => f.write_str(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_ids_and_files_are_told_apart_and_read_back() {
        let id = format!("{}left", ID_PREFIXES[0]);
        let microphones = [
            ("default", MicChoice::Default),
            ("none", MicChoice::None),
            ("tone", MicChoice::Tone),
            ("noise", MicChoice::Noise),
            ("a/tone.wav", MicChoice::File("a/tone.wav".into())),
            (&id, MicChoice::Device(id.clone())),
        ];
        for (text, choice) in microphones {
            assert_eq!(text.parse(), Ok(choice.clone()));
            assert_eq!(choice.to_string(), text);
        }
        let speakers = [
            ("default", SpeakerChoice::Default),
            ("none", SpeakerChoice::None),
            ("tone", SpeakerChoice::File("tone".into())),
            (&id, SpeakerChoice::Device(id.clone())),
        ];
        for (text, choice) in speakers {
            assert_eq!(text.parse(), Ok(choice.clone()));
            assert_eq!(choice.to_string(), text);
        }
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert_eq!("".parse::<MicChoice>(), Err(AudioError::EmptyName(DeviceKind::Microphone)));
        assert_eq!("".parse::<SpeakerChoice>(), Err(AudioError::EmptyName(DeviceKind::Speaker)));
    }
}
