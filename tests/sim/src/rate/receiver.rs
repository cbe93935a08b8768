//! The receiver of a media flow: notes when pieces and sound arrive, and reports.
//! The media flow gives it packets and sends what it says.
//! Its clock has an origin of its own and runs a little wrong.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use ahoy_media::{Abilities, Arrival, Feedback, LocalTime, MediaTime, Stamp, Tenths};

/// A report follows an arrival by so much at the latest; larger frames are told in one.
pub const REPORTS: Duration = Duration::from_millis(30);

/// Numbers told again.
const AGAIN: u64 = 40;

/// Most numbers of a report.
const MOST: usize = 256;

/// Sound's feedback: how often, and over which time the quickest way is looked for.
const SOUND: Duration = Duration::from_millis(100);
const QUICKEST: Duration = Duration::from_secs(30);
const LATELY: Duration = Duration::from_millis(200);

/// A receiver.
#[derive(Debug)]
pub struct Receiver {
    origin: u64,
    skew: f64,
    arrived: BTreeMap<u64, MediaTime>,
    /// The first number of the next report.
    from: u64,
    due: Option<LocalTime>,
    sound: VecDeque<(LocalTime, u64)>,
    sound_due: Option<LocalTime>,
    /// The newest tick of sound, and which of it and those before it were heard.
    newest: Option<u32>,
    heard: u64,
    sound_bytes: u32,
}

impl Receiver {
    /// A receiver whose clock is `skew` (0.0002: 200 ppm) too quick.
    #[must_use]
    pub fn new(origin: u64, skew: f64) -> Self {
        Self {
            origin,
            skew,
            arrived: BTreeMap::new(),
            from: 0,
            due: None,
            sound: VecDeque::new(),
            sound_due: None,
            newest: None,
            heard: 0,
            sound_bytes: 0,
        }
    }

    /// A piece arrived.
    pub fn piece(&mut self, number: u64, now: LocalTime) {
        let at = MediaTime(self.origin.wrapping_add((now.0 as f64 * (1.0 + self.skew)) as u64));
        let _ = self.arrived.insert(number, at);
        let _ = self.due.get_or_insert(now + REPORTS);
    }

    /// Sound that left at `sent` arrived: so many ticks from `first` on.
    pub fn sound(&mut self, sent: LocalTime, first: u32, ticks: u32, payload: usize, now: LocalTime) {
        let last = first.wrapping_add(ticks - 1);
        let step = last.wrapping_sub(self.newest.unwrap_or(last));
        self.heard = self.heard.checked_shl(step).unwrap_or(0) | ((1 << ticks) - 1);
        self.newest = Some(last);
        self.sound_bytes = self.sound_bytes.wrapping_add(u32::try_from(payload).unwrap_or(u32::MAX));
        let delay = now.0 - sent.0;
        while self.sound.front().is_some_and(|(at, _)| now.saturating_since(*at) > QUICKEST) {
            let _ = self.sound.pop_front();
        }
        self.sound.push_back((now, delay));
        let _ = self.sound_due.get_or_insert(now + SOUND);
    }

    /// When something is to be said.
    #[must_use]
    pub fn due(&self) -> Option<LocalTime> {
        [self.due, self.sound_due].into_iter().flatten().min()
    }

    /// The report that is due.
    pub fn report(&mut self, now: LocalTime) -> Option<Vec<Arrival>> {
        let _ = self.due.take_if(|due| *due <= now)?;
        let newest = *self.arrived.last_key_value()?.0;
        let first = self.from.saturating_sub(AGAIN).max((newest + 1).saturating_sub(MOST as u64));
        self.from = newest + 1;
        self.arrived = self.arrived.split_off(&first);
        Some((first..=newest).map(|number| Arrival { number, at: self.arrived.get(&number).copied() }).collect())
    }

    /// What is said of sound, when it is time for it.
    pub fn feedback(&mut self, now: LocalTime) -> Option<Feedback> {
        let _ = self.sound_due.take_if(|due| *due <= now)?;
        let quickest = self.sound.iter().map(|(_, delay)| *delay).min()?;
        let lately = self.sound.iter().rev().take_while(|(at, _)| now.saturating_since(*at) <= LATELY);
        let queue = Duration::from_micros(lately.map(|(_, delay)| *delay).min()? - quickest);
        Some(Feedback {
            hears: true,
            abilities: Abilities::OURS,
            newest_audio: self.newest?,
            heard: self.heard,
            received_bytes: self.sound_bytes,
            queue: Tenths::from_span(queue),
            sent_at: Stamp(now.0 as u32),
            echo: None,
        })
    }
}
