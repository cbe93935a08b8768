//! The written table: means over the voices for reading, every clip for working with.
//! `sound-table` ends with it.
//! The text says what the figures are and which command makes them; it draws no conclusion that is not in the figures.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use ahoy_media::Kbps;
use anyhow::Result;

use crate::condition::Condition;
use crate::grid::{Cell, Clip, RATES, WAYS};
use crate::losses::Losses;
use crate::talk::HORIZON;

/// What the wire may carry, in kbit/s, where the best within is looked for.
const BUDGETS: [f64; 6] = [45.0, 60.0, 80.0, 100.0, 130.0, 170.0];

/// What the table is of.
#[derive(Clone, Debug)]
pub struct About {
    /// The names of the voices.
    pub voices: Vec<String>,
    /// Every way at every rate.
    pub full: bool,
    /// How many cells there are when all is done.
    pub cells: usize,
}

/// Means over the voices of one cell; a score that no voice has is not there.
#[derive(Clone, Copy, Debug)]
struct Mean {
    cell: Cell,
    visqol: Option<f64>,
    pesq: Option<f64>,
    stoi: Option<f64>,
    residual: f64,
    repair_ms: f64,
    wire_kbps: f64,
    encode: Duration,
    decode: Duration,
}

/// Writes `audio.md` and `audio.csv` into `folder`.
///
/// # Errors
/// When they cannot be written.
pub fn write(clips: &[Clip], about: &About, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("audio.csv"), csv(clips))?;
    let means = means(clips);
    let mut text = head(about);
    if means.len() < about.cells {
        let _ = writeln!(text, "**Not finished**: {} of {} cells.\n", means.len(), about.cells);
    }
    text += &matrix(&means, "Random loss", |losses| losses.mean_run.is_none());
    text += &matrix(&means, "Bursts: share lost, mean run in frames", |losses| losses.mean_run.is_some());
    text += &best(&means);
    text += &cost(&means);
    text += &details(&means);
    std::fs::write(folder.join("audio.md"), text)?;
    Ok(())
}

fn head(about: &About) -> String {
    let command = if about.full { "./x bench audio --full" } else { "./x bench audio" };
    format!(
        "# What repairs speech best\n\n\
         Made by `{command}`. Every clip is in `audio.csv`.\n\n\
         Speech goes through the phone's own encoder (20 ms frames, constant rate, complexity 9), its own datagrams, a seeded loss, and its own \
         decoder; playout waits for a repair up to {} ms. All conditions meet the same losses. Means over {} voices of 8 s ({}; \
         `tests/sound/voices.sh` makes them). PESQ is wideband (P.862.2, at best 4.64), ViSQOL is speech mode with the lattice mapping (at best 4.3 \
         to 4.43). `none` is libopus' plain concealment (decoder complexity 0); all others have deep concealment and enhancement. `+2` is a copy two \
         frames later. *Residual*: frames that were concealed; *repair*: playout delay that 95 % of the repairs need; *wire*: IPv4, UDP, QUIC and our \
         header included; *encode* and *decode*: processor time of 20 ms on the machine that wrote this, one thread.\n\n",
        HORIZON * 20,
        about.voices.len(),
        about.voices.join(", "),
    )
}

/// PESQ and `ViSQOL` of every condition over the ways that `which` takes, one table a rate.
fn matrix(means: &[Mean], title: &str, which: impl Fn(&Losses) -> bool) -> String {
    let mut text = format!("## {title}: PESQ / ViSQOL\n\n");
    for kbps in RATES {
        let here = |losses: &Losses| means.iter().any(|mean| mean.cell.kbps == kbps && mean.cell.losses == *losses);
        let ways: Vec<_> = WAYS.into_iter().filter(|losses| which(losses) && here(losses)).collect();
        let names: Vec<_> = ways.iter().map(|losses| short(*losses)).collect();
        let _ = writeln!(text, "| {kbps} | {} |\n|---|{}", names.join(" | "), "---|".repeat(ways.len()));
        for condition in Condition::ALL {
            let cells = ways.iter().map(|losses| {
                find(means, Cell { kbps, losses: *losses, condition })
                    .map_or_else(String::new, |mean| format!("{} / {}", number(mean.pesq), number(mean.visqol)))
            });
            let _ = writeln!(text, "| {condition} | {} |", cells.collect::<Vec<_>>().join(" | "));
        }
        text.push('\n');
    }
    text
}

/// The best by PESQ for so much of the wire, where every rate was tried.
fn best(means: &[Mean]) -> String {
    let mut text =
        "## Best PESQ for so much of the wire\n\nRate of the encoder, condition, PESQ / ViSQOL, repair.\n\n| way |"
            .to_owned();
    for budget in BUDGETS {
        let _ = write!(text, " {budget} kbit/s |");
    }
    let _ = writeln!(text, "\n|---|{}", "---|".repeat(BUDGETS.len()));
    let everywhere = |losses: &Losses| {
        RATES.iter().all(|rate| means.iter().any(|m| m.cell.kbps == *rate && m.cell.losses == *losses))
    };
    for losses in WAYS.into_iter().filter(everywhere) {
        let _ = write!(text, "| {losses} |");
        for budget in BUDGETS {
            let within = means.iter().filter(|mean| mean.cell.losses == losses && mean.wire_kbps <= budget);
            let best = within.max_by(|a, b| a.pesq.unwrap_or(0.0).total_cmp(&b.pesq.unwrap_or(0.0)));
            let _ = match best {
                Some(mean) => write!(
                    text,
                    " {}: {}, {} / {}, {:.0} ms |",
                    mean.cell.kbps.0,
                    mean.cell.condition,
                    number(mean.pesq),
                    number(mean.visqol),
                    mean.repair_ms
                ),
                None => write!(text, " |"),
            };
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

/// What each condition takes, whatever the way: means over all ways with loss.
fn cost(means: &[Mean]) -> String {
    let mut text =
        "## Cost\n\n| condition | wire at 16 / 24 / 32 kbit/s | encode 20 ms | decode 20 ms |\n|---|---|---|---|\n"
            .to_owned();
    for condition in Condition::ALL {
        let of = |kbps: Option<Kbps>| {
            means
                .iter()
                .filter(move |mean| mean.cell.condition == condition && mean.cell.losses.percent > 0.0)
                .filter(move |mean| kbps.is_none_or(|kbps| kbps == mean.cell.kbps))
        };
        let wire = RATES.map(|kbps| average(of(Some(kbps)).map(|mean| mean.wire_kbps)));
        let wire = wire.map(|wire| wire.map_or_else(|| "-".to_owned(), |wire| format!("{wire:.0}")));
        let spent = |time: fn(&Mean) -> Duration| average(of(None).map(|mean| time(mean).as_secs_f64() * 1e3));
        let _ = writeln!(
            text,
            "| {condition} | {} | {} ms | {} ms |",
            wire.join(" / "),
            number(spent(|mean| mean.encode)),
            number(spent(|mean| mean.decode))
        );
    }
    text.push('\n');
    text
}

/// Everything, a table for each rate and way.
fn details(means: &[Mean]) -> String {
    let mut text = String::new();
    for kbps in RATES {
        for losses in WAYS {
            let rows: Vec<_> =
                means.iter().filter(|mean| mean.cell.kbps == kbps && mean.cell.losses == losses).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = writeln!(
                text,
                "## {kbps}, {losses}\n\n| condition | ViSQOL | PESQ | STOI | residual | repair | wire | encode | decode |\n\
                 |---|---|---|---|---|---|---|---|---|"
            );
            for mean in rows {
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {} | {:.1} % | {:.0} ms | {:.0} kbit/s | {:.2} ms | {:.2} ms |",
                    mean.cell.condition,
                    number(mean.visqol),
                    number(mean.pesq),
                    number(mean.stoi),
                    mean.residual * 100.0,
                    mean.repair_ms,
                    mean.wire_kbps,
                    mean.encode.as_secs_f64() * 1e3,
                    mean.decode.as_secs_f64() * 1e3,
                );
            }
            text.push('\n');
        }
    }
    text
}

fn csv(clips: &[Clip]) -> String {
    let mut text = "kbps,loss_percent,mean_run,condition,voice,visqol,visqol_polynomial,pesq,stoi,\
                    lost,residual,repair_ms,wire_kbps,encode_ms,decode_ms\n"
        .to_owned();
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.4}"));
    for clip in clips {
        let Cell { kbps, losses, condition } = clip.cell;
        let _ = writeln!(
            text,
            "{},{},{},{condition},{},{},{},{},{},{:.4},{:.4},{:.0},{:.1},{:.3},{:.3}",
            kbps.0,
            losses.percent,
            losses.mean_run.map_or_else(String::new, |run| run.to_string()),
            clip.voice,
            number(clip.scores.visqol),
            number(clip.scores.visqol_polynomial),
            number(clip.scores.pesq),
            number(clip.scores.stoi),
            clip.lost,
            clip.residual,
            clip.repair_ms,
            clip.wire_kbps,
            clip.encode.as_secs_f64() * 1e3,
            clip.decode.as_secs_f64() * 1e3,
        );
    }
    text
}

/// One mean a cell, in the order of the cells.
fn means(clips: &[Clip]) -> Vec<Mean> {
    let cells = clips.chunk_by(|a, b| a.cell == b.cell);
    cells
        .filter_map(|voices| {
            let score = |of: fn(&Clip) -> Option<f64>| average(voices.iter().filter_map(of));
            let time = |of: fn(&Clip) -> Duration| {
                voices.iter().map(of).sum::<Duration>() / u32::try_from(voices.len()).unwrap_or(u32::MAX)
            };
            Some(Mean {
                cell: voices.first()?.cell,
                visqol: score(|clip| clip.scores.visqol),
                pesq: score(|clip| clip.scores.pesq),
                stoi: score(|clip| clip.scores.stoi),
                residual: average(voices.iter().map(|clip| clip.residual))?,
                repair_ms: average(voices.iter().map(|clip| clip.repair_ms))?,
                wire_kbps: average(voices.iter().map(|clip| clip.wire_kbps))?,
                encode: time(|clip| clip.encode),
                decode: time(|clip| clip.decode),
            })
        })
        .collect()
}

fn average(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, number) = values.fold((0.0, 0_u32), |(sum, number), value| (sum + value, number + 1));
    (number > 0).then(|| sum / f64::from(number))
}

fn find(means: &[Mean], cell: Cell) -> Option<&Mean> {
    means.iter().find(|mean| mean.cell == cell)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}

/// A way as the head of a column.
fn short(losses: Losses) -> String {
    match losses.mean_run {
        None if losses.percent <= 0.0 => "no loss".to_owned(),
        None => format!("{} %", losses.percent),
        Some(run) => format!("{} %, {run}", losses.percent),
    }
}
