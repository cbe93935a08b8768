//! The desk on a thread of its own: a disk that waits never holds a call up.
//! The driver and its courier send it work and hear back when it is done.
//! Work is carried out one piece after the other, in the order it was sent.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use crate::desk::{Desk, Request, Response, Snapshot};
use crate::error::DeskError;

/// Pieces of work that wait for the disk: more than a person, a call and letters make while one `fsync` runs.
const JOBS: usize = 256;

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

/// A response, and what the desk looks like after it.
pub struct Answer {
    /// To the request.
    pub response: Result<Response, DeskError>,
    /// The desk afterwards.
    pub snapshot: Result<Snapshot, DeskError>,
}

impl Answer {
    /// The desk could not be asked.
    #[must_use]
    pub fn failed(why: DeskError) -> Self {
        Self { response: Err(why), snapshot: Err(DeskError::Closed) }
    }
}

/// A sending side of the desk's thread, which ends when the last one is dropped.
#[derive(Clone)]
pub struct DeskThread {
    jobs: Arc<SyncSender<Job>>,
}

impl DeskThread {
    /// Moves `desk` to a thread of its own; when that has ended, the data directory is free.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(desk: Desk) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, queue) = sync_channel(JOBS);
        let thread = thread::Builder::new().name("ahoy-desk".into()).spawn(move || carry_out(desk, &queue))?;
        Ok((Self { jobs: Arc::new(jobs) }, thread))
    }

    /// Does `work` at the desk, after everything that was sent before this call.
    pub fn with<R, W>(&self, work: W) -> impl Future<Output = Result<R, DeskError>> + Send + use<R, W>
    where
        R: Send + 'static,
        W: FnOnce(&mut Desk) -> Result<R, DeskError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        // Whoever asked may have given up meanwhile; then nobody reads the answer.
        let sent = self.send(Box::new(move |desk| drop(answer.send(work(desk)))));
        async move {
            sent?;
            answered.await.unwrap_or(Err(DeskError::Closed))
        }
    }

    /// Answers a request.
    pub fn ask(&self, request: Request) -> impl Future<Output = Answer> + Send + use<> {
        let answered = self.with(move |desk| {
            let response = desk.answer(&request);
            Ok(Answer { response, snapshot: desk.snapshot() })
        });
        async move { answered.await.unwrap_or_else(Answer::failed) }
    }

    /// Waits until everything asked so far was done and is on the disk.
    pub async fn finish(&self) {
        // The thread has ended when nobody answers; then there is nothing left to wait for.
        drop(self.with(|desk| desk.settle()).await);
    }

    fn send(&self, job: Job) -> Result<(), DeskError> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => DeskError::Busy,
            TrySendError::Disconnected(_) => DeskError::Closed,
        })
    }
}

fn carry_out(mut desk: Desk, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        job(&mut desk);
    }
}
