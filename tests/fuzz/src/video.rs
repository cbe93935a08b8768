//! Video frames: the whole of one unidirectional stream of the call connection.
//! The decode thread parses them before the decoder, which is C, sees a byte.
//! What is accepted has a picture within the caps and encodes to the same bytes.

use ahoy_media::VideoFrame;
use ahoy_media::video::{MAX_REFERENCES, MAX_VIDEO_SIDE};
use bytes::Bytes;

/// Whether `data` is a video frame.
pub fn check(data: &[u8]) -> bool {
    let bytes = Bytes::copy_from_slice(data);
    let Ok(frame) = VideoFrame::decode(&bytes) else { return false };
    let side = 1..=MAX_VIDEO_SIDE;
    assert!(side.contains(&frame.size.width) && side.contains(&frame.size.height));
    assert!(frame.references.distances().len() <= MAX_REFERENCES);
    assert_eq!(frame.key, frame.references.distances().is_empty());
    assert!(frame.references.distances().iter().all(|&back| back > 0 && u32::from(back) <= frame.sequence));
    assert_eq!(frame.encode().as_ref(), Ok(&bytes));
    true
}
