//! The language of the window: turns phrases into text, from the Fluent files in `assets/languages`.
//! `speech` asks it for every text on the screen; the command line speaks its English.
//! A key that a language lacks is said in English; the tests keep every language complete.

use std::borrow::Cow;

use bevy::prelude::*;
use bevy::ui::InlineDirection;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::phrase::{Phrase, Value};

/// A language that the window speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Arabic; it is written from right to left.
    Arabic,
}

/// The parts of the translations: a file each, by what they are about.
macro_rules! files {
    ($tag:literal) => {
        [
            include_str!(concat!("../../assets/languages/", $tag, "/call.ftl")),
            include_str!(concat!("../../assets/languages/", $tag, "/people.ftl")),
            include_str!(concat!("../../assets/languages/", $tag, "/phone.ftl")),
        ]
    };
}

impl Tongue {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Arabic];

    /// The BCP 47 tag, which is also the name of the folder.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Arabic => "ar",
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Arabic => "العربية",
        }
    }

    /// How its lines run.
    #[must_use]
    pub const fn direction(self) -> InlineDirection {
        match self {
            Self::English | Self::German => InlineDirection::Ltr,
            Self::Arabic => InlineDirection::Rtl,
        }
    }

    /// The language of a tag such as `de-AT`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|tongue| tongue.tag().eq_ignore_ascii_case(primary))
    }

    /// What the system prefers among those that the window speaks.
    #[must_use]
    pub fn of_system() -> Self {
        sys_locale::get_locales().find_map(|tag| Self::of_tag(&tag)).unwrap_or_default()
    }

    pub(crate) const fn files(self) -> [&'static str; 3] {
        match self {
            Self::English => files!("en"),
            Self::German => files!("de"),
            Self::Arabic => files!("ar"),
        }
    }

    fn bundle(self) -> FluentBundle<FluentResource> {
        let tag: LanguageIdentifier = self.tag().parse().expect("the tags are language identifiers");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks around names keep a name of the other direction from turning the sentence round.
        bundle.set_use_isolating(self.direction() == InlineDirection::Rtl);
        for file in self.files() {
            let resource = FluentResource::try_new(file.to_owned()).expect("the translations are tested to be whole");
            bundle.add_resource(resource).expect("the translations are tested to have every key once");
        }
        bundle
    }
}

/// The language that the window speaks now.
#[derive(Resource)]
pub struct Language {
    tongue: Tongue,
    own: FluentBundle<FluentResource>,
    english: Option<FluentBundle<FluentResource>>,
}

impl Default for Language {
    fn default() -> Self {
        Self::new(Tongue::English)
    }
}

impl Language {
    /// Speaks this language.
    #[must_use]
    pub fn new(tongue: Tongue) -> Self {
        let english = (tongue != Tongue::English).then(|| Tongue::English.bundle());
        Self { tongue, own: tongue.bundle(), english }
    }

    /// Which one it is.
    #[must_use]
    pub fn tongue(&self) -> Tongue {
        self.tongue
    }

    /// A phrase as text.
    #[must_use]
    pub fn say(&self, phrase: &Phrase) -> String {
        match phrase {
            Phrase::Nothing => String::new(),
            Phrase::Verbatim(words) => words.clone(),
            Phrase::Message { key, with } => self.message(key, with),
            Phrase::Joined { parts, between } => {
                let said: Vec<String> =
                    parts.iter().map(|part| self.say(part)).filter(|part| !part.is_empty()).collect();
                said.join(between)
            }
        }
    }

    fn message(&self, key: &str, with: &[(&'static str, Value)]) -> String {
        let found = |bundle: &FluentBundle<FluentResource>| {
            let pattern = bundle.get_message(key)?.value()?;
            let mut args = FluentArgs::new();
            for (name, value) in with {
                args.set(*name, self.value(value));
            }
            // What is wrong with a message is found by the tests; here the rest of it is still better than nothing.
            let mut wrong = Vec::new();
            Some(bundle.format_pattern(pattern, Some(&args), &mut wrong).into_owned())
        };
        found(&self.own).or_else(|| self.english.as_ref().and_then(found)).unwrap_or_else(|| key.to_owned())
    }

    fn value(&self, value: &Value) -> FluentValue<'static> {
        match value {
            Value::Text(text) => FluentValue::String(Cow::Owned(text.clone())),
            Value::Number(number) => FluentValue::from(*number),
            Value::Phrase(phrase) => FluentValue::String(Cow::Owned(self.say(phrase))),
        }
    }
}

#[cfg(test)]
mod tests;
