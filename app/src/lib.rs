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
pub mod devices;
pub mod engine_link;
pub mod field;
pub mod icons;
pub mod language;
pub mod links;
mod nudge;
pub mod paint;
pub mod phrase;
pub mod pip;
pub mod records;
pub mod screens;
pub mod speech;
pub mod theme;
pub mod toast;
pub mod video;
pub mod widgets;
pub mod window;
