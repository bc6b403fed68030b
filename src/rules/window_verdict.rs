//! The word of the header once something was deployed: that of the window watched now, or of the one that closed last.
//!
//! After a rollback it is never GO: the window of the rollback says how it went; without one somebody must look.
//! Not here: the items (`verdict.rs`), how a window is judged (`rules/window`).

use chrono::{DateTime, TimeDelta, Utc};

use super::facts::Facts;
use super::frozen::ran;
use super::standing::ItemState;
use super::verdict::{Reason, Verdict, VerdictWord, Weight};
use crate::checklist::action::ActionKind;
use crate::checklist::id::ItemId;
use crate::session::state::RunRecord;
use crate::session::status::{RunOutcome, WindowVerdict};
use crate::session::window_state::WindowRecord;
use crate::text::untrusted::Untrusted;

/// What a process that samples says of a window is believed this long: six evaluations of an ordinary plan.
const SEEN_FOR: TimeDelta = TimeDelta::seconds(60);
/// What the record says is believed this long after the last summary: two of them.
const RECORDED_FOR: TimeDelta = TimeDelta::seconds(600);

/// The verdict over the items, with what windows and rollbacks make of it.
pub(super) fn watched(facts: &Facts<'_>, judged: Verdict, after_deploy: bool) -> Verdict {
    if let Some(newest) = facts.session.open_windows().next_back() {
        return of_open(facts, newest, judged);
    }
    match last_change(facts) {
        Some(run) if run.requested.kind == ActionKind::Rollback => of_rollback(facts, run, judged),
        Some(run) if after_deploy => of_closed(facts, run, judged),
        Some(_) | None => judged,
    }
}

/// How an open window stands, with every reason why not healthy: where it is sampled by what is seen there, elsewhere by
/// the record.
pub fn open_word(facts: &Facts<'_>, window: &WindowRecord) -> (VerdictWord, Vec<String>) {
    let reasons: Vec<String> = window
        .proposals()
        .map(|(name, trigger)| format!("trigger {name} fired: {}", trigger.fired.1.evidence))
        .collect();
    if !reasons.is_empty() {
        return (VerdictWord::Regression, reasons);
    }
    let seen = facts.observed.windows.get(window.run());
    let young = seen.filter(|seen| facts.at.signed_duration_since(seen.at) <= SEEN_FOR);
    if let Some(seen) = young.filter(|seen| seen.samples) {
        return (seen.word, seen.reasons.clone());
    }
    let written = window.watched_until().unwrap_or(window.opened.opened).max(window.stamp.at);
    let looked = seen.map_or(written, |seen| seen.at.max(written));
    if facts.at.signed_duration_since(looked) > RECORDED_FOR {
        return (VerdictWord::Watch, vec![format!("nobody has looked since {}", minute(looked))]);
    }
    let (word, why) = match &window.word {
        Some((_, changed)) if changed.now == VerdictWord::Healthy.word() => {
            return (VerdictWord::Healthy, Vec::new());
        }
        Some((_, changed)) if changed.now == VerdictWord::Regression.word() => {
            (VerdictWord::Regression, changed.reason.clone())
        }
        Some((_, changed)) => (VerdictWord::Watch, changed.reason.clone()),
        None => (VerdictWord::Watch, "too early to tell".to_owned()),
    };
    // Reasons change while the word stays; those of now say more.
    let now = young.filter(|seen| seen.word == word && !seen.reasons.is_empty());
    (word, now.map_or_else(|| vec![why], |seen| seen.reasons.clone()))
}

fn of_open(facts: &Facts<'_>, newest: &WindowRecord, judged: Verdict) -> Verdict {
    let (mut word, texts) = open_word(facts, newest);
    let mut reasons = reasons_of(facts, newest, word, texts);
    // An alarm of an older window is an alarm all the same.
    for older in facts.session.open_windows().filter(|older| older.run() != newest.run()) {
        if older.proposals().next().is_some() {
            let (alarm, texts) = open_word(facts, older);
            word = alarm;
            reasons.extend(reasons_of(facts, older, alarm, texts));
        }
    }
    let doubts: Vec<Reason> = judged.reasons.into_iter().filter(|reason| reason.item.is_none()).collect();
    if word == VerdictWord::Healthy && !doubts.is_empty() {
        word = VerdictWord::Watch;
    }
    reasons.extend(doubts);
    reasons.sort_by_key(|reason| reason.weight);
    Verdict { word, reasons, ..judged }
}

fn of_rollback(facts: &Facts<'_>, run: &RunRecord, judged: Verdict) -> Verdict {
    let outcome = run.ended.as_ref().map(|(_, ended)| ended.outcome);
    let to = run.requested.version.as_deref().unwrap_or("the version before");
    let (word, weight, text) = match (outcome, facts.session.window(run.id())) {
        (Some(RunOutcome::Succeeded), Some(window)) => return of_verdict(facts, window, judged),
        (Some(RunOutcome::Succeeded), None) => {
            (VerdictWord::Hold, Weight::Hold, format!("rolled back to {to}"))
        }
        (Some(RunOutcome::Failed | RunOutcome::Aborted | RunOutcome::Unknown) | None, _) => {
            let text = format!("the rollback to {to} did not end well; what runs now is not known");
            (VerdictWord::Unknown, Weight::Unknown, text)
        }
    };
    let about = run.requested.action.to_string();
    let reason = Reason { item: None, state: ItemState::Open, weight, about, text: Untrusted::new(text) };
    // What is worse than that stays: a check that fails now is NO-GO, rolled back or not.
    let worse = judged.reasons.first().is_some_and(|first| first.weight < weight);
    let word = if worse { judged.word } else { word };
    let mut reasons = judged.reasons;
    reasons.insert(0, reason);
    reasons.sort_by_key(|reason| reason.weight);
    Verdict { word, reasons, ..judged }
}

/// The closed window of the last deploy beside the items after it: the worse of the two.
fn of_closed(facts: &Facts<'_>, run: &RunRecord, judged: Verdict) -> Verdict {
    let wanted =
        facts.checklist.actions.get(&run.requested.action).is_some_and(|found| found.window.is_some());
    match facts.session.window(run.id()) {
        Some(window) => {
            let healthy = window.verdict() == Some(WindowVerdict::Healthy);
            if healthy || judged.word == VerdictWord::Regression {
                judged
            } else {
                of_verdict(facts, window, judged)
            }
        }
        None if wanted && judged.word == VerdictWord::Healthy => {
            let text = Untrusted::new("its window has not opened");
            let about = run.requested.action.to_string();
            let reason = Reason { item: None, state: ItemState::Open, weight: Weight::Open, about, text };
            Verdict { word: VerdictWord::Watch, reasons: vec![reason], ..judged }
        }
        None => judged,
    }
}

/// The verdict a closed window came to, with the reasons of the record.
fn of_verdict(facts: &Facts<'_>, window: &WindowRecord, judged: Verdict) -> Verdict {
    let Some((_, closed)) = &window.closed else { return judged };
    let word = match closed.verdict {
        WindowVerdict::Healthy => VerdictWord::Healthy,
        WindowVerdict::Regression => VerdictWord::Regression,
        WindowVerdict::Inconclusive => VerdictWord::Inconclusive,
    };
    let doubts = judged.reasons.into_iter().filter(|reason| reason.item.is_none());
    if word == VerdictWord::Healthy {
        let reasons: Vec<Reason> = doubts.collect();
        let word = if reasons.is_empty() { word } else { VerdictWord::Watch };
        return Verdict { word, reasons, ..judged };
    }
    let text = closed.reason.clone().unwrap_or_default();
    let mut reasons = reasons_of(facts, window, word, vec![text]);
    reasons.extend(doubts);
    Verdict { word, reasons, ..judged }
}

fn reasons_of(
    facts: &Facts<'_>,
    window: &WindowRecord,
    word: VerdictWord,
    texts: Vec<String>,
) -> Vec<Reason> {
    let (state, weight) = match word {
        VerdictWord::Regression => (ItemState::Fail, Weight::Failed),
        VerdictWord::Inconclusive => (ItemState::Inconclusive, Weight::Hold),
        VerdictWord::Go
        | VerdictWord::NoGo
        | VerdictWord::Hold
        | VerdictWord::Unknown
        | VerdictWord::Healthy
        | VerdictWord::Watch => (ItemState::Running, Weight::Open),
    };
    let item = item_of(facts, window);
    let about = format!("window {}", window.opened.window);
    texts
        .into_iter()
        .map(|text| Reason {
            item: item.clone(),
            state,
            weight,
            about: about.clone(),
            text: Untrusted::new(text),
        })
        .collect()
}

/// The item that shows a window, if one does.
fn item_of(facts: &Facts<'_>, window: &WindowRecord) -> Option<ItemId> {
    let items = facts.checklist.forward_items();
    let shows = |at: &&crate::checklist::index::ItemAt<'_>| {
        at.item.window.as_ref() == Some(&window.opened.window)
            && at.environment == window.opened.environment.as_ref()
    };
    items.iter().find(shows).map(|at| at.item.id.clone())
}

/// The deploy or rollback that ended last and may have changed something.
fn last_change<'a>(facts: &Facts<'a>) -> Option<&'a RunRecord> {
    let changes = |run: &&RunRecord| match run.requested.kind {
        ActionKind::Deploy | ActionKind::Rollback => run.ended.is_some() && ran(run),
        ActionKind::Change => false,
    };
    facts.session.runs.iter().rev().find(changes)
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%MZ").to_string()
}

#[cfg(test)]
mod tests;
