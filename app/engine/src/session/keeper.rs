//! The keeper of a call's devices: opens, closes and reopens microphone and speaker on a thread of its own.
//! The session starts it with the call; the audio worker takes the changes from it, and all commands return at once.
//! It follows the system's default and what is plugged in; the sound never waits for it, a silent device stands in.

use std::cell::Cell;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ahoy_audio::{
    AudioError, Device, DeviceKind, MicChoice, MicOptions, Microphone, Speaker, SpeakerChoice, open_microphone,
    open_speaker, pace,
};
use ahoy_media::LocalTime;
use rtrb::{Consumer, Producer};

mod bench;
mod lent;
mod side;

use bench::Bench;
use lent::{Old, closer};
use side::{Side, Target};

/// Time between two looks at the system's devices: what is plugged in is heard of within a second.
const LOOK: Duration = Duration::from_secs(1);

/// Wait for a worker that has not taken the changes before: it looks every 2.5 ms.
const UNTAKEN: Duration = Duration::from_millis(5);

/// Changes on their way to the worker; more wait in the keeper, one a side.
const CHANGES: usize = 4;

/// Longest sleep when nothing is due.
const IDLE: Duration = Duration::from_secs(60);

/// Another device takes over, with the other end of its ring.
pub(super) enum Change {
    /// A microphone that fills this ring.
    Mic(Box<dyn Microphone>, Consumer<f32>),
    /// A speaker that empties this ring.
    Speaker(Box<dyn Speaker>, Producer<f32>),
}

/// What a person should hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeeperNews {
    /// No device of this side works; silence stands in, and the keeper goes on looking.
    Lost {
        /// Which side.
        kind: DeviceKind,
        /// Why and what to do.
        why: AudioError,
    },
    /// The chosen device does not work; the system's default stands in.
    FellBack {
        /// Which side.
        kind: DeviceKind,
        /// What is the matter with the chosen one.
        why: AudioError,
    },
    /// The chosen file cannot be used; what was there before goes on.
    Refused {
        /// Which side.
        kind: DeviceKind,
        /// Why and what to do.
        why: AudioError,
    },
    /// What was chosen works again after `Lost` or `FellBack`.
    Back(DeviceKind),
}

/// Where news go.
pub(super) type Tell = Box<dyn Fn(KeeperNews) + Send>;

/// What opens devices: the system, or a test.
pub(super) trait Opener: Send {
    /// See [`open_microphone`].
    ///
    /// # Errors
    /// Those of [`open_microphone`].
    fn microphone(&mut self, choice: &MicChoice, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError>;

    /// See [`open_speaker`].
    ///
    /// # Errors
    /// Those of [`open_speaker`].
    fn speaker(&mut self, choice: &SpeakerChoice, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError>;

    /// How to ask for what there is, see [`ahoy_audio::devices`]. It is asked on a thread of its own: the answer may
    /// take seconds.
    fn devices(&self) -> fn() -> Result<Vec<Device>, AudioError>;
}

/// The devices of this machine.
pub(super) struct System(pub(super) MicOptions);

impl Opener for System {
    fn microphone(&mut self, choice: &MicChoice, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
        open_microphone(choice, self.0, ring)
    }

    fn speaker(&mut self, choice: &SpeakerChoice, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
        open_speaker(choice, ring)
    }

    fn devices(&self) -> fn() -> Result<Vec<Device>, AudioError> {
        ahoy_audio::devices
    }
}

/// The devices that a call begins with.
pub(super) struct Opened {
    pub(super) mic: Box<dyn Microphone>,
    pub(super) captured: Consumer<f32>,
    pub(super) speaker: Box<dyn Speaker>,
    pub(super) playing: Producer<f32>,
}

/// What the keeper is told. Its channel has no bound and needs none: a device fails once, a look is answered once, and
/// the rest a person presses.
enum Command {
    Mic(bool),
    ChooseMic(MicChoice),
    ChooseSpeaker(SpeakerChoice),
    /// The device of the n-th change (1: the first one opened) failed.
    Failed(DeviceKind, u64, AudioError),
    /// What the system has; nothing when it did not say.
    Seen(Option<Vec<Device>>),
    Stop,
}

/// What chooses devices from any thread; no call of it ever waits.
#[derive(Clone)]
pub(super) struct Chooser(Sender<Command>);

impl Chooser {
    /// Uses another microphone.
    pub(super) fn choose_mic(&self, choice: MicChoice) {
        let _ = self.0.send(Command::ChooseMic(choice));
    }

    /// Uses another speaker.
    pub(super) fn choose_speaker(&self, choice: SpeakerChoice) {
        let _ = self.0.send(Command::ChooseSpeaker(choice));
    }
}

/// The worker's end. Dropping it closes the devices that the keeper still has, and ends its thread.
pub(super) struct Keeper {
    commands: Sender<Command>,
    changes: Receiver<(u64, Change)>,
    /// The number of the change last taken, a side.
    taken: [u64; 2],
    /// The last of them that failed: it is told once.
    failed: [Cell<u64>; 2],
    thread: Option<JoinHandle<()>>,
    home: Sender<Old>,
    closer: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Opens the devices and starts watching over them. A real device that is not there is told and replaced.
    ///
    /// # Errors
    /// A file that cannot be used, no thread.
    pub(super) fn start(
        mic: MicChoice,
        speaker: SpeakerChoice,
        opener: Box<dyn Opener>,
        tell: Tell,
    ) -> Result<(Self, Opened), AudioError> {
        let (commands, inbox) = channel();
        let (handed, changes) = sync_channel(CHANGES);
        let no_thread = |e: std::io::Error| AudioError::Device { kind: DeviceKind::Microphone, detail: e.to_string() };
        let (home, closer) = closer().map_err(no_thread)?;
        let mut bench =
            Bench { opener, mic, speaker, home: home.clone(), handed, numbers: [0; 2], waiting: [None, None] };
        let now = pace::now();
        let (mic_target, speaker_target) = (mic_target(&bench.mic), speaker_target(&bench.speaker));
        let mut open = |target: &Target| bench.open(DeviceKind::Microphone, target);
        let mic = Side::start(DeviceKind::Microphone, mic_target, now, &mut open, &tell)?;
        let mut open = |target: &Target| bench.open(DeviceKind::Speaker, target);
        let speaker = Side::start(DeviceKind::Speaker, speaker_target, now, &mut open, &tell)?;
        let [Some((_, Change::Mic(mic_device, captured))), Some((_, Change::Speaker(speaker_device, playing)))] =
            [bench.waiting[0].take(), bench.waiting[1].take()]
        else {
            unreachable!("a side that starts has opened a device of its kind");
        };
        let taken = bench.numbers;
        let answers = commands.clone();
        let keeping = Keeping { bench, sides: [mic, speaker], tell, answers, look: now, asking: false };
        let thread =
            thread::Builder::new().name("devices".to_owned()).spawn(move || keeping.run(&inbox)).map_err(no_thread)?;
        let failed = Default::default();
        let keeper = Self { commands, changes, taken, failed, thread: Some(thread), home, closer: Some(closer) };
        Ok((keeper, Opened { mic: mic_device, captured, speaker: speaker_device, playing }))
    }

    /// The next device to use instead of the one in use; that one is just dropped, it is closed elsewhere. Never waits.
    pub(super) fn next(&mut self) -> Option<Change> {
        let (number, change) = self.changes.try_recv().ok()?;
        let kind = match &change {
            Change::Mic(..) => DeviceKind::Microphone,
            Change::Speaker(..) => DeviceKind::Speaker,
        };
        self.taken[place(kind)] = number;
        Some(change)
    }

    /// Closes the microphone (a silent one comes) or opens it again; files and made sounds just go on.
    pub(super) fn mic(&self, open: bool) {
        let _ = self.commands.send(Command::Mic(open));
    }

    /// The device in use says that it failed; saying it again does no harm.
    pub(super) fn failed(&self, kind: DeviceKind, why: AudioError) {
        let number = self.taken[place(kind)];
        if self.failed[place(kind)].replace(number) != number {
            let _ = self.commands.send(Command::Failed(kind, number, why));
        }
    }

    /// What lets other threads choose.
    pub(super) fn chooser(&self) -> Chooser {
        Chooser(self.commands.clone())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic of a thread has been printed by its own hook; there is nothing to add here.
            drop(thread.join());
        }
        let _ = self.home.send(Old::End);
        if let Some(closer) = self.closer.take() {
            drop(closer.join());
        }
    }
}

/// The thread.
struct Keeping {
    bench: Bench,
    sides: [Side; 2],
    tell: Tell,
    /// Where what the system has is told.
    answers: Sender<Command>,
    /// When to look at the system's devices.
    look: LocalTime,
    /// It is being asked for them.
    asking: bool,
}

impl Keeping {
    fn run(mut self, inbox: &Receiver<Command>) {
        let mut wait = Duration::ZERO;
        loop {
            match inbox.recv_timeout(wait) {
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(command) => self.obey(command),
                Err(RecvTimeoutError::Timeout) => {}
            }
            wait = self.turn();
        }
    }

    /// Does what is due and says how long nothing is.
    fn turn(&mut self) -> Duration {
        let now = pace::now();
        let watching = !self.asking && self.sides.iter().any(Side::is_real);
        if watching && now >= self.look {
            self.look = now + LOOK;
            self.ask();
        }
        let Self { bench, sides, tell, look, .. } = self;
        for (side, kind) in sides.iter_mut().zip(KINDS) {
            side.step(pace::now(), &mut |target| bench.open(kind, target), tell);
        }
        let now = pace::now();
        let due = sides.iter().filter_map(Side::due).chain(watching.then_some(*look)).min();
        let wait = due.map_or(IDLE, |due| due.saturating_since(now));
        if bench.hand_over() { wait } else { wait.min(UNTAKEN) }
    }

    /// Asks the system for its devices; without a thread the next look does.
    fn ask(&mut self) {
        let (devices, answers) = (self.bench.opener.devices(), self.answers.clone());
        let ask = move || drop(answers.send(Command::Seen(devices().ok())));
        self.asking = thread::Builder::new().name("look".to_owned()).spawn(ask).is_ok();
    }

    fn obey(&mut self, command: Command) {
        let Self { bench, sides: [mic, speaker], tell, .. } = self;
        let now = pace::now();
        match command {
            Command::Mic(open) => {
                mic.shut(!open, now, &mut |target| bench.open(DeviceKind::Microphone, target), tell);
            }
            Command::ChooseMic(choice) => {
                let target = mic_target(&choice);
                let before = std::mem::replace(&mut bench.mic, choice);
                if !mic.choose(target, now, &mut |target| bench.open(DeviceKind::Microphone, target), tell) {
                    bench.mic = before;
                }
            }
            Command::ChooseSpeaker(choice) => {
                let target = speaker_target(&choice);
                let before = std::mem::replace(&mut bench.speaker, choice);
                if !speaker.choose(target, now, &mut |target| bench.open(DeviceKind::Speaker, target), tell) {
                    bench.speaker = before;
                }
            }
            Command::Failed(kind, number, why) => {
                // A failure of a device that has been replaced already is old news.
                if number == bench.numbers[place(kind)] {
                    let side = if kind == DeviceKind::Microphone { mic } else { speaker };
                    side.failed(why, now, &mut |target| bench.open(kind, target), tell);
                    // Silence first: the worker lets go of the failed device, which is closed before it is reopened.
                    let _ = bench.hand_over();
                }
            }
            Command::Seen(devices) => {
                self.asking = false;
                // A system that does not answer has not lost its devices.
                if let Some(devices) = devices {
                    mic.look(&devices, now);
                    speaker.look(&devices, now);
                }
            }
            Command::Stop => {}
        }
    }
}

/// The order of all pairs here.
const KINDS: [DeviceKind; 2] = [DeviceKind::Microphone, DeviceKind::Speaker];

fn place(kind: DeviceKind) -> usize {
    match kind {
        DeviceKind::Microphone => 0,
        DeviceKind::Speaker => 1,
    }
}

fn mic_target(choice: &MicChoice) -> Target {
    match choice {
        MicChoice::Default => Target::Default,
        MicChoice::Device(id) => Target::Device(id.clone()),
        MicChoice::None | MicChoice::Tone | MicChoice::Noise | MicChoice::File(_) => Target::Fixed,
    }
}

fn speaker_target(choice: &SpeakerChoice) -> Target {
    match choice {
        SpeakerChoice::Default => Target::Default,
        SpeakerChoice::Device(id) => Target::Device(id.clone()),
        SpeakerChoice::None | SpeakerChoice::File(_) => Target::Fixed,
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
