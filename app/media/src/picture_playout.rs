//! Pictures that wait for their sound: decoded, each with the moment at which it is to be seen.
//! The decode thread puts them in with what `LipSync` says and takes out those whose time has come.
//! They come out in the order they went in; a few at most wait, and of more the oldest is due at once.

use std::collections::VecDeque;
use std::time::Duration;

use crate::units::LocalTime;

/// Most pictures that wait: 200 ms at 30 a second and two more; at 1280x720 they are 11 MB.
const MOST_WAITING: usize = 8;

/// The pictures of one call.
#[derive(Clone, Debug)]
pub struct PicturePlayout<T> {
    waiting: VecDeque<(LocalTime, T)>,
}

impl<T> PicturePlayout<T> {
    /// Nothing waits.
    #[must_use]
    pub fn new() -> Self {
        Self { waiting: VecDeque::new() }
    }

    /// Takes a picture that is to be held for so long, and longer where the one before it is.
    pub fn push(&mut self, picture: T, hold: Duration, now: LocalTime) {
        let before = self.waiting.back().map_or(now, |(due, _)| *due);
        self.waiting.push_back((before.max(now + hold), picture));
        if self.waiting.len() > MOST_WAITING
            && let Some((due, _)) = self.waiting.front_mut()
        {
            *due = now;
        }
    }

    /// When the next picture is to be seen.
    #[must_use]
    pub fn due(&self) -> Option<LocalTime> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// The next picture, if its time has come.
    pub fn pop(&mut self, now: LocalTime) -> Option<T> {
        self.waiting.pop_front_if(|(due, _)| *due <= now).map(|(_, picture)| picture)
    }
}

impl<T> Default for PicturePlayout<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: LocalTime = LocalTime(1_000_000);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn pictures_come_out_in_order_when_they_are_due() {
        let mut playout = PicturePlayout::new();
        playout.push('a', ms(30), START);
        playout.push('b', ms(10), START);
        playout.push('c', ms(0), START + ms(40));
        assert_eq!((playout.due(), playout.pop(START + ms(29))), (Some(START + ms(30)), None));
        let out: String = std::iter::from_fn(|| playout.pop(START + ms(30))).collect();
        assert_eq!((out.as_str(), playout.due()), ("ab", Some(START + ms(40))));
        assert_eq!(playout.pop(START + ms(40)), Some('c'));
        assert_eq!((playout.due(), playout.pop(START + ms(90))), (None, None));
    }

    #[test]
    fn a_picture_that_is_not_held_is_there_at_once() {
        let mut playout = PicturePlayout::new();
        playout.push(1, Duration::ZERO, START);
        assert_eq!(playout.pop(START), Some(1));
    }

    #[test]
    fn few_pictures_wait() {
        let mut playout = PicturePlayout::new();
        let mut out = 0;
        for n in 0..1_000 {
            playout.push(n, ms(10_000), START);
            while let Some(picture) = playout.pop(START) {
                assert_eq!(picture, out);
                out += 1;
            }
            assert!(playout.waiting.len() <= MOST_WAITING);
        }
        assert_eq!(out, 1_000 - MOST_WAITING);
    }
}
