//! Devices in the worker's hands: dropped there, they go home to be closed.
//! The bench lends them; to the worker they are devices like any other.
//! Closing may take a second where a sound system does not answer, and the worker has no second.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_audio::{AudioError, Microphone, Speaker};
use ahoy_media::LocalTime;

/// What goes home.
pub(super) enum Old {
    Mic(Box<dyn Microphone>),
    Speaker(Box<dyn Speaker>),
    /// The call is over: nothing that comes later is waited for.
    End,
}

/// Starts the thread that closes what goes home, one after the other, until the end.
///
/// # Errors
/// When the system has no thread left.
pub(super) fn closer() -> io::Result<(Sender<Old>, JoinHandle<()>)> {
    let (home, old) = channel();
    let close = move || {
        for old in old {
            match old {
                Old::Mic(device) => drop(device),
                Old::Speaker(device) => drop(device),
                Old::End => return,
            }
        }
    };
    Ok((home, thread::Builder::new().name("closing".to_owned()).spawn(close)?))
}

/// A device in the worker's hands that goes home to be closed.
pub(super) struct Lent<D> {
    device: Option<D>,
    home: Sender<Old>,
    back: fn(D) -> Old,
}

impl<D> Lent<D> {
    /// Lends a device; `back` says what its way home is.
    pub(super) fn new(device: D, home: Sender<Old>, back: fn(D) -> Old) -> Self {
        Self { device: Some(device), home, back }
    }

    fn get(&self) -> &D {
        self.device.as_ref().expect("only drop takes it")
    }
    fn get_mut(&mut self) -> &mut D {
        self.device.as_mut().expect("only drop takes it")
    }
}

impl<D> Drop for Lent<D> {
    fn drop(&mut self) {
        if let Some(device) = self.device.take() {
            // After the end it is closed right here.
            let _ = self.home.send((self.back)(device));
        }
    }
}

impl Microphone for Lent<Box<dyn Microphone>> {
    fn begin(&mut self) -> LocalTime {
        self.get_mut().begin()
    }
    fn dropped(&self) -> u64 {
        self.get().dropped()
    }
    fn latency(&self) -> Duration {
        self.get().latency()
    }
    fn failure(&self) -> Option<AudioError> {
        self.get().failure()
    }
}

impl Speaker for Lent<Box<dyn Speaker>> {
    fn begin(&mut self) -> LocalTime {
        self.get_mut().begin()
    }
    fn underruns(&self) -> u64 {
        self.get().underruns()
    }
    fn latency(&self) -> Duration {
        self.get().latency()
    }
    fn failure(&self) -> Option<AudioError> {
        self.get().failure()
    }
}
