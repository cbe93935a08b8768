//! Every input of the fuzzing corpus through the check of the fuzz target.

use ahoy_net::ContactLink;

#[path = "../../../tests/fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../tests/fuzz/src/link.rs"]
mod link;

#[test]
fn the_corpus_holds() {
    corpus::replay("link", link::check);
}
