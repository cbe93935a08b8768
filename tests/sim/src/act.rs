//! What can be done to a world: by persons, by the network, and by a script that moves signals by hand.
//! Scripts are lists of acts; the explorer tries all orders of them.
//! An act that does not fit the moment does nothing, so that any act can be left out of a script.

use std::fmt;

use ahoy_call::OtherCall;

/// The number of a phone.
pub type At = usize;

/// Which call a person means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// The one that a command without an id means.
    Current,
    /// One that rings here.
    Ringing,
    /// One that is held by this side.
    Held,
}

/// Something that is done.
#[expect(missing_docs, reason = "the sentence above each act says what its parts are")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A person calls.
    Dial { at: At, to: At, video: bool },
    /// A person answers what rings.
    Accept { at: At, video: bool, other: OtherCall },
    /// A person declines what rings.
    Decline { at: At },
    /// A person ends a call.
    HangUp { at: At, which: Which },
    /// A person mutes or unmutes the current call.
    Mute { at: At, on: bool },
    /// A person turns the camera of the current call on or off.
    Video { at: At, on: bool },
    /// A person holds the current call.
    Hold { at: At },
    /// A person resumes the held call.
    Resume { at: At },
    /// A person swaps the current and the held call.
    Swap { at: At },
    /// A person changes the settings: call waiting, do not disturb, and one contact whose calls are silent.
    Policy { at: At, waiting: bool, dnd: bool, silent: Option<At> },
    /// A person blocks a contact, or takes it back.
    Block { at: At, whom: At, on: bool },
    /// The phone comes into another network: its media endpoints have other addresses, its connections are dead.
    Move { at: At },
    /// The phone dies and is started again after a while.
    Crash { at: At, down_ms: u64 },
    /// A device of the current call fails.
    DeviceFails { at: At },
    /// Somebody who has no part in the current call has learnt its id and sends every signal there is about it.
    Shout { at: At },
    /// Nothing goes through between two phones any more.
    Cut { a: At, b: At },
    /// The way between two phones is open again.
    Heal { a: At, b: At },
    /// The call connections between two phones break.
    Unlink { a: At, b: At },
    /// By hand: the oldest signal on its way arrives.
    Deliver { from: At, to: At },
    /// By hand: the oldest signal arrives and stays on its way.
    Repeat { from: At, to: At },
    /// By hand: the oldest signal is given up.
    Drop { from: At, to: At },
    /// By hand: the second oldest signal arrives first.
    Overtake { from: At, to: At },
    /// By hand: time passes until something is due.
    Wait,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picture = |video: bool| if video { " with video" } else { "" };
        match *self {
            Self::Dial { at, to, video } => write!(f, "phone {at} dials phone {to}{}", picture(video)),
            Self::Accept { at, video, other: OtherCall::Hold } => {
                write!(f, "phone {at} accepts{}, the other call is held", picture(video))
            }
            Self::Accept { at, video, other: OtherCall::End } => {
                write!(f, "phone {at} accepts{}, the other call ends", picture(video))
            }
            Self::Decline { at } => write!(f, "phone {at} declines"),
            Self::HangUp { at, which } => {
                let which = match which {
                    Which::Current => "current",
                    Which::Ringing => "ringing",
                    Which::Held => "held",
                };
                write!(f, "phone {at} hangs the {which} call up")
            }
            Self::Mute { at, on } => write!(f, "phone {at} {}", if on { "mutes" } else { "unmutes" }),
            Self::Video { at, on } => write!(f, "phone {at} turns its camera {}", if on { "on" } else { "off" }),
            Self::Hold { at } => write!(f, "phone {at} holds its call"),
            Self::Resume { at } => write!(f, "phone {at} resumes its held call"),
            Self::Swap { at } => write!(f, "phone {at} swaps its calls"),
            Self::Policy { at, waiting, dnd, silent } => {
                write!(f, "phone {at} sets waiting {waiting}, do not disturb {dnd}")?;
                silent.map_or(Ok(()), |silent| write!(f, ", phone {silent} silent"))
            }
            Self::Block { at, whom, on: true } => write!(f, "phone {at} blocks phone {whom}"),
            Self::Block { at, whom, on: false } => write!(f, "phone {at} unblocks phone {whom}"),
            Self::Move { at } => write!(f, "phone {at} comes into another network"),
            Self::Crash { at, down_ms } => write!(f, "phone {at} crashes and is back after {down_ms} ms"),
            Self::DeviceFails { at } => write!(f, "a device of phone {at} fails"),
            Self::Shout { at } => write!(f, "a stranger shouts into the call of phone {at}"),
            Self::Cut { a, b } => write!(f, "the way between phones {a} and {b} is cut"),
            Self::Heal { a, b } => write!(f, "the way between phones {a} and {b} is open again"),
            Self::Unlink { a, b } => write!(f, "the call connection between phones {a} and {b} breaks"),
            Self::Deliver { from, to } => write!(f, "a signal from phone {from} arrives at phone {to}"),
            Self::Repeat { from, to } => write!(f, "a signal from phone {from} arrives at phone {to}, and is repeated"),
            Self::Drop { from, to } => write!(f, "a signal from phone {from} to phone {to} is given up"),
            Self::Overtake { from, to } => write!(f, "a signal from phone {from} to phone {to} overtakes another"),
            Self::Wait => f.write_str("time passes"),
        }
    }
}
