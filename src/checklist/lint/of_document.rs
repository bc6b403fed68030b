//! A Markdown document under the rules: its items, pause points and sheets, and every family asked.
//!
//! Not here: the rules themselves.

use std::collections::HashMap;

use super::findings::Findings;
use super::items::{ItemText, Pause};
use super::sheets::{codes, of_document};
use super::text::{Places, secrets};
use super::words::{is_english, leads};
use super::{Linted, anchors, boxes, commands, items, plan};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::{Entry, Origin};
use crate::checklist::markdown::fences::Fence;
use crate::checklist::markdown::inline::command;
use crate::checklist::markdown::placeholders::Place;
use crate::checklist::markdown::tree::{Kind, NodeId};
use crate::checklist::markdown::words::{Meaning, means};

/// Lints a document.
pub fn document(document: &Document) -> Linted {
    let mend = |text: &str| document.source.mended(text);
    let mut findings = Findings::new(&document.name, document.source.text(), &mend);
    let sheets = of_document(document);
    boxes::check(document, &mut findings);
    anchors::check(document, &mut findings);
    secrets(&mut findings);
    for sheet in &sheets {
        commands::check(sheet, &mut findings);
    }
    let (texts, pauses) = texts(document);
    items::check(&texts, &pauses, is_english(document.source.text()), &mut findings);
    places(document, &mut findings);
    plan::check(document, &sheets, &mut findings);
    let (findings, beyond) = findings.done();
    Linted { findings, beyond }
}

/// The items as the rules see them, and the pause points they belong to.
fn texts(document: &Document) -> (Vec<ItemText>, Vec<Pause>) {
    let mut groups: HashMap<(usize, usize, Option<usize>), usize> = HashMap::new();
    let mut blocks: HashMap<NodeId, usize> = HashMap::new();
    for item in document.fences.iter().filter(|fence| fence.runnable).filter_map(Fence::item) {
        *blocks.entry(item).or_default() += 1;
    }
    let mut pauses = Vec::new();
    let mut texts = Vec::new();
    for entry in &document.entries {
        let at = document.tree.node(entry.node).range.start;
        let label = document.outline.label_at(at);
        let key = (entry.position[0], entry.position[1], label.map(|label| label.line));
        let group = *groups.entry(key).or_insert_with(|| {
            pauses.push(pause(document, at));
            pauses.len() - 1
        });
        let line = document.source.line_range(entry.line);
        let lead = document.source.slice(line.clone());
        let own = codes(document, entry.node).into_iter().filter(|(_, said)| command(said)).count();
        let fences =
            if entry.origin == Origin::Fence { 0 } else { blocks.get(&entry.node).copied().unwrap_or(0) };
        let alternative = entry.text.contains("` or `");
        let nested = document.tree.children(entry.node).any(|(_, child)| matches!(child.kind, Kind::List(_)));
        texts.push(ItemText {
            text: entry.text.clone(),
            span: line.start + (lead.len() - lead.trim_start().len())..line.end,
            group,
            parent: entry.parent,
            by_hand: entry.tickable && !matches!(entry.origin, Origin::Fence | Origin::Heading),
            commands: if alternative { 0 } else { own + fences },
            explained: nested || fences > 0 || own > 0 || linked(document, entry),
            led: led(document, entry),
            no_item: document.outline.path_at(at).iter().any(|title| means(title, Meaning::Contacts)),
        });
    }
    (texts, pauses)
}

fn linked(document: &Document, entry: &Entry) -> bool {
    document.tree.subtree(entry.node).any(|(_, node)| matches!(node.kind, Kind::Link(_)))
}

/// Does the line above the list give its items their verb?
fn led(document: &Document, entry: &Entry) -> bool {
    let at = document.tree.node(entry.node).range.start;
    let parent = entry
        .parent
        .and_then(|parent| document.entries.get(parent))
        .is_some_and(|parent| leads(&parent.text));
    let label = document.outline.label_at(at).is_some_and(|label| leads(&label.text));
    let Some((list, _)) = document.tree.above(entry.node).next() else { return parent || label };
    let siblings =
        document.tree.above(list).next().map(|(_, node)| node.children.as_slice()).unwrap_or_default();
    let before =
        siblings.iter().position(|id| *id == list).and_then(|place| siblings.get(place.checked_sub(1)?));
    let sentence = before.filter(|id| document.tree.node(**id).kind == Kind::Paragraph);
    let sentence = sentence.map(|id| document.tree.words(document.source.text(), *id)).unwrap_or_default();
    parent || label || leads(&sentence)
}

fn pause(document: &Document, at: usize) -> Pause {
    let label = document.outline.label_at(at).map(|label| (label.line, label.text.clone()));
    let heading = || {
        let heading = document.outline.headings.get(document.outline.heading_at(at)?)?;
        Some((heading.line, heading.text.clone()))
    };
    let (line, title) =
        label.or_else(heading).unwrap_or_else(|| (document.source.line(at), document.outline.title.clone()));
    Pause { span: document.source.line_range(line), title }
}

/// Places to fill in commands and in the words of items.
fn places(document: &Document, findings: &mut Findings<'_>) {
    let mut places = Places::default();
    let fences = document
        .fences
        .iter()
        .filter(|fence| fence.runnable)
        .map(|fence| (fence.range.clone(), Place::Script));
    let items = document.entries.iter().filter(|entry| entry.origin != Origin::Fence).map(|entry| {
        let own = document.tree.children(entry.node).next().map_or(entry.node, |(first, _)| first);
        (document.tree.node(own).range.clone(), Place::Prose)
    });
    let code = document.tree.all().filter(|(_, node)| matches!(node.kind, Kind::Code(_)));
    let code = code.map(|(_, node)| (node.range.clone(), Place::Prose));
    let mut all: Vec<_> = fences.chain(items).chain(code).collect();
    all.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let mut end = 0;
    for (range, place) in all {
        if range.start >= end {
            end = range.end;
            places.look(findings, range, place);
        }
    }
    places.tell(findings);
}
