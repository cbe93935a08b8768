//! The one thing an unpaired phone may say to a phone in pairing mode: here is my contact link.
//! The engine sends it after adding somebody, and reads it from strangers while pairing; only a person adds somebody.
//! `[K][1 version][link]`: no frame of the ratchet begins with `K`, and what decodes is printable and within its cap.

/// Bytes of the longest link in a knock: that of every contact link.
pub const MAX_KNOCK_LINK_BYTES: usize = 1024;

/// Bytes of the longest knock.
pub const MAX_KNOCK_BYTES: usize = HEAD_BYTES + MAX_KNOCK_LINK_BYTES;

/// The first byte of every knock; frames begin with their version instead.
const MARK: u8 = b'K';

/// The version this phone speaks.
const VERSION: u8 = 1;

const HEAD_BYTES: usize = 2;

/// What a knock says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knock {
    /// The sender's contact link; not yet checked, and it may name anybody: compare its id with the sender's.
    pub link: String,
}

/// The bytes of a knock; `None` when `link` is no printable ASCII of at most [`MAX_KNOCK_LINK_BYTES`].
#[must_use]
pub fn encode(link: &str) -> Option<Vec<u8>> {
    fits(link.as_bytes()).then(|| [&[MARK, VERSION], link.as_bytes()].concat())
}

/// Whether these bytes want to be a knock, of whatever version, and not a frame.
#[must_use]
pub fn is_knock(bytes: &[u8]) -> bool {
    bytes.first() == Some(&MARK)
}

/// The knock in `bytes`; `None` for everything else.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Knock> {
    let link = bytes.strip_prefix(&[MARK, VERSION])?;
    let link = fits(link).then(|| link.to_vec())?;
    Some(Knock { link: String::from_utf8(link).ok()? })
}

/// Links are base32 behind a scheme; nothing that could write to a terminal or break a line gets in.
fn fits(link: &[u8]) -> bool {
    (1..=MAX_KNOCK_LINK_BYTES).contains(&link.len()) && link.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bytes_are_the_agreed_ones() {
        let golden = b"K\x01ahoy:AAEC".to_vec();
        assert_eq!(encode("ahoy:AAEC"), Some(golden.clone()));
        assert_eq!(decode(&golden), Some(Knock { link: "ahoy:AAEC".into() }));
    }

    #[test]
    fn links_beyond_the_caps_are_refused_on_both_ends() {
        let longest = "a".repeat(MAX_KNOCK_LINK_BYTES);
        let bytes = encode(&longest).expect("within the cap");
        assert_eq!(bytes.len(), MAX_KNOCK_BYTES);
        assert_eq!(decode(&bytes), Some(Knock { link: longest.clone() }));
        for link in ["", "two words", "line\n", "\u{1b}[2J", "é", &(longest + "a")] {
            assert_eq!(encode(link), None, "{link:?}");
            assert_eq!(decode(&[&b"K\x01"[..], link.as_bytes()].concat()), None, "{link:?}");
        }
    }

    #[test]
    fn frames_and_other_versions_are_no_knocks() {
        for bytes in [&b""[..], b"K", b"\x01K", b"K\x02ahoy:AAEC", b"k\x01ahoy:AAEC"] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
        assert!(is_knock(b"K\x02ahoy:AAEC") && !is_knock(b"\x01ahoy:AAEC") && !is_knock(b""));
    }

    proptest! {
        #[test]
        fn every_link_reads_back(link in "[!-~]{1,1024}") {
            prop_assert_eq!(decode(&encode(&link).expect("within the cap")), Some(Knock { link }));
        }

        #[test]
        fn what_decodes_has_exactly_these_bytes(tail in proptest::collection::vec(any::<u8>(), 0..1200), mark: bool) {
            let bytes = if mark { [&b"K\x01"[..], &tail].concat() } else { tail };
            if let Some(knock) = decode(&bytes) {
                prop_assert_eq!(encode(&knock.link), Some(bytes));
            }
        }
    }
}
