//! The command line: a thin client of the engine.
//! `main` hands it the parsed arguments and turns its answer into the exit code.
//! It prints results on standard output, errors in one line on standard error.

pub mod args;
mod backup;
mod call;
mod chat;
mod compare;
mod desk;
mod devices;
mod out;
mod pair;
mod register;
mod socket;
mod stdin;

use std::process::ExitCode;

use ahoy_engine::desk::Request;
use ahoy_engine::{Answering, PhoneConfig};
use anyhow::Result;
use clap::CommandFactory as _;

use args::{Args, Command, ContactChange, Global, HistoryChange};
pub use socket::{Socket, hand_over, running};

/// Usage or environment: the command was not carried out.
pub const FAILED: u8 = 2;

/// Carries one command out.
///
/// # Errors
/// What could not be done; the process ends with [`FAILED`] then.
pub fn run(global: &Global, command: Command) -> Result<ExitCode> {
    let config = global.config()?;
    match command {
        Command::Id { qr } => desk::id(&config, qr, global.json),
        Command::Add { link, name } => desk::ask(&config, Request::Add { link, name }, global.json),
        Command::Contacts { change: None } => desk::ask(&config, Request::Contacts, global.json),
        Command::Contacts { change: Some(change) } => change_contact(config, change, global.json),
        Command::History { limit, before, missed, with, change } => {
            let listed = Request::History { limit, before, missed, who: with };
            let request = match change {
                None if !global.json => return desk::history(&config, &listed),
                None => listed,
                Some(HistoryChange::Delete { call }) => Request::DeleteCall { call },
                Some(HistoryChange::Clear) => Request::ClearHistory,
            };
            desk::ask(&config, request, global.json)
        }
        Command::Message { who, text } => chat::message(config, who, text, global.json),
        Command::Messages { who, limit, before } => {
            let shown = desk::ask(&config, Request::Messages { who: who.clone(), limit, before }, global.json)?;
            // Printed is seen: the sender learns it.
            let _ = desk::answer(&config, &Request::Seen { who })?;
            Ok(shown)
        }
        Command::Search { text, limit } => desk::ask(&config, Request::Search { text, limit }, global.json),
        Command::Pair { with, scan, name, yes, wait } => {
            pair::pair(config, pair::Wish { with, scan, name, yes, wait }, global.json)
        }
        Command::Export { file } => backup::export(&config, &file, global.json),
        Command::Import { file } => backup::import(&config, &file, global.json),
        Command::Doctor => desk::ask(&config, Request::Doctor, global.json),
        Command::Settings { key, value } => desk::settings(&config, key, value, global.json),
        Command::Devices => devices::list(global.json),
        Command::Register { remove } => register::register(remove, global.json),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "ahoy", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
        Command::Man => {
            clap_mangen::Man::new(Args::command()).render(&mut std::io::stdout())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Call { who, video, media, duration } => {
            let stats = media.stats.clone();
            let config = PhoneConfig { media: media.options()?, stats, ..config };
            call::call(config, call::Dial { who, video, duration }, global.json)
        }
        Command::Answer { video, media, once, anyone, after, decline, ask } => {
            let answering = args::answering(video, after, decline, ask);
            let stats = media.stats.clone();
            let config = PhoneConfig { media: media.options()?, stats, anyone, answering, ..config };
            call::answer(config, call::Watch { once, video }, global.json)
        }
        Command::Echo { anyone, stats } => {
            let media = ahoy_engine::MediaOptions::silent();
            let config = PhoneConfig { media, stats, anyone, answering: Answering::Echo, ..config };
            call::answer(config, call::Watch { once: false, video: true }, global.json)
        }
    }
}

fn change_contact(config: PhoneConfig, change: ContactChange, as_json: bool) -> Result<ExitCode> {
    let request = match change {
        ContactChange::Rename { who, name } => Request::Rename { who, name },
        ContactChange::Verify { who } => Request::Verify { who },
        ContactChange::Block { who } => Request::Block { who },
        ContactChange::Unblock { who } => Request::Unblock { who },
        ContactChange::Remove { who } => Request::Remove { who },
        ContactChange::Favourite { who, off } => Request::Favourite { who, on: !off },
        ContactChange::AutoAnswer { who, how } => Request::AutoAnswer { who, how },
        ContactChange::Mute { who, off } => Request::MuteCalls { who, on: !off },
        ContactChange::Compare { who } => return compare::compare(config, &who, as_json),
    };
    desk::ask(&config, request, as_json)
}
