//! Somebody stands between two people who pair: their links were swapped on the way. Whatever the two compare tells them.

use ahoy_e2e::phone::{Owner, Phone};
use ahoy_e2e::rig::Rig;
use anyhow::{Context as _, Result};
use serde_json::Value;

/// What a phone shows to be compared.
fn signs(phone: &mut Phone) -> Result<String> {
    let line: Value = serde_json::from_str(&phone.wait_for("\"comparison\":\"compare\"")?)?;
    Ok(line["text"].as_str().context("a text")?.to_owned())
}

/// One person and the phone in between compare emoji: what each of the two is shown.
fn compare(person: &Owner, called: &str, between: &Owner, name: &str) -> Result<(String, String)> {
    let mut first = person.spawn(&["contacts", "compare", called, "--json"])?;
    let mut second = between.spawn(&["contacts", "compare", name, "--json"])?;
    Ok((signs(&mut first)?, signs(&mut second)?))
}

#[test]
fn two_people_with_somebody_in_between_are_shown_different_words_and_emoji() -> Result<()> {
    let rig = Rig::strangers()?;
    let (alice, bob, between) = (&rig.caller, &rig.callee, Owner::new(&rig.path("between")));
    let forged = between.link()?;
    let words = |person: &Owner, name| -> Result<Value> {
        Ok(person.json(&["add", &forged, "--name", name])?["words"].clone())
    };
    let (at_alice, at_bob) = (words(alice, "Bob")?, words(bob, "Alice")?);
    assert_ne!(at_alice, at_bob, "what is read aloud differs");
    let _ = between.json(&["add", &alice.link()?, "--name", "Alice"])?;
    let _ = between.json(&["add", &bob.link()?, "--name", "Bob"])?;

    let (alice_sees, to_alice) = compare(alice, "Bob", &between, "Alice")?;
    let (bob_sees, to_bob) = compare(bob, "Alice", &between, "Bob")?;
    assert_eq!((&alice_sees, &bob_sees), (&to_alice, &to_bob), "each is honest with the phone it talks to");
    assert_ne!(alice_sees, bob_sees, "and the two people see different emoji");
    Ok(())
}
