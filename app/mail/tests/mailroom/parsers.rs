//! Whatever bytes arrive, the readers answer with a whole thing within its caps or with a typed error.

use ahoy_call::CallId;
use ahoy_mail::frame::encode_frame;
use ahoy_mail::{Body, Frame, MailError, Reply, decode_frame, decode_reply};
use ahoy_store::MessageId;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::phone::{Phone, text};

fn bodies() -> impl Strategy<Value = Body> {
    let id = any::<[u8; 16]>().prop_map(MessageId);
    prop_oneof![
        vec(any::<u8>(), 0..4096).prop_map(Body::Signal),
        (id.clone(), any::<u64>(), ".{1,4000}").prop_map(|(id, at_ms, text)| Body::Text { id, at_ms, text }),
        vec(id, 1..=256).prop_map(|ids| Body::Read { ids }),
        Just(Body::Typing),
        (any::<[u8; 16]>(), any::<u64>(), any::<bool>()).prop_map(|(call, timestamp, had_video)| Body::MissedCall {
            call: CallId(call),
            timestamp,
            had_video
        }),
    ]
}

/// Bytes that are nearly right: `whole` with one byte changed, cut or followed.
fn nearly(whole: &[u8], at: usize, value: u8, kind: u8) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let at = at % bytes.len();
    match kind % 3 {
        0 => bytes[at] = value,
        1 => bytes.truncate(at),
        _ => bytes.push(value),
    }
    bytes
}

fn typed<T>(read: Result<T, MailError>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(MailError::Version(_) | MailError::Malformed(_)) => None,
        Err(other) => panic!("bytes from outside fail as bytes: {other}"),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..600)) {
        let versioned = [&[1][..], &bytes].concat();
        for bytes in [bytes, versioned] {
            let _ = (typed(decode_frame(&bytes)), typed(decode_reply(&bytes)), typed(Body::decode(&bytes)));
        }
    }

    #[test]
    fn bodies_read_back_and_nearly_bodies_never_break_a_cap(
        body in bodies(), at: usize, value: u8, kind: u8,
    ) {
        let whole = body.encode().expect("within its caps");
        prop_assert_eq!(typed(Body::decode(&whole)), Some(body));
        if let Some(read) = typed(Body::decode(&nearly(&whole, at, value, kind))) {
            prop_assert!(read.encode().is_ok());
        }
    }

    #[test]
    fn frames_read_back(ciphertext in vec(any::<u8>(), 0..18_000), at: usize, value: u8, kind: u8) {
        let frame = Frame::Sealed { ciphertext };
        let whole = encode_frame(&frame);
        prop_assert_eq!(typed(decode_frame(&whole)), Some(frame));
        let _ = typed(decode_frame(&nearly(&whole, at, value, kind)));
    }

    #[test]
    fn a_nearly_right_frame_is_never_taken(at: usize, value: u8, kind: u8) {
        let (mut alice, mut bob) = (Phone::new(1), Phone::new(2));
        alice.post(bob.id, &text(1));
        let asks = alice.next(bob.id).expect("waits");
        let keys = bob.receive(alice.id, &asks.frame).reply;
        let wrong = nearly(&keys, at, value, kind);
        if wrong != keys {
            let replied = alice.replied(bob.id, asks.id, &wrong);
            prop_assert!(!matches!(replied, ahoy_mail::Replied::Taken(_)));
            prop_assert_eq!(alice.store.session(bob.id).expect("the store works"), None);
        }
        let _ = alice.replied(bob.id, asks.id, &keys);
        let opening = alice.next(bob.id).expect("waits").frame;
        let wrong = nearly(&opening, at, value, kind);
        if wrong != opening {
            let received = bob.receive(alice.id, &wrong);
            prop_assert_eq!(received.body, None);
            prop_assert!(!matches!(decode_reply(&received.reply), Ok(Reply::Taken)));
        }
        prop_assert_eq!(bob.receive(alice.id, &opening).body, Some(text(1)));
    }
}
