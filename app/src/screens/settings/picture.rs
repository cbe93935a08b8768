//! The pictures of calls: how the other side's is shown, and what mine may cost.
//! A topic of the settings.
//! Every choice says what it means for the people who look, and only then in numbers.

use bevy::prelude::*;

use super::{card, one_of};
use crate::controls::{self, Stepper, Words};
use crate::phrase::Phrase;
use crate::say;
use crate::setting;

/// Steps of the most bits for my picture, in kbit/s: a narrow mobile link, the default, a large picture.
const RATES: &[u32] = &[150, 300, 600, 1000, 1500, 2500, 4000, 8000];

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>) {
    card(ui, say!("settings-picture-theirs"), |ui| {
        let words = Words { name: say!("settings-fit"), about: Phrase::Nothing };
        one_of(ui, setting::FIT, words, [say!("settings-fit-fit"), say!("settings-fit-fill")]);
    });
    card(ui, say!("settings-picture-mine"), |ui| {
        let words = Words { name: say!("settings-prefer"), about: say!("settings-prefer-about") };
        let called =
            [say!("settings-prefer-balanced"), say!("settings-prefer-sharpness"), say!("settings-prefer-motion")];
        one_of(ui, setting::PREFER, words, called);
        let words = Words { name: say!("settings-max-kbps"), about: say!("settings-max-kbps-about") };
        let stepper = Stepper { words, steps: RATES, tell: |kbps| say!("settings-kbps", kbps = kbps) };
        setting::keep(controls::stepper(ui, stepper), setting::PICTURE_KBPS);
    });
}
