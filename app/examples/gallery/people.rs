//! Invented people, calls, texts and pictures for the scenes, and the moment at which all of it happens.

use std::sync::Arc;
use std::time::Duration;

use ahoy_app::records::{Calls, PAGE, Records};
use ahoy_call::{CallId, CallRecord, CallState, Direction, EndedReason, PeerId, RingManner};
use ahoy_engine::desk::{FoundMessage, MessageEntry};
use ahoy_engine::stats::{AudioNumbers, CallStats, PathNumbers, RateNumbers, Stages, VideoNumbers};
use ahoy_engine::view::Stranger;
use ahoy_engine::{AutoAnswer, CallView, Cause, ContactView, Level, Me, Quality, View};
use ahoy_media::{LocalTime, Picture, Size, Slot};

/// Now: a Monday in autumn, half past two in the afternoon UTC.
pub const NOW_MS: u64 = 1_793_025_000_000;
/// The same on the clock of calls.
pub const NOW: LocalTime = LocalTime(1_000_000_000_000);
/// A minute in milliseconds.
const MINUTE: u64 = 60_000;

/// The built-in contact.
pub const ECHO: PeerId = PeerId([1; 32]);
/// A verified contact.
pub const ADA: PeerId = PeerId([2; 32]);
/// The contact that most scenes are about.
pub const MIRA: PeerId = PeerId([3; 32]);
/// A contact with a long name.
pub const ZOE: PeerId = PeerId([5; 32]);
/// A contact whose name is written from right to left.
pub const LAYLA: PeerId = PeerId([6; 32]);

const WORDS: &str = "12345 67890 24680 13579 11223 44556 77889 90012 31415 92653 58979 32384";
const LONG_NAME: &str = "Zoë van der Heijden-Brinkhorst";

/// A contact of whom nothing is known but the name.
pub fn contact(id: PeerId, name: &str) -> ContactView {
    ContactView {
        id,
        name: name.to_owned(),
        verified: false,
        blocked: false,
        builtin: false,
        favourite: false,
        muted: false,
        auto_answer: AutoAnswer::Off,
        last_seen_ms: NOW_MS - 5 * MINUTE,
        unread: 0,
        typing: false,
        words: WORDS.to_owned(),
    }
}

/// A phone with some contacts and these calls.
pub fn view(calls: Vec<CallView>) -> View {
    View {
        me: Me {
            id: Some(PeerId([9; 32])),
            name: "Jo".to_owned(),
            link: format!("ahoy:1{}", "mfrggzdfmztwq2lk".repeat(14)),
        },
        listening: vec!["127.0.0.1:4433".parse().expect("a constant")],
        contacts: vec![
            ContactView { builtin: true, ..contact(ECHO, "Echo") },
            ContactView { verified: true, ..contact(ADA, "Ада Лавлейс") },
            ContactView { favourite: true, typing: true, unread: 3, ..contact(MIRA, "Mira Okonkwo") },
            ContactView { muted: true, ..contact(ZOE, LONG_NAME) },
            ContactView { verified: true, last_seen_ms: 0, ..contact(LAYLA, "ليلى حداد") },
        ],
        calls,
        missed: 2,
        ..View::default()
    }
}

/// Echo and nobody else.
pub fn nobody() -> View {
    View { contacts: vec![ContactView { builtin: true, ..contact(ECHO, "Echo") }], missed: 0, ..view(Vec::new()) }
}

/// People with names of every kind.
pub fn names() -> View {
    let names = [
        "Mira",
        "Wolfeschlegelsteinhausenbergerdorff the Elder of Bergdorf-upon-the-River",
        "李小龍",
        "محمد عبد الرحمن بن خالد الهاشمي القرشي",
        "👩‍🚀 Valentina 🚀",
        "נועה לוי",
        "Ольга Владимировна Константинопольская",
        "",
    ];
    let person = |(number, name): (u8, &str)| ContactView { unread: 120, ..contact(PeerId([number; 32]), name) };
    View { contacts: (20..).zip(names).map(person).collect(), ..view(Vec::new()) }
}

/// More people than anybody knows.
pub fn crowd() -> View {
    let person = |number: u16| {
        let mut id = [7; 32];
        id[..2].copy_from_slice(&number.to_be_bytes());
        contact(PeerId(id), &format!("Person {number:04}"))
    };
    View { contacts: (0..5_000).map(person).collect(), ..view(Vec::new()) }
}

/// A call with Mira.
pub fn call(state: CallState, direction: Direction, video: bool) -> CallView {
    let begun = Duration::from_secs(83);
    CallView {
        id: CallId([7; 16]),
        peer: MIRA,
        name: "Mira Okonkwo".to_owned(),
        direction,
        state,
        ring: (state == CallState::Ringing).then_some(RingManner::Loud),
        answers_itself: None,
        held: false,
        remote_held: false,
        decline_text: None,
        video_offered: video,
        muted: false,
        sending_video: video,
        remote_muted: false,
        remote_video: video,
        active_since: Some(NOW - begun),
        duration_seconds: state.is_ended().then_some(begun.as_secs()),
        remote_picture: Slot::new(),
        self_picture: Slot::new(),
        stats: Some(numbers(video)),
        quality: (state == CallState::Active).then_some(Quality { level: Level::Fair, cause: Some(Cause::Mine) }),
        overall: None,
        gives_up: None,
    }
}

/// A call that goes on.
pub fn active(video: bool) -> CallView {
    call(CallState::Active, Direction::Outgoing, video)
}

/// A second call, with somebody else.
pub fn second(state: CallState, ring: Option<RingManner>) -> CallView {
    CallView {
        id: CallId([8; 16]),
        peer: ZOE,
        name: LONG_NAME.to_owned(),
        ring,
        ..call(state, Direction::Incoming, false)
    }
}

/// A call that rings beside another.
pub fn ringing(manner: RingManner) -> CallView {
    second(CallState::Ringing, Some(manner))
}

/// The numbers of an ordinary call.
pub fn numbers(video: bool) -> CallStats {
    let stages = Stages { capture_ms: 20.0, codec_ms: 6.5, network_ms: 24.0, buffer_ms: 31.0, device_ms: 12.0 };
    let picture = VideoNumbers { width: 640, height: 480, fps: 24.0, kbps: 1_240.0, ..VideoNumbers::default() };
    CallStats {
        path: PathNumbers { kind: "direct", rtt_ms: 41.0, loss: 0.012, mtu: 1_200 },
        rate: RateNumbers { target_kbps: 1_600.0, sent_kbps: 1_310.0, received_kbps: 1_290.0, queue_delay_ms: 3.0 },
        audio: AudioNumbers {
            sent: 4_150,
            received: 4_120,
            lost: 30,
            delay_ms: 93.5,
            kbps: 32.0,
            frame_ms: 20,
            level_db: -24.0,
            peer_level_db: -18.0,
            stages,
            ..AudioNumbers::default()
        },
        video: if video { picture } else { VideoNumbers::default() },
        cpu_s: 31.0,
        rss_mb: 180.0,
    }
}

/// A phone that is no contact yet.
pub fn stranger(number: u8, name: &str, link: bool) -> Stranger {
    let link = link.then(|| "ahoy:invented".to_owned());
    Stranger { id: PeerId([number; 32]), name: name.to_owned(), link, words: WORDS.to_owned() }
}

fn text(minutes: u64, mine: bool, state: &str, words: &str) -> MessageEntry {
    MessageEntry {
        id: String::new(),
        mine,
        at_ms: NOW_MS - minutes * MINUTE,
        text: words.to_owned(),
        state: state.to_owned(),
    }
}

fn past(minutes: u64, peer: PeerId, direction: Direction, ended_reason: EndedReason, seconds: u64) -> CallRecord {
    CallRecord {
        call_id: CallId([u8::try_from(minutes % 256).unwrap_or(0); 16]),
        peer,
        direction,
        duration_seconds: seconds,
        had_video: minutes.is_multiple_of(2),
        timestamp: NOW_MS - minutes * MINUTE,
        ended_reason,
    }
}

fn found(contact: PeerId, name: &str, message: MessageEntry) -> FoundMessage {
    FoundMessage { contact: contact.to_string(), name: name.to_owned(), message }
}

/// Calls with everybody.
fn calls() -> Vec<CallRecord> {
    vec![
        past(3, MIRA, Direction::Incoming, EndedReason::Missed, 0),
        past(60, MIRA, Direction::Outgoing, EndedReason::Completed, 754),
        past(200, ZOE, Direction::Incoming, EndedReason::Busy, 0),
        past(3_000, MIRA, Direction::Outgoing, EndedReason::Unreachable, 0),
        past(4_001, ECHO, Direction::Outgoing, EndedReason::Lost, 12),
        past(19_001, PeerId([77; 32]), Direction::Incoming, EndedReason::Rejected, 0),
    ]
}

/// A conversation with Mira, and the last thing with everybody.
pub fn records() -> Records {
    let long = "That is a long one: the train leaves at seven, so let us meet at half past six at the fountain, and \
                bring the map. https://example.org/a-very-long-address-without-any-space-in-it-that-has-to-break-somewhere";
    let texts = vec![
        text(0, true, "queued", "Are you there?"),
        text(1, true, "sent", "One more thing"),
        text(2, true, "delivered", "Ok 👍"),
        text(4, true, "read", long),
        text(5, false, "seen", "Where do we meet?"),
        text(160, false, "seen", "أراك غدًا عند الساعة 7"),
        text(190, false, "seen", "Привет! 你好"),
        text(1_500, true, "read", "Hello"),
    ];
    let recent = calls();
    Records {
        latest: vec![
            found(MIRA, "Mira Okonkwo", texts[0].clone()),
            found(LAYLA, "ليلى حداد", text(160, false, "seen", "أراك غدًا عند الساعة 7")),
            found(ADA, "Ада Лавлейс", text(2_900, true, "read", long)),
        ],
        calls: recent.iter().filter(|call| call.peer == MIRA).cloned().collect(),
        recent,
        with: Some(MIRA),
        which: Calls::With(MIRA),
        texts,
        found: Vec::new(),
    }
}

/// The same with past calls of everybody.
pub fn past_calls() -> Records {
    Records { which: Calls::All, calls: calls(), ..records() }
}

/// The same with a text that a search has found.
pub fn found_records() -> Records {
    let words = "The train leaves at seven, so let us meet at half past six";
    Records { found: vec![found(ZOE, LONG_NAME, text(20_000, false, "seen", words))], ..records() }
}

/// As many texts as are asked for at once.
pub fn many_records() -> Records {
    let texts =
        (0..PAGE as u64).map(|at| text(at * 7, at % 3 == 0, "read", "One of very many, of some length")).collect();
    Records { texts, ..records() }
}

/// Nothing written to Mira, and no call with her.
pub fn no_records() -> Records {
    Records { with: Some(MIRA), which: Calls::With(MIRA), ..Records::default() }
}

/// Nobody called.
pub fn no_calls() -> Records {
    Records { which: Calls::All, ..no_records() }
}

/// What Mira's camera sees.
pub fn mira() -> Arc<Picture> {
    Arc::new(portrait(Size::VGA, (104, 150)))
}

/// What my own camera sees.
pub fn myself() -> Arc<Picture> {
    Arc::new(portrait(Size::VGA, (140, 112)))
}

/// Somebody before a wall whose colour has these two chromas: enough to see how a picture is cut and whether it is upright.
fn portrait(size: Size, (u_wall, v_wall): (u8, u8)) -> Picture {
    /// Luma and chromas.
    type Color = (u8, u8, u8);
    const SKIN: Color = (150, 108, 152);
    const SHIRT: Color = (86, 138, 116);
    let (width, height) = (f32::from(size.width), f32::from(size.height));
    let color = |x: f32, y: f32| -> Color {
        let (x, y) = (x / width - 0.5, y / height);
        let round = |cy: f32, rx: f32, ry: f32| (x / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0;
        if round(0.42, 0.12, 0.2) {
            SKIN
        } else if round(1.02, 0.3, 0.36) {
            SHIRT
        } else {
            // Light falls in from the upper left.
            ((190.0 - 70.0 * y - 60.0 * (x + 0.5)) as u8, u_wall, v_wall)
        }
    };
    let mut picture = Picture::black(size);
    let (across, chroma_across) = (usize::from(size.width), size.chroma_width());
    let (luma, blue, red) = picture.planes_mut();
    for (at, sample) in luma.iter_mut().enumerate() {
        *sample = color((at % across) as f32, (at / across) as f32).0;
    }
    for (at, (u, v)) in blue.iter_mut().zip(red).enumerate() {
        let (_, of_u, of_v) = color((at % chroma_across * 2) as f32, (at / chroma_across * 2) as f32);
        (*u, *v) = (of_u, of_v);
    }
    picture
}
