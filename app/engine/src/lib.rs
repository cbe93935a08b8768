//! The phone itself, headless, on its own threads: commands in, a view out.
//!
//! The window and the command line are two thin clients of [`Phone`]; the truth about every call lives here.

mod clock;
pub mod command;
pub mod config;
mod courier;
pub mod desk;
mod desk_thread;
mod device_test;
mod doctor;
mod driver;
mod echo;
pub mod error;
pub mod limits;
mod live;
mod measure;
pub mod notice;
pub mod phone;
pub mod quality;
mod request;
mod ringer;
mod scan;
pub mod session;
pub mod settings;
pub mod stats;
pub mod view;

pub use ahoy_mail::verify::{EMOJI, Emoji, VerifyError};
pub use command::{Command, Reply};
pub use config::{Answering, MediaOptions, PhoneConfig, Role};
pub use error::{DeskError, PhoneError, SettingError};
pub use notice::{Device, Notice, NoticeKind, Person, Refusal};
pub use phone::{Phone, PhoneHandle};
pub use quality::{Cause, Level, Quality};
pub use view::{
    AutoAnswer, CallView, Comparison, ComparisonStage, ContactView, DeviceCheck, DeviceFailure, Me, Pairing, Scan,
    Stranger, View,
};
