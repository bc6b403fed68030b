//! Near misses: forms that people write for a box and GitHub does not draw.
//!
//! They are counted apart. Boxes in code, in HTML and in comments are listed too, but never become items.

use std::ops::Range;

use super::{Boxes, ITEMS_MAX};
use crate::checklist::markdown::source::Source;
use crate::checklist::markdown::tree::{Kind, NodeId, Tree};

/// What keeps a near miss from being a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NearKind {
    /// `[]`, `[  ]`, `[ x]`, a tab or a no-break space in the brackets.
    Brackets,
    /// `[ ]text`: no space behind the box.
    NoSpace,
    /// `[ ]` and nothing behind it.
    Empty,
    /// `[~]`, `[-]`, `[>]` …: the mark of another program.
    ForeignMark,
    /// ☐, ⬜, ☑, ☒ or ✔ as a bullet.
    Drawn,
    /// A box in a paragraph, a heading, a quote, bold words or a table: no item of a list starts with it.
    NoItem,
    /// In a fence, indented code, HTML or a comment: never an item.
    Hidden,
}

/// Something that looks like a box.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// The item, paragraph, heading or block it stands in.
    pub node: NodeId,
    /// Its line, from 1.
    pub line: usize,
    /// The column of the mark in characters, from 1.
    pub column: usize,
    /// From the mark to the end of its line, in bytes of the file.
    pub bytes: Range<usize>,
    /// Why it is none.
    pub kind: NearKind,
    /// The mark as written.
    pub mark: String,
    /// Does it look ticked?
    pub ticked: bool,
    /// What stands behind it, on one line, repaired for the screen.
    pub text: String,
}

/// Finds the near misses; tasks must be known.
pub(super) fn find(source: &Source, tree: &Tree, found: &mut Boxes) {
    let tasks: std::collections::HashSet<NodeId> = found.tasks.iter().map(|task| task.node).collect();
    for (id, node) in tree.all() {
        if found.near.len() >= ITEMS_MAX {
            found.beyond += 1;
            return;
        }
        let more = match node.kind {
            Kind::Item if !tasks.contains(&id) => in_item(source, tree, id).into_iter().collect(),
            Kind::Paragraph if parent_is(tree, id, &[Kind::Document, Kind::Quote(None)]) => {
                in_paragraph(source, tree, id)
            }
            Kind::Heading(_) => at(source, tree, id, id, true).into_iter().collect(),
            Kind::Fence(_) | Kind::Indented | Kind::Html => hidden(source, id, node.range.clone()),
            _ => Vec::new(),
        };
        found.near.extend(more);
    }
}

fn parent_is(tree: &Tree, id: NodeId, kinds: &[Kind]) -> bool {
    let above = tree.above(id).next().map(|(_, above)| &above.kind);
    above.is_some_and(|above| kinds.contains(above))
}

fn in_item(source: &Source, tree: &Tree, item: NodeId) -> Option<NearMiss> {
    let (first, node) = tree.children(item).next()?;
    let (words, strange) = match node.kind {
        Kind::Paragraph => (first, false),
        Kind::Quote(_) => (tree.children(first).next()?.0, true),
        Kind::Table => (tree.children(tree.children(first).next()?.0).next()?.0, true),
        _ => return None,
    };
    at(source, tree, item, words, strange)
}

/// A near miss at the start of a line of words; `strange` where even a good box is none.
fn at(source: &Source, tree: &Tree, node: NodeId, words: NodeId, strange: bool) -> Option<NearMiss> {
    let (first, child) = tree.children(words).next()?;
    let bold = matches!(child.kind, Kind::Strong | Kind::Emphasis);
    let inner = if bold { tree.children(first).next()?.1 } else { child };
    if !matches!(inner.kind, Kind::Text(_) | Kind::Box(_)) {
        return None;
    }
    let start = inner.range.start;
    let ids = tree.subtree(words).map(|(id, _)| id);
    line(source, node, start, strange || bold, &tree.joined(source.text(), ids))
}

/// Each line of a paragraph that belongs to no list.
fn in_paragraph(source: &Source, tree: &Tree, id: NodeId) -> Vec<NearMiss> {
    let mut found: Vec<NearMiss> = at(source, tree, id, id, true).into_iter().collect();
    let mut fresh = false;
    for (_, child) in tree.children(id) {
        if fresh && matches!(child.kind, Kind::Text(_)) {
            let end = source.line_range(source.line(child.range.start)).end;
            let words = source.slice(child.range.start..end).to_owned();
            found.extend(line(source, id, child.range.start, true, &words));
        }
        fresh = child.kind == Kind::Break;
    }
    found
}

fn line(source: &Source, node: NodeId, start: usize, strange: bool, words: &str) -> Option<NearMiss> {
    let end = source.line_range(source.line(start)).end;
    let raw = source.slice(start..end);
    let lead = raw.len() - raw.trim_start_matches([' ', '\t']).len();
    let written = source.mended(raw.trim_start());
    // `-[ ] x`: a marker without its space makes no list.
    let (marker, rest) = if strange { bare_marker(&written) } else { ("", written.as_str()) };
    let form = form(rest, strange || !marker.is_empty())?;
    let mark = rest.get(..form.len)?.trim_end().to_owned();
    let mended = source.mended(words);
    let shown = mended.trim_start().strip_prefix(marker).unwrap_or(&mended);
    let text = shown.strip_prefix(mark.as_str()).unwrap_or(shown).trim().to_owned();
    let start = start + lead;
    Some(NearMiss {
        node,
        line: source.line(start),
        column: source.column(start),
        bytes: source.bytes_of(start..end),
        kind: form.kind,
        mark,
        ticked: form.ticked,
        text,
    })
}

fn bare_marker(text: &str) -> (&str, &str) {
    let digits = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let rest = if digits.len() < text.len() {
        digits.strip_prefix(['.', ')'])
    } else {
        text.strip_prefix(['-', '*', '+'])
    };
    match rest {
        Some(rest) if rest.starts_with('[') => text.split_at(text.len() - rest.len()),
        _ => ("", text),
    }
}

struct Form {
    kind: NearKind,
    len: usize,
    ticked: bool,
}

/// The near miss a text starts with; `whole` says whether a proper box counts as one.
fn form(text: &str, whole: bool) -> Option<Form> {
    let first = text.chars().next()?;
    if let Some(ticked) = drawn(first) {
        let len = first.len_utf8();
        let after = text.get(len..)?.trim_start_matches('\u{fe0f}');
        let len = text.len() - after.len();
        return after.starts_with(char::is_whitespace).then_some(Form { kind: NearKind::Drawn, len, ticked });
    }
    let close = text.char_indices().take(6).find(|(_, letter)| *letter == ']')?.0;
    let inner = text.strip_prefix('[')?.get(..close.checked_sub(1)?)?;
    let after = text.get(close + 1..)?;
    let len = close + 1;
    let spaced = after.is_empty() || after.starts_with(char::is_whitespace);
    let proper = matches!(inner, " " | "x" | "X");
    let mut marks = inner.trim().chars();
    let (mark, more) = (marks.next(), marks.next());
    if more.is_some() || after.starts_with(['(', '[', ':']) {
        return None;
    }
    let ticked = mark.is_some_and(|mark| "xX✓✔✅☑×".contains(mark));
    let kind = match mark {
        _ if proper && after.trim().is_empty() => NearKind::Empty,
        _ if proper && !spaced => NearKind::NoSpace,
        _ if proper && after.starts_with('\u{a0}') => NearKind::Brackets,
        _ if proper && whole => NearKind::NoItem,
        _ if proper => return None,
        None => NearKind::Brackets,
        Some(_) if ticked => NearKind::Brackets,
        Some(mark) if spaced && "~-/><!?*+=\"^&%$|.".contains(mark) => NearKind::ForeignMark,
        Some(_) => return None,
    };
    Some(Form { kind, len, ticked })
}

/// Is this character a drawn box, and is it ticked?
fn drawn(letter: char) -> Option<bool> {
    match letter {
        '☐' | '⬜' | '□' | '▢' | '◻' => Some(false),
        '☑' | '☒' | '✔' => Some(true),
        _ => None,
    }
}

/// Lines of a block that would be tasks outside it.
fn hidden(source: &Source, node: NodeId, range: Range<usize>) -> Vec<NearMiss> {
    if !source.slice(range.clone()).contains(']') {
        return Vec::new();
    }
    let last = source.line(range.end.saturating_sub(1));
    let mut found = Vec::new();
    for number in source.line(range.start)..=last {
        let of = source.line_range(number);
        let written = source.slice(of.clone());
        let Some(box_at) =
            written.find("[ ] ").or_else(|| written.find("[x] ")).or_else(|| written.find("[X] "))
        else {
            continue;
        };
        let before = written.get(..box_at).unwrap_or_default().trim_end();
        if !before.ends_with(['-', '*', '+', '.', ')']) {
            continue;
        }
        let start = of.start + box_at;
        found.push(NearMiss {
            node,
            line: number,
            column: source.column(start),
            bytes: source.bytes_of(start..of.end),
            kind: NearKind::Hidden,
            mark: source.slice(start..start + 3).to_owned(),
            ticked: !source.slice(start..start + 3).contains(' '),
            text: source.shown(start + 3..of.end).trim().to_owned(),
        });
    }
    found
}
