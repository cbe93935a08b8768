//! A contact link that came from outside: the window comes forward and shows the panel that adds its phone.
//! `links` brings it; it waits until my own id is known, for the safety words need it.
//! A phone that is a contact already is shown as one.

use ahoy_net::ContactLink;
use bevy::prelude::*;

use super::candidate::Candidate;
use super::strangers::Choice;
use super::{Place, choose};
use crate::attention::ComeForward;
use crate::engine_link::{self, NewestView};
use crate::links::Arriving;
use crate::window::Step;

fn arrive(
    arriving: Res<Arriving>,
    view: Res<NewestView>,
    mut waiting: Local<Option<String>>,
    mut place: ResMut<Place>,
    mut choice: Choice<'_>,
    mut forward: MessageWriter<ComeForward>,
) {
    if let Some(link) = arriving.newest() {
        *waiting = Some(link);
        let _ = forward.write(ComeForward::Asked);
    }
    if view.0.me.id.is_none() {
        return;
    }
    let Some(link) = waiting.take() else { return };
    let known = link.parse::<ContactLink>().ok().map(|link| link.id);
    let known = known.filter(|id| view.0.contacts.iter().any(|contact| contact.id == *id));
    let _ = place.set_if_neq(known.map_or(Place::Pairing, Place::Conversation));
    choice.take(Candidate::from_link(&link, &view.0));
}

pub(super) fn plugin(app: &mut App) {
    let arrive = arrive.in_set(Step::Receive).after(engine_link::receive).before(choose);
    let _ = app.add_systems(PreUpdate, arrive.run_if(resource_exists::<Arriving>));
}

#[cfg(test)]
mod tests {
    use ahoy_call::{PeerAddr, PeerId};
    use ahoy_engine::{Me, View};

    use super::super::candidate::Chosen;
    use super::*;
    use crate::links::{Door, door};
    use crate::toast::Say;
    use crate::window::Wake;

    fn window() -> (App, Door) {
        let mut app = App::new();
        let (door, arriving) = door(Wake::default());
        let _ = app
            .insert_resource(arriving)
            .init_resource::<NewestView>()
            .init_resource::<Place>()
            .init_resource::<Chosen>()
            .add_message::<Say>()
            .add_message::<ComeForward>()
            .add_systems(Update, arrive);
        (app, door)
    }

    fn ready(app: &mut App) {
        let me = Me { id: Some(PeerId([1; 32])), ..Me::default() };
        let _ = app.insert_resource(NewestView(View { me, ..View::default() }));
    }

    #[test]
    fn a_link_waits_for_my_own_id_and_leads_to_the_panel() {
        let secret = [2; 32];
        let id = ahoy_net::peer_id(&secret);
        let link = ahoy_net::ContactLink::new(PeerAddr::new(id), "Bob").encode(&secret).unwrap();
        let (mut app, door) = window();
        assert!(door.hand_in(link));
        app.update();
        assert_eq!(app.world().resource::<Messages<ComeForward>>().len(), 1);
        assert!(app.world().resource::<Chosen>().0.is_none());
        ready(&mut app);
        app.update();
        assert_eq!(*app.world().resource::<Place>(), Place::Pairing);
        assert!(app.world().resource::<Chosen>().0.is_some());
    }

    #[test]
    fn a_text_that_is_no_link_is_said_to_be_none() {
        let (mut app, door) = window();
        ready(&mut app);
        assert!(door.hand_in("ahoy:nonsense".to_owned()));
        app.update();
        assert!(app.world().resource::<Chosen>().0.is_none());
        assert_eq!(app.world().resource::<Messages<Say>>().len(), 1);
    }
}
