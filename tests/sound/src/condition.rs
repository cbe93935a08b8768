//! What is done against loss: the rows of the table.
//! The table and its test take them from here.
//! All of it is what the phone itself can do, and codes as the phone codes.

use std::fmt;
use std::time::Duration;

use ahoy_codec::OpusConfig;
use ahoy_media::Kbps;

use crate::losses::Losses;

/// One way to deal with loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Deep concealment and enhancement in the decoder; without it works at complexity 0.
    pub deep: bool,
    /// In-band FEC.
    pub fec: bool,
    /// Reach of the deep redundancy in milliseconds; 0: none.
    pub dred_ms: u16,
    /// Whole copies ride this many frames later.
    pub copies: &'static [u8],
}

impl Condition {
    /// Plain concealment, as libopus did it before it learned speech.
    pub const NONE: Self = Self { deep: false, fec: false, dred_ms: 0, copies: &[] };
    /// Deep concealment alone.
    pub const DEEP: Self = Self { deep: true, ..Self::NONE };
    /// In-band FEC.
    pub const FEC: Self = Self { fec: true, ..Self::DEEP };

    /// Every row of the table.
    pub const ALL: [Self; 14] = [
        Self::NONE,
        Self::DEEP,
        Self::FEC,
        Self::dred(200),
        Self::dred(500),
        Self::dred(1_000),
        Self { fec: true, ..Self::dred(500) },
        Self::copies(&[1]),
        Self::copies(&[3]),
        Self::copies(&[1, 2]),
        Self::copies(&[2, 5]),
        Self::copies(&[3, 6]),
        Self::copies(&[1, 2, 3]),
        Self::copies(&[2, 4, 6]),
    ];

    /// Deep redundancy of this many milliseconds.
    #[must_use]
    pub const fn dred(ms: u16) -> Self {
        Self { dred_ms: ms, ..Self::DEEP }
    }

    /// Whole copies.
    #[must_use]
    pub const fn copies(spacings: &'static [u8]) -> Self {
        Self { copies: spacings, ..Self::DEEP }
    }

    /// How the encoder is set for this over a way with such losses: they are told to it only where it makes repair data of them.
    #[must_use]
    pub fn encoder(self, kbps: Kbps, losses: Losses) -> OpusConfig {
        let repairs = self.fec || self.dred_ms > 0;
        OpusConfig {
            kbps,
            fec: self.fec,
            dred: Duration::from_millis(u64::from(self.dred_ms)),
            expected_loss: if repairs { losses.percent.round() as u8 } else { 0 },
            ..OpusConfig::default()
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.fec {
            parts.push("FEC".to_owned());
        }
        if self.dred_ms > 0 {
            parts.push(format!("DRED {} ms", self.dred_ms));
        }
        match self.copies {
            [] => {}
            [one] => parts.push(format!("1 copy +{one}")),
            more => {
                let places: Vec<_> = more.iter().map(|place| format!("+{place}")).collect();
                parts.push(format!("{} copies {}", more.len(), places.join(" ")));
            }
        }
        match (parts.is_empty(), self.deep) {
            (true, false) => f.write_str("none"),
            (true, true) => f.write_str("deep concealment"),
            (false, _) => f.write_str(&parts.join(" + ")),
        }
    }
}
