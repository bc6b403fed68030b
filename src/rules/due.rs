//! The moment something is due in this release. It is shown and never blocks.
//!
//! Not here: how it is written (`checklist/due.rs`), where it is shown (`tui/panes`).

use chrono::{DateTime, Utc};

use super::facts::Facts;
use crate::checklist::action::ActionKind;
use crate::checklist::due::{Due, DueFrom, moment};
use crate::checklist::id::EnvironmentName;
use crate::session::status::RunOutcome;

/// The variable that says when the release is planned: a date, or a date and time with zone.
pub const RELEASE_AT: &str = "release_at";

/// When it is due; none: nobody knows yet, for nothing is planned or deployed. A deploy to the environment counts, or
/// any where there is none.
pub fn due_at(facts: &Facts<'_>, text: &str, environment: Option<&EnvironmentName>) -> Option<DateTime<Utc>> {
    let due = Due::parse(text)?;
    let from = match due.from {
        DueFrom::Release => moment(facts.values(None).lookup(RELEASE_AT)?.trim())?,
        DueFrom::Deploy => deployed_at(facts, environment)?,
    };
    from.checked_add_signed(due.offset)
}

fn deployed_at(facts: &Facts<'_>, environment: Option<&EnvironmentName>) -> Option<DateTime<Utc>> {
    let runs = facts.session.runs.iter().rev();
    runs.filter(|run| run.requested.kind == ActionKind::Deploy)
        .filter(|run| environment.is_none() || run.requested.environment.as_ref() == environment)
        .find_map(|run| {
            let (stamp, ended) = run.ended.as_ref()?;
            (ended.outcome == RunOutcome::Succeeded).then_some(stamp.at)
        })
}
