//! Which codec a call speaks.
//! Signals carry the choice, the codec crate opens what it names.
//! A variant's number is its place on the wire and never changes.

use serde::{Deserialize, Serialize};

/// The two founding voice codecs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AudioCodec {
    /// Opus over the full band, preferred.
    #[default]
    Opus48k,
    /// Opus limited to 12 kHz of sound (24 kHz sampling), for narrow links.
    Opus24k,
}
