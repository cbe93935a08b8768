//! A system on which notices and staying awake are not built: phones do both in their own shells.
//! The signatures are those of the Linux module.
//! Asking for it is an error, so that nobody waits for a notice that never comes.

use std::io;
use std::marker::PhantomData;

use crate::wanted::{Heard, Wanted};

/// Where the desktop is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bus {
    /// The one of this session.
    Session,
    /// Another one, by its address.
    At(String),
}

/// Stands for a desktop.
pub struct Desktop<K, A>(PhantomData<(K, A)>);

impl<K: Send + 'static, A: Send + 'static> Desktop<K, A> {
    /// Reaches nothing.
    ///
    /// # Errors
    /// Always: not supported here.
    pub fn start(_bus: Bus, _heard: impl Fn(Heard<K, A>) + Send + 'static) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Does nothing.
    pub fn want(&self, _wanted: Wanted<K, A>) {}
}
