//! Call signals: the records that two phones exchange about a call.
//! The engine decodes them when the ratchet has opened the message they came in.
//! What is accepted is within its caps and reads back from its own encoding, which is never longer.

use ahoy_call::wire;

/// Whether `data` is a signal, as it stands or with the length that fits it.
pub fn check(data: &[u8]) -> bool {
    let mut fitted = data.to_vec();
    if let Some(length) = data.len().checked_sub(2).and_then(|length| u16::try_from(length).ok()) {
        // Without it almost everything made up would end at its first two bytes.
        fitted[..2].copy_from_slice(&length.to_be_bytes());
    }
    let whole = accepted(data);
    accepted(&fitted) || whole
}

fn accepted(data: &[u8]) -> bool {
    let Ok(signal) = wire::decode(data) else { return false };
    assert!(signal.within_caps());
    assert!(data.len() <= wire::MAX_SIGNAL_BYTES);
    let bytes = wire::encode(&signal).expect("what was read can be written");
    // Numbers can be written longer than they need to be; we never do.
    assert!(bytes.len() <= data.len());
    assert_eq!(wire::decode(&bytes), Ok(signal));
    true
}
