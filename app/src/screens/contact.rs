//! What is known of a contact: name, safety words, whether it is verified, what it may do.
//! Built once; switches and badge follow the view in place, so that a press does not take the focus away.
//! Removing asks once more on the button itself.

use ahoy_call::PeerId;
use ahoy_engine::desk::Request;
use ahoy_engine::{Command, ContactView};
use bevy::prelude::*;
use bevy::text::EditableText;
use bevy::ui_widgets::Activate;

use super::{Place, Screen, page, parts};
use crate::engine_link::{Intent, NewestView};
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::paint::{Fill, Ink};
use crate::phrase::Phrase;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// Bytes of a name in the contact list, so at most as many characters.
const MAX_NAME: usize = 128;
/// Safety words in a line: as many as are read out in a breath.
const WORDS_A_LINE: usize = 4;

#[derive(Component)]
struct NameField;

/// The line that says whether the contact is verified.
#[derive(Component)]
struct Badge;

/// A button that shows and changes something of the contact.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
enum Switch {
    Favourite,
    Silence,
    Block,
    /// Whether it was pressed once.
    Remove(bool),
}

fn shown<'a>(view: &'a NewestView, place: &Place) -> Option<&'a ContactView> {
    view.0.contacts.iter().find(|contact| Some(contact.id) == place.peer())
}

fn build(view: Res<NewestView>, place: Res<Place>, mut commands: Commands) {
    let Some(contact) = shown(&view, &place) else { return };
    let name = parts::display_name(&contact.name, contact.id);
    page::spawn(&mut commands, Screen::Contact, |ui| {
        page::titled(ui, Phrase::verbatim(&name));
        let _ = ui.spawn(widgets::card()).with_children(|ui| name_card(ui, contact));
        let _ = ui.spawn(widgets::card()).with_children(|ui| trust_card(ui, contact, &name));
        let _ = ui.spawn(widgets::card()).with_children(|ui| {
            let _ = ui.spawn(page::buttons()).with_children(|ui| {
                for switch in [Switch::Favourite, Switch::Silence, Switch::Block, Switch::Remove(false)] {
                    let _ = widgets::button(ui, Shape::Wide, switch.face(contact)).insert(switch).observe(press);
                }
            });
        });
    });
}

fn name_card(ui: &mut ChildSpawnerCommands<'_>, contact: &ContactView) {
    let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("contact-name")));
    let row = Node { column_gap: px(theme::GAP), align_items: AlignItems::Center, ..default() };
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
    let _ = ui.spawn((widgets::text(Type::Body, Paint::TextQuiet, Phrase::Nothing), Badge));
    words(ui, &contact.words);
    let hint = say!("contact-same-words", name = name);
    let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, hint));
    let _ = ui.spawn(page::buttons()).with_children(|ui| {
        let who = contact.id.to_string();
        let face = Face::new(Tone::Accent, Icon::Check, say!("contact-compare"))
            .spoken(say!("contact-compare-with", name = name));
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

impl Switch {
    fn face(self, contact: &ContactView) -> Face {
        let name = parts::display_name(&contact.name, contact.id);
        match self {
            Self::Favourite if contact.favourite => Face::new(Tone::Accent, Icon::StarFull, say!("contact-favourite"))
                .spoken(say!("contact-favourite-change", name = name)),
            Self::Favourite => Face::new(Tone::Quiet, Icon::Star, say!("contact-make-favourite")),
            Self::Silence if contact.muted => {
                Face::new(Tone::Accent, Icon::BellOff, say!("contact-silent")).spoken(say!("contact-silent-change"))
            }
            Self::Silence => Face::new(Tone::Quiet, Icon::Bell, say!("contact-silence")),
            Self::Block if contact.blocked => Face::new(Tone::Stop, Icon::Block, say!("contact-blocked"))
                .spoken(say!("contact-blocked-change", name = name)),
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
            Self::Favourite => Some(Request::Favourite { who, on: !contact.favourite }),
            Self::Silence => Some(Request::MuteCalls { who, on: !contact.muted }),
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
    mut switches: Query<&mut Switch>,
    mut intents: MessageWriter<Intent>,
) {
    let (Some(contact), Ok(mut switch)) = (shown(&view, &place), switches.get_mut(pressed.entity)) else { return };
    match switch.request(contact) {
        Some(request) => drop(intents.write(Intent(Command::Desk(request)))),
        None => *switch = Switch::Remove(true),
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
    view: Res<NewestView>,
    place: Res<Place>,
    mut switches: Query<(&Switch, &mut Face)>,
    mut badge: Query<(&mut Said, &mut Ink), With<Badge>>,
) {
    let Some(contact) = shown(&view, &place) else { return };
    for (switch, mut face) in &mut switches {
        let _ = face.set_if_neq(switch.face(contact));
    }
    for (mut said, mut ink) in &mut badge {
        let (words, paint) = if contact.verified {
            (say!("contact-verified"), Paint::GoText)
        } else {
            (say!("contact-not-verified"), Paint::TextQuiet)
        };
        widgets::write(&mut said, words);
        let _ = ink.set_if_neq(Ink(paint));
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_systems(OnEnter(Screen::Contact), build)
        .add_systems(PreUpdate, rebuild.in_set(Step::Mirror).run_if(in_state(Screen::Contact)))
        .add_systems(Update, write.in_set(Step::Present).run_if(in_state(Screen::Contact)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_lines_of_four() {
        assert_eq!(lines("a b c d e"), ["a  b  c  d", "e"]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn removing_asks_once_more_and_blocking_goes_both_ways() {
        let contact = ContactView {
            id: PeerId([1; 32]),
            name: "Ada".to_owned(),
            verified: false,
            blocked: true,
            builtin: false,
            favourite: false,
            muted: false,
            last_seen_ms: 0,
            unread: 0,
            typing: false,
            words: String::new(),
        };
        let who = contact.id.to_string();
        assert_eq!(Switch::Remove(false).request(&contact), None);
        assert_eq!(Switch::Remove(true).request(&contact), Some(Request::Remove { who: who.clone() }));
        assert_eq!(Switch::Block.request(&contact), Some(Request::Unblock { who: who.clone() }));
        assert_eq!(Switch::Favourite.request(&contact), Some(Request::Favourite { who, on: true }));
    }
}
