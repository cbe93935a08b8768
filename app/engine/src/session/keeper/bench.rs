//! The keeper's bench: what is opened here is handed to the audio worker.
//! Both sides of the keeper open through it.
//! The worker may be late: one change a side waits, and a newer one takes its place.

use std::sync::mpsc::{Sender, SyncSender, TrySendError};
use std::thread;
use std::time::{Duration, Instant};

use ahoy_audio::{AudioError, DeviceKind, MicChoice, SpeakerChoice};
use rtrb::{Consumer, RingBuffer};

use super::lent::{Lent, Old};
use super::side::Target;
use super::{Change, Opener, place};
use crate::session::{CAPTURE_RING, PLAYOUT_RING};

/// Longest wait for a new microphone's first sound; one that needs longer is for the watch over it.
const FIRST_SOUND: Duration = Duration::from_millis(500);

/// Time between two looks for it: a fraction of a block.
const LOOK: Duration = Duration::from_millis(1);

/// Waits for a microphone's first sound: until then the one in use goes on, so that no frame is missing.
fn await_sound(ring: &Consumer<f32>) {
    let give_up = Instant::now() + FIRST_SOUND;
    while ring.slots() == 0 && Instant::now() < give_up {
        thread::sleep(LOOK);
    }
}

/// Where devices are opened and handed over.
pub(super) struct Bench {
    pub(super) opener: Box<dyn Opener>,
    pub(super) mic: MicChoice,
    pub(super) speaker: SpeakerChoice,
    pub(super) home: Sender<Old>,
    pub(super) handed: SyncSender<(u64, Change)>,
    pub(super) numbers: [u64; 2],
    /// Changes that the worker had no room for.
    pub(super) waiting: [Option<(u64, Change)>; 2],
}

impl Bench {
    /// Opens a target of a side; it is the next change of that side.
    ///
    /// # Errors
    /// Those of the opener.
    pub(super) fn open(&mut self, kind: DeviceKind, target: &Target) -> Result<(), AudioError> {
        let change = match kind {
            DeviceKind::Microphone => {
                let choice = match target {
                    Target::Default => MicChoice::Default,
                    Target::Device(id) => MicChoice::Device(id.clone()),
                    Target::Fixed => self.mic.clone(),
                    Target::Silence => MicChoice::None,
                };
                let (producer, consumer) = RingBuffer::new(CAPTURE_RING);
                let device = self.opener.microphone(&choice, producer)?;
                await_sound(&consumer);
                Change::Mic(Box::new(Lent::new(device, self.home.clone(), Old::Mic)), consumer)
            }
            DeviceKind::Speaker => {
                let choice = match target {
                    Target::Default => SpeakerChoice::Default,
                    Target::Device(id) => SpeakerChoice::Device(id.clone()),
                    Target::Fixed => self.speaker.clone(),
                    Target::Silence => SpeakerChoice::None,
                };
                let (producer, consumer) = RingBuffer::new(PLAYOUT_RING);
                let device = self.opener.speaker(&choice, consumer)?;
                Change::Speaker(Box::new(Lent::new(device, self.home.clone(), Old::Speaker)), producer)
            }
        };
        let place = place(kind);
        self.numbers[place] += 1;
        // A change that was not even taken is replaced: its device goes home by itself.
        self.waiting[place] = Some((self.numbers[place], change));
        Ok(())
    }

    /// Hands over what is open; `false` when the worker has no room.
    pub(super) fn hand_over(&mut self) -> bool {
        for waiting in &mut self.waiting {
            if let Some(change) = waiting.take()
                && let Err(TrySendError::Full(change)) = self.handed.try_send(change)
            {
                *waiting = Some(change);
                return false;
            }
        }
        true
    }
}
