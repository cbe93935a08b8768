//! The window's end of the engine: the newest view comes in, commands go out.
//! Screens read `NewestView` or the call entities made from it, and write `Intent`s.
//! The engine owns the truth; nothing is remembered here that the next view would not bring again.

use ahoy_engine::{Command, PhoneHandle, View};
use bevy::prelude::*;
use tokio::sync::watch;

use crate::phrase::Phrase;
use crate::toast::Say;
use crate::window::Step;

/// The newest state of the phone that the window has seen.
#[derive(Resource, Default)]
pub struct NewestView(pub View);

/// Something the person wants from the phone.
#[derive(Message, Clone, Debug)]
pub struct Intent(pub Command);

/// The running phone.
#[derive(Resource)]
pub(crate) struct Link {
    phone: PhoneHandle,
    view: watch::Receiver<View>,
}

impl Link {
    /// The phone's controls, for a task of the window's own.
    pub(crate) fn phone(&self) -> PhoneHandle {
        self.phone.clone()
    }
}

/// Takes the newest view; whoever reacts to it in the same frame runs after this.
pub(crate) fn receive(mut link: ResMut<Link>, mut newest: ResMut<NewestView>) {
    if link.view.has_changed().unwrap_or(false) {
        newest.0 = link.view.borrow_and_update().clone();
    }
}

pub(crate) fn send(link: Res<Link>, mut intents: MessageReader<Intent>, mut say: MessageWriter<Say>) {
    for Intent(command) in intents.read() {
        if let Err(error) = link.phone.send(command.clone()) {
            let _ = say.write(Say(Phrase::verbatim(error.to_string())));
        }
    }
}

/// Connects the window to a running phone.
pub fn connect(app: &mut App, phone: PhoneHandle) {
    let mut view = phone.view();
    view.mark_changed();
    let _ = app
        .insert_resource(Link { phone, view })
        .add_systems(PreUpdate, receive.in_set(Step::Receive).before(crate::screens::choose))
        // After everything that may still be wanted in this frame: the next one may be a minute away.
        .add_systems(Last, send);
}
