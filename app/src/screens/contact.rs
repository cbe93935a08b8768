//! What is known of a contact: name, safety words, whether it is verified, what may happen without asking.
//! Built once; badge and buttons follow the view in place, so that a press does not take the focus away.
//! What cannot be taken back says what it does, and asks once more on the button itself.

use ahoy_call::PeerId;
use ahoy_engine::desk::Request;
use ahoy_engine::{Command, ContactView};
use bevy::prelude::*;
use bevy::text::EditableText;
use bevy::ui_widgets::Activate;

use super::{Place, Screen, contacts, history, page, parts, rules};
use crate::clock::Clock;
use crate::engine_link::{Intent, NewestView};
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::moments;
use crate::paint::{Fill, Ink};
use crate::phrase::Phrase;
use crate::records::Interest;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// Bytes of a name in the contact list, so at most as many characters.
const MAX_NAME: usize = 128;
/// Safety words in a line: as many as are read out in a breath.
const WORDS_A_LINE: usize = 4;
/// The side of the person's sign.
const SIGN: f32 = 72.0;

#[derive(Component)]
struct NameField;

/// The line that says whether the contact is verified.
#[derive(Component)]
struct Badge;

/// When the contact was last heard of.
#[derive(Component)]
struct LastSeen;

/// A button for what has consequences.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
enum Grave {
    Block,
    /// Whether it was pressed once.
    Remove(bool),
}

/// The contact of the place.
pub(super) fn shown<'a>(view: &'a NewestView, place: &Place) -> Option<&'a ContactView> {
    view.0.contacts.iter().find(|contact| Some(contact.id) == place.peer())
}

fn build(view: Res<NewestView>, place: Res<Place>, mut commands: Commands) {
    let Some(contact) = shown(&view, &place) else { return };
    let name = parts::display_name(&contact.name, contact.id);
    page::spawn(&mut commands, Screen::Contact, |ui| {
        page::titled(ui, Phrase::verbatim(&name));
        let _ = ui.spawn(widgets::card()).with_children(|ui| person_card(ui, contact, &name));
        let _ = ui.spawn(widgets::card()).with_children(|ui| trust_card(ui, contact, &name));
        let _ = ui.spawn(widgets::card()).with_children(|ui| rules::card(ui, contact));
        let _ = ui.spawn(widgets::card()).with_children(|ui| name_card(ui, contact));
        let _ = ui.spawn(widgets::card()).with_children(|ui| grave_card(ui, contact, &name));
    });
}

fn person_card(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView, name: &str) {
    let row = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP_WIDE), ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        widgets::avatar(ui, contact.id, name, contact.builtin, SIGN);
        let words = Node { flex_direction: FlexDirection::Column, flex_grow: 1.0, flex_basis: px(0), ..default() };
        let _ = ui.spawn(words).with_children(|ui| {
            let _ = ui.spawn((widgets::text(Type::Body, Paint::TextQuiet, Phrase::Nothing), Badge));
            let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), LastSeen));
        });
    });
    let _ = ui.spawn(page::buttons()).with_children(|ui| {
        for video in [false, true] {
            let peer = parts::callee(contact.id, &contact.name, contact.builtin);
            let _ = parts::press(ui, Shape::Wide, parts::call_face(name, video), Command::StartCall { peer, video });
        }
        let id = contact.id;
        let face =
            Face::new(Tone::Quiet, Icon::Message, say!("contact-write")).spoken(say!("contact-write-to", name = name));
        let _ = widgets::button(ui, Shape::Wide, face).observe(contacts::go(Place::Conversation(id)));
        let face = Face::new(Tone::Quiet, Icon::Clock, say!("contact-calls")).spoken(say!("history-with", name = name));
        let _ = widgets::button(ui, Shape::Wide, face).observe(
            move |_: On<Activate>, mut interest: ResMut<Interest>, mut place: ResMut<Place>| {
                history::only_with(&mut interest, id);
                *place = Place::History;
            },
        );
    });
}

fn name_card(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView) {
    let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("contact-name")));
    let row = Node {
        flex_wrap: FlexWrap::Wrap,
        column_gap: px(theme::GAP),
        row_gap: px(theme::GAP),
        align_items: AlignItems::Center,
        ..default()
    };
    let _ = ui.spawn(row).with_children(|ui| {
        let (hint, label) = (say!("contact-name"), say!("contact-name-of"));
        let purpose = Purpose { hint, label, limit: MAX_NAME, text: &contact.name };
        field::field(ui, purpose, |field| {
            let _ = field
                .insert(NameField)
                .observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(rename));
        });
        let face = Face::new(Tone::Quiet, Icon::Check, say!("contact-save")).spoken(say!("contact-save-name"));
        let _ = widgets::button(ui, Shape::Wide, face)
            .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(rename));
    });
}

fn trust_card(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView, name: &str) {
    let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("contact-safety-words")));
    words(ui, &contact.words);
    let hint = say!("contact-same-words", name = name);
    let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, hint));
    let _ = ui.spawn(page::buttons()).with_children(|ui| {
        let who = contact.id.to_string();
        let tone = if contact.verified { Tone::Quiet } else { Tone::Accent };
        let face =
            Face::new(tone, Icon::Check, say!("contact-compare")).spoken(say!("contact-compare-with", name = name));
        let _ = parts::press(ui, Shape::Wide, face, Command::Compare { who: who.clone() });
        if !contact.verified {
            let face = Face::word(Tone::Quiet, say!("contact-words-same"))
                .spoken(say!("contact-words-same-name", name = name));
            let _ = parts::press(ui, Shape::Wide, face, Command::Desk(Request::Verify { who }));
        }
    });
}

/// Spawns safety words in lines of a few.
pub(super) fn words(ui: &mut ChildSpawnerCommands<'_>, words: &str) {
    let block = Node {
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP / 2.0),
        padding: px(theme::GAP_WIDE).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let label = Named(say!("contact-safety-words-are", words = words));
    let _ = ui.spawn((block, Fill(Paint::Ground), label)).with_children(|ui| {
        for line in lines(words) {
            let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, Phrase::verbatim(line)));
        }
    });
}

fn lines(words: &str) -> Vec<String> {
    let words: Vec<&str> = words.split_whitespace().collect();
    words.chunks(WORDS_A_LINE).map(|line| line.join("  ")).collect()
}

fn grave_card(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView, name: &str) {
    let consequences = [
        (Grave::Block, say!("contact-block-about", name = name)),
        (Grave::Remove(false), say!("contact-remove-about", name = name)),
    ];
    for (grave, about) in consequences {
        let group = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
        let _ = ui.spawn(group).with_children(|ui| {
            let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, about));
            let _ = ui.spawn(page::buttons()).with_children(|ui| {
                let _ = widgets::button(ui, Shape::Wide, grave.face(contact)).insert(grave).observe(press);
            });
        });
    }
}

impl Grave {
    fn face(self, contact: &ContactView) -> Face {
        let name = parts::display_name(&contact.name, contact.id);
        match self {
            Self::Block if contact.blocked => Face::new(Tone::Stop, Icon::Block, say!("contact-unblock"))
                .spoken(say!("contact-unblock-name", name = name)),
            Self::Block => Face::new(Tone::Quiet, Icon::Block, say!("contact-block")),
            Self::Remove(false) => Face::new(Tone::Quiet, Icon::Trash, say!("contact-remove")),
            Self::Remove(true) => Face::new(Tone::Stop, Icon::Trash, say!("contact-remove-sure"))
                .spoken(say!("contact-remove-sure-name", name = name)),
        }
    }

    /// What pressing asks for; `None` where it only asks once more.
    fn request(self, contact: &ContactView) -> Option<Request> {
        let who = contact.id.to_string();
        match self {
            Self::Block if contact.blocked => Some(Request::Unblock { who }),
            Self::Block => Some(Request::Block { who }),
            Self::Remove(false) => None,
            Self::Remove(true) => Some(Request::Remove { who }),
        }
    }
}

fn press(
    pressed: On<Activate>,
    view: Res<NewestView>,
    place: Res<Place>,
    mut buttons: Query<&mut Grave>,
    mut intents: MessageWriter<Intent>,
) {
    let (Some(contact), Ok(mut grave)) = (shown(&view, &place), buttons.get_mut(pressed.entity)) else { return };
    match grave.request(contact) {
        Some(request) => drop(intents.write(Intent(Command::Desk(request)))),
        None => *grave = Grave::Remove(true),
    }
}

fn rename(
    view: Res<NewestView>,
    place: Res<Place>,
    field: Single<&EditableText, With<NameField>>,
    mut intents: MessageWriter<Intent>,
) {
    let Some(contact) = shown(&view, &place) else { return };
    let name = field::words(&field);
    if !name.is_empty() && name != contact.name {
        let who = contact.id.to_string();
        let _ = intents.write(Intent(Command::Desk(Request::Rename { who, name })));
    }
}

/// What the page was built with; another name or trust builds it anew.
fn built_with(contact: &ContactView) -> (PeerId, String, bool, String) {
    (contact.id, contact.name.clone(), contact.verified, contact.words.clone())
}

fn rebuild(
    view: Res<NewestView>,
    place: Res<Place>,
    mut built: Local<Option<(PeerId, String, bool, String)>>,
    mut next: ResMut<NextState<Screen>>,
) {
    let now = shown(&view, &place).map(built_with);
    let same_contact = built.as_ref().map(|before| before.0) == now.as_ref().map(|now| now.0);
    // A screen that is about to change is built anew, or not needed, anyway.
    if same_contact && *built != now && matches!(*next, NextState::Unchanged) {
        next.set(Screen::Contact);
    }
    *built = now;
}

fn write(
    (view, place, clock): (Res<NewestView>, Res<Place>, Res<Clock>),
    mut buttons: Query<(&Grave, &mut Face)>,
    mut badge: Query<(&mut Said, &mut Ink), With<Badge>>,
    mut seen: Query<&mut Said, (With<LastSeen>, Without<Badge>)>,
) {
    let Some(contact) = shown(&view, &place) else { return };
    for (grave, mut face) in &mut buttons {
        let _ = face.set_if_neq(grave.face(contact));
    }
    for (mut said, mut ink) in &mut badge {
        let (words, paint) = match (contact.blocked, contact.verified) {
            (true, _) => (say!("contacts-blocked"), Paint::StopText),
            (false, true) => (say!("contact-verified"), Paint::GoText),
            (false, false) => (say!("contact-not-verified"), Paint::TextQuiet),
        };
        widgets::write(&mut said, words);
        let _ = ink.set_if_neq(Ink(paint));
    }
    for mut said in &mut seen {
        let words = match contact.last_seen_ms {
            0 => say!("conversation-not-seen"),
            at_ms => say!("conversation-seen", when = moments::when(clock.unix_ms(), at_ms)),
        };
        widgets::write(&mut said, words);
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_plugins(rules::plugin)
        .add_systems(OnEnter(Screen::Contact), build)
        .add_systems(PreUpdate, rebuild.in_set(Step::Mirror).run_if(in_state(Screen::Contact)))
        .add_systems(Update, write.in_set(Step::Present).run_if(in_state(Screen::Contact)));
}

#[cfg(test)]
mod tests {
    use super::super::lately::tests::contact;
    use super::*;

    #[test]
    fn words_stand_in_lines_of_four() {
        assert_eq!(lines("a b c d e"), ["a  b  c  d", "e"]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn removing_asks_once_more_and_blocking_goes_both_ways() {
        let contact = ContactView { blocked: true, ..contact(1) };
        let who = contact.id.to_string();
        assert_eq!(Grave::Remove(false).request(&contact), None);
        assert_eq!(Grave::Remove(true).request(&contact), Some(Request::Remove { who: who.clone() }));
        assert_eq!(Grave::Block.request(&contact), Some(Request::Unblock { who: who.clone() }));
        assert_eq!(Grave::Block.request(&ContactView { blocked: false, ..contact }), Some(Request::Block { who }));
    }
}
