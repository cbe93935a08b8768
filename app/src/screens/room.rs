//! How much room the window has: one column, or the list of people beside the page.
//! `Room` follows the window's width and the size of the text; `Side` says whether and how the list is up.
//! The roots of list and pages carry a `Pane` and are put to their place here, in both directions of writing.

use bevy::prelude::*;
use bevy::text::RemSize;
use bevy::ui::InlineDirection;
use bevy::window::PrimaryWindow;

use super::{Screen, choose};
use crate::engine_link::NewestView;
use crate::language::Language;
use crate::paint::Edge;
use crate::theme::{self, Paint};
use crate::window::Step;

/// From this width on the list stands beside the page, with text of the ordinary size.
const WIDE: f32 = 900.0;
/// The part of the window that the list takes, and its least and most.
const LIST_PART: f32 = 0.36;
const LIST_WIDTH: std::ops::RangeInclusive<f32> = 340.0..=460.0;
/// Large text makes the list wider, but a list of half a window would be no list any more.
const MOST_SCALE: f32 = 1.4;

/// The room for the list.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Room {
    /// The width of the list when it stands beside the page, in logical pixels.
    pub(super) beside: Option<f32>,
}

impl Room {
    /// `scale` is the size of the text, 1 for the ordinary one.
    fn of(width: f32, scale: f32) -> Self {
        let scale = scale.clamp(1.0, MOST_SCALE);
        let list = (width * LIST_PART).clamp(LIST_WIDTH.start() * scale, LIST_WIDTH.end() * scale);
        Self { beside: (width >= WIDE * scale).then_some(list) }
    }
}

/// Whether the people are on the screen, and how.
#[derive(States, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Side {
    /// They are not.
    #[default]
    Hidden,
    /// Their list fills the window.
    Alone,
    /// Their list stands beside a page.
    Beside,
    /// A few of them fill the window, with large buttons.
    Tiles,
}

impl Side {
    const fn of(screen: Screen, room: Room, tiles: bool) -> Self {
        match (screen, room.beside.is_some(), tiles) {
            (Screen::Contacts, _, true) => Self::Tiles,
            (Screen::Contacts, false, false) => Self::Alone,
            (
                Screen::Contacts
                | Screen::Conversation
                | Screen::Contact
                | Screen::Pairing
                | Screen::History
                | Screen::Settings,
                true,
                false,
            ) => Self::Beside,
            (
                Screen::Conversation
                | Screen::Contact
                | Screen::Pairing
                | Screen::History
                | Screen::Settings
                | Screen::FirstRun
                | Screen::Outgoing
                | Screen::Incoming
                | Screen::InCall
                | Screen::Ended
                | Screen::Compare,
                _,
                _,
            ) => Self::Hidden,
        }
    }
}

/// Where the root of a screen stands.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pane {
    /// At the beginning of the line, where there is room for both.
    List,
    /// At the end of the line.
    Page,
}

fn measure(window: Option<Single<&Window, With<PrimaryWindow>>>, text: Option<Res<RemSize>>, mut room: ResMut<Room>) {
    let Some(window) = window else { return };
    let scale = text.map_or(1.0, |size| size.0 / theme::text_size(100).0);
    let _ = room.set_if_neq(Room::of(window.width(), scale));
}

/// Decides with the screen that is about to be entered, so that both change in one frame.
fn follow(
    view: Res<NewestView>,
    room: Res<Room>,
    screen: Res<State<Screen>>,
    next_screen: Res<NextState<Screen>>,
    side: Res<State<Side>>,
    mut next: ResMut<NextState<Side>>,
) {
    let screen = match *next_screen {
        NextState::Pending(screen) | NextState::PendingIfNeq(screen) => screen,
        NextState::Unchanged => *screen.get(),
    };
    let wanted = Side::of(screen, *room, view.0.settings.big_buttons());
    if *side.get() != wanted {
        next.set(wanted);
    }
}

fn place(
    side: Res<State<Side>>,
    room: Res<Room>,
    language: Option<Res<Language>>,
    mut panes: Query<(Ref<Pane>, &mut Node)>,
) {
    let direction = language.as_ref().map_or(InlineDirection::Ltr, |language| language.tongue().direction());
    let turned = language.is_some_and(|language| language.is_changed());
    let list = if *side.get() == Side::Beside { room.beside } else { None };
    for (pane, mut node) in &mut panes {
        if !(pane.is_added() || turned || room.is_changed() || side.is_changed()) {
            continue;
        }
        let line = px(if list.is_some() { 1 } else { 0 });
        let (start, end, width, border) = match (*pane, list) {
            (Pane::List, Some(list)) => (px(0), auto(), px(list), Val::ZERO),
            (Pane::Page, Some(list)) => (px(list), px(0), auto(), line),
            (Pane::List | Pane::Page, None) => (px(0), px(0), auto(), line),
        };
        node.position_type = PositionType::Absolute;
        (node.top, node.bottom, node.width) = (px(0), px(0), width);
        (node.left, node.right, node.border) = match direction {
            InlineDirection::Ltr => (start, end, UiRect::left(border)),
            InlineDirection::Rtl => (end, start, UiRect::right(border)),
        };
    }
}

/// What the root of a page carries besides its node.
pub(super) fn page_pane() -> impl Bundle {
    (Pane::Page, Edge(Paint::Line))
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .init_state::<Side>()
        .init_resource::<Room>()
        .add_systems(PreUpdate, measure.in_set(Step::Receive))
        .add_systems(PreUpdate, follow.in_set(Step::Receive).after(choose).after(measure))
        .add_systems(Update, place.in_set(Step::Present));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_window_has_room_for_two() {
        assert_eq!(Room::of(844.0, 1.0).beside, None);
        assert_eq!(Room::of(900.0, 1.0).beside, Some(340.0));
        assert_eq!(Room::of(2560.0, 1.0).beside, Some(460.0));
    }

    #[test]
    fn large_text_needs_more_room() {
        assert_eq!(Room::of(1024.0, 2.0).beside, None);
        assert_eq!(Room::of(1280.0, 2.0).beside, Some(476.0));
        assert_eq!(Room::of(900.0, 0.8).beside, Some(340.0));
    }

    #[test]
    fn calls_take_the_whole_window_and_pages_leave_the_list() {
        let (narrow, wide) = (Room::default(), Room { beside: Some(340.0) });
        assert_eq!(Side::of(Screen::InCall, wide, false), Side::Hidden);
        assert_eq!(Side::of(Screen::Conversation, wide, false), Side::Beside);
        assert_eq!(Side::of(Screen::Conversation, narrow, false), Side::Hidden);
        assert_eq!(Side::of(Screen::Contacts, narrow, false), Side::Alone);
        assert_eq!(Side::of(Screen::Contacts, wide, true), Side::Tiles);
        assert_eq!(Side::of(Screen::Conversation, wide, true), Side::Hidden);
    }
}
