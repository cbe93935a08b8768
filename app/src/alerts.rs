//! What the desktop is told: notices of calls and texts while nobody looks, and to stay awake during calls.
//! `window` connects it; what it wants is computed from the newest view, and what is pressed goes straight to the engine.
//! A notice says who and what happened, never what was written.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use ahoy_call::{CallId, CallState, Direction, EndReason, OtherCall, PeerId, RejectReason};
use ahoy_engine::{CallView, Command, PhoneHandle, View};
use ahoy_system::desktop::{Bus, Desktop};
use ahoy_system::wanted::{Awake, Heard, Notice, NoticeKind, Wanted};
use bevy::prelude::*;

use crate::attention::{Attention, ComeForward, rings_aloud};
use crate::engine_link::NewestView;
use crate::language::Language;
use crate::say;
use crate::screens::Place;
use crate::window::{Step, Wake};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// A call that rings.
    Ringing(CallId),
    /// Calls of this contact that nobody took.
    Missed(PeerId),
    /// Texts of this contact that nobody has seen.
    Written(PeerId),
}

/// What a button of a notice means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Answer,
    Decline,
    CallBack,
}

/// Presses that the window has not taken yet: nobody presses faster than a frame is drawn, so more are one press too many.
const PRESSES: usize = 4;

/// The desktop, and what the window wants of it now.
#[derive(Resource)]
struct Around {
    desktop: Desktop<About, Act>,
    wanted: Wanted<About, Act>,
    heard: Mutex<Receiver<Heard<About, Act>>>,
}

/// Somebody whom the person has not noticed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unnoticed {
    peer: PeerId,
    name: String,
    count: u32,
}

/// What happened while nobody looked.
#[derive(Resource, Default)]
struct Unseen {
    /// Calls that ring aloud: only these can be missed, for a silent one is not to disturb anybody.
    ringing: Vec<CallId>,
    missed: Vec<Unnoticed>,
    /// Unread texts of each contact when somebody looked last.
    read: Vec<(PeerId, u32)>,
    written: Vec<Unnoticed>,
}

impl Unseen {
    /// Takes in the newest view.
    fn keep_up(&mut self, view: &View, focused: bool) {
        for call in view.calls.iter().filter(|call| was_missed(call)) {
            if let Some(at) = self.ringing.iter().position(|ringing| *ringing == call.id) {
                let _ = self.ringing.swap_remove(at);
                match self.missed.iter_mut().find(|missed| missed.peer == call.peer) {
                    Some(missed) => missed.count += 1,
                    None => self.missed.push(Unnoticed { peer: call.peer, name: call.name.clone(), count: 1 }),
                }
            }
        }
        self.ringing = view.calls.iter().filter(|call| rings_aloud(call)).map(|call| call.id).collect();
        if focused {
            self.missed.clear();
            self.read.clear();
        }
        self.written.clear();
        let read = std::mem::take(&mut self.read);
        for contact in &view.contacts {
            let before = read.iter().find(|(peer, _)| *peer == contact.id).map_or(contact.unread, |(_, count)| *count);
            // Texts may be read on the way to nobody looking.
            let before = before.min(contact.unread);
            self.read.push((contact.id, before));
            if contact.unread > before {
                let (peer, name, count) = (contact.id, contact.name.clone(), contact.unread - before);
                self.written.push(Unnoticed { peer, name, count });
            }
        }
    }

    /// What the desktop should show and do now.
    fn wanted(&self, view: &View, focused: bool, language: &Language) -> Wanted<About, Act> {
        let mut notices = Vec::new();
        if !focused {
            let ringing = view.calls.iter().filter(|call| rings_aloud(call));
            notices.extend(ringing.map(|call| (About::Ringing(call.id), rings(call, language))));
            notices.extend(self.missed.iter().map(|missed| (About::Missed(missed.peer), called(missed, language))));
            notices.extend(self.written.iter().map(|written| (About::Written(written.peer), wrote(written, language))));
        }
        Wanted { notices, awake: view.calls.iter().filter_map(awake).max() }
    }
}

fn was_missed(call: &CallView) -> bool {
    call.direction == Direction::Incoming && call.state == CallState::Ended(EndReason::Missed)
}

/// What a call keeps awake: a machine that falls asleep ends it, a screen only hides its picture.
fn awake(call: &CallView) -> Option<Awake> {
    match call.state {
        CallState::Ringing | CallState::Ended(_) => None,
        CallState::Dialing | CallState::Alerting | CallState::Connecting => Some(Awake::Machine),
        CallState::Active | CallState::Reconnecting => {
            Some(if call.sending_video || call.remote_video { Awake::Screen } else { Awake::Machine })
        }
    }
}

/// The names are those of the contacts; everything else is said in the window's language.
fn rings(call: &CallView, language: &Language) -> Notice<Act> {
    let body = if call.video_offered { say!("notice-video-call") } else { say!("notice-voice-call") };
    let buttons = vec![
        (Act::Answer, language.say(&say!("notice-answer"))),
        (Act::Decline, language.say(&say!("notice-decline"))),
    ];
    Notice { kind: NoticeKind::Ringing, title: call.name.clone(), body: language.say(&body), buttons }
}

fn called(missed: &Unnoticed, language: &Language) -> Notice<Act> {
    let body = language.say(&say!("notice-missed", count = missed.count));
    let buttons = vec![(Act::CallBack, language.say(&say!("notice-call-back")))];
    Notice { kind: NoticeKind::Missed, title: missed.name.clone(), body, buttons }
}

fn wrote(written: &Unnoticed, language: &Language) -> Notice<Act> {
    let body = language.say(&say!("notice-written", count = written.count));
    Notice { kind: NoticeKind::Written, title: written.name.clone(), body, buttons: Vec::new() }
}

/// What a press has the engine do.
fn command(pressed: &Heard<About, Act>) -> Option<Command> {
    match *pressed {
        // A picture is sent only after the person has seen what it shows.
        Heard::Pressed(About::Ringing(call), Act::Answer) => {
            Some(Command::AnswerCall { call: Some(call), video: false, other: OtherCall::Hold })
        }
        Heard::Pressed(About::Ringing(call), Act::Decline) => {
            Some(Command::RejectCall { call: Some(call), reason: RejectReason::Declined, text: None })
        }
        Heard::Pressed(About::Missed(peer), Act::CallBack) => {
            Some(Command::StartCall { peer: peer.to_string(), video: false })
        }
        Heard::Pressed(About::Ringing(_) | About::Missed(_) | About::Written(_), _) | Heard::Opened(_) => None,
    }
}

/// Brings the window to what a press is about.
fn go(
    around: Res<Around>,
    mut unseen: ResMut<Unseen>,
    mut place: ResMut<Place>,
    mut forward: MessageWriter<ComeForward>,
) {
    let Ok(heard) = around.heard.lock() else { return };
    for news in heard.try_iter() {
        match news {
            Heard::Pressed(_, Act::Decline) => continue,
            Heard::Pressed(About::Missed(peer) | About::Written(peer), Act::Answer | Act::CallBack)
            | Heard::Opened(About::Missed(peer) | About::Written(peer)) => {
                unseen.missed.retain(|missed| missed.peer != peer);
                let _ = place.set_if_neq(Place::Conversation(peer));
            }
            Heard::Pressed(About::Ringing(_), Act::Answer | Act::CallBack) | Heard::Opened(About::Ringing(_)) => {}
        }
        let _ = forward.write(ComeForward::Asked);
    }
}

fn tell(
    view: Res<NewestView>,
    attention: Res<Attention>,
    language: Res<Language>,
    mut unseen: ResMut<Unseen>,
    mut around: ResMut<Around>,
) {
    unseen.bypass_change_detection().keep_up(&view.0, attention.focused);
    let wanted = unseen.wanted(&view.0, attention.focused, &language);
    if around.wanted != wanted {
        around.desktop.want(wanted.clone());
        around.wanted = wanted;
    }
}

fn press(phone: &PhoneHandle, to_window: &SyncSender<Heard<About, Act>>, wake: &Wake, news: Heard<About, Act>) {
    // Not by way of the window: a hidden one may be asleep.
    if let Some(command) = command(&news)
        && let Err(error) = phone.send(command)
    {
        tracing::warn!("what was pressed in a notice could not be done: {error}");
    }
    // Full: the window is already on its way.
    let _ = to_window.try_send(news);
    wake.ring();
}

/// Connects the window to the desktop around it; where there is none, the window goes on alone.
pub fn connect(app: &mut App, phone: PhoneHandle, wake: Wake) {
    let (to_window, heard) = sync_channel(PRESSES);
    let desktop = match Desktop::start(Bus::Session, move |news| press(&phone, &to_window, &wake, news)) {
        Ok(desktop) => desktop,
        Err(error) => return tracing::debug!("no notices on this system: {error}"),
    };
    let around = Around { desktop, wanted: Wanted::default(), heard: Mutex::new(heard) };
    let changed =
        resource_changed::<NewestView>.or_else(resource_changed::<Attention>).or_else(resource_changed::<Unseen>);
    let _ = app
        .insert_resource(around)
        .init_resource::<Unseen>()
        .add_systems(PreUpdate, go.in_set(Step::Receive).before(crate::screens::choose))
        .add_systems(Update, tell.in_set(Step::Present).run_if(changed));
}

#[cfg(test)]
mod tests {
    use ahoy_call::RingManner;
    use ahoy_engine::ContactView;

    use super::*;
    use crate::calls::tests::call_view;

    const ADA: PeerId = PeerId([7; 32]);

    fn contact(unread: u32) -> ContactView {
        ContactView {
            id: ADA,
            name: "Ada".to_owned(),
            verified: false,
            blocked: false,
            builtin: false,
            favourite: false,
            muted: false,
            auto_answer: ahoy_engine::AutoAnswer::Off,
            last_seen_ms: 0,
            unread,
            typing: false,
            words: String::new(),
        }
    }

    fn view(calls: Vec<CallView>, unread: u32) -> View {
        View { calls, contacts: vec![contact(unread)], ..View::default() }
    }

    fn told(unseen: &mut Unseen, view: &View, focused: bool) -> Vec<(About, String)> {
        unseen.keep_up(view, focused);
        let wanted = unseen.wanted(view, focused, &Language::default());
        wanted.notices.into_iter().map(|(about, notice)| (about, notice.body)).collect()
    }

    #[test]
    fn a_call_is_told_while_it_rings_and_when_it_was_missed() {
        let mut unseen = Unseen::default();
        let call = |number, state| CallView { peer: ADA, ..call_view(number, state, Direction::Incoming) };
        let first = call(1, CallState::Ringing);
        let about = About::Ringing(first.id);
        assert_eq!(told(&mut unseen, &view(vec![first.clone()], 0), false), [(about, "Voice call".to_owned())]);
        assert_eq!(told(&mut unseen, &view(vec![first], 0), true), [], "whoever looks needs no notice");
        let missed = CallState::Ended(EndReason::Missed);
        let once = [(About::Missed(ADA), "Missed call".to_owned())];
        assert_eq!(told(&mut unseen, &view(vec![call(1, missed)], 0), false), once);
        assert_eq!(told(&mut unseen, &view(vec![call(1, missed)], 0), false), once, "counted once");
        let _ = told(&mut unseen, &view(vec![call(2, CallState::Ringing)], 0), false);
        let twice = [(About::Missed(ADA), "2 missed calls".to_owned())];
        assert_eq!(told(&mut unseen, &view(vec![call(2, missed)], 0), false), twice);
        assert_eq!(told(&mut unseen, &view(Vec::new(), 0), true), []);
        assert_eq!(told(&mut unseen, &view(Vec::new(), 0), false), [], "it was seen");
    }

    #[test]
    fn a_silent_call_is_never_told() {
        let mut unseen = Unseen::default();
        let ringing = call_view(1, CallState::Ringing, Direction::Incoming);
        let silent = CallView { ring: Some(RingManner::Silent), ..ringing };
        assert_eq!(told(&mut unseen, &view(vec![silent], 0), false), []);
        let missed = call_view(1, CallState::Ended(EndReason::Missed), Direction::Incoming);
        assert_eq!(told(&mut unseen, &view(vec![missed], 0), false), []);
    }

    #[test]
    fn texts_are_counted_from_when_somebody_looked() {
        let mut unseen = Unseen::default();
        assert_eq!(told(&mut unseen, &view(Vec::new(), 3), false), [], "they were there before");
        let one = [(About::Written(ADA), "New message".to_owned())];
        assert_eq!(told(&mut unseen, &view(Vec::new(), 4), false), one);
        let two = [(About::Written(ADA), "2 new messages".to_owned())];
        assert_eq!(told(&mut unseen, &view(Vec::new(), 5), false), two);
        assert_eq!(told(&mut unseen, &view(Vec::new(), 5), true), []);
        assert_eq!(told(&mut unseen, &view(Vec::new(), 5), false), []);
        assert_eq!(told(&mut unseen, &view(Vec::new(), 0), false), []);
        assert_eq!(told(&mut unseen, &view(Vec::new(), 1), false), one);
    }

    #[test]
    fn a_picture_keeps_the_screen_awake_and_a_voice_the_machine() {
        let unseen = Unseen::default();
        let awake = |call| unseen.wanted(&view(vec![call], 0), true, &Language::default()).awake;
        let call = |state| call_view(1, state, Direction::Incoming);
        assert_eq!(awake(call(CallState::Ringing)), None);
        assert_eq!(awake(call(CallState::Active)), Some(Awake::Machine));
        let seen = CallView { remote_video: true, ..call(CallState::Active) };
        assert_eq!(awake(seen), Some(Awake::Screen));
        assert_eq!(awake(call(CallState::Ended(EndReason::Busy))), None);
    }

    #[test]
    fn answering_from_a_notice_sends_no_picture() {
        let call = CallId([3; 16]);
        let answer = command(&Heard::Pressed(About::Ringing(call), Act::Answer));
        assert!(matches!(answer, Some(Command::AnswerCall { call: Some(of), video: false, .. }) if of == call));
        assert!(command(&Heard::Opened(About::Ringing(call))).is_none());
    }
}
