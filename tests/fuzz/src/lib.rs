//! One check for each parser that reads what other people wrote, and for each machine that they can drive.
//!
//! A check takes any bytes and tells whether they were accepted; what must hold is asserted. The fuzz targets run the
//! checks on what libFuzzer makes up; the crates that own the parsers include the same files in their tests and run
//! them on the corpus.

pub mod audio;
pub mod calls;
pub mod corpus;
pub mod feedback;
pub mod knock;
pub mod link;
pub mod mail;
pub mod opus;
pub mod pictures;
pub mod piece;
pub mod planner;
pub mod playout;
pub mod record;
pub mod report;
pub mod signal;
pub mod tape;
pub mod transport;
pub mod video;
pub mod vp9;

// Taken by file: the crate of the one would bring the whole network into every instrumented build, the other is private
// to its crate.
#[path = "../../../app/net/src/link.rs"]
mod contact_link;
#[allow(dead_code, reason = "the other tables use the rest")]
#[path = "../../../app/store/src/seal.rs"]
mod seal;

pub use contact_link::{ContactLink, LinkError};
