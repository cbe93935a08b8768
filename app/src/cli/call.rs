//! `call`, `answer` and `echo`: a phone that runs until its call, or the person, says it is over.
//! `cli` calls it; it opens the phone, prints every change of state and carries out standard input.
//! The engine decides everything; what is printed here is read off its view.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use ahoy_call::{CallId, CallState, EndReason};
use ahoy_engine::phone::PhoneHandle;
use ahoy_engine::{CallView, Command, Comparison, DeskError, Phone, PhoneConfig, PhoneError, Reply, View};
use ahoy_store::StoreError;
use anyhow::{Result, anyhow};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::{Socket, compare, out, socket, stdin};

/// A call to make.
pub struct Dial {
    /// Whom, as the person said it.
    pub who: String,
    /// Send video.
    pub video: bool,
    /// End it this long after it became active.
    pub duration: Option<Duration>,
}

/// Calls to wait for.
pub struct Watch {
    /// Stop after the first.
    pub once: bool,
    /// `answer` on standard input sends video.
    pub video: bool,
}

/// Opens the phone, or says which other one is in the way.
pub fn open(config: PhoneConfig) -> Result<Phone> {
    let dir = config.data_dir.clone();
    Phone::open(config).map_err(|error| match error {
        PhoneError::Desk(DeskError::Store(StoreError::InUse { .. })) => {
            let other = socket::running(&dir).unwrap_or_else(|| "another program".into());
            anyhow!(
                "a phone already runs on {} ({other}); it takes commands on its standard input, or close it first",
                dir.display()
            )
        }
        other => other.into(),
    })
}

/// Makes one call and waits for its end.
pub fn call(config: PhoneConfig, dial: Dial, as_json: bool) -> Result<ExitCode> {
    let dir = config.data_dir.clone();
    let phone = open(config)?;
    let _socket = Socket::serve(&dir, "ahoy call", phone.handle());
    let code = runtime()?.block_on(async {
        let mut run = Run::new(&phone, as_json, (true, dial.video))?;
        run.announce();
        let start = Command::StartCall { peer: dial.who.clone(), video: dial.video };
        let Reply::Call(call) = run.phone.ask(start).await? else { return Err(anyhow!("the phone started no call")) };
        run.follow(call, dial.duration).await
    });
    phone.close();
    code
}

/// Waits for calls until one has ended (`once`) or the process is told to stop.
pub fn answer(config: PhoneConfig, watch: Watch, as_json: bool) -> Result<ExitCode> {
    let dir = config.data_dir.clone();
    let declines = config.answering == ahoy_engine::Answering::Decline;
    let asks = config.answering == ahoy_engine::Answering::Ring;
    let phone = open(config)?;
    let _socket = Socket::serve(&dir, "ahoy answer", phone.handle());
    let code = runtime()?.block_on(async {
        let mut run = Run::new(&phone, as_json, (asks, watch.video))?;
        run.announce();
        match run.wait(watch.once).await? {
            Some(reason) if !declines => Ok(ExitCode::from(reason.exit_code())),
            Some(_) | None => Ok(ExitCode::SUCCESS),
        }
    });
    phone.close();
    code
}

/// A runtime that only waits: the phone has threads of its own.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// What woke the client.
enum Woken {
    View,
    Line(String),
    Stopped,
    Due,
}

/// A running phone and everything that wakes its client.
struct Run {
    phone: PhoneHandle,
    view: watch::Receiver<View>,
    lines: mpsc::Receiver<String>,
    stop: mpsc::Receiver<()>,
    printer: Printer,
    video: bool,
}

impl Run {
    fn new(phone: &Phone, as_json: bool, (asks, video): (bool, bool)) -> Result<Self> {
        let stop = stop_signals()?;
        let printer = Printer { as_json, asks, states: BTreeMap::new(), comparison: None, notice: 0 };
        Ok(Self { phone: phone.handle(), view: phone.view(), lines: stdin::lines(), stop, printer, video })
    }

    fn announce(&self) {
        let listening: Vec<String> = self.view.borrow().listening.iter().map(ToString::to_string).collect();
        out::line(format!("listening {}", listening.join(" ")));
    }

    async fn next(&mut self, due: Option<Instant>) -> Woken {
        let far = Instant::now() + Duration::from_secs(3600);
        tokio::select! {
            biased;
            _ = self.stop.recv() => Woken::Stopped,
            changed = self.view.changed() => if changed.is_ok() { Woken::View } else { Woken::Stopped },
            Some(line) = self.lines.recv() => Woken::Line(line),
            () = sleep_until(due.unwrap_or(far)) => Woken::Due,
        }
    }

    /// Follows one outgoing call to its end.
    async fn follow(&mut self, mut call: CallId, mut duration: Option<Duration>) -> Result<ExitCode> {
        let (mut end_at, mut peer) = (None, None);
        loop {
            let ended = {
                let view = self.view.borrow_and_update();
                self.printer.print(&view);
                // Both sides called: the other one's call has taken the place of this one.
                let instead = || view.calls.iter().rfind(|other| Some(other.peer) == peer);
                let shown = view.call(call).or_else(instead);
                if let Some(shown) = shown {
                    (call, peer) = (shown.id, Some(shown.peer));
                }
                if let (None, Some(span), Some(CallState::Active)) = (end_at, duration, shown.map(|call| call.state)) {
                    end_at = Some(Instant::now() + span);
                }
                match (shown.map(|call| call.state), &view.stopped) {
                    (Some(CallState::Ended(reason)), _) => Some(reason),
                    (_, Some(why)) => return Err(anyhow!("the phone stopped: {why}")),
                    (Some(_) | None, None) => None,
                }
            };
            if let Some(reason) = ended {
                return Ok(ExitCode::from(reason.exit_code()));
            }
            match self.next(end_at).await {
                Woken::View => {}
                Woken::Line(line) => self.obey(&line).await,
                Woken::Due if end_at.is_none() => {}
                Woken::Stopped | Woken::Due => {
                    end_at = None;
                    duration = None;
                    // A call that has just ended by itself cannot be ended again; the next view says so.
                    drop(self.phone.ask(Command::EndCall { call: Some(call) }).await);
                }
            }
        }
    }

    /// Waits for calls; gives the reason of the first one that ended when `once`, nothing when told to stop.
    async fn wait(&mut self, once: bool) -> Result<Option<EndReason>> {
        // With a second call waiting, it is the first one that `--once` is about.
        let mut first = None;
        loop {
            let ended = {
                let view = self.view.borrow_and_update();
                self.printer.print(&view);
                if let Some(why) = &view.stopped {
                    return Err(anyhow!("the phone stopped: {why}"));
                }
                first = first.or(view.calls.first().map(|call| call.id));
                first.and_then(|first| view.call(first)).and_then(|call| match call.state {
                    CallState::Ended(reason) => Some(reason),
                    CallState::Dialing
                    | CallState::Ringing
                    | CallState::Alerting
                    | CallState::Connecting
                    | CallState::Active
                    | CallState::Reconnecting => None,
                })
            };
            if once && ended.is_some() {
                return Ok(ended);
            }
            match self.next(None).await {
                Woken::View | Woken::Due => {}
                Woken::Line(line) => self.obey(&line).await,
                Woken::Stopped => return Ok(None),
            }
        }
    }

    async fn obey(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let done = match stdin::parse(line, self.video) {
            Ok(command) => self.phone.ask(command).await.map_err(|error| error.to_string()),
            Err(wrong) => Err(wrong),
        };
        match done {
            Ok(Reply::Stats(Some(stats))) => out::line(format!("{stats}\nok")),
            Ok(Reply::Done | Reply::Call(_) | Reply::Desk(_) | Reply::Stats(None)) => out::line("ok"),
            Err(error) => out::line(format!("error {error}")),
        }
    }
}

/// Ctrl-C and a polite request to end.
fn stop_signals() -> Result<mpsc::Receiver<()>> {
    let (told, stop) = mpsc::channel(1);
    ahoy_system::stop::on_request(move || {
        // One request waits already when this is full.
        let _ = told.try_send(());
    })?;
    Ok(stop)
}

/// Prints what changed between two views.
struct Printer {
    as_json: bool,
    /// Nobody answers unless standard input says so.
    asks: bool,
    states: BTreeMap<CallId, (CallState, bool, bool)>,
    comparison: Option<Comparison>,
    notice: u64,
}

impl Printer {
    fn print(&mut self, view: &View) {
        for call in &view.calls {
            let now = (call.state, call.held, call.remote_held);
            let before = self.states.insert(call.id, now);
            if before != Some(now) {
                self.change(call, before.is_none_or(|before| before.0 != call.state));
            }
        }
        if view.comparison != self.comparison {
            self.comparison.clone_from(&view.comparison);
            if let Some(comparison) = &view.comparison {
                out::line(compare::describe(comparison, self.as_json));
            }
        }
        for notice in view.notices.iter().filter(|notice| notice.number > self.notice) {
            eprintln!("{}", notice.text);
        }
        self.notice = view.notices.last().map_or(self.notice, |notice| notice.number);
    }

    /// Prints where a call stands: its state when that is new, else who holds it.
    fn change(&self, call: &CallView, state_is_new: bool) {
        if self.as_json {
            let reason = match call.state {
                CallState::Ended(reason) => Some(reason.ended_reason().word()),
                CallState::Dialing
                | CallState::Ringing
                | CallState::Alerting
                | CallState::Connecting
                | CallState::Active
                | CallState::Reconnecting => None,
            };
            let line = json!({
                "call": call.id, "peer": call.peer, "name": call.name, "direction": call.direction,
                "state": call.state.name(), "video": call.video_offered, "reason": reason,
                "duration_seconds": call.duration_seconds, "held": call.held, "remote_held": call.remote_held,
                "text": call.decline_text,
            });
            out::line(line);
            return;
        }
        if !state_is_new {
            match (call.held, call.remote_held) {
                (true, _) => out::line(format!("{} is on hold", call.name)),
                (false, true) => out::line(format!("{} has put you on hold", call.name)),
                (false, false) => out::line(format!("talking with {}", call.name)),
            }
            return;
        }
        match call.state {
            CallState::Dialing => out::line(format!("calling {}", call.name)),
            CallState::Alerting => out::line(format!("{} is ringing", call.name)),
            CallState::Ringing => {
                let video = if call.video_offered { " with video" } else { "" };
                let asks = if self.asks { "; say `answer` or `decline`" } else { "" };
                out::line(format!("{} is calling{video} ({}){asks}", call.name, call.id));
            }
            CallState::Connecting => out::line("connecting"),
            CallState::Active => out::line(format!("connected with {}", call.name)),
            CallState::Reconnecting => out::line("reconnecting"),
            CallState::Ended(reason) => match (call.duration_seconds, &call.decline_text) {
                (Some(seconds), _) => out::line(format!("ended after {seconds} s: {reason}")),
                (None, Some(text)) => out::line(format!("ended: {reason}: {}", out::one_line(text))),
                (None, None) => out::line(format!("ended: {reason}")),
            },
        }
    }
}
