//! Sound: the datagrams of the call connection, plain and full, and the stream form.
//! The first two bytes stand for what was heard before, against which the short fields are read.
//! What is accepted is within its cap and reads back from its own encoding.

use ahoy_media::audio::{MAX_AUDIO_BYTES, MAX_COPIES, Newest};
use ahoy_media::{AudioPacket, MediaTime, Sound};
use bytes::Bytes;

/// Whether `data` is a datagram or a stream record.
pub fn check(data: &[u8]) -> bool {
    let Some((history, rest)) = data.split_first_chunk::<2>() else { return false };
    let rest = Bytes::copy_from_slice(rest);
    // The history lies near both ends of the number ranges, where short fields wrap.
    let sequence = u32::from(history[0]).wrapping_sub(128).wrapping_mul(0x0100_0001);
    let at = MediaTime(u64::from(history[1]).wrapping_sub(128).wrapping_mul(0x0100_0000_0000_0001));
    let newest = (history[0] != 0).then_some(Newest { sequence, at });
    let stream = in_stream(&rest);
    in_datagram(&rest, newest) || stream
}

fn in_datagram(bytes: &Bytes, newest: Option<Newest>) -> bool {
    let Ok(sound) = Sound::from_datagram(bytes, newest) else { return false };
    assert!(sound.copies.len() <= MAX_COPIES);
    let frames = || sound.copies.iter().chain([&sound.frame]);
    assert!(frames().all(|frame| (1..=MAX_AUDIO_BYTES).contains(&frame.data.len())));
    assert!(frames().map(|frame| frame.data.len()).sum::<usize>() < bytes.len());
    let known = Newest { sequence: sound.frame.sequence, at: sound.frame.at };
    let again = sound.to_datagram(bytes.len());
    // Not byte for byte: an echo that the flag of a feedback denies is not read.
    assert_eq!(again.len(), bytes.len());
    assert!(sound.feedback.is_some() || again == bytes, "every field is in the bytes");
    assert_eq!(Sound::from_datagram(&again, Some(known)), Ok(sound), "the nearest to itself is itself");
    true
}

fn in_stream(bytes: &Bytes) -> bool {
    let Ok(Some((packet, taken))) = AudioPacket::from_stream(bytes) else { return false };
    assert!(packet.data.len() <= MAX_AUDIO_BYTES);
    assert_eq!(packet.to_stream().as_deref(), Ok(&bytes[..taken]));
    true
}
