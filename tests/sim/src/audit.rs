//! What must hold of a phone after every single input.
//! The world calls it with what caused the input; what breaks a rule comes back as a sentence.
//! It compares three things: what the machine shows, what it has handed out, and what the person wanted.

use std::time::Duration;

use ahoy_call::config::{CONNECT, LINGER, MAX_CALLS, MAX_LIVE, RECONNECT, RING};
use ahoy_call::{Call, CallId, CallState, Calls, Input, MediaFlags, TimerKind};
use ahoy_media::LocalTime;

use crate::ledger::{Broken, Ledger, Page, Wish};

/// What an input may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The person asked for something; a held call may go on only when this one was meant, or any when `None`.
    Person { resumes: Option<Resumes> },
    /// The network or the clock.
    World,
}

/// Which held call goes on again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resumes {
    This(CallId),
    Any,
}

impl Cause {
    pub(crate) const fn of(input: &Input) -> Self {
        match input {
            Input::SetHeld { call, held: false } => Self::Person { resumes: Some(Resumes::This(*call)) },
            Input::Swap => Self::Person { resumes: Some(Resumes::Any) },
            Input::Dial { .. }
            | Input::Accept { .. }
            | Input::Decline { .. }
            | Input::HangUp { .. }
            | Input::SetMuted { .. }
            | Input::SetVideo { .. }
            | Input::SetHeld { .. }
            | Input::Policy(_) => Self::Person { resumes: None },
            Input::MediaBound { .. }
            | Input::MediaMoved { .. }
            | Input::MediaFailed { .. }
            | Input::Received { .. }
            | Input::SendFailed { .. }
            | Input::Linked { .. }
            | Input::Unlinked { .. }
            | Input::MediaFlows { .. }
            | Input::Heard { .. }
            | Input::Timeout => Self::World,
        }
    }
}

/// Checks one phone; `slack` is how late its timers may be.
pub(crate) fn audit(now: LocalTime, calls: &Calls, ledger: &mut Ledger, cause: Cause, slack: Duration) -> Broken {
    counts(calls)?;
    for call in calls.calls() {
        let wish = ledger.wishes.get(&call.id()).copied().unwrap_or_default();
        let Some(page) = ledger.pages.get_mut(&call.id()) else {
            return Err(format!("{} is in the table and was never announced", call.id()));
        };
        one(now, call, page, wish, cause, slack)?;
        page.local = call.local();
    }
    let stray = |id: &CallId| calls.call(*id).is_none_or(|call| call.state().is_ended());
    match ledger.pages.iter().find(|(id, page)| (page.open() || page.rings) && stray(id)) {
        Some((id, _)) => Err(format!("{id} is over, and its endpoint or its bell is not")),
        None => Ok(()),
    }
}

fn counts(calls: &Calls) -> Broken {
    let live = || calls.calls().iter().filter(|call| !call.state().is_ended());
    let rings = live().filter(|call| call.state() == CallState::Ringing).count();
    let held = live().filter(|call| call.local().held).count();
    let open = live().filter(|call| call.state() != CallState::Ringing && !call.local().held).count();
    if calls.calls().len() > MAX_CALLS || live().count() > MAX_LIVE {
        return Err(format!("{} calls live, {} are in the table", live().count(), calls.calls().len()));
    }
    if open > 1 || rings > 1 {
        return Err(format!("{open} calls go on, {held} are held, {rings} ring"));
    }
    if live().any(|call| live().filter(|other| other.peer() == call.peer()).count() > 1) {
        return Err("two calls with one peer live".to_owned());
    }
    if calls.current().is_some() != live().next().is_some() || calls.alive().count() != live().count() {
        return Err("what is alive and what is current do not agree".to_owned());
    }
    Ok(())
}

fn one(now: LocalTime, call: &Call, page: &Page, wish: Wish, cause: Cause, slack: Duration) -> Broken {
    let id = call.id();
    let state = call.state();
    if page.state != Some(state) || page.replaced {
        return Err(format!("{id} is in state {state:?} and was announced as {:?}", page.state));
    }
    timing(now, call, page, slack)?;
    if state.is_ended() {
        return if page.record.is_some() { Ok(()) } else { Err(format!("{id} is over and has no record")) };
    }
    if page.record.is_some() || !page.open() || page.rings != (state == CallState::Ringing) {
        return Err(format!("{id} lives without an endpoint or a bell, or has a record"));
    }
    if call.ring().is_some() != page.rings {
        return Err(format!("{id} shows another bell than the one that rings"));
    }
    let sends = call.sends();
    if (sends.sound && (!wish.consent || wish.muted)) || (sends.picture && (!wish.consent || !wish.video)) {
        return Err(format!("{id} sends sound or picture that its person does not want to send"));
    }
    flags(call, page, wish, cause)
}

fn flags(call: &Call, page: &Page, wish: Wish, cause: Cause) -> Broken {
    let (id, local) = (call.id(), call.local());
    if local.muted != wish.muted || (local.video != wish.video && wish.consent) {
        return Err(format!("{id} has flags {local:?}, its person wants {wish:?}"));
    }
    // A call that has just begun takes over what its person set before it gave way.
    let known = page.local != MediaFlags::default();
    if cause == Cause::World && known && local != page.local {
        return Err(format!("the flags of {id} change by themselves from {:?} to {local:?}", page.local));
    }
    let resumes = match cause {
        Cause::Person { resumes: Some(Resumes::This(meant)) } => meant == id,
        Cause::Person { resumes: Some(Resumes::Any) } => true,
        Cause::Person { resumes: None } | Cause::World => false,
    };
    if page.local.held && !local.held && !resumes {
        return Err(format!("{id} resumes by itself"));
    }
    Ok(())
}

/// No state lasts longer than its timer allows, and nothing but its lingering is timed after the end.
fn timing(now: LocalTime, call: &Call, page: &Page, slack: Duration) -> Broken {
    let id = call.id();
    let bound = match call.state() {
        CallState::Dialing | CallState::Ringing | CallState::Alerting => RING,
        CallState::Connecting => CONNECT,
        CallState::Active => Duration::MAX,
        CallState::Reconnecting => RECONNECT,
        CallState::Ended(_) => LINGER,
    };
    let long = now.saturating_since(page.since);
    if long > bound.saturating_add(slack) {
        return Err(format!("{id} is in state {} for {long:?}", call.state()));
    }
    match call.deadline() {
        None => Err(format!("{id} waits for nothing")),
        Some((at, TimerKind::Linger)) if call.state().is_ended() && at == page.since + LINGER => Ok(()),
        Some((_, kind)) if call.state().is_ended() || kind == TimerKind::Linger => {
            Err(format!("a timer {kind:?} runs in state {}", call.state()))
        }
        Some(_) => Ok(()),
    }
}
