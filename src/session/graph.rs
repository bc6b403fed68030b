//! Which event came after which: parents by hash, heads, and the one order in which everybody folds.
//!
//! Order proves "approved before deployed"; clocks do not. Not here: what the events say, and what wins a conflict (`apply.rs`).

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::hash::Hash;
use super::line::{Line, PARENTS_MAX};
use super::ulid::EventId;

/// An `at` further than this before a parent's is marked: below it, clocks of one network differ anyway.
pub const SKEW_MAX: TimeDelta = TimeDelta::seconds(2);

/// What the graph knows of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its key.
    pub id: EventId,
    /// When, as claimed.
    pub at: DateTime<Utc>,
    /// Where: host/pid.
    pub on: String,
    /// Its own hash.
    pub hash: Hash,
    /// Its parents.
    pub up: Vec<Hash>,
}

/// All lines of one session.
#[derive(Clone, Debug)]
pub struct Graph {
    root: Hash,
    nodes: Vec<Node>,
    by_hash: HashMap<Hash, usize>,
    named: HashSet<Hash>,
    heads: BTreeSet<Hash>,
    /// Is there a line whose own hash does not bind its parents? Without one there is no cycle.
    unbound: bool,
}

/// A clock that ran behind: an event claims to be older than what it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skew {
    /// The event.
    pub id: EventId,
    /// The host that wrote it.
    pub host: String,
    /// By how much.
    pub behind: TimeDelta,
}

/// A parent that no line of the file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The event that names it.
    pub child: EventId,
    /// The hash it names.
    pub parent: Hash,
}

impl Graph {
    /// No line yet, below a header with this digest.
    pub fn new(root: Hash) -> Self {
        Self {
            root,
            nodes: Vec::new(),
            by_hash: HashMap::new(),
            named: HashSet::new(),
            heads: BTreeSet::new(),
            unbound: false,
        }
    }
    /// These lines, in any order, below a header with this digest.
    pub fn of<'a>(root: Hash, lines: impl IntoIterator<Item = &'a Line>) -> Self {
        let mut graph = Self::new(root);
        lines.into_iter().for_each(|line| graph.insert(line));
        graph
    }
    /// Takes a line, once. Its parents may come later.
    pub fn insert(&mut self, line: &Line) {
        if self.by_hash.contains_key(&line.hash) {
            return;
        }
        self.by_hash.insert(line.hash, self.nodes.len());
        self.unbound |= line.is_tombstone();
        for parent in &line.up {
            self.heads.remove(parent);
            self.named.insert(*parent);
        }
        if !self.named.contains(&line.hash) {
            self.heads.insert(line.hash);
        }
        self.nodes.push(Node {
            id: line.id,
            at: line.at,
            on: line.on.clone(),
            hash: line.hash,
            up: line.up.clone(),
        });
    }
    /// The header's digest: the parent of the first event.
    pub fn root(&self) -> Hash {
        self.root
    }
    /// How many lines.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }
    /// No line at all?
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
    /// Does a line name this one as its parent, be it here or not?
    pub fn is_named(&self, hash: &Hash) -> bool {
        self.named.contains(hash)
    }
    /// Is there a line with this hash?
    pub fn contains(&self, hash: &Hash) -> bool {
        self.by_hash.contains_key(hash)
    }
    /// The lines, as inserted.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    /// Hashes nobody names as a parent, sorted; the header's digest if there is no line.
    pub fn heads(&self) -> Vec<Hash> {
        if self.nodes.is_empty() {
            return vec![self.root];
        }
        self.heads.iter().copied().collect()
    }
    /// What the next line names as its parents: the heads, at most [`PARENTS_MAX`] of them.
    pub fn next_up(&self) -> Vec<Hash> {
        if self.nodes.is_empty() {
            return vec![self.root];
        }
        self.heads.iter().copied().take(PARENTS_MAX).collect()
    }
    /// Are these all heads, sorted? Then whoever names them comes after everything.
    pub fn are_heads(&self, up: &[Hash]) -> bool {
        if self.nodes.is_empty() {
            up == [self.root]
        } else {
            up.len() == self.heads.len() && self.heads.iter().eq(up)
        }
    }
    /// The milliseconds in the keys of all heads.
    pub fn millis_of_heads(&self) -> impl Iterator<Item = u64> {
        self.heads.iter().filter_map(|hash| self.node(hash)).map(|node| node.id.millis())
    }
    /// Does the oldest line hang below this header?
    pub fn is_rooted(&self) -> bool {
        self.nodes.is_empty() || self.named.contains(&self.root)
    }
    /// Parents no line has.
    pub fn missing(&self) -> Vec<Missing> {
        let absent = |hash: &&Hash| **hash != self.root && !self.by_hash.contains_key(*hash);
        let of = |node: &Node| -> Vec<Missing> {
            node.up.iter().filter(absent).map(|parent| Missing { child: node.id, parent: *parent }).collect()
        };
        self.nodes.iter().flat_map(of).collect()
    }
    /// The places of all lines in the one order: parents first, among those ready the smallest (`at`, id). A missing parent
    /// holds nobody up. What comes after itself, and what hangs on that, follows by (`at`, id): no line is ever left out.
    pub fn order(&self) -> Vec<usize> {
        let mut order = self.after_parents();
        if order.len() == self.nodes.len() {
            return order;
        }
        let mut placed = vec![false; self.nodes.len()];
        for place in &order {
            placed.get_mut(*place).into_iter().for_each(|is_there| *is_there = true);
        }
        let mut rest: Vec<(usize, &Node)> = self.nodes.iter().enumerate().collect();
        rest.retain(|(place, _)| placed.get(*place) == Some(&false));
        rest.sort_by_key(|(_, node)| (node.at, node.id, node.hash));
        order.extend(rest.into_iter().map(|(place, _)| place));
        order
    }
    /// Is there a line whose hash does not bind its parents? Only then something can be cut out below a head that is there.
    pub fn is_unbound(&self) -> bool {
        self.unbound
    }
    /// How many lines these are, with everything that came before them.
    pub fn up_to(&self, heads: &[Hash]) -> usize {
        let mut visited: HashSet<Hash> = HashSet::new();
        let mut open: Vec<Hash> = heads.to_vec();
        while let Some(hash) = open.pop() {
            if let Some(node) = self.node(&hash)
                && visited.insert(hash)
            {
                open.extend(&node.up);
            }
        }
        visited.len()
    }
    /// How many lines come after themselves, or hang on one that does: 0 in every record that was written so. The hash of a
    /// tombstone does not cover its parents, so a forged one can close a circle.
    pub fn tangled(&self) -> usize {
        if self.unbound { self.nodes.len() - self.after_parents().len() } else { 0 }
    }
    /// The places of all lines that come after their parents, in that order.
    fn after_parents(&self) -> Vec<usize> {
        let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut waits: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for (place, node) in self.nodes.iter().enumerate() {
            let mut parents: Vec<usize> =
                node.up.iter().filter_map(|hash| self.by_hash.get(hash).copied()).collect();
            parents.sort_unstable();
            parents.dedup();
            waits.push(parents.len());
            for parent in parents {
                children.entry(parent).or_default().push(place);
            }
        }
        let key = |place: usize| self.nodes.get(place).map(|node| Reverse((node.at, node.id, place)));
        let mut ready: BinaryHeap<_> = waits
            .iter()
            .enumerate()
            .filter(|(_, waiting)| **waiting == 0)
            .filter_map(|(place, _)| key(place))
            .collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(Reverse((_, _, place))) = ready.pop() {
            order.push(place);
            for child in children.remove(&place).unwrap_or_default() {
                let Some(waiting) = waits.get_mut(child) else { continue };
                *waiting -= 1;
                if *waiting == 0 {
                    ready.extend(key(child));
                }
            }
        }
        order
    }
    /// Did `old` come before `new`, provably? A line is not its own ancestor. The header came before everything.
    pub fn is_ancestor(&self, old: &Hash, new: &Hash) -> bool {
        let mut visited = HashSet::new();
        let mut open: Vec<Hash> = self.parents(new);
        while let Some(hash) = open.pop() {
            if hash == *old {
                return true;
            }
            if visited.insert(hash) {
                open.extend(self.parents(&hash));
            }
        }
        false
    }
    /// Events that claim to be more than [`SKEW_MAX`] older than a parent.
    pub fn skews(&self) -> Vec<Skew> {
        let behind = |node: &Node| {
            let latest = node.up.iter().filter_map(|hash| self.node(hash)).map(|parent| parent.at).max()?;
            let behind = latest.signed_duration_since(node.at);
            let host = node.on.split('/').next().unwrap_or_default().to_owned();
            (behind > SKEW_MAX).then_some(Skew { id: node.id, host, behind })
        };
        self.nodes.iter().filter_map(behind).collect()
    }

    fn node(&self, hash: &Hash) -> Option<&Node> {
        self.by_hash.get(hash).and_then(|place| self.nodes.get(*place))
    }
    fn parents(&self, hash: &Hash) -> Vec<Hash> {
        self.node(hash).map(|node| node.up.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
pub(crate) mod tests;
