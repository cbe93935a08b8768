//! `register`: this program opens `ahoy:` links from now on, or no more.
//! `cli` calls it; what is done depends on the system and lies in `ahoy_system::links`.
//! It says what it wrote, and what it could not tell the desktop.

use std::process::ExitCode;

use ahoy_system::links::{self, Registered};
use anyhow::{Context as _, Result};
use serde_json::json;

use super::out;

/// The mark of the program, as desktops show it beside its name.
const MARK: &str = include_str!("../../../assets/mark.svg");

/// Registers the links of this program, or takes that back.
pub fn register(remove: bool, as_json: bool) -> Result<ExitCode> {
    let home = dirs::data_dir().context("the system names no folder for data; set XDG_DATA_HOME")?;
    let (what, done) = if remove {
        ("ahoy: links could not be unregistered", links::remove(&home))
    } else {
        let program = std::env::current_exe().context("the system does not say where this program lies")?;
        ("ahoy: links could not be registered", links::register(&home, &program, MARK))
    };
    let Registered { files, untold } = done.context(what)?;
    if as_json {
        out::line(json!({ "registered": !remove, "files": files, "untold": untold }));
        return Ok(ExitCode::SUCCESS);
    }
    let verb = if remove { "removed" } else { "wrote" };
    for file in &files {
        out::line(format!("{verb} {}", file.display()));
    }
    if remove && files.is_empty() {
        out::line("nothing was registered");
    }
    for untold in untold {
        out::line(format!("the desktop was not told by {untold}; it may notice at the next login"));
    }
    Ok(ExitCode::SUCCESS)
}
