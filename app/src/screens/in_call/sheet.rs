//! What lies behind two controls of a call: everything that has no place in the bar, and where sound comes and goes.
//! A sheet stands over the bar, never on it, and scrolls where the window is low; Escape or its control closes it.
//! Which sheet is open is one resource; the chosen devices are settings, so that they are remembered.

use ahoy_audio::DeviceKind;
use ahoy_engine::Command;
use ahoy_engine::settings::Fit;
use bevy::input_focus::{FocusCause, InputFocus};
use bevy::prelude::*;
use bevy::ui::InlineDirection;
use bevy::ui_widgets::{Activate, ScrollArea};

use super::bar::{self, InBar, Spot};
use super::switches::{Controls, Switch};
use crate::calls::{Hold, Muted, OnScreen, Peer, Remote, SendingVideo};
use crate::devices;
use crate::engine_link::{Intent, NewestView};
use crate::icons::Icon;
use crate::language::Language;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::pip::PictureInPicture;
use crate::say;
use crate::screens::tile::Minimise;
use crate::screens::{full_screen, numbers, parts, shortcuts};
use crate::setting::{self, Setting};
use crate::theme::{self, Paint, Type};
use crate::video::OwnView;
use crate::widgets::{self, Face, Shape, Tone};

/// The sheet that is open.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::screens) enum Sheet {
    /// None.
    #[default]
    Closed,
    /// Microphones and speakers.
    Sound,
    /// Everything else.
    More,
}

/// The control that opens a sheet.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opener(pub(super) Sheet);

/// The sheet itself.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opens(Sheet);

impl Sheet {
    /// Opens what a control opens, or closes it.
    pub(super) fn toggle(event: On<Activate>, openers: Query<&Opener>, mut sheet: ResMut<Self>) {
        if let Ok(Opener(wanted)) = openers.get(event.entity) {
            *sheet = if *sheet == *wanted { Self::Closed } else { *wanted };
        }
    }
}

/// Another call, or another screen: whatever was open belongs to what was before.
pub(super) fn close(mut sheet: ResMut<Sheet>) {
    let _ = sheet.set_if_neq(Sheet::Closed);
}

/// The width of a sheet, where the window has it.
const WIDTH: f32 = 320.0;

fn spawn(ui: &mut ChildSpawnerCommands<'_>, which: Sheet, fill: impl FnOnce(&mut ChildSpawnerCommands<'_>)) {
    let node = Node {
        display: Display::None,
        position_type: PositionType::Absolute,
        bottom: px(0),
        width: px(WIDTH),
        max_width: percent(100),
        max_height: percent(100),
        flex_direction: FlexDirection::Column,
        row_gap: px(theme::GAP),
        padding: px(theme::GAP_WIDE).all(),
        overflow: Overflow::scroll_y(),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let looks = (Fill(Paint::Surface), theme::shadow(), ZIndex(1));
    let _ = ui.spawn((Opens(which), node, ScrollArea, looks)).with_children(fill);
}

/// A row of a sheet.
fn item<'a>(ui: &'a mut ChildSpawnerCommands<'_>, face: Face) -> EntityCommands<'a> {
    widgets::button(ui, Shape::Line, face)
}

/// Marks the first item, which gets the focus when its sheet opens.
#[derive(Component)]
pub(super) struct First;

/// Spawns both sheets, closed.
pub(super) fn spawn_all(
    ui: &mut ChildSpawnerCommands<'_>,
    peer: &Peer,
    states: (Muted, SendingVideo, Hold),
    sounds: &[ahoy_audio::Device],
) {
    spawn(ui, Sheet::More, |ui| more(ui, peer, states));
    spawn(ui, Sheet::Sound, |ui| sound(ui, sounds));
}

/// An item that closes the sheet when it is pressed, whatever else it does.
fn closes(button: &mut EntityCommands<'_>) {
    let _ = button.observe(|_: On<Activate>, mut sheet: ResMut<Sheet>| *sheet = Sheet::Closed);
}

/// What is only in one place, besides what has no room in the bar.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// Comparing emoji.
    Verify,
    /// Whole or filling.
    Framing,
    /// My own picture.
    OwnView,
    /// A window of its own for the other side's picture.
    SmallWindow,
}

fn more(ui: &mut ChildSpawnerCommands<'_>, peer: &Peer, (muted, sending, hold): (Muted, SendingVideo, Hold)) {
    let face = Face::new(Tone::Quiet, Icon::Shrink, say!("sheet-minimise")).spoken(say!("sheet-minimise-spoken"));
    let mut button = item(ui, face);
    let _ = button.insert(First).observe(|_: On<Activate>, mut minimise: Minimise<'_>| minimise.on_screen());
    closes(&mut button);
    let mut button = item(ui, Switch::Hold.face(muted, sending, hold));
    let _ = button
        .insert((Switch::Hold, Spot::Seldom, InBar(false)))
        .observe(|_: On<Activate>, mut controls: Controls<'_, '_>| controls.toggle_hold());
    closes(&mut button);
    let _ = item(ui, devices::switch_face()).insert((Spot::Turn, InBar(false))).observe(devices::switch);
    let face = Face::new(Tone::Quiet, Icon::Speaker, say!("bar-sound")).spoken(say!("bar-sound-spoken"));
    let _ = item(ui, face).insert((Spot::Often, InBar(false), Opener(Sheet::Sound))).observe(Sheet::toggle);
    let face = Face::new(Tone::Quiet, Icon::Message, say!("bar-chat")).spoken(say!("bar-chat-spoken"));
    let mut button = item(ui, face);
    let _ = button.insert((Spot::Often, InBar(false)));
    bar::goes_to_chat(&mut button, peer.id);
    pictures(ui);
    let face = Face::new(Tone::Quiet, Icon::Levels, say!("numbers-toggle")).spoken(say!("numbers-toggle-spoken"));
    let mut button = item(ui, face);
    let _ = button.observe(numbers::toggle);
    closes(&mut button);
    let face = Face::new(Tone::Quiet, Icon::Check, say!("sheet-verify"))
        .spoken(say!("sheet-verify-spoken", name = &peer.name));
    let compare = Command::Compare { who: peer.id.to_string() };
    let mut button = parts::press(ui, Shape::Line, face, compare);
    let _ = button.insert(Item::Verify);
    closes(&mut button);
    let face = Face::new(Tone::Quiet, Icon::FullScreen, say!("sheet-full-screen"));
    let mut button = item(ui, face);
    let _ = button.observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(full_screen::toggle));
    closes(&mut button);
    let mut button = item(ui, Face::new(Tone::Quiet, Icon::Keys, say!("sheet-keys")));
    let _ = button.observe(shortcuts::open);
    closes(&mut button);
}

/// How pictures are shown.
fn pictures(ui: &mut ChildSpawnerCommands<'_>) {
    let _ =
        item(ui, framing_face(Fit::Fit)).insert(Item::Framing).observe(|_: On<Activate>, mut commands: Commands| {
            commands.run_system_cached(reframe);
        });
    let _ = item(ui, own_view_face(true))
        .insert(Item::OwnView)
        .observe(|_: On<Activate>, mut own: ResMut<OwnView>| own.0 = !own.0);
    let face = Face::new(Tone::Quiet, Icon::Shrink, say!("sheet-small-window"));
    let mut button = item(ui, face.spoken(say!("sheet-small-window-spoken")));
    let _ = button.insert(Item::SmallWindow).observe(
        |_: On<Activate>, mut small: ResMut<PictureInPicture>, mut minimise: Minimise<'_>| {
            small.open = true;
            minimise.on_screen();
        },
    );
}

fn framing_face(fit: Fit) -> Face {
    match fit {
        Fit::Fit => Face::new(Tone::Quiet, Icon::Fit, say!("sheet-fill")).spoken(say!("sheet-fill-spoken")),
        Fit::Fill => Face::new(Tone::Quiet, Icon::Fit, say!("sheet-fit")).spoken(say!("sheet-fit-spoken")),
    }
}

fn own_view_face(shown: bool) -> Face {
    let word = if shown { say!("sheet-hide-me") } else { say!("sheet-show-me") };
    Face::new(Tone::Quiet, Icon::Person, word)
}

/// Shows the other side's picture whole or without bars, from now on.
pub(in crate::screens) fn reframe(view: Res<NewestView>, mut intents: MessageWriter<Intent>) {
    let [fit, fill] = setting::FIT.values;
    let other = match view.0.settings.fit() {
        Fit::Fit => fill,
        Fit::Fill => fit,
    };
    let _ = intents.write(setting::FIT.set(other));
}

/// A device that can be chosen; an empty id is the system's own choice.
#[derive(Component, Clone, Debug)]
pub(super) struct Route {
    setting: Setting<0>,
    id: String,
    name: Phrase,
    icon: Icon,
}

impl Route {
    fn face(&self, chosen: bool) -> Face {
        if chosen {
            let spoken = say!("sheet-in-use", name = self.name.clone());
            Face::new(Tone::Accent, Icon::Check, self.name.clone()).spoken(spoken)
        } else {
            Face::new(Tone::Quiet, self.icon, self.name.clone())
        }
    }
}

fn sound(ui: &mut ChildSpawnerCommands<'_>, sounds: &[ahoy_audio::Device]) {
    let kinds = [
        (DeviceKind::Microphone, setting::MICROPHONE, say!("sheet-microphone"), Icon::Microphone),
        (DeviceKind::Speaker, setting::SPEAKER, say!("sheet-speaker"), Icon::Speaker),
    ];
    for (kind, setting, title, icon) in kinds {
        let _ = ui.spawn(widgets::text(Type::Strong, Paint::Text, title));
        let system = Route { setting, id: String::new(), name: say!("sheet-system"), icon };
        let of_kind = sounds.iter().filter(|device| device.kind == kind);
        let listed = of_kind.map(|device| Route {
            setting,
            id: device.id.clone(),
            name: Phrase::verbatim(device.name.clone()),
            icon,
        });
        for route in std::iter::once(system).chain(listed) {
            let first = kind == DeviceKind::Microphone && route.id.is_empty();
            let mut button = item(ui, route.face(false));
            let _ = button.insert(route).observe(choose);
            if first {
                let _ = button.insert(First);
            }
        }
    }
}

fn choose(event: On<Activate>, routes: Query<&Route>, mut intents: MessageWriter<Intent>) {
    if let Ok(route) = routes.get(event.entity) {
        let _ = intents.write(route.setting.set(route.id.clone()));
    }
}

/// Opens and closes the sheets, and takes the focus along.
pub(super) fn show(
    sheet: Res<Sheet>,
    language: Res<Language>,
    mut sheets: Query<(&Opens, &mut Node, &Children)>,
    firsts: Query<(), With<First>>,
    openers: Query<(Entity, &Opener, &Node), Without<Opens>>,
    mut before: Local<Sheet>,
    mut focus: ResMut<InputFocus>,
) {
    let ltr = language.tongue().direction() == InlineDirection::Ltr;
    for (opens, mut node, children) in &mut sheets {
        let display = if opens.0 == *sheet { Display::Flex } else { Display::None };
        let (left, right) = if ltr { (auto(), px(0)) } else { (px(0), auto()) };
        if (node.display, node.left, node.right) != (display, left, right) {
            (node.display, node.left, node.right) = (display, left, right);
            if display == Display::Flex
                && let Some(first) = children.iter().find(|child| firsts.contains(*child))
            {
                focus.set(first, FocusCause::Navigated);
            }
        }
    }
    if *sheet == Sheet::Closed && *before != Sheet::Closed {
        let opener = openers.iter().find(|(_, opener, node)| opener.0 == *before && node.display != Display::None);
        match opener {
            Some((opener, ..)) => focus.set(opener, FocusCause::Navigated),
            None => focus.clear(),
        }
    }
    *before = *sheet;
}

fn offer(node: &mut Mut<'_, Node>, useful: bool) {
    let display = if useful { Display::Flex } else { Display::None };
    if node.display != display {
        node.display = display;
    }
}

/// Has the items say what they would do now.
pub(super) fn write(
    view: Res<NewestView>,
    own: Res<OwnView>,
    call: Single<(&Peer, &Remote), With<OnScreen>>,
    mut items: Query<(&Item, &mut Face, &mut Node), Without<Route>>,
    mut routes: Query<(&Route, &mut Face)>,
) {
    let (peer, remote) = *call;
    let contact = view.0.contacts.iter().any(|contact| contact.id == peer.id);
    for (item, mut face, mut node) in &mut items {
        let wanted = match item {
            // There is nothing to compare with a verified contact, nor with a phone that is no contact.
            Item::Verify => {
                offer(&mut node, contact && !peer.verified && !peer.builtin);
                continue;
            }
            Item::SmallWindow => {
                offer(&mut node, remote.video);
                continue;
            }
            Item::Framing => framing_face(view.0.settings.fit()),
            Item::OwnView => own_view_face(own.0),
        };
        let _ = face.set_if_neq(wanted);
    }
    for (route, mut face) in &mut routes {
        let _ = face.set_if_neq(route.face(view.0.settings.get(route.setting.key) == route.id));
    }
}
