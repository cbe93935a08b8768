//! Which sequence numbers of a stream were heard: exact counts of received, lost and repeated packets.
//! The jitter buffer asks it about every packet before anything else looks at it.
//! A packet counts as lost when it falls out of the window unheard; counters only grow.

/// Packets remembered: 1.28 s, longer than a packet may be late and still be worth anything.
const WINDOW: u32 = 64;

/// Whether a packet was heard before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Novelty {
    /// The first time.
    New,
    /// A copy, or too old to tell.
    Again,
}

/// The window and its counters.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    newest: Option<u32>,
    /// Bit n: `newest - n` was heard (or lies before the first packet).
    bits: u64,
    received: u64,
    lost: u64,
    again: u64,
}

impl Heard {
    /// Takes note of a packet.
    pub(crate) fn take(&mut self, sequence: u32) -> Novelty {
        let Some(newest) = self.newest else {
            self.newest = Some(sequence);
            self.bits = u64::MAX;
            self.received += 1;
            return Novelty::New;
        };
        let step = sequence.wrapping_sub(newest).cast_signed();
        if step > 0 {
            self.advance(step.unsigned_abs());
            self.newest = Some(sequence);
        } else if step.unsigned_abs() >= WINDOW || self.bits & (1 << step.unsigned_abs()) != 0 {
            self.again += 1;
            return Novelty::Again;
        }
        let back = step.min(0).unsigned_abs();
        self.bits |= 1 << back;
        self.received += 1;
        Novelty::New
    }

    /// The stream begins anew; the counters stay.
    pub(crate) fn restart(&mut self) {
        self.newest = None;
    }

    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    pub(crate) fn again(&self) -> u64 {
        self.again
    }

    fn advance(&mut self, step: u32) {
        let leaving = step.min(WINDOW);
        let kept = if leaving == WINDOW { 0 } else { self.bits & (u64::MAX >> leaving) };
        let heard = self.bits.count_ones() - kept.count_ones();
        self.lost += u64::from(leaving - heard) + u64::from(step - leaving);
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
            assert_eq!(heard.take(sequence), Novelty::New);
        }
        assert_eq!(heard.take(999), Novelty::Again);
        assert_eq!(heard.take(993), Novelty::New, "late, yet inside the window");
        for sequence in 1_000..1_100 {
            assert_eq!(heard.take(sequence), Novelty::New);
        }
        assert_eq!((heard.received(), heard.lost(), heard.again()), (1_001, 99, 1));
    }

    #[test]
    fn a_gap_longer_than_the_window_is_lost_and_the_wrap_is_no_gap() {
        let mut heard = Heard::default();
        for sequence in [u32::MAX - 1, u32::MAX, 0, 1, 201] {
            assert_eq!(heard.take(sequence), Novelty::New);
        }
        for sequence in 202..300 {
            let _ = heard.take(sequence);
        }
        assert_eq!((heard.received(), heard.lost()), (103, 199));
    }
}
