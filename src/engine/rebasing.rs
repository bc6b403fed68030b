//! A changed checklist: taken over by a person, and gone by at once in every cockpit.
//!
//! Not here: which item is which (`checklist/rebase.rs`), what becomes of ticks (`session/rebased.rs`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::embedded::Changed;
use super::refusal::Refusal;
use super::storage::Append;
use super::trust::TrustState;
use crate::checklist::id::{EnvironmentName, ItemId};
use crate::checklist::index::ItemAt;
use crate::checklist::model::Checklist;
use crate::rules::guard::Guard;
use crate::rules::observed::Freshness;
use crate::session::conflict::Subject;
use crate::session::event::Event;
use crate::session::hash::Hash;
use crate::session::rebasing::{Normalised, RebaseFault, rebased};
use crate::session::recorded::Author;

impl Engine {
    pub(super) fn rebase(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        checklist: &Checklist,
        source_digest: Hash,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        if let Some(run) = self.session.active_run() {
            return Err(Refusal::gate(format!(
                "{} is running: the checklist changes when it has ended",
                run.requested.action
            )));
        }
        if self.pending.requests_run() {
            return Err(Refusal::gate("a run is being asked for: the checklist changes when it has ended"));
        }
        let refused = |fault: RebaseFault| Refusal::usage(fault.to_string());
        let (old, new) = (self.normalised().map_err(refused)?, Normalised::of(checklist).map_err(refused)?);
        let same = old.digest == new.digest && self.source_digest() == Some(source_digest);
        if same && self.session.conflict(&Subject::Checklist).is_none() {
            return Err(Refusal::gate("the release goes by this checklist already"));
        }
        let (event, _compared) = rebased(&old, &new, source_digest).map_err(refused)?;
        let guard = Guard::All(vec![Guard::Open, Guard::NoActiveRun { environment: None }]);
        Ok(vec![self.append(at, Append::by_person(author, Event::ChecklistRebased(event), guard))])
    }

    /// What is said of an item is said of it as the person saw it.
    pub(super) fn for_this_checklist(&self, events: &[Event], guard: Guard) -> Guard {
        let bound = |event: &Event| match event {
            Event::RunRequested(requested) => requested.kind.is_forward(),
            Event::ChecklistRebased(_) => true,
            Event::ReleaseStarted(_)
            | Event::ReleaseClosed(_)
            | Event::ValueGiven(_)
            | Event::ItemTicked(_)
            | Event::ItemUnticked(_)
            | Event::ItemWaived(_)
            | Event::NoteAdded(_)
            | Event::EventUndone(_)
            | Event::CheckChanged(_)
            | Event::SignoffRecorded(_)
            | Event::HoldPlaced(_)
            | Event::HoldLifted(_)
            | Event::ContainersSeen(_)
            | Event::RunStarted(_)
            | Event::StepStarted(_)
            | Event::StepEnded(_)
            | Event::StepDecided(_)
            | Event::RunPaused(_)
            | Event::RunResumed(_)
            | Event::AbortRequested(_)
            | Event::RunEnded(_)
            | Event::Window(_)
            | Event::Upkeep(_)
            | Event::LogRepaired(_)
            | Event::JournalReconciled(_)
            | Event::NoticeDelivered(_)
            | Event::NoticeFailed(_) => event.about().item.is_some(),
        };
        if !events.iter().any(bound) {
            return guard;
        }
        let rebase = self.session.last_rebase().map(|record| record.stamp.event.clone());
        Guard::All(vec![Guard::ChecklistIs { rebase }, guard])
    }

    /// Goes by the checklist the record says. What was measured of another check counts no longer, a daemon at another
    /// address is asked anew, and the content is judged again.
    pub(super) fn take_checklist(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let before = match self.go_by_checklist() {
            Changed::Nothing | Changed::Windows => return Vec::new(),
            Changed::Checklist(before) => *before,
        };
        let others = other_checks(&before, &self.checklist);
        self.measuring.forget(|item| others.contains(item));
        self.observed.checks.retain(|item, _| !others.contains(item));
        for name in other_places(&before, &self.checklist) {
            if let Some(source) = self.observed.sources.get_mut(&name) {
                source.freshness = Freshness::NotAsked;
            }
        }
        self.trust = TrustState::Unknown;
        let checklist =
            self.normalised().map_or_else(|_fault| self.checklist.clone(), |found| found.checklist);
        let mut effects = vec![Effect::TakeChecklist { checklist: Box::new(checklist) }];
        effects.extend(self.measure_later(at));
        effects
    }
}

/// Items whose check is another one, or that are new or gone, by the ids of both.
fn other_checks(before: &Checklist, after: &Checklist) -> BTreeSet<ItemId> {
    let (old, new) = (before.all_items(), after.all_items());
    let same = |at: &ItemAt<'_>| {
        let place = |checklist: &Checklist| checklist.environment(at.environment).cloned();
        (
            at.item.check.clone(),
            at.item.eventually.clone(),
            at.environment.cloned(),
            place(before) == place(after),
        )
    };
    let of = |items: &[ItemAt<'_>]| -> std::collections::BTreeMap<ItemId, _> {
        items.iter().map(|at| (at.item.id.clone(), same(at))).collect()
    };
    let (old, new) = (of(&old), of(&new));
    let values = before.variables == after.variables;
    let kept =
        |id: &&ItemId| values && old.get(*id) == new.get(*id) && old.get(*id).is_some_and(|known| known.3);
    old.keys().chain(new.keys()).filter(|id| !kept(id)).cloned().collect()
}

/// Environments whose daemon is another one.
fn other_places(before: &Checklist, after: &Checklist) -> Vec<EnvironmentName> {
    let other = |name: &&EnvironmentName| {
        let docker = |checklist: &Checklist| {
            checklist.environments.get(name).map(|place| (place.docker.clone(), place.compose.clone()))
        };
        docker(before) != docker(after)
    };
    after.environments.names().filter(other).cloned().collect()
}
