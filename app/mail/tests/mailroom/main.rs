//! Mailrooms over real stores: whole flows, the ratchet under every kind of mischance, what a listener sees.
//! The network is a function call; the disks are in memory and lose what was not synced.
//! Nothing waits; time is a number.

mod disk;
mod faults;
mod flows;
mod parsers;
mod phone;
mod ratchet;
mod secrecy;
