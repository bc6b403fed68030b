//! What several containers must be together: how many, and in which order they started.
//!
//! Not here: what each must be (`container_check.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::Finding;
use super::select::{self, Selection};
use crate::checklist::assertion::Comparison;
use crate::checklist::check::ContainersCheck;
use crate::rules::observed::{Container, ContainerRunState};
use crate::session::status::CheckStatus;

/// Slack for `order` unless the check says otherwise.
const TOLERANCE: TimeDelta = TimeDelta::seconds(1);

/// Counts what runs, by service where services are named.
pub(super) fn judge_replicas(
    wanted: &Comparison,
    selection: &Selection,
    selected: &[&Container],
    findings: &mut Vec<Finding>,
) {
    let up = |container: &&&Container| container.state == ContainerRunState::Running;
    let mut judge = |subject: String, count: usize| {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let holds = wanted.operator.holds(f64::from(count), wanted.value.number());
        let status = if holds { CheckStatus::Pass } else { CheckStatus::Fail };
        let reason = format!("{subject} has {count} running, expected {wanted}");
        let subject = format!("{subject} replicas");
        findings.push(Finding::new(&subject, &wanted.to_string(), &count.to_string(), status, reason));
    };
    if selection.services.is_empty() {
        judge(selection.words(), selected.iter().filter(up).count());
    }
    for service in &selection.services {
        let of_it = |container: &&&Container| select::is_service(container, service);
        judge(service.clone(), selected.iter().filter(up).filter(of_it).count());
    }
}

/// Each service must have started after the one before it, with some slack.
pub(super) fn judge_order(check: &ContainersCheck, selected: &[&Container], findings: &mut Vec<Finding>) {
    let tolerance = check.tolerance.map_or(TOLERANCE, crate::checklist::period::Period::as_delta);
    let pairs = check.order.iter().zip(check.order.iter().skip(1));
    for (before, after) in pairs {
        let (before, after) = (before.as_written(), after.as_written());
        let starts = |service: &str| -> Option<Vec<DateTime<Utc>>> {
            let of_it = selected.iter().filter(|container| select::is_service(container, service));
            let starts: Option<Vec<_>> =
                of_it.map(|container| container.started.filter(|_| container.inspected)).collect();
            starts.filter(|starts| !starts.is_empty())
        };
        let subject = format!("{before} before {after}");
        let (Some(first), Some(second)) = (starts(before), starts(after)) else {
            let reason = format!("when {before} or {after} started was never seen");
            findings.push(Finding::new(
                &subject,
                "in this order",
                "not known",
                CheckStatus::Inconclusive,
                reason,
            ));
            continue;
        };
        let (last_of_first, first_of_second) = (first.iter().max(), second.iter().min());
        let early = last_of_first.zip(first_of_second).map(|(first, second)| *first - *second);
        let late = early.is_some_and(|early| early > tolerance);
        let status = if late { CheckStatus::Fail } else { CheckStatus::Pass };
        let by = early.unwrap_or_default().num_milliseconds();
        let actual = if late { format!("{before} {by} ms later") } else { "in this order".to_owned() };
        let reason = format!("{before} started {by} ms after {after}");
        findings.push(Finding::new(&subject, "in this order", &actual, status, reason));
    }
}
