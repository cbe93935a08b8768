//! What Chrome's WebRTC did on the same links: the figures that the report shows in brackets.
//! Measured on a machine of the same kind through an emulator of the same kind, VP9 at 640x480 and up to 2 Mbit/s, one direction.
//! From a fifth of all packets lost on, its runs differ by factors.

/// Its figures on one link; where it has none nobody measured.
#[derive(Clone, Copy, Debug)]
pub struct Chrome {
    /// Mouth to ear in ms: median and 95th percentile.
    pub ear_ms: (f64, f64),
    /// ViSQOL in speech mode.
    pub visqol: f64,
    /// PESQ wideband.
    pub pesq: f64,
    /// Share of the sound that was made up.
    pub concealed: f64,
    /// kbit/s of the whole call on the wire.
    pub kbps: f64,
    /// Its picture.
    pub picture: Option<ChromePicture>,
}

/// The picture of a call of its.
#[derive(Clone, Copy, Debug)]
pub struct ChromePicture {
    /// Camera to screen in ms: median and 95th percentile.
    pub screen_ms: (f64, f64),
    /// Share of the time frozen, where it was measured.
    pub frozen: Option<f64>,
    /// Pictures a second.
    pub fps: f64,
    /// Share of the bottleneck used, where it changed.
    pub used: Option<f64>,
}

/// How long it took after changes of the rate, in seconds.
pub mod changes {
    /// Until the queue was below 60 ms after a cut.
    pub const SHORT_QUEUE: &str = "3-10";
    /// Until 80 % of a new, higher rate.
    pub const SHARE: &str = "1.5-14 or never";
    /// Until 90 % of the old rate after a dip.
    pub const BACK: &str = "20";
}

/// Its figures on the link of this name, with picture or with voice alone.
#[must_use]
pub fn figures(profile: &str, video: bool) -> Option<Chrome> {
    let voice = |ear_ms, visqol, pesq, percent: f64, kbps| Chrome {
        ear_ms,
        visqol,
        pesq,
        concealed: percent / 100.0,
        kbps,
        picture: None,
    };
    let shown = |screen_ms, percent: Option<f64>, fps| ChromePicture {
        screen_ms,
        frozen: percent.map(|percent| percent / 100.0),
        fps,
        used: None,
    };
    let (voice, picture) = match (profile, video) {
        ("clean", true) => (voice((50.0, 59.0), 4.22, 4.41, 0.0, 2_187.0), shown((28.0, 53.0), Some(0.0), 24.0)),
        ("rmcat", true) => (voice((153.0, 153.0), 4.30, 4.33, 0.0, 1_887.0), shown((124.0, 149.0), Some(0.0), 24.0)),
        ("loss10", true) => (voice((75.0, 81.0), 4.12, 3.50, 3.1, 1_340.0), shown((75.0, 159.0), Some(4.4), 24.0)),
        ("loss20", true) => (voice((133.0, 176.0), 3.99, 2.73, 6.3, 203.0), shown((186.0, 379.0), Some(12.5), 20.5)),
        ("loss30", true) => (voice((324.0, 930.0), 3.15, 1.58, 14.1, 94.0), shown((1_129.0, 1_651.0), Some(26.0), 7.3)),
        ("burst20", true) => (voice((139.0, 180.0), 3.50, 2.02, 12.0, 209.0), shown((187.0, 447.0), Some(12.1), 18.9)),
        ("international", true) => {
            (voice((726.0, 759.0), 3.64, 2.48, 7.9, 131.0), shown((1_258.0, 3_093.0), Some(73.0), 10.3))
        }
        ("100k", true) => (voice((201.0, 286.0), 4.04, 2.98, 3.3, 94.0), shown((95.0, 460.0), None, 5.5)),
        ("50k", true) => (voice((466.0, 503.0), 2.10, 1.15, 45.0, 50.0), shown((9_810.0, 14_385.0), None, 0.4)),
        ("steps", true) => {
            let picture = shown((253.0, 446.0), Some(3.6), 21.6);
            (voice((264.0, 528.0), 4.20, 3.84, 0.2, 820.0), ChromePicture { used: Some(0.70), ..picture })
        }
        ("dip", true) => (voice((208.0, 419.0), 4.08, 3.77, 0.6, 1_207.0), shown((254.0, 284.0), Some(4.2), 21.9)),
        ("loss20", false) => return Some(voice((79.0, 93.0), 3.93, 2.66, 7.0, 58.0)),
        ("loss30", false) => return Some(voice((75.0, 91.0), 3.52, 1.88, 13.4, 43.0)),
        ("burst20", false) => return Some(voice((76.0, 91.0), 3.34, 1.67, 14.4, 56.0)),
        ("50k", false) => return Some(voice((203.0, 208.0), 3.80, 2.61, 6.2, 50.0)),
        _ => return None,
    };
    Some(Chrome { picture: Some(picture), ..voice })
}
