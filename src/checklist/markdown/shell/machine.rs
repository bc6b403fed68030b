//! The states behind `scan.rs`: what is open, what a byte does to it.
//!
//! Shell syntax is ASCII, so it goes by bytes; no byte of a longer letter looks like one. Nesting is bounded.

use std::ops::Range;

use super::super::angle;
use super::super::letters::{byte, from, slice};
use super::scan::{Piece, PieceKind, Quoting, Scan, Span};

/// Deeper than any script a person wrote: what nests further counts as never closed.
const DEPTH: usize = 64;
/// More here-documents than one line ever began.
const HERE_DOCUMENTS: usize = 16;

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// `$(`, or `(` inside one.
    Command,
    /// A back-tick.
    Backtick,
    /// `"`.
    Double,
    /// `${`.
    Braces,
    /// `$((`, and how many `(` inside.
    Arithmetic(usize),
}

/// A here-document whose body comes with the next line.
struct Pending {
    at: usize,
    mark: String,
    verbatim: bool,
    tabs: bool,
}

/// The scanner while it runs.
pub(super) struct Machine<'a> {
    text: &'a str,
    at: usize,
    open: Vec<(Open, usize)>,
    pending: Vec<Pending>,
    scan: Scan,
    /// Where the piece began, and what was seen of it.
    start: usize,
    command: bool,
    comment: Option<Range<usize>>,
    /// The last two bare bytes that are no blanks: an operator waits for more.
    tail: [u8; 2],
}

impl<'a> Machine<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::new(),
            pending: Vec::new(),
            scan: Scan::default(),
            start: 0,
            command: false,
            comment: None,
            tail: [0; 2],
        }
    }

    pub(super) fn run(mut self) -> Scan {
        while self.at < self.text.len() && self.scan.unclosed.is_none() {
            match self.open.last().map(|(open, _)| *open) {
                None | Some(Open::Command | Open::Backtick) => self.bare(),
                Some(Open::Double) => self.double(),
                Some(Open::Braces) => self.braces(),
                Some(Open::Arithmetic(depth)) => self.arithmetic(depth),
            }
        }
        if self.scan.unclosed.is_none() {
            let opened = self.open.first().map(|(_, at)| *at);
            self.scan.unclosed = opened.or(self.pending.first().map(|pending| pending.at));
        }
        if let Some(unclosed) = self.scan.unclosed {
            self.rest_by_lines(unclosed);
        }
        let end = self.text.len();
        self.piece_to(end);
        self.scan
    }

    fn byte(&self, offset: usize) -> u8 {
        byte(self.text, self.at + offset)
    }

    /// Goes on by so many bytes, quoted so.
    fn take(&mut self, bytes: usize, quoting: Quoting) {
        let end = (self.at + bytes).min(self.text.len());
        if end == self.at {
            return;
        }
        match self.scan.spans.last_mut() {
            Some(last) if last.quoting == quoting => last.range.end = end,
            _ => self.scan.spans.push(Span { range: self.at..end, quoting }),
        }
        self.at = end;
    }

    fn push(&mut self, open: Open, bytes: usize, quoting: Quoting) {
        if self.open.len() >= DEPTH {
            self.scan.unclosed = Some(self.at);
            return;
        }
        self.open.push((open, self.at));
        self.take(bytes, quoting);
    }

    /// One step where words are split.
    fn bare(&mut self) {
        let (first, second) = (self.byte(0), self.byte(1));
        let blank = matches!(first, b' ' | b'\t' | b'\r');
        let begins = self.at == self.start
            || matches!(self.before(), b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')');
        let backtick = matches!(self.open.last(), Some((Open::Backtick, _)));
        if first == b'#' && begins && !backtick {
            return self.hash();
        }
        if first == b'\n' {
            return self.line_end();
        }
        self.command |= !blank;
        if !blank {
            self.tail = [self.tail[1], first];
        }
        match first {
            b'\\' => {
                self.tail = [0; 2];
                let two_byte_end = second == b'\r' && self.byte(2) == b'\n';
                self.take(if two_byte_end { 3 } else { 2 + self.letter_tail(2) }, Quoting::Bare);
            }
            b'\'' => self.single(1, Quoting::Single),
            b'$' if second == b'\'' => self.ansi(),
            b'"' => self.push(Open::Double, 1, Quoting::Double),
            b'$' if second == b'"' => self.push(Open::Double, 2, Quoting::Double),
            b'`' => self.backtick(),
            b'$' => self.dollar(Quoting::Bare),
            b'(' if !self.open.is_empty() => self.push(Open::Command, 1, Quoting::Bare),
            b')' if matches!(self.open.last(), Some((Open::Command, _))) => {
                self.take(1, Quoting::Bare);
                self.open.pop();
            }
            b'<' => self.less(),
            _ => self.take(1, Quoting::Bare),
        }
    }

    /// How many bytes of a longer letter follow the byte behind a backslash.
    fn letter_tail(&self, offset: usize) -> usize {
        (0..3).take_while(|more| self.byte(offset + more) & 0xC0 == 0x80).count()
    }

    fn before(&self) -> u8 {
        self.at.checked_sub(1).map_or(b'\n', |at| byte(self.text, at))
    }

    fn backtick(&mut self) {
        // Back-ticks do not nest: the second one closes, whatever was opened between.
        if let Some(at) = self.open.iter().rposition(|(open, _)| *open == Open::Backtick) {
            self.take(1, Quoting::Bare);
            self.open.truncate(at);
        } else {
            self.push(Open::Backtick, 1, Quoting::Bare);
        }
    }

    fn dollar(&mut self, plain: Quoting) {
        match (self.byte(1), self.byte(2)) {
            (b'(', b'(') => self.push(Open::Arithmetic(0), 3, Quoting::Special),
            (b'(', _) => self.push(Open::Command, 2, Quoting::Bare),
            (b'{', _) => self.push(Open::Braces, 2, Quoting::Special),
            _ => self.take(1, plain),
        }
    }

    fn hash(&mut self) {
        let rest = from(self.text, self.at);
        let bytes = rest.find('\n').unwrap_or(rest.len());
        if self.open.is_empty() {
            self.comment = Some(self.at..self.at + bytes);
        }
        self.take(bytes, Quoting::Comment);
    }

    fn single(&mut self, lead: usize, quoting: Quoting) {
        match from(self.text, self.at + lead).find('\'') {
            Some(bytes) => self.take(lead + bytes + 1, quoting),
            None => self.scan.unclosed = Some(self.at),
        }
    }

    /// `$'…'`: a backslash keeps its quote.
    fn ansi(&mut self) {
        let mut end = self.at + 2;
        while end < self.text.len() {
            match byte(self.text, end) {
                b'\\' => end += 2,
                b'\'' => return self.take(end + 1 - self.at, Quoting::Special),
                _ => end += 1,
            }
        }
        self.scan.unclosed = Some(self.at);
    }

    fn double(&mut self) {
        match self.byte(0) {
            b'\\' => self.take(2 + self.letter_tail(2), Quoting::Double),
            b'"' => {
                self.take(1, Quoting::Double);
                self.open.pop();
            }
            b'`' => self.backtick(),
            b'$' => self.dollar(Quoting::Double),
            _ => self.take(1, Quoting::Double),
        }
    }

    fn braces(&mut self) {
        let quoted = self.open.iter().rev().nth(1).is_some_and(|(open, _)| *open == Open::Double);
        match self.byte(0) {
            b'\\' => self.take(2 + self.letter_tail(2), Quoting::Special),
            b'}' => {
                self.take(1, Quoting::Special);
                self.open.pop();
            }
            b'\'' if !quoted => self.single(1, Quoting::Special),
            b'"' => self.push(Open::Double, 1, Quoting::Double),
            b'$' => self.dollar(Quoting::Special),
            _ => self.take(1, Quoting::Special),
        }
    }

    fn arithmetic(&mut self, depth: usize) {
        let top = self.open.len().saturating_sub(1);
        let mut set = |depth| {
            if let Some((open, _)) = self.open.get_mut(top) {
                *open = Open::Arithmetic(depth);
            }
        };
        match byte(self.text, self.at) {
            b'(' => set(depth + 1),
            b')' if depth > 0 => set(depth - 1),
            b')' => {
                self.open.pop();
                let bytes = if self.byte(1) == b')' { 2 } else { 1 };
                return self.take(bytes, Quoting::Special);
            }
            _ => {}
        }
        self.take(1, Quoting::Special);
    }

    /// `<`: a place to fill, a here-document, a here-string or a redirection.
    fn less(&mut self) {
        if let Some(end) = angle::end(self.text, self.at) {
            return self.take(end - self.at, Quoting::Bare);
        }
        if self.byte(1) == b'<' && self.byte(2) == b'<' {
            return self.take(3, Quoting::Bare);
        }
        if self.byte(1) != b'<' || angle::end(self.text, self.at + 1).is_some() {
            return self.take(1, Quoting::Bare);
        }
        let tabs = self.byte(2) == b'-';
        let mut at = self.at + 2 + usize::from(tabs);
        while matches!(byte(self.text, at), b' ' | b'\t') {
            at += 1;
        }
        let begin = at;
        let quote = byte(self.text, at);
        let (mark, verbatim) = if matches!(quote, b'\'' | b'"') {
            let rest = from(self.text, at + 1);
            let end = rest.find([char::from(quote), '\n']).unwrap_or(rest.len());
            at += 2 + end;
            (slice(rest, 0..end).to_owned(), true)
        } else {
            let rest = from(self.text, at);
            let end = rest.find(|letter: char| letter.is_whitespace() || ";&|()<>".contains(letter));
            at += end.unwrap_or(rest.len());
            let word = slice(self.text, begin..at);
            (word.replace('\\', ""), word.contains('\\'))
        };
        let named =
            mark.chars().next().is_some_and(|first| first.is_alphanumeric() || "_!%+-.".contains(first));
        if named && self.pending.len() < HERE_DOCUMENTS {
            self.pending.push(Pending { at: self.at, mark, verbatim, tabs });
            self.take(at.min(self.text.len()) - self.at, Quoting::Bare);
        } else {
            self.take(2, Quoting::Bare);
        }
    }

    fn line_end(&mut self) {
        let waits = matches!(self.tail, [_, b'|'] | [b'&' | b'|', b'&']);
        self.take(1, Quoting::Bare);
        let ends = self.open.is_empty() && (!waits || !self.pending.is_empty());
        if ends {
            self.piece_to(self.at);
        }
        for pending in std::mem::take(&mut self.pending) {
            self.here_document(&pending);
            if ends {
                self.finish(PieceKind::HereDocument, self.at);
            }
        }
    }

    fn here_document(&mut self, pending: &Pending) {
        let quoting = if pending.verbatim { Quoting::Verbatim } else { Quoting::HereDocument };
        let rest = from(self.text, self.at);
        let mut bytes = 0;
        for line in rest.split_inclusive('\n') {
            bytes += line.len();
            let line = line.trim_end_matches(['\n', '\r']);
            let line = if pending.tabs { line.trim_start_matches('\t') } else { line };
            if line == pending.mark {
                return self.take(bytes, quoting);
            }
        }
        if self.scan.unclosed.is_none() {
            self.scan.unclosed = Some(pending.at);
        }
    }

    fn piece_to(&mut self, end: usize) {
        let kind = match (self.command, &self.comment) {
            (true, _) => PieceKind::Command,
            (false, Some(_)) => PieceKind::Comment,
            (false, None) => PieceKind::Blank,
        };
        self.finish(kind, end);
    }

    fn finish(&mut self, kind: PieceKind, end: usize) {
        let comment = self.comment.take();
        if end > self.start {
            self.scan.pieces.push(Piece { kind, range: self.start..end, comment });
        }
        self.start = end;
        self.command = false;
        self.tail = [0; 2];
    }

    /// Something never closes: from the line it stands on, each line is a piece, and nobody knows how its bytes are quoted.
    fn rest_by_lines(&mut self, unclosed: usize) {
        let line = slice(self.text, 0..unclosed).rfind('\n').map_or(0, |at| at + 1);
        self.scan.spans.retain(|span| span.range.start < unclosed);
        if let Some(last) = self.scan.spans.last_mut() {
            last.range.end = last.range.end.min(unclosed);
        }
        self.at = unclosed;
        self.take(self.text.len(), Quoting::Unknown);
        self.scan.pieces.retain(|piece| piece.range.start < line);
        if let Some(last) = self.scan.pieces.last_mut() {
            last.range.end = last.range.end.min(line);
        }
        self.start = self.scan.pieces.last().map_or(0, |piece| piece.range.end);
        self.comment = None;
        for part in from(self.text, self.start).split_inclusive('\n') {
            let begins = part.trim_start();
            self.command = !begins.is_empty() && !begins.starts_with('#');
            let lead = part.len() - begins.len();
            self.comment =
                begins.starts_with('#').then(|| self.start + lead..self.start + part.trim_end().len());
            self.piece_to(self.start + part.len());
        }
        self.command = false;
        self.comment = None;
    }
}
