//! The addresses under which sockets of this machine can be dialed.
//! Used for contact links and for the addresses of both kinds of endpoints; also without binding anything.
//! With an address to bind, nothing but that address is ever named.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ahoy_call::{PeerAddr, PeerId};

use crate::RelayChoice;

/// The address of an identity endpoint as its contact link names it, before (or without) binding it.
///
/// Direct addresses are named only without a relay or with an address to bind; otherwise people are found through the relay and by lookup.
#[must_use]
pub fn identity_addr(id: PeerId, bind: Option<SocketAddr>, port: u16, relay: &RelayChoice) -> PeerAddr {
    let direct = match (bind, relay) {
        (Some(address), _) => direct(Some(address.ip()), address.port(), address.port()),
        (None, RelayChoice::None) => direct(None, port, port),
        (None, RelayChoice::Default | RelayChoice::Url(_)) => Vec::new(),
    };
    PeerAddr { id, relays: relay.known_urls(), direct }.capped()
}

/// Every usable address with the port of its family; port 0 leaves the family out.
pub(crate) fn direct(bind: Option<IpAddr>, port_v4: u16, port_v6: u16) -> Vec<SocketAddr> {
    let port = |ip: &IpAddr| if ip.is_ipv4() { port_v4 } else { port_v6 };
    let ips = match bind {
        Some(ip) if !ip.is_unspecified() => vec![ip],
        Some(any) => usable_local().into_iter().filter(|ip| ip.is_ipv4() == any.is_ipv4()).collect(),
        None => usable_local(),
    };
    ips.into_iter().filter(|ip| port(ip) != 0).map(|ip| SocketAddr::new(ip, port(&ip))).collect()
}

/// Addresses of this machine that another program can dial: no link-local ones (they need a scope), loopback last.
fn usable_local() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!("cannot list the network interfaces: {error}");
        Vec::new()
    });
    let mut ips: Vec<IpAddr> = interfaces
        .into_iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(|interface| interface.ip())
        .filter(|ip| !ip.is_unspecified())
        .collect();
    ips.sort();
    ips.dedup();
    ips.push(Ipv4Addr::LOCALHOST.into());
    ips
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: PeerId = PeerId([7; 32]);

    #[test]
    fn without_a_relay_loopback_is_named_and_no_link_local_address() {
        let addr = identity_addr(ID, None, 4000, &RelayChoice::None);
        assert!(addr.direct.contains(&([127, 0, 0, 1], 4000).into()));
        assert!(addr.direct.iter().all(|address| match address {
            SocketAddr::V4(v4) => !v4.ip().is_link_local(),
            SocketAddr::V6(v6) => !v6.ip().is_unicast_link_local() && !v6.ip().is_loopback(),
        }));
    }

    #[test]
    fn a_bound_address_is_the_only_one() {
        let bind = ([127, 0, 0, 1], 5000).into();
        for relay in [RelayChoice::None, RelayChoice::Default] {
            assert_eq!(identity_addr(ID, Some(bind), 4000, &relay).direct, [bind]);
        }
        let any = identity_addr(ID, Some(([0, 0, 0, 0], 5000).into()), 4000, &RelayChoice::None);
        assert!(any.direct.iter().all(|address| address.is_ipv4() && address.port() == 5000));
    }

    #[test]
    fn with_a_relay_no_address_of_this_machine_is_told() {
        let url = "https://relay.example.org/";
        let addr = identity_addr(ID, None, 4000, &RelayChoice::Url(url.into()));
        assert_eq!((addr.relays, addr.direct), (vec![url.to_owned()], vec![]));
    }
}
