//! What will happen and when: the queue of the virtual clock.
//! The world puts into it what links, endpoints and couriers will do, and takes out what is due.
//! Two things of the same moment happen in the order in which they were put in.

use std::collections::BTreeMap;

use ahoy_call::{CallSignal, PeerAddr};
use ahoy_media::LocalTime;

use crate::act::At;

/// The place of a media endpoint in the list of all that ever were.
pub(crate) type EndpointNumber = usize;
/// The place of a media connection in the list of all that ever were.
pub(crate) type ConnectionNumber = usize;

/// Something that will happen by itself.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// A media endpoint is bound, or cannot be.
    Bound { endpoint: EndpointNumber, works: bool },
    /// A courier tries to deliver its oldest letter.
    Attempt { from: At, to: At, letter: u64, attempt: u64 },
    /// A letter arrives; `acknowledge` says whether its courier waits for word of it.
    Arrives { from: At, to: At, letter: u64, signal: Box<CallSignal>, acknowledge: bool },
    /// Word that a letter arrived is back.
    Acknowledged { from: At, to: At, letter: u64 },
    /// Word that the peer refuses is back.
    Refused { from: At, to: At, letter: u64 },
    /// A letter has waited too long.
    GivenUp { from: At, to: At, letter: u64 },
    /// A media endpoint tries to reach another.
    Dialling { endpoint: EndpointNumber, to: PeerAddr, until: LocalTime },
    /// One end of a media connection learns that it is up.
    Linked { endpoint: EndpointNumber, connection: ConnectionNumber },
    /// One end of a media connection learns that it is over, or that dialling failed.
    Unlinked { endpoint: EndpointNumber, ended: bool },
    /// A connection that nothing went through for too long ends.
    Idle { connection: ConnectionNumber },
    /// A session sends a packet.
    Pulse { endpoint: EndpointNumber },
    /// A packet arrives; `hears` says whether its sender has heard this side.
    Pulsed { endpoint: EndpointNumber, hears: bool },
    /// The driver looks when a session last heard its peer.
    Heard { endpoint: EndpointNumber, at: LocalTime },
    /// A phone that crashed is started again.
    Restart { at: At },
}

impl Happening {
    /// Whether it belongs to the steady beat of a running session.
    pub(crate) const fn is_beat(&self) -> bool {
        match self {
            Self::Pulse { .. } | Self::Pulsed { .. } | Self::Heard { .. } | Self::Idle { .. } => true,
            Self::Bound { .. }
            | Self::Attempt { .. }
            | Self::Arrives { .. }
            | Self::Acknowledged { .. }
            | Self::Refused { .. }
            | Self::GivenUp { .. }
            | Self::Dialling { .. }
            | Self::Linked { .. }
            | Self::Unlinked { .. }
            | Self::Restart { .. } => false,
        }
    }
}

/// The queue.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    entries: BTreeMap<(LocalTime, u64), Happening>,
    count: u64,
}

impl Agenda {
    pub(crate) fn put(&mut self, at: LocalTime, happening: Happening) {
        self.count += 1;
        let _ = self.entries.insert((at, self.count), happening);
    }

    /// When the next thing happens.
    pub(crate) fn next(&self) -> Option<LocalTime> {
        self.entries.first_key_value().map(|((at, _), _)| *at)
    }

    /// When the next thing happens that is not the beat of a session.
    pub(crate) fn next_event(&self) -> Option<LocalTime> {
        self.entries.iter().find(|(_, happening)| !happening.is_beat()).map(|((at, _), _)| *at)
    }

    pub(crate) fn take(&mut self) -> Option<Happening> {
        self.entries.pop_first().map(|(_, happening)| happening)
    }

    /// What is in it, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (LocalTime, &Happening)> {
        self.entries.iter().map(|((at, _), happening)| (*at, happening))
    }
}
