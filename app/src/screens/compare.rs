//! Two people compare what their phones show, while they talk.
//! Up for as long as the view has a comparison; a call that goes on stays in the banner.
//! The names are what is read out; the pictures stand above them where the system has a face for them.

use ahoy_call::PeerId;
use ahoy_engine::Command;
use ahoy_engine::view::{Comparison, ComparisonStage};
use bevy::prelude::*;
use bevy::text::{FontCx, FontSource};

use super::{Screen, banner, page, parts};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::theme::{self, Type};
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// What is on the screen.
#[derive(Component, Default)]
struct Board(Option<Comparison>);

/// The width of one emoji with its name: four beside each other on a wide window, two on a narrow phone.
const SIGN_WIDTH: f32 = 150.0;
/// The side of the sign of a result.
const LARGE: f32 = 80.0;
/// The size of an emoji.
const SYMBOL: f32 = 40.0;

fn build(mut commands: Commands) {
    let _ = commands.spawn(parts::root(Screen::Compare)).with_children(|ui| {
        banner::slot(ui);
        let node = Node {
            justify_content: JustifyContent::Center,
            flex_grow: 1.0,
            row_gap: px(theme::SPACE),
            ..page::column()
        };
        let _ = ui.spawn((node, Board::default()));
    });
}

fn draw(
    view: Res<NewestView>,
    board: Option<Single<(Entity, &mut Board)>>,
    mut fonts: ResMut<FontCx>,
    mut commands: Commands,
) {
    let Some(board) = board else { return };
    let (entity, mut board) = board.into_inner();
    if board.0 == view.0.comparison {
        return;
    }
    board.0.clone_from(&view.0.comparison);
    let Some(comparison) = &board.0 else { return };
    let contact = view.0.contacts.iter().find(|contact| contact.id == comparison.peer);
    let name = contact.map_or_else(String::new, |contact| contact.name.clone());
    let name = parts::display_name(&name, comparison.peer);
    // Where there is no face for emoji the system names another one for them, which would draw empty boxes.
    let family = fonts.bypass_change_detection().get_family(&FontSource::Emoji);
    let symbols = family.is_some_and(|family| family.to_lowercase().contains("emoji"));
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        stage(ui, comparison, &name, symbols);
    });
}

fn stage(ui: &mut ChildSpawnerCommands<'_>, comparison: &Comparison, name: &str, symbols: bool) {
    match &comparison.stage {
        ComparisonStage::Asked => {
            say(ui, &format!("{name} wants to compare emoji"), theme::TEXT, JOIN_HINT);
            choices(ui, vec![leave("Not now"), join(comparison.peer)]);
        }
        ComparisonStage::Waiting => {
            say(ui, &format!("Waiting for {name}"), theme::TEXT, "The other phone has to join. Ask while you talk.");
            choices(ui, vec![leave("Cancel")]);
        }
        ComparisonStage::Compare { emoji, numbers } => {
            say(
                ui,
                &format!("Does {name} see the same?"),
                theme::TEXT,
                "Read the words to each other in this order, or the numbers.",
            );
            signs(ui, emoji.iter().map(|emoji| (emoji.symbol, emoji.name)), symbols);
            let numbers = numbers.map(|number| number.to_string()).join("   ");
            let _ = ui.spawn(widgets::centred(Type::Title, theme::ACCENT, &numbers));
            let no = Face::new(Tone::Stop, Icon::Cross, "They are different");
            let yes = Face::new(Tone::Go, Icon::Check, "They are the same");
            let said = |same| Command::Compared { same };
            choices(ui, vec![(no, said(false)), (yes, said(true))]);
        }
        ComparisonStage::WaitingForPeer => {
            say(ui, "You said they are the same", theme::TEXT, &format!("Now {name} has to say so too."));
            choices(ui, vec![leave("Cancel")]);
        }
        ComparisonStage::Done => {
            large(ui, Icon::Check, theme::GO);
            say(ui, &format!("{name} is verified"), theme::GO, "Nobody stands between your two phones.");
            choices(ui, vec![leave("Close")]);
        }
        ComparisonStage::Failed(why) => failed(ui, name, &why.to_string()),
    }
}

const JOIN_HINT: &str = "Both phones show seven words. You read them to each other while you talk.";

fn say(ui: &mut ChildSpawnerCommands<'_>, title: &str, ink: Color, detail: &str) {
    let node = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn(node).with_children(|ui| {
        let _ = ui.spawn(widgets::centred(Type::Title, ink, title));
        let _ = ui.spawn(widgets::centred(Type::Body, theme::TEXT_QUIET, detail));
    });
}

fn signs<'a>(ui: &mut ChildSpawnerCommands<'_>, signs: impl Iterator<Item = (&'a str, &'a str)>, symbols: bool) {
    let node = Node {
        flex_wrap: FlexWrap::Wrap,
        justify_content: JustifyContent::Center,
        column_gap: px(theme::GAP),
        row_gap: px(theme::GAP),
        ..default()
    };
    let _ = ui.spawn(node).with_children(|ui| {
        for (place, (symbol, name)) in signs.enumerate() {
            let sign = Node {
                width: px(SIGN_WIDTH),
                flex_direction: FlexDirection::Column,
                align_items: AlignItems::Center,
                row_gap: px(2),
                padding: UiRect::axes(px(theme::GAP), px(12)),
                border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
                ..default()
            };
            let spoken = AccessibleLabel::new(format!("{}: {name}", place + 1));
            let _ = ui.spawn((sign, BackgroundColor(theme::SURFACE), spoken)).with_children(|ui| {
                if symbols {
                    let font = TextFont { font: FontSource::Emoji, ..default() }.with_font_size(SYMBOL);
                    let _ = ui.spawn((Text::new(symbol), font, TextColor(theme::TEXT), Pickable::IGNORE));
                } else {
                    let number = (place + 1).to_string();
                    let _ = ui.spawn(widgets::text(Type::Small, theme::TEXT_QUIET, &number));
                }
                let large = Type::Strong.font().with_font_size(20.0);
                let _ = ui.spawn((Text::new(name), large, TextColor(theme::TEXT), Label, Pickable::IGNORE));
            });
        }
    });
}

/// The worst news a phone can have must not look like a passing error.
fn failed(ui: &mut ChildSpawnerCommands<'_>, name: &str, why: &str) {
    let card = Node {
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP_WIDE),
        padding: px(theme::SPACE).all(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let _ = ui.spawn((card, BackgroundColor(theme::STOP))).with_children(|ui| {
        large(ui, Icon::Cross, theme::ON_STOP);
        let _ = ui.spawn(widgets::centred(Type::Title, theme::ON_STOP, &format!("{name} is NOT verified")));
        let _ = ui.spawn(widgets::centred(Type::Strong, theme::ON_STOP, why));
    });
    choices(ui, vec![leave("Close")]);
}

fn large(ui: &mut ChildSpawnerCommands<'_>, icon: Icon, ink: Color) {
    let middle = Node { justify_content: JustifyContent::Center, ..default() };
    let _ = ui.spawn(middle).with_children(|ui| {
        let _ = ui.spawn(icon.node(LARGE, ink));
    });
}

fn leave(word: &str) -> (Face, Command) {
    (Face::word(Tone::Quiet, word).spoken(format!("{word}: leave the comparison")), Command::StopComparing)
}

fn join(peer: PeerId) -> (Face, Command) {
    (Face::new(Tone::Go, Icon::Check, "Compare"), Command::Compare { who: peer.to_string() })
}

fn choices(ui: &mut ChildSpawnerCommands<'_>, choices: Vec<(Face, Command)>) {
    let row = Node { justify_content: JustifyContent::Center, ..page::buttons() };
    let _ = ui.spawn(row).with_children(|ui| {
        for (face, command) in choices {
            let _ = parts::press(ui, Shape::Wide, face, command);
        }
    });
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .add_systems(OnEnter(Screen::Compare), build)
        .add_systems(Update, draw.in_set(Step::Present).run_if(in_state(Screen::Compare)));
}
