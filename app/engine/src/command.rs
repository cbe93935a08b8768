//! What a client may ask of a running phone.
//! The window and the command line send these; the driver alone carries them out.
//! They mirror the founding interface: start, answer, reject, end, mute, video, camera, history.

use ahoy_call::{CallId, RejectReason};
use ahoy_camera::CameraChoice;

use crate::desk::{Request, Response};

/// One wish of a client.
#[derive(Clone, Debug)]
pub enum Command {
    /// Calls a contact name, id prefix, id or link.
    StartCall {
        /// Who.
        peer: String,
        /// Whether this side sends video.
        video: bool,
    },
    /// Answers a ringing call.
    AnswerCall {
        /// Which; `None` means the one that rings.
        call: Option<CallId>,
        /// Whether this side sends video.
        video: bool,
    },
    /// Declines a ringing call.
    RejectCall {
        /// Which; `None` means the one that rings.
        call: Option<CallId>,
        /// Why, as the caller is told.
        reason: RejectReason,
        /// A few words for the caller.
        text: Option<String>,
    },
    /// Ends a call, or gives up dialling.
    EndCall {
        /// Which; `None` means the current one.
        call: Option<CallId>,
    },
    /// Mutes or unmutes the microphone.
    ToggleMute {
        /// Which; `None` means the current one.
        call: Option<CallId>,
        /// Muted from now on.
        on: bool,
    },
    /// Starts or stops sending video.
    ToggleVideo {
        /// Which; `None` means the current one.
        call: Option<CallId>,
        /// Sending from now on.
        on: bool,
    },
    /// Sends another camera's picture.
    SwitchCamera {
        /// Which; `None` means the current one.
        call: Option<CallId>,
        /// The camera.
        camera: CameraChoice,
    },
    /// Takes an ended call off the view.
    Dismiss {
        /// Which.
        call: CallId,
    },
    /// Something that needs no network: contacts, history, settings.
    Desk(Request),
    /// Writes a `stats` line now.
    Stats,
}

/// What a client hears back.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Carried out.
    Done,
    /// The call that was started.
    Call(CallId),
    /// The answer to a [`Command::Desk`].
    Desk(Response),
    /// The newest `stats` line, as JSON; `None` without an active call.
    Stats(Option<String>),
}
