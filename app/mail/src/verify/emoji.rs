//! The 64 emoji that stand for six bits each, with their English names.
//! `Verification` shows seven of them; clients draw the symbol or print the name.
//! Symbols, names and order are those of the Matrix specification (client-server API, "SAS method: emoji").

/// A picture that stands for six bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji {
    /// The character, with its variation selector where it needs one to be drawn as a picture.
    pub symbol: &'static str,
    /// What to say on the telephone.
    pub name: &'static str,
}

/// Six bits each, by index.
pub const EMOJI: [Emoji; 64] = [
    emoji("🐶", "Dog"),
    emoji("🐱", "Cat"),
    emoji("🦁", "Lion"),
    emoji("🐎", "Horse"),
    emoji("🦄", "Unicorn"),
    emoji("🐷", "Pig"),
    emoji("🐘", "Elephant"),
    emoji("🐰", "Rabbit"),
    emoji("🐼", "Panda"),
    emoji("🐓", "Rooster"),
    emoji("🐧", "Penguin"),
    emoji("🐢", "Turtle"),
    emoji("🐟", "Fish"),
    emoji("🐙", "Octopus"),
    emoji("🦋", "Butterfly"),
    emoji("🌷", "Flower"),
    emoji("🌳", "Tree"),
    emoji("🌵", "Cactus"),
    emoji("🍄", "Mushroom"),
    emoji("🌏", "Globe"),
    emoji("🌙", "Moon"),
    emoji("☁️", "Cloud"),
    emoji("🔥", "Fire"),
    emoji("🍌", "Banana"),
    emoji("🍎", "Apple"),
    emoji("🍓", "Strawberry"),
    emoji("🌽", "Corn"),
    emoji("🍕", "Pizza"),
    emoji("🎂", "Cake"),
    emoji("❤️", "Heart"),
    emoji("😀", "Smiley"),
    emoji("🤖", "Robot"),
    emoji("🎩", "Hat"),
    emoji("👓", "Glasses"),
    emoji("🔧", "Spanner"),
    emoji("🎅", "Santa"),
    emoji("👍", "Thumbs Up"),
    emoji("☂️", "Umbrella"),
    emoji("⌛", "Hourglass"),
    emoji("⏰", "Clock"),
    emoji("🎁", "Gift"),
    emoji("💡", "Light Bulb"),
    emoji("📕", "Book"),
    emoji("✏️", "Pencil"),
    emoji("📎", "Paperclip"),
    emoji("✂️", "Scissors"),
    emoji("🔒", "Lock"),
    emoji("🔑", "Key"),
    emoji("🔨", "Hammer"),
    emoji("☎️", "Telephone"),
    emoji("🏁", "Flag"),
    emoji("🚂", "Train"),
    emoji("🚲", "Bicycle"),
    emoji("✈️", "Aeroplane"),
    emoji("🚀", "Rocket"),
    emoji("🏆", "Trophy"),
    emoji("⚽", "Ball"),
    emoji("🎸", "Guitar"),
    emoji("🎺", "Trumpet"),
    emoji("🔔", "Bell"),
    emoji("⚓", "Anchor"),
    emoji("🎧", "Headphones"),
    emoji("📁", "Folder"),
    emoji("📌", "Pin"),
];

const fn emoji(symbol: &'static str, name: &'static str) -> Emoji {
    Emoji { symbol, name }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_emoji_share_a_symbol_or_a_name() {
        assert_eq!(EMOJI.iter().map(|emoji| emoji.symbol).collect::<BTreeSet<_>>().len(), EMOJI.len());
        assert_eq!(EMOJI.iter().map(|emoji| emoji.name).collect::<BTreeSet<_>>().len(), EMOJI.len());
    }

    #[test]
    fn the_order_is_the_specified_one() {
        let landmarks =
            [(0, "Dog"), (15, "Flower"), (31, "Robot"), (32, "Hat"), (47, "Key"), (56, "Ball"), (63, "Pin")];
        for (index, name) in landmarks {
            assert_eq!(EMOJI[index].name, name);
        }
    }
}
