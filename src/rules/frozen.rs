//! Checks that keep the result a deploy started with: what stands before a deploy speaks of the world before it, so it
//! is neither measured nor judged again once the deploy has begun. Offered again (failed, rolled back): it counts anew.
//!
//! Not here: the result itself (`check_result.rs`), who measures (`engine/checks.rs`).

use chrono::{DateTime, Utc};

use super::facts::Facts;
use super::scope::{deploy_after, deploys, next_deploy};
use super::standing::{ItemState, last_run, standing};
use crate::checklist::action::ActionKind;
use crate::checklist::id::EnvironmentName;
use crate::checklist::index::ItemAt;
use crate::session::event::Event;
use crate::session::recorded::What;
use crate::session::state::{Mark, MarkKind, RunRecord};

/// How the end of a run begins whose processes never did: it changed nothing.
pub const NOTHING_RAN: &str = "nothing ran";

/// The deploy whose start a check's result is kept from; none: it counts as it is now. Kept while that deploy runs, and
/// for the place it deployed to; for another place only where no deploy is left whose gate would count it.
pub fn frozen_by<'a>(facts: &Facts<'a>, at: &ItemAt<'_>) -> Option<&'a RunRecord> {
    let begun = begun(facts, at);
    let keeps = |run: &&RunRecord| run.is_active() || here(run, at);
    let nothing_left = || begun.last().filter(|_| next_deploy(facts).is_none());
    let run = begun.iter().copied().find(keeps).or_else(|| nothing_left().copied())?;
    (!was_set_aside(facts, at, run)).then_some(run)
}

/// The deploy that a decision was made for and that has begun; none: none has.
pub fn begun_with<'a>(facts: &Facts<'a>, at: &ItemAt<'_>) -> Option<&'a RunRecord> {
    begun(facts, at).first().copied()
}

/// From when on a result that is not good counts all the same: a person measured it, the program leaves it alone. None:
/// never, for the deploy is changing the very place it speaks of.
pub(super) fn doubted_since(run: &RunRecord, at: &ItemAt<'_>) -> Option<DateTime<Utc>> {
    match &run.ended {
        Some((stamp, _)) => Some(stamp.at),
        None if here(run, at) => None,
        None => Some(run.stamp.at),
    }
}

fn here(run: &RunRecord, at: &ItemAt<'_>) -> bool {
    run.requested.environment.as_ref() == at.environment
}

/// Was it waived when the run was asked for? Then no gate has judged its result.
fn was_set_aside(facts: &Facts<'_>, at: &ItemAt<'_>, run: &RunRecord) -> bool {
    let Some(record) = facts.session.items.get(&at.item.id) else { return false };
    let waives = |mark: &Mark| matches!(mark.kind, MarkKind::Waived { .. });
    if !record.marks.iter().any(waives) {
        return false;
    }
    let lines = facts.session.timeline.iter().take_while(|line| line.id != run.stamp.event);
    let (mut known, mut undone) = (Vec::new(), Vec::new());
    for line in lines {
        known.push(line.id.as_str());
        if let What::Known(event) = &line.what
            && let Event::EventUndone(event) = event.as_ref()
        {
            undone.push(event.event.as_str());
        }
    }
    let stood = |mark: &&Mark| {
        let event = mark.stamp.event.as_str();
        known.contains(&event) && !undone.contains(&event)
    };
    record.marks.iter().rev().find(stood).is_some_and(waives)
}

/// The deploys after an item that have begun, in order, up to the first that has not.
fn begun<'a>(facts: &Facts<'a>, at: &ItemAt<'_>) -> Vec<&'a RunRecord> {
    let mut found = Vec::new();
    if !facts.session.runs.iter().any(|run| run.requested.kind == ActionKind::Deploy) {
        return found;
    }
    let items = facts.checklist.forward_items();
    let Some(place) = items.iter().position(|other| other.item.id == at.item.id) else { return found };
    for later in items.iter().skip(place + 1) {
        let Some(action) = deploys(facts, later) else { continue };
        match standing(facts, later).state {
            // The next deploy names it: it is proved anew for that one.
            ItemState::Succeeded if asked_again(facts, at) => {}
            ItemState::Succeeded => found.extend(last_run(facts, later, action)),
            ItemState::Running => {
                found.extend(last_run(facts, later, action));
                break;
            }
            // Set aside: the deploy after it may be the one that has begun.
            ItemState::Waived | ItemState::NotApplicable | ItemState::Skipped => {}
            ItemState::Open
            | ItemState::Ticked
            | ItemState::Pass
            | ItemState::Fail
            | ItemState::Error
            | ItemState::Inconclusive
            | ItemState::Stale
            | ItemState::Approved
            | ItemState::Rejected
            | ItemState::Failed
            | ItemState::Aborted
            | ItemState::OutcomeUnknown => break,
        }
    }
    found
}

/// Does the next deploy name it in its `needs`? Then it is proved anew for that one, whatever came before.
fn asked_again(facts: &Facts<'_>, at: &ItemAt<'_>) -> bool {
    let Some((deploy, _)) = next_deploy(facts) else { return false };
    deploy.item.needs.iter().any(|need| match need.strip_prefix("phase:") {
        Some(phase) => at.phase.is_some_and(|found| found.id.as_str() == phase),
        None => {
            at.item.id.as_str() == need || at.parents.iter().any(|parent| parent.id.as_str() == need.as_str())
        }
    })
}

/// The end of the last deploy or rollback where an item stands: what was measured before it speaks of another world.
pub fn changed_here<'a>(facts: &Facts<'a>, at: &ItemAt<'_>) -> Option<(DateTime<Utc>, &'a RunRecord)> {
    last_change(facts, |place| at.environment.is_none() || place == at.environment)
}

/// The same, also where the deploy works that an item stands before: offered again, its checks are measured again.
pub fn changed_there(facts: &Facts<'_>, at: &ItemAt<'_>) -> Option<DateTime<Utc>> {
    let gates = deploy_after(facts, at).map(|(deploy, _)| deploy.environment);
    last_change(facts, |place| {
        at.environment.is_none() || place == at.environment || gates.is_some_and(|gates| gates == place)
    })
    .map(|(end, _)| end)
}

fn last_change<'a>(
    facts: &Facts<'a>,
    concerns: impl Fn(Option<&EnvironmentName>) -> bool,
) -> Option<(DateTime<Utc>, &'a RunRecord)> {
    let changed = |run: &&RunRecord| match run.requested.kind {
        ActionKind::Deploy | ActionKind::Rollback => ran(run) && concerns(run.requested.environment.as_ref()),
        ActionKind::Change => false,
    };
    let ends = facts.session.runs.iter().filter(changed);
    ends.filter_map(|run| Some((run.ended.as_ref()?.0.at, run))).max_by_key(|(end, _)| *end)
}

/// May a run have changed something? Its start may be missing in the record; then its steps or its end tell.
pub fn ran(run: &RunRecord) -> bool {
    let nothing = |text: &str| text.starts_with(NOTHING_RAN);
    run.started.is_some()
        || run.steps.iter().any(|step| step.attempt > 0)
        || run.ended.as_ref().is_some_and(|(_, ended)| !ended.reason.as_deref().is_some_and(nothing))
}
