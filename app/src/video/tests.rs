//! Pictures drawn by the real shader into an image, and looked at pixel by pixel.
//! The reference is the colour that was meant, by ITU-R BT.601; a graphics driver in software will do.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, MediaTime, Slot};
use bevy::app::{PluginsState, TerminalCtrlCHandlerPlugin};
use bevy::camera::RenderTarget;
use bevy::image::Image;
use bevy::log::LogPlugin;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::TextureFormat;
use bevy::render::texture::GpuImage;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;

use super::*;
use crate::calls::StreamOf;

/// The bars at 75 %, then white, black and two greys: what is meant, in sRGB.
const BARS: [[u8; 3]; 11] = [
    [191, 191, 191],
    [191, 191, 0],
    [0, 191, 191],
    [0, 191, 0],
    [191, 0, 191],
    [191, 0, 0],
    [0, 0, 191],
    [255, 255, 255],
    [0, 0, 0],
    [64, 64, 64],
    [128, 128, 128],
];
/// Half a step of luma and of both chromas, rounded, is at most this much of red, green or blue.
const TOLERANCE: u8 = 2;
const STAGE: Size = Size::new(480, 400);
const PATIENCE: Duration = Duration::from_secs(60);

/// Y, U and V of a colour by BT.601 in limited range.
fn coded([red, green, blue]: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = [red, green, blue].map(|channel| f64::from(channel) / 255.0);
    let y = 0.299 * r + 0.587 * g + 0.114 * b;
    [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.772, 128.0 + 224.0 * (r - y) / 1.402]
        .map(|level| level.round() as u8)
}

fn bars(size: Size) -> Arc<Picture> {
    let plane = |channel: usize, width: usize, height: usize| {
        let bar = |x: usize| coded(BARS[x * BARS.len() / width])[channel];
        (0..width * height).map(|place| bar(place % width)).collect()
    };
    let (width, height) = (usize::from(size.width), usize::from(size.height));
    let chroma = |channel| plane(channel, size.chroma_width(), size.chroma_height());
    Arc::new(Picture::from_planes(size, plane(0, width, height), chroma(1), chroma(2)).unwrap())
}

/// A call on a screen that is an image.
struct Stage {
    app: App,
    target: Handle<Image>,
    remote: Slot<DecodedPicture>,
    own: Slot<CapturedPicture>,
    shots: Arc<Mutex<Vec<Image>>>,
    asked: usize,
}

impl Stage {
    fn new(shows: Shows) -> Self {
        let mut app = App::new();
        let _ = app.add_plugins((
            DefaultPlugins
                .build()
                .disable::<LogPlugin>()
                .disable::<TerminalCtrlCHandlerPlugin>()
                .disable::<WinitPlugin>()
                .disable::<PipelinedRenderingPlugin>()
                .set(WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() })
                .set(RenderPlugin { synchronous_pipeline_compilation: true, ..default() }),
            super::plugin,
        ));
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();

        let screen =
            Image::new_target_texture(STAGE.width.into(), STAGE.height.into(), TextureFormat::Rgba8UnormSrgb, None);
        let target = app.world_mut().resource_mut::<Assets<Image>>().add(screen);
        let (remote, own) = (Slot::new(), Slot::new());
        let world = app.world_mut();
        let _ = world.spawn((Camera2d, Msaa::Off, RenderTarget::Image(target.clone().into()), IsDefaultUiCamera));
        let sides = (Remote { muted: false, video: true }, SendingVideo(true), Hold::default(), OnScreen);
        let _ = world.spawn(sides).with_related_entities::<StreamOf>(|streams| {
            let _ = streams.spawn(PictureSource::Remote(remote.clone()));
            let _ = streams.spawn(PictureSource::Own(own.clone()));
        });
        let whole = Node { width: percent(100), height: percent(100), ..default() };
        // What is not drawn is magenta, which no test takes for a picture.
        let ground = BackgroundColor(Color::srgb(1.0, 0.0, 1.0));
        let _ = world.spawn((whole.clone(), ground)).with_child((whole, shows, Visibility::Hidden));
        Self { app, target, remote, own, shots: Arc::default(), asked: 0 }
    }

    fn put(&self, picture: &Arc<Picture>) {
        let picture = Arc::clone(picture);
        self.own.put(CapturedPicture { picture: Arc::clone(&picture), at: LocalTime(0), index: 0 });
        self.remote.put(DecodedPicture { picture, at: MediaTime(0), sequence: 0 });
    }

    /// Draws one frame and asks what was drawn.
    fn frame(&mut self) {
        let shots = Arc::clone(&self.shots);
        let keep = move |shot: On<ScreenshotCaptured>| shots.lock().unwrap().push(shot.image.clone());
        let _ = self.app.world_mut().spawn(Screenshot::image(self.target.clone())).observe(keep);
        self.asked += 1;
        self.app.update();
    }

    /// What was drawn in every frame that was asked for since the last time, oldest first.
    fn shots(&mut self) -> Vec<Image> {
        let begun = Instant::now();
        while self.shots.lock().unwrap().len() < self.asked {
            assert!(begun.elapsed() < PATIENCE, "the graphics do not answer");
            self.app.update();
        }
        self.asked = 0;
        std::mem::take(&mut self.shots.lock().unwrap())
    }

    /// Shows `picture` in one frame.
    fn show(&mut self, picture: &Arc<Picture>) -> Image {
        self.put(picture);
        self.frame();
        self.shots().remove(0)
    }

    /// Shows bars until they are seen for the first time: shaders are loaded meanwhile.
    fn begin(&mut self, size: Size) {
        let begun = Instant::now();
        let middle = BARS[BARS.len() / 2];
        while !near(pixel(&self.show(&bars(size)), STAGE.width / 2, STAGE.height / 2), middle) {
            assert!(begun.elapsed() < PATIENCE, "nothing is drawn");
        }
    }
}

fn pixel(shot: &Image, x: u16, y: u16) -> [u8; 3] {
    let at = (usize::from(y) * usize::from(STAGE.width) + usize::from(x)) * 4;
    let bytes = &shot.data.as_ref().unwrap()[at..at + 3];
    [bytes[0], bytes[1], bytes[2]]
}

/// Where a picture lies that keeps its margins: left, top, right and bottom edge.
fn place(size: Size) -> [f32; 4] {
    let (wide, high) = (f32::from(STAGE.width), f32::from(STAGE.height));
    let (width, height) = (f32::from(size.width), f32::from(size.height));
    let factor = (wide / width).min(high / height);
    let (left, top) = ((wide - width * factor) / 2.0, (high - height * factor) / 2.0);
    [left, top, wide - left, high - top]
}

fn near(seen: [u8; 3], meant: [u8; 3]) -> bool {
    seen.iter().zip(meant).all(|(seen, meant)| seen.abs_diff(meant) <= TOLERANCE)
}

/// Checks the centre of each bar of a picture of `size`, and what is around it.
fn check(shot: &Image, size: Size, when: &str) {
    let [left, top, right, bottom] = place(size);
    let step = (right - left) / BARS.len() as f32;
    for (number, meant) in BARS.into_iter().enumerate() {
        let x = left + (number as f32 + 0.5) * step;
        for y in [top + 2.0, (top + bottom) / 2.0, bottom - 3.0] {
            let seen = pixel(shot, x as u16, y as u16);
            assert!(near(seen, meant), "{size}, {when}: bar {number} is {seen:?} and should be {meant:?}");
        }
    }
    let [red, green, blue, _] = theme::LETTERBOX.to_srgba().to_u8_array();
    let around = [(left - 2.0, 200.0), (right + 2.0, 200.0), (240.0, top - 2.0), (240.0, bottom + 2.0)];
    for (x, y) in around {
        if (0.0..f32::from(STAGE.width)).contains(&x) && (0.0..f32::from(STAGE.height)).contains(&y) {
            let seen = pixel(shot, x as u16, y as u16);
            assert!(near(seen, [red, green, blue]), "{size}, {when}: {seen:?} beside the picture at {x}, {y}");
        }
    }
}

#[test]
fn bars_have_their_colours_and_pictures_their_shape() {
    let mut stage = Stage::new(Shows::Remote);
    stage.begin(Size::VGA);
    let sizes = [Size::VGA, Size::new(1280, 720), Size::new(642, 362), Size::new(321, 241), Size::new(360, 640)];
    for size in sizes {
        let shot = stage.show(&bars(size));
        check(&shot, size, "still");
    }
}

#[test]
fn one_sees_oneself_mirrored_and_without_margins() {
    let mut stage = Stage::new(Shows::Own);
    // Wider than the stage: 90 columns are cut on either side.
    let size = Size::new(660, 400);
    stage.begin(size);
    let shot = stage.show(&bars(size));
    for (number, meant) in BARS.iter().enumerate().skip(2).take(7) {
        let x = 659 - (number as u16 * 60 + 30) - 90;
        for y in [2, 200, 397] {
            let seen = pixel(&shot, x, y);
            assert!(near(seen, *meant), "bar {number} at {x} is {seen:?} and should be {meant:?}");
        }
    }

    // What a camera on the back sees lies as it is.
    let (id, name) = ("camera:1".to_owned(), "Camera Rear".to_owned());
    let back = ahoy_camera::Device { id, name, default: true, facing: Some(Facing::Back) };
    let _ = stage.app.world_mut().spawn(CameraDevice(back));
    let _ = stage.app.insert_resource(ChosenCamera(ahoy_camera::CameraChoice::Default));
    let shot = stage.show(&bars(size));
    assert!(near(pixel(&shot, 2 * 60 + 30 - 90, 200), BARS[2]), "the third bar from the left");
}

/// The ladder of a call goes down and up again, a size a frame: every frame shows the picture, whole and in its place.
#[test]
fn another_size_takes_over_within_a_frame() {
    let mut stage = Stage::new(Shows::Remote);
    let ladder = [Size::VGA, Size::new(480, 360), Size::new(320, 240), Size::new(480, 360), Size::new(642, 362)];
    stage.begin(Size::VGA);
    let steps: Vec<Size> = ladder.into_iter().flat_map(|size| [size, size, Size::VGA]).collect();
    for size in &steps {
        stage.put(&bars(*size));
        stage.frame();
    }
    let shots = stage.shots();
    assert_eq!(shots.len(), steps.len());
    for (shot, size) in shots.iter().zip(steps) {
        check(shot, size, "in the frame it came with");
    }
}

/// The textures of the remote stream, as the graphics know them.
fn textures(stage: &mut Stage) -> Vec<String> {
    let world = stage.app.world_mut();
    let mut streams = world.query::<(&PictureSource, &Written)>();
    let (_, written) = streams.iter(world).find(|(source, _)| source.shown_by(Shows::Remote)).unwrap();
    let handles = [&written.planes.y, &written.planes.u, &written.planes.v].map(Handle::id);
    let gpu = stage.app.sub_app(bevy::render::RenderApp).world().resource::<RenderAssets<GpuImage>>();
    handles.map(|id| format!("{:?}", gpu.get(id).unwrap().texture.id())).to_vec()
}

#[test]
fn the_same_textures_take_every_picture_and_the_newest_wins() {
    let mut stage = Stage::new(Shows::Remote);
    let size = Size::new(320, 240);
    stage.begin(size);
    let before = textures(&mut stage);
    let grey = |level: u8| {
        let mut picture = Picture::black(size);
        picture.planes_mut().0.fill(level);
        Arc::new(picture)
    };
    for level in (16..236).step_by(20) {
        stage.put(&grey(235));
        stage.put(&grey(level));
        stage.frame();
    }
    let shots = stage.shots();
    for (shot, level) in shots.iter().zip((16_u8..236).step_by(20)) {
        let meant = ((f64::from(level) - 16.0) / 219.0 * 255.0).round() as u8;
        let seen = pixel(shot, STAGE.width / 2, STAGE.height / 2);
        assert!(near(seen, [meant; 3]), "{seen:?} for luma {level}");
    }
    assert_eq!(textures(&mut stage), before, "no texture was made anew");
}

#[test]
#[ignore = "a measurement, not a check: run it alone and with --nocapture"]
fn what_a_picture_costs() {
    const FRAMES: usize = 240;
    let size = Size::new(1280, 720);
    let mut stage = Stage::new(Shows::Remote);
    let pictures = [bars(size), Arc::new(Picture::black(size))];
    stage.begin(size);
    let mut spent = Vec::new();
    for frame in 0..FRAMES {
        let picture = Arc::clone(&pictures[frame % 2]);
        stage.remote.put(DecodedPicture { picture: Arc::clone(&picture), at: MediaTime(0), sequence: 0 });
        let world = stage.app.world_mut();
        let begun = Instant::now();
        world.run_system_cached(take).unwrap();
        let taken = begun.elapsed();
        let planes =
            world.query::<&Written>().iter(world).find(|it| Arc::ptr_eq(&it.picture, &picture)).unwrap().planes.clone();
        let render = stage.app.sub_app_mut(bevy::render::RenderApp).world_mut();
        render.resource_mut::<planes::Arrived>().0.push((planes, picture));
        let begun = Instant::now();
        render.run_system_cached(planes::write).unwrap();
        spent.push(taken + begun.elapsed());
        stage.app.update();
    }
    spent.sort();
    let [least, median, most] = [0, FRAMES / 2, FRAMES - 1].map(|place| spent[place].as_secs_f64() * 1_000.0);
    println!(
        "{FRAMES} pictures of {size}: {median:.3} ms each in the middle, {least:.3} to {most:.3}, until the graphics have them"
    );
}
