//! What to do about the microphone, or about the speaker, of a call: when to open what, and what a person hears of it.
//! The keeper's thread asks it; it opens through a closure and gets the time as an argument, so it waits for nothing.
//! Some device is always in place: where a real one cannot be, a silent one is.

use std::collections::VecDeque;
use std::time::Duration;

use ahoy_audio::{AudioError, Device, DeviceKind};
use ahoy_media::LocalTime;

use super::KeeperNews;

/// Openings by itself that a device gets in `WINDOW`: a broken one must not keep the machine busy.
const MAX_TRIES: usize = 3;

/// See `MAX_TRIES`.
const WINDOW: Duration = Duration::from_secs(10);

/// Wait after the first and the second try that failed: a sound server that restarts needs about a second.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// Time for the worker to let go of a device that failed, for many open only once at a time; and for the other side to
/// say that it failed with it, before the next opening makes it wait.
const LET_GO: Duration = Duration::from_millis(50);

/// Time between two looks for a device that is lost.
const RETRY: Duration = Duration::from_secs(5);

/// What can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The device that the system uses now.
    Default,
    /// The device with this id.
    Device(String),
    /// A file or a made sound: it has no device that could be lost.
    Fixed,
    /// Silence in real time.
    Silence,
}

/// What the person was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Well,
    FellBack,
    Lost,
}

/// Opens a target and hands it to the worker.
pub(super) type Open<'a> = &'a mut dyn FnMut(&Target) -> Result<(), AudioError>;

/// One side of the sound.
pub(super) struct Side {
    kind: DeviceKind,
    choice: Target,
    place: Target,
    /// Closed on purpose: a mute that lasts.
    shut: bool,
    told: Told,
    why: AudioError,
    tries: VecDeque<LocalTime>,
    due: Option<LocalTime>,
    /// The ids of this side and the default's as they were last seen.
    seen: Option<(Vec<String>, Option<String>)>,
    /// The default is another one than when it was opened.
    moved: bool,
    /// The last try found no device at all.
    absent: bool,
}

impl Side {
    /// Opens the choice for the first time. A real device that is not there is told and replaced.
    ///
    /// # Errors
    /// A file that cannot be used.
    pub(super) fn start(
        kind: DeviceKind,
        choice: Target,
        now: LocalTime,
        open: Open<'_>,
        tell: &dyn Fn(KeeperNews),
    ) -> Result<Self, AudioError> {
        let mut side = Self {
            kind,
            place: Target::Silence,
            choice,
            shut: false,
            told: Told::Well,
            why: AudioError::NoDevice(kind),
            tries: VecDeque::new(),
            due: None,
            seen: None,
            moved: false,
            absent: false,
        };
        if side.choice == Target::Fixed {
            open(&Target::Fixed)?;
            side.place = Target::Fixed;
        } else if !side.attempt(now, open, tell) {
            open(&Target::Silence)?;
            if side.absent {
                side.lose(tell);
            }
            side.due = Some(now + if side.absent { RETRY } else { PAUSES[0] });
        }
        Ok(side)
    }

    /// Whether it depends on devices that can come and go.
    pub(super) fn is_real(&self) -> bool {
        self.choice != Target::Fixed && !self.shut
    }

    /// When `step` has something to do, if nothing happens before.
    pub(super) fn due(&self) -> Option<LocalTime> {
        self.due
    }

    /// Another choice; a file that cannot be used is told, and the answer is `false`.
    pub(super) fn choose(&mut self, choice: Target, now: LocalTime, open: Open<'_>, tell: &dyn Fn(KeeperNews)) -> bool {
        if choice == Target::Fixed {
            match open(&Target::Fixed) {
                Ok(()) => self.place = Target::Fixed,
                Err(why) => {
                    tell(KeeperNews::Refused { kind: self.kind, why });
                    return false;
                }
            }
        }
        self.choice = choice;
        self.told = Told::Well;
        self.tries.clear();
        self.due = None;
        if self.choice != Target::Fixed {
            if self.shut {
                self.silence(open);
            } else {
                self.replace(now, open, tell);
            }
        }
        true
    }

    /// Closes the device, or opens it again. A file goes on: its time must not stand still.
    pub(super) fn shut(&mut self, shut: bool, now: LocalTime, open: Open<'_>, tell: &dyn Fn(KeeperNews)) {
        let before = std::mem::replace(&mut self.shut, shut);
        if self.choice == Target::Fixed || before == shut {
            return;
        }
        self.tries.clear();
        if shut {
            self.due = None;
            self.silence(open);
        } else {
            self.due = Some(now);
            self.step(now, open, tell);
        }
    }

    /// The device in place ended. Silence takes its place at once, so that it is closed before it is opened again.
    pub(super) fn failed(&mut self, why: AudioError, now: LocalTime, open: Open<'_>, tell: &dyn Fn(KeeperNews)) {
        tracing::info!(%why, "the {} failed", self.kind);
        let fixed = self.place == Target::Fixed;
        self.why = why;
        self.silence(open);
        if fixed {
            // A full disk, say: there is nothing to open again.
            self.lose(tell);
        } else if !self.shut {
            self.due = Some(now + LET_GO);
        }
    }

    /// Looks at what the system has now.
    pub(super) fn look(&mut self, devices: &[Device], now: LocalTime) {
        let mine = || devices.iter().filter(|device| device.kind == self.kind);
        let ids: Vec<String> = mine().map(|device| device.id.clone()).collect();
        let default = mine().find(|device| device.default).map(|device| device.id.clone());
        let new = (ids, default);
        let Some(old) = self.seen.replace(new.clone()) else {
            return;
        };
        self.moved |= new.1.is_some() && old.1 != new.1;
        let wanted = match (&self.place, &self.choice) {
            (Target::Silence, _) => old != new,
            (Target::Default, Target::Device(id)) if new.0.contains(id) && !old.0.contains(id) => true,
            (Target::Default, _) => self.moved,
            // Its server may have moved the stream elsewhere: sound goes on, but not where it was wanted.
            (Target::Device(id), _) => old.0.contains(id) && !new.0.contains(id),
            (Target::Fixed, _) => false,
        };
        if wanted && self.is_real() {
            self.due = Some(self.due.map_or(now, |due| due.min(now)));
        }
    }

    /// Does what is due.
    pub(super) fn step(&mut self, now: LocalTime, open: Open<'_>, tell: &dyn Fn(KeeperNews)) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        self.due = None;
        while self.tries.front().is_some_and(|first| now.saturating_since(*first) >= WINDOW) {
            let _ = self.tries.pop_front();
        }
        if let Some(first) = self.tries.front().filter(|_| self.tries.len() >= MAX_TRIES) {
            self.due = Some((*first + WINDOW).max(now + Duration::from_millis(1)));
            if self.place == Target::Silence {
                self.lose(tell);
            }
            return;
        }
        self.replace(now, open, tell);
    }

    fn replace(&mut self, now: LocalTime, open: Open<'_>, tell: &dyn Fn(KeeperNews)) {
        self.due = None;
        self.absent = false;
        if self.attempt(now, open, tell) {
            return;
        }
        if self.place != Target::Silence && !self.stands() {
            self.silence(open);
        }
        let pause =
            if self.told == Told::Lost || self.absent { None } else { PAUSES.get(self.tries.len().saturating_sub(1)) };
        if pause.is_none() && self.place == Target::Silence {
            self.lose(tell);
        }
        self.due = Some(now + pause.copied().unwrap_or(RETRY));
    }

    /// Whether what is in place is a device that was wanted: a failed try to do better leaves it there.
    fn stands(&self) -> bool {
        match (&self.place, &self.choice) {
            (Target::Default, Target::Default | Target::Device(_)) => true,
            (place, choice) => place == choice,
        }
    }

    /// Tries the choice, and the default in place of a device that is not there.
    fn attempt(&mut self, now: LocalTime, open: Open<'_>, tell: &dyn Fn(KeeperNews)) -> bool {
        self.tries.push_back(now);
        let moved = std::mem::take(&mut self.moved);
        let choice = self.choice.clone();
        let Err(why) = open(&choice) else {
            self.place = choice;
            if self.told != Told::Well {
                self.told = Told::Well;
                tell(KeeperNews::Back(self.kind));
            }
            return true;
        };
        self.why = why;
        let opened = match choice {
            // The default plays already in place of the device.
            Target::Device(_) if self.place == Target::Default && self.told == Told::FellBack && !moved => {
                return true;
            }
            Target::Device(_) => open(&Target::Default),
            Target::Default | Target::Fixed | Target::Silence => Err(self.why.clone()),
        };
        match opened {
            Ok(()) => {
                self.place = Target::Default;
                if self.told != Told::FellBack {
                    self.told = Told::FellBack;
                    tell(KeeperNews::FellBack { kind: self.kind, why: self.why.clone() });
                }
                true
            }
            Err(other) if is_absent(&self.why) && is_absent(&other) => {
                // Nothing was opened, so nothing was tried: it may come back at any moment.
                let _ = self.tries.pop_back();
                self.absent = true;
                false
            }
            Err(_) => false,
        }
    }

    /// Without a thread for it the old device stays, silent as it is.
    fn silence(&mut self, open: Open<'_>) {
        if self.place != Target::Silence && open(&Target::Silence).is_ok() {
            self.place = Target::Silence;
        }
    }

    fn lose(&mut self, tell: &dyn Fn(KeeperNews)) {
        if self.told != Told::Lost {
            self.told = Told::Lost;
            tell(KeeperNews::Lost { kind: self.kind, why: self.why.clone() });
        }
    }
}

fn is_absent(why: &AudioError) -> bool {
    matches!(why, AudioError::NoDevice(_) | AudioError::UnknownDevice { .. })
}
