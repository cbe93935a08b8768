//! A run drawn: rate and target against the capacity, the queue, and losses; ours on the left, Cubic's on the right.
//! The bench writes one file a case.
//! Plain SVG with a point every so often, so that a file stays small enough to be kept.

use std::fmt::Write;

use super::cases::Case;
use super::run::{Outcome, SAMPLE};

const WIDTH: f64 = 520.0;
const LEFT: f64 = 52.0;
const GAP: f64 = 30.0;

/// Heights of the panels: rates, queue, losses.
const RATES: f64 = 200.0;
const QUEUE: f64 = 110.0;
const LOSS: f64 = 60.0;
const TOP: f64 = 44.0;

/// Points of a line at the most.
const POINTS: usize = 300;

/// Colours of flows.
const COLOURS: [&str; 6] = ["#1f6fb4", "#d1590a", "#2a8a3a", "#9440a0", "#a23b3b", "#5b5b5b"];
const GREY: &str = "#999999";

/// Draws one case.
#[must_use]
pub fn draw(case: &Case, ours: &Outcome, cubic: &Outcome) -> String {
    let height = TOP + RATES + QUEUE + LOSS + 4.0 * GAP;
    let width = 2.0 * (LEFT + WIDTH + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{LEFT}\" y=\"18\" \
         font-size=\"15\">{}: {}</text>\n",
        case.name, case.about
    );
    let most_rate = round_up(top(&[ours, cubic], |run| rates(run).into_iter().flatten().fold(0.0, f64::max)));
    let most_queue = round_up(top(&[ours, cubic], |run| run.link.iter().map(|(_, ms)| *ms).fold(20.0, f64::max)));
    for (name, run, x) in [("ours", ours, LEFT), ("Cubic", cubic, 2.0 * LEFT + WIDTH + GAP)] {
        let mut panel = Panel { svg: &mut svg, x, y: TOP, height: RATES, most: most_rate, length: case.length };
        panel.frame(&format!("{name}: arrives (thick), target (thin), capacity (grey), kbit/s"));
        panel.line(&thin(run.link.iter().map(|(kbps, _)| kbps.min(most_rate))), GREY, 1.5, true);
        for (n, flow) in run.flows.iter().enumerate() {
            let colour = COLOURS[n % COLOURS.len()];
            if flow.name.starts_with("call") {
                panel.line(&thin(flow.views.iter().map(|view| view.target.min(most_rate))), colour, 0.6, false);
            }
            panel.line(&rates(run)[n], colour, 1.6, false);
        }
        (panel.y, panel.height, panel.most) = (TOP + RATES + GAP, QUEUE, most_queue);
        panel.frame("queue of the link, longest (grey) and as the first call sees it, ms");
        panel.line(&peaks(run.link.iter().map(|(_, ms)| *ms)), GREY, 1.0, false);
        let seen = run.flows.first().map(|flow| flow.views.iter().map(|view| view.queue_ms).collect::<Vec<_>>());
        panel.line(&thin(seen.into_iter().flatten()), COLOURS[0], 1.0, false);
        (panel.y, panel.height, panel.most) = (TOP + RATES + QUEUE + 2.0 * GAP, LOSS, 100.0);
        panel.frame("pieces lost, %");
        for (n, flow) in run.flows.iter().enumerate() {
            panel.line(&losses(&flow.pieces), COLOURS[n % COLOURS.len()], 1.0, false);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

struct Panel<'a> {
    svg: &'a mut String,
    x: f64,
    y: f64,
    height: f64,
    most: f64,
    length: f64,
}

impl Panel<'_> {
    fn frame(&mut self, title: &str) {
        let (x, y, bottom) = (self.x, self.y, self.y + self.height);
        let _ = write!(
            self.svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{}\" fill=\"none\" stroke=\"#cccccc\"/>\n\
             <text x=\"{x}\" y=\"{}\">{title}</text>\n<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{:.0}</text>\n\
             <text x=\"{}\" y=\"{bottom}\" text-anchor=\"end\">0</text>\n<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{:.0} s</text>\n",
            self.height,
            y - 5.0,
            x - 4.0,
            y + 10.0,
            self.most,
            x - 4.0,
            x + WIDTH,
            bottom + 13.0,
            self.length,
        );
    }

    /// A line through equally spaced values, in steps or from point to point.
    fn line(&mut self, values: &[f64], colour: &str, width: f64, steps: bool) {
        let mut points = String::new();
        let mut before = None;
        for (n, value) in values.iter().enumerate() {
            let x = self.x + WIDTH * (n as f64 + 0.5) / values.len() as f64;
            let y = self.y + self.height * (1.0 - value.min(self.most) / self.most);
            if let Some(before) = before.filter(|before| steps && *before != y) {
                let _ = write!(points, "{x:.0},{before:.0} ");
            }
            let _ = write!(points, "{x:.0},{y:.0} ");
            before = Some(y);
        }
        let _ = writeln!(
            self.svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            points.trim_end()
        );
    }
}

/// Samples of a point, so that there are not too many.
fn per_point(samples: usize) -> usize {
    samples.div_ceil(POINTS).max(1)
}

fn thin(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    values.chunks_exact(per_point(values.len())).map(|some| some.iter().sum::<f64>() / some.len() as f64).collect()
}

fn peaks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let values: Vec<f64> = values.collect();
    values.chunks_exact(per_point(values.len())).map(|some| some.iter().copied().fold(0.0, f64::max)).collect()
}

/// The arrival rate of each flow, kbit/s.
fn rates(run: &Outcome) -> Vec<Vec<f64>> {
    let of_sample = 8.0 / (SAMPLE.as_secs_f64() * 1_000.0);
    run.flows.iter().map(|flow| thin(flow.bytes.iter().map(|bytes| of_sample * *bytes as f64))).collect()
}

fn losses(pieces: &[(u32, u32)]) -> Vec<f64> {
    let share = |some: &[(u32, u32)]| {
        let (sent, lost) = some.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        100.0 * f64::from(lost) / f64::from(sent.max(1))
    };
    pieces.chunks_exact(per_point(pieces.len())).map(share).collect()
}

fn top(runs: &[&Outcome], of: impl Fn(&Outcome) -> f64) -> f64 {
    runs.iter().map(|run| of(run)).fold(1.0, f64::max)
}

/// The next of 1, 2, 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(10.0 * power)
}
