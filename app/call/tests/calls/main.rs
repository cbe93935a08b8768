//! Machines joined by virtual links: every flow of a call and of several, and random walks.

mod candidates;
mod crossing;
mod flows;
mod hold;
mod offers;
mod waiting;
mod walk;
mod world;
