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
use crate::session::state::RunRecord;

/// The deploy whose start an item's result is kept from; none: it counts as it is now.
pub fn frozen_by<'a>(facts: &Facts<'a>, at: &ItemAt<'_>) -> Option<&'a RunRecord> {
    if !facts.session.runs.iter().any(|run| run.requested.kind == ActionKind::Deploy) {
        return None;
    }
    let items = facts.checklist.forward_items();
    let place = items.iter().position(|other| other.item.id == at.item.id)?;
    for later in items.iter().skip(place + 1) {
        let Some(action) = deploys(facts, later) else { continue };
        let state = standing(facts, later).state;
        match state {
            ItemState::Succeeded if asked_again(facts, at) => return None,
            ItemState::Running | ItemState::Succeeded => return last_run(facts, later, action),
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
            | ItemState::OutcomeUnknown => return None,
        }
    }
    None
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
    let ran = |run: &&RunRecord| match run.requested.kind {
        ActionKind::Deploy | ActionKind::Rollback => {
            run.started.is_some() && concerns(run.requested.environment.as_ref())
        }
        ActionKind::Change => false,
    };
    let ends = facts.session.runs.iter().filter(ran);
    ends.filter_map(|run| Some((run.ended.as_ref()?.0.at, run))).max_by_key(|(end, _)| *end)
}
