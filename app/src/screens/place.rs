//! Where the person is while no call takes the window.
//! Rows and buttons change it; `choose` turns it into a screen; a call in between leaves it as it was.
//! It is the only thing that the window itself remembers about where it stands.

use ahoy_call::PeerId;
use bevy::prelude::*;

use super::Screen;
use super::first_run::Stage;
use super::settings::Topic;

/// One of the places to be.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Everybody I know.
    #[default]
    Contacts,
    /// What was written to and from a contact.
    Conversation(PeerId),
    /// What is known of a contact.
    Contact(PeerId),
    /// Adding somebody.
    Pairing,
    /// Past calls.
    History,
    /// How the phone is set up: the list of topics, or one of them.
    Settings(Option<Topic>),
    /// The first steps on a new phone.
    FirstRun(Stage),
}

impl Place {
    /// The screen of this place.
    #[must_use]
    pub fn screen(self) -> Screen {
        match self {
            Self::Contacts => Screen::Contacts,
            Self::Conversation(_) => Screen::Conversation,
            Self::Contact(_) => Screen::Contact,
            Self::Pairing => Screen::Pairing,
            Self::History => Screen::History,
            Self::Settings(_) => Screen::Settings,
            Self::FirstRun(_) => Screen::FirstRun,
        }
    }

    /// The place one step back.
    #[must_use]
    pub fn back(self) -> Self {
        match self {
            Self::Contact(peer) => Self::Conversation(peer),
            Self::Settings(Some(_)) => Self::Settings(None),
            Self::FirstRun(stage) => Self::FirstRun(stage.before().unwrap_or(stage)),
            Self::Contacts | Self::Conversation(_) | Self::Pairing | Self::History | Self::Settings(None) => {
                Self::Contacts
            }
        }
    }

    /// The contact that the place is about.
    #[must_use]
    pub fn peer(self) -> Option<PeerId> {
        match self {
            Self::Conversation(peer) | Self::Contact(peer) => Some(peer),
            Self::Contacts | Self::Pairing | Self::History | Self::Settings(_) | Self::FirstRun(_) => None,
        }
    }

    /// The topic of the settings that the place is about.
    #[must_use]
    pub fn topic(self) -> Option<Topic> {
        match self {
            Self::Settings(topic) => topic,
            Self::Contacts
            | Self::Conversation(_)
            | Self::Contact(_)
            | Self::Pairing
            | Self::History
            | Self::FirstRun(_) => None,
        }
    }
}
