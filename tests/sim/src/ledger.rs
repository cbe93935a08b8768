//! What a phone has handed out about each call, and the rules for it.
//! The world enters every output; what breaks a rule comes back as a sentence.
//! The rules know only what the outputs say: they would hold for any implementation.

use std::collections::BTreeMap;

use ahoy_call::config::{RING_PAUSE, RING_WINDOW, RINGS_PER_WINDOW};
use ahoy_call::{
    CallId, CallRecord, CallSignal, CallState, Direction, EndReason, MediaFlags, Output, PeerId, Policy, RingManner,
};
use ahoy_media::LocalTime;

/// What breaks a rule.
pub(crate) type Broken = Result<(), String>;

/// What the person has agreed to in a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Dialled or accepted by the person.
    pub(crate) consent: bool,
    pub(crate) muted: bool,
    pub(crate) video: bool,
}

/// One call in the ledger.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) state: Option<CallState>,
    pub(crate) since: LocalTime,
    pub(crate) bound: bool,
    pub(crate) stopped: bool,
    pub(crate) started: bool,
    pub(crate) rings: bool,
    pub(crate) alerted: bool,
    pub(crate) was_active: bool,
    pub(crate) note: bool,
    pub(crate) replaced: bool,
    /// The flags as they were after the last input.
    pub(crate) local: MediaFlags,
    pub(crate) record: Option<CallRecord>,
    pub(crate) reason: Option<EndReason>,
}

impl Page {
    /// Whether an endpoint is open for it.
    pub(crate) const fn open(&self) -> bool {
        self.bound && !self.stopped
    }

    pub(crate) const fn lives(&self) -> bool {
        matches!(self.state, Some(state) if !state.is_ended()) && !self.replaced
    }
}

/// Everything a phone has handed out since it was started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) pages: BTreeMap<CallId, Page>,
    pub(crate) wishes: BTreeMap<CallId, Wish>,
    /// Rings that nobody has accepted.
    rings: Vec<(PeerId, LocalTime)>,
}

fn rule(holds: bool, says: impl FnOnce() -> String) -> Broken {
    if holds { Ok(()) } else { Err(says()) }
}

impl Ledger {
    pub(crate) fn wish(&mut self, call: CallId) -> &mut Wish {
        self.wishes.entry(call).or_default()
    }

    fn page(&mut self, call: CallId, output: &Output) -> Result<&mut Page, String> {
        self.pages.get_mut(&call).ok_or_else(|| format!("{output:?} is about a call that never began"))
    }

    fn consent(&self, call: CallId) -> bool {
        self.wishes.get(&call).is_some_and(|wish| wish.consent)
    }

    /// Enters one output. `policy` holds, and `with` is the peer of the call.
    pub(crate) fn enter(&mut self, now: LocalTime, output: &Output, policy: &Policy, with: Option<PeerId>) -> Broken {
        match *output {
            Output::Changed { call, from, to } => self.changed(now, call, from, to, with),
            Output::BindMedia { call } => {
                let page = self.page(call, output)?;
                let first = !std::mem::replace(&mut page.bound, true);
                rule(first && page.lives(), || format!("an endpoint is bound twice or too late for {call}"))
            }
            Output::StopMedia { call, .. } => {
                let page = self.page(call, output)?;
                let first = !std::mem::replace(&mut page.stopped, true);
                rule(first && page.bound, || format!("media stop twice or without an endpoint for {call}"))
            }
            Output::StartMedia { call, .. } => {
                let consent = self.consent(call);
                let page = self.page(call, output)?;
                let first = !std::mem::replace(&mut page.started, true);
                rule(first && page.open() && page.lives(), || format!("devices open twice or too late for {call}"))?;
                rule(consent, || format!("devices open for {call} without consent"))
            }
            Output::AcceptMedia { call, .. } | Output::DialMedia { call, .. } => {
                let consent = self.consent(call);
                let page = self.page(call, output)?;
                rule(page.open() && page.lives(), || format!("{output:?} without an endpoint or too late"))?;
                rule(consent, || format!("{output:?} without consent"))
            }
            Output::Ring { call, manner } => {
                self.rings(now, call, manner, policy, with)?;
                let page = self.page(call, output)?;
                let first = !std::mem::replace(&mut page.rings, true);
                rule(first && page.state == Some(CallState::Ringing), || format!("{call} rings twice or too late"))
            }
            Output::StopRing { call } => {
                let page = self.page(call, output)?;
                rule(std::mem::replace(&mut page.rings, false), || format!("{call} stops ringing and did not ring"))
            }
            Output::MediaChanged { call } => {
                let page = self.page(call, output)?;
                rule(page.lives(), || format!("the flags of {call} change although it is over"))
            }
            Output::Replaced { call, by } => {
                let old = self.wishes.remove(&call).unwrap_or_default();
                let new = self.wish(by);
                *new = Wish { consent: old.consent, muted: new.muted || old.muted, video: old.video };
                let Some(page) = self.pages.get_mut(&call) else { return Ok(()) };
                page.replaced = true;
                rule(page.record.is_none(), || format!("{call} gives way although it is over"))
            }
            Output::LeaveNote { to, call, .. } => {
                let page = self.page(call, output)?;
                let first = !std::mem::replace(&mut page.note, true);
                let unseen = first && !page.alerted && !page.was_active && page.record.is_none();
                rule(unseen && with == Some(to), || format!("a note about {call}, which was seen, or a second one"))
            }
            Output::Record(ref record) => self.record(now, record),
            Output::Send { call, ref signal, .. } => {
                let over = self.pages.get(&call).is_some_and(|page| page.record.is_some());
                rule(!over || matches!(signal, CallSignal::End { .. }), || {
                    format!("{} is sent about {call}, which is over", signal.name())
                })
            }
        }
    }

    fn changed(
        &mut self,
        now: LocalTime,
        call: CallId,
        from: Option<CallState>,
        to: CallState,
        with: Option<PeerId>,
    ) -> Broken {
        if from.is_none() {
            let page = Page { state: Some(to), since: now, ..Page::default() };
            let known = self.pages.insert(call, page);
            rule(known.is_none(), || format!("{call} begins anew although it is over"))?;
        }
        if to == CallState::Connecting {
            self.rings.retain(|(peer, _)| Some(*peer) != with);
        }
        let Some(page) = self.pages.get_mut(&call) else { return Err(format!("{call} changes and never began")) };
        if from.is_some() {
            rule(page.state == from && page.lives(), || {
                format!("{call} changes from {from:?} to {to:?}, but was {:?}", page.state)
            })?;
        }
        page.state = Some(to);
        page.since = now;
        page.alerted |= to == CallState::Alerting;
        page.was_active |= to == CallState::Active;
        if let CallState::Ended(reason) = to {
            page.reason = Some(reason);
            rule(page.stopped, || format!("{call} is over and its media still run"))?;
            rule(!page.rings, || format!("{call} is over and still rings"))?;
        }
        Ok(())
    }

    fn record(&mut self, now: LocalTime, record: &CallRecord) -> Broken {
        let call = record.call_id;
        let new = Page { since: now, ..Page::default() };
        let page = self.pages.entry(call).or_insert(new);
        rule(page.record.is_none(), || format!("a second record of {call}"))?;
        page.record = Some(record.clone());
        let fits = match page.state {
            Some(CallState::Ended(reason)) => reason.ended_reason() == record.ended_reason,
            Some(_) => false,
            None => record.direction == Direction::Incoming,
        };
        rule(fits, || format!("{call} is recorded as {} in state {:?}", record.ended_reason, page.state))
    }

    fn rings(
        &mut self,
        now: LocalTime,
        call: CallId,
        manner: RingManner,
        policy: &Policy,
        with: Option<PeerId>,
    ) -> Broken {
        let Some(peer) = with else { return Err(format!("{call} rings and has no peer")) };
        let others = self.pages.iter().any(|(id, page)| *id != call && page.lives());
        let right = if policy.dnd || policy.silent.contains(&peer) {
            RingManner::Silent
        } else if others {
            RingManner::Soft
        } else {
            RingManner::Loud
        };
        rule(manner == right, || format!("{call} rings {manner:?} instead of {right:?}"))?;
        rule(!others || policy.waiting, || format!("{call} rings beside another call, and call waiting is off"))?;
        let within = |span| self.rings.iter().filter(|(of, at)| *of == peer && now < *at + span).count();
        let (pause, window) = (within(RING_PAUSE), within(RING_WINDOW));
        rule(pause == 0 && window < RINGS_PER_WINDOW, || format!("{call} rings too soon after others of its peer"))?;
        self.rings.push((peer, now));
        Ok(())
    }
}
