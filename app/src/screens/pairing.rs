//! Adding somebody: my name, code and link to show, their link to paste or scan, phones nearby, phones that knock.
//! Being here opens the phone for pairing, leaving closes it; the engine also closes it by itself after a while.
//! Every way ends on one panel, see `candidate`.

use ahoy_engine::Command;
use bevy::clipboard::Clipboard;
use bevy::input_focus::{FocusCause, InputFocus};
use bevy::prelude::*;
use bevy::text::{EditableText, TextEdit};
use bevy::ui_widgets::Activate;

use super::candidate::{self, Candidate, Chosen};
use super::strangers::{self, Choice, Found, Ignored};
use super::{Place, Screen, choose, my_name, page, parts, qr};
use crate::calls::PictureSource;
use crate::devices::ChosenCamera;
use crate::engine_link::{self, Intent, NewestView};
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::toast::Say;
use crate::video::Shows;
use crate::widgets::{self, Face, Shape, Tone};
use crate::window::Step;

/// A contact link has at most 1 KiB.
const MAX_LINK: usize = 1024;
/// The narrowest a column gets before the two stand below each other.
const NARROW: f32 = 300.0;
/// The widest the camera's picture gets.
const FINDER: f32 = 320.0;

/// Everything below the title, and the phone that it was built for.
#[derive(Component)]
struct Body(Option<Candidate>);

#[derive(Component)]
struct LinkField;

#[derive(Component)]
struct ScanButton;

/// The picture of the camera with its line.
#[derive(Component)]
struct Finder;

/// What the camera has to say.
#[derive(Component)]
struct ScanLine;

/// The line that says whether the phone is open for pairing, and the button that opens it again.
#[derive(Component)]
struct Openness;

#[derive(Component)]
struct OpenAgain;

fn enter(view: Res<NewestView>, chosen: Res<Chosen>, mut commands: Commands, mut intents: MessageWriter<Intent>) {
    let _ = intents.write(Intent(Command::Pairing { on: true }));
    page::spawn(&mut commands, Screen::Pairing, |ui| {
        page::header(ui, |ui| {
            page::back(ui);
            let grows = Node { flex_grow: 1.0, ..default() };
            let _ = ui.spawn(grows).with_children(|ui| {
                let _ = ui.spawn(widgets::text(Type::Title, Paint::Text, say!("pairing-title")));
            });
            let _ = widgets::button(ui, Shape::Wide, scan_face(false)).insert(ScanButton).observe(scan);
        });
        let column = Node { row_gap: px(theme::GAP_WIDE), ..page::column() };
        let body = Body(chosen.0.clone());
        let _ = ui.spawn((column, body)).with_children(|ui| fill(ui, &view, chosen.0.as_ref()));
    });
}

fn leave(
    view: Res<NewestView>,
    place: Res<Place>,
    mut chosen: ResMut<Chosen>,
    mut ignored: ResMut<Ignored>,
    mut intents: MessageWriter<Intent>,
) {
    let _ = intents.write(Intent(Command::Pairing { on: false }));
    if view.0.scan.is_some() {
        let _ = intents.write(Intent(Command::Scan { camera: None }));
    }
    // A call in between comes back here, and finds what was begun.
    if *place != Place::Pairing {
        chosen.0 = None;
        *ignored = Ignored::default();
    }
}

fn fill(ui: &mut ChildSpawnerCommands<'_>, view: &NewestView, chosen: Option<&Candidate>) {
    if let Some(candidate) = chosen {
        candidate::panel(ui, candidate);
        return;
    }
    let columns = Node {
        flex_wrap: FlexWrap::Wrap,
        align_items: AlignItems::FlexStart,
        column_gap: px(theme::GAP_WIDE),
        row_gap: px(theme::GAP_WIDE),
        ..default()
    };
    let column = || Node { flex_grow: 1.0, flex_basis: px(NARROW), min_width: px(0), ..column_of_cards() };
    finder(ui);
    strangers::card(ui, Found::Knocking);
    let _ = ui.spawn(columns).with_children(|ui| {
        let _ = ui.spawn(column()).with_children(|ui| {
            my_name::card(ui, &view.0.me.name);
            mine(ui);
        });
        let _ = ui.spawn(column()).with_children(|ui| {
            theirs(ui);
            strangers::card(ui, Found::Nearby);
            openness(ui);
        });
    });
}

fn column_of_cards() -> Node {
    Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP_WIDE), ..default() }
}

fn mine(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("pairing-mine")));
        let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, say!("pairing-mine-hint")));
        qr::my_code(ui);
        let face = Face::new(Tone::Accent, Icon::Copy, say!("pairing-copy"));
        let _ = widgets::button(ui, Shape::Wide, face).observe(copy_link);
    });
}

fn openness(ui: &mut ChildSpawnerCommands<'_>) {
    let row = Node { flex_direction: FlexDirection::Column, row_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), Openness));
        let face = Face::word(Tone::Quiet, say!("pairing-open-again")).spoken(say!("pairing-open-again-spoken"));
        let _ = parts::press(ui, Shape::Wide, face, Command::Pairing { on: true }).insert(OpenAgain);
    });
}

fn theirs(ui: &mut ChildSpawnerCommands<'_>) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, say!("pairing-theirs")));
        let row = Node { align_items: AlignItems::Center, ..default() };
        let _ = ui.spawn(row).with_children(|ui| {
            let purpose = Purpose {
                hint: say!("pairing-link-hint"),
                label: say!("pairing-link-label"),
                limit: MAX_LINK,
                text: "",
            };
            field::field(ui, purpose, |field| {
                let _ = field
                    .insert(LinkField)
                    .observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(take_link));
            });
        });
        let _ = ui.spawn(page::buttons()).with_children(|ui| {
            let face = Face::new(Tone::Quiet, Icon::Paste, say!("pairing-paste")).spoken(say!("pairing-paste-spoken"));
            let _ = widgets::button(ui, Shape::Wide, face).observe(paste);
            let face = Face::new(Tone::Accent, Icon::Plus, say!("pairing-next")).spoken(say!("pairing-next-spoken"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(take_link));
        });
    });
}

/// What the camera sees, while it looks.
fn finder(ui: &mut ChildSpawnerCommands<'_>) {
    let node = Node { display: Display::None, ..column_of_cards() };
    let _ = ui.spawn((node, Finder)).with_children(|ui| {
        let finder = Node {
            width: percent(100),
            max_width: px(FINDER),
            align_self: AlignSelf::Center,
            border_radius: BorderRadius::all(px(theme::RADIUS_CONTROL)),
            ..default()
        };
        let label = Named(say!("pairing-finder"));
        let _ = ui.spawn((finder, Shows::Scan, Visibility::Hidden, label));
        let _ = ui.spawn((widgets::centred(Type::Small, Paint::TextQuiet, Phrase::Nothing), ScanLine));
    });
}

fn copy_link(_: On<Activate>, view: Res<NewestView>, mut clipboard: ResMut<Clipboard>, mut say: MessageWriter<Say>) {
    let words = if view.0.me.link.is_empty() {
        say!("pairing-no-link-yet")
    } else {
        match clipboard.set_text(view.0.me.link.clone()) {
            Ok(()) => say!("pairing-copied"),
            Err(error) => {
                tracing::warn!("the link could not be copied: {error}");
                say!("pairing-not-copied")
            }
        }
    };
    let _ = say.write(Say(words));
}

fn paste(
    _: On<Activate>,
    mut clipboard: ResMut<Clipboard>,
    field: Single<(Entity, &mut EditableText), With<LinkField>>,
    mut focus: ResMut<InputFocus>,
    mut say: MessageWriter<Say>,
) {
    let (entity, mut field) = field.into_inner();
    match clipboard.fetch_text().poll_result() {
        Some(Ok(words)) if words.trim().chars().count() <= MAX_LINK => {
            field.clear();
            field.editor.set_text(words.trim());
            field.queue_edit(TextEdit::TextEnd(false));
            focus.set(entity, FocusCause::Navigated);
        }
        Some(Ok(_)) => drop(say.write(Say(say!("pairing-paste-too-long")))),
        Some(Err(_)) | None => drop(say.write(Say(say!("pairing-nothing-to-paste")))),
    }
}

fn take_link(view: Res<NewestView>, field: Single<&EditableText, With<LinkField>>, mut choice: Choice<'_>) {
    let link = field::words(&field);
    let candidate = if link.is_empty() { Err(say!("pairing-no-link")) } else { Candidate::from_link(&link, &view.0) };
    choice.take(candidate);
}

fn scan_face(on: bool) -> Face {
    if on {
        Face::new(Tone::Accent, Icon::CameraOff, say!("pairing-stop")).spoken(say!("pairing-stop-spoken"))
    } else {
        Face::new(Tone::Quiet, Icon::Scan, say!("pairing-scan")).spoken(say!("pairing-scan-spoken"))
    }
}

fn scan(_: On<Activate>, view: Res<NewestView>, camera: Res<ChosenCamera>, mut intents: MessageWriter<Intent>) {
    let camera = view.0.scan.is_none().then(|| camera.0.clone());
    let _ = intents.write(Intent(Command::Scan { camera }));
}

/// Takes what the camera has read to the panel, and closes the camera.
fn take_scan(view: Res<NewestView>, mut choice: Choice<'_>, mut intents: MessageWriter<Intent>) {
    let found = view.0.scan.as_ref().and_then(|scan| scan.found.as_deref());
    if let Some(link) = found
        && view.is_changed()
        && !choice.is_made()
    {
        choice.take(Candidate::from_link(link, &view.0));
        let _ = intents.write(Intent(Command::Scan { camera: None }));
    }
}

/// The body shows either the ways or the one phone.
fn turn(view: Res<NewestView>, chosen: Res<Chosen>, body: Option<Single<(Entity, &mut Body)>>, mut commands: Commands) {
    let Some(body) = body else { return };
    let (entity, mut body) = body.into_inner();
    if body.0 != chosen.0 {
        body.0.clone_from(&chosen.0);
        let _ =
            commands.entity(entity).despawn_related::<Children>().with_children(|ui| fill(ui, &view, body.0.as_ref()));
    }
}

/// The camera's pictures are a stream of their own for as long as it looks.
fn mirror_scan(view: Res<NewestView>, streams: Query<(Entity, &PictureSource)>, mut commands: Commands) {
    let wanted = view.0.scan.as_ref().map(|scan| &scan.picture);
    let mut there = false;
    for (entity, source) in &streams {
        let PictureSource::Scan(slot) = source else { continue };
        if wanted == Some(slot) {
            there = true;
        } else {
            commands.entity(entity).despawn();
        }
    }
    if let Some(slot) = wanted
        && !there
    {
        let _ = commands.spawn(PictureSource::Scan(slot.clone()));
    }
}

fn write_scan(
    view: Res<NewestView>,
    mut buttons: Query<&mut Face, With<ScanButton>>,
    mut finders: Query<&mut Node, With<Finder>>,
    mut lines: Query<&mut Said, With<ScanLine>>,
) {
    let scan = view.0.scan.as_ref();
    let words = match scan.map(|scan| &scan.failed) {
        None => Phrase::Nothing,
        Some(None) => say!("pairing-hold-code"),
        Some(Some(why)) => Phrase::verbatim(why),
    };
    for mut face in &mut buttons {
        let _ = face.set_if_neq(scan_face(scan.is_some()));
    }
    for mut node in &mut finders {
        show(&mut node, scan.is_some());
    }
    for mut said in &mut lines {
        widgets::write(&mut said, words.clone());
    }
}

fn write_openness(
    view: Res<NewestView>,
    mut opened: Local<bool>,
    mut lines: Query<&mut Said, With<Openness>>,
    mut buttons: Query<&mut Node, With<OpenAgain>>,
) {
    let open = view.0.pairing.is_some();
    *opened |= open;
    for mut said in &mut lines {
        let words = if open || !*opened { say!("pairing-open") } else { say!("pairing-closed") };
        widgets::write(&mut said, words);
    }
    for mut node in &mut buttons {
        show(&mut node, !open && *opened);
    }
}

fn show(node: &mut Mut<'_, Node>, seen: bool) {
    let display = if seen { Display::Flex } else { Display::None };
    if node.display != display {
        node.display = display;
    }
}

pub(super) fn plugin(app: &mut App) {
    let here = in_state(Screen::Pairing);
    let _ = app
        .init_resource::<Chosen>()
        .init_resource::<Ignored>()
        .add_systems(OnEnter(Screen::Pairing), enter)
        .add_systems(OnExit(Screen::Pairing), leave)
        .add_systems(
            PreUpdate,
            (take_scan, candidate::arrive)
                .chain()
                .in_set(Step::Receive)
                .after(engine_link::receive)
                .before(choose)
                .run_if(here.clone()),
        )
        .add_systems(
            PreUpdate,
            (mirror_scan, my_name::write.run_if(here.clone()))
                .in_set(Step::Mirror)
                .run_if(resource_changed::<NewestView>),
        )
        .add_systems(
            Update,
            (turn, strangers::list, qr::draw, write_scan, write_openness).chain().in_set(Step::Present).run_if(here),
        );
}
