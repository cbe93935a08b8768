//! Reports of pictures: when the peer says that pieces arrived.
//! The sender of pictures reads them; its repeats and the rate control follow.
//! What is accepted is within its caps and reads back from its own encoding.

use ahoy_media::PictureReport;
use ahoy_media::picture_report::{MOST_REPORT_BYTES, MOST_TOLD};
use bytes::Bytes;

/// Whether `data` is a report.
pub fn check(data: &[u8]) -> bool {
    let Ok(report) = PictureReport::from_datagram(&Bytes::copy_from_slice(data)) else { return false };
    assert!(report.arrivals.len() <= MOST_TOLD && report.arrivals.first() != Some(&None));
    // Not byte for byte: a short distance can be told in the long form, and we never do.
    let bytes = report.to_datagram();
    assert!(bytes.len() <= data.len() && bytes.len() <= MOST_REPORT_BYTES);
    assert_eq!(PictureReport::from_datagram(&bytes), Ok(report));
    true
}
