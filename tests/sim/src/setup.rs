//! What a world is made of: how many phones, and what the links between them do.
//! Given to `World::new`; a failing script is printed with it.
//! All spans are of the virtual clock.

use std::fmt;

/// How links treat signals and media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The time from one phone to another, in milliseconds.
    pub delay_ms: u64,
    /// What comes on top of it at most, drawn anew for every packet, in milliseconds.
    pub jitter_ms: u64,
    /// Packets lost, of a thousand.
    pub loss: u64,
    /// Resent signals that the peer sees again although it had taken them, of a thousand.
    pub duplicate: u64,
    /// Signals of which a copy straggles in later, behind newer ones, of a thousand.
    pub straggle: u64,
}

impl Link {
    /// Everything arrives at once.
    pub const INSTANT: Self = Self { delay_ms: 0, jitter_ms: 0, loss: 0, duplicate: 0, straggle: 0 };
}

/// A world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// What all its luck comes from.
    pub seed: u64,
    /// How many phones, two to four.
    pub phones: usize,
    /// The links between all of them.
    pub link: Link,
    /// How long a media endpoint takes to be bound, in milliseconds.
    pub bind_ms: u64,
    /// Media endpoints that cannot be bound, of a thousand.
    pub bind_fails: u64,
    /// How late phones notice that a deadline has passed, in milliseconds.
    pub lag_ms: u64,
    /// Signals outlive the moment when they were reported as not delivered, and a restart, up to their 60 s.
    pub keeps: bool,
    /// Signals wait until the script delivers them, and time stands still until it lets it pass.
    pub by_hand: bool,
    /// By hand: newer calls have greater ids. Otherwise smaller ones.
    pub rising: bool,
}

impl Setup {
    /// A world that the script moves by hand.
    #[must_use]
    pub const fn by_hand(phones: usize, rising: bool) -> Self {
        Self {
            seed: 0,
            phones,
            link: Link::INSTANT,
            bind_ms: 0,
            bind_fails: 0,
            lag_ms: 0,
            keeps: false,
            by_hand: true,
            rising,
        }
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, phones, link, bind_ms, bind_fails, lag_ms, keeps, by_hand, rising } = self;
        let Link { delay_ms, jitter_ms, loss, duplicate, straggle } = link;
        if *by_hand {
            let order = if *rising { "rising" } else { "falling" };
            return write!(f, "{phones} phones moved by hand, {order} call ids, endpoints after {bind_ms} ms");
        }
        write!(
            f,
            "seed {seed}: {phones} phones, links of {delay_ms}+{jitter_ms} ms that lose {loss}, repeat {duplicate} and \
             delay {straggle} of 1000, endpoints after {bind_ms} ms failing {bind_fails} of 1000, timers {lag_ms} ms late"
        )?;
        if *keeps { f.write_str(", signals kept for a minute") } else { Ok(()) }
    }
}
