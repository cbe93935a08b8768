//! What acts do to a world.
//! Called for every step of a script; an act that fits nothing does nothing.
//! Persons find calls the way their clients do: the current one, the ringing one, the held one.

use std::collections::BTreeSet;
use std::time::Duration;

use ahoy_call::{Call, CallId, CallSignal, CallState, EndCause, Input, PeerAddr, PeerId, Policy, RejectReason};
use ahoy_media::AudioCodec;

use crate::World;
use crate::act::{Act, At, Which};
use crate::agenda::Happening;
use crate::chance::mix;
use crate::world::Phone;

/// Nobody's identity and nobody's media endpoint.
const STRANGER: PeerId = PeerId([99; 32]);

impl World {
    /// Does one act.
    pub fn act(&mut self, act: &Act) {
        match *act {
            Act::Dial { at, to, video } => self.dial(at, to, video),
            Act::Accept { at, video, other } => {
                self.on(at, Which::Ringing, |call| Input::Accept { call, video, other });
            }
            Act::Decline { at } => {
                let reason = RejectReason::Declined;
                let text = Some("later".to_owned());
                self.on(at, Which::Ringing, |call| Input::Decline { call, reason, text });
            }
            Act::HangUp { at, which } => self.on(at, which, |call| Input::HangUp { call }),
            Act::Mute { at, on } => self.on(at, Which::Current, |call| Input::SetMuted { call, muted: on }),
            Act::Video { at, on } => self.on(at, Which::Current, |call| Input::SetVideo { call, video: on }),
            Act::Hold { at } => self.on(at, Which::Current, |call| Input::SetHeld { call, held: true }),
            Act::Resume { at } => self.on(at, Which::Held, |call| Input::SetHeld { call, held: false }),
            Act::Swap { at } => self.feed(at, Input::Swap),
            Act::Policy { at, waiting, dnd, silent } => {
                let silent: BTreeSet<_> = silent.into_iter().map(Self::peer).collect();
                self.phones[at].policy = Policy { waiting, dnd, silent };
                self.tell_policy(at);
            }
            Act::Block { at, whom, on: true } => self.changes += u64::from(self.phones[at].blocked.insert(whom)),
            Act::Block { at, whom, on: false } => self.changes += u64::from(self.phones[at].blocked.remove(&whom)),
            Act::Move { at } => self.move_endpoints(at),
            Act::Crash { at, down_ms } => self.crash(at, down_ms),
            Act::DeviceFails { at } => self.on(at, Which::Current, |call| Input::MediaFailed { call }),
            Act::Shout { at } => self.shout(at),
            Act::Cut { a, b } => self.changes += u64::from(self.cuts.insert((a.min(b), a.max(b)))),
            Act::Heal { a, b } => self.changes += u64::from(self.cuts.remove(&(a.min(b), a.max(b)))),
            Act::Unlink { a, b } => self.break_connections(a, b),
            Act::Deliver { from, to } => self.deliver(from, to, 0),
            Act::Repeat { from, to } => {
                let front = self.channel(from, to).queue.front().map(|letter| letter.signal.clone());
                if let Some(signal) = front {
                    self.receive(from, to, signal);
                }
            }
            Act::Drop { from, to } => self.drop_letter(from, to),
            Act::Overtake { from, to } => self.deliver(from, to, 1),
            Act::Wait => self.wait(),
        }
    }

    fn find(&self, at: At, which: Which) -> Option<CallId> {
        let calls = &self.phones[at].calls;
        match which {
            Which::Current => calls.current(),
            Which::Ringing => calls.alive().find(|call| call.state() == CallState::Ringing),
            Which::Held => calls.alive().find(|call| call.local().held),
        }
        .map(Call::id)
    }

    fn on(&mut self, at: At, which: Which, input: impl FnOnce(CallId) -> Input) {
        if let Some(call) = self.find(at, which) {
            self.feed(at, input(call));
        }
    }

    fn dial(&mut self, at: At, to: At, video: bool) {
        if !self.phones[at].up {
            return;
        }
        let call = self.fresh_id(at);
        let changes = self.changes;
        self.feed(at, Input::Dial { call, peer: Self::peer(to), video, audio_codec: AudioCodec::Opus48k });
        // An id that was not taken is as good as new.
        self.dialled += u64::from(self.changes != changes);
    }

    /// By hand the order of the ids is chosen; otherwise it is chance.
    fn fresh_id(&self, at: At) -> CallId {
        let head = match (self.setup.by_hand, self.setup.rising) {
            (true, true) => self.dialled,
            (true, false) => u64::MAX - self.dialled,
            (false, _) => mix(self.setup.seed, self.dialled),
        };
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&head.to_be_bytes());
        bytes[8..].copy_from_slice(&(self.dialled << 8 | at as u64).to_be_bytes());
        CallId(bytes)
    }

    /// A machine does not even show that it has heard a stranger.
    fn shout(&mut self, at: At) {
        let Some(call_id) = self.find(at, Which::Current).filter(|_| self.phones[at].up) else { return };
        let (media, stranger) = (PeerAddr::new(STRANGER), STRANGER);
        let (audio_codec, video, muted, held, revision) = (AudioCodec::Opus24k, true, true, true, u32::MAX);
        let signals = [
            CallSignal::Offer { call_id, audio_codec, video, media: stranger },
            CallSignal::Ringing { call_id },
            CallSignal::Answer { call_id, audio_codec, video, media: media.clone(), instead_of: Some(call_id) },
            CallSignal::Reject { call_id, reason: RejectReason::Declined, text: None },
            CallSignal::MediaState { call_id, revision, muted, video, held },
            CallSignal::Candidate { call_id, revision, media },
            CallSignal::End { call_id, cause: EndCause::HangUp },
        ];
        let before = format!("{:?}", self.phones[at].calls);
        for signal in signals {
            self.feed(at, Input::Received { from: stranger, signal });
        }
        let unmoved = before == format!("{:?}", self.phones[at].calls);
        self.rule(Some(at), unmoved.then_some(()).ok_or_else(|| format!("a stranger changes {call_id}")));
    }

    fn tell_policy(&mut self, at: At) {
        let policy = self.phones[at].policy.clone();
        self.feed(at, Input::Policy(policy));
    }

    fn crash(&mut self, at: At, down_ms: u64) {
        if !self.phones[at].up {
            return;
        }
        self.changes += 1;
        self.drop_endpoints(at);
        let known: Vec<CallId> = self.phones[at].ledger.pages.keys().copied().collect();
        self.marred.extend(known);
        let Phone { policy, blocked, .. } = std::mem::take(&mut self.phones[at]);
        self.phones[at] = Phone { policy, blocked, ..Phone::default() };
        self.lose_letters(at);
        if self.setup.by_hand {
            return self.restart(at);
        }
        self.agenda.put(self.now + Duration::from_millis(down_ms), Happening::Restart { at });
    }

    pub(crate) fn restart(&mut self, at: At) {
        self.phones[at].up = true;
        self.tell_policy(at);
    }

    fn deliver(&mut self, from: At, to: At, place: usize) {
        if let Some(signal) = self.pick(from, to, place) {
            self.receive(from, to, signal);
        }
    }

    /// Time passes until a timer of a machine or something of the network is due.
    fn wait(&mut self) {
        let deadline = self.next_deadline().map(|(_, due)| due);
        if let Some(due) = deadline.into_iter().chain(self.agenda.next_event()).min() {
            self.changes += 1;
            self.run_until(due);
        }
    }
}
