//! How phones reach each other: where this one listens, which relay helps, how much data a call may use.
//! A topic of the settings.
//! It says in plain words what a relay learns, so that the choice is one.

use ahoy_engine::settings::Settings;
use bevy::prelude::*;
use bevy::text::EditableText;
use bevy::ui_widgets::Activate;

use super::{card, hint, on_off};
use crate::controls::{self, Choice, Words};
use crate::engine_link::{Intent, NewestView};
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::screens::page;
use crate::setting;
use crate::speech::Said;
use crate::theme::{Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};

/// No relay has a longer address.
const MAX_URL: usize = 256;

/// The line that says where this phone listens.
#[derive(Component)]
pub(super) struct Listening;

#[derive(Component)]
struct RelayField;

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>, settings: &Settings) {
    card(ui, say!("settings-reach"), |ui| {
        let _ = ui.spawn((widgets::breaking(Type::Body, Paint::Text, Phrase::Nothing), Listening));
        hint(ui, say!("settings-reach-about"));
    });
    card(ui, Phrase::Nothing, |ui| {
        let words = Words { name: say!("settings-relay"), about: say!("settings-relay-about") };
        let called = [say!("settings-relay-default"), say!("settings-relay-none")];
        let mut options: Vec<(String, Phrase)> =
            setting::RELAY.values.map(ToOwned::to_owned).into_iter().zip(called).collect();
        let own = settings.get(setting::RELAY.key);
        if options.iter().all(|(value, _)| value != own) {
            options.push((own.to_owned(), Phrase::verbatim(own)));
        }
        setting::keep(controls::choice(ui, Choice { words, options }), setting::RELAY);
        let _ = ui.spawn(page::buttons()).with_children(|ui| {
            let purpose = Purpose {
                hint: say!("settings-relay-field-hint"),
                label: say!("settings-relay-field"),
                limit: MAX_URL,
                text: "",
            };
            field::field(ui, purpose, |field| {
                let _ = field
                    .insert(RelayField)
                    .observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(save));
            });
            let face = Face::new(Tone::Quiet, Icon::Check, say!("settings-relay-save"));
            let _ = widgets::button(ui, Shape::Wide, face.spoken(say!("settings-relay-save-spoken")))
                .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(save));
        });
        hint(ui, say!("settings-relay-when"));
    });
    card(ui, Phrase::Nothing, |ui| {
        on_off(ui, setting::LOW_DATA, say!("settings-low-data"), say!("settings-low-data-about"));
    });
}

fn save(field: Single<&EditableText, With<RelayField>>, mut intents: MessageWriter<Intent>) {
    let url = field::words(&field);
    if !url.is_empty() {
        let _ = intents.write(setting::RELAY.set(url));
    }
}

/// Tells where this phone listens now.
pub(super) fn tell(view: Res<NewestView>, mut lines: Query<&mut Said, With<Listening>>) {
    let addresses: Vec<String> = view.0.listening.iter().map(ToString::to_string).collect();
    let words = if addresses.is_empty() {
        say!("settings-listening-nowhere")
    } else {
        say!("settings-listening", addresses = addresses.join(", "))
    };
    for mut said in &mut lines {
        widgets::write(&mut said, words.clone());
    }
}
