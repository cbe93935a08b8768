//! The settings that the window shows: their keys and values, and controls that hold one.
//! Screens bind controls here; what the engine keeps stands in them, and a press asks the engine to keep something else.
//! A setting that was changed from a terminal shows at once, and one that is refused stays as it was.

use ahoy_engine::Command;
use ahoy_engine::desk::Request;
use bevy::prelude::*;

use crate::controls::{Value, Wanted};
use crate::engine_link::{Intent, NewestView};
use crate::window::Step;

/// A setting, and the values that are chosen from; none where it takes any text or number.
#[derive(Clone, Copy, Debug)]
pub struct Setting<const N: usize> {
    /// Its key, as the engine knows it.
    pub key: &'static str,
    /// Its values.
    pub values: [&'static str; N],
}

const fn free(key: &'static str) -> Setting<0> {
    Setting { key, values: [] }
}

const fn on_off(key: &'static str) -> Setting<2> {
    Setting { key, values: ["on", "off"] }
}

/// My name.
pub const NAME: Setting<0> = free("name");
/// My microphone's id; empty: the system's choice.
pub const MICROPHONE: Setting<0> = free("audio.mic");
/// My speaker's id; empty: the system's choice.
pub const SPEAKER: Setting<0> = free("audio.speaker");
/// My camera's id; empty: the system's choice.
pub const CAMERA: Setting<0> = free("video.camera");
/// The most bits for my picture, in kbit/s.
pub const PICTURE_KBPS: Setting<0> = free("video.max_kbps");
/// Size of the text in percent.
pub const TEXT_SIZE: Setting<0> = free("text_size");
/// Echo, noise and loudness are taken care of.
pub const PROCESSING: Setting<2> = on_off("processing");
/// Short frames where the path is good.
pub const LOW_DELAY: Setting<2> = on_off("low_delay");
/// Little data.
pub const LOW_DATA: Setting<2> = on_off("low_data");
/// Nobody rings.
pub const DO_NOT_DISTURB: Setting<2> = on_off("dnd");
/// A second call rings softly.
pub const WAITING: Setting<2> = on_off("waiting");
/// Few and large buttons.
pub const BIG_BUTTONS: Setting<2> = on_off("big_buttons");
/// Whole or filling.
pub const FIT: Setting<2> = Setting { key: "fit", values: ["fit", "fill"] };
/// What a narrow link takes last.
pub const PREFER: Setting<3> = Setting { key: "video.prefer", values: ["balanced", "sharpness", "motion"] };
/// As the system, light, dark.
pub const THEME: Setting<3> = Setting { key: "theme", values: ["system", "light", "dark"] };
/// As the system, less, normal.
pub const MOTION: Setting<3> = Setting { key: "reduced_motion", values: ["system", "on", "off"] };
/// As the system, or a language by its tag.
pub const LANGUAGE: Setting<4> = Setting { key: "language", values: ["system", "en", "de", "ar"] };
/// The public ones, none, or a URL.
pub const RELAY: Setting<2> = Setting { key: "relay", values: ["default", "none"] };
/// Whether the first steps were shown.
pub const FIRST_RUN: Setting<2> = Setting { key: "first_run", values: ["due", "done"] };

impl<const N: usize> Setting<N> {
    /// What asks the engine to keep a value.
    #[must_use]
    pub fn set(&self, value: impl Into<String>) -> Intent {
        set(self.key, value.into())
    }
}

fn set(key: &str, value: String) -> Intent {
    Intent(Command::Desk(Request::Set { key: key.to_owned(), value }))
}

/// The key of the setting that a control holds.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept(&'static str);

/// Binds a control to a setting.
pub fn keep<const N: usize>(mut control: EntityCommands<'_>, setting: Setting<N>) {
    let _ = control.insert(Kept(setting.key)).observe(ask);
}

fn ask(wanted: On<Wanted>, controls: Query<&Kept>, mut intents: MessageWriter<Intent>) {
    if let Ok(Kept(key)) = controls.get(wanted.entity) {
        let _ = intents.write(set(key, wanted.value.clone()));
    }
}

/// Shows what is kept now.
pub fn show(view: Res<NewestView>, mut controls: Query<(&Kept, &mut Value)>) {
    for (Kept(key), mut value) in &mut controls {
        let kept = view.0.settings.get(key);
        if value.0 != kept {
            kept.clone_into(&mut value.0);
        }
    }
}

/// Keeps every bound control true.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(Update, show.before(Step::Present));
}

#[cfg(test)]
mod tests {
    use ahoy_engine::settings::check;

    use super::*;

    #[test]
    fn the_engine_takes_every_value_that_is_offered() {
        let offers: [(&str, &[&str]); 19] = [
            (NAME.key, &["Jo", ""]),
            (MICROPHONE.key, &["alsa:a", ""]),
            (SPEAKER.key, &["alsa:a", ""]),
            (CAMERA.key, &["0", ""]),
            (PICTURE_KBPS.key, &["150", "8000"]),
            (TEXT_SIZE.key, &["80", "200"]),
            (PROCESSING.key, &PROCESSING.values),
            (LOW_DELAY.key, &LOW_DELAY.values),
            (LOW_DATA.key, &LOW_DATA.values),
            (DO_NOT_DISTURB.key, &DO_NOT_DISTURB.values),
            (WAITING.key, &WAITING.values),
            (BIG_BUTTONS.key, &BIG_BUTTONS.values),
            (FIT.key, &FIT.values),
            (PREFER.key, &PREFER.values),
            (THEME.key, &THEME.values),
            (MOTION.key, &MOTION.values),
            (LANGUAGE.key, &LANGUAGE.values),
            (RELAY.key, &RELAY.values),
            (FIRST_RUN.key, &FIRST_RUN.values),
        ];
        for (key, values) in offers {
            for value in values {
                assert!(check(key, value).is_ok(), "{key}={value}");
            }
        }
    }
}
