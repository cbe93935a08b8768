//! The command line as clap sees it.
//! `main` parses it, the other modules of `cli` carry it out; `--help`, the man page and completions come from it.
//! Scripts outside depend on every name here.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ahoy_audio::{MicChoice, SpeakerChoice};
use ahoy_camera::CameraChoice;
use ahoy_engine::{Answering, AutoAnswer, MediaOptions, PhoneConfig};
use ahoy_media::Size;
use ahoy_net::{ContactLink, RelayChoice};
use clap::{Args as ClapArgs, Parser, Subcommand};
use clap_complete::Shell;

/// Longest wait that a person may ask for, so that a typing error is told instead of waited for: a week.
const MAX_SECONDS: f64 = 7.0 * 24.0 * 3600.0;

/// A phone you own: voice and video calls between people who paired once, with no account and no server to trust.
#[derive(Debug, Parser)]
#[command(name = "ahoy", version, about, propagate_version = true, disable_help_subcommand = true)]
pub struct Args {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// Write statistics of the window's calls as JSON lines; commands have an option of their own
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,
    /// A contact link: the window shows it, the one that runs when there is one
    #[arg(value_name = "LINK", value_parser = link)]
    pub link: Option<String>,
    /// Without a command the window opens.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command takes.
#[derive(Clone, Debug, ClapArgs)]
pub struct Global {
    /// Where the phone remembers; one phone runs per directory
    #[arg(long, global = true, value_name = "DIR", env = "AHOY_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// The relay that helps phones find each other, for this run: default, none, or a URL; else the setting says
    #[arg(long, global = true, value_name = "RELAY")]
    pub relay: Option<RelayChoice>,
    /// Bind every socket to this address; the port is the identity endpoint's
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    pub bind: Option<SocketAddr>,
    /// Set a setting for this run; `ahoy settings` lists them
    #[arg(short = 'o', global = true, value_name = "KEY=VALUE", value_parser = pair)]
    pub option: Vec<(String, String)>,
    /// How much to log on standard error: error, warn, info, debug, trace, or a tracing filter
    #[arg(long, global = true, value_name = "LEVEL", default_value = "error,iroh=off")]
    pub log: String,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show my contact link, making my identity at first use
    Id {
        /// Draw the link as a QR code
        #[arg(long)]
        qr: bool,
    },
    /// Add a contact from a link; both sides must add each other
    Add {
        /// The other person's contact link
        link: String,
        /// What to call them
        #[arg(long)]
        name: Option<String>,
    },
    /// List or change contacts
    Contacts {
        /// What to do to a contact; without it they are listed.
        #[command(subcommand)]
        change: Option<ContactChange>,
    },
    /// Call a contact name, id prefix or link
    Call {
        /// Whom
        who: String,
        /// Send video
        #[arg(long)]
        video: bool,
        /// Devices and files.
        #[command(flatten)]
        media: Media,
        /// End the call this many seconds after it became active
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        duration: Option<Duration>,
    },
    /// Answer calls
    Answer {
        /// Send video
        #[arg(long)]
        video: bool,
        /// Devices and files.
        #[command(flatten)]
        media: Media,
        /// Stop after one call, with its exit code
        #[arg(long)]
        once: bool,
        /// Let everybody ring, not only contacts
        #[arg(long)]
        anyone: bool,
        /// Answer after this many seconds of ringing
        #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with_all = ["decline", "ask"])]
        after: Option<Duration>,
        /// Decline every call
        #[arg(long, conflicts_with = "ask")]
        decline: bool,
        /// Ring until standard input says `answer` or `decline`
        #[arg(long)]
        ask: bool,
    },
    /// Answer every call and send back the sound and picture it receives
    Echo {
        /// Let everybody call, not only contacts
        #[arg(long)]
        anyone: bool,
        /// Write statistics as JSON lines
        #[arg(long, value_name = "FILE")]
        stats: Option<PathBuf>,
    },
    /// List past calls, newest first, or forget them
    History {
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Only calls before this Unix time in milliseconds
        #[arg(long, value_name = "UNIX_MS")]
        before: Option<u64>,
        /// Only calls that were missed
        #[arg(long)]
        missed: bool,
        /// Only calls with this contact: name, id or id prefix
        #[arg(long, value_name = "WHO")]
        with: Option<String>,
        /// What to do to the history; without it it is listed.
        #[command(subcommand)]
        change: Option<HistoryChange>,
    },
    /// Send a text to a contact; it waits until the other phone is there
    Message {
        /// Name, id or id prefix
        who: String,
        /// What to say, at most 16 KiB
        text: String,
    },
    /// List what was written to and from a contact, newest first
    Messages {
        /// Name, id or id prefix
        who: String,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Only those before this Unix time in milliseconds
        #[arg(long, value_name = "UNIX_MS")]
        before: Option<u64>,
    },
    /// Look for a text in the names of contacts and in messages: the newest 1000 of each contact, 20000 in all
    Search {
        /// What to look for, in any case
        text: String,
        /// At most so many contacts, and so many messages
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Open this phone for pairing: shows my link, finds phones on the local network, and lists who knocks
    Pair {
        /// Add the phone of this link, and knock there
        #[arg(long, value_name = "LINK")]
        with: Option<String>,
        /// Read the link from a QR code held before this camera
        #[arg(long, value_name = "CAMERA", conflicts_with = "with")]
        scan: Option<CameraChoice>,
        /// What to call them
        #[arg(long)]
        name: Option<String>,
        /// Add the first phone that knocks or is found, without asking
        #[arg(long)]
        yes: bool,
        /// Stop after this many seconds
        #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "120")]
        wait: Duration,
    },
    /// Write identity and contacts to an encrypted file; the passphrase is read from AHOY_PASSPHRASE or standard input
    Export {
        /// The file to write
        file: PathBuf,
    },
    /// Take over identity and contacts from an exported file
    Import {
        /// The file to read
        file: PathBuf,
    },
    /// List microphones, speakers and cameras
    Devices,
    /// Check devices, network, relay, clock and storage
    Doctor,
    /// Have the desktop open `ahoy:` links with this program
    Register {
        /// No more
        #[arg(long)]
        remove: bool,
    },
    /// List the settings, show one, or change one for good
    Settings {
        /// The setting
        key: Option<String>,
        /// Its new value
        value: Option<String>,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// What can be done to a contact.
#[derive(Clone, Debug, Subcommand)]
pub enum ContactChange {
    /// Give a contact another name
    Rename {
        /// Name, id or id prefix
        who: String,
        /// The new name
        name: String,
    },
    /// Mark a contact as verified, after comparing the safety words
    Verify {
        /// Name, id or id prefix
        who: String,
    },
    /// Never let a contact ring
    Block {
        /// Name, id or id prefix
        who: String,
    },
    /// Let a blocked contact ring again
    Unblock {
        /// Name, id or id prefix
        who: String,
    },
    /// Forget a contact with all messages
    Remove {
        /// Name, id or id prefix
        who: String,
    },
    /// Compare emoji with a contact whose phone is there, to know that nobody stands between you
    Compare {
        /// Name, id or id prefix
        who: String,
    },
    /// Show a contact first
    Favourite {
        /// Name, id or id prefix
        who: String,
        /// No more
        #[arg(long)]
        off: bool,
    },
    /// Answer a verified contact's calls without a person, after three seconds of ringing
    AutoAnswer {
        /// Name, id or id prefix
        who: String,
        /// on: with the microphone; video: in a video call with the camera too; off: no more
        #[arg(value_name = "on|off|video", value_parser = auto_answer)]
        how: AutoAnswer,
    },
    /// Let a contact's calls arrive without a sound
    Mute {
        /// Name, id or id prefix
        who: String,
        /// Let them ring again
        #[arg(long)]
        off: bool,
    },
}

/// What can be done to the history.
#[derive(Clone, Debug, Subcommand)]
pub enum HistoryChange {
    /// Forget one past call
    Delete {
        /// Its id, as `history --json` lists it
        call: String,
    },
    /// Forget all past calls
    Clear,
}

/// Where sound and picture come from and go to.
#[derive(Clone, Debug, ClapArgs)]
pub struct Media {
    /// Microphone: a device id, a WAV file, default, none, tone or noise
    #[arg(long, value_name = "MIC", default_value = "default")]
    pub mic: OsString,
    /// Start the microphone file again when it ends
    #[arg(long = "loop")]
    pub repeat: bool,
    /// Speaker: a device id, a WAV file to write, default or none
    #[arg(long, value_name = "SPEAKER", default_value = "default")]
    pub speaker: OsString,
    /// Camera: a device id, a Y4M file, default, none or pattern
    #[arg(long, value_name = "CAMERA", default_value = "default")]
    pub camera: OsString,
    /// Write every decoded picture to this Y4M file, or none
    #[arg(long, value_name = "FILE", default_value = "none")]
    pub screen: OsString,
    /// Picture size of the screen file
    #[arg(long, value_name = "WxH", default_value = "640x480", value_parser = size)]
    pub screen_size: Size,
    /// Write statistics as JSON lines
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,
}

impl Global {
    /// The phone that these options describe.
    ///
    /// # Errors
    /// The system names no place for data and none was given.
    pub fn config(&self) -> anyhow::Result<PhoneConfig> {
        let data_dir = match &self.data_dir {
            Some(dir) => dir.clone(),
            None => dirs::data_dir()
                .ok_or_else(|| anyhow::anyhow!("the system names no place for data; choose one with --data-dir DIR"))?
                .join("ahoy"),
        };
        let mut config = PhoneConfig::new(data_dir);
        config.relay = self.relay.clone();
        config.bind = self.bind;
        config.overrides.clone_from(&self.option);
        Ok(config)
    }
}

impl Media {
    /// The media options of a phone.
    ///
    /// # Errors
    /// A choice that names no word, device or file.
    pub fn options(&self) -> anyhow::Result<MediaOptions> {
        let text = |value: &OsString| value.to_string_lossy().into_owned();
        let screen = (self.screen != "none").then(|| PathBuf::from(&self.screen));
        Ok(MediaOptions {
            mic: text(&self.mic).parse::<MicChoice>()?,
            repeat_mic: self.repeat,
            speaker: text(&self.speaker).parse::<SpeakerChoice>()?,
            camera: text(&self.camera).parse::<CameraChoice>()?,
            screen,
            screen_size: self.screen_size,
        })
    }
}

/// How `answer` answers.
pub fn answering(video: bool, after: Option<Duration>, decline: bool, ask: bool) -> Answering {
    if decline {
        Answering::Decline
    } else if ask {
        Answering::Ring
    } else {
        Answering::After { delay: after.unwrap_or_default(), video }
    }
}

fn auto_answer(text: &str) -> Result<AutoAnswer, String> {
    match text {
        "off" => Ok(AutoAnswer::Off),
        "on" => Ok(AutoAnswer::Voice),
        "video" => Ok(AutoAnswer::Video),
        other => Err(format!("'{other}' is none of on, off and video")),
    }
}

fn link(text: &str) -> Result<String, String> {
    match text.parse::<ContactLink>() {
        Ok(_) => Ok(text.to_owned()),
        // Whatever is no link was meant to be a command.
        Err(_) if !text.to_ascii_lowercase().starts_with("ahoy:") => {
            Err("neither a command nor a contact link; `ahoy --help` lists the commands".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, for example audio.kbps=24")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| format!("'{text}' is no number of seconds"))?;
    if (0.0..=MAX_SECONDS).contains(&number) {
        Ok(Duration::from_secs_f64(number))
    } else {
        Err(format!("'{text}' is not between 0 and {MAX_SECONDS} seconds"))
    }
}

fn size(text: &str) -> Result<Size, String> {
    let wrong = || format!("'{text}' is no picture size: use WIDTHxHEIGHT with even sides from 16 to 1920");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let side = |text: &str| text.parse::<u16>().ok().filter(|side| (16..=1920).contains(side) && side % 2 == 0);
    Ok(Size::new(side(width).ok_or_else(wrong)?, side(height).ok_or_else(wrong)?))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn global_options_may_stand_before_and_after_the_command() {
        let args = Args::parse_from(["ahoy", "--relay", "none", "call", "bob", "--json", "-o", "audio.kbps=24"]);
        assert!(args.global.json);
        assert!(matches!(args.global.relay, Some(RelayChoice::None)));
        assert_eq!(args.global.option, [("audio.kbps".to_owned(), "24".to_owned())]);
    }

    #[test]
    fn the_help_of_a_search_tells_its_bounds() {
        let search = Args::command().find_subcommand("search").and_then(|search| search.get_about().cloned());
        let told = search.expect("a line of help").to_string();
        for bound in [ahoy_engine::desk::SEARCHED, ahoy_engine::desk::SEARCHED_IN_ALL] {
            assert!(told.contains(&bound.to_string()), "{told}");
        }
    }

    #[test]
    fn wrong_values_are_refused() {
        for wrong in [
            vec!["ahoy", "--relay", "ftp://x", "id"],
            vec!["ahoy", "call", "bob", "--duration", "-3"],
            vec!["ahoy", "call", "bob", "--screen-size", "7x7"],
            vec!["ahoy", "-o", "audio.kbps", "id"],
            vec!["ahoy", "answer", "--ask", "--decline"],
            vec!["ahoy", "contacts", "auto-answer", "bob", "yes"],
        ] {
            assert!(Args::try_parse_from(&wrong).is_err(), "{wrong:?}");
        }
    }
}
