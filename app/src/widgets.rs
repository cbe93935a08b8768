//! What the screens are built from: texts, buttons, avatars, cards.
//! Screens spawn them and observe `Activate`; a button's looks follow its `Face` and what the pointer and focus do.
//! Every button has a word, and with it a name for those who do not see it.

use bevy::input_focus::tab_navigation::TabIndex;
use bevy::input_focus::{FocusCause, FocusGained, InputFocus, InputFocusVisible};
use bevy::picking::hover::Hovered;
use bevy::picking::pointer::PointerPress;
use bevy::prelude::*;
use bevy::ui::{InteractionDisabled, Pressed, UiSystems};
use bevy::ui_widgets::{Button, ScrollIntoView};

use ahoy_call::PeerId;

use crate::icons::{Icon, Pictured};
use crate::paint::{Fill, Ink, Theme};
use crate::phrase::Phrase;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};

/// What pressing a button means, which decides its colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// One of several things that can be done.
    #[default]
    Quiet,
    /// The thing to do here, or something that is switched on and must not be overlooked.
    Accent,
    /// Takes a call.
    Go,
    /// Ends or declines a call.
    Stop,
    /// A row of a list: no ground of its own.
    Row,
}

impl Tone {
    const fn ground(self) -> Paint {
        match self {
            Self::Quiet => Paint::Raised,
            Self::Accent => Paint::Accent,
            Self::Go => Paint::Go,
            Self::Stop => Paint::Stop,
            Self::Row => Paint::Surface,
        }
    }

    const fn ink(self) -> Paint {
        match self {
            Self::Quiet | Self::Row => Paint::Text,
            Self::Accent => Paint::OnAccent,
            Self::Go => Paint::OnGo,
            Self::Stop => Paint::OnStop,
        }
    }
}

/// What a button shows. Changing it changes the button.
#[derive(Component, Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The meaning, which decides the colours.
    pub tone: Tone,
    /// The pictogram before or above the word.
    pub icon: Option<Icon>,
    /// The word on the button.
    pub word: Phrase,
    /// What a screen reader says; longer than the word where the word alone does not tell enough.
    pub spoken: Phrase,
    /// Whether it is on, for a button that switches something.
    pub on: Option<bool>,
}

impl Face {
    /// A face whose word says everything.
    #[must_use]
    pub fn new(tone: Tone, icon: Icon, word: Phrase) -> Self {
        Self { icon: Some(icon), ..Self::word(tone, word) }
    }

    /// A word alone, without a pictogram.
    #[must_use]
    pub fn word(tone: Tone, word: Phrase) -> Self {
        Self { tone, icon: None, spoken: word.clone(), word, on: None }
    }

    /// The same, spoken differently.
    #[must_use]
    pub fn spoken(mut self, spoken: Phrase) -> Self {
        self.spoken = spoken;
        self
    }

    /// The same, of a button that switches something on and off.
    #[must_use]
    pub fn switched(mut self, on: bool) -> Self {
        self.on = Some(on);
        self
    }
}

/// How pictogram and word stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Side by side.
    Wide,
    /// The pictogram above the word, for the controls of a call.
    Tall,
    /// Side by side from the beginning of the line, in as many lines as the word needs: for columns of buttons.
    Line,
    /// The pictogram alone, where there is no room; the word is still spoken.
    Small,
}

/// The width of a tall button, so that a row of them is even; three fit beside each other on a narrow phone.
const TALL_WIDTH: f32 = 100.0;
const TALL_HEIGHT: f32 = 76.0;
/// The narrowest a row gets before what stands beside it moves below.
const ROW_BASIS: f32 = 190.0;

/// Spawns a button; observe `Activate` on it.
pub fn button<'a>(ui: &'a mut ChildSpawnerCommands<'_>, shape: Shape, face: Face) -> EntityCommands<'a> {
    let (direction, min_width, height, side, padding) = match shape {
        Shape::Wide => (FlexDirection::Row, px(0), theme::TARGET, 20.0, theme::GAP_WIDE),
        Shape::Line => (FlexDirection::Row, px(0), theme::TARGET, 20.0, theme::GAP_WIDE),
        Shape::Tall => (FlexDirection::Column, px(TALL_WIDTH), TALL_HEIGHT, 26.0, theme::GAP),
        Shape::Small => (FlexDirection::Row, px(theme::TARGET), theme::TARGET, 22.0, 0.0),
    };
    let mut button = ui.spawn((
        pressable(&face),
        Node {
            flex_direction: direction,
            align_items: AlignItems::Center,
            justify_content: if shape == Shape::Line { JustifyContent::Start } else { JustifyContent::Center },
            column_gap: px(theme::GAP),
            row_gap: px(theme::GAP / 2.0),
            min_width,
            min_height: px(height),
            flex_shrink: 0.0,
            padding: UiRect::horizontal(px(padding)),
            border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
            ..default()
        },
    ));
    let _ = button.with_children(|ui| {
        if let Some(icon) = face.icon {
            let _ = ui.spawn(icon.node(side, face.tone.ink()));
        }
        if shape != Shape::Small {
            let layout = match shape {
                // Below a pictogram there is room for a second line; beside one a word stays in one piece.
                Shape::Tall => TextLayout::justify(Justify::Center),
                Shape::Line => TextLayout::linebreak(LineBreak::WordOrCharacter),
                Shape::Wide | Shape::Small => TextLayout::no_wrap(),
            };
            let _ = ui.spawn((text(Type::Strong, face.tone.ink(), face.word.clone()), layout));
        }
    });
    let _ = button.insert(face);
    button
}

fn pressable(face: &Face) -> impl Bundle + use<> {
    (Button, reachable(face))
}

/// What everything has that the pointer and the keyboard reach; give it its [`Face`] after its children.
pub(crate) fn reachable(face: &Face) -> impl Bundle + use<> {
    (
        Hovered::default(),
        TabIndex(0),
        BackgroundColor::default(),
        Outline { width: px(2), offset: px(2), color: Color::NONE },
        Named(face.spoken.clone()),
    )
}

/// Spawns a row of a list that can be pressed; `fill` spawns what it shows. Observe `Activate` on it.
pub fn row<'a>(
    ui: &'a mut ChildSpawnerCommands<'_>,
    spoken: Phrase,
    fill: impl FnOnce(&mut ChildSpawnerCommands<'_>),
) -> EntityCommands<'a> {
    let face = Face::word(Tone::Row, Phrase::Nothing).spoken(spoken);
    let node = Node {
        flex_grow: 1.0,
        flex_basis: px(ROW_BASIS),
        min_width: px(0),
        min_height: px(theme::TARGET),
        align_items: AlignItems::Center,
        column_gap: px(theme::GAP),
        padding: px(theme::GAP).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
        ..default()
    };
    let mut row = ui.spawn((pressable(&face), node));
    let _ = row.with_children(fill).insert(face);
    row
}

/// A text that breaks anywhere when a word is wider than its line.
#[must_use]
pub fn breaking(step: Type, ink: Paint, words: Phrase) -> impl Bundle {
    (text(step, ink, words), TextLayout::linebreak(LineBreak::WordOrCharacter))
}

/// Has a text say something else, only when it does, so that nothing is laid out in vain.
pub fn write(said: &mut Mut<'_, Said>, words: Phrase) {
    let _ = said.set_if_neq(Said(words));
}

/// A text; long ones break into lines.
#[must_use]
pub fn text(step: Type, ink: Paint, words: Phrase) -> impl Bundle {
    (Said(words), step.font(), TextColor::default(), Ink(ink), Label, Pickable::IGNORE)
}

/// A text in the middle of its lines.
#[must_use]
pub fn centred(step: Type, ink: Paint, words: Phrase) -> impl Bundle {
    (text(step, ink, words), TextLayout::justify(Justify::Center))
}

/// The ground that a group of things lies on.
#[must_use]
pub fn card() -> impl Bundle {
    (
        Node {
            flex_direction: FlexDirection::Column,
            row_gap: px(theme::GAP_WIDE),
            padding: px(theme::SPACE).all(),
            border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
            ..default()
        },
        Fill(Paint::Surface),
    )
}

/// A round sign for a person: initials, or the built-in contact's own pictogram.
pub fn avatar(ui: &mut ChildSpawnerCommands<'_>, peer: PeerId, name: &str, builtin: bool, side: f32) {
    let ground = if builtin { Paint::Accent } else { Paint::Avatar(peer.0[0] % theme::AVATARS) };
    let _ = ui
        .spawn((
            Node {
                width: px(side),
                height: px(side),
                flex_shrink: 0.0,
                align_items: AlignItems::Center,
                justify_content: JustifyContent::Center,
                border_radius: BorderRadius::MAX,
                ..default()
            },
            Fill(ground),
        ))
        .with_children(|ui| {
            if builtin {
                let _ = ui.spawn(Icon::Echo.node(side * 0.55, Paint::OnAccent));
            } else {
                // Initials grow with the sign and not with the text.
                let font = Type::Title.font().with_font_size(side * 0.38);
                let ink = (TextColor::default(), Ink(Paint::OnAvatar));
                let _ = ui.spawn((Text::new(initials(name)), font, ink, Pickable::IGNORE));
            }
        });
}

/// The first letters of the first two words, as people sign.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

/// Brings what a button shows in line with its face.
fn draw_faces(
    faces: Query<(&Face, &mut Named, &Children), Changed<Face>>,
    mut pictures: Query<&mut Pictured>,
    mut words: Query<&mut Said>,
    mut inks: Query<&mut Ink>,
) {
    for (face, mut named, children) in faces {
        for child in children {
            if let (Ok(mut picture), Some(icon)) = (pictures.get_mut(*child), face.icon) {
                let _ = picture.set_if_neq(Pictured(icon));
            }
            if let Ok(mut said) = words.get_mut(*child) {
                write(&mut said, face.word.clone());
            }
            if let Ok(mut ink) = inks.get_mut(*child) {
                let _ = ink.set_if_neq(Ink(face.tone.ink()));
            }
        }
        let _ = named.set_if_neq(Named(face.spoken.clone()));
    }
}

type Painted = (
    Entity,
    &'static Face,
    &'static Hovered,
    Has<Pressed>,
    Has<InteractionDisabled>,
    &'static mut BackgroundColor,
    &'static mut Outline,
);

/// Shows the pointer over a button, the press, and the focus.
fn paint_buttons(buttons: Query<Painted>, focus: Res<InputFocus>, visible: Res<InputFocusVisible>, theme: Res<Theme>) {
    for (button, face, hovered, pressed, disabled, mut ground, mut ring) in buttons {
        let base = theme.color(face.tone.ground());
        let color = if disabled {
            base.with_alpha(0.4)
        } else if pressed {
            base.mix(&theme.color(Paint::Ground), 0.25)
        } else if hovered.get() {
            base.mix(&theme.color(Paint::Text), 0.12)
        } else {
            base
        };
        let _ = ground.set_if_neq(BackgroundColor(color));
        let focused = visible.0 && focus.get() == Some(button);
        let ring_color = if focused { theme.color(Paint::Text) } else { Color::NONE };
        if ring.color != ring_color {
            ring.color = ring_color;
        }
    }
}

/// Lets go of whatever nothing presses any more: a press and a release in the frame in which the pointer arrived
/// come to the button as a press alone.
fn let_go(pointers: Query<&PointerPress>, pressed: Query<Entity, (With<Face>, With<Pressed>)>, mut commands: Commands) {
    if pointers.iter().all(|pointer| !pointer.is_any_pressed()) {
        for button in pressed {
            let _ = commands.entity(button).remove::<Pressed>();
        }
    }
}

/// Brings what the keyboard has moved to into sight.
fn follow_focus(gained: On<FocusGained>, mut commands: Commands) {
    // The event climbs to the window; only the thing itself is to be seen.
    if gained.cause == FocusCause::Navigated && gained.original_event_target() == gained.entity {
        commands.trigger(ScrollIntoView { entity: gained.entity });
    }
}

/// The Tab key passes over what is not on the screen.
fn pass_over_hidden(mut buttons: Query<(&ComputedNode, &mut TabIndex), With<Button>>) {
    for (node, mut index) in &mut buttons {
        let wanted = if node.is_empty() { -1 } else { 0 };
        if index.0 != wanted {
            index.0 = wanted;
        }
    }
}

/// Keeps every button's looks true.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(PostUpdate, pass_over_hidden.after(UiSystems::PostLayout));
    let _ = app
        .add_observer(follow_focus)
        .add_systems(Update, (let_go, draw_faces, paint_buttons).chain().in_set(crate::window::Step::Present));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_letters_of_two_words() {
        assert_eq!(initials("ada  lovelace king"), "AL");
        assert_eq!(initials("Éva"), "É");
        assert_eq!(initials(" "), "");
    }
}
