//! Which ticks of a stream were heard in packets of their own: exact counts, and the bitmap that feedback carries.
//! The jitter buffer asks it about every packet before anything else looks at it.
//! A tick counts as lost when it falls out of the window unheard; counters only grow.

/// Ticks remembered: 1.28 s, longer than a packet may be late and still be worth anything.
pub(crate) const WINDOW: u32 = 128;

/// Losses are counted in twelfths of a frame: every frame length divides it, so none is rounded.
const PARTS: u64 = 12;

/// Whether a packet was heard before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Novelty {
    /// The first time.
    New,
    /// A repetition, or too old to tell.
    Again,
}

/// The window and its counters.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// The last tick of the newest packet.
    newest: Option<u32>,
    /// Bit n: `newest - n` was heard (or lies before the first packet).
    bits: u128,
    /// Ticks of the latest packet: what a lost packet is taken to have had.
    usual: u32,
    received: u64,
    lost_parts: u64,
    again: u64,
}

impl Heard {
    /// Takes note of a packet that covers `ticks` from `first` on.
    pub(crate) fn take(&mut self, first: u32, ticks: u32) -> Novelty {
        let last = first.wrapping_add(ticks.max(1) - 1);
        let Some(newest) = self.newest else {
            self.newest = Some(last);
            self.bits = u128::MAX;
            self.usual = ticks.max(1);
            self.received += 1;
            return Novelty::New;
        };
        let step = last.wrapping_sub(newest).cast_signed();
        if step > 0 {
            self.advance(step.unsigned_abs());
            self.newest = Some(last);
            self.usual = ticks.max(1);
        } else {
            let back = newest.wrapping_sub(first);
            if back >= WINDOW || self.bits & (1 << back) != 0 {
                self.again += 1;
                return Novelty::Again;
            }
        }
        let newest = self.newest.unwrap_or(last);
        for back in (0..ticks).map(|n| newest.wrapping_sub(first.wrapping_add(n))).filter(|back| *back < WINDOW) {
            self.bits |= 1 << back;
        }
        self.received += 1;
        Novelty::New
    }

    /// The stream begins anew; the counters stay.
    pub(crate) fn restart(&mut self) {
        self.newest = None;
    }

    /// The newest tick heard, and which of it and the 63 before it were: bit n is `newest - n`.
    pub(crate) fn bitmap(&self) -> (u32, u64) {
        self.newest.map_or((0, 0), |newest| (newest, self.bits as u64))
    }

    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Packets that never came, in units of the usual packet.
    pub(crate) fn lost(&self) -> u64 {
        self.lost_parts / PARTS
    }

    pub(crate) fn again(&self) -> u64 {
        self.again
    }

    fn advance(&mut self, step: u32) {
        let leaving = step.min(WINDOW);
        let kept = if leaving == WINDOW { 0 } else { self.bits & (u128::MAX >> leaving) };
        let heard = self.bits.count_ones() - kept.count_ones();
        let unheard = u64::from(leaving - heard) + u64::from(step - leaving);
        self.lost_parts += unheard * PARTS / u64::from(self.usual);
        self.bits = kept.checked_shl(step).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_copies_and_reordering_are_counted_exactly() {
        let mut heard = Heard::default();
        for sequence in (0..1_000).filter(|n| n % 10 != 3) {
            assert_eq!(heard.take(sequence * 2, 2), Novelty::New);
        }
        assert_eq!(heard.take(1_998, 2), Novelty::Again);
        assert_eq!(heard.take(1_986, 2), Novelty::New, "late, yet inside the window");
        for sequence in 1_000..1_100 {
            assert_eq!(heard.take(sequence * 2, 2), Novelty::New);
        }
        assert_eq!((heard.received(), heard.lost(), heard.again()), (1_001, 99, 1));
    }

    #[test]
    fn a_gap_longer_than_the_window_is_lost_and_the_wrap_is_no_gap() {
        let mut heard = Heard::default();
        for sequence in [u32::MAX - 1, u32::MAX, 0, 1, 201] {
            assert_eq!(heard.take(sequence, 1), Novelty::New);
        }
        for sequence in 202..400 {
            let _ = heard.take(sequence, 1);
        }
        assert_eq!((heard.received(), heard.lost()), (203, 199));
    }

    #[test]
    fn the_bitmap_has_a_bit_for_every_tick_and_losses_are_frames_of_any_length() {
        let mut heard = Heard::default();
        assert_eq!(heard.bitmap(), (0, 0));
        for first in [0, 6, 12, 24] {
            let _ = heard.take(first, 6);
        }
        let (newest, bits) = heard.bitmap();
        assert_eq!(newest, 29);
        assert_eq!(bits & 0x3ff_ffff, 0x3ff_f03f, "{bits:b}");
        for first in (30..330).step_by(6) {
            let _ = heard.take(first, 6);
        }
        assert_eq!(heard.lost(), 1);
    }
}
