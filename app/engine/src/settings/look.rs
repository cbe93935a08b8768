//! How the window looks and reads, as its settings say.
//! The window asks after every new view; the phone itself needs none of it.
//! `System` leaves the choice to the system the window stands on.

use std::ops::RangeInclusive;

use super::Settings;

/// Sizes of the text in percent: below, nobody reads it; above, WCAG 2.2 (1.4.4) asks for no more.
pub const TEXT_PERCENT: RangeInclusive<u16> = 80..=200;

/// The language of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// The system's, where there is a translation.
    #[default]
    System,
    /// English.
    English,
    /// German.
    German,
    /// Arabic, written from right to left.
    Arabic,
}

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the system's.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How a picture is shown in a place of another shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Whole, with bars beside it.
    #[default]
    Fit,
    /// Without bars, and without its edges.
    Fill,
}

impl Settings {
    /// The language of the window.
    #[must_use]
    pub fn language(&self) -> Language {
        match self.get("language") {
            "en" => Language::English,
            "de" => Language::German,
            "ar" => Language::Arabic,
            _ => Language::System,
        }
    }

    /// The colours of the window.
    #[must_use]
    pub fn theme(&self) -> Theme {
        match self.get("theme") {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// Size of the text in percent, within [`TEXT_PERCENT`].
    #[must_use]
    pub fn text_percent(&self) -> u16 {
        self.get("text_size").parse().expect("checked when it was set")
    }

    /// Whether nothing shall move that can stand still; `None`: as the system says.
    #[must_use]
    pub fn reduced_motion(&self) -> Option<bool> {
        match self.get("reduced_motion") {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        }
    }

    /// Whether buttons are few and large.
    #[must_use]
    pub fn big_buttons(&self) -> bool {
        self.get("big_buttons") == "on"
    }

    /// How the other side's picture is shown.
    #[must_use]
    pub fn fit(&self) -> Fit {
        if self.get("fit") == "fill" { Fit::Fill } else { Fit::Fit }
    }

    /// Whether the window has shown its first steps.
    #[must_use]
    pub fn first_run_done(&self) -> bool {
        self.get("first_run") == "done"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_a_setting_takes_is_read_as_what_it_says() {
        let with = |key: &str, value: &str| {
            Settings::effective(&[(key.to_owned(), value.to_owned())].into(), &[]).expect("a setting")
        };
        let languages = [
            ("system", Language::System),
            ("en", Language::English),
            ("de", Language::German),
            ("ar", Language::Arabic),
        ];
        for (word, language) in languages {
            assert_eq!(with("language", word).language(), language);
        }
        for (word, theme) in [("system", Theme::System), ("light", Theme::Light), ("dark", Theme::Dark)] {
            assert_eq!(with("theme", word).theme(), theme);
        }
        for (word, motion) in [("system", None), ("on", Some(true)), ("off", Some(false))] {
            assert_eq!(with("reduced_motion", word).reduced_motion(), motion);
        }
        assert_eq!((with("text_size", "80").text_percent(), with("text_size", "200").text_percent()), (80, 200));
        assert_eq!((with("fit", "fit").fit(), with("fit", "fill").fit()), (Fit::Fit, Fit::Fill));
        assert!(with("big_buttons", "on").big_buttons() && with("first_run", "done").first_run_done());
        let fresh = Settings::default();
        assert_eq!((fresh.language(), fresh.theme(), fresh.text_percent()), (Language::System, Theme::System, 100));
        assert!(!fresh.big_buttons() && !fresh.first_run_done() && fresh.reduced_motion().is_none());
    }
}
