//! Feedback datagrams: what the peer says it heard.
//! The call connection hands them to the audio worker, whose estimates they move.
//! What is accepted reads back from its own encoding.

use ahoy_media::Feedback;
use bytes::Bytes;

/// Whether `data` is a feedback datagram.
pub fn check(data: &[u8]) -> bool {
    let Ok(feedback) = Feedback::from_datagram(&Bytes::copy_from_slice(data)) else { return false };
    let bytes = feedback.to_datagram();
    // Not byte for byte: an echo that its flag denies is not read.
    assert_eq!(bytes.len(), data.len());
    assert_eq!(Feedback::from_datagram(&bytes), Ok(feedback));
    true
}
