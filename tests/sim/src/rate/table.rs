//! The table of the bench: one line a case, ours beside Cubic's.
//! The bench prints it and writes it as Markdown.
//! Figures are those of [`Measures`]; what a case has not is left empty.

use std::fmt::Write;

use super::cases::Case;
use super::measures::Measures;

/// What the columns say.
const HEAD: &str = "| case | use % | kbit/s | queue p50 / p95 ms | frame p50 / p95 ms | frames/s | voice kbit/s | lost % | Jain | share against TCP % | \
                    drained after ms | 80 % after s | 90 % after s | Cubic: use % | queue p95 ms | frame p95 ms | lost % |";

/// The lines of a table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    lines: Vec<String>,
}

impl Table {
    /// Adds a case and returns its line.
    pub fn add(&mut self, case: &Case, ours: &Measures, cubic: &Measures) -> &str {
        let tcp = ours.against_tcp.map_or_else(String::new, |share| format!("{:.0}", 100.0 * share));
        let jain = if calls(case) > 1 { format!("{:.3}", ours.jain) } else { String::new() };
        self.lines.push(format!(
            "| {} | {:.0} | {:.0} | {:.0} / {:.0} | {:.0} / {:.0} | {:.1} | {:.0} | {:.1} | {jain} | {tcp} | {} | {} | {} | {:.0} | {:.0} | {:.0} \
             | {:.1} |",
            case.name,
            100.0 * ours.used,
            ours.kbps,
            ours.queue_p50,
            ours.queue_p95,
            ours.frame_p50,
            ours.frame_p95,
            ours.fps,
            ours.voice,
            100.0 * ours.lost,
            list(&ours.drained, 0),
            list(&ours.risen, 1),
            list(&ours.risen_90, 1),
            100.0 * cubic.used,
            cubic.queue_p95,
            cubic.frame_p95,
            100.0 * cubic.lost,
        ));
        self.lines.last().map_or("", String::as_str)
    }

    /// The columns.
    #[must_use]
    pub fn head() -> &'static str {
        HEAD
    }

    /// The table as Markdown.
    #[must_use]
    pub fn markdown(&self, cases: &[Case]) -> String {
        let mut text = format!("{HEAD}\n|{}\n", "---|".repeat(HEAD.matches(" |").count()));
        for line in &self.lines {
            let _ = writeln!(text, "{line}");
        }
        text.push('\n');
        for case in cases {
            let _ = writeln!(text, "- `{}`: {}.", case.name, case.about);
        }
        text
    }
}

fn calls(case: &Case) -> usize {
    case.flows.iter().filter(|plan| plan.is_call() && plan.forward).count()
}

fn list(values: &[f64], digits: usize) -> String {
    let one = |value: &f64| if value.is_finite() { format!("{value:.digits$}") } else { "never".to_owned() };
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}
