//! The bytes of a signal: `[2 length, big endian][1 version][postcard]`, at most 4 KiB in all.
//! The engine calls it on both ends of the DM channel; nothing else reads these bytes.
//! Whatever arrives is either one whole signal within its caps or a `SignalError`, never a panic.

use crate::CallSignal;

/// Bytes of the longest record, its length prefix included. The longest signal, an Answer, needs about half.
pub const MAX_SIGNAL_BYTES: usize = 4096;

/// The version this phone speaks.
pub const SIGNAL_VERSION: u8 = 1;

const LENGTH_BYTES: usize = 2;

/// Bytes that are not a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignalError {
    /// The peer runs another version: it deserves a refusal that says so.
    #[error("signal of version {0}, this phone speaks version 1: one of the two phones needs an update")]
    Version(u8),
    /// Not a signal at all, or one beyond its caps: drop it.
    #[error("not a signal: {0}")]
    Malformed(&'static str),
}

/// The bytes of `signal`.
///
/// # Errors
/// [`SignalError::Malformed`] when a list or text is beyond its cap.
pub fn encode(signal: &CallSignal) -> Result<Vec<u8>, SignalError> {
    if !signal.within_caps() {
        return Err(SignalError::Malformed("a list or a text is too long"));
    }
    let head = vec![0, 0, SIGNAL_VERSION];
    let mut bytes = postcard::to_extend(signal, head).map_err(|_| SignalError::Malformed("it has no encoding"))?;
    let length = bytes.len() - LENGTH_BYTES;
    if bytes.len() > MAX_SIGNAL_BYTES {
        return Err(SignalError::Malformed("it is longer than 4 KiB"));
    }
    let length = u16::try_from(length).expect("4 KiB fit in 16 bits");
    bytes[..LENGTH_BYTES].copy_from_slice(&length.to_be_bytes());
    Ok(bytes)
}

/// The signal in `bytes`, which hold exactly one record.
///
/// # Errors
/// [`SignalError::Version`] for another version, [`SignalError::Malformed`] for everything else.
pub fn decode(bytes: &[u8]) -> Result<CallSignal, SignalError> {
    if bytes.len() > MAX_SIGNAL_BYTES {
        return Err(SignalError::Malformed("it is longer than 4 KiB"));
    }
    let Some((length, record)) = bytes.split_first_chunk::<LENGTH_BYTES>() else {
        return Err(SignalError::Malformed("it has no length"));
    };
    if usize::from(u16::from_be_bytes(*length)) != record.len() {
        return Err(SignalError::Malformed("its length does not fit"));
    }
    let Some((&version, body)) = record.split_first() else {
        return Err(SignalError::Malformed("it is empty"));
    };
    if version != SIGNAL_VERSION {
        return Err(SignalError::Version(version));
    }
    let (signal, rest): (CallSignal, _) =
        postcard::take_from_bytes(body).map_err(|_| SignalError::Malformed("its content cannot be read"))?;
    if !rest.is_empty() {
        return Err(SignalError::Malformed("bytes follow it"));
    }
    if !signal.within_caps() {
        return Err(SignalError::Malformed("a list or a text is too long"));
    }
    Ok(signal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addr::{MAX_DIRECT, MAX_RELAY_BYTES, MAX_RELAYS};
    use crate::signal::MAX_TEXT_BYTES;
    use crate::{CallId, EndCause, PeerAddr, PeerId, RejectReason};
    use ahoy_media::AudioCodec;

    const CALL: CallId = CallId([0x11; 16]);

    fn addr(relays: usize, direct: usize) -> PeerAddr {
        let mut media = PeerAddr::new(PeerId([0x22; 32]));
        media.relays = vec!["r".repeat(MAX_RELAY_BYTES); relays];
        media.direct = vec!["[2001:db8::1]:65535".parse().expect("an address"); direct];
        media
    }

    fn candidate(relays: usize, direct: usize) -> CallSignal {
        CallSignal::Candidate { call_id: CALL, revision: u32::MAX, media: addr(relays, direct) }
    }

    fn answer(relays: usize, direct: usize) -> CallSignal {
        let media = addr(relays, direct);
        CallSignal::Answer {
            call_id: CALL,
            audio_codec: AudioCodec::Opus24k,
            video: true,
            media,
            instead_of: Some(CALL),
        }
    }

    fn reject(text: usize) -> CallSignal {
        CallSignal::Reject { call_id: CALL, reason: RejectReason::Busy, text: Some("x".repeat(text)) }
    }

    fn samples() -> Vec<CallSignal> {
        vec![
            CallSignal::Offer {
                call_id: CALL,
                audio_codec: AudioCodec::Opus48k,
                video: true,
                media: PeerId([0x22; 32]),
            },
            CallSignal::Ringing { call_id: CALL },
            answer(1, 2),
            reject(2),
            CallSignal::End { call_id: CALL, cause: EndCause::Timeout },
            CallSignal::MediaState { call_id: CALL, revision: 300, muted: true, video: false, held: true },
            candidate(1, 2),
        ]
    }

    #[test]
    fn signals_read_back() {
        for signal in samples() {
            let bytes = encode(&signal).expect("within caps");
            assert_eq!(decode(&bytes), Ok(signal));
        }
    }

    #[test]
    fn the_bytes_are_the_agreed_ones() {
        let call = [0x11; 16].as_slice();
        let media = [0x22; 32].as_slice();
        let golden: [Vec<u8>; 5] = [
            [&[0, 52, 1, 0][..], call, &[0, 1], media].concat(),
            [&[0, 18, 1, 1][..], call].concat(),
            [&[0, 23, 1, 3][..], call, &[1, 1, 2, b'x', b'x']].concat(),
            [&[0, 19, 1, 4][..], call, &[1]].concat(),
            [&[0, 23, 1, 5][..], call, &[0xac, 0x02, 1, 0, 1]].concat(),
        ];
        let signals = samples().into_iter().filter(|signal| !matches!(signal.name(), "Answer" | "Candidate"));
        for (signal, golden) in signals.zip(golden) {
            assert_eq!(encode(&signal), Ok(golden), "{}", signal.name());
        }
        let mut media = PeerAddr::new(PeerId([0x22; 32]));
        media.relays = vec!["r".into()];
        media.direct = vec!["127.0.0.1:258".parse().expect("an address")];
        let answer = CallSignal::Answer {
            call_id: CALL,
            audio_codec: AudioCodec::Opus24k,
            video: false,
            media: media.clone(),
            instead_of: None,
        };
        let addr = [&[0x22; 32][..], &[1, 1, b'r'], &[1, 0, 127, 0, 0, 1, 0x82, 0x02]].concat();
        assert_eq!(encode(&answer), Ok([&[0, 64, 1, 2][..], call, &[1, 0], &addr, &[0]].concat()));
        let candidate = CallSignal::Candidate { call_id: CALL, revision: 7, media };
        assert_eq!(encode(&candidate), Ok([&[0, 62, 1, 6][..], call, &[7], &addr].concat()));
    }

    #[test]
    fn the_longest_signal_fits_and_longer_ones_are_refused() {
        for longest in [answer(MAX_RELAYS, MAX_DIRECT), candidate(MAX_RELAYS, MAX_DIRECT)] {
            assert!(encode(&longest).expect("within caps").len() <= MAX_SIGNAL_BYTES);
        }
        assert!(encode(&reject(MAX_TEXT_BYTES)).is_ok());
        let beyond = [
            answer(MAX_RELAYS + 1, 0),
            answer(0, MAX_DIRECT + 1),
            candidate(MAX_RELAYS + 1, 0),
            candidate(0, MAX_DIRECT + 1),
            reject(MAX_TEXT_BYTES + 1),
        ];
        for signal in beyond {
            assert_eq!(encode(&signal), Err(SignalError::Malformed("a list or a text is too long")));
            let body = postcard::to_stdvec(&signal).expect("encodes");
            let length = u16::try_from(body.len() + 1).expect("short");
            let forged = [&length.to_be_bytes()[..], &[SIGNAL_VERSION], &body].concat();
            assert_eq!(decode(&forged), Err(SignalError::Malformed("a list or a text is too long")));
        }
    }

    #[test]
    fn damaged_records_are_typed_errors() {
        let whole = encode(&answer(1, 2)).expect("within caps");
        for cut in 0..whole.len() {
            assert!(matches!(decode(&whole[..cut]), Err(SignalError::Malformed(_))));
        }
        let followed = [&whole[..], &[0]].concat();
        assert!(matches!(decode(&followed), Err(SignalError::Malformed(_))));
        let mut newer = whole.clone();
        newer[2] = 9;
        assert_eq!(decode(&newer), Err(SignalError::Version(9)));
        assert!(matches!(decode(&vec![0; MAX_SIGNAL_BYTES + 1]), Err(SignalError::Malformed(_))));
    }

    #[test]
    fn no_flipped_byte_panics_or_breaks_a_cap() {
        for signal in samples() {
            let whole = encode(&signal).expect("within caps");
            for at in 0..whole.len() {
                for value in 0..=u8::MAX {
                    let mut bytes = whole.clone();
                    bytes[at] = value;
                    if let Ok(read) = decode(&bytes) {
                        assert!(read.within_caps());
                    }
                }
            }
        }
    }
}
