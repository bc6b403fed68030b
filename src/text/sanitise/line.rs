//! The line being built: limit, marks on a character, joined emoji, tabs, overwriting.
//!
//! It gets characters that are no escape sequence any more. Everything it appends is a whole piece (a character, a
//! joined emoji, a visible number), so that cutting at the limit cannot leave half of one.

use std::mem;

use unicode_width::UnicodeWidthStr;

use super::glyph::{self, Class};
use crate::text::safe::Safe;
use crate::text::styled::{Sgr, StyledLine, StyledSpan};

/// Marks on one character; more are clipped, so that text cannot grow over its neighbours.
const MARKS_MAX: usize = 8;
/// Variation selectors in a row; more are a channel for hidden data.
const SELECTORS_MAX: usize = 2;
/// Emoji joined to one: the longest real one (a family) has four.
const JOINED_MAX: usize = 8;
/// A mark with nothing before it sits on this, never on our own words.
const MARK_BASE: char = '\u{25cc}';
/// Cells between two tab stops.
const TAB: usize = 4;
/// Ends a line that was cut.
const CUT: &str = "…";

/// How a piece relates to the one before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Starts,
    Extends,
}

#[derive(Debug)]
pub(super) struct LineBuilder {
    limit: usize,
    style: Sgr,
    /// What the line says so far.
    part: Part,
    /// Whether a carriage return waits for something to overwrite the line.
    returning: bool,
    carriage_return: bool,
    scratch: String,
}

/// The part of a line since the last carriage return.
#[derive(Debug, Default)]
struct Part {
    spans: Vec<(Sgr, String)>,
    length: usize,
    column: usize,
    /// Where the line can be cut so that the mark still fits, and the bytes taken since.
    cut_at: usize,
    taken_since: usize,
    is_cut: bool,
    cut_bytes: usize,
    /// The character that marks and joiners refer to.
    base: Option<char>,
    marks: usize,
    /// Whether one of them is no part of an emoji: then nothing is joined, real emoji have none.
    accented: bool,
    selectors: usize,
    joined: usize,
    /// Whether a joiner waits for the emoji after it.
    joining: bool,
}

impl LineBuilder {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            style: Sgr::default(),
            part: Part::default(),
            returning: false,
            carriage_return: false,
            scratch: String::new(),
        }
    }

    /// What follows has this style.
    pub(super) fn style(&mut self, style: Sgr) {
        self.style = style;
    }

    /// Bytes were taken that show nothing.
    pub(super) fn consumed(&mut self, bytes: usize) {
        if self.part.is_cut {
            self.part.cut_bytes += bytes;
        }
    }

    /// A lone CR: what follows overwrites the line; nothing may follow.
    pub(super) fn carriage_return(&mut self) {
        self.returning = true;
    }

    /// A run of printable ASCII.
    pub(super) fn printable(&mut self, run: &str) {
        self.overwrite();
        self.settle_joiner();
        if !self.part.is_cut && self.part.length + run.len() + CUT.len() <= self.limit {
            self.start(run.chars().next_back());
            self.part.column += run.len();
            self.append(run, Piece::Starts);
            self.part.cut_at = self.part.length;
            self.part.taken_since = 0;
            return;
        }
        for character in run.chars() {
            self.character(character);
        }
    }

    /// The mark of something swallowed that took `taken` bytes.
    pub(super) fn mark(&mut self, mark: &str, taken: usize) {
        self.overwrite();
        self.settle_joiner();
        self.start(mark.chars().next_back());
        self.piece(mark, taken, Piece::Starts);
    }

    /// One character, made harmless.
    pub(super) fn character(&mut self, character: char) {
        self.overwrite();
        if self.part.joining && self.join(character) {
            return;
        }
        self.settle_joiner();
        match glyph::class(character) {
            Class::Plain => self.plain(character),
            Class::Tone if !self.part.base.is_some_and(glyph::is_pictograph) => self.plain(character),
            class @ (Class::Tone | Class::Mark) => {
                self.part.selectors = 0;
                self.part.accented |= class == Class::Mark;
                self.attach(character);
            }
            Class::Selector => {
                self.part.selectors += 1;
                if self.part.selectors > SELECTORS_MAX {
                    let run = self.part.selectors;
                    self.number(character);
                    self.part.selectors = run;
                } else {
                    self.attach(character);
                }
            }
            Class::Joiner if self.can_join() => self.part.joining = true,
            Class::Joiner | Class::Number => self.number(character),
            Class::Tab => {
                let blanks = TAB - self.part.column % TAB;
                self.start(Some(' '));
                let spaces = "    ".get(..blanks).unwrap_or(" ");
                self.piece(spaces, 1, Piece::Starts);
            }
            Class::Control if character == '\u{1b}' => self.mark("␛", 1),
            Class::Control => self.plain_as(glyph::picture(character), 1),
        }
    }

    /// Gives the line and begins the next one; the style stays.
    pub(super) fn finish(&mut self) -> StyledLine {
        self.settle_joiner();
        self.returning = false;
        let part = mem::take(&mut self.part);
        let spans = part
            .spans
            .into_iter()
            .map(|(style, text)| StyledSpan { style, text: Safe::proved(text) })
            .collect();
        StyledLine { spans, cut_bytes: part.cut_bytes, carriage_return: mem::take(&mut self.carriage_return) }
    }

    /// Something follows a carriage return: forget what stood there.
    fn overwrite(&mut self) {
        let returning = mem::take(&mut self.returning);
        if returning && (self.part.joining || !self.part.spans.is_empty()) {
            self.carriage_return = true;
            self.part = Part::default();
        }
    }

    fn can_join(&self) -> bool {
        self.part.joined < JOINED_MAX
            && !self.part.accented
            && self.part.base.is_some_and(glyph::is_pictograph)
    }

    /// The character after a joiner: an emoji is joined as one piece.
    fn join(&mut self, character: char) -> bool {
        if !glyph::is_pictograph(character) {
            return false;
        }
        let mut pair = [0; 7];
        let text = joined_pair(character, &mut pair);
        self.part.joining = false;
        self.part.base = Some(character);
        self.part.marks = 0;
        self.part.selectors = 0;
        self.part.joined += 1;
        self.piece(text, text.len(), Piece::Extends);
        true
    }

    /// A joiner that joined nothing is shown.
    fn settle_joiner(&mut self) {
        if mem::take(&mut self.part.joining) {
            self.number('\u{200d}');
        }
    }

    fn number(&mut self, character: char) {
        let mut text = mem::take(&mut self.scratch);
        text.clear();
        glyph::number(character, &mut text);
        self.start(Some('›'));
        self.piece(&text, character.len_utf8(), Piece::Starts);
        self.scratch = text;
    }

    fn plain(&mut self, character: char) {
        self.plain_as(character, character.len_utf8());
    }

    fn plain_as(&mut self, character: char, taken: usize) {
        self.start(Some(character));
        self.piece(character.encode_utf8(&mut [0; 4]), taken, Piece::Starts);
    }

    /// A mark, a selector or a tone on the character before.
    fn attach(&mut self, character: char) {
        if self.part.base.is_none() {
            self.start(Some(MARK_BASE));
            self.piece(MARK_BASE.encode_utf8(&mut [0; 4]), 0, Piece::Starts);
        }
        self.part.marks += 1;
        if self.part.marks > MARKS_MAX {
            self.consumed(character.len_utf8());
            return;
        }
        self.piece(character.encode_utf8(&mut [0; 4]), character.len_utf8(), Piece::Extends);
    }

    /// A new character begins: nothing is on it yet.
    fn start(&mut self, base: Option<char>) {
        self.part.base = base;
        self.part.accented = false;
        self.part.marks = 0;
        self.part.selectors = 0;
        self.part.joined = 0;
    }

    /// Appends a whole piece that took `taken` bytes, or cuts the line.
    fn piece(&mut self, text: &str, taken: usize, piece: Piece) {
        if self.part.is_cut {
            self.part.cut_bytes += taken;
            return;
        }
        if self.part.length + text.len() > self.limit {
            return self.cut(taken);
        }
        if piece == Piece::Starts {
            self.part.column += UnicodeWidthStr::width(text);
        }
        self.append(text, piece);
        if self.part.length + CUT.len() <= self.limit {
            self.part.cut_at = self.part.length;
            self.part.taken_since = 0;
        } else {
            self.part.taken_since += taken;
        }
    }

    fn append(&mut self, text: &str, piece: Piece) {
        let style = self.style;
        match self.part.spans.last_mut() {
            Some((last, span)) if *last == style || piece == Piece::Extends => span.push_str(text),
            _ => self.part.spans.push((style, text.to_owned())),
        }
        self.part.length += text.len();
    }

    /// The limit is reached: back to where the mark fits.
    fn cut(&mut self, taken: usize) {
        let mut excess = self.part.length - self.part.cut_at;
        while let Some((_, span)) = self.part.spans.last_mut() {
            if span.len() > excess {
                span.truncate(span.len() - excess);
                break;
            }
            excess -= span.len();
            self.part.spans.pop();
            if excess == 0 {
                break;
            }
        }
        self.part.length = self.part.cut_at;
        self.append(CUT, Piece::Starts);
        self.part.is_cut = true;
        self.part.cut_bytes = self.part.taken_since + taken;
    }
}

/// A joiner and the emoji after it.
fn joined_pair(character: char, buffer: &mut [u8; 7]) -> &str {
    let (joiner, rest) = buffer.split_at_mut(3);
    '\u{200d}'.encode_utf8(joiner);
    let length = 3 + character.encode_utf8(rest).len();
    buffer.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}
