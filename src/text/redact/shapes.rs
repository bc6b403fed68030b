//! The second net: tokens known by their shape (AWS, GitHub, GitLab, Slack, JWT), PEM blocks, `Authorization:` values.
//!
//! A small state machine over the stream. What it recognises is dropped byte by byte, so nothing is held but the
//! beginning of a shape, at most 2 KiB. What begins where is
//! decided in `shapes/find.rs`.

mod find;

use self::find::{Armour, Found, armour, find};
use super::Stream;

/// A PEM block without an end is given up here: longer than every key, and output must not vanish for ever.
const PEM_MAX: usize = 64 * 1024;
/// What the stream is in.
#[derive(Clone, Copy, Default)]
enum Mode {
    #[default]
    Text,
    /// The rest of a token: letters, digits and these.
    Token(&'static [u8]),
    /// After a key word and its colon, before the value.
    BeforeValue { mask: &'static [u8], until: Until },
    /// In such a value.
    Value { until: Until, escaped: bool },
    /// In a PEM block; bytes dropped so far.
    Pem(usize),
}

/// What ends a value, beside the end of the line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    LineEnd,
    /// This quote, unless a backslash is before it.
    Quote(u8),
    /// This quote, which has a backslash before it itself.
    EscapedQuote(u8),
}

/// Where the stream stands.
#[derive(Default)]
pub(super) struct ShapeState {
    held: Vec<u8>,
    mode: Mode,
    /// The byte before, for the beginning of words.
    before: u8,
}

impl ShapeState {
    pub(super) fn push(&mut self, chunk: &[u8], stream: Stream, out: &mut Vec<u8>) {
        self.held.extend_from_slice(chunk);
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        while let Some(taken) = self.step(rest, stream, out) {
            let (passed, tail) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
            self.before = passed.last().copied().unwrap_or(self.before);
            rest = tail;
        }
        self.held = rest.to_vec();
        if stream == Stream::Ends {
            *self = Self::default();
        }
    }

    /// Does what can be done at this place; gives how many bytes are settled, none when more must come.
    fn step(&mut self, rest: &[u8], stream: Stream, out: &mut Vec<u8>) -> Option<usize> {
        let first = *rest.first()?;
        match self.mode {
            Mode::Text => self.text(rest, stream, out),
            Mode::Token(also) if first.is_ascii_alphanumeric() || also.contains(&first) => Some(1),
            Mode::Token(_) => {
                self.mode = Mode::Text;
                Some(0)
            }
            Mode::BeforeValue { mask, until } => Some(self.before_value(first, mask, until, out)),
            Mode::Value { until, escaped } => Some(self.value(first, until, escaped)),
            Mode::Pem(dropped) => self.pem(rest, dropped, stream),
        }
    }

    fn text(&mut self, rest: &[u8], stream: Stream, out: &mut Vec<u8>) -> Option<usize> {
        let plain = rest.iter().take_while(|byte| !b"AaXxgeG-".contains(byte)).count();
        if plain > 0 {
            out.extend_from_slice(rest.get(..plain).unwrap_or_default());
            return Some(plain);
        }
        match find(rest, self.before) {
            Found::NeedsMore if stream == Stream::GoesOn => None,
            Found::NeedsMore | Found::Nothing => {
                out.extend(rest.first());
                Some(1)
            }
            Found::Shape { shown, dropped, mask, next } => {
                out.extend_from_slice(rest.get(..shown).unwrap_or_default());
                out.extend_from_slice(mask);
                self.mode = next;
                Some(shown + dropped)
            }
        }
    }

    /// Blanks and the opening quote stay; the mask stands for what follows.
    fn before_value(&mut self, first: u8, mask: &'static [u8], until: Until, out: &mut Vec<u8>) -> usize {
        match first {
            b' ' | b'\t' | b'\\' => out.push(first),
            b'\r' | b'\n' => {
                self.mode = Mode::Text;
                return 0;
            }
            b'"' | b'\'' if until == Until::LineEnd => {
                out.push(first);
                out.extend_from_slice(mask);
                let until =
                    if self.before == b'\\' { Until::EscapedQuote(first) } else { Until::Quote(first) };
                self.mode = Mode::Value { until, escaped: false };
            }
            _ => {
                out.extend_from_slice(mask);
                self.mode = Mode::Value { until, escaped: false };
                return 0;
            }
        }
        1
    }

    fn value(&mut self, first: u8, until: Until, escaped: bool) -> usize {
        let ends = match (first, until) {
            (b'\n' | b'\r', _) => true,
            (_, Until::Quote(quote)) => first == quote && !escaped,
            (_, Until::EscapedQuote(quote)) => first == quote,
            (_, Until::LineEnd) => false,
        };
        if ends {
            self.mode = Mode::Text;
            return 0;
        }
        self.mode = Mode::Value { until, escaped: first == b'\\' && !escaped };
        1
    }

    /// Drops up to the end mark.
    fn pem(&mut self, rest: &[u8], dropped: usize, stream: Stream) -> Option<usize> {
        let goes_on = stream == Stream::GoesOn;
        let taken = match armour(rest, b"-----END ") {
            Armour::Whole(length) => {
                self.mode = Mode::Text;
                return Some(length);
            }
            Armour::Begun if goes_on => return None,
            Armour::Begun | Armour::Other => 1,
        };
        self.mode = if dropped + taken >= PEM_MAX { Mode::Text } else { Mode::Pem(dropped + taken) };
        Some(taken)
    }
}
