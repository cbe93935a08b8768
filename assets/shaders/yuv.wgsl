// Draws one 4:2:0 picture from its three planes: BT.601, limited range, straight into the window.
#import bevy_ui::ui_vertex_output::UiVertexOutput

struct Look {
    // Left and right are exchanged: how one sees oneself.
    mirror: u32,
    // The picture fills the node and loses its margins, instead of keeping them and leaving bars.
    cover: u32,
    // What stands where the picture does not reach, linear.
    bars: vec4<f32>,
}

@group(1) @binding(0) var<uniform> look: Look;
@group(1) @binding(1) var luma: texture_2d<f32>;
@group(1) @binding(2) var smooth_sampler: sampler;
@group(1) @binding(3) var blue: texture_2d<f32>;
@group(1) @binding(4) var red: texture_2d<f32>;

// Samples a side of a screen pixel at most; they keep a picture clean down to an eighth of its size.
const MOST_SAMPLES: f32 = 4.0;

fn linear_from_srgb(c: vec3<f32>) -> vec3<f32> {
    let low = c / 12.92;
    let high = pow((c + 0.055) / 1.055, vec3<f32>(2.4));
    return select(high, low, c <= vec3<f32>(0.04045));
}

// How far a point is outside of a rectangle with round corners; radii as top left, top right, bottom right, bottom left.
fn outside(point: vec2<f32>, half_size: vec2<f32>, radii: vec4<f32>) -> f32 {
    let side = select(radii.xw, radii.yz, point.x > 0.0);
    let radius = select(side.x, side.y, point.y > 0.0);
    let q = abs(point) - half_size + radius;
    return length(max(q, vec2<f32>(0.0))) + min(max(q.x, q.y), 0.0) - radius;
}

// Y, U and V at a point of the picture, 0 to 1 each way. The chroma of an odd side reaches half a sample beyond it.
fn planes(at: vec2<f32>, picture: vec2<f32>) -> vec3<f32> {
    let chroma = at * picture / (2.0 * vec2<f32>(textureDimensions(blue)));
    return vec3<f32>(
        textureSampleLevel(luma, smooth_sampler, at, 0.0).r,
        textureSampleLevel(blue, smooth_sampler, chroma, 0.0).r,
        textureSampleLevel(red, smooth_sampler, chroma, 0.0).r,
    );
}

@fragment
fn fragment(in: UiVertexOutput) -> @location(0) vec4<f32> {
    let picture = vec2<f32>(textureDimensions(luma));
    let ratio = in.size / picture;
    let factor = select(min(ratio.x, ratio.y), max(ratio.x, ratio.y), look.cover != 0u);
    // A screen pixel, in parts of the picture.
    let pixel = 1.0 / (picture * factor);
    var at = (in.uv - 0.5) * in.size * pixel + 0.5;
    let inside = all(at >= vec2<f32>(0.0)) && all(at <= vec2<f32>(1.0));
    if look.mirror != 0u {
        at.x = 1.0 - at.x;
    }

    // A smooth sample reaches over two samples of the picture; a pixel that covers more takes several. The first stands before
    // the loop, and there is one loop for both directions: a software driver pays for rounds that nobody needs, threefold here.
    let samples = clamp(ceil(0.5 / factor), 1.0, MOST_SAMPLES);
    var yuv = planes(at + (0.5 / samples - 0.5) * pixel, picture);
    let side = u32(samples);
    for (var cell = 1u; cell < side * side; cell += 1u) {
        let place = vec2<f32>(vec2<u32>(cell % side, cell / side)) + 0.5;
        yuv += planes(at + (place / samples - 0.5) * pixel, picture);
    }
    yuv = yuv * 255.0 / (samples * samples);
    let y = (yuv.x - 16.0) / 219.0;
    let u = (yuv.y - 128.0) / 224.0;
    let v = (yuv.z - 128.0) / 224.0;
    let rgb = vec3<f32>(y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u);
    let color = select(look.bars.rgb, linear_from_srgb(clamp(rgb, vec3<f32>(0.0), vec3<f32>(1.0))), inside);

    let cut = outside((in.uv - 0.5) * in.size, in.size * 0.5, in.border_radius);
    return vec4<f32>(color, clamp(0.5 - cut, 0.0, 1.0));
}
