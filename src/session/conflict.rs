//! Conflicts: what people said about one subject without knowing of each other, and which of it counts meanwhile.
//!
//! Each subject keeps its frontier: what was said last, on each branch. Two claims of it conflict if neither writer knew of
//! the other and they say different things. The safer one counts until a person says something on that subject knowing
//! both; lines that only join heads settle nothing. What the program measured is no decision: a later measurement that
//! knows the earlier ones takes their place, never a person's. Not here: who knew of what (`lineage.rs`), which event says
//! what (`claims.rs`), the words (`rules/conflict_told.rs`).

use std::collections::{BTreeMap, HashMap};

use super::hash::Hash;
use super::recorded::PROGRAM;
use super::state::{Session, Stamp};
use crate::checklist::id::{EnvironmentName, ItemId, RoleId};

/// Most claims on one subject that are compared with each other: more people than ever decide about one item. Beyond it the
/// record is crowded: all that say different things are a conflict, and only who knew everything takes their place.
pub(super) const APART_MAX: usize = 256;
/// Most questions who knew of whom for one conflict. Beyond it nobody is taken to have known of the other.
const QUESTIONS_MAX: usize = 4_096;

/// What something was said about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An item.
    Item(ItemId),
    /// The decision of one person for one role.
    Signoff {
        /// The item that asks.
        item: ItemId,
        /// For which role.
        role: RoleId,
        /// Whose.
        by: String,
    },
    /// Whether the release goes on.
    Go,
    /// A window, by the run that opened it.
    Window(String),
    /// What is deployed to an environment.
    Deploys(Option<EnvironmentName>),
    /// Which checklist the release goes by.
    Checklist,
}

/// What was said, safest first: of several, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Said {
    /// Its check fails.
    Failed,
    /// Its check could not be measured, or cannot tell.
    Blocked,
    /// It is open again.
    Open,
    /// It was set aside.
    Waived,
    /// It was ticked.
    Ticked,
    /// Its check passes.
    Passed,
    /// Rejected.
    Reject,
    /// The earlier decision no longer counts.
    Withdraw,
    /// Approved.
    Approve,
    /// The release is held.
    Held,
    /// The hold was lifted.
    Lifted,
    /// The window closed: something failed in it.
    Regression,
    /// The window closed because what it watched is no longer there.
    Over,
    /// The window was made longer.
    Longer,
    /// The window closed: the samples do not tell.
    Inconclusive,
    /// The window closed: all was well.
    Healthy,
    /// A deploy was started.
    Deployed,
    /// The checklist with this digest was taken over.
    Rebased(Hash),
}

impl Said {
    /// Did the program measure it, rather than a person say it?
    pub(super) fn is_measured(self) -> bool {
        matches!(self, Self::Failed | Self::Blocked | Self::Passed)
    }

    /// Does it end a window? One that is watched on after a conflict is judged at its end knowing both.
    fn is_ending(self) -> bool {
        matches!(self, Self::Regression | Self::Over | Self::Inconclusive | Self::Healthy)
    }

    /// Do the two say different things? Any two deploys do; a check that passes contradicts only one that does not.
    fn contradicts(self, other: Self) -> bool {
        #[cfg(test)]
        super::lineage::tests::count(1);
        match (self, other) {
            (Self::Deployed, Self::Deployed) => true,
            (Self::Passed, other) | (other, Self::Passed) => other.is_measured() && other != Self::Passed,
            _ => self != other,
        }
    }
}

/// What one event said about a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Who, when, in which event.
    pub stamp: Stamp,
    /// What.
    pub said: Said,
    /// The event whose content stands by it: its own, or the mark that counts again after something was taken back.
    pub stands: Option<String>,
}

impl Claim {
    fn is_of_program(&self) -> bool {
        self.stamp.by == PROGRAM
    }
}

/// Claims on one subject whose writers did not know of each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict<'a> {
    /// What they are about.
    pub subject: &'a Subject,
    /// Each of them, in the order of the graph.
    pub claims: Vec<&'a Claim>,
}

impl<'a> Conflict<'a> {
    /// The safest of them: it counts until a person says something knowing all.
    pub fn counts(&self) -> Option<&'a Claim> {
        // No checklist is safer than another: the last in the order counts, and no gate opens meanwhile.
        if *self.subject == Subject::Checklist {
            return self.claims.last().copied();
        }
        let safest = self.claims.iter().map(|claim| claim.said).min()?;
        // Of equal ones the last in the order: everybody takes the same.
        self.claims.iter().rev().find(|claim| claim.said == safest).copied()
    }
    /// Is this event one of them?
    pub fn has(&self, event: &str) -> bool {
        self.claims.iter().any(|claim| claim.stamp.event == event)
    }
}

/// Every conflict, worked out once.
#[derive(Clone, Debug)]
pub struct ConflictsByEvent<'a> {
    conflicts: Vec<Conflict<'a>>,
    of: HashMap<&'a str, usize>,
}

impl<'a> ConflictsByEvent<'a> {
    /// The unsettled conflict this event is a part of.
    pub fn with(&self, event: &str) -> Option<&Conflict<'a>> {
        self.conflicts.get(*self.of.get(event)?)
    }
}

impl Session {
    /// Every conflict that nobody has settled, by subject.
    pub fn conflicts(&self) -> Vec<Conflict<'_>> {
        if self.lineage.is_chain() {
            return Vec::new();
        }
        self.claims.iter().filter_map(|(subject, claims)| self.conflict_of(subject, claims)).collect()
    }

    /// The same, to be found by the events that are part of them: for whoever tells the whole record.
    pub fn conflicts_by_event(&self) -> ConflictsByEvent<'_> {
        let conflicts = self.conflicts();
        let mut of = HashMap::new();
        for (at, conflict) in conflicts.iter().enumerate() {
            for claim in &conflict.claims {
                of.entry(claim.stamp.event.as_str()).or_insert(at);
            }
        }
        ConflictsByEvent { conflicts, of }
    }

    /// The conflict on one subject, if there is one.
    pub fn conflict(&self, subject: &Subject) -> Option<Conflict<'_>> {
        let (subject, claims) = self.claims.get_key_value(subject)?;
        self.conflict_of(subject, claims)
    }

    /// The unsettled conflict this event is a part of.
    pub fn conflict_with(&self, event: &str) -> Option<Conflict<'_>> {
        if self.lineage.is_chain() {
            return None;
        }
        let part = |claims: &&Vec<Claim>| claims.iter().any(|claim| claim.stamp.event == event);
        let found = self.claims.iter().filter(|(_, claims)| part(claims));
        found.filter_map(|(subject, claims)| self.conflict_of(subject, claims)).find(|found| found.has(event))
    }

    /// Did the writer of one event know of the other?
    pub fn knew(&self, new: &Stamp, old: &Stamp) -> bool {
        self.lineage.knew(&new.hash, &old.hash)
    }

    /// Did both go on without knowing of each other?
    pub fn are_apart(&self, one: &Stamp, other: &Stamp) -> bool {
        one.hash != other.hash && !self.knew(one, other) && !self.knew(other, one)
    }

    fn conflict_of<'a>(&'a self, subject: &'a Subject, claims: &'a [Claim]) -> Option<Conflict<'a>> {
        if claims.len() < 2 || self.lineage.is_chain() {
            return None;
        }
        let mut by_said: BTreeMap<Said, Vec<&Claim>> = BTreeMap::new();
        for claim in claims {
            by_said.entry(claim.said).or_default().push(claim);
        }
        let apart = if claims.len() > APART_MAX { None } else { self.claims_apart(claims, &by_said) };
        let claims = apart.unwrap_or_else(|| {
            let contradicted = |claim: &&Claim| against(claim, &by_said).next().is_some();
            claims.iter().filter(contradicted).collect()
        });
        (!claims.is_empty()).then_some(Conflict { subject, claims })
    }

    /// Claims that say something else than another whose writer did not know of them, nor they of it; none if that takes
    /// too many questions.
    fn claims_apart<'a>(
        &self,
        claims: &'a [Claim],
        by_said: &BTreeMap<Said, Vec<&'a Claim>>,
    ) -> Option<Vec<&'a Claim>> {
        let (mut apart, mut asked) = (Vec::new(), 0);
        for claim in claims {
            for other in against(claim, by_said) {
                if asked == QUESTIONS_MAX {
                    return None;
                }
                asked += 1;
                if self.are_apart(&claim.stamp, &other.stamp) {
                    apart.push(claim);
                    break;
                }
            }
        }
        Some(apart)
    }

    /// So many claims that only who knew everything says anything that takes their place?
    fn is_beyond(&self, subject: &Subject, stamp: &Stamp, decides: bool) -> bool {
        let claims = self.claims.get(subject).map_or(0, Vec::len);
        claims > APART_MAX && !(decides && self.lineage.knew_all(&stamp.hash))
    }

    /// Something was said about a subject: it takes the place of what its writer knew.
    pub(super) fn claim(&mut self, subject: Subject, claim: Claim) {
        let decides = claim.stamp.by != PROGRAM || claim.said.is_ending();
        if self.is_beyond(&subject, &claim.stamp, decides) {
            self.claims.entry(subject).or_default().push(claim);
            return;
        }
        let was = self.conflict(&subject).is_some();
        let event = claim.stamp.event.clone();
        self.supersede(&subject, &claim.stamp, decides);
        self.claims.entry(subject.clone()).or_default().push(claim);
        if was && self.conflict(&subject).is_none() {
            self.settled.insert(event, subject);
        }
    }

    /// A person did something that answers a conflict, and says nothing new about the subject. Who knew one side only has
    /// answered nothing: every claim stays.
    pub(super) fn answer(&mut self, subject: &Subject, stamp: &Stamp) {
        let decides = stamp.by != PROGRAM;
        let knew_all =
            |conflict: Conflict<'_>| conflict.claims.iter().all(|claim| self.knew(stamp, &claim.stamp));
        if self.is_beyond(subject, stamp, decides) || !self.conflict(subject).is_some_and(knew_all) {
            return;
        }
        self.supersede(subject, stamp, decides);
        if self.conflict(subject).is_none() {
            self.settled.insert(stamp.event.clone(), subject.clone());
        }
    }

    fn supersede(&mut self, subject: &Subject, stamp: &Stamp, decides: bool) {
        let Some(claims) = self.claims.get_mut(subject) else { return };
        let lineage = &self.lineage;
        claims.retain(|old| {
            let replaced = decides || old.is_of_program();
            !(replaced && lineage.knew(&stamp.hash, &old.stamp.hash))
        });
    }
}

/// Claims that say something else than this one, of those there are.
fn against<'a, 'b>(
    claim: &'b Claim,
    by_said: &'b BTreeMap<Said, Vec<&'a Claim>>,
) -> impl Iterator<Item = &'a Claim> + 'b {
    let others = by_said.iter().filter(|(said, _)| claim.said.contradicts(**said));
    others.flat_map(|(_, others)| others.iter().copied()).filter(|other| other.stamp.hash != claim.stamp.hash)
}

#[cfg(test)]
mod tests;
