//! Pairing: this phone is open for a while, announced on the local network; whoever has its link may knock.
//! Commands open and close it; strangers' messages end here, and nothing of theirs gets further than a list.
//! A person adds each phone by hand: a knock adds nobody.

use ahoy_call::{PeerAddr, PeerId};
use ahoy_mail::knock;
use ahoy_net::{ContactLink, DmEvent, NetError, safety_words};
use bytes::Bytes;
use tokio::time::Instant;

use super::{Driver, Internal, Replier};
use crate::desk::Request;
use crate::desk_thread::Answer;
use crate::error::PhoneError;
use crate::limits;
use crate::notice::NoticeKind;
use crate::view::{Pairing, Stranger};

/// This phone while it is open for pairing.
pub struct Open {
    /// When it closes by itself.
    pub until: Instant,
    knocks: Vec<Stranger>,
}

impl Driver {
    pub(super) fn open_pairing(&mut self) {
        let until = Instant::now() + limits::PAIRING_OPEN;
        match &mut self.pairing {
            Some(open) => open.until = until,
            None => {
                self.pairing = Some(Open { until, knocks: Vec::new() });
                let name = self.snapshot.me.name.clone();
                if let Err(error) = self.identity.nearby(Some(&name)) {
                    tracing::info!(%error, "phones on the local network are not looked for");
                }
            }
        }
        self.show(self.snapshot.clone());
    }

    pub(super) fn close_pairing(&mut self) {
        if self.pairing.take().is_some()
            && let Err(error) = self.identity.nearby(None)
        {
            tracing::debug!(%error, "the announcement did not stop");
        }
        self.show(self.snapshot.clone());
    }

    /// A stranger says something: only a knock is listened to, and only with a link of its own.
    pub(super) fn on_knock(&mut self, event: DmEvent) {
        let knock = knock::decode(&event.data);
        event.reply.answer(Bytes::new());
        let Some((text, link)) =
            knock.and_then(|knock| Some((knock.link.clone(), knock.link.parse::<ContactLink>().ok()?)))
        else {
            return;
        };
        let (Some(open), Some(me)) = (&mut self.pairing, self.snapshot.me.id) else { return };
        if link.id != event.from || open.knocks.len() >= limits::KNOCKS {
            return;
        }
        open.knocks.retain(|known| known.id != link.id);
        let words = safety_words(&me, &link.id);
        // A name is shown beside the safety words: it must not be able to rewrite them.
        let name = link.name.chars().filter(|letter| !letter.is_control()).collect();
        open.knocks.push(Stranger { id: link.id, name, link: Some(text), words });
        self.notice(NoticeKind::Knock);
    }

    /// Adds the phone of a link, and knocks at its door so that its person can add this one.
    pub(super) fn pair(&mut self, link: String, name: Option<String>, reply: Option<Replier>) {
        match link.parse::<ContactLink>() {
            Ok(parsed) => {
                let adding = self.desk.ask(Request::Add { link, name });
                self.add_and_knock(adding, parsed.addr(), reply);
            }
            Err(error) => self.respond(reply, Err(PhoneError::Desk(error.into()))),
        }
    }

    /// The same for a phone seen on the local network.
    pub(super) fn pair_nearby(&mut self, id: PeerId, name: Option<String>, reply: Option<Replier>) {
        let nearby = self.identity.nearby_phones().borrow().iter().find(|phone| phone.addr.id == id).cloned();
        let Some(nearby) = nearby else { return self.respond(reply, Err(PhoneError::NotNearby)) };
        let addr = nearby.addr.clone();
        let added = self.desk.with(move |desk| {
            let response = desk.add_phone(nearby.addr, &nearby.name, name.as_deref());
            Ok(Answer { response, snapshot: desk.snapshot() })
        });
        self.add_and_knock(async move { added.await.unwrap_or_else(Answer::failed) }, addr, reply);
    }

    /// The contact is there at once; whoever asked hears of it when the knock is over, so that a short-lived phone
    /// does not close in the middle of it.
    fn add_and_knock(
        &self,
        adding: impl Future<Output = Answer> + Send + 'static,
        to: PeerAddr,
        reply: Option<Replier>,
    ) {
        let (identity, events) = (self.identity.clone(), self.events.clone());
        // Whoever knocked has this phone's link already.
        let knocked = self.pairing.as_ref().is_some_and(|open| open.knocks.iter().any(|known| known.id == to.id));
        let frame = if knocked { None } else { knock::encode(&self.snapshot.me.link) };
        drop(tokio::spawn(async move {
            let answer = adding.await;
            if let (Ok(_), Ok(snapshot), Some(frame)) = (&answer.response, &answer.snapshot, frame) {
                drop(events.send(Internal::Desked(Box::new(snapshot.clone()))).await);
                let knocked = identity.send(to, frame.into()).await.map(drop);
                drop(events.send(Internal::Knocked(knocked)).await);
            }
            drop(events.send(Internal::Desk { answer, reply }).await);
        }));
    }

    /// Adding needs nobody on the other side; when somebody is there, it is worth saying what is missing.
    pub(super) fn on_knocked(&mut self, knocked: Result<(), NetError>) {
        match knocked {
            Ok(()) => self.notice(NoticeKind::PairTold),
            Err(NetError::Refused(_)) => self.notice(NoticeKind::PairClosed),
            Err(error) => {
                tracing::debug!(%error, "the other phone was not there to be knocked at");
                self.notice(NoticeKind::PairAbsent);
            }
        }
    }

    pub(super) fn show_pairing(&self) -> Option<Pairing> {
        let open = self.pairing.as_ref()?;
        let me = self.snapshot.me.id?;
        let known = |id: &PeerId| self.snapshot.contacts.iter().any(|contact| contact.id == *id);
        let phones = self.identity.nearby_phones();
        let nearby = phones
            .borrow()
            .iter()
            .filter(|phone| !known(&phone.addr.id))
            .map(|phone| Stranger {
                id: phone.addr.id,
                name: phone.name.clone(),
                link: None,
                words: safety_words(&me, &phone.addr.id),
            })
            .collect();
        let knocks = open.knocks.iter().filter(|stranger| !known(&stranger.id)).cloned().collect();
        Some(Pairing { nearby, knocks })
    }
}
