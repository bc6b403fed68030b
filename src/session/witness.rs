//! Who can vouch for the end of a record: what a person has seen on this machine, and commits in git.
//!
//! The bytes alone cannot show that their last lines were dropped, or that all of them were hashed anew; a witness can. Not
//! here: the judgement (`verify.rs`), keeping watermarks and asking git (`runtime`).

use super::graph::Graph;
use super::hash::Hash;
use super::state::Session;

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
    /// Those that are known by name: the last ones it saw.
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
        let at_least = self.events.saturating_sub(graph.len()).max(hashes.len());
        (!hashes.is_empty()).then_some(Lacking { hashes, at_least })
    }
    /// What it says of a record with these lines.
    pub fn testimony(&self, graph: &Graph, session: &Session) -> Testimony {
        if let Some(lacking) = self.lacks(graph, session) {
            Testimony::Lacks(lacking)
        } else if !graph.is_empty() && graph.heads().iter().all(|head| self.heads.contains(head)) {
            Testimony::Covers
        } else {
            Testimony::Earlier(graph.len().saturating_sub(self.events))
        }
    }
}
