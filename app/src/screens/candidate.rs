//! A phone that is about to be added, however it was found: by link, by code, nearby, or because it knocked.
//! The pairing screen fills it in and shows one panel for it: name, safety words, and a button that adds.
//! Nothing is added before that button is pressed.

use ahoy_call::PeerId;
use ahoy_engine::view::Stranger;
use ahoy_engine::{Command, View};
use ahoy_net::{ContactLink, LinkError, safety_words};
use bevy::prelude::*;
use bevy::text::EditableText;
use bevy::ui_widgets::Activate;

use super::{Place, contact, page, parts};
use crate::engine_link::{Intent, NewestView};
use crate::field::{self, Purpose, Submit};
use crate::icons::Icon;
use crate::phrase::Phrase;
use crate::say;
use crate::theme::{self, Paint, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};

/// Bytes of a name in the contact list, so at most as many characters.
const MAX_NAME: usize = 128;

/// A phone to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    id: PeerId,
    name: String,
    words: String,
    /// Its link; the engine knows the address of one that was seen nearby.
    link: Option<String>,
}

/// The phone that the panel is about.
#[derive(Resource, Default)]
pub(super) struct Chosen(pub(super) Option<Candidate>);

#[derive(Component)]
struct GivenName;

impl Candidate {
    /// The phone of a link, when it can be added.
    pub(super) fn from_link(link: &str, view: &View) -> Result<Self, Phrase> {
        let read: ContactLink = link.parse().map_err(|error| refused(&error))?;
        let me = view.me.id.ok_or_else(|| say!("candidate-not-ready"))?;
        if read.id == me {
            return Err(say!("candidate-own-link"));
        }
        let words = safety_words(&me, &read.id);
        Self { id: read.id, name: read.name, words, link: Some(link.trim().to_owned()) }.unless_known(view)
    }

    /// A phone that was seen nearby or knocked.
    pub(super) fn from_stranger(stranger: &Stranger, view: &View) -> Result<Self, Phrase> {
        let Stranger { id, name, link, words } = stranger.clone();
        Self { id, name, words, link }.unless_known(view)
    }

    fn unless_known(self, view: &View) -> Result<Self, Phrase> {
        match view.contacts.iter().find(|contact| contact.id == self.id) {
            Some(contact) => Err(say!("candidate-known", name = &contact.name)),
            None => Ok(self),
        }
    }

    fn add(&self, name: String) -> Command {
        let name = (!name.is_empty()).then_some(name);
        match &self.link {
            Some(link) => Command::Pair { link: link.clone(), name },
            None => Command::PairNearby { id: self.id, name },
        }
    }
}

/// Why a link is none to add, and what to do.
fn refused(error: &LinkError) -> Phrase {
    match error {
        LinkError::NotALink => say!("candidate-no-link"),
        LinkError::Damaged { .. } => say!("candidate-damaged"),
        LinkError::Version { .. } => say!("candidate-newer"),
        LinkError::BadSignature => say!("candidate-forged"),
        LinkError::TooLong { .. } => say!("candidate-too-long"),
    }
}

/// The panel on which every way ends.
pub(super) fn panel(ui: &mut ChildSpawnerCommands<'_>, candidate: &Candidate) {
    let _ = ui.spawn(widgets::card()).with_children(|ui| {
        let shown = parts::display_name(&candidate.name, candidate.id);
        let head = Node { align_items: AlignItems::Center, column_gap: px(theme::GAP_WIDE), ..default() };
        let _ = ui.spawn(head).with_children(|ui| {
            widgets::avatar(ui, candidate.id, &shown, false, theme::TARGET);
            let _ = ui.spawn(widgets::breaking(Type::Strong, Paint::Text, say!("candidate-question", name = &shown)));
        });
        let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, say!("candidate-name")));
        let purpose = Purpose {
            hint: say!("candidate-name-hint"),
            label: say!("candidate-name-label"),
            limit: MAX_NAME,
            text: &candidate.name,
        };
        let row = Node { align_items: AlignItems::Center, ..default() };
        let _ = ui.spawn(row).with_children(|ui| {
            field::field(ui, purpose, |field| {
                let _ = field
                    .insert(GivenName)
                    .observe(|_: On<Submit>, mut commands: Commands| commands.run_system_cached(add));
            });
        });
        let _ = ui.spawn(widgets::text(Type::Small, Paint::TextQuiet, say!("candidate-words")));
        contact::words(ui, &candidate.words);
        let _ = ui.spawn(page::buttons()).with_children(|ui| {
            let face = Face::word(Tone::Quiet, say!("candidate-cancel")).spoken(say!("candidate-cancel-spoken"));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut chosen: ResMut<Chosen>| chosen.0 = None);
            let face = Face::new(Tone::Accent, Icon::Plus, say!("candidate-add"))
                .spoken(say!("candidate-add-spoken", name = &shown));
            let _ = widgets::button(ui, Shape::Wide, face)
                .observe(|_: On<Activate>, mut commands: Commands| commands.run_system_cached(add));
        });
    });
}

fn add(chosen: Res<Chosen>, name: Single<&EditableText, With<GivenName>>, mut intents: MessageWriter<Intent>) {
    if let Some(candidate) = &chosen.0 {
        let _ = intents.write(Intent(candidate.add(field::words(&name))));
    }
}

/// Goes to the conversation once the contact is there. What goes wrong the engine says, and the panel stays.
pub(super) fn arrive(
    view: Res<NewestView>,
    mut chosen: ResMut<Chosen>,
    mut place: ResMut<Place>,
    mut say: MessageWriter<Say>,
) {
    let Some(candidate) = &chosen.0 else { return };
    if let Some(contact) = view.0.contacts.iter().find(|contact| contact.id == candidate.id) {
        let _ = say.write(Say(say!("candidate-added", name = &contact.name)));
        *place = Place::Conversation(contact.id);
        chosen.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use ahoy_call::PeerAddr;
    use ahoy_engine::Me;

    use super::*;

    fn link(secret: u8, name: &str) -> (PeerId, String) {
        let secret = [secret; 32];
        let id = ahoy_net::peer_id(&secret);
        let text = ContactLink::new(PeerAddr::new(id), name).encode(&secret).unwrap();
        (id, text)
    }

    fn view(me: PeerId) -> View {
        View { me: Me { id: Some(me), ..Me::default() }, ..View::default() }
    }

    #[test]
    fn a_link_becomes_a_candidate_with_the_words_of_both() {
        let (me, mine) = link(1, "me");
        let (other, theirs) = link(2, "Bob");
        let candidate = Candidate::from_link(&theirs.to_uppercase(), &view(me)).unwrap();
        assert_eq!((candidate.id, candidate.name.as_str()), (other, "Bob"));
        assert_eq!(candidate.words, safety_words(&other, &me));
        assert!(matches!(candidate.add("Bobby".into()), Command::Pair { name: Some(name), .. } if name == "Bobby"));
        assert_eq!(Candidate::from_link(&mine, &view(me)), Err(say!("candidate-own-link")));
        assert_eq!(Candidate::from_link("nonsense", &view(me)), Err(say!("candidate-no-link")));
    }

    #[test]
    fn a_phone_nearby_is_added_by_its_id() {
        let (me, _) = link(1, "me");
        let (id, _) = link(2, "Bob");
        let stranger = Stranger { id, name: "Bob".into(), link: None, words: "1 2".into() };
        let candidate = Candidate::from_stranger(&stranger, &view(me)).unwrap();
        assert!(matches!(candidate.add(String::new()), Command::PairNearby { name: None, .. }));
    }
}
