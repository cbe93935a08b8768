//! Speech through codec, loss and repair, and through echo, offline: what is written in `tests/results` comes from here.
//!
//! Nothing runs in real time and nothing is random but by seed, so every file comes out the same each time.

pub mod call;
pub mod call_report;
pub mod condition;
pub mod echo;
pub mod echo_report;
pub mod grid;
pub mod link;
pub mod losses;
pub mod report;
pub mod room;
pub mod scores;
pub mod speech;
pub mod talk;
