//! What stands beside the list while nobody is chosen: the name of the program and the first things to do.
//! It is up only in a wide window; in a narrow one the list is all there is.
//! Calling Echo needs nobody else and shows at once what a call is like.

use ahoy_engine::Command;
use bevy::input_focus::tab_navigation::TabGroup;
use bevy::prelude::*;
use bevy::ui_widgets::ScrollArea;

use super::{Place, Screen, Side, banner, contacts, demo, page, parts, room};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::mark;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

#[derive(Component)]
struct Welcome;

/// The side of the sign.
const SIGN: f32 = 112.0;
/// The height of the name.
const NAME: f32 = 56.0;

fn keep(
    side: Res<State<Side>>,
    screen: Res<State<Screen>>,
    view: Res<NewestView>,
    shown: Option<Single<Entity, With<Welcome>>>,
    mut commands: Commands,
) {
    let wanted = *side.get() == Side::Beside && *screen.get() == Screen::Contacts;
    match (shown, wanted) {
        (None, true) => build(&view, &mut commands),
        (Some(shown), false) => commands.entity(*shown).despawn(),
        (None, false) | (Some(_), true) => {}
    }
}

fn build(view: &NewestView, commands: &mut Commands) {
    let root = Node {
        flex_direction: FlexDirection::Column,
        align_items: AlignItems::Center,
        overflow: Overflow::scroll_y(),
        padding: px(theme::SPACE).all(),
        ..default()
    };
    let root = (Welcome, room::page_pane(), TabGroup::new(1), root, ScrollArea);
    let _ = commands.spawn(root).with_children(|ui| {
        banner::slot(ui);
        let middle = Node {
            align_items: AlignItems::Center,
            justify_content: JustifyContent::Center,
            flex_grow: 1.0,
            flex_shrink: 0.0,
            row_gap: px(theme::GAP_WIDE),
            max_width: px(theme::COLUMN),
            ..page::column()
        };
        let _ = ui.spawn(middle).with_children(|ui| {
            let _ = ui.spawn(mark::sign(SIGN));
            let _ = ui.spawn(mark::name(NAME, Paint::Text));
            let _ = ui.spawn(widgets::centred(Type::Body, Paint::TextQuiet, say!("welcome-choose")));
            let buttons = Node { justify_content: JustifyContent::Center, ..page::buttons() };
            let _ = ui.spawn(buttons).with_children(|ui| {
                let face = Face::new(Tone::Accent, Icon::Plus, say!("contacts-add-someone"));
                let _ = widgets::button(ui, Shape::Wide, face).observe(contacts::go(Place::Pairing));
                for echo in view.0.contacts.iter().filter(|contact| contact.builtin) {
                    let face = Face::new(Tone::Quiet, Icon::Echo, say!("welcome-echo"));
                    let peer = parts::callee(echo.id, &echo.name, true);
                    let _ = parts::press(ui, Shape::Wide, face, Command::StartCall { peer, video: true });
                }
                demo::button(ui);
            });
        });
    });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app.add_systems(Update, keep.before(Step::Present));
}
