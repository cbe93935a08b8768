//! Random scripts: what people and networks do in two minutes, drawn from a seed.
//! Most acts belong to plans in which somebody calls, somebody answers, things happen and somebody hangs up.
//! Plans overlap, so that calls meet: glare, call waiting, busy, swapping, crashes in the middle of everything.

use std::time::Duration;

use ahoy_call::OtherCall;

use crate::act::{Act, At, Which};
use crate::chance::Chance;
use crate::script::{Script, Step};
use crate::setup::{Link, Setup};

impl Script {
    /// The script of a seed.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let mut chance = Chance::of(seed, &[0x5eed]);
        let setup = setup(seed, &mut chance);
        let rough = chance.coin();
        let mut story = Story { phones: setup.phones as u64, rough, chance, steps: Vec::new() };
        for _ in 0..story.chance.within(1..6) {
            story.plan();
        }
        for _ in 0..story.chance.within(0..8) {
            let at = story.chance.within(0..90_000);
            let act = story.noise();
            story.push(at, act);
        }
        let mut steps = story.steps;
        steps.sort_by_key(|step| step.at);
        Self { setup, steps }
    }
}

fn setup(seed: u64, chance: &mut Chance) -> Setup {
    let phones = match chance.within(0..10) {
        0..5 => 2,
        5..8 => 3,
        _ => 4,
    };
    let link = |delay_ms, jitter_ms, loss, duplicate, straggle| Link { delay_ms, jitter_ms, loss, duplicate, straggle };
    let link = match chance.within(0..5) {
        0 => link(1, 0, 0, 0, 0),
        1 => link(40, 20, 0, 0, 0),
        2 => link(80, 120, 20, 100, 20),
        3 => link(250, 300, 100, 300, 100),
        _ => link(chance.within(0..600), chance.within(0..400), chance.within(0..200), chance.within(0..1_000), 50),
    };
    Setup {
        seed,
        phones,
        link,
        bind_ms: if chance.permille(200) { 3_000 } else { chance.within(0..60) },
        bind_fails: if chance.permille(200) { 100 } else { 0 },
        lag_ms: if chance.coin() { 0 } else { chance.within(0..30) },
        keeps: chance.coin(),
        by_hand: false,
        rising: false,
    }
}

struct Story {
    phones: u64,
    /// Whether more than persons has a hand in it.
    rough: bool,
    chance: Chance,
    steps: Vec<Step>,
}

impl Story {
    fn push(&mut self, at_ms: u64, act: Act) {
        self.steps.push(Step { at: Duration::from_millis(at_ms), act });
    }

    fn phone(&mut self) -> At {
        usize::try_from(self.chance.within(0..self.phones)).expect("four at the most")
    }

    fn other(&mut self, than: At) -> At {
        let other = usize::try_from(self.chance.within(0..self.phones - 1)).expect("four at the most");
        if other < than { other } else { other + 1 }
    }

    fn which(&mut self) -> Which {
        match self.chance.within(0..6) {
            0 => Which::Ringing,
            1 => Which::Held,
            _ => Which::Current,
        }
    }

    fn accept(&mut self, at: At) -> Act {
        let other = if self.chance.permille(700) { OtherCall::Hold } else { OtherCall::End };
        Act::Accept { at, video: self.chance.coin(), other }
    }

    fn plan(&mut self) {
        let (a, start) = (self.phone(), self.chance.within(0..60_000));
        let b = self.other(a);
        if self.chance.permille(500) {
            let at = start.saturating_sub(self.chance.within(0..2_000));
            let act = Act::Policy { at: b, waiting: true, dnd: false, silent: None };
            self.push(at, act);
        }
        let video = self.chance.coin();
        self.push(start, Act::Dial { at: a, to: b, video });
        if self.chance.permille(200) {
            let (at, video) = (start + self.chance.within(0..800), self.chance.coin());
            self.push(at, Act::Dial { at: b, to: a, video });
        }
        let answer = start + self.chance.within(0..9_000);
        match self.chance.within(0..20) {
            0..2 => self.push(answer, Act::Decline { at: b }),
            2..5 => self.push(answer, Act::HangUp { at: a, which: Which::Current }),
            5..7 => {}
            _ => {
                let act = self.accept(b);
                self.push(answer, act);
                self.talk([a, b], answer);
            }
        }
    }

    fn talk(&mut self, pair: [At; 2], answer: u64) {
        let mut at = answer;
        for _ in 0..self.chance.within(0..7) {
            at += self.chance.within(0..6_000);
            let who = pair[usize::from(self.chance.coin())];
            let act = self.manner(who);
            self.push(at, act);
            if self.rough && self.chance.permille(250) {
                let [a, b] = pair;
                self.push(at, Act::Cut { a, b });
                at += self.chance.within(0..45_000);
                self.push(at, Act::Heal { a, b });
            }
        }
        if self.chance.permille(700) {
            let at = at + self.chance.within(0..20_000);
            let who = pair[usize::from(self.chance.coin())];
            self.push(at, Act::HangUp { at: who, which: Which::Current });
        }
    }

    /// What a person does in a call.
    fn manner(&mut self, at: At) -> Act {
        let on = self.chance.coin();
        match self.chance.within(0..8) {
            0 | 1 => Act::Hold { at },
            2 | 3 => Act::Resume { at },
            4 => Act::Swap { at },
            5 => Act::Mute { at, on },
            6 => Act::Video { at, on },
            _ if self.rough => Act::Move { at },
            _ => Act::Dial { at, to: self.other(at), video: on },
        }
    }

    /// Anything at any time.
    fn noise(&mut self) -> Act {
        let at = self.phone();
        let other = self.other(at);
        let on = self.chance.coin();
        match self.chance.within(0..if self.rough { 14 } else { 8 }) {
            0 => Act::Dial { at, to: other, video: on },
            1 => self.accept(at),
            2 => Act::Decline { at },
            3 => Act::HangUp { at, which: self.which() },
            4 => Act::Policy { at, waiting: on, dnd: self.chance.permille(200), silent: None },
            5 => Act::Policy { at, waiting: on, dnd: false, silent: Some(other) },
            6 => self.manner(at),
            7 => Act::Shout { at },
            8 => Act::Crash { at, down_ms: self.chance.within(0..10_000) },
            9 => Act::Unlink { a: at, b: other },
            10 => Act::DeviceFails { at },
            11 => Act::Move { at },
            12 => Act::Block { at, whom: other, on },
            _ => Act::Cut { a: at, b: other },
        }
    }
}
