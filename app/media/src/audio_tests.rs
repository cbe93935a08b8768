use proptest::prelude::*;

use super::*;
use crate::feedback::{Abilities, Echo};
use crate::units::Tenths;

/// More than any test's datagram.
const NO_LIMIT: usize = 10_000;

fn packet() -> AudioPacket {
    AudioPacket { sequence: 0x0001_0203, at: MediaTime(0x0011_2233_4455_6677), data: Bytes::from_static(&[0xAA, 0xBB]) }
}

/// A copy of the frame that began `back` ticks before `frame`.
fn copy_of(frame: &AudioPacket, back: u8, data: &[u8]) -> AudioPacket {
    let sequence = frame.sequence.wrapping_sub(u32::from(back));
    AudioPacket { sequence, at: copied_at(frame.at, back), data: Bytes::copy_from_slice(data) }
}

fn read(bytes: &[u8]) -> Result<Sound, WireError> {
    Sound::from_datagram(&Bytes::copy_from_slice(bytes), None)
}

#[test]
fn golden_plain_datagram() {
    let bytes = Sound::plain(packet()).to_datagram(NO_LIMIT);
    assert_eq!(&bytes[..], [1, 0x02, 0x03, 0x44, 0x55, 0x66, 0x77, 0xAA, 0xBB]);
    let newest = Newest { sequence: 0x0001_0200, at: MediaTime(0x0011_2233_4455_0000) };
    assert_eq!(Sound::from_datagram(&bytes, Some(newest)), Ok(Sound::plain(packet())));
    let first = Sound::from_datagram(&bytes, None).expect("valid").frame;
    assert_eq!((first.sequence, first.at), (0x0203, MediaTime(0x4455_6677)));
}

#[test]
fn golden_full_datagram() {
    let frame = packet();
    let feedback = Feedback { hears: true, abilities: Abilities::COPIES, newest_audio: 9, ..Feedback::default() };
    let copies = vec![copy_of(&frame, 2, &[0xC1]), copy_of(&frame, 4, &[0xD1; 253])];
    let sound = Sound { frame, copies, feedback: Some(feedback) };
    let bytes = sound.to_datagram(NO_LIMIT);
    let golden = [
        &[3, 0x02, 0x03, 0x44, 0x55, 0x66, 0x77, 0x82][..],
        &feedback.to_datagram()[1..],
        &[2, 1, 4, 253, 0, 0xC1],
        &[0xD1; 253],
        &[0xAA, 0xBB],
    ];
    assert_eq!(bytes, golden.concat());
    let newest = Newest { sequence: 0x0001_0200, at: MediaTime(0x0011_2233_4455_0000) };
    assert_eq!(Sound::from_datagram(&bytes, Some(newest)), Ok(sound));
}

#[test]
fn golden_stream() {
    let bytes = packet().to_stream().expect("small");
    assert_eq!(&bytes[..], [0, 1, 2, 3, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0, 2, 0xAA, 0xBB]);
    assert_eq!(AudioPacket::from_stream(&bytes), Ok(Some((packet(), 16))));
    assert_eq!(AudioPacket::from_stream(&bytes.slice(..15)), Ok(None));
}

#[test]
fn short_sequences_unwrap_around_both_edges() {
    assert_eq!(unwrap_16(2, 0x0001_FFFE), 0x0002_0002);
    assert_eq!(unwrap_16(0xFFFE, 0x0002_0002), 0x0001_FFFE);
    let frame = AudioPacket { sequence: 1, at: MediaTime(5), ..packet() };
    let sound = Sound { copies: vec![copy_of(&frame, 3, &[7])], frame, feedback: None };
    let newest = Newest { sequence: 0, at: MediaTime(0) };
    let heard = Sound::from_datagram(&sound.to_datagram(NO_LIMIT), Some(newest)).expect("valid");
    assert_eq!((heard.copies[0].sequence, heard.copies[0].at), (u32::MAX - 1, MediaTime(5_u64.wrapping_sub(30_000))));
}

#[test]
fn the_oldest_copies_stay_behind_when_the_datagram_is_full() {
    let frame = packet();
    let copies: Vec<_> = [2, 6, 4].map(|back| copy_of(&frame, back, &[back; 10])).into();
    let sound = Sound { frame, copies, feedback: None };
    let backs = |limit| {
        let bytes = sound.to_datagram(limit);
        assert!(bytes.len() <= limit.max(9), "{} > {limit}", bytes.len());
        let heard = read(&bytes).expect("valid");
        heard.copies.iter().map(|copy| heard.frame.sequence - copy.sequence).collect::<Vec<_>>()
    };
    assert_eq!(backs(8 + 2 + 3 * 12), [2, 4, 6]);
    assert_eq!(backs(8 + 2 + 3 * 12 - 1), [2, 4]);
    assert_eq!(backs(8 + 2 + 12), [2]);
    assert_eq!(backs(8 + 2 + 12 - 1), [0; 0]);
    assert_eq!(backs(0), [0; 0]);
}

#[test]
fn copies_that_no_datagram_can_hold_stay_behind() {
    let frame = packet();
    let mut copies: Vec<_> = [255, 2, 2, 3, 4, 5].map(|back| copy_of(&frame, back, &[back; 10])).into();
    copies.extend([copy_of(&frame, 0, &[1]), copy_of(&frame, 1, &[]), copy_of(&frame, 1, &[1; MAX_AUDIO_BYTES + 1])]);
    copies.push(AudioPacket { sequence: frame.sequence - 256, ..frame.clone() });
    let heard = read(&Sound { frame, copies, feedback: None }.to_datagram(NO_LIMIT)).expect("valid");
    let backs: Vec<_> = heard.copies.iter().map(|copy| heard.frame.sequence - copy.sequence).collect();
    assert_eq!(backs, [2, 3, 4, 5]);
}

#[test]
fn lengths_are_those_of_opus() {
    for length in [1, 251, 252, 253, 255, 256, 1_274, MAX_AUDIO_BYTES] {
        let mut out = BytesMut::new();
        put_length(&mut out, length);
        assert_eq!(out.len(), if length < 252 { 1 } else { 2 });
        assert_eq!(take_length(&out.freeze()), Ok((length, Bytes::new())));
    }
}

#[test]
fn garbage_is_a_typed_error() {
    assert_eq!(read(&[1, 2]), Err(WireError::Short { have: 2, need: 7 }));
    assert_eq!(read(&[9; 20]), Err(WireError::Kind(9)));
    assert_eq!(read(&[1; 7]), Err(WireError::Field("length of sound")));
    let long = vec![1; AUDIO_HEADER_BYTES + MAX_AUDIO_BYTES + 1];
    assert_eq!(read(&long), Err(WireError::Oversized { have: 1_276, cap: 1_275 }));
    let stream = Bytes::from(vec![0xFF; 40]);
    assert_eq!(AudioPacket::from_stream(&stream), Err(WireError::Oversized { have: 65_535, cap: 1_275 }));
}

#[test]
fn garbage_behind_the_header_is_a_typed_error() {
    let full = |rest: &[u8]| read(&[&[3, 0, 0, 0, 0, 0, 0][..], rest].concat());
    assert_eq!(full(&[]), Err(WireError::Short { have: 0, need: 1 }));
    // Nothing but a frame has the plain form; five copies; bits without a meaning.
    for extras in [0, 5, 7, 0x08, 0x41, 0x91] {
        assert_eq!(full(&[extras; 200]), Err(WireError::Field("extras of sound")), "{extras:x}");
    }
    assert_eq!(full(&[0x80, 1, 2]), Err(WireError::Short { have: 2, need: FEEDBACK_BODY_BYTES }));
    assert_eq!(full(&[0x80; 60]), Err(WireError::Field("feedback flags")));
    assert_eq!(full(&[1, 0, 1, 7, 7]), Err(WireError::Field("place of a copy")));
    assert_eq!(full(&[2, 4, 1, 4, 1, 7, 7, 7]), Err(WireError::Field("place of a copy")), "twice the same");
    assert_eq!(full(&[1, 1]), Err(WireError::Short { have: 0, need: 1 }));
    assert_eq!(full(&[1, 1, 255]), Err(WireError::Short { have: 0, need: 1 }));
    assert_eq!(full(&[1, 1, 9, 7, 7]), Err(WireError::Short { have: 2, need: 9 }));
    assert_eq!(full(&[1, 1, 0, 7, 7]), Err(WireError::Field("length of sound")), "an empty copy");
    assert_eq!(full(&[1, 1, 2, 7, 7]), Err(WireError::Field("length of sound")), "no frame behind the copy");
}

fn any_data() -> impl Strategy<Value = Bytes> {
    prop_oneof![prop::collection::vec(any::<u8>(), 1..90), (1..=MAX_AUDIO_BYTES).prop_map(|length| vec![0xA5; length])]
        .prop_map(Bytes::from)
}

fn any_feedback() -> impl Strategy<Value = Feedback> {
    (any::<bool>(), any::<(u32, u64, u32)>(), any::<Option<(u32, u16)>>()).prop_map(|(hears, numbers, echo)| {
        let (newest_audio, heard, sent_at) = numbers;
        let echo = echo.map(|(sent_at, hold)| Echo { sent_at: Stamp(sent_at), hold: Tenths(hold) });
        Feedback { hears, newest_audio, heard, sent_at: Stamp(sent_at), echo, ..Feedback::default() }
    })
}

prop_compose! {
    fn any_sound()(
        sequence in any::<u32>(),
        at in any::<u64>(),
        data in any_data(),
        copies in prop::collection::btree_map(1..=u8::MAX, any_data(), 0..=MAX_COPIES),
        feedback in prop::option::of(any_feedback()),
    ) -> Sound {
        let frame = AudioPacket { sequence, at: MediaTime(at), data };
        let copies = copies.iter().map(|(back, data)| copy_of(&frame, *back, data)).collect();
        Sound { frame, copies, feedback }
    }
}

proptest! {
    #[test]
    fn every_sound_survives_the_wire(sound in any_sound(), near in -30_000..30_000_i32) {
        let bytes = sound.to_datagram(NO_LIMIT);
        let newest = Newest {
            sequence: sound.frame.sequence.wrapping_add_signed(near),
            at: MediaTime(sound.frame.at.0.wrapping_add_signed(i64::from(near) * 10_000)),
        };
        prop_assert_eq!(Sound::from_datagram(&bytes, Some(newest)), Ok(sound));
    }

    #[test]
    fn no_datagram_is_longer_than_allowed_while_the_frame_fits(sound in any_sound(), limit in 0..3_000_usize) {
        let bytes = sound.to_datagram(limit);
        let bare = Sound { copies: Vec::new(), ..sound.clone() }.to_datagram(limit);
        prop_assert!(bytes.len() <= limit.max(bare.len()));
        let heard = Sound::from_datagram(&bytes, None).expect("ours");
        prop_assert_eq!(heard.frame.data, sound.frame.data);
        prop_assert_eq!(heard.feedback, sound.feedback);
        prop_assert!(heard.copies.len() <= sound.copies.len());
        prop_assert!(heard.copies.iter().zip(&sound.copies).all(|(heard, sent)| heard.data == sent.data));
    }

    #[test]
    fn any_bytes_are_an_error_or_read_back(bytes in prop::collection::vec(any::<u8>(), 0..120), full in any::<bool>()) {
        let mut bytes = bytes;
        if full && bytes.len() > 8 {
            (bytes[0], bytes[7]) = (FULL_KIND, bytes[7] & 0x83);
        }
        if let Ok(sound) = read(&bytes) {
            let again = sound.to_datagram(bytes.len());
            prop_assert_eq!(again.len(), bytes.len());
            prop_assert_eq!(Sound::from_datagram(&again, None), Ok(sound));
        }
    }
}
