//! A copy of a team's Markdown with its boxes as the record has them; and a Markdown list of a checklist that came from TOML.
//!
//! Of a document only the letter in each box changes, in the encoding of the file; all other bytes stay. Names and times come in only
//! where they are asked for. Not here: reading and writing files (`cli/export.rs`).

use std::collections::{HashMap, HashSet};

use super::story::escaped;
use super::words::{state_word, time_for_people};
use crate::checklist::id::ItemId;
use crate::checklist::index::ItemAt;
use crate::checklist::markdown::build::build;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::secrets::masked;
use crate::checklist::markdown::sections::Sections;
use crate::checklist::markdown::source::Encoding;
use crate::checklist::markdown::tasks::Task;
use crate::checklist::model::Checklist;
use crate::rules::facts::Facts;
use crate::rules::standing::{ItemState, Standing, standing};
use crate::text::safe;

/// Whether names and times come into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Only boxes change.
    Unsaid,
    /// Behind each ticked item stands who and when, at the end what was set aside.
    Said,
}

/// The copy, and what can be said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TickedCopy {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many boxes are ticked in it.
    pub ticked: usize,
    /// How many are not.
    pub open: usize,
    /// Items of the record that the document holds without a box.
    pub without_box: usize,
    /// Items of the record that the document does not hold any more, by id and title.
    pub missing: Vec<(ItemId, String)>,
}

/// A copy of a document. `bytes` are those the document was read from.
pub fn of_document(facts: &Facts<'_>, document: &Document, bytes: &[u8], who: Who) -> TickedCopy {
    let built = build(document, &Sections::read(document));
    let items = facts.checklist.all_items();
    let by_id: HashMap<&ItemId, &ItemAt<'_>> = items.iter().map(|at| (&at.item.id, at)).collect();
    let mut copy = TickedCopy::default();
    let mut edits: Vec<(usize, usize, Vec<u8>)> = Vec::new();
    let mut boxed: HashSet<ItemId> = HashSet::new();
    let encoding = document.source.encoding();
    for task in &document.boxes.tasks {
        let entry = document.entries.binary_search_by_key(&task.node, |entry| entry.node).ok();
        let id = entry.and_then(|entry| built.items.get(entry)).and_then(Option::as_ref);
        let at = id.and_then(|id| by_id.get(id));
        // What the record does not know stays as it is.
        let Some(at) = at else {
            count(&mut copy, task.ticked);
            continue;
        };
        let standing = standing(facts, at);
        let done = is_ticked(standing.state);
        count(&mut copy, done);
        if done != task.ticked {
            edits.push((
                task.bytes.start,
                task.bytes.end,
                written(if done { "[x]" } else { "[ ]" }, encoding),
            ));
        }
        if let Some(said) = said(&standing).filter(|_| done && who == Who::Said) {
            let end = end_of_words(document, task);
            edits.push((end, end, written(&said, encoding)));
        }
        boxed.insert(at.item.id.clone());
    }
    let here = &built.checklist;
    let here: HashSet<&ItemId> = here.all_items().iter().map(|at| &at.item.id).collect();
    for at in items.iter().filter(|at| !boxed.contains(&at.item.id)) {
        if here.contains(&at.item.id) {
            copy.without_box += 1;
        } else {
            copy.missing.push((at.item.id.clone(), facts.values(at.environment).shown(&at.item.title)));
        }
    }
    edits.sort();
    let mut from = 0;
    for (start, end, new) in edits {
        copy.bytes.extend_from_slice(bytes.get(from..start).unwrap_or_default());
        copy.bytes.extend(new);
        from = end;
    }
    copy.bytes.extend_from_slice(bytes.get(from..).unwrap_or_default());
    if who == Who::Said {
        let break_ = if document.source.text().contains("\r\n") { "\r\n" } else { "\n" };
        let section = set_aside(facts, &items).join("\n");
        let ends = document.source.text().ends_with(['\n', '\r']) || section.is_empty();
        let section = if ends { section } else { format!("\n{section}") };
        copy.bytes.extend(written(&section.replace('\n', break_), encoding));
    }
    copy
}

fn count(copy: &mut TickedCopy, ticked: bool) {
    if ticked {
        copy.ticked += 1;
    } else {
        copy.open += 1;
    }
}

/// Is a box ticked for it? What was set aside was not done.
fn is_ticked(state: ItemState) -> bool {
    state.is_done() && !was_set_aside(state)
}

fn was_set_aside(state: ItemState) -> bool {
    matches!(state, ItemState::Waived | ItemState::NotApplicable | ItemState::Skipped)
}

/// ` — name, time`, where both are known.
fn said(standing: &Standing) -> Option<String> {
    let (by, since) = (standing.by.as_ref()?, standing.since?);
    Some(format!(" \u{2014} {}, {}", escaped(safe(by).as_str()), time_for_people(since)))
}

/// Behind the item's own words, in bytes of the file; before an id that a person fixed with `^x`.
fn end_of_words(document: &Document, task: &Task) -> usize {
    let first = document.tree.children(task.node).next();
    let range = first.map_or_else(|| task.range.clone(), |(_, words)| words.range.clone());
    let text = document.source.slice(range.clone()).trim_end();
    let fixed = text.rsplit_once(" ^").filter(|(_, id)| !id.contains(char::is_whitespace) && !id.is_empty());
    let end = range.start + fixed.map_or(text, |(words, _)| words).trim_end().len();
    document.source.bytes_of(end..end).start
}

/// A text in the encoding of a file. What a page has no letter for is written as near as it can.
fn written(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8WithMark | Encoding::DamagedUtf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Windows1252 => text
            .chars()
            .map(|letter| match letter {
                '\u{2014}' => 0x97,
                '\u{a0}'..='\u{ff}' | '\0'..='\u{7f}' => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
                _ => b'?',
            })
            .collect(),
    }
}

/// What was set aside and why, as a section of its own; nothing where nothing was.
fn set_aside(facts: &Facts<'_>, items: &[ItemAt<'_>]) -> Vec<String> {
    let mut lines = Vec::new();
    for at in items {
        let standing = standing(facts, at);
        if !was_set_aside(standing.state) {
            continue;
        }
        let title = facts.values(at.environment).shown(&at.item.title);
        let reason = standing.reason.safe();
        let reason =
            if reason.is_empty() { String::new() } else { format!(": {}", escaped(reason.as_str())) };
        let who = said(&standing).unwrap_or_default();
        lines.push(format!(
            "- {}: {}{reason}{who}",
            escaped(safe(&masked(&title)).as_str()),
            state_word(standing.state)
        ));
    }
    if !lines.is_empty() {
        let head = ["", "## Set aside in this release", ""].map(str::to_owned);
        lines.splice(0..0, head);
        lines.push(String::new());
    }
    lines
}

/// A Markdown list of a checklist with its boxes as the record has them: phases and sections as headings.
pub fn of_checklist(facts: &Facts<'_>, title: &str, who: Who) -> TickedCopy {
    let mut copy = TickedCopy::default();
    let mut lines = vec![format!("# {}", escaped(safe(title).as_str()))];
    let items = facts.checklist.forward_items();
    let mut last = (None, None);
    for at in &items {
        let values = facts.values(at.environment);
        let place = (at.phase.map(|phase| &phase.id), at.section.map(|section| &section.id));
        if place.0 != last.0 {
            let phase = at.phase.map(|phase| values.shown(&phase.title)).unwrap_or_default();
            lines.extend([String::new(), format!("## {}", escaped(safe(&phase).as_str()))]);
        }
        if let Some(section) = at.section.filter(|_| place != last) {
            let section = values.shown(&section.title);
            lines.extend([String::new(), format!("### {}", escaped(safe(&section).as_str()))]);
        }
        if place != last {
            lines.push(String::new());
        }
        last = place;
        lines.push(item_line(facts, at, who, &mut copy));
    }
    lines.extend(plans(facts, facts.checklist, who, &mut copy));
    if who == Who::Said {
        lines.extend(set_aside(facts, &facts.checklist.all_items()));
    }
    let text = lines.join("\n");
    copy.bytes = format!("{}\n", text.trim_end()).into_bytes();
    copy
}

/// Lists that are no part of the way forward, behind it: what is verified after a rollback.
fn plans(facts: &Facts<'_>, checklist: &Checklist, who: Who, copy: &mut TickedCopy) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, plan) in checklist.plans.iter() {
        let title = facts.values(plan.environment.as_ref()).shown(&plan.title);
        lines.extend([String::new(), format!("## {}", escaped(safe(&title).as_str())), String::new()]);
        lines.extend(checklist.plan_items(id).iter().map(|at| item_line(facts, at, who, copy)));
    }
    lines
}

fn item_line(facts: &Facts<'_>, at: &ItemAt<'_>, who: Who, copy: &mut TickedCopy) -> String {
    let standing = standing(facts, at);
    let done = is_ticked(standing.state);
    count(copy, done);
    let title = facts.values(at.environment).shown(&at.item.title);
    let said = said(&standing).filter(|_| done && who == Who::Said).unwrap_or_default();
    let mark = if done { 'x' } else { ' ' };
    format!("{}- [{mark}] {}{said}", "  ".repeat(at.depth()), escaped(safe(&title).as_str()))
}
