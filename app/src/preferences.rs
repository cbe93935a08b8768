//! The window follows the settings: language, colours, size of text, and how much moves.
//! It looks after every new view and when the system changes its own colours; screens read `Preferences`.
//! Everything changes in place: no screen is built anew, and nothing is remembered here that the next view would not tell.

use ahoy_engine::settings::{self, Settings};
use bevy::prelude::*;
use bevy::text::RemSize;
use bevy::window::{PrimaryWindow, WindowTheme, WindowThemeChanged};

use crate::engine_link::NewestView;
use crate::language::{Language, Tongue};
use crate::paint::Theme;
use crate::theme;
use crate::window::Step;

/// What screens ask for that is neither a word nor a colour.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Nothing moves that can stand still.
    pub reduced_motion: bool,
    /// Few and large buttons.
    pub big_buttons: bool,
}

/// The colours that the system asks for, where it says.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SystemTheme(Option<WindowTheme>);

/// The language that a setting means.
fn tongue(settings: &Settings) -> Tongue {
    match settings.language() {
        settings::Language::System => Tongue::of_system(),
        settings::Language::English => Tongue::English,
        settings::Language::German => Tongue::German,
        settings::Language::Arabic => Tongue::Arabic,
    }
}

/// The colours that a setting means. A system that does not say gets the dark ones: they dazzle nobody.
fn colours(settings: &Settings, system: SystemTheme) -> Theme {
    match (settings.theme(), system.0) {
        (settings::Theme::Light, _) | (settings::Theme::System, Some(WindowTheme::Light)) => Theme::Light,
        (settings::Theme::Dark, _) | (settings::Theme::System, Some(WindowTheme::Dark) | None) => Theme::Dark,
    }
}

fn hear_system(
    mut changes: MessageReader<WindowThemeChanged>,
    opened: Query<&Window, Added<PrimaryWindow>>,
    mut system: ResMut<SystemTheme>,
) {
    let changed = changes.read().last().map(|change| Some(change.theme));
    let first = opened.iter().next().map(|window| window.window_theme);
    if let Some(theme) = changed.or(first) {
        let _ = system.set_if_neq(SystemTheme(theme));
    }
}

fn follow(
    view: Res<NewestView>,
    system: Res<SystemTheme>,
    mut language: ResMut<Language>,
    mut theme: ResMut<Theme>,
    mut text: ResMut<RemSize>,
    mut preferences: ResMut<Preferences>,
) {
    let settings = &view.0.settings;
    let wanted = tongue(settings);
    if language.tongue() != wanted {
        *language = Language::new(wanted);
    }
    let _ = theme.set_if_neq(colours(settings, *system));
    let size = theme::text_size(settings.text_percent());
    if text.0 != size.0 {
        *text = size;
    }
    let _ = preferences.set_if_neq(Preferences {
        // Where the setting leaves it to the system: none of the systems we draw on says it to a window.
        reduced_motion: settings.reduced_motion().unwrap_or(false),
        big_buttons: settings.big_buttons(),
    });
}

/// Follows the settings before anything is written or drawn.
pub fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<Preferences>()
        .init_resource::<SystemTheme>()
        .add_message::<WindowThemeChanged>()
        .add_systems(
            PreUpdate,
            (hear_system, follow.run_if(resource_changed::<NewestView>.or_else(resource_changed::<SystemTheme>)))
                .chain()
                .in_set(Step::Mirror),
        );
}

#[cfg(test)]
mod tests {
    use ahoy_engine::View;
    use bevy::ui::InlineDirection;

    use super::*;
    use crate::paint::Fill;
    use crate::screens::tests::app_at;
    use crate::screens::{Place, Screen, Side, Stage, Topic};
    use crate::speech::Said;

    fn settings(pairs: [(&str, &str); 4]) -> Settings {
        let stored = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Settings::effective(&stored.into(), &[]).unwrap()
    }

    fn view(pairs: [(&str, &str); 4]) -> View {
        View { settings: settings(pairs), ..View::default() }
    }

    /// What is said on the screen, with the text that shows it.
    fn texts(app: &mut App) -> Vec<(Said, String)> {
        let world = app.world_mut();
        world.query::<(&Said, &Text)>().iter(world).map(|(said, text)| (said.clone(), text.0.clone())).collect()
    }

    fn root(app: &mut App) -> Entity {
        let world = app.world_mut();
        let mut roots = world.query_filtered::<Entity, Or<(With<DespawnOnExit<Screen>>, With<DespawnOnExit<Side>>)>>();
        roots.single(world).unwrap()
    }

    #[test]
    fn other_settings_change_every_screen_where_it_stands() {
        let english = |place| {
            // Home has another form with big buttons.
            let big = if place == Place::Contacts { "on" } else { "off" };
            [("language", "en"), ("theme", "dark"), ("text_size", "100"), ("big_buttons", big)]
        };
        let arabic = [("language", "ar"), ("theme", "light"), ("text_size", "200"), ("big_buttons", "on")];
        let places = [
            Place::Contacts,
            Place::History,
            Place::Pairing,
            Place::Settings(None),
            Place::Settings(Some(Topic::Looks)),
            Place::FirstRun(Stage::FIRST),
        ];
        for place in places {
            let mut app = app_at(place, view(english(place)));
            let _ = app.insert_resource(theme::text_size(100)).init_resource::<Time>().add_plugins((
                crate::speech::plugin,
                crate::paint::plugin,
                plugin,
            ));
            app.update();
            let (before, built) = (texts(&mut app), root(&mut app));
            assert!(!before.is_empty(), "{place:?}");
            let _ = app.insert_resource(NewestView(view(arabic)));
            app.update();
            let language = Language::new(Tongue::Arabic);
            for (said, shown) in texts(&mut app) {
                assert_eq!(shown, language.say(&said.0), "{place:?}");
            }
            assert_ne!(texts(&mut app), before);
            assert_eq!(root(&mut app), built, "the screen was not built anew");
            let world = app.world_mut();
            assert!(world.query::<&Node>().iter(world).all(|node| node.direction == InlineDirection::Rtl));
            let mut fills = world.query::<(&Fill, &BackgroundColor)>();
            let painted = |(fill, ground): (&Fill, &BackgroundColor)| ground.0 == Theme::Light.color(fill.0);
            assert!(fills.iter(world).all(painted), "{place:?}");
            assert_eq!(world.resource::<RemSize>().0, theme::text_size(200).0);
            assert!(world.resource::<Preferences>().big_buttons);
        }
    }

    #[test]
    fn a_system_that_says_nothing_is_taken_for_a_dark_one() {
        let chosen = |theme: &'static str, system| {
            let pairs = [("language", "en"), ("theme", theme), ("text_size", "100"), ("big_buttons", "off")];
            colours(&settings(pairs), SystemTheme(system))
        };
        assert_eq!(chosen("system", None), Theme::Dark);
        assert_eq!(chosen("system", Some(WindowTheme::Light)), Theme::Light);
        assert_eq!(chosen("light", Some(WindowTheme::Dark)), Theme::Light);
        assert_eq!(chosen("dark", Some(WindowTheme::Light)), Theme::Dark);
    }
}
