//! Something to say, before it is known in which language.
//! Screens, toasts and call words make phrases; `language` turns them into text, and does so again when the language changes.
//! What people wrote or are called is said as it is; everything else is a key of `assets/languages`.

use std::fmt;

/// Something to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phrase {
    /// Nothing.
    #[default]
    Nothing,
    /// Names, texts and what else has no language.
    Verbatim(String),
    /// A message of the translations.
    Message {
        /// Its key.
        key: &'static str,
        /// What it needs to be said.
        with: Vec<(&'static str, Value)>,
    },
    /// Phrases beside each other.
    Joined {
        /// The phrases; empty ones are left out.
        parts: Vec<Phrase>,
        /// What stands between two of them; it has no language.
        between: &'static str,
    },
}

/// What a message is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A name, a text.
    Text(String),
    /// A number, which may decide the plural.
    Number(i64),
    /// Another phrase.
    Phrase(Phrase),
}

impl Phrase {
    /// Words that are the same in every language.
    #[must_use]
    pub fn verbatim(words: impl Into<String>) -> Self {
        Self::Verbatim(words.into())
    }

    /// Several phrases with `between` in the gaps.
    #[must_use]
    pub fn joined(parts: Vec<Self>, between: &'static str) -> Self {
        Self::Joined { parts, between }
    }

    /// Several phrases, each in a line of its own.
    #[must_use]
    pub fn lines(parts: Vec<Self>) -> Self {
        Self::joined(parts, "\n")
    }

    /// Whether nothing would be said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Verbatim(words) => words.is_empty(),
            Self::Message { .. } => false,
            Self::Joined { parts, .. } => parts.iter().all(Self::is_empty),
        }
    }
}

/// For logs and failed assertions: the key with what it is told. What people read is said by `Language::say`.
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Verbatim(words) => f.write_str(words),
            Self::Message { key, with } if with.is_empty() => f.write_str(key),
            Self::Message { key, with } => write!(f, "{key} {with:?}"),
            Self::Joined { parts, .. } => parts.iter().try_for_each(|part| write!(f, "[{part}]")),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Phrase> for Value {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(phrase)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Value {
            fn from(number: $number) -> Self {
                // Nobody reads a number that does not fit; the largest one says "very many" as well.
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64, usize, i32, i64);

/// A message of the translations: `say!("hang-up")`, `say!("calls-you", name = peer.name)`.
#[macro_export]
macro_rules! say {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::phrase::Phrase::Message {
            key: $key,
            with: vec![$((stringify!($name), $crate::phrase::Value::from($value))),*],
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_knows_whether_it_says_anything() {
        assert!(Phrase::Nothing.is_empty() && Phrase::verbatim("").is_empty());
        assert!(Phrase::joined(vec![Phrase::Nothing, Phrase::verbatim("")], " · ").is_empty());
        assert!(!Phrase::joined(vec![Phrase::Nothing, say!("call")], " · ").is_empty());
    }

    #[test]
    fn messages_carry_what_they_are_told() {
        let Phrase::Message { key, with } = say!("a-key", name = "Ada", count = 3_u32) else { panic!("a message") };
        assert_eq!(key, "a-key");
        assert_eq!(with, [("name", Value::Text("Ada".to_owned())), ("count", Value::Number(3))]);
    }
}
