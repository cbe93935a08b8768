//! The small window: the other side's picture above all other windows, while a call goes on and the window is put away.
//! A screen asks for it with [`PictureInPicture`]; it is there as long as there is a picture to see.
//! Pressing it brings the window back. Closed it costs nothing: window, camera and node are made anew each time.

use ahoy_call::CallState;
use ahoy_engine::{CallView, View};
use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::window::{Monitor, PrimaryMonitor, WindowLevel, WindowRef, WindowResizeConstraints, WindowResolution};

use crate::attention::ComeForward;
use crate::engine_link::NewestView;
use crate::theme;
use crate::video::Shows;
use crate::window::Step;

/// Its first size and its least, in logical pixels: a face is known by less, a hand still hits it.
const FIRST_SIZE: (u32, u32) = (320, 240);
const LEAST_SIZE: (f32, f32) = (160.0, 120.0);
/// How far from the corner of the screen it opens, in logical pixels: a task bar fits below.
const MARGIN: f64 = 64.0;

/// Whether the call's picture is wanted in a small window.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PictureInPicture {
    /// Wanted, until the call ends, or the person presses or closes the small window.
    pub open: bool,
}

/// The small window was pressed: the call is wanted back in the large one.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restore;

/// The small window.
#[derive(Component)]
pub(crate) struct SmallWindow;

/// What the small window is made of.
#[derive(Resource, Clone, Copy)]
struct Made {
    window: Entity,
    camera: Entity,
    root: Entity,
}

fn goes_on(call: &CallView) -> bool {
    matches!(call.state, CallState::Active | CallState::Reconnecting)
}

/// The call whose picture can be seen.
fn pictured(view: &View) -> Option<&CallView> {
    view.current().filter(|call| goes_on(call) && call.remote_video && !call.held && !call.remote_held)
}

/// It closes for good with the call, or when the person has closed it.
fn settle(
    view: Res<NewestView>,
    made: Option<Res<Made>>,
    windows: Query<(), With<SmallWindow>>,
    mut wanted: ResMut<PictureInPicture>,
) {
    let closed = made.is_some_and(|made| !windows.contains(made.window));
    if closed || !view.0.current().is_some_and(goes_on) {
        let _ = wanted.set_if_neq(PictureInPicture { open: false });
    }
}

fn follow(
    view: Res<NewestView>,
    wanted: Res<PictureInPicture>,
    made: Option<Res<Made>>,
    monitor: Option<Single<&Monitor, With<PrimaryMonitor>>>,
    mut commands: Commands,
) {
    let call = pictured(&view.0).filter(|_| wanted.open);
    match (made, call) {
        (None, Some(call)) => {
            let made = open(&mut commands, &call.name, monitor.map(|monitor| corner(*monitor)));
            commands.insert_resource(made);
        }
        (Some(made), None) => {
            for part in [made.root, made.camera, made.window] {
                // The person may have closed the window.
                commands.entity(part).try_despawn();
            }
            commands.remove_resource::<Made>();
        }
        (None, None) | (Some(_), Some(_)) => {}
    }
}

fn open(commands: &mut Commands<'_, '_>, name: &str, at: Option<IVec2>) -> Made {
    let (width, height) = FIRST_SIZE;
    let window = Window {
        title: format!("{name}: Ahoy"),
        name: Some("ahoy".to_owned()),
        resolution: WindowResolution::new(width, height),
        resize_constraints: WindowResizeConstraints { min_width: LEAST_SIZE.0, min_height: LEAST_SIZE.1, ..default() },
        position: at.map_or(WindowPosition::Automatic, WindowPosition::At),
        window_level: WindowLevel::AlwaysOnTop,
        skip_taskbar: true,
        // The person is busy with something else.
        focused: false,
        ..default()
    };
    let window = commands.spawn((window, SmallWindow)).id();
    let target = RenderTarget::Window(WindowRef::Entity(window));
    let camera = commands.spawn((Camera2d, Msaa::Off, target)).id();
    let all = Node { width: percent(100), height: percent(100), ..default() };
    let root = commands
        .spawn((all.clone(), UiTargetCamera(camera), BackgroundColor(theme::LETTERBOX)))
        .with_child((all, Shows::Remote, Visibility::Hidden, AccessibleLabel::new(name.to_owned())))
        .observe(back)
        .id();
    Made { window, camera, root }
}

/// The lower right corner, in physical pixels.
fn corner(monitor: &Monitor) -> IVec2 {
    let scaled = |logical: f64| (logical * monitor.scale_factor).round() as i32;
    let size = IVec2::new(monitor.physical_width as i32, monitor.physical_height as i32);
    let (width, height) = FIRST_SIZE;
    let from_corner = IVec2::new(scaled(f64::from(width) + MARGIN), scaled(f64::from(height) + MARGIN));
    monitor.physical_position + (size - from_corner).max(IVec2::ZERO)
}

fn back(
    _: On<Pointer<Click>>,
    mut wanted: ResMut<PictureInPicture>,
    mut forward: MessageWriter<ComeForward>,
    mut restore: MessageWriter<Restore>,
) {
    wanted.open = false;
    let _ = forward.write(ComeForward::Asked);
    let _ = restore.write(Restore);
}

/// Opens and closes the small window.
pub fn plugin(app: &mut App) {
    let changed = resource_changed::<NewestView>
        .or_else(resource_changed::<PictureInPicture>)
        .or_else(any_component_removed::<SmallWindow>);
    let _ = app
        .init_resource::<PictureInPicture>()
        .add_message::<Restore>()
        .add_systems(Update, (settle, follow).chain().in_set(Step::Present).run_if(changed));
}

#[cfg(test)]
mod tests {
    use ahoy_call::{Direction, EndReason};

    use super::*;
    use crate::calls::tests::call_view;

    fn small_windows(app: &mut App) -> usize {
        app.update();
        app.world_mut().query_filtered::<(), With<SmallWindow>>().iter(app.world()).count()
    }

    fn show(app: &mut App, state: CallState, remote_video: bool) {
        let call = CallView { remote_video, ..call_view(1, state, Direction::Incoming) };
        let _ = app.insert_resource(NewestView(View { calls: vec![call], ..View::default() }));
    }

    fn app() -> App {
        let mut app = App::new();
        let _ = app.init_resource::<NewestView>().add_message::<ComeForward>().add_plugins(plugin);
        show(&mut app, CallState::Active, true);
        app
    }

    fn wish(app: &mut App, open: bool) {
        app.world_mut().resource_mut::<PictureInPicture>().open = open;
    }

    #[test]
    fn it_is_there_while_it_is_wanted_and_there_is_a_picture() {
        let mut app = app();
        assert_eq!(small_windows(&mut app), 0);
        wish(&mut app, true);
        assert_eq!(small_windows(&mut app), 1);
        show(&mut app, CallState::Active, false);
        assert_eq!(small_windows(&mut app), 0);
        show(&mut app, CallState::Reconnecting, true);
        assert_eq!(small_windows(&mut app), 1, "it is still wanted");
        show(&mut app, CallState::Ended(EndReason::RemoteHangUp), true);
        assert_eq!(small_windows(&mut app), 0);
        show(&mut app, CallState::Active, true);
        assert_eq!(small_windows(&mut app), 0, "the next call has to ask anew");
    }

    #[test]
    fn closed_by_the_person_it_stays_closed_and_leaves_nothing() {
        let mut app = app();
        let cameras = |app: &mut App| app.world_mut().query::<&Camera>().iter(app.world()).count();
        wish(&mut app, true);
        assert_eq!((small_windows(&mut app), cameras(&mut app)), (1, 1));
        let world = app.world_mut();
        let window = world.query_filtered::<Entity, With<SmallWindow>>().single(world).unwrap();
        let _ = app.world_mut().despawn(window);
        assert_eq!((small_windows(&mut app), cameras(&mut app)), (0, 0));
        assert!(!app.world().resource::<PictureInPicture>().open);
    }
}
