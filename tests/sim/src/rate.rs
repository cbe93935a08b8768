//! Rate control on a virtual clock: the production controller, a codec that follows it, and links of every kind.
//!
//! The tests and the bench of the rate build [`cases`] (RFC 8867 and our own), run them with [`run`] and read the
//! [`measures`]. Nothing here takes time or chance from outside: the same seed gives the same run.

pub mod cases;
pub mod codec;
pub mod control;
pub mod cubic;
pub mod link;
pub mod measures;
pub mod media;
pub mod packet;
pub mod plot;
pub mod receiver;
pub mod run;
pub mod series;
pub mod sharing;
pub mod table;
pub mod tcp;
pub mod trace;
pub mod voice;
