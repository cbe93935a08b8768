//! Which camera, and what to ask of it.
//! The command line and the settings parse and print these words.
//! Printing and parsing are inverse: what is stored in settings comes back as the same choice.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ahoy_media::Size;

/// What every real camera's id begins with, so that an id is never taken for a file.
pub const DEVICE_PREFIX: &str = "camera:";

/// Where pictures come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum CameraChoice {
    /// The system's first camera.
    #[default]
    Default,
    /// No picture at all.
    None,
    /// Moving bars with a machine-readable frame counter.
    Pattern,
    /// A Y4M file at its own frame rate, repeated.
    File(PathBuf),
    /// The camera with this id, as [`devices`](crate::devices) lists it.
    Device(String),
}

impl FromStr for CameraChoice {
    type Err = Infallible;

    /// A word, else a camera's id (`camera:…`), else the path of a Y4M file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "default" => Self::Default,
            "none" => Self::None,
            "pattern" => Self::Pattern,
            id if id.starts_with(DEVICE_PREFIX) => Self::Device(id.to_owned()),
            path => Self::File(PathBuf::from(path)),
        })
    }
}

impl fmt::Display for CameraChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::None => f.write_str("none"),
            Self::Pattern => f.write_str("pattern"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Device(id) => f.write_str(id),
        }
    }
}

/// What a camera is asked for. A file keeps its own size and rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CameraMode {
    /// The wanted picture size; a real camera gives the nearest it has.
    pub size: Size,
    /// The wanted pictures a second.
    pub fps: u32,
}

impl Default for CameraMode {
    fn default() -> Self {
        Self { size: Size::VGA, fps: 24 }
    }
}

/// Which way a camera looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    /// At whoever holds the device.
    Front,
    /// Away from them: nobody sees themselves in it, so its self view is no mirror.
    Back,
}

impl Facing {
    /// What a camera's name tells; tablets and laptops with two cameras call them front and rear or back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_ascii_lowercase);
        words.find_map(|word| match word.as_str() {
            "front" => Some(Self::Front),
            "rear" | "back" => Some(Self::Back),
            _ => None,
        })
    }
}

/// A camera of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Names it in [`CameraChoice::Device`].
    pub id: String,
    /// What the system calls it.
    pub name: String,
    /// Whether [`CameraChoice::Default`] opens it.
    pub default: bool,
    /// Which way it looks, where that is known.
    pub facing: Option<Facing>,
}

impl Device {
    /// Whether `choice` opens this camera.
    #[must_use]
    pub fn is_chosen(&self, choice: &CameraChoice) -> bool {
        match choice {
            CameraChoice::Default => self.default,
            CameraChoice::Device(id) => *id == self.id,
            CameraChoice::None | CameraChoice::Pattern | CameraChoice::File(_) => false,
        }
    }
}

/// The camera that a switch goes to: the next one that looks the other way, else simply the next; `None` without another.
#[must_use]
pub fn switched<'a>(devices: &'a [Device], choice: &CameraChoice) -> Option<&'a Device> {
    let Some(place) = devices.iter().position(|device| device.is_chosen(choice)) else { return devices.first() };
    let others = || devices[place + 1..].iter().chain(&devices[..place]);
    let facing = devices[place].facing;
    others()
        .find(|other| facing.is_some() && other.facing.is_some() && other.facing != facing)
        .or_else(|| others().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_survives_printing() {
        let choices = [
            CameraChoice::Default,
            CameraChoice::None,
            CameraChoice::Pattern,
            CameraChoice::File("clips/a.y4m".into()),
            CameraChoice::Device("camera:0".to_owned()),
        ];
        for choice in choices {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
    }

    fn device(id: &str, facing: Option<Facing>) -> Device {
        Device { id: id.to_owned(), name: id.to_owned(), default: id == "a", facing }
    }

    #[test]
    fn a_switch_goes_to_the_other_side_and_else_round() {
        let to = |devices: &[Device], from: &str| {
            let chosen = CameraChoice::Device(from.to_owned());
            switched(devices, &chosen).map(|device| device.id.clone())
        };
        let (front, back) = (Some(Facing::Front), Some(Facing::Back));
        let phone = [device("a", front), device("b", front), device("c", back), device("d", None)];
        assert_eq!(to(&phone, "a").as_deref(), Some("c"));
        assert_eq!(to(&phone, "c").as_deref(), Some("a"));
        assert_eq!(to(&phone, "d").as_deref(), Some("a"), "who knows no side goes round");
        let desk = [device("a", None), device("b", None)];
        assert_eq!((to(&desk, "a").as_deref(), to(&desk, "b").as_deref()), (Some("b"), Some("a")));
        assert_eq!(to(&desk, "unplugged").as_deref(), Some("a"));
        assert_eq!((to(&desk[..1], "a"), to(&[], "a")), (None, None));
        assert_eq!(switched(&desk, &CameraChoice::Default).map(|device| device.id.as_str()), Some("b"));
        assert_eq!(switched(&desk, &CameraChoice::Pattern).map(|device| device.id.as_str()), Some("a"));
    }

    #[test]
    fn names_tell_the_side_only_in_whole_words() {
        assert_eq!(Facing::from_name("Microsoft Camera Front"), Some(Facing::Front));
        assert_eq!(Facing::from_name("ov5640 rear"), Some(Facing::Back));
        assert_eq!(Facing::from_name("Back-facing camera"), Some(Facing::Back));
        assert_eq!(Facing::from_name("Feedback Cam"), None);
        assert_eq!(Facing::from_name("Integrated Webcam"), None);
    }
}
