//! Two people compare what their phones show, while they talk.
//! Up for as long as the view has a comparison; a call that goes on stays in the banner.
//! The names are what is read out; the pictures stand above them where the system has a face for them.

use ahoy_call::PeerId;
use ahoy_engine::Command;
use ahoy_engine::view::{Comparison, ComparisonStage};
use ahoy_engine::{EMOJI, Emoji};
use bevy::prelude::*;
use bevy::text::{FontCx, FontSource};

use super::{Screen, banner, page, parts};
use crate::engine_link::NewestView;
use crate::icons::Icon;
use crate::paint::{Fill, Ink};
use crate::phrase::Phrase;
use crate::say;
use crate::speech::Named;
use crate::theme::{self, Paint, Type};
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
    let symbols = theme::has_emoji(&mut fonts);
    let _ = commands.entity(entity).despawn_related::<Children>().with_children(|ui| {
        stage(ui, comparison, &name, symbols);
    });
}

fn stage(ui: &mut ChildSpawnerCommands<'_>, comparison: &Comparison, name: &str, symbols: bool) {
    match &comparison.stage {
        ComparisonStage::Asked => {
            told(ui, say!("compare-asked", name = name), Paint::Text, say!("compare-asked-hint"));
            choices(ui, vec![leave(say!("compare-not-now"), say!("compare-not-now-spoken")), join(comparison.peer)]);
        }
        ComparisonStage::Waiting => {
            told(ui, say!("compare-waiting", name = name), Paint::Text, say!("compare-waiting-hint"));
            choices(ui, vec![cancel()]);
        }
        ComparisonStage::Compare { emoji, numbers } => {
            told(ui, say!("compare-same", name = name), Paint::Text, say!("compare-same-hint"));
            signs(ui, emoji, symbols);
            let numbers = numbers.map(|number| number.to_string()).join("   ");
            let _ = ui.spawn(widgets::centred(Type::Title, Paint::AccentText, Phrase::verbatim(numbers)));
            let no = Face::new(Tone::Stop, Icon::Cross, say!("compare-they-differ"));
            let yes = Face::new(Tone::Go, Icon::Check, say!("compare-they-match"));
            let said = |same| Command::Compared { same };
            choices(ui, vec![(no, said(false)), (yes, said(true))]);
        }
        ComparisonStage::WaitingForPeer => {
            let hint = say!("compare-waiting-for-peer-hint", name = name);
            told(ui, say!("compare-waiting-for-peer"), Paint::Text, hint);
            choices(ui, vec![cancel()]);
        }
        ComparisonStage::Done => {
            large(ui, Icon::Check, Paint::GoText);
            told(ui, say!("compare-done", name = name), Paint::GoText, say!("compare-done-hint"));
            choices(ui, vec![close()]);
        }
        ComparisonStage::Failed(why) => failed(ui, name, &why.to_string()),
    }
}

fn told(ui: &mut ChildSpawnerCommands<'_>, title: Phrase, ink: Paint, detail: Phrase) {
    let node = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn(node).with_children(|ui| {
        let _ = ui.spawn(widgets::centred(Type::Title, ink, title));
        let _ = ui.spawn(widgets::centred(Type::Body, Paint::TextQuiet, detail));
    });
}

/// What an emoji is called, by its place among all of them. Both people may read it in a language of their own.
fn name_of(emoji: Emoji) -> Phrase {
    let index = EMOJI.iter().position(|known| *known == emoji);
    index.map_or_else(|| Phrase::verbatim(emoji.name), |index| say!("compare-emoji", index = index))
}

fn signs(ui: &mut ChildSpawnerCommands<'_>, signs: &[Emoji], symbols: bool) {
    let node = Node {
        flex_wrap: FlexWrap::Wrap,
        justify_content: JustifyContent::Center,
        column_gap: px(theme::GAP),
        row_gap: px(theme::GAP),
        ..default()
    };
    let _ = ui.spawn(node).with_children(|ui| {
        for (place, emoji) in signs.iter().enumerate() {
            let sign = Node {
                width: px(SIGN_WIDTH),
                flex_direction: FlexDirection::Column,
                align_items: AlignItems::Center,
                row_gap: px(2),
                padding: UiRect::axes(px(theme::GAP), px(12)),
                border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
                ..default()
            };
            let spoken = Named(say!("compare-sign-spoken", place = place + 1, name = name_of(*emoji)));
            let _ = ui.spawn((sign, Fill(Paint::Surface), spoken)).with_children(|ui| {
                if symbols {
                    let font = TextFont { font: FontSource::Emoji, ..default() }.with_font_size(SYMBOL);
                    let _ = ui.spawn((Text::new(emoji.symbol), font, Ink(Paint::Text), Pickable::IGNORE));
                } else {
                    let number = Phrase::verbatim((place + 1).to_string());
                    let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, number));
                }
                let _ = ui.spawn(widgets::centred(Type::Strong, Paint::Text, name_of(*emoji)));
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
    let _ = ui.spawn((card, Fill(Paint::Stop))).with_children(|ui| {
        large(ui, Icon::Cross, Paint::OnStop);
        let _ = ui.spawn(widgets::centred(Type::Title, Paint::OnStop, say!("compare-failed", name = name)));
        let _ = ui.spawn(widgets::centred(Type::Strong, Paint::OnStop, Phrase::verbatim(why)));
    });
    choices(ui, vec![close()]);
}

fn large(ui: &mut ChildSpawnerCommands<'_>, icon: Icon, ink: Paint) {
    let middle = Node { justify_content: JustifyContent::Center, ..default() };
    let _ = ui.spawn(middle).with_children(|ui| {
        let _ = ui.spawn(icon.node(LARGE, ink));
    });
}

fn leave(word: Phrase, spoken: Phrase) -> (Face, Command) {
    (Face::word(Tone::Quiet, word).spoken(spoken), Command::StopComparing)
}

fn cancel() -> (Face, Command) {
    leave(say!("compare-cancel"), say!("compare-cancel-spoken"))
}

fn close() -> (Face, Command) {
    leave(say!("compare-close"), say!("compare-close-spoken"))
}

fn join(peer: PeerId) -> (Face, Command) {
    (Face::new(Tone::Go, Icon::Check, say!("compare-join")), Command::Compare { who: peer.to_string() })
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
