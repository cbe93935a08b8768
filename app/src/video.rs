//! From the newest picture to the screen: three plane textures a stream, drawn by one material.
//! The planes are rewritten in place; only another picture size makes new ones and touches the material.
//! Nothing here converts colours: the shader does.

use ahoy_media::{Picture, Size};
use bevy::asset::{RenderAssetUsages, uuid_handle};
use bevy::image::ImageSampler;
use bevy::prelude::*;
use bevy::reflect::TypePath;
use bevy::render::render_resource::{AsBindGroup, Extent3d, ShaderType, TextureDimension, TextureFormat};
use bevy::shader::{Shader, ShaderRef};
use std::sync::Arc;

use crate::calls::{Hold, OnScreen, PictureSource, Remote, SendingVideo, Streams};
use crate::theme;
use crate::window::Step;

const YUV_SHADER: Handle<Shader> = uuid_handle!("c2f7a6d1-51f7-4a08-8d3c-0b6a54d1e901");

/// How a picture lies in its node.
#[derive(Clone, Copy, Debug, ShaderType)]
struct Look {
    mirror: u32,
    cover: u32,
    spare: UVec2,
    bars: Vec4,
}

/// Draws a 4:2:0 picture from its planes.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub struct YuvMaterial {
    #[uniform(0)]
    look: Look,
    #[texture(1)]
    #[sampler(2)]
    y: Handle<Image>,
    #[texture(3)]
    u: Handle<Image>,
    #[texture(4)]
    v: Handle<Image>,
}

impl UiMaterial for YuvMaterial {
    fn fragment_shader() -> ShaderRef {
        YUV_SHADER.into()
    }
}

/// The textures of a stream that has shown a picture.
#[derive(Component, Debug)]
pub struct Planes {
    size: Size,
    material: Handle<YuvMaterial>,
    y: Handle<Image>,
    u: Handle<Image>,
    v: Handle<Image>,
}

/// Which stream of the call on the screen a node shows. The node is hidden while there is no picture.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// The other side; it fills the node and keeps its margins.
    Remote,
    /// My own camera, mirrored as people know themselves.
    Own,
    /// The camera that looks for a code.
    Scan,
}

impl PictureSource {
    fn newest(&self) -> Option<Arc<Picture>> {
        match self {
            Self::Remote(slot) => slot.take().map(|shown| Arc::clone(&shown.picture)),
            Self::Own(slot) | Self::Scan(slot) => slot.take().map(|shown| Arc::clone(&shown.picture)),
        }
    }

    fn look(&self) -> Look {
        let bars = theme::LETTERBOX.to_linear().to_vec4();
        match self {
            Self::Remote(_) => Look { mirror: 0, cover: 0, spare: UVec2::ZERO, bars },
            Self::Own(_) | Self::Scan(_) => Look { mirror: 1, cover: 1, spare: UVec2::ZERO, bars },
        }
    }

    fn shown_by(&self, shows: Shows) -> bool {
        matches!(
            (self, shows),
            (Self::Remote(_), Shows::Remote) | (Self::Own(_), Shows::Own) | (Self::Scan(_), Shows::Scan)
        )
    }
}

fn plane(images: &mut Assets<Image>, width: usize, height: usize, bytes: &[u8]) -> Handle<Image> {
    let side = |side: usize| u32::try_from(side).expect("a picture's side has 16 bits");
    let size = Extent3d { width: side(width), height: side(height), depth_or_array_layers: 1 };
    // Render world only: the bytes move to the texture, no second copy stays behind.
    let usage = RenderAssetUsages::RENDER_WORLD;
    let mut image = Image::new(size, TextureDimension::D2, bytes.to_vec(), TextureFormat::R8Unorm, usage);
    image.sampler = ImageSampler::linear();
    images.add(image)
}

fn build(picture: &Picture, images: &mut Assets<Image>) -> (Handle<Image>, Handle<Image>, Handle<Image>) {
    let size = picture.size();
    let (width, height) = (size.chroma_width(), size.chroma_height());
    (
        plane(images, size.width.into(), size.height.into(), picture.y()),
        plane(images, width, height, picture.u()),
        plane(images, width, height, picture.v()),
    )
}

/// Brings the newest picture of every stream into its textures.
fn upload(
    streams: Query<(Entity, &PictureSource, Option<&mut Planes>)>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<YuvMaterial>>,
    mut commands: Commands,
) {
    for (stream, source, planes) in streams {
        let Some(picture) = source.newest() else { continue };
        match planes {
            Some(planes) if planes.size == picture.size() => {
                for (handle, bytes) in [(&planes.y, picture.y()), (&planes.u, picture.u()), (&planes.v, picture.v())] {
                    if let Some(mut image) = images.get_mut(handle) {
                        image.data = Some(bytes.to_vec());
                    }
                }
            }
            Some(mut planes) => {
                let (y, u, v) = build(&picture, &mut images);
                if let Some(mut material) = materials.get_mut(&planes.material) {
                    (material.y, material.u, material.v) = (y.clone(), u.clone(), v.clone());
                }
                let material = planes.material.clone();
                *planes = Planes { size: picture.size(), material, y, u, v };
            }
            None => {
                let (y, u, v) = build(&picture, &mut images);
                let (look, y2, u2, v2) = (source.look(), y.clone(), u.clone(), v.clone());
                let material = materials.add(YuvMaterial { look, y: y2, u: u2, v: v2 });
                let _ = commands.entity(stream).insert(Planes { size: picture.size(), material, y, u, v });
            }
        }
    }
}

type OfCall = (&'static Streams, &'static Remote, &'static SendingVideo, &'static Hold);

/// Gives every node its stream's material, and hides the nodes whose side sends nothing.
pub(crate) fn hang(
    call: Option<Single<OfCall, With<OnScreen>>>,
    streams: Query<(&PictureSource, Ref<Planes>)>,
    nodes: Query<(Entity, &Shows, &mut Visibility, &mut Node, Option<&MaterialNode<YuvMaterial>>)>,
    mut commands: Commands,
) {
    for (entity, shows, mut visibility, mut node, hung) in nodes {
        let planes = match (shows, call.as_ref()) {
            (Shows::Scan, _) => streams.iter().find(|(source, _)| source.shown_by(Shows::Scan)),
            (Shows::Remote | Shows::Own, None) => None,
            (Shows::Remote | Shows::Own, Some(call)) => {
                let (of_call, remote, sending, hold) = **call;
                let sends = if *shows == Shows::Own { sending.0 } else { remote.video };
                // Nobody sends anything while a call is held; the last picture would only look like a frozen one.
                let sends = sends && !hold.mine && !hold.theirs;
                let mut of_call = of_call.iter().filter_map(|stream| streams.get(stream).ok());
                of_call.find(|(source, _)| sends && source.shown_by(*shows))
            }
        };
        let Some((_, planes)) = planes else {
            let _ = visibility.set_if_neq(Visibility::Hidden);
            continue;
        };
        let _ = visibility.set_if_neq(Visibility::Inherited);
        if hung.is_none_or(|hung| hung.0 != planes.material) {
            let _ = commands.entity(entity).insert(MaterialNode(planes.material.clone()));
        }
        let ratio = f32::from(planes.size.width) / f32::from(planes.size.height.max(1));
        if *shows != Shows::Remote && node.aspect_ratio != Some(ratio) {
            node.aspect_ratio = Some(ratio);
        }
    }
}

/// Draws the pictures of the call on the screen.
pub fn plugin(app: &mut App) {
    let shader = Shader::from_wgsl(include_str!("../../assets/shaders/yuv.wgsl"), "assets/shaders/yuv.wgsl");
    let _ = app.add_plugins(UiMaterialPlugin::<YuvMaterial>::default());
    let _ = app
        .add_systems(Update, (upload, hang).chain().in_set(Step::Present))
        .world_mut()
        .resource_mut::<Assets<Shader>>()
        .insert(&YUV_SHADER, shader);
}
