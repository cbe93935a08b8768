//! How time passes, and how a world comes to its end.
//! Scripts run step by step; then nobody does anything any more, and at last every call has to end.
//! The bounds are those of the product: 60 s of ringing, 10 s of connecting, 30 s of silence, 5 s of lingering.

use std::time::Duration;

use ahoy_call::{Call, Input};
use ahoy_media::LocalTime;

use crate::World;
use crate::act::{Act, At};
use crate::agenda::Happening;
use crate::chance::mix;
use crate::verdict;

/// Ringing, connecting and lingering, and what keeps a call from both: a stray signal that was kept for a while.
const QUIET: Duration = Duration::from_secs(90);
/// Silence, lingering, and the time that the last signals take to be given up.
const FAREWELL: Duration = Duration::from_secs(50);

impl World {
    /// The phone whose timer is due first, and when it notices.
    pub(crate) fn next_deadline(&self) -> Option<(At, LocalTime)> {
        let lag = Duration::from_millis(self.setup.lag_ms);
        let phones = self.phones.iter().enumerate();
        let due = phones.filter_map(|(at, phone)| Some((at, phone.calls.next_deadline()?.0 + lag)));
        due.min_by_key(|(_, due)| *due)
    }

    /// Lets time pass.
    pub(crate) fn run_until(&mut self, until: LocalTime) {
        while self.fault().is_none() {
            let deadline = self.next_deadline().filter(|(_, due)| *due <= until);
            let event = self.agenda.next().filter(|due| *due <= until);
            match (deadline, event) {
                (Some((at, due)), event) if event.is_none_or(|event| due <= event) => {
                    self.now = self.now.max(due);
                    self.time_out(at);
                }
                (_, Some(event)) => {
                    self.now = self.now.max(event);
                    if let Some(happening) = self.agenda.take() {
                        self.happen(happening);
                    }
                }
                (_, None) => break,
            }
        }
        self.now = self.now.max(until);
    }

    fn time_out(&mut self, at: At) {
        self.feed(at, Input::Timeout);
        if let Some((due, kind)) = self.phones[at].calls.next_deadline()
            && due <= self.now
        {
            self.rule(Some(at), Err(format!("the timer {kind:?} is due again at once")));
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Bound { endpoint, works } => self.on_bound(endpoint, works),
            Happening::Attempt { from, to, letter, attempt } => self.attempt(from, to, letter, attempt),
            Happening::Arrives { from, to, letter, signal, acknowledge } => {
                self.arrives(from, to, letter, *signal, acknowledge);
            }
            Happening::Acknowledged { from, to, letter } => self.acknowledged(from, to, letter),
            Happening::Refused { from, to, letter } => self.refused(from, to, letter),
            Happening::GivenUp { from, to, letter } => self.given_up(from, to, letter),
            Happening::Dialling { endpoint, to, until } => self.dialling(endpoint, to, until),
            Happening::Linked { endpoint, connection } => self.on_linked(endpoint, connection),
            Happening::Unlinked { endpoint, ended } => self.on_unlinked(endpoint, ended),
            Happening::Idle { connection } => self.on_idle(connection),
            Happening::Pulse { endpoint } => self.on_pulse(endpoint),
            Happening::Pulsed { endpoint, hears } => self.on_pulsed(endpoint, hears),
            Happening::Heard { endpoint, at } => self.on_heard(endpoint, at),
            Happening::Restart { at } => self.restart(at),
        }
    }

    /// Does an act, and whatever comes of it without any time passing.
    pub(crate) fn step(&mut self, act: &Act) {
        self.act(act);
        if self.setup.by_hand {
            self.run_until(self.now);
        }
    }

    /// Nobody does anything any more and all ways are open: only conversations remain. Then every call ends.
    pub(crate) fn run_out(&mut self, calm: bool) {
        let by_hand = std::mem::replace(&mut self.setup.by_hand, false);
        self.cuts.clear();
        for at in 0..self.setup.phones {
            self.phones[at].blocked.clear();
            for to in (0..self.setup.phones).filter(|_| by_hand) {
                self.begin(at, to);
            }
        }
        self.run_until(self.now + QUIET);
        let holds = verdict::conversations(self);
        self.rule(None, holds);
        if mix(self.setup.seed, self.inputs) & 1 == 0 {
            self.part();
        } else {
            self.cut_all();
        }
        self.run_until(self.now + FAREWELL);
        let holds = verdict::end(self, calm);
        self.rule(None, holds);
    }

    /// Somebody ends every call.
    fn part(&mut self) {
        for at in 0..self.setup.phones {
            let alive: Vec<_> = self.phones[at].calls.alive().map(Call::id).collect();
            for call in alive {
                self.feed(at, Input::HangUp { call });
            }
            self.run_until(self.now + Duration::from_secs(2));
        }
    }

    /// Nobody can speak to anybody.
    fn cut_all(&mut self) {
        for a in 0..self.setup.phones {
            for b in a + 1..self.setup.phones {
                let _ = self.cuts.insert((a, b));
            }
        }
        let alive: Vec<_> = self.phones.iter().flat_map(|phone| phone.calls.alive().map(Call::id)).collect();
        self.marred.extend(alive);
    }
}
