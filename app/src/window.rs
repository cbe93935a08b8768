//! The window as a whole: opens the phone, puts Bevy together, sleeps whenever nothing changes.
//! The program's entry calls `run`, the phone library's entry calls `run_phone`.
//! The engine wakes the window for every new view and picture; nothing here draws by the clock except a running timer.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ahoy_call::CallState;
use ahoy_engine::{Command, DeskError, MediaOptions, Phone, PhoneConfig, PhoneError};
use ahoy_store::StoreError;
use bevy::app::{AppExit, TerminalCtrlCHandlerPlugin};
use bevy::input_focus::tab_navigation::TabNavigationPlugin;
use bevy::input_focus::{InputFocus, InputFocusSystems};
use bevy::log::LogPlugin;
use bevy::picking::PickingSystems;
use bevy::platform::collections::HashSet;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::settings::{PowerPreference, RenderCreation, WgpuSettings};
use bevy::window::{
    AppLifecycle, ExitCondition, PrimaryWindow, WindowOccluded, WindowResizeConstraints, WindowResolution,
};
use bevy::winit::{EventLoopProxy, EventLoopProxyWrapper, UpdateMode, WinitSettings, WinitUserEvent};
use thiserror::Error;

use crate::calls::Phase;
use crate::engine_link::{self, Intent, NewestView};
use crate::toast::Toast;
use crate::{
    accessibility, alerts, attention, calls, cli, controls, cut, devices, field, frames, icons, links, mark, nudge,
    paint, pip, preferences, preview, records, screens, setting, speech, taps, theme, toast, video, widgets,
};

/// The steps of a frame that belong to the phone.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The engine's newest view comes in and chooses the screen.
    Receive,
    /// The call entities become what the view says.
    Mirror,
    /// Texts, colours and pictures follow the entities.
    Present,
}

/// Why there is no window.
#[derive(Debug, Error)]
pub enum WindowError {
    /// There is nowhere to open it.
    #[error("there is no display to open a window on; without one use `ahoy call WHO`, `ahoy answer` or `ahoy echo`")]
    NoDisplay,
    /// Another phone runs on the same data directory.
    #[error("a phone already runs on {dir} ({other}); close it or choose another --data-dir")]
    InUse {
        /// The data directory.
        dir: String,
        /// What runs there.
        other: String,
    },
    /// What runs on the data directory takes no link.
    #[error("the phone that runs on {dir} did not take the link: {error}")]
    Link {
        /// The data directory.
        dir: String,
        /// What it said.
        error: String,
    },
    /// The phone itself could not be opened.
    #[error(transparent)]
    Phone(PhoneError),
    /// The display or its graphics could not be used.
    #[error("the window could not be opened: {0}; without one use `ahoy call WHO`, `ahoy answer` or `ahoy echo`")]
    Graphics(String),
    /// Something went wrong while the window was open.
    #[error("the window stopped with an error ({0}); the log tells more")]
    Stopped(u8),
}

/// Wakes the window from any thread. It does nothing before the window runs.
#[derive(Resource, Clone, Default)]
pub struct Wake(Arc<OnceLock<EventLoopProxy<WinitUserEvent>>>);

impl Wake {
    /// Has the window draw a frame soon.
    pub fn ring(&self) {
        if let Some(proxy) = self.0.get() {
            // The only failure is a window that has already closed.
            let _ = proxy.send_event(WinitUserEvent::WakeUp);
        }
    }
}

/// With nothing to show the window looks up once a minute, only to be sure.
const SLEEP: Duration = Duration::from_secs(60);
/// A running timer and a line that goes by itself change with the second.
const TICK: Duration = Duration::from_secs(1);
/// The window's first size and its least, in logical pixels: half of a small laptop, and a narrow phone.
const FIRST_SIZE: (u32, u32) = (1040, 720);
const LEAST_SIZE: (f32, f32) = (320.0, 480.0);

/// Opens the phone and its window, and returns when the window was closed. A contact `link` is shown in it; when a window
/// runs on the same data directory already, it gets the link, and this returns at once.
///
/// # Errors
/// There is no display, or the phone or the window could not be opened.
pub fn run(config: PhoneConfig, link: Option<String>) -> Result<(), WindowError> {
    if let Some(link) = &link {
        match cli::hand_over(&config.data_dir, link) {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => {
                let dir = config.data_dir.display().to_string();
                return Err(WindowError::Link { dir, error: format!("{error:#}") });
            }
        }
    }
    let lacks = |name: &str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    let display_by_environment = std::env::consts::OS == "linux";
    if display_by_environment && lacks("DISPLAY") && lacks("WAYLAND_DISPLAY") && lacks("WAYLAND_SOCKET") {
        return Err(WindowError::NoDisplay);
    }
    open(config, link)
}

/// The same on a phone, where there is always a display and the system says where to remember.
///
/// # Errors
/// The phone or the window could not be opened.
pub fn run_phone(data_dir: PathBuf) -> Result<(), WindowError> {
    open(PhoneConfig::new(data_dir), None)
}

fn open(mut config: PhoneConfig, link: Option<String>) -> Result<(), WindowError> {
    let wake = Wake::default();
    let ring = wake.clone();
    config.waker = Some(Arc::new(move || ring.ring()));
    let (media, dir) = (config.media.clone(), config.data_dir.clone());
    let phone = Phone::open(config).map_err(|error| in_use(error, &dir))?;
    let (door, arriving) = links::door(wake.clone());
    if let Some(link) = link {
        // Nobody else knows the door yet, so there is room.
        let _ = door.hand_in(link);
    }
    let _socket = cli::Socket::serve_window(&dir, phone.handle(), door);
    let mut app = quietly(|| base(wake.clone()))?;
    interface(&mut app, &media);
    let _ = app.insert_resource(arriving);
    end_on_interrupt(&mut app, wake.clone());
    engine_link::connect(&mut app, phone.handle());
    alerts::connect(&mut app, phone.handle(), wake);
    let exit = app.run();
    phone.close();
    match exit {
        AppExit::Success => Ok(()),
        AppExit::Error(code) => Err(WindowError::Stopped(code.get())),
    }
}

/// Names the phone that is in the way.
fn in_use(error: PhoneError, dir: &Path) -> WindowError {
    match error {
        PhoneError::Desk(DeskError::Store(StoreError::InUse { .. })) => WindowError::InUse {
            dir: dir.display().to_string(),
            other: cli::running(dir).unwrap_or_else(|| "another program".to_owned()),
        },
        other => WindowError::Phone(other),
    }
}

/// An interrupt from the terminal ends the window as its close button does; Bevy's own handler would not wake it.
fn end_on_interrupt(app: &mut App, wake: Wake) {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    let handled = ahoy_system::stop::on_request(move || {
        flag.store(true, Ordering::Relaxed);
        wake.ring();
    });
    if let Err(error) = handled {
        tracing::warn!("an interrupt will not be answered: {error}");
    }
    let _ = app.add_systems(Update, move |mut exit: MessageWriter<AppExit>| {
        if interrupted.load(Ordering::Relaxed) {
            let _ = exit.write(AppExit::Success);
        }
    });
}

/// Bevy panics where there is no usable display; here that is an ordinary error with a line of its own.
fn quietly(build: impl FnOnce() -> App) -> Result<App, WindowError> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(AssertUnwindSafe(build));
    panic::set_hook(hook);
    built.map_err(|payload| WindowError::Graphics(words_of(&*payload)))
}

fn words_of(payload: &(dyn Any + Send)) -> String {
    let words = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    words.unwrap_or("no usable display").lines().next().unwrap_or_default().to_owned()
}

/// Bevy with one sleeping window and nothing in it.
pub fn base(wake: Wake) -> App {
    let (width, height) = FIRST_SIZE;
    let window = Window {
        title: "Ahoy".to_owned(),
        name: Some("ahoy".to_owned()),
        resolution: WindowResolution::new(width, height),
        resize_constraints: WindowResizeConstraints { min_width: LEAST_SIZE.0, min_height: LEAST_SIZE.1, ..default() },
        ..default()
    };
    let mut app = App::new();
    let _ = app
        // Set before the loop starts, so that the first frame already knows when to sleep.
        .insert_resource(asleep(SLEEP))
        .add_plugins(
            DefaultPlugins
                .build()
                // The program has its own log.
                .disable::<LogPlugin>()
                .disable::<TerminalCtrlCHandlerPlugin>()
                .set(WindowPlugin {
                    primary_window: Some(window),
                    // The small window is none to stay open for.
                    exit_condition: ExitCondition::OnPrimaryClosed,
                    ..default()
                })
                .set(RenderPlugin {
                    render_creation: RenderCreation::Automatic(Box::new(graphics())),
                    // A window that sleeps must not wait for a pipeline that would be ready a frame later.
                    synchronous_pipeline_compilation: true,
                    ..default()
                }),
        );
    let proxy: EventLoopProxy<WinitUserEvent> = (**app.world().resource::<EventLoopProxyWrapper>()).clone();
    wake.0.set(proxy).expect("a wake belongs to one window");
    let _ = app.insert_resource(wake);
    app
}

/// The frugal graphics of a machine that has two: flat rectangles need no more.
fn graphics() -> WgpuSettings {
    let power_preference = PowerPreference::from_env().unwrap_or(PowerPreference::LowPower);
    WgpuSettings { power_preference, ..default() }
}

/// Everything that is drawn and pressed; it needs a [`NewestView`] from somewhere and leaves [`Intent`]s.
pub fn interface(app: &mut App, media: &MediaOptions) {
    let _ = app
        .init_resource::<NewestView>()
        .add_message::<Intent>()
        // After what was pressed has been heard, so that it shows in the same frame.
        .configure_sets(PreUpdate, Step::Receive.after(InputFocusSystems::Dispatch).after(PickingSystems::Last))
        .configure_sets(PreUpdate, (Step::Receive, Step::Mirror).chain())
        .add_plugins(TabNavigationPlugin)
        .add_plugins((
            (nudge::plugin, frames::plugin, taps::plugin),
            (accessibility::plugin, attention::plugin),
            (theme::plugin, paint::plugin, speech::plugin),
            (icons::plugin, mark::plugin),
            (widgets::plugin, controls::plugin, setting::plugin, cut::plugin),
            preferences::plugin,
            field::plugin,
            toast::plugin,
            screens::plugin,
            records::plugin,
            calls::plugin,
            (video::plugin, pip::plugin, preview::plugin),
        ))
        .add_plugins((
            devices::AudioPlugin { mic: media.mic.clone(), speaker: media.speaker.clone() },
            devices::CameraPlugin { camera: media.camera.clone() },
        ))
        .add_systems(Startup, camera)
        .add_systems(PostStartup, no_focus)
        .add_systems(Update, title.in_set(Step::Present))
        .add_systems(Last, (watch.before(engine_link::send), pace));
}

/// Tells the engine whether anybody can see the pictures of calls, in the window or in the small one. A window that cannot
/// tell (Wayland says it only of some) counts as seen.
fn watch(
    mut occluded: MessageReader<WindowOccluded>,
    mut lifecycle: MessageReader<AppLifecycle>,
    windows: Query<Entity, With<Window>>,
    mut covered: Local<HashSet<Entity>>,
    mut asleep: Local<bool>,
    mut unseen: Local<bool>,
    mut intents: MessageWriter<Intent>,
) {
    for message in occluded.read() {
        let _ = if message.occluded { covered.insert(message.window) } else { covered.remove(&message.window) };
    }
    covered.retain(|window| windows.contains(*window));
    *asleep = lifecycle.read().last().map_or(*asleep, |state| match state {
        AppLifecycle::WillSuspend | AppLifecycle::Suspended => true,
        AppLifecycle::Idle | AppLifecycle::Running | AppLifecycle::WillResume => false,
    });
    let seen = !*asleep && windows.iter().any(|window| !covered.contains(&window));
    if seen == std::mem::replace(&mut *unseen, !seen) {
        let _ = intents.write(Intent(Command::Watch { on: seen }));
    }
}

fn camera(mut commands: Commands) {
    // Nothing but rectangles, text and pictures: smoothing edges by sampling would only cost.
    let _ = commands.spawn((Camera2d, Msaa::Off));
}

/// Nothing is in focus until a key or a press puts it there.
fn no_focus(mut focus: ResMut<InputFocus>) {
    focus.clear();
}

/// A wake asks for a frame, which counts as an event of the window; user events themselves draw nothing, so that `nudge`
/// can have the loop look for input.
const fn asleep(wait: Duration) -> WinitSettings {
    let mode = UpdateMode::Reactive {
        wait,
        react_to_device_events: false,
        react_to_user_events: false,
        react_to_window_events: true,
    };
    WinitSettings { focused_mode: mode, unfocused_mode: mode }
}

fn running(state: CallState) -> bool {
    matches!(state, CallState::Active | CallState::Reconnecting)
}

/// Decides how long the window may sleep.
fn pace(calls: Query<&Phase>, toast: Res<Toast>, mut settings: ResMut<WinitSettings>) {
    let ticking = toast.visible() || calls.iter().any(|phase| running(phase.0));
    let wanted = asleep(if ticking { TICK } else { SLEEP });
    if settings.focused_mode != wanted.focused_mode {
        *settings = wanted;
    }
}

/// The title tells in a task bar what is going on.
fn title(view: Res<NewestView>, mut window: Single<&mut Window, With<PrimaryWindow>>) {
    if !view.is_changed() {
        return;
    }
    let title = match view.0.current() {
        None => "Ahoy".to_owned(),
        Some(call) if call.state == CallState::Ringing => format!("{} calls: Ahoy", call.name),
        Some(call) => format!("{}: Ahoy", call.name),
    };
    if window.title != title {
        window.title = title;
    }
}
