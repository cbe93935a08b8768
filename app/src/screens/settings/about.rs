//! What Ahoy is: version, licence, what others can see; and the way back to the first steps.
//! A topic of the settings.
//! It promises nothing that the program does not keep.

use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use super::{card, hint};
use crate::phrase::Phrase;
use crate::say;
use crate::screens::first_run::Stage;
use crate::screens::{Place, demo};
use crate::theme::{Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::{LICENCE, VERSION};

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>) {
    card(ui, say!("settings-version", version = VERSION), |ui| {
        hint(ui, say!("settings-licence", licence = LICENCE));
        hint(ui, say!("settings-parts"));
    });
    card(ui, say!("settings-seen"), |ui| {
        let seen = [
            say!("settings-seen-calls"),
            say!("settings-seen-contacts"),
            say!("settings-seen-network"),
            say!("settings-seen-relay"),
            say!("settings-seen-disk"),
        ];
        for line in seen {
            point(ui, line);
        }
    });
    card(ui, Phrase::Nothing, |ui| {
        hint(ui, say!("demo-about"));
        demo::button(ui);
    });
    card(ui, Phrase::Nothing, |ui| {
        hint(ui, say!("settings-first-run-about"));
        let face = Face::word(Tone::Quiet, say!("settings-first-run"));
        let _ = widgets::button(ui, Shape::Wide, face).observe(|_: On<Activate>, mut place: ResMut<Place>| {
            *place = Place::FirstRun(Stage::FIRST);
        });
    });
}

fn point(ui: &mut ChildSpawnerCommands<'_>, line: Phrase) {
    let _ = ui.spawn(widgets::text(Type::Body, Paint::Text, line));
}
