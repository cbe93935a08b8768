//! The desk on a thread of its own: a disk that waits never holds a call up.
//! The driver sends jobs and hears back through its event channel.
//! Jobs are carried out one after the other, in the order they were sent.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use ahoy_call::{CallRecord, PeerAddr};
use tokio::sync::oneshot;

use crate::desk::{Desk, Request, Response, Snapshot};
use crate::error::DeskError;

/// Jobs that wait for the disk: more than a person and a call can make while one `fsync` runs.
const JOBS: usize = 128;

/// What the desk is asked to do.
enum Job {
    Ask { request: Request, answer: oneshot::Sender<Answer> },
    Resolve { who: String, answer: oneshot::Sender<Result<PeerAddr, DeskError>> },
    Record { call: CallRecord, answer: oneshot::Sender<Result<(), DeskError>> },
    Finish { finished: oneshot::Sender<()> },
}

/// A response, and what the desk looks like after it.
pub struct Answer {
    /// To the request.
    pub response: Result<Response, DeskError>,
    /// The desk afterwards.
    pub snapshot: Result<Snapshot, DeskError>,
}

/// The sending side of the desk's thread, which ends when this is dropped.
pub struct DeskThread {
    jobs: SyncSender<Job>,
}

impl DeskThread {
    /// Moves `desk` to a thread of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(desk: Desk) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(JOBS);
        drop(thread::Builder::new().name("ahoy-desk".into()).spawn(move || work(desk, &queue))?);
        Ok(Self { jobs })
    }

    /// Answers a request.
    pub fn ask(&self, request: Request) -> impl Future<Output = Answer> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        let sent = self.send(Job::Ask { request, answer });
        async move {
            let closed = || Answer { response: Err(DeskError::Closed), snapshot: Err(DeskError::Closed) };
            if sent { answered.await.unwrap_or_else(|_| closed()) } else { closed() }
        }
    }

    /// Finds out which phone `who` means.
    pub fn resolve(&self, who: String) -> impl Future<Output = Result<PeerAddr, DeskError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        let sent = self.send(Job::Resolve { who, answer });
        async move { if sent { answered.await.unwrap_or(Err(DeskError::Closed)) } else { Err(DeskError::Closed) } }
    }

    /// Remembers a call that has ended.
    pub fn record(&self, call: CallRecord) -> impl Future<Output = Result<(), DeskError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        let sent = self.send(Job::Record { call, answer });
        async move { if sent { answered.await.unwrap_or(Err(DeskError::Closed)) } else { Err(DeskError::Closed) } }
    }

    /// Waits until everything asked so far was done.
    pub async fn finish(&self) {
        let (finished, done) = oneshot::channel();
        if self.send(Job::Finish { finished }) {
            // The thread has ended when nobody answers; then there is nothing left to wait for.
            let _ = done.await;
        }
    }

    fn send(&self, job: Job) -> bool {
        match self.jobs.try_send(job) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                tracing::warn!("the desk takes no more jobs");
                false
            }
        }
    }
}

fn work(mut desk: Desk, queue: &Receiver<Job>) {
    // Whoever asked may have given up meanwhile; then nobody reads the answer.
    while let Ok(job) = queue.recv() {
        match job {
            Job::Ask { request, answer } => {
                let response = desk.answer(&request);
                drop(answer.send(Answer { response, snapshot: desk.snapshot() }));
            }
            Job::Resolve { who, answer } => drop(answer.send(desk.resolve(&who))),
            Job::Record { call, answer } => drop(answer.send(desk.record(&call))),
            Job::Finish { finished } => drop(finished.send(())),
        }
    }
}
