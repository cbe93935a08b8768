//! The inputs in the tree: `corpus/TARGET/*.bin`, samples of each kind and what a run once found.
//! The tests of the crates that own the parsers replay them.
//! A sample is accepted by its check; only what is named `found-…` need not be.

use std::fs;
use std::path::Path;

/// Runs a check on every input of its target.
///
/// # Panics
/// When there is no input, a check fails, or a sample is not accepted (any more).
pub fn replay(target: &str, check: fn(&[u8]) -> bool) {
    for (name, bytes) in inputs(target) {
        let accepted = check(&bytes);
        assert!(accepted || name.starts_with("found-"), "the sample {target}/{name} is not accepted: write it anew");
    }
}

/// Names and bytes of every input of a target.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = above.map(|folder| folder.join("tests/fuzz/corpus").join(target)).find(|folder| folder.is_dir());
    let files = fs::read_dir(folder.expect("a corpus of this target")).expect("the corpus can be read");
    let paths = files.map(|file| file.expect("the corpus can be read").path());
    let kept = paths.filter(|path| path.extension().is_some_and(|extension| extension == "bin"));
    let inputs: Vec<_> = kept
        .map(|path| {
            (path.file_name().expect("a file").to_string_lossy().into_owned(), fs::read(&path).expect("readable"))
        })
        .collect();
    assert!(!inputs.is_empty(), "no input for {target}");
    inputs
}
