//! Notices by the Desktop Notifications Specification 1.3: `Notify`, `CloseNotification` and two signals.
//! Only the thread of `desktop_linux` calls it.
//! A notice that the person has closed stays closed until it says something else.

use std::collections::HashMap;

use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, Message, MessageStream};

use crate::wanted::{Heard, MAX_NOTICES, Notice, NoticeKind};

/// The service's name, which its interface has too.
const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Signals that wait while the thread asks the desktop something. They are told to every program, so there may be many.
const SIGNALS_WAITING: usize = 64;

/// The name of the `.desktop` file and of the icon.
const NAME: &str = "ahoy";

/// The specification's name for pressing the notice itself.
const OPENED: &str = "default";

/// The notices as they stand on the desktop.
pub(crate) struct Notices<K, A> {
    shown: Vec<Shown<K, A>>,
    /// The desktop has refused one, and that was logged.
    refused: bool,
}

struct Shown<K, A> {
    key: K,
    notice: Notice<A>,
    /// The desktop's number for it; `None` once it was closed there, or when it was refused.
    id: Option<u32>,
}

impl<K, A> Default for Notices<K, A> {
    fn default() -> Self {
        Self { shown: Vec::new(), refused: false }
    }
}

/// What the desktop says of notices, of ours and of other programs'.
pub(crate) async fn signals(connection: &Connection) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender(SERVICE)?
        .interface(SERVICE)?
        .path(PATH)?
        .build();
    MessageStream::for_match_rule(rule, connection, Some(SIGNALS_WAITING)).await
}

impl<K: Clone + PartialEq, A: Copy + PartialEq> Notices<K, A> {
    /// Makes the notices on the desktop those that are wanted.
    pub(crate) async fn follow(&mut self, connection: &Connection, mut wanted: Vec<(K, Notice<A>)>) {
        wanted.truncate(MAX_NOTICES);
        let (kept, gone): (Vec<_>, Vec<_>) =
            self.shown.drain(..).partition(|shown| wanted.iter().any(|(key, _)| *key == shown.key));
        self.shown = kept;
        for id in gone.into_iter().filter_map(|shown| shown.id) {
            self.withdraw(connection, id).await;
        }
        for (key, notice) in wanted {
            let known = self.shown.iter().position(|shown| shown.key == key);
            let replaced = match known.map(|at| &self.shown[at]) {
                Some(shown) if shown.notice == notice => continue,
                Some(shown) => shown.id,
                None => None,
            };
            let id = self.show(connection, &notice, replaced).await;
            let shown = Shown { key, notice, id };
            match known {
                Some(at) => self.shown[at] = shown,
                None => self.shown.push(shown),
            }
        }
    }

    async fn show(&mut self, connection: &Connection, notice: &Notice<A>, replaces: Option<u32>) -> Option<u32> {
        let keys: Vec<String> = (0..notice.buttons.len()).map(|number| number.to_string()).collect();
        let buttons = keys.iter().zip(&notice.buttons).flat_map(|(key, (_, words))| [key.as_str(), words.as_str()]);
        // Most desktops show no button for this one.
        let actions: Vec<&str> = [OPENED, ""].into_iter().chain(buttons).collect();
        let body = (
            "Ahoy",
            replaces.unwrap_or(0),
            NAME,
            notice.title.as_str(),
            notice.body.as_str(),
            actions,
            hints(notice.kind),
            lasts_ms(notice.kind),
        );
        let asked = connection.call_method(Some(SERVICE), PATH, Some(SERVICE), "Notify", &body).await;
        match asked.and_then(|reply| reply.body().deserialize::<u32>()) {
            Ok(id) => {
                self.refused = false;
                Some(id)
            }
            Err(error) => {
                if !std::mem::replace(&mut self.refused, true) {
                    tracing::warn!("this desktop shows no notices: {error}");
                }
                None
            }
        }
    }

    async fn withdraw(&self, connection: &Connection, id: u32) {
        let asked = connection.call_method(Some(SERVICE), PATH, Some(SERVICE), "CloseNotification", &(id)).await;
        if let Err(error) = asked {
            // The person may have closed it in this moment.
            tracing::debug!("a notice could not be withdrawn: {error}");
        }
    }

    /// What a signal means for one of our notices.
    pub(crate) fn hear(&mut self, signal: &Message) -> Option<Heard<K, A>> {
        let header = signal.header();
        match header.member()?.as_str() {
            "ActionInvoked" => {
                let (id, action): (u32, String) = signal.body().deserialize().ok()?;
                let shown = self.shown.iter().find(|shown| shown.id == Some(id))?;
                if action == OPENED {
                    return Some(Heard::Opened(shown.key.clone()));
                }
                let (meaning, _) = shown.notice.buttons.get(action.parse::<usize>().ok()?)?;
                Some(Heard::Pressed(shown.key.clone(), *meaning))
            }
            "NotificationClosed" => {
                let (id, _reason): (u32, u32) = signal.body().deserialize().ok()?;
                self.shown.iter_mut().find(|shown| shown.id == Some(id))?.id = None;
                None
            }
            _ => None,
        }
    }
}

fn hints(kind: NoticeKind) -> HashMap<&'static str, Value<'static>> {
    let (category, urgency): (&str, u8) = match kind {
        NoticeKind::Ringing => ("call.incoming", 2),
        NoticeKind::Missed => ("call.unanswered", 1),
        NoticeKind::Written => ("im.received", 1),
    };
    let mut hints = HashMap::from([
        ("desktop-entry", Value::from(NAME)),
        ("category", Value::from(category)),
        ("urgency", Value::from(urgency)),
    ]);
    if kind == NoticeKind::Ringing {
        // The phone rings by itself; and what rang has no place among what to read later.
        hints.extend([("suppress-sound", Value::from(true)), ("transient", Value::from(true))]);
    }
    hints
}

/// How long the desktop shows it: 0 is until it is closed, -1 is the desktop's own habit.
const fn lasts_ms(kind: NoticeKind) -> i32 {
    match kind {
        NoticeKind::Ringing => 0,
        NoticeKind::Missed | NoticeKind::Written => -1,
    }
}
