//! What a flow did over time: one sample every 10 ms.
//! The run fills it, measures and plots read it.
//! Rates are those of arrival at the receiver, wire bytes of sound and pictures.

use super::packet::View;
use super::run::SAMPLE;

/// The samples of one flow.
#[derive(Clone, Debug)]
pub struct Series {
    /// The flow's name.
    pub name: String,
    /// Bytes that arrived in each sample.
    pub bytes: Vec<usize>,
    /// What the sender believed.
    pub views: Vec<View>,
    /// Pieces (or segments) sent in each sample, and how many of them were lost.
    pub pieces: Vec<(u32, u32)>,
    /// Delays of frames in ms, in order; `None` for one that never became whole.
    pub frame_delays: Vec<Option<f64>>,
    now: (usize, u32, u32),
}

impl Series {
    /// Nothing yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            bytes: Vec::new(),
            views: Vec::new(),
            pieces: Vec::new(),
            frame_delays: Vec::new(),
            now: (0, 0, 0),
        }
    }

    pub(super) fn arrived(&mut self, bytes: usize) {
        self.now.0 += bytes;
    }

    pub(super) fn sent(&mut self, piece: bool, arrives: bool) {
        self.now.1 += u32::from(piece);
        self.now.2 += u32::from(piece && !arrives);
    }

    pub(super) fn note(&mut self, view: View) {
        let (bytes, sent, lost) = std::mem::take(&mut self.now);
        self.bytes.push(bytes);
        self.pieces.push((sent, lost));
        self.views.push(view);
    }

    /// Mean arrival rate of a span in seconds, kbit/s.
    #[must_use]
    pub fn kbps(&self, from: f64, to: f64) -> f64 {
        let of = |seconds: f64| ((seconds / SAMPLE.as_secs_f64()).round() as usize).min(self.bytes.len());
        let bytes: usize = self.bytes[of(from)..of(to)].iter().sum();
        8.0 * bytes as f64 / 1_000.0 / (to - from)
    }

    /// The share of pieces lost in a span in seconds.
    #[must_use]
    pub fn lost(&self, from: f64, to: f64) -> f64 {
        let of = |seconds: f64| ((seconds / SAMPLE.as_secs_f64()).round() as usize).min(self.pieces.len());
        let (sent, lost) = self.pieces[of(from)..of(to)].iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        f64::from(lost) / f64::from(sent.max(1))
    }
}
