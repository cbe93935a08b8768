//! What a frame costs, for whoever looks for a stutter: two lines of the log each, at level trace.
//! `main_ms` is the window's own part, `render_ms` that of drawing and handing over to the display, on a thread of its own.
//! `./x bench window` reads them; where the log does not ask for them nothing is measured.

use std::time::Instant;

use bevy::prelude::*;
use bevy::render::{Render, RenderApp, RenderSystems};

/// When the frame began.
#[derive(Resource)]
struct Begun(Instant);

fn begin(mut begun: ResMut<Begun>) {
    begun.0 = Instant::now();
}

fn milliseconds(begun: &Begun) -> f64 {
    begun.0.elapsed().as_secs_f64() * 1_000.0
}

/// Measures frames where the log asks for it.
pub fn plugin(app: &mut App) {
    if !tracing::enabled!(tracing::Level::TRACE) {
        return;
    }
    let _ = app
        .insert_resource(Begun(Instant::now()))
        .add_systems(First, begin)
        .add_systems(Last, |begun: Res<Begun>| tracing::trace!(main_ms = milliseconds(&begun), "frame"));
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        let _ = render
            .insert_resource(Begun(Instant::now()))
            .add_systems(Render, begin.in_set(RenderSystems::ExtractCommands))
            .add_systems(
                Render,
                (|begun: Res<Begun>| tracing::trace!(render_ms = milliseconds(&begun), "drawn"))
                    .in_set(RenderSystems::PostCleanup),
            );
    }
}
