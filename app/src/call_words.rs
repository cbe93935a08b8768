//! Past calls and past moments in words: what a call was, how it ended, how long ago.
//! The window's pages and the command line use the same words.
//! Times are told as a distance from now, which needs no time zone and is read at a glance.

use ahoy_call::{CallRecord, Direction, EndedReason};

/// Milliseconds of a minute, an hour, a day.
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Who called, and how.
pub(crate) fn kind(call: &CallRecord) -> &'static str {
    match (missed(call), call.direction, call.had_video) {
        (true, _, false) => "Missed voice call",
        (true, _, true) => "Missed video call",
        (false, Direction::Incoming, false) => "Incoming voice call",
        (false, Direction::Incoming, true) => "Incoming video call",
        (false, Direction::Outgoing, false) => "Outgoing voice call",
        (false, Direction::Outgoing, true) => "Outgoing video call",
    }
}

/// The other side called and nobody took it.
pub(crate) fn missed(call: &CallRecord) -> bool {
    call.is_missed()
}

/// How it ended, with its length when it had one; empty when the kind says it all.
pub(crate) fn outcome(call: &CallRecord) -> String {
    let words = match (call.ended_reason, call.direction) {
        (EndedReason::Completed, _) | (EndedReason::Missed, Direction::Incoming) => "",
        (EndedReason::Rejected, _) => "declined",
        (EndedReason::Busy, Direction::Incoming) => "you were in another call",
        (EndedReason::Busy, Direction::Outgoing) => "busy",
        (EndedReason::NoAnswer, _) | (EndedReason::Missed, Direction::Outgoing) => "no answer",
        (EndedReason::Unreachable, _) => "not reachable",
        (EndedReason::Cancelled, _) => "cancelled",
        (EndedReason::Lost, _) => "connection lost",
        (EndedReason::Failed, _) => "failed",
    };
    let active = call.duration_seconds > 0 || call.ended_reason == EndedReason::Completed;
    match (active, words) {
        (true, "") => clock_text(call.duration_seconds),
        (true, words) => format!("{}, {words}", clock_text(call.duration_seconds)),
        (false, words) => words.to_owned(),
    }
}

/// `m:ss`, with hours in front when there are any.
pub(crate) fn clock_text(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// How long ago `at_ms` was, both in Unix milliseconds. What lies ahead, by another phone's clock, is now.
pub(crate) fn ago(now_ms: u64, at_ms: u64) -> String {
    let passed = now_ms.saturating_sub(at_ms);
    let count = |unit: u64, one: &str, many: &str| match passed / unit {
        1 => format!("{one} ago"),
        count => format!("{count} {many} ago"),
    };
    if passed < MINUTE {
        "just now".to_owned()
    } else if passed < HOUR {
        count(MINUTE, "1 min", "min")
    } else if passed < DAY {
        count(HOUR, "1 hour", "hours")
    } else {
        count(DAY, "1 day", "days")
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

    fn call(direction: Direction, ended_reason: EndedReason, duration_seconds: u64) -> CallRecord {
        let (call_id, peer) = (CallId([1; 16]), PeerId([2; 32]));
        CallRecord { call_id, peer, direction, duration_seconds, had_video: true, timestamp: 0, ended_reason }
    }

    #[test]
    fn a_call_says_how_it_ended() {
        let told = |call: CallRecord| (kind(&call), outcome(&call));
        let missed = call(Direction::Incoming, EndedReason::Missed, 0);
        assert_eq!(told(missed), ("Missed video call", String::new()));
        let talked = call(Direction::Outgoing, EndedReason::Completed, 75);
        assert_eq!(told(talked), ("Outgoing video call", "1:15".to_owned()));
        let lost = call(Direction::Incoming, EndedReason::Lost, 9);
        assert_eq!(told(lost), ("Incoming video call", "0:09, connection lost".to_owned()));
        assert_eq!(outcome(&call(Direction::Outgoing, EndedReason::Busy, 0)), "busy");
    }

    #[test]
    fn moments_are_told_from_now() {
        let now = 10 * DAY;
        assert_eq!(ago(now, now + HOUR), "just now");
        assert_eq!(ago(now, now - MINUTE), "1 min ago");
        assert_eq!(ago(now, now - 5 * HOUR), "5 hours ago");
        assert_eq!(ago(now, now - 3 * DAY), "3 days ago");
    }
}
