//! When something was, as a person says it: from now while it is recent, then as a date.
//! Lists take the short form, conversations and past calls the long one.
//! Dates are those of the system's time zone at that moment, summer time included.

use chrono::{Datelike, Local, TimeZone};

use crate::call_words;
use crate::phrase::Phrase;
use crate::say;

/// Milliseconds of a minute, an hour, a day.
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// From here on nobody counts days any more.
const RECENT: u64 = 7 * DAY;
/// From here on the day matters less than the year.
const LONG_AGO: u64 = 300 * DAY;

/// When `at_ms` was, both in Unix milliseconds: "5 min ago", "14 November 2026".
pub(crate) fn when(now_ms: u64, at_ms: u64) -> Phrase {
    when_in(&Local, now_ms, at_ms)
}

fn when_in(zone: &impl TimeZone, now_ms: u64, at_ms: u64) -> Phrase {
    match date(zone, at_ms) {
        Some((year, month, day)) if now_ms.saturating_sub(at_ms) >= RECENT => {
            say!("moments-date", day = day, month = month_name(month), year = year)
        }
        Some(_) | None => call_words::ago(now_ms, at_ms),
    }
}

/// The same where there is little room: "5 min", "14 November", "November 2025".
pub(crate) fn short(now_ms: u64, at_ms: u64) -> Phrase {
    short_in(&Local, now_ms, at_ms)
}

fn short_in(zone: &impl TimeZone, now_ms: u64, at_ms: u64) -> Phrase {
    let passed = now_ms.saturating_sub(at_ms);
    match (passed, date(zone, at_ms)) {
        (LONG_AGO.., Some((year, month, _))) => say!("moments-month-year", month = month_name(month), year = year),
        (RECENT.., Some((_, month, day))) => say!("moments-day-month", day = day, month = month_name(month)),
        (DAY.., _) => say!("moments-days", count = passed / DAY),
        (HOUR.., _) => say!("moments-hours", count = passed / HOUR),
        (MINUTE.., _) => say!("moments-minutes", count = passed / MINUTE),
        (..MINUTE, _) => say!("moments-now"),
    }
}

fn month_name(month: u32) -> Phrase {
    say!("moments-month", month = month)
}

/// Year, month and day; `None` beyond the years that a calendar is made for.
fn date(zone: &impl TimeZone, at_ms: u64) -> Option<(i32, u32, u32)> {
    let at = zone.timestamp_millis_opt(i64::try_from(at_ms).ok()?).single()?;
    Some((at.year(), at.month(), at.day()))
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;
    use crate::language::{Language, Tongue};

    /// 2026-11-14 23:30 UTC.
    const LATE: u64 = 1_794_699_000_000;

    fn zone(hours: i32) -> FixedOffset {
        FixedOffset::east_opt(hours * 3600).unwrap()
    }

    #[test]
    fn what_is_older_than_a_week_is_told_by_its_date_in_the_form_of_the_language() {
        let told = |tongue| Language::new(tongue).say(&when_in(&zone(0), LATE + RECENT, LATE));
        assert_eq!(told(Tongue::English), "14 November 2026");
        assert_eq!(told(Tongue::German), "14. November 2026");
        assert!(told(Tongue::Arabic).contains("نوفمبر"), "{}", told(Tongue::Arabic));
        assert_eq!(when_in(&zone(0), LATE + RECENT - 1, LATE), call_words::ago(LATE + RECENT - 1, LATE));
    }

    #[test]
    fn the_date_is_that_of_the_time_zone() {
        let told = |hours| Language::default().say(&when_in(&zone(hours), LATE + RECENT, LATE));
        assert_eq!((told(0), told(1)), ("14 November 2026".to_owned(), "15 November 2026".to_owned()));
    }

    #[test]
    fn short_forms_lose_what_matters_least() {
        let told = |passed| Language::default().say(&short_in(&zone(0), LATE + passed, LATE));
        let forms = [0, 5 * MINUTE, 3 * HOUR, DAY, 2 * DAY, RECENT, LONG_AGO].map(told);
        assert_eq!(forms, ["now", "5 min", "3 h", "1 day", "2 days", "14 November", "November 2026"]);
        assert_eq!(Language::default().say(&short_in(&zone(0), LATE, LATE + HOUR)), "now", "another phone's clock");
    }

    #[test]
    fn a_time_beyond_every_calendar_is_still_told() {
        let first = say!("moments-date", day = 1, month = month_name(1), year = 1970);
        assert_eq!(when_in(&zone(0), u64::MAX, 0), first);
        assert_eq!(when_in(&zone(0), u64::MAX, u64::MAX), say!("call-words-just-now"));
    }
}
