//! How the release stands, as plain lines and as JSON: verdict, every reason, items, sign-offs, runs, containers.
//!
//! Not here: the verdict itself (`rules/verdict.rs`), exit codes (`cli/exit_code.rs`).

use serde_json::{Value, json};

use super::conflicts::{clocks_json, conflicts_json};
use super::containers::{container_lines, containers_json};
use super::windows::{window_lines, windows_json};
use super::words::{state_word, time, time_for_people};
use crate::checklist::id::{EnvironmentName, ItemId};
use crate::checklist::index::ItemAt;
use crate::checklist::item::ItemKind;
use crate::rules::approval::{DecisionState, approval, role_title};
use crate::rules::conflict_told::told;
use crate::rules::facts::Facts;
use crate::rules::fingerprint::fingerprint;
use crate::rules::scope::{deploy_after, next_deploy};
use crate::rules::standing::standing;
use crate::rules::verdict::{Reason, Verdict};
use crate::safe_format;
use crate::session::state::RunRecord;
use crate::text::{Safe, safe};

/// What stands in the head of a status.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// The product.
    pub product: &'a str,
    /// The version as started.
    pub version: &'a str,
    /// The session's file name.
    pub session: &'a str,
}

/// Plain lines: no colours, no boxes, one fact a line.
pub fn plain(head: &Head<'_>, facts: &Facts<'_>, verdict: &Verdict) -> Vec<Safe> {
    let mut lines = vec![
        safe_format!("{}  {} {}", verdict.word.word(), head.product, facts.version().unwrap_or(head.version)),
        safe_format!("{} of {} done, at {}", verdict.done, verdict.total, time_for_people(facts.at)),
        safe_format!("session {}", head.session),
    ];
    if let Some((_, action)) = next_deploy(facts) {
        let at = next_deploy(facts).and_then(|(at, _)| at.environment.cloned());
        let to = at.map_or_else(|| "no environment".to_owned(), |name| name.to_string());
        lines.push(safe_format!("next action {} to {}", action.as_str(), to));
    }
    lines.extend(verdict.reasons.iter().map(reason_line));
    let conflicts = facts.session.conflicts();
    lines.extend(conflicts.iter().map(|conflict| safe_format!("  conflict: {}", told(facts, conflict))));
    if let Some(run) = facts.session.active_run() {
        lines.extend(run_lines(run));
    }
    lines.extend(window_lines(facts));
    let mut section = None;
    for at in facts.checklist.forward_items() {
        let title = section_title(facts, &at);
        if section.as_ref() != Some(&title) {
            lines.push(Safe::EMPTY);
            lines.push(safe(&title));
            section = Some(title);
        }
        lines.push(item_line(facts, &at));
    }
    lines.extend(container_lines(facts));
    lines
}

fn reason_line(reason: &Reason) -> Safe {
    let text = reason.text.safe();
    if text.is_empty() {
        safe_format!("  {}: {}", state_word(reason.state), reason.about)
    } else {
        safe_format!("  {}: {}: {}", state_word(reason.state), reason.about, text)
    }
}

fn section_title(facts: &Facts<'_>, at: &ItemAt<'_>) -> String {
    let values = facts.values(at.environment);
    let phase = at.phase.map(|phase| values.shown(&phase.title)).unwrap_or_default();
    match at.section {
        Some(section) => format!("{phase} / {}", values.shown(&section.title)),
        None => phase,
    }
}

fn item_line(facts: &Facts<'_>, at: &ItemAt<'_>) -> Safe {
    let standing = standing(facts, at);
    let title = facts.values(at.environment).shown(&at.item.title);
    let word = format!("{:<9}", state_word(standing.state));
    let mut line = safe_format!("{}{}{} ({})", "  ".repeat(at.depth() + 1), word, title, at.item.id.as_str());
    if let (Some(by), Some(since)) = (&standing.by, standing.since) {
        line.push(&safe_format!(", {} at {}", by, time_for_people(since)));
    }
    let reason = standing.reason.safe();
    if !reason.is_empty() {
        line.push(&safe_format!(": {}", reason));
    }
    line
}

fn run_lines(run: &RunRecord) -> Vec<Safe> {
    let mut lines = vec![safe_format!(
        "running {} since {} by {}",
        run.requested.action.as_str(),
        time_for_people(run.stamp.at),
        run.stamp.by
    )];
    if let Some(step) = run.failed_step() {
        lines.push(safe_format!(
            "step {} failed and waits for a person: gonogo step retry|done|skip, or gonogo rollback",
            step.step.as_str()
        ));
    }
    lines
}

/// The same as one JSON object.
pub fn as_json(head: &Head<'_>, facts: &Facts<'_>, verdict: &Verdict) -> Value {
    let items: Vec<Value> = facts.checklist.forward_items().iter().map(|at| item_json(facts, at)).collect();
    json!({
        "schema": "gonogo.status/1",
        "product": head.product,
        "version": facts.version().unwrap_or(head.version),
        "session": head.session,
        "at": time(facts.at),
        "verdict": verdict.word.word(),
        "done": verdict.done,
        "total": verdict.total,
        "reasons": verdict.reasons.iter().map(reason_json).collect::<Vec<_>>(),
        "hold": facts.session.hold.as_ref().map(|hold| json!({
            "by": hold.stamp.by, "at": time(hold.stamp.at), "reason": hold.reason,
        })),
        "items": items,
        "runs": facts.session.runs.iter().map(run_json).collect::<Vec<_>>(),
        "windows": windows_json(facts),
        "handover": facts.session.handover_open().map(|handover| json!({
            "handover": handover.stamp.event, "by": handover.stamp.by, "at": time(handover.stamp.at),
            "to": handover.written.to,
        })),
        "containers": containers_json(facts),
        "conflicts": conflicts_json(facts),
        "clocks": clocks_json(facts),
        "state": facts.session.digest().tagged(),
        "closed": facts.session.closed.as_ref().map(|stamp| time(stamp.at)),
    })
}

fn reason_json(reason: &Reason) -> Value {
    json!({
        "item": reason.item.as_ref().map(ItemId::as_str),
        "state": state_word(reason.state),
        "about": reason.about,
        "text": reason.text.safe(),
    })
}

fn item_json(facts: &Facts<'_>, at: &ItemAt<'_>) -> Value {
    let standing = standing(facts, at);
    let mut value = json!({
        "id": at.item.id.as_str(),
        "title": facts.values(at.environment).shown(&at.item.title),
        "phase": at.phase.map(|phase| phase.id.as_str()),
        "state": state_word(standing.state),
        "done": standing.state.is_done(),
        "by": standing.by,
        "since": standing.since.map(time),
        "reason": standing.reason.safe(),
        "required": at.item.is_required(),
    });
    if let (ItemKind::Signoff(request), Some(map)) = (at.item.kind(), value.as_object_mut()) {
        let deploy = deploy_after(facts, at);
        let action = deploy.as_ref().map(|(_, action)| *action);
        let environment = deploy.as_ref().and_then(|(at, _)| at.environment).or(at.environment);
        let current = fingerprint(facts, action, environment);
        let approval = approval(facts, at.item, request, &current.hash);
        let decisions: Vec<Value> = approval
            .roles
            .iter()
            .flat_map(|role| role.decisions.iter().map(move |(signoff, state)| (role, signoff, state)))
            .map(|(role, signoff, state)| {
                json!({
                    "role": role.role.as_str(),
                    "by": signoff.stamp.by,
                    "at": time(signoff.stamp.at),
                    "decision": signoff.decision.word(),
                    "comment": signoff.comment,
                    "counts": matches!(state, DecisionState::Approved | DecisionState::Rejected),
                    "state": decision_word(state),
                })
            })
            .collect();
        let roles: Vec<String> = request.roles.iter().map(|role| role_title(facts, role)).collect();
        map.insert(
            "signoff".to_owned(),
            json!({
                "roles": roles,
                "people": approval.people,
                "quorum": approval.quorum,
                "missing": approval.missing,
                "fingerprint": current.hash,
                "decisions": decisions,
            }),
        );
    }
    value
}

fn decision_word(state: &DecisionState) -> String {
    match state {
        DecisionState::Approved => "approved".to_owned(),
        DecisionState::Rejected => "rejected".to_owned(),
        DecisionState::Stale(why) => format!("stale: {why}"),
        DecisionState::NotMember => "not a member of the role".to_owned(),
        DecisionState::Withdrawn => "withdrawn".to_owned(),
    }
}

/// A run as JSON.
pub fn run_json(run: &RunRecord) -> Value {
    json!({
        "run": run.id(),
        "action": run.requested.action.as_str(),
        "kind": run.requested.kind,
        "environment": run.requested.environment.as_ref().map(EnvironmentName::as_str),
        "version": run.requested.version,
        "by": run.stamp.by,
        "at": time(run.stamp.at),
        "active": run.is_active(),
        "outcome": run.ended.as_ref().map(|(_, ended)| ended.outcome.word()),
        "exit": run.ended.as_ref().and_then(|(_, ended)| ended.exit),
        "reason": run.ended.as_ref().and_then(|(_, ended)| ended.reason.clone()),
        "steps": run.steps.iter().map(|step| json!({
            "step": step.step.as_str(),
            "attempt": step.attempt,
            "outcome": step.outcome.map(crate::session::status::StepOutcome::word),
            "exit": step.exit,
            "took_ms": step.took_ms,
        })).collect::<Vec<_>>(),
    })
}
