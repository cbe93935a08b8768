//! The bits of a VP9 header, highest first, read and written.
//! The gate reads with it; the encoder writes a header anew with it.
//! Nothing is read beyond the end.

use crate::error::FrameFault;

/// Reads bits.
pub struct Bits<'a> {
    bytes: &'a [u8],
    /// The next bit, counted from the start.
    pub at: usize,
}

impl<'a> Bits<'a> {
    /// From the first bit.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// From bit `at`.
    pub fn from(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The next `count` bits, at most 32.
    ///
    /// # Errors
    /// [`FrameFault::Cut`] beyond the end.
    pub fn take(&mut self, count: usize) -> Result<u32, FrameFault> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8).ok_or(FrameFault::Cut)?;
            value = (value << 1) | u32::from((byte >> (7 - self.at % 8)) & 1);
            self.at += 1;
        }
        Ok(value)
    }

    /// The next bit.
    ///
    /// # Errors
    /// [`FrameFault::Cut`] at the end.
    pub fn flag(&mut self) -> Result<bool, FrameFault> {
        Ok(self.take(1)? == 1)
    }
}

/// Writes bits; the last byte is filled up with zeros.
#[derive(Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    at: usize,
}

impl BitWriter {
    /// The lowest `count` bits of `value`.
    pub fn put(&mut self, value: u32, count: usize) {
        for n in (0..count).rev() {
            if self.at.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(byte) = self.bytes.last_mut() {
                *byte |= ((value >> n & 1) as u8) << (7 - self.at % 8);
            }
            self.at += 1;
        }
    }

    /// Everything written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
