//! The couriers: signals from phone to phone, one at a time, resent until acknowledged, given up after 12 s.
//! The world posts what the machines send; letters arrive, are repeated and straggle as the link wants it.
//! Like the engine, a courier tells its phone of a failure and goes on with the next letter.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_call::{CallId, CallSignal, Input, SendFailure};
use ahoy_media::LocalTime;

use crate::World;
use crate::act::At;
use crate::agenda::Happening;
use crate::chance::Chance;

/// How long a letter may wait for its acknowledgement: the engine's bound.
const SIGNAL_WAIT: Duration = Duration::from_secs(12);
/// How long a signal is worth to be delivered: the outbox's bound.
const SIGNAL_WORTH: Duration = Duration::from_secs(60);
/// How often a letter that was reported as failed is tried again.
const SHELF_PAUSE: Duration = Duration::from_secs(1);
/// How much later than the letter itself a straggling copy comes at most, in milliseconds: a broken channel's resend.
const STRAGGLE_MS: u64 = 12_000;
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A signal on its way.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) number: u64,
    pub(crate) call: CallId,
    pub(crate) signal: CallSignal,
    /// The peer has it, although the courier may not know.
    arrived: bool,
    posted: LocalTime,
}

/// All letters from one phone to another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Channel {
    pub(crate) queue: VecDeque<Letter>,
    /// Reported as failed, kept all the same.
    shelf: VecDeque<Letter>,
    posted: u64,
}

const KIND_LOSS: u64 = 1;
const KIND_JITTER: u64 = 2;
const KIND_STRAGGLE: u64 = 3;

impl World {
    fn luck(&self, kind: u64, from: At, to: At, letter: u64, attempt: u64) -> Chance {
        Chance::of(self.setup.seed, &[kind, from as u64, to as u64, letter, attempt])
    }

    fn travel(&self, from: At, to: At, letter: u64, attempt: u64) -> Duration {
        let jitter = self.luck(KIND_JITTER, from, to, letter, attempt).within(0..self.setup.link.jitter_ms + 1);
        Duration::from_millis(self.setup.link.delay_ms + jitter)
    }

    pub(crate) fn post(&mut self, from: At, to: At, call: CallId, signal: CallSignal) {
        let now = self.now;
        let channel = self.channel(from, to);
        channel.posted += 1;
        let letter = Letter { number: channel.posted, call, signal, arrived: false, posted: now };
        channel.queue.push_back(letter);
        if channel.queue.len() == 1 && !self.setup.by_hand {
            self.begin(from, to);
        }
    }

    /// The oldest letter is taken up.
    pub(crate) fn begin(&mut self, from: At, to: At) {
        let Some(letter) = self.channel(from, to).queue.front().map(|letter| letter.number) else { return };
        self.agenda.put(self.now, Happening::Attempt { from, to, letter, attempt: 0 });
        self.agenda.put(self.now + SIGNAL_WAIT, Happening::GivenUp { from, to, letter });
    }

    pub(crate) fn attempt(&mut self, from: At, to: At, number: u64, attempt: u64) {
        if !self.phones[from].up {
            return;
        }
        let link = self.setup.link;
        let mut luck = self.luck(KIND_LOSS, from, to, number, attempt);
        let travel = self.travel(from, to, number, attempt);
        let passes = self.passes(from, to) && !luck.permille(link.loss);
        let repeats = luck.permille(link.duplicate);
        let Some(letter) = self.channel(from, to).queue.front_mut().filter(|letter| letter.number == number) else {
            return;
        };
        let (signal, arrived) = (Box::new(letter.signal.clone()), letter.arrived);
        letter.arrived |= passes;
        if self.phones[to].blocked.contains(&from) && self.passes(from, to) {
            self.agenda.put(self.now + travel * 2, Happening::Refused { from, to, letter: number });
            return;
        }
        if passes && (!arrived || repeats) {
            let arrives = Happening::Arrives { from, to, letter: number, signal: signal.clone(), acknowledge: true };
            self.agenda.put(self.now + travel, arrives);
        } else if passes {
            self.agenda.put(self.now + travel * 2, Happening::Acknowledged { from, to, letter: number });
        }
        if attempt == 0 && self.luck(KIND_STRAGGLE, from, to, number, 0).permille(link.straggle) {
            let later = Duration::from_millis(self.luck(KIND_STRAGGLE, from, to, number, 1).within(0..STRAGGLE_MS));
            let straggler = Happening::Arrives { from, to, letter: number, signal, acknowledge: false };
            self.agenda.put(self.now + travel + later, straggler);
        }
        let round_trip = Duration::from_millis(2 * (link.delay_ms + link.jitter_ms) + 200);
        let pause = (round_trip * (1 << attempt.min(4))).min(LONGEST_PAUSE.max(round_trip));
        self.agenda.put(self.now + pause, Happening::Attempt { from, to, letter: number, attempt: attempt + 1 });
    }

    pub(crate) fn arrives(&mut self, from: At, to: At, number: u64, signal: CallSignal, acknowledge: bool) {
        if !self.phones[to].up {
            // Nobody has taken it, so it is as if it had been lost.
            if let Some(letter) = self.channel(from, to).queue.front_mut().filter(|letter| letter.number == number) {
                letter.arrived = false;
            }
            return;
        }
        let back = self.travel(to, from, number, self.now.0);
        let lost = self.luck(KIND_LOSS, to, from, number, self.now.0).permille(self.setup.link.loss);
        if acknowledge && self.passes(to, from) && !lost {
            self.agenda.put(self.now + back, Happening::Acknowledged { from, to, letter: number });
        }
        self.receive(from, to, signal);
    }

    pub(crate) fn receive(&mut self, from: At, to: At, signal: CallSignal) {
        self.feed(to, Input::Received { from: World::peer(from), signal });
    }

    /// The letter's turn is over: the next one is taken up.
    fn close(&mut self, from: At, to: At, number: u64) -> Option<Letter> {
        let queue = &mut self.channel(from, to).queue;
        let letter = if queue.front()?.number == number { queue.pop_front() } else { None };
        if letter.is_some() && !self.setup.by_hand {
            self.begin(from, to);
        }
        letter
    }

    pub(crate) fn acknowledged(&mut self, from: At, to: At, number: u64) {
        drop(self.close(from, to, number));
    }

    pub(crate) fn refused(&mut self, from: At, to: At, number: u64) {
        if let Some(letter) = self.close(from, to, number) {
            self.fails(from, letter.call, SendFailure::Refused);
        }
    }

    pub(crate) fn given_up(&mut self, from: At, to: At, number: u64) {
        if let Some(letter) = self.close(from, to, number) {
            let call = letter.call;
            if self.setup.keeps {
                self.shelve(from, to, letter);
            }
            self.fails(from, call, SendFailure::Unreachable);
        } else {
            self.retry(from, to, number);
        }
    }

    fn fails(&mut self, from: At, call: CallId, failure: SendFailure) {
        let _ = self.marred.insert(call);
        self.feed(from, Input::SendFailed { call, failure });
    }

    fn shelve(&mut self, from: At, to: At, letter: Letter) {
        self.agenda.put(self.now + SHELF_PAUSE, Happening::GivenUp { from, to, letter: letter.number });
        self.channel(from, to).shelf.push_back(letter);
    }

    /// A letter on the shelf is tried once more, while it is worth it.
    fn retry(&mut self, from: At, to: At, number: u64) {
        let passes = self.passes(from, to) && self.phones[from].up && self.phones[to].up;
        let now = self.now;
        let shelf = &mut self.channel(from, to).shelf;
        let Some(at) = shelf.iter().position(|letter| letter.number == number) else { return };
        let worth = now.saturating_since(shelf[at].posted) < SIGNAL_WORTH;
        if passes || !worth {
            let letter = shelf.remove(at).expect("it was just found");
            if worth {
                let travel = Duration::from_millis(self.setup.link.delay_ms);
                let signal = Box::new(letter.signal);
                self.agenda
                    .put(now + travel, Happening::Arrives { from, to, letter: number, signal, acknowledge: false });
            }
        } else {
            self.agenda.put(now + SHELF_PAUSE, Happening::GivenUp { from, to, letter: number });
        }
    }

    /// A phone has died: what it had to send is gone, unless its outbox keeps it.
    pub(crate) fn lose_letters(&mut self, of: At) {
        for to in (0..self.setup.phones).filter(|to| *to != of) {
            let keeps = self.setup.keeps;
            let letters: Vec<Letter> = self.channel(of, to).queue.drain(..).collect();
            if keeps {
                letters.into_iter().for_each(|letter| self.shelve(of, to, letter));
            } else {
                self.channel(of, to).shelf.clear();
            }
        }
    }

    /// By hand: a letter leaves the queue, whatever is to become of it.
    pub(crate) fn pick(&mut self, from: At, to: At, place: usize) -> Option<CallSignal> {
        let letter = self.channel(from, to).queue.remove(place)?;
        self.changes += 1;
        Some(letter.signal)
    }

    /// By hand: the oldest letter is given up.
    pub(crate) fn drop_letter(&mut self, from: At, to: At) {
        if let Some(signal) = self.pick(from, to, 0) {
            self.fails(from, signal.call_id(), SendFailure::Unreachable);
        }
    }
}
