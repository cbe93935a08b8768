//! Two machines joined by a virtual link: every flow of a call, and random walks.

mod flows;
mod walk;
mod world;
