//! The network lab: two real phones, each on a host of its own, and between the hosts a link that loses, delays and narrows as told.
//!
//! [`link`] is the model of the link in virtual time, [`emulator`] runs it between two [`hosts`]. [`call`] places a call through it, and
//! [`report`] says how it went, with Chrome's figures beside ours. The program `lab` does both.

pub mod bottleneck;
pub mod call;
pub mod chrome;
pub mod conditions;
pub mod curves;
pub mod emulator;
pub mod hearing;
pub mod hosts;
pub mod journal;
pub mod link;
pub mod plot;
pub mod precedence;
pub mod probe;
pub mod profiles;
pub mod report;
pub mod scene;
pub mod score;
pub mod speech;
pub mod text;
pub mod viewing;
