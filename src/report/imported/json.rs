//! What a document became, as JSON: every task, fence, entry and line; ranges are bytes of the file.

use serde_json::{Value, json};

use crate::checklist::markdown::accounts::{Accounts, Use};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::secrets::masked;
use crate::text::Safe;

fn text(text: &str) -> Safe {
    crate::text::safe(&masked(text))
}

/// Every task, fence and entry; `digest` is that of the file's bytes.
pub fn as_json(document: &Document, accounts: &Accounts, digest: &str) -> Value {
    let source = &document.source;
    let entries = accounts.told.iter().map(|told| {
        let bytes = source.bytes_of(told.range.clone());
        json!({
            "kind": told.kind,
            "line": told.line,
            "bytes": [bytes.start, bytes.end],
            "id": told.id.as_deref().map(text),
            "from": told.from,
            "as": text(&told.said),
            "why": text(&told.why),
        })
    });
    let near = document.boxes.near.iter().map(
        |near| json!({ "line": near.line, "column": near.column, "why": near.kind, "text": text(&near.text) }),
    );
    let warnings = accounts.offers.all.iter().flat_map(|offer| &offer.warnings);
    let warnings = warnings.map(|warning| json!({ "line": warning.line, "text": text(&warning.text) }));
    let ignored = accounts.ignored.iter().map(|ignored| json!({ "line": ignored.line, "why": ignored.what }));
    json!({
        "schema": "gonogo.import/1",
        "file": text(&document.name),
        "digest": digest,
        "encoding": source.encoding().name(),
        "lines": source.lines(),
        "title": text(&document.outline.title),
        "tasks": tasks(document),
        "fences": fences(document),
        "entries": entries.collect::<Vec<_>>(),
        "near_misses": near.collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
        "ignored": ignored.collect::<Vec<_>>(),
        "uses": {
            "became": accounts.ranges(Use::Became),
            "notes": accounts.ranges(Use::Note),
            "ignored": accounts.ranges(Use::Ignored),
            "blank": accounts.ranges(Use::Blank),
        },
    })
}

fn tasks(document: &Document) -> Vec<Value> {
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
    tasks.collect()
}

fn fences(document: &Document) -> Vec<Value> {
    let fences = document.fences.iter().map(|fence| {
        json!({
            "line": fence.line,
            "language": fence.language.as_deref().map(text),
            "runnable": fence.runnable,
            "closed": fence.closed,
            "attached_to": document.attached_to(fence).map(text),
        })
    });
    fences.collect()
}
