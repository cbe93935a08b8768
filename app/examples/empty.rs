//! Bevy with one window and nothing in it: what the phone's window cannot start quicker than. `./x bench window` measures both.

use ahoy_app::window::{self, Wake};
use bevy::prelude::*;

fn main() {
    let _ = window::base(Wake::default())
        .insert_resource(ClearColor(Color::WHITE))
        .add_systems(Startup, |mut commands: Commands| {
            let _ = commands.spawn((Camera2d, Msaa::Off));
        })
        .run();
}
