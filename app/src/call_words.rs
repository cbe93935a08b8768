//! Past calls and past moments in words: what a call was, how it ended, how long ago.
//! The window's pages and the command line use the same words.
//! Times are told as a distance from now, which needs no time zone and is read at a glance.

use ahoy_call::{CallRecord, Direction, EndedReason};

use crate::phrase::Phrase;
use crate::say;

/// Milliseconds of a minute, an hour, a day.
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Who called, and how.
pub(crate) fn kind(call: &CallRecord) -> Phrase {
    match (missed(call), call.direction, call.had_video) {
        (true, _, false) => say!("call-words-missed-voice"),
        (true, _, true) => say!("call-words-missed-video"),
        (false, Direction::Incoming, false) => say!("call-words-incoming-voice"),
        (false, Direction::Incoming, true) => say!("call-words-incoming-video"),
        (false, Direction::Outgoing, false) => say!("call-words-outgoing-voice"),
        (false, Direction::Outgoing, true) => say!("call-words-outgoing-video"),
    }
}

/// The other side called and nobody took it.
pub(crate) fn missed(call: &CallRecord) -> bool {
    call.is_missed()
}

/// How it ended, with its length when it had one; empty when the kind says it all.
pub(crate) fn outcome(call: &CallRecord) -> Phrase {
    let words = match (call.ended_reason, call.direction) {
        (EndedReason::Completed, _) | (EndedReason::Missed, Direction::Incoming) => Phrase::Nothing,
        (EndedReason::Rejected, _) => say!("call-words-declined"),
        (EndedReason::Busy, Direction::Incoming) => say!("call-words-you-were-busy"),
        (EndedReason::Busy, Direction::Outgoing) => say!("call-words-busy"),
        (EndedReason::NoAnswer, _) | (EndedReason::Missed, Direction::Outgoing) => say!("call-words-no-answer"),
        (EndedReason::Unreachable, _) => say!("call-words-not-reachable"),
        (EndedReason::Cancelled, _) => say!("call-words-cancelled"),
        (EndedReason::Lost, _) => say!("call-words-connection-lost"),
        (EndedReason::Failed, _) => say!("call-words-failed"),
    };
    let active = call.duration_seconds > 0 || call.ended_reason == EndedReason::Completed;
    match (active, words) {
        (true, Phrase::Nothing) => Phrase::verbatim(clock_text(call.duration_seconds)),
        (true, words) => say!("call-words-length-and", length = clock_text(call.duration_seconds), words = words),
        (false, words) => words,
    }
}

/// How far a text of mine has come, by the state that the desk gives it.
pub(crate) fn mark(state: &str) -> Phrase {
    match state {
        "queued" => say!("call-words-waiting"),
        "sent" => say!("call-words-sent"),
        "delivered" => say!("call-words-delivered"),
        "read" => say!("call-words-read"),
        other => Phrase::verbatim(other),
    }
}

/// `m:ss`, with hours in front when there are any.
pub(crate) fn clock_text(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// How long ago `at_ms` was, both in Unix milliseconds. What lies ahead, by another phone's clock, is now.
pub(crate) fn ago(now_ms: u64, at_ms: u64) -> Phrase {
    let passed = now_ms.saturating_sub(at_ms);
    if passed < MINUTE {
        say!("call-words-just-now")
    } else if passed < HOUR {
        say!("call-words-minutes-ago", count = passed / MINUTE)
    } else if passed < DAY {
        say!("call-words-hours-ago", count = passed / HOUR)
    } else {
        say!("call-words-days-ago", count = passed / DAY)
    }
}

/// Now, in Unix milliseconds.
pub(crate) fn now_ms() -> u64 {
    ahoy_system::clock::unix_us() / 1000
}

#[cfg(test)]
mod tests {
    use ahoy_call::{CallId, PeerId};

    use super::*;
    use crate::language::Language;

    fn call(direction: Direction, ended_reason: EndedReason, duration_seconds: u64) -> CallRecord {
        let (call_id, peer) = (CallId([1; 16]), PeerId([2; 32]));
        CallRecord { call_id, peer, direction, duration_seconds, had_video: true, timestamp: 0, ended_reason }
    }

    #[test]
    fn a_call_says_how_it_ended() {
        let english = Language::default();
        let told = |call: CallRecord| (english.say(&kind(&call)), english.say(&outcome(&call)));
        let missed = call(Direction::Incoming, EndedReason::Missed, 0);
        assert_eq!(told(missed), ("Missed video call".to_owned(), String::new()));
        let talked = call(Direction::Outgoing, EndedReason::Completed, 75);
        assert_eq!(told(talked), ("Outgoing video call".to_owned(), "1:15".to_owned()));
        let lost = call(Direction::Incoming, EndedReason::Lost, 9);
        assert_eq!(told(lost), ("Incoming video call".to_owned(), "0:09, connection lost".to_owned()));
        assert_eq!(told(call(Direction::Outgoing, EndedReason::Busy, 0)).1, "busy");
    }

    #[test]
    fn moments_are_told_from_now() {
        let (now, english) = (10 * DAY, Language::default());
        let told = |at_ms| english.say(&ago(now, at_ms));
        assert_eq!(told(now + HOUR), "just now");
        assert_eq!(told(now - MINUTE), "1 min ago");
        assert_eq!(told(now - HOUR), "1 hour ago");
        assert_eq!(told(now - 5 * HOUR), "5 hours ago");
        assert_eq!(told(now - 3 * DAY), "3 days ago");
    }
}
