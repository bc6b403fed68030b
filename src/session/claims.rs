//! What each event says about which subject, and what becomes of the state while claims contradict each other.
//!
//! Every event is matched; most say nothing anybody could contradict. In a release nobody forked nothing here changes
//! anything. Not here: when claims conflict and who settles it (`conflict.rs`), the fold itself (`apply.rs`).

use super::conflict::{APART_MAX, Claim, Conflict, Said, Subject};
use super::event::{Event, RunRequested, SignoffRecorded, WindowEvent};
use super::hash::Hash;
use super::recorded::{Recorded, What};
use super::state::{CheckRecord, HoldRecord, ItemRecord, Mark, MarkKind, Session, SignoffRecord, Stamp};
use super::status::{CheckStatus, CloseWhy, Decision, WindowVerdict};
use super::window_event::WindowClosed;
use crate::checklist::action::ActionKind;
use crate::checklist::id::ItemId;

impl Session {
    /// Takes what the event says as a claim, after the event itself was folded.
    pub(super) fn take_claim(&mut self, stamp: &Stamp, event: &Event) {
        let own = |said| Claim { stamp: stamp.clone(), said, stands: Some(stamp.event.clone()) };
        match event {
            Event::ItemTicked(event) => self.claim(Subject::Item(event.item.clone()), own(Said::Ticked)),
            Event::ItemUnticked(event) => self.claim(Subject::Item(event.item.clone()), own(Said::Open)),
            Event::ItemWaived(event) => self.claim(Subject::Item(event.item.clone()), own(Said::Waived)),
            Event::EventUndone(event) => self.undone_claim(stamp, &event.event),
            Event::CheckChanged(event) => {
                let said = match event.status {
                    CheckStatus::Pass => Said::Passed,
                    CheckStatus::Fail => Said::Failed,
                    CheckStatus::Inconclusive | CheckStatus::Error | CheckStatus::Skipped => Said::Blocked,
                };
                self.claim(Subject::Item(event.item.clone()), own(said));
                self.check_that_counts(&event.item);
            }
            Event::SignoffRecorded(event) => {
                let said = match event.decision {
                    Decision::Approve => Said::Approve,
                    Decision::Reject => Said::Reject,
                    Decision::Withdraw => Said::Withdraw,
                };
                self.claim(signoff_subject(stamp, event), own(said));
            }
            Event::HoldPlaced(_) => self.claim(Subject::Go, own(Said::Held)),
            Event::HoldLifted(_) => {
                self.claim(Subject::Go, own(Said::Lifted));
                self.hold_that_counts();
                self.answer_ended_deploys(stamp);
            }
            Event::RunRequested(event) => self.run_claim(own(Said::Deployed), event),
            Event::Window(event) => self.window_claim(own(Said::Longer), event),
            Event::ChecklistRebased(event) => {
                self.claim(Subject::Checklist, own(Said::Rebased(digest_of(&event.to))));
            }
            Event::ReleaseStarted(_)
            | Event::ReleaseClosed(_)
            | Event::ValueGiven(_)
            | Event::NoteAdded(_)
            | Event::ContainersSeen(_)
            | Event::RunStarted(_)
            | Event::StepStarted(_)
            | Event::StepEnded(_)
            | Event::StepDecided(_)
            | Event::RunPaused(_)
            | Event::RunResumed(_)
            | Event::AbortRequested(_)
            | Event::RunEnded(_)
            | Event::LogRepaired(_)
            | Event::JournalReconciled(_)
            | Event::NoticeDelivered(_)
            | Event::NoticeFailed(_)
            | Event::Upkeep(_) => {}
        }
    }

    /// Who takes a mark back says that the one before it counts again, the safest where there were several apart; none: that
    /// the item is open.
    fn undone_claim(&mut self, stamp: &Stamp, event: &str) {
        let holds = |record: &&ItemRecord| record.marks.iter().any(|mark| mark.stamp.event == event);
        let Some((item, record)) = self.items.iter().find(|(_, record)| holds(record)) else { return };
        let stands = self.last_marks(record, stamp).into_iter().rev().min_by_key(|mark| marked(&mark.kind));
        let said = stands.map_or(Said::Open, |mark| marked(&mark.kind));
        let stands = stands.map(|mark| mark.stamp.event.clone());
        let subject = Subject::Item(item.clone());
        self.claim(subject, Claim { stamp: stamp.clone(), said, stands });
    }

    /// The marks the writer knew that no other of them came after, latest first. Where more than [`APART_MAX`] are apart, the
    /// earlier ones count as such too: the safest of more is no less safe.
    fn last_marks<'a>(&self, record: &'a ItemRecord, stamp: &Stamp) -> Vec<&'a Mark> {
        let mut last: Vec<&Mark> = Vec::new();
        for mark in record.marks.iter().rev().filter(|mark| !mark.undone && self.knew(stamp, &mark.stamp)) {
            let beyond = last.len() > APART_MAX;
            if beyond || !last.iter().any(|later| self.knew(&later.stamp, &mark.stamp)) {
                last.push(mark);
            }
        }
        last
    }

    fn run_claim(&mut self, claim: Claim, requested: &RunRequested) {
        let subject = Subject::Deploys(requested.environment.clone());
        match requested.kind {
            ActionKind::Deploy => self.claim(subject, claim),
            // Who rolls back knowing both has decided what is to run there.
            ActionKind::Rollback => self.answer(&subject, &claim.stamp),
            ActionKind::Change => {}
        }
    }

    /// Once both have ended, a person who lifts a hold knowing both says that the release goes on with what runs there.
    fn answer_ended_deploys(&mut self, stamp: &Stamp) {
        let ended = |claim: &&Claim| {
            self.runs.iter().any(|run| run.stamp.event == claim.stamp.event && !run.is_active())
        };
        let contested = self.conflicts();
        let over = contested.iter().filter(|conflict| matches!(conflict.subject, Subject::Deploys(_)));
        let over = over.filter(|conflict| conflict.claims.iter().all(ended));
        let subjects: Vec<Subject> = over.map(|conflict| conflict.subject.clone()).collect();
        for subject in subjects {
            self.answer(&subject, stamp);
        }
    }

    fn window_claim(&mut self, claim: Claim, event: &WindowEvent) {
        match event {
            WindowEvent::WindowExtended(extended) => {
                self.claim(Subject::Window(extended.run.clone()), claim);
                self.window_that_counts(&extended.run);
            }
            WindowEvent::WindowClosed(closed) => {
                let said = closing(closed);
                self.claim(Subject::Window(closed.run.clone()), Claim { said, ..claim });
                self.window_that_counts(&closed.run);
            }
            WindowEvent::TriggerAcknowledged(known) => {
                self.answer(&Subject::Window(known.run.clone()), &claim.stamp);
            }
            WindowEvent::WindowOpened(_)
            | WindowEvent::WindowJudged(_)
            | WindowEvent::WindowGap(_)
            | WindowEvent::TriggerFired(_)
            | WindowEvent::TriggerResolved(_)
            | WindowEvent::VerdictChanged(_)
            | WindowEvent::CheckSummary(_)
            | WindowEvent::HandoverWritten(_)
            | WindowEvent::HandoverAccepted(_) => {}
        }
    }

    /// While measurements contradict each other, the worst is the recorded result.
    fn check_that_counts(&mut self, item: &ItemId) {
        let Some(conflict) = self.conflict_on_item(item) else { return };
        let measured = conflict.claims.iter().filter(|claim| claim.said.is_measured());
        let Some(worst) = measured.min_by_key(|claim| claim.said) else { return };
        let stamp = worst.stamp.clone();
        if let Some(Event::CheckChanged(result)) = self.event_of(&stamp) {
            let result = result.clone();
            self.checks.insert(item.clone(), CheckRecord { stamp, result });
        }
    }

    /// A hold whose placing the one who lifted did not know of stands.
    fn hold_that_counts(&mut self) {
        let held = |claims: &Vec<Claim>| claims.iter().rev().find(|claim| claim.said == Said::Held).cloned();
        let Some(claim) = self.claims.get(&Subject::Go).and_then(held) else { return };
        if let Some(Event::HoldPlaced(placed)) = self.event_of(&claim.stamp) {
            self.hold = Some(HoldRecord { reason: placed.reason.clone(), stamp: claim.stamp });
        }
    }

    /// While its endings contradict each other, the worst ended the window; while it was made longer there, nothing better did.
    fn window_that_counts(&mut self, run: &str) {
        let subject = Subject::Window(run.to_owned());
        let Some(counts) = self.conflict(&subject).and_then(|conflict| conflict.counts().cloned()) else {
            return;
        };
        let closed = match self.event_of(&counts.stamp) {
            Some(Event::Window(WindowEvent::WindowClosed(closed))) => Some((counts.stamp, closed.clone())),
            Some(_) | None => None,
        };
        if let Some(window) = self.windows.iter_mut().find(|window| window.run() == run) {
            window.closed = closed;
        }
    }

    /// The mark that counts for an item: the last that stands; of those that contradict each other, the safest. None where
    /// the safest is that it is open.
    pub(super) fn mark_that_counts(&self, item: &ItemId) -> Option<&Mark> {
        let record = self.items.get(item)?;
        if self.lineage.is_chain() {
            return record.current();
        }
        let claims = self.claims.get(&Subject::Item(item.clone()))?;
        let last = || claims.iter().rev().find(|claim| !claim.said.is_measured());
        let counts = self.conflict_on_item(item).and_then(|conflict| conflict.counts()).or_else(last)?;
        let stands = counts.stands.as_ref()?;
        record.marks.iter().find(|mark| mark.stamp.event == *stands)
    }

    /// The decision that counts, where a person's decisions contradict each other: the safest.
    pub(super) fn decision_that_counts<'a>(&'a self, last: &'a SignoffRecord) -> &'a SignoffRecord {
        if self.lineage.is_chain() {
            return last;
        }
        let (item, role, by) = (last.item.clone(), last.role.clone(), last.stamp.by.clone());
        let conflict = self.conflict(&Subject::Signoff { item, role, by });
        let counts = conflict.and_then(|conflict| conflict.counts());
        let found = |claim: &Claim| self.signoffs.iter().find(|one| one.stamp.event == claim.stamp.event);
        counts.and_then(found).unwrap_or(last)
    }

    /// The conflict on an item, if there is one.
    pub fn conflict_on_item(&self, item: &ItemId) -> Option<Conflict<'_>> {
        if self.lineage.is_chain() { None } else { self.conflict(&Subject::Item(item.clone())) }
    }

    fn event_of(&self, stamp: &Stamp) -> Option<&Event> {
        let found: &Recorded = self.timeline.get(self.lineage.number(&stamp.hash)?)?;
        match &found.what {
            What::Known(event) => Some(event),
            What::Redacted { .. } | What::Newer { .. } => None,
        }
    }
}

/// Two that lead to the same checklist say the same.
fn digest_of(told: &str) -> Hash {
    Hash::from_tagged(told).unwrap_or_else(|_other| Hash::of(told.as_bytes()))
}

fn signoff_subject(stamp: &Stamp, signoff: &SignoffRecorded) -> Subject {
    Subject::Signoff { item: signoff.item.clone(), role: signoff.role.clone(), by: stamp.by.clone() }
}

fn marked(kind: &MarkKind) -> Said {
    match kind {
        MarkKind::Unticked => Said::Open,
        MarkKind::Waived { .. } => Said::Waived,
        MarkKind::Ticked { .. } => Said::Ticked,
    }
}

fn closing(closed: &WindowClosed) -> Said {
    match (closed.why, closed.verdict) {
        (_, WindowVerdict::Regression) => Said::Regression,
        (CloseWhy::RolledBack | CloseWhy::Replaced, _) => Said::Over,
        (CloseWhy::End | CloseWhy::Early, WindowVerdict::Inconclusive) => Said::Inconclusive,
        (CloseWhy::End | CloseWhy::Early, WindowVerdict::Healthy) => Said::Healthy,
    }
}
