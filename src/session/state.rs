//! The state of a session: what all its events add up to. Changed by `apply.rs` alone; windows in
//! `window_state.rs`.
//!
//! Not here: anything that depends on the time or the world (stale, verdict): `rules`.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::conflict::{Claim, Subject};
use super::event::{CheckChanged, ContainersSeen, RunEnded, RunRequested, RunStarted};
use super::hash::Hash;
use super::lineage::Lineage;
use super::rebased::{RebaseRecord, Reworded};
use super::recorded::Recorded;
use super::status::{AbortRung, Decision, StepDecision, StepOutcome, TickHow, WaiverForm};
use super::upkeep_state::Upkeep;
use super::window_state::{HandoverRecord, WindowRecord};
use crate::checklist::id::{EnvironmentName, ItemId, RoleId, StepId};

/// What all events of a release add up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// When the release was started, if it was.
    pub started: Option<DateTime<Utc>>,
    /// When and by whom it was sealed.
    pub closed: Option<Stamp>,
    /// Values of the variables.
    pub values: BTreeMap<String, String>,
    /// The commit the release is made from.
    pub commit: Option<String>,
    /// Changed checklists, in order.
    pub rebases: Vec<RebaseRecord>,
    /// What was done about items, by item, as the checklist that counts now calls it.
    pub items: BTreeMap<ItemId, ItemRecord>,
    /// The last recorded result, by check.
    pub checks: BTreeMap<ItemId, CheckRecord>,
    /// Decisions, in order.
    pub signoffs: Vec<SignoffRecord>,
    /// The hold, if somebody holds the release.
    pub hold: Option<HoldRecord>,
    /// Runs, in order.
    pub runs: Vec<RunRecord>,
    /// How the containers were, by environment: at first sight, and before the last run.
    pub baselines: BTreeMap<EnvironmentName, BaselineRecord>,
    /// Windows, in the order they opened.
    pub windows: Vec<WindowRecord>,
    /// Handovers, in order.
    pub handovers: Vec<HandoverRecord>,
    /// Notes, in order, with whether they were taken back.
    pub notes: Vec<NoteRecord>,
    /// What became of notices, by the event they told of and the `[[notify]]` rule, from 1.
    pub notices: BTreeMap<(String, i64), NoticeRecord>,
    /// What is known of the record's own gaps.
    pub upkeep: Upkeep,
    /// Everything, in the order of the graph.
    pub timeline: Vec<Recorded>,
    /// Hashes of events no other names as a parent, sorted: more than one after a merge.
    pub heads: Vec<Hash>,
    /// What was said last about each subject, on each branch of the record (`conflict.rs`).
    pub claims: BTreeMap<Subject, Vec<Claim>>,
    /// Events that settled a conflict, with what it was about.
    pub settled: BTreeMap<String, Subject>,
    /// Events whose clock was behind that of what they follow, and by how much.
    pub behind: BTreeMap<String, TimeDelta>,
    /// Who knew of what.
    pub lineage: Lineage,
    /// Ids of events that were taken back.
    pub undone: Vec<String>,
    /// A newer program wrote something without which nobody may judge this session.
    pub beyond_us: bool,
}

/// Who and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamp {
    /// The event's id.
    pub event: String,
    /// The hash of its line.
    pub hash: Hash,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// host/pid.
    pub on: String,
}

/// What was done about an item: all marks, in order; the last that stands counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemRecord {
    /// Marks, in order.
    pub marks: Vec<Mark>,
}

/// One thing done about an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Who and when.
    pub stamp: Stamp,
    /// What.
    pub kind: MarkKind,
    /// It was taken back.
    pub undone: bool,
    /// The item's words have changed since, each time a checklist was taken over: it counts no longer.
    pub reworded: Vec<Reworded>,
}

/// What was done about an item.
#[derive(Clone, Debug, PartialEq)]
pub enum MarkKind {
    /// Ticked.
    Ticked {
        /// By hand, or on a result.
        how: TickHow,
        /// What the tick carries.
        evidence: Option<String>,
        /// For which version.
        version: Option<String>,
    },
    /// Open again.
    Unticked,
    /// Set aside.
    Waived {
        /// Why.
        reason: String,
        /// Waived, or does not apply.
        form: WaiverForm,
    },
}

/// A check's last recorded result.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRecord {
    /// When it was recorded.
    pub stamp: Stamp,
    /// The result.
    pub result: CheckChanged,
}

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub struct SignoffRecord {
    /// Who and when.
    pub stamp: Stamp,
    /// The item that asked.
    pub item: ItemId,
    /// For which role.
    pub role: RoleId,
    /// What.
    pub decision: Decision,
    /// What they said.
    pub comment: Option<String>,
    /// What they decided about.
    pub fingerprint: String,
}

/// A hold.
#[derive(Clone, Debug, PartialEq)]
pub struct HoldRecord {
    /// Who and when.
    pub stamp: Stamp,
    /// Why.
    pub reason: String,
}

/// A note.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteRecord {
    /// Who and when.
    pub stamp: Stamp,
    /// About which item.
    pub item: Option<ItemId>,
    /// The text.
    pub text: String,
    /// It was taken back.
    pub undone: bool,
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeRecord {
    /// When, and by which process.
    pub stamp: Stamp,
    /// How: webhook, slack, email.
    pub channel: String,
    /// Whom, without secrets.
    pub target: String,
    /// How many tries.
    pub attempts: i64,
    /// Why it was not delivered; none: it was.
    pub failed: Option<String>,
}

/// How the containers of an environment were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaselineRecord {
    /// At first sight.
    pub first: Option<ContainersSeen>,
    /// Before the last run.
    pub before_run: Option<ContainersSeen>,
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Who asked, and when.
    pub stamp: Stamp,
    /// What was asked.
    pub requested: RunRequested,
    /// The supervisor.
    pub started: Option<(Stamp, RunStarted)>,
    /// Steps, in the order of the request.
    pub steps: Vec<StepRecord>,
    /// A pause was asked for and not lifted.
    pub paused: bool,
    /// The highest rung asked for.
    pub abort: Option<(Stamp, AbortRung)>,
    /// The end.
    pub ended: Option<(Stamp, RunEnded)>,
    /// The last recorded result of each check when a deploy was asked for: what it gates on is kept as it was then.
    /// Empty for any other action.
    pub checks: BTreeMap<ItemId, CheckRecord>,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRecord {
    /// Which.
    pub step: StepId,
    /// Its title.
    pub title: String,
    /// What is run, in one line.
    pub command: String,
    /// Which try, from 1; 0: not begun.
    pub attempt: i64,
    /// When the last try began.
    pub began: Option<DateTime<Utc>>,
    /// How the last try ended.
    pub outcome: Option<StepOutcome>,
    /// Its exit code.
    pub exit: Option<i64>,
    /// How long the last try took, in milliseconds.
    pub took_ms: i64,
    /// In words.
    pub reason: Option<String>,
    /// What a person decided.
    pub decision: Option<(Stamp, StepDecision, Option<String>)>,
    /// Values taken from its output.
    pub captured: BTreeMap<String, String>,
}

impl ItemRecord {
    /// The last mark that was not taken back: it counts where nobody contradicts it ([`Session::mark`]).
    pub(super) fn current(&self) -> Option<&Mark> {
        self.marks.iter().rev().find(|mark| !mark.undone)
    }
}

impl Mark {
    /// Was it made for what the item says now?
    pub fn counts(&self) -> bool {
        self.reworded.is_empty()
    }
}

impl StepRecord {
    /// A person has decided about the try that is in the record; its supervisor carries that out.
    pub fn is_decided(&self) -> bool {
        let decided = self.decision.as_ref().map(|(stamp, _, _)| stamp.at);
        decided.is_some_and(|decided| self.began.is_none_or(|began| began <= decided))
    }
}

impl RunRecord {
    /// Requested and not ended.
    pub fn is_active(&self) -> bool {
        self.ended.is_none()
    }
    /// The run's id.
    pub fn id(&self) -> &str {
        &self.requested.run
    }
    /// The step that failed and waits for a person.
    pub fn failed_step(&self) -> Option<&StepRecord> {
        if !self.is_active() {
            return None;
        }
        self.steps.iter().find(|step| step.outcome == Some(StepOutcome::Failed))
    }
}

impl Session {
    /// The run that is not ended; at most one is started by one cockpit, the last wins.
    pub fn active_run(&self) -> Option<&RunRecord> {
        self.runs.iter().rev().find(|run| run.is_active())
    }
    /// A run by its id.
    pub fn run(&self, id: &str) -> Option<&RunRecord> {
        self.runs.iter().find(|run| run.id() == id)
    }
    /// The mark that counts for an item.
    pub fn mark(&self, item: &ItemId) -> Option<&Mark> {
        self.mark_that_counts(item)
    }
    /// How many decisions of people the record holds: sign-offs, marks and what was taken back. It only rises.
    pub fn decisions_made(&self) -> usize {
        let marks: usize = self.items.values().map(|record| record.marks.len()).sum();
        self.signoffs.len() + marks + self.undone.len()
    }
    /// The decision of each person for a role under an item that counts, in order of their last decision: that one, or of
    /// several that contradict each other the safest.
    pub fn decisions<'a>(&'a self, item: &'a ItemId) -> Vec<&'a SignoffRecord> {
        let mut last: Vec<&SignoffRecord> = Vec::new();
        for signoff in self.signoffs.iter().filter(|signoff| signoff.item == *item) {
            let same = |old: &&SignoffRecord| old.role == signoff.role && old.stamp.by == signoff.stamp.by;
            match last.iter().position(same) {
                Some(at) => {
                    last.remove(at);
                    last.push(signoff);
                }
                None => last.push(signoff),
            }
        }
        last.into_iter().map(|signoff| self.decision_that_counts(signoff)).collect()
    }
}
