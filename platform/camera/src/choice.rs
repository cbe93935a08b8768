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

/// A camera of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Names it in [`CameraChoice::Device`].
    pub id: String,
    /// What the system calls it.
    pub name: String,
    /// Whether [`CameraChoice::Default`] opens it.
    pub default: bool,
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
}
