//! Contact links: text that anybody can send, paste or show to the camera.
//! Bytes that begin like a link are read as its text; others are taken as what its owner signed, and signed here.
//! What is accepted is within its caps and reads back from its own encoding.

use ahoy_call::PeerId;
use data_encoding::BASE32_NOPAD;
use iroh::SecretKey;

use crate::ContactLink;

/// The owner of what is signed here.
pub const SECRET: [u8; 32] = [42; 32];

/// The identity that belongs to [`SECRET`].
#[must_use]
pub fn owner() -> PeerId {
    PeerId(*SecretKey::from_bytes(&SECRET).public().as_bytes())
}

/// Whether `data` is a contact link or the content of one.
pub fn check(data: &[u8]) -> bool {
    if data.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"ahoy:")) {
        return str::from_utf8(data).is_ok_and(|text| text.parse::<ContactLink>().is_ok());
    }
    let signature = SecretKey::from_bytes(&SECRET).sign(&[b"ahoy contact link", data].concat());
    let text = format!("ahoy:{}", BASE32_NOPAD.encode(&[data, &signature.to_bytes()].concat()));
    let Ok(link) = text.parse::<ContactLink>() else { return false };
    assert!(link.addr().within_caps());
    assert_eq!(link.id, owner(), "signed by another");
    let again = link.encode(&SECRET).expect("what was read fits");
    assert!(again.len() <= text.len());
    assert_eq!(again.parse(), Ok(link));
    true
}
