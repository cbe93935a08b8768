//! Properties of everything that is parsed: a typed error or a value within its caps, and what is written reads back.

use std::net::SocketAddr;

use ahoy_call::wire::{MAX_SIGNAL_BYTES, SIGNAL_VERSION, decode, encode};
use ahoy_call::{CallId, CallSignal, EndCause, PeerAddr, PeerId, RejectReason, SignalError};
use ahoy_media::AudioCodec;
use proptest::prelude::*;

fn call_id() -> impl Strategy<Value = CallId> {
    any::<[u8; 16]>().prop_map(CallId)
}

fn codec() -> impl Strategy<Value = AudioCodec> {
    prop_oneof![Just(AudioCodec::Opus48k), Just(AudioCodec::Opus24k)]
}

/// Sometimes beyond the caps.
fn addr() -> impl Strategy<Value = PeerAddr> {
    let relays = prop::collection::vec("[a-z]{0,260}", 0..6);
    let direct = prop::collection::vec(any::<SocketAddr>(), 0..40);
    (any::<[u8; 32]>(), relays, direct).prop_map(|(id, relays, direct)| {
        // Flow labels and scopes have no place on the wire.
        let direct = direct.into_iter().map(|at| SocketAddr::new(at.ip(), at.port())).collect();
        PeerAddr { id: PeerId(id), relays, direct }
    })
}

fn signal() -> impl Strategy<Value = CallSignal> {
    let reason = prop_oneof![
        Just(RejectReason::Declined),
        Just(RejectReason::Busy),
        Just(RejectReason::Unsupported),
        Just(RejectReason::Failed),
    ];
    let cause = prop_oneof![Just(EndCause::HangUp), Just(EndCause::Timeout)];
    prop_oneof![
        (call_id(), codec(), any::<bool>(), any::<[u8; 32]>()).prop_map(|(call_id, audio_codec, video, media)| {
            CallSignal::Offer { call_id, audio_codec, video, media: PeerId(media) }
        }),
        call_id().prop_map(|call_id| CallSignal::Ringing { call_id }),
        (call_id(), codec(), any::<bool>(), addr(), prop::option::of(call_id())).prop_map(
            |(call_id, audio_codec, video, media, instead_of)| CallSignal::Answer {
                call_id,
                audio_codec,
                video,
                media,
                instead_of
            }
        ),
        (call_id(), reason, prop::option::of(".{0,260}")).prop_map(|(call_id, reason, text)| CallSignal::Reject {
            call_id,
            reason,
            text
        }),
        (call_id(), cause).prop_map(|(call_id, cause)| CallSignal::End { call_id, cause }),
        (call_id(), any::<u32>(), any::<[bool; 3]>()).prop_map(|(call_id, revision, [muted, video, held])| {
            CallSignal::MediaState { call_id, revision, muted, video, held }
        }),
        (call_id(), any::<u32>(), addr()).prop_map(|(call_id, revision, media)| CallSignal::Candidate {
            call_id,
            revision,
            media
        }),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_a_signal_within_its_caps_or_a_typed_error(bytes in prop::collection::vec(any::<u8>(), 0..5_000)) {
        match decode(&bytes) {
            Ok(signal) => prop_assert!(signal.within_caps()),
            Err(SignalError::Version(version)) => prop_assert_ne!(version, SIGNAL_VERSION),
            Err(SignalError::Malformed(why)) => prop_assert!(!why.is_empty()),
        }
    }

    #[test]
    fn any_body_behind_an_honest_head_is_a_signal_or_a_typed_error(body in prop::collection::vec(any::<u8>(), 0..4_093)) {
        let length = u16::try_from(body.len() + 1).expect("short");
        let bytes = [&length.to_be_bytes()[..], &[SIGNAL_VERSION], &body].concat();
        match decode(&bytes) {
            Ok(signal) => prop_assert!(signal.within_caps()),
            Err(error) => prop_assert!(matches!(error, SignalError::Malformed(_))),
        }
    }

    #[test]
    fn a_signal_within_its_caps_reads_back_and_any_other_has_no_bytes(signal in signal()) {
        match encode(&signal) {
            Ok(bytes) => {
                prop_assert!(bytes.len() <= MAX_SIGNAL_BYTES);
                prop_assert_eq!(decode(&bytes), Ok(signal));
            }
            Err(error) => {
                prop_assert!(!signal.within_caps());
                prop_assert!(matches!(error, SignalError::Malformed(_)));
            }
        }
    }

    #[test]
    fn a_damaged_signal_is_a_signal_or_a_typed_error(signal in signal(), at in any::<prop::sample::Index>(), grown in 0..5_000_usize) {
        prop_assume!(signal.within_caps());
        let mut bytes = encode(&signal).expect("within caps");
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << (grown % 8);
        if let Ok(read) = decode(&bytes) {
            prop_assert!(read.within_caps());
        }
        bytes.resize(bytes.len() + grown, 0);
        if bytes.len() > MAX_SIGNAL_BYTES {
            prop_assert_eq!(decode(&bytes), Err(SignalError::Malformed("it is longer than 4 KiB")));
        }
        bytes.truncate(at);
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn ids_read_back_and_other_texts_are_typed_errors(peer in any::<[u8; 32]>(), call in any::<[u8; 16]>(), text in ".{0,70}") {
        prop_assert_eq!(PeerId(peer).to_string().parse::<PeerId>(), Ok(PeerId(peer)));
        prop_assert_eq!(CallId(call).to_string().parse::<CallId>(), Ok(CallId(call)));
        if let Ok(id) = text.parse::<PeerId>() {
            prop_assert_eq!(id.to_string(), text.to_lowercase());
        }
        if let Ok(id) = text.parse::<CallId>() {
            prop_assert_eq!(id.to_string(), text.to_lowercase());
        }
    }
}
