//! The settings of a phone: what may be changed, its default, and what a value may be.
//! The desk reads and writes them, the driver asks for the effective ones.
//! A setting is listed only when its feature exists.

use std::collections::BTreeMap;
use std::time::Duration;

use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_media::allocation::{PictureWishes, Prefer};
use ahoy_media::protect::Wishes;
use ahoy_media::{FrameLength, Kbps, Size};
use ahoy_net::Controller;
use ahoy_voice::Processing;

use crate::error::SettingError;

/// One thing that can be set with `ahoy settings` or `-o`.
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// Its value when nobody set one.
    pub default: &'static str,
    /// What it does and what it takes.
    pub about: &'static str,
    check: fn(&str) -> bool,
}

/// Opus below 6 kbit/s is no speech any more, above 64 nobody hears a difference on a mono voice.
const AUDIO_KBPS: std::ops::RangeInclusive<u32> = 6..=64;
/// What leaves a choice to the phone.
const AUTO: &str = "auto";
/// What the encoder sends at least, with a constant and with a variable rate.
const LEAST: Kbps = Kbps(*AUDIO_KBPS.start());
const LEAST_VARIABLE: Kbps = Kbps(16);
/// More copies of a frame than this cost more than they save on any path.
const MAX_COPIES: u8 = 3;
/// What the latents of Opus' deep redundancy cover.
const MAX_DRED_MS: u16 = 1_000;
/// No sound system has longer names.
const MAX_DEVICE_ID: usize = 256;
/// More delay than this, and people talk over each other.
const MAX_RESERVE_MS: u16 = 200;
/// Below 100 kbit/s the smallest picture falls apart; 8000 fills 1080 lines.
const VIDEO_KBPS: std::ops::RangeInclusive<u32> = 100..=8000;
/// The smallest side that VP9 and the ladder are used with.
const MIN_SIDE: u16 = 64;
/// The largest side that the peer's gate lets through.
const MAX_SIDE: u16 = 1920;
/// What a contact link has room for.
const MAX_NAME_BYTES: usize = ahoy_net::link::MAX_LINK_NAME_BYTES;

/// Everything that can be set.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "name",
        default: "",
        about: "my name in the contact link, at most 64 bytes",
        check: |value| value.len() <= MAX_NAME_BYTES && !value.chars().any(char::is_control),
    },
    Setting {
        key: "port",
        default: "",
        about: "the UDP port people reach me on, 1024 to 65535; chosen at first use",
        check: |value| value.parse::<u16>().is_ok_and(|port| port >= 1024),
    },
    Setting {
        key: "waiting",
        default: "auto",
        about: "lets a second call ring softly (on) or answers it as busy (off); auto: on in the window, else off",
        check: |value| matches!(value, "auto" | "on" | "off"),
    },
    Setting {
        key: "dnd",
        default: "off",
        about: "do not disturb: calls make no sound here and end as missed, on or off",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "audio.kbps",
        default: "32",
        about: "bit rate of my voice, 6 to 64 kbit/s, constant",
        check: |value| value.parse().is_ok_and(|kbps| AUDIO_KBPS.contains(&kbps)),
    },
    Setting {
        key: "audio.frame_ms",
        default: "auto",
        about: "length of a sound frame, 10, 20, 40 or 60 ms; auto: 20, longer where the link is narrow",
        check: |value| value == AUTO || frame_length(value).is_some(),
    },
    Setting {
        key: "low_delay",
        default: "off",
        about: "frames of 10 ms where the path is good, on or off: less delay for 25 kbit/s more",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "vbr",
        default: "off",
        about: "variable bit rate of 16 to 32 kbit/s, on or off: saves bits, and the size of packets tells something of what is said",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "copies",
        default: "auto",
        about: "copies of each sound frame that ride in later packets, 0 to 3; auto: as the losses ask for",
        check: |value| value == AUTO || value.parse::<u8>().is_ok_and(|copies| copies <= MAX_COPIES),
    },
    Setting {
        key: "fec",
        default: "auto",
        about: "a coarse copy of each sound frame inside the next one, on, off, or auto: where whole copies do not fit",
        check: |value| matches!(value, "auto" | "on" | "off"),
    },
    Setting {
        key: "dred_ms",
        default: "auto",
        about: "deep redundancy of the voice, 0 to 1000 ms; auto: where whole copies do not fit",
        check: |value| value == AUTO || value.parse::<u16>().is_ok_and(|ms| ms <= MAX_DRED_MS),
    },
    Setting {
        key: "processing",
        default: "auto",
        about: "what is done to my voice: on, off, or a list of echo, noise, gain; auto: all of it for real microphones",
        check: |value| matches!(value, "auto" | "on" | "off") || processing(value).is_some(),
    },
    Setting {
        key: "audio.mic",
        default: "",
        about: "id of my microphone, see `ahoy devices`; empty: the system's default",
        check: is_device_id,
    },
    Setting {
        key: "audio.speaker",
        default: "",
        about: "id of my speaker, see `ahoy devices`; empty: the system's default",
        check: is_device_id,
    },
    Setting {
        key: "controller",
        default: "own",
        about: "who paces the packets of a call, own or cubic; cubic is there to compare with",
        check: |value| matches!(value, "own" | "cubic"),
    },
    Setting {
        key: "audio.reserve_ms",
        default: "0",
        about: "sound kept waiting on a machine that is busy with other things, 0 to 200 ms; each is a ms of delay",
        check: |value| value.parse::<u16>().is_ok_and(|ms| ms <= MAX_RESERVE_MS),
    },
    Setting {
        key: "video.max_kbps",
        default: "1000",
        about: "most bits my picture may use, 100 to 8000 kbit/s",
        check: |value| value.parse().is_ok_and(|kbps| VIDEO_KBPS.contains(&kbps)),
    },
    Setting {
        key: "video.size",
        default: "640x480",
        about: "size of my picture, WIDTHxHEIGHT, 64 to 1920 a side",
        check: |value| parse_size(value).is_some(),
    },
    Setting {
        key: "video.prefer",
        default: "balanced",
        about: "what a narrow link takes from my picture last: motion (sign language, lip reading), sharpness (things shown), or balanced",
        check: |value| prefer(value).is_some(),
    },
    Setting {
        key: "low_data",
        default: "off",
        about: "my picture uses little data, on or off: small, 15 a second, about 300 kbit/s in all",
        check: |value| matches!(value, "on" | "off"),
    },
];

/// The values in force: defaults, then what is stored, then what this run overrides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<&'static str, String>,
}

impl Settings {
    /// Lays `stored` and then `overrides` over the defaults.
    ///
    /// # Errors
    /// An override with an unknown key or a value it cannot take. A stored pair of either kind is passed over: an
    /// older or newer program may have written it.
    pub fn effective(stored: &BTreeMap<String, String>, overrides: &[(String, String)]) -> Result<Self, SettingError> {
        let mut values: BTreeMap<&'static str, String> =
            SETTINGS.iter().map(|setting| (setting.key, setting.default.to_owned())).collect();
        for (key, value) in stored {
            if let Ok(setting) = check(key, value) {
                let _ = values.insert(setting.key, value.clone());
            }
        }
        for (key, value) in overrides {
            let setting = check(key, value)?;
            let _ = values.insert(setting.key, value.clone());
        }
        Ok(Self { values })
    }

    /// The value of a key of [`SETTINGS`]; empty when it has none.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    /// My name in the contact link.
    #[must_use]
    pub fn name(&self) -> &str {
        self.get("name")
    }

    /// The identity endpoint's port; `None` before one was chosen.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.get("port").parse().ok()
    }

    /// Whether a second call may ring; `auto` is what stands for the setting of that name.
    #[must_use]
    pub fn waiting(&self, auto: bool) -> bool {
        match self.get("waiting") {
            "on" => true,
            "off" => false,
            _ => auto,
        }
    }

    /// Whether calls make no sound.
    #[must_use]
    pub fn dnd(&self) -> bool {
        self.get("dnd") == "on"
    }

    /// Bit rate of the voice.
    #[must_use]
    pub fn audio_kbps(&self) -> Kbps {
        Kbps(self.get("audio.kbps").parse().expect("checked when it was set"))
    }

    /// What the person fixed of how the voice is carried.
    #[must_use]
    pub fn voice(&self) -> Wishes {
        Wishes {
            kbps: self.audio_kbps(),
            least: if self.vbr() { LEAST_VARIABLE } else { LEAST },
            frame: frame_length(self.get("audio.frame_ms")),
            low_delay: self.get("low_delay") == "on",
            copies: self.get("copies").parse().ok(),
            fec: match self.get("fec") {
                "on" => Some(true),
                "off" => Some(false),
                _ => None,
            },
            dred: self.get("dred_ms").parse().ok().map(Duration::from_millis),
        }
    }

    /// Whether the bit rate of the voice may vary.
    #[must_use]
    pub fn vbr(&self) -> bool {
        self.get("vbr") == "on"
    }

    /// What is done to the voice; `real` says whether it comes from a real microphone.
    #[must_use]
    pub fn processing(&self, real: bool) -> Processing {
        match self.get("processing") {
            "on" => Processing::FULL,
            "off" => Processing::OFF,
            list => processing(list).unwrap_or(if real { Processing::FULL } else { Processing::OFF }),
        }
    }

    /// The microphone to use where `asked` leaves it open.
    #[must_use]
    pub fn chosen_mic(&self, asked: &MicChoice) -> MicChoice {
        match (asked, self.get("audio.mic")) {
            (MicChoice::Default, id) if !id.is_empty() => MicChoice::Device(id.to_owned()),
            _ => asked.clone(),
        }
    }

    /// The speaker to use where `asked` leaves it open.
    #[must_use]
    pub fn chosen_speaker(&self, asked: &SpeakerChoice) -> SpeakerChoice {
        match (asked, self.get("audio.speaker")) {
            (SpeakerChoice::Default, id) if !id.is_empty() => SpeakerChoice::Device(id.to_owned()),
            _ => asked.clone(),
        }
    }

    /// Who paces the packets of a call.
    #[must_use]
    pub fn controller(&self) -> Controller {
        if self.get("controller") == "cubic" { Controller::Cubic } else { Controller::Own }
    }

    /// Sound kept waiting beside what the network asks for.
    #[must_use]
    pub fn audio_reserve(&self) -> Duration {
        Duration::from_millis(self.get("audio.reserve_ms").parse().expect("checked when it was set"))
    }

    /// What the person wants of the picture sent.
    #[must_use]
    pub fn picture(&self) -> PictureWishes {
        PictureWishes {
            most: Kbps(self.get("video.max_kbps").parse().expect("checked when it was set")),
            largest: parse_size(self.get("video.size")).expect("checked when it was set"),
            prefer: prefer(self.get("video.prefer")).expect("checked when it was set"),
            low_data: self.get("low_data") == "on",
        }
    }
}

fn prefer(word: &str) -> Option<Prefer> {
    match word {
        "balanced" => Some(Prefer::Balanced),
        "sharpness" => Some(Prefer::Sharpness),
        "motion" => Some(Prefer::Motion),
        _ => None,
    }
}

/// Finds the setting of this key and checks that it can take this value.
///
/// # Errors
/// An unknown key, or a value that the setting does not take.
pub fn check(key: &str, value: &str) -> Result<&'static Setting, SettingError> {
    let setting = SETTINGS
        .iter()
        .find(|setting| setting.key == key)
        .ok_or_else(|| SettingError::Unknown { key: key.to_owned() })?;
    if (setting.check)(value) {
        return Ok(setting);
    }
    Err(SettingError::Value { key: key.to_owned(), value: value.to_owned(), about: setting.about })
}

fn frame_length(text: &str) -> Option<FrameLength> {
    FrameLength::from_ms(text.parse().ok()?)
}

/// A list such as `echo,gain`.
fn processing(text: &str) -> Option<Processing> {
    let mut wanted = Processing::OFF;
    for word in text.split(',') {
        *match word {
            "echo" => &mut wanted.echo,
            "noise" => &mut wanted.noise,
            "gain" => &mut wanted.gain,
            _ => return None,
        } = true;
    }
    Some(wanted)
}

fn is_device_id(text: &str) -> bool {
    text.len() <= MAX_DEVICE_ID && !text.chars().any(char::is_control)
}

/// `WIDTHxHEIGHT` with even sides that the peer's gate lets through.
fn parse_size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    let side =
        |text: &str| text.parse::<u16>().ok().filter(|side| (MIN_SIDE..=MAX_SIDE).contains(side) && side % 2 == 0);
    Some(Size::new(side(width)?, side(height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn every_default_is_a_value_the_setting_takes() {
        for setting in SETTINGS {
            assert!(setting.default.is_empty() || check(setting.key, setting.default).is_ok(), "{}", setting.key);
        }
    }

    #[test]
    fn an_override_beats_the_store_and_the_store_beats_the_default() {
        let stored = [pair("audio.kbps", "24"), pair("video.size", "320x240"), pair("gone", "1")].into();
        let settings = Settings::effective(&stored, &[pair("video.size", "1280x720")]).unwrap();
        assert_eq!(settings.audio_kbps(), Kbps(24));
        assert_eq!(settings.picture().largest, Size::new(1280, 720));
        assert_eq!(settings.picture().most, Kbps(1000));
    }

    #[test]
    fn wrong_keys_and_values_are_refused() {
        for (key, value) in [
            ("nope", "1"),
            ("audio.kbps", "900"),
            ("video.size", "641x480"),
            ("video.prefer", "colour"),
            ("port", "80"),
        ] {
            assert!(check(key, value).is_err(), "{key}={value}");
        }
    }
}
