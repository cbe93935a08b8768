//! Spreads the frames of a call over time, one after the other, so that sound never waits behind a large one.
//! Every frame that a call connection sends goes through it, unless the transport's own controller does that.
//! Frames leave in the order in which they were given; while the other phone is silent none does.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use iroh::endpoint::{SendStream, WriteError};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep_until};

use crate::rate::Rate;

/// How far a frame may run ahead after a pause, and catch up after a late wake-up: some ticks of a millisecond timer.
const SLACK: Duration = Duration::from_millis(10);

/// The pacer of one connection.
#[derive(Debug)]
pub(crate) struct Pacer {
    rate: Arc<Rate>,
    /// When the next piece may leave. Its lock goes to the frames in turn.
    due: Mutex<Instant>,
}

impl Pacer {
    pub(crate) fn new(rate: Arc<Rate>) -> Self {
        Self { rate, due: Mutex::new(Instant::now()) }
    }

    /// Waits until every frame before has left and somebody listens. The next frame waits until the turn is dropped.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        let due = self.due.lock().await;
        self.rate.heard().await;
        Turn { rate: &self.rate, due }
    }
}

/// The right to send one frame.
pub(crate) struct Turn<'a> {
    rate: &'a Rate,
    due: MutexGuard<'a, Instant>,
}

impl Turn<'_> {
    /// Writes `head` and `data` to `stream` in pieces of `piece` bytes: one packet each.
    pub(crate) async fn write(
        mut self,
        stream: &mut SendStream,
        mut head: Bytes,
        mut data: Bytes,
        piece: usize,
    ) -> Result<(), WriteError> {
        while !data.is_empty() {
            self.rate.heard().await;
            *self.due = (*self.due).max(Instant::now() - SLACK);
            sleep_until(*self.due).await;
            let piece = data.split_to(piece.saturating_sub(head.len()).clamp(1, data.len()));
            *self.due += self.rate.span(head.len() + piece.len());
            stream.write_all_chunks(&mut [std::mem::take(&mut head), piece]).await?;
        }
        Ok(())
    }
}
