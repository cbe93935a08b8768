//! What the receiver of pictures tells their sender: when each piece arrived, which frames were decoded, what it wants.
//! `FrameReceiver` makes it, `FrameSender` reads the losses out of it and the rate control the arrival times.
//! 18 bytes and one or two for each number; every accepted report reads back from its own encoding.

use bytes::{BufMut, Bytes, BytesMut};

use crate::audio::{WireError, split};
use crate::decoded::Decoded;
use crate::units::Stamp;

/// First byte of a datagram that holds a report.
pub const REPORT_KIND: u8 = 5;

/// Header: `[1 kind][1 flags][4 newest frame decoded][4 frames decoded before it][4 sent_at][2 newest number][2 its age]`.
pub const REPORT_HEADER_BYTES: usize = 18;

/// Most numbers of one report: half a second of 20 Mbit/s, and about what one datagram holds in the worst case.
pub const MOST_TOLD: usize = 512;

/// Largest report: two bytes for each number.
pub const MOST_REPORT_BYTES: usize = REPORT_HEADER_BYTES + 2 * MOST_TOLD;

/// Arrivals are told in steps of 2^8 = 256 us, a quarter of a millisecond: the turn of a stamp is a whole number of them.
const STEP_BITS: u32 = 8;

const HIDDEN: u8 = 1;
const WANT_KEY: u8 = 2;
const HAS_DECODED: u8 = 4;
const HAS_NUMBERS: u8 = 8;
const PAUSED: u8 = 16;

// After the header, for each number from the second newest down, how much earlier than the one before it it came:
//   0sssssss            s - 16 steps, -4 to 28 ms
//   10ssssss ssssssss   s - 4,096 steps, -1 to 3.1 s
//   11rrrrrr            r + 1 numbers that have not arrived
const SHORT_FROM: i32 = -16;
const SHORT_END: i32 = SHORT_FROM + 0x80;
const LONG: u8 = 0x80;
const LONG_FROM: i32 = -4_096;
const LONG_END: i32 = LONG_FROM + 0x4000;
const MISSING: u8 = 0xC0;
const LONGEST_RUN: usize = 64;

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureReport {
    /// Nobody sees the picture: nothing is decoded, and nothing need be sent.
    pub hidden: bool,
    /// The next picture must stand alone.
    pub want_key: bool,
    /// The picture of who reports pauses, because there is no room for it: it has not frozen.
    pub paused: bool,
    /// The frames decoded.
    pub decoded: Decoded,
    /// When this was sent, on the clock of who sends it.
    pub sent_at: Stamp,
    /// Low bits of the newest number that arrived, if `arrivals` has any.
    pub newest: u16,
    /// When the number `newest - n` arrived, by n, in steps of 256 us; `None`: it has not. The first one has.
    pub arrivals: Vec<Option<Stamp>>,
}

/// Steps of a stamp; they come round with it.
fn steps(stamp: Stamp) -> i32 {
    (stamp.0 >> STEP_BITS).cast_signed()
}

/// The stamp a number of steps before another one.
fn before(steps_back: i32, stamp: Stamp) -> Stamp {
    let whole = stamp.0 >> STEP_BITS << STEP_BITS;
    Stamp(whole.wrapping_sub(steps_back.cast_unsigned() << STEP_BITS))
}

/// How many steps `earlier` lies before `later`, by the shorter way round.
fn between(earlier: Stamp, later: Stamp) -> i32 {
    let turn = 32 - STEP_BITS;
    steps(later).wrapping_sub(steps(earlier)) << STEP_BITS >> (32 - turn)
}

impl PictureReport {
    /// The wire form. Numbers whose arrival lies too far from their neighbour's to be told end the list.
    #[must_use]
    pub fn to_datagram(&self) -> Bytes {
        let newest_at = self.arrivals.first().copied().flatten();
        let flag = |bit, set| if set { bit } else { 0 };
        let decoded = flag(HAS_DECODED, self.decoded.newest.is_some());
        let mut out = BytesMut::with_capacity(REPORT_HEADER_BYTES + 2 * self.arrivals.len());
        out.put_u8(REPORT_KIND);
        out.put_u8(
            flag(HIDDEN, self.hidden)
                | flag(WANT_KEY, self.want_key)
                | flag(PAUSED, self.paused)
                | decoded
                | flag(HAS_NUMBERS, newest_at.is_some()),
        );
        out.put_u32(self.decoded.newest.unwrap_or(0));
        out.put_u32(self.decoded.before);
        out.put_u32(self.sent_at.0);
        let Some(newest_at) = newest_at else {
            out.put_u32(0);
            return out.freeze();
        };
        out.put_u16(self.newest);
        out.put_u16(u16::try_from(between(newest_at, self.sent_at)).unwrap_or(u16::MAX));
        self.put_older(newest_at, &mut out);
        out.freeze()
    }

    fn put_older(&self, newest_at: Stamp, out: &mut BytesMut) {
        let (mut last, mut run) = (newest_at, 0);
        for arrival in self.arrivals.iter().take(MOST_TOLD).skip(1) {
            let Some(at) = *arrival else {
                run += 1;
                continue;
            };
            let earlier = between(at, last);
            if !(LONG_FROM..LONG_END).contains(&earlier) {
                break;
            }
            put_missing(run, out);
            match u8::try_from(earlier - SHORT_FROM) {
                Ok(short) if earlier < SHORT_END => out.put_u8(short),
                _ => out.put_u16(u16::from(LONG) << 8 | (earlier - LONG_FROM) as u16),
            }
            (last, run) = (at, 0);
        }
        put_missing(run, out);
    }

    /// Reads the wire form.
    ///
    /// # Errors
    /// [`WireError`] when it is no report of ours: kind, length, flags and the number of numbers are checked.
    pub fn from_datagram(datagram: &Bytes) -> Result<Self, WireError> {
        let (header, older) = split::<REPORT_HEADER_BYTES>(datagram)?;
        let [kind, flags, d3, d2, d1, d0, b3, b2, b1, b0, s3, s2, s1, s0, n1, n0, a1, a0] = header;
        if kind != REPORT_KIND {
            return Err(WireError::Kind(kind));
        }
        if datagram.len() > MOST_REPORT_BYTES {
            return Err(WireError::Oversized { have: datagram.len(), cap: MOST_REPORT_BYTES });
        }
        if flags & !(HIDDEN | WANT_KEY | HAS_DECODED | HAS_NUMBERS | PAUSED) != 0 {
            return Err(WireError::Field("report flags"));
        }
        let sent_at = Stamp(u32::from_be_bytes([s3, s2, s1, s0]));
        let arrivals = if flags & HAS_NUMBERS != 0 {
            read_arrivals(before(u16::from_be_bytes([a1, a0]).into(), sent_at), &older)?
        } else if older.is_empty() {
            Vec::new()
        } else {
            return Err(WireError::Field("report flags"));
        };
        let newest = u32::from_be_bytes([d3, d2, d1, d0]);
        Ok(Self {
            hidden: flags & HIDDEN != 0,
            want_key: flags & WANT_KEY != 0,
            paused: flags & PAUSED != 0,
            decoded: Decoded {
                newest: (flags & HAS_DECODED != 0).then_some(newest),
                before: u32::from_be_bytes([b3, b2, b1, b0]),
            },
            sent_at,
            newest: if arrivals.is_empty() { 0 } else { u16::from_be_bytes([n1, n0]) },
            arrivals,
        })
    }
}

fn put_missing(mut run: usize, out: &mut BytesMut) {
    while run > 0 {
        let part = run.min(LONGEST_RUN);
        out.put_u8(MISSING | (part - 1) as u8);
        run -= part;
    }
}

fn read_arrivals(newest_at: Stamp, older: &[u8]) -> Result<Vec<Option<Stamp>>, WireError> {
    let (mut arrivals, mut last) = (vec![Some(newest_at)], newest_at);
    let mut bytes = older.iter().copied();
    while let Some(byte) = bytes.next() {
        let earlier = match byte {
            MISSING.. => {
                arrivals.extend(std::iter::repeat_n(None, usize::from(byte - MISSING) + 1));
                None
            }
            LONG.. => {
                let low = bytes.next().ok_or(WireError::Field("report's end"))?;
                Some(LONG_FROM + i32::from(u16::from_be_bytes([byte - LONG, low])))
            }
            _ => Some(SHORT_FROM + i32::from(byte)),
        };
        if let Some(earlier) = earlier {
            last = before(earlier, last);
            arrivals.push(Some(last));
        }
        if arrivals.len() > MOST_TOLD {
            return Err(WireError::Field("number of arrivals"));
        }
    }
    Ok(arrivals)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A report as it comes out on the other side.
    fn over_the_wire(report: &PictureReport) -> PictureReport {
        PictureReport::from_datagram(&report.to_datagram()).unwrap()
    }

    #[test]
    fn golden_bytes() {
        let at = |steps: u32| Some(Stamp(0x5152_5300 - steps * 256));
        let report = PictureReport {
            hidden: true,
            want_key: true,
            paused: true,
            decoded: Decoded { newest: Some(0x0102_0304), before: 0x1112_1314 },
            sent_at: Stamp(0x5152_5354),
            newest: 0x6162,
            arrivals: vec![at(4), at(3), None, None, at(6), at(300)],
        };
        let golden = [
            5, 31, 1, 2, 3, 4, 0x11, 0x12, 0x13, 0x14, 0x51, 0x52, 0x53, 0x54, 0x61, 0x62, 0, 4, 15, 0xC1, 19, 0x91,
            0x26,
        ];
        assert_eq!(&report.to_datagram()[..], golden);
        assert_eq!(over_the_wire(&report), report);
        let empty = PictureReport { newest: 0, ..PictureReport::default() };
        assert_eq!(&empty.to_datagram()[..], [&[REPORT_KIND][..], &[0; REPORT_HEADER_BYTES - 1]].concat());
        assert_eq!(over_the_wire(&empty), empty);
    }

    #[test]
    fn a_usual_report_costs_little_more_than_a_byte_a_number() {
        // Frames of nine pieces 3 ms apart, 24 frames a second.
        let at = |n: u32| Some(Stamp((u32::MAX - n / 9 * 41_666 - n % 9 * 3_000) & !0xFF));
        let arrivals = (0..90).map(at).collect();
        let report = PictureReport { sent_at: Stamp(u32::MAX), arrivals, ..PictureReport::default() };
        assert_eq!(report.to_datagram().len(), REPORT_HEADER_BYTES + 89);
        assert_eq!(over_the_wire(&report), report);
    }

    #[test]
    fn what_cannot_be_told_ends_the_list() {
        let arrivals = vec![Some(Stamp(0)), None, Some(Stamp(4_000_000)), Some(Stamp(0))];
        let report = PictureReport { sent_at: Stamp(512), newest: 9, arrivals, ..PictureReport::default() };
        assert_eq!(over_the_wire(&report).arrivals, [Some(Stamp(0)), None]);
        let report = PictureReport { arrivals: vec![Some(Stamp(0)); MOST_TOLD + 1], ..report };
        assert_eq!(over_the_wire(&report).arrivals.len(), MOST_TOLD);
    }

    #[test]
    fn garbage_is_a_typed_error() {
        let read = |bytes: &[u8]| PictureReport::from_datagram(&Bytes::copy_from_slice(bytes)).unwrap_err();
        assert_eq!(read(&[5; 17]), WireError::Short { have: 17, need: 18 });
        assert_eq!(read(&[4; 18]), WireError::Kind(4));
        let long = MOST_REPORT_BYTES + 1;
        assert_eq!(read(&vec![5; long]), WireError::Oversized { have: long, cap: long - 1 });
        let tail = |flags: u8, older: &[u8]| read(&[&[5, flags][..], &[0; 16], older].concat());
        assert_eq!([tail(32, &[]), tail(0, &[1])], [WireError::Field("report flags"); 2]);
        assert_eq!(tail(8, &[0x80]), WireError::Field("report's end"));
        assert_eq!(tail(8, &[0xFF; 8]), WireError::Field("number of arrivals"));
    }

    /// Any report that a receiver can make.
    fn any_report() -> impl Strategy<Value = PictureReport> {
        let header = (any::<[bool; 3]>(), any::<Option<u32>>(), any::<u32>(), any::<u32>(), any::<u16>());
        let older = prop::collection::vec(prop::option::weighted(0.8, LONG_FROM..LONG_END), 0..MOST_TOLD);
        (header, prop::option::of((0..=u16::MAX, older))).prop_map(|(header, numbers)| {
            let ([hidden, want_key, paused], newest_frame, frames_before, sent_at, newest) = header;
            let sent_at = Stamp(sent_at);
            let arrivals = numbers.map_or_else(Vec::new, |(age, older)| {
                let mut last = before(age.into(), sent_at);
                let older = older.into_iter().map(|earlier| {
                    last = before(earlier?, last);
                    Some(last)
                });
                std::iter::once(Some(before(age.into(), sent_at))).chain(older).collect()
            });
            let decoded = Decoded { newest: newest_frame, before: frames_before };
            let newest = if arrivals.is_empty() { 0 } else { newest };
            PictureReport { hidden, want_key, paused, decoded, sent_at, newest, arrivals }
        })
    }

    proptest! {
        #[test]
        fn every_report_survives_the_wire(report in any_report()) {
            let datagram = report.to_datagram();
            prop_assert!(datagram.len() <= MOST_REPORT_BYTES);
            prop_assert_eq!(PictureReport::from_datagram(&datagram), Ok(report));
        }
    }
}
