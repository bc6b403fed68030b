//! How an item stands that shows a monitoring window: by the window its deploy opened, never by a tick.
//!
//! Not here: the word in the header (`window_verdict.rs`), the rules inside a window (`rules/window`).

use super::facts::Facts;
use super::standing::{ItemState, Standing, rolled_back_since};
use crate::checklist::action::ActionKind;
use crate::checklist::id::{EnvironmentName, WindowId};
use crate::checklist::index::ItemAt;
use crate::session::state::Session;
use crate::session::status::WindowVerdict;
use crate::session::window_state::WindowRecord;
use crate::text::untrusted::Untrusted;

/// Does any action open this window? If none does, a person watches by hand and ticks.
pub fn opens_by_itself(facts: &Facts<'_>, window: &WindowId) -> bool {
    facts.checklist.actions.iter().any(|(_, action)| action.window.as_ref() == Some(window))
}

/// How an item stands that shows this window; none: nothing opens it, a person ticks the item.
pub(super) fn watched(facts: &Facts<'_>, at: &ItemAt<'_>, window: &WindowId) -> Option<Standing> {
    if !opens_by_itself(facts, window) {
        return None;
    }
    Some(match of_item(facts, at.environment, window) {
        None => Standing::because(ItemState::Open, "opens when its deploy has ended well"),
        Some(record) => stands(facts, record),
    })
}

/// The window an item shows: the last one of its name in its environment, a deploy's before a rollback's.
pub fn of_item<'a>(
    facts: &Facts<'a>,
    environment: Option<&EnvironmentName>,
    window: &WindowId,
) -> Option<&'a WindowRecord> {
    let here = |record: &&WindowRecord| {
        record.opened.window == *window && record.opened.environment.as_ref() == environment
    };
    let forward = |record: &&WindowRecord| kind(facts.session, record) != Some(ActionKind::Rollback);
    let session = facts.session;
    let last = session.windows.iter().rev().filter(here).find(forward);
    last.or_else(|| {
        let opens = |kind: ActionKind| {
            let mut actions = facts.checklist.actions.iter();
            actions.any(|(_, action)| action.window.as_ref() == Some(window) && action.kind == kind)
        };
        let backward = !opens(ActionKind::Deploy) && !opens(ActionKind::Change);
        session.windows.iter().rev().find(here).filter(|_| backward)
    })
}

/// The kind of the run that opened a window.
pub fn kind(session: &Session, window: &WindowRecord) -> Option<ActionKind> {
    session.run(window.run()).map(|run| run.requested.kind)
}

fn stands(facts: &Facts<'_>, record: &WindowRecord) -> Standing {
    let Some((stamp, closed)) = &record.closed else {
        let reason = format!("watched until {}", record.ends.format("%Y-%m-%d %H:%MZ"));
        return Standing {
            since: Some(record.opened.opened),
            ..Standing::because(ItemState::Running, reason)
        };
    };
    let reason = Untrusted::new(closed.reason.clone().unwrap_or_default());
    let state = match closed.verdict {
        WindowVerdict::Healthy => ItemState::Pass,
        WindowVerdict::Regression => ItemState::Fail,
        WindowVerdict::Inconclusive => ItemState::Inconclusive,
    };
    let back = facts.session.run(record.run()).and_then(|run| rolled_back_since(facts, run));
    match back {
        // It was good, and what it watched runs no longer.
        Some((_, why)) if state == ItemState::Pass => Standing::because(ItemState::Open, why),
        Some(_) | None => Standing { since: Some(stamp.at), reason, ..Standing::of(state) },
    }
}
