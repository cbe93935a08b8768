//! Calls besides the one on the screen: a second one that waits, one on hold, one that goes on elsewhere.
//! Every screen has a slot for them at its top; they never take the screen by themselves.
//! A call that rings silently is told here and nowhere else.

use ahoy_call::{CallId, CallState, OtherCall, RejectReason, RingManner};
use ahoy_engine::{CallView, Command, View};
use bevy::prelude::*;

use super::{Shown, page, parts};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::paint::{Edge, Fill};
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// The place for banners, and those that it shows.
#[derive(Component, Default)]
struct Slot(Vec<Note>);

/// One call that must not be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    call: CallId,
    name: String,
    video: bool,
    kind: NoteKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoteKind {
    /// It rings beside another call, or silently.
    Rings { beside: bool, silent: bool },
    /// I hold it; another goes on that it can be swapped with.
    Held { swap: bool },
    /// It goes on while the screen shows something else.
    GoesOn,
}

/// Spawns the slot of a screen.
pub(super) fn slot(ui: &mut ChildSpawnerCommands<'_>) {
    let node = Node {
        width: percent(100),
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        row_gap: px(theme::GAP),
        flex_shrink: 0.0,
        display: Display::None,
        ..default()
    };
    let _ = ui.spawn((node, Slot::default()));
}

fn goes_on(call: &CallView) -> bool {
    !call.held && matches!(call.state, CallState::Connecting | CallState::Active | CallState::Reconnecting)
}

fn notes(view: &View, shown: Option<CallId>) -> Vec<Note> {
    let others = view.calls.iter().filter(|call| !call.state.is_ended() && Some(call.id) != shown);
    let note = |call: &CallView| {
        let mut rest = view.calls.iter().filter(|other| other.id != call.id);
        let kind = match call.state {
            CallState::Ringing => {
                NoteKind::Rings { beside: rest.any(goes_on), silent: call.ring == Some(RingManner::Silent) }
            }
            CallState::Connecting | CallState::Active | CallState::Reconnecting if call.held => {
                NoteKind::Held { swap: rest.any(goes_on) }
            }
            CallState::Dialing
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Active
            | CallState::Reconnecting
            | CallState::Ended(_) => NoteKind::GoesOn,
        };
        Note { call: call.id, name: parts::display_name(&call.name, call.peer), video: call.video_offered, kind }
    };
    others.map(note).collect()
}

impl Note {
    fn words(&self) -> Phrase {
        let Self { name, .. } = self;
        match (self.kind, self.video) {
            (NoteKind::Rings { silent: true, .. }, _) => say!("banner-rings-silently", name = name),
            (NoteKind::Rings { silent: false, .. }, true) => say!("banner-rings-video", name = name),
            (NoteKind::Rings { silent: false, .. }, false) => say!("banner-rings", name = name),
            (NoteKind::Held { .. }, _) => say!("banner-held", name = name),
            (NoteKind::GoesOn, _) => say!("banner-goes-on", name = name),
        }
    }

    /// What can be done about it, in the order of the Tab key.
    fn actions(&self) -> Vec<(Face, Command)> {
        let (call, name) = (Some(self.call), &self.name);
        let answer = |other| Command::AnswerCall { call, video: false, other };
        let decline = || {
            let face =
                Face::word(Tone::Stop, say!("banner-decline")).spoken(say!("banner-decline-spoken", name = name));
            (face, Command::RejectCall { call, reason: RejectReason::Declined, text: None })
        };
        let end = || {
            let face =
                Face::word(Tone::Stop, say!("banner-hang-up")).spoken(say!("banner-hang-up-spoken", name = name));
            (face, Command::EndCall { call })
        };
        match self.kind {
            NoteKind::Rings { beside: true, .. } => vec![
                (
                    Face::word(Tone::Go, say!("banner-hold-and-answer"))
                        .spoken(say!("banner-hold-and-answer-spoken", name = name)),
                    answer(OtherCall::Hold),
                ),
                (
                    Face::word(Tone::Quiet, say!("banner-end-and-answer"))
                        .spoken(say!("banner-end-and-answer-spoken", name = name)),
                    answer(OtherCall::End),
                ),
                decline(),
            ],
            NoteKind::Rings { beside: false, .. } => vec![
                (
                    Face::word(Tone::Go, say!("banner-answer")).spoken(say!("banner-answer-spoken", name = name)),
                    answer(OtherCall::Hold),
                ),
                decline(),
            ],
            NoteKind::Held { swap: true } => vec![
                (
                    Face::new(Tone::Accent, Icon::Swap, say!("banner-swap"))
                        .spoken(say!("banner-swap-spoken", name = name)),
                    Command::Swap,
                ),
                end(),
            ],
            NoteKind::Held { swap: false } => vec![
                (
                    Face::new(Tone::Accent, Icon::Play, say!("banner-resume"))
                        .spoken(say!("banner-resume-spoken", name = name)),
                    Command::Hold { call, on: false },
                ),
                end(),
            ],
            NoteKind::GoesOn => Vec::new(),
        }
    }
}

fn card(ui: &mut ChildSpawnerCommands<'_>, note: &Note) {
    let node = Node {
        width: percent(100),
        max_width: px(theme::PAGE),
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::Center,
        justify_content: JustifyContent::SpaceBetween,
        column_gap: px(theme::GAP_WIDE),
        row_gap: px(theme::GAP),
        padding: UiRect::axes(px(theme::GAP_WIDE), px(theme::GAP)),
        border: px(1).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let rings = matches!(note.kind, NoteKind::Rings { .. });
    let line = if rings { Paint::AccentText } else { Paint::Line };
    let _ = ui.spawn((node, Fill(Paint::Surface), Edge(line))).with_children(|ui| {
        let words = Node { padding: UiRect::vertical(px(theme::GAP)), ..default() };
        let _ = ui.spawn(words).with_children(|ui| {
            let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, note.words()));
        });
        let _ = ui.spawn(page::buttons()).with_children(|ui| {
            for (face, command) in note.actions() {
                let _ = parts::press(ui, Shape::Wide, face, command);
            }
        });
    });
}

fn fill(
    view: Res<NewestView>,
    shown: Res<Shown>,
    slots: Query<(Entity, &mut Slot, &mut Node)>,
    mut commands: Commands,
) {
    for (entity, mut slot, mut node) in slots {
        let wanted = notes(&view.0, shown.0);
        if slot.0 == wanted {
            continue;
        }
        node.display = if wanted.is_empty() { Display::None } else { Display::Flex };
        slot.0 = wanted;
        let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
            for note in &slot.0 {
                card(ui, note);
            }
        });
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(Update, fill.in_set(Step::Present));
}

#[cfg(test)]
mod tests {
    use ahoy_call::Direction;

    use super::*;
    use crate::calls::tests::call_view;
    use crate::language::Language;

    fn words(view: &View, shown: Option<u8>) -> Vec<(String, Vec<String>)> {
        let language = Language::default();
        let said = |note: Note| {
            let buttons = note.actions().into_iter().map(|(face, _)| language.say(&face.word)).collect();
            (language.say(&note.words()), buttons)
        };
        notes(view, shown.map(|number| CallId([number; 16]))).into_iter().map(said).collect()
    }

    #[test]
    fn a_second_call_offers_three_answers() {
        let calls = vec![
            call_view(1, CallState::Active, Direction::Outgoing),
            CallView { ring: Some(RingManner::Soft), ..call_view(2, CallState::Ringing, Direction::Incoming) },
        ];
        let told = words(&View { calls, ..View::default() }, Some(1));
        let buttons = ["Hold & answer", "End & answer", "Decline"].map(String::from).to_vec();
        assert_eq!(told, [("Person 2 is calling".to_owned(), buttons)]);
    }

    #[test]
    fn a_held_call_is_swapped_with_one_that_goes_on_and_resumed_without() {
        let held = CallView { held: true, ..call_view(1, CallState::Active, Direction::Outgoing) };
        let beside = |other| View { calls: vec![held.clone(), other], ..View::default() };
        let active = beside(call_view(2, CallState::Active, Direction::Incoming));
        assert_eq!(words(&active, Some(2))[0].1, ["Swap", "Hang up"]);
        let dialling = beside(call_view(2, CallState::Dialing, Direction::Outgoing));
        assert_eq!(words(&dialling, Some(2))[0].1, ["Resume", "Hang up"]);
    }

    #[test]
    fn the_call_on_the_screen_and_ended_ones_are_not_told() {
        let calls = vec![
            call_view(1, CallState::Active, Direction::Outgoing),
            call_view(2, CallState::Ended(ahoy_call::EndReason::Missed), Direction::Incoming),
        ];
        let view = View { calls, ..View::default() };
        assert!(words(&view, Some(1)).is_empty());
        assert_eq!(words(&view, None)[0].0, "You are in a call with Person 1");
    }
}
