//! From the newest picture to the screen: three plane textures a stream, drawn by one material in one draw.
//! The planes are rewritten in place; only another picture size makes new ones, and they take over in a single frame.
//! Nothing here converts colours: the shader does. Pictures are BT.601 in limited range and upright from their capture on.

use ahoy_camera::Facing;
use ahoy_engine::settings::Fit;
use ahoy_media::{Picture, Size};
use bevy::asset::uuid_handle;
use bevy::prelude::*;
use bevy::reflect::TypePath;
use bevy::render::render_resource::{AsBindGroup, ShaderType};
use bevy::shader::{Shader, ShaderRef};
use std::sync::Arc;

use crate::calls::{Hold, OnScreen, PictureSource, Remote, SendingVideo, Streams};
use crate::devices::{CameraDevice, ChosenCamera};
use crate::engine_link::NewestView;
use crate::theme;
use crate::window::Step;

mod planes;
#[cfg(test)]
mod tests;

use planes::{Planes, Written};

const YUV_SHADER: Handle<Shader> = uuid_handle!("c2f7a6d1-51f7-4a08-8d3c-0b6a54d1e901");

/// How a picture lies in its node.
#[derive(Clone, Copy, Debug, ShaderType)]
struct Look {
    mirror: u32,
    cover: u32,
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

impl YuvMaterial {
    fn new(look: Look, planes: &Planes) -> Self {
        Self { look, y: planes.y.clone(), u: planes.u.clone(), v: planes.v.clone() }
    }
}

impl UiMaterial for YuvMaterial {
    fn fragment_shader() -> ShaderRef {
        YUV_SHADER.into()
    }
}

/// What draws a stream that has shown a picture.
#[derive(Component, Debug)]
pub(crate) struct Drawn {
    size: Size,
    material: Handle<YuvMaterial>,
}

/// Whether I want to see myself in a call.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnView(pub bool);

impl Default for OwnView {
    fn default() -> Self {
        Self(true)
    }
}

/// Which stream of the call on the screen a node shows. The node is hidden while there is no picture.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// The other side; it fills the node.
    Remote,
    /// The other side in small, in the other side's shape.
    Tile,
    /// My own camera, mirrored as people know themselves, unless it looks away from them.
    Own,
    /// The camera outside of calls.
    Preview,
}

impl PictureSource {
    /// The picture that came since the last question; older ones that nobody saw are gone.
    fn newest(&self) -> Option<Arc<Picture>> {
        let newest = match self {
            Self::Remote(slot) => slot.take().map(|shown| Arc::clone(&shown.picture)),
            Self::Own(slot) | Self::Preview(slot) => slot.take().map(|shown| Arc::clone(&shown.picture)),
        };
        newest.filter(|picture| picture.size().luma_len() > 0)
    }

    fn look(&self) -> Look {
        let bars = theme::LETTERBOX.to_linear().to_vec4();
        match self {
            Self::Remote(_) => Look { mirror: 0, cover: 0, bars },
            Self::Own(_) | Self::Preview(_) => Look { mirror: 1, cover: 1, bars },
        }
    }

    fn shown_by(&self, shows: Shows) -> bool {
        matches!(
            (self, shows),
            (Self::Remote(_), Shows::Remote | Shows::Tile)
                | (Self::Own(_), Shows::Own)
                | (Self::Preview(_), Shows::Preview)
        )
    }
}

/// Takes the newest picture of every stream; only another size than before touches textures and material.
fn take(
    streams: Query<(Entity, &PictureSource, Option<(&mut Drawn, &mut Written)>)>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<YuvMaterial>>,
    mut commands: Commands,
) {
    for (stream, source, drawn) in streams {
        let Some(picture) = source.newest() else { continue };
        let size = picture.size();
        match drawn {
            Some((drawn, mut written)) if drawn.size == size => written.picture = picture,
            Some((mut drawn, mut written)) => {
                let planes = Planes::new(size, &mut images);
                if let Some(mut material) = materials.get_mut(&drawn.material) {
                    *material = YuvMaterial::new(source.look(), &planes);
                }
                drawn.size = size;
                *written = Written { planes, picture };
            }
            None => {
                let planes = Planes::new(size, &mut images);
                let material = materials.add(YuvMaterial::new(source.look(), &planes));
                let _ = commands.entity(stream).insert((Drawn { size, material }, Written { planes, picture }));
            }
        }
    }
}

/// Whoever looks at their own camera sees a mirror; what a back camera sees is no mirror image. The other side's picture
/// is whole, or fills its place, as the person likes.
fn frame(
    view: Option<Res<NewestView>>,
    chosen: Option<Res<ChosenCamera>>,
    cameras: Query<&CameraDevice>,
    streams: Query<(&PictureSource, &Drawn)>,
    mut materials: ResMut<Assets<YuvMaterial>>,
) {
    let camera = chosen.and_then(|chosen| cameras.iter().find(|camera| camera.0.is_chosen(&chosen.0)));
    let away = camera.is_some_and(|camera| camera.0.facing == Some(Facing::Back));
    let fills = view.is_some_and(|view| view.0.settings.fit() == Fit::Fill);
    for (source, drawn) in streams {
        let theirs = source.shown_by(Shows::Remote);
        let (mirror, cover) = (u32::from(!away && !theirs), u32::from(fills || !theirs));
        let shown = materials.get(&drawn.material).map(|material| (material.look.mirror, material.look.cover));
        if shown.is_some_and(|shown| shown != (mirror, cover))
            && let Some(mut material) = materials.get_mut(&drawn.material)
        {
            (material.look.mirror, material.look.cover) = (mirror, cover);
        }
    }
}

type OfCall = (&'static Streams, &'static Remote, &'static SendingVideo, &'static Hold);

/// Gives every node its stream's material, and hides the nodes whose side sends nothing.
pub(crate) fn hang(
    call: Option<Single<OfCall, With<OnScreen>>>,
    own: Res<OwnView>,
    streams: Query<(&PictureSource, &Drawn)>,
    nodes: Query<(Entity, &Shows, &mut Visibility, &mut Node, Option<&MaterialNode<YuvMaterial>>)>,
    mut commands: Commands,
) {
    for (entity, shows, mut visibility, mut node, hung) in nodes {
        let drawn = match (shows, call.as_ref()) {
            (Shows::Preview, _) => streams.iter().find(|(source, _)| source.shown_by(Shows::Preview)),
            (Shows::Remote | Shows::Tile | Shows::Own, None) => None,
            (Shows::Own, Some(_)) if !own.0 => None,
            (Shows::Remote | Shows::Tile | Shows::Own, Some(call)) => {
                let (of_call, remote, sending, hold) = **call;
                let sends = if *shows == Shows::Own { sending.0 } else { remote.video };
                // Nobody sends anything while a call is held; the last picture would only look like a frozen one.
                let sends = sends && !hold.mine && !hold.theirs;
                let mut of_call = of_call.iter().filter_map(|stream| streams.get(stream).ok());
                of_call.find(|(source, _)| sends && source.shown_by(*shows))
            }
        };
        let Some((_, drawn)) = drawn else {
            let _ = visibility.set_if_neq(Visibility::Hidden);
            continue;
        };
        let _ = visibility.set_if_neq(Visibility::Inherited);
        if hung.is_none_or(|hung| hung.0 != drawn.material) {
            let _ = commands.entity(entity).insert(MaterialNode(drawn.material.clone()));
        }
        let ratio = f32::from(drawn.size.width) / f32::from(drawn.size.height);
        if *shows != Shows::Remote && node.aspect_ratio != Some(ratio) {
            node.aspect_ratio = Some(ratio);
        }
    }
}

/// Draws the pictures of the call on the screen.
pub fn plugin(app: &mut App) {
    let shader = Shader::from_wgsl(include_str!("../../assets/shaders/yuv.wgsl"), "assets/shaders/yuv.wgsl");
    let _ = app.init_resource::<OwnView>().add_plugins((UiMaterialPlugin::<YuvMaterial>::default(), planes::plugin));
    let _ = app
        .add_systems(Update, (take, (frame, hang)).chain().in_set(Step::Present))
        .world_mut()
        .resource_mut::<Assets<Shader>>()
        .insert(&YUV_SHADER, shader);
}
