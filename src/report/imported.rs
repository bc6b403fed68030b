//! What a Markdown document became, for people and as JSON: every task, fence and entry with its line.
//!
//! Text of the document goes out sanitised, ranges are bytes of the file. Not here: reading it (`checklist/markdown`).

use serde_json::{Value, json};

use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::Origin;
use crate::checklist::markdown::secrets::masked;
use crate::checklist::markdown::tasks::NearKind;
use crate::safe_format;
use crate::text::Safe;

/// How many warnings are told one by one.
const NAMED_MAX: usize = 20;

/// Every task, fence and entry; `digest` is that of the file's bytes.
pub fn as_json(document: &Document, digest: &str) -> Value {
    let text = |text: &str| crate::text::safe(&masked(text));
    let tasks = document.boxes.tasks.iter().map(|task| {
        json!({
            "line": task.line,
            "column": task.column,
            "start": task.bytes.start,
            "end": task.bytes.end,
            "ticked": task.ticked,
            "depth": task.depth,
            "text": text(&task.text),
            "path": document.path(task).iter().map(|heading| text(heading)).collect::<Vec<_>>(),
            "commands": document.commands(task).iter().map(|command| text(command)).collect::<Vec<_>>(),
        })
    });
    let fences = document.fences.iter().map(|fence| {
        json!({
            "line": fence.line,
            "language": fence.language.as_deref().map(text),
            "runnable": fence.runnable,
            "closed": fence.closed,
            "attached_to": document.attached_to(fence).map(text),
        })
    });
    let entries = document.entries.iter().map(|entry| {
        let range = document.source.bytes_of(document.tree.node(entry.node).range.clone());
        json!({
            "kind": if entry.tickable { "item" } else { "parent" },
            "line": entry.line,
            "bytes": [range.start, range.end],
            "id": text(&entry.id),
            "from": entry.origin,
            "as": text(&entry.text),
        })
    });
    let near = document.boxes.near.iter().map(|near| {
        json!({ "line": near.line, "column": near.column, "why": near.kind, "text": text(&near.text) })
    });
    json!({
        "schema": "gonogo.import/1",
        "file": text(&document.name),
        "digest": digest,
        "encoding": document.source.encoding().name(),
        "lines": document.source.lines(),
        "title": text(&document.outline.title),
        "tasks": tasks.collect::<Vec<_>>(),
        "fences": fences.collect::<Vec<_>>(),
        "entries": entries.collect::<Vec<_>>(),
        "near_misses": near.collect::<Vec<_>>(),
    })
}

/// The same in a few lines.
pub fn plain(document: &Document, digest: &str) -> Vec<Safe> {
    let source = &document.source;
    let boxes = &document.boxes;
    let ticked = boxes.tasks.iter().filter(|task| task.ticked).count();
    let made = |origin: Origin| document.entries.iter().filter(|entry| entry.origin == origin).count();
    let mut lines = vec![
        safe_format!(
            "{}  {}, {}, {}; nothing was run, nothing was written",
            document.name,
            counted(source.lines(), "line", "lines"),
            source.encoding().name(),
            digest
        ),
        safe_format!(
            "became     {} ({} ticked in the file) · {} · {} from numbers, {} from bullets, {} from headings, {} from fences",
            counted(boxes.tasks.len(), "task", "tasks"),
            ticked,
            counted(document.outline.phases.len(), "phase", "phases"),
            made(Origin::Number),
            made(Origin::Bullet),
            made(Origin::Heading),
            made(Origin::Fence)
        ),
        safe_format!(
            "noticed    {} for a shell, {} of other kinds; commands are shown where they stand and never run by themselves",
            counted(document.fences.iter().filter(|fence| fence.runnable).count(), "fence", "fences"),
            document.fences.iter().filter(|fence| !fence.runnable).count()
        ),
    ];
    let repairs = source.repairs();
    if repairs.repaired > 0 {
        lines.push(safe_format!(
            "repaired   {} for the screen, {} torn: the text was encoded twice; the file is as it was",
            counted(repairs.repaired, "place", "places"),
            repairs.torn
        ));
    }
    lines.extend(warnings(document));
    if boxes.beyond > 0 {
        lines.push(safe_format!("ignored    {} boxes beyond the bound", boxes.beyond));
    }
    lines
}

/// What a reader may take for something else than it is, in file order.
fn warnings(document: &Document) -> Vec<Safe> {
    let mut warnings: Vec<(usize, Safe)> = Vec::new();
    for fence in document.fences.iter().filter(|fence| !fence.closed) {
        warnings.push((fence.line, Safe::own("this fence never closes: it runs to the end of the text")));
    }
    for near in &document.boxes.near {
        let words = match near.kind {
            NearKind::Hidden => "a box in code, HTML or a comment: no item",
            NearKind::Brackets
            | NearKind::NoSpace
            | NearKind::Empty
            | NearKind::ForeignMark
            | NearKind::Drawn
            | NearKind::NoItem => "looks like a box and is none on GitHub: taken as an open item",
        };
        warnings.push((near.line, Safe::own(words)));
    }
    warnings.sort_by_key(|(line, _)| *line);
    let more = warnings.len().saturating_sub(NAMED_MAX);
    let first = warnings.into_iter().take(NAMED_MAX);
    let mut lines: Vec<Safe> =
        first.map(|(line, words)| safe_format!("warned     l.{} {}", line, words)).collect();
    if more > 0 {
        lines.push(safe_format!("warned     and {} more; --json lists all", more));
    }
    lines
}

fn counted(count: usize, one: &'static str, many: &'static str) -> Safe {
    safe_format!("{} {}", count, if count == 1 { one } else { many })
}
