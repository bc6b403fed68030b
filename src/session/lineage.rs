//! Which folded event knew of which: asked for every claim, so it is answered without a walk.
//!
//! Lines are taken in the order of the graph. Each lies on a chain, a path of single steps; what a line knows is "everything
//! before a place" and, beyond that, how far along other chains. A release nobody forks is one chain and nothing else, so
//! it costs a few bytes a line; a fork adds a chain until a line names all heads again. Not here: the graph of a file with
//! its heads and missing parents (`graph.rs`), what a conflict is (`conflict.rs`).

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::graph::SKEW_MAX;
use super::hash::Hash;

/// How far along another chain a line knows: the chain, the step on it, and that step's place in the order.
type Reach = (u32, u32, u32);

/// The ancestry of all folded events.
#[derive(Clone, Default, PartialEq)]
pub struct Lineage {
    places: HashMap<Hash, Place>,
    /// The last step of each chain.
    tips: Vec<u32>,
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
    /// What is known beyond that, by chain; its own chain is left out.
    reach: Arc<[Reach]>,
    at: DateTime<Utc>,
}

impl Lineage {
    /// Takes the next line in the order. `heads`: what no line before it names as a parent.
    pub(super) fn add(&mut self, hash: Hash, at: DateTime<Utc>, up: &[Hash], heads: &[Hash]) {
        let number = count(self.places.len());
        let parents: Vec<Place> = up.iter().filter_map(|parent| self.places.get(parent).cloned()).collect();
        let knows_all = heads.iter().all(|head| up.contains(head));
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
        let reach = if knows_all { Arc::default() } else { reach(&parents, chain, base) };
        match usize::try_from(chain).ok().and_then(|at| self.tips.get_mut(at)) {
            Some(tip) => *tip = step,
            None => self.tips.push(step),
        }
        self.places.insert(hash, Place { number, chain, step, base, reach, at });
    }

    /// Did the writer of `new` know `old`, provably? Nobody knows of themselves, and what was never folded is not known.
    pub fn knew(&self, new: &Hash, old: &Hash) -> bool {
        let (Some(new), Some(old)) = (self.places.get(new), self.places.get(old)) else { return false };
        if old.number >= new.number {
            return false;
        }
        old.number < new.base
            || (old.chain == new.chain && old.step < new.step)
            || new.reach.iter().any(|(chain, step, _)| *chain == old.chain && *step >= old.step)
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

    fn tip(&self, chain: u32) -> Option<u32> {
        self.tips.get(usize::try_from(chain).ok()?).copied()
    }
}

/// What the parents know together beyond `base`, but for the chain the line itself goes on with.
fn reach(parents: &[Place], own: u32, base: u32) -> Arc<[Reach]> {
    // One parent, whose chain goes on: it knows what the parent knew.
    if let [parent] = parents
        && parent.chain == own
    {
        return Arc::clone(&parent.reach);
    }
    let mut known: Vec<Reach> = Vec::new();
    for parent in parents {
        let itself = (parent.chain, parent.step, parent.number);
        for reach in parent.reach.iter().copied().chain([itself]) {
            if reach.0 == own || reach.2 < base {
                continue;
            }
            match known.iter_mut().find(|known| known.0 == reach.0) {
                Some(known) if known.1 < reach.1 => *known = reach,
                Some(_) => {}
                None => known.push(reach),
            }
        }
    }
    known.into()
}

/// Numbers of lines fit: a file holds less than two million of the shortest.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl fmt::Debug for Lineage {
    /// Follows from the timeline, so its length says all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lineage({})", self.places.len())
    }
}

#[cfg(test)]
mod tests;
