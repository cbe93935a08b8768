//! What the window is given to show for one state, and what is done in it before it is looked at.
//! Everything that a scene before it may have left is put back, so that a picture does not depend on the one before.

use ahoy_app::clock::Clock;
use ahoy_app::engine_link::NewestView;
use ahoy_app::icons::Icon;
use ahoy_app::records::{Interest, Records};
use ahoy_app::screens::{Left, Minimised, NumbersOpen, Place, Screen, Shortcuts};
use ahoy_app::toast::Toast;
use ahoy_app::widgets::Face;
use ahoy_engine::View;
use ahoy_engine::settings::Settings;
use ahoy_media::{CapturedPicture, DecodedPicture, LocalTime, MediaTime};
use bevy::input_focus::{FocusCause, InputFocus, InputFocusVisible};
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use crate::look::Look;
use crate::people::{self, NOW, NOW_MS};

/// Something that a person does with the control that has this pictogram.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Presses it.
    Press(Icon),
    /// Comes to it with the keyboard.
    Focus(Icon),
}

/// One state of the window.
#[derive(Default)]
pub struct Scene {
    /// What the engine would say.
    pub view: View,
    /// Where the person is.
    pub place: Place,
    /// What the desk would have told.
    pub records: Records,
    /// What the person looks for.
    pub interest: Interest,
    /// What is done then.
    pub acts: Vec<Act>,
    /// Settings besides those of the look.
    pub settings: Vec<(&'static str, &'static str)>,
}

impl Scene {
    /// The same, somewhere else.
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The same, with another view.
    pub fn but(mut self, change: impl FnOnce(&mut View)) -> Self {
        change(&mut self.view);
        self
    }

    /// The same with these texts and calls.
    pub fn with(mut self, records: Records) -> Self {
        self.records = records;
        self
    }

    /// The same while the person looks for this.
    pub fn looking_for(mut self, words: &str) -> Self {
        words.clone_into(&mut self.interest.search);
        self
    }

    /// The same after something was done.
    pub fn then(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    /// The same with a setting changed.
    pub fn set_to(mut self, key: &'static str, value: &'static str) -> Self {
        self.settings.push((key, value));
        self
    }

    /// Gives the window this to show, in a look.
    pub fn set(mut self, world: &mut World, look: Look) {
        let own = self.settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let kept = own.chain(look.settings()).collect();
        self.view.settings = Settings::effective(&kept, &[]).expect("settings of their own can be kept");
        put_pictures(&self.view);
        world.insert_resource(NewestView(self.view));
        world.insert_resource(self.place);
        world.insert_resource(self.records);
        world.insert_resource(self.interest);
        world.insert_resource(Clock::Stopped { unix_ms: NOW_MS, local: NOW });
        world.insert_resource(Left::default());
        world.insert_resource(Toast::default());
        world.insert_resource(Minimised::default());
        world.insert_resource(NumbersOpen::default());
        world.insert_resource(Shortcuts::default());
        world.insert_resource(InputFocusVisible(false));
        world.resource_mut::<InputFocus>().clear();
        // Also where the same screen comes again, it is built anew.
        let screen = *world.resource::<State<Screen>>().get();
        world.resource_mut::<NextState<Screen>>().set(screen);
    }
}

impl Act {
    /// Does it; false where there is no such control on the screen.
    pub fn perform(self, world: &mut World) -> bool {
        match self {
            Self::Press(icon) => {
                let control = find(world, icon);
                control.inspect(|entity| world.trigger(Activate { entity: *entity })).is_some()
            }
            Self::Focus(icon) => {
                let control = find(world, icon);
                world.insert_resource(InputFocusVisible(true));
                let focus = &mut world.resource_mut::<InputFocus>();
                control.inspect(|entity| focus.set(*entity, FocusCause::Navigated)).is_some()
            }
        }
    }
}

fn find(world: &mut World, icon: Icon) -> Option<Entity> {
    let mut faces = world.query::<(Entity, &Face, &ComputedNode)>();
    let shown = |(_, face, node): &(Entity, &Face, &ComputedNode)| face.icon == Some(icon) && !node.is_empty();
    faces.iter(world).find(shown).map(|(entity, ..)| entity)
}

/// Puts one still picture into every slot that would carry some.
fn put_pictures(view: &View) {
    let captured = || CapturedPicture { picture: people::myself(), at: LocalTime(0), index: 0 };
    for call in &view.calls {
        if call.remote_video {
            call.remote_picture.put(DecodedPicture { picture: people::mira(), at: MediaTime(0), sequence: 0 });
        }
        if call.sending_video {
            call.self_picture.put(captured());
        }
    }
    if let Some(scan) = &view.scan {
        scan.picture.put(captured());
    }
    if let Some(picture) = view.check.as_ref().and_then(|check| check.picture.as_ref()) {
        picture.put(captured());
    }
}
