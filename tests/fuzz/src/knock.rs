//! Pairing knocks: what a phone that nobody knows may say while a person pairs.
//! The engine reads them from strangers, before anything is trusted.
//! What is accepted is printable, within its cap, and encodes to the same bytes.

use ahoy_mail::knock;

/// Whether `data` is a knock.
pub fn check(data: &[u8]) -> bool {
    let Some(read) = knock::decode(data) else { return false };
    assert!(knock::is_knock(data));
    assert!(read.link.len() <= knock::MAX_KNOCK_LINK_BYTES);
    assert!(read.link.bytes().all(|byte| byte.is_ascii_graphic()), "it could write to a terminal");
    assert_eq!(knock::encode(&read.link).as_deref(), Some(data));
    true
}
