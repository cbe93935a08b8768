//! From whole frames to datagrams: the plan, Opus, copies of earlier frames, and the feedback that rides along.
//! The audio worker hands it every frame captured and every feedback heard.
//! A peer that never said it reads copies gets plain packets and feedback on its own.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_codec::{CodecError, OpusConfig, OpusEncoder};
use ahoy_media::protect::{Conditions, Wishes};
use ahoy_media::{
    Abilities, AudioCodec, AudioPacket, Feedback, FrameLength, Kbps, LocalTime, LossPattern, MediaTime, Plan,
    Protection, Sound, VoiceRate,
};
use bytes::Bytes;

/// Frames kept to be sent again: 1.3 s of the longest that could still be asked for in time, a few kB.
const HISTORY: usize = 64;

/// Most bytes of a datagram: every path of QUIC takes them before it has been measured.
const DATAGRAM_BYTES: usize = 1_100;

/// Frames sent again in one datagram beside the planned copies: more would make a burst of a burst.
const AGAIN_AT_ONCE: usize = 2;

/// A frame this old is not sent again: it would come after its turn.
const AGAIN_WITHIN: Duration = Duration::from_millis(300);

/// Lost frames are sent again only when copies have not been needed for this long: what is sent again comes late, and the
/// peer's buffer would get used to waiting for it while the losses are still being found out.
const RESEND_AFTER: Duration = Duration::from_secs(3);

/// The coder of low delay has no speech modes: below this rate the ordinary one is better with frames of 10 ms too.
const LOW_DELAY_FROM: Kbps = Kbps(32);

/// The plan is made anew at most so often, however many feedbacks a peer sends.
const PLAN_EVERY: Duration = Duration::from_millis(20);

/// What the voice may ever use of the wire: 64 kbit/s, three copies and the headers.
const CEILING: Kbps = Kbps(320);

/// Beside a picture the voice has this much of its share whatever it finds out by itself, because a queue is the picture's there:
/// 32 kbit/s in frames of 20 ms. What it wants beyond it, the way has to prove.
const PLAIN: Kbps = Kbps(61);

/// The sending half of a session's sound, after capture.
pub(super) struct Outgoing {
    encoder: OpusEncoder,
    sequence: u32,
    history: VecDeque<AudioPacket>,
    /// Sequences that were lost and shall ride again.
    again: VecDeque<u32>,
    losses: LossPattern,
    rate: VoiceRate,
    protection: Protection,
    plan: Plan,
    planned: LocalTime,
    /// Since when the plan has been to send lost frames again.
    resends_since: Option<LocalTime>,
    queue: Duration,
    /// What it may use beside a picture, whose rate control looks after both.
    share: Option<Kbps>,
    abilities: Abilities,
    packet: Vec<u8>,
}

impl Outgoing {
    pub(super) fn new(codec: AudioCodec, wishes: Wishes, vbr: bool, now: LocalTime) -> Result<Self, CodecError> {
        let (losses, rate) = (LossPattern::new(), VoiceRate::new(CEILING));
        let mut protection = Protection::new(wishes);
        let conditions = Conditions { losses: losses.losses(), round_trip: None, budget: rate.budget(), copies: false };
        let plan = protection.plan(&conditions, now);
        let config = OpusConfig { codec, kbps: plan.kbps, frame: plan.frame, vbr, ..OpusConfig::default() };
        Ok(Self {
            encoder: OpusEncoder::new(config)?,
            sequence: 0,
            history: VecDeque::with_capacity(HISTORY),
            again: VecDeque::new(),
            losses,
            rate,
            protection,
            plan,
            planned: now,
            resends_since: None,
            queue: Duration::ZERO,
            share: None,
            abilities: Abilities::PLAIN,
            packet: Vec::new(),
        })
    }

    /// How the voice is sent at this moment.
    pub(super) fn plan(&self) -> Plan {
        self.plan
    }

    /// What the voice may use of the wire.
    pub(super) fn budget(&self) -> Kbps {
        let proven = self.rate.budget();
        self.share.map_or(proven, |share| share.min(proven.max(PLAIN))).min(CEILING)
    }

    /// What the voice would use of the wire if it could.
    pub(super) fn wanted(&self) -> Kbps {
        self.protection.wanted()
    }

    /// The voice is sent as it should be on a good way; what losses make it want beyond that is another matter.
    pub(super) fn is_content(&self) -> bool {
        self.plan.wire() >= self.wanted().min(PLAIN)
    }

    /// What the voice may use of the wire beside a picture, whose pieces waited this long of late; `None`: it finds out by itself.
    pub(super) fn set_share(&mut self, share: Option<Kbps>, picture_wait: Duration) {
        self.share = share;
        self.rate.set_beside(share.is_some());
        self.losses.set_beside(share.map(|_| picture_wait));
    }

    /// How long sound waits in queues on its way, as the peer says.
    pub(super) fn queue(&self) -> Duration {
        self.queue
    }

    /// The peer reads feedback that rides with sound.
    pub(super) fn feedback_rides(&self) -> bool {
        self.abilities.has(Abilities::COPIES)
    }

    /// The length of the next frame.
    pub(super) fn length(&self) -> FrameLength {
        self.plan.frame
    }

    /// Codes one frame captured at `at`; the datagram carries `feedback` too. [`Self::left`] tells when it has gone out.
    pub(super) fn send(&mut self, pcm: &[f32], at: MediaTime, feedback: Option<Feedback>) -> Option<Bytes> {
        let length = FrameLength::from_samples(pcm.len())?;
        let sequence = self.sequence;
        self.sequence = self.sequence.wrapping_add(length.ticks());
        if let Err(error) = self.encode(pcm, length) {
            tracing::warn!(%error, "a sound frame could not be encoded");
            return None;
        }
        let frame = AudioPacket { sequence, at, data: Bytes::copy_from_slice(&self.packet) };
        let copies = self.copies(at);
        if self.history.len() == HISTORY {
            let _ = self.history.pop_front();
        }
        self.history.push_back(frame.clone());
        Some(Sound { frame, copies, feedback }.to_datagram(DATAGRAM_BYTES))
    }

    /// The datagram made last has left; one that never did is no loss of the way.
    pub(super) fn left(&mut self, bytes: usize, now: LocalTime) {
        self.rate.sent(bytes, now);
        if let Some(frame) = self.history.back() {
            self.losses.sent(frame.sequence, self.sequence.wrapping_sub(frame.sequence));
        }
    }

    /// A feedback on its own has left.
    pub(super) fn left_feedback(&mut self, bytes: usize, now: LocalTime) {
        self.rate.sent(bytes, now);
    }

    /// What the peer says of what it hears, and a new plan from it.
    pub(super) fn take(&mut self, feedback: &Feedback, round_trip: Option<Duration>, now: LocalTime) {
        self.abilities = feedback.abilities;
        self.queue = feedback.queue.span();
        self.losses.observe(feedback);
        self.rate.observe(feedback, self.protection.wanted(), now);
        let missing = self.losses.missing();
        let steady = self.resends_since.is_some_and(|since| now.saturating_since(since) >= RESEND_AFTER);
        if steady {
            self.again.extend(missing);
        } else {
            self.again.clear();
        }
        if now.saturating_since(self.planned) >= PLAN_EVERY {
            self.replan(round_trip, now);
        }
    }

    /// Lets time pass: without feedback the rate falls.
    pub(super) fn replan(&mut self, round_trip: Option<Duration>, now: LocalTime) {
        self.planned = now;
        self.rate.tick(now);
        let conditions = Conditions {
            losses: self.losses.losses(),
            round_trip,
            budget: self.budget(),
            copies: self.abilities.has(Abilities::COPIES),
        };
        let plan = self.protection.plan(&conditions, now);
        if plan != self.plan {
            tracing::debug!(?plan, ?conditions, "the voice is sent in another way");
            self.plan = plan;
        }
        self.resends_since = if plan.resend { self.resends_since.or(Some(now)) } else { None };
    }

    /// Codes one frame as the plan says; its length is that of the capture, which follows the plan a frame later.
    fn encode(&mut self, pcm: &[f32], length: FrameLength) -> Result<(), CodecError> {
        let encoder = &mut self.encoder;
        encoder.set_frame(length)?;
        encoder.set_low_delay(length == FrameLength::Ms10 && self.plan.kbps >= LOW_DELAY_FROM)?;
        encoder.set_kbps(self.plan.kbps)?;
        encoder.set_fec(self.plan.fec)?;
        encoder.set_expected_loss(self.plan.expected_loss)?;
        encoder.set_dred(self.plan.dred)?;
        encoder.encode(pcm, &mut self.packet)
    }

    /// The earlier frames that ride with the next one: the planned ones, and those found missing.
    fn copies(&mut self, at: MediaTime) -> Vec<AudioPacket> {
        if !self.abilities.has(Abilities::COPIES) {
            return Vec::new();
        }
        let back = |spacing: &u8| self.history.len().checked_sub(usize::from(*spacing));
        let planned = self.plan.copies.spacings().iter().filter_map(back);
        let mut copies: Vec<AudioPacket> = planned.filter_map(|place| self.history.get(place)).cloned().collect();
        for _ in 0..AGAIN_AT_ONCE {
            let Some(sequence) = self.again.pop_front() else { break };
            let found = self.history.iter().find(|frame| frame.sequence == sequence);
            let rides = copies.iter().any(|copy| copy.sequence == sequence);
            if let Some(frame) = found.filter(|frame| !rides && at.saturating_since(frame.at) < AGAIN_WITHIN) {
                copies.push(frame.clone());
            }
        }
        copies
    }
}

#[cfg(test)]
mod tests {
    use ahoy_media::Tenths;
    use ahoy_media::audio::{AUDIO_KIND, FULL_KIND};

    use super::*;

    const WISHES: Wishes =
        Wishes { kbps: Kbps(32), least: Kbps(6), frame: None, low_delay: false, copies: None, fec: None, dred: None };

    /// Sends `frames` frames to a peer with these abilities that loses every fifth, and returns what was sent.
    fn talk(abilities: Abilities, frames: u32) -> Vec<Bytes> {
        let mut outgoing = Outgoing::new(AudioCodec::Opus48k, WISHES, false, LocalTime(0)).unwrap();
        let (mut sent, mut heard, mut bytes, mut tick) = (Vec::new(), 0_u64, 0_u32, 0);
        for n in 0..frames {
            let now = LocalTime(u64::from(tick) * 10_000);
            let length = outgoing.length();
            let datagram = outgoing.send(&vec![0.1; length.samples()], MediaTime(now.0), None).unwrap();
            outgoing.left(datagram.len(), now);
            tick += length.ticks();
            heard <<= length.ticks();
            if n % 5 != 0 {
                heard |= (1 << length.ticks()) - 1;
                bytes += u32::try_from(datagram.len()).unwrap();
            }
            sent.push(datagram);
            if n % 5 == 4 {
                let feedback = Feedback {
                    hears: true,
                    abilities,
                    newest_audio: tick - 1,
                    heard,
                    received_bytes: bytes,
                    queue: Tenths(0),
                    sent_at: MediaTime(now.0).stamp(),
                    ..Feedback::default()
                };
                outgoing.take(&feedback, Some(Duration::from_millis(40)), now);
            }
        }
        sent
    }

    #[test]
    fn a_peer_that_never_said_it_reads_copies_gets_plain_frames() {
        assert!(talk(Abilities::PLAIN, 400).iter().all(|datagram| datagram[0] == AUDIO_KIND));
    }

    #[test]
    fn losses_bring_whole_copies_of_earlier_frames() {
        let sent = talk(Abilities::OURS, 400);
        let sounds: Vec<Sound> = sent.iter().map(|sent| Sound::from_datagram(sent, None).unwrap()).collect();
        assert!(sent[0][0] == AUDIO_KIND && sent[399][0] == FULL_KIND);
        let last = &sounds[399];
        assert!(!last.copies.is_empty(), "a fifth is lost and nothing is repeated");
        for copy in &last.copies {
            let original = sounds.iter().find(|sound| sound.frame.sequence == copy.sequence).expect("it was sent");
            assert_eq!(copy.data, original.frame.data);
        }
    }
}
