//! Two phones get to know each other: by link, nearby, compared by emoji; and a name that somebody else has already.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ahoy_e2e::network::{Host, Network};
use ahoy_e2e::phone::{Owner, PATIENCE, Phone};
use ahoy_e2e::rig::{Rig, silent};
use anyhow::{Context as _, Result};

/// Phones that are open for pairing see each other on the machine's network: one pair at a time.
static OPEN: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    // A test that failed leaves nothing open.
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn named(owner: &Owner, name: &str) -> Result<()> {
    owner.json(&["settings", "name", name]).map(drop)
}

/// The one contact that a phone has.
fn only_contact(owner: &Owner) -> Result<serde_json::Value> {
    let contacts = owner.json(&["contacts"])?;
    assert_eq!(contacts.as_array().map(Vec::len), Some(1), "{contacts}");
    Ok(contacts[0].clone())
}

#[test]
fn a_link_pairs_both_sides() -> Result<()> {
    let _alone = alone();
    let rig = Rig::strangers()?;
    named(&rig.caller, "Alice")?;
    named(&rig.callee, "Bob")?;
    let link = rig.callee.link()?;
    let mut waiting = rig.callee.spawn(&["pair", "--yes", "--json"])?;
    let _ = waiting.wait_for("my link")?;
    let knocking = rig.caller.json_lines(&["pair", "--with", &link])?;
    let (status, said) = waiting.wait(PATIENCE)?;
    assert_eq!(status.code(), Some(0), "{said}");
    let (one, other) = (only_contact(&rig.caller)?, only_contact(&rig.callee)?);
    assert_eq!((&one["name"], &one["id"]), (&"Bob".into(), &rig.callee.json(&["id"])?["id"]));
    assert_eq!((&other["name"], &other["id"]), (&"Alice".into(), &rig.caller.json(&["id"])?["id"]));
    assert_eq!((&one["verified"], &other["verified"]), (&false.into(), &false.into()));
    let words = knocking.iter().find_map(|line| line["words"].as_str()).context("safety words")?;
    assert!(!words.is_empty());

    let mut callee = rig.callee.start(&silent(&["answer"]))?;
    let mut caller = rig.caller.start(&silent(&["call", "Bob"]))?;
    let _ = caller.wait_for_state("Active")?;
    assert_eq!(callee.wait_for_state("Active")?["name"], "Alice");
    Ok(())
}

#[test]
fn a_person_says_yes_to_a_phone_that_knocks() -> Result<()> {
    let _alone = alone();
    let rig = Rig::strangers()?;
    named(&rig.caller, "Alice")?;
    let link = rig.callee.link()?;
    let mut waiting = rig.callee.spawn(&["pair", "--json"])?;
    let _ = waiting.wait_for("my link")?;
    let shown = rig.caller.json_lines(&["pair", "--with", &link, "--name", "Bob"])?;
    let knock = waiting.wait_until("a knock", |line| line["found"].is_string() && line["found"] != "nearby")?;
    assert_eq!(knock["name"], "Alice");
    assert!(shown.iter().any(|line| line["words"] == knock["words"]), "the same words on both: {knock} {shown:?}");
    assert_eq!(rig.callee.json(&["contacts"])?, serde_json::json!([]), "a knock adds nobody");
    waiting.say("yes")?;
    let (status, said) = waiting.wait(PATIENCE)?;
    assert_eq!(status.code(), Some(0), "{said}");
    assert_eq!(only_contact(&rig.callee)?["name"], "Alice");
    Ok(())
}

#[test]
fn a_knock_at_a_closed_door_adds_nobody_there() -> Result<()> {
    let _alone = alone();
    let rig = Rig::strangers()?;
    let link = rig.callee.link()?;
    let mut callee = rig.callee.start(&silent(&["answer", "--ask"]))?;
    let _ = rig.caller.json_lines(&["pair", "--with", &link, "--name", "Bob"])?;
    assert_eq!(rig.callee.json(&["contacts"])?, serde_json::json!([]));
    callee.interrupt()?;
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    Ok(())
}

/// Both sides open the comparison and see the same emoji.
fn compared() -> Result<(Rig, Phone, Phone)> {
    let rig = Rig::paired()?;
    let mut callee = rig.callee.start(&silent(&["answer"]))?;
    let mut caller = rig.caller.spawn(&["contacts", "compare", "Callee", "--json"])?;
    let _ = callee.wait_until("being asked", |line| line["comparison"] == "asked")?;
    callee.obey("compare Caller")?;
    let here = caller.wait_until("emoji", |line| line["comparison"] == "compare")?;
    let there = callee.wait_until("emoji", |line| line["comparison"] == "compare")?;
    assert_eq!(here["text"], there["text"], "both see the same");
    Ok((rig, caller, callee))
}

#[test]
fn who_sees_the_same_emoji_is_verified_on_both_sides() -> Result<()> {
    let (rig, mut caller, mut callee) = compared()?;
    caller.say("same")?;
    let _ = caller.wait_until("waiting for the other person", |line| line["comparison"] == "confirmed")?;
    assert_eq!(only_contact(&rig.callee)?["verified"], false, "one yes is not enough");
    callee.obey("same")?;
    let _ = callee.wait_until("verified", |line| line["comparison"] == "verified")?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(0));
    callee.interrupt()?;
    assert_eq!(callee.wait(PATIENCE)?.0.code(), Some(0));
    assert_eq!(only_contact(&rig.caller)?["verified"], true);
    assert_eq!(only_contact(&rig.callee)?["verified"], true);
    Ok(())
}

#[test]
fn two_command_lines_compare_with_each_other() -> Result<()> {
    let rig = Rig::paired()?;
    let mut caller = rig.caller.spawn(&["contacts", "compare", "Callee", "--json"])?;
    let _ = caller.wait_until("waiting", |line| line["comparison"] == "waiting")?;
    let mut callee = rig.callee.spawn(&["contacts", "compare", "Caller", "--json"])?;
    for phone in [&mut caller, &mut callee] {
        let _ = phone.wait_until("emoji", |line| line["comparison"] == "compare")?;
        phone.say("same")?;
    }
    for (phone, owner) in [(&mut caller, &rig.caller), (&mut callee, &rig.callee)] {
        let (status, said) = phone.wait(PATIENCE)?;
        assert_eq!(status.code(), Some(0), "{said}");
        assert_eq!(only_contact(owner)?["verified"], true);
    }
    Ok(())
}

#[test]
fn one_who_sees_other_emoji_ends_it_loudly_for_both() -> Result<()> {
    let (rig, mut caller, mut callee) = compared()?;
    callee.obey("same")?;
    caller.say("different")?;
    let failed = |line: &serde_json::Value| {
        line["comparison"] == "failed" && line["text"].as_str().is_some_and(|text| text.contains("NOT verified"))
    };
    let _ = caller.wait_until("a loud line", failed)?;
    let _ = callee.wait_until("a loud line", failed)?;
    assert_eq!(caller.wait(PATIENCE)?.0.code(), Some(2));
    callee.interrupt()?;
    let _ = callee.wait(PATIENCE)?;
    assert_eq!(only_contact(&rig.caller)?["verified"], false);
    assert_eq!(only_contact(&rig.callee)?["verified"], false);
    Ok(())
}

#[test]
fn a_phone_that_calls_itself_like_a_contact_is_told_apart_loudly() -> Result<()> {
    let rig = Rig::strangers()?;
    named(&rig.callee, "Bob")?;
    let _ = rig.caller.json(&["add", &rig.callee.link()?])?;
    let impostor = Owner::new(&rig.path("impostor"));
    named(&impostor, "bob")?;
    let output = rig.caller.run(&["add", &impostor.link()?])?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("WARNING") && said.contains("NOT the phone you know as Bob"), "{said}");
    let contacts = rig.caller.json(&["contacts"])?;
    let names: Vec<_> = contacts.as_array().into_iter().flatten().map(|one| one["name"].clone()).collect();
    let id = impostor.json(&["id"])?["id"].as_str().context("an id")?.to_owned();
    assert!(names.contains(&"Bob".into()) && names.contains(&id[..8].into()), "{names:?}");
    Ok(())
}

#[test]
fn phones_on_the_same_network_find_each_other_while_both_are_open() -> Result<()> {
    let Some(network) = Network::build("near")? else {
        println!("skipped: network namespaces need root");
        return Ok(());
    };
    let rig = Rig::strangers()?;
    let one = Owner::new(rig.caller.dir()).within(&network.host(Host::One));
    let other = Owner::new(rig.callee.dir()).within(&network.host(Host::Other));
    named(&one, "Alice")?;
    named(&other, "Bob")?;
    let mut here = one.spawn(&["pair", "--json"])?;
    let mut there = other.spawn(&["pair", "--json"])?;
    let seen = here.wait_until("a phone nearby", |line| line["found"] == "nearby")?;
    assert_eq!((&seen["name"], &seen["id"]), (&"Bob".into(), &other.json(&["id"])?["id"]));
    here.say("yes")?;
    let (status, said) = here.wait(PATIENCE)?;
    assert_eq!(status.code(), Some(0), "{said}");
    // The other side hears of it as a knock, or has seen this phone nearby already.
    let shown = there.wait_until("the other phone", |line| line["found"].is_string())?;
    assert_eq!(shown["name"], "Alice");
    assert_eq!(shown["words"], seen["words"], "the same words on both");
    there.say("yes")?;
    let (status, said) = there.wait(PATIENCE)?;
    assert_eq!(status.code(), Some(0), "{said}");
    assert_eq!(only_contact(&one)?["name"], "Bob");
    assert_eq!(only_contact(&other)?["name"], "Alice");
    Ok(())
}
