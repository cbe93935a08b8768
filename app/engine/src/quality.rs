//! How good a call is, in four steps, and what stands most in its way.
//! The driver shows it the numbers of a call at every look; the view and the statistics carry what comes out.
//! One scale for all causes, the E-model's (ITU-T G.107); worse is believed at once, better only after a while.

use std::time::Duration;

use ahoy_media::{LocalTime, emodel};

/// What speech over this system rates without any impairment (G.107, all default values).
const BEST_RATING: f64 = 93.2;

/// Ratings from which a call is good, fair and poor: G.107 Annex B, "satisfied", "some users dissatisfied" and the end
/// of "nearly all users dissatisfied".
const GOOD_FROM: f64 = 80.0;
const FAIR_FROM: f64 = 70.0;
const POOR_FROM: f64 = 50.0;

/// A rating has to be so much above a step before it is climbed: a call that lies on it would go up and down for ever.
const MARGIN: f64 = 3.0;

/// How long it has to stay there: a person who was told of a bad call does not believe the first good second.
const CLIMB_AFTER: Duration = Duration::from_secs(4);

/// Impairments are means over about this: a single gap of 60 ms, which people hardly hear, moves no step.
const SMOOTH: Duration = Duration::from_secs(3);

/// No verdict before this: the delay is not known and the rate still looks for its place.
const WARM_UP: Duration = Duration::from_secs(2);

/// Losses on my way out that copies and error correction make good without being heard.
const REPAIRED: f64 = 0.10;

/// What a picture costs that always stands still. The talk goes on, so this alone never makes a call bad.
const FROZEN: f64 = 40.0;

/// From this share of the time between two pictures on, encoding one leaves none for anything else, and what that costs.
const BUSY: f64 = 0.9;
const TOO_BUSY: f64 = 15.0;

/// How good a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Hardly a conversation.
    Bad,
    /// Words get lost or overlap.
    Poor,
    /// One notices.
    Fair,
    /// As if the line were not there.
    Good,
}

impl Level {
    /// 0 for bad to 3 for good.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Bad => 0,
            Self::Poor => 1,
            Self::Fair => 2,
            Self::Good => 3,
        }
    }

    fn of(rating: f64) -> Self {
        match rating {
            good if good >= GOOD_FROM => Self::Good,
            fair if fair >= FAIR_FROM => Self::Fair,
            poor if poor >= POOR_FROM => Self::Poor,
            _ => Self::Bad,
        }
    }
}

/// What stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// My network: what I send is lost or waits in queues.
    Mine,
    /// Their network: what they send is lost, late or waits in queues.
    Theirs,
    /// The way leads over a relay, which makes it long.
    Relayed,
    /// The way is long.
    Far,
    /// This machine does not keep up.
    Processor,
}

impl Cause {
    /// The word that statistics print.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Theirs => "theirs",
            Self::Relayed => "relayed",
            Self::Far => "far",
            Self::Processor => "processor",
        }
    }
}

/// The verdict on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quality {
    /// How good it is.
    pub level: Level,
    /// What stands most in its way; `None` exactly when it is good.
    pub cause: Option<Cause>,
}

/// What was seen of a call between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Share of the other side's sound that had to be invented, 0 to 1.
    pub invented: f64,
    /// Share of the time that the other side's picture stood still, 0 to 1.
    pub frozen: f64,
    /// Share of my packets that were lost, 0 to 1.
    pub lost_out: f64,
    /// Share of the sound that this machine was too late for, 0 to 1.
    pub missed: f64,
    /// Share of the time between two pictures that encoding one takes.
    pub encoding: f64,
    /// How long my packets wait in queues on their way out.
    pub queue_out: Duration,
    /// From their mouth to my ear; zero while unknown.
    pub delay: Duration,
    /// The way there and back.
    pub round_trip: Duration,
    /// It leads over a relay.
    pub relayed: bool,
}

/// Impairments by where they come from, on the scale of the E-model.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Impairments {
    mine: f64,
    theirs: f64,
    distance: f64,
    processor: f64,
}

impl Impairments {
    /// `shortest` is the shortest round trip seen: what is above it waits in queues.
    fn of(seen: &Evidence, shortest: Duration) -> Self {
        let waiting = seen.round_trip.saturating_sub(shortest);
        let waiting_in = waiting.saturating_sub(seen.queue_out).min(seen.delay);
        let distance = emodel::of_delay(seen.delay.saturating_sub(waiting_in));
        let there = emodel::of_delay(seen.delay + seen.queue_out) - emodel::of_delay(seen.delay);
        let encoding = if seen.encoding >= BUSY { TOO_BUSY } else { 0.0 };
        Self {
            mine: emodel::of_loss((seen.lost_out - REPAIRED).max(0.0)) + there,
            theirs: emodel::of_loss(seen.invented) + FROZEN * seen.frozen + emodel::of_delay(seen.delay) - distance,
            distance,
            processor: emodel::of_loss(seen.missed) + encoding,
        }
    }

    fn towards(self, newest: Self, weight: f64) -> Self {
        let mix = |old: f64, new: f64| old + (new - old) * weight;
        Self {
            mine: mix(self.mine, newest.mine),
            theirs: mix(self.theirs, newest.theirs),
            distance: mix(self.distance, newest.distance),
            processor: mix(self.processor, newest.processor),
        }
    }

    /// Of the worse of the two directions: what I hear or what they hear.
    fn rating(self) -> f64 {
        BEST_RATING - self.mine.max(self.theirs) - self.distance - self.processor
    }

    fn worst(self, relayed: bool) -> Cause {
        let way = if relayed { Cause::Relayed } else { Cause::Far };
        let all = [
            (Cause::Processor, self.processor),
            (Cause::Mine, self.mine),
            (Cause::Theirs, self.theirs),
            (way, self.distance),
        ];
        let worst = all.into_iter().reduce(|worst, other| if other.1 > worst.1 { other } else { worst });
        worst.map_or(way, |(cause, _)| cause)
    }
}

/// Follows one call.
#[derive(Clone, Debug, Default)]
pub struct QualityMeter {
    begun: Option<LocalTime>,
    last: Option<LocalTime>,
    shortest: Option<Duration>,
    impairments: Impairments,
    shown: Option<Quality>,
    /// Since when the rating has been clearly above the level that is shown.
    better_since: Option<LocalTime>,
}

impl QualityMeter {
    /// Takes what was seen until `now`; `None` in the first seconds.
    pub fn look(&mut self, seen: &Evidence, now: LocalTime) -> Option<Quality> {
        let begun = *self.begun.get_or_insert(now);
        // Before the first exchange the transport has no round trip to tell.
        if !seen.round_trip.is_zero() {
            self.shortest = Some(self.shortest.map_or(seen.round_trip, |known| known.min(seen.round_trip)));
        }
        let newest = Impairments::of(seen, self.shortest.unwrap_or(seen.round_trip));
        self.impairments = match self.last.replace(now) {
            None => newest,
            Some(last) => {
                let weight = now.saturating_since(last).as_secs_f64() / SMOOTH.as_secs_f64();
                self.impairments.towards(newest, weight.min(1.0))
            }
        };
        if now.saturating_since(begun) >= WARM_UP {
            let level = self.level(now);
            let cause = (level < Level::Good).then(|| self.impairments.worst(seen.relayed));
            self.shown = Some(Quality { level, cause });
        }
        self.shown
    }

    fn level(&mut self, now: LocalTime) -> Level {
        let rating = self.impairments.rating();
        let Some(shown) = self.shown.map(|shown| shown.level) else { return Level::of(rating) };
        let clear = Level::of(rating - MARGIN);
        if clear <= shown {
            self.better_since = None;
            return Level::of(rating).min(shown);
        }
        let since = *self.better_since.get_or_insert(now);
        if now.saturating_since(since) < CLIMB_AFTER {
            return shown;
        }
        self.better_since = None;
        clear
    }
}

/// What became of a whole call.
#[derive(Clone, Debug, Default)]
pub struct QualityLog {
    /// Time at each level, by its number.
    levels: [Duration; 4],
    /// Time under each cause.
    causes: [(Option<Cause>, Duration); 5],
}

impl QualityLog {
    /// A worse moment than the overall level may have filled at most this share of the call.
    const WORSE_SHARE: u32 = 5;

    /// The call was like this for so long.
    pub fn add(&mut self, quality: Quality, span: Duration) {
        self.levels[usize::from(quality.level.number())] += span;
        if let Some(cause) = quality.cause {
            let known = self.causes.iter_mut().find(|(place, _)| place.is_none_or(|place| place == cause));
            // There are as many places as causes.
            if let Some(place) = known {
                *place = (Some(cause), place.1 + span);
            }
        }
    }

    /// The level that the call fell short of for less than a fifth of its time, and what stood in its way longest; `None`
    /// before the first verdict.
    #[must_use]
    pub fn overall(&self) -> Option<Quality> {
        let whole: Duration = self.levels.iter().sum();
        let mut below = Duration::ZERO;
        let level = [Level::Bad, Level::Poor, Level::Fair, Level::Good].into_iter().find(|level| {
            below += self.levels[usize::from(level.number())];
            !whole.is_zero() && below * Self::WORSE_SHARE >= whole
        })?;
        let longest = self.causes.iter().max_by_key(|(_, span)| *span).and_then(|(cause, _)| *cause);
        Some(Quality { level, cause: longest.filter(|_| level < Level::Good) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Evidence = Evidence {
        invented: 0.0,
        frozen: 0.0,
        lost_out: 0.01,
        missed: 0.0,
        encoding: 0.3,
        queue_out: Duration::from_millis(3),
        delay: Duration::from_millis(90),
        round_trip: Duration::from_millis(30),
        relayed: false,
    };

    fn at(look: u64) -> LocalTime {
        LocalTime(1_000_000 + look * 500_000)
    }

    /// What is shown after each of `looks`, two a second.
    fn watch(looks: impl IntoIterator<Item = Evidence>) -> Vec<Option<Quality>> {
        let mut meter = QualityMeter::default();
        (0..).zip(looks).map(|(look, seen)| meter.look(&seen, at(look))).collect()
    }

    fn settled(seen: Evidence) -> Quality {
        // The first second is fine, so that what waits in queues can be told from what is far.
        let looks = [FINE; 2].into_iter().map(|fine| Evidence { delay: seen.delay.min(fine.delay), ..fine });
        let shown = watch(looks.chain([seen; 40]));
        shown.last().copied().flatten().expect("a verdict after twenty seconds")
    }

    #[test]
    fn a_call_without_trouble_is_good_and_has_no_cause_after_a_moment() {
        let shown = watch([FINE; 20]);
        assert_eq!(shown[..4], [None; 4]);
        assert!(shown[4..].iter().all(|shown| *shown == Some(Quality { level: Level::Good, cause: None })));
    }

    #[test]
    fn each_cause_is_told_from_the_others() {
        let ms = Duration::from_millis;
        let far = Evidence { delay: ms(330), round_trip: ms(30), ..FINE };
        for (seen, level, cause) in [
            (Evidence { invented: 0.05, ..FINE }, Level::Poor, Cause::Theirs),
            (Evidence { frozen: 0.4, ..FINE }, Level::Fair, Cause::Theirs),
            (Evidence { frozen: 1.0, ..FINE }, Level::Poor, Cause::Theirs),
            (Evidence { invented: 0.3, lost_out: 0.15, ..FINE }, Level::Bad, Cause::Theirs),
            (Evidence { invented: 0.01, lost_out: 0.15, ..FINE }, Level::Poor, Cause::Mine),
            (Evidence { queue_out: ms(300), round_trip: ms(330), ..FINE }, Level::Poor, Cause::Mine),
            (Evidence { delay: ms(390), round_trip: ms(330), ..FINE }, Level::Poor, Cause::Theirs),
            (far, Level::Poor, Cause::Far),
            (Evidence { relayed: true, ..far }, Level::Poor, Cause::Relayed),
            (Evidence { missed: 0.02, ..FINE }, Level::Fair, Cause::Processor),
            (Evidence { encoding: 1.2, ..FINE }, Level::Fair, Cause::Processor),
        ] {
            assert_eq!(settled(seen), Quality { level, cause: Some(cause) }, "{seen:?}");
        }
    }

    #[test]
    fn a_whole_call_is_as_good_as_it_was_for_most_of_its_time() {
        let seconds = Duration::from_secs;
        let good = Quality { level: Level::Good, cause: None };
        let poor = |cause| Quality { level: Level::Poor, cause: Some(cause) };
        let mut log = QualityLog::default();
        assert_eq!(log.overall(), None);
        log.add(good, seconds(90));
        log.add(poor(Cause::Mine), seconds(4));
        log.add(poor(Cause::Far), seconds(6));
        assert_eq!(log.overall(), Some(good));
        log.add(poor(Cause::Mine), seconds(14));
        log.add(good, seconds(1));
        assert_eq!(log.overall(), Some(poor(Cause::Mine)));
    }

    #[test]
    fn losses_that_are_repaired_and_a_relay_nearby_are_no_trouble() {
        for seen in [Evidence { lost_out: 0.09, ..FINE }, Evidence { relayed: true, ..FINE }] {
            assert_eq!(settled(seen), Quality { level: Level::Good, cause: None }, "{seen:?}");
        }
    }

    #[test]
    fn a_single_gap_moves_nothing_and_a_lasting_one_does_within_two_seconds() {
        let gap = Evidence { invented: 0.12, ..FINE };
        let once = watch([FINE; 10].into_iter().chain([gap]).chain([FINE; 10]));
        assert!(once[4..].iter().flatten().all(|shown| shown.level == Level::Good), "{once:?}");
        let lasting = watch([FINE; 10].into_iter().chain([gap; 4]));
        assert!(lasting[13].is_some_and(|shown| shown.level < Level::Good), "{lasting:?}");
    }

    #[test]
    fn better_is_believed_after_seconds_and_a_wavering_call_does_not_flicker() {
        let bad = Evidence { invented: 0.2, ..FINE };
        let mended = watch([bad; 10].into_iter().chain([FINE; 60]));
        assert_eq!(mended[9].map(|shown| shown.level), Some(Level::Bad));
        assert!(mended[10..16].iter().flatten().all(|shown| shown.level == Level::Bad), "{mended:?}");
        assert_eq!(mended[69], Some(Quality { level: Level::Good, cause: None }));

        // Around the step from good to fair, ten seconds each way.
        let (above, below) = (Evidence { invented: 0.012, ..FINE }, Evidence { invented: 0.015, ..FINE });
        let wavering = (0..200).map(|look| if look / 20 % 2 == 0 { above } else { below });
        let shown: Vec<Level> = watch(wavering).iter().flatten().map(|shown| shown.level).collect();
        let changes = shown.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!(shown.contains(&Level::Fair) && changes == 1, "{shown:?}");
    }
}
