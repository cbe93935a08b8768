//! Writes the corpus of samples: at least one of each kind that a parser knows. Run it in this folder when a wire form
//! has changed: `cargo run --example seeds`. Inputs that once broke something are not touched.

use std::path::Path;
use std::{fs, io};

use ahoy_call::{
    CallId, CallRecord, CallSignal, Direction, EndCause, EndedReason, PeerAddr, PeerId, RejectReason, wire,
};
use ahoy_fuzz::{ContactLink, link, mail};
use ahoy_mail::frame::{Frame, Reply, encode_frame, encode_reply};
use ahoy_mail::verify::{CancelReason, RoundId};
use ahoy_mail::{Body, VerifyStep, knock};
use ahoy_media::feedback::Echo;
use ahoy_media::pieces::{Cut, Piece};
use ahoy_media::video::References;
use ahoy_media::{
    Abilities, AudioCodec, AudioPacket, Decoded, Feedback, MediaTime, PictureReport, Size, Sound, Stamp, Tenths,
    VideoFrame,
};
use ahoy_store::MessageId;
use bytes::Bytes;

const CALL: CallId = CallId([0x11; 16]);

type Seeds = Vec<(&'static str, Vec<u8>)>;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let all = [
        ("audio", audio()),
        ("calls", calls()),
        ("feedback", feedback()),
        ("knock", vec![("knock", knock::encode(&contact_link()).expect("a link fits"))]),
        ("link", links()),
        ("mail", mails()),
        ("opus", opus()),
        ("pictures", pictures()),
        ("piece", pieces()),
        ("planner", planner()),
        ("playout", playout()),
        ("record", records()),
        ("report", reports()),
        ("signal", signals()),
        ("transport", transport()),
        ("video", videos()),
        ("vp9", vp9()),
    ];
    for (target, seeds) in all {
        let folder = root.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in seeds {
            fs::write(folder.join(name).with_extension("bin"), bytes)?;
        }
    }
    Ok(())
}

fn addr(id: PeerId) -> PeerAddr {
    let direct = vec![([127, 0, 0, 1], 4000).into(), "[2001:db8::1]:4000".parse().expect("an address")];
    PeerAddr { id, relays: vec!["https://relay.example.org/".into()], direct }
}

fn signals() -> Seeds {
    let (audio_codec, media) = (AudioCodec::Opus48k, addr(PeerId([0x22; 32])));
    let answer =
        |instead_of| CallSignal::Answer { call_id: CALL, audio_codec, video: true, media: media.clone(), instead_of };
    let reject = |text| CallSignal::Reject { call_id: CALL, reason: RejectReason::Busy, text };
    [
        ("offer", CallSignal::Offer { call_id: CALL, audio_codec, video: true, media: media.id }),
        ("ringing", CallSignal::Ringing { call_id: CALL }),
        ("answer", answer(None)),
        ("answer-instead", answer(Some(CallId([0x12; 16])))),
        ("reject", reject(None)),
        ("reject-with-text", reject(Some("später".into()))),
        ("end", CallSignal::End { call_id: CALL, cause: EndCause::Timeout }),
        ("media-state", CallSignal::MediaState { call_id: CALL, revision: 300, muted: true, video: false, held: true }),
        ("candidate", CallSignal::Candidate { call_id: CALL, revision: 2, media: media.clone() }),
    ]
    .map(|(name, signal)| (name, wire::encode(&signal).expect("within caps")))
    .into()
}

/// Steps of `calls::check`: kind, call, then what the kind reads.
fn calls() -> Seeds {
    let (bound, linked, flows) = ([10, 1, 1, 1], [14, 1], [16, 1]);
    let dialled = [&[0, 1, 2, 1][..], &bound, &[20, 1, 2, 2], &[20, 1, 2, 3, 0, 1, 1, 0], &linked, &flows].concat();
    let rung = [&[9, 0, 0, 1, 0][..], &[20, 1, 2, 0, 1], &[1, 1, 1, 0], &bound, &linked, &flows].concat();
    let waiting = [&rung[..], &[20, 2, 1, 0, 0], &[1, 2, 1, 0], &[10, 2, 1, 1], &[14, 2], &[16, 2], &[8, 0]].concat();
    vec![
        ("hung-up", [&dialled[..], &[4, 1]].concat()),
        (
            "held-and-resumed",
            [&rung[..], &[7, 1, 1], &[20, 1, 2, 6, 1, 0, 0, 1], &[7, 1, 0], &[20, 1, 2, 5, 1]].concat(),
        ),
        ("waiting-and-swapped", waiting),
        ("declined", vec![20, 1, 2, 0, 1, 3, 1, 0, 3]),
        ("crossing", [&[0, 1, 2, 1][..], &bound, &[20, 2, 2, 0, 1], &[20, 1, 2, 3, 0, 1, 1, 1, 2]].concat()),
        ("moved", [&dialled[..], &[11, 1, 1, 2], &[20, 1, 2, 7, 1, 1, 2], &[15, 1, 0], &[18, 0, 200, 0]].concat()),
        ("nobody-there", [&[0, 1, 2, 1][..], &bound, &[13, 1, 1]].concat()),
    ]
}

fn contact_link() -> String {
    link().encode(&link::SECRET).expect("it fits")
}

fn link() -> ContactLink {
    ContactLink::new(addr(link::owner()), "Änne")
}

fn links() -> Seeds {
    let text = contact_link();
    let bytes = data_encoding::BASE32_NOPAD.decode(text[5..].to_ascii_uppercase().as_bytes()).expect("our own text");
    vec![
        ("text", text.clone().into_bytes()),
        ("capitals", text.to_uppercase().into_bytes()),
        ("content", bytes[..bytes.len() - 64].to_vec()),
    ]
}

fn mails() -> Seeds {
    let sample = |first: u8, bytes: Vec<u8>| [&[first][..], &bytes].concat();
    let frame = |frame: &Frame| sample(mail::FRAME, encode_frame(frame));
    let body = |body: &Body| sample(mail::BODY, body.encode().expect("within caps"));
    let round = RoundId([3; 16]);
    // Signed keys have no public constructor; on the wire they are as many bytes of their own.
    let opening = [&[mail::FRAME, 1, 1][..], &[5; 96], &[3, 1, 2, 3]].concat();
    vec![
        ("frame-ask-keys", frame(&Frame::AskKeys)),
        ("frame-opening", opening),
        ("frame-sealed", frame(&Frame::Sealed { ciphertext: vec![4; 40] })),
        ("reply-taken", sample(mail::REPLY, encode_reply(&Reply::Taken))),
        ("reply-keys", [&[mail::REPLY, 1, 1][..], &[6; 128]].concat()),
        ("reply-unreadable", [&[mail::REPLY, 1, 2][..], &[6; 128]].concat()),
        ("reply-refused", sample(mail::REPLY, encode_reply(&Reply::Refused))),
        ("body-signal", body(&Body::Signal(signals().swap_remove(0).1))),
        ("body-text", body(&Body::Text { id: MessageId([1; 16]), at_ms: 1_700_000_000_000, text: "Grüß Gott".into() })),
        ("body-read", body(&Body::Read { ids: vec![MessageId([1; 16]), MessageId([2; 16])] })),
        ("body-typing", body(&Body::Typing)),
        ("body-missed-call", body(&Body::MissedCall { call: CALL, timestamp: 1_700_000_000_000, had_video: true })),
        ("body-verify-start", body(&Body::Verify(VerifyStep::Start { commitment: [8; 32] }))),
        ("body-verify-key", body(&Body::Verify(VerifyStep::Key { round, key: [9; 32] }))),
        ("body-verify-mac", body(&Body::Verify(VerifyStep::Mac { round, mac: [9; 32] }))),
        ("body-verify-cancel", body(&Body::Verify(VerifyStep::Cancel { round, reason: CancelReason::Different }))),
    ]
}

fn records() -> Seeds {
    let record = |direction, ended_reason| {
        let (peer, timestamp) = (PeerId([0x22; 32]), 1_700_000_000_000);
        let record = CallRecord {
            call_id: CALL,
            peer,
            direction,
            duration_seconds: 61,
            had_video: true,
            timestamp,
            ended_reason,
        };
        postcard::to_extend(&record, vec![1]).expect("a record encodes")
    };
    vec![
        ("completed", record(Direction::Outgoing, EndedReason::Completed)),
        ("missed", record(Direction::Incoming, EndedReason::Missed)),
        ("failed", record(Direction::Incoming, EndedReason::Failed)),
    ]
}

fn audio() -> Seeds {
    let at = |sequence: u32, data: &'static [u8]| AudioPacket {
        sequence,
        at: MediaTime(5_000_000_000),
        data: Bytes::from_static(data),
    };
    let packet = at(70_000, &[0xAA; 20]);
    let plain = Sound::plain(packet.clone()).to_datagram(usize::MAX);
    let full = |copies, feedback| Sound { frame: packet.clone(), copies, feedback }.to_datagram(usize::MAX);
    // One whose length takes two bytes.
    let copies = vec![at(69_998, &[0xBB; 18]), at(69_994, &[0xCC; 260])];
    let after = |history: [u8; 2], bytes: &[u8]| [&history[..], bytes].concat();
    vec![
        ("first-datagram", after([0, 0], &plain)),
        ("later-datagram", after([129, 129], &plain)),
        ("at-the-wrap", after([127, 127], &plain)),
        ("copies", after([0, 0], &full(copies.clone(), None))),
        ("feedback", after([0, 0], &full(vec![], Some(full_feedback())))),
        ("copies-and-feedback", after([129, 129], &full(copies, Some(full_feedback())))),
        ("stream", after([0, 0], &packet.to_stream().expect("small"))),
    ]
}

fn full_feedback() -> Feedback {
    Feedback {
        hears: true,
        abilities: Abilities::OURS,
        newest_audio: 1,
        heard: 2,
        received_bytes: 3,
        queue: Tenths(4),
        sent_at: Stamp(6),
        echo: Some(Echo { sent_at: Stamp(7), hold: Tenths(8) }),
    }
}

fn feedback() -> Seeds {
    let plain = Feedback::default();
    vec![("full", full_feedback().to_datagram().to_vec()), ("plain", plain.to_datagram().to_vec())]
}

fn videos() -> Seeds {
    let frame = |references: &[u8]| {
        let references = References::new(references).expect("few and not 0");
        let (key, data) = (references.distances().is_empty(), Bytes::from_static(&[0x83; 30]));
        let frame = VideoFrame { sequence: 300, at: MediaTime(7), key, size: Size::VGA, references, data };
        frame.encode().expect("a good frame").to_vec()
    };
    vec![("key", frame(&[])), ("chained", frame(&[1])), ("three-references", frame(&[1, 2, 255]))]
}

/// Steps of `vp9::check`: 0 is the next frame of the stream, 2 its key frame, 3 a damaged one, 4 a cut one, 5 one with another head.
fn vp9() -> Seeds {
    vec![
        ("whole-stream", vec![0; 10]),
        ("starts-anew", [&[0; 5][..], &[2], &[0; 4]].concat()),
        (
            "damaged",
            [&[0, 0][..], &[3, 2, 3, 0, 40, 9, 0, 41, 9, 0, 42, 9], &[2, 0, 0], &[3, 1, 1, 0, 1, 0x80], &[0]].concat(),
        ),
        ("cut", [&[0, 0][..], &[4, 2, 0, 9, 4, 3, 0, 2, 4, 0, 0, 30], &[2, 0]].concat()),
        (
            "another-head",
            [
                &[0][..],
                &[5, 1, 4, 0x87, 0x01, 0x00, 0x24, 4, 0, 2, 0, 0],
                &[5, 0, 1, 0xA2, 1, 7, 0x81, 7, 0x81],
                &[0, 2, 0],
            ]
            .concat(),
        ),
    ]
}

/// Steps of `opus::check`: 15 plays the next packet, 0 changes the kind, 1 loses some and restores them.
fn opus() -> Seeds {
    let lossy = |kind: u8| [&[0, kind][..], &[15; 3], &[1, 3, 1], &[15; 2], &[1, 6, 0], &[15]].concat();
    vec![
        ("fec", lossy(1)),
        ("dred", lossy(2)),
        ("fec-and-dred", lossy(3)),
        ("long-frames", [lossy(7), lossy(8)].concat()),
        ("every-kind", (0..11).flat_map(|kind| [0, kind, 15, 15, 2, 8, 15]).collect()),
        ("damaged", [15, 15, 9, 3, 2, 0, 40, 9, 0, 41, 9, 0, 42, 9, 15, 9, 2, 0, 30, 2, 40].into()),
        ("forged", [&[15; 3][..], &[9, 6, 9 << 3, 1, 40, 60], &[0x5A; 100], &[15, 2, 8]].concat()),
        ("forged-restored", [&[15; 3][..], &[6, 6, 11 << 3, 0, 50, 90], &[0x33; 140], &[8, 4, 1, 1], &[15]].concat()),
        (
            "out-of-range",
            [&[15][..], &[3, 0, 119], &[3, 0xFF, 0xFF], &[5, 0, 3, 0, 7, 3], &[4, 0, 0xFF, 0xFF]].concat(),
        ),
    ]
}

/// Steps of `planner::check`: 8 sends frames, 15 is a feedback on them, 2 changes the settings.
fn planner() -> Seeds {
    // Its newest tick, a pattern of what was heard, time passed, bytes arrived, way, hold, queue.
    let heard =
        |pattern: [u8; 2], queue: u8| [&[15, 255][..], &pattern, &[0x27, 0x10, 3, 0, 40, 0, 0, queue, 0]].concat();
    let told = |pattern: [u8; 2], queue: u8| [&[8, 5, 100][..], &heard(pattern, queue)].concat().repeat(40);
    vec![
        ("clean", told([0xFF, 0xFF], 0)),
        ("a-third-lost", told([0xF3, 0xCF], 0)),
        ("bursts", told([0xFF, 0x00], 0)),
        (
            "congested",
            [
                told([0xFF, 0xFF], 0),
                [&[8, 5, 200][..], &[15, 255, 255, 255, 39, 16, 1, 0, 40, 0, 9, 0, 0]].concat().repeat(20),
            ]
            .concat(),
        ),
        (
            "wishes",
            [
                &[2, 0b1_1111, 64, 6, 0, 2, 1, 0][..],
                &told([0xF3, 0xFF], 0),
                &[2, 0, 20, 16, 9, 0, 0, 0],
                &told([0xF3, 0xFF], 0),
            ]
            .concat(),
        ),
        ("silent", [&told([0xFF, 0xFF], 0)[..], &[0, 255].repeat(6), &[6], &told([0xFF, 0xFF], 0)].concat()),
        ("numbers-begin-anew", [&told([0xF3, 0xFF], 0)[..], &[3, 0x80, 0], &told([0xF3, 0xFF], 0)].concat()),
        (
            "any-clock",
            [&told([0xF3, 0xFF], 0)[..], &[1, 0, 0], &told([0xF3, 0xFF], 0), &[1, 0x80, 1], &told([0xFF, 0xFF], 0)]
                .concat(),
        ),
    ]
}

/// Steps of `pictures::check`: a kind of 4 and above pushes a frame: place, three distances, how many of them.
fn pictures() -> Seeds {
    let key = |at: u8| [4, at, 0, 0, 0, 0];
    let chained = |at: u8| [4, at, 1, 0, 0, 1];
    vec![
        ("in-order", [key(0), chained(1), chained(2)].concat()),
        ("overtaken", [key(0), chained(2), chained(3), chained(1)].concat()),
        ("lost-and-asked", [&key(0)[..], &chained(2), &[0, 100], &[3], &chained(3), &key(4)].concat()),
        ("decoder-failed", [&key(0)[..], &[2], &chained(1), &key(2), &chained(3)].concat()),
    ]
}

fn pieces() -> Seeds {
    let piece = |length: usize, index: u16| {
        let cut = Cut::new(length, 588).expect("a frame's length");
        let bytes = Bytes::from(vec![7; cut.piece()]);
        Piece { number: 0x0102, sequence: 3, cut, index, bytes }.to_datagram().to_vec()
    };
    vec![("only", piece(40, 0)), ("last", piece(1_300, 2)), ("parity", piece(1_300, 5)), ("blocks", piece(90_000, 100))]
}

fn reports() -> Seeds {
    let at = |ms: u32| Some(Stamp((0x0102_0304 - ms * 1_000) & !0xFF));
    let arrivals = vec![at(2), at(5), None, None, at(70), at(65), None];
    let decoded = Decoded { newest: Some(9), before: 0b1011 };
    let full =
        PictureReport { hidden: true, want_key: true, paused: false, decoded, sent_at: Stamp(0x0102_0304), newest: 500, arrivals };
    [("full", full), ("nothing-arrived", PictureReport::default())]
        .map(|(name, report)| (name, report.to_datagram().to_vec()))
        .into()
}

/// Steps of `transport::check`: a frame is its length (a word and by how many bits it is less) and its parity.
fn transport() -> Seeds {
    let frame = |parity: u8| [1, 15, 160, 0, parity];
    let flows = [12, 9];
    vec![
        ("whole", [&frame(0)[..], &flows, &[10]].concat()),
        ("restored", [&frame(32)[..], &[2, 12, 1, 2], &[12, 20], &[10]].concat()),
        ("repaired", [&frame(0)[..], &[2, 12, 8], &[0, 40, 10, 0, 20, 12, 20]].concat()),
        ("probed", [&frame(0)[..], &[12, 2], &[10], &[12, 4, 2, 0, 255, 0, 100, 12, 3, 10, 12, 20]].concat()),
        ("overtaken", [&frame(0)[..], &[3, 3, 5], &flows, &[4, 1, 4, 0, 10]].concat()),
        ("made-up-piece", [&[6, 5, 0, 40, 0, 1, 0, 1, 0, 9, 0, 3, 60][..], &frame(0), &flows, &[10]].concat()),
        (
            "made-up-report",
            [&frame(0)[..], &[12, 4], &[7, 255, 0, 0, 50, 0, 1, 0, 3, 16, 16, 16, 8, 0, 4], &flows, &[10]].concat(),
        ),
    ]
}

/// Steps of `playout::check`: a kind of 5 to 7 is a packet in time.
fn playout() -> Seeds {
    vec![
        ("steady", [vec![5; 40], vec![4, 0, 0, 1]].concat()),
        ("lost-and-late", [&[5; 20][..], &[8, 3], &[4, 0, 0, 1], &[8, 254], &[4, 0, 0, 1], &[5; 20]].concat()),
        ("began-anew", [&[5; 20][..], &[1, 3, 0], &[5; 20], &[4, 0, 0, 1]].concat()),
        ("nobody-listens", [&[5; 80][..], &[3], &[5; 10]].concat()),
        ("copies", [&[5; 3][..], &[0, 20, 8, 3, 11, 2, 1, 2], &[4, 0, 0, 1]].concat().repeat(8)),
        ("restored", [&[12, 40][..], &[5; 20], &[8, 30], &[13, 9], &[5; 10], &[8, 12], &[13, 9]].concat()),
        ("lengths", [0, 1, 2, 3, 1].map(|length| [&[10, length][..], &[5; 12], &[13, 3]].concat()).concat()),
    ]
}
