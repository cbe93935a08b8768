//! What two phones say to each other about a call.
//! The state machine makes and takes signals; the engine carries them over the DM channel, `wire` gives them bytes.
//! Every signal names its call. A variant's and a field's place is its place on the wire and never changes.

use ahoy_media::AudioCodec;
use serde::{Deserialize, Serialize};

use crate::{CallId, EndCause, PeerAddr, PeerId, RejectReason};

/// Bytes of the text that may come with a rejection: a line on a phone's screen.
pub const MAX_TEXT_BYTES: usize = 200;

/// One message about one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallSignal {
    /// Caller: will you talk to me?
    Offer {
        /// The call, named by the caller.
        call_id: CallId,
        /// The voice codec the caller prefers.
        audio_codec: AudioCodec,
        /// Whether the caller sends video.
        video: bool,
        /// The caller's media endpoint: the only one the callee lets in.
        media: PeerId,
    },
    /// Callee: my phone rings.
    Ringing {
        /// The call.
        call_id: CallId,
    },
    /// Callee: yes.
    Answer {
        /// The call.
        call_id: CallId,
        /// The voice codec of the call, both ways.
        audio_codec: AudioCodec,
        /// Whether the callee sends video.
        video: bool,
        /// The callee's media endpoint, which the caller dials.
        media: PeerAddr,
        /// The callee's own call to the caller, when both called each other and this one gave way.
        instead_of: Option<CallId>,
    },
    /// Callee: no.
    Reject {
        /// The call.
        call_id: CallId,
        /// Why not.
        reason: RejectReason,
        /// The person's words, at most [`MAX_TEXT_BYTES`].
        text: Option<String>,
    },
    /// Either side: over.
    End {
        /// The call.
        call_id: CallId,
        /// A person's wish, or time that ran out: both histories shall say the same.
        cause: EndCause,
    },
    /// Either side: what I send has changed.
    MediaState {
        /// The call.
        call_id: CallId,
        /// Counts the changes of one side from 1, so that a late signal cannot undo a newer one.
        revision: u32,
        /// Whether the sender's microphone is muted.
        muted: bool,
        /// Whether the sender sends video.
        video: bool,
        /// Whether the sender holds the call: nobody sends sound or pictures then.
        held: bool,
    },
    /// Either side: my media endpoint can be reached elsewhere now.
    Candidate {
        /// The call.
        call_id: CallId,
        /// Counts the addresses of one side from 1, so that a late signal cannot bring back old ones.
        revision: u32,
        /// The endpoint of the Offer or Answer; any other is ignored.
        media: PeerAddr,
    },
}

impl CallSignal {
    /// The call it is about.
    #[must_use]
    pub const fn call_id(&self) -> CallId {
        match self {
            Self::Offer { call_id, .. }
            | Self::Ringing { call_id }
            | Self::Answer { call_id, .. }
            | Self::Reject { call_id, .. }
            | Self::End { call_id, .. }
            | Self::MediaState { call_id, .. }
            | Self::Candidate { call_id, .. } => *call_id,
        }
    }

    /// Its name, for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Offer { .. } => "Offer",
            Self::Ringing { .. } => "Ringing",
            Self::Answer { .. } => "Answer",
            Self::Reject { .. } => "Reject",
            Self::End { .. } => "End",
            Self::MediaState { .. } => "MediaState",
            Self::Candidate { .. } => "Candidate",
        }
    }

    /// Whether every list and text is within its cap.
    #[must_use]
    pub fn within_caps(&self) -> bool {
        match self {
            Self::Answer { media, .. } | Self::Candidate { media, .. } => media.within_caps(),
            Self::Reject { text, .. } => text.as_ref().is_none_or(|text| text.len() <= MAX_TEXT_BYTES),
            Self::Offer { .. } | Self::Ringing { .. } | Self::End { .. } | Self::MediaState { .. } => true,
        }
    }
}

/// Cuts a text to [`MAX_TEXT_BYTES`] at a character's border; an empty text is none.
#[must_use]
pub fn capped_text(text: Option<String>) -> Option<String> {
    let mut text = text?;
    text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
    (!text.is_empty()).then_some(text)
}
