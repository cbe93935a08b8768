use proptest::prelude::*;

use super::*;
use crate::frame_sender::FrameSender;
use crate::pieces::Cut;
use crate::units::Stamp;
use crate::voice_rate::PACKET_BYTES;

const MS: Duration = Duration::from_millis(1);
const START: LocalTime = LocalTime(5_000_000);

fn media(at: LocalTime) -> MediaTime {
    MediaTime(at.0 + 1_000_000_000)
}

/// The datagrams of frames, in order.
fn datagrams(frames: &[Vec<u8>], redundancy: f64) -> Vec<Bytes> {
    let mut sender = FrameSender::new(600);
    let mut out = Vec::new();
    for (sequence, frame) in (0..).zip(frames) {
        sender.push(frame.clone().into(), sequence, START + 400 * MS, redundancy, START).unwrap();
        out.extend(std::iter::from_fn(|| sender.next(START)).map(|outgoing| outgoing.datagram));
    }
    out
}

fn frame(bytes: usize, seed: u8) -> Vec<u8> {
    (0..bytes).map(|at| (at * 7 + at / 256) as u8 ^ seed).collect()
}

fn piece(number: u16, sequence: u32, length: usize, index: u16) -> Bytes {
    let cut = Cut::new(length, 588).unwrap();
    Piece { number, sequence, cut, index, bytes: vec![9; cut.piece()].into() }.to_datagram()
}

fn report(receiver: &mut FrameReceiver, now: LocalTime) -> PictureReport {
    receiver.report(Decoded::default(), false, false, now, media(now))
}

proptest! {
    #[test]
    fn any_order_loss_and_repetition_gives_the_exact_frame_or_nothing(
        sizes in prop::collection::vec(1..45_000_usize, 1..3),
        redundancy in 0.0..1.5,
        fates in prop::collection::vec((0..100_u32, any::<prop::sample::Index>()), 1..300),
    ) {
        let frames: Vec<Vec<u8>> = (1..).zip(&sizes).map(|(seed, size)| frame(*size, seed)).collect();
        let sent = datagrams(&frames, redundancy);
        let lost = |at: usize| fates[at % fates.len()].0 < 25;
        let mut arriving: Vec<usize> = (0..sent.len()).filter(|at| !lost(*at)).collect();
        arriving.extend(fates.iter().filter(|(fate, _)| *fate > 90).map(|(_, index)| index.index(sent.len())));
        for (at, (_, index)) in fates.iter().enumerate().take(arriving.len()) {
            let other = index.index(arriving.len());
            arriving.swap(at, other);
        }
        let mut receiver = FrameReceiver::new();
        let mut out = Vec::new();
        for at in &arriving {
            out.extend(receiver.take(&sent[*at], START, media(START)).unwrap());
        }
        arriving.sort_unstable();
        arriving.dedup();
        // Each comes out once if enough of every block is there, and exactly.
        let whole: Vec<&Vec<u8>> = frames.iter().enumerate().filter(|(sequence, frame)| {
            let cut = Cut::new(frame.len(), 588).unwrap();
            let mut left: Vec<usize> = (0..cut.blocks()).map(|block| cut.block_data(block)).collect();
            for at in &arriving {
                let piece = Piece::from_datagram(&sent[*at]).unwrap();
                if piece.sequence as usize == *sequence {
                    let left = &mut left[cut.place(piece.index).unwrap().block];
                    *left = left.saturating_sub(1);
                }
            }
            left.iter().all(|left| *left == 0)
        }).map(|(_, frame)| frame).collect();
        prop_assert_eq!(out.len(), whole.len());
        prop_assert!(out.iter().all(|bytes| whole.iter().any(|frame| frame[..] == bytes[..])));
        prop_assert_eq!(receiver.counts().whole, whole.len() as u64);
    }
}

#[test]
fn reports_overlap_so_that_each_number_is_told_four_times() {
    let sent = datagrams(&vec![frame(500, 1); 300], 0.0);
    let mut receiver = FrameReceiver::new();
    let mut told = vec![0; sent.len()];
    let mut now = START;
    for (number, datagram) in sent.iter().enumerate() {
        now = now + 7 * MS;
        if number % 10 != 3 {
            let _ = receiver.take(datagram, now, media(now)).unwrap();
        }
        if receiver.due().is_some_and(|due| due <= now) {
            let report = report(&mut receiver, now);
            for (back, arrival) in report.arrivals.iter().enumerate() {
                let number = usize::from(report.newest) - back;
                told[number] += 1;
                assert_eq!(arrival.is_none(), number % 10 == 3, "{number}");
                let came = media(START + 7 * MS * (number as u32 + 1));
                assert!(arrival.is_none_or(|at| at == Stamp(came.stamp().0 & !0xFF)), "{number}");
            }
        }
    }
    assert!(told[..250].iter().all(|times| *times >= 4), "{told:?}");
}

/// Frames of so many bytes at 24 a second for ten seconds, none lost; the bytes that arrived and those of the reports.
fn share_of_reports(bytes: usize) -> (usize, usize, u64) {
    let sent = datagrams(&vec![frame(bytes, 1); 240], 0.0);
    let each = sent.len() / 240;
    let (mut receiver, mut arrived, mut reported) = (FrameReceiver::new(), 0, 0);
    for (number, datagram) in sent.iter().enumerate() {
        let at = START + Duration::from_micros((number / each * 41_667 + number % each * 500) as u64);
        while let Some(due) = receiver.due().filter(|due| *due < at) {
            reported += report(&mut receiver, due).to_datagram().len() + PACKET_BYTES;
        }
        let _ = receiver.take(datagram, at, media(at)).unwrap();
        arrived += datagram.len() + PACKET_BYTES;
    }
    (arrived, reported, receiver.counts().reports)
}

#[test]
fn reports_take_a_twentieth_of_what_arrives_and_come_as_often_as_that_allows() {
    for bytes in [500, 1_500, 9_000, 40_000] {
        let (arrived, reported, count) = share_of_reports(bytes);
        assert!(reported * 20 <= arrived * 11 / 10 + 20_000, "{bytes}: {reported} of {arrived}");
        assert!((50..=500).contains(&count), "{bytes}: {count} in 10 s");
    }
    assert!(share_of_reports(9_000).2 > 200, "one a frame at 1.7 Mbit/s");
}

#[test]
fn a_gap_and_a_frame_that_goes_quiet_are_reported_early() {
    let sent = datagrams(&[frame(5_000, 1), frame(5_000, 2)], 0.0);
    let mut receiver = FrameReceiver::new();
    let take = |receiver: &mut FrameReceiver, number: usize, ms: u32| {
        let _ = receiver.take(&sent[number], START + MS * ms, media(START + MS * ms)).unwrap();
    };
    take(&mut receiver, 0, 0);
    assert_eq!(receiver.due(), Some(START), "the first piece at once");
    let _ = report(&mut receiver, START);
    take(&mut receiver, 1, 1);
    take(&mut receiver, 3, 12);
    assert_eq!(receiver.due(), Some(START + 17 * MS), "two later ones are no proof");
    for number in 4..7 {
        take(&mut receiver, number, number as u32 + 9);
    }
    assert_eq!(receiver.due(), Some(START + 12 * MS), "now they are");
    let _ = report(&mut receiver, START + 15 * MS);
    // Two pieces of the frame are still to come; it is quiet now.
    let due = receiver.due().unwrap();
    assert!((START + 23 * MS..START + 33 * MS).contains(&due), "{due:?}");
    let _ = report(&mut receiver, due);
    assert!(receiver.due().unwrap() > due + 15 * MS, "told once");
}

#[test]
fn after_the_last_piece_reports_go_on_slower() {
    let mut receiver = FrameReceiver::new();
    assert_eq!(receiver.due(), None);
    let _ = receiver.take(&datagrams(&[frame(500, 1)], 0.0)[0], START, media(START)).unwrap();
    let mut pauses = Vec::new();
    let mut now = START;
    for _ in 0..10 {
        let due = receiver.due().unwrap();
        pauses.push(due.saturating_since(now).as_millis());
        now = due;
        let _ = report(&mut receiver, now);
    }
    assert_eq!(pauses[0], 0);
    assert!(pauses[1..4].iter().all(|pause| *pause <= 200), "{pauses:?}");
    assert_eq!(pauses[6..], [1_000; 4]);
}

#[test]
fn frames_are_given_up_once() {
    let mut receiver = FrameReceiver::new();
    receiver.set_patience(100 * MS);
    let _ = receiver.take(&piece(0, 0, 5_000, 0), START, media(START)).unwrap();
    let _ = receiver.take(&piece(9, 3, 5_000, 0), START + 40 * MS, media(START)).unwrap();
    let given_up = |receiver: &mut FrameReceiver, after: u32| {
        let _ = report(receiver, START + after * MS);
        receiver.counts().given_up
    };
    assert_eq!([100, 101, 102, 141, 142].map(|after| given_up(&mut receiver, after)), [0, 1, 1, 4, 4]);
    // Its other pieces come too late.
    let _ = receiver.take(&piece(1, 0, 5_000, 1), START + 150 * MS, media(START)).unwrap();
    assert_eq!(receiver.counts().late, 1);
}

#[test]
fn frames_before_a_decoded_one_are_waited_for_no_longer() {
    let mut receiver = FrameReceiver::new();
    let _ = receiver.take(&piece(0, 0, 5_000, 0), START, media(START)).unwrap();
    let decoded = Decoded { newest: Some(2), before: 0 };
    let told = receiver.report(decoded, true, true, START, media(START));
    assert_eq!((told.decoded, told.hidden, told.want_key), (decoded, true, true));
    let _ = receiver.take(&piece(1, 0, 5_000, 1), START, media(START)).unwrap();
    let _ = report(&mut receiver, START + 5_000 * MS);
    assert_eq!((receiver.counts().late, receiver.counts().given_up), (1, 0));
}

#[test]
fn pieces_that_contradict_others_change_nothing() {
    let mut receiver = FrameReceiver::new();
    let sent = datagrams(&[frame(1_500, 1)], 0.0);
    let _ = receiver.take(&sent[0], START, media(START)).unwrap();
    for (number, length) in [(100, 1_501), (101, 400), (102, 500_000)] {
        let contradiction = receiver.take(&piece(number, 0, length, 0), START, media(START));
        assert_eq!(contradiction, Err(WireError::Field("piece of another frame")));
    }
    let _ = receiver.take(&sent[1], START, media(START)).unwrap();
    let whole = receiver.take(&sent[2], START, media(START)).unwrap();
    assert_eq!((whole.as_deref(), receiver.counts().contradictions), (Some(&frame(1_500, 1)[..]), 3));
}

#[test]
fn memory_is_bounded_whatever_is_claimed() {
    let mut receiver = FrameReceiver::new();
    let longest = crate::video::MAX_VIDEO_FRAME_BYTES;
    for n in 0..3_000_u32 {
        let sequence = if n % 500 == 499 { u32::MAX - 3_000 + n } else { n };
        let _ = receiver.take(&piece(n as u16, sequence, longest, (n % 900) as u16), START, media(START));
        let held = receiver.frames.values().map(|entry| match &entry.state {
            State::Unfinished(inbound) => inbound.held(),
            State::Expected | State::Settled => 0,
        });
        assert!(held.sum::<usize>() <= UNFINISHED_BYTES && receiver.frames.len() <= MOST_FRAMES);
        assert!(report(&mut receiver, START).to_datagram().len() <= crate::picture_report::MOST_REPORT_BYTES);
    }
    // Parity upon parity of one frame, with never enough data.
    let mut receiver = FrameReceiver::new();
    for n in 0..9_000_u16 {
        let _ = receiver.take(&piece(n, 0, longest, n % 1_800), START, media(START));
    }
    assert!(receiver.counts().pieces < 1_000);
}
