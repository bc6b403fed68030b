//! The one sanitiser: what comes from outside becomes lines that cannot act, in bounded memory.
//!
//! This file is the doors: a stream of lines ([`Sanitiser`]), one styled line ([`sanitise_line`]), one plain value
//! ([`sanitise`]). The escape machine is in `sanitise/escape.rs`, what each character becomes in
//! `sanitise/glyph.rs`, the line being built in `sanitise/line.rs`, colours in `sanitise/sgr.rs`.

mod escape;
mod glyph;
mod line;
mod sgr;
#[cfg(test)]
mod tests;

use std::mem;

use escape::{Feed, Machine, Returns};

pub(super) use glyph::show_control;

use super::safe::Safe;
use super::styled::StyledLine;
use super::untrusted::Untrusted;

/// How many bytes a sanitised line may have at most, its `…` included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitBytes(usize);

impl LimitBytes {
    /// The usual limit of a line: wider than any terminal, small enough to keep ten thousands of them.
    pub const LINE: Self = Self(4096);
    /// For short values in tables and dialogs.
    pub const VALUE: Self = Self(512);

    /// A limit of `bytes`, at least 4: the mark must fit.
    pub const fn new(bytes: usize) -> Self {
        Self(if bytes < 4 { 4 } else { bytes })
    }

    /// The limit in bytes.
    pub const fn bytes(self) -> usize {
        self.0
    }
}

/// One plain safe line of a value. Colours are dropped, a line end inside is shown as `␊`, a carriage return as `␍`
/// (nothing of a value may vanish), line ends after it are dropped.
pub fn sanitise(text: &Untrusted, limit: LimitBytes) -> Safe {
    sanitise_value(text.raw(), limit)
}

/// [`sanitise`] for text that is not wrapped.
pub(super) fn sanitise_value(text: &str, limit: LimitBytes) -> Safe {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.len() <= limit.bytes() && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Safe::proved(text.to_owned());
    }
    let mut machine = Machine::new(limit.bytes(), Returns::Shown);
    machine.plain();
    feed_whole(&mut machine, text);
    machine.end_line().text()
}

/// One styled line, for instance of a log. A line end inside it is shown as `␊`; of text with lone carriage returns
/// the last part stays.
pub fn sanitise_line(line: impl AsRef<[u8]>, limit: LimitBytes) -> StyledLine {
    let text = String::from_utf8_lossy(line.as_ref());
    let mut machine = Machine::new(limit.bytes(), Returns::KeepLast);
    feed_whole(&mut machine, text.trim_end_matches(['\r', '\n']));
    machine.end_line()
}

/// All lines of a text that is there as a whole, each at most `limit` long; at most `most` lines, the first ones. The
/// number says how many lines were left out.
pub fn sanitise_lines(text: impl AsRef<[u8]>, limit: LimitBytes, most: usize) -> (Vec<StyledLine>, usize) {
    let mut stream = Sanitiser::new(limit);
    let mut lines = stream.push(text.as_ref());
    lines.extend(stream.finish());
    let left_out = lines.len().saturating_sub(most);
    lines.truncate(most);
    (lines, left_out)
}

fn feed_whole(machine: &mut Machine, text: &str) {
    let mut rest = text;
    loop {
        match machine.feed(rest) {
            Feed::Done => return,
            Feed::LineEnd(after) => {
                machine.show_line_end();
                rest = after;
            }
        }
    }
}

/// Turns a stream of chunks into lines. How the stream is cut into chunks changes nothing. It holds at most one line
/// of its limit, one unfinished escape sequence of 4 KiB, and three bytes of an unfinished character.
#[derive(Debug)]
pub struct Sanitiser {
    machine: Machine,
    /// The beginning of a character whose other bytes are in the next chunk.
    carry: Vec<u8>,
    /// Whether bytes came since the last line end.
    open: bool,
}

impl Sanitiser {
    /// A stream whose lines have at most `limit` bytes. Colours last over line ends, as in a terminal.
    pub fn new(limit: LimitBytes) -> Self {
        Self { machine: Machine::new(limit.bytes(), Returns::KeepLast), carry: Vec::new(), open: false }
    }

    /// Takes the next chunk; gives the lines that ended in it.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<StyledLine> {
        let mut lines = Vec::new();
        if self.carry.is_empty() {
            self.decode(chunk, &mut lines);
        } else {
            let mut joined = mem::take(&mut self.carry);
            joined.extend_from_slice(chunk);
            self.decode(&joined, &mut lines);
        }
        lines
    }

    /// The stream has ended: gives the last line if it had no line end.
    pub fn finish(&mut self) -> Option<StyledLine> {
        let mut lines = Vec::new();
        if !mem::take(&mut self.carry).is_empty() {
            self.feed("\u{fffd}", &mut lines);
        }
        mem::take(&mut self.open).then(|| self.machine.end_line())
    }

    /// Bytes to characters, as rule 1 wants: what is invalid becomes U+FFFD, what is unfinished waits.
    fn decode(&mut self, bytes: &[u8], lines: &mut Vec<StyledLine>) {
        let mut rest = bytes;
        loop {
            let fault = match std::str::from_utf8(rest) {
                Ok(text) => return self.feed(text, lines),
                Err(fault) => fault,
            };
            let (valid, bad) = rest.split_at_checked(fault.valid_up_to()).unwrap_or((rest, &[]));
            self.feed(std::str::from_utf8(valid).unwrap_or_default(), lines);
            let Some(length) = fault.error_len() else {
                self.carry.extend_from_slice(bad);
                return;
            };
            self.feed("\u{fffd}", lines);
            rest = bad.get(length..).unwrap_or_default();
        }
    }

    fn feed(&mut self, text: &str, lines: &mut Vec<StyledLine>) {
        let mut rest = text;
        self.open |= !rest.is_empty();
        while let Feed::LineEnd(after) = self.machine.feed(rest) {
            lines.push(self.machine.end_line());
            self.open = !after.is_empty();
            rest = after;
        }
    }
}
