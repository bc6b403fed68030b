//! What one event says, as a sentence: for `gonogo log` and every other telling of the record.
//!
//! Words only; who and when are added by `story.rs`. Every event is matched.

use crate::checklist::id::ItemId;
use crate::rules::facts::Facts;
use crate::rules::fingerprint::short;
use crate::rules::window_told::told;
use crate::session::event::{
    CheckChanged, Event, NoticeFailed, RunEnded, RunRequested, SignoffRecorded, StepEnded,
};
use crate::session::state::Session;
use crate::session::status::{Decision, WaiverForm};

/// The sentence, without who and when. It may hold text from outside.
pub fn happened(facts: &Facts<'_>, event: &Event) -> String {
    let item = |id: &ItemId| item_title(facts, id);
    match event {
        Event::ReleaseStarted(started) => {
            let values: Vec<String> =
                started.values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("started the release{}", with(": ", &values.join(", ")))
        }
        Event::ChecklistRebased(rebased) => rebased.told(),
        Event::ReleaseClosed(closed) => format!("closed the session{}", because(closed.reason.as_deref())),
        Event::ItemTicked(ticked) => {
            format!("ticked {}{}", item(&ticked.item), because(ticked.evidence.as_deref()))
        }
        Event::ItemUnticked(unticked) => {
            format!("opened {} again{}", item(&unticked.item), because(unticked.reason.as_deref()))
        }
        Event::ItemWaived(waived) => match waived.form {
            WaiverForm::Waived => format!("waived {}: {}", item(&waived.item), waived.reason),
            WaiverForm::DoesNotApply => {
                format!("said that {} does not apply: {}", item(&waived.item), waived.reason)
            }
        },
        Event::NoteAdded(note) => match &note.item {
            Some(id) => format!("noted on {}: {}", item(id), note.text),
            None => format!("noted: {}", note.text),
        },
        Event::ValueGiven(given) => format!("gave {} the value {}", given.name, given.value),
        Event::EventUndone(undone) => format!("took back: {}", undone_words(facts, &undone.event)),
        Event::CheckChanged(changed) => check(changed, &item(&changed.item)),
        Event::SignoffRecorded(signoff) => signed(signoff, &item(&signoff.item)),
        Event::HoldPlaced(hold) => format!("held the release: {}", hold.reason),
        Event::HoldLifted(hold) => format!("lifted the hold{}", because(hold.reason.as_deref())),
        Event::ContainersSeen(seen) => {
            format!("saw {} containers in {}", seen.containers.len(), seen.environment)
        }
        Event::RunRequested(requested) => requested_words(requested),
        Event::RunStarted(started) => format!("{} began", run_name(facts.session, &started.run)),
        Event::StepStarted(step) => format!("step {} began{}", step.step, again(step.attempt)),
        Event::StepEnded(step) => step_ended(step),
        Event::StepDecided(decided) => {
            format!(
                "decided about step {}: {}{}",
                decided.step,
                decided.decision,
                because(decided.reason.as_deref())
            )
        }
        Event::RunPaused(paused) => format!("paused {}", run_name(facts.session, &paused.run)),
        Event::RunResumed(resumed) => format!("let {} go on", run_name(facts.session, &resumed.run)),
        Event::AbortRequested(abort) => {
            format!("asked to abort {} ({})", run_name(facts.session, &abort.run), abort.rung)
        }
        Event::RunEnded(ended) => run_ended(facts.session, ended),
        Event::Window(event) => told(facts.session, event).1,
        Event::Upkeep(event) => event.told(),
        Event::LogRepaired(repaired) => format!("moved {} torn bytes out of the record", repaired.bytes),
        Event::JournalReconciled(journal) => {
            format!("took {} lines of the fallback journal into the record", journal.lines)
        }
        Event::NoticeDelivered(told) => format!("told {} {} of {}", told.channel, told.target, told.kind),
        Event::NoticeFailed(untold) => untold_words(untold),
    }
}

fn signed(signoff: &SignoffRecorded, item: &str) -> String {
    let verb = match signoff.decision {
        Decision::Approve => "approved",
        Decision::Reject => "rejected",
        Decision::Withdraw => "withdrew the decision on",
    };
    let comment = because(signoff.comment.as_deref());
    let print = short(&signoff.fingerprint);
    format!("{verb} {item} as {}, fingerprint {print}{comment}", signoff.role)
}

/// An item as people know it: its title, filled in, also of one that has another id since or is gone; its id if no checklist
/// had such an item.
pub fn item_title(facts: &Facts<'_>, id: &ItemId) -> String {
    let now = facts.session.called_now(id);
    let gone = || match facts.session.words_of_gone(id) {
        Some(words) => format!("\"{words}\" (gone)"),
        None => format!("`{id}`"),
    };
    facts
        .item(&now)
        .map_or_else(gone, |at| format!("\"{}\"", facts.values(at.environment).shown(&at.item.title)))
}

fn undone_words(facts: &Facts<'_>, id: &str) -> String {
    let found = facts.session.timeline.iter().find(|recorded| recorded.id == id);
    match found.map(|recorded| &recorded.what) {
        // An undo of an undo is not possible, so this goes one level deep.
        Some(crate::session::recorded::What::Known(event)) => happened(facts, event),
        Some(
            crate::session::recorded::What::Redacted { kind }
            | crate::session::recorded::What::Newer { kind, .. },
        ) => kind.clone(),
        None => format!("event {id}"),
    }
}

fn check(changed: &CheckChanged, item: &str) -> String {
    let was = changed.was.map(|was| format!(" (was {})", was.word())).unwrap_or_default();
    let reason = because(changed.reason.as_deref());
    format!("{item}: {}{was}{reason}", changed.status.word().to_uppercase())
}

fn requested_words(requested: &RunRequested) -> String {
    let to = requested.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    let version =
        requested.version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
    let trusted =
        requested.trusted.as_ref().map(|digest| format!(", trusting {digest} by it")).unwrap_or_default();
    format!("asked for {}{to}{version}; the verdict was {}{trusted}", requested.action, requested.verdict)
}

fn step_ended(step: &StepEnded) -> String {
    let exit = step.exit.map(|exit| format!(", exit code {exit}")).unwrap_or_default();
    let signal = step.signal.map(|signal| format!(", signal {signal}")).unwrap_or_default();
    let took = seconds(step.took_ms);
    format!(
        "step {} {}{exit}{signal}, after {took}{}",
        step.step,
        step.outcome,
        because(step.reason.as_deref())
    )
}

fn run_ended(session: &Session, ended: &RunEnded) -> String {
    let exit = ended.exit.map(|exit| format!(", exit code {exit}")).unwrap_or_default();
    let stays = with("; not undone: ", &ended.irreversible.join(", "));
    let name = run_name(session, &ended.run);
    let took = seconds(ended.took_ms);
    format!("{name} {}{exit}, after {took}{}{stays}", ended.outcome, because(ended.reason.as_deref()))
}

fn untold_words(untold: &NoticeFailed) -> String {
    let NoticeFailed { kind, channel, target, reason, .. } = untold;
    format!("could not tell {channel} {target} of {kind}: {reason}")
}

fn run_name(session: &Session, run: &str) -> String {
    session.run(run).map_or_else(|| format!("run {run}"), |record| record.requested.action.to_string())
}

fn seconds(millis: i64) -> String {
    crate::text::clock_face::length(chrono::TimeDelta::milliseconds(millis)).to_string()
}

fn again(attempt: i64) -> String {
    if attempt > 1 { format!(", try {attempt}") } else { String::new() }
}

fn because(reason: Option<&str>) -> String {
    with(": ", reason.unwrap_or_default())
}

fn with(before: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{before}{text}") }
}
