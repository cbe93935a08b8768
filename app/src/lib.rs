//! The phone's window and command line: the only code that knows Bevy.
//!
//! The window is a thin client of the engine. Each feature is a plugin function in a file of its own; what the window
//! shows is computed from the engine's newest view, and what a person does becomes a command.

pub mod accessibility;
mod alerts;
pub mod attention;
mod call_words;
pub mod calls;
pub mod cli;
pub mod clock;
pub mod controls;
mod cut;
pub mod devices;
pub mod engine_link;
pub mod field;
mod frames;
pub mod icons;
pub mod language;
pub mod links;
pub mod mark;
mod moments;
mod notices;
mod nudge;
pub mod paint;
pub mod phrase;
pub mod pip;
pub mod preferences;
mod preview;
pub mod records;
pub mod screens;
pub mod setting;
pub mod speech;
mod taps;
pub mod theme;
pub mod toast;
pub mod video;
pub mod widgets;
pub mod window;

/// The version of this program, and what it may be used under.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
pub(crate) const LICENCE: &str = env!("CARGO_PKG_LICENSE");
