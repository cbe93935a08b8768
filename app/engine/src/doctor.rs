//! The doctor: looks at everything a call needs and says what to do about what is missing.
//! The desk asks it; it opens no device and sends nothing to a peer.
//! A check that failed carries advice; one that passed says what was found.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ahoy_call::PeerId;
use ahoy_net::{RelayChoice, identity_addr};

use crate::clock;
use crate::config::PhoneConfig;
use crate::request::Check;

/// How long a relay may take to be reached: longer, and it would be no help to a call either.
const RELAY_WAIT: Duration = Duration::from_secs(3);
/// 2025-01-01 in Unix milliseconds: a clock before it was never set.
const PLAUSIBLE_MS: u64 = 1_735_689_600_000;
/// Where HTTPS listens, which relays speak.
const HTTPS: u16 = 443;

/// Looks at everything once; `chosen` is the relay that the phone uses.
#[must_use]
pub fn examine(config: &PhoneConfig, port: u16, chosen: &RelayChoice) -> Vec<Check> {
    vec![microphone(), speaker(), camera(), network(port), relay(chosen), wall_clock(), storage(config)]
}

fn check(name: &str, found: Result<String, String>) -> Check {
    let ok = found.is_ok();
    Check { check: name.into(), ok, advice: found.unwrap_or_else(|advice| advice) }
}

fn sound(name: &str, kind: ahoy_audio::DeviceKind, missing: &str) -> Check {
    let devices = ahoy_audio::devices().map_err(|error| error.to_string());
    check(
        name,
        devices.and_then(|devices| {
            let fitting: Vec<_> = devices.iter().filter(|device| device.kind == kind).collect();
            let chosen = fitting.iter().find(|device| device.default).or(fitting.first());
            chosen.map(|device| device.name.clone()).ok_or_else(|| missing.to_owned())
        }),
    )
}

fn microphone() -> Check {
    let missing = "no microphone found: plug one in; until then others cannot hear you";
    sound("microphone", ahoy_audio::DeviceKind::Microphone, missing)
}

fn speaker() -> Check {
    let missing = "no speaker found: plug one in; until then you cannot hear others";
    sound("speaker", ahoy_audio::DeviceKind::Speaker, missing)
}

fn camera() -> Check {
    let missing = "no camera found: plug one in to be seen; voice calls work without";
    let devices = ahoy_camera::devices().map_err(|error| error.to_string());
    check("camera", devices.and_then(|found| found.first().map(|it| it.name.clone()).ok_or_else(|| missing.to_owned())))
}

fn network(port: u16) -> Check {
    let addresses = identity_addr(PeerId([0; 32]), None, port, &RelayChoice::None).direct;
    let outward = addresses.iter().filter(|address| !address.ip().is_loopback()).count();
    let usable = UdpSocket::bind(SocketAddr::from(([0, 0, 0, 0], 0)));
    let found = match (usable, outward) {
        (Err(error), _) => Err(format!("the system gives no UDP socket: {error}; check firewall and sandbox rules")),
        (Ok(_), 0) => Err("no network: connect to Wi-Fi or plug a cable in; only this machine can be called".into()),
        (Ok(_), count) => Ok(format!("{count} local address(es), UDP port {port}")),
    };
    check("network", found)
}

fn relay(choice: &RelayChoice) -> Check {
    let found = match choice {
        RelayChoice::None => Ok("no relay is used: only phones with a direct path can be called".into()),
        RelayChoice::Default => Ok("the public relays are used; the nearest one is found when the phone runs".into()),
        RelayChoice::Url(url) if reachable(url) => Ok(format!("{url} answers")),
        RelayChoice::Url(url) => Err(format!(
            "{url} does not answer within {} s: check the network, or choose another relay with `ahoy settings relay`",
            RELAY_WAIT.as_secs()
        )),
    };
    check("relay", found)
}

/// Whether the host of `url` accepts a connection in time. Looking its name up can hang, so a thread does it that is
/// left behind then.
fn reachable(url: &str) -> bool {
    let Some(host) = host_and_port(url) else { return false };
    let (found, answer) = mpsc::sync_channel(1);
    let look = move || {
        let address = host.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
        let connected = address.is_some_and(|address| TcpStream::connect_timeout(&address, RELAY_WAIT).is_ok());
        let _ = found.try_send(connected);
    };
    let started = thread::Builder::new().name("ahoy-doctor".into()).spawn(look).is_ok();
    started && answer.recv_timeout(RELAY_WAIT).unwrap_or(false)
}

fn host_and_port(url: &str) -> Option<(String, u16)> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split('/').next()?;
    match authority.rsplit_once(':') {
        Some((host, port)) => Some((host.to_owned(), port.parse().ok()?)),
        None => Some((authority.trim_end_matches('.').to_owned(), HTTPS)),
    }
}

fn wall_clock() -> Check {
    let set = clock::unix_ms() >= PLAUSIBLE_MS;
    let advice = "this machine's clock was never set: switch automatic time on, or the history will be out of order";
    check("clock", if set { Ok("set".into()) } else { Err(advice.into()) })
}

fn storage(config: &PhoneConfig) -> Check {
    let probe = config.data_dir.join(".doctor");
    let written = std::fs::write(&probe, [0u8; 4096]).and_then(|()| std::fs::remove_file(&probe));
    let found = written.map(|()| format!("{} can be written", config.data_dir.display()));
    check("storage", found.map_err(|error| format!("{} cannot be written: {error}", config.data_dir.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_relay_is_found_with_and_without_a_port() {
        assert_eq!(host_and_port("https://relay.example./"), Some(("relay.example".into(), 443)));
        assert_eq!(host_and_port("http://127.0.0.1:3340"), Some(("127.0.0.1".into(), 3340)));
        assert_eq!(host_and_port("relay"), None);
    }
}
