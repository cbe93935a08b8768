//! Standard output that may be closed: `ahoy history | head` ends quietly.
//! Every command prints its results through it.
//! Whoever reads has had enough when the pipe is closed, which is no error of ours.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process;

/// Prints one line; ends the process when nobody reads any more.
pub fn line(text: impl Display) {
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush())
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        process::exit(0);
    }
}

/// What somebody else wrote, for a terminal: one line, without anything that would steer it.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_cannot_steer_a_terminal() {
        assert_eq!(one_line("two\nlines\u{1b}[2J\u{9b}1m"), "two lines [2J 1m");
        assert_eq!(one_line("grüße, 👋"), "grüße, 👋");
    }
}
