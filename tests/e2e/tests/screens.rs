//! What the screens look like and what they tell those who do not see them, with invented views and without a phone.
//! Pictures that people have looked at lie in `goldens`; `./x shots --bless` makes them anew when a screen was changed on purpose.

use std::path::Path;

use ahoy_e2e::display::Display;
use ahoy_e2e::gallery::{self, Gallery};
use ahoy_e2e::golden::Painting;
use ahoy_e2e::phone::program;
use ahoy_e2e::reader::{Bus, Reader, Role, State, Thing};
use ahoy_e2e::window::until;
use anyhow::{Context as _, Result, ensure};

#[test]
fn screens_look_as_they_did() -> Result<()> {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens");
    let names = gallery::names("", true)?;
    let mut kept: Vec<String> = std::fs::read_dir(&goldens)?
        .map(|entry| Ok(entry?.path().file_stem().context("a name")?.to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    kept.sort();
    let mut wanted = names.clone();
    wanted.sort();
    assert_eq!(kept, wanted, "make the goldens anew with ./x shots --bless");

    let drawn = program()?.with_file_name("screens");
    std::fs::create_dir_all(&drawn)?;
    let display = Display::needed()?;
    let mut gallery = Gallery::open(&display, Some(&drawn), None)?;
    let mut wrong = Vec::new();
    for name in &names {
        gallery.show(name)?;
        let file = format!("{name}.png");
        let difference = Painting::read(&drawn.join(&file))?.compare(&Painting::read(&goldens.join(&file))?)?;
        if !difference.is_slight() {
            wrong.push(format!("{name} between {:?}", difference.around()));
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?} look different now; the new pictures lie in {}", drawn.display());
    Ok(())
}

/// One picture of each state: every control is in the tree whatever the size of the window.
#[test]
fn every_control_has_a_name_a_role_and_an_action() -> Result<()> {
    let display = Display::needed()?;
    let bus = Bus::start()?;
    let reader = Reader::on(&bus)?;
    let mut gallery = Gallery::open(&display, None, Some(&bus))?;
    let names = gallery::names(".phone.dark.en", false)?;
    ensure!(!names.is_empty(), "there are no screens");
    let mut wrong = Vec::new();
    for name in &names {
        gallery.show(name)?;
        let mut controls = Vec::new();
        until(&format!("{name} tells of its controls"), || {
            controls = reader.read()?.into_iter().filter(|thing| thing.role.is_control()).collect();
            Ok(!controls.is_empty())
        })?;
        wrong.extend(controls.iter().filter_map(lacks).map(|lack| format!("{name}: {lack}")));
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

/// What a control does not tell.
fn lacks(thing: &Thing) -> Option<String> {
    let known = [State::Showing, State::Focusable, State::Enabled];
    if thing.name.trim().is_empty() {
        Some(format!("a {:?} at {:?} has no name", thing.role, thing.place))
    } else if thing.role != Role::Entry && thing.actions.is_empty() {
        Some(format!("'{}' cannot be pressed", thing.name))
    } else if !thing.is(State::Showing) || !thing.is(State::Focusable) {
        Some(format!("'{}' is in no state but {:?}", thing.name, known.map(|state| thing.is(state))))
    } else {
        None
    }
}
