//! A checklist as a list of items: where each stands, its words, and what it shares them with.

use std::collections::HashMap;

use super::Named;
use super::likeness::{Words, pairs, plain};
use crate::checklist::id::ItemId;
use crate::checklist::model::Checklist;

/// Where items stand: phase and section, or plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum SectionKey<'a> {
    /// A section of a phase; none: the phase itself.
    Phase(&'a str, Option<&'a str>),
    /// A plan.
    Plan(&'a str),
}

/// One item.
#[derive(Clone, Debug)]
pub(super) struct Flat<'a> {
    pub(super) id: &'a ItemId,
    title: &'a str,
    pub(super) section: usize,
    pub(super) section_key: SectionKey<'a>,
    /// The words of the items above it, as numbers.
    above: Vec<u32>,
    /// Its own words, as a number.
    pub(super) words: u32,
    /// Its words, spelled for comparing.
    pub(super) spelled: String,
    /// Its pairs of letters, sorted.
    pub(super) pairs: Vec<(char, char)>,
}

/// Items that only their order tells apart: the same words under the same words in one section.
pub(super) type Family<'a, 'b> = (SectionKey<'a>, &'b [u32], u32);

impl<'a> Flat<'a> {
    pub(super) fn named(&self) -> Named {
        Named { id: self.id.clone(), title: self.title.to_owned() }
    }
    pub(super) fn family(&self) -> Family<'a, '_> {
        (self.section_key.clone(), &self.above, self.words)
    }
}

/// All items of a checklist, in order.
#[derive(Clone, Debug)]
pub(super) struct Reading<'a> {
    pub(super) items: Vec<Flat<'a>>,
    pub(super) sections: Vec<SectionKey<'a>>,
    /// The items of each section.
    by_section: Vec<Vec<usize>>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(checklist: &'a Checklist, words: &mut Words) -> Self {
        let mut reading = Self { items: Vec::new(), sections: Vec::new(), by_section: Vec::new() };
        let mut numbers: HashMap<SectionKey<'a>, usize> = HashMap::new();
        // The words of the items above the next one, outermost first, each with its id.
        let mut above: Vec<(&ItemId, u32)> = Vec::new();
        for at in checklist.all_items() {
            let key = match (at.phase, at.plan) {
                (Some(phase), _) => {
                    SectionKey::Phase(phase.id.as_str(), at.section.map(|section| section.id.as_str()))
                }
                (None, Some((plan, _))) => SectionKey::Plan(plan.as_str()),
                (None, None) => continue,
            };
            let next = reading.sections.len();
            let section = *numbers.entry(key.clone()).or_insert(next);
            if section == next {
                reading.sections.push(key.clone());
                reading.by_section.push(Vec::new());
            }
            let spelled = plain(at.item.title.as_written());
            let own = words.number(&spelled);
            above.truncate(at.depth());
            let number = reading.items.len();
            if let Some(items) = reading.by_section.get_mut(section) {
                items.push(number);
            }
            reading.items.push(Flat {
                id: &at.item.id,
                title: at.item.title.as_written(),
                section,
                section_key: key,
                above: above.iter().map(|(_, words)| *words).collect(),
                words: own,
                pairs: pairs(&spelled),
                spelled,
            });
            above.push((&at.item.id, own));
        }
        reading
    }

    /// The items of a section, in order.
    pub(super) fn in_section(&self, section: usize) -> impl Iterator<Item = usize> + '_ {
        self.by_section.get(section).into_iter().flatten().copied()
    }

    /// How many items each family has.
    pub(super) fn families(&self) -> HashMap<Family<'a, '_>, usize> {
        let mut sizes = HashMap::new();
        for flat in &self.items {
            *sizes.entry(flat.family()).or_default() += 1;
        }
        sizes
    }

    /// Words that stand once, with the item, in order of the words' numbers.
    pub(super) fn once(&self) -> std::collections::BTreeMap<u32, usize> {
        let mut seen: std::collections::BTreeMap<u32, Option<usize>> = std::collections::BTreeMap::new();
        for (at, flat) in self.items.iter().enumerate() {
            seen.entry(flat.words).and_modify(|place| *place = None).or_insert(Some(at));
        }
        seen.into_iter().filter_map(|(words, place)| Some((words, place?))).collect()
    }
}
