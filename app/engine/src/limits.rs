//! Bounds that several parts of the engine share, each with its reason; a bound of one part stands beside it.
//! The driver, the courier, the sessions and the handle read them.
//! Nothing waits, grows or repeats without one.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Commands on their way to the driver: more than a person can press before it answers.
pub const COMMANDS: usize = 32;

/// Messages from the driver's own tasks: a few a call and a moment, drained at once.
pub const INTERNAL_EVENTS: usize = 256;

/// What sessions tell the driver: a handful a call.
pub const SESSION_EVENTS: usize = 64;

/// How often statistics are written and the view's numbers change.
pub const STATS_EVERY: Duration = Duration::from_millis(500);

/// How often the driver asks a session when it last heard the peer: liveness is counted in seconds.
pub const HEARD_EVERY: Duration = Duration::from_millis(100);

/// How long the last words of a call may take when the phone is closed.
pub const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// How long the closing of the identity endpoint may take after that: peers that hear it answer within a round trip.
pub const GOODBYE_WAIT: Duration = Duration::from_millis(300);

/// How long everything may take to close: the last words, those of the built-in Echo, the goodbye.
pub const CLOSE_ALL_WAIT: Duration = Duration::from_secs(5);

/// How long a signal may take to be acknowledged before the other phone counts as out of reach.
pub const SIGNAL_WAIT: Duration = Duration::from_secs(12);

/// How soon a signal that did not arrive is tried again: a call waits for it.
pub const SIGNAL_RETRY: Duration = Duration::from_secs(1);

/// How soon other letters are tried again, doubling: a phone that was just switched on is found in seconds, one that is
/// away for a week costs a dial every five minutes.
pub const LETTER_RETRY: RangeInclusive<Duration> = Duration::from_secs(5)..=Duration::from_secs(300);

/// How often a call that is active is written to the history: what a crash may cost of its duration.
pub const OPEN_CALL_EVERY: Duration = Duration::from_secs(10);

/// How often it is remembered when a contact was last heard.
pub const LAST_SEEN_EVERY: Duration = Duration::from_secs(60);

/// How long a contact counts as writing after it said so: it says so every three seconds.
pub const TYPING_SHOWN: Duration = Duration::from_secs(5);

/// How long this phone stays open for pairing when nobody closes it: two people who stand beside each other.
pub const PAIRING_OPEN: Duration = Duration::from_secs(600);

/// How long devices are tried when nobody closes the test: a camera must not look at a room for ever.
pub const DEVICE_TEST: Duration = Duration::from_secs(300);

/// How long a call of a contact that was chosen for it rings before it is answered: long enough to decline it, and to
/// hear that somebody is about to listen.
pub const AUTO_ANSWER: Duration = Duration::from_secs(3);

/// Phones that knocked and wait for an answer.
pub const KNOCKS: usize = 8;

/// Threads of the runtime: the network and the driver; codecs have threads of their own.
pub const RUNTIME_WORKERS: usize = 2;
