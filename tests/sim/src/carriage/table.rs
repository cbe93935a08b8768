//! Every transport over every link, as a page of Markdown.
//! The bench writes it to `tests/results/carriage.md`.
//! A cell: frames lost or late in percent, delay p50/p95 in ms, bytes beyond the frames' own in percent.

use std::fmt::Write;
use std::time::Duration;

use ahoy_media::redundancy::redundancy_for;

use crate::carriage::frames::{Case, DATAGRAM_BYTES, Outcome};
use crate::carriage::link::Luck;
use crate::carriage::{datagrams, streams};

/// Round trip and jitter of each direction, milliseconds.
const WAYS_MS: [(u64, u64); 6] = [(1, 0), (40, 0), (100, 0), (300, 0), (500, 0), (100, 30)];

/// Losses in percent, and their mean run where they are no independent ones.
const LUCKS: [(u32, Option<f64>); 7] =
    [(0, None), (1, None), (5, None), (10, None), (20, None), (30, None), (20, Some(2.9))];

/// Parity by the piece.
const REDUNDANCIES: [f64; 4] = [0.0, 0.25, 0.5, 1.0];

/// Data pieces of the usual frame.
const USUAL_PIECES: usize = 9;

/// The page, from so many seconds of each case.
#[must_use]
pub fn page(seconds: u64, seed: u64) -> String {
    let mut page = String::new();
    for (round_trip_ms, jitter_ms) in WAYS_MS {
        let jitter =
            if jitter_ms > 0 { format!(", jitter up to {jitter_ms} ms, order not kept") } else { String::new() };
        let _ = writeln!(page, "\n## Round trip {round_trip_ms} ms{jitter}\n");
        let _ = writeln!(page, "| loss | stream | repair | 25 % parity | 50 % | 100 % | chosen | its parity |");
        let _ = writeln!(page, "|---|---|---|---|---|---|---|---|");
        for (percent, run) in LUCKS {
            let luck = Luck { loss: f64::from(percent) / 100.0, run };
            let case = Case { round_trip_ms, jitter_ms, luck, seconds, seed };
            let _ = writeln!(page, "{}", row(&case, percent));
        }
    }
    page
}

fn row(case: &Case, percent: u32) -> String {
    let Luck { loss, run } = case.luck;
    let round_trip = Duration::from_millis(case.round_trip_ms);
    let chosen = redundancy_for(loss, run.unwrap_or(1.0), Some(round_trip), USUAL_PIECES);
    let name = run.map_or_else(|| format!("{percent} %"), |run| format!("{percent} % in runs of {run}"));
    let mut row = format!("| {name} | {} |", cell(&streams::run(case), case));
    for redundancy in REDUNDANCIES.into_iter().chain([chosen]) {
        let _ = write!(row, " {} |", cell(&datagrams::run(case, redundancy), case));
    }
    let _ = write!(row, " {:.0} of {USUAL_PIECES} |", chosen * USUAL_PIECES as f64);
    row
}

fn cell(outcome: &Outcome, case: &Case) -> String {
    let (p50, p95) = (outcome.delay(0.5, case), outcome.delay(0.95, case));
    format!("{:.1} · {p50:.0}/{p95:.0} · {:.0}", outcome.lost(case), outcome.overhead())
}

/// What stands above the tables.
#[must_use]
pub fn head(command: &str, seconds: u64) -> String {
    format!(
        "# How pictures travel\n\nMade by `{command}`: {seconds} s of 24 frames a second of about 2 Mbit/s (datagrams of \
         {DATAGRAM_BYTES} bytes) in virtual time, losses in both directions, a link that is never full, a pace that grants each what it adds. A cell: *frames lost or \
         later than 400 ms after the way, percent · delay from capture to show p50/p95 in ms, in the order of the frames · \
         bytes on the wire beyond the frames' own, percent, headers included (5 % of them)*.\n"
    )
}

/// What the tables say.
pub const READING: &str = "
## Reading

Where nothing is lost all three are alike. With losses, a stream and a repaired datagram both wait for a round trip, and so \
does every frame behind them. Repairs of our own are as quick as QUIC's: a little slower at 1 ms, since our reports keep a \
distance of 10 ms, and quicker from a fifth of losses on, since one piece more than is missing goes again, which costs bytes. Where \
jitter changes the order, QUIC's three packets take half of all packets for lost; ours learns. What neither can do is not to \
wait: parity takes the tail away from a round trip of 40 ms on, and from 300 ms on it is the only thing that arrives in time. \
So pictures travel as datagrams in every regime; repairs are always on, and parity is chosen by losses, their runs and \
the round trip: none on a short way with few losses. The column *chosen* is what that choice gives. Its price is large where the way \
is both long and bad, and it is capped there at as many parity pieces as data: at 500 ms, runs of losses or three in ten lost \
still cost some frames in a hundred. A pace that grants the parity makes frames leave quicker, which is a part of the lower p50. \
Not in these figures: congestion (the link is never full), and the references that a lost frame leaves open.
";
