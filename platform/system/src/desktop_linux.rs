//! The desktop around a window on Linux, by D-Bus: notices (`notices_linux`) and staying awake (`awake_linux`).
//! The window says what it wants; a thread of this module brings the desktop in line, and tells what the person pressed.
//! The window never waits for a desktop, and a desktop that is missing or stuck costs one line in the log.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use async_channel::Sender;
use futures_lite::{StreamExt as _, future};
use zbus::connection::Builder;
use zbus::{Connection, Message, MessageStream};

use crate::awake_linux::Inhibitors;
use crate::notices_linux::{self, Notices};
use crate::wanted::{Heard, Wanted};

/// How long one question to the desktop may take: a service that is started for it needs a moment, a stuck one holds up
/// only this thread.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// How long the end of the window waits until its notices are gone: what a desktop does in milliseconds.
const FAREWELL: Duration = Duration::from_millis(500);

/// Where the desktop is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bus {
    /// The one of this session.
    Session,
    /// Another one, by its address.
    At(String),
}

/// The desktop around a window. Dropping it withdraws every notice and lets the machine sleep again.
pub struct Desktop<K, A> {
    /// One place: newer wishes replace older ones.
    wishes: Sender<Wanted<K, A>>,
    /// Only the end reads it; the lock is what lets a window share the rest.
    ended: Mutex<Receiver<()>>,
}

impl<K, A> Desktop<K, A>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    A: Copy + PartialEq + Send + Sync + 'static,
{
    /// Starts the thread; it looks for the desktop when something is wanted for the first time. `heard` is called on that
    /// thread.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(bus: Bus, heard: impl Fn(Heard<K, A>) + Send + 'static) -> io::Result<Self> {
        let (wishes, wanted) = async_channel::bounded(1);
        let (done, ended) = mpsc::channel();
        let work = move || {
            future::block_on(serve(&bus, &wanted, &heard));
            // Nobody waits when the process ends without dropping the desktop.
            let _ = done.send(());
        };
        drop(thread::Builder::new().name("ahoy-desktop".into()).spawn(work)?);
        Ok(Self { wishes, ended: Mutex::new(ended) })
    }

    /// Says what is wanted from now on; returns at once.
    pub fn want(&self, wanted: Wanted<K, A>) {
        // It fails only after the thread has found that there is no desktop, and has said so.
        let _ = self.wishes.force_send(wanted);
    }
}

impl<K, A> Drop for Desktop<K, A> {
    fn drop(&mut self) {
        let _ = self.wishes.close();
        match self.ended.get_mut().unwrap_or_else(PoisonError::into_inner).recv_timeout(FAREWELL) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => tracing::debug!("the desktop has not answered; a notice may stay"),
        }
    }
}

/// What happens next to the thread.
enum Next<K, A> {
    Wish(Wanted<K, A>),
    Signal(Message),
    /// The window is gone.
    End,
    /// The desktop is gone.
    Lost,
}

async fn serve<K, A>(bus: &Bus, wanted: &async_channel::Receiver<Wanted<K, A>>, heard: &impl Fn(Heard<K, A>))
where
    K: Clone + PartialEq,
    A: Copy + PartialEq,
{
    let Some(first) = first_wish(wanted).await else { return };
    let (connection, mut signals) = match reach(bus).await {
        Ok(reached) => reached,
        Err(error) => return tracing::warn!("no notices, and the machine may fall asleep in calls: {error}"),
    };
    let mut notices = Notices::default();
    let mut inhibitors = Inhibitors::default();
    let mut next = Next::Wish(first);
    loop {
        match next {
            Next::Wish(wanted) => {
                notices.follow(&connection, wanted.notices).await;
                inhibitors.follow(&connection, wanted.awake).await;
            }
            Next::Signal(signal) => {
                if let Some(news) = notices.hear(&signal) {
                    heard(news);
                }
            }
            Next::End => {
                notices.follow(&connection, Vec::new()).await;
                inhibitors.follow(&connection, None).await;
                return;
            }
            Next::Lost => return tracing::warn!("the desktop is gone: no more notices"),
        }
        next = either(wanted, &mut signals).await;
    }
}

/// An idle window needs no desktop.
async fn first_wish<K, A>(wanted: &async_channel::Receiver<Wanted<K, A>>) -> Option<Wanted<K, A>> {
    loop {
        let wish = wanted.recv().await.ok()?;
        if !wish.notices.is_empty() || wish.awake.is_some() {
            return Some(wish);
        }
    }
}

async fn reach(bus: &Bus) -> zbus::Result<(Connection, MessageStream)> {
    let builder = match bus {
        Bus::Session => Builder::session()?,
        Bus::At(address) => Builder::address(address.as_str())?,
    };
    let connection = builder.method_timeout(ANSWER_WAIT).build().await?;
    // Before the first notice, so that no press is missed.
    let signals = notices_linux::signals(&connection).await?;
    Ok((connection, signals))
}

async fn either<K, A>(wanted: &async_channel::Receiver<Wanted<K, A>>, signals: &mut MessageStream) -> Next<K, A> {
    let wish = async {
        match wanted.recv().await {
            Ok(wish) => Next::Wish(wish),
            Err(async_channel::RecvError) => Next::End,
        }
    };
    let signal = async {
        loop {
            match signals.next().await {
                Some(Ok(signal)) => return Next::Signal(signal),
                Some(Err(error)) => tracing::debug!("a message of the desktop could not be read: {error}"),
                None => return Next::Lost,
            }
        }
    };
    // A press is older than a wish that comes at the same time, and may be about a notice that the wish takes away.
    future::or(signal, wish).await
}
