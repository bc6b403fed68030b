//! How each item stands: one state, since when, by whom, why. The one answer that verdict, gates and screen share.
//!
//! Not here: what the states add up to (`verdict.rs`).

use chrono::{DateTime, Utc};

use super::approval::approval;
use super::check_result::{CheckResult, check_result};
use super::conflict_told::apart;
use super::facts::{Facts, NotAsked};
use super::fingerprint::fingerprint;
use super::frozen::ran;
use super::scope::deploy_after;
use super::waiting::waits_for;
use super::window_item::watched;
use crate::checklist::id::ActionId;
use crate::checklist::index::ItemAt;
use crate::checklist::item::{ItemKind, SignoffRequest};
use crate::session::state::{Mark, MarkKind, RunRecord};
use crate::session::status::{CheckStatus, RunOutcome, WaiverForm};
use crate::text::untrusted::Untrusted;

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemState {
    /// Nothing was done about it.
    Open,
    /// A person ticked it.
    Ticked,
    /// Its check passes.
    Pass,
    /// Its check fails.
    Fail,
    /// Its check could not measure.
    Error,
    /// Its check cannot tell.
    Inconclusive,
    /// Its result or approval counts no longer.
    Stale,
    /// It is being measured for the first time, or its action runs.
    Running,
    /// A person set it aside.
    Waived,
    /// A person said that it does not apply.
    NotApplicable,
    /// Its condition is false.
    Skipped,
    /// Enough people approved.
    Approved,
    /// Somebody rejected.
    Rejected,
    /// Its action ended well.
    Succeeded,
    /// Its action failed.
    Failed,
    /// Its action was aborted.
    Aborted,
    /// Nobody knows how its action ended.
    OutcomeUnknown,
}

/// How an item stands, with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The state.
    pub state: ItemState,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// By whom; none: by the program or by nobody yet.
    pub by: Option<String>,
    /// Why, in words.
    pub reason: Untrusted,
    /// Its check's result that counts now.
    pub result: Option<CheckResult>,
}

impl ItemState {
    /// Does it count as done?
    pub fn is_done(self) -> bool {
        match self {
            Self::Ticked
            | Self::Pass
            | Self::Waived
            | Self::NotApplicable
            | Self::Skipped
            | Self::Approved
            | Self::Succeeded => true,
            Self::Open
            | Self::Fail
            | Self::Error
            | Self::Inconclusive
            | Self::Stale
            | Self::Running
            | Self::Rejected
            | Self::Failed
            | Self::Aborted
            | Self::OutcomeUnknown => false,
        }
    }
}

impl Standing {
    pub(super) fn of(state: ItemState) -> Self {
        Self { state, since: None, by: None, reason: Untrusted::default(), result: None }
    }
    pub(super) fn because(state: ItemState, reason: impl Into<String>) -> Self {
        Self { reason: Untrusted::new(reason), ..Self::of(state) }
    }
}

/// How an item stands now.
pub fn standing(facts: &Facts<'_>, at: &ItemAt<'_>) -> Standing {
    let standing = set_aside(facts, at).unwrap_or_else(|| by_kind(facts, at));
    match facts.session.conflict_on_item(&at.item.id) {
        // A check says by itself what is wrong; of anything else the conflict is the reason.
        Some(conflict) if !matches!(at.item.kind(), ItemKind::Check(_)) => {
            Standing { reason: Untrusted::new(format!("conflict: {}", apart(facts, &conflict))), ..standing }
        }
        Some(_) | None => standing,
    }
}

fn by_kind(facts: &Facts<'_>, at: &ItemAt<'_>) -> Standing {
    match at.item.kind() {
        ItemKind::Manual => manual(facts, at),
        ItemKind::Window(window) => watched(facts, at, window).unwrap_or_else(|| manual(facts, at)),
        ItemKind::Check(_) => checked(facts, at),
        ItemKind::Action(action) => acted(facts, at, action),
        ItemKind::Signoff(request) => decided(facts, at, request),
        ItemKind::Group => grouped(facts, at),
    }
}

/// How an item stands that is not asked for or was waived, whatever its kind; none: it counts by what it is.
pub(super) fn set_aside(facts: &Facts<'_>, at: &ItemAt<'_>) -> Option<Standing> {
    match facts.asked_for(at) {
        Ok(()) => {}
        Err(NotAsked::ConditionFalse(condition)) => {
            return Some(Standing::because(ItemState::Skipped, format!("not asked for: {condition}")));
        }
        Err(NotAsked::NotChosen(instead)) => {
            return Some(Standing::because(ItemState::Skipped, format!("not chosen: “{instead}” was")));
        }
        Err(NotAsked::CannotTell(problem)) => {
            let reason = format!("cannot tell whether it is asked for: {problem}");
            return Some(Standing::because(ItemState::Error, reason));
        }
    }
    let mark = facts.session.mark(&at.item.id).filter(|mark| mark.counts());
    mark.and_then(|mark| match &mark.kind {
        MarkKind::Waived { reason, form } => Some(Standing {
            since: Some(mark.stamp.at),
            by: Some(mark.stamp.by.clone()),
            ..Standing::because(
                match form {
                    WaiverForm::Waived => ItemState::Waived,
                    WaiverForm::DoesNotApply => ItemState::NotApplicable,
                },
                reason.clone(),
            )
        }),
        MarkKind::Ticked { .. } | MarkKind::Unticked => None,
    })
}

fn manual(facts: &Facts<'_>, at: &ItemAt<'_>) -> Standing {
    match facts.session.mark(&at.item.id) {
        Some(mark) if !mark.counts() => reworded(at, mark),
        Some(mark) => match &mark.kind {
            MarkKind::Ticked { evidence, .. } => Standing {
                since: Some(mark.stamp.at),
                by: Some(mark.stamp.by.clone()),
                ..Standing::because(ItemState::Ticked, evidence.clone().unwrap_or_default())
            },
            MarkKind::Unticked | MarkKind::Waived { .. } => Standing::of(ItemState::Open),
        },
        None => Standing::of(ItemState::Open),
    }
}

/// What a person said of other words than the item has now: kept, shown, and to be said again.
fn reworded(at: &ItemAt<'_>, mark: &Mark) -> Standing {
    let did = match mark.kind {
        MarkKind::Ticked { .. } => "ticked",
        MarkKind::Waived { .. } => "set aside",
        MarkKind::Unticked => return Standing::of(ItemState::Open),
    };
    let was = mark.reworded.last().map(|reworded| reworded.was.as_str()).unwrap_or_default();
    let reason = if at.item.title.as_written().starts_with(was) {
        format!("was {did} before the checklist changed; look again")
    } else {
        format!("was {did} for other words: “{was}”; look again")
    };
    Standing {
        since: Some(mark.stamp.at),
        by: Some(mark.stamp.by.clone()),
        ..Standing::because(ItemState::Stale, reason)
    }
}

fn checked(facts: &Facts<'_>, at: &ItemAt<'_>) -> Standing {
    let standing = measured(facts, at);
    // What a deploy began with waits for nothing any more.
    if standing.result.as_ref().is_some_and(|result| result.kept_since.is_some()) {
        return standing;
    }
    match waits_for(facts, at) {
        Some(title) => Standing::because(ItemState::Open, format!("waits for “{title}”")),
        None => standing,
    }
}

/// How a check stands by its own result.
pub(super) fn measured(facts: &Facts<'_>, at: &ItemAt<'_>) -> Standing {
    let running = facts.observed.checks.get(&at.item.id).and_then(|live| live.running.as_ref());
    let Some(result) = check_result(facts, at) else {
        return match running {
            Some(running) => Standing {
                since: Some(running.since),
                reason: running.last_reason.clone().unwrap_or_default(),
                ..Standing::of(ItemState::Running)
            },
            None => Standing::because(ItemState::Open, "never measured"),
        };
    };
    let state = match (&result.stale, result.status) {
        (Some(_), _) if running.is_some() => ItemState::Running,
        (Some(_), _) => ItemState::Stale,
        (None, CheckStatus::Pass) => ItemState::Pass,
        (None, CheckStatus::Fail) => ItemState::Fail,
        (None, CheckStatus::Error) => ItemState::Error,
        (None, CheckStatus::Inconclusive) => ItemState::Inconclusive,
        (None, CheckStatus::Skipped) => ItemState::Open,
    };
    let reason = match &result.stale {
        Some(why) => Untrusted::new(format!("was {}, {why}", result.status.word().to_uppercase())),
        None => result.reason.clone(),
    };
    Standing { since: Some(result.at), reason, result: Some(result), ..Standing::of(state) }
}

/// The last run of an action for an item: by the item, or by anybody who ran the action in its environment.
pub fn last_run<'a>(facts: &Facts<'a>, at: &ItemAt<'_>, action: &ActionId) -> Option<&'a RunRecord> {
    facts
        .session
        .runs
        .iter()
        .rev()
        .find(|run| run.requested.action == *action && run.requested.environment.as_ref() == at.environment)
}

fn acted(facts: &Facts<'_>, at: &ItemAt<'_>, action: &ActionId) -> Standing {
    let Some(run) = last_run(facts, at, action) else {
        return Standing::of(ItemState::Open);
    };
    let by = Some(run.stamp.by.clone());
    match &run.ended {
        None => Standing { since: Some(run.stamp.at), by, ..Standing::of(ItemState::Running) },
        Some((stamp, ended)) => {
            let own = || ended.reason.clone().unwrap_or_default();
            let (state, reason) = match ended.outcome {
                RunOutcome::Succeeded => {
                    rolled_back_since(facts, run).unwrap_or_else(|| (ItemState::Succeeded, own()))
                }
                RunOutcome::Failed => (ItemState::Failed, own()),
                RunOutcome::Aborted => (ItemState::Aborted, own()),
                RunOutcome::Unknown => (ItemState::OutcomeUnknown, own()),
            };
            Standing { since: Some(stamp.at), by, ..Standing::because(state, reason) }
        }
    }
}

/// What the last rollback of its environment since made of a run that succeeded; none: there was none that did anything.
pub(super) fn rolled_back_since(facts: &Facts<'_>, run: &RunRecord) -> Option<(ItemState, String)> {
    let after = facts.session.runs.iter().skip_while(|other| other.id() != run.id()).skip(1);
    let back = after
        .filter(|other| !other.requested.kind.is_forward())
        .filter(|other| other.requested.environment == run.requested.environment)
        .filter(|other| other.is_active() || ran(other))
        .last()?;
    let action = &back.requested.action;
    Some(match back.ended.as_ref().map(|(_, ended)| ended.outcome) {
        None => (ItemState::Running, format!("{action} is running")),
        Some(RunOutcome::Succeeded) => (ItemState::Open, "rolled back since".to_owned()),
        Some(outcome @ (RunOutcome::Failed | RunOutcome::Aborted | RunOutcome::Unknown)) => (
            ItemState::OutcomeUnknown,
            format!("{action} since: {}; what runs now is not known", outcome.word()),
        ),
    })
}

fn decided(facts: &Facts<'_>, at: &ItemAt<'_>, request: &SignoffRequest) -> Standing {
    let deploy = deploy_after(facts, at);
    let action = deploy.as_ref().map(|(_, action)| *action);
    let environment = deploy.as_ref().and_then(|(at, _)| at.environment).or(at.environment);
    let current = fingerprint(facts, action, environment);
    let item = at.item;
    let approval = approval(facts, item, request, &current.hash);
    let last =
        facts.session.decisions(&item.id).last().map(|signoff| (signoff.stamp.at, signoff.stamp.by.clone()));
    let (state, reason) = if let Some(rejection) = approval.rejected {
        (
            ItemState::Rejected,
            format!("{}: {}", rejection.stamp.by, rejection.comment.as_deref().unwrap_or("rejected")),
        )
    } else if approval.is_approved() {
        (ItemState::Approved, format!("{} of {} people", approval.people, approval.quorum))
    } else if let Some(stale) = &approval.stale {
        (ItemState::Stale, stale.clone())
    } else {
        (ItemState::Open, format!("missing: {}", approval.missing.join(", ")))
    };
    Standing {
        since: last.as_ref().map(|(at, _)| *at),
        by: last.map(|(_, by)| by),
        ..Standing::because(state, reason)
    }
}

fn grouped(facts: &Facts<'_>, at: &ItemAt<'_>) -> Standing {
    let mut parents = at.parents.clone();
    parents.push(at.item);
    let states: Vec<ItemState> = at
        .item
        .items
        .iter()
        // What is not required is shown and never counts, here as in the verdict.
        .filter(|child| child.is_required())
        .map(|child| ItemAt {
            item: child,
            parents: parents.clone(),
            environment: child.environment.as_ref().or(at.environment),
            ..at.clone()
        })
        .map(|child| standing(facts, &child).state)
        .collect();
    let done = states.iter().filter(|state| state.is_done()).count();
    let state = if done == states.len() { ItemState::Ticked } else { ItemState::Open };
    Standing::because(state, format!("{done} of {}", states.len()))
}
