//! The plaintext of one ratchet message: a body, the generation of its session, and padding.
//! Made and read by the mailroom, inside the encryption.
//! `[4 generation][2 length of the body][body][zeros]`, big endian; its length is a multiple of [`PAD_BYTES`].

/// Every message is filled up to a multiple of it: call signals, typing and read marks and short texts all look the same from
/// outside; of a long text one learns its length to within 256 bytes.
pub const PAD_BYTES: usize = 256;

const GENERATION_BYTES: usize = 4;
const LENGTH_BYTES: usize = 2;

/// Puts a body into an envelope.
pub(crate) fn close(generation: u32, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("a body's cap is below 64 KiB");
    let mut bytes = [&generation.to_be_bytes()[..], &length.to_be_bytes(), body].concat();
    bytes.resize(bytes.len().next_multiple_of(PAD_BYTES), 0);
    bytes
}

/// Generation and body of an envelope; `None` for any other bytes.
pub(crate) fn open(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (generation, rest) = bytes.split_first_chunk::<GENERATION_BYTES>()?;
    let (length, rest) = rest.split_first_chunk::<LENGTH_BYTES>()?;
    let body = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    Some((u32::from_be_bytes(*generation), body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::MAX_BODY_BYTES;

    #[test]
    fn envelopes_open_again_and_tell_little_of_their_length() {
        for length in [0, 1, 249, 250, 251, MAX_BODY_BYTES] {
            let body = vec![7; length];
            let envelope = close(3, &body);
            assert_eq!(envelope.len() % PAD_BYTES, 0);
            assert_eq!(open(&envelope), Some((3, &body[..])));
        }
        assert_eq!(close(1, &[1]).len(), close(1, &[1; 250]).len());
    }

    #[test]
    fn short_bytes_are_no_envelope() {
        let envelope = close(1, &[9; 40]);
        for cut in 0..46 {
            assert_eq!(open(&envelope[..cut]), None);
        }
    }
}
