//! The phone itself, headless, on its own threads: commands in, a view out.
//!
//! The window and the command line are two thin clients of [`Phone`]; the truth about every call lives here.

mod clock;
pub mod command;
pub mod config;
mod courier;
pub mod desk;
mod desk_thread;
mod doctor;
mod driver;
mod echo;
pub mod error;
pub mod limits;
mod live;
mod measure;
pub mod phone;
mod request;
mod ringer;
mod scan;
pub mod session;
pub mod settings;
pub mod stats;
pub mod view;

pub use ahoy_mail::verify::{EMOJI, Emoji};
pub use command::{Command, Reply};
pub use config::{Answering, MediaOptions, PhoneConfig, Role};
pub use error::{DeskError, PhoneError, SettingError};
pub use phone::{Phone, PhoneHandle};
pub use view::{CallView, Comparison, ComparisonStage, ContactView, Me, Pairing, Scan, Stranger, View};
