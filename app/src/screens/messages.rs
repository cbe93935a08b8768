//! The entries of a conversation: texts on two sides, calls between them.
//! Made from `Records` in the order of their time; the newest is last.
//! A text of mine says how far it has come, in a word.

use ahoy_call::{CallRecord, PeerId};
use ahoy_engine::desk::MessageEntry;
use bevy::prelude::*;

use crate::call_words;
use crate::clock::Clock;
use crate::icons::Icon;
use crate::paint::Fill;
use crate::phrase::Phrase;
use crate::records::Records;
use crate::say;
use crate::speech::{Named, Said};
use crate::theme::{self, Paint, Type};
use crate::widgets;

/// Entries that are shown: as many as the texts that are asked for.
const SHOWN: usize = 200;
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
    fn at_ms(&self) -> u64 {
        match self {
            Self::Text(text) => text.at_ms,
            Self::Call(call) => call.timestamp,
        }
    }
}

/// A text that tells how long ago something was, with a word after it.
#[derive(Component)]
pub(super) struct When {
    at_ms: u64,
    also: Phrase,
}

/// What stands in the conversation with `peer`, oldest first.
pub(super) fn items(records: &Records, peer: PeerId) -> Vec<Item> {
    let texts: &[MessageEntry] = if records.with == Some(peer) { &records.texts } else { &[] };
    let calls = records.calls.iter().filter(|call| call.peer == peer).cloned().map(Item::Call);
    let mut items: Vec<Item> = texts.iter().cloned().map(Item::Text).chain(calls).collect();
    // Newest first as asked for, so that equal times keep the order in which they were written once turned round.
    items.sort_by_key(|item| std::cmp::Reverse(item.at_ms()));
    items.truncate(SHOWN);
    items.reverse();
    items
}

/// How far a text of mine has come.
fn mark(state: &str) -> Phrase {
    match state {
        "queued" => say!("messages-waiting"),
        "sent" => say!("messages-sent"),
        "delivered" => say!("messages-delivered"),
        "read" => say!("messages-read"),
        other => Phrase::verbatim(other),
    }
}

/// Spawns the entries.
pub(super) fn draw(ui: &mut ChildSpawnerCommands<'_>, items: &[Item]) {
    if items.is_empty() {
        let quiet = Node { padding: px(theme::SPACE).all(), justify_content: JustifyContent::Center, ..default() };
        let _ = ui.spawn(quiet).with_children(|ui| {
            let _ = ui.spawn(widgets::centred(Type::Body, Paint::TextQuiet, say!("messages-none")));
        });
    }
    for item in items {
        match item {
            Item::Text(text) => bubble(ui, text),
            Item::Call(call) => call_line(ui, call),
        }
    }
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
    let _ = ui.spawn((node, Fill(ground), spoken)).with_children(|ui| {
        let _ = ui.spawn(widgets::breaking(Type::Body, Paint::Text, Phrase::verbatim(&text.text)));
        let also = if text.mine { mark(&text.state) } else { Phrase::Nothing };
        let align = Node { align_self: side, ..default() };
        when(ui, align, text.at_ms, also);
    });
}

fn call_line(ui: &mut ChildSpawnerCommands<'_>, call: &CallRecord) {
    let missed = call_words::missed(call);
    let ink = if missed { Paint::AccentText } else { Paint::TextQuiet };
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

/// Spawns a small text that tells when, and `also` after it.
pub(super) fn when(ui: &mut ChildSpawnerCommands<'_>, node: Node, at_ms: u64, also: Phrase) {
    // It is written in the same frame, by the clock of the window.
    let _ = ui.spawn((widgets::text(Type::Small, Paint::TextQuiet, Phrase::Nothing), node, When { at_ms, also }));
}

impl When {
    fn words(&self, now_ms: u64) -> Phrase {
        let ago = call_words::ago(now_ms, self.at_ms);
        if self.also.is_empty() { ago } else { say!("messages-also-ago", also = self.also.clone(), ago = ago) }
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
    use ahoy_call::{CallId, Direction, EndedReason};

    use super::*;

    fn text(at_ms: u64, words: &str) -> MessageEntry {
        MessageEntry { id: String::new(), mine: true, at_ms, text: words.to_owned(), state: "sent".to_owned() }
    }

    fn call(timestamp: u64, peer: u8) -> CallRecord {
        CallRecord {
            call_id: CallId([1; 16]),
            peer: PeerId([peer; 32]),
            direction: Direction::Incoming,
            duration_seconds: 0,
            had_video: false,
            timestamp,
            ended_reason: EndedReason::Missed,
        }
    }

    #[test]
    fn texts_and_calls_stand_in_the_order_of_their_time_and_others_calls_do_not() {
        let peer = PeerId([1; 32]);
        let texts = vec![text(30, "later"), text(10, "b"), text(10, "a")];
        let records = Records { with: Some(peer), texts, calls: vec![call(20, 1), call(15, 2)] };
        let times: Vec<u64> = items(&records, peer).iter().map(Item::at_ms).collect();
        assert_eq!(times, [10, 10, 20, 30]);
        assert_eq!(items(&records, peer)[0], Item::Text(text(10, "a")));
        assert_eq!(items(&records, PeerId([2; 32])), [Item::Call(call(15, 2))]);
    }

    #[test]
    fn a_conversation_shows_a_bounded_number() {
        let peer = PeerId([1; 32]);
        let texts = (0..500).rev().map(|at_ms| text(at_ms, "x")).collect();
        let shown = items(&Records { with: Some(peer), texts, calls: Vec::new() }, peer);
        assert_eq!((shown.len(), shown.last().map(Item::at_ms)), (SHOWN, Some(499)));
    }
}
