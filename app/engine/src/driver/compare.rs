//! Comparing emoji with a contact: the driver carries the steps of the one comparison that may go on.
//! Commands of the person, letters of the peer and news of delivered steps end here.
//! The contact is marked as verified only when both persons said that they see the same.

use std::time::Duration;

use ahoy_call::PeerId;
use ahoy_mail::verify::{ROUND_MS, Signs, Stage, Verification};
use ahoy_mail::{Body, VerifyStep};
use tokio::time::Instant;

use super::{Driver, Replier};
use crate::clock;
use crate::command::Reply;
use crate::desk::Request;
use crate::error::{DeskError, PhoneError};
use crate::notice::NoticeKind;
use crate::view::{Comparison, ComparisonStage};

/// The comparison that goes on, or what became of it.
pub enum Comparing {
    /// The peer has begun; its person waits for mine.
    Asked {
        /// Who.
        peer: PeerId,
        /// Its first step.
        step: VerifyStep,
        /// When it is no use any more to join, in Unix milliseconds.
        until_ms: u64,
    },
    /// Both phones take part.
    Going {
        /// With whom.
        peer: PeerId,
        /// How far it is.
        round: Box<Verification>,
        /// The last step that was sent.
        sent: Option<VerifyStep>,
        /// What came of it has been told.
        settled: bool,
        /// That the other phone cannot be reached has been told.
        absent: bool,
    },
}

impl Driver {
    /// The person begins a comparison, or joins the one that the peer began.
    pub(super) fn compare(&mut self, peer: Result<PeerId, DeskError>, reply: Option<Replier>) {
        let (Ok(peer), Some(me)) = (&peer, self.snapshot.me.id) else {
            let error = peer.err().unwrap_or(DeskError::Closed);
            return self.respond(reply, Err(error.into()));
        };
        let peer = *peer;
        let same = matches!(&self.comparing, Some(Comparing::Asked { peer: asked, .. }) if *asked == peer);
        if !same {
            // Whoever was being compared with is told that this is over.
            self.stop_comparing();
        }
        let asked = match self.comparing.take() {
            Some(Comparing::Asked { peer: asked, step, .. }) if asked == peer => Some(step),
            Some(Comparing::Asked { .. } | Comparing::Going { .. }) | None => None,
        };
        let now_ms = clock::unix_ms();
        let joined = asked.and_then(|step| Verification::accepts(me, peer, &step, now_ms));
        let (round, step) = joined.unwrap_or_else(|| Verification::start(me, peer, now_ms));
        self.comparing =
            Some(Comparing::Going { peer, round: Box::new(round), sent: None, settled: false, absent: false });
        self.send_step(Some(step));
        self.respond(reply, Ok(Reply::Done));
    }

    /// What the person says of the emoji.
    pub(super) fn compared(&mut self, same: bool) -> Result<Reply, PhoneError> {
        let step = match &mut self.comparing {
            Some(Comparing::Going { round, .. }) => round.say(same, clock::unix_ms()),
            Some(Comparing::Asked { .. }) | None => return Err(PhoneError::NothingCompared),
        };
        self.send_step(step);
        self.settle_comparison();
        Ok(Reply::Done)
    }

    pub(super) fn stop_comparing(&mut self) {
        let step = match &mut self.comparing {
            Some(Comparing::Going { round, .. }) => round.cancel(),
            Some(Comparing::Asked { .. }) | None => None,
        };
        self.send_step(step);
        self.comparing = None;
    }

    pub(super) fn on_verify(&mut self, from: PeerId, step: VerifyStep, binding: [u8; 32]) {
        match &mut self.comparing {
            Some(Comparing::Going { peer, round, .. }) if *peer == from && !is_over(round.stage()) => {
                let answer = round.on(&step, &binding, clock::unix_ms());
                self.send_step(answer);
                return self.settle_comparison();
            }
            Some(Comparing::Going { .. } | Comparing::Asked { .. }) | None => {}
        }
        match step {
            VerifyStep::Start { .. } => {
                let busy = match &self.comparing {
                    Some(Comparing::Going { round, .. }) => !is_over(round.stage()),
                    Some(Comparing::Asked { peer, .. }) => *peer != from,
                    None => false,
                };
                if !busy {
                    let until_ms = clock::unix_ms() + ROUND_MS;
                    self.comparing = Some(Comparing::Asked { peer: from, step, until_ms });
                    self.notice(NoticeKind::CompareAsked(self.person(from)));
                }
            }
            VerifyStep::Cancel { .. } => {
                if matches!(&self.comparing, Some(Comparing::Asked { peer, .. }) if *peer == from) {
                    self.comparing = None;
                }
            }
            VerifyStep::Key { .. } | VerifyStep::Reveal { .. } | VerifyStep::Mac { .. } => {}
        }
    }

    pub(super) fn on_verify_delivered(&mut self, to: PeerId, step: &VerifyStep, binding: [u8; 32]) {
        let answer = match &mut self.comparing {
            Some(Comparing::Going { peer, round, .. }) if *peer == to => {
                round.delivered(step, &binding, clock::unix_ms())
            }
            Some(Comparing::Going { .. } | Comparing::Asked { .. }) | None => None,
        };
        self.send_step(answer);
        self.settle_comparison();
    }

    /// A step was not delivered, and nobody knows over which connection it would be.
    pub(super) fn on_verify_undelivered(&mut self, to: PeerId) {
        let mut absent = false;
        let cancel = match &mut self.comparing {
            Some(Comparing::Going { peer, round, sent: Some(sent), absent: told, .. }) if *peer == to => {
                absent = !std::mem::replace(told, true);
                round.undelivered(sent)
            }
            Some(Comparing::Going { .. } | Comparing::Asked { .. }) | None => None,
        };
        if absent {
            self.notice(NoticeKind::CompareAbsent(self.person(to)));
        }
        self.send_step(cancel);
        self.settle_comparison();
    }

    /// When the comparison has taken too long.
    pub(super) fn comparison_due(&self) -> Option<Instant> {
        let due_ms = match self.comparing.as_ref()? {
            Comparing::Going { round, .. } => round.deadline_ms()?,
            Comparing::Asked { until_ms, .. } => *until_ms,
        };
        Some(Instant::now() + Duration::from_millis(due_ms.saturating_sub(clock::unix_ms())))
    }

    pub(super) fn expire_comparison(&mut self) {
        let now_ms = clock::unix_ms();
        let step = match &mut self.comparing {
            Some(Comparing::Going { round, .. }) => round.expire(now_ms),
            Some(Comparing::Asked { until_ms, .. }) if *until_ms <= now_ms => {
                self.comparing = None;
                None
            }
            Some(Comparing::Asked { .. }) | None => None,
        };
        if step.is_some() {
            self.send_step(step);
            self.settle_comparison();
        }
    }

    fn send_step(&mut self, step: Option<VerifyStep>) {
        let (Some(step), Some(Comparing::Going { peer, sent, .. })) = (step, &mut self.comparing) else { return };
        *sent = Some(step.clone());
        let peer = *peer;
        self.post(peer, Body::Verify(step));
    }

    /// A comparison that came out well makes the contact a verified one.
    fn settle_comparison(&mut self) {
        let Some(Comparing::Going { peer, round, settled, .. }) = &mut self.comparing else { return };
        let (peer, stage) = (*peer, round.stage());
        if std::mem::replace(settled, is_over(stage)) {
            return;
        }
        match stage {
            Stage::Done => {
                let who = peer.to_string();
                self.on_desk_request(Request::Verify { who }, None);
            }
            Stage::Failed(why) => {
                self.notice(NoticeKind::CompareFailed { person: self.person(peer), why });
            }
            Stage::Waiting | Stage::Compare(_) | Stage::WaitingForPeer(_) => {}
        }
    }

    pub(super) fn show_comparison(&self) -> Option<Comparison> {
        let (peer, stage) = match self.comparing.as_ref()? {
            Comparing::Asked { peer, .. } => (*peer, ComparisonStage::Asked),
            Comparing::Going { peer, round, .. } => (
                *peer,
                match round.stage() {
                    Stage::Waiting => ComparisonStage::Waiting,
                    Stage::Compare(Signs { emoji, numbers }) => ComparisonStage::Compare { emoji, numbers },
                    Stage::WaitingForPeer(_) => ComparisonStage::WaitingForPeer,
                    Stage::Done => ComparisonStage::Done,
                    Stage::Failed(why) => ComparisonStage::Failed(why),
                },
            ),
        };
        Some(Comparison { peer, stage })
    }
}

fn is_over(stage: Stage) -> bool {
    match stage {
        Stage::Done | Stage::Failed(_) => true,
        Stage::Waiting | Stage::Compare(_) | Stage::WaitingForPeer(_) => false,
    }
}
