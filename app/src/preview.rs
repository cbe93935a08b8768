//! What the camera sees outside of calls: while it looks for a code, and while it is tried.
//! Screens show it with `Shows::Preview`; the engine opens and closes the camera.
//! It is a stream of its own, there exactly as long as the engine has one.

use bevy::prelude::*;

use crate::calls::PictureSource;
use crate::engine_link::NewestView;
use crate::window::Step;

fn mirror(view: Res<NewestView>, streams: Query<(Entity, &PictureSource)>, mut commands: Commands) {
    let scanned = view.0.scan.as_ref().map(|scan| &scan.picture);
    let wanted = scanned.or_else(|| view.0.check.as_ref().and_then(|check| check.picture.as_ref()));
    let mut there = false;
    for (entity, source) in &streams {
        let PictureSource::Preview(slot) = source else { continue };
        if wanted == Some(slot) {
            there = true;
        } else {
            commands.entity(entity).despawn();
        }
    }
    if let Some(slot) = wanted
        && !there
    {
        let _ = commands.spawn(PictureSource::Preview(slot.clone()));
    }
}

/// Keeps the stream there while the engine has one.
pub fn plugin(app: &mut App) {
    let _ = app.add_systems(PreUpdate, mirror.in_set(Step::Mirror).run_if(resource_changed::<NewestView>));
}

#[cfg(test)]
mod tests {
    use ahoy_engine::View;
    use ahoy_engine::view::Scan;
    use ahoy_media::Slot;
    use bevy::ecs::system::RunSystemOnce;

    use super::*;

    #[test]
    fn there_is_a_stream_exactly_while_the_engine_has_one() {
        let mut world = World::new();
        let streams = |world: &mut World, scan: Option<Scan>| {
            world.insert_resource(NewestView(View { scan, ..View::default() }));
            world.run_system_once(mirror).unwrap();
            world.query::<&PictureSource>().iter(world).count()
        };
        let scan = Scan { picture: Slot::new(), found: None, failed: None };
        assert_eq!(streams(&mut world, None), 0);
        assert_eq!(streams(&mut world, Some(scan.clone())), 1);
        assert_eq!(streams(&mut world, Some(scan)), 1);
        assert_eq!(streams(&mut world, None), 0);
    }
}
