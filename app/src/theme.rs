//! The looks of the window in one place: what paints there are, how large things are, which faces text has.
//! Widgets and screens name a paint and a size and carry no colours or numbers of their own for looks.
//! `paint` gives paints their colours, in light and dark; the type scale follows the text size that the person chose.

use bevy::asset::uuid_handle;
use bevy::prelude::*;
use bevy::text::{FontCx, FontSize, FontSource, RemSize};
use parley::fontique::{Blob, Script};

/// What something is painted with. `Text` and `TextQuiet` are read on `Ground`, `Surface`, `Raised`, `Mine` and `Scrim`;
/// the other inks on `Ground`, `Surface` and `Scrim`; an `On…` on its namesake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Paint {
    /// Nothing is painted.
    #[default]
    Clear,
    /// The window's ground.
    Ground,
    /// Cards and bars that lie on the ground.
    Surface,
    /// What lies on a card: quiet buttons, fields.
    Raised,
    /// Behind what I wrote; what others wrote lies on `Raised`.
    Mine,
    /// Lines around fields.
    Line,
    /// Ordinary text.
    Text,
    /// Text of the second rank.
    TextQuiet,
    /// The lantern: the thing to do, and what is switched on and must not be overlooked.
    Accent,
    /// Text and icons on `Accent`.
    OnAccent,
    /// Words and signs that matter.
    AccentText,
    /// Answering.
    Go,
    /// Text and icons on `Go`.
    OnGo,
    /// Words and signs for what is well.
    GoText,
    /// Hanging up and declining.
    Stop,
    /// Text and icons on `Stop`.
    OnStop,
    /// Words and signs for what is wrong.
    StopText,
    /// Behind text and controls that lie over a picture.
    Scrim,
    /// Behind the initials of a person; which of the six is drawn from the id, so that it stays the same.
    Avatar(u8),
    /// Initials.
    OnAvatar,
}

/// Grounds of initials.
pub const AVATARS: u8 = 6;

/// Around a picture that does not fill the window, in light and dark alike.
pub const LETTERBOX: Color = Color::srgb(0.059, 0.051, 0.043);
/// The soft shadow under things that float.
#[must_use]
pub fn shadow() -> BoxShadow {
    BoxShadow::new(Color::srgba(0.0, 0.0, 0.0, 0.45), px(0), px(6), px(0), px(24))
}

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

/// Ordinary text in logical pixels, at 100 %.
const BODY: f32 = 16.0;
/// The smallest and largest text, in percent of it.
pub const TEXT_SIZES: std::ops::RangeInclusive<u16> = 80..=200;

/// The size of text.
#[must_use]
pub fn text_size(percent: u16) -> RemSize {
    RemSize(BODY * f32::from(percent.clamp(*TEXT_SIZES.start(), *TEXT_SIZES.end())) / 100.0)
}

impl Type {
    /// The font component of this step.
    #[must_use]
    pub fn font(self) -> TextFont {
        let (face, size) = match self {
            Self::Title => (FACE_STRONG, 30.0),
            Self::Strong => (FACE_STRONG, BODY),
            Self::Body => (FACE, BODY),
            Self::Small => (FACE, 14.0),
        };
        TextFont { font_size: FontSize::Rem(size / BODY), ..TextFont::from(face) }
    }
}

/// Scripts that the faces lack, and the faces that have them. Where a script has none here, the system's fonts help out.
const OTHER_SCRIPTS: [([u8; 4], &[u8]); 1] =
    [(*b"Arab", include_bytes!("../../assets/fonts/NotoSansArabic-Regular.ttf"))];

fn add_scripts(mut fonts: ResMut<FontCx>) {
    for (script, bytes) in OTHER_SCRIPTS {
        let families = fonts.collection.register_fonts(Blob::from(bytes.to_vec()), None);
        let families: Vec<_> = families.iter().map(|(family, _)| *family).collect();
        let added = fonts.collection.append_fallbacks(Script::from_bytes(script), families.into_iter());
        debug_assert!(added, "a script without a language always takes a family");
    }
}

/// Whether the system has a face for emoji; where it has none it names another one, which would draw empty boxes.
pub(crate) fn has_emoji(fonts: &mut ResMut<'_, FontCx>) -> bool {
    let family = fonts.bypass_change_detection().get_family(&FontSource::Emoji);
    family.is_some_and(|family| family.to_lowercase().contains("emoji"))
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
    let _ = app.insert_resource(text_size(100)).add_systems(Startup, add_scripts);
}
