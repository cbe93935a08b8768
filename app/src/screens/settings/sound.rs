//! Microphone, speaker and camera: which one, and whether it works.
//! A topic of the settings; the trials themselves are shared with the first steps.
//! The lists are asked for anew whenever the page is entered, because devices come and go.

use bevy::prelude::*;

use super::{Topic, card, on_off};
use crate::devices;
use crate::say;
use crate::screens::{Place, trial};
use crate::setting;

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>) {
    card(ui, say!("trial-microphone"), |ui| {
        trial::choice(ui, trial::Kind::Microphone);
        trial::microphone(ui);
        on_off(ui, setting::PROCESSING, say!("settings-processing"), say!("settings-processing-about"));
        on_off(ui, setting::LOW_DELAY, say!("settings-low-delay"), say!("settings-low-delay-about"));
    });
    card(ui, say!("trial-speaker"), |ui| {
        trial::choice(ui, trial::Kind::Speaker);
        trial::speaker(ui);
    });
    card(ui, say!("trial-camera"), |ui| {
        trial::choice(ui, trial::Kind::Camera);
        trial::camera(ui);
    });
    super::hint(ui, say!("settings-sound-hint"));
}

/// Asks the system which devices there are now.
pub(super) fn look_again(place: Res<Place>, mut commands: Commands) {
    if place.topic() == Some(Topic::Sound) {
        commands.run_system_cached(devices::look_again);
    }
}
