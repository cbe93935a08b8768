//! Shows every screen and state of the window with an invented view and a clock that stands, for looking at the design.
//! Nothing behind it is real: buttons leave intents that nobody carries out. `./x shots` has it draw all pictures.

mod draw;
mod look;
mod people;
mod scene;
mod states;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};

use ahoy_app::window::Wake;

const USAGE: &str = "usage: gallery show PICTURE     shows one, for example in-call.phone.dark.en
       gallery list [FILTER]    names all pictures whose name contains FILTER
       gallery goldens [FILTER] names those that tests compare with
       gallery draw [FOLDER]    shows those that standard input names, a line each, and leaves them in FOLDER";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["list", ref filter @ ..] => list(states::names(), filter),
        ["goldens", ref filter @ ..] => list(states::goldens(), filter),
        ["show", name] => {
            let (orders, names) = channel();
            orders.send(name.to_owned()).expect("the other end is here");
            draw::run(names, None, Wake::default());
            // As long as somebody could still ask for another picture, the window stays.
            drop(orders);
        }
        ["draw"] | ["draw", _] => {
            let wake = Wake::default();
            draw::run(from_standard_input(wake.clone()), words.get(1).map(PathBuf::from), wake);
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn list(names: Vec<String>, filter: &[&str]) {
    let mut out = std::io::stdout().lock();
    for name in names.iter().filter(|name| filter.iter().all(|part| name.contains(part))) {
        if writeln!(out, "{name}").is_err() {
            // Nobody reads on.
            return;
        }
    }
}

/// What standard input asks for; the window is woken for each line.
fn from_standard_input(wake: Wake) -> Receiver<String> {
    fn read(orders: &Sender<String>, wake: &Wake) {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if orders.send(line).is_err() {
                return;
            }
            wake.ring();
        }
    }
    let (orders, names) = channel();
    drop(std::thread::spawn(move || {
        read(&orders, &wake);
        drop(orders);
        wake.ring();
    }));
    names
}
