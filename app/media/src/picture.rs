//! One picture as three planes, and what is known about it on either side of the codec.
//! Cameras make them, the VP9 codec takes and gives them, the window draws them.
//! The planes are tight (stride = width) and always as long as the size says.

use std::sync::Arc;

use crate::units::{LocalTime, MediaTime, Size};

/// An 8-bit 4:2:0 picture: full-size luma, chroma halved (rounded up) both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    size: Size,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

impl Picture {
    /// A picture from its planes; `None` when a plane's length does not fit `size`.
    #[must_use]
    pub fn from_planes(size: Size, y: Vec<u8>, u: Vec<u8>, v: Vec<u8>) -> Option<Self> {
        let fits = y.len() == size.luma_len() && u.len() == size.chroma_len() && v.len() == size.chroma_len();
        fits.then_some(Self { size, y, u, v })
    }

    /// A black picture (limited range).
    #[must_use]
    pub fn black(size: Size) -> Self {
        Self { size, y: vec![16; size.luma_len()], u: vec![128; size.chroma_len()], v: vec![128; size.chroma_len()] }
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The luma plane, `size().luma_len()` bytes.
    #[must_use]
    pub fn y(&self) -> &[u8] {
        &self.y
    }

    /// The first chroma plane, `size().chroma_len()` bytes.
    #[must_use]
    pub fn u(&self) -> &[u8] {
        &self.u
    }

    /// The second chroma plane, `size().chroma_len()` bytes.
    #[must_use]
    pub fn v(&self) -> &[u8] {
        &self.v
    }

    /// All three planes for writing.
    pub fn planes_mut(&mut self) -> (&mut [u8], &mut [u8], &mut [u8]) {
        (&mut self.y, &mut self.u, &mut self.v)
    }
}

/// A picture as it came from a camera.
#[derive(Clone, Debug)]
pub struct CapturedPicture {
    /// The planes.
    pub picture: Arc<Picture>,
    /// When it was captured.
    pub at: LocalTime,
    /// Counts every picture of this camera from 0, also those that nobody took.
    pub index: u64,
}

/// A picture as it came out of the decoder.
#[derive(Clone, Debug)]
pub struct DecodedPicture {
    /// The planes.
    pub picture: Arc<Picture>,
    /// When the peer captured it.
    pub at: MediaTime,
    /// The peer's frame number.
    pub sequence: u32,
}
