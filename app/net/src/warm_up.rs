//! Makes the first key exchange of a process as quick as the second.
//! The engine calls it as early as it can, so that the cost lies beside opening the store and not in the first call.
//! It changes nothing but time: whatever it made is thrown away.

use std::thread;

use rustls::crypto::aws_lc_rs::default_provider;

/// Starts a thread that makes one key of the preferred exchange. The library gathers its randomness at its first key,
/// which takes up to a quarter of a second of processor time.
pub fn warm_up() {
    let make = || {
        if let Some(Err(error)) = default_provider().kx_groups.first().map(|group| group.start()) {
            tracing::warn!(%error, "no key could be made; calls will fail");
        }
    };
    // Without a thread the first call is slower, and nothing else.
    drop(thread::Builder::new().name("ahoy-warm-up".into()).spawn(make));
}
