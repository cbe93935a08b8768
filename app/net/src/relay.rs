//! Which relay carries packets where no direct path exists.
//! Read from the command line and the settings, handed to both kinds of endpoints.
//! `None` also switches off every internet lookup: such a phone is found by its direct addresses only.

use std::fmt;
use std::str::FromStr;

use iroh::RelayUrl;

use crate::NetError;

/// The relay, and with it the lookup services, that endpoints use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RelayChoice {
    /// The public relays and lookup servers that iroh ships.
    #[default]
    Default,
    /// No relay and no lookup (DNS, pkarr).
    None,
    /// One relay of the user's own; no public lookup server is asked or told.
    Url(String),
}

impl RelayChoice {
    /// The relays that are known before any endpoint is bound: those a contact link can name.
    #[must_use]
    pub fn known_urls(&self) -> Vec<String> {
        match self {
            Self::Default | Self::None => Vec::new(),
            Self::Url(url) => vec![url.clone()],
        }
    }
}

impl FromStr for RelayChoice {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, NetError> {
        match text {
            "default" => Ok(Self::Default),
            "none" => Ok(Self::None),
            url => parse_relay(url).map(|url| Self::Url(url.to_string())),
        }
    }
}

impl fmt::Display for RelayChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::None => f.write_str("none"),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// Reads a relay URL; only `http` and `https` lead to a relay.
pub(crate) fn parse_relay(text: &str) -> Result<RelayUrl, NetError> {
    let refuse = |reason: String| NetError::Relay { url: text.to_owned(), reason };
    let url: RelayUrl = text.parse().map_err(|error| refuse(format!("{error}")))?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(refuse("it is no http or https URL".into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_print_and_read_back() {
        for text in ["default", "none", "https://relay.example.org/"] {
            assert_eq!(text.parse::<RelayChoice>().expect("a choice").to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        for text in ["", "nowhere", "file:///tmp/x"] {
            let error = text.parse::<RelayChoice>().expect_err("not a relay").to_string();
            assert!(error.contains("default, none or"), "{error}");
        }
    }
}
