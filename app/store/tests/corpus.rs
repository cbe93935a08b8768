//! Every input of the fuzzing corpus through the check of the fuzz target.

#[path = "../../../tests/fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../tests/fuzz/src/record.rs"]
mod record;
#[allow(dead_code, reason = "the other tables use the rest")]
#[path = "../src/seal.rs"]
mod seal;

#[test]
fn the_corpus_holds() {
    corpus::replay("record", record::check);
}
