//! Contact links from outside: a browser or a file manager starts `ahoy LINK`, and the window that runs shows it.
//! The socket in the data directory takes them from the program that was started, `screens::arriving` shows them.
//! A link is only looked at; nothing is added before the person presses a button.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use bevy::prelude::*;

use crate::window::Wake;

/// Links that the window has not taken yet: a person follows one at a time.
const WAITING: usize = 4;

/// Where links come in, from any thread.
#[derive(Clone)]
pub struct Door {
    links: SyncSender<String>,
    wake: Wake,
}

impl Door {
    /// Hands a link to the window; `false` when it is not taking any.
    #[must_use]
    pub fn hand_in(&self, link: String) -> bool {
        let taken = self.links.try_send(link).is_ok();
        self.wake.ring();
        taken
    }
}

/// Links on their way to the screen.
#[derive(Resource)]
pub(crate) struct Arriving(Mutex<Receiver<String>>);

impl Arriving {
    /// The newest link; older ones nobody has seen.
    pub(crate) fn newest(&self) -> Option<String> {
        self.0.lock().ok()?.try_iter().last()
    }
}

/// Both ends of the way in.
#[must_use]
pub(crate) fn door(wake: Wake) -> (Door, Arriving) {
    let (links, arriving) = sync_channel(WAITING);
    (Door { links, wake }, Arriving(Mutex::new(arriving)))
}
