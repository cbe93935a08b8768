//! Things that float in a corner of their surroundings and are moved to another by pointer or arrow keys.
//! The self view of a call and the tile of a minimised one are such things.
//! A side is the beginning or the end of the line, so that what floats turns round with the language.

use bevy::input::ButtonState;
use bevy::input::keyboard::KeyboardInput;
use bevy::input_focus::tab_navigation::TabIndex;
use bevy::input_focus::{FocusedInput, InputFocus, InputFocusVisible};
use bevy::prelude::*;
use bevy::ui::{InlineDirection, UiGlobalTransform};

use crate::language::Language;
use crate::paint::Theme;
use crate::theme::Paint;
use crate::window::Step;

/// One of the four corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Corner {
    /// At the foot, not at the head.
    pub(super) low: bool,
    /// Where lines end, not where they begin.
    pub(super) end: bool,
}

/// What floats.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floats {
    /// My own picture.
    OwnView,
    /// A minimised call.
    Tile,
}

/// Where things float; kept from call to call.
#[derive(Resource, Debug)]
pub(super) struct Corners {
    own_view: Corner,
    tile: Corner,
}

impl Default for Corners {
    fn default() -> Self {
        Self { own_view: Corner { low: false, end: true }, tile: Corner { low: true, end: true } }
    }
}

impl Corners {
    fn of(&self, floats: Floats) -> Corner {
        match floats {
            Floats::OwnView => self.own_view,
            Floats::Tile => self.tile,
        }
    }

    fn of_mut(&mut self, floats: Floats) -> &mut Corner {
        match floats {
            Floats::OwnView => &mut self.own_view,
            Floats::Tile => &mut self.tile,
        }
    }
}

/// Space that what floats keeps to its surroundings, in logical pixels.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Inset {
    /// On all sides.
    pub(super) around: f32,
    /// Besides, at the foot.
    pub(super) foot: f32,
}

/// Has an absolutely placed node float. The arrow keys move it when it, or something in it, is in focus.
pub(super) fn float(node: &mut EntityCommands<'_>, floats: Floats, inset: Inset) {
    let _ = node.insert((floats, inset)).observe(drag).observe(settle).observe(keys);
}

/// Has what floats take the focus itself, and show it.
pub(super) fn focusable(node: &mut EntityCommands<'_>) {
    let _ = node.insert((TabIndex(0), Outline { width: px(2), offset: px(2), color: Color::NONE }));
}

/// A pointer moves it: this is no press then.
pub(super) fn is_dragged(transform: &UiTransform) -> bool {
    transform.translation != Val2::ZERO
}

fn drag(event: On<Pointer<Drag>>, mut transforms: Query<&mut UiTransform, With<Floats>>) {
    if let Ok(mut transform) = transforms.get_mut(event.entity) {
        transform.translation = Val2::px(event.distance.x, event.distance.y);
    }
}

/// Goes to the corner that is nearest to where it was left: of what holds it, or of the window.
fn settle(
    event: On<Pointer<DragEnd>>,
    mut floating: Query<(&Floats, &UiGlobalTransform, &ComputedUiRenderTargetInfo, Option<&ChildOf>, &mut UiTransform)>,
    places: Query<&UiGlobalTransform, Without<Floats>>,
    language: Res<Language>,
    mut corners: ResMut<Corners>,
) {
    let Ok((floats, at, window, parent, mut transform)) = floating.get_mut(event.entity) else { return };
    transform.translation = Val2::ZERO;
    let holder = parent.and_then(|parent| places.get(parent.parent()).ok()).map(|holder| holder.translation);
    let middle = holder.unwrap_or(window.physical_size().as_vec2() / 2.0);
    *corners.of_mut(*floats) = nearest(at.translation - middle, language.tongue().direction());
}

fn nearest(from_middle: Vec2, direction: InlineDirection) -> Corner {
    let right = from_middle.x > 0.0;
    Corner { low: from_middle.y > 0.0, end: right == (direction == InlineDirection::Ltr) }
}

fn keys(
    mut event: On<FocusedInput<KeyboardInput>>,
    floating: Query<&Floats>,
    language: Res<Language>,
    mut corners: ResMut<Corners>,
) {
    let Ok(floats) = floating.get(event.focused_entity) else { return };
    if event.input.state != ButtonState::Pressed {
        return;
    }
    let ltr = language.tongue().direction() == InlineDirection::Ltr;
    let corner = corners.of_mut(*floats);
    match event.input.key_code {
        KeyCode::ArrowUp => corner.low = false,
        KeyCode::ArrowDown => corner.low = true,
        KeyCode::ArrowLeft => corner.end = !ltr,
        KeyCode::ArrowRight => corner.end = ltr,
        _ => return,
    }
    event.propagate(false);
}

fn place(corners: Res<Corners>, language: Res<Language>, mut nodes: Query<(Ref<Floats>, Ref<Inset>, &mut Node)>) {
    let all = corners.is_changed() || language.is_changed();
    for (floats, inset, mut node) in &mut nodes {
        if !all && !floats.is_added() && !inset.is_changed() {
            continue;
        }
        let corner = corners.of(*floats);
        let (near, low) = (px(inset.around), px(inset.around + inset.foot));
        let (top, bottom) = if corner.low { (auto(), low) } else { (near, auto()) };
        let right = corner.end == (language.tongue().direction() == InlineDirection::Ltr);
        let (left, right) = if right { (auto(), near) } else { (near, auto()) };
        if (node.left, node.right, node.top, node.bottom) != (left, right, top, bottom) {
            (node.left, node.right, node.top, node.bottom) = (left, right, top, bottom);
        }
    }
}

type Ringed = (Entity, &'static InheritedVisibility, &'static mut TabIndex, &'static mut Outline);

/// What is in focus has a ring; what is not seen gets no focus.
fn ring(
    focus: Res<InputFocus>,
    visible: Res<InputFocusVisible>,
    theme: Res<Theme>,
    floating: Query<Ringed, With<Floats>>,
) {
    for (entity, seen, mut index, mut ring) in floating {
        let _ = index.set_if_neq(TabIndex(if seen.get() { 0 } else { -1 }));
        let focused = visible.0 && focus.get() == Some(entity);
        let color = if focused { theme.color(Paint::Text) } else { Color::NONE };
        if ring.color != color {
            ring.color = color;
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.init_resource::<Corners>().add_systems(Update, (place, ring).in_set(Step::Present));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_let_go_settles_in_the_nearest_corner_by_the_way_lines_run() {
        let right_low = Vec2::new(40.0, 10.0);
        assert_eq!(nearest(right_low, InlineDirection::Ltr), Corner { low: true, end: true });
        assert_eq!(nearest(right_low, InlineDirection::Rtl), Corner { low: true, end: false });
        assert_eq!(nearest(Vec2::new(-1.0, -1.0), InlineDirection::Ltr), Corner { low: false, end: false });
    }
}
