//! What is known of a whole fence: its command lines, parts, warnings, and why a person must do it by hand.
//!
//! `Script::read` is the door of this room. Line numbers are those of the body, from 1: add the fence's own line. Nothing
//! is ever run here.

use std::ops::Range;

use super::super::letters::slice;
use super::argv::{Command, RESERVED, commands};
use super::by_hand::{ByHand, Why, why};
use super::console::{Dialect, script};
use super::foreign::{Reader, Tongue};
use super::marks::{Mark, destructive_sql, marks, names_a_machine};
use super::parts::{self, Part};
use super::scan::{Piece, PieceKind, Scan};

/// A logical line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// Its first line in the body, from 1.
    pub line: usize,
    /// Its last line in the body; another one where it is continued.
    pub last: usize,
    /// Its bytes in [`Script::text`], without comment and line end.
    pub range: Range<usize>,
    /// Its text, continued lines joined.
    pub text: String,
    /// The comment at its end, without `#`.
    pub comment: Option<String>,
    /// How deep it stands in loops, conditions and functions.
    pub depth: usize,
}

/// A comment on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The line in the body, from 1.
    pub line: usize,
    /// Without `#`.
    pub text: String,
}

/// A fence of a shell, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// What would run: the body, or what was typed in a transcript, line for line.
    pub text: String,
    /// Its command lines in order, those of another language too.
    pub lines: Vec<CommandLine>,
    /// Its comments in order.
    pub comments: Vec<Comment>,
    /// Its parts in order; several where a comment says "if".
    pub parts: Vec<Part>,
    /// Warnings by line.
    pub marks: Vec<(usize, Mark)>,
    /// Why a person must do it: the first reason.
    pub by_hand: Option<ByHand>,
    /// Lines of another language.
    pub foreign: Vec<(usize, Tongue)>,
}

impl Script {
    /// Reads the body of a fence. Nothing unless its language is a shell's.
    pub fn read(language: &str, body: &str) -> Self {
        super::console::dialect(language).map(|dialect| Self::of(dialect, body)).unwrap_or_default()
    }

    /// Reads a body as a dialect.
    pub fn of(dialect: Dialect, body: &str) -> Self {
        let text = script(dialect, body).into_owned();
        let scan = Scan::read(&text);
        let mut reading = Reading::default();
        let mut line = 1;
        for piece in &scan.pieces {
            let whole = slice(&text, piece.range.clone());
            match piece.kind {
                PieceKind::Blank => reading.foreign.blank(),
                PieceKind::HereDocument => {}
                PieceKind::Comment => reading.comment(line, whole),
                PieceKind::Command => reading.command(line, piece, &text),
            }
            line += whole.matches('\n').count();
        }
        if let Some(at) = scan.unclosed {
            let line = slice(&text, 0..at).matches('\n').count() + 1;
            reading.reasons.push(ByHand { line, why: Why::Unclosed });
        }
        let mut found = reading.script;
        found.by_hand = reading.reasons.into_iter().min_by_key(|reason| reason.line);
        found.parts = parts::cut(&text, &scan);
        found.text = text;
        found
    }

    /// What was written about the answer of the command line with this index: the comment at its end, and those up to the
    /// next command line.
    pub fn comments_of(&self, index: usize) -> Vec<&str> {
        let Some(own) = self.lines.get(index) else { return Vec::new() };
        let next = self.lines.get(index + 1).map_or(usize::MAX, |next| next.line);
        let first = self.comments.partition_point(|comment| comment.line <= own.last);
        let below = self.comments.iter().skip(first).take_while(|comment| comment.line < next);
        own.comment.iter().map(String::as_str).chain(below.map(|comment| comment.text.as_str())).collect()
    }
}

/// What is read so far, and what the lines before make of the next one.
#[derive(Default)]
struct Reading {
    script: Script,
    foreign: Reader,
    reasons: Vec<ByHand>,
    depth: usize,
}

impl Reading {
    fn comment(&mut self, line: usize, text: &str) {
        let text = bare(text);
        if names_a_machine(&text) {
            self.script.marks.push((line, Mark::Remote));
        }
        self.script.comments.push(Comment { line, text });
    }

    fn command(&mut self, line: usize, piece: &Piece, text: &str) {
        let end = piece.comment.as_ref().map_or(piece.range.end, |comment| comment.start);
        let raw = slice(text, piece.range.start..end);
        let lead = raw.len() - raw.trim_start().len();
        let trimmed = raw.trim();
        let range = piece.range.start + lead..piece.range.start + lead + trimmed.len();
        let tongue = self.foreign.read(trimmed);
        let all = commands(trimmed);
        let depth = self.depth;
        self.depth = parts::nested(depth, &all);
        if only_reserved(&all, trimmed) {
            return;
        }
        let breaks = trimmed.matches('\n').count();
        self.script.lines.push(CommandLine {
            line,
            last: line + breaks,
            range,
            text: joined(trimmed),
            comment: piece.comment.clone().map(|comment| bare(slice(text, comment))),
            depth,
        });
        if let Some(tongue) = tongue {
            self.script.foreign.push((line, tongue));
            self.reasons.push(ByHand { line, why: Why::Foreign(tongue) });
            if tongue == Tongue::Sql && destructive_sql(trimmed) {
                self.script.marks.push((line, Mark::Destructive));
            }
            return;
        }
        self.script.marks.extend(marks(&all).into_iter().map(|mark| (line, mark)));
        self.reasons.extend(all.iter().find_map(why).map(|why| ByHand { line, why }));
    }
}

/// A lone `do`, `fi`, `}`: no command line.
fn only_reserved(all: &[Command], text: &str) -> bool {
    let mut words = all.iter().flat_map(|command| &command.words);
    words.all(|word| !word.quoted && RESERVED.contains(&word.text.as_str()))
        && all.iter().all(|command| command.redirections.is_empty())
        && text.split_whitespace().count() <= 2
}

fn bare(comment: &str) -> String {
    comment.trim().trim_start_matches('#').trim().to_owned()
}

/// Continued lines as one, for a person to read.
fn joined(text: &str) -> String {
    if !text.contains("\\\n") && !text.contains("\\\r\n") {
        return text.to_owned();
    }
    let mut whole = String::with_capacity(text.len());
    let mut goes_on = false;
    for line in text.split('\n') {
        let line = line.trim_end_matches('\r');
        let line = if goes_on { line.trim_start() } else { line };
        goes_on = line.ends_with('\\');
        whole.push_str(line.trim_end_matches('\\').trim_end());
        whole.push(if goes_on { ' ' } else { '\n' });
    }
    whole.trim_end().to_owned()
}

#[cfg(test)]
pub(crate) mod tests;
