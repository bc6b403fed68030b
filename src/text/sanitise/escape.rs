//! The escape machine: finds control sequences, keeps the colours, swallows the rest and leaves a mark.
//!
//! A sequence that is unfinished at a line end, at the end of the text or after [`HELD_MAX`] bytes becomes a mark and
//! its content is shown as text, so nothing can swallow what follows. Characters are judged in `glyph.rs`.

use std::mem;

use super::line::LineBuilder;
use super::sgr::Pen;
use crate::text::styled::StyledLine;

/// How much of an unfinished sequence is held: longer than every honest one, small enough to hold one a stream.
const HELD_MAX: usize = 4096;

/// The visible mark of a sequence that was swallowed.
const MARK: &str = "␛";

/// Where [`Machine::feed`] stopped.
pub(super) enum Feed<'a> {
    /// All text was taken.
    Done,
    /// A LF was met; this is what follows it.
    LineEnd(&'a str),
}

/// What a lone carriage return does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returns {
    /// It overwrites what stood on the line, and the line is flagged.
    KeepLast,
    /// It is shown as a picture: a value has no flag, so nothing of it may vanish.
    Shown,
}

/// Where in a sequence the machine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In text.
    Ground,
    /// After ESC, perhaps with intermediates.
    Escape,
    /// In a control sequence.
    Csi,
    /// In an OSC, which BEL ends too, or in a DCS, SOS, PM, APC.
    Text(Bell),
    /// In one of these, after an ESC that may begin its end.
    TextEscape,
}

/// What BEL does inside a string sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bell {
    Ends,
    Inside,
}

/// The whole state between two characters.
#[derive(Debug)]
pub(super) struct Machine {
    state: State,
    /// ESC or the 8-bit control that began the sequence.
    introducer: char,
    /// What came after the introducer, at most [`HELD_MAX`].
    held: String,
    pen: Option<Pen>,
    returns: Returns,
    line: LineBuilder,
}

impl Machine {
    pub(super) fn new(limit: usize, returns: Returns) -> Self {
        Self {
            state: State::Ground,
            introducer: '\u{1b}',
            held: String::new(),
            pen: Some(Pen::default()),
            returns,
            line: LineBuilder::new(limit),
        }
    }

    /// From now on colours are dropped, not kept.
    pub(super) fn plain(&mut self) {
        self.pen = None;
    }

    /// Takes text up to its first LF.
    pub(super) fn feed<'a>(&mut self, text: &'a str) -> Feed<'a> {
        let mut rest = text;
        loop {
            if self.state == State::Ground {
                rest = self.take_printable(rest);
            }
            let mut characters = rest.chars();
            let Some(character) = characters.next() else {
                return Feed::Done;
            };
            rest = characters.as_str();
            if character == '\n' {
                self.settle();
                return Feed::LineEnd(rest);
            }
            self.step(character);
        }
    }

    /// Ends the line and gives it. An unfinished sequence is shown.
    pub(super) fn end_line(&mut self) -> StyledLine {
        self.settle();
        self.line.finish()
    }

    /// Shows whatever is unfinished; an ESC inside an unfinished string is a second unfinished sequence.
    fn settle(&mut self) {
        while self.state != State::Ground {
            self.abort();
        }
    }

    /// Shows a LF inside a value.
    pub(super) fn show_line_end(&mut self) {
        self.line.character('\n');
    }

    /// The quick path: a run of printable ASCII goes to the line as it is.
    fn take_printable<'a>(&mut self, text: &'a str) -> &'a str {
        let run = text.bytes().take_while(|byte| (0x20..0x7f).contains(byte)).count();
        let (printable, rest) = text.split_at_checked(run).unwrap_or((text, ""));
        if !printable.is_empty() {
            self.line.printable(printable);
        }
        rest
    }

    fn step(&mut self, character: char) {
        match self.state {
            State::Ground => self.ground(character),
            State::Escape => self.escape(character),
            State::Csi => match character {
                ' '..='?' => self.hold(character),
                '@'..='~' => self.end_csi(character),
                _ => self.abort_and(character),
            },
            State::Text(bell) => match character {
                '\u{7}' if bell == Bell::Ends => self.swallow(character),
                '\u{9c}' => self.swallow(character),
                '\u{1b}' => self.state = State::TextEscape,
                '\u{18}' | '\u{1a}' | '\u{80}'..='\u{9f}' => self.abort_and(character),
                _ => self.hold(character),
            },
            State::TextEscape if character == '\\' => self.swallow(character),
            State::TextEscape => {
                self.abort();
                self.step(character);
            }
        }
    }

    fn ground(&mut self, character: char) {
        match character {
            '\u{1b}' => self.begin(character, State::Escape),
            '\u{9b}' => self.begin(character, State::Csi),
            '\u{9d}' => self.begin(character, State::Text(Bell::Ends)),
            '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => self.begin(character, State::Text(Bell::Inside)),
            '\r' if self.returns == Returns::KeepLast => self.line.carriage_return(),
            _ => self.line.character(character),
        }
    }

    fn escape(&mut self, character: char) {
        let first = self.held.is_empty();
        match character {
            '[' if first => self.hold_in(character, State::Csi),
            ']' if first => self.hold_in(character, State::Text(Bell::Ends)),
            'P' | 'X' | '^' | '_' if first => self.hold_in(character, State::Text(Bell::Inside)),
            ' '..='/' => self.hold(character),
            '0'..='~' => self.swallow(character),
            _ => self.abort_and(character),
        }
    }

    fn begin(&mut self, introducer: char, state: State) {
        self.introducer = introducer;
        self.state = state;
    }

    fn hold_in(&mut self, character: char, state: State) {
        self.state = state;
        self.hold(character);
    }

    fn hold(&mut self, character: char) {
        self.held.push(character);
        if self.held.len() >= HELD_MAX {
            self.abort();
        }
    }

    /// A complete control sequence: a colour is kept, everything else swallowed.
    fn end_csi(&mut self, last: char) {
        let parameters = self.held.strip_prefix('[').unwrap_or(&self.held);
        let is_colour =
            last == 'm' && parameters.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'));
        if !is_colour {
            return self.swallow(last);
        }
        if let Some(pen) = &mut self.pen {
            pen.apply(parameters);
            self.line.style(pen.readable());
        }
        let length = self.introducer.len_utf8() + self.held.len() + last.len_utf8();
        self.line.consumed(length);
        self.held.clear();
        self.state = State::Ground;
    }

    /// A complete sequence that acts on a terminal: gone, but its mark stays.
    fn swallow(&mut self, last: char) {
        let escape = usize::from(self.state == State::TextEscape);
        let length = self.introducer.len_utf8() + self.held.len() + escape + last.len_utf8();
        self.held.clear();
        self.state = State::Ground;
        self.line.mark(MARK, length);
    }

    /// The sequence is not one after all: show its mark and its content, then go on with `character`.
    fn abort_and(&mut self, character: char) {
        self.abort();
        self.step(character);
    }

    /// Shows an unfinished sequence: a mark, then what was held. It holds no introducer, so this cannot recurse.
    fn abort(&mut self) {
        let state = mem::replace(&mut self.state, State::Ground);
        if state == State::Ground {
            return;
        }
        let mut held = mem::take(&mut self.held);
        self.line.character(self.introducer);
        for character in held.chars() {
            self.ground(character);
        }
        held.clear();
        self.held = held;
        if state == State::TextEscape {
            self.begin('\u{1b}', State::Escape);
        }
    }
}
