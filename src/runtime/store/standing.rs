//! How the record stands, told when it changes: lines that do not count, events that are gone, whether it may be written.
//!
//! Not here: what a look at the file brings (`record.rs`), what is in the way of writing (`trouble.rs`).

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
    lost: usize,
    damaged_tail: bool,
    trouble: Option<String>,
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
        Watermark::of(&self.record.graph, self.record.scanner.end())
    }
    /// How many heads of a watermark the record no longer has, or how many events were cut out below them: 0 if nothing this
    /// person saw is gone.
    pub fn lacks(&self, seen: &Watermark) -> usize {
        let graph = &self.record.graph;
        let gone = seen.heads.iter().filter(|hash| !graph.contains(hash) && **hash != graph.root()).count();
        if gone == 0 && graph.is_unbound() { seen.cut_out(graph, graph.missing().len()) } else { gone }
    }
    /// How it stands, if that changed since it was told last.
    pub fn news_of_standing(&mut self) -> Option<Answer> {
        let told = self.told.read_only.clone();
        let trouble = self.lasting(told.as_ref());
        let from = self.looked(trouble.clone());
        if from == self.told.from {
            return None;
        }
        let told = Told { from, condition: self.condition(), read_only: trouble };
        let same = told.condition == self.told.condition && told.read_only == self.told.read_only;
        self.told = told;
        let Told { condition, read_only, .. } = &self.told;
        (!same).then(|| Answer::Standing { condition: condition.clone(), read_only: read_only.clone() })
    }
    /// What is known when the record was opened needs no telling.
    pub(super) fn told_at_opening(&mut self) {
        self.look_at_mark();
        let trouble = self.broken();
        let from = self.looked(trouble.clone());
        self.told = Told { from, condition: self.condition(), read_only: trouble };
    }
    fn looked(&self, trouble: Option<String>) -> Looked {
        Looked {
            reloads: self.reloads,
            findings: self.record.scanner.findings().len(),
            lost: self.record.lost.len(),
            damaged_tail: matches!(self.record.tail, Tail::Damaged(_)),
            trouble,
        }
    }
    /// A poisoned record whose file was replaced and whose mark is gone was salvaged: it may be written again. The mark goes
    /// after the file came, so it is looked for until then.
    pub(super) fn healed(&mut self) {
        if self.poisoned.is_none() {
            return;
        }
        let before = *self.poisoned_on.get_or_insert(self.record.known);
        if self.disk.stat().is_ok_and(|stat| stat.same_file(&before)) {
            return;
        }
        if let Ok(Attempt::Taken(file) | Attempt::Held(file)) = self.disk.try_lock()
            && file.read().is_ok_and(|text| poison_in(&text).is_none())
        {
            (self.poisoned, self.poisoned_on, self.acknowledged) = (None, None, None);
        }
    }
}
