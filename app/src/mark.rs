//! The sign and the name of the program, drawn for it and kept in `assets/icons`.
//! Home, the first steps and About show them; the window carries the sign in task bars.
//! The sign has its own colours on any ground; the name is white on nothing and takes an ink.

use bevy::asset::{RenderAssetUsages, uuid_handle};
use bevy::ecs::system::NonSendMarker;
use bevy::image::{CompressedImageFormats, ImageSampler, ImageType};
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy::winit::WINIT_WINDOWS;

use crate::paint::Ink;
use crate::theme::Paint;

const SIGN: Handle<Image> = uuid_handle!("c3a1f0d2-51b7-4a0c-8f7e-0a6d3b9e2f01");
const NAME: Handle<Image> = uuid_handle!("c3a1f0d2-51b7-4a0c-8f7e-0a6d3b9e2f02");
/// The width of the name, measured in its height.
const NAME_ASPECT: f32 = 470.0 / 184.0;

/// The sign, `side` logical pixels wide and high.
#[must_use]
pub fn sign(side: f32) -> impl Bundle {
    let node = Node { width: px(side), height: px(side), flex_shrink: 0.0, ..default() };
    (node, ImageNode { image: SIGN, ..default() }, Pickable::IGNORE)
}

/// The name, `height` logical pixels high.
#[must_use]
pub fn name(height: f32, ink: Paint) -> impl Bundle {
    let node = Node { width: px(height * NAME_ASPECT), height: px(height), flex_shrink: 0.0, ..default() };
    (node, ImageNode { image: NAME, ..default() }, Ink(ink), Pickable::IGNORE)
}

fn image(file: &[u8]) -> Image {
    Image::from_buffer(
        file,
        ImageType::Extension("png"),
        CompressedImageFormats::NONE,
        true,
        ImageSampler::linear(),
        RenderAssetUsages::default(),
    )
    .expect("the sign and the name are whole PNG files")
}

/// Gives the window its sign, where the system shows one; windows are touched from the main thread only.
fn sign_window(window: Single<Entity, With<PrimaryWindow>>, images: Res<Assets<Image>>, _main_thread: NonSendMarker) {
    let Some(sign) = images.get(&SIGN) else { return };
    let (Some(pixels), size) = (sign.data.clone(), sign.size()) else { return };
    // It cannot fail for a whole picture, and a window without a sign is still a window.
    let Ok(icon) = winit::window::Icon::from_rgba(pixels, size.x, size.y) else { return };
    WINIT_WINDOWS.with_borrow(|windows| {
        if let Some(window) = windows.get_window(*window) {
            window.set_window_icon(Some(icon));
        }
    });
}

/// Loads both and marks the window.
pub fn plugin(app: &mut App) {
    let mut images = app.world_mut().resource_mut::<Assets<Image>>();
    for (handle, file) in [
        (SIGN, include_bytes!("../../assets/icons/ahoy.png").as_slice()),
        (NAME, include_bytes!("../../assets/icons/ahoy-name.png").as_slice()),
    ] {
        images.insert(&handle, image(file)).expect("a handle made of a constant is always vacant");
    }
    let _ = app.add_systems(Startup, sign_window);
}
