//! The settings of a phone: what may be changed, its default, and what a value may be.
//! The desk reads and writes them, the driver asks for the effective ones.
//! A setting is listed only when its feature exists.

mod list;
mod look;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_camera::CameraChoice;
use ahoy_media::Kbps;
use ahoy_media::allocation::PictureWishes;
use ahoy_media::protect::Wishes;
use ahoy_net::{Controller, RelayChoice};
use ahoy_voice::Processing;

use crate::error::SettingError;
pub use list::SETTINGS;
use list::{LEAST, LEAST_VARIABLE, frame_length, parse_size, prefer, processing};
pub use look::{Fit, Language, TEXT_PERCENT, Theme};

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

/// The values in force: defaults, then what is stored, then what this run overrides. A clone costs nothing, and neither
/// does comparing it with its original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    values: Arc<BTreeMap<&'static str, String>>,
}

impl Default for Settings {
    /// Every setting at its default.
    fn default() -> Self {
        Self { values: Arc::new(defaults()) }
    }
}

fn defaults() -> BTreeMap<&'static str, String> {
    SETTINGS.iter().map(|setting| (setting.key, setting.default.to_owned())).collect()
}

impl Settings {
    /// Lays `stored` and then `overrides` over the defaults.
    ///
    /// # Errors
    /// An override with an unknown key or a value it cannot take. A stored pair of either kind is passed over: an
    /// older or newer program may have written it.
    pub fn effective(stored: &BTreeMap<String, String>, overrides: &[(String, String)]) -> Result<Self, SettingError> {
        let mut values = defaults();
        for (key, value) in stored {
            if let Ok(setting) = check(key, value) {
                let _ = values.insert(setting.key, value.clone());
            }
        }
        for (key, value) in overrides {
            let setting = check(key, value)?;
            let _ = values.insert(setting.key, value.clone());
        }
        Ok(Self { values: Arc::new(values) })
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

    /// The camera to use where `asked` leaves it open.
    #[must_use]
    pub fn chosen_camera(&self, asked: &CameraChoice) -> CameraChoice {
        match (asked, self.get("video.camera")) {
            (CameraChoice::Default, id) if !id.is_empty() => CameraChoice::Device(id.to_owned()),
            _ => asked.clone(),
        }
    }

    /// The relay of a run that was started without one of its own.
    #[must_use]
    pub fn relay(&self) -> RelayChoice {
        self.get("relay").parse().expect("checked when it was set")
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

#[cfg(test)]
mod tests {
    use ahoy_media::Size;

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
    fn devices_are_remembered_where_a_call_leaves_them_open() {
        let stored = [pair("audio.mic", "alsa:a"), pair("audio.speaker", "alsa:b"), pair("video.camera", "camera:1")];
        let settings = Settings::effective(&stored.into(), &[]).unwrap();
        assert_eq!(settings.chosen_mic(&MicChoice::Default), MicChoice::Device("alsa:a".to_owned()));
        assert_eq!(settings.chosen_speaker(&SpeakerChoice::Default), SpeakerChoice::Device("alsa:b".to_owned()));
        assert_eq!(settings.chosen_camera(&CameraChoice::Default), CameraChoice::Device("camera:1".to_owned()));
        assert_eq!(settings.chosen_camera(&CameraChoice::Pattern), CameraChoice::Pattern);
        assert_eq!(Settings::default().chosen_camera(&CameraChoice::Default), CameraChoice::Default);
    }

    #[test]
    fn wrong_keys_and_values_are_refused() {
        for (key, value) in [
            ("nope", "1"),
            ("audio.kbps", "900"),
            ("video.size", "641x480"),
            ("video.prefer", "colour"),
            ("port", "80"),
            ("relay", "nowhere"),
            ("language", "fr"),
            ("theme", "Dark"),
            ("text_size", "79"),
            ("text_size", "201"),
            ("reduced_motion", "auto"),
            ("big_buttons", "yes"),
            ("fit", "crop"),
            ("first_run", ""),
        ] {
            assert!(check(key, value).is_err(), "{key}={value}");
        }
    }
}
