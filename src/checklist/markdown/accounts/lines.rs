//! Every line of the file in exactly one use: later, stronger claims take a line from weaker ones; a blank line stays blank.
//!
//! A heading became something where anything beneath it did. Not here: what a thing became (`told.rs`).

use std::collections::HashSet;
use std::ops::Range;

use super::{Ignored, Use};
use crate::checklist::markdown::build::Built;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::outline::Rank;
use crate::checklist::markdown::sections::{Mode, Sections};
use crate::checklist::markdown::tree::{Kind, NodeId};

struct Lines<'d> {
    document: &'d Document,
    uses: Vec<Use>,
}

/// The use of every line, and what was ignored.
pub(super) fn lines(document: &Document, sections: &Sections, built: &Built) -> (Vec<Use>, Vec<Ignored>) {
    let mut lines = Lines { document, uses: vec![Use::Note; document.source.lines()] };
    let ignored = lines.ignored();
    lines.entries(built);
    let nodes = |lines: &mut Lines<'_>, node: NodeId| lines.words(node);
    sections.triggers.iter().for_each(|trigger| nodes(&mut lines, trigger.node));
    sections.cautions.iter().for_each(|caution| lines.node(caution.node));
    sections
        .windows
        .iter()
        .filter(|window| !window.in_heading)
        .for_each(|window| nodes(&mut lines, window.node));
    let named = sections
        .contacts
        .iter()
        .map(|contact| contact.line)
        .chain(sections.signoffs.iter().map(|signoff| signoff.line));
    for line in named.chain(sections.env_names.iter().map(|name| name.line)) {
        lines.claim(line, Use::Became);
    }
    lines.headings(sections);
    for line in 1..=lines.uses.len() {
        if document.source.slice(document.source.line_range(line)).trim().is_empty() {
            lines.claim(line, Use::Blank);
        }
    }
    (lines.uses, ignored)
}

impl Lines<'_> {
    fn claim(&mut self, line: usize, found: Use) {
        if let Some(place) = line.checked_sub(1).and_then(|index| self.uses.get_mut(index)) {
            *place = found;
        }
    }

    /// The lines of a range, blanks behind it left out.
    fn range(&mut self, range: &Range<usize>, found: Use) {
        let written = self.document.source.slice(range.clone()).trim_end();
        let last = range.start + written.len().saturating_sub(1);
        for line in self.document.source.line(range.start)..=self.document.source.line(last) {
            self.claim(line, found);
        }
    }

    fn node(&mut self, node: NodeId) {
        let range = self.document.tree.node(node).range.clone();
        self.range(&range, Use::Became);
    }

    /// The marker of an item and its own words.
    fn words(&mut self, node: NodeId) {
        let tree = &self.document.tree;
        let start = tree.node(node).range.start;
        let first = tree.children(node).next();
        let own =
            first.filter(|(_, first)| matches!(first.kind, Kind::Paragraph | Kind::Heading(_) | Kind::Table));
        let end = own.map_or(start, |(_, first)| first.range.end);
        self.range(&(start..end.max(start + 1)), Use::Became);
    }

    fn ignored(&mut self) -> Vec<Ignored> {
        let document = self.document;
        let mut found = Vec::new();
        if let Some(front) = document.tree.front() {
            self.range(&front.range, Use::Ignored);
            found.push(Ignored { line: 1, what: "front matter" });
        }
        for (_, node) in document.tree.all() {
            let what = match node.kind {
                Kind::Rule => "a rule between sections",
                Kind::Html => "a comment or HTML",
                _ => continue,
            };
            self.range(&node.range, Use::Ignored);
            found.push(Ignored { line: document.source.line(node.range.start), what });
        }
        found
    }

    /// The lines of what became an item, and of its commands.
    fn entries(&mut self, built: &Built) {
        let document = self.document;
        let kept = document.entries.iter().zip(&built.items).filter(|(_, item)| item.is_some());
        for (entry, _) in kept {
            match document.tree.node(entry.node).kind {
                Kind::Item => self.words(entry.node),
                Kind::TableCell => self.claim(entry.line, Use::Became),
                _ => self.node(entry.node),
            }
            self.claim(entry.line, Use::Became);
            for fence in document.fences_of(entry.node).filter(|fence| fence.runnable) {
                self.range(&fence.range, Use::Became);
            }
        }
    }

    /// A heading or label became something where a line beneath it did; a title and a way back always.
    fn headings(&mut self, sections: &Sections) {
        let outline = &self.document.outline;
        let mut before: Vec<usize> = Vec::with_capacity(self.uses.len() + 1);
        let mut count = 0;
        before.push(0);
        for found in &self.uses {
            count += usize::from(*found == Use::Became);
            before.push(count);
        }
        let source = &self.document.source;
        let any = |range: &Range<usize>| {
            let (first, last) = (source.line(range.start), source.line(range.end.saturating_sub(1)));
            before.get(last).copied().unwrap_or_default() > before.get(first).copied().unwrap_or_default()
        };
        let headings = outline
            .headings
            .iter()
            .map(|heading| (heading.node, &heading.range, heading.rank == Rank::Title));
        let labels = outline.labels.iter().map(|label| (label.node, &label.range, false));
        let watched = sections.windows.iter().filter(|window| window.in_heading).map(|window| window.node);
        let watched: HashSet<NodeId> = watched.collect();
        let became: Vec<NodeId> = headings
            .chain(labels)
            .filter(|(node, range, title)| {
                let back = sections.mode_at(range.start) == Mode::Rollback;
                *title || back || any(range) || watched.contains(node)
            })
            .map(|(node, ..)| node)
            .collect();
        for node in became {
            self.node(node);
        }
    }
}
