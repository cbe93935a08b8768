//! What screen readers and other assistive technology are told of the window, and what they ask of it.
//! Bevy hands its nodes to the system; added here is what it leaves out: actions, states, fields, live regions, what is hidden.
//! Nothing of it runs before such a program has announced itself, and a sleeping window wakes for what it asks.

use std::sync::{Mutex, Weak};
use std::thread;
use std::time::Duration;

use accesskit::{Action, Live, Role, Toggled};
use bevy::a11y::{AccessibilityNode, AccessibilityRequested, AccessibilitySystems, ActionRequest};
use bevy::input_focus::tab_navigation::TabIndex;
use bevy::input_focus::{FocusCause, InputFocus, InputFocusVisible};
use bevy::prelude::*;
use bevy::text::EditableText;
use bevy::ui::{Checkable, InteractionDisabled, UiSystems};
use bevy::ui_widgets::{Activate, Button, Checkbox, RadioButton, ToggleChecked};
use bevy::winit::accessibility::{WinitActionRequestHandler, WinitActionRequestHandlers};

use crate::controls::{self, Reading};
use crate::widgets::Face;
use crate::window::Wake;

/// A text whose changes are read aloud wherever the reader is: what a call is doing, and notices.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct LiveRegion;

/// How often the requests of assistive technology are looked for while there is any: no press waits noticeably.
const ATTENTIVE: Duration = Duration::from_millis(40);
/// How often one that has just been started is looked for; it takes longer than that to say its first word.
const OCCASIONAL: Duration = Duration::from_secs(1);

type Described = (
    &'static mut AccessibilityNode,
    Option<&'static ComputedNode>,
    Option<&'static InheritedVisibility>,
    Option<&'static Face>,
    Option<&'static EditableText>,
    Option<&'static Text>,
    Option<&'static Reading>,
    Has<Checkable>,
    Has<Button>,
    Has<LiveRegion>,
);

fn requested(requested: Res<AccessibilityRequested>) -> bool {
    requested.get()
}

/// A window in focus is the same as nothing in focus, only that Bevy then tells nobody of anything: a window has no node.
fn keep_focus_off_windows(windows: Query<(), With<Window>>, mut focus: ResMut<InputFocus>) {
    if focus.get().is_some_and(|entity| windows.contains(entity)) {
        focus.clear();
    }
}

/// Gives every box of the layout a node, so that what Bevy hands over has the shape of the screen: things are read in the order in
/// which they stand there, and a group holds its members. Assistive technology passes over the boxes themselves.
fn keep_order(boxes: Query<Entity, (With<Node>, Without<AccessibilityNode>)>, mut commands: Commands) {
    for entity in boxes {
        let _ = commands.entity(entity).insert(AccessibilityNode(accesskit::Node::new(Role::GenericContainer)));
    }
}

/// Brings every node in line with what is on the screen.
fn describe(nodes: Query<Described>) {
    for (mut node, size, visible, face, field, text, reading, checkable, button, live) in nodes {
        if button || checkable {
            node.add_action(Action::Click);
            node.add_action(Action::Focus);
        }
        // Bevy tells whether a switch or an option is chosen.
        if let Some(face) = face.filter(|_| !checkable) {
            match face.on {
                Some(on) => node.set_toggled(Toggled::from(on)),
                None => node.clear_toggled(),
            }
        }
        if let Some(field) = field {
            node.set_role(Role::TextInput);
            node.add_action(Action::Focus);
            node.set_value(field.value().to_string());
        }
        if let Some(text) = text {
            // Bevy tells the first words of a text and none that follow.
            node.set_value(text.0.clone());
        }
        if let Some(reading) = reading {
            node.set_role(Role::Meter);
            node.set_min_numeric_value(0.0);
            node.set_max_numeric_value(1.0);
            node.set_numeric_value(f64::from(reading.part()));
        }
        if live {
            node.set_live(Live::Polite);
        }
        // What stands in a box without a size may stand beside it.
        let empty = node.role() != Role::GenericContainer && size.is_some_and(ComputedNode::is_empty);
        let absent = empty || visible.is_some_and(|visible| !visible.get());
        // A picture that says nothing is an ornament.
        if absent || (node.role() == Role::Image && node.label().is_none()) {
            node.set_hidden();
        } else {
            node.clear_hidden();
        }
    }
}

/// Does what assistive technology asks for.
fn obey(
    mut requests: MessageReader<ActionRequest>,
    buttons: Query<(), (With<Button>, Without<InteractionDisabled>)>,
    switches: Query<(), With<Checkbox>>,
    options: Query<(), With<RadioButton>>,
    stops: Query<(), With<TabIndex>>,
    mut focus: ResMut<InputFocus>,
    mut visible: ResMut<InputFocusVisible>,
    wake: Res<Wake>,
    mut commands: Commands,
) {
    for ActionRequest(request) in requests.read() {
        let Some(entity) = Entity::try_from_bits(request.target_node.0) else { continue };
        if request.action == Action::Click && buttons.contains(entity) {
            commands.trigger(Activate { entity });
        } else if request.action == Action::Click && switches.contains(entity) {
            commands.trigger(ToggleChecked { entity });
        } else if request.action == Action::Click && options.contains(entity) {
            commands.trigger(controls::Choose { entity });
        } else if request.action == Action::Focus && stops.contains(entity) {
            focus.set(entity, FocusCause::Navigated);
            visible.0 = true;
        }
        // What follows from it is drawn in the next frame.
        wake.ring();
    }
}

/// Starts to listen when the window is there.
fn listen(
    handlers: Option<Res<WinitActionRequestHandlers>>,
    requested: Res<AccessibilityRequested>,
    wake: Res<Wake>,
    mut listening: Local<bool>,
) -> Result {
    let handler = handlers.as_ref().and_then(|handlers| handlers.values().next());
    let (Some(handler), false) = (handler, *listening) else { return Ok(()) };
    *listening = true;
    let (requests, requested, wake) = (std::sync::Arc::downgrade(handler), requested.clone(), wake.clone());
    let keep = move || keep_listening(&requests, &requested, || wake.ring());
    drop(thread::Builder::new().name("ahoy-listen".into()).spawn(keep)?);
    Ok(())
}

/// Wakes the window when assistive technology comes or asks for something, until the window is gone: nothing else would.
fn keep_listening(
    requests: &Weak<Mutex<WinitActionRequestHandler>>,
    requested: &AccessibilityRequested,
    wake: impl Fn(),
) {
    let mut known = false;
    while let Some(requests) = requests.upgrade() {
        let heard = requested.get();
        if heard != known || requests.lock().is_ok_and(|waiting| !waiting.is_empty()) {
            wake();
        }
        known = heard;
        drop(requests);
        thread::sleep(if heard { ATTENTIVE } else { OCCASIONAL });
    }
}

/// Makes the window usable without seeing it.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(Update, listen).add_systems(
        PostUpdate,
        (
            keep_focus_off_windows.run_if(requested).before(AccessibilitySystems::Update),
            keep_order.run_if(requested).before(describe),
            describe.run_if(requested).after(UiSystems::PostLayout).before(AccessibilitySystems::Update),
            obey.after(AccessibilitySystems::Update),
        ),
    );
}

#[cfg(test)]
mod tests {
    use accesskit::{NodeId, TreeId};
    use bevy::ui_widgets::ButtonPlugin;

    use super::*;
    use crate::icons::Icon;
    use crate::phrase::Phrase;
    use crate::widgets::Tone;

    fn app() -> App {
        let mut app = App::new();
        let _ = app
            .add_message::<ActionRequest>()
            .init_resource::<InputFocus>()
            .init_resource::<InputFocusVisible>()
            .init_resource::<Wake>()
            .add_plugins(ButtonPlugin)
            .add_systems(Update, (describe, obey));
        app
    }

    fn node(app: &App, entity: Entity) -> &AccessibilityNode {
        app.world().get(entity).unwrap()
    }

    #[test]
    fn a_button_can_be_pressed_and_tells_whether_it_is_on() {
        let mut app = app();
        let face = Face::new(Tone::Quiet, Icon::Microphone, Phrase::Nothing).switched(true);
        let button = app.world_mut().spawn((Button, face)).id();
        app.update();
        assert!(node(&app, button).supports_action(Action::Click));
        assert_eq!((node(&app, button).role(), node(&app, button).toggled()), (Role::Button, Some(Toggled::True)));
    }

    #[test]
    fn what_is_not_on_the_screen_is_not_read() {
        let mut app = app();
        let text = app.world_mut().spawn((AccessibilityNode::default(), InheritedVisibility::HIDDEN)).id();
        app.update();
        assert!(node(&app, text).is_hidden());
        *app.world_mut().get_mut::<InheritedVisibility>(text).unwrap() = InheritedVisibility::VISIBLE;
        app.update();
        assert!(!node(&app, text).is_hidden());
    }

    #[test]
    fn a_text_is_read_as_it_stands_now() {
        let mut app = app();
        let text = app.world_mut().spawn((AccessibilityNode::default(), LiveRegion)).id();
        for words in ["Calling…", "Ringing…"] {
            let _ = app.world_mut().entity_mut(text).insert(Text::new(words));
            app.update();
            assert_eq!((node(&app, text).value(), node(&app, text).live()), (Some(words), Some(Live::Polite)));
        }
    }

    #[test]
    fn a_request_presses_the_button_and_only_an_enabled_one() {
        #[derive(Resource, Default)]
        struct Presses(usize);
        let mut app = app();
        let _ = app.init_resource::<Presses>();
        let _ = app.add_observer(|_: On<Activate>, mut presses: ResMut<Presses>| presses.0 += 1);
        let button = app.world_mut().spawn(Button).id();
        let mut press = || {
            let _ = app.world_mut().write_message(ActionRequest(accesskit::ActionRequest {
                action: Action::Click,
                target_tree: TreeId::ROOT,
                target_node: NodeId(button.to_bits()),
                data: None,
            }));
            app.update();
            let presses = app.world().resource::<Presses>().0;
            let _ = app.world_mut().entity_mut(button).insert(InteractionDisabled);
            presses
        };
        assert_eq!((press(), press()), (1, 1));
    }

    #[test]
    fn listening_wakes_the_window_once_and_ends_with_it() {
        let handler = std::sync::Arc::new(Mutex::new(WinitActionRequestHandler::default()));
        let (requests, requested) = (std::sync::Arc::downgrade(&handler), AccessibilityRequested::default());
        requested.set(true);
        let (woken, handler) = (std::cell::Cell::new(0), std::cell::Cell::new(Some(handler)));
        keep_listening(&requests, &requested, || {
            woken.set(woken.get() + 1);
            drop(handler.take());
        });
        assert_eq!(woken.get(), 1);
    }
}
