//! The place and the id of every entry.
//!
//! An id is made of masked words: a secret that stands in a document stands in no id. Not here: how an id is spelled (`identity.rs`).

use std::collections::HashMap;

use super::Entry;
use crate::checklist::markdown::identity::{Identities, fixed};
use crate::checklist::markdown::outline::Outline;
use crate::checklist::markdown::secrets::masked;
use crate::checklist::markdown::source::Source;
use crate::checklist::markdown::tree::Tree;

/// Gives every entry its position and its id, and takes the mark that fixes an id out of its text.
pub(super) fn name(source: &Source, tree: &Tree, outline: &Outline, entries: &mut [Entry]) {
    let mut identities = Identities::default();
    let mut titles = Titles::default();
    let mut texts: Vec<String> = Vec::with_capacity(entries.len());
    let (mut place, mut number) = ((0, 0), 0);
    for entry in entries {
        let at = tree.node(entry.node).range.start;
        let (phase, section) = outline.place_at(at);
        let label =
            outline.label_at(at).filter(|label| section.is_none_or(|section| section.title != label.text));
        let phase_number = outline.phases.partition_point(|phase| phase.range.start <= at);
        let section_number =
            phase.map_or(0, |phase| phase.sections.partition_point(|section| section.range.start <= at));
        number = if place == (phase_number, section_number) { number + 1 } else { 1 };
        place = (phase_number, section_number);
        entry.position = [phase_number, section_number, number];
        let own = tree.children(entry.node).next().map_or(entry.node, |(first, _)| first);
        let fixed = fixed(source.slice(tree.node(own).range.clone()));
        if let Some(bare) = fixed.and_then(|id| entry.text.strip_suffix(id)?.strip_suffix(" ^")) {
            entry.text = bare.trim_end().to_owned();
        }
        texts.push(masked(&entry.text));
        let parts = [
            phase.map(|phase| titles.masked(phase.range.start, &phase.title)),
            section.map(|section| titles.masked(section.range.start, &section.title)),
            label.map(|label| titles.masked(label.range.start, &label.text)),
            entry.parent.and_then(|index| texts.get(index).cloned()),
            texts.last().cloned(),
        ];
        let parts: Vec<Option<&str>> = parts.iter().map(Option::as_deref).collect();
        entry.id = identities.take(fixed, &parts);
    }
}

/// Masked titles by where they stand: many entries share one.
#[derive(Default)]
struct Titles {
    known: HashMap<usize, (String, String)>,
}

impl Titles {
    fn masked(&mut self, at: usize, title: &str) -> String {
        let known = self.known.entry(at).or_default();
        if known.0 != title {
            *known = (title.to_owned(), masked(title));
        }
        known.1.clone()
    }
}
