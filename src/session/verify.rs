//! What the bytes of a record prove, and what they cannot: the judgement of `gonogo verify`.
//!
//! It proves that nothing was changed, inserted, reordered or moved in, unless everything after it was rehashed; a rehash of
//! the whole file or a dropped tail needs an outside witness. Not here: reading files, signatures, repair (`runtime/store`).

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::condition::{come_after_themselves, events};
use super::fold::fold;
use super::graph::Graph;
use super::hash::Hash;
use super::header::{Header, HeaderFault};
use super::recorded::{Recorded, What};
use super::scan::{Located, Severity, Tail, scan_file};
use super::state::Session;
pub use super::witness::{Commit, Lacking, Standing, Testimony, Watermark, Witness};
use crate::text::clock_face::length;

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
    /// Events whose content a person took out: nothing proves any more what they said.
    #[serde(default)]
    pub redacted: Vec<Gone>,
    /// What is odd, but harmless.
    pub notes: Vec<String>,
    /// Who vouches for the tail.
    pub anchors: Vec<String>,
    /// What this proves and what not, in words.
    pub words: String,
}

/// An event whose content was taken out of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Its id.
    pub event: String,
    /// Its kind, which nothing proves any more.
    pub kind: String,
    /// Who took it out; none: nobody says so.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Does a person who knew of it go on without it? Until then no verdict is GO.
    pub accepted: bool,
}

impl Gone {
    /// `unknown`: what nobody goes on without.
    fn of(session: &Session, unknown: &HashSet<Hash>, line: &Recorded) -> Option<Self> {
        let What::Redacted { kind } = &line.what else { return None };
        let why = session.upkeep.redaction(&line.hash);
        Some(Self {
            event: line.id.clone(),
            kind: kind.clone(),
            by: why.map(|why| why.stamp.by.clone()),
            reason: why.map(|why| why.reason.clone()),
            accepted: !unknown.contains(&line.hash),
        })
    }
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
        redacted: Vec::new(),
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
            said.look_at_header(&header, scanner.beyond_us());
            let graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
            let session = fold(header.digest, batch.lines.iter().map(|found| &found.line));
            said.state = Some(session.digest().tagged());
            said.look_at_lines(scanner.findings(), &batch.tail);
            said.look_at_graph(&graph);
            said.look_at_gaps(&graph, &session);
            let unknown: HashSet<Hash> = session.upkeep.unknown_content().into_iter().collect();
            let gone = |line| Gone::of(&session, &unknown, line);
            said.redacted = session.timeline.iter().filter_map(gone).collect();
            said.ask(&graph, &session, witness);
            said.ask_of_tombstones(&batch.lines, witness);
            if let Some(seen) = &witness.watermark
                && seen.lacks(&graph, &session).is_none()
                && scanner.end() < seen.length
            {
                said.notes
                    .push("shorter than you have seen it, with all its events: tidied or merged".to_owned());
            }
            said.outcome = match (said.problems.is_empty(), said.anchors.is_empty()) {
                (false, _) => Outcome::Damaged,
                (true, true) if anchor == Anchor::Required => Outcome::Unanchored,
                (true, _) => Outcome::Verified,
            };
        }
    }
    said.exit_code = said.outcome.exit_code();
    said.words = words(said.outcome, said.anchors.is_empty(), !said.redacted.is_empty());
    said
}

impl Verification {
    fn look_at_header(&mut self, header: &Header, beyond_us: Option<&str>) {
        if !header.checklist_fits() {
            self.problems.push("the embedded checklist was edited: its digest differs".to_owned());
        }
        if !header.unknown_features.is_empty() {
            self.notes.push(format!("features of a newer gonogo: {}", header.unknown_features.join(", ")));
        }
        if let Some(kind) = beyond_us {
            self.notes.push(format!(
                "a newer gonogo wrote {kind:?}: the bytes are checked, what they mean only it can judge"
            ));
        }
    }

    /// A commit may still hold the line that a tombstone stands for.
    fn ask_of_tombstones(&mut self, lines: &[Located], witness: &Witness) {
        for commit in &witness.commits {
            for event in commit.disproves(lines.iter().map(|found| &found.line)) {
                self.problems.push(format!(
                    "event {event}: its tombstone was forged, it is not that of the line in the commit in git ({})",
                    commit.name
                ));
            }
        }
    }

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
            Tail::Torn(bytes) => self.notes.push(format!("{bytes} bytes of an unfinished write at the end; the next append puts them aside, in a file beside the record")),
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
        let tangled = graph.tangled();
        if tangled > 0 {
            self.problems.push(format!(
                "{}: a tombstone was forged, and nothing proves their order",
                come_after_themselves(tangled)
            ));
        }
        for skew in graph.skews() {
            self.notes.push(format!(
                "event {}: the clock of {} is {} behind",
                skew.id,
                skew.host,
                length(skew.behind)
            ));
        }
        if self.heads.len() > 1 {
            self.notes.push(format!("{} heads after a merge; the next append joins them", self.heads.len()));
        }
    }

    /// A parent that no line has: explained if it was moved out, and forgiven only by a person.
    fn look_at_gaps(&mut self, graph: &Graph, session: &Session) {
        for missing in graph.missing() {
            let text = format!("event {} names a parent that is not here: {}", missing.child, missing.parent);
            let accepted = session.upkeep.accepted.get(&missing.parent);
            match (accepted, session.upkeep.explained.get(&missing.parent)) {
                (Some((who, reason)), _) => {
                    self.notes.push(format!("{text}; {} goes on without it: {reason}", who.by));
                }
                (None, Some(who)) => {
                    self.problems.push(format!("{text}; {} moved it out as damaged", who.by));
                }
                (None, None) => self.problems.push(text),
            }
        }
        let named: HashSet<Hash> = graph.missing().into_iter().map(|missing| missing.parent).collect();
        let gone = |hash: &Hash| !graph.contains(hash) && !named.contains(hash);
        for (hash, who) in session.upkeep.explained.iter().filter(|(hash, _)| gone(hash)) {
            let text = format!("the event {hash} is not here; {} moved it out as damaged", who.by);
            match session.upkeep.accepted.get(hash) {
                Some((who, reason)) => {
                    self.notes.push(format!("{text}; {} goes on without it: {reason}", who.by));
                }
                None => self.problems.push(text),
            }
        }
    }

    fn ask(&mut self, graph: &Graph, session: &Session, witness: &Witness) {
        if let Some(seen) = &witness.watermark {
            match seen.testimony(graph, session) {
                Testimony::Covers => self.anchors.push("what you have seen on this machine".to_owned()),
                Testimony::Earlier(after) => {
                    self.notes.push(format!("what you have seen on this machine covers an earlier state only: {after} events came after"));
                }
                Testimony::Lacks(lacking) => self.problems.push(format!("the file lacks at least {} you have seen: an older copy was restored, its tail was dropped, or all of it was hashed anew", events(lacking.at_least))),
            }
        }
        for commit in &witness.commits {
            let Commit { name, standing, .. } = commit;
            match (commit.testimony(graph, session), standing) {
                (Testimony::Covers, _) => self.anchors.push(format!("the commit in git ({name})")),
                (Testimony::Earlier(after), _) => self.notes.push(format!(
                    "the commit in git ({name}) covers an earlier state only: {after} events came after"
                )),
                (Testimony::Lacks(lacking), Standing::Grown) => self.problems.push(format!("the file lacks at least {} of the commit in git ({name}): an older copy was restored, its tail was dropped, or all of it was hashed anew", events(lacking.at_least))),
                (Testimony::Lacks(lacking), Standing::Beside) => self.notes.push(format!("{name} holds at least {} not merged here", events(lacking.at_least))),
            }
        }
    }
}

/// What was proven, in words; `alone`: nothing outside the file vouches for it, whatever is good enough for who asks. `redacted`:
/// somebody took content out.
fn words(outcome: Outcome, alone: bool, redacted: bool) -> String {
    let but = if redacted {
        "Whole, but for what was redacted: of those events neither content, kind, author and parents nor what came before them is proven by their own lines. Of everything else nothing was changed, inserted, reordered or moved in"
    } else {
        "Whole: nothing was changed, inserted, reordered or moved in"
    };
    match outcome {
        Outcome::Verified if alone => words(Outcome::Unanchored, alone, redacted),
        Outcome::Damaged => {
            "Damaged: the record is not what was written. What is named above counts for nothing; every other line proves itself by its hash. gonogo repair says what would help.".to_owned()
        }
        Outcome::CouldNotCheck => {
            "Could not check: this is no record, or one of a newer program.".to_owned()
        }
        Outcome::Unanchored => format!(
            "{but}, unless everything after it was rehashed. Nothing vouches for the tail: the file alone cannot show that its last events were dropped, or that all of it was rehashed. Ask who has seen it, or look at the commit in git."
        ),
        Outcome::Verified => format!(
            "{but}, and its tail is vouched for. No record finds a split view alone: somebody may have been shown another one."
        ),
    }
}

#[cfg(test)]
mod tests;
