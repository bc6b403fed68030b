//! `Safe`: one line of text that cannot act on a terminal, a browser or a reader's eyes.
//!
//! Sinks accept only this type. It is made from our own words ([`Safe::own`]), by the sanitiser ([`safe`],
//! `Untrusted::safe`), or by composing safe pieces (`safe_format!`, [`Safe::join`]). Cutting to a width is in
//! `text/width.rs`, wrapping in `text/wrap.rs`.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::sanitise::{LimitBytes, sanitise_value};
use super::untrusted::Untrusted;
use super::width;

/// One line of harmless text: no control, no escape, no invisible character, no line end.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Safe(Cow<'static, str>);

impl Safe {
    /// The empty line.
    pub const EMPTY: Self = Self(Cow::Borrowed(""));

    /// Our own words, written in the source. Debug builds refuse control characters.
    pub const fn own(words: &'static str) -> Self {
        debug_assert!(has_no_control(words), "our own words hold a control character");
        Self(Cow::Borrowed(words))
    }

    /// Text that code of this room has already proved harmless.
    pub(super) fn proved(text: String) -> Self {
        Self(Cow::Owned(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Width in terminal cells.
    pub fn width(&self) -> usize {
        width::cells(self.as_str())
    }

    /// Appends another safe text.
    pub fn push(&mut self, more: &Self) {
        if !more.is_empty() {
            self.0.to_mut().push_str(&more.0);
        }
    }

    /// All pieces, one after the other.
    pub fn concat<'a>(pieces: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::join(pieces, &Self::EMPTY)
    }

    /// All pieces with a separator between them.
    pub fn join<'a>(pieces: impl IntoIterator<Item = &'a Self>, separator: &Self) -> Self {
        let mut text = String::new();
        for (n, piece) in pieces.into_iter().enumerate() {
            if n > 0 {
                text.push_str(&separator.0);
            }
            text.push_str(&piece.0);
        }
        Self::proved(text)
    }

    /// Pieces one after the other, for callers that hold references.
    pub fn format(pieces: &[&Self]) -> Self {
        Self::concat(pieces.iter().copied())
    }

    /// This text `times` times: rules, bars, padding.
    #[must_use]
    pub fn repeat(&self, times: usize) -> Self {
        Self::proved(self.0.repeat(times))
    }

    /// This text back among what came from outside, to be matched or stored where text is not trusted.
    pub fn to_untrusted(&self) -> Untrusted {
        Untrusted::new(self.as_str())
    }
}

/// Whether no ASCII control is in `words`; what a `const fn` can check.
pub(super) const fn has_no_control(words: &str) -> bool {
    let mut rest = words.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first < 0x20 || *first == 0x7f {
            return false;
        }
        rest = tail;
    }
    true
}

/// One safe line from text the model holds as a plain string, at most [`LimitBytes::LINE`]. Printable ASCII costs one
/// scan and one copy.
pub fn safe(text: &str) -> Safe {
    sanitise_value(text, LimitBytes::LINE)
}

/// Like [`safe`], but nothing is swallowed: an escape sequence is shown character by character. For what a person
/// must judge exactly: commands in dialogs, diffs before trust. Not limited in length; the caller cuts by width.
pub fn visible(text: &str) -> Safe {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        super::sanitise::show_control(c, &mut shown);
    }
    let limit = LimitBytes::new(shown.len().saturating_mul(6));
    sanitise_value(&shown, limit)
}

impl fmt::Display for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Safe {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Safe {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Safe {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Serialize for Safe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<&Untrusted> for Safe {
    fn from(text: &Untrusted) -> Self {
        text.safe()
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Safe {
            fn from(number: $number) -> Self {
                Self::proved(number.to_string())
            }
        }
    )*};
}

from_numbers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composing_keeps_the_pieces_in_order() {
        let pieces = [Safe::own("a"), Safe::own("b"), Safe::from(3_u64)];
        assert_eq!(Safe::join(&pieces, &Safe::own(", ")), "a, b, 3");
        assert_eq!(Safe::concat(&pieces), "ab3");
        assert_eq!(Safe::own("ab").repeat(2), "abab");
    }

    #[test]
    fn visible_shows_a_colour_code_that_safe_removes() {
        assert_eq!(safe("\u{1b}[31mred"), "red");
        assert_eq!(visible("\u{1b}[31mred\r\n"), "␛[31mred␍␊");
        assert_eq!(visible("a\u{9b}8mb\u{202e}"), "a‹U+009B›8mb‹U+202E›");
    }

    #[test]
    fn display_obeys_the_width_of_a_format() {
        assert_eq!(format!("[{:>4}]", Safe::own("ab")), "[  ab]");
    }
}
