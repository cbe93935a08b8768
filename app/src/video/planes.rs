//! The three textures of a picture, rewritten in place from the picture's own memory.
//! `video.rs` makes them and says which picture comes next; the render world writes it before anything is drawn with it.
//! No copy is made here: the bytes go from where the decoder or the camera left them to the graphics.

use std::sync::Arc;

use ahoy_media::{Picture, Size};
use bevy::asset::RenderAssetUsages;
use bevy::image::ImageSampler;
use bevy::prelude::*;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{Extent3d, TexelCopyBufferLayout, TextureDimension, TextureFormat};
use bevy::render::renderer::RenderQueue;
use bevy::render::texture::GpuImage;
use bevy::render::{Extract, ExtractSchedule, Render, RenderApp, RenderSystems};

/// The textures of one picture size: luma, and chroma halved (rounded up) both ways.
#[derive(Clone, Debug)]
pub(super) struct Planes {
    pub(super) y: Handle<Image>,
    pub(super) u: Handle<Image>,
    pub(super) v: Handle<Image>,
}

impl Planes {
    /// Textures for pictures of `size`; nothing is in them until a picture is written, in the frame that first draws them.
    pub(super) fn new(size: Size, images: &mut Assets<Image>) -> Self {
        let mut texture = |width: usize, height: usize| {
            let side = |side: usize| u32::try_from(side).expect("a picture's side has 16 bits");
            let extent = Extent3d { width: side(width), height: side(height), depth_or_array_layers: 1 };
            // Render world only, and without bytes of its own: there is no second copy of a picture.
            let usage = RenderAssetUsages::RENDER_WORLD;
            let mut image = Image::new_uninit(extent, TextureDimension::D2, TextureFormat::R8Unorm, usage);
            image.sampler = ImageSampler::linear();
            images.add(image)
        };
        let y = texture(size.width.into(), size.height.into());
        let (u, v) = (size.chroma_width(), size.chroma_height());
        Self { y, u: texture(u, v), v: texture(u, v) }
    }
}

/// The textures of a stream and the picture that belongs in them; a change of it is written once.
#[derive(Component, Debug)]
pub(super) struct Written {
    pub(super) planes: Planes,
    pub(super) picture: Arc<Picture>,
}

/// The pictures that came since the frame before, at most one a stream.
#[derive(Resource, Default)]
pub(super) struct Arrived(pub(super) Vec<(Planes, Arc<Picture>)>);

fn fetch(streams: Extract<Query<&Written, Changed<Written>>>, mut arrived: ResMut<Arrived>) {
    arrived.0.extend(streams.iter().map(|stream| (stream.planes.clone(), Arc::clone(&stream.picture))));
}

/// The graphics take the bytes before this returns; they are in the textures before anything of this frame is drawn.
pub(super) fn write(mut arrived: ResMut<Arrived>, textures: Res<RenderAssets<GpuImage>>, queue: Res<RenderQueue>) {
    for (planes, picture) in arrived.0.drain(..) {
        for (handle, bytes) in [(&planes.y, picture.y()), (&planes.u, picture.u()), (&planes.v, picture.v())] {
            // A stream that ended in this very frame has none any more.
            let Some(plane) = textures.get(handle) else { continue };
            let extent = plane.texture_descriptor.size;
            let layout = TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(extent.width), rows_per_image: None };
            queue.write_texture(plane.texture.as_image_copy(), bytes, layout, extent);
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        let _ = render
            .init_resource::<Arrived>()
            .add_systems(ExtractSchedule, fetch)
            .add_systems(Render, write.in_set(RenderSystems::PrepareResources));
    }
}
