//! Any bytes as a series of decisions, for machines that take more than one input.
//! The checks of state machines read their steps from it.
//! When the tape is at its end every reading is `None`, and the story is over.

/// What is left of the bytes.
#[derive(Debug)]
pub struct Tape<'a>(pub &'a [u8]);

impl Tape<'_> {
    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    /// A choice among `sides`, at least one and at most 256.
    pub fn roll(&mut self, sides: u8) -> Option<u8> {
        self.byte().map(|byte| byte % sides)
    }

    /// Yes or no.
    pub fn coin(&mut self) -> Option<bool> {
        self.byte().map(|byte| byte & 1 == 1)
    }

    /// A number of 16 bits.
    pub fn word(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }
}
