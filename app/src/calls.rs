//! Call entities mirror the engine's view: one entity a call, with its state as components.
//! Screens read the components; they never look into the view for a call.
//! `reconcile` is idempotent: whatever the entities were before, afterwards they are what the newest view says.

use ahoy_call::{CallId, CallState, Direction, PeerId};
use ahoy_engine::stats::PathNumbers;
use ahoy_engine::{CallView, Quality, View};
use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, Slot};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

use crate::engine_link::NewestView;
use crate::screens::Shown;
use crate::window::Step;

/// A call of the engine.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[component(immutable)]
pub struct Call(pub CallId);

/// Who is on the other side.
#[derive(Component, Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The other phone.
    pub id: PeerId,
    /// The name it goes by here.
    pub name: String,
    /// It is the built-in test contact.
    pub builtin: bool,
    /// I compared with it who it is.
    pub verified: bool,
}

impl Peer {
    fn of(view: &View, call: &CallView) -> Self {
        let contact = view.contacts.iter().find(|contact| contact.id == call.peer);
        Self {
            id: call.peer,
            name: call.name.clone(),
            builtin: contact.is_some_and(|contact| contact.builtin),
            verified: contact.is_some_and(|contact| contact.verified),
        }
    }
}

/// Where the call stands.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase(pub CallState);

/// Who called, and whether with video.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Who called whom.
    pub direction: Direction,
    /// The caller wants to send video.
    pub video: bool,
}

/// My microphone is silent.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Muted(pub bool);

/// I send video.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendingVideo(pub bool);

/// What the other side sends.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Its microphone is silent.
    pub muted: bool,
    /// It sends video.
    pub video: bool,
}

/// Who keeps the call waiting.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// I hold it.
    pub mine: bool,
    /// The other side holds it.
    pub theirs: bool,
}

/// What the callee said when it declined.
#[derive(Component, Clone, Debug, PartialEq, Eq)]
pub struct Declining(pub Option<String>);

/// How good the call is.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallQuality {
    /// Right now; `None` while nobody talks, and in the first seconds.
    pub now: Option<Quality>,
    /// As a whole, also once it has ended.
    pub overall: Option<Quality>,
}

/// What happens by itself unless something else does before.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// While it rings: when it is answered.
    pub answers: Option<LocalTime>,
    /// While it reconnects: when it is given up.
    pub gives_up: Option<LocalTime>,
}

/// How long the call is or was.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// When it became active.
    pub since: Option<LocalTime>,
    /// Its whole length, once it has ended.
    pub seconds: Option<u64>,
}

/// The call that the screen is about.
#[derive(Component, Clone, Copy, Debug, Default)]
pub struct OnScreen;

/// The pictures of a call are entities of their own, bound to it.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
#[relationship(relationship_target = Streams)]
pub struct StreamOf(pub Entity);

/// The pictures of this call.
#[derive(Component, Debug, Default)]
#[relationship_target(relationship = StreamOf, linked_spawn)]
pub struct Streams(Vec<Entity>);

/// Where a stream's newest picture comes from.
#[derive(Component, Clone, Debug)]
pub enum PictureSource {
    /// The other side, decoded.
    Remote(Slot<DecodedPicture>),
    /// My own camera; it never went through the codec.
    Own(Slot<CapturedPicture>),
    /// A camera that looks for a code or is tried; it belongs to no call.
    Preview(Slot<CapturedPicture>),
}

/// Whether the path leads over a relay.
pub(crate) fn is_relayed(path: &PathNumbers) -> bool {
    path.kind == "relay"
}

fn components(view: &View, call: &CallView) -> impl Bundle + use<> {
    (
        Peer::of(view, call),
        Phase(call.state),
        Kind { direction: call.direction, video: call.video_offered },
        Muted(call.muted),
        SendingVideo(call.sending_video),
        Remote { muted: call.remote_muted, video: call.remote_video },
        Hold { mine: call.held, theirs: call.remote_held },
        Declining(call.decline_text.clone()),
        Lasting { since: call.active_since, seconds: call.duration_seconds },
        quality(call),
        due(call),
    )
}

fn quality(call: &CallView) -> CallQuality {
    CallQuality { now: call.quality, overall: call.overall }
}

fn due(call: &CallView) -> Due {
    Due { answers: call.answers_itself, gives_up: call.gives_up }
}

type Mirrored = (
    Entity,
    &'static Call,
    &'static mut Peer,
    &'static mut Phase,
    &'static mut Kind,
    &'static mut Muted,
    &'static mut SendingVideo,
    &'static mut Remote,
    &'static mut Lasting,
    (&'static mut Hold, &'static mut Declining, &'static mut CallQuality, &'static mut Due),
    Has<OnScreen>,
);

/// Makes the call entities what the view says.
fn reconcile(view: Res<NewestView>, shown: Res<Shown>, mut calls: Query<Mirrored>, mut commands: Commands) {
    let mut wanted: HashMap<CallId, &CallView> = view.0.calls.iter().map(|call| (call.id, call)).collect();
    for (
        entity,
        id,
        mut peer,
        mut phase,
        mut kind,
        mut muted,
        mut sending,
        mut remote,
        mut lasting,
        parts,
        on_screen,
    ) in &mut calls
    {
        let Some(call) = wanted.remove(&id.0) else {
            commands.entity(entity).despawn();
            continue;
        };
        let _ = peer.set_if_neq(Peer::of(&view.0, call));
        let _ = phase.set_if_neq(Phase(call.state));
        let _ = kind.set_if_neq(Kind { direction: call.direction, video: call.video_offered });
        let _ = muted.set_if_neq(Muted(call.muted));
        let _ = sending.set_if_neq(SendingVideo(call.sending_video));
        let _ = remote.set_if_neq(Remote { muted: call.remote_muted, video: call.remote_video });
        let _ = lasting.set_if_neq(Lasting { since: call.active_since, seconds: call.duration_seconds });
        let (mut hold, mut declining, mut how_good, mut by_itself) = parts;
        let _ = hold.set_if_neq(Hold { mine: call.held, theirs: call.remote_held });
        let _ = declining.set_if_neq(Declining(call.decline_text.clone()));
        let _ = how_good.set_if_neq(quality(call));
        let _ = by_itself.set_if_neq(due(call));
        match (shown.0 == Some(call.id), on_screen) {
            (true, false) => drop(commands.entity(entity).insert(OnScreen)),
            (false, true) => drop(commands.entity(entity).remove::<OnScreen>()),
            (true, true) | (false, false) => {}
        }
    }
    for call in wanted.into_values() {
        let mut entity = commands.spawn((Call(call.id), components(&view.0, call)));
        if shown.0 == Some(call.id) {
            let _ = entity.insert(OnScreen);
        }
        let _ = entity.with_related_entities::<StreamOf>(|streams| {
            let _ = streams.spawn(PictureSource::Remote(call.remote_picture.clone()));
            let _ = streams.spawn(PictureSource::Own(call.self_picture.clone()));
        });
    }
}

/// Mirrors the calls of the engine.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(PreUpdate, reconcile.in_set(Step::Mirror).run_if(resource_changed::<NewestView>));
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ahoy_call::RingManner;
    use ahoy_engine::{Cause, Level};

    pub(crate) fn call_view(number: u8, state: CallState, direction: Direction) -> CallView {
        CallView {
            id: CallId([number; 16]),
            peer: PeerId([number; 32]),
            name: format!("Person {number}"),
            direction,
            state,
            ring: (state == CallState::Ringing).then_some(RingManner::Loud),
            answers_itself: None,
            held: false,
            remote_held: false,
            decline_text: None,
            video_offered: false,
            muted: false,
            sending_video: false,
            remote_muted: false,
            remote_video: false,
            active_since: None,
            duration_seconds: None,
            remote_picture: Slot::new(),
            self_picture: Slot::new(),
            stats: None,
            quality: None,
            overall: None,
            gives_up: None,
        }
    }

    fn show(app: &mut App, calls: Vec<CallView>, shown: Option<u8>) {
        app.world_mut().resource_mut::<NewestView>().0 = View { calls, ..View::default() };
        app.world_mut().resource_mut::<Shown>().0 = shown.map(|number| CallId([number; 16]));
        app.update();
    }

    fn mirror() -> App {
        let mut app = App::new();
        let _ = app.init_resource::<NewestView>().init_resource::<Shown>();
        plugin(&mut app);
        app
    }

    fn count<Q: bevy::ecs::query::QueryFilter>(app: &mut App) -> usize {
        app.world_mut().query_filtered::<(), Q>().iter(app.world()).count()
    }

    #[test]
    fn entities_follow_the_view_and_go_with_their_streams() {
        let mut app = mirror();
        let first = call_view(1, CallState::Dialing, Direction::Outgoing);
        let second = call_view(2, CallState::Ringing, Direction::Incoming);
        show(&mut app, vec![first.clone(), second.clone()], Some(2));
        assert_eq!((count::<With<Call>>(&mut app), count::<With<StreamOf>>(&mut app)), (2, 4));

        show(&mut app, vec![CallView { muted: true, state: CallState::Active, ..first }], Some(1));
        assert_eq!((count::<With<Call>>(&mut app), count::<With<StreamOf>>(&mut app)), (1, 2));
        let world = app.world_mut();
        let (phase, muted) = world.query_filtered::<(&Phase, &Muted), With<OnScreen>>().single(world).unwrap();
        assert_eq!((phase.0, muted.0), (CallState::Active, true));

        let poor = Some(Quality { level: Level::Poor, cause: Some(Cause::Relayed) });
        let gives_up = Some(LocalTime(31_000_000));
        let lost = CallView {
            state: CallState::Reconnecting,
            overall: poor,
            gives_up,
            ..call_view(1, CallState::Active, Direction::Outgoing)
        };
        show(&mut app, vec![lost], Some(1));
        let world = app.world_mut();
        let (how_good, due) = world.query::<(&CallQuality, &Due)>().single(world).unwrap();
        assert_eq!((how_good.overall, how_good.now, due.gives_up, due.answers), (poor, None, gives_up, None));

        show(&mut app, Vec::new(), None);
        assert_eq!((count::<With<Call>>(&mut app), count::<With<StreamOf>>(&mut app)), (0, 0));
    }

    #[test]
    fn an_unchanged_view_changes_nothing() {
        #[derive(Resource, Default)]
        struct Changes(usize);
        let mut app = mirror();
        let _ = app.init_resource::<Changes>().add_systems(
            Update,
            |changed: Query<(), Or<(Changed<Phase>, Changed<Peer>, Changed<Lasting>)>>,
             mut changes: ResMut<Changes>| {
                changes.0 += changed.iter().count();
            },
        );
        let call = call_view(1, CallState::Active, Direction::Outgoing);
        show(&mut app, vec![call.clone()], Some(1));
        let before = app.world().resource::<Changes>().0;
        show(&mut app, vec![call], Some(1));
        assert_eq!(app.world().resource::<Changes>().0, before);
    }
}
