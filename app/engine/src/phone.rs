//! The handle on a running phone: commands in, a view out.
//! The window and the command line hold one each; the driver behind it owns everything.
//! Dropping it, or calling `close`, ends every call and gives all devices back.

use std::thread::JoinHandle;
use std::time::Duration;

use ahoy_net::{Gate, Identity, IdentityConfig};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot, watch};

use crate::command::{Command, Reply};
use crate::config::PhoneConfig;
use crate::desk::Desk;
use crate::desk_thread::DeskThread;
use crate::driver::{Asked, Driver};
use crate::error::PhoneError;
use crate::limits;
use crate::stats::StatsFile;
use crate::view::View;

/// How long what still runs beside the driver may take to notice that all is over.
const TASKS_WAIT: Duration = Duration::from_millis(100);

/// A phone that runs on its own threads.
pub struct Phone {
    handle: PhoneHandle,
    close: Option<oneshot::Sender<()>>,
    stopped: Option<oneshot::Receiver<()>>,
    runtime: Option<Runtime>,
    desk: Option<JoinHandle<()>>,
}

/// A cheap clone of the phone's controls.
#[derive(Clone)]
pub struct PhoneHandle {
    commands: mpsc::Sender<Asked>,
    view: watch::Receiver<View>,
}

impl Phone {
    /// Opens the store, binds the identity endpoint and starts the driver. Blocks for a few milliseconds; not to be
    /// called from asynchronous code.
    ///
    /// # Errors
    /// The data directory, the port, a media file or the statistics file cannot be used; nothing runs then.
    pub fn open(config: PhoneConfig) -> Result<Self, PhoneError> {
        ahoy_net::warm_up();
        let desk = Desk::open(&config)?;
        Self::start(config, desk)
    }

    fn start(config: PhoneConfig, mut desk: Desk) -> Result<Self, PhoneError> {
        config.media.check()?;
        let stats = config.stats.as_deref().map(StatsFile::create).transpose()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(limits::RUNTIME_WORKERS)
            .thread_name("ahoy-net")
            // Sound passes through these threads: a busy encoder must not make it wait.
            .on_thread_start(|| {
                let _ = ahoy_system::thread::raise_priority();
            })
            .enable_all()
            .build()
            .map_err(PhoneError::Threads)?;
        let (gate, admitted) = watch::channel(Gate::default());
        let identity =
            IdentityConfig { secret: desk.secret(), bind: config.bind, port: desk.port(), relay: desk.relay().clone() };
        let (identity, incoming) = runtime.block_on(Identity::bind(identity, admitted))?;
        let (commands, asked) = mpsc::channel(limits::COMMANDS);
        let (view, views) = watch::channel(View::default());
        let secret = desk.secret();
        let snapshot = desk.snapshot()?;
        let (desk, desk_thread) = DeskThread::start(desk).map_err(PhoneError::Threads)?;
        let (close, closing) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let guard = runtime.enter();
        let mut driver = Driver::new(config, (secret, snapshot), desk, identity, gate, stats, view);
        drop(guard);
        drop(runtime.spawn(async move {
            driver.run(asked, incoming, closing).await;
            // Nobody waits when the phone was not closed but its process ends.
            let _ = done.send(());
        }));
        let handle = PhoneHandle { commands, view: views };
        let (close, stopped, runtime) = (Some(close), Some(stopped), Some(runtime));
        Ok(Self { handle, close, stopped, runtime, desk: Some(desk_thread) })
    }

    /// Controls that may be cloned and sent to other threads.
    #[must_use]
    pub fn handle(&self) -> PhoneHandle {
        self.handle.clone()
    }

    /// The newest state of everything, and a way to wait for the next.
    #[must_use]
    pub fn view(&self) -> watch::Receiver<View> {
        self.handle.view()
    }

    /// Sends a command and does not wait.
    ///
    /// # Errors
    /// The phone is busy or closing.
    pub fn send(&self, command: Command) -> Result<(), PhoneError> {
        self.handle.send(command)
    }

    /// Ends every call, tells the peers, closes all devices and stops the threads; bounded by
    /// [`limits::CLOSE_ALL_WAIT`].
    pub fn close(mut self) {
        self.shut_down();
    }

    fn shut_down(&mut self) {
        let (Some(runtime), Some(stopped)) = (self.runtime.take(), self.stopped.take()) else { return };
        drop(self.close.take());
        let wait = async { tokio::time::timeout(limits::CLOSE_ALL_WAIT, stopped).await };
        if runtime.block_on(wait).is_err() {
            tracing::warn!("the driver did not stop in time");
        }
        runtime.shutdown_timeout(TASKS_WAIT);
        if let Some(desk) = self.desk.take() {
            // Nobody has work for it any more; a panic of it was printed by its own hook.
            drop(desk.join());
        }
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.shut_down();
    }
}

impl PhoneHandle {
    /// The newest state of everything, and a way to wait for the next.
    #[must_use]
    pub fn view(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Sends a command and does not wait; what goes wrong becomes a notice in the view.
    ///
    /// # Errors
    /// The phone is busy or closing.
    pub fn send(&self, command: Command) -> Result<(), PhoneError> {
        self.commands.try_send(Asked { command, reply: None }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => PhoneError::Full,
            mpsc::error::TrySendError::Closed(_) => PhoneError::Closed,
        })
    }

    /// Sends a command and waits until it was carried out.
    ///
    /// # Errors
    /// It could not be carried out, or the phone is closing.
    pub async fn ask(&self, command: Command) -> Result<Reply, PhoneError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Asked { command, reply: Some(reply) }).await.map_err(|_| PhoneError::Closed)?;
        answer.await.map_err(|_| PhoneError::Closed)?
    }

    /// [`Self::ask`] for callers that are not asynchronous.
    ///
    /// # Errors
    /// It could not be carried out, or the phone is closing.
    pub fn ask_blocking(&self, command: Command) -> Result<Reply, PhoneError> {
        let (reply, answer) = oneshot::channel();
        self.commands.blocking_send(Asked { command, reply: Some(reply) }).map_err(|_| PhoneError::Closed)?;
        answer.blocking_recv().map_err(|_| PhoneError::Closed)?
    }
}
