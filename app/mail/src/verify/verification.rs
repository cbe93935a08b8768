//! One side of a live verification as a state machine: steps and times go in, at most one step comes out.
//! The engine owns one a peer while it lasts; it does no IO, reads no clock and is never stored.
//! `Done` needs both persons and the peer's right code; everything unexpected is ignored or ends the round.

use ahoy_call::PeerId;
use vodozemac::Curve25519PublicKey;
use vodozemac::sas::{EstablishedSas, Sas};

use super::transcript::{Bound, Transcript, commitment};
use super::{CancelReason, RoundId, Signs, Stage, VerifyError, VerifyStep};

/// How long a round lasts, milliseconds: two persons find their phones and read seven pictures aloud, and a forgotten
/// round leaves no open door.
pub const ROUND_MS: u64 = 5 * 60 * 1000;

/// One side of one round. Feed every [`VerifyStep`] of the peer to [`on`](Self::on), send what comes back.
///
/// The order is: start (commitment) -> key -> reveal -> both persons compare -> a code from each side.
pub struct Verification {
    me: PeerId,
    peer: PeerId,
    /// True while this side's key is the committed one.
    starter: bool,
    commitment: [u8; 32],
    /// The peer's own start that lost against this side's.
    outranked: Option<[u8; 32]>,
    /// This side's ephemeral key until the peer's is known.
    key: Option<Sas>,
    /// Both keys, until the starter knows its connection.
    unbound: Option<(EstablishedSas, Transcript)>,
    /// The peer's code, when it came before this side knew its connection.
    early: Option<[u8; 32]>,
    deadline_ms: u64,
    state: State,
}

enum State {
    /// Starter, before the callee's key.
    Started,
    /// Callee, before the starter's key.
    Answered,
    /// Starter, before it knows over which connection its key arrived.
    Revealed,
    /// Both keys and the connection are known.
    Shared(Box<Shared>),
    Done,
    Failed(VerifyError),
}

struct Shared {
    sas: EstablishedSas,
    bound: Bound,
    signs: Signs,
    /// This person said "same".
    said: bool,
    /// The peer's code came and was right: its person said "same".
    heard: bool,
}

impl Verification {
    /// Opens a round with `peer`; the step is for it.
    #[must_use]
    pub fn start(me: PeerId, peer: PeerId, now_ms: u64) -> (Self, VerifyStep) {
        let key = Sas::new();
        let commitment = commitment(me, peer, key.public_key().as_bytes());
        let round = Self::new(me, peer, true, commitment, key, now_ms);
        (round, VerifyStep::Start { commitment })
    }

    /// Answers a round that `peer` opened; `None` when `first` is not a start.
    ///
    /// Call it only after this person agreed to compare: a peer that could open rounds at will would try until the
    /// signs look alike.
    #[must_use]
    pub fn accepts(me: PeerId, peer: PeerId, first: &VerifyStep, now_ms: u64) -> Option<(Self, VerifyStep)> {
        let VerifyStep::Start { commitment } = first else { return None };
        let key = Sas::new();
        let step = VerifyStep::Key { round: RoundId::of(commitment), key: key.public_key().to_bytes() };
        Some((Self::new(me, peer, false, *commitment, key, now_ms), step))
    }

    fn new(me: PeerId, peer: PeerId, starter: bool, commitment: [u8; 32], key: Sas, now_ms: u64) -> Self {
        let state = if starter { State::Started } else { State::Answered };
        let deadline_ms = now_ms.saturating_add(ROUND_MS);
        let key = Some(key);
        Self { me, peer, starter, commitment, outranked: None, key, unbound: None, early: None, deadline_ms, state }
    }

    /// Where this side stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match &self.state {
            State::Started | State::Answered | State::Revealed => Stage::Waiting,
            State::Shared(shared) if shared.said => Stage::WaitingForPeer(shared.signs),
            State::Shared(shared) => Stage::Compare(shared.signs),
            State::Done => Stage::Done,
            State::Failed(error) => Stage::Failed(*error),
        }
    }

    /// When to call [`expire`](Self::expire), in the caller's milliseconds; `None` once the round is over.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        (!self.over()).then_some(self.deadline_ms)
    }

    /// Ends the round when its time is up.
    pub fn expire(&mut self, now_ms: u64) -> Option<VerifyStep> {
        (now_ms >= self.deadline_ms).then(|| self.leave(VerifyError::Timeout, CancelReason::Timeout)).flatten()
    }

    /// A step of the peer that came over the connection that exported `binding`.
    pub fn on(&mut self, step: &VerifyStep, binding: &[u8; 32], now_ms: u64) -> Option<VerifyStep> {
        if let Some(cancel) = self.expire(now_ms) {
            return Some(cancel);
        }
        if self.over() {
            return None;
        }
        match step {
            VerifyStep::Start { commitment } => self.on_start(*commitment),
            VerifyStep::Key { round, key } if self.is(*round) => self.on_key(*key),
            VerifyStep::Reveal { round, key } if self.is(*round) => self.on_reveal(*key, binding),
            VerifyStep::Mac { round, mac } if self.is(*round) => self.on_mac(*mac),
            VerifyStep::Cancel { round, reason } if self.is(*round) => {
                self.fail(VerifyError::told(*reason));
                None
            }
            VerifyStep::Key { .. } | VerifyStep::Reveal { .. } | VerifyStep::Mac { .. } | VerifyStep::Cancel { .. } => {
                None
            }
        }
    }

    /// The peer has taken `step` over the connection that exported `binding`. Call it for every step.
    pub fn delivered(&mut self, step: &VerifyStep, binding: &[u8; 32], now_ms: u64) -> Option<VerifyStep> {
        if let Some(cancel) = self.expire(now_ms) {
            return Some(cancel);
        }
        let (sas, transcript) = if self.is_reveal(step) { self.unbound.take()? } else { return None };
        self.share(sas, transcript.over(binding))
    }

    /// Sending `step` failed, so that nobody can say over which connection it arrives in the end, if at all. Call it
    /// for every step; only the last key is bound to a connection and cannot be sent twice.
    pub fn undelivered(&mut self, step: &VerifyStep) -> Option<VerifyStep> {
        let pending = self.is_reveal(step) && self.unbound.is_some();
        pending.then(|| self.leave(VerifyError::Connection, CancelReason::Connection)).flatten()
    }

    /// What this person says about the signs. Ignored while there is nothing to compare; "different" also takes an
    /// earlier "same" back, as long as the other has not confirmed.
    pub fn say(&mut self, same: bool, now_ms: u64) -> Option<VerifyStep> {
        if let Some(cancel) = self.expire(now_ms) {
            return Some(cancel);
        }
        let (me, peer, round) = (self.me, self.peer, self.round());
        let State::Shared(shared) = &mut self.state else { return None };
        if !same {
            return self.leave(VerifyError::Different, CancelReason::Different);
        }
        if shared.said {
            return None;
        }
        shared.said = true;
        let mac = shared.bound.mac(&shared.sas, me, peer);
        self.finish();
        Some(VerifyStep::Mac { round, mac })
    }

    /// This person closed the comparison.
    pub fn cancel(&mut self) -> Option<VerifyStep> {
        self.leave(VerifyError::Cancelled, CancelReason::Person)
    }

    fn on_start(&mut self, other: [u8; 32]) -> Option<VerifyStep> {
        if other == self.commitment || self.outranked == Some(other) {
            return None;
        }
        match &self.state {
            State::Started if self.peer < self.me => {
                let key = Sas::new();
                let step = VerifyStep::Key { round: RoundId::of(&other), key: key.public_key().to_bytes() };
                (self.starter, self.commitment, self.key, self.state) = (false, other, Some(key), State::Answered);
                Some(step)
            }
            State::Started => {
                // Told again, because a peer that starts may have forgotten this side's start in a crash.
                self.outranked = Some(other);
                Some(VerifyStep::Start { commitment: self.commitment })
            }
            State::Answered | State::Revealed | State::Shared(_) | State::Done | State::Failed(_) => {
                self.fail(VerifyError::Restarted);
                None
            }
        }
    }

    fn on_key(&mut self, callee_key: [u8; 32]) -> Option<VerifyStep> {
        if !matches!(self.state, State::Started) {
            return None;
        }
        let key = self.key.take()?;
        let starter_key = key.public_key().to_bytes();
        let Ok(sas) = key.diffie_hellman(Curve25519PublicKey::from_bytes(callee_key)) else {
            return self.leave(VerifyError::Broken, CancelReason::Broken);
        };
        self.unbound = Some((sas, Transcript { starter: self.me, callee: self.peer, starter_key, callee_key }));
        self.state = State::Revealed;
        Some(VerifyStep::Reveal { round: self.round(), key: starter_key })
    }

    fn on_reveal(&mut self, starter_key: [u8; 32], binding: &[u8; 32]) -> Option<VerifyStep> {
        if !matches!(self.state, State::Answered) {
            return None;
        }
        if commitment(self.peer, self.me, &starter_key) != self.commitment {
            return self.leave(VerifyError::Broken, CancelReason::Broken);
        }
        let key = self.key.take()?;
        let callee_key = key.public_key().to_bytes();
        let Ok(sas) = key.diffie_hellman(Curve25519PublicKey::from_bytes(starter_key)) else {
            return self.leave(VerifyError::Broken, CancelReason::Broken);
        };
        let transcript = Transcript { starter: self.peer, callee: self.me, starter_key, callee_key };
        self.share(sas, transcript.over(binding))
    }

    /// Both sides' secrets are complete: the signs can be shown, and a code that came early can be checked.
    fn share(&mut self, sas: EstablishedSas, bound: Bound) -> Option<VerifyStep> {
        let signs = bound.signs(&sas);
        self.state = State::Shared(Box::new(Shared { sas, bound, signs, said: false, heard: false }));
        let early = self.early.take()?;
        self.on_mac(early)
    }

    fn on_mac(&mut self, mac: [u8; 32]) -> Option<VerifyStep> {
        let State::Shared(shared) = &mut self.state else {
            let _ = self.early.get_or_insert(mac);
            return None;
        };
        if shared.heard {
            return None;
        }
        if !shared.bound.is_mac(&shared.sas, self.peer, self.me, &mac) {
            return self.leave(VerifyError::Broken, CancelReason::Broken);
        }
        shared.heard = true;
        self.finish();
        None
    }

    fn finish(&mut self) {
        if let State::Shared(shared) = &self.state
            && shared.said
            && shared.heard
        {
            self.state = State::Done;
        }
    }

    fn fail(&mut self, error: VerifyError) {
        (self.key, self.unbound, self.state) = (None, None, State::Failed(error));
    }

    /// Ends the round on this side and says so to the peer, unless it is over already.
    fn leave(&mut self, error: VerifyError, reason: CancelReason) -> Option<VerifyStep> {
        if self.over() {
            return None;
        }
        self.fail(error);
        Some(VerifyStep::Cancel { round: self.round(), reason })
    }

    fn over(&self) -> bool {
        matches!(self.state, State::Done | State::Failed(_))
    }

    fn round(&self) -> RoundId {
        RoundId::of(&self.commitment)
    }

    fn is(&self, round: RoundId) -> bool {
        round == self.round()
    }

    fn is_reveal(&self, step: &VerifyStep) -> bool {
        matches!(step, VerifyStep::Reveal { round, .. } if self.is(*round))
    }
}
