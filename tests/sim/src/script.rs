//! A script: a setup and what is done when. The unit that is run, printed and made shorter.
//! Made from a seed, by the explorer or by a test; running it twice gives the same trace.
//! A panic of the machine is a fault like any other.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ahoy_call::EndReason;

use crate::act::Act;
use crate::setup::Setup;
use crate::world::{Fault, World};

/// A rule that a test adds to those of the simulator; checked after every step.
pub type Rule = fn(&World) -> Result<(), String>;

/// Something that is done at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, counted from the start. By hand, time passes by acts alone.
    pub at: Duration,
    /// What.
    pub act: Act,
}

/// What happens in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The world.
    pub setup: Setup,
    /// What is done, in the order of time.
    pub steps: Vec<Step>,
}

/// What came of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The first broken rule.
    pub fault: Option<Fault>,
    /// The fingerprint of everything that happened.
    pub trace: u128,
    /// Inputs given to machines.
    pub inputs: u64,
    /// How often calls ended in which way, on any phone.
    pub ends: BTreeMap<String, u64>,
}

impl Script {
    /// Runs the script and lets its world come to an end.
    #[must_use]
    pub fn run(&self, rules: &[Rule]) -> Outcome {
        catch_unwind(AssertUnwindSafe(|| self.run_to_the_end(rules))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let what = format!("panic: {}", text.unwrap_or_default());
            Outcome { fault: Some(Fault { after: Duration::ZERO, phone: None, what }), ..Outcome::default() }
        })
    }

    fn run_to_the_end(&self, rules: &[Rule]) -> Outcome {
        let mut world = self.play(rules, None);
        world.run_out(self.calm());
        let mut ends = BTreeMap::new();
        for page in world.phones.iter().flat_map(|phone| phone.ledger.pages.values()) {
            let name = page.reason.map(|reason: EndReason| format!("{reason:?}"));
            *ends.entry(name.unwrap_or_else(|| "NeverRang".to_owned())).or_default() += 1;
        }
        Outcome { fault: world.fault().cloned(), trace: world.trace.sum(), inputs: world.inputs, ends }
    }

    /// What happens in it, line by line. Not for scripts that make the machine panic.
    #[must_use]
    pub fn diary(&self) -> Vec<String> {
        let mut world = self.play(&[], Some(Vec::new()));
        world.run_out(self.calm());
        world.diary.unwrap_or_default()
    }

    fn play(&self, rules: &[Rule], diary: Option<Vec<String>>) -> World {
        let mut world = World::new(&self.setup);
        world.diary = diary;
        for step in &self.steps {
            if !self.setup.by_hand {
                world.run_until(World::start() + step.at);
            }
            world.step(&step.act);
            for rule in rules {
                let holds = rule(&world);
                world.rule(None, holds);
            }
            if world.fault().is_some() {
                break;
            }
        }
        world
    }

    /// Whether nothing but persons and patient links had a hand in it.
    #[must_use]
    pub fn calm(&self) -> bool {
        let link = self.setup.link;
        let patient = link.loss == 0 && link.straggle == 0 && self.setup.bind_fails == 0;
        patient
            && self.steps.iter().all(|step| match step.act {
                Act::Dial { .. }
                | Act::Accept { .. }
                | Act::Decline { .. }
                | Act::HangUp { .. }
                | Act::Mute { .. }
                | Act::Video { .. }
                | Act::Hold { .. }
                | Act::Resume { .. }
                | Act::Swap { .. }
                | Act::Policy { .. }
                | Act::Shout { .. }
                | Act::Deliver { .. } => true,
                Act::Block { .. }
                | Act::Move { .. }
                | Act::Crash { .. }
                | Act::DeviceFails { .. }
                | Act::Cut { .. }
                | Act::Heal { .. }
                | Act::Unlink { .. }
                | Act::Repeat { .. }
                | Act::Drop { .. }
                | Act::Overtake { .. }
                // Whatever is on its way stays there meanwhile.
                | Act::Wait => false,
            })
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.setup)?;
        for Step { at, act } in &self.steps {
            if self.setup.by_hand {
                writeln!(f, "  {act}")?;
            } else {
                writeln!(f, "  {:>8.3} s  {act}", at.as_secs_f64())?;
            }
        }
        Ok(())
    }
}
