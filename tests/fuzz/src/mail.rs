//! The mail of two phones: frames of the DM channel, the replies to them, and the messages inside the frames.
//! The first byte says which of the three parsers the rest is for; each of them is fed by a peer.
//! What is accepted is within its cap and reads back from its own encoding.

use ahoy_mail::body::MAX_BODY_BYTES;
use ahoy_mail::frame::{MAX_FRAME_BYTES, MAX_REPLY_BYTES, encode_frame, encode_reply};
use ahoy_mail::{Body, decode_frame, decode_reply};

/// First byte of what is a frame.
pub const FRAME: u8 = 0;

/// First byte of what is a reply.
pub const REPLY: u8 = 1;

/// First byte of what is a message.
pub const BODY: u8 = 2;

/// Whether `data` is a frame, a reply or a message.
pub fn check(data: &[u8]) -> bool {
    match data.split_first() {
        Some((&FRAME, bytes)) => frame(bytes),
        Some((&REPLY, bytes)) => reply(bytes),
        Some((&BODY, bytes)) => body(bytes),
        Some(_) | None => false,
    }
}

fn frame(bytes: &[u8]) -> bool {
    let Ok(frame) = decode_frame(bytes) else { return false };
    assert!(bytes.len() <= MAX_FRAME_BYTES);
    let again = encode_frame(&frame);
    assert!(again.len() <= bytes.len());
    assert_eq!(decode_frame(&again).ok(), Some(frame));
    true
}

fn reply(bytes: &[u8]) -> bool {
    let Ok(reply) = decode_reply(bytes) else { return false };
    assert!(bytes.len() <= MAX_REPLY_BYTES);
    assert_eq!(decode_reply(&encode_reply(&reply)).ok(), Some(reply));
    true
}

fn body(bytes: &[u8]) -> bool {
    let Ok(body) = Body::decode(bytes) else { return false };
    let again = body.encode().expect("what was read can be written");
    assert!(again.len() <= bytes.len() && bytes.len() <= MAX_BODY_BYTES);
    assert_eq!(Body::decode(&again).ok(), Some(body));
    true
}
