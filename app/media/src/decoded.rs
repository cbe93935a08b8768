//! What a receiver's decoder holds: the one thing that a sender must know to choose the references of its next frame.
//! The assembler tells it, picture reports carry it, the reference plan believes it.
//! A frame is in it when it was decoded, not when it arrived; after a decoder failure it is empty again.

/// The newest frame that was decoded and which of the 32 before it were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Sequence number of the newest frame decoded; `None` when the decoder holds nothing.
    pub newest: Option<u32>,
    /// Bit `n`: the frame `newest - 1 - n` was decoded too.
    pub before: u32,
}

impl Decoded {
    /// Whether `sequence` was decoded; `None` when it is too old or too new to be told.
    #[must_use]
    pub fn tells(self, sequence: u32) -> Option<bool> {
        let back = self.newest?.checked_sub(sequence)?;
        match back {
            0 => Some(true),
            1..=32 => Some(self.before & (1 << (back - 1)) != 0),
            _ => None,
        }
    }

    /// Frame `sequence` was decoded, after all that were told before.
    pub fn add(&mut self, sequence: u32) {
        self.before = match self.newest {
            Some(newest) => match sequence.saturating_sub(newest) {
                step @ 1..=31 => (self.before << step) | (1 << (step - 1)),
                32 => 1 << 31,
                _ => 0,
            },
            None => 0,
        };
        self.newest = Some(sequence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_33_frames_are_told() {
        let mut decoded = Decoded::default();
        assert_eq!(decoded.tells(0), None);
        for sequence in [0, 1, 3, 35] {
            decoded.add(sequence);
        }
        assert_eq!((decoded.newest, decoded.before), (Some(35), 1 << 31));
        assert_eq!(
            [2, 3, 4, 34, 35, 36].map(|n| decoded.tells(n)),
            [None, Some(true), Some(false), Some(false), Some(true), None]
        );
        decoded.add(36);
        assert_eq!((decoded.tells(35), decoded.tells(3)), (Some(true), None));
        decoded.add(u32::MAX);
        assert_eq!(decoded, Decoded { newest: Some(u32::MAX), before: 0 });
    }
}
