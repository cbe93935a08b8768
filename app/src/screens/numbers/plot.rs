//! Small plots of the last minute: a column a look, drawn into one little texture each.
//! The numbers panel spawns them and has them drawn while it is open.
//! Each says in words how much it is now and at most; the columns are a picture of that.

use bevy::asset::RenderAssetUsages;
use bevy::image::{ImageSampler, TRANSPARENT_IMAGE_HANDLE};
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

use super::history::{History, LOOKS, Look};
use super::{percent_text, whole};
use crate::paint::Ink;
use crate::phrase::Phrase;
use crate::say;
use crate::speech::Said;
use crate::theme::{self, Paint, Type};
use crate::widgets;

/// What is plotted.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plot {
    Delay,
    Lost,
    Sent,
    Received,
    Size,
}

const ALL: [Plot; 5] = [Plot::Delay, Plot::Lost, Plot::Sent, Plot::Received, Plot::Size];

/// The line of words above a plot.
#[derive(Component, Clone, Copy)]
pub(super) struct Caption(Plot);

/// The size of a texture; a column is a look.
const COLUMNS: usize = LOOKS;
const ROWS: usize = 32;
/// Logical pixels a column is wide.
const COLUMN: f32 = 2.0;
/// How strong the ground line of a plot is, of 255.
const GROUND: u8 = 110;

impl Plot {
    fn of(self, look: &Look) -> f64 {
        match self {
            Self::Delay => look.delay_ms,
            Self::Lost => look.lost,
            Self::Sent => look.sent_kbps,
            Self::Received => look.received_kbps,
            Self::Size => look.rows,
        }
    }

    /// The least that the top of the plot stands for, so that trifles look like trifles.
    fn least_top(self) -> f64 {
        match self {
            Self::Delay => 200.0,
            Self::Lost => 0.05,
            Self::Sent | Self::Received => 64.0,
            Self::Size => 480.0,
        }
    }

    fn caption(self, now: f64, most: f64) -> Phrase {
        let (now_text, most_text) = (whole(now), whole(most));
        match self {
            Self::Delay => say!("plot-delay", now = now_text, most = most_text),
            Self::Lost => say!("plot-lost", now = percent_text(now), most = percent_text(most)),
            Self::Sent => say!("plot-sent", now = now_text, most = most_text),
            Self::Received => say!("plot-received", now = now_text, most = most_text),
            Self::Size => say!("plot-size", now = now_text, most = most_text),
        }
    }
}

/// Where the texture of a plot is made, when it is first seen.
pub(super) fn spawn_all(ui: &mut ChildSpawnerCommands<'_>) {
    let row = Node { flex_wrap: FlexWrap::Wrap, column_gap: px(theme::GAP_WIDE), row_gap: px(theme::GAP), ..default() };
    let _ = ui.spawn((row, Pickable::IGNORE)).with_children(|ui| {
        for plot in ALL {
            let column = Node { flex_direction: FlexDirection::Column, row_gap: px(2), ..default() };
            let _ = ui.spawn((column, Pickable::IGNORE)).with_children(|ui| {
                let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), Caption(plot)));
                let image = ImageNode { image_mode: NodeImageMode::Stretch, ..default() };
                let node = Node { width: px(COLUMN * COLUMNS as f32), height: px(ROWS as f32), ..default() };
                let _ = ui.spawn((plot, node, image, Ink(Paint::AccentText), Pickable::IGNORE));
            });
        }
    });
}

fn texture() -> Image {
    let extent = Extent3d { width: COLUMNS as u32, height: ROWS as u32, depth_or_array_layers: 1 };
    let (clear, usage) = ([0_u8; 4], RenderAssetUsages::default());
    let mut image = Image::new_fill(extent, TextureDimension::D2, &clear, TextureFormat::Rgba8UnormSrgb, usage);
    image.sampler = ImageSampler::nearest();
    image
}

/// White where the plot is filled; the newest look is the last column.
fn paint(values: &[f64], top: f64) -> Vec<u8> {
    let mut bytes = vec![255; COLUMNS * ROWS * 4];
    let empty = COLUMNS - values.len();
    for column in 0..COLUMNS {
        let value = column.checked_sub(empty).map_or(0.0, |index| values[index]);
        let filled = (value / top * ROWS as f64).round().clamp(0.0, ROWS as f64) as usize;
        for row in 0..ROWS {
            let from_ground = ROWS - 1 - row;
            let strength = match (from_ground < filled, from_ground) {
                (true, _) => 255,
                (false, 0) => GROUND,
                (false, _) => 0,
            };
            bytes[(row * COLUMNS + column) * 4 + 3] = strength;
        }
    }
    bytes
}

pub(super) fn draw(
    history: Res<History>,
    mut plots: Query<(&Plot, &mut ImageNode)>,
    mut captions: Query<(&Caption, &mut Said)>,
    mut images: ResMut<Assets<Image>>,
) {
    let values = |plot: Plot| history.looks().iter().map(|look| plot.of(look)).collect::<Vec<_>>();
    let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    for (Caption(plot), mut said) in &mut captions {
        let values = values(*plot);
        widgets::write(&mut said, plot.caption(values.last().copied().unwrap_or(0.0), most(&values)));
    }
    for (plot, mut node) in &mut plots {
        let fresh = node.image == TRANSPARENT_IMAGE_HANDLE;
        if !fresh && !history.is_changed() {
            continue;
        }
        if fresh {
            node.image = images.add(texture());
        }
        let values = values(*plot);
        if let Some(mut image) = images.get_mut(&node.image) {
            image.data = Some(paint(&values, most(&values).max(plot.least_top())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(bytes: &[u8], column: usize) -> usize {
        (0..ROWS).filter(|row| bytes[(row * COLUMNS + column) * 4 + 3] == 255).count()
    }

    #[test]
    fn the_newest_look_is_the_last_column_and_the_top_fills_it() {
        let bytes = paint(&[50.0, 100.0], 100.0);
        assert_eq!(filled(&bytes, COLUMNS - 1), ROWS);
        assert_eq!(filled(&bytes, COLUMNS - 2), ROWS / 2);
        assert_eq!(filled(&bytes, 0), 0);
        assert_eq!(bytes[((ROWS - 1) * COLUMNS) * 4 + 3], GROUND, "the ground line runs through");
    }
}
