//! One line near the foot of the window that says what just happened, and goes by itself.
//! The engine's notices and the window's own short answers both become one; the newest wins.
//! It never takes the focus and never covers a control of a call or the field for the next text.

use std::time::Duration;

use bevy::prelude::*;

use crate::accessibility::LiveRegion;
use crate::engine_link::NewestView;
use crate::paint::{Edge, Fill};
use crate::phrase::Phrase;
use crate::screens::Screen;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets;
use crate::window::Step;

/// How long a line stays: long enough to read two sentences.
const STAYS: Duration = Duration::from_secs(6);

/// Something to tell the person in one line.
#[derive(Message, Clone, Debug)]
pub struct Say(pub Phrase);

/// What is being said, and until when.
#[derive(Resource, Default)]
pub struct Toast {
    words: Phrase,
    until: Option<Duration>,
    notice: u64,
}

impl Toast {
    /// Whether a line is on the screen.
    #[must_use]
    pub fn visible(&self) -> bool {
        self.until.is_some()
    }
}

/// Over the controls of a call, in a narrow window too, where they stand in two rows.
const ABOVE_CONTROLS: f32 = 204.0;

/// Over the field for the next text, which stands at the foot.
const ABOVE_FIELD: f32 = theme::TARGET + 2.0 * theme::GAP_WIDE;

/// The space below the line on a screen.
fn foot(screen: Screen) -> f32 {
    match screen {
        Screen::Outgoing | Screen::Incoming | Screen::InCall | Screen::Ended => ABOVE_CONTROLS,
        Screen::Conversation => ABOVE_FIELD,
        Screen::Contacts | Screen::Contact | Screen::Compare | Screen::Pairing | Screen::History => theme::GAP_WIDE,
    }
}

/// Where the line stands.
#[derive(Component)]
struct Stand;

#[derive(Component)]
struct ToastCard;

#[derive(Component)]
struct ToastText;

fn spawn(mut commands: Commands) {
    let place = Node {
        position_type: PositionType::Absolute,
        left: px(0),
        right: px(0),
        bottom: px(ABOVE_CONTROLS),
        justify_content: JustifyContent::Center,
        padding: UiRect::horizontal(px(theme::SPACE)),
        ..default()
    };
    let card = Node {
        max_width: px(theme::COLUMN),
        padding: UiRect::axes(px(20), px(12)),
        border: px(1).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let shadow = theme::shadow();
    let _ = commands.spawn((place, GlobalZIndex(10), Pickable::IGNORE, Stand)).with_children(|ui| {
        let ground = (Fill(Paint::Raised), Edge(Paint::Line));
        let _ = ui.spawn((card, ground, shadow, Visibility::Hidden, ToastCard, Pickable::IGNORE)).with_children(|ui| {
            // An id or a path in it may be longer than the line.
            let breaks = TextLayout::linebreak(LineBreak::WordOrCharacter);
            let _ = ui.spawn((widgets::text(Type::Body, Paint::Text, Phrase::Nothing), breaks, ToastText, LiveRegion));
        });
    });
}

/// Takes what there is to say, newest last.
fn hear(mut toast: ResMut<Toast>, view: Res<NewestView>, mut said: MessageReader<Say>, time: Res<Time<Real>>) {
    let mut words = None;
    if let Some((number, notice)) = view.0.notices.last()
        && *number != toast.notice
    {
        toast.notice = *number;
        words = Some(Phrase::verbatim(sentence(notice)));
    }
    if let Some(Say(own)) = said.read().last() {
        words = Some(own.clone());
    }
    if let Some(words) = words {
        toast.words = words;
        toast.until = Some(time.elapsed() + STAYS);
    } else if toast.until.is_some_and(|until| until <= time.elapsed()) {
        toast.until = None;
    }
}

/// What the engine says begins small, for a command line; here it stands alone.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn draw(
    toast: Res<Toast>,
    screen: Res<State<Screen>>,
    mut stand: Single<&mut Node, With<Stand>>,
    mut card: Single<&mut Visibility, With<ToastCard>>,
    mut text: Single<&mut Said, With<ToastText>>,
) {
    let wanted = if toast.visible() { Visibility::Visible } else { Visibility::Hidden };
    let _ = card.set_if_neq(wanted);
    let bottom = px(foot(*screen.get()));
    if stand.bottom != bottom {
        stand.bottom = bottom;
    }
    let _ = text.set_if_neq(Said(toast.words.clone()));
}

/// Shows notices.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Toast>()
        .add_message::<Say>()
        .add_systems(Startup, spawn)
        .add_systems(Update, (hear, draw).chain().in_set(Step::Present));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_stands_alone_begins_with_a_capital() {
        assert_eq!(sentence("no camera was found"), "No camera was found");
        assert_eq!(sentence(""), "");
    }
}
