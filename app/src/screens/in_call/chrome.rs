//! What lies over a picture goes away when nobody needs it, and one move, tap or key brings it back.
//! It stays in a voice call, while something is wrong or open, for whoever uses the keyboard or a screen reader.
//! The line that says that I am muted is no part of it and always stays.

use std::time::Duration;

use ahoy_call::CallState;
use ahoy_media::LocalTime;

use bevy::a11y::AccessibilityRequested;
use bevy::input::keyboard::KeyboardInput;
use bevy::input::mouse::{MouseButtonInput, MouseWheel};
use bevy::input::touch::TouchInput;
use bevy::input_focus::{InputFocus, InputFocusVisible};
use bevy::picking::hover::Hovered;
use bevy::prelude::*;

use super::sheet::Sheet;
use crate::calls::{Call, Hold, Muted, OnScreen, Phase};
use crate::clock::Clock;
use crate::engine_link::NewestView;
use crate::screens::demo::Demo;
use crate::video::Shows;

/// What goes away.
#[derive(Component)]
#[require(Visibility)]
pub(super) struct Chrome;

/// How long after the last move, tap or key: long enough to read everything that is there.
const STAYS: Duration = Duration::from_secs(4);

/// When somebody last did something.
#[derive(Resource, Default)]
pub(super) struct LastTouch(LocalTime);

type Input<'w, 's> = (
    MessageReader<'w, 's, CursorMoved>,
    MessageReader<'w, 's, MouseButtonInput>,
    MessageReader<'w, 's, MouseWheel>,
    MessageReader<'w, 's, TouchInput>,
    MessageReader<'w, 's, KeyboardInput>,
);

/// Notes that somebody is there.
pub(super) fn notice(mut input: Input<'_, '_>, clock: Res<Clock>, mut last: ResMut<LastTouch>) {
    let (moves, buttons, wheel, touches, keys) = &mut input;
    let busy = [moves.read().count(), buttons.read().count(), wheel.read().count(), touches.read().count()];
    if busy.iter().sum::<usize>() + keys.read().count() > 0 {
        last.0 = clock.local();
    }
}

/// The call has just come up: it is shown whole.
pub(super) fn begin(clock: Res<Clock>, mut last: ResMut<LastTouch>) {
    last.0 = clock.local();
}

/// Whether nothing asks for it to stay.
struct Calm {
    picture: bool,
    talking: bool,
    open: bool,
    keyboard: bool,
    pointed_at: bool,
    still: bool,
}

impl Calm {
    /// Whether what lies over the picture may go, so long after somebody last did something.
    fn may_go(&self, idle: Duration) -> bool {
        let needed = self.open || self.keyboard || self.pointed_at || self.still;
        self.picture && self.talking && !needed && idle >= STAYS
    }
}

type Focus<'w> = (Res<'w, InputFocus>, Res<'w, InputFocusVisible>);

pub(super) fn show(
    clock: Res<Clock>,
    last: Res<LastTouch>,
    (sheet, demo): (Res<Sheet>, Res<Demo>),
    view: Res<NewestView>,
    reader: Option<Res<AccessibilityRequested>>,
    (focus, visible): Focus<'_>,
    call: Single<(&Phase, &Hold, &Muted, &Call), With<OnScreen>>,
    pictures: Query<(&Shows, &Visibility), Without<Chrome>>,
    hovered: Query<&Hovered>,
    mut chrome: Query<&mut Visibility, With<Chrome>>,
) {
    let (phase, hold, muted, id) = *call;
    let stats = view.0.call(id.0).and_then(|call| call.stats.as_ref());
    let talks_muted = muted.0 && stats.is_some_and(|stats| stats.audio.talks_muted);
    let settings = &view.0.settings;
    let calm = Calm {
        picture: pictures.iter().any(|(shows, seen)| *shows == Shows::Remote && *seen != Visibility::Hidden),
        talking: phase.0 == CallState::Active && *hold == Hold::default() && !talks_muted,
        open: *sheet != Sheet::Closed,
        keyboard: visible.0 && focus.get().is_some(),
        pointed_at: hovered.iter().any(Hovered::get),
        still: settings.big_buttons()
            || settings.reduced_motion() == Some(true)
            || reader.is_some_and(|reader| reader.get()),
    };
    let goes = *demo != Demo::Off || calm.may_go(clock.local().saturating_since(last.0));
    let wanted = if goes { Visibility::Hidden } else { Visibility::Inherited };
    for mut seen in &mut chrome {
        let _ = seen.set_if_neq(wanted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Calm {
        Calm { picture: true, talking: true, open: false, keyboard: false, pointed_at: false, still: false }
    }

    #[test]
    fn controls_go_only_over_a_picture_that_nobody_touches() {
        assert!(calm().may_go(STAYS));
        assert!(!calm().may_go(STAYS - Duration::from_millis(1)));
        assert!(!Calm { picture: false, ..calm() }.may_go(STAYS), "a voice call keeps its controls");
        assert!(!Calm { talking: false, ..calm() }.may_go(STAYS));
        assert!(!Calm { open: true, ..calm() }.may_go(STAYS));
        assert!(!Calm { keyboard: true, ..calm() }.may_go(STAYS));
        assert!(!Calm { pointed_at: true, ..calm() }.may_go(STAYS));
        assert!(!Calm { still: true, ..calm() }.may_go(STAYS));
    }
}
