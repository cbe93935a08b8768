//! Draws every screen and state of the window into a folder, and one sheet a size to look at them all.
//! `./x shots [FILTER]` draws those whose name contains FILTER; `--bless` makes those among them that tests compare with anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use ahoy_e2e::display::Display;
use ahoy_e2e::gallery::{self, Gallery};
use ahoy_e2e::golden::Painting;
use ahoy_e2e::phone::program;
use anyhow::{Context as _, Result, bail, ensure};

/// Where the pictures lie that tests compare with.
const GOLDENS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/goldens");
/// What they may weigh together.
const GOLDEN_BYTES: u64 = 4 << 20;
/// How wide a picture is on a sheet.
const THUMB: &str = "320x";

fn main() -> Result<()> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let bless = words.iter().position(|word| word == "--bless").map(|at| words.remove(at)).is_some();
    if words.len() > 1 || words.iter().any(|word| word.starts_with('-')) {
        bail!("usage: ./x shots [FILTER] [--bless]");
    }
    let names = gallery::names(words.first().map_or("", String::as_str), bless)?;
    ensure!(!names.is_empty(), "no picture has such a name");
    let dir = program()?.ancestors().nth(2).context("the folder of what is built")?.join("shots");
    std::fs::create_dir_all(&dir)?;
    draw(&names, &dir)?;
    if !bless {
        return sheets(&names, &dir);
    }
    if words.is_empty() {
        // Those that no state asks for any more go.
        let _ = std::fs::remove_dir_all(GOLDENS);
    }
    keep(&names, &dir)
}

/// One window draws them all: starting one takes longer than a picture.
fn draw(names: &[String], dir: &Path) -> Result<()> {
    let begun = Instant::now();
    let display = Display::needed()?;
    let mut gallery = Gallery::open(&display, Some(dir), None)?;
    for name in names {
        gallery.show(name)?;
    }
    println!("{} pictures in {:.0} s: {}", names.len(), begun.elapsed().as_secs_f64(), dir.display());
    Ok(())
}

/// Puts the pictures of a size, a theme and a language on one sheet.
fn sheets(names: &[String], dir: &Path) -> Result<()> {
    let mut looks: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for name in names {
        let look = name.split_once('.').map_or("", |(_, look)| look);
        looks.entry(look).or_default().push(dir.join(format!("{name}.png")));
    }
    for (look, pictures) in looks {
        let sheet = dir.join(format!("sheet.{look}.png"));
        let made = Command::new("montage")
            .args(["-label", "%t"])
            .args(pictures)
            .args(["-tile", "6x", "-geometry", &format!("{THUMB}+6+6"), "-background", "#888888"])
            .arg(&sheet)
            .status()
            .context("ImageMagick is not installed; `./x shots` installs it")?;
        ensure!(made.success(), "no sheet was made");
        println!("a sheet of all: {}", sheet.display());
    }
    Ok(())
}

/// Makes what was drawn the pictures that tests compare with.
fn keep(names: &[String], dir: &Path) -> Result<()> {
    let goldens = Path::new(GOLDENS);
    std::fs::create_dir_all(goldens)?;
    let mut bytes = 0;
    for name in names {
        let file = format!("{name}.png");
        Painting::read(&dir.join(&file))?.write(&goldens.join(&file))?;
        bytes += goldens.join(&file).metadata()?.len();
    }
    println!("{} goldens, {} kB: {}", names.len(), bytes / 1024, goldens.display());
    ensure!(bytes <= GOLDEN_BYTES, "the goldens weigh more than {} kB", GOLDEN_BYTES / 1024);
    Ok(())
}
