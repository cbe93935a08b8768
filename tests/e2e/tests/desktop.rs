//! The phone's end of a desktop against a desktop that only the test sees: notices, their buttons, staying awake.

use std::sync::mpsc::{Receiver, channel};

use ahoy_e2e::desktop::{BareBus, Desktop, Happened};
use ahoy_e2e::phone::PATIENCE;
use ahoy_system::desktop::{self, Desktop as Mine};
use ahoy_system::wanted::{Awake, Heard, Notice, NoticeKind, Wanted};
use anyhow::{Context as _, Result};

type Want = Wanted<&'static str, char>;

type Presses = Receiver<Heard<&'static str, char>>;

fn start(bus: &BareBus) -> Result<(Mine<&'static str, char>, Presses)> {
    let (tell, heard) = channel();
    let mine = Mine::start(desktop::Bus::At(bus.address().to_owned()), move |news| {
        // The test may be over.
        let _ = tell.send(news);
    })?;
    Ok((mine, heard))
}

fn ring(title: &str) -> Notice<char> {
    let buttons = vec![('a', "Answer".to_owned()), ('d', "Decline".to_owned())];
    Notice { kind: NoticeKind::Ringing, title: title.to_owned(), body: "Voice call".to_owned(), buttons }
}

fn wrote(body: &str) -> Notice<char> {
    Notice { kind: NoticeKind::Written, title: "Ada".to_owned(), body: body.to_owned(), buttons: Vec::new() }
}

fn showing(notices: &[(&'static str, Notice<char>)]) -> Want {
    Want { notices: notices.to_vec(), awake: None }
}

#[test]
fn buttons_are_heard_and_what_is_no_longer_wanted_goes() -> Result<()> {
    let bus = BareBus::start()?;
    let desktop = Desktop::enter(bus.address())?;
    let (mine, heard) = start(&bus)?;
    let both = [("ring", ring("Ada")), ("text", wrote("A new message"))];
    mine.want(showing(&both));
    let (ringing, text) = (desktop.wait_for_notice("Ada")?, desktop.wait_for_notice("Ada")?);
    assert_eq!((ringing.urgency, text.urgency), (2, 1));
    desktop.press(&ringing, "Answer")?;
    assert_eq!(heard.recv_timeout(PATIENCE)?, Heard::Pressed("ring", 'a'));
    desktop.open(&text)?;
    assert_eq!(heard.recv_timeout(PATIENCE)?, Heard::Opened("text"));

    // Both were closed by being pressed: there is nothing to withdraw, and nothing to show again.
    let second = [("ring", ring("Ada")), ("text", wrote("A new message")), ("other", ring("Bob"))];
    mine.want(showing(&second));
    let other = desktop.wait_for_notice("Bob")?;
    mine.want(showing(&[]));
    assert_eq!(desktop.next()?, Happened::Withdrawn(other.id));
    drop(mine);
    assert!(desktop.is_quiet());
    Ok(())
}

#[test]
fn a_notice_takes_the_place_of_its_older_self_unless_that_was_closed() -> Result<()> {
    let bus = BareBus::start()?;
    let desktop = Desktop::enter(bus.address())?;
    let (mine, _heard) = start(&bus)?;
    mine.want(showing(&[("text", wrote("1"))]));
    let first = desktop.wait_for_notice("Ada")?;
    mine.want(showing(&[("text", wrote("2"))]));
    let second = desktop.wait_for_notice("Ada")?;
    assert_eq!((second.replaces, second.id), (first.id, first.id));
    desktop.dismiss(&second)?;
    // The signal was sent before this call's answer, so it has been heard when the next notice is shown.
    mine.want(showing(&[("text", wrote("2")), ("ring", ring("Bob"))]));
    let bob = desktop.next()?;
    assert!(matches!(&bob, Happened::Shown(shown) if shown.title == "Bob"), "shown again: {bob:?}");
    mine.want(showing(&[("text", wrote("3"))]));
    let mut after = [desktop.next()?, desktop.next()?];
    after.sort_by_key(|happened| matches!(happened, Happened::Shown(_)));
    assert!(matches!(&after[1], Happened::Shown(shown) if shown.replaces == 0 && shown.body == "3"), "{after:?}");
    Ok(())
}

#[test]
fn machine_and_screen_stay_awake_as_long_as_they_are_wanted() -> Result<()> {
    let bus = BareBus::start()?;
    let desktop = Desktop::enter(bus.address())?;
    let (mine, _heard) = start(&bus)?;
    let awake = |awake| Want { notices: Vec::new(), awake };
    mine.want(awake(Some(Awake::Machine)));
    let Happened::MachineKept(request) = desktop.next()? else { anyhow::bail!("the machine comes first") };
    mine.want(awake(Some(Awake::Screen)));
    let Happened::ScreenKept(number) = desktop.next()? else { anyhow::bail!("the screen comes second") };
    mine.want(awake(Some(Awake::Machine)));
    assert_eq!(desktop.next()?, Happened::ScreenFreed(number));
    mine.want(awake(None));
    assert_eq!(desktop.next()?, Happened::MachineFreed(request));
    mine.want(awake(Some(Awake::Screen)));
    assert!(matches!(desktop.next()?, Happened::MachineKept(_)));
    assert!(matches!(desktop.next()?, Happened::ScreenKept(_)));
    // A window that closes lets go of everything.
    drop(mine);
    assert!(matches!(desktop.next()?, Happened::MachineFreed(_)));
    assert!(matches!(desktop.next()?, Happened::ScreenFreed(_)));
    Ok(())
}

#[test]
fn what_is_absent_holds_up_nobody() -> Result<()> {
    let bus = BareBus::start()?;
    let (mine, _heard) = start(&bus)?;
    mine.want(Want { notices: vec![("ring", ring("Ada"))], awake: Some(Awake::Screen) });
    // A desktop that comes later is found by the next notice.
    let desktop = Desktop::enter(bus.address())?;
    mine.want(showing(&[("ring", ring("Bob"))]));
    let _ = desktop.wait_for_notice("Bob").context("the thread still works")?;
    drop(bus);
    mine.want(showing(&[]));
    drop(mine);
    Ok(())
}
