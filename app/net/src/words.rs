//! The safety words of two people: what they compare aloud to know that nobody stands between them.
//! Shown when a contact is added and on its page.
//! Fixed for two identity keys and the same on both sides, whoever asks.

use ahoy_call::PeerId;

/// Groups of digits: 12 groups of 5 are 199 bits, the length that other messengers settled on.
const GROUPS: usize = 12;

/// The words of one group are the numbers below this.
const GROUP_RANGE: u64 = 100_000;

/// Separates this use of the hash from every other one.
const CONTEXT: &str = "ahoy 2026-11 safety words of two identity keys";

/// Twelve groups of five digits that belong to exactly these two identity keys, in either order.
#[must_use]
pub fn safety_words(a: &PeerId, b: &PeerId) -> String {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
    let mut output = hasher.update(low.as_bytes()).update(high.as_bytes()).finalize_xof();
    let groups: [String; GROUPS] = std::array::from_fn(|_| {
        let mut word = [0; 8];
        output.fill(&mut word);
        format!("{:05}", u64::from_be_bytes(word) % GROUP_RANGE)
    });
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_read_the_same_words() {
        let (a, b) = (PeerId([1; 32]), PeerId([2; 32]));
        let words = safety_words(&a, &b);
        assert_eq!(words, safety_words(&b, &a));
        assert!(words.split(' ').all(|group| group.len() == 5 && group.bytes().all(|digit| digit.is_ascii_digit())));
        assert_eq!(words.split(' ').count(), 12);
    }

    #[test]
    fn another_key_gives_other_words_in_every_group() {
        let (a, b, c) = (PeerId([1; 32]), PeerId([2; 32]), PeerId([3; 32]));
        let (ours, theirs) = (safety_words(&a, &b), safety_words(&a, &c));
        assert!(ours.split(' ').zip(theirs.split(' ')).all(|(one, other)| one != other));
    }
}
