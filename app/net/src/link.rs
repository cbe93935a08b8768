//! The contact link: one line of text (or a QR code) that says who somebody is and how to reach them.
//! Written by `id` and the window, read by `add` and `call`; both need no network.
//! Signed by the identity key it names, so no part of it can be changed on the way.

use std::net::SocketAddr;
use std::str::FromStr;

use ahoy_call::{PeerAddr, PeerId};
use data_encoding::{BASE32_NOPAD, DecodeError};
use iroh::{PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

/// Characters of a link: what a QR code that a phone can read from a screen holds, with room.
pub const MAX_LINK_BYTES: usize = 1024;

/// Bytes of the name inside a link.
pub const MAX_LINK_NAME_BYTES: usize = 64;

/// The version that this phone writes and reads.
const VERSION: u8 = 1;

/// How every link begins; read in either case, because QR codes are smallest in capitals.
const SCHEME: &str = "ahoy:";

/// Separates this signature from every other one of the same key.
const CONTEXT: &[u8] = b"ahoy contact link";

/// Who somebody is and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactLink {
    /// The identity key.
    pub id: PeerId,
    /// Relay URLs.
    pub relays: Vec<String>,
    /// Direct addresses, the best first.
    pub direct: Vec<SocketAddr>,
    /// The name that its owner chose; may be empty.
    pub name: String,
}

/// The wire form after the version byte and before the signature.
#[derive(Serialize, Deserialize)]
struct Body {
    id: PeerId,
    relays: Vec<String>,
    direct: Vec<SocketAddr>,
    name: String,
}

/// Why a text is not a usable contact link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It does not begin like one.
    #[error("this is not a contact link: one begins with `ahoy:`; ask for the link that `ahoy id` shows")]
    NotALink,
    /// It was cut or altered on the way.
    #[error("this contact link is damaged: {reason}; copy it again, whole and unchanged")]
    Damaged {
        /// What does not fit.
        reason: String,
    },
    /// It was made by a newer Ahoy.
    #[error("this contact link has version {version}, this Ahoy reads version {VERSION}; update Ahoy")]
    Version {
        /// The version found.
        version: u8,
    },
    /// Its content and its signature do not belong together.
    #[error(
        "this contact link is damaged or forged: its signature does not fit its content; copy it again, or ask its owner for a new one"
    )]
    BadSignature,
    /// It is longer than any link may be.
    #[error(
        "this contact link has {bytes} characters, at most {MAX_LINK_BYTES} are allowed; use a shorter name or relay address"
    )]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

impl ContactLink {
    /// A link for this address and name.
    #[must_use]
    pub fn new(addr: PeerAddr, name: &str) -> Self {
        Self { id: addr.id, relays: addr.relays, direct: addr.direct, name: name.to_owned() }
    }

    /// The address that the link tells.
    #[must_use]
    pub fn addr(&self) -> PeerAddr {
        PeerAddr { id: self.id, relays: self.relays.clone(), direct: self.direct.clone() }
    }

    /// The text of the link, signed with the owner's secret key. Upper-case it for a QR code.
    ///
    /// Direct addresses that do not fit are left out, the last ones first; the id written is that of `secret`.
    ///
    /// # Errors
    /// [`LinkError::TooLong`] when the name is longer than [`MAX_LINK_NAME_BYTES`] or the relays do not fit.
    pub fn encode(&self, secret: &[u8; 32]) -> Result<String, LinkError> {
        let secret = SecretKey::from_bytes(secret);
        if self.name.len() > MAX_LINK_NAME_BYTES {
            return Err(LinkError::TooLong { bytes: MAX_LINK_BYTES + self.name.len() - MAX_LINK_NAME_BYTES });
        }
        let PeerAddr { relays, direct, .. } = self.addr().capped();
        let mut body = Body { id: PeerId(*secret.public().as_bytes()), relays, direct, name: self.name.clone() };
        loop {
            let text = write(&body, &secret);
            if text.len() <= MAX_LINK_BYTES {
                return Ok(text);
            }
            if body.direct.pop().is_none() {
                return Err(LinkError::TooLong { bytes: text.len() });
            }
        }
    }
}

fn write(body: &Body, secret: &SecretKey) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(postcard::to_stdvec(body).expect("plain values always encode"));
    let signature = secret.sign(&[CONTEXT, &bytes].concat());
    bytes.extend(signature.to_bytes());
    format!("{SCHEME}{}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
}

/// Reads a link in either case; white space that a mail program put in is ignored.
impl FromStr for ContactLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let text: String = text.split_whitespace().collect();
        let (scheme, encoded) = text.split_at_checked(SCHEME.len()).ok_or(LinkError::NotALink)?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(LinkError::NotALink);
        }
        if text.len() > MAX_LINK_BYTES {
            return Err(LinkError::TooLong { bytes: text.len() });
        }
        let bytes = BASE32_NOPAD.decode(encoded.to_ascii_uppercase().as_bytes()).map_err(|error: DecodeError| {
            damaged(&format!("character {} does not belong there", error.position + 1))
        })?;
        read(&bytes)
    }
}

fn read(bytes: &[u8]) -> Result<ContactLink, LinkError> {
    let version = *bytes.first().ok_or_else(|| damaged("it is empty"))?;
    if version != VERSION {
        return Err(LinkError::Version { version });
    }
    let (signed, signature) =
        bytes.split_last_chunk::<{ Signature::LENGTH }>().ok_or_else(|| damaged("its end is missing"))?;
    let fields = signed.get(1..).ok_or_else(|| damaged("its end is missing"))?;
    let body: Body = postcard::from_bytes(fields).map_err(|_| LinkError::BadSignature)?;
    let key = PublicKey::from_bytes(body.id.as_bytes()).map_err(|_| LinkError::BadSignature)?;
    key.verify(&[CONTEXT, signed].concat(), &Signature::from_bytes(signature)).map_err(|_| LinkError::BadSignature)?;
    let Body { id, relays, direct, name } = body;
    let link = ContactLink { id, relays, direct, name };
    if link.name.len() > MAX_LINK_NAME_BYTES || !link.addr().within_caps() {
        return Err(damaged("it holds more than a link may"));
    }
    Ok(link)
}

fn damaged(reason: &str) -> LinkError {
    LinkError::Damaged { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] = [42; 32];

    fn link() -> ContactLink {
        ContactLink {
            id: crate::peer_id(&SECRET),
            relays: vec!["https://relay.example.org/".into()],
            direct: vec![([127, 0, 0, 1], 4000).into(), "[2001:db8::1]:4000".parse().expect("an address")],
            name: "Änne Käpt'n".into(),
        }
    }

    fn encoded(version: u8, body: &[u8]) -> String {
        let mut bytes = [&[version], body].concat();
        bytes.extend(SecretKey::from_bytes(&SECRET).sign(&[CONTEXT, &bytes].concat()).to_bytes());
        format!("ahoy:{}", BASE32_NOPAD.encode(&bytes))
    }

    #[test]
    fn a_link_reads_back_in_any_case_and_wrapped() {
        let text = link().encode(&SECRET).expect("it fits");
        assert!(text.starts_with("ahoy:ae") && text.bytes().all(|byte| !byte.is_ascii_uppercase()));
        assert_eq!(text.parse(), Ok(link()));
        assert_eq!(text.to_uppercase().parse(), Ok(link()));
        let (head, tail) = text.split_at(60);
        assert_eq!(format!(" {head}\r\n  {tail}\n").parse(), Ok(link()));
    }

    #[test]
    fn other_texts_are_no_links() {
        for text in ["", "ahoy", "mailto:x", "https://example.org", "äöüäöü"] {
            assert_eq!(text.parse::<ContactLink>(), Err(LinkError::NotALink), "{text}");
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let text = link().encode(&SECRET).expect("it fits");
        for position in SCHEME.len()..text.len() {
            let old = &text[position..=position];
            let new = if old == "a" { "b" } else { "a" };
            let changed = format!("{}{new}{}", &text[..position], &text[position + 1..]);
            assert!(changed.parse::<ContactLink>().is_err(), "character {position}");
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        let text = link().encode(&SECRET).expect("it fits");
        for end in SCHEME.len()..text.len() {
            assert!(text[..end].parse::<ContactLink>().is_err(), "cut at {end}");
        }
        assert_eq!("ahoy:".parse::<ContactLink>(), Err(damaged("it is empty")));
        assert_eq!("ahoy:a?".parse::<ContactLink>(), Err(damaged("character 2 does not belong there")));
    }

    #[test]
    fn another_key_cannot_sign_for_this_one() {
        let forged = SecretKey::from_bytes(&[1; 32]);
        let Body { id, relays, direct, name } =
            Body { id: link().id, relays: vec![], direct: vec![], name: "Mallory".into() };
        let text = write(&Body { id, relays, direct, name }, &forged);
        assert_eq!(text.parse::<ContactLink>(), Err(LinkError::BadSignature));
    }

    #[test]
    fn a_later_version_is_named() {
        assert_eq!(encoded(9, b"whatever").parse::<ContactLink>(), Err(LinkError::Version { version: 9 }));
    }

    #[test]
    fn the_caps_hold_both_ways() {
        let long = format!("ahoy:{}", "a".repeat(MAX_LINK_BYTES));
        assert_eq!(long.parse::<ContactLink>(), Err(LinkError::TooLong { bytes: MAX_LINK_BYTES + 5 }));
        let wordy = ContactLink { name: "n".repeat(MAX_LINK_NAME_BYTES + 1), ..link() };
        assert!(matches!(wordy.encode(&SECRET), Err(LinkError::TooLong { .. })));
        let many: Vec<SocketAddr> = (0..100).map(|port| ([10, 0, 0, 1], 40_000 + port).into()).collect();
        let text = ContactLink { direct: many.clone(), ..link() }.encode(&SECRET).expect("addresses give way");
        let read: ContactLink = text.parse().expect("a link");
        assert!(text.len() <= MAX_LINK_BYTES && !read.direct.is_empty() && many.starts_with(&read.direct));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_link_or_a_typed_error(text in "(ahoy:)?[a-z2-7 ]{0,200}|.{0,80}") {
            let _ = text.parse::<ContactLink>().is_ok();
        }

        #[test]
        fn any_signed_body_is_a_link_or_a_typed_error(body: Vec<u8>) {
            let _ = encoded(VERSION, &body).parse::<ContactLink>().is_ok();
        }
    }
}
