//! References and updates of one frame as libvpx' flags.
//! The VP9 encoder asks for each frame.
//! Every picture is named in every frame, so that libvpx chooses nothing by itself.

use ahoy_media::{Buffers, Coding};

use crate::error::CodecError;

/// The flags of a frame that is coded so.
///
/// # Errors
/// [`CodecError::Argument`] for a frame that builds on nothing and is no key frame.
pub fn flags_of(coding: Coding) -> Result<u32, CodecError> {
    let Coding { key, uses, updates } = coding;
    if key {
        return Ok(vpx_sys::VPX_EFLAG_FORCE_KF);
    }
    if uses == Buffers::NONE {
        return Err(CodecError::Argument("a frame that uses no reference is a key frame"));
    }
    if updates == Buffers::ALL {
        // libvpx takes the absence of every "no" for "as you like": these two say "all" instead.
        return Ok(unused(uses) | vpx_sys::VP8_EFLAG_FORCE_GF | vpx_sys::VP8_EFLAG_FORCE_ARF);
    }
    let kept = [
        (updates.last, vpx_sys::VP8_EFLAG_NO_UPD_LAST),
        (updates.golden, vpx_sys::VP8_EFLAG_NO_UPD_GF),
        (updates.altref, vpx_sys::VP8_EFLAG_NO_UPD_ARF),
    ];
    Ok(unused(uses) | denied(kept))
}

fn unused(uses: Buffers) -> u32 {
    denied([
        (uses.last, vpx_sys::VP8_EFLAG_NO_REF_LAST),
        (uses.golden, vpx_sys::VP8_EFLAG_NO_REF_GF),
        (uses.altref, vpx_sys::VP8_EFLAG_NO_REF_ARF),
    ])
}

fn denied(wishes: [(bool, u32); 3]) -> u32 {
    wishes.into_iter().filter(|(wished, _)| !wished).fold(0, |flags, (_, flag)| flags | flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_wished_is_denied() {
        assert_eq!(flags_of(Coding::KEY), Ok(vpx_sys::VPX_EFLAG_FORCE_KF));
        let long_term = vpx_sys::VP8_EFLAG_NO_REF_GF | vpx_sys::VP8_EFLAG_NO_REF_ARF;
        let kept = vpx_sys::VP8_EFLAG_NO_UPD_GF | vpx_sys::VP8_EFLAG_NO_UPD_ARF;
        assert_eq!(flags_of(Coding::CHAIN), Ok(long_term | kept));
        assert_eq!(flags_of(Coding::MAY_VANISH), Ok(long_term | kept | vpx_sys::VP8_EFLAG_NO_UPD_LAST));
        let all = flags_of(Coding { updates: Buffers::ALL, ..Coding::CHAIN });
        assert_eq!(all, Ok(long_term | vpx_sys::VP8_EFLAG_FORCE_GF | vpx_sys::VP8_EFLAG_FORCE_ARF));
        let nothing = Coding { uses: Buffers::NONE, ..Coding::CHAIN };
        assert!(matches!(flags_of(nothing), Err(CodecError::Argument(_))));
    }
}
