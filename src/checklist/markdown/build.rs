//! A document to the model of a checklist: its phases, sections and items; nothing that runs.
//!
//! Commands stay in the file: an item says where they stand. Not here: what the document is (`document.rs`), offers.

use std::collections::HashSet;

use super::document::Document;
use super::entries::Entry;
use super::identity::slug;
use super::secrets::masked;
use crate::checklist::id::{ItemId, PhaseId, SectionId};
use crate::checklist::item::Item;
use crate::checklist::model::{CHECKLIST_FORMAT, Checklist, Phase, Section};
use crate::checklist::template::Template;

/// What names a checklist whose title has no letter.
const UNNAMED: &str = "release";
/// The longest name a checklist file takes.
const NAME_MAX: usize = 64;
/// FNV-1a with 64 bits: the same everywhere and for ever, which ids must be.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The checklist of a document. Entries keep their ids, phases and sections get theirs from their titles.
pub fn checklist(document: &Document) -> Checklist {
    let product = slug(&document.outline.title);
    let mut phases = Vec::new();
    let mut taken = HashSet::new();
    for (index, phase) in document.outline.phases.iter().enumerate() {
        let mut sections = Vec::new();
        let mut sections_taken = HashSet::new();
        for (number, section) in phase.sections.iter().enumerate() {
            let items = items(document, (index + 1, number + 1));
            if !items.is_empty() {
                let id = SectionId::new(unique(&mut sections_taken, &section.title, "section"));
                sections.push(Section { id, title: literal(&section.title), items, ..Section::default() });
            }
        }
        let items = items(document, (index + 1, 0));
        if items.is_empty() && sections.is_empty() {
            // Only text: to be read in the file, no stage of the release.
            continue;
        }
        let id = PhaseId::new(unique(&mut taken, &phase.title, "phase"));
        phases.push(Phase { id, title: literal(&phase.title), items, sections, ..Phase::default() });
    }
    Checklist {
        format: CHECKLIST_FORMAT,
        id: if product.is_empty() { UNNAMED.to_owned() } else { name_of(&product) },
        title: masked(&document.outline.title),
        phases,
        ..Checklist::default()
    }
}

/// The items of one place, each with its children, in file order.
fn items(document: &Document, (phase, section): (usize, usize)) -> Vec<Item> {
    let entries = &document.entries;
    let here = |index: usize| {
        entries.get(index).is_some_and(|entry| entry.position[0] == phase && entry.position[1] == section)
    };
    // Children come after their parents, so the last first: each finds its own complete.
    let mut made: Vec<Vec<Item>> = vec![Vec::new(); entries.len()];
    let mut top = Vec::new();
    for (index, entry) in entries.iter().enumerate().rev().filter(|(index, _)| here(*index)) {
        let mut children = made.get_mut(index).map(std::mem::take).unwrap_or_default();
        children.reverse();
        let item = item(document, entry, children);
        match entry.parent.filter(|parent| here(*parent)).and_then(|parent| made.get_mut(parent)) {
            Some(siblings) => siblings.push(item),
            None => top.push(item),
        }
    }
    top.reverse();
    top
}

fn item(document: &Document, entry: &Entry, items: Vec<Item>) -> Item {
    let title = if entry.text.is_empty() { "(no words)" } else { &entry.text };
    let commands = document.fences.iter().filter(|fence| fence.runnable);
    let commands = commands.filter(|fence| fence.item().unwrap_or(fence.node) == entry.node);
    let lines: Vec<String> = commands.map(|fence| fence.first_line.to_string()).collect();
    let note =
        (!lines.is_empty()).then(|| format!("Commands: see {}, line {}", document.name, lines.join(", ")));
    Item { id: ItemId::new(name_of(&entry.id)), title: literal(title), items, note, ..Item::default() }
}

/// A text in which nothing is filled in and no secret stands.
fn literal(text: &str) -> Template {
    Template::new(masked(text).replace('{', "{{").replace('}', "}}"))
}

/// An id in the letters of a checklist file. A long one, or one of another script, keeps what it can and says the rest by a number
/// made of all of it: the same on every reading.
fn name_of(id: &str) -> String {
    let plain = id.replace('/', ".");
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    if plain.len() <= NAME_MAX && plain.chars().all(allowed) {
        return plain;
    }
    let number = id.bytes().fold(FNV_START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    let kept: String = plain.chars().filter(|c| allowed(*c)).take(NAME_MAX - 17).collect();
    let kept = kept.trim_matches(['.', '-']);
    let kept = if kept.is_empty() { "x" } else { kept };
    format!("{kept}-{number:016x}")
}

fn unique(taken: &mut HashSet<String>, title: &str, nameless: &str) -> String {
    let made = name_of(&slug(title));
    let made = if made.is_empty() { nameless.to_owned() } else { made };
    let mut id = made.clone();
    let mut number = 1;
    while !taken.insert(id.clone()) {
        number += 1;
        id = format!("{made}-{number}");
    }
    id
}
