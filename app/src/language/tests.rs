//! Every language says everything that the window has to say, and the window has nothing to say besides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

/// A message of a file: the names of what it is told.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// A name at the beginning of `text`, as Fluent and Rust both write it.
fn word(text: &str) -> &str {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"-_".contains(letter)).next().unwrap_or_default()
}

fn messages(tongue: Tongue) -> Messages {
    let mut messages = Messages::new();
    let mut current = None;
    for line in tongue.files().iter().flat_map(|file| file.lines()) {
        if line.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            let key = word(line).to_owned();
            assert!(messages.insert(key.clone(), BTreeSet::new()).is_none(), "{tongue:?} says {key} twice");
            current = Some(key);
        }
        let Some(variables) = current.as_ref().and_then(|key| messages.get_mut(key)) else { continue };
        if !line.starts_with('#') {
            variables.extend(line.split('$').skip(1).map(|rest| word(rest).to_owned()));
        }
    }
    messages
}

/// Every source file of the window, without its tests and comments.
fn sources() -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "phrase.rs" {
                let whole = std::fs::read_to_string(&path).unwrap();
                let code = whole.split("#[cfg(test)]").next().unwrap_or_default();
                let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>();
                sources.push((path, code.join("\n")));
            }
        }
    }
    assert!(sources.len() > 20, "the sources are beside the tests");
    sources
}

/// The string literals of a source: where each begins, and what it says.
fn literals(code: &str) -> Vec<(usize, &str)> {
    let bytes = code.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let begin = at + 1;
                at = begin;
                while bytes[at] != b'"' {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                found.push((begin - 1, &code[begin..at]));
            }
            // A character; a lifetime has no second quote so near.
            b'\'' if bytes.get(at + 1) == Some(&b'\\') => at += 3,
            b'\'' if bytes.get(at + 2) == Some(&b'\'') => at += 2,
            _ => {}
        }
        at += 1;
    }
    found
}

/// What `say!` is told after its key, up to the end of the call: the names.
fn told(code: &str, after_key: usize) -> BTreeSet<String> {
    let (mut depth, mut names, mut start) = (1_i32, BTreeSet::new(), after_key);
    let mut quoted = false;
    for (at, letter) in code[after_key..].char_indices().map(|(at, letter)| (at + after_key, letter)) {
        match letter {
            '"' if !code[..at].ends_with('\\') => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if !quoted && (depth == 0 || (depth == 1 && letter == ',')) {
            let name = word(code[start..at].trim_start());
            if !name.is_empty() {
                let _ = names.insert(name.to_owned());
            }
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Every message that the window says, with the names that it is told, from the sources.
fn said() -> Vec<(PathBuf, String, BTreeSet<String>)> {
    let mut said = Vec::new();
    for (path, code) in sources() {
        for (at, key) in literals(&code) {
            if code[..at].trim_end().ends_with("say!(") {
                said.push((path.clone(), key.to_owned(), told(&code, at + key.len() + 2)));
            }
        }
    }
    said
}

#[test]
fn every_language_says_the_same_things_of_the_same_things() {
    let english = messages(Tongue::English);
    for tongue in Tongue::ALL {
        let own = messages(tongue);
        let keys = |messages: &Messages| messages.keys().cloned().collect::<BTreeSet<_>>();
        let (missing, more) = (&keys(&english) - &keys(&own), &keys(&own) - &keys(&english));
        assert!(missing.is_empty() && more.is_empty(), "{tongue:?} lacks {missing:?} and has {more:?} besides");
        for (key, variables) in &own {
            assert_eq!(variables, &english[key], "{key} in {tongue:?}");
        }
    }
}

#[test]
fn what_is_said_is_translated_and_what_is_translated_is_said() {
    let english = messages(Tongue::English);
    let said = said();
    for (path, key, names) in &said {
        let variables = english.get(key).unwrap_or_else(|| panic!("{} says {key}, which has no words", path.display()));
        assert_eq!(names, variables, "{key} in {}", path.display());
    }
    let used: BTreeSet<&String> = said.iter().map(|(_, key, _)| key).collect();
    let idle: Vec<&String> = english.keys().filter(|key| !used.contains(key)).collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

/// Words in the sources of the screens would be said in one language only. What is not said may have words.
#[test]
fn screens_hold_no_words_of_their_own() {
    const NOT_SAID: [&str; 8] =
        ["say!(", "expect(", "warn!(", "info!(", "debug!(", "include_bytes!(", "include_str!(", "uuid_handle!("];
    let mut words = Vec::new();
    for (path, code) in
        sources().into_iter().filter(|(path, _)| path.components().any(|part| part.as_os_str() == "screens"))
    {
        for (at, literal) in literals(&code) {
            let before = code[..at].trim_end();
            let outside_names = literal.replace(['{', '}'], " ");
            if outside_names.chars().any(char::is_alphabetic) && !NOT_SAID.iter().any(|call| before.ends_with(call)) {
                words.push(format!("{}: {literal}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(words.is_empty(), "{words:#?}");
}

#[test]
fn every_message_can_be_said_with_few_and_many() {
    for tongue in Tongue::ALL {
        let bundle = tongue.bundle();
        for (key, variables) in messages(tongue) {
            let pattern = bundle.get_message(&key).and_then(|message| message.value()).expect("it has words");
            for number in [0, 1, 2, 5, 11, 100] {
                let mut args = FluentArgs::new();
                variables.iter().for_each(|name| args.set(name.clone(), number));
                let mut wrong = Vec::new();
                let words = bundle.format_pattern(pattern, Some(&args), &mut wrong);
                assert!(wrong.is_empty() && !words.trim().is_empty(), "{key} in {tongue:?}: {words}, {wrong:?}");
            }
        }
    }
}

#[test]
fn a_tag_names_a_language_with_or_without_a_country() {
    assert_eq!(Tongue::of_tag("de-AT"), Some(Tongue::German));
    assert_eq!(Tongue::of_tag("ar_EG"), Some(Tongue::Arabic));
    assert_eq!(Tongue::of_tag("fr"), None);
}

#[test]
fn joined_phrases_leave_out_what_is_empty() {
    let phrase = Phrase::joined(vec![Phrase::verbatim("a"), Phrase::Nothing, Phrase::verbatim("b")], " · ");
    assert_eq!(Language::default().say(&phrase), "a · b");
}

#[test]
fn a_key_without_words_shows_itself() {
    let nowhere = Phrase::Message { key: "nowhere", with: Vec::new() };
    assert_eq!(Language::new(Tongue::German).say(&nowhere), "nowhere");
}
