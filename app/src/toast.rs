//! One line near the foot of the window that says what just happened, and goes by itself.
//! The engine's notices and the window's own short answers both become one; the newest wins.
//! It never takes the focus and never covers a control of a call or the field for the next text.

use std::time::Duration;

use bevy::prelude::*;
use bevy::ui::UiSystems;
use bevy::window::{PrimaryWindow, RequestRedraw};

use crate::accessibility::LiveRegion;
use crate::engine_link::NewestView;
use crate::notices;
use crate::paint::{Edge, Fill};
use crate::phrase::Phrase;
use crate::screens::{Place, Screen};
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

/// Something at the foot of a screen that a line must not cover, and stands above: controls, and that one is muted.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct KeepClear;

/// A page that scrolls: it ends above a line for as long as there is one, so that everything can be scrolled into sight.
/// Its root is as high as the window.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct Yields;

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
        bottom: px(theme::GAP_WIDE),
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
fn hear(
    mut toast: ResMut<Toast>,
    view: Res<NewestView>,
    screen: Res<State<Screen>>,
    place: Res<Place>,
    mut said: MessageReader<Say>,
    time: Res<Time<Real>>,
) {
    let mut words = None;
    if let Some(notice) = view.0.notices.last()
        && notice.number != toast.notice
    {
        toast.notice = notice.number;
        let seen = *screen.get() == place.screen() && notices::seen_at(&notice.kind, *place);
        words = (!seen).then(|| notices::sentence(&notice.kind));
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

fn draw(
    toast: Res<Toast>,
    mut card: Single<&mut Visibility, With<ToastCard>>,
    mut text: Single<&mut Said, With<ToastText>>,
) {
    let wanted = if toast.visible() { Visibility::Visible } else { Visibility::Hidden };
    let _ = card.set_if_neq(wanted);
    widgets::write(&mut text, toast.words.clone());
}

pub(crate) type Clear = (&'static ComputedNode, &'static UiGlobalTransform, &'static InheritedVisibility);

/// The height that is taken at the foot of a window of `height`, in logical pixels.
pub(crate) fn taken(height: f32, clear: Query<Clear, With<KeepClear>>) -> f32 {
    let seen = clear.iter().filter(|(node, _, visible)| visible.get() && !node.is_empty());
    seen.map(|(node, at, _)| height - (at.translation.y - node.size().y / 2.0) * node.inverse_scale_factor())
        .fold(0.0, f32::max)
}

/// Moves the line above what has to stay clear, and ends scrolling pages above the line. Both are known only after the
/// layout, so they show a frame later.
fn make_room(
    toast: Res<Toast>,
    window: Single<&Window, With<PrimaryWindow>>,
    clear: Query<Clear, With<KeepClear>>,
    card: Single<&ComputedNode, With<ToastCard>>,
    mut stand: Single<&mut Node, With<Stand>>,
    mut pages: Query<&mut Node, (With<Yields>, Without<Stand>)>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let foot = px(taken(window.height(), clear).round() + theme::GAP_WIDE);
    let room = card.size().y * card.inverse_scale_factor() + 2.0 * theme::GAP_WIDE;
    let height = if toast.visible() { px((window.height() - room).max(0.0).round()) } else { percent(100) };
    let mut moved = stand.bottom != foot && toast.visible();
    if stand.bottom != foot {
        stand.bottom = foot;
    }
    for mut page in &mut pages {
        if page.height != height {
            page.height = height;
            moved = true;
        }
    }
    if moved {
        let _ = redraw.write(RequestRedraw);
    }
}

/// Shows notices.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Toast>()
        .add_message::<Say>()
        .add_systems(Startup, spawn)
        .add_systems(Update, (hear, draw).chain().in_set(Step::Present))
        .add_systems(PostUpdate, make_room.after(UiSystems::PostLayout));
}

#[cfg(test)]
mod tests {
    use ahoy_call::PeerId;
    use ahoy_engine::View;
    use ahoy_engine::notice::{Notice, NoticeKind, Person};
    use bevy::ecs::system::RunSystemOnce;

    use super::*;
    use crate::say;

    #[test]
    fn a_message_is_told_unless_its_conversation_is_open() {
        let ann = Person { id: PeerId([1; 32]), name: "Ann".to_owned() };
        let said = |place: Place| {
            let mut world = World::new();
            let notices = vec![Notice::new(1, NoticeKind::Message(ann.clone()))];
            world.insert_resource(NewestView(View { notices, ..View::default() }));
            world.insert_resource(State::new(place.screen()));
            world.insert_resource(place);
            let _ = world.init_resource::<Toast>();
            let _ = world.init_resource::<Messages<Say>>();
            let _ = world.init_resource::<Time<Real>>();
            world.run_system_once(hear).unwrap();
            world.remove_resource::<Toast>().unwrap().words
        };
        assert_eq!(said(Place::Contacts), say!("notices-message", name = "Ann"));
        assert_eq!(said(Place::Conversation(ann.id)), Phrase::Nothing);
    }
}
