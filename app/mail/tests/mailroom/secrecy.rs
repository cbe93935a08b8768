//! What the frames and replies of a whole acquaintance show to somebody who reads all of them.

use ahoy_call::{CallId, CallSignal, PeerAddr, PeerId, wire};
use ahoy_mail::Body;
use ahoy_store::MessageId;

use crate::phone::{NOW_MS, Phone, deliver};

/// Sends everything that waits, both ways, and writes down every frame and reply.
fn listen(one: &mut Phone, other: &mut Phone, heard: &mut Vec<Vec<u8>>) {
    for _ in 0..2 {
        while let Some(outgoing) = one.next(other.id) {
            let received = other.receive(one.id, &outgoing.frame);
            let _ = one.replied(other.id, outgoing.id, &received.reply);
            heard.extend([outgoing.frame, received.reply]);
        }
        std::mem::swap(one, other);
    }
}

#[test]
fn nothing_that_was_said_can_be_found_in_what_travels() {
    let (mut alice, mut bob) = (Phone::new(1), Phone::new(2));
    let (call, words) = (CallId(*b"the-call-id-here"), "meet me at the lighthouse, says Bob Somebody");
    let (id, media) = (MessageId(*b"the-text-id-here"), PeerId(*b"the media endpoint of this call!"));
    let offer =
        serde_json::json!({ "Offer": { "call_id": call, "audio_codec": "Opus48k", "video": true, "media": media } });
    let offer: CallSignal = serde_json::from_value(offer).expect("an offer");
    let mut heard = Vec::new();
    for round in 0..3 {
        alice.post(bob.id, &Body::Signal(wire::encode(&offer).expect("within caps")));
        alice.post(bob.id, &Body::Signal(format!("{offer:?} {:?}", PeerAddr::new(media)).into_bytes()));
        alice.post(bob.id, &Body::Text { id, at_ms: NOW_MS, text: format!("{words}, {call}") });
        bob.post(alice.id, &Body::MissedCall { call, timestamp: NOW_MS, had_video: true });
        bob.post(alice.id, &Body::Typing);
        listen(&mut alice, &mut bob, &mut heard);
        bob.post(alice.id, &Body::Read { ids: vec![id] });
        // The second round is over new sessions, the third with a reinstalled phone.
        match round {
            0 => bob.mail.forget(&bob.store, alice.id).expect("the store works"),
            _ => bob = Phone::with_identity(bob.secret),
        }
        listen(&mut alice, &mut bob, &mut heard);
    }
    assert!(heard.len() > 30, "{} frames and replies", heard.len());
    let as_text = [call.to_string(), id.to_string(), media.to_string()];
    let needles: [&[u8]; 9] = [
        b"lighthouse",
        b"Somebody",
        b"Opus",
        call.as_bytes(),
        as_text[0].as_bytes(),
        id.as_bytes(),
        as_text[1].as_bytes(),
        media.as_bytes(),
        as_text[2].as_bytes(),
    ];
    for needle in needles {
        let found = heard.iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle));
        assert!(!found, "{:?} travels in clear", String::from_utf8_lossy(needle));
    }
    // A search that finds nothing anywhere proves nothing: the same search finds what is there.
    let plain = Body::Text { id, at_ms: NOW_MS, text: words.into() }.encode().expect("within caps");
    assert!(plain.windows(10).any(|window| window == b"lighthouse"));
}

#[test]
fn short_bodies_have_one_length() {
    let (mut alice, mut bob) = (Phone::new(1), Phone::new(2));
    // There and back, so that no message opens a session any more.
    for _ in 0..2 {
        alice.post(bob.id, &Body::Signal(vec![1]));
        let _ = deliver(&mut alice, &mut bob);
        std::mem::swap(&mut alice, &mut bob);
    }
    let bodies = [
        Body::Typing,
        Body::Signal(vec![1; 20]),
        Body::Text { id: MessageId([1; 16]), at_ms: NOW_MS, text: "x".repeat(200) },
        Body::Read { ids: vec![MessageId([1; 16]); 10] },
        Body::MissedCall { call: CallId([1; 16]), timestamp: 0, had_video: false },
    ];
    let mut lengths: Vec<_> = bodies
        .iter()
        .map(|body| {
            let row = alice.mail.post(&alice.store, bob.id, body, NOW_MS + 10_000).expect("there is room");
            let outgoing = alice.next(bob.id).expect("waits");
            alice.mail.withdraw(&alice.store, bob.id, row).expect("the store works");
            outgoing.frame.len()
        })
        .collect();
    lengths.dedup();
    assert_eq!(lengths.len(), 1, "{lengths:?}");
}
