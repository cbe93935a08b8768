//! Curves of a call over time as SVG, one panel a figure.
//! `curves` draws one file a direction.
//! It draws lines and dots and nothing else; what is not a number is left out.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

/// A point: seconds of the call, and the figure then.
pub type Point = (f64, f64);

/// Width of the drawing and height of a panel, with what they keep free for words.
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 24.0;
/// Told apart also by eyes that see few colours (Okabe and Ito 2008).
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000"];
/// More dots than these are drawn small.
const MANY: usize = 200;
/// A panel whose values are all nothing still has a height.
const LEAST: f64 = 1e-3;

/// One curve.
pub struct Curve {
    /// Its name.
    pub name: &'static str,
    /// Its points in the order of time.
    pub points: Vec<Point>,
    /// Draw dots, because between them nothing is known.
    pub dots: bool,
}

/// Curves over one axis that begins at nothing.
pub struct Panel {
    /// What is drawn, with its unit.
    pub title: &'static str,
    /// The curves.
    pub curves: Vec<Curve>,
}

/// Draws the panels below each other.
///
/// # Errors
/// The disk is full.
pub fn write(path: &Path, title: &str, panels: &[Panel], seconds: f64) -> Result<()> {
    let height = TOP + panels.len() as f64 * (HEIGHT + TOP * 2.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{LEFT}\" y=\"16\" font-weight=\"bold\">{title}</text>\n"
    );
    for (number, panel) in panels.iter().enumerate() {
        draw(&mut svg, panel, TOP + number as f64 * (HEIGHT + TOP * 2.0) + TOP, seconds)?;
    }
    svg.push_str("</svg>\n");
    Ok(std::fs::write(path, svg)?)
}

fn draw(svg: &mut String, panel: &Panel, top: f64, seconds: f64) -> Result<()> {
    let all = panel.curves.iter().flat_map(|curve| &curve.points).map(|point| point.1);
    let most = round_up(all.filter(|value| value.is_finite()).fold(LEAST, f64::max));
    let (right, bottom) = (WIDTH - 20.0, top + HEIGHT);
    let x = |time: f64| LEFT + time / seconds * (right - LEFT);
    let y = |value: f64| bottom - value / most * HEIGHT;
    writeln!(svg, "<text x=\"{LEFT}\" y=\"{}\">{}</text>", top - 6.0, panel.title)?;
    for step in 0..=4 {
        let (value, time) = (most * f64::from(step) / 4.0, seconds * f64::from(step) / 4.0);
        writeln!(svg, "<path d=\"M{LEFT} {0:.1}H{right}\" stroke=\"#ddd\"/>", y(value))?;
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y(value) + 4.0,
            short(value)
        )?;
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} s</text>",
            x(time),
            bottom + 16.0,
            short(time)
        )?;
    }
    for (number, (curve, colour)) in panel.curves.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let place = LEFT + 260.0 + number as f64 * 150.0;
        writeln!(svg, "<text x=\"{place}\" y=\"{}\" fill=\"{colour}\">{}</text>", top - 6.0, curve.name)?;
        let points = curve.points.iter().filter(|(time, value)| (0.0..=seconds).contains(time) && value.is_finite());
        if curve.dots {
            // Dots of every picture stay apart from each other only when they are small.
            let radius = if curve.points.len() > MANY { 1.0 } else { 2.5 };
            for (time, value) in points {
                writeln!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\" fill=\"{colour}\"/>",
                    x(*time),
                    y(*value)
                )?;
            }
        } else {
            let places: Vec<String> = points.map(|(time, value)| format!("{:.1},{:.1}", x(*time), y(*value))).collect();
            writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\"/>", places.join(" "))?;
        }
    }
    Ok(())
}

/// The next of 1, 2, 4, 8 and 10 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 4.0, 8.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= value).unwrap_or(value)
}

/// Without digits that say nothing.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
