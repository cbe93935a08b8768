//! The window over the whole screen, and back.
//! A key and an item of a call's sheet switch it; leaving a call does not.
//! On phones the window fills the screen anyway, and nothing changes.

use bevy::prelude::*;
use bevy::window::{MonitorSelection, PrimaryWindow, WindowMode};

type Main<'w, 's> = Single<'w, 's, &'static mut Window, With<PrimaryWindow>>;

const FULL: WindowMode = WindowMode::BorderlessFullscreen(MonitorSelection::Current);

pub(super) fn is_full(window: &Window) -> bool {
    window.mode != WindowMode::Windowed
}

pub(super) fn toggle(mut window: Main<'_, '_>) {
    window.mode = if is_full(&window) { WindowMode::Windowed } else { FULL };
}

pub(super) fn enter(mut window: Main<'_, '_>) {
    window.mode = FULL;
}

pub(super) fn leave(mut window: Main<'_, '_>) {
    window.mode = WindowMode::Windowed;
}
