//! A sound server of its own, with loudspeakers and microphones that exist in it only.
//! The tests for devices run their phones on it and listen to what its loudspeakers play.
//! It lives in a temporary folder, knows nothing of the machine's own sound, and goes away when it is dropped.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::phone::PATIENCE;

/// Samples a second of what is recorded.
pub const RATE: usize = 48_000;

/// Samples that are read at once: 10 ms, so that it is known when they were played.
const BLOCK: usize = 480;

/// A running server.
pub struct SoundServer {
    server: Child,
    home: TempDir,
}

impl SoundServer {
    /// Starts one without any device; `None` where the program for it is not installed.
    ///
    /// # Errors
    /// It did not start.
    pub fn start() -> Result<Option<Self>> {
        let home = tempfile::tempdir()?;
        let socket = home.path().join("native");
        let protocol = format!("module-native-protocol-unix auth-anonymous=1 socket={}", socket.display());
        let started = inside(Command::new("pulseaudio"), home.path())
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"])
            .args(["--log-level=error", "-L", &protocol])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(server) = started else { return Ok(None) };
        let server = Self { server, home };
        let until = Instant::now() + PATIENCE;
        while server.control(&["info"]).is_err() {
            ensure!(Instant::now() < until, "the sound server does not answer");
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Some(server))
    }

    /// What `PULSE_SERVER` has to be.
    #[must_use]
    pub fn address(&self) -> String {
        address(self.home.path())
    }

    /// A new loudspeaker that plays into the void; gives the module that is it.
    ///
    /// # Errors
    /// The server refuses it.
    pub fn loudspeaker(&self, name: &str) -> Result<u32> {
        self.load(&["module-null-sink", &format!("sink_name={name}"), "rate=48000"])
    }

    /// A new microphone that hears a loudspeaker; gives the module that is it.
    ///
    /// # Errors
    /// The server refuses it.
    pub fn microphone(&self, name: &str, hears: &str) -> Result<u32> {
        let (name, master) = (format!("source_name={name}"), format!("master={hears}.monitor"));
        self.load(&["module-remap-source", &name, &master])
    }

    /// Unplugs what a module is.
    ///
    /// # Errors
    /// The server has no such module.
    pub fn unplug(&self, module: u32) -> Result<()> {
        self.control(&["unload-module", &module.to_string()]).map(drop)
    }

    /// Makes a loudspeaker, and a microphone, the default.
    ///
    /// # Errors
    /// The server has no such devices.
    pub fn set_default(&self, loudspeaker: &str, microphone: &str) -> Result<()> {
        let _ = self.control(&["set-default-sink", loudspeaker])?;
        self.control(&["set-default-source", microphone]).map(drop)
    }

    /// Lets the server stand still, or go on.
    ///
    /// # Errors
    /// It has ended.
    pub fn freeze(&self, still: bool) -> Result<()> {
        let signal = if still { rustix::process::Signal::STOP } else { rustix::process::Signal::CONT };
        Ok(rustix::process::kill_process(rustix::process::Pid::from_child(&self.server), signal)?)
    }

    /// How many recordings of microphones go on.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn recordings(&self) -> Result<usize> {
        Ok(self.control(&["list", "short", "source-outputs"])?.lines().count())
    }

    /// A program whose sound goes through this server.
    #[must_use]
    pub fn program(&self, program: &Path) -> Command {
        inside(Command::new(program), self.home.path())
    }

    /// Plays samples at [`RATE`] through a loudspeaker from now on.
    ///
    /// # Errors
    /// The program for it is not installed.
    pub fn play(&self, loudspeaker: &str, samples: &[i16]) -> Result<Playing> {
        let file = self.home.path().join("played.raw");
        std::fs::write(&file, samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>())?;
        let device = format!("--device={loudspeaker}");
        let program = inside(Command::new("pacat"), self.home.path())
            .args(["--playback", &device, "--raw", "--rate=48000", "--channels=1", "--format=s16le"])
            .stdin(File::open(file)?)
            .spawn()
            .context("`pacat` is not installed")?;
        Ok(Playing(Player(program)))
    }

    /// Listens to a loudspeaker from now on.
    ///
    /// # Errors
    /// The program for it is not installed.
    pub fn listen(&self, loudspeaker: &str) -> Result<Listener> {
        let device = format!("--device={loudspeaker}.monitor");
        let mut program = inside(Command::new("parec"), self.home.path())
            .args([&device, "--raw", "--rate=48000", "--channels=1", "--format=s16le", "--latency-msec=10"])
            .stdout(Stdio::piped())
            .spawn()
            .context("`parec` is not installed")?;
        let mut output = program.stdout.take().context("standard output")?;
        let (heard, blocks) = channel();
        drop(thread::spawn(move || {
            let mut bytes = [0; 2 * BLOCK];
            while output.read_exact(&mut bytes).is_ok() {
                let sample = |pair: &[u8]| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0;
                let block = Block { at: Instant::now(), samples: bytes.chunks_exact(2).map(sample).collect() };
                if heard.send(block).is_err() {
                    return;
                }
            }
        }));
        Ok(Listener { program: Player(program), blocks })
    }

    fn load(&self, module: &[&str]) -> Result<u32> {
        let said = self.control(&[&["load-module"], module].concat())?;
        said.trim().parse().with_context(|| format!("{module:?}: {said}"))
    }

    fn control(&self, words: &[&str]) -> Result<String> {
        let output = inside(Command::new("pactl"), self.home.path()).args(words).output()?;
        ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A program that plays or listens until it is dropped.
struct Player(Child);

impl Drop for Player {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sound that is being played; dropped, it ends.
pub struct Playing(Player);

impl Playing {
    /// Waits until all of it has been played.
    ///
    /// # Errors
    /// The program for it failed.
    pub fn finish(mut self) -> Result<()> {
        ensure!(self.0.0.wait()?.success(), "`pacat` failed");
        Ok(())
    }
}

/// White noise, a quarter as loud as can be, in which every sample has a place of its own and none is silent.
#[must_use]
pub fn noise(samples: usize) -> Vec<i16> {
    let mut state = 1_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 16) as i16 / 4) | 1
    };
    (0..samples).map(next).collect()
}

/// A piece of what a loudspeaker played.
pub struct Block {
    /// When it was heard.
    pub at: Instant,
    /// 10 ms at [`RATE`], -1 to 1.
    pub samples: Vec<f64>,
}

impl Block {
    /// How loud it is, 1 at most.
    #[must_use]
    pub fn level(&self) -> f64 {
        (self.samples.iter().map(|sample| sample * sample).sum::<f64>() / self.samples.len() as f64).sqrt()
    }
}

/// Ears at a loudspeaker. They also keep a loudspeaker awake: one that nobody uses thinks in blocks of two seconds.
pub struct Listener {
    program: Player,
    blocks: Receiver<Block>,
}

impl Listener {
    /// Waits for `length` on end of a sound at least this loud; gives when it began.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn wait_for_sound(&self, level: f64, length: Duration) -> Result<Instant> {
        let until = Instant::now() + PATIENCE;
        let mut began = None;
        while let Ok(block) = self.blocks.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if block.level() < level {
                began = None;
                continue;
            }
            let began = *began.get_or_insert(block.at);
            if block.at.saturating_duration_since(began) >= length {
                return Ok(began);
            }
        }
        bail!("no sound within {} s", PATIENCE.as_secs())
    }

    /// Listens for a while; gives the longest pause in it of a sound at least this loud.
    #[must_use]
    pub fn longest_pause(&self, level: f64, listen: Duration) -> Duration {
        let until = Instant::now() + listen;
        let (mut pause, mut longest) = (0, 0);
        while let Ok(block) = self.blocks.recv_timeout(until.saturating_duration_since(Instant::now())) {
            pause = if block.level() < level { pause + block.samples.len() } else { 0 };
            longest = longest.max(pause);
        }
        Duration::from_secs_f64(longest as f64 / RATE as f64)
    }

    /// Everything heard that was not waited for yet.
    #[must_use]
    pub fn take(&self) -> Vec<f64> {
        self.blocks.try_iter().flat_map(|block| block.samples).collect()
    }

    /// Stops listening.
    pub fn stop(self) {
        drop(self.program);
    }
}

/// A program of the server: with its folder for home, and that server only.
fn inside(mut command: Command, home: &Path) -> Command {
    let _ = command.env("HOME", home).env("XDG_RUNTIME_DIR", home).env("PULSE_RUNTIME_PATH", home);
    let _ = command.env("PULSE_SERVER", address(home)).env_remove("DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
    command
}

fn address(home: &Path) -> String {
    format!("unix:{}", PathBuf::from(home).join("native").display())
}
