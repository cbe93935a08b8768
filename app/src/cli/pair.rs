//! `pair`: this phone is open for pairing for a while; two people who do the same have each other as contacts.
//! `cli` calls it; the phone is opened for it, so none may run on the same data directory.
//! Every phone is shown with its safety words before it is added; `--yes` adds the first one.

use std::process::ExitCode;
use std::time::Duration;

use ahoy_call::PeerId;
use ahoy_camera::CameraChoice;
use ahoy_engine::desk::Response;
use ahoy_engine::{Command, Notice, NoticeKind, Phone, PhoneConfig, PhoneHandle, Reply, Stranger};
use ahoy_net::{ContactLink, safety_words};
use anyhow::{Result, bail};
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::{FAILED, Socket, call, desk, out, stdin};

/// What the person asked for.
pub struct Wish {
    /// The other phone's link.
    pub with: Option<String>,
    /// The camera that looks for one.
    pub scan: Option<CameraChoice>,
    /// What to call them.
    pub name: Option<String>,
    /// Add without asking.
    pub yes: bool,
    /// When to give up.
    pub wait: Duration,
}

/// Opens the phone for pairing until one was added or the time is over.
pub fn pair(config: PhoneConfig, wish: Wish, as_json: bool) -> Result<ExitCode> {
    let dir = config.data_dir.clone();
    let phone = call::open(config)?;
    let _socket = Socket::serve(&dir, "ahoy pair", phone.handle());
    let code = call::runtime()?.block_on(async { Run::new(&phone, wish, as_json).follow().await });
    phone.close();
    code
}

struct Run {
    phone: PhoneHandle,
    wish: Wish,
    as_json: bool,
    /// Who was shown with its safety words: only these are added.
    shown: Vec<Stranger>,
}

impl Run {
    fn new(phone: &Phone, wish: Wish, as_json: bool) -> Self {
        Self { phone: phone.handle(), wish, as_json, shown: Vec::new() }
    }

    async fn follow(mut self) -> Result<ExitCode> {
        let (mut view, mut lines) = (self.phone.view(), stdin::lines());
        let _ = self.phone.ask(Command::Pairing { on: true }).await?;
        out::line(format!("my link: {}", view.borrow().me.link));
        desk::suggest_name(&view.borrow().me.name);
        if let Some(link) = self.wish.with.clone() {
            let name = self.wish.name.clone();
            return self.add(Command::Pair { link, name }).await;
        }
        if let Some(camera) = self.wish.scan.clone() {
            let _ = self.phone.ask(Command::Scan { camera: Some(camera) }).await?;
        }
        let due = Instant::now() + self.wish.wait;
        loop {
            let (found, open) = {
                let view = view.borrow_and_update();
                if let Some(why) = view.scan.as_ref().and_then(|scan| scan.failed.clone()) {
                    bail!("the camera cannot look for a code: {why}");
                }
                let found = view.scan.as_ref().and_then(|scan| scan.found.as_deref());
                let found = found.and_then(|link| scanned(link, view.me.id?));
                let open = view.pairing.clone().unwrap_or_default();
                (found, open)
            };
            let named = |how: &'static str| move |stranger| (how, stranger);
            let strangers = open.knocks.into_iter().map(named("knocks"));
            let strangers = strangers.chain(open.nearby.into_iter().map(named("nearby")));
            if let Some(command) = self.look(strangers.chain(found.map(named("scanned")))) {
                return self.add(command).await;
            }
            tokio::select! {
                changed = view.changed() => changed?,
                () = sleep_until(due) => {
                    eprintln!("nobody was added");
                    return Ok(ExitCode::from(FAILED));
                }
                Some(line) = lines.recv() => match self.chosen(line.trim()) {
                    Some(stranger) => return self.add(self.adding(stranger)).await,
                    None => eprintln!("say `yes` and the first digits of the phone's id; `yes` alone when only one is shown"),
                },
            }
        }
    }

    /// Shows phones not shown yet; the command to add one when that needs no question.
    fn look(&mut self, strangers: impl Iterator<Item = (&'static str, Stranger)>) -> Option<Command> {
        for (how, stranger) in strangers {
            if self.shown.iter().any(|shown| shown.id == stranger.id) {
                continue;
            }
            let called = if stranger.name.is_empty() { "a phone without a name" } else { &stranger.name };
            if self.as_json {
                out::line(json!({ "found": how, "id": stranger.id, "name": stranger.name, "words": stranger.words }));
            } else {
                out::line(format!("{how}: {called} ({stranger_id:.8})", stranger_id = stranger.id.to_string()));
                out::line(format!("safety words: {}", stranger.words));
            }
            if self.wish.yes {
                return Some(self.adding(stranger));
            }
            if !self.as_json {
                out::line(format!("say `yes {stranger_id:.4}` to add it", stranger_id = stranger.id.to_string()));
            }
            self.shown.push(stranger);
        }
        None
    }

    /// Whom `yes` or `yes DIGITS` means: exactly one of those that were shown.
    fn chosen(&self, line: &str) -> Option<Stranger> {
        let digits = line.strip_prefix("yes")?.trim();
        let mut fitting = self.shown.iter().filter(|shown| shown.id.to_string().starts_with(digits));
        let first = fitting.next().cloned();
        first.filter(|_| fitting.next().is_none())
    }

    fn adding(&self, stranger: Stranger) -> Command {
        let name = self.wish.name.clone();
        match stranger.link {
            Some(link) => Command::Pair { link, name },
            None => Command::PairNearby { id: stranger.id, name },
        }
    }

    async fn add(&self, command: Command) -> Result<ExitCode> {
        let notices = || self.phone.view().borrow().notices.clone();
        let before = notices();
        let Reply::Desk(Response::Added { id, name, words, warning }) = self.phone.ask(command).await? else {
            bail!("the phone gave another answer than a contact")
        };
        if let Some(warning) = &warning {
            eprintln!("WARNING: {warning}");
        }
        if self.as_json {
            out::line(json!({ "id": id, "name": name, "words": words, "warning": warning }));
        } else {
            out::line(format!("added {name} ({})", &id[..8]));
            out::line(format!("safety words, the same on both phones: {words}"));
        }
        // What became of the knock, when there is something left to do.
        let is_warning = |notice: &Notice| matches!(notice.kind, NoticeKind::OtherKey { .. });
        for notice in notices().iter().filter(|notice| !before.contains(notice) && !is_warning(notice)) {
            eprintln!("{}", notice.text);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The phone of a link that the camera read.
fn scanned(link: &str, me: PeerId) -> Option<Stranger> {
    let parsed: ContactLink = link.parse().ok()?;
    let words = safety_words(&me, &parsed.id);
    Some(Stranger { id: parsed.id, name: parsed.name, link: Some(link.to_owned()), words })
}
