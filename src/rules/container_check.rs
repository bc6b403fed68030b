//! Judges a container check against what a daemon last said: only a live daemon can pass or fail one.
//!
//! Not here: where containers come from (`runtime/docker`), waiting until it holds (`eventually`). Who is meant
//! is in `select.rs`, what counts as a restart in `restarts.rs`, replicas and order in `together.rs`, exit codes in words
//! in `exit.rs`.

mod exit;
mod restarts;
mod select;
mod together;
mod version;

use chrono::{DateTime, Utc};

use crate::checklist::assertion::Comparison;
use crate::checklist::check::{ContainerState, ContainersCheck, HealthFallback};
use crate::rules::observed::{
    AssertionResult, Container, ContainerRunState, Freshness, Health, Measurement, Source,
};
use crate::session::event::ContainersSeen;
use crate::session::status::CheckStatus;

pub use exit::exit_words;
use select::Selection;

/// As many restarts end a wait with `fail_fast`.
const HOPELESS_RESTARTS: u32 = 3;
/// How much of a probe's output stands in a reason.
const PROBE_SHOWN_CHARS: usize = 160;
/// How many containers stand in the evidence one by one.
const EVIDENCE_ROWS_MAX: usize = 500;
/// How many causes a reason names; the assertions hold all of them.
const REASONS_MAX: usize = 3;

/// Judges. The check's templates are filled in; `project` is the environment's Compose project; `baseline` is what
/// restarts are counted from.
pub fn evaluate(
    check: &ContainersCheck,
    project: Option<&str>,
    source: &Source,
    baseline: Option<&ContainersSeen>,
    now: DateTime<Utc>,
) -> Measurement {
    let selection = Selection::new(check, project, source);
    let mut assertions = Vec::new();
    if let Some(reason) = not_live(&source.freshness) {
        assertions.push(Finding::new("docker", "live", &reason, CheckStatus::Error, reason.clone()));
        return measured(&selection, source, &[], assertions, now);
    }
    let selected = selection.containers(source);
    for missing in selection.missing(&selected) {
        let gone = removed(source, &missing);
        let reason = format!("{missing} has no container{gone}");
        assertions.push(Finding::new(&missing, "exists", "none", CheckStatus::Fail, reason));
    }
    if selected.is_empty() && assertions.is_empty() {
        let reason = format!("Docker answers and has no container: {}", selection.words());
        assertions.push(Finding::new("containers", "some", "none", CheckStatus::Fail, reason));
    }
    for container in &selected {
        judge_one(check, &selection, container, baseline, &mut assertions);
    }
    if let Some(wanted) = &check.replicas {
        together::judge_replicas(wanted, &selection, &selected, &mut assertions);
    }
    together::judge_order(check, &selected, &mut assertions);
    measured(&selection, source, &selected, assertions, now)
}

/// Waiting longer is of no use: a selected container ended badly, was killed for want of memory, or restarted three times.
pub fn is_hopeless(
    check: &ContainersCheck,
    project: Option<&str>,
    source: &Source,
    baseline: Option<&ContainersSeen>,
) -> bool {
    Selection::new(check, project, source).containers(source).iter().any(|container| {
        let ended = matches!(container.state, ContainerRunState::Exited | ContainerRunState::Dead);
        let badly = ended && container.exit_code.is_some_and(|code| code != 0);
        let (delta, _since) = restarts::count(container, baseline);
        badly || container.oom_killed || delta >= HOPELESS_RESTARTS
    })
}

/// An assertion with the sentence that explains it.
struct Finding {
    result: AssertionResult,
    reason: String,
}

impl Finding {
    fn new(subject: &str, expected: &str, actual: &str, status: CheckStatus, reason: String) -> Self {
        let result = AssertionResult {
            subject: subject.to_owned(),
            expected: expected.into(),
            actual: actual.into(),
            status,
        };
        Self { result, reason }
    }
}

fn not_live(freshness: &Freshness) -> Option<String> {
    match freshness {
        Freshness::Live => None,
        Freshness::NotAsked => Some("docker was not asked yet".to_owned()),
        Freshness::Connecting { .. } => Some("docker has not answered yet".to_owned()),
        Freshness::Stale { reason, .. } => Some(format!("docker is not heard: {}", reason.raw())),
    }
}

fn judge_one(
    check: &ContainersCheck,
    selection: &Selection,
    container: &Container,
    baseline: Option<&ContainersSeen>,
    findings: &mut Vec<Finding>,
) {
    let name = container.name.raw();
    if let Some(each) = check.each {
        let (status, actual, reason) = if selection.is_one_shot(container) {
            completed(container)
        } else {
            match each {
                ContainerState::Running => running(container),
                ContainerState::Healthy => healthy(container, check.fallback),
            }
        };
        let expected = match each {
            ContainerState::Running => "running",
            ContainerState::Healthy => "healthy",
        };
        findings.push(Finding::new(name, expected, &actual, status, format!("{name} {reason}")));
    }
    if check.oom == Some(false) {
        let (status, actual) = match (container.inspected, container.oom_killed) {
            (false, _) => (CheckStatus::Error, "not inspected yet"),
            (true, true) => (CheckStatus::Fail, "killed for want of memory"),
            (true, false) => (CheckStatus::Pass, "not killed"),
        };
        let subject = format!("{name} memory");
        findings.push(Finding::new(&subject, "not killed", actual, status, format!("{name}: {actual}")));
    }
    if let Some(wanted) = &check.restarts {
        findings.push(judge_restarts(wanted, container, baseline));
    }
    if let Some(version) = &check.version {
        findings.push(version::judge(version.as_written(), container));
    }
}

/// Status, what is there, and the sentence's end after the container's name.
type Judged = (CheckStatus, String, String);

fn running(container: &Container) -> Judged {
    let at_end = || exit_words(container.exit_code, container.oom_killed);
    let (word, reason) = match container.state {
        ContainerRunState::Running => return (CheckStatus::Pass, "running".into(), "runs".into()),
        ContainerRunState::Created => ("created", "was created and never started".to_owned()),
        ContainerRunState::Paused => ("paused", "is paused".to_owned()),
        ContainerRunState::Restarting => {
            ("restarting", format!("is restarting after it ended: {}", at_end()))
        }
        ContainerRunState::Exited => ("exited", format!("has ended: {}", at_end())),
        ContainerRunState::Removing => ("removing", "is being removed".to_owned()),
        ContainerRunState::Dead => ("dead", format!("is dead: {}", at_end())),
    };
    (CheckStatus::Fail, word.to_owned(), reason)
}

fn healthy(container: &Container, fallback: Option<HealthFallback>) -> Judged {
    if container.state != ContainerRunState::Running {
        return running(container);
    }
    match (container.health, fallback) {
        (Health::Healthy, _) => (CheckStatus::Pass, "healthy".into(), "is healthy".into()),
        (Health::Starting, _) => {
            (CheckStatus::Fail, "starting".into(), format!("is still starting{}", last_probe(container)))
        }
        (Health::Unhealthy, _) => {
            (CheckStatus::Fail, "unhealthy".into(), format!("is unhealthy{}", last_probe(container)))
        }
        (Health::None, Some(HealthFallback::Running)) => {
            (CheckStatus::Pass, "running, no HEALTHCHECK".into(), "runs and has no HEALTHCHECK".into())
        }
        (Health::None, None) => (
            CheckStatus::Error,
            "no HEALTHCHECK".into(),
            "has no HEALTHCHECK, so nobody knows; give its image one, or the check fallback = \"running\""
                .into(),
        ),
    }
}

/// Another service waits for it to complete: it must have ended well.
fn completed(container: &Container) -> Judged {
    match (container.state, container.exit_code) {
        (ContainerRunState::Exited, Some(0)) => {
            (CheckStatus::Pass, "completed".into(), "has completed".into())
        }
        (ContainerRunState::Running | ContainerRunState::Created, _) => {
            (CheckStatus::Fail, "not completed".into(), "has not completed yet".into())
        }
        _ => running(container),
    }
}

fn last_probe(container: &Container) -> String {
    let Some(output) = &container.probe_output else { return String::new() };
    let mut shown: String = output.raw().chars().take(PROBE_SHOWN_CHARS).collect();
    if shown.len() < output.len_bytes() {
        shown.push('…');
    }
    let streak = container.failing_streak;
    let failed = if streak > 1 { format!(", {streak} probes in a row") } else { String::new() };
    format!(" (last probe: {shown}{failed})")
}

fn judge_restarts(wanted: &Comparison, container: &Container, baseline: Option<&ContainersSeen>) -> Finding {
    let name = container.name.raw();
    let subject = format!("{name} restarts");
    if !container.inspected {
        let reason = format!("{name} was not inspected yet, so its restarts are not known");
        return Finding::new(&subject, &wanted.to_string(), "not known", CheckStatus::Error, reason);
    }
    let (count, since) = restarts::count(container, baseline);
    let holds = wanted.operator.holds(f64::from(count), wanted.value.number());
    let status = if holds { CheckStatus::Pass } else { CheckStatus::Fail };
    let reason = format!("{name} restarted {count} times {since}, expected {wanted}");
    Finding::new(&subject, &wanted.to_string(), &count.to_string(), status, reason)
}

/// `; web-1 was removed 14:02:11`, if that is known.
fn removed(source: &Source, wanted: &str) -> String {
    let gone = source.containers.iter().filter_map(|container| Some((container, container.gone?)));
    let mut of_it =
        gone.filter(|(container, _)| select::is_service(container, wanted) || container.name.raw() == wanted);
    of_it.next().map_or_else(String::new, |(container, at)| {
        format!("; {} was removed {}", container.name.raw(), at.format("%H:%M:%S"))
    })
}

fn measured(
    selection: &Selection,
    source: &Source,
    selected: &[&Container],
    findings: Vec<Finding>,
    now: DateTime<Utc>,
) -> Measurement {
    let worst = findings.iter().map(|finding| finding.result.status).max_by_key(|status| badness(*status));
    let status = worst.unwrap_or(CheckStatus::Pass);
    let reason = if status == CheckStatus::Pass {
        format!("{} of {} as they should be", count_words(selected.len()), selection.words())
    } else {
        let causes: Vec<_> = findings
            .iter()
            .filter(|finding| finding.result.status == status)
            .map(|finding| finding.reason.as_str())
            .collect();
        let more = causes.len().saturating_sub(REASONS_MAX);
        let named: Vec<_> = causes.into_iter().take(REASONS_MAX).collect();
        let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
        format!("{}{rest}", named.join("; "))
    };
    Measurement {
        status,
        began: now,
        took_us: 0,
        attempts: 1,
        target: format!("{} on {}", selection.words(), source.address.raw()).into(),
        reason: reason.into(),
        assertions: findings.into_iter().map(|finding| finding.result).collect(),
        evidence: evidence(selected).into(),
        repeat: selection.repeat().into(),
        answer: None,
    }
}

fn badness(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Fail => 4,
        CheckStatus::Error => 3,
        CheckStatus::Inconclusive => 2,
        CheckStatus::Pass => 1,
        CheckStatus::Skipped => 0,
    }
}

fn count_words(count: usize) -> String {
    if count == 1 { "1 container".to_owned() } else { format!("{count} containers") }
}

/// A line for each container, and how many there were beyond.
fn evidence(selected: &[&Container]) -> String {
    let mut lines: Vec<String> =
        selected.iter().take(EVIDENCE_ROWS_MAX).map(|container| row(container)).collect();
    let more = selected.len().saturating_sub(EVIDENCE_ROWS_MAX);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

/// One line of evidence.
fn row(container: &Container) -> String {
    let short: String = container.id.chars().take(12).collect();
    let (_, state, _) = running(container);
    let health = match container.health {
        Health::None => "no HEALTHCHECK",
        Health::Starting => "starting",
        Health::Healthy => "healthy",
        Health::Unhealthy => "unhealthy",
    };
    let restarts = container.restart_count;
    format!(
        "{} {short} {} {state}, {health}, {restarts} restarts",
        container.name.raw(),
        container.image.raw()
    )
}

#[cfg(test)]
mod tests;
