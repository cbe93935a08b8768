//! What goes over the stream of a DM channel: messages, and acknowledgements that carry the reply.
//! Written and read by the channel's tasks.
//! Every record has a cap; bytes that are no record are told apart from a stream that ended.

use bytes::{BufMut, Bytes, BytesMut};
use iroh::endpoint::{ReadExactError, RecvStream};

use crate::NetError;

/// Bytes of one message: a call signal of 4 KiB or a chat text of 16 KiB, sealed, with room for the seal.
pub const MAX_DM_BYTES: usize = 20 * 1024;

/// Bytes of one reply: a verdict, and where keys are asked for, a signed bundle of them.
pub const MAX_REPLY_BYTES: usize = 4 * 1024;

const KIND_MESSAGE: u8 = 1;
const KIND_ACK: u8 = 2;

/// Kind and id in front of each payload.
const HEADER: usize = 9;

/// A record on the stream: `[2 length][1 kind][8 id][payload]`, big endian; the length counts what follows it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Record {
    Message { id: u64, data: Bytes },
    Ack { id: u64, reply: Bytes },
}

impl Record {
    pub(crate) fn encode(&self) -> Bytes {
        let (kind, id, payload) = match self {
            Self::Message { id, data } => (KIND_MESSAGE, *id, data),
            Self::Ack { id, reply } => (KIND_ACK, *id, reply),
        };
        let length = u16::try_from(HEADER + payload.len()).expect("payloads are capped before they get here");
        let mut bytes = BytesMut::with_capacity(2 + usize::from(length));
        bytes.put_u16(length);
        bytes.put_u8(kind);
        bytes.put_u64(id);
        bytes.put_slice(payload);
        bytes.freeze()
    }

    /// Reads what follows the length.
    fn decode(body: &Bytes) -> Option<Self> {
        let (header, payload) = body.split_first_chunk::<HEADER>()?;
        let id = u64::from_be_bytes(*header.last_chunk().expect("the id ends the header"));
        match header[0] {
            KIND_MESSAGE if payload.len() <= MAX_DM_BYTES => Some(Self::Message { id, data: body.slice(HEADER..) }),
            KIND_ACK if payload.len() <= MAX_REPLY_BYTES => Some(Self::Ack { id, reply: body.slice(HEADER..) }),
            _ => None,
        }
    }

    /// The next record; `None` when the stream or the connection ended.
    pub(crate) async fn read(recv: &mut RecvStream) -> Result<Option<Self>, NotARecord> {
        let mut length = [0; 2];
        match recv.read_exact(&mut length).await {
            Ok(()) => {}
            Err(ReadExactError::FinishedEarly(1)) => return Err(NotARecord),
            Err(ReadExactError::FinishedEarly(_) | ReadExactError::ReadError(_)) => return Ok(None),
        }
        let length = usize::from(u16::from_be_bytes(length));
        if !(HEADER..=HEADER + MAX_DM_BYTES).contains(&length) {
            return Err(NotARecord);
        }
        let mut body = BytesMut::zeroed(length);
        match recv.read_exact(&mut body).await {
            Ok(()) => Self::decode(&body.freeze()).map(Some).ok_or(NotARecord),
            Err(ReadExactError::FinishedEarly(_)) => Err(NotARecord),
            Err(ReadExactError::ReadError(_)) => Ok(None),
        }
    }
}

/// The peer sent what is no record.
#[derive(Debug)]
pub(crate) struct NotARecord;

/// Refuses what would not fit into one record.
pub(crate) fn check_size(data: &Bytes) -> Result<(), NetError> {
    if data.len() <= MAX_DM_BYTES { Ok(()) } else { Err(NetError::TooLarge { bytes: data.len(), limit: MAX_DM_BYTES }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_is_fixed() {
        let message = Record::Message { id: 258, data: Bytes::from_static(b"hi") };
        assert_eq!(&message.encode()[..], [0, 11, 1, 0, 0, 0, 0, 0, 0, 1, 2, b'h', b'i']);
        assert_eq!(Record::decode(&message.encode().slice(2..)), Some(message));
        let bare = Record::Ack { id: 1, reply: Bytes::new() };
        assert_eq!(&bare.encode()[..], [0, 9, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
        let ack = Record::Ack { id: 1, reply: Bytes::from_static(b"ok") };
        assert_eq!(&ack.encode()[..], [0, 11, 2, 0, 0, 0, 0, 0, 0, 0, 1, b'o', b'k']);
        assert_eq!(Record::decode(&ack.encode().slice(2..)), Some(ack));
    }

    #[test]
    fn a_reply_beyond_its_cap_is_no_record() {
        for (bytes, readable) in [(MAX_REPLY_BYTES, true), (MAX_REPLY_BYTES + 1, false)] {
            let ack = Record::Ack { id: 1, reply: Bytes::from(vec![0; bytes]) };
            assert_eq!(Record::decode(&ack.encode().slice(2..)).is_some(), readable, "{bytes} bytes");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_record_or_refused(body: Vec<u8>) {
            let body = Bytes::from(body);
            if let Some(record) = Record::decode(&body) {
                proptest::prop_assert_eq!(record.encode().slice(2..), body);
            }
        }
    }
}
