//! What the bytes of a record prove, and what they cannot: the judgement of `gonogo verify`.
//!
//! It proves that nothing was changed, inserted, reordered or moved in, unless everything after it was rehashed; a rehash of
//! the whole file or a dropped tail needs an outside witness. Not here: reading files, signatures, repair (`runtime/store`).

use serde::{Deserialize, Serialize};

use super::graph::Graph;
use super::hash::Hash;
use super::header::HeaderFault;
use super::scan::{Located, Severity, Tail, scan_file};
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

impl Watermark {
    /// How many of the events seen are gone and nobody goes on without, at least. What is missing below a head that is
    /// there is named by its children, not here.
    pub fn lacks(&self, graph: &Graph, session: &Session) -> usize {
        let there = |hash: &Hash| graph.contains(hash) || *hash == graph.root();
        let accepted = |hash: &Hash| session.upkeep.accepted.contains_key(hash);
        let gone = self.heads.iter().filter(|hash| !there(hash) && !accepted(hash)).count();
        if gone == 0 { 0 } else { self.events.saturating_sub(graph.len()).max(gone) }
    }
}

impl Watermark {
    /// What a reader of these lines has seen.
    pub fn of(graph: &Graph, length: u64) -> Self {
        Self { heads: graph.heads(), events: graph.len(), length }
    }
}

/// What vouches for the tail, as found by the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// What this person has seen on this machine.
    pub watermark: Option<Watermark>,
    /// The heads of the record as committed in git.
    pub committed: Option<Vec<Hash>>,
}

/// What is good enough for who asks: `--allow unanchored,unsigned`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// Somebody must vouch for the tail.
    #[default]
    Required,
    /// A whole record is good enough.
    Optional,
}

/// The judgement, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Bad line, missing parent, id used twice, seen events missing.
    Damaged,
    /// Unreadable, or of a newer format.
    CouldNotCheck,
    /// Whole, but nothing vouches for the tail.
    Unanchored,
    /// Whole and anchored.
    Verified,
}

impl Outcome {
    /// The exit code of the one table.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Damaged => 1,
            Self::CouldNotCheck => 3,
            Self::Unanchored => 4,
            Self::Verified => 0,
        }
    }
}

/// Everything `gonogo verify` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// The judgement.
    pub outcome: Outcome,
    /// Its exit code.
    pub exit_code: u8,
    /// The release's id.
    pub release: Option<String>,
    /// How many events count.
    pub events: usize,
    /// The heads.
    pub heads: Vec<String>,
    /// The digest of the state its events add up to, for comparison with another reader of the same program version.
    pub state: Option<String>,
    /// What is wrong, one sentence each.
    pub problems: Vec<String>,
    /// What is odd, but harmless.
    pub notes: Vec<String>,
    /// Who vouches for the tail.
    pub anchors: Vec<String>,
    /// What this proves and what not, in words.
    pub words: String,
}

/// Judges the bytes of a record.
pub fn verify(file: &[u8], witness: &Witness, anchor: Anchor) -> Verification {
    let mut said = Verification {
        outcome: Outcome::CouldNotCheck,
        exit_code: 3,
        release: None,
        events: 0,
        heads: Vec::new(),
        state: None,
        problems: Vec::new(),
        notes: Vec::new(),
        anchors: Vec::new(),
        words: String::new(),
    };
    match scan_file(file) {
        Err(fault) => {
            said.outcome = match fault {
                HeaderFault::NewerFormat(_) | HeaderFault::NoEvents => Outcome::CouldNotCheck,
                HeaderFault::NotUtf8
                | HeaderFault::Read(_)
                | HeaderFault::Field(_)
                | HeaderFault::TooLong(_)
                | HeaderFault::Checklist => Outcome::Damaged,
            };
            said.problems.push(fault.to_string());
        }
        Ok((header, scanner, batch)) => {
            said.release = Some(header.release.id.to_string());
            said.events = scanner.events();
            if !header.checklist_fits() {
                said.problems.push("the embedded checklist was edited: its digest differs".to_owned());
            }
            if !header.unknown_features.is_empty() {
                said.notes
                    .push(format!("features of a newer gonogo: {}", header.unknown_features.join(", ")));
            }
            let mut graph = Graph::new(header.digest);
            batch.lines.iter().for_each(|found| graph.insert(&found.line));
            said.state = Some(folded(&graph, &batch.lines).digest().tagged());
            said.look_at_lines(scanner.findings(), &batch.tail);
            said.look_at_graph(&graph);
            said.ask(&graph, scanner.end(), witness);
            said.outcome = match (said.problems.is_empty(), said.anchors.is_empty()) {
                (false, _) => Outcome::Damaged,
                (true, true) if anchor == Anchor::Required => Outcome::Unanchored,
                (true, _) => Outcome::Verified,
            };
        }
    }
    said.exit_code = said.outcome.exit_code();
    words(said.outcome).clone_into(&mut said.words);
    said
}

impl Verification {
    fn look_at_lines(&mut self, findings: &[super::scan::Finding], tail: &Tail) {
        let damaged = if let Tail::Damaged(found) = tail { found.as_slice() } else { &[] };
        for found in findings.iter().chain(damaged) {
            let text = format!("line {}: {}", found.number, found.cause);
            if found.cause.severity() == Severity::Damage {
                self.problems.push(text);
            } else {
                self.notes.push(text);
            }
        }
        match tail {
            Tail::Torn(bytes) => self.notes.push(format!("{bytes} bytes of an unfinished write at the end; they were never acknowledged, the next append puts them aside")),
            Tail::NoNewline => self.notes.push("no newline at the end; the last line is good".to_owned()),
            Tail::Clean | Tail::Damaged(_) => {}
        }
    }

    fn look_at_graph(&mut self, graph: &Graph) {
        self.heads = graph.heads().iter().map(ToString::to_string).collect();
        if !graph.is_rooted() {
            self.problems.push(
                "no event names this header: it was edited, or the events belong to another release"
                    .to_owned(),
            );
        }
        for missing in graph.missing() {
            self.problems
                .push(format!("event {} names a parent that is not here: {}", missing.child, missing.parent));
        }
        for skew in graph.skews() {
            self.notes.push(format!(
                "event {}: the clock of {} is {} s behind",
                skew.id,
                skew.host,
                skew.behind.num_seconds()
            ));
        }
        if self.heads.len() > 1 {
            self.notes.push(format!("{} heads after a merge; the next append joins them", self.heads.len()));
        }
    }

    fn ask(&mut self, graph: &Graph, length: u64, witness: &Witness) {
        let has = |hash: &Hash| graph.contains(hash) || *hash == graph.root();
        if let Some(seen) = &witness.watermark {
            let gone = seen.heads.iter().filter(|hash| !has(hash)).count();
            if gone > 0 || graph.len() < seen.events {
                let fewer = seen.events.saturating_sub(graph.len()).max(gone);
                self.problems.push(format!("the file lacks at least {fewer} events you have seen: an older copy was restored, or its tail was dropped"));
            } else if length < seen.length {
                self.notes
                    .push("shorter than you have seen it, with all its events: tidied or merged".to_owned());
            }
        }
        let watermark =
            witness.watermark.as_ref().map(|seen| ("what you have seen on this machine", &seen.heads));
        let committed = witness.committed.as_ref().map(|heads| ("the commit in git", heads));
        for (who, heads) in watermark.into_iter().chain(committed) {
            let covered = graph.heads().iter().all(|head| heads.contains(head));
            if covered && !graph.is_empty() {
                self.anchors.push(who.to_owned());
            } else if heads.iter().all(has) {
                self.notes.push(format!("{who} covers an earlier state only"));
            }
        }
    }
}

/// What the good lines add up to, in the order of the graph.
fn folded(graph: &Graph, lines: &[Located]) -> Session {
    let mut session = Session::default();
    for found in graph.order().into_iter().filter_map(|place| lines.get(place)) {
        session.apply(&found.line.recorded());
    }
    session
}

fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Damaged => "Damaged: the record is not what was written. See the problems.",
        Outcome::CouldNotCheck => "Could not check: this is no record, or one of a newer program.",
        Outcome::Unanchored => {
            "Whole: nothing was changed, inserted, reordered or moved in, unless everything after it was rehashed. Nothing vouches for the tail: the file alone cannot show that its last events were dropped, or that all of it was rehashed. Ask who has seen it, or look at the commit in git."
        }
        Outcome::Verified => {
            "Whole: nothing was changed, inserted, reordered or moved in, and its tail is vouched for. No record finds a split view alone: somebody may have been shown another one."
        }
    }
}

#[cfg(test)]
mod tests;
