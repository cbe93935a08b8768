//! What a client may ask of a running phone.
//! The window and the command line send these; the driver alone carries them out.
//! They mirror the founding interface: start, answer, reject, end, mute, video, camera, history.

use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_call::{CallId, OtherCall, PeerId, RejectReason};
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
        /// What becomes of the call going on.
        other: OtherCall,
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
    /// Whether the person can see the pictures of calls: no while the window is covered, minimised or suspended.
    /// The other side is told, and sends none meanwhile.
    Watch {
        /// Seen from now on.
        on: bool,
    },
    /// Holds a call, or resumes it; resuming one holds the other.
    Hold {
        /// Which; `None` means the current one, or the held one to resume.
        call: Option<CallId>,
        /// Held from now on.
        on: bool,
    },
    /// Holds the call going on and resumes the held one.
    Swap,
    /// Takes an ended call off the view.
    Dismiss {
        /// Which.
        call: CallId,
    },
    /// Sends a text to a contact; it waits until the other phone is there.
    SendText {
        /// Contact name, id prefix or id.
        who: String,
        /// At most 16 KiB.
        text: String,
    },
    /// I am writing to a contact; told at most once in three seconds.
    Typing {
        /// To whom.
        peer: PeerId,
    },
    /// I have seen a contact's messages: their sender learns it.
    Seen {
        /// Whose.
        peer: PeerId,
    },
    /// Begins to compare emoji with a contact whose phone is there, or joins the comparison it began.
    Compare {
        /// Contact name, id prefix or id.
        who: String,
    },
    /// What the person says of the emoji: the same on both phones, or not.
    Compared {
        /// They are the same.
        same: bool,
    },
    /// Leaves a comparison, or closes its result.
    StopComparing,
    /// Opens or closes this phone for pairing: it is announced on the local network, and strangers may knock.
    Pairing {
        /// Open from now on; it closes by itself after a while.
        on: bool,
    },
    /// Adds the phone of this link and knocks there, so that its person can add this phone too.
    Pair {
        /// The other phone's link.
        link: String,
        /// The name to give.
        name: Option<String>,
    },
    /// Adds a phone seen on the local network, and knocks there.
    PairNearby {
        /// Its id, as the view lists it.
        id: PeerId,
        /// The name to give.
        name: Option<String>,
    },
    /// Looks for a QR code of a contact link in the pictures of this camera; the view shows what it found.
    Scan {
        /// The camera; `None` stops looking.
        camera: Option<CameraChoice>,
    },
    /// Tries a microphone and a camera without a call: the view shows level and picture. Refused during a call; closed when
    /// one begins, and by itself after [`crate::limits::DEVICE_TEST`].
    Check {
        /// The microphone; `Default`: the one that a call would use; `None` listens to none.
        mic: Option<MicChoice>,
        /// The camera; `Default`: the one that a call would use; `None` looks through none. Without microphone and camera
        /// everything is closed, the test sound too.
        camera: Option<CameraChoice>,
    },
    /// Plays a sound of about two seconds, to try a speaker without a call.
    PlayTest {
        /// The speaker; `Default`: the one that a call would use.
        speaker: SpeakerChoice,
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
