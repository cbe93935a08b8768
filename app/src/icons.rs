//! The pictograms of the window, drawn for it and kept in `assets/icons`.
//! Buttons and avatars show them tinted; the files are white on nothing.
//! They are part of the program, so it runs from anywhere.

use std::marker::PhantomData;

use bevy::asset::RenderAssetUsages;
use bevy::asset::uuid::{Uuid, uuid};
use bevy::image::{CompressedImageFormats, ImageSampler, ImageType};
use bevy::prelude::*;
use bevy::ui::{InlineDirection, UiSystems};

use crate::language::Language;
use crate::paint::Ink;
use crate::theme::Paint;

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
    /// Holding a call.
    Pause,
    /// Going on with a held call.
    Play,
    /// Sending a text.
    Send,
    /// Writing.
    Message,
    /// Could be shown first.
    Star,
    /// Is shown first.
    StarFull,
    /// Forgetting something for good.
    Trash,
    /// Keeping somebody out.
    Block,
    /// What was.
    Clock,
    /// Somebody, and what is known of them.
    Person,
    /// True, or the same.
    Check,
    /// Not true, or not wanted.
    Cross,
    /// Looking for a code.
    Scan,
    /// One for the other.
    Swap,
    /// Makes a sound.
    Bell,
    /// Makes no sound.
    BellOff,
    /// How loud, how late, how much.
    Levels,
    /// A call that came here.
    Incoming,
    /// A call that went out.
    Outgoing,
    /// A call that came here and that nobody took.
    Missed,
    /// Less.
    Minus,
    /// How the phone is set up.
    Settings,
    /// Sound comes out.
    Speaker,
    /// How phones reach each other.
    Network,
    /// How the window looks.
    Eye,
    /// Who may reach me, and what they learn.
    Lock,
    /// Keeping a copy.
    Keep,
    /// What this is.
    About,
    /// What else there is.
    More,
    /// Making a call small.
    Shrink,
    /// How a picture lies in its place.
    Fit,
    /// The whole screen.
    FullScreen,
    /// What keys do.
    Keys,
}

const ALL: [Icon; 45] = [
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
    Icon::Pause,
    Icon::Play,
    Icon::Send,
    Icon::Message,
    Icon::Star,
    Icon::StarFull,
    Icon::Trash,
    Icon::Block,
    Icon::Clock,
    Icon::Person,
    Icon::Check,
    Icon::Cross,
    Icon::Scan,
    Icon::Swap,
    Icon::Bell,
    Icon::BellOff,
    Icon::Levels,
    Icon::Incoming,
    Icon::Outgoing,
    Icon::Missed,
    Icon::Minus,
    Icon::Settings,
    Icon::Speaker,
    Icon::Network,
    Icon::Eye,
    Icon::Lock,
    Icon::Keep,
    Icon::About,
    Icon::More,
    Icon::Shrink,
    Icon::Fit,
    Icon::FullScreen,
    Icon::Keys,
];

/// The handle of the first pictogram; the others follow in their order.
const FIRST: Uuid = uuid!("5e0c1f60-0001-4b7e-9f3a-c1a0a1b2c301");

impl Icon {
    /// The image, ready to be shown.
    #[must_use]
    pub const fn image(self) -> Handle<Image> {
        Handle::Uuid(Uuid::from_u128(FIRST.as_u128() + self as u128), PhantomData)
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
            Self::Pause => include_bytes!("../../assets/icons/pause.png"),
            Self::Play => include_bytes!("../../assets/icons/play.png"),
            Self::Send => include_bytes!("../../assets/icons/send.png"),
            Self::Message => include_bytes!("../../assets/icons/message.png"),
            Self::Star => include_bytes!("../../assets/icons/star.png"),
            Self::StarFull => include_bytes!("../../assets/icons/star-full.png"),
            Self::Trash => include_bytes!("../../assets/icons/trash.png"),
            Self::Block => include_bytes!("../../assets/icons/block.png"),
            Self::Clock => include_bytes!("../../assets/icons/clock.png"),
            Self::Person => include_bytes!("../../assets/icons/person.png"),
            Self::Check => include_bytes!("../../assets/icons/check.png"),
            Self::Cross => include_bytes!("../../assets/icons/cross.png"),
            Self::Scan => include_bytes!("../../assets/icons/scan.png"),
            Self::Swap => include_bytes!("../../assets/icons/swap.png"),
            Self::Bell => include_bytes!("../../assets/icons/bell.png"),
            Self::BellOff => include_bytes!("../../assets/icons/bell-off.png"),
            Self::Levels => include_bytes!("../../assets/icons/levels.png"),
            Self::Incoming => include_bytes!("../../assets/icons/incoming.png"),
            Self::Outgoing => include_bytes!("../../assets/icons/outgoing.png"),
            Self::Missed => include_bytes!("../../assets/icons/missed.png"),
            Self::Minus => include_bytes!("../../assets/icons/minus.png"),
            Self::Settings => include_bytes!("../../assets/icons/settings.png"),
            Self::Speaker => include_bytes!("../../assets/icons/speaker.png"),
            Self::Network => include_bytes!("../../assets/icons/network.png"),
            Self::Eye => include_bytes!("../../assets/icons/eye.png"),
            Self::Lock => include_bytes!("../../assets/icons/lock.png"),
            Self::Keep => include_bytes!("../../assets/icons/keep.png"),
            Self::About => include_bytes!("../../assets/icons/about.png"),
            Self::More => include_bytes!("../../assets/icons/more.png"),
            Self::Shrink => include_bytes!("../../assets/icons/shrink.png"),
            Self::Fit => include_bytes!("../../assets/icons/fit.png"),
            Self::FullScreen => include_bytes!("../../assets/icons/full-screen.png"),
            Self::Keys => include_bytes!("../../assets/icons/keys.png"),
        }
    }

    /// Whether it points along the line of text.
    const fn follows_the_line(self) -> bool {
        matches!(self, Self::Back | Self::Send | Self::Incoming | Self::Outgoing | Self::Missed)
    }

    /// A node that shows it, `side` logical pixels wide and high.
    #[must_use]
    pub fn node(self, side: f32, ink: Paint) -> impl Bundle {
        (
            Node { width: px(side), height: px(side), ..default() },
            ImageNode { image: self.image(), ..default() },
            Ink(ink),
            Pictured(self),
            Pickable::IGNORE,
        )
    }
}

/// Which pictogram a node shows.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pictured(pub Icon);

/// Shows what nodes are to show; arrows along the line point the other way where lines run from right to left.
fn show(language: Res<Language>, mut nodes: Query<(Ref<Pictured>, &mut ImageNode)>) {
    let mirrored = language.tongue().direction() == InlineDirection::Rtl;
    for (pictured, mut image) in &mut nodes {
        if pictured.is_changed() || language.is_changed() {
            image.image = pictured.0.image();
            image.flip_x = mirrored && pictured.0.follows_the_line();
        }
    }
}

/// Loads the pictograms that are part of the program.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(PostUpdate, show.before(UiSystems::Prepare));
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
