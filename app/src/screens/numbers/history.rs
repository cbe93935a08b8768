//! The last minute of a call in numbers, for the plots, and what became of the whole of it, for its end.
//! The engine's statistics come in with the view; the numbers panel and the ended screen look at them.
//! One call is followed, the one on the screen; another one begins anew.

use std::collections::VecDeque;

use ahoy_call::CallId;
use ahoy_engine::stats::CallStats;
use bevy::prelude::*;

use crate::calls::{Call, OnScreen};
use crate::engine_link::NewestView;
use crate::window::Step;

/// Looks that are kept: a minute of them, at two a second.
pub(super) const LOOKS: usize = 120;

/// One look at a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// From mouth to ear.
    pub(super) delay_ms: f64,
    /// Share of the voice's packets since the look before that did not come, 0 to 1.
    pub(super) lost: f64,
    /// Payload sent.
    pub(super) sent_kbps: f64,
    /// Payload received.
    pub(super) received_kbps: f64,
    /// Rows of the other side's picture.
    pub(super) rows: f64,
}

/// A call so far.
#[derive(Resource, Default, Debug)]
pub(in crate::screens) struct History {
    call: Option<CallId>,
    looks: VecDeque<Look>,
    last: Option<CallStats>,
    delay_sum_ms: f64,
    delays: u32,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::screens) struct Summary {
    /// Share of the voice's packets that never came, 0 to 1.
    pub(in crate::screens) lost: f64,
    /// Sound that was invented for them.
    pub(in crate::screens) invented_ms: u64,
    /// From mouth to ear, on average; `None` when it was never known.
    pub(in crate::screens) delay_ms: Option<f64>,
}

fn share(lost: u64, received: u64) -> f64 {
    let all = lost + received;
    if all == 0 { 0.0 } else { lost as f64 / all as f64 }
}

impl History {
    /// The newest looks, oldest first.
    pub(super) fn looks(&self) -> &VecDeque<Look> {
        &self.looks
    }

    /// What became of this call, as far as it was seen.
    pub(in crate::screens) fn summary(&self, call: CallId) -> Option<Summary> {
        let stats = self.last.as_ref().filter(|_| self.call == Some(call))?;
        let delay_ms = (self.delays > 0).then(|| self.delay_sum_ms / f64::from(self.delays));
        let audio = &stats.audio;
        Some(Summary { lost: share(audio.lost, audio.received), invented_ms: audio.concealed_ms, delay_ms })
    }

    fn add(&mut self, call: CallId, stats: &CallStats) {
        if self.call != Some(call) {
            *self = Self { call: Some(call), ..Self::default() };
        }
        let before = self.last.as_ref().map_or((0, 0), |last| (last.audio.lost, last.audio.received));
        let audio = &stats.audio;
        if audio.delay_ms > 0.0 {
            self.delay_sum_ms += audio.delay_ms;
            self.delays += 1;
        }
        if self.looks.len() == LOOKS {
            let _ = self.looks.pop_front();
        }
        self.looks.push_back(Look {
            delay_ms: audio.delay_ms,
            lost: share(audio.lost.saturating_sub(before.0), audio.received.saturating_sub(before.1)),
            sent_kbps: stats.rate.sent_kbps,
            received_kbps: stats.rate.received_kbps,
            rows: stats.video.height.into(),
        });
        self.last = Some(stats.clone());
    }
}

fn follow(view: Res<NewestView>, call: Option<Single<&Call, With<OnScreen>>>, mut history: ResMut<History>) {
    let Some(call) = call else { return };
    let stats = view.0.call(call.0).and_then(|call| call.stats.as_ref());
    // Processor time goes on, so that no two looks are the same.
    if let Some(stats) = stats
        && (history.call != Some(call.0) || history.last.as_ref() != Some(stats))
    {
        history.add(call.0, stats);
    }
}

pub(super) fn plugin(app: &mut App) {
    let _ = app
        .init_resource::<History>()
        .add_systems(Update, follow.before(Step::Present).run_if(resource_changed::<NewestView>));
}

#[cfg(test)]
mod tests {
    use ahoy_engine::stats::AudioNumbers;

    use super::*;

    const ONE: CallId = CallId([1; 16]);

    fn stats(received: u64, lost: u64, delay_ms: f64) -> CallStats {
        let audio = AudioNumbers { received, lost, delay_ms, concealed_ms: lost * 20, ..AudioNumbers::default() };
        CallStats { audio, ..CallStats::default() }
    }

    #[test]
    fn losses_are_counted_from_look_to_look_and_as_a_whole() {
        let mut history = History::default();
        history.add(ONE, &stats(90, 10, 80.0));
        history.add(ONE, &stats(115, 35, 120.0));
        let lost: Vec<f64> = history.looks().iter().map(|look| look.lost).collect();
        assert_eq!(lost, [0.1, 0.5]);
        let summary = history.summary(ONE).unwrap();
        assert_eq!((summary.invented_ms, summary.delay_ms), (700, Some(100.0)));
        assert!((summary.lost - 35.0 / 150.0).abs() < 1e-9);
    }

    #[test]
    fn a_minute_is_kept_of_one_call() {
        let mut history = History::default();
        for received in 0..200 {
            history.add(ONE, &stats(received, 0, 0.0));
        }
        assert_eq!(history.looks().len(), LOOKS);
        assert_eq!(history.summary(ONE).unwrap().delay_ms, None, "a delay that was never known has no mean");
        history.add(CallId([2; 16]), &stats(1, 0, 0.0));
        assert_eq!((history.looks().len(), history.summary(ONE)), (1, None));
    }
}
