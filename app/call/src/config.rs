//! Every timeout and bound of calls, with its reason.
//! Read by the state machine; clients read them to explain themselves.
//! All spans are on the local monotonic clock.

use std::time::Duration;

/// How long a call rings: long enough to walk to the phone, and what telephone networks do at most.
pub const RING: Duration = Duration::from_secs(60);

/// How long media may take to flow after the answer: a relayed first contact over a bad link takes 2-3 s, people wait 10.
pub const CONNECT: Duration = Duration::from_secs(10);

/// Silence after which a call counts as reconnecting: 100 packets of 20 ms, well above any jitter that still plays.
pub const SILENCE: Duration = Duration::from_secs(2);

/// Silence after which a call is lost, counted from the last packet heard: a lift or a tunnel passes, a dead peer does not hold the line.
pub const RECONNECT: Duration = Duration::from_secs(30);

/// Pause before the media connection is dialled again: a refusal comes back at once and must not become a busy loop.
pub const REDIAL: Duration = Duration::from_secs(1);

/// How long an ended call is remembered so that late signals find it: longer than a resend on a bad link.
pub const LINGER: Duration = Duration::from_secs(5);

/// Calls remembered at a time: one that lives and a few that linger. When full, the oldest ended call is forgotten early.
pub const MAX_CALLS: usize = 8;

/// Ids remembered of calls that were turned down or ended before their offer came: repeats are recognised. When full, the oldest goes.
pub const MAX_SETTLED: usize = 32;

/// Calls that live at a time: one going on, one held, one ringing. More is not a conversation but a switchboard.
pub const MAX_LIVE: usize = 3;

/// The least time between two rings of one peer: nobody redials faster for a good reason, and the phone stays usable.
pub const RING_PAUSE: Duration = Duration::from_secs(10);

/// The span over which rings are counted.
pub const RING_WINDOW: Duration = Duration::from_secs(60);

/// Rings of one peer in [`RING_WINDOW`] that nobody accepted: urgent people try a few times, bells do not stop.
pub const RINGS_PER_WINDOW: usize = 5;

/// Rings remembered of all peers: a dozen peers at the most they may. When full, the oldest no longer counts.
pub const MAX_RING_LOG: usize = 64;
