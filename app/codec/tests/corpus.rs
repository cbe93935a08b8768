//! Every input of the fuzzing corpus through the check of the fuzz target.

#[path = "../../../tests/fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../tests/fuzz/src/opus.rs"]
mod opus;
#[path = "../../../tests/fuzz/src/tape.rs"]
mod tape;

#[test]
fn the_corpus_holds() {
    corpus::replay("opus", opus::check);
}
