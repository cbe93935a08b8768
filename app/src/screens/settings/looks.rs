//! How the window looks and reads: language, size of text, colours, motion, large buttons.
//! A topic of the settings; every choice shows in the window at once.
//! Languages are called by their own names, so that nobody has to read a strange one to find theirs.

use bevy::prelude::*;

use super::{card, on_off, one_of};
use crate::controls::{self, Stepper, Words};
use crate::language::Tongue;
use crate::phrase::Phrase;
use crate::say;
use crate::setting;

/// Sizes of the text in percent.
const SIZES: &[u32] = &[80, 90, 100, 115, 130, 150, 175, 200];

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>) {
    card(ui, Phrase::Nothing, language);
    card(ui, Phrase::Nothing, |ui| {
        let words = Words { name: say!("settings-text-size"), about: Phrase::Nothing };
        let stepper = Stepper { words, steps: SIZES, tell: |percent| say!("settings-percent", percent = percent) };
        setting::keep(controls::stepper(ui, stepper), setting::TEXT_SIZE);
        let words = Words { name: say!("settings-theme"), about: Phrase::Nothing };
        let called = [say!("settings-system"), say!("settings-theme-light"), say!("settings-theme-dark")];
        one_of(ui, setting::THEME, words, called);
    });
    card(ui, Phrase::Nothing, |ui| {
        let words = Words { name: say!("settings-motion"), about: say!("settings-motion-about") };
        let called = [say!("settings-system"), say!("settings-motion-less"), say!("settings-motion-normal")];
        one_of(ui, setting::MOTION, words, called);
        on_off(ui, setting::BIG_BUTTONS, say!("settings-big-buttons"), say!("settings-big-buttons-about"));
    });
}

/// The choice of the language.
pub(in crate::screens) fn language(ui: &mut ChildSpawnerCommands<'_>) {
    let words = Words { name: say!("settings-language"), about: Phrase::Nothing };
    let [english, german, arabic] = Tongue::ALL.map(|tongue| Phrase::verbatim(tongue.own_name()));
    one_of(ui, setting::LANGUAGE, words, [say!("settings-system"), english, german, arabic]);
}
