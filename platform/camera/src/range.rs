//! Full-range levels in limited range, where black is 16, white 235, and chroma goes from 16 to 240 (ITU-R BT.601).
//! Whatever reads pictures that use all levels, JPEGs and some files, brings them here before anybody sees them.
//! Codec and shader rely on it: behind the camera there is limited range only.

use ahoy_media::Picture;

/// Limited-range luma of a full-range sample, rounded.
pub(crate) const LUMA: [u8; 256] = table(16, 0, 219);

/// Limited-range chroma of a full-range sample, rounded.
pub(crate) const CHROMA: [u8; 256] = table(128, 128, 224);

/// `zero + (sample - full_zero) * steps / 255` for every sample; all results fit into 16 to 240.
const fn table(zero: i32, full_zero: i32, steps: i32) -> [u8; 256] {
    let mut table = [0; 256];
    let mut sample = 0;
    while sample < 256 {
        let lowest = zero * 255 - full_zero * steps;
        // Half a divisor rounds; nothing here is ever negative.
        table[sample] = ((lowest + sample as i32 * steps + 127) / 255) as u8;
        sample += 1;
    }
    table
}

/// Brings a full-range picture to limited range.
pub(crate) fn limit(picture: &mut Picture) {
    let (y, u, v) = picture.planes_mut();
    for (plane, table) in [(y, &LUMA), (u, &CHROMA), (v, &CHROMA)] {
        for sample in plane {
            *sample = table[usize::from(*sample)];
        }
    }
}

#[cfg(test)]
mod tests {
    use ahoy_media::Size;

    use super::*;

    #[test]
    fn full_range_becomes_limited_to_the_nearest_level() {
        for sample in 0..=255_u8 {
            let at = usize::from(sample);
            let luma = 16.0 + f64::from(sample) * 219.0 / 255.0;
            let chroma = 128.0 + (f64::from(sample) - 128.0) * 224.0 / 255.0;
            assert!((f64::from(LUMA[at]) - luma).abs() <= 0.5, "luma {sample}");
            assert!((f64::from(CHROMA[at]) - chroma).abs() <= 0.5, "chroma {sample}");
        }
        assert_eq!((LUMA[0], LUMA[255], CHROMA[0], CHROMA[128], CHROMA[255]), (16, 235, 16, 128, 240));
    }

    #[test]
    fn every_plane_is_brought_to_its_own_range() {
        let full = Picture::from_planes(Size::new(2, 2), vec![0, 255, 128, 1], vec![0], vec![255]);
        let limited = Picture::from_planes(Size::new(2, 2), vec![16, 235, 126, 17], vec![16], vec![240]);
        let mut picture = full.unwrap();
        limit(&mut picture);
        assert_eq!(Some(picture), limited);
    }
}
