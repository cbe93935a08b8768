//! Words in one line that may be longer than their place: what does not fit is cut, and a sign says so.
//! Rows of lists put names and last words into it.
//! The sign takes room only when something is cut; a screen reader is told the whole words either way.

use bevy::prelude::*;
use bevy::ui::UiSystems;

use crate::paint::Ink;
use crate::phrase::Phrase;
use crate::theme::{Paint, Type};
use crate::widgets;
use crate::window::Wake;

/// What the sign looks like.
const SIGN: &str = "…";
/// Parts of a pixel do not count.
const SLACK: f32 = 0.5;

/// The window through which the words are seen; its one child is the words.
#[derive(Component)]
struct Cut {
    sign: Entity,
}

/// Spawns `words` in this type and ink at a `place` in a row; the text carries `more`.
pub fn line(
    ui: &mut ChildSpawnerCommands<'_>,
    place: Node,
    (step, ink, words): (Type, Paint, Phrase),
    more: impl Bundle,
) {
    let place = Node { min_width: px(0), ..place };
    let _ = ui.spawn((place, Pickable::IGNORE)).with_children(|ui| {
        let window = Node { min_width: px(0), overflow: Overflow::clip(), ..default() };
        let words = (widgets::text(step, ink, words), TextLayout::no_wrap(), more);
        let window = ui.spawn((window, Pickable::IGNORE, children![words])).id();
        let sign = Node { display: Display::None, flex_shrink: 0.0, ..default() };
        let look = (Text::new(SIGN), step.font(), TextColor::default(), Ink(ink));
        let sign = ui.spawn((sign, look, Pickable::IGNORE)).id();
        let _ = ui.commands_mut().entity(window).insert(Cut { sign });
    });
}

/// Shows the signs of what is cut, in the frame after the one that was laid out.
fn mark(
    cuts: Query<(&Cut, &ComputedNode, &Children)>,
    sizes: Query<&ComputedNode>,
    mut nodes: Query<&mut Node>,
    wake: Res<Wake>,
) {
    for (cut, window, words) in cuts {
        let (Some(Ok(words)), Ok(sign)) = (words.first().map(|words| sizes.get(*words)), sizes.get(cut.sign)) else {
            continue;
        };
        let Ok(mut node) = nodes.get_mut(cut.sign) else { continue };
        let wanted =
            if words.size().x > window.size().x + sign.size().x + SLACK { Display::Flex } else { Display::None };
        if node.display != wanted {
            node.display = wanted;
            wake.ring();
        }
    }
}

/// Looks after what is cut.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(PostUpdate, mark.after(UiSystems::PostLayout));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of this width in a window of 100 pixels, beside a sign that is 10 wide while it is shown: is it shown after a frame?
    fn shown(app: &mut App, width: f32) -> bool {
        let mut cuts = app.world_mut().query::<(&Cut, &Children)>();
        let (sign, words) = cuts.single(app.world()).map(|(cut, words)| (cut.sign, words[0])).unwrap();
        app.world_mut().get_mut::<ComputedNode>(words).unwrap().size.x = width;
        app.update();
        app.world().get::<Node>(sign).unwrap().display == Display::Flex
    }

    #[test]
    fn a_sign_says_that_words_are_cut_and_does_not_flicker() {
        let mut app = App::new();
        let _ = app.init_resource::<Wake>().add_systems(Update, mark);
        let sized = |width| ComputedNode { size: Vec2::new(width, 20.0), ..ComputedNode::DEFAULT };
        let sign = app.world_mut().spawn((Node { display: Display::None, ..default() }, sized(0.0))).id();
        let _ = app.world_mut().spawn((Cut { sign }, sized(100.0), children![sized(0.0)]));
        assert!(!shown(&mut app, 100.0), "it fits");
        assert!(shown(&mut app, 105.0), "it does not");
        app.world_mut().get_mut::<ComputedNode>(sign).unwrap().size.x = 10.0;
        let mut windows = app.world_mut().query::<(&Cut, &mut ComputedNode)>();
        windows.single_mut(app.world_mut()).unwrap().1.size.x = 90.0;
        assert!(shown(&mut app, 105.0), "the sign has taken room, and it still does not fit");
        assert!(!shown(&mut app, 100.0), "without the sign it would");
    }
}
