//! Every input of the fuzzing corpus through the checks of the fuzz targets, and any steps through the state machine.

#[path = "../../../tests/fuzz/src/calls.rs"]
mod calls;
#[path = "../../../tests/fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../tests/fuzz/src/signal.rs"]
mod signal;
#[path = "../../../tests/fuzz/src/tape.rs"]
mod tape;

#[test]
fn the_corpus_holds() {
    corpus::replay("signal", signal::check);
    corpus::replay("calls", calls::check);
}

proptest::proptest! {
    #[test]
    fn calls_hold_whatever_comes(steps in proptest::collection::vec(0..24_u8, 0..600)) {
        let _ = calls::check(&steps);
    }
}
