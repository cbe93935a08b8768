//! Every input of the fuzzing corpus through the checks of the fuzz targets.

#[path = "../../../tests/fuzz/src/corpus.rs"]
mod corpus;
#[path = "../../../tests/fuzz/src/knock.rs"]
mod knock;
#[path = "../../../tests/fuzz/src/mail.rs"]
mod mail;

#[test]
fn the_corpus_holds() {
    corpus::replay("knock", knock::check);
    corpus::replay("mail", mail::check);
}
