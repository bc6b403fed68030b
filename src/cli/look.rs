//! Doors that look at the world once: `status`, `check`, `containers`. They watch daemons and measure, then tell.
//!
//! Every look has a bound; what did not answer by then is told as not known. Not here: the words (`report`).

use chrono::{DateTime, TimeDelta, Utc};

use super::Doors;
use super::app_error::AppError;
use super::errand::{Leave, Until, run};
use super::exit_code::Code;
use super::print;
use super::telling::tell_status;
use crate::checklist::id::ItemId;
use crate::checklist::item::ItemKind;
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::report::containers::{container_lines, containers_json};
use crate::report::words::state_word;
use crate::rules::facts::Facts;
use crate::rules::observed::{Freshness, Measurement};
use crate::rules::standing::standing;
use crate::rules::waiting::waits_for;
use crate::safe_format;
use crate::session::status::CheckStatus;
use crate::text::Safe;
use crate::text::nearest::nearest;

/// How long `status` waits for daemons: a local one answers in milliseconds, a remote one in a second.
const LOOK_WITHIN: TimeDelta = TimeDelta::seconds(3);
/// How long `check` waits in all: the longest `eventually` of a checklist is minutes.
const MEASURED_WITHIN: TimeDelta = TimeDelta::minutes(30);

/// Waits until every daemon that was asked has answered, and every check that was asked for is measured.
struct UntilKnown {
    limit: TimeDelta,
    items: Vec<ItemId>,
}

impl Until for UntilKnown {
    fn look(&mut self, engine: &Engine, _at: DateTime<Utc>) -> Option<Leave> {
        let observed = engine.observed();
        let connecting = observed.sources.values().any(|source| match source.freshness {
            Freshness::Connecting { .. } => true,
            Freshness::NotAsked | Freshness::Live | Freshness::Stale { .. } => false,
        });
        let measuring = self.items.iter().any(|item| engine.measuring().awaits(item));
        let known = !connecting && !measuring && engine.pending().is_empty();
        known.then_some(Leave::Done)
    }
    fn limit(&self) -> Option<TimeDelta> {
        Some(self.limit)
    }
}

/// `gonogo status`: watches daemons for a moment, measures nothing else.
pub fn status(doors: &Doors) -> Result<Code, AppError> {
    let until = UntilKnown { limit: LOOK_WITHIN, items: Vec::new() };
    let back = run(doors, Presence::Watching, until, |_engine, _at| Ok(Vec::new()))?;
    Ok(back.signal.map_or_else(|| tell_status(doors, &back.engine), Code::Signal))
}

/// `gonogo containers`.
pub fn containers(doors: &Doors) -> Result<Code, AppError> {
    let until = UntilKnown { limit: LOOK_WITHIN, items: Vec::new() };
    let back = run(doors, Presence::Looking, until, |_engine, _at| Ok(Vec::new()))?;
    let facts = back.engine.facts(doors.now());
    if doors.is_json() {
        print::json(&serde_json::json!({
            "schema": "gonogo.containers/1", "environments": containers_json(&facts),
        }));
    } else {
        print::answers(&container_lines(&facts));
    }
    let sources = &back.engine.observed().sources;
    if let TrustState::Untrusted { .. } = back.engine.trust() {
        print::note(&safe_format!("this checklist is not trusted: no daemon was asked; see gonogo trust"));
        return Ok(Code::NotFinished);
    }
    if sources.is_empty() {
        print::note(&safe_format!("no check of this checklist looks at containers now"));
    }
    let lost = sources.values().any(|source| !source.is_live());
    Ok(if lost { Code::CouldNotFindOut } else { Code::Yes })
}

/// `gonogo check [NAME…]`: measures now, tells each result.
pub fn check(doors: &Doors, names: &[String]) -> Result<Code, AppError> {
    let items = {
        let session = super::open_session::open_session(doors)?;
        let engine = Engine::new(session.opening(doors, Presence::Command));
        let items = checks_named(&engine, names)?;
        let trust = doors.trust_store().judge(&session.content(), &session.source);
        if !trust.is_trusted() {
            return Err(super::trust::untrusted(&session.content(), &trust, &session.source));
        }
        items
    };
    if items.is_empty() {
        print::note(&safe_format!("this checklist has no checks to measure now"));
        return Ok(Code::Yes);
    }
    let until = UntilKnown { limit: MEASURED_WITHIN, items: items.clone() };
    let wanted = items.clone();
    let back = run(doors, Presence::Watching, until, move |_engine, _at| {
        Ok(vec![Command::Measure { items: wanted }])
    })?;
    if let Some(signal) = back.signal {
        return Ok(Code::Signal(signal));
    }
    tell_checks(doors, &back.engine, &items);
    let facts = back.engine.facts(doors.now());
    let statuses: Vec<CheckStatus> = items.iter().map(|item| result(&facts, item).0).collect();
    // Nothing was looked at: that is no answer.
    let skipped = statuses.iter().all(|status| *status == CheckStatus::Skipped);
    Ok(if skipped { Code::CannotSay } else { Code::of_results(statuses) })
}

/// What became of a check that was asked for: its result, or what it waits for.
fn result<'a>(facts: &Facts<'a>, item: &ItemId) -> (CheckStatus, Safe, Option<&'a Measurement>) {
    if let Some(title) = facts.item(item).and_then(|at| waits_for(facts, &at)) {
        return (CheckStatus::Skipped, safe_format!("waits for {}", title), None);
    }
    match facts.observed.checks.get(item).and_then(|live| live.last.as_ref()) {
        Some(measured) => (measured.status, measured.reason.safe(), Some(measured)),
        None => (CheckStatus::Error, Safe::EMPTY, None),
    }
}

fn tell_checks(doors: &Doors, engine: &Engine, items: &[ItemId]) {
    let facts = engine.facts(doors.now());
    let mut told = Vec::new();
    for id in items {
        let Some(at) = facts.item(id) else { continue };
        let standing = standing(&facts, &at);
        let (status, reason, last) = result(&facts, id);
        if doors.is_json() {
            told.push(serde_json::json!({
                "id": id.as_str(),
                "title": facts.values(at.environment).shown(&at.item.title),
                "status": status.word(),
                "state": state_word(standing.state),
                "reason": reason,
                "target": last.map(|measured| measured.target.safe()),
                "took_us": last.map(|measured| measured.took_us),
                "attempts": last.map(|measured| measured.attempts),
                "repeat": last.map(|measured| measured.repeat.safe()),
            }));
        } else {
            let title = facts.values(at.environment).shown(&at.item.title);
            let word = format!("{:<13}", status.word().to_uppercase());
            print::answer(&safe_format!("{}{} ({}): {}", word, title, id.as_str(), reason));
        }
    }
    if doors.is_json() {
        print::json(&serde_json::json!({ "schema": "gonogo.check/1", "checks": told }));
    }
}

/// The checks of these names: items, phases; none: all that are asked for.
fn checks_named(engine: &Engine, names: &[String]) -> Result<Vec<ItemId>, AppError> {
    let checklist = engine.checklist();
    let facts = engine.facts(DateTime::UNIX_EPOCH);
    let all = checklist.all_items();
    let checks: Vec<_> = all.iter().filter(|at| matches!(at.item.kind(), ItemKind::Check(_))).collect();
    if names.is_empty() {
        let wanted = checks.iter().filter(|at| facts.asked_for(at).is_ok() && at.plan.is_none());
        return Ok(wanted.map(|at| at.item.id.clone()).collect());
    }
    let mut wanted: Vec<ItemId> = Vec::new();
    for name in names {
        let phase = name.strip_prefix("phase:").unwrap_or(name);
        let found: Vec<ItemId> = checks
            .iter()
            .filter(|at| {
                at.item.id.as_str() == name
                    || at.phase.is_some_and(|found| found.id.as_str() == phase)
                    || at.parents.iter().any(|parent| parent.id.as_str() == name)
            })
            .map(|at| at.item.id.clone())
            .collect();
        if found.is_empty() {
            let error = AppError::usage(safe_format!("`{}` names no check", name));
            let known = checks.iter().map(|at| at.item.id.as_str());
            return Err(match nearest(name, known) {
                Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
                None => error.hint("gonogo status lists the items with their ids"),
            });
        }
        wanted.extend(found.into_iter().filter(|id| !wanted.contains(id)).collect::<Vec<_>>());
    }
    Ok(wanted)
}
