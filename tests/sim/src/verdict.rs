//! What must hold of all phones together: when everything has come to rest, and when every call is over.
//! Called at the two ends of a world's run; what breaks a rule comes back as a sentence.
//! Both sides need not say the same about a call, but what they say has to fit.

use ahoy_call::{CallRecord, CallState, Direction, EndedReason};

use crate::World;
use crate::act::At;
use crate::ledger::Broken;

/// Nobody has done anything for longer than any timer runs: whatever lives is a conversation on both sides.
pub(crate) fn conversations(world: &World) -> Broken {
    for (at, phone) in world.phones.iter().enumerate() {
        for call in phone.calls.alive() {
            let id = call.id();
            let there = World::at(call.peer());
            let Some(other) = world.phones[there].calls.call(id) else {
                return Err(format!("{id} lives on phone {at} in state {} and not on phone {there}", call.state()));
            };
            let states = [call.state(), other.state()];
            // A link that loses much may just have been silent for two seconds.
            let spoken = states.iter().all(|state| matches!(state, CallState::Active | CallState::Reconnecting));
            if !spoken || (world.setup.link.loss == 0 && states != [CallState::Active; 2]) {
                return Err(format!("{id} is {} on phone {at} and {} on phone {there}", states[0], states[1]));
            }
            if call.remote() != other.local() && !world.marred.contains(&id) {
                let (seen, meant) = (call.remote(), other.local());
                return Err(format!("{id}: phone {at} sees {seen:?}, phone {there} set {meant:?}"));
            }
        }
    }
    Ok(())
}

/// Every call is over and forgotten, nothing is open, and the histories fit.
pub(crate) fn end(world: &World, calm: bool) -> Broken {
    for (at, phone) in world.phones.iter().enumerate() {
        if let Some(call) = phone.calls.calls().first() {
            return Err(format!("{} is still there on phone {at}, in state {}", call.id(), call.state()));
        }
        if phone.calls.next_deadline().is_some() || world.devices(at).next().is_some() {
            return Err(format!("a timer or a device of phone {at} is left over"));
        }
        for (id, page) in &phone.ledger.pages {
            if page.bound != page.stopped || page.rings {
                return Err(format!("the endpoint or the bell of {id} is left over on phone {at}"));
            }
            if page.record.is_some() == page.replaced {
                return Err(format!("{id} has {} record on phone {at}", if page.replaced { "a" } else { "no" }));
            }
            if let Some(record) = &page.record {
                fits(world, at, record, calm)?;
            }
        }
    }
    Ok(())
}

/// The histories of the two sides of one call fit.
fn fits(world: &World, at: At, mine: &CallRecord, calm: bool) -> Broken {
    let there = World::at(mine.peer);
    if mine.direction == Direction::Incoming {
        return Ok(());
    }
    let page = world.phones[there].ledger.pages.get(&mine.call_id);
    let theirs = page.and_then(|page| page.record.as_ref());
    let word = theirs.map(|record| record.ended_reason);
    if theirs.is_some_and(|record| record.direction != Direction::Incoming) {
        return Err(format!("{} is an outgoing call on both sides", mine.call_id));
    }
    let marred = world.marred.contains(&mine.call_id);
    let fine = agrees(mine.ended_reason, word)
        || (!calm && may_differ(mine.ended_reason, word))
        || (marred && is_a_pair(mine.ended_reason, word));
    if fine {
        return Ok(());
    }
    let theirs = word.map_or("nothing", EndedReason::word);
    Err(format!("{}: phone {at} says {}, phone {there} says {theirs}", mine.call_id, mine.ended_reason))
}

/// What caller and callee may say of a call that nothing disturbed.
fn agrees(caller: EndedReason, callee: Option<EndedReason>) -> bool {
    use EndedReason::{Busy, Cancelled, Completed, Failed, Lost, Missed, NoAnswer, Rejected, Unreachable};
    match callee {
        Some(callee) => matches!(
            (caller, callee),
            (Completed, Completed)
                | (Rejected, Rejected)
                | (NoAnswer | Cancelled | Busy, Missed)
                | (Failed, Failed)
                | (Lost, Lost)
                // One hung up while the other's word was on its way: an answer, a refusal, an end, the first packet.
                | (Cancelled, Failed | Rejected | Cancelled | Completed)
                | (Rejected, Cancelled | Completed)
                | (NoAnswer, Failed | Rejected | Cancelled)
                | (Completed, Failed | Cancelled)
                | (Failed, Cancelled)
        ),
        // It was over before its offer came.
        None => matches!(caller, Cancelled | Failed | Unreachable),
    }
}

/// What else they may say when ways were cut, packets lost or devices failed, and every signal arrived all the same.
fn may_differ(caller: EndedReason, callee: Option<EndedReason>) -> bool {
    use EndedReason::{Busy, Cancelled, Completed, Failed, Lost, Missed, NoAnswer, Rejected, Unreachable};
    match (caller, callee) {
        // The callee is told by the caller's end, or by nothing but its own timers.
        (Cancelled | NoAnswer | Unreachable, Some(Missed | Failed | Rejected | Cancelled | Lost)) => true,
        (Rejected | Busy, Some(Rejected | Missed | Cancelled | Failed)) => true,
        (Failed, Some(Missed | Failed | Rejected | Cancelled | Lost | Completed)) => true,
        (Completed | Lost, Some(Completed | Lost | Failed | Cancelled)) => true,
        (_, None) => true,
        (
            Completed | Rejected | Missed | Busy | NoAnswer | Unreachable | Cancelled | Lost,
            Some(Completed | Rejected | Missed | Busy | NoAnswer | Unreachable | Cancelled | Lost | Failed),
        )
        | (Failed, Some(Busy | NoAnswer | Unreachable)) => false,
    }
}

/// What caller and callee can say at all: what is left when a signal never arrived or a phone forgot the call.
fn is_a_pair(caller: EndedReason, callee: Option<EndedReason>) -> bool {
    use EndedReason::{Busy, Cancelled, Completed, Failed, Lost, Missed, NoAnswer, Rejected, Unreachable};
    let calls = match caller {
        Completed | Rejected | Busy | NoAnswer | Unreachable | Cancelled | Lost | Failed => true,
        Missed => false,
    };
    let is_called = match callee {
        None | Some(Completed | Rejected | Missed | Cancelled | Lost | Failed) => true,
        Some(Busy | NoAnswer | Unreachable) => false,
    };
    calls && is_called
}
