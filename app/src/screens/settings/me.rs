//! My name, my code, my link.
//! A topic of the settings; the pairing page shows the same beside the ways to add somebody.
//! Showing the code here does not open the phone to anybody.

use bevy::prelude::*;

use super::{card, hint};
use crate::say;
use crate::screens::{my_name, pairing, qr};

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>, name: &str) {
    my_name::card(ui, name);
    card(ui, say!("settings-me-code"), |ui| {
        hint(ui, say!("settings-me-code-about"));
        qr::my_code(ui);
        pairing::copy_button(ui);
    });
}
