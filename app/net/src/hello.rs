//! The first message of each connection, and the refusal that may answer it.
//! The dialer opens a stream and says `Hello`; the other side answers `Welcome` or `Refused` on the same stream.
//! Wire form: length (u16, big endian), then postcard; bytes after the known fields are for later versions and ignored.

use std::time::Duration;

use iroh::endpoint::{Connection, ReadExactError, RecvStream, SendStream, VarInt, WriteError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

/// The version of both protocols that this phone speaks.
pub const PROTOCOL_VERSION: u16 = 1;

/// Bytes of a greeting: today's take five; the rest is room for fields of later versions.
const MAX_GREETING_BYTES: usize = 256;

/// A dialer that says nothing for this long is let go: the time that a whole dial may take.
pub(crate) const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a refused dialer may take to read the refusal before the connection is cut.
const REFUSAL_GRACE: Duration = Duration::from_secs(2);

/// Close codes of a connection. `DONE` is also what QUIC sends when a side just goes away.
pub(crate) const DONE: VarInt = VarInt::from_u32(0);
/// The refusal has been told on the stream.
pub(crate) const REFUSED: VarInt = VarInt::from_u32(1);
/// The peer sent what is no greeting or no record.
pub(crate) const GARBAGE: VarInt = VarInt::from_u32(2);

/// Why a phone does not talk to a caller. Unpaired and blocked are told alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The versions do not match.
    #[error(
        "it speaks protocol version {supported}, this phone speaks {PROTOCOL_VERSION}; update the older of the two"
    )]
    UnknownVersion {
        /// The version that the refusing side speaks.
        supported: u16,
    },
    /// The caller is not among those who may connect.
    #[error("it does not take calls from this phone; both sides must add each other as contacts")]
    NotAdmitted,
    /// Too many connections at once.
    #[error("it is handling too many connections; try again in a moment")]
    Busy,
}

#[derive(Serialize, Deserialize)]
struct Hello {
    version: u16,
}

#[derive(Serialize, Deserialize)]
enum Reply {
    Welcome { version: u16 },
    Refused(Refusal),
}

/// Why a greeting failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GreetError {
    #[error(transparent)]
    Refused(Refusal),
    #[error("it does not greet like a phone")]
    Garbage,
    #[error("the connection broke off during the greeting")]
    Broken,
}

/// Says who we are; the answer is read with [`welcome`].
pub(crate) async fn introduce(send: &mut SendStream) -> Result<(), GreetError> {
    write(send, &Hello { version: PROTOCOL_VERSION }).await
}

/// Reads the answer to our hello.
pub(crate) async fn welcome(recv: &mut RecvStream) -> Result<(), GreetError> {
    match read(recv).await? {
        Reply::Welcome { version: PROTOCOL_VERSION } => Ok(()),
        Reply::Welcome { version } => Err(GreetError::Refused(Refusal::UnknownVersion { supported: version })),
        Reply::Refused(refusal) => Err(GreetError::Refused(refusal)),
    }
}

/// Reads a dialer's hello. A version that we do not speak is the refusal to answer with.
pub(crate) async fn listen(recv: &mut RecvStream) -> Result<(), GreetError> {
    let Hello { version } = read(recv).await?;
    if version == PROTOCOL_VERSION {
        Ok(())
    } else {
        Err(GreetError::Refused(Refusal::UnknownVersion { supported: PROTOCOL_VERSION }))
    }
}

/// Lets the dialer in.
pub(crate) async fn admit(send: &mut SendStream) -> Result<(), GreetError> {
    write(send, &Reply::Welcome { version: PROTOCOL_VERSION }).await
}

/// Tells the dialer why not, gives it time to read that, and closes.
pub(crate) async fn refuse(connection: &Connection, send: &mut SendStream, refusal: Refusal) {
    if write(send, &Reply::Refused(refusal)).await.is_ok() && send.finish().is_ok() {
        let _ = timeout(REFUSAL_GRACE, connection.closed()).await;
    }
    connection.close(REFUSED, b"refused");
}

async fn write<T: Serialize>(send: &mut SendStream, message: &T) -> Result<(), GreetError> {
    let body = postcard::to_stdvec(message).expect("plain values always encode");
    let length = u16::try_from(body.len()).expect("a greeting has a few bytes");
    let bytes = [&length.to_be_bytes()[..], &body].concat();
    send.write_all(&bytes).await.map_err(|_: WriteError| GreetError::Broken)
}

async fn read<T: DeserializeOwned>(recv: &mut RecvStream) -> Result<T, GreetError> {
    let mut length = [0; 2];
    read_exact(recv, &mut length).await?;
    let length = usize::from(u16::from_be_bytes(length));
    if length > MAX_GREETING_BYTES {
        return Err(GreetError::Garbage);
    }
    let mut body = vec![0; length];
    read_exact(recv, &mut body).await?;
    decode(&body)
}

async fn read_exact(recv: &mut RecvStream, bytes: &mut [u8]) -> Result<(), GreetError> {
    recv.read_exact(bytes).await.map_err(|error| match error {
        ReadExactError::FinishedEarly(_) => GreetError::Garbage,
        ReadExactError::ReadError(_) => GreetError::Broken,
    })
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, GreetError> {
    postcard::take_from_bytes(body).map(|(message, _later)| message).map_err(|_| GreetError::Garbage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_is_fixed() {
        assert_eq!(postcard::to_stdvec(&Hello { version: 1 }).expect("encodes"), [1]);
        assert_eq!(postcard::to_stdvec(&Reply::Welcome { version: 1 }).expect("encodes"), [0, 1]);
        let refused = |refusal| postcard::to_stdvec(&Reply::Refused(refusal)).expect("encodes");
        assert_eq!(refused(Refusal::UnknownVersion { supported: 300 }), [1, 0, 0xac, 2]);
        assert_eq!(refused(Refusal::NotAdmitted), [1, 1]);
        assert_eq!(refused(Refusal::Busy), [1, 2]);
    }

    #[test]
    fn fields_of_later_versions_are_ignored() {
        let hello: Hello = decode(&[2, 9, 9, 9]).expect("the version is readable");
        assert_eq!(hello.version, 2);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_greeting_or_a_typed_error(body: Vec<u8>) {
            let _ = decode::<Hello>(&body).is_ok();
            let _ = decode::<Reply>(&body).is_ok();
        }
    }
}
