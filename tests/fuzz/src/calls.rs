//! The state machine of calls, driven by a person, three peers and a clock that all do what they like.
//! The engine's driver owns it; here every input it can get comes in any order.
//! No panic, bounded tables, one conversation, nothing open without a living call, and everything ends by itself.

use std::time::Duration;

use ahoy_call::config::{MAX_CALLS, MAX_LIVE};
use ahoy_call::{
    CallId, CallSignal, CallState, Calls, EndCause, Input, Now, OtherCall, Output, PeerAddr, PeerId, Policy,
    RejectReason, SendFailure, wire,
};
use ahoy_media::{AudioCodec, LocalTime};

use crate::tape::Tape;

/// Longer than 60 s of ringing, 10 s of connecting, 30 s of silence and 5 s of lingering together.
const ALL_ENDS: Duration = Duration::from_secs(120);

/// More outputs than any one input has.
const MOST_OUTPUTS: usize = 64;

/// Whether there was any call.
pub fn check(data: &[u8]) -> bool {
    let mut tape = Tape(data);
    let mut story = Story::default();
    while let Some(input) = story.input(&mut tape) {
        story.take(input);
    }
    story.end();
    story.any
}

#[derive(Default)]
struct Story {
    calls: Calls,
    now: LocalTime,
    /// Calls whose media endpoint is open.
    bound: Vec<CallId>,
    ringing: Vec<CallId>,
    any: bool,
}

impl Story {
    fn time(&self) -> Now {
        Now { local: self.now, unix_ms: 1_700_000_000_000 + self.now.0 / 1_000 }
    }

    fn input(&mut self, tape: &mut Tape) -> Option<Input> {
        let kind = tape.roll(24)?;
        let call = call_id(tape)?;
        Some(match kind {
            0 => Input::Dial { call, peer: peer(tape)?, video: tape.coin()?, audio_codec: AudioCodec::Opus48k },
            1 | 2 => {
                let other = if tape.coin()? { OtherCall::Hold } else { OtherCall::End };
                Input::Accept { call, video: tape.coin()?, other }
            }
            3 => Input::Decline { call, reason: reject(tape)?, text: text(tape)? },
            4 => Input::HangUp { call },
            5 => Input::SetMuted { call, muted: tape.coin()? },
            6 => Input::SetVideo { call, video: tape.coin()? },
            7 => Input::SetHeld { call, held: tape.coin()? },
            8 => Input::Swap,
            9 => self.policy(tape)?,
            10 => Input::MediaBound { call, addr: addr(tape)? },
            11 => Input::MediaMoved { call, addr: addr(tape)? },
            12 => Input::MediaFailed { call },
            13 => {
                let failure = if tape.coin()? { SendFailure::Unreachable } else { SendFailure::Refused };
                Input::SendFailed { call, failure }
            }
            14 => Input::Linked { call },
            15 => Input::Unlinked { call, ended: tape.coin()? },
            16 => Input::MediaFlows { call },
            17 => Input::Heard { call },
            18 | 19 => {
                self.now = self.now + Duration::from_millis(tape.word()?.into());
                Input::Timeout
            }
            _ => Input::Received { from: peer(tape)?, signal: signal(call, tape)? },
        })
    }

    fn policy(&self, tape: &mut Tape) -> Option<Input> {
        let silent = if tape.coin()? { [peer(tape)?].into() } else { [].into() };
        Some(Input::Policy(Policy { waiting: tape.coin()?, dnd: tape.coin()?, silent }))
    }

    fn take(&mut self, input: Input) {
        let command = matches!(
            input,
            Input::Dial { .. }
                | Input::Accept { .. }
                | Input::Decline { .. }
                | Input::HangUp { .. }
                | Input::SetMuted { .. }
                | Input::SetVideo { .. }
                | Input::SetHeld { .. }
                | Input::Swap
        );
        let result = self.calls.handle(self.time(), input);
        assert!(command || result.is_ok(), "only a command can fail");
        let mut outputs = 0;
        while let Some(output) = self.calls.poll_output() {
            assert!(result.is_ok(), "a command that fails changes nothing");
            outputs += 1;
            self.carry_out(output);
        }
        assert!(outputs <= MOST_OUTPUTS);
        self.holds();
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::BindMedia { call } => self.bound.push(call),
            Output::Send { call, signal, .. } => {
                assert_eq!(signal.call_id(), call);
                let bytes = wire::encode(&signal).expect("what the machine says has an encoding");
                assert_eq!(wire::decode(&bytes), Ok(signal));
            }
            Output::StopMedia { call, .. } => {
                let at = self.bound.iter().position(|bound| *bound == call).expect("only what was bound stops");
                let _ = self.bound.swap_remove(at);
            }
            Output::StartMedia { call, .. } => assert!(self.bound.contains(&call), "media without an endpoint"),
            Output::Ring { call, .. } => self.ringing.push(call),
            Output::StopRing { call } => self.ringing.retain(|ringing| *ringing != call),
            Output::Changed { .. } => self.any = true,
            Output::DialMedia { .. }
            | Output::AcceptMedia { .. }
            | Output::MediaChanged { .. }
            | Output::Replaced { .. }
            | Output::LeaveNote { .. }
            | Output::Record(_) => {}
        }
    }

    fn holds(&self) {
        assert!(self.calls.calls().len() <= MAX_CALLS, "the table is bounded");
        let alive: Vec<_> = self.calls.alive().collect();
        assert!(alive.len() <= MAX_LIVE, "few calls live at a time");
        let going_on = alive.iter().filter(|call| call.state() != CallState::Ringing && !call.local().held).count();
        assert!(going_on <= 1, "one call goes on at a time");
        assert!(alive.iter().filter(|call| call.ring().is_some()).count() <= 1, "one call rings");
        let mut bound = self.bound.clone();
        let mut living: Vec<_> = alive.iter().map(|call| call.id()).collect();
        bound.sort();
        living.sort();
        assert_eq!(bound, living, "an endpoint is open exactly while its call lives");
        let rings = alive.iter().any(|call| call.state() == CallState::Ringing);
        assert_eq!(!self.ringing.is_empty(), rings, "it rings exactly while a call rings");
        assert_eq!(self.calls.next_deadline().is_some(), !self.calls.calls().is_empty(), "whatever is there, ends");
        assert_eq!(self.calls.current().is_some(), !alive.is_empty());
    }

    /// Nobody does anything any more: the clock alone ends it all.
    fn end(&mut self) {
        let until = self.now + ALL_ENDS;
        while let Some((at, _)) = self.calls.next_deadline() {
            self.now = self.now.max(at);
            assert!(self.now <= until, "a call outlives every bound");
            self.take(Input::Timeout);
            assert!(self.calls.next_deadline().is_none_or(|(next, _)| next > self.now), "a timer that never moves");
        }
        assert!(self.bound.is_empty() && self.ringing.is_empty());
    }
}

/// Few ids, so that inputs meet.
fn call_id(tape: &mut Tape) -> Option<CallId> {
    Some(CallId([tape.roll(6)?; 16]))
}

fn peer(tape: &mut Tape) -> Option<PeerId> {
    Some(PeerId([tape.roll(3)?; 32]))
}

fn addr(tape: &mut Tape) -> Option<PeerAddr> {
    let mut addr = PeerAddr::new(PeerId([tape.roll(4)?; 32]));
    // Beyond the cap too: what this machine says about itself is not checked by anybody before.
    let count = tape.byte()?;
    addr.direct = (0..u16::from(count)).map(|port| ([127, 0, 0, 1], port).into()).collect();
    Some(addr)
}

fn text(tape: &mut Tape) -> Option<Option<String>> {
    let length = usize::from(tape.byte()?);
    Some((length > 0).then(|| "é".repeat(length)))
}

fn reject(tape: &mut Tape) -> Option<RejectReason> {
    Some(match tape.roll(4)? {
        0 => RejectReason::Declined,
        1 => RejectReason::Busy,
        2 => RejectReason::Unsupported,
        _ => RejectReason::Failed,
    })
}

/// Only what can come out of `wire::decode`.
fn signal(call_id: CallId, tape: &mut Tape) -> Option<CallSignal> {
    let audio_codec = AudioCodec::Opus24k;
    Some(match tape.roll(8)? {
        0 | 1 => CallSignal::Offer { call_id, audio_codec, video: tape.coin()?, media: PeerId([9; 32]) },
        2 => CallSignal::Ringing { call_id },
        3 => CallSignal::Answer {
            call_id,
            audio_codec,
            video: tape.coin()?,
            media: addr(tape)?.capped(),
            instead_of: instead(tape)?,
        },
        4 => CallSignal::Reject { call_id, reason: reject(tape)?, text: None },
        5 => {
            let cause = if tape.coin()? { EndCause::HangUp } else { EndCause::Timeout };
            CallSignal::End { call_id, cause }
        }
        6 => {
            let revision = tape.byte()?.into();
            CallSignal::MediaState { call_id, revision, muted: tape.coin()?, video: tape.coin()?, held: tape.coin()? }
        }
        _ => CallSignal::Candidate { call_id, revision: tape.byte()?.into(), media: addr(tape)?.capped() },
    })
}

fn instead(tape: &mut Tape) -> Option<Option<CallId>> {
    if tape.coin()? { call_id(tape).map(Some) } else { Some(None) }
}
