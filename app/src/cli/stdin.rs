//! Commands that a running `call`, `answer` or `echo` takes on standard input, one a line.
//! `call` reads them and acknowledges each with `ok` or `error TEXT`.
//! The end of input is ignored: the call goes on.

use std::io::BufRead as _;
use std::thread;

use ahoy_call::{CallId, OtherCall, RejectReason};
use ahoy_camera::CameraChoice;
use ahoy_engine::Command;
use tokio::sync::mpsc;

/// Lines read ahead of the phone: a script's burst.
const LINES: usize = 16;

/// Reads standard input on a thread of its own, which ends with the process: a read cannot be interrupted.
pub fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(LINES);
    let read = move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
        // Holding the sender open keeps the end of input from looking like the end of the phone.
        loop {
            thread::park();
        }
    };
    // Without the thread the call goes on, only deaf to standard input.
    drop(thread::Builder::new().name("ahoy-stdin".into()).spawn(read));
    receiver
}

/// The command that a line asks for; `video` is whether an answer sends video.
///
/// # Errors
/// What is wrong with the line, and what can be said instead.
pub fn parse(line: &str, video: bool) -> Result<Command, String> {
    let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
    let rest = rest.trim();
    match word {
        "mute" => Ok(Command::ToggleMute { call: None, on: true }),
        "unmute" => Ok(Command::ToggleMute { call: None, on: false }),
        "video" => match rest {
            "on" => Ok(Command::ToggleVideo { call: None, on: true }),
            "off" => Ok(Command::ToggleVideo { call: None, on: false }),
            _ => Err("say `video on` or `video off`".into()),
        },
        "camera" if rest.is_empty() => Err("say `camera ID`; `ahoy devices` lists them".into()),
        "camera" => {
            let camera = rest.parse::<CameraChoice>().map_err(|error| error.to_string())?;
            Ok(Command::SwitchCamera { call: None, camera })
        }
        "hold" => Ok(Command::Hold { call: optional_call(rest)?, on: true }),
        "resume" => Ok(Command::Hold { call: optional_call(rest)?, on: false }),
        "swap" => Ok(Command::Swap),
        "answer" => answer(rest, video),
        "compare" if rest.is_empty() => Err("say `compare WHO`".into()),
        "compare" => Ok(Command::Compare { who: rest.to_owned() }),
        "same" => Ok(Command::Compared { same: true }),
        "different" => Ok(Command::Compared { same: false }),
        "decline" => Ok(Command::RejectCall { call: None, reason: RejectReason::Declined, text: text(rest) }),
        "hangup" => Ok(Command::EndCall { call: optional_call(rest)? }),
        "stats" => Ok(Command::Stats),
        other => Err(format!(
            "'{other}' is not a command: mute, unmute, video on|off, camera ID, hold [CALL], resume [CALL], swap, \
             answer [hold|end] [CALL], decline [TEXT], hangup [CALL], compare WHO, same, different, stats"
        )),
    }
}

/// `[hold|end] [CALL]`; without a word the call going on is held, because nothing is lost by that.
fn answer(rest: &str, video: bool) -> Result<Command, String> {
    let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (other, call) = match word {
        "hold" => (OtherCall::Hold, after.trim()),
        "end" => (OtherCall::End, after.trim()),
        _ => (OtherCall::Hold, rest),
    };
    Ok(Command::AnswerCall { call: optional_call(call)?, video, other })
}

fn optional_call(text: &str) -> Result<Option<CallId>, String> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|error| format!("'{text}': {error}")) }
}

fn text(rest: &str) -> Option<String> {
    (!rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_commands() {
        assert!(matches!(parse("mute", false), Ok(Command::ToggleMute { on: true, .. })));
        assert!(matches!(parse(" video  off ", false), Ok(Command::ToggleVideo { on: false, .. })));
        assert!(matches!(
            parse("answer", true),
            Ok(Command::AnswerCall { call: None, video: true, other: OtherCall::Hold })
        ));
        assert!(matches!(
            parse("answer end 00000000000000000000000000000001", false),
            Ok(Command::AnswerCall { call: Some(_), other: OtherCall::End, .. })
        ));
        assert!(matches!(parse("hold", false), Ok(Command::Hold { call: None, on: true })));
        assert!(matches!(parse("compare bob", false), Ok(Command::Compare { .. })));
        assert!(matches!(
            parse("hangup 00000000000000000000000000000001", false),
            Ok(Command::EndCall { call: Some(_) })
        ));
        match parse("decline in a meeting", false) {
            Ok(Command::RejectCall { text, .. }) => assert_eq!(text.as_deref(), Some("in a meeting")),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nonsense_is_answered_with_what_can_be_said() {
        for line in ["", "dance", "video maybe", "camera", "hangup 12"] {
            assert!(parse(line, false).is_err(), "{line}");
        }
    }
}
