//! One entry as an item: its title, what a tick must carry, what is good to know, what stood beneath it.
//!
//! Not here: where it stands (`slots.rs`), what it offers to run (`commands.rs`).

use crate::checklist::id::ItemId;
use crate::checklist::item::{EvidenceKind, Item};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::{Entry, Origin};
use crate::checklist::markdown::secrets::masked;
use crate::checklist::markdown::tree::{Kind, NodeId};
use crate::checklist::markdown::words::conditional;
use crate::checklist::template::Template;

/// What stands beneath an item is kept so far, in characters; the rest is read in the file.
const DETAILS_MAX: usize = 1_200;
/// Between the details of an item.
const BETWEEN: &str = " · ";
/// What an item says that wants words as evidence.
const TOLD: [&str; 6] = ["paste", "record ", "aufzeichnen", "notieren", "consigner", "anotar"];

/// A text in which nothing is filled in and no secret stands.
pub(super) fn literal(text: &str) -> Template {
    Template::new(masked(text).replace('{', "{{").replace('}', "}}"))
}

/// The item of an entry, without its children.
pub(super) fn item(document: &Document, entry: &Entry, id: ItemId) -> Item {
    let text = if entry.text.is_empty() { "(no words)" } else { &entry.text };
    Item {
        id,
        title: literal(text),
        evidence: entry.tickable.then(|| evidence(text)).flatten(),
        hint: hint(entry),
        note: note(document, entry),
        ..Item::default()
    }
}

/// What a tick must carry, by the blanks and words of an item.
fn evidence(text: &str) -> Option<EvidenceKind> {
    let lower = text.to_lowercase();
    let ends = |words: &[&str]| words.iter().any(|word| lower.trim_end_matches(['_', ' ']).ends_with(word));
    if ends(&["pr:", "url:", "link:"]) || lower.contains("link to ") {
        Some(EvidenceKind::Url)
    } else if lower.replace("\\_", "_").contains("__") && !lower.contains('`') {
        Some(EvidenceKind::Value)
    } else if TOLD.iter().any(|word| lower.starts_with(word)) {
        Some(EvidenceKind::Note)
    } else {
        None
    }
}

/// What is good to know before it comes.
fn hint(entry: &Entry) -> Option<String> {
    let mut hints: Vec<String> = Vec::new();
    let lower = entry.text.to_lowercase();
    if conditional(&entry.text) {
        hints.push("done only sometimes: if not, set it aside with that reason".to_owned());
    }
    let starts = |word: &str| {
        lower
            .strip_prefix(word)
            .is_some_and(|rest| rest.trim_start().chars().nth(1).is_some_and(|next| !next.is_alphanumeric()))
    };
    if ["option ", "variante ", "opción ", "opção ", "opzione "].iter().any(|word| starts(word)) {
        hints.push("choose one: the others do not apply".to_owned());
    }
    if let Some(name) = addressed(&entry.text) {
        hints.push(format!("for {}", masked(name)));
    }
    (!hints.is_empty()).then(|| hints.join(BETWEEN))
}

/// `@name` in a text, if it is one: no address, no package.
fn addressed(text: &str) -> Option<&str> {
    text.split_whitespace().find_map(|word| {
        let name = word.trim_matches(['(', ')', ',', '.', ':', ';']);
        let bare = name.strip_prefix('@')?;
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        (!bare.is_empty() && bare.chars().all(fits)).then_some(name)
    })
}

/// Where its commands stand, and what stands beneath it that is no item itself.
fn note(document: &Document, entry: &Entry) -> Option<String> {
    let lines: Vec<String> = document
        .fences_of(entry.node)
        .filter(|fence| fence.runnable)
        .map(|fence| fence.first_line.to_string())
        .collect();
    let commands =
        (!lines.is_empty()).then(|| format!("Commands: see {}, line {}", document.name, lines.join(", ")));
    let details = details(document, entry);
    let ticked = entry.ticked.then(|| "was ticked in the file".to_owned());
    let details = (!details.is_empty()).then(|| masked(&details));
    let said: Vec<String> = details.into_iter().chain(commands).chain(ticked).collect();
    (!said.is_empty()).then(|| said.join(BETWEEN))
}

/// The bullets and paragraphs of an item that belong to no item beneath it.
fn details(document: &Document, entry: &Entry) -> String {
    let mut said = String::new();
    if !matches!(entry.origin, Origin::Box | Origin::NearBox | Origin::Number | Origin::Bullet) {
        return said;
    }
    let first = document.tree.children(entry.node).next().map(|(id, _)| id);
    let mut left: Vec<NodeId> = document
        .tree
        .node(entry.node)
        .children
        .iter()
        .rev()
        .copied()
        .filter(|id| Some(*id) != first)
        .collect();
    while let Some(id) = left.pop() {
        if document.entry(id).is_some() || said.len() > DETAILS_MAX {
            continue;
        }
        let node = document.tree.node(id);
        match node.kind {
            Kind::Paragraph => {
                if !said.is_empty() {
                    said.push_str(BETWEEN);
                }
                said.push_str(&document.own_words(id));
            }
            Kind::List(_) | Kind::Item | Kind::Quote(_) => left.extend(node.children.iter().rev()),
            _ => {}
        }
    }
    said.chars().take(DETAILS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_say_what_a_tick_must_carry() {
        for (text, kind) in [
            ("Load time: ____ s (target: < 3s)", Some(EvidenceKind::Value)),
            ("PR: ____", Some(EvidenceKind::Url)),
            ("Add a link to the dashboard", Some(EvidenceKind::Url)),
            ("Paste the output", Some(EvidenceKind::Note)),
            ("Run `python __main__.py`", None),
            ("Plain", None),
        ] {
            assert_eq!(evidence(text), kind, "{text}");
        }
    }

    #[test]
    fn somebody_is_addressed_by_a_name() {
        assert_eq!(addressed("Tag it (@ada)"), Some("@ada"));
        assert_eq!(addressed("Mail ada@example.com, install @scope/name"), None);
    }
}
