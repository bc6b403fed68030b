//! The bundled checklists held against the list of facts beside them (`checklists/facts.toml`): each box of the
//! document has its item, each line of its shell fences its place, each number, address and name stands in the model.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::bundled::BUNDLED;
use super::model::Checklist;
use super::read::read_toml;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    document: String,
    boxes: Vec<String>,
    #[serde(default)]
    commands: BTreeMap<String, String>,
    facts: BTreeMap<String, Value>,
}

const DOCUMENTS: [(&str, &[u8]); 5] = [
    ("000.md", include_bytes!("../../tests/fixtures/documents/000.md")),
    ("001.md", include_bytes!("../../tests/fixtures/documents/001.md")),
    ("002.md", include_bytes!("../../tests/fixtures/documents/002.md")),
    ("003.md", include_bytes!("../../tests/fixtures/documents/003.md")),
    ("004.md", include_bytes!("../../tests/fixtures/documents/004.md")),
];

/// Every bundled checklist that was written from a document, loaded, with what it must hold.
fn all() -> Vec<(&'static str, Checklist, Value, Expected, String)> {
    let expected: BTreeMap<String, Expected> =
        toml::from_str(include_str!("../../checklists/facts.toml")).expect("the facts are TOML");
    for name in expected.keys() {
        assert!(BUNDLED.iter().any(|bundled| bundled.name == name), "{name} is not bundled");
    }
    let written = expected.into_iter().map(|(name, expected)| {
        let bundled = BUNDLED.iter().find(|bundled| bundled.name == name).expect("looked for above");
        let checklist = read_toml(bundled.name, bundled.source).expect("it loads");
        let model = serde_json::to_value(&checklist).expect("a model is JSON");
        let (_, bytes) = DOCUMENTS.iter().find(|(name, _)| *name == expected.document).expect("a document");
        (bundled.name, checklist, model, expected, String::from_utf8_lossy(bytes).into_owned())
    });
    written.collect()
}

/// One step of a path: a key, the id or role of an entry, or its place.
fn inside<'v>(value: &'v Value, word: &str) -> Option<&'v Value> {
    match value {
        Value::Object(map) => map.get(word),
        Value::Array(list) => list
            .iter()
            .find(|entry| ["id", "role"].iter().any(|key| entry.get(key).is_some_and(|name| name == word)))
            .or_else(|| list.get(word.parse::<usize>().ok()?)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// What stands at a path. `rest` is what is not of the path any more: `~`.
fn found(checklist: &Checklist, model: &Value, path: &str) -> Option<Value> {
    let words: Vec<&str> = path.split(' ').filter(|word| *word != "~").collect();
    let (start, rest) = match words.as_slice() {
        ["items", id, rest @ ..] => {
            let at = checklist.item_at(&(*id).into())?;
            (serde_json::to_value(at.item).ok()?, rest)
        }
        ["steps", action, rest @ ..] => (model.pointer(&format!("/actions/{action}/steps"))?.clone(), rest),
        rest => (model.clone(), rest),
    };
    rest.iter().try_fold(start, |value, word| inside(&value, word).cloned())
}

/// A list of words as one text.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(as_text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn agrees(path: &str, found: &Value, wanted: &Value) -> bool {
    match (wanted, found) {
        (Value::String(part), found) if path.ends_with(" ~") => as_text(found).contains(part),
        (Value::String(text), Value::Array(_)) => as_text(found) == *text,
        (Value::Number(length), Value::Array(list)) => length.as_u64() == Some(list.len() as u64),
        (Value::Number(length), Value::Object(map)) => length.as_u64() == Some(map.len() as u64),
        (Value::Number(wanted), Value::Number(found)) => wanted.as_f64() == found.as_f64(),
        (wanted, found) => wanted == found,
    }
}

/// Lines of a document's shell fences that hold a command, by number from 1.
fn shell_lines(document: &str) -> Vec<(usize, &str)> {
    let mut fence: Option<bool> = None;
    let mut lines = Vec::new();
    for (at, line) in document.lines().enumerate() {
        let text = line.trim();
        if let Some(language) = text.strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(language == "bash") };
        } else if fence == Some(true) && !text.is_empty() && !text.starts_with('#') {
            lines.push((at + 1, text));
        }
    }
    lines
}

#[test]
fn every_box_of_a_document_has_its_own_item() {
    assert_eq!(all().len(), DOCUMENTS.len(), "a checklist for each document");
    for (name, checklist, _, expected, document) in all() {
        let is_box = |line: &&str| {
            let text = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
            ["- [ ]", "- [x]", ". [ ]", ". [x]"].iter().any(|mark| text.starts_with(mark))
        };
        assert_eq!(expected.boxes.len(), document.lines().filter(is_box).count(), "{name}");
        let mut ids = expected.boxes.clone();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), expected.boxes.len(), "{name}: two boxes, one item");
        for id in &expected.boxes {
            assert!(checklist.item_at(&id.as_str().into()).is_some(), "{name} has no item `{id}`");
        }
    }
}

#[test]
fn every_line_of_a_shell_fence_has_its_place() {
    for (name, checklist, model, expected, document) in all() {
        let lines = shell_lines(&document);
        for (line, text) in &lines {
            let path = expected.commands.get(&line.to_string());
            let path = path.unwrap_or_else(|| panic!("{name}: line {line} went nowhere: {text}"));
            assert!(found(&checklist, &model, path).is_some(), "{name}: nothing is at `{path}` ({text})");
        }
        assert_eq!(expected.commands.len(), lines.len(), "{name}: a line that is none");
    }
}

#[test]
fn every_fact_of_a_document_stands_in_the_model() {
    let mut wrong = Vec::new();
    for (name, checklist, model, expected, _) in all() {
        assert!(expected.facts.len() >= 20, "{name}: too few facts to prove anything");
        for (path, wanted) in &expected.facts {
            match found(&checklist, &model, path) {
                None => wrong.push(format!("{name}: nothing is at `{path}`")),
                Some(found) if !agrees(path, &found, wanted) => {
                    wrong.push(format!("{name}: `{path}` is {found}, not {wanted}"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fact_that_is_not_so_is_found_out() {
    let all = all();
    let (_, checklist, model, ..) =
        all.iter().find(|(name, ..)| *name == "docker-release-day").expect("it is bundled");
    let path = "items health check http status";
    let value = found(checklist, model, path).expect("it is there");
    assert!(agrees(path, &value, &Value::from(200)));
    assert!(!agrees(path, &value, &Value::from(201)));
    assert!(found(checklist, model, "items health check http latency").is_none());
    assert!(!agrees("x", &serde_json::json!(["a", "b"]), &Value::from(3)));
    assert!(!agrees("x ~", &serde_json::json!(["a", "b"]), &Value::from("c")));
}
