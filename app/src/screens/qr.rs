//! My link as a QR code: dark squares on a white ground, sharp at every size.
//! The pairing screen spawns the frame; the picture is made once the link is there and whenever it changes.
//! One pixel a module, drawn at a whole number of pixels a module, so that a camera reads it well.

use bevy::asset::RenderAssetUsages;
use bevy::image::ImageSampler;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};
use qrcode::{Color as Module, EcLevel, QrCode};

use crate::engine_link::NewestView;
use crate::say;
use crate::speech::Named;

/// The widest the code gets, in logical pixels: a narrow phone shows it whole.
const WIDEST: usize = 300;
/// White modules around the code (ISO/IEC 18004, quiet zone).
const QUIET_ZONE: usize = 4;

/// A node that shows my link as a code.
#[derive(Component, Default)]
pub(super) struct MyCode(String);

/// Spawns it.
pub(super) fn my_code(ui: &mut ChildSpawnerCommands<'_>) {
    // A window that is narrower than the code shows it smaller.
    let square = Node { max_width: percent(100), aspect_ratio: Some(1.0), ..default() };
    let node = Node { align_self: AlignSelf::Center, flex_shrink: 0.0, ..square };
    let label = Named(say!("qr-mine"));
    let _ = ui.spawn((node, ImageNode::default(), MyCode::default(), label));
}

/// The modules of a link with its quiet zone, line by line: black or white, four bytes each.
fn pixels(link: &str) -> Option<(usize, Vec<u8>)> {
    // In capitals it needs fewer modules, and a link reads the same. A screen is no crumpled paper: the least correction.
    let code = QrCode::with_error_correction_level(link.to_ascii_uppercase(), EcLevel::L).ok()?;
    let (inner, modules) = (code.width(), code.to_colors());
    let side = inner + 2 * QUIET_ZONE;
    let dark = |at: usize| {
        let (x, y) = ((at % side).checked_sub(QUIET_ZONE)?, (at / side).checked_sub(QUIET_ZONE)?);
        (x < inner && y < inner).then(|| modules[y * inner + x] == Module::Dark)
    };
    let bytes = (0..side * side).flat_map(|at| {
        let level = if dark(at) == Some(true) { 0 } else { 255 };
        [level, level, level, 255]
    });
    Some((side, bytes.collect()))
}

/// Draws the link that the view has now.
pub(super) fn draw(
    view: Res<NewestView>,
    codes: Query<(&mut MyCode, &mut ImageNode, &mut Node)>,
    mut images: ResMut<Assets<Image>>,
) {
    for (mut code, mut shown, mut node) in codes {
        if code.0 == view.0.me.link {
            continue;
        }
        code.0.clone_from(&view.0.me.link);
        let Some((side, bytes)) = pixels(&code.0) else { continue };
        let across = u32::try_from(side).expect("a code has at most 185 modules a side");
        let size = Extent3d { width: across, height: across, depth_or_array_layers: 1 };
        let (dimension, format) = (TextureDimension::D2, TextureFormat::Rgba8UnormSrgb);
        let mut image = Image::new(size, dimension, bytes, format, RenderAssetUsages::RENDER_WORLD);
        image.sampler = ImageSampler::nearest();
        shown.image = images.add(image);
        let scaled = u16::try_from(side * (WIDEST / side).max(1)).map_or(0.0, f32::from);
        node.width = px(scaled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_white_border_and_a_black_corner() {
        let (side, bytes) = pixels("ahoy:aeaq").unwrap();
        let at = |x: usize, y: usize| bytes[(y * side + x) * 4];
        assert!((0..side).all(|x| at(x, QUIET_ZONE - 1) == 255 && at(x, side - QUIET_ZONE) == 255));
        assert_eq!(at(QUIET_ZONE, QUIET_ZONE), 0);
    }

    #[test]
    fn the_longest_link_fits() {
        let link = format!("ahoy:{}", "a".repeat(1019));
        assert!(pixels(&link).is_some_and(|(side, _)| side <= WIDEST));
    }
}
