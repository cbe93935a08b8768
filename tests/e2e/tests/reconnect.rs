//! A call whose network fails: it comes back by itself within 30 seconds, also at another address, and is lost after that.

use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use ahoy_e2e::network::{Host, Network};
use ahoy_e2e::phone::{Owner, PATIENCE, Phone};
use ahoy_e2e::rig::silent;
use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

/// Silence after which a call is lost.
const RECONNECT: Duration = Duration::from_secs(30);
/// Beside it, what a look at the clock, a goodbye and the end of a process may take.
const SLACK: Duration = Duration::from_secs(1);

/// Beside a silent microphone and speaker, a camera that the caller turns on.
const SEEING: [&str; 7] = ["--mic", "none", "--speaker", "none", "--camera", "pattern", "--json"];

/// Pictures enough to tell that they flow.
const SOME: u64 = 10;

/// A call between two hosts of a network.
struct Talk {
    caller: Phone,
    callee: Phone,
    owners: [Owner; 2],
    network: Network,
    _home: TempDir,
}

impl Talk {
    /// A call of sound alone.
    fn begin(name: &str) -> Result<Option<Self>> {
        Self::with(name, &silent(&["call", "Callee"]))
    }

    /// A call in which the callee sees the caller.
    fn begin_seen(name: &str) -> Result<Option<Self>> {
        let Some(mut talk) = Self::with(name, &[&["call", "Callee", "--video"], &SEEING[..]].concat())? else {
            return Ok(None);
        };
        talk.callee_sees()?;
        Ok(Some(talk))
    }

    fn with(name: &str, call: &[&str]) -> Result<Option<Self>> {
        let Some(network) = Network::build(name)? else { return Ok(None) };
        let home = tempfile::tempdir()?;
        let owner = |host, name| Owner::new(&home.path().join(name)).within(&network.host(host));
        let (one, other) = (owner(Host::One, "caller"), owner(Host::Other, "callee"));
        let _ = one.json(&["add", &other.link()?, "--name", "Callee"])?;
        let _ = other.json(&["add", &one.link()?, "--name", "Caller"])?;
        let mut callee = other.start(&silent(&["answer", "--once"]))?;
        let mut caller = one.start(call)?;
        let _ = caller.wait_for_state("Active")?;
        let _ = callee.wait_for_state("Active")?;
        Ok(Some(Self { caller, callee, owners: [one, other], network, _home: home }))
    }

    /// Both sides find out that nothing comes any more.
    fn both_reconnect(&mut self) -> Result<()> {
        let _ = self.caller.wait_for_state("Reconnecting").context("the caller")?;
        let _ = self.callee.wait_for_state("Reconnecting").context("the callee")?;
        Ok(())
    }

    /// Both sides hear each other again, and packets keep coming.
    fn both_hear(&mut self) -> Result<()> {
        for phone in [&mut self.caller, &mut self.callee] {
            let _ = phone.wait_for_state("Active")?;
            let before = phone.stats()?["audio"]["received"].as_u64().context("received")?;
            let more = |stats: &serde_json::Value| stats["audio"]["received"].as_u64() >= Some(before + 25);
            let _ = phone.stats_until("sound flows", more)?;
        }
        Ok(())
    }

    /// Pictures keep coming.
    fn callee_sees(&mut self) -> Result<()> {
        let shown = |stats: &serde_json::Value| stats["video"]["frames_shown"].as_u64();
        let before = shown(&self.callee.stats()?).context("frames_shown")?;
        let more = |stats: &serde_json::Value| shown(stats) >= Some(before + SOME);
        self.callee.stats_until("pictures flow", more).map(drop)
    }

    fn hang_up(mut self) -> Result<()> {
        self.caller.obey("hangup")?;
        assert_eq!(self.caller.wait(PATIENCE)?.0.code(), Some(0));
        assert_eq!(self.callee.wait(PATIENCE)?.0.code(), Some(0));
        for owner in &self.owners {
            let rows = owner.json(&["history"])?;
            assert_eq!(rows[0]["ended_reason"], "completed", "{rows}");
        }
        Ok(())
    }
}

/// The cable is out for `span`; how long after that both heard each other again, `None` without root. A picture comes back as well.
fn cut_for(span: Duration, seen: bool) -> Result<Option<Duration>> {
    let begin = if seen { Talk::begin_seen } else { Talk::begin };
    let Some(mut talk) = begin(&format!("cut{}", span.as_secs()))? else { return Ok(None) };
    talk.network.cut(Host::Other, true)?;
    let cut = Instant::now();
    talk.both_reconnect()?;
    sleep(span.saturating_sub(cut.elapsed()));
    talk.network.cut(Host::Other, false)?;
    let back = Instant::now();
    talk.both_hear()?;
    let took = back.elapsed();
    if seen {
        talk.callee_sees()?;
    }
    talk.hang_up()?;
    Ok(Some(took))
}

/// The cable stays out; how long after that each side ended.
fn cut_for_good() -> Result<Option<[Duration; 2]>> {
    let Some(mut talk) = Talk::begin("lost")? else { return Ok(None) };
    talk.network.cut(Host::Other, true)?;
    let cut = Instant::now();
    talk.both_reconnect()?;
    let callee = talk.callee;
    let waits = thread::spawn(move || ends(callee, cut));
    let one = ends(talk.caller, cut)?;
    let other = waits.join().expect("the waiting thread does not panic")?;
    for owner in &talk.owners {
        let rows = owner.json(&["history"])?;
        assert_eq!(rows[0]["ended_reason"], "lost", "{rows}");
    }
    Ok(Some([one, other]))
}

fn ends(mut phone: Phone, cut: Instant) -> Result<Duration> {
    let (status, said) = phone.wait(RECONNECT + PATIENCE)?;
    ensure!(status.code() == Some(7), "ended with {status}: {said}");
    Ok(cut.elapsed())
}

/// A host gets another address in the middle of the call; how long until both heard each other again.
fn moves(host: Host, name: &str) -> Result<Option<Duration>> {
    let Some(mut talk) = Talk::begin(name)? else { return Ok(None) };
    talk.network.address(host, "del", host.address())?;
    let moved = Instant::now();
    talk.network.address(host, "add", "10.77.0.33")?;
    // Where the network notices at once, nobody needs to reconnect; sound flows in either case.
    let received = |phone: &mut Phone| phone.stats()?["audio"]["received"].as_u64().context("received");
    let before = [received(&mut talk.caller)?, received(&mut talk.callee)?];
    for (phone, before) in [&mut talk.caller, &mut talk.callee].into_iter().zip(before) {
        // More than what was under way when the address went.
        let more = |stats: &serde_json::Value| stats["audio"]["received"].as_u64() >= Some(before + 50);
        let _ = phone.stats_until("sound flows", more).with_context(|| name.to_string())?;
    }
    let took = moved.elapsed();
    talk.hang_up()?;
    Ok(Some(took))
}

#[test]
fn a_call_survives_what_lasts_less_than_30_seconds_and_is_lost_after_that() -> Result<()> {
    let short = thread::spawn(|| cut_for(Duration::from_secs(5), true));
    let long = thread::spawn(|| cut_for(Duration::from_secs(20), false));
    let caller = thread::spawn(|| moves(Host::One, "caller-moves"));
    let callee = thread::spawn(|| moves(Host::Other, "callee-moves"));
    let lost = cut_for_good().context("cut for good");
    let join = |what: &'static str, thread: thread::JoinHandle<Result<Option<Duration>>>| {
        thread.join().expect("the scenario's thread does not panic").context(what)
    };
    let short = join("cut for 5 s", short);
    let long = join("cut for 20 s", long);
    let caller = join("the caller moves", caller);
    let callee = join("the callee moves", callee);
    for (what, took) in [
        ("a cut of 5 s", &short),
        ("a cut of 20 s", &long),
        ("a move of the caller", &caller),
        ("a move of the callee", &callee),
    ] {
        println!("{what}: {took:.2?}");
    }
    println!("cut for good: {lost:.2?}");
    let (Some(_), Some(_), Some(_), Some(_), Some(lost)) = (short?, long?, caller?, callee?, lost?) else {
        println!("skipped: network namespaces need root");
        return Ok(());
    };
    for took in lost {
        assert!(took <= RECONNECT + SLACK, "lost after {took:?}");
    }
    Ok(())
}
