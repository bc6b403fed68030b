//! How the record stands, told when it changes: lines that do not count, events that are gone, whether it may be written.
//!
//! Not here: what a look at the file brings (`record.rs`), appending (`append.rs`).

use super::append::Writer;
use super::disk::Attempt;
use super::lock::poison_in;
use super::request::{Answer, Fold};
use crate::session::condition::Condition;
use crate::session::graph::Graph;
use crate::session::scan::Tail;
use crate::session::verify::Watermark;

/// What was told last, and what it was worked out from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    from: Looked,
    condition: Condition,
    read_only: Option<String>,
}

/// What the standing depends on; cheap to compare after each append.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Looked {
    reloads: u64,
    findings: usize,
    damaged_tail: bool,
    poisoned: bool,
}

impl<F: Fold> Writer<F> {
    /// How the record stands.
    pub fn condition(&self) -> Condition {
        let record = &self.record;
        let lost = record.lost.iter().map(|kept| kept.hash).collect();
        Condition { lost, ..Condition::of(&record.scanner, &record.tail, &record.graph) }
    }
    /// The lines, as this process knows them.
    pub fn graph(&self) -> &Graph {
        &self.record.graph
    }
    /// What this process has seen of the record.
    pub fn watermark(&self) -> Watermark {
        Watermark {
            heads: self.record.graph.heads(),
            events: self.record.graph.len(),
            length: self.record.scanner.end(),
        }
    }
    /// How many heads of a watermark the record no longer has: 0 if nothing this person saw is gone.
    pub fn lacks(&self, seen: &Watermark) -> usize {
        let graph = &self.record.graph;
        seen.heads.iter().filter(|hash| !graph.contains(hash) && **hash != graph.root()).count()
    }
    /// Why nothing can be written, as far as is known without trying.
    pub fn broken(&self) -> Option<String> {
        let read_only = || self.record.writable(&self.path).err().map(|fault| fault.to_string());
        self.poisoned.clone().or_else(read_only)
    }
    /// How it stands, if that changed since it was told last.
    pub fn news_of_standing(&mut self) -> Option<Answer> {
        let from = Looked {
            reloads: self.reloads,
            findings: self.record.scanner.findings().len(),
            damaged_tail: matches!(self.record.tail, Tail::Damaged(_)),
            poisoned: self.poisoned.is_some(),
        };
        if from == self.told.from {
            return None;
        }
        let told = Told { from, condition: self.condition(), read_only: self.broken() };
        let same = told.condition == self.told.condition && told.read_only == self.told.read_only;
        self.told = told;
        let Told { condition, read_only, .. } = &self.told;
        (!same).then(|| Answer::Standing { condition: condition.clone(), read_only: read_only.clone() })
    }
    /// What is known when the record was opened needs no telling.
    pub(super) fn told_at_opening(&mut self) {
        drop(self.news_of_standing());
    }
    /// A poisoned record whose file was replaced and whose mark is gone was salvaged: it may be written again.
    pub(super) fn healed(&mut self) {
        if self.poisoned.is_none() || self.disk.stat().is_ok_and(|stat| stat.same_file(&self.record.known)) {
            return;
        }
        if let Ok(Attempt::Taken(file) | Attempt::Held(file)) = self.disk.try_lock()
            && file.read().is_ok_and(|text| poison_in(&text).is_none())
        {
            self.poisoned = None;
        }
    }
}
