//! Every colour, size and face of the window in one place.
//! Widgets and screens take them from here and carry no numbers of their own for looks.
//! Text on its ground keeps a contrast of at least 4.5 to 1, icons and focus rings 3 to 1.

use bevy::asset::uuid_handle;
use bevy::prelude::*;

const fn rgb(hex: u32) -> Color {
    rgba(hex, 1.0)
}

const fn rgba(hex: u32, alpha: f32) -> Color {
    Color::srgba(
        ((hex >> 16) & 0xff) as f32 / 255.0,
        ((hex >> 8) & 0xff) as f32 / 255.0,
        (hex & 0xff) as f32 / 255.0,
        alpha,
    )
}

/// The window's ground: a dark, warm grey, like a room at dusk.
pub const GROUND: Color = rgb(0x001b_1815);
/// Cards and bars that lie on the ground.
pub const SURFACE: Color = rgb(0x0026_221e);
/// What lies on a card: quiet buttons, fields.
pub const RAISED: Color = rgb(0x0037_312b);
/// Behind what I wrote; what others wrote lies on [`RAISED`].
pub const MINE: Color = rgb(0x004a_3a26);
/// Lines around fields.
pub const LINE: Color = rgb(0x0050_483f);
/// Ordinary text.
pub const TEXT: Color = rgb(0x00f6_efe6);
/// Text of the second rank.
pub const TEXT_QUIET: Color = rgb(0x00bd_b1a2);
/// The lantern: what matters and what is in focus.
pub const ACCENT: Color = rgb(0x00f4_b266);
/// Text and icons on [`ACCENT`], [`GO`] and other light grounds.
pub const ON_LIGHT: Color = rgb(0x001d_1712);
/// Answering.
pub const GO: Color = rgb(0x0072_c78b);
/// Hanging up and declining.
pub const STOP: Color = rgb(0x00c4_453c);
/// Text and icons on [`STOP`].
pub const ON_STOP: Color = rgb(0x00ff_ffff);
/// Behind text and controls that lie over a picture.
pub const SCRIM: Color = rgba(0x0014_110f, 0.88);
/// Around a picture that does not fill the window.
pub const LETTERBOX: Color = rgb(0x000f_0d0b);
/// The soft shadow under cards that float.
pub const SHADOW: Color = rgba(0x0000_0000, 0.45);

/// Grounds of initials; which one is drawn from the person's id, so that it stays the same.
pub const AVATARS: [Color; 6] =
    [rgb(0x007a_4e3a), rgb(0x004f_6550), rgb(0x0046_5f73), rgb(0x006b_4a66), rgb(0x0074_602f), rgb(0x003d_6a66)];

/// Space between things that belong together, in logical pixels.
pub const GAP: f32 = 8.0;
/// Space between things of one group.
pub const GAP_WIDE: f32 = 16.0;
/// Space around groups.
pub const SPACE: f32 = 24.0;
/// Corners of cards.
pub const RADIUS_CARD: f32 = 18.0;
/// Corners of buttons and fields.
pub const RADIUS_CONTROL: f32 = 12.0;
/// The least height of anything that is pressed: a finger fits.
pub const TARGET: f32 = 48.0;
/// The widest a page of a conversation, a list or a form gets.
pub const PAGE: f32 = 760.0;
/// The widest a column of text and rows gets.
pub const COLUMN: f32 = 560.0;

/// The steps of the type scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Names on call screens and the program's own name.
    Title,
    /// Headings of cards, names in lists, buttons.
    Strong,
    /// Ordinary text.
    Body,
    /// Hints and second lines.
    Small,
}

/// The face for ordinary text.
pub const FACE: Handle<Font> = uuid_handle!("a39b4c5e-2a74-4a5d-9a0e-6b7f2b1d0c11");
/// The face for names, headings and buttons.
pub const FACE_STRONG: Handle<Font> = uuid_handle!("7d1f8b0a-9c53-4f0e-8b51-2f6c4d7e3a22");

impl Type {
    /// The font component of this step.
    #[must_use]
    pub fn font(self) -> TextFont {
        let (face, size) = match self {
            Self::Title => (FACE_STRONG, 30.0),
            Self::Strong => (FACE_STRONG, 16.0),
            Self::Body => (FACE, 16.0),
            Self::Small => (FACE, 14.0),
        };
        TextFont::from(face).with_font_size(size)
    }
}

/// Loads the faces that are part of the program.
pub fn plugin(app: &mut App) {
    let mut fonts = app.world_mut().resource_mut::<Assets<Font>>();
    for (handle, bytes) in [
        (FACE, include_bytes!("../../assets/fonts/Inter-Regular.otf").as_slice()),
        (FACE_STRONG, include_bytes!("../../assets/fonts/Inter-SemiBold.otf").as_slice()),
        (Handle::default(), include_bytes!("../../assets/fonts/Inter-Regular.otf").as_slice()),
    ] {
        fonts.insert(&handle, Font::from_bytes(bytes.to_vec())).expect("a handle made of a constant is always vacant");
    }
    let _ = app.insert_resource(ClearColor(GROUND));
}
