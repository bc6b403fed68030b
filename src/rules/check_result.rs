//! The result of a check that counts now: the younger of what this process measured and what the record says, and
//! whether it is stale. Stale is computed, never stored.

use chrono::{DateTime, Utc};

use super::facts::Facts;
use super::frozen::{changed_here, doubted_since, frozen_by};
use super::observed::{Freshness, LiveCheck};
use crate::checklist::check::Check;
use crate::checklist::id::ItemId;
use crate::checklist::index::ItemAt;
use crate::checklist::period::Period;
use crate::session::state::{CheckRecord, RunRecord};
use crate::session::status::CheckStatus;
use crate::text::untrusted::Untrusted;

/// A network result is believed this long.
pub const VALID_FOR_NETWORK: Period = Period::from_mins(15);
/// A container result is believed this long after the daemon was last heard.
pub const VALID_FOR_CONTAINERS: Period = Period::from_mins(5);
/// A command's result is believed this long: a working day's test run holds for the release.
pub const VALID_FOR_COMMAND: Period = Period::from_mins(24 * 60);

/// A check's result that counts now.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// The result.
    pub status: CheckStatus,
    /// When it was measured.
    pub at: DateTime<Utc>,
    /// In words: expected and actual.
    pub reason: Untrusted,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// Why it counts no longer.
    pub stale: Option<String>,
    /// When the deploy was asked for that it is kept from; none: it is measured again.
    pub kept_since: Option<DateTime<Utc>>,
}

/// How long a result of this item is believed.
pub fn valid_for(at: &ItemAt<'_>) -> Period {
    at.item.valid_for.unwrap_or(match &at.item.check {
        Some(Check::Containers(_)) => VALID_FOR_CONTAINERS,
        Some(Check::Command(_)) => VALID_FOR_COMMAND,
        Some(Check::Http(_) | Check::Tcp(_)) | None => VALID_FOR_NETWORK,
    })
}

/// The result that counts for an item with a check; none: never measured.
pub fn check_result(facts: &Facts<'_>, at: &ItemAt<'_>) -> Option<CheckResult> {
    let live = live(facts, &at.item.id);
    let now = younger(live.clone(), recorded(facts, facts.session.checks.get(&at.item.id)));
    if let Some(run) = frozen_by(facts, at)
        && !now.as_ref().is_some_and(|now| contradicts(now, run, at))
    {
        // The gate judged it when the deploy began; its age does not take that back.
        let seen = live.filter(|live| live.at < run.stamp.at);
        let mut result = younger(seen, recorded(facts, run.checks.get(&at.item.id)))?;
        result.kept_since = Some(run.stamp.at);
        return Some(result);
    }
    let mut result = now?;
    result.stale = stale(facts, at, &result);
    Some(result)
}

/// Has a person looked since, and was it not good? A later good look leaves it at what the deploy began with.
fn contradicts(now: &CheckResult, run: &RunRecord, at: &ItemAt<'_>) -> bool {
    now.status != CheckStatus::Pass && doubted_since(run, at).is_some_and(|since| now.at > since)
}

/// Why a result of that time speaks of another world; none: nothing was deployed or rolled back here since.
pub fn outdated(facts: &Facts<'_>, at: &ItemAt<'_>, measured: DateTime<Utc>) -> Option<String> {
    match &at.item.check {
        Some(Check::Http(_) | Check::Tcp(_) | Check::Containers(_)) => {}
        // Measured on demand, and believed as long as its `valid_for` says.
        Some(Check::Command(_)) | None => return None,
    }
    let (end, run) = changed_here(facts, at)?;
    (measured < end).then(|| format!("measured before {} ended", run.requested.action))
}

fn younger(left: Option<CheckResult>, right: Option<CheckResult>) -> Option<CheckResult> {
    match (left, right) {
        (Some(left), Some(right)) => Some(if right.at > left.at { right } else { left }),
        (left, right) => left.or(right),
    }
}

fn live(facts: &Facts<'_>, item: &ItemId) -> Option<CheckResult> {
    let live: &LiveCheck = facts.observed.checks.get(item)?;
    let measurement = live.last.as_ref()?;
    Some(CheckResult {
        status: measurement.status,
        at: live.measured.unwrap_or(measurement.began),
        reason: measurement.reason.clone(),
        took_us: measurement.took_us,
        stale: (live.version.as_deref() != facts.version())
            .then(|| "measured for another version".to_owned()),
        kept_since: None,
    })
}

fn recorded(facts: &Facts<'_>, record: Option<&CheckRecord>) -> Option<CheckResult> {
    let record = record?;
    let other = record.result.version.as_deref() != facts.version();
    Some(CheckResult {
        status: record.result.status,
        at: record.stamp.at,
        reason: Untrusted::new(record.result.reason.clone().unwrap_or_default()),
        took_us: u64::try_from(record.result.took_us).unwrap_or_default(),
        stale: other.then(|| "measured for another version".to_owned()),
        kept_since: None,
    })
}

fn stale(facts: &Facts<'_>, at: &ItemAt<'_>, result: &CheckResult) -> Option<String> {
    if result.stale.is_some() {
        return result.stale.clone();
    }
    if let Some(why) = outdated(facts, at, result.at) {
        return Some(why);
    }
    let limit = valid_for(at);
    if facts.at.signed_duration_since(result.at) > limit.as_delta() {
        return Some(format!("older than {limit}"));
    }
    if let Some(Check::Containers(_)) = &at.item.check {
        let freshness = facts.source(at.environment).map(|source| &source.freshness);
        return match freshness {
            Some(Freshness::Live) => None,
            Some(Freshness::Stale { .. }) => Some("Docker is not heard".to_owned()),
            Some(Freshness::Connecting { .. } | Freshness::NotAsked) | None => {
                Some("Docker has not answered yet".to_owned())
            }
        };
    }
    None
}
