//! Every input of the fuzzing corpus through the checks of the fuzz targets, and samples that were damaged at random.

#[path = "../../../tests/fuzz/src/audio.rs"]
mod audio;
#[path = "../../../tests/fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../tests/fuzz/src/feedback.rs"]
mod feedback;
#[path = "../../../tests/fuzz/src/pictures.rs"]
mod pictures;
#[path = "../../../tests/fuzz/src/piece.rs"]
mod piece;
#[path = "../../../tests/fuzz/src/planner.rs"]
mod planner;
#[path = "../../../tests/fuzz/src/playout.rs"]
mod playout;
#[path = "../../../tests/fuzz/src/report.rs"]
mod report;
#[path = "../../../tests/fuzz/src/tape.rs"]
mod tape;
#[path = "../../../tests/fuzz/src/transport.rs"]
mod transport;
#[path = "../../../tests/fuzz/src/video.rs"]
mod video;

use proptest::prelude::*;

#[test]
fn the_corpus_holds() {
    corpus::replay("audio", audio::check);
    corpus::replay("feedback", feedback::check);
    corpus::replay("pictures", pictures::check);
    corpus::replay("piece", piece::check);
    corpus::replay("planner", planner::check);
    corpus::replay("playout", playout::check);
    corpus::replay("report", report::check);
    corpus::replay("transport", transport::check);
    corpus::replay("video", video::check);
}

/// A sample of a target, some of its bytes changed, its end cut or lengthened.
fn damaged(target: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let samples: Vec<Vec<u8>> = corpus::inputs(target).into_iter().map(|(_, bytes)| bytes).collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (prop::sample::select(samples), changes, 0..80_usize).prop_map(|(mut bytes, changes, length)| {
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        // Mostly whole.
        if length < 40 {
            bytes.resize(length, 0xFF);
        }
        bytes
    })
}

proptest! {
    #[test]
    fn damaged_sound_is_a_typed_error_or_sound(bytes in damaged("audio")) {
        let _ = audio::check(&bytes);
    }

    #[test]
    fn damaged_feedback_is_a_typed_error_or_feedback(bytes in damaged("feedback")) {
        let _ = feedback::check(&bytes);
    }

    #[test]
    fn damaged_frames_are_a_typed_error_or_frames(bytes in damaged("video")) {
        let _ = video::check(&bytes);
    }

    #[test]
    fn damaged_pieces_are_a_typed_error_or_pieces(bytes in damaged("piece")) {
        let _ = piece::check(&bytes);
    }

    #[test]
    fn damaged_reports_are_a_typed_error_or_reports(bytes in damaged("report")) {
        let _ = report::check(&bytes);
    }

    #[test]
    fn frames_arrive_exactly_or_not_at_all_whatever_happens(steps in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = transport::check(&steps);
    }

    #[test]
    fn pictures_stay_in_order_whatever_comes(steps in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = pictures::check(&steps);
    }

    #[test]
    fn plans_stay_within_the_budget_whatever_the_peer_says(steps in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = planner::check(&steps);
    }

    #[test]
    fn sound_stays_bounded_and_in_order_whatever_comes(steps in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = playout::check(&steps);
    }
}
