//! A way to send the voice: frame length, bit rate, copies and in-band repair, and what it costs on the wire.
//! The choice of protection makes it, the encoder and the datagrams follow it.
//! The cost counts everything that the link has to carry for the voice of one direction.

use std::time::Duration;

use crate::audio::FULL_HEADER_BYTES;
use crate::units::{FrameLength, Kbps};
use crate::voice_rate::PACKET_BYTES;

/// Most copies of a frame.
pub const MOST_COPIES: usize = 3;

/// The lowest bit rate that Opus speaks at.
pub(crate) const LEAST_KBPS: u32 = 6;

/// The highest one that it knows (RFC 6716 §2.1.1).
const MOST_KBPS: u32 = 510;

/// Feedback of the other direction, most of it inside sound: 34 bytes ten times a second.
const FEEDBACK_KBPS: u32 = 3;

/// Opus bytes that one datagram may hold with the least packet that QUIC allows (1,200 bytes).
const MOST_SOUND_BYTES: usize = 1_050;

/// In which later datagrams copies of a frame ride: spacings in frames, growing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    spacings: [u8; MOST_COPIES],
    number: u8,
}

impl Copies {
    /// No copies.
    pub const NONE: Self = Self { spacings: [0; MOST_COPIES], number: 0 };

    /// Copies at these spacings; `None` when there are more than [`MOST_COPIES`], or they do not grow from at least 1.
    #[must_use]
    pub fn new(spacings: &[u8]) -> Option<Self> {
        let grow = spacings.first() != Some(&0) && spacings.is_sorted_by(|near, far| near < far);
        let mut copies = Self { number: u8::try_from(spacings.len()).ok()?, ..Self::NONE };
        copies.spacings.get_mut(..spacings.len())?.copy_from_slice(spacings);
        grow.then_some(copies)
    }

    /// The spacings in frames, the nearest first.
    #[must_use]
    pub fn spacings(&self) -> &[u8] {
        &self.spacings[..usize::from(self.number)]
    }

    /// How many copies.
    #[must_use]
    pub fn number(&self) -> usize {
        usize::from(self.number)
    }

    /// The farthest spacing in frames; 0 without copies.
    #[must_use]
    pub fn reach(&self) -> u8 {
        self.spacings().last().copied().unwrap_or(0)
    }
}

/// How to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Sound in a packet.
    pub frame: FrameLength,
    /// Bit rate of the encoder.
    pub kbps: Kbps,
    /// Copies in later datagrams.
    pub copies: Copies,
    /// In-band FEC.
    pub fec: bool,
    /// What the encoder is told to expect, percent; 0 unless `fec` or `dred` needs it.
    pub expected_loss: u8,
    /// How far back DRED reaches; zero without.
    pub dred: Duration,
    /// Frames found missing are sent again.
    pub resend: bool,
}

impl Plan {
    /// What it costs on the wire, headers and feedback included, without what is sent again.
    #[must_use]
    pub fn wire(&self) -> Kbps {
        let sound = self.sound_bytes();
        let place = if sound < 252 { 2 } else { 3 };
        let bytes = PACKET_BYTES + FULL_HEADER_BYTES + sound + self.copies.number() * (place + sound);
        // Bits a millisecond are kbit/s.
        let bits = u32::try_from(8 * bytes).unwrap_or(u32::MAX);
        Kbps(bits.div_ceil(self.frame.ms()) + FEEDBACK_KBPS)
    }

    /// Whether every datagram holds the copies planned for it.
    pub(crate) fn fits_a_datagram(&self) -> bool {
        self.sound_bytes() * (1 + self.copies.number()) <= MOST_SOUND_BYTES
    }

    /// The same with the highest bit rate, from its own to `most`, at which it costs no more than `budget`: in steps of
    /// two, and `most`.
    pub(crate) fn within(self, budget: Kbps, most: Kbps) -> Option<Self> {
        let least = self.kbps.0.clamp(LEAST_KBPS, MOST_KBPS);
        let most = most.0.clamp(least, MOST_KBPS);
        let at = |step: u32| Self { kbps: Kbps((least + 2 * step).min(most)), ..self };
        let fits = |plan: &Self| plan.wire() <= budget && plan.fits_a_datagram();
        let (mut low, mut high) = (0, (most - least).div_ceil(2));
        while low < high {
            let middle = (low + high).div_ceil(2);
            (low, high) = if fits(&at(middle)) { (middle, high) } else { (low, middle - 1) };
        }
        Some(at(low)).filter(fits)
    }

    /// Opus bytes of a frame.
    fn sound_bytes(&self) -> usize {
        (self.kbps.0 as usize).saturating_mul(self.frame.ms() as usize).div_ceil(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(frame: FrameLength, kbps: u32, spacings: &[u8]) -> Plan {
        let copies = Copies::new(spacings).expect("growing spacings");
        Plan { frame, kbps: Kbps(kbps), copies, fec: false, expected_loss: 0, dred: Duration::ZERO, resend: false }
    }

    #[test]
    fn copies_have_growing_spacings_and_are_few() {
        assert_eq!(Copies::new(&[1, 2, 5]).map(|copies| copies.spacings().to_vec()), Some(vec![1, 2, 5]));
        assert_eq!(Copies::new(&[]), Some(Copies::NONE));
        for wrong in [&[0][..], &[2, 2], &[3, 1], &[1, 2, 3, 4]] {
            assert_eq!(Copies::new(wrong), None, "{wrong:?}");
        }
        assert_eq!((Copies::NONE.reach(), Copies::new(&[3, 6]).expect("growing").reach()), (0, 6));
    }

    #[test]
    fn the_wire_carries_headers_copies_and_feedback() {
        // 65 bytes of headers and 80 of sound every 20 ms.
        assert_eq!(plan(FrameLength::Ms20, 32, &[]).wire(), Kbps(58 + 3));
        // Two times 2 + 80 bytes more.
        assert_eq!(plan(FrameLength::Ms20, 32, &[1, 2]).wire(), Kbps(124 + 3));
        assert_eq!(plan(FrameLength::Ms60, 10, &[]).wire(), Kbps(19 + 3));
        assert_eq!(plan(FrameLength::Ms60, 6, &[]).wire(), Kbps(15 + 3));
    }

    #[test]
    fn the_highest_rate_within_the_budget_is_found() {
        let within =
            |budget, most| plan(FrameLength::Ms20, 6, &[1]).within(Kbps(budget), Kbps(most)).map(|plan| plan.kbps);
        assert_eq!(within(1_000, 32), Some(Kbps(32)));
        assert_eq!(within(1_000, 33), Some(Kbps(33)));
        assert_eq!(within(80, 33), Some(Kbps(24)));
        assert_eq!(within(42, 33), Some(Kbps(6)));
        assert_eq!(within(41, 33), None);
        let from_16 = |budget| plan(FrameLength::Ms20, 16, &[]).within(Kbps(budget), Kbps(32)).map(|plan| plan.kbps);
        assert_eq!((from_16(50), from_16(45), from_16(44)), (Some(Kbps(20)), Some(Kbps(16)), None));
        let large = plan(FrameLength::Ms60, 6, &[1, 2, 3]).within(Kbps(1_000), Kbps(64)).expect("a lower rate fits");
        assert!(large.fits_a_datagram() && large.kbps < Kbps(64));
    }
}
