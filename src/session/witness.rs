//! Who can vouch for the end of a record: what a person has seen on this machine, and commits in git.
//!
//! The bytes alone cannot show that their last lines were dropped, or that all of them were hashed anew; a witness can. Not
//! here: the judgement (`verify.rs`), keeping watermarks and asking git (`runtime`).

use std::collections::{HashMap, HashSet};

use super::graph::Graph;
use super::hash::Hash;
use super::line::Line;
use super::state::Session;
use super::ulid::EventId;

/// What a person or a machine has seen of a record: a cheap witness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watermark {
    /// The heads.
    pub heads: Vec<Hash>,
    /// How many events.
    pub events: usize,
    /// Bytes up to the end of the last good line.
    pub length: u64,
}

/// What vouches for the tail, as found by the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// What this person has seen on this machine.
    pub watermark: Option<Watermark>,
    /// The record as it stands in commits.
    pub commits: Vec<Commit>,
}

/// The record as it stands in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// How a person calls it: `HEAD`, `origin/main`.
    pub name: String,
    /// What it holds.
    pub seen: Watermark,
    /// Whether the file grew out of it.
    pub standing: Standing,
    /// Its lines: heads say nothing of what came before a forged tombstone.
    pub lines: Vec<Line>,
}

/// Whether a file grew out of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It did: what the commit holds must be here.
    Grown,
    /// Others may have added what was not merged here yet.
    Beside,
}

/// Events a witness has seen and the record lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Those that are known by name: the last ones it saw; none where only their number tells.
    pub hashes: Vec<Hash>,
    /// How many, at least.
    pub at_least: usize,
}

/// What a witness says of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Testimony {
    /// It has seen all of it.
    Covers,
    /// It has seen an earlier state: so many events came after.
    Earlier(usize),
    /// It has seen what is not here.
    Lacks(Lacking),
}

impl Watermark {
    /// What a reader of these lines has seen.
    pub fn of(graph: &Graph, length: u64) -> Self {
        Self { heads: graph.heads(), events: graph.len(), length }
    }
    /// What is gone and nobody goes on without. What is missing below a head that is there is named by its children, not
    /// here.
    pub fn lacks(&self, graph: &Graph, session: &Session) -> Option<Lacking> {
        let there = |hash: &Hash| graph.contains(hash) || *hash == graph.root();
        let accepted = |hash: &Hash| session.upkeep.accepted.contains_key(hash);
        let gone = self.heads.iter().filter(|hash| !there(hash) && !accepted(hash));
        let hashes: Vec<Hash> = gone.copied().collect();
        let at_least = if hashes.is_empty() {
            if self.heads.iter().all(there) {
                self.cut_out(graph, told_gone(graph, session).len())
            } else {
                0
            }
        } else {
            self.events.saturating_sub(graph.len()).max(hashes.len())
        };
        (at_least > 0).then_some(Lacking { hashes, at_least })
    }
    /// How many events are gone though all heads are there, so many besides that are known to be: only below a tombstone, whose
    /// hash does not bind what came before it.
    pub fn cut_out(&self, graph: &Graph, known: usize) -> usize {
        if !graph.is_unbound() {
            return 0;
        }
        let there = if known == 0 { graph.up_to(&self.heads) } else { graph.len() + known };
        self.events.saturating_sub(there)
    }
    /// What it says of a record with these lines.
    pub fn testimony(&self, graph: &Graph, session: &Session) -> Testimony {
        self.says(self.lacks(graph, session), graph)
    }
    fn says(&self, lacking: Option<Lacking>, graph: &Graph) -> Testimony {
        if let Some(lacking) = lacking {
            Testimony::Lacks(lacking)
        } else if !graph.is_empty() && graph.heads().iter().all(|head| self.heads.contains(head)) {
            Testimony::Covers
        } else {
            Testimony::Earlier(graph.len().saturating_sub(self.events))
        }
    }
}

impl Commit {
    /// What is gone of all it holds and nobody goes on without; what the record itself tells of is not repeated.
    pub fn lacks(&self, graph: &Graph, session: &Session) -> Option<Lacking> {
        let accepted = |hash: &Hash| session.upkeep.accepted.contains_key(hash);
        let mut lacking = self.seen.lacks(graph, session).unwrap_or_default();
        // Who goes on without an end of it does so without what was known only there.
        if !self.seen.heads.iter().any(|head| !graph.contains(head) && accepted(head)) {
            let mut told = told_gone(graph, session);
            told.extend(&lacking.hashes);
            let hashes = self.lines.iter().map(|line| line.hash);
            lacking.hashes.extend(
                hashes.filter(|hash| !graph.contains(hash) && !accepted(hash) && !told.contains(hash)),
            );
        }
        lacking.at_least = lacking.at_least.max(lacking.hashes.len());
        (lacking.at_least > 0).then_some(lacking)
    }
    /// What it says of a record with these lines.
    pub fn testimony(&self, graph: &Graph, session: &Session) -> Testimony {
        self.seen.says(self.lacks(graph, session), graph)
    }
    /// Events of which the record has a tombstone that is not the one of the line here: somebody forged it.
    pub fn disproves<'a>(&self, lines: impl IntoIterator<Item = &'a Line>) -> Vec<EventId> {
        let blank = lines.into_iter().filter(|line| line.is_tombstone());
        let blank: HashMap<Hash, &Line> = blank.map(|line| (line.hash, line)).collect();
        let is_other =
            |line: &&Line| blank.get(&line.hash).is_some_and(|stands| stands.tombstone() != line.tombstone());
        self.lines.iter().filter(is_other).map(|line| line.id).collect()
    }
}

/// What is not here and the record tells of: parents that no line has, and what was moved out.
fn told_gone(graph: &Graph, session: &Session) -> HashSet<Hash> {
    let moved_out = session.upkeep.explained.keys().copied().filter(|hash| !graph.contains(hash));
    graph.missing().into_iter().map(|missing| missing.parent).chain(moved_out).collect()
}
