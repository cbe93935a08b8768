//! The program `ahoy`: a window, or a command.

use std::io::Write as _;
use std::process::ExitCode;

use ahoy_app::cli::{self, args::Args};
use ahoy_app::window;
use anyhow::Result;
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(cli::FAILED);
            // Nobody reads the help any more when this fails.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(args) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "ahoy: {error:#}");
            ExitCode::from(cli::FAILED)
        }
    }
}

fn run(args: Args) -> Result<ExitCode> {
    let Args { global, stats, link, command } = args;
    let filter = EnvFilter::try_new(&global.log)
        .map_err(|error| anyhow::anyhow!("--log {}: {error}; use error, warn, info, debug or trace", global.log))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match command {
        Some(_) if stats.is_some() => {
            anyhow::bail!("--stats before a command is for the window; write it after the command")
        }
        Some(command) => cli::run(&global, command),
        None => {
            let mut config = global.config()?;
            config.waiting = true;
            config.stats = stats;
            window::run(config, link)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
