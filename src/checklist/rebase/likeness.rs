//! Words of two readings: when they are equal, when they say the same, how alike they are.
//!
//! Numbers that only count, case and the signs at the end of a word are left out; figures, comparisons and "not" never are.

use std::collections::HashMap;

use crate::checklist::markdown::identity::uncounted;

/// The longest text that is compared letter by letter, in letters: a title is a line, not a page.
const COMPARED_MAX: usize = 400;
/// Words with which a sentence says the opposite.
const OPPOSITES: &[&str] =
    &["not", "no", "never", "don't", "without", "nicht", "kein", "keine", "pas", "sin", "non"];

/// Words already seen, each with a number: equal words, equal number.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    numbers: HashMap<String, u32>,
}

impl Words {
    pub(super) fn number(&mut self, spelled: &str) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(spelled.to_owned()).or_insert(next)
    }
}

/// A title spelled for comparing.
pub(super) fn plain(title: &str) -> String {
    let mut spelled = String::new();
    for word in uncounted(title).split_whitespace() {
        let word = word.trim_matches(|letter: char| ".,;:!*_`".contains(letter));
        if !word.is_empty() {
            if !spelled.is_empty() {
                spelled.push(' ');
            }
            spelled.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    spelled
}

/// Neighbouring letters of a spelled title, sorted.
pub(super) fn pairs(spelled: &str) -> Vec<(char, char)> {
    let letters: Vec<char> = spelled.chars().take(COMPARED_MAX).collect();
    let mut pairs: Vec<(char, char)> = letters.iter().copied().zip(letters.iter().copied().skip(1)).collect();
    pairs.sort_unstable();
    pairs
}

/// How alike two titles are, from 0 to 1: twice what they share of what they have (Dice, over pairs of letters).
pub(super) fn likeness(left: &[(char, char)], right: &[(char, char)]) -> f64 {
    let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
    let mut shared: u32 = 0;
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        match one.cmp(other) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                shared += 1;
                a.next();
                b.next();
            }
        }
    }
    let all = u32::try_from(left.len() + right.len()).unwrap_or(u32::MAX);
    if all == 0 { 0.0 } else { 2.0 * f64::from(shared) / f64::from(all) }
}

/// May a tick for the one stand for the other, where the id is the same? A mended word may; another figure, comparison or
/// "not" may not.
pub(super) fn says_the_same(old: &str, new: &str) -> bool {
    facts(old) == facts(new) && likeness(&pairs(old), &pairs(new)) >= super::ALIKE
}

fn facts(spelled: &str) -> Vec<&str> {
    let telling = |word: &&str| {
        word.chars().any(|letter| letter.is_numeric() || "<>=≤≥≠%".contains(letter))
            || OPPOSITES.contains(word)
    };
    spelled.split(' ').filter(telling).collect()
}
