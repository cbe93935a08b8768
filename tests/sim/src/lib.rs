//! Phones on a virtual clock: the production state machine of calls in every situation that a day can bring.
//!
//! A [`World`] has two to four phones, seeded links and a clock that jumps from event to event. Persons, networks and
//! crashes act on it by a [`Script`]; rules are checked after every input and when all is over. A script that breaks a
//! rule is made short and printed. Order of events: [`explore`]; chance: [`seeds`]; both dial at once: [`glare`].

pub mod act;
mod agenda;
mod audit;
pub mod carriage;
pub mod chance;
mod diary;
mod doing;
pub mod explore;
pub mod glare;
mod ledger;
mod post;
pub mod rate;
mod running;
pub mod script;
pub mod seeds;
pub mod setup;
pub mod shrink;
mod story;
mod trace;
mod verdict;
mod wires;
pub mod world;

pub use act::{Act, At, Which};
pub use script::{Outcome, Rule, Script, Step};
pub use setup::{Link, Setup};
pub use shrink::{Failure, shrink};
pub use world::{Fault, World};
