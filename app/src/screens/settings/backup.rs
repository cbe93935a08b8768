//! A copy of what this phone is: identity and contacts, sealed with a passphrase.
//! A topic of the settings; the copy itself is made and read by the command line, which asks for the passphrase.
//! The page says what is in it and what it is worth.

use bevy::prelude::*;

use super::{card, hint};
use crate::say;
use crate::theme::{Paint, Type};
use crate::widgets;

pub(super) fn fill(ui: &mut ChildSpawnerCommands<'_>) {
    for (title, about, command) in [
        (say!("settings-export"), say!("settings-export-about"), say!("settings-export-command")),
        (say!("settings-import"), say!("settings-import-about"), say!("settings-import-command")),
    ] {
        card(ui, title, |ui| {
            let _ = ui.spawn(widgets::text(Type::Body, Paint::Text, about));
            let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::AccentText, command));
        });
    }
    hint(ui, say!("settings-backup-hint"));
}
