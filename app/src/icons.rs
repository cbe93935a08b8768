//! The pictograms of the window, drawn for it and kept in `assets/icons`.
//! Buttons and avatars show them tinted; the files are white on nothing.
//! They are part of the program, so it runs from anywhere.

use bevy::asset::{RenderAssetUsages, uuid_handle};
use bevy::image::{CompressedImageFormats, ImageSampler, ImageType};
use bevy::prelude::*;

/// One pictogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A voice call, or answering one.
    Phone,
    /// Ending, declining.
    HangUp,
    /// Video.
    Camera,
    /// No video.
    CameraOff,
    /// Sound goes out.
    Microphone,
    /// No sound goes out.
    MicrophoneOff,
    /// Add.
    Plus,
    /// To the clipboard.
    Copy,
    /// From the clipboard.
    Paste,
    /// To the screen before.
    Back,
    /// The built-in contact that sends everything back.
    Echo,
    /// Another one of several.
    Switch,
}

const ALL: [Icon; 12] = [
    Icon::Phone,
    Icon::HangUp,
    Icon::Camera,
    Icon::CameraOff,
    Icon::Microphone,
    Icon::MicrophoneOff,
    Icon::Plus,
    Icon::Copy,
    Icon::Paste,
    Icon::Back,
    Icon::Echo,
    Icon::Switch,
];

impl Icon {
    /// The image, ready to be shown.
    #[must_use]
    pub const fn image(self) -> Handle<Image> {
        match self {
            Self::Phone => uuid_handle!("5e0c1f60-0001-4b7e-9f3a-c1a0a1b2c301"),
            Self::HangUp => uuid_handle!("5e0c1f60-0002-4b7e-9f3a-c1a0a1b2c302"),
            Self::Camera => uuid_handle!("5e0c1f60-0003-4b7e-9f3a-c1a0a1b2c303"),
            Self::CameraOff => uuid_handle!("5e0c1f60-0004-4b7e-9f3a-c1a0a1b2c304"),
            Self::Microphone => uuid_handle!("5e0c1f60-0005-4b7e-9f3a-c1a0a1b2c305"),
            Self::MicrophoneOff => uuid_handle!("5e0c1f60-0006-4b7e-9f3a-c1a0a1b2c306"),
            Self::Plus => uuid_handle!("5e0c1f60-0007-4b7e-9f3a-c1a0a1b2c307"),
            Self::Copy => uuid_handle!("5e0c1f60-0008-4b7e-9f3a-c1a0a1b2c308"),
            Self::Paste => uuid_handle!("5e0c1f60-0009-4b7e-9f3a-c1a0a1b2c309"),
            Self::Back => uuid_handle!("5e0c1f60-000a-4b7e-9f3a-c1a0a1b2c30a"),
            Self::Echo => uuid_handle!("5e0c1f60-000b-4b7e-9f3a-c1a0a1b2c30b"),
            Self::Switch => uuid_handle!("5e0c1f60-000c-4b7e-9f3a-c1a0a1b2c30c"),
        }
    }

    const fn file(self) -> &'static [u8] {
        match self {
            Self::Phone => include_bytes!("../../assets/icons/phone.png"),
            Self::HangUp => include_bytes!("../../assets/icons/hang-up.png"),
            Self::Camera => include_bytes!("../../assets/icons/camera.png"),
            Self::CameraOff => include_bytes!("../../assets/icons/camera-off.png"),
            Self::Microphone => include_bytes!("../../assets/icons/microphone.png"),
            Self::MicrophoneOff => include_bytes!("../../assets/icons/microphone-off.png"),
            Self::Plus => include_bytes!("../../assets/icons/plus.png"),
            Self::Copy => include_bytes!("../../assets/icons/copy.png"),
            Self::Paste => include_bytes!("../../assets/icons/paste.png"),
            Self::Back => include_bytes!("../../assets/icons/back.png"),
            Self::Echo => include_bytes!("../../assets/icons/echo.png"),
            Self::Switch => include_bytes!("../../assets/icons/switch.png"),
        }
    }

    /// A node that shows it, `side` logical pixels wide and high.
    #[must_use]
    pub fn node(self, side: f32, color: Color) -> impl Bundle {
        (
            Node { width: px(side), height: px(side), ..default() },
            ImageNode { image: self.image(), color, ..default() },
            Pickable::IGNORE,
        )
    }
}

/// Loads the pictograms that are part of the program.
pub fn plugin(app: &mut App) {
    let mut images = app.world_mut().resource_mut::<Assets<Image>>();
    for icon in ALL {
        let image = Image::from_buffer(
            icon.file(),
            ImageType::Extension("png"),
            CompressedImageFormats::NONE,
            true,
            ImageSampler::linear(),
            RenderAssetUsages::default(),
        )
        .expect("the pictograms are whole PNG files");
        images.insert(&icon.image(), image).expect("a handle made of a constant is always vacant");
    }
}
