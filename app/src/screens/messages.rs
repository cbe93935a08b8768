//! The entries of a conversation: texts on two sides, calls between them.
//! Made from `Records` in the order of their time; the newest is last.
//! A text of mine says how far it has come, in a word; two quick presses on any text copy it.

use ahoy_call::{CallRecord, PeerId};
use ahoy_engine::desk::MessageEntry;
use bevy::clipboard::Clipboard;
use bevy::prelude::*;
use bevy::ui_widgets::Activate;

use crate::call_words;
use crate::clock::Clock;
use crate::icons::Icon;
use crate::moments;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::records::{Calls, Interest, MOST, Records, Stretch};
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::toast::Say;
use crate::widgets::{self, Face, Shape, Tone};

/// The widest a text gets, in percent of the page.
const BUBBLE: f32 = 82.0;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// Somebody wrote.
    Text(MessageEntry),
    /// Somebody called.
    Call(CallRecord),
}

impl Item {
    /// When, in Unix milliseconds.
    pub(super) const fn at_ms(&self) -> u64 {
        match self {
            Self::Text(text) => text.at_ms,
            Self::Call(call) => call.timestamp,
        }
    }
}

/// A stretch of a conversation, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// What stands in it.
    pub(super) items: Vec<Item>,
    /// There is something before it.
    pub(super) older: bool,
    /// There is something after it.
    pub(super) newer: bool,
    /// It was asked for and has arrived.
    pub(super) whole: bool,
}

/// A text that tells when something was, with a word before it.
#[derive(Component)]
pub(super) struct When {
    at_ms: u64,
    also: Phrase,
}

/// What stands in the conversation with `peer`, of the stretch that was asked for.
pub(super) fn page(records: &Records, peer: PeerId, asked: Stretch) -> Page {
    let known = records.with == Some(peer) && records.which == Calls::With(peer);
    if !known {
        return Page::default();
    }
    let (texts, calls) = (&records.texts, &records.calls);
    // A list that is full goes on before its last entry; what the other list has from there on is left for later.
    let begins = |full: bool, oldest: Option<u64>| if full { oldest.unwrap_or_default() } else { 0 };
    let since = begins(texts.len() >= asked.limit, texts.last().map(|text| text.at_ms))
        .max(begins(calls.len() >= asked.limit, calls.last().map(|call| call.timestamp)));
    let all = texts.iter().cloned().map(Item::Text).chain(calls.iter().cloned().map(Item::Call));
    let mut items: Vec<Item> = all.filter(|item| item.at_ms() >= since).collect();
    // Newest first as asked for, so that equal times keep the order in which they were written once turned round.
    items.sort_by_key(|item| std::cmp::Reverse(item.at_ms()));
    items.reverse();
    Page { items, older: since > 0, newer: asked.before.is_some(), whole: true }
}

/// Spawns the entries.
pub(super) fn draw(ui: &mut ChildSpawnerCommands<'_>, page: &Page, asked: Stretch) {
    if page.items.is_empty() && page.whole {
        let quiet = Node { padding: px(theme::SPACE).all(), justify_content: JustifyContent::Center, ..default() };
        let _ = ui.spawn(quiet).with_children(|ui| {
            let _ = ui.spawn(widgets::centred(Type::Body, Paint::TextQuiet, say!("messages-none")));
        });
    }
    if page.older && asked.limit >= MOST {
        let oldest = page.items.first().map_or(0, Item::at_ms);
        turn(ui, say!("messages-earlier"), move |stretch| stretch.go_back(oldest));
    }
    for item in &page.items {
        match item {
            Item::Text(text) => bubble(ui, text),
            Item::Call(call) => call_line(ui, call),
        }
    }
    if page.newer {
        turn(ui, say!("messages-newest"), |stretch| *stretch = Stretch::default());
    }
}

/// A button that shows another stretch.
fn turn(ui: &mut ChildSpawnerCommands<'_>, word: Phrase, to: impl Fn(&mut Stretch) + Send + Sync + 'static) {
    let row = Node { justify_content: JustifyContent::Center, flex_shrink: 0.0, ..default() };
    let _ = ui.spawn(row).with_children(|ui| {
        let _ = widgets::button(ui, Shape::Wide, Face::word(Tone::Quiet, word))
            .observe(move |_: On<Activate>, mut interest: ResMut<Interest>| to(&mut interest.texts));
    });
}

fn bubble(ui: &mut ChildSpawnerCommands<'_>, text: &MessageEntry) {
    let (side, ground) =
        if text.mine { (AlignSelf::FlexEnd, Paint::Mine) } else { (AlignSelf::FlexStart, Paint::Raised) };
    let node = Node {
        align_self: side,
        max_width: percent(BUBBLE),
        flex_direction: FlexDirection::Column,
        flex_shrink: 0.0,
        row_gap: px(2),
        padding: UiRect::axes(px(14), px(theme::GAP)),
        border_radius: BorderRadius::all(px(theme::RADIUS_CARD)),
        ..default()
    };
    let spoken = Named(if text.mine {
        say!("messages-you-wrote", text = &text.text)
    } else {
        say!("messages-they-wrote", text = &text.text)
    });
    let words = text.text.clone();
    let _ = ui
        .spawn((node, Fill(ground), spoken))
        .with_children(|ui| {
            let _ = ui.spawn(widgets::breaking(Type::Body, Paint::Text, Phrase::verbatim(&text.text)));
            let also = if text.mine { call_words::mark(&text.state) } else { Phrase::Nothing };
            let align = Node { align_self: side, ..default() };
            when(ui, align, text.at_ms, also);
        })
        .observe(move |click: On<Pointer<Click>>, clipboard: ResMut<Clipboard>, say: MessageWriter<Say>| {
            if click.count == 2 {
                copy(words.clone(), clipboard, say);
            }
        });
}

fn copy(words: String, mut clipboard: ResMut<Clipboard>, mut say: MessageWriter<Say>) {
    let _ = say.write(Say(match clipboard.set_text(words) {
        Ok(()) => say!("messages-copied"),
        Err(error) => say!("messages-not-copied", why = error.to_string()),
    }));
}

fn call_line(ui: &mut ChildSpawnerCommands<'_>, call: &CallRecord) {
    let ink = if call_words::missed(call) { Paint::AccentText } else { Paint::TextQuiet };
    let node = Node {
        align_self: AlignSelf::Center,
        align_items: AlignItems::Center,
        flex_wrap: FlexWrap::Wrap,
        justify_content: JustifyContent::Center,
        flex_shrink: 0.0,
        column_gap: px(theme::GAP),
        padding: UiRect::vertical(px(theme::GAP / 2.0)),
        ..default()
    };
    let _ = ui.spawn(node).with_children(|ui| {
        let icon = if call.had_video { Icon::Camera } else { Icon::Phone };
        let _ = ui.spawn(icon.node(16.0, ink));
        let _ = ui.spawn(widgets::text(Type::Small, ink, call_words::kind(call)));
        when(ui, Node::default(), call.timestamp, call_words::outcome(call));
    });
}

/// Spawns a small text that tells when, and `also` before it.
pub(super) fn when(ui: &mut ChildSpawnerCommands<'_>, node: Node, at_ms: u64, also: Phrase) {
    // It is written in the same frame, by the clock of the window.
    let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), node, When { at_ms, also }));
}

impl When {
    fn words(&self, now_ms: u64) -> Phrase {
        let when = moments::when(now_ms, self.at_ms);
        if self.also.is_empty() { when } else { say!("messages-also-when", also = self.also.clone(), when = when) }
    }
}

/// Keeps the distances true.
pub(super) fn write_times(clock: Res<Clock>, mut texts: Query<(&When, &mut Said)>) {
    let now_ms = clock.unix_ms();
    for (when, mut said) in &mut texts {
        widgets::write(&mut said, when.words(now_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::super::lately::tests::missed_call;
    use super::*;

    const PEER: PeerId = PeerId([1; 32]);

    fn text(at_ms: u64, words: &str) -> MessageEntry {
        MessageEntry { id: String::new(), mine: true, at_ms, text: words.to_owned(), state: "sent".to_owned() }
    }

    fn records(texts: Vec<MessageEntry>, calls: Vec<CallRecord>) -> Records {
        Records { with: Some(PEER), texts, which: Calls::With(PEER), calls, ..Records::default() }
    }

    fn times(page: &Page) -> Vec<u64> {
        page.items.iter().map(Item::at_ms).collect()
    }

    #[test]
    fn texts_and_calls_stand_in_the_order_of_their_time() {
        let records = records(vec![text(30, "later"), text(10, "b"), text(10, "a")], vec![missed_call(1, 20)]);
        let page = page(&records, PEER, Stretch::default());
        assert_eq!((times(&page), page.older, page.newer), (vec![10, 10, 20, 30], false, false));
        assert_eq!(page.items[0], Item::Text(text(10, "a")));
    }

    #[test]
    fn another_conversation_is_not_shown_while_this_one_is_on_its_way() {
        let records = records(vec![text(30, "x")], Vec::new());
        assert_eq!(page(&records, PeerId([2; 32]), Stretch::default()), Page::default());
    }

    #[test]
    fn a_full_list_leaves_what_is_older_in_the_other_for_later() {
        let asked = Stretch { limit: 2, before: Some(40) };
        let records = records(vec![text(30, "c"), text(20, "b")], vec![missed_call(1, 25), missed_call(1, 5)]);
        let page = page(&records, PEER, asked);
        assert_eq!((times(&page), page.older, page.newer), (vec![20, 25, 30], true, true));
    }
}
