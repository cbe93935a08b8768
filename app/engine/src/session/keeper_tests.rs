//! The keeper against devices that do not exist: its rules on a made clock, its thread on the real one.
//! A thousand random lives of a sound system are played through; each is its seed, so a failure can be played again.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Instant;

use super::*;

const MIC: DeviceKind = DeviceKind::Microphone;

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// A sound system with the devices `a`, `b` and `c`.
struct Room {
    plugged: [bool; 3],
    default: usize,
    /// Everything that is opened fails: another program has it.
    busy: bool,
    files: bool,
    /// What the worker has, and when each real device was opened.
    place: Option<Target>,
    opened: Vec<LocalTime>,
    now: LocalTime,
    news: Vec<KeeperNews>,
}

const IDS: [&str; 3] = ["a", "b", "c"];

impl Room {
    fn new() -> Self {
        Self {
            plugged: [true; 3],
            default: 0,
            busy: false,
            files: true,
            place: None,
            opened: Vec::new(),
            now: LocalTime(1_000_000),
            news: Vec::new(),
        }
    }

    fn open(&mut self, target: &Target) -> Result<(), AudioError> {
        let wanted = match target {
            Target::Silence => None,
            Target::Fixed if self.files => None,
            Target::Fixed => return Err(AudioError::NoFile("gone.wav".into())),
            Target::Default if self.plugged == [false; 3] => return Err(AudioError::NoDevice(MIC)),
            Target::Default => Some(self.default),
            Target::Device(id) => IDS.iter().position(|known| known == id),
        };
        if let Some(place) = wanted {
            if !self.plugged[place] {
                return Err(AudioError::UnknownDevice { kind: MIC, id: IDS[place].to_owned() });
            }
            self.opened.push(self.now);
            if self.busy {
                return Err(AudioError::Busy { kind: MIC, detail: "taken".to_owned() });
            }
        }
        self.place = Some(target.clone());
        Ok(())
    }

    fn list(&self) -> Vec<Device> {
        let device = |place: usize| Device {
            id: IDS[place].to_owned(),
            name: String::new(),
            kind: MIC,
            default: place == self.default,
        };
        (0..3).filter(|place| self.plugged[*place]).map(device).collect()
    }
}

/// A side and its room.
struct Life {
    side: Side,
    room: RefCell<Room>,
}

impl Life {
    fn start(choice: Target, room: Room) -> Self {
        let room = RefCell::new(room);
        let now = room.borrow().now;
        let news = RefCell::new(Vec::new());
        let tell = |said| news.borrow_mut().push(said);
        let side = Side::start(MIC, choice, now, &mut |target| room.borrow_mut().open(target), &tell).expect("no file");
        room.borrow_mut().news = news.into_inner();
        Self { side, room }
    }

    fn act(&mut self, work: impl FnOnce(&mut Side, LocalTime, side::Open<'_>, &dyn Fn(KeeperNews))) {
        let news = RefCell::new(Vec::new());
        let (room, now) = (&self.room, self.room.borrow().now);
        work(&mut self.side, now, &mut |target| room.borrow_mut().open(target), &|said| news.borrow_mut().push(said));
        self.room.borrow_mut().news.extend(news.into_inner());
    }

    /// Lets time pass, with everything that is due in it and a look every second.
    fn pass(&mut self, span: Duration) {
        let end = self.room.borrow().now + span;
        let mut look = self.room.borrow().now;
        loop {
            let now = self.room.borrow().now;
            if now >= look {
                look = now + LOOK;
                let list = self.room.borrow().list();
                self.side.look(&list, now);
            }
            self.act(|side, now, open, tell| side.step(now, open, tell));
            let next = self.side.due().map_or(look, |due| due.min(look));
            assert!(next > now, "it would spin");
            if next >= end {
                break;
            }
            self.room.borrow_mut().now = next;
        }
        self.room.borrow_mut().now = end;
    }

    fn fail(&mut self) {
        self.act(|side, now, open, tell| side.failed(AudioError::Stalled(MIC), now, open, tell));
    }

    fn place(&self) -> Target {
        self.room.borrow().place.clone().expect("a device is in place")
    }

    fn news(&self) -> Vec<KeeperNews> {
        std::mem::take(&mut self.room.borrow_mut().news)
    }
}

#[test]
fn a_thousand_random_sound_systems() {
    for seed in 1..=1_000_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let choice = if random.below(2) == 0 { Target::Default } else { Target::Device("b".to_owned()) };
        let mut room = Room::new();
        room.plugged = std::array::from_fn(|_| random.below(3) > 0);
        let mut life = Life::start(choice, room);
        for _ in 0..200 {
            match random.below(9) {
                0..=2 => life.fail(),
                3 => {
                    let (place, plugged) = (random.below(3) as usize, random.below(2) == 0);
                    life.room.borrow_mut().plugged[place] = plugged;
                }
                4 => life.room.borrow_mut().default = random.below(3) as usize,
                5 => life.room.borrow_mut().busy = random.below(2) == 0,
                _ => {}
            }
            life.pass(Duration::from_millis(random.below(3_000)));
            assert!(life.room.borrow().place.is_some(), "seed {seed}: nothing is in place");
        }
        let opened = std::mem::take(&mut life.room.borrow_mut().opened);
        // A try opens the device and, when that one fails, the default: each is opened at most thrice in 10 s.
        for window in opened.windows(2 * 3 + 1) {
            let span = window[6].saturating_since(window[0]);
            assert!(span >= Duration::from_secs(10), "seed {seed}: seven openings in {span:?}");
        }
        let mut room = life.room.borrow_mut();
        (room.plugged, room.busy) = ([true; 3], false);
        drop(room);
        life.pass(Duration::from_secs(20));
        assert_ne!(life.place(), Target::Silence, "seed {seed}: all is well and there is no sound");
    }
}

#[test]
fn a_device_that_fails_once_is_back_within_a_moment_and_nobody_hears_of_it() {
    let mut life = Life::start(Target::Default, Room::new());
    life.fail();
    assert_eq!(life.place(), Target::Silence);
    life.pass(Duration::from_millis(100));
    assert_eq!((life.place(), life.news()), (Target::Default, vec![]));
}

#[test]
fn a_device_that_keeps_failing_gets_three_tries_then_silence_and_a_notice_and_comes_back() {
    let mut life = Life::start(Target::Default, Room::new());
    life.room.borrow_mut().opened.clear();
    life.room.borrow_mut().busy = true;
    life.fail();
    life.pass(Duration::from_secs(4));
    assert_eq!(life.room.borrow().opened.len(), 2, "the first opening of the call counts too");
    let busy = AudioError::Busy { kind: MIC, detail: "taken".to_owned() };
    assert_eq!((life.place(), life.news()), (Target::Silence, vec![KeeperNews::Lost { kind: MIC, why: busy }]));
    life.room.borrow_mut().busy = false;
    life.pass(Duration::from_secs(10));
    assert_eq!((life.place(), life.news()), (Target::Default, vec![KeeperNews::Back(MIC)]));
}

#[test]
fn an_unplugged_only_device_is_back_a_second_after_it_is_plugged_in() {
    let mut life = Life::start(Target::Default, Room::new());
    life.pass(Duration::from_secs(60));
    life.room.borrow_mut().plugged = [false; 3];
    life.fail();
    life.pass(Duration::from_secs(7));
    assert_eq!(life.place(), Target::Silence);
    assert_eq!(life.news(), [KeeperNews::Lost { kind: MIC, why: AudioError::NoDevice(MIC) }]);
    life.room.borrow_mut().plugged = [true; 3];
    life.pass(LOOK + Duration::from_millis(1));
    assert_eq!((life.place(), life.news()), (Target::Default, vec![KeeperNews::Back(MIC)]));
}

#[test]
fn a_chosen_device_that_vanishes_falls_back_and_returns() {
    let chosen = Target::Device("b".to_owned());
    let mut life = Life::start(chosen.clone(), Room::new());
    life.pass(Duration::from_secs(60));
    life.room.borrow_mut().plugged[1] = false;
    life.fail();
    life.pass(Duration::from_millis(100));
    let why = AudioError::UnknownDevice { kind: MIC, id: "b".to_owned() };
    assert_eq!((life.place(), life.news()), (Target::Default, vec![KeeperNews::FellBack { kind: MIC, why }]));
    life.pass(Duration::from_secs(60));
    assert_eq!((life.place(), life.news()), (Target::Default, vec![]));
    life.room.borrow_mut().plugged[1] = true;
    life.pass(LOOK + Duration::from_millis(1));
    assert_eq!((life.place(), life.news()), (chosen, vec![KeeperNews::Back(MIC)]));
}

#[test]
fn a_new_default_is_followed_and_a_chosen_device_is_not_left_for_it() {
    for (choice, opened) in [(Target::Default, 1), (Target::Device("b".to_owned()), 0)] {
        let mut life = Life::start(choice, Room::new());
        life.pass(Duration::from_secs(60));
        life.room.borrow_mut().opened.clear();
        life.room.borrow_mut().default = 2;
        life.pass(Duration::from_secs(30));
        assert_eq!(life.room.borrow().opened.len(), opened);
        assert_eq!(life.news(), []);
    }
}

#[test]
fn a_mute_closes_a_device_and_no_file_and_nothing_is_opened_while_it_lasts() {
    let mut life = Life::start(Target::Default, Room::new());
    life.act(|side, now, open, tell| side.shut(true, now, open, tell));
    life.room.borrow_mut().opened.clear();
    life.room.borrow_mut().default = 2;
    life.pass(Duration::from_secs(60));
    assert_eq!((life.place(), life.room.borrow().opened.len()), (Target::Silence, 0));
    life.act(|side, now, open, tell| assert!(side.choose(Target::Device("b".to_owned()), now, open, tell)));
    assert_eq!(life.place(), Target::Silence);
    life.act(|side, now, open, tell| side.shut(false, now, open, tell));
    assert_eq!(life.place(), Target::Device("b".to_owned()));
    life.act(|side, now, open, tell| assert!(side.choose(Target::Fixed, now, open, tell)));
    life.act(|side, now, open, tell| side.shut(true, now, open, tell));
    assert_eq!((life.place(), life.news()), (Target::Fixed, vec![]));
}

#[test]
fn a_file_that_cannot_be_used_is_told_and_changes_nothing() {
    let mut life = Life::start(Target::Default, Room::new());
    life.room.borrow_mut().files = false;
    life.act(|side, now, open, tell| assert!(!side.choose(Target::Fixed, now, open, tell)));
    let why = AudioError::NoFile("gone.wav".into());
    assert_eq!((life.place(), life.news()), (Target::Default, vec![KeeperNews::Refused { kind: MIC, why }]));
}

/// A microphone that says on a channel when it is closed, and by which thread.
struct Told(mpsc::Sender<String>);

impl Microphone for Told {
    fn begin(&mut self) -> LocalTime {
        pace::now()
    }
    fn dropped(&self) -> u64 {
        0
    }
    fn latency(&self) -> Duration {
        Duration::from_millis(10)
    }
    fn failure(&self) -> Option<AudioError> {
        None
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        let name = thread::current().name().unwrap_or_default().to_owned();
        let _ = self.0.send(name);
    }
}

/// Opens `Told` for the default microphone, and silence for the rest.
struct Fake {
    closed: mpsc::Sender<String>,
    opened: Arc<Mutex<u32>>,
}

impl Opener for Fake {
    fn microphone(&mut self, choice: &MicChoice, ring: Producer<f32>) -> Result<Box<dyn Microphone>, AudioError> {
        if *choice == MicChoice::Default {
            *self.opened.lock().expect("nobody panics") += 1;
            return Ok(Box::new(Told(self.closed.clone())));
        }
        open_microphone(choice, MicOptions::default(), ring)
    }

    fn speaker(&mut self, choice: &SpeakerChoice, ring: Consumer<f32>) -> Result<Box<dyn Speaker>, AudioError> {
        open_speaker(choice, ring)
    }

    fn devices(&self) -> fn() -> Result<Vec<Device>, AudioError> {
        || Ok(Vec::new())
    }
}

/// The next change, within 5 s.
fn change(keeper: &mut Keeper) -> Change {
    let give_up = Instant::now() + Duration::from_secs(5);
    loop {
        if let Some(change) = keeper.next() {
            return change;
        }
        assert!(Instant::now() < give_up, "no change came");
        thread::yield_now();
    }
}

#[test]
fn devices_are_closed_on_a_thread_of_their_own_and_old_failures_are_old_news() {
    let (closed, closings) = mpsc::channel();
    let opened = Arc::new(Mutex::new(0));
    let fake = Fake { closed, opened: Arc::clone(&opened) };
    let (mut keeper, devices) =
        Keeper::start(MicChoice::Default, SpeakerChoice::None, Box::new(fake), Box::new(|_| {})).expect("starts");
    let stopped = AudioError::Stalled(MIC);
    // Said three times before the worker takes the change: it is one failure.
    for _ in 0..3 {
        keeper.failed(MIC, stopped.clone());
    }
    let Change::Mic(silent, _) = change(&mut keeper) else { panic!("the microphone failed") };
    drop(devices.mic);
    assert_eq!(closings.recv_timeout(Duration::from_secs(5)).as_deref(), Ok("closing"));
    let Change::Mic(again, _) = change(&mut keeper) else { panic!("the microphone comes back") };
    assert_eq!(silent.latency(), Duration::ZERO);
    assert_eq!(again.latency(), Duration::from_millis(10));
    drop(silent);
    keeper.mic(false);
    let Change::Mic(silent, mut ring) = change(&mut keeper) else { panic!("the microphone is closed") };
    drop(again);
    assert_eq!(closings.recv_timeout(Duration::from_secs(5)).as_deref(), Ok("closing"));
    let give_up = Instant::now() + Duration::from_secs(5);
    while ring.slots() < pace::BLOCK_SAMPLES {
        assert!(Instant::now() < give_up, "a closed microphone goes on with silence");
        thread::yield_now();
    }
    assert_eq!(ring.pop(), Ok(0.0));
    assert_eq!(*opened.lock().expect("nobody panics"), 2);
    drop(silent);
    drop(keeper);
}

#[test]
fn a_bad_file_at_the_start_is_an_error() {
    let mic = MicChoice::File("no/such/voice.wav".into());
    let system = Box::new(System(MicOptions::default()));
    let started = Keeper::start(mic, SpeakerChoice::None, system, Box::new(|_| {}));
    assert!(matches!(started.err(), Some(AudioError::NoFile(_))));
}
