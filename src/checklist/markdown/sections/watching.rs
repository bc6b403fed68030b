//! What is watched after a deploy, and for how long: the lengths of time that mean a window, out of headings and sentences.
//!
//! "First", "for" and "over" beside a word of watching begin a window; "within" and "before" are deadlines; an estimate is neither.
//! Not here: the window they become (`build/windows.rs`), how a length is read (`durations.rs`).

use super::durations::{Lead, durations};
use super::{Mode, Sections};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::outline::Rank;
use crate::checklist::markdown::tree::{Kind, NodeId};
use crate::checklist::markdown::words::{Meaning, Vocabulary};
use crate::checklist::period::Period;

/// Words of a sentence about watching that no heading's table has.
const WATCHING: [&str; 14] = [
    "watch",
    "observe",
    "soak",
    "beobacht",
    "surveill",
    "observ",
    "vigil",
    "sorvegli",
    "bewak",
    "obserw",
    "следи",
    "наблюд",
    "观察",
    "監視",
];

/// A length of time that is watched.
#[derive(Clone, Debug)]
pub struct WindowText {
    /// Its line, from 1.
    pub line: usize,
    /// The heading or sentence it stands in.
    pub text: String,
    /// From the deploy's end.
    pub length: Period,
    /// The heading, item or paragraph it stands in.
    pub node: NodeId,
    /// Does it stand in a heading?
    pub in_heading: bool,
}

/// The lengths of time that are watched, in file order.
pub(super) fn windows(document: &Document, sections: &Sections, words: &Vocabulary) -> Vec<WindowText> {
    let mut found = Vec::new();
    let outline = &document.outline;
    let headings = outline
        .headings
        .iter()
        .filter(|heading| heading.rank != Rank::Title)
        .map(|heading| (heading.node, heading.line, &heading.text));
    let labels = outline.labels.iter().map(|label| (label.node, label.line, &label.text));
    for (node, line, text) in headings.chain(labels) {
        let at = document.tree.node(node).range.start;
        if !forward(sections.mode_at(at)) {
            continue;
        }
        let watching = sections.mode_at(at) == Mode::Window;
        let spoken = durations(text).into_iter().filter(|spoken| match spoken.lead {
            Lead::First => true,
            Lead::Lasting | Lead::Bare => watching,
            Lead::Deadline | Lead::Before | Lead::Other => false,
        });
        found.extend(spoken.map(|spoken| WindowText {
            line,
            text: text.clone(),
            length: spoken.length,
            node,
            in_heading: true,
        }));
    }
    for (id, node) in document.tree.all() {
        let sentence = match node.kind {
            Kind::Item => true,
            Kind::Paragraph => {
                document.tree.above(id).next().is_some_and(|(_, above)| above.kind == Kind::Document)
            }
            _ => false,
        };
        let mode = sections.mode_at(node.range.start);
        if sentence && forward(mode) && holds_number(document.first_lines(id)) {
            found.extend(of_sentence(document, words, id, mode));
        }
    }
    found.sort_by_key(|window| (window.line, window.length));
    found.dedup_by_key(|window| (window.line, window.length));
    found
}

fn forward(mode: Mode) -> bool {
    matches!(mode, Mode::Forward | Mode::Window | Mode::Readiness)
}

/// Most sentences say nothing of time: these are not looked at closer.
fn holds_number(written: &str) -> bool {
    written.bytes().any(|byte| byte.is_ascii_digit()) || written.contains("first") || !written.is_ascii()
}

fn of_sentence(document: &Document, words: &Vocabulary, id: NodeId, mode: Mode) -> Vec<WindowText> {
    let text = document.own_words(id);
    let spoken = durations(&text);
    if spoken.is_empty() || document.outline.is_label(id) {
        return Vec::new();
    }
    let lower = text.to_lowercase();
    let watching = WATCHING.iter().any(|word| lower.contains(word))
        || words.meanings(&text).contains(&Meaning::Monitoring);
    let meant = spoken.into_iter().filter(|spoken| match spoken.lead {
        Lead::First | Lead::Lasting => watching || mode == Mode::Window,
        Lead::Bare => watching || (mode == Mode::Window && spoken.starts),
        Lead::Deadline | Lead::Before | Lead::Other => false,
    });
    let line = document.source.line(document.tree.node(id).range.start);
    meant
        .map(|spoken| WindowText {
            line,
            text: text.clone(),
            length: spoken.length,
            node: id,
            in_heading: false,
        })
        .collect()
}
