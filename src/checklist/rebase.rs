//! Two readings of a checklist beside each other: which item of the new one is which of the old one.
//!
//! In this order: the same id; equal words in the same section, by the longest common run; equal words that stand once in
//! each reading, elsewhere; words that are alike, in order. Linear or bounded throughout. Not here: what is recorded of it
//! (`session/rebasing.rs`), what becomes of ticks (`session/rebased.rs`).

mod common_run;
mod flat;
mod likeness;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

pub use common_run::common_run;
use flat::{Flat, Reading};
use likeness::{Words, likeness};

use super::id::ItemId;
use super::model::Checklist;

/// From here on words are taken for the same item, reworded. Measured on real checklists by the design.
const ALIKE: f64 = 0.8;
/// How many items ahead a reworded one is looked for: who rewords seldom moves at once.
const LOOKED_AHEAD: usize = 16;

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is there: its ticks count on.
    Kept,
    /// It stands elsewhere: its ticks count on.
    Moved,
    /// Its words are others: its ticks count no longer.
    Reworded,
}

/// An item with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: ItemId,
    /// Its title as written.
    pub title: String,
}

/// An item that both readings have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What became of it.
    pub fate: Fate,
    /// As it was.
    pub old: Named,
    /// As it is.
    pub new: Named,
}

/// The readings beside each other: each item of both stands in it exactly once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Items of both, in the order of the new one.
    pub pairs: Vec<Pair>,
    /// Items only the new one has, in its order.
    pub new: Vec<Named>,
    /// Items only the old one has, in its order.
    pub gone: Vec<Named>,
}

impl Compared {
    /// Pairs with this fate, in the order of the new reading.
    pub fn with(&self, fate: Fate) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(move |pair| pair.fate == fate)
    }
    /// Old ids to new ones, where they differ.
    pub fn renamed(&self) -> BTreeMap<ItemId, ItemId> {
        let differ = self.pairs.iter().filter(|pair| pair.old.id != pair.new.id);
        differ.map(|pair| (pair.old.id.clone(), pair.new.id.clone())).collect()
    }
}

/// Puts two readings beside each other.
pub fn compared(old: &Checklist, new: &Checklist) -> Compared {
    let mut words = Words::default();
    let old = Reading::of(old, &mut words);
    let new = Reading::of(new, &mut words);
    let mut matching = Matching::new(&old, &new);
    matching.by_id();
    matching.in_sections(&same_sections(&old, &new), Fate::Kept);
    matching.elsewhere();
    let moved = matching.moved_sections();
    matching.in_sections(&moved, Fate::Moved);
    matching.reworded(&same_sections(&old, &new));
    matching.reworded(&moved);
    matching.told()
}

/// Sections of both readings that are called the same: their numbers in each.
fn same_sections(old: &Reading<'_>, new: &Reading<'_>) -> Vec<(usize, usize)> {
    let numbers: HashMap<_, _> = new.sections.iter().enumerate().map(|(at, key)| (key, at)).collect();
    old.sections.iter().enumerate().filter_map(|(at, key)| Some((at, *numbers.get(key)?))).collect()
}

struct Matching<'a> {
    old: &'a Reading<'a>,
    new: &'a Reading<'a>,
    /// For each item of the old reading: which of the new one, and what became of it.
    of_old: Vec<Option<(usize, Fate)>>,
    of_new: Vec<Option<usize>>,
}

impl<'a> Matching<'a> {
    fn new(old: &'a Reading<'a>, new: &'a Reading<'a>) -> Self {
        Self { old, new, of_old: vec![None; old.items.len()], of_new: vec![None; new.items.len()] }
    }

    fn pair(&mut self, old: usize, new: usize, fate: Fate) {
        if let (Some(of_old @ None), Some(of_new @ None)) =
            (self.of_old.get_mut(old), self.of_new.get_mut(new))
        {
            *of_old = Some((new, fate));
            *of_new = Some(old);
        }
    }

    /// The same id is the same item. Its words may have changed so much that nobody can say that for a tick; and of several
    /// with the same words, one more or less leaves open which is which.
    fn by_id(&mut self) {
        let (old, new) = (self.old, self.new);
        let numbers: HashMap<&ItemId, usize> =
            new.items.iter().enumerate().map(|(at, flat)| (flat.id, at)).collect();
        let (before, after) = (old.families(), new.families());
        for (at, flat) in old.items.iter().enumerate() {
            let Some(&number) = numbers.get(flat.id) else { continue };
            let Some(now) = new.items.get(number) else { continue };
            let several = |reading: &HashMap<_, usize>, flat: &Flat<'_>| {
                reading.get(&flat.family()).copied().unwrap_or_default()
            };
            let (was, is) = (several(&before, flat), several(&after, now));
            let unclear = flat.family() == now.family() && was != is && was.max(is) > 1;
            let same = flat.words == now.words || likeness::says_the_same(&flat.spelled, &now.spelled);
            let fate = match (same && !unclear, flat.section_key == now.section_key) {
                (false, _) => Fate::Reworded,
                (true, true) => Fate::Kept,
                (true, false) => Fate::Moved,
            };
            self.pair(at, number, fate);
        }
    }

    /// Equal words in these pairs of sections, by the longest common run of what is left.
    fn in_sections(&mut self, sections: &[(usize, usize)], fate: Fate) {
        for (old, new) in sections {
            let (left, right) = (self.left_of_old(*old), self.left_of_new(*new));
            let words = |reading: &Reading<'_>, items: &[usize]| -> Vec<u32> {
                items.iter().filter_map(|at| Some(reading.items.get(*at)?.words)).collect()
            };
            for (a, b) in common_run(&words(self.old, &left), &words(self.new, &right)) {
                if let (Some(a), Some(b)) = (left.get(a), right.get(b)) {
                    self.pair(*a, *b, fate);
                }
            }
        }
    }

    /// Words that stand once in each reading name the item wherever it stands.
    fn elsewhere(&mut self) {
        let (before, after) = (self.old.once(), self.new.once());
        for (words, old) in &before {
            if let Some(new) = after.get(words) {
                self.pair(*old, *new, Fate::Moved);
            }
        }
    }

    /// Sections that are called something else now: where most of their items went.
    fn moved_sections(&self) -> Vec<(usize, usize)> {
        let mut votes: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (old, matched) in self.of_old.iter().enumerate() {
            if let Some((new, Fate::Moved)) = matched
                && let (Some(old), Some(new)) = (self.old.items.get(old), self.new.items.get(*new))
            {
                *votes.entry((old.section, new.section)).or_default() += 1;
            }
        }
        let mut best: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for ((old, new), count) in votes {
            let entry = best.entry(old).or_insert((count, new));
            if count > entry.0 {
                *entry = (count, new);
            }
        }
        best.into_iter().map(|(old, (_, new))| (old, new)).collect()
    }

    /// Words that are alike, in order: the best of the next few.
    fn reworded(&mut self, sections: &[(usize, usize)]) {
        for (old, new) in sections {
            let right = self.left_of_new(*new);
            let mut from = 0;
            for at in self.left_of_old(*old) {
                let Some(flat) = self.old.items.get(at) else { continue };
                let mut best: Option<(f64, usize, usize)> = None;
                for (place, number) in right.iter().enumerate().skip(from).take(LOOKED_AHEAD) {
                    let Some(now) = self.new.items.get(*number) else { continue };
                    let alike = likeness(&flat.pairs, &now.pairs);
                    if alike >= ALIKE && best.is_none_or(|(found, _, _)| alike > found) {
                        best = Some((alike, place, *number));
                    }
                }
                if let Some((_, place, number)) = best {
                    self.pair(at, number, Fate::Reworded);
                    from = place + 1;
                }
            }
        }
    }

    fn left_of_old(&self, section: usize) -> Vec<usize> {
        let free = |at: &usize| matches!(self.of_old.get(*at), Some(None));
        self.old.in_section(section).filter(free).collect()
    }

    fn left_of_new(&self, section: usize) -> Vec<usize> {
        let free = |at: &usize| matches!(self.of_new.get(*at), Some(None));
        self.new.in_section(section).filter(free).collect()
    }

    fn told(&self) -> Compared {
        let mut told = Compared::default();
        for (flat, matched) in self.new.items.iter().zip(&self.of_new) {
            let before = matched.and_then(|old| Some((self.old.items.get(old)?, *self.of_old.get(old)?)));
            match before {
                Some((old, Some((_, fate)))) => {
                    told.pairs.push(Pair { fate, old: old.named(), new: flat.named() });
                }
                Some((_, None)) | None => told.new.push(flat.named()),
            }
        }
        let gone = self.old.items.iter().zip(&self.of_old).filter(|(_, matched)| matched.is_none());
        told.gone.extend(gone.map(|(flat, _)| flat.named()));
        told
    }
}
