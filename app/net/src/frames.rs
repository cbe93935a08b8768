//! One unidirectional stream for each video frame: sent with a deadline, read with a cap.
//! Used by the call connection; what a frame contains is not looked at here.
//! A stream is `[1 kind][frame]`; one that is too long, too slow or no frame is stopped and counted, and the connection stays.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use iroh::endpoint::{Connection, ReadError, ReadToEndError, RecvStream, SendStream, VarInt};
use tokio::sync::mpsc;
use tokio::time::{timeout, timeout_at};

use crate::counters::CallTally;
use crate::pacer::Pacer;

/// Bytes of one frame as it travels: 512 KiB of picture and its header.
pub const MAX_FRAME_BYTES: usize = 512 * 1024 + 64;

/// Frame streams that the peer may have open at once: more than a second of frames, so only a stalled link reaches it.
pub(crate) const MAX_OPEN_FRAMES: u32 = 32;

/// A frame that has not arrived after this is of no use any more; its place is needed.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// First byte of every frame stream.
const KIND_FRAME: u8 = 1;

/// Code of a reset or stop: the frame is stale.
const STALE: VarInt = VarInt::from_u32(16);
/// Code of a stop: what comes is not a frame, or too much of one.
const NOT_A_FRAME: VarInt = VarInt::from_u32(17);

/// What the header of a stream frame may take more than that of a datagram (RFC 9000, section 19.8): id and offset.
const STREAM_HEADER: usize = 8;

/// Bytes of a piece where the path tells no size: well below what QUIC demands of every path.
const LEAST_PIECE: usize = 1_000;

/// What became of a frame that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameFate {
    /// The peer's transport has all of it.
    Delivered,
    /// Its deadline passed first; the stream was reset.
    Stale,
    /// The peer stopped reading it.
    Refused,
}

/// Resets its stream when it is dropped half way, so that a part of a frame never looks like a whole one.
struct Unfinished(SendStream);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // An error means that the stream has ended already.
        let _ = self.0.reset(STALE);
    }
}

/// Sends `frame` and waits for its fate; `None` when the connection is over. Without a pacer the transport spreads it.
pub(crate) async fn send(
    connection: &Connection,
    pacer: Option<&Pacer>,
    frame: Bytes,
    deadline: Instant,
) -> Option<FrameFate> {
    match timeout_at(deadline.into(), deliver(connection, pacer, frame)).await {
        Ok(Some(fate)) => Some(fate),
        Ok(None) => connection.close_reason().is_none().then_some(FrameFate::Refused),
        Err(_) => Some(FrameFate::Stale),
    }
}

async fn deliver(connection: &Connection, pacer: Option<&Pacer>, frame: Bytes) -> Option<FrameFate> {
    let head = Bytes::from_static(&[KIND_FRAME]);
    let mut stream = match pacer {
        Some(pacer) => {
            // A frame whose turn never comes opens no stream that the peer would see.
            let turn = pacer.turn().await;
            let mut stream = Unfinished(connection.open_uni().await.ok()?);
            turn.write(&mut stream.0, head, frame, piece(connection)).await.ok()?;
            stream
        }
        None => {
            let mut stream = Unfinished(connection.open_uni().await.ok()?);
            stream.0.write_all_chunks(&mut [head, frame]).await.ok()?;
            stream
        }
    };
    stream.0.finish().ok()?;
    match stream.0.stopped().await {
        Ok(None) => Some(FrameFate::Delivered),
        Ok(Some(_)) => Some(FrameFate::Refused),
        Err(_) => None,
    }
}

/// What fills one packet of the path in use.
fn piece(connection: &Connection) -> usize {
    connection.max_datagram_size().unwrap_or_default().saturating_sub(STREAM_HEADER).max(LEAST_PIECE)
}

/// Takes frame streams until the connection ends or nobody takes frames any more.
pub(crate) async fn receive(connection: Connection, frames: mpsc::Sender<Bytes>, tally: Arc<CallTally>) {
    while let Ok(stream) = connection.accept_uni().await {
        if frames.is_closed() {
            return;
        }
        let (frames, tally) = (frames.clone(), tally.clone());
        // At most MAX_OPEN_FRAMES of these: the transport does not let the peer open more streams.
        drop(tokio::spawn(async move {
            if let Some(frame) = read(stream, &tally).await
                && frames.try_send(frame).is_err()
            {
                tally.dropped_frames.add();
            }
        }));
    }
}

async fn read(mut stream: RecvStream, tally: &CallTally) -> Option<Bytes> {
    let (code, counter) = match timeout(READ_TIMEOUT, read_frame(&mut stream)).await {
        Ok(Ok(frame)) => return Some(frame),
        Ok(Err(Fault::Oversized)) => (NOT_A_FRAME, &tally.oversized_frames),
        Ok(Err(Fault::Garbage)) => (NOT_A_FRAME, &tally.garbage_frames),
        Ok(Err(Fault::Abandoned)) => (STALE, &tally.abandoned_frames),
        Err(_) => (STALE, &tally.garbage_frames),
    };
    counter.add();
    // An error means that the stream has ended already.
    let _ = stream.stop(code);
    None
}

enum Fault {
    Oversized,
    Garbage,
    Abandoned,
}

async fn read_frame(stream: &mut RecvStream) -> Result<Bytes, Fault> {
    let mut kind = [0];
    match stream.read_exact(&mut kind).await {
        Ok(()) if kind == [KIND_FRAME] => {}
        Ok(()) => return Err(Fault::Garbage),
        Err(iroh::endpoint::ReadExactError::FinishedEarly(_)) => return Err(Fault::Garbage),
        Err(iroh::endpoint::ReadExactError::ReadError(_)) => return Err(Fault::Abandoned),
    }
    match stream.read_to_end(MAX_FRAME_BYTES).await {
        Ok(frame) if frame.is_empty() => Err(Fault::Garbage),
        Ok(frame) => Ok(frame.into()),
        Err(ReadToEndError::TooLong) => Err(Fault::Oversized),
        Err(ReadToEndError::Read(ReadError::Reset(_) | ReadError::ConnectionLost(_))) => Err(Fault::Abandoned),
        Err(ReadToEndError::Read(ReadError::ClosedStream | ReadError::ZeroRttRejected)) => Err(Fault::Abandoned),
    }
}
