//! A fingerprint of all that happened: two runs of one seed must have the same.
//! The world writes inputs and outputs into it; the explorer makes the fingerprint of a state the same way.
//! Not cryptographic: 128 bits from two different mixtures are enough to tell states apart.

use std::fmt::{self, Write};

use crate::chance::mix;

/// Eats text and numbers, keeps 128 bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    low: u64,
    high: u64,
}

impl Trace {
    pub(crate) const fn number(&mut self, number: u64) {
        self.low = mix(self.low, number);
        self.high = mix(self.high ^ number, 0x5851_f42d_4c95_7f2d);
    }

    pub(crate) fn debug(&mut self, what: &impl fmt::Debug) {
        write!(self, "{what:?}").expect("hashing cannot fail");
    }

    pub(crate) const fn sum(&self) -> u128 {
        (self.high as u128) << 64 | self.low as u128
    }
}

impl Write for Trace {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for chunk in text.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            self.number(u64::from_le_bytes(bytes));
        }
        Ok(())
    }
}
