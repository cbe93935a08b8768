//! Live verification between two honest sides, and with somebody between them.

use ahoy_call::PeerId;
use ahoy_mail::verify::{
    CancelReason, MAX_STEP_BYTES, ROUND_MS, RoundId, Signs, Stage, Verification, VerifyError, VerifyStep,
};
use proptest::prelude::*;
use vodozemac::sas::Sas;

const ALICE: PeerId = PeerId([1; 32]);
const BOB: PeerId = PeerId([2; 32]);
const CAROL: PeerId = PeerId([3; 32]);
const LINE: [u8; 32] = [7; 32];
const NOW: u64 = 1_000_000;

/// Hands `step` from one side to the other over one connection; the answer of the receiver comes back.
fn carry(from: &mut Verification, to: &mut Verification, step: &VerifyStep) -> Option<VerifyStep> {
    let answer = to.on(step, &LINE, NOW);
    assert_eq!(from.delivered(step, &LINE, NOW), None);
    answer
}

/// Two honest sides that have exchanged their keys.
fn keys_exchanged(starter: PeerId, callee: PeerId) -> (Verification, Verification) {
    let (mut first, start) = Verification::start(starter, callee, NOW);
    let (mut second, key) = Verification::accepts(callee, starter, &start, NOW).expect("a start");
    assert_eq!(first.delivered(&start, &LINE, NOW), None);
    let reveal = carry(&mut second, &mut first, &key).expect("a reveal");
    assert_eq!(first.stage(), Stage::Waiting);
    assert_eq!(carry(&mut first, &mut second, &reveal), None);
    (first, second)
}

fn signs(side: &Verification) -> Signs {
    match side.stage() {
        Stage::Compare(signs) | Stage::WaitingForPeer(signs) => signs,
        stage @ (Stage::Waiting | Stage::Done | Stage::Failed(_)) => panic!("nothing to compare: {stage:?}"),
    }
}

fn round_of(start: &VerifyStep) -> RoundId {
    match start {
        VerifyStep::Start { commitment } => RoundId::of(commitment),
        other => panic!("not a start: {other:?}"),
    }
}

#[test]
fn two_honest_sides_see_the_same_and_are_done_after_both_confirmed() {
    let (mut alice, mut bob) = keys_exchanged(ALICE, BOB);
    assert_eq!(signs(&alice), signs(&bob));
    assert!(signs(&alice).numbers.iter().all(|number| (1000..=9191).contains(number)));
    let mac = alice.say(true, NOW).expect("a code");
    assert_eq!(alice.stage(), Stage::WaitingForPeer(signs(&bob)));
    assert_eq!(carry(&mut alice, &mut bob, &mac), None);
    assert!(matches!(bob.stage(), Stage::Compare(_)), "the peer's word alone proves nothing");
    let mac = bob.say(true, NOW).expect("a code");
    assert_eq!(bob.stage(), Stage::Done);
    assert!(matches!(alice.stage(), Stage::WaitingForPeer(_)));
    assert_eq!(carry(&mut bob, &mut alice, &mac), None);
    assert_eq!((alice.stage(), bob.stage()), (Stage::Done, Stage::Done));
    assert_eq!((alice.deadline_ms(), bob.deadline_ms()), (None, None));
}

#[test]
fn a_code_that_overtakes_the_delivery_report_counts() {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    let (mut bob, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    let reveal = alice.on(&key, &LINE, NOW).expect("a reveal");
    assert_eq!(bob.on(&reveal, &LINE, NOW), None);
    let mac = bob.say(true, NOW).expect("a code");
    assert_eq!(alice.on(&mac, &LINE, NOW), None);
    assert_eq!(alice.stage(), Stage::Waiting);
    assert_eq!(alice.delivered(&reveal, &LINE, NOW), None);
    assert!(alice.say(true, NOW).is_some());
    assert_eq!(alice.stage(), Stage::Done);
}

/// A man in the middle plays Bob to Alice and Alice to Bob, each with keys of his own.
fn man_in_the_middle() -> (Signs, Signs) {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    let (_bob_to_alice, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    let reveal = alice.on(&key, &LINE, NOW).expect("a reveal");
    assert_eq!(alice.delivered(&reveal, &LINE, NOW), None);
    let (mut alice_to_bob, start) = Verification::start(ALICE, BOB, NOW);
    let (mut bob, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    let reveal = alice_to_bob.on(&key, &LINE, NOW).expect("a reveal");
    assert_eq!(bob.on(&reveal, &LINE, NOW), None);
    (signs(&alice), signs(&bob))
}

#[test]
fn a_man_in_the_middle_shows_no_more_equal_emoji_than_chance() {
    const RUNS: usize = 1_000;
    let mut equal = 0;
    for _ in 0..RUNS {
        let (alice, bob) = man_in_the_middle();
        assert_ne!(alice.emoji, bob.emoji, "one in 2^42");
        assert_ne!(alice.numbers, bob.numbers, "one in 2^39");
        equal += alice.emoji.iter().zip(bob.emoji).filter(|(one, other)| **one == *other).count();
    }
    // One in 64 of 7,000 is 109, with a standard deviation of 10.4: six of them on either side.
    assert!((47..=172).contains(&equal), "{equal} of 7,000 emoji were equal");
}

#[test]
fn a_starter_cannot_choose_its_key_after_the_callees() {
    let (mut bob, key) = {
        let (_alice, start) = Verification::start(ALICE, BOB, NOW);
        Verification::accepts(BOB, ALICE, &start, NOW).expect("a start")
    };
    let VerifyStep::Key { round, .. } = key else { panic!("not a key: {key:?}") };
    let chosen = VerifyStep::Reveal { round, key: Sas::new().public_key().to_bytes() };
    assert_eq!(bob.on(&chosen, &LINE, NOW), Some(VerifyStep::Cancel { round, reason: CancelReason::Broken }));
    assert_eq!(bob.stage(), Stage::Failed(VerifyError::Broken));
}

#[test]
fn a_commitment_passed_on_to_a_third_phone_is_refused() {
    let (mut alice, start) = Verification::start(ALICE, CAROL, NOW);
    let (mut bob, key) = Verification::accepts(BOB, CAROL, &start, NOW).expect("a start");
    let reveal = alice.on(&key, &LINE, NOW).expect("carol passes bob's key on");
    assert!(matches!(bob.on(&reveal, &LINE, NOW), Some(VerifyStep::Cancel { .. })));
    assert_eq!(bob.stage(), Stage::Failed(VerifyError::Broken));
}

#[test]
fn keys_relayed_between_two_victims_give_different_signs() {
    // Carol talks to both; she passes Bob's key on to Alice, and can only commit to a key of her own towards Bob.
    let (mut alice, start_a) = Verification::start(ALICE, CAROL, NOW);
    let (mut carol, start_b) = Verification::start(CAROL, BOB, NOW);
    let (mut bob, key) = Verification::accepts(BOB, CAROL, &start_b, NOW).expect("a start");
    let VerifyStep::Key { key: bobs, .. } = key else { panic!("not a key: {key:?}") };
    let relayed = VerifyStep::Key { round: round_of(&start_a), key: bobs };
    let reveal = alice.on(&relayed, &LINE, NOW).expect("a reveal");
    assert_eq!(alice.delivered(&reveal, &LINE, NOW), None);
    let reveal = carol.on(&key, &LINE, NOW).expect("a reveal");
    assert_eq!(bob.on(&reveal, &LINE, NOW), None);
    assert_ne!(signs(&alice).emoji, signs(&bob).emoji);
    assert_ne!(signs(&alice).numbers, signs(&bob).numbers);
}

#[test]
fn another_connection_gives_different_signs_and_wrong_codes() {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    let (mut bob, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    let reveal = alice.on(&key, &LINE, NOW).expect("a reveal");
    assert_eq!(alice.delivered(&reveal, &LINE, NOW), None);
    assert_eq!(bob.on(&reveal, &[8; 32], NOW), None);
    assert_ne!(signs(&alice).emoji, signs(&bob).emoji);
    let mac = alice.say(true, NOW).expect("a code");
    assert!(matches!(bob.on(&mac, &[8; 32], NOW), Some(VerifyStep::Cancel { reason: CancelReason::Broken, .. })));
    assert_eq!(bob.say(true, NOW), None);
    assert_eq!(bob.stage(), Stage::Failed(VerifyError::Broken));
}

#[test]
fn a_code_returned_to_its_author_or_made_up_fails() {
    let (mut alice, _bob) = keys_exchanged(ALICE, BOB);
    let own = alice.say(true, NOW).expect("a code");
    assert!(matches!(alice.on(&own, &LINE, NOW), Some(VerifyStep::Cancel { reason: CancelReason::Broken, .. })));
    assert_eq!(alice.stage(), Stage::Failed(VerifyError::Broken));
}

#[test]
fn keys_without_contribution_are_refused() {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    let round = round_of(&start);
    let answer = alice.on(&VerifyStep::Key { round, key: [0; 32] }, &LINE, NOW);
    assert_eq!(answer, Some(VerifyStep::Cancel { round, reason: CancelReason::Broken }));
    assert_eq!(alice.stage(), Stage::Failed(VerifyError::Broken));
}

#[test]
fn both_starting_at_once_end_in_the_round_of_the_smaller_id() {
    let (mut alice, start_a) = Verification::start(ALICE, BOB, NOW);
    let (mut bob, start_b) = Verification::start(BOB, ALICE, NOW);
    assert_eq!(alice.on(&start_b, &LINE, NOW), Some(start_a.clone()), "told again, in case it was forgotten");
    let key = bob.on(&start_a, &LINE, NOW).expect("a key");
    assert_eq!(bob.on(&start_a, &LINE, NOW), None, "the second telling");
    assert_eq!(bob.delivered(&start_b, &LINE, NOW), None);
    let reveal = carry(&mut bob, &mut alice, &key).expect("a reveal");
    assert_eq!(alice.on(&start_b, &LINE, NOW), None, "a late duplicate");
    assert_eq!(carry(&mut alice, &mut bob, &reveal), None);
    assert_eq!(signs(&alice), signs(&bob));
    let (from_alice, from_bob) = (alice.say(true, NOW).expect("a code"), bob.say(true, NOW).expect("a code"));
    assert_eq!((alice.on(&from_bob, &LINE, NOW), bob.on(&from_alice, &LINE, NOW)), (None, None));
    assert_eq!((alice.stage(), bob.stage()), (Stage::Done, Stage::Done));
}

#[test]
fn different_fails_on_both_sides_even_after_same() {
    for (first, second) in [(None, ALICE), (Some(true), ALICE), (None, BOB)] {
        let (alice, bob) = keys_exchanged(ALICE, BOB);
        let (mut sayer, mut other) = if second == ALICE { (alice, bob) } else { (bob, alice) };
        let mac = first.and_then(|same| sayer.say(same, NOW));
        let cancel = sayer.say(false, NOW).expect("a cancel");
        assert_eq!(mac.and_then(|mac| other.on(&mac, &LINE, NOW)), None);
        assert_eq!(other.on(&cancel, &LINE, NOW), None);
        assert_eq!(other.say(true, NOW), None);
        for side in [sayer, other] {
            assert_eq!(side.stage(), Stage::Failed(VerifyError::Different));
        }
    }
}

#[test]
fn duplicates_and_steps_of_other_rounds_change_nothing() {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    let (mut bob, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    let (_, other_start) = Verification::start(ALICE, BOB, NOW);
    let round = round_of(&other_start);
    let foreign = [
        VerifyStep::Key { round, key: [9; 32] },
        VerifyStep::Reveal { round, key: [9; 32] },
        VerifyStep::Mac { round, mac: [9; 32] },
        VerifyStep::Cancel { round, reason: CancelReason::Different },
    ];
    let mut seen = vec![start.clone(), key.clone()];
    let reveal = carry(&mut bob, &mut alice, &key).expect("a reveal");
    assert_eq!(carry(&mut alice, &mut bob, &reveal), None);
    seen.push(reveal.clone());
    let before = signs(&alice);
    for step in seen.iter().chain(&foreign) {
        assert_eq!((alice.on(step, &[9; 32], NOW), bob.on(step, &[9; 32], NOW)), (None, None), "{step:?}");
        assert_eq!((alice.delivered(step, &[9; 32], NOW), bob.undelivered(step)), (None, None), "{step:?}");
    }
    assert_eq!((signs(&alice), signs(&bob)), (before, before));
    let (from_alice, from_bob) = (alice.say(true, NOW).expect("a code"), bob.say(true, NOW).expect("a code"));
    assert_eq!(alice.say(true, NOW), None, "a code is sent once");
    for _ in 0..2 {
        assert_eq!((alice.on(&from_bob, &LINE, NOW), bob.on(&from_alice, &LINE, NOW)), (None, None));
    }
    assert_eq!((alice.stage(), bob.stage()), (Stage::Done, Stage::Done));
}

#[test]
fn steps_before_their_time_are_ignored() {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    let (mut bob, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    let round = round_of(&start);
    assert_eq!(alice.on(&VerifyStep::Reveal { round, key: [9; 32] }, &LINE, NOW), None);
    assert_eq!(bob.on(&key, &LINE, NOW), None);
    assert_eq!((alice.say(true, NOW), bob.say(false, NOW)), (None, None), "nothing to compare yet");
    assert_eq!((alice.stage(), bob.stage()), (Stage::Waiting, Stage::Waiting));
    assert!(Verification::accepts(BOB, ALICE, &key, NOW).is_none());
}

#[test]
fn a_peer_that_starts_anew_ends_the_round() {
    let (mut alice, mut bob) = keys_exchanged(ALICE, BOB);
    let (_, anew) = Verification::start(ALICE, BOB, NOW);
    assert_eq!(bob.on(&anew, &LINE, NOW), None);
    assert_eq!(bob.stage(), Stage::Failed(VerifyError::Restarted));
    let (_, anew) = Verification::start(BOB, ALICE, NOW);
    assert_eq!(alice.on(&anew, &LINE, NOW), None);
    assert_eq!(alice.stage(), Stage::Failed(VerifyError::Restarted));
}

#[test]
fn a_last_key_whose_delivery_is_unknown_ends_the_round() {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    let (_bob, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    assert_eq!(alice.undelivered(&start), None);
    let reveal = alice.on(&key, &LINE, NOW).expect("a reveal");
    let cancel = VerifyStep::Cancel { round: round_of(&start), reason: CancelReason::Connection };
    assert_eq!(alice.undelivered(&reveal), Some(cancel));
    assert_eq!(alice.delivered(&reveal, &LINE, NOW), None);
    assert_eq!(alice.stage(), Stage::Failed(VerifyError::Connection));
}

#[test]
fn time_and_persons_end_a_round_on_both_sides() {
    let (mut alice, mut bob) = keys_exchanged(ALICE, BOB);
    assert_eq!(alice.deadline_ms(), Some(NOW + ROUND_MS));
    assert_eq!(alice.expire(NOW + ROUND_MS - 1), None);
    let cancel = alice.say(true, NOW + ROUND_MS).expect("too late to confirm");
    assert_eq!(bob.on(&cancel, &LINE, NOW), None);
    for side in [&alice, &bob] {
        assert_eq!(side.stage(), Stage::Failed(VerifyError::Timeout));
    }
    assert_eq!(alice.expire(NOW + ROUND_MS), None, "said once");

    let (mut alice, mut bob) = keys_exchanged(ALICE, BOB);
    let cancel = bob.cancel().expect("a cancel");
    assert_eq!(alice.on(&cancel, &LINE, NOW), None);
    for side in [&alice, &bob] {
        assert_eq!(side.stage(), Stage::Failed(VerifyError::Cancelled));
    }
}

#[test]
fn the_bytes_of_steps_are_the_agreed_ones() {
    let round = RoundId([5; 16]);
    let golden: [(VerifyStep, Vec<u8>); 5] = [
        (VerifyStep::Start { commitment: [6; 32] }, [&[0][..], &[6; 32]].concat()),
        (VerifyStep::Key { round, key: [6; 32] }, [&[1][..], &[5; 16], &[6; 32]].concat()),
        (VerifyStep::Reveal { round, key: [6; 32] }, [&[2][..], &[5; 16], &[6; 32]].concat()),
        (VerifyStep::Mac { round, mac: [6; 32] }, [&[3][..], &[5; 16], &[6; 32]].concat()),
        (VerifyStep::Cancel { round, reason: CancelReason::Timeout }, [&[4][..], &[5; 16], &[2]].concat()),
    ];
    for (step, bytes) in golden {
        assert_eq!(postcard::to_stdvec(&step).expect("encodes"), bytes);
        assert!(bytes.len() <= MAX_STEP_BYTES);
        assert_eq!(postcard::from_bytes::<VerifyStep>(&bytes).expect("reads back"), step);
    }
}

/// What may happen to one of two sides.
#[derive(Clone, Debug)]
enum Event {
    /// The step of this index, of all sent so far, arrives.
    Arrives(usize, u8),
    /// The step of this index is reported as taken.
    Taken(usize, u8),
    Lost(usize),
    Says(bool),
    Cancels,
    /// An invented step arrives.
    Forged(u8, [u8; 32], bool),
}

fn event() -> impl Strategy<Value = (bool, Event)> {
    let event = prop_oneof![
        8 => (any::<usize>(), 0..2u8).prop_map(|(step, line)| Event::Arrives(step, line)),
        4 => (any::<usize>(), 0..2u8).prop_map(|(step, line)| Event::Taken(step, line)),
        1 => any::<usize>().prop_map(Event::Lost),
        3 => any::<bool>().prop_map(Event::Says),
        1 => Just(Event::Cancels),
        2 => (any::<u8>(), any::<[u8; 32]>(), any::<bool>())
            .prop_map(|(kind, bytes, known)| Event::Forged(kind, bytes, known)),
    ];
    (any::<bool>(), event)
}

fn forged(kind: u8, bytes: [u8; 32], round: RoundId) -> VerifyStep {
    match kind % 5 {
        0 => VerifyStep::Start { commitment: bytes },
        1 => VerifyStep::Key { round, key: bytes },
        2 => VerifyStep::Reveal { round, key: bytes },
        3 => VerifyStep::Mac { round, mac: bytes },
        _ => VerifyStep::Cancel { round, reason: CancelReason::Person },
    }
}

/// Where a random history begins.
#[derive(Clone, Copy, Debug)]
enum Opening {
    Answered,
    BothStarted,
    KeysExchanged,
}

fn opening() -> impl Strategy<Value = Opening> {
    prop_oneof![Just(Opening::Answered), Just(Opening::BothStarted), Just(Opening::KeysExchanged)]
}

/// Both sides and what each has sent.
fn opened(opening: Opening) -> ([Verification; 2], [Vec<VerifyStep>; 2]) {
    let (mut alice, start) = Verification::start(ALICE, BOB, NOW);
    if matches!(opening, Opening::BothStarted) {
        let (bob, other) = Verification::start(BOB, ALICE, NOW);
        return ([alice, bob], [vec![start], vec![other]]);
    }
    let (mut bob, key) = Verification::accepts(BOB, ALICE, &start, NOW).expect("a start");
    let mut sent = vec![start];
    if matches!(opening, Opening::KeysExchanged) {
        let reveal = carry(&mut bob, &mut alice, &key).expect("a reveal");
        assert_eq!(carry(&mut alice, &mut bob, &reveal), None);
        sent.push(reveal);
    }
    ([alice, bob], [sent, vec![key]])
}

proptest! {
    #[test]
    fn no_order_of_events_panics_or_proves_without_both_persons(
        events in proptest::collection::vec(event(), 0..60),
        opening in opening(),
    ) {
        let (mut sides, mut sent) = opened(opening);
        let round = round_of(&sent[0][0]);
        let mut confirmed = [false; 2];
        for (which, event) in events {
            let (me, peer) = (usize::from(which), usize::from(!which));
            let pick = |steps: &[VerifyStep], index: usize| steps[index % steps.len()].clone();
            let answer = match event {
                Event::Arrives(index, line) => sides[me].on(&pick(&sent[peer], index), &[line; 32], NOW),
                Event::Taken(index, line) => sides[me].delivered(&pick(&sent[me], index), &[line; 32], NOW),
                Event::Lost(index) => sides[me].undelivered(&pick(&sent[me], index)),
                Event::Says(same) => {
                    confirmed[me] |= same && matches!(sides[me].stage(), Stage::Compare(_));
                    sides[me].say(same, NOW)
                }
                Event::Cancels => sides[me].cancel(),
                Event::Forged(kind, bytes, known) => {
                    let round = if known { round } else { RoundId::of(&bytes) };
                    sides[me].on(&forged(kind, bytes, round), &LINE, NOW)
                }
            };
            sent[me].extend(answer);
            for side in &sides {
                prop_assert!(side.stage() != Stage::Done || confirmed == [true; 2]);
            }
        }
    }
}
