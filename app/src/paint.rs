//! Paints and their colours, in light and dark.
//! Components say what something is painted with; systems colour it, and again when the theme changes.
//! Text on its ground keeps a contrast of at least 4.5 to 1, icons and lines that mean something 3 to 1; a test measures it.

use bevy::prelude::*;
use bevy::ui::UiSystems;

use crate::theme::Paint;

/// The ground of a node.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[require(BackgroundColor)]
pub struct Fill(pub Paint);

/// The colour of a text or a pictogram.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ink(pub Paint);

/// The border of a node.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[require(BorderColor)]
pub struct Edge(pub Paint);

/// Light or dark.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// A warm room at dusk.
    #[default]
    Dark,
    /// Paper by a window.
    Light,
}

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

const DARK_AVATARS: [Color; 6] =
    [rgb(0x007a_4e3a), rgb(0x004f_6550), rgb(0x0046_5f73), rgb(0x006b_4a66), rgb(0x0074_602f), rgb(0x003d_6a66)];
const LIGHT_AVATARS: [Color; 6] =
    [rgb(0x00f0_d3c4), rgb(0x00d3_e4d2), rgb(0x00cf_dfec), rgb(0x00e8_d3e4), rgb(0x00ee_dfb4), rgb(0x00cc_e6e2)];

impl Theme {
    /// The colour of a paint.
    #[must_use]
    pub const fn color(self, paint: Paint) -> Color {
        match self {
            Self::Dark => dark(paint),
            Self::Light => light(paint),
        }
    }
}

const fn dark(paint: Paint) -> Color {
    match paint {
        Paint::Clear => Color::NONE,
        Paint::Ground => rgb(0x001b_1815),
        Paint::Surface => rgb(0x0026_221e),
        Paint::Raised => rgb(0x0037_312b),
        Paint::Mine => rgb(0x004a_3a26),
        Paint::Line => rgb(0x0050_483f),
        Paint::Text | Paint::OnAvatar => rgb(0x00f6_efe6),
        Paint::TextQuiet => rgb(0x00bd_b1a2),
        Paint::Accent | Paint::AccentText => rgb(0x00f4_b266),
        Paint::OnAccent | Paint::OnGo => rgb(0x001d_1712),
        Paint::Go | Paint::GoText => rgb(0x0072_c78b),
        Paint::Stop => rgb(0x00c4_453c),
        Paint::OnStop => rgb(0x00ff_ffff),
        Paint::StopText => rgb(0x00f2_8b82),
        Paint::Scrim => rgba(0x0014_110f, 0.88),
        Paint::Avatar(which) => DARK_AVATARS[which as usize % DARK_AVATARS.len()],
    }
}

const fn light(paint: Paint) -> Color {
    match paint {
        Paint::Clear => Color::NONE,
        Paint::Ground => rgb(0x00f7_f2ea),
        Paint::Surface => rgb(0x00ff_fdf9),
        Paint::Raised => rgb(0x00ee_e6da),
        Paint::Mine => rgb(0x00fb_e3c0),
        Paint::Line => rgb(0x00d2_c6b5),
        Paint::Text | Paint::OnAvatar => rgb(0x0025_1f19),
        Paint::TextQuiet => rgb(0x0063_584b),
        Paint::Accent => rgb(0x00f0_a84e),
        Paint::OnAccent => rgb(0x0025_1a0e),
        Paint::AccentText => rgb(0x008a_4b06),
        Paint::Go => rgb(0x0021_7a45),
        Paint::OnGo | Paint::OnStop => rgb(0x00ff_ffff),
        Paint::GoText => rgb(0x001c_6b3c),
        Paint::Stop => rgb(0x00b8_352d),
        Paint::StopText => rgb(0x00a8_2a22),
        Paint::Scrim => rgba(0x00fd_f9f2, 0.92),
        Paint::Avatar(which) => LIGHT_AVATARS[which as usize % LIGHT_AVATARS.len()],
    }
}

/// Everything that carries a paint, and the colours that follow it.
type Painted = (
    Option<Ref<'static, Fill>>,
    Option<&'static mut BackgroundColor>,
    Option<Ref<'static, Edge>>,
    Option<&'static mut BorderColor>,
    Option<Ref<'static, Ink>>,
    Option<&'static mut TextColor>,
    Option<&'static mut ImageNode>,
);

fn color(theme: Res<Theme>, painted: Query<Painted, Or<(With<Fill>, With<Edge>, With<Ink>)>>) {
    let all = theme.is_changed();
    for (fill, ground, edge, border, ink, text, image) in painted {
        if let (Some(fill), Some(mut ground)) = (fill, ground)
            && (all || fill.is_changed())
        {
            let _ = ground.set_if_neq(BackgroundColor(theme.color(fill.0)));
        }
        if let (Some(edge), Some(mut border)) = (edge, border)
            && (all || edge.is_changed())
        {
            let _ = border.set_if_neq(BorderColor::all(theme.color(edge.0)));
        }
        let Some(ink) = ink.filter(|ink| all || ink.is_changed()) else { continue };
        let wanted = theme.color(ink.0);
        if let Some(mut text) = text {
            let _ = text.set_if_neq(TextColor(wanted));
        }
        if let Some(mut image) = image
            && image.color != wanted
        {
            image.color = wanted;
        }
    }
}

fn clear(theme: Res<Theme>, mut ground: ResMut<ClearColor>) {
    if theme.is_changed() {
        ground.0 = theme.color(Paint::Ground);
    }
}

/// Colours everything before the frame is laid out.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Theme>()
        .init_resource::<ClearColor>()
        .add_systems(PostUpdate, (color, clear).before(UiSystems::Prepare));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.1 defines them.
    fn contrast(one: Color, other: Color) -> f32 {
        let [one, other] =
            [one, other].map(|color| color.to_linear()).map(|c| 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue);
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The scrim over the worst picture there is behind it.
    fn over(theme: Theme, picture: Color) -> Color {
        let scrim = theme.color(Paint::Scrim).to_srgba();
        let under = picture.to_srgba();
        let mix = |over: f32, under: f32| over * scrim.alpha + under * (1.0 - scrim.alpha);
        Color::srgb(mix(scrim.red, under.red), mix(scrim.green, under.green), mix(scrim.blue, under.blue))
    }

    #[test]
    fn text_is_read_on_every_ground_it_lies_on() {
        for theme in [Theme::Dark, Theme::Light] {
            let plain = [Paint::Ground, Paint::Surface].map(|paint| theme.color(paint));
            let scrims = [Color::WHITE, Color::BLACK].map(|picture| over(theme, picture));
            let raised = [Paint::Raised, Paint::Mine].map(|paint| theme.color(paint));
            let check = |ink: Paint, ground: Color| {
                let measured = contrast(theme.color(ink), ground);
                assert!(measured >= 4.5, "{theme:?}: {ink:?} on {ground:?} has {measured:.2}");
            };
            for ink in [Paint::Text, Paint::TextQuiet] {
                plain.iter().chain(&scrims).chain(&raised).for_each(|ground| check(ink, *ground));
            }
            for ink in [Paint::AccentText, Paint::GoText, Paint::StopText] {
                plain.iter().chain(&scrims).for_each(|ground| check(ink, *ground));
            }
            check(Paint::OnAccent, theme.color(Paint::Accent));
            check(Paint::OnGo, theme.color(Paint::Go));
            check(Paint::OnStop, theme.color(Paint::Stop));
            for which in 0..crate::theme::AVATARS {
                check(Paint::OnAvatar, theme.color(Paint::Avatar(which)));
            }
        }
    }
}
