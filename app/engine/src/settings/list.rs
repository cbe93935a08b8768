//! Every setting there is: its key, its default, what it does and what it takes.
//! `settings` looks them up, `ahoy settings` lists them in this order.
//! A check says yes to exactly what the setting's accessor can read.

use ahoy_media::allocation::Prefer;
use ahoy_media::{FrameLength, Kbps, Size};
use ahoy_net::RelayChoice;
use ahoy_voice::Processing;

use super::Setting;
use super::look::TEXT_PERCENT;

/// Opus below 6 kbit/s is no speech any more, above 64 nobody hears a difference on a mono voice.
const AUDIO_KBPS: std::ops::RangeInclusive<u32> = 6..=64;
/// What leaves a choice to the phone.
const AUTO: &str = "auto";
/// What the encoder sends at least, with a constant and with a variable rate.
pub(super) const LEAST: Kbps = Kbps(*AUDIO_KBPS.start());
pub(super) const LEAST_VARIABLE: Kbps = Kbps(16);
/// More copies of a frame than this cost more than they save on any path.
const MAX_COPIES: u8 = 3;
/// What the latents of Opus' deep redundancy cover.
const MAX_DRED_MS: u16 = 1_000;
/// No sound system has longer names.
const MAX_DEVICE_ID: usize = 256;
/// More delay than this, and people talk over each other.
const MAX_RESERVE_MS: u16 = 200;
/// Below 100 kbit/s the smallest picture falls apart; 8000 fills 1080 lines.
const VIDEO_KBPS: std::ops::RangeInclusive<u32> = 100..=8000;
/// The smallest side that VP9 and the ladder are used with.
const MIN_SIDE: u16 = 64;
/// The largest side that the peer's gate lets through.
const MAX_SIDE: u16 = 1920;
/// What a contact link has room for.
const MAX_NAME_BYTES: usize = ahoy_net::link::MAX_LINK_NAME_BYTES;

/// Everything that can be set.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "name",
        default: "",
        about: "my name in the contact link, at most 64 bytes",
        check: |value| value.len() <= MAX_NAME_BYTES && !value.chars().any(char::is_control),
    },
    Setting {
        key: "port",
        default: "",
        about: "the UDP port people reach me on, 1024 to 65535; chosen at first use",
        check: |value| value.parse::<u16>().is_ok_and(|port| port >= 1024),
    },
    Setting {
        key: "waiting",
        default: "auto",
        about: "lets a second call ring softly (on) or answers it as busy (off); auto: on in the window, else off",
        check: |value| matches!(value, "auto" | "on" | "off"),
    },
    Setting {
        key: "dnd",
        default: "off",
        about: "do not disturb: calls make no sound here and end as missed, on or off",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "audio.kbps",
        default: "32",
        about: "bit rate of my voice, 6 to 64 kbit/s, constant",
        check: |value| value.parse().is_ok_and(|kbps| AUDIO_KBPS.contains(&kbps)),
    },
    Setting {
        key: "audio.frame_ms",
        default: "auto",
        about: "length of a sound frame, 10, 20, 40 or 60 ms; auto: 20, longer where the link is narrow",
        check: |value| value == AUTO || frame_length(value).is_some(),
    },
    Setting {
        key: "low_delay",
        default: "off",
        about: "frames of 10 ms where the path is good, on or off: less delay for 25 kbit/s more",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "vbr",
        default: "off",
        about: "variable bit rate of 16 to 32 kbit/s, on or off: saves bits, and the size of packets tells something of what is said",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "copies",
        default: "auto",
        about: "copies of each sound frame that ride in later packets, 0 to 3; auto: as the losses ask for",
        check: |value| value == AUTO || value.parse::<u8>().is_ok_and(|copies| copies <= MAX_COPIES),
    },
    Setting {
        key: "fec",
        default: "auto",
        about: "a coarse copy of each sound frame inside the next one, on, off, or auto: where whole copies do not fit",
        check: |value| matches!(value, "auto" | "on" | "off"),
    },
    Setting {
        key: "dred_ms",
        default: "auto",
        about: "deep redundancy of the voice, 0 to 1000 ms; auto: where whole copies do not fit",
        check: |value| value == AUTO || value.parse::<u16>().is_ok_and(|ms| ms <= MAX_DRED_MS),
    },
    Setting {
        key: "processing",
        default: "auto",
        about: "what is done to my voice: on, off, or a list of echo, noise, gain; auto: all of it for real microphones",
        check: |value| matches!(value, "auto" | "on" | "off") || processing(value).is_some(),
    },
    Setting {
        key: "audio.mic",
        default: "",
        about: "id of my microphone, see `ahoy devices`; empty: the system's default",
        check: is_device_id,
    },
    Setting {
        key: "audio.speaker",
        default: "",
        about: "id of my speaker, see `ahoy devices`; empty: the system's default",
        check: is_device_id,
    },
    Setting {
        key: "video.camera",
        default: "",
        about: "id of my camera, see `ahoy devices`; empty: the system's default",
        check: is_device_id,
    },
    Setting {
        key: "controller",
        default: "own",
        about: "who paces the packets of a call, own or cubic; cubic is there to compare with",
        check: |value| matches!(value, "own" | "cubic"),
    },
    Setting {
        key: "audio.reserve_ms",
        default: "0",
        about: "sound kept waiting on a machine that is busy with other things, 0 to 200 ms; each is a ms of delay",
        check: |value| value.parse::<u16>().is_ok_and(|ms| ms <= MAX_RESERVE_MS),
    },
    Setting {
        key: "video.max_kbps",
        default: "1000",
        about: "most bits my picture may use, 100 to 8000 kbit/s",
        check: |value| value.parse().is_ok_and(|kbps| VIDEO_KBPS.contains(&kbps)),
    },
    Setting {
        key: "video.size",
        default: "640x480",
        about: "size of my picture, WIDTHxHEIGHT, 64 to 1920 a side",
        check: |value| parse_size(value).is_some(),
    },
    Setting {
        key: "video.prefer",
        default: "balanced",
        about: "what a narrow link takes from my picture last: motion (sign language, lip reading), sharpness (things shown), or balanced",
        check: |value| prefer(value).is_some(),
    },
    Setting {
        key: "low_data",
        default: "off",
        about: "my picture uses little data, on or off: small, 15 a second, about 300 kbit/s in all",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "relay",
        default: "default",
        about: "the relay that helps phones find each other: default, none or a URL; from the next start on, --relay beats it",
        check: |value| value.parse::<RelayChoice>().is_ok(),
    },
    Setting {
        key: "language",
        default: "system",
        about: "language of the window: system, en, de or ar",
        check: |value| matches!(value, "system" | "en" | "de" | "ar"),
    },
    Setting {
        key: "theme",
        default: "system",
        about: "colours of the window: system, light or dark",
        check: |value| matches!(value, "system" | "light" | "dark"),
    },
    Setting {
        key: "text_size",
        default: "100",
        about: "size of the window's text, 80 to 200 percent",
        check: |value| value.parse().is_ok_and(|percent| TEXT_PERCENT.contains(&percent)),
    },
    Setting {
        key: "reduced_motion",
        default: "system",
        about: "the window moves nothing that can stand still: on, off or system",
        check: |value| matches!(value, "on" | "off" | "system"),
    },
    Setting {
        key: "big_buttons",
        default: "off",
        about: "few and large buttons in the window, on or off",
        check: |value| matches!(value, "on" | "off"),
    },
    Setting {
        key: "fit",
        default: "fit",
        about: "the other side's picture is shown whole (fit) or fills its place and loses its edges (fill)",
        check: |value| matches!(value, "fit" | "fill"),
    },
    Setting {
        key: "first_run",
        default: "due",
        about: "whether the window still has to show its first steps: due or done",
        check: |value| matches!(value, "due" | "done"),
    },
];

pub(super) fn prefer(word: &str) -> Option<Prefer> {
    match word {
        "balanced" => Some(Prefer::Balanced),
        "sharpness" => Some(Prefer::Sharpness),
        "motion" => Some(Prefer::Motion),
        _ => None,
    }
}

pub(super) fn frame_length(text: &str) -> Option<FrameLength> {
    FrameLength::from_ms(text.parse().ok()?)
}

/// A list such as `echo,gain`.
pub(super) fn processing(text: &str) -> Option<Processing> {
    let mut wanted = Processing::OFF;
    for word in text.split(',') {
        *match word {
            "echo" => &mut wanted.echo,
            "noise" => &mut wanted.noise,
            "gain" => &mut wanted.gain,
            _ => return None,
        } = true;
    }
    Some(wanted)
}

fn is_device_id(text: &str) -> bool {
    text.len() <= MAX_DEVICE_ID && !text.chars().any(char::is_control)
}

/// `WIDTHxHEIGHT` with even sides that the peer's gate lets through.
pub(super) fn parse_size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once('x')?;
    let side =
        |text: &str| text.parse::<u16>().ok().filter(|side| (MIN_SIDE..=MAX_SIDE).contains(side) && side % 2 == 0);
    Some(Size::new(side(width)?, side(height)?))
}
