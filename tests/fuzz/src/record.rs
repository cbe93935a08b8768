//! Records of the call history: what a sealed value of the database may hold after an update, a bug or a bad disk.
//! The bytes are sealed as they are and opened as the store opens them: `[1 version][postcard]`.
//! What is accepted seals and opens again to the same.

use ahoy_call::CallRecord;
use serde::ser::{Serialize, SerializeTuple, Serializer};

use crate::seal::Sealer;

/// Bytes that stand in the record as they are.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|byte| tuple.serialize_element(byte))?;
        tuple.end()
    }
}

/// Whether `data` is the content of a sealed record.
pub fn check(data: &[u8]) -> bool {
    let sealer = Sealer::new(&[7; 32]);
    let Some((&version, record)) = data.split_first() else { return false };
    let sealed = sealer.seal_versioned("call_history", b"key", version, &Raw(record));
    assert!(sealer.open::<CallRecord>("call_history", b"other key", &sealed).is_err());
    let Ok(record) = sealer.open::<CallRecord>("call_history", b"key", &sealed) else { return false };
    let again = sealer.seal("call_history", b"key", &record);
    assert_eq!(sealer.open("call_history", b"key", &again), Ok(record));
    true
}
