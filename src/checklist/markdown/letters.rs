//! How a scanner looks at its text: a slice that never fails, the letter before, the letter after, what belongs to a word.
//!
//! Not here: any meaning. Every room that reads text by hand looks through these.

use std::ops::Range;

/// The text between two bytes; nothing where they are no ends of letters or lie outside.
pub fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The text from a byte on.
pub fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// The letter that begins at a byte.
pub fn letter(text: &str, at: usize) -> Option<char> {
    from(text, at).chars().next()
}

/// The letter that ends before a byte.
pub fn before(text: &str, at: usize) -> Option<char> {
    slice(text, 0..at).chars().next_back()
}

/// The byte at a place, 0 beyond the end: every scanner takes 0 for an ordinary letter.
pub fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or_default()
}

/// Whether a letter can be part of a name: letters and digits of any script, and the low line.
pub fn in_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where the run of letters that fit ends, from a byte on.
pub fn run(text: &str, at: usize, fits: impl Fn(char) -> bool) -> usize {
    let rest = from(text, at);
    at + rest.find(|letter| !fits(letter)).unwrap_or(rest.len())
}

/// Where each place with this needle begins, in order; needles do not overlap.
pub fn places<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(needle).map(|(at, _)| at)
}

/// [`run`], but no further than so many bytes: a hostile text must not be read again from each of its places.
pub fn run_most(text: &str, at: usize, most: usize, fits: impl Fn(char) -> bool) -> usize {
    let mut end = at;
    for letter in from(text, at).chars().take_while(|letter| fits(*letter)) {
        if end + letter.len_utf8() > at + most {
            break;
        }
        end += letter.len_utf8();
    }
    end
}

/// Whether the place from `range` is a word of its own: no letter, digit or low line on either side.
pub fn alone(text: &str, range: &Range<usize>) -> bool {
    !before(text, range.start).is_some_and(in_name) && !letter(text, range.end).is_some_and(in_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_inside_a_letter_is_nothing() {
        assert_eq!((slice("aé", 0..2), slice("aé", 0..3), from("aé", 9), byte("a", 3)), ("", "aé", "", 0));
        assert_eq!((before("aé", 3), letter("aé", 1), before("a", 0)), (Some('é'), Some('é'), None));
    }

    #[test]
    fn a_word_stands_alone_between_other_letters() {
        let at = |text: &str, word: &str| {
            let start = text.find(word).unwrap();
            alone(text, &(start..start + word.len()))
        };
        assert!(at("is TBD.", "TBD"));
        assert!(!at("TBDs", "TBD") && !at("_TBD", "TBD"));
        assert_eq!(
            (run("ab1-c", 0, in_name), run_most("aé1-c", 0, 2, in_name), run_most("ab", 1, 9, in_name)),
            (3, 1, 2)
        );
    }
}
