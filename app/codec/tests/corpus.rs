//! Every input of the fuzzing corpus through the checks of the fuzz targets.

#[path = "../../../tests/fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../tests/fuzz/src/opus.rs"]
mod opus;
#[path = "../../../tests/fuzz/src/tape.rs"]
mod tape;
#[path = "../../../tests/fuzz/src/vp9.rs"]
mod vp9;

#[test]
fn the_corpus_holds() {
    corpus::replay("opus", opus::check);
    corpus::replay("vp9", vp9::check);
}
