//! What a phone is opened with.
//! The window and the command line fill it in; nothing in it changes while the phone runs.
//! What may change lives in the settings of the store, see `settings`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ahoy_audio::{AudioError, DeviceKind, MicChoice, MicOptions, SpeakerChoice, open_microphone, open_speaker};
use ahoy_call::PeerId;
use ahoy_camera::y4m::Y4mReader;
use ahoy_camera::{CameraChoice, CameraError, ScreenFile};
use ahoy_media::Size;
use ahoy_media::slot::Waker;
use ahoy_net::RelayChoice;
use rtrb::RingBuffer;

use crate::error::PhoneError;

/// Everything a [`crate::Phone`] needs to know before it starts.
#[derive(Clone)]
pub struct PhoneConfig {
    /// Where the phone remembers; made with mode 0700 when it is missing.
    pub data_dir: PathBuf,
    /// Which relay helps two phones find each other; `None`: the one that the settings name.
    pub relay: Option<RelayChoice>,
    /// Binds every socket to this address; the port is the identity endpoint's.
    pub bind: Option<SocketAddr>,
    /// Settings for this run only, `-o KEY=VALUE`.
    pub overrides: Vec<(String, String)>,
    /// The devices and files of its calls.
    pub media: MediaOptions,
    /// What it does when somebody calls.
    pub answering: Answering,
    /// Lets people ring who are not in the contacts.
    pub anyone: bool,
    /// Whether a second call may ring, where the settings leave that open: there is somebody to choose.
    pub waiting: bool,
    /// Writes statistics as JSON lines to this file.
    pub stats: Option<PathBuf>,
    /// Whose phone it is.
    pub role: Role,
    /// Called when the view changed or a picture was decoded, to wake a sleeping window.
    pub waker: Option<Waker>,
}

impl PhoneConfig {
    /// A phone that remembers in `data_dir`, rings, and uses the default devices.
    #[must_use]
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            relay: None,
            bind: None,
            overrides: Vec::new(),
            media: MediaOptions::default(),
            answering: Answering::Ring,
            anyone: false,
            waiting: false,
            stats: None,
            role: Role::Person,
            waker: None,
        }
    }
}

/// Where sound and picture of a call come from and go to.
#[derive(Clone, Debug)]
pub struct MediaOptions {
    /// The microphone.
    pub mic: MicChoice,
    /// Starts a microphone file again when it ends.
    pub repeat_mic: bool,
    /// The speaker.
    pub speaker: SpeakerChoice,
    /// The camera, opened only while this side sends video.
    pub camera: CameraChoice,
    /// A file that every decoded picture is written to.
    pub screen: Option<PathBuf>,
    /// The picture size of that file.
    pub screen_size: Size,
}

impl Default for MediaOptions {
    fn default() -> Self {
        Self {
            mic: MicChoice::Default,
            repeat_mic: false,
            speaker: SpeakerChoice::Default,
            camera: CameraChoice::Default,
            screen: None,
            screen_size: Size::VGA,
        }
    }
}

impl MediaOptions {
    /// Makes sure that every file and device named exists and can be used, before anybody is called. No device is
    /// opened: that waits for consent.
    ///
    /// # Errors
    /// The first one that cannot be used.
    pub fn check(&self) -> Result<(), PhoneError> {
        match &self.mic {
            MicChoice::File(_) => {
                let (ring, _unheard) = RingBuffer::new(1);
                drop(open_microphone(&self.mic, MicOptions::default(), ring)?);
            }
            MicChoice::Device(id) => known_sound(id, DeviceKind::Microphone)?,
            MicChoice::Default | MicChoice::None | MicChoice::Tone | MicChoice::Noise => {}
        }
        match &self.speaker {
            SpeakerChoice::File(_) => drop(open_speaker(&self.speaker, RingBuffer::new(1).1)?),
            SpeakerChoice::Device(id) => known_sound(id, DeviceKind::Speaker)?,
            SpeakerChoice::Default | SpeakerChoice::None => {}
        }
        match &self.camera {
            CameraChoice::File(path) => drop(Y4mReader::open(path)?),
            CameraChoice::Device(id) => known_camera(id)?,
            CameraChoice::Default | CameraChoice::None | CameraChoice::Pattern => {}
        }
        if let Some(path) = &self.screen {
            drop(ScreenFile::create(path, self.screen_size)?);
        }
        Ok(())
    }

    /// The options of the n-th answered call: from the second on, files that are written are called `NAME.n.EXT`.
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        let mut options = self.clone();
        if n > 1 {
            if let SpeakerChoice::File(path) = &self.speaker {
                options.speaker = SpeakerChoice::File(number(path, n));
            }
            options.screen = self.screen.as_deref().map(|path| number(path, n));
        }
        options
    }

    /// Whether the microphone is one that stands in a room.
    #[must_use]
    pub fn has_real_mic(&self) -> bool {
        match self.mic {
            MicChoice::Default | MicChoice::Device(_) => true,
            MicChoice::None | MicChoice::Tone | MicChoice::Noise | MicChoice::File(_) => false,
        }
    }

    /// No device and no file at all.
    #[must_use]
    pub fn silent() -> Self {
        Self { mic: MicChoice::None, speaker: SpeakerChoice::None, camera: CameraChoice::None, ..Self::default() }
    }
}

fn known_sound(id: &str, kind: DeviceKind) -> Result<(), AudioError> {
    if ahoy_audio::is_known(kind, id)? { Ok(()) } else { Err(AudioError::UnknownDevice { kind, id: id.to_owned() }) }
}

fn known_camera(id: &str) -> Result<(), CameraError> {
    let known = ahoy_camera::devices().unwrap_or_default().iter().any(|device| device.id == id);
    if known { Ok(()) } else { Err(CameraError::UnknownDevice { id: id.to_owned() }) }
}

fn number(path: &Path, n: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!(".{n}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// What the phone does with an incoming call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answering {
    /// Rings until somebody decides.
    Ring,
    /// Answers by itself after this long.
    After {
        /// How long it rings first.
        delay: Duration,
        /// Whether it sends video.
        video: bool,
    },
    /// Declines at once.
    Decline,
    /// Answers at once and sends back what it hears and sees.
    Echo,
}

/// Whose phone it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A person's: it has the built-in contact Echo.
    Person,
    /// The built-in Echo: a second phone in the same process that only its owner can call.
    Echo {
        /// Its identity, drawn from the owner's.
        secret: [u8; 32],
        /// Who may call it.
        owner: PeerId,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_calls_write_to_numbered_files() {
        let speaker = SpeakerChoice::File("out/heard.wav".into());
        let options = MediaOptions { speaker, screen: Some("seen".into()), ..MediaOptions::silent() };
        assert_eq!(options.numbered(1).speaker, SpeakerChoice::File("out/heard.wav".into()));
        assert_eq!(options.numbered(3).speaker, SpeakerChoice::File("out/heard.3.wav".into()));
        assert_eq!(options.numbered(3).screen, Some("seen.3".into()));
    }
}
