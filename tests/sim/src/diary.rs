//! A diary of a world: what arrived at the machines and what they did, a line each.
//! Kept only while a failure is told again; silent otherwise.
//! Beats of sessions are left out: nobody wants to read them.

use std::fmt::Debug;

use ahoy_call::{Input, Output};

use crate::World;
use crate::act::At;

impl World {
    fn note(&mut self, at: At, sign: &str, what: &impl Debug) {
        let after = self.after().as_secs_f64();
        if let Some(diary) = &mut self.diary {
            diary.push(format!("{after:>9.3} s  {at} {sign} {what:?}"));
        }
    }

    pub(crate) fn note_input(&mut self, at: At, input: &Input) {
        match input {
            Input::Heard { .. } => {}
            Input::Dial { .. }
            | Input::Accept { .. }
            | Input::Decline { .. }
            | Input::HangUp { .. }
            | Input::SetMuted { .. }
            | Input::SetVideo { .. }
            | Input::SetHeld { .. }
            | Input::Swap
            | Input::Policy(_)
            | Input::MediaBound { .. }
            | Input::MediaMoved { .. }
            | Input::MediaFailed { .. }
            | Input::Received { .. }
            | Input::SendFailed { .. }
            | Input::Linked { .. }
            | Input::Unlinked { .. }
            | Input::MediaFlows { .. }
            | Input::Timeout => self.note(at, "<-", input),
        }
    }

    pub(crate) fn note_output(&mut self, at: At, output: &Output) {
        self.note(at, "->", output);
    }
}
