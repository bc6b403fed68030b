//! Which folded event knew of which: asked for every claim, so it is answered without a walk.
//!
//! Lines are taken in the order of the graph. Each lies on a chain, a path of single steps; what a line knows is "everything
//! before a place" and, beyond that, how far along other chains. A release nobody forks is one chain and nothing else, so
//! it costs a few bytes a line; a fork adds a chain until a line names all heads again. Not here: the graph of a file with
//! its heads and missing parents (`graph.rs`), what a conflict is (`conflict.rs`).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::graph::SKEW_MAX;
use super::hash::Hash;

/// Most steps over a whole record that joining what parents know may take: a thousand clones that all merge each other's
/// work take a tenth. Beyond it a line is taken to know its own chain only, and what lies before all heads it names: then
/// people seem not to have known of each other, which at worst asks a person again.
const STEPS_MAX: usize = 16_000_000;

/// How far along another chain a line knows: the chain, the step on it, and that step's place in the order.
type Reach = (u32, u32, u32);

/// The ancestry of all folded events.
#[derive(Clone, Default, PartialEq)]
pub struct Lineage {
    places: HashMap<Hash, Place>,
    /// The last step of each chain.
    tips: Vec<u32>,
    /// How many steps were spent, of [`STEPS_MAX`].
    steps: usize,
}

/// One line.
#[derive(Clone, PartialEq)]
struct Place {
    /// In the order of the fold.
    number: u32,
    chain: u32,
    step: u32,
    /// Every line before this number is known.
    base: u32,
    /// What is known beyond that, sorted by chain; its own chain is left out.
    reach: Arc<[Reach]>,
    at: DateTime<Utc>,
}

impl Lineage {
    /// Takes the next line in the order. `heads`: what no line before it names as a parent.
    pub(super) fn add(&mut self, hash: Hash, at: DateTime<Utc>, up: &[Hash], heads: &[Hash]) {
        let number = count(self.places.len());
        let parents: Vec<Place> = up.iter().filter_map(|parent| self.places.get(parent).cloned()).collect();
        let knows_all = heads.len() <= up.len() && heads.iter().all(|head| up.contains(head));
        let base = match parents.iter().map(|parent| parent.base).max() {
            _ if knows_all => number,
            Some(base) => base,
            None => 0,
        };
        let grows = parents.iter().find(|parent| self.tip(parent.chain) == Some(parent.step));
        let (chain, step) = match grows {
            Some(parent) => (parent.chain, parent.step + 1),
            None => (count(self.tips.len()), 0),
        };
        let reach = if knows_all { Arc::default() } else { self.reach(&parents, chain, base) };
        match usize::try_from(chain).ok().and_then(|at| self.tips.get_mut(at)) {
            Some(tip) => *tip = step,
            None => self.tips.push(step),
        }
        self.places.insert(hash, Place { number, chain, step, base, reach, at });
    }

    /// Did the writer of `new` know `old`, provably? Nobody knows of themselves, and what was never folded is not known.
    pub fn knew(&self, new: &Hash, old: &Hash) -> bool {
        #[cfg(test)]
        tests::count(1);
        let (Some(new), Some(old)) = (self.places.get(new), self.places.get(old)) else { return false };
        if old.number >= new.number {
            return false;
        }
        old.number < new.base
            || (old.chain == new.chain && old.step < new.step)
            || new.reach_on(old.chain).is_some_and(|step| step >= old.step)
    }

    /// Did its writer know every line that comes before it in the order?
    pub(super) fn knew_all(&self, new: &Hash) -> bool {
        self.places.get(new).is_some_and(|place| place.base == place.number)
    }

    /// Its place in the order, from 0; none: it was never folded.
    pub(super) fn number(&self, hash: &Hash) -> Option<usize> {
        usize::try_from(self.places.get(hash)?.number).ok()
    }

    /// Did everybody always know of everything? Then nothing contradicts anything.
    pub fn is_chain(&self) -> bool {
        self.tips.len() < 2
    }

    /// By how much an event claims to be older than what it follows; none: not by more than clocks of one network differ.
    pub(super) fn behind(&self, at: DateTime<Utc>, up: &[Hash]) -> Option<TimeDelta> {
        let latest = up.iter().filter_map(|parent| self.places.get(parent)).map(|parent| parent.at).max()?;
        let behind = latest.signed_duration_since(at);
        (behind > SKEW_MAX).then_some(behind)
    }

    /// What the parents know together beyond `base`, but for the chain the line itself goes on with.
    fn reach(&mut self, parents: &[Place], own: u32, base: u32) -> Arc<[Reach]> {
        // One parent, whose chain goes on: it knows what the parent knew.
        if let [parent] = parents
            && parent.chain == own
        {
            return Arc::clone(&parent.reach);
        }
        let steps: usize = parents.iter().map(|parent| parent.reach.len() + 1).sum();
        if self.steps.saturating_add(steps) > STEPS_MAX {
            return Arc::default();
        }
        self.steps += steps;
        let itself = |parent: &Place| (parent.chain, parent.step, parent.number);
        let each = parents.iter().flat_map(|parent| parent.reach.iter().copied().chain([itself(parent)]));
        let mut known: Vec<Reach> = each.filter(|reach| reach.0 != own && reach.2 >= base).collect();
        // The furthest step on each chain stands first.
        known.sort_unstable_by_key(|(chain, step, _)| (*chain, Reverse(*step)));
        known.dedup_by_key(|reach| reach.0);
        known.into()
    }

    fn tip(&self, chain: u32) -> Option<u32> {
        self.tips.get(usize::try_from(chain).ok()?).copied()
    }
}

/// Numbers of lines fit: a file holds less than two million of the shortest.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Place {
    /// The last step it knows on another chain.
    fn reach_on(&self, chain: u32) -> Option<u32> {
        let at = self.reach.binary_search_by_key(&chain, |reach| reach.0).ok()?;
        self.reach.get(at).map(|(_, step, _)| *step)
    }
}

impl fmt::Debug for Lineage {
    /// Follows from the timeline, so its length says all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lineage({})", self.places.len())
    }
}

#[cfg(test)]
pub(super) mod tests;
