//! Rules about a document as it is written: fences that never close, ids given twice, what only looks like a box, old ticks.
//!
//! Not here: what items say (`items.rs`), links (`anchors.rs`).

use std::collections::HashMap;

use super::findings::Findings;
use super::table::{DUPLICATE_ID, NEAR_MISS, TICKED_HISTORY, UNCLOSED_FENCE};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::identity::fixed;
use crate::checklist::markdown::tasks::NearKind;

/// Every rule of this file.
pub(super) fn check(document: &Document, findings: &mut Findings<'_>) {
    fences(document, findings);
    ids(document, findings);
    near(document, findings);
    ticks(document, findings);
}

fn fences(document: &Document, findings: &mut Findings<'_>) {
    for fence in document.fences.iter().filter(|fence| !fence.closed) {
        let lines = document.source.line(fence.range.end.saturating_sub(1)).saturating_sub(fence.line);
        let reason = format!("this block of code never closes: {lines} lines behind it are code to a reader");
        findings.at(&UNCLOSED_FENCE, document.source.line_range(fence.line), reason);
    }
}

/// Ids that a person fixed: the second of two gets another one by itself, which nobody wanted.
fn ids(document: &Document, findings: &mut Findings<'_>) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for entry in &document.entries {
        let own = document.tree.children(entry.node).next().map_or(entry.node, |(first, _)| first);
        let range = document.tree.node(own).range.clone();
        let Some(id) = fixed(document.source.slice(range.clone())) else { continue };
        match seen.get(id) {
            Some(first) => {
                let at =
                    document.source.slice(range.clone()).rfind(id).map_or(range.start, |at| range.start + at);
                let reason = format!("the id `{id}` is taken by line {first}");
                findings.at(&DUPLICATE_ID, at..at + id.len(), reason);
            }
            None => drop(seen.insert(id, entry.line)),
        }
    }
}

fn near(document: &Document, findings: &mut Findings<'_>) {
    for near in &document.boxes.near {
        let why = match near.kind {
            // It is shown as code, as it was meant.
            NearKind::Hidden => continue,
            NearKind::Brackets => "the brackets hold something else than one blank or an x",
            NearKind::NoSpace => "there is no blank behind the box",
            NearKind::Empty => "nothing stands behind the box",
            NearKind::ForeignMark => "the mark is another program's",
            NearKind::Drawn => "it is a drawing of a box",
            NearKind::NoItem => "it does not stand at the start of a list's item",
        };
        let line = document.source.line_range(near.line);
        let at =
            document.source.slice(line.clone()).find(&near.mark).map_or(line.start, |at| line.start + at);
        let reason = format!("{} looks like a box and GitHub draws none: {why}", near.mark);
        findings.at(&NEAR_MISS, at..(at + near.mark.len()).min(line.end), reason);
    }
}

fn ticks(document: &Document, findings: &mut Findings<'_>) {
    let mut ticked = document.boxes.tasks.iter().filter(|task| task.ticked);
    let Some(first) = ticked.next() else { return };
    let count = 1 + ticked.count();
    let line = document.source.line_range(first.line);
    let words = if count == 1 { "one box is" } else { "boxes are" };
    let count = if count == 1 { String::new() } else { format!("{count} ") };
    let reason =
        format!("{count}{words} ticked in the file: ticks of the last release, for all anybody knows");
    findings.at(&TICKED_HISTORY, line, reason);
}
