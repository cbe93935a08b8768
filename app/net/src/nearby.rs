//! Phones on the same local network, found while somebody looks for them (multicast DNS, RFC 6762).
//! Started and stopped by the engine through the identity endpoint; nothing is announced before or after.
//! What others announce is untrusted: a name proves nothing, every list and text is capped.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ahoy_call::PeerAddr;
use iroh::address_lookup::{AddressLookup, EndpointData, EndpointInfo, UserData};
use iroh::{Endpoint, TransportAddr, Watcher};
use iroh_mdns_address_lookup::{DiscoveryEvent, MdnsAddressLookup};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_stream::StreamExt;

use crate::link::MAX_LINK_NAME_BYTES;
use crate::{NetError, addresses, endpoint};

/// Phones listed at once: more than sit in one room; further ones are left out, so that nobody can flood the list.
pub const MAX_NEARBY: usize = 32;

/// The service name (RFC 6763), so that only phones are found; at most 15 characters.
const SERVICE: &str = "iroh-social";

/// Addresses announced: they share one packet with the rest.
const MAX_ANNOUNCED: usize = 8;

const _: () = assert!(MAX_LINK_NAME_BYTES <= UserData::MAX_LENGTH, "a name fits into the announcement");

/// A phone that announces itself on the local network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    /// Where it can be reached, within the caps of a [`PeerAddr`].
    pub addr: PeerAddr,
    /// What it calls itself: at most [`MAX_LINK_NAME_BYTES`] without control characters, possibly nothing. Anybody can claim any name.
    pub name: String,
}

/// Looks out for phones nearby, or does not.
#[derive(Debug)]
pub(crate) struct Lookout {
    endpoint: Endpoint,
    bind: Option<IpAddr>,
    runtime: Handle,
    list: List,
    /// The search under way; dropping it ends its announcements.
    search: Mutex<JoinSet<()>>,
}

impl Lookout {
    /// Must run inside a tokio runtime.
    pub(crate) fn new(endpoint: Endpoint, bind: Option<IpAddr>) -> Self {
        let list = List { round: Arc::default(), phones: Arc::new(watch::Sender::new(Vec::new())) };
        Self { endpoint, bind, runtime: Handle::current(), list, search: Mutex::default() }
    }

    pub(crate) fn phones(&self) -> watch::Receiver<Vec<Nearby>> {
        self.list.phones.subscribe()
    }

    /// Announces this phone as `name` and fills the list, or stops both; the list starts empty each time.
    pub(crate) fn set(&self, name: Option<&str>) -> Result<(), NetError> {
        let mut search = lock(&self.search);
        *search = JoinSet::new();
        let round = self.list.clear();
        let Some(name) = name else { return Ok(()) };
        let fail = |reason: String| NetError::Nearby { reason };
        let entered = self.runtime.enter();
        let service = MdnsAddressLookup::builder()
            .service_name(SERVICE)
            .build(self.endpoint.id())
            .map_err(|error| fail(error.to_string()))?;
        drop(entered);
        let announcement = Announcement { endpoint: self.endpoint.clone(), bind: self.bind, name: clean(name) };
        let _ = search.spawn_on(look(service, announcement, self.list.clone(), round), &self.runtime);
        Ok(())
    }
}

/// What this phone tells.
struct Announcement {
    endpoint: Endpoint,
    bind: Option<IpAddr>,
    name: String,
}

impl Announcement {
    fn data(&self) -> EndpointData {
        let (v4, v6) = endpoint::ports(&self.endpoint);
        let mut direct = addresses::direct(self.bind, v4, v6);
        if direct.iter().any(|address| !address.ip().is_loopback()) {
            direct.retain(|address| !address.ip().is_loopback());
        }
        direct.truncate(MAX_ANNOUNCED);
        let relays = self.endpoint.addr().relay_urls().cloned().map(TransportAddr::Relay).collect::<Vec<_>>();
        let mut data: EndpointData = direct.into_iter().map(TransportAddr::Ip).chain(relays).collect();
        data.set_user_data(self.name.parse().ok());
        data
    }
}

/// Runs until it is dropped.
async fn look(service: MdnsAddressLookup, announcement: Announcement, list: List, round: u64) {
    let mut events = service.subscribe().await;
    let mut addresses = announcement.endpoint.watch_addr();
    loop {
        service.publish(&announcement.data());
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(DiscoveryEvent::Discovered { endpoint_info, .. }) => {
                        list.change(round, |phones| enter(phones, read(&endpoint_info)));
                    }
                    Some(DiscoveryEvent::Expired { endpoint_id }) => {
                        let gone = endpoint::peer(endpoint_id);
                        list.change(round, |phones| phones.retain(|phone| phone.addr.id != gone));
                    }
                    // Kinds of events that later versions of the library may have.
                    Some(_) => {}
                    None => return tracing::warn!("the search for phones nearby ended by itself"),
                },
                Ok(_) = addresses.updated() => break,
            }
        }
    }
}

/// The list that readers watch; a search that is over cannot write to it any more.
#[derive(Clone, Debug)]
struct List {
    /// Counts the searches.
    round: Arc<Mutex<u64>>,
    phones: Arc<watch::Sender<Vec<Nearby>>>,
}

impl List {
    /// Empties the list for the next round.
    fn clear(&self) -> u64 {
        let mut round = lock(&self.round);
        *round += 1;
        let _ = self.phones.send_if_modified(|phones| !std::mem::take(phones).is_empty());
        *round
    }

    fn change(&self, round: u64, change: impl FnOnce(&mut Vec<Nearby>)) {
        let current = lock(&self.round);
        if *current == round {
            self.phones.send_modify(change);
        }
    }
}

/// A panic elsewhere leaves nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn enter(phones: &mut Vec<Nearby>, phone: Nearby) {
    let known = phones.iter_mut().find(|known| known.addr.id == phone.addr.id);
    if let Some(known) = known {
        *known = phone;
    } else if phones.len() < MAX_NEARBY {
        phones.push(phone);
    }
}

fn read(info: &EndpointInfo) -> Nearby {
    let addr = PeerAddr {
        id: endpoint::peer(info.endpoint_id),
        relays: info.relay_urls().map(ToString::to_string).collect(),
        direct: info.ip_addrs().copied().collect(),
    };
    let name = info.user_data().map_or("", AsRef::as_ref);
    Nearby { addr: addr.capped(), name: clean(name) }
}

/// A name that can be shown: no control characters, nothing that changes the direction of the text around it, not too long.
fn clean(name: &str) -> String {
    let steers =
        |char: char| matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut name: String = name.chars().filter(|char| !char.is_control() && !steers(*char)).collect();
    name.truncate(name.floor_char_boundary(MAX_LINK_NAME_BYTES));
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use ahoy_call::PeerId;
    use iroh::SecretKey;

    use super::*;

    #[test]
    fn names_are_cut_and_cleaned() {
        assert_eq!(clean(" Anne\u{7}\n\u{202e}\0 B. "), "Anne B.");
        let long = clean(&"ä".repeat(200));
        assert!(long.len() <= MAX_LINK_NAME_BYTES && long.chars().all(|char| char == 'ä') && !long.is_empty());
        assert_eq!(clean("\u{1b}"), "");
    }

    #[test]
    fn what_others_announce_is_capped() {
        let ports = 1000..1200_u16;
        let mut data: EndpointData = ports.map(|port| TransportAddr::Ip(([10, 0, 0, 1], port).into())).collect();
        data.set_user_data(Some("Bob\u{1b}[31m".parse().expect("it fits")));
        let phone = read(&EndpointInfo::from_parts(SecretKey::from_bytes(&[3; 32]).public(), data));
        assert!(phone.addr.within_caps());
        assert_eq!(phone.name, "Bob[31m");
    }

    #[test]
    fn the_list_is_bounded_and_keeps_one_entry_a_phone() {
        let mut phones = Vec::new();
        let phone = |id, name: &str| Nearby { addr: PeerAddr::new(PeerId([id; 32])), name: name.into() };
        for id in 0..=u8::MAX {
            enter(&mut phones, phone(id, "first"));
        }
        enter(&mut phones, phone(5, "renamed"));
        assert_eq!(phones.len(), MAX_NEARBY);
        assert_eq!(phones[5], phone(5, "renamed"));
    }

    #[test]
    fn a_search_that_is_over_writes_nothing() {
        let list = List { round: Arc::default(), phones: Arc::new(watch::Sender::new(Vec::new())) };
        let phone = Nearby { addr: PeerAddr::new(PeerId([1; 32])), name: String::new() };
        let first = list.clear();
        list.change(first, |phones| enter(phones, phone.clone()));
        assert_eq!(*list.phones.borrow(), std::slice::from_ref(&phone));
        let second = list.clear();
        list.change(first, |phones| enter(phones, phone.clone()));
        assert!(list.phones.borrow().is_empty());
        list.change(second, |phones| enter(phones, phone.clone()));
        assert_eq!(list.phones.borrow().len(), 1);
    }
}
