//! Shows pictures one after the other in one window, and keeps each as a file.
//! A picture is done when two screenshots in a row are the same and have the size that was asked for: everything has been
//! laid out, every letter lies in its atlas, and the window has its size. Then its name is printed.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, TryRecvError};

use ahoy_app::window::{self, Wake};
use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_camera::CameraChoice;
use ahoy_engine::MediaOptions;
use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::RequestRedraw;

use crate::look::Look;
use crate::scene::{Act, Scene};
use crate::states;

/// Frames in which what was given or done comes to the screen.
const SETTLES: u32 = 3;
/// Screenshots after which a picture that still changes is given up.
const PATIENCE: u32 = 60;

/// What is being drawn.
struct Sitting {
    name: String,
    look: Look,
    /// What remains to be done, the next last.
    acts: Vec<Act>,
    /// Frames since the last change.
    frames: u32,
    asked: bool,
    shots: u32,
    last: Option<Image>,
}

#[derive(Resource)]
struct Easel {
    names: Mutex<Receiver<String>>,
    dir: Option<PathBuf>,
    sitting: Option<Sitting>,
}

/// The screenshot that has arrived.
#[derive(Resource, Default)]
struct Shot(Option<Image>);

/// Draws what `names` asks for, until nobody can ask any more.
pub fn run(names: Receiver<String>, dir: Option<PathBuf>, wake: Wake) {
    let mut app = window::base(wake);
    let media = MediaOptions {
        mic: MicChoice::None,
        speaker: SpeakerChoice::None,
        camera: CameraChoice::None,
        ..MediaOptions::default()
    };
    window::interface(&mut app, &media);
    let easel = Easel { names: Mutex::new(names), dir, sitting: None };
    let _ = app.insert_resource(easel).init_resource::<Shot>().add_systems(First, work).run();
}

fn work(world: &mut World) {
    world.resource_scope(|world, mut easel: Mut<Easel>| {
        match easel.sitting.take() {
            None => easel.begin(world),
            Some(mut sitting) => match sitting.go_on(world) {
                None => easel.sitting = Some(sitting),
                Some(answer) => {
                    let kept = answer.and_then(|image| easel.keep(&sitting.name, image));
                    match kept {
                        Ok(()) => println!("{}", sitting.name),
                        Err(why) => println!("{}: {why}", sitting.name),
                    }
                    easel.begin(world);
                }
            },
        }
        if easel.sitting.is_some() {
            let _ = world.write_message(RequestRedraw);
        }
    });
}

impl Easel {
    fn begin(&mut self, world: &mut World) {
        while self.sitting.is_none() {
            let next = self.names.get_mut().expect("only this thread takes it").try_recv();
            match next {
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    let _ = world.write_message(AppExit::Success);
                    return;
                }
                Ok(name) => match states::picture(&name) {
                    None => println!("{name}: there is no such picture"),
                    Some((scene, look)) => self.sit(world, name, scene, look),
                },
            }
        }
    }

    fn sit(&mut self, world: &mut World, name: String, mut scene: Scene, look: Look) {
        let mut acts = std::mem::take(&mut scene.acts);
        acts.reverse();
        look.put_on(world);
        scene.set(world, look);
        self.sitting = Some(Sitting { name, look, acts, frames: 0, asked: false, shots: 0, last: None });
    }

    fn keep(&self, name: &str, image: Image) -> Result<(), String> {
        let Some(dir) = &self.dir else { return Ok(()) };
        let path: &Path = &dir.join(format!("{name}.png"));
        let picture = image.try_into_dynamic().map_err(|error| error.to_string())?;
        picture.to_rgb8().save(path).map_err(|error| format!("{}: {error}", path.display()))
    }
}

impl Sitting {
    /// One frame further; gives the picture when it is done.
    fn go_on(&mut self, world: &mut World) -> Option<Result<Image, String>> {
        if self.frames < SETTLES {
            self.frames += 1;
            return None;
        }
        if let Some(act) = self.acts.pop() {
            self.frames = 0;
            return (!act.perform(world)).then(|| Err(format!("{act:?} cannot be done")));
        }
        if !self.asked {
            self.asked = true;
            let _ = world.spawn(Screenshot::primary_window()).observe(
                |shot: On<ScreenshotCaptured>, mut arrived: ResMut<Shot>| arrived.0 = Some(shot.image.clone()),
            );
            return None;
        }
        let image = world.resource_mut::<Shot>().0.take()?;
        self.asked = false;
        self.shots += 1;
        let still = self.last.as_ref().is_some_and(|last| last.data == image.data);
        if still && image.size() == self.look.size() {
            return Some(Ok(image));
        }
        if self.shots >= PATIENCE {
            return Some(Err(format!("it never stood still; it is {} pixels large", image.size())));
        }
        self.last = Some(image);
        None
    }
}
