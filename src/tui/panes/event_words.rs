//! What each event of the record says in one line. One sentence per kind, exhaustive: a new event does not compile
//! until it has its words.

use crate::checklist::id::ItemId;
use crate::rules::window_told::{Tone, told};
use crate::safe_format;
use crate::session::event::{Event, RunEnded, WindowEvent};
use crate::session::status::{AbortRung, Decision, RunOutcome, StepOutcome, WaiverForm};
use crate::text::{Safe, safe};
use crate::tui::glyph::StatusWord;
use crate::tui::view::{View, result_word};

/// The words of an event, and its glyph.
#[expect(clippy::too_many_lines, reason = "routes by name; each arm is one sentence")]
pub(crate) fn event_words(view: &View<'_>, event: &Event) -> (StatusWord, Safe) {
    let item = |id: &ItemId| title(view, id);
    match event {
        Event::ReleaseStarted(started) => {
            let version = started.values.get("version").map_or("", String::as_str);
            (StatusWord::Open, safe_format!("release started {}", version))
        }
        Event::ChecklistRebased(rebased) => (StatusWord::Watch, safe_format!("{}", rebased.told())),
        Event::ReleaseClosed(closed) => {
            (StatusWord::Succeeded, safe_format!("release closed{}", because(closed.reason.as_deref())))
        }
        Event::ItemTicked(ticked) => (
            StatusWord::Ticked,
            safe_format!("ticked: {}{}", item(&ticked.item), because(ticked.evidence.as_deref())),
        ),
        Event::ItemUnticked(unticked) => (
            StatusWord::Open,
            safe_format!("opened again: {}{}", item(&unticked.item), because(unticked.reason.as_deref())),
        ),
        Event::ItemWaived(waived) => match waived.form {
            WaiverForm::Waived => {
                (StatusWord::Waived, safe_format!("waived: {}: {}", item(&waived.item), waived.reason))
            }
            WaiverForm::DoesNotApply => (
                StatusWord::Skipped,
                safe_format!("does not apply: {}: {}", item(&waived.item), waived.reason),
            ),
        },
        Event::NoteAdded(note) => {
            let about = note.item.as_ref().map(|id| safe_format!("{}: ", item(id))).unwrap_or_default();
            (StatusWord::Open, safe_format!("note: {}\"{}\"", about, note.text.replace('\n', " ")))
        }
        Event::ValueGiven(given) => {
            (StatusWord::Open, safe_format!("value: {} = {}", given.name, given.value))
        }
        Event::EventUndone(undone) => {
            (StatusWord::Open, safe_format!("taken back: {}", what_was(view, &undone.event)))
        }
        Event::CheckChanged(changed) => {
            let word = result_word(changed.status);
            let verb = safe(changed.status.word());
            (
                word,
                safe_format!("check {}: {}{}", verb, item(&changed.item), because(changed.reason.as_deref())),
            )
        }
        Event::SignoffRecorded(signoff) => {
            let (word, verb) = match signoff.decision {
                Decision::Approve => (StatusWord::Approved, "approved"),
                Decision::Reject => (StatusWord::Rejected, "rejected"),
                Decision::Withdraw => (StatusWord::Open, "withdrawn"),
            };
            let role = role_title(view, &signoff.role);
            (word, safe_format!("{}: {}{}", Safe::own(verb), role, because(signoff.comment.as_deref())))
        }
        Event::HoldPlaced(hold) => (StatusWord::Hold, safe_format!("hold: {}", hold.reason)),
        Event::HoldLifted(lifted) => {
            (StatusWord::Open, safe_format!("hold released{}", because(lifted.reason.as_deref())))
        }
        Event::ContainersSeen(seen) => (
            StatusWord::Open,
            safe_format!("{} containers seen in {}", seen.containers.len(), seen.environment.as_str()),
        ),
        Event::RunRequested(_)
        | Event::RunStarted(_)
        | Event::StepStarted(_)
        | Event::StepEnded(_)
        | Event::StepDecided(_)
        | Event::RunPaused(_)
        | Event::RunResumed(_)
        | Event::AbortRequested(_)
        | Event::RunEnded(_) => run_words(view, event),
        Event::Window(event) => window_words(view, event),
        Event::Upkeep(event) => (StatusWord::Watch, safe_format!("record: {}", event.told())),
        Event::LogRepaired(repaired) => {
            (StatusWord::Watch, safe_format!("record repaired: {} bytes set aside", repaired.bytes))
        }
        Event::JournalReconciled(journal) => {
            (StatusWord::Watch, safe_format!("{} lines taken in from the fallback journal", journal.lines))
        }
        Event::NoticeDelivered(told) => {
            (StatusWord::Succeeded, safe_format!("told {} {} of {}", told.channel, told.target, told.kind))
        }
        Event::NoticeFailed(untold) => (
            StatusWord::Failed,
            safe_format!(
                "could not tell {} {} of {}: {}",
                untold.channel,
                untold.target,
                untold.kind,
                untold.reason
            ),
        ),
    }
}

/// The words of an event of a run.
fn run_words(view: &View<'_>, event: &Event) -> (StatusWord, Safe) {
    match event {
        Event::RunRequested(run) => {
            let place = run
                .environment
                .as_ref()
                .map(|name| safe_format!(" to {}", name.as_str()))
                .unwrap_or_default();
            let version =
                run.version.as_ref().map(|version| safe_format!(" {}", version)).unwrap_or_default();
            (StatusWord::Running, safe_format!("{}{}{} requested", run.action.as_str(), version, place))
        }
        Event::RunStarted(run) => {
            (StatusWord::Running, safe_format!("{} started, pid {}", action(view, &run.run), run.pid))
        }
        Event::StepStarted(step) => (StatusWord::Running, safe_format!("step {} began", step.step.as_str())),
        Event::StepEnded(step) => {
            let word = step_word(step.outcome);
            let why = because(step.reason.as_deref());
            (word, safe_format!("step {} {}{}", step.step.as_str(), step.outcome.word(), why))
        }
        Event::StepDecided(step) => (
            StatusWord::Watch,
            safe_format!(
                "step {}: {}{}",
                step.step.as_str(),
                step.decision.word(),
                because(step.reason.as_deref())
            ),
        ),
        Event::RunPaused(run) => {
            (StatusWord::Hold, safe_format!("{} pauses before the next step", action(view, &run.run)))
        }
        Event::RunResumed(run) => (StatusWord::Running, safe_format!("{} goes on", action(view, &run.run))),
        Event::AbortRequested(abort) => {
            let how = match abort.rung {
                AbortRung::Terminate => "abort asked",
                AbortRung::Kill => "kill asked",
            };
            (StatusWord::Aborted, safe_format!("{}: {}", Safe::own(how), action(view, &abort.run)))
        }
        Event::RunEnded(run) => ended_words(view, run),
        Event::ReleaseStarted(_)
        | Event::ChecklistRebased(_)
        | Event::ReleaseClosed(_)
        | Event::ItemTicked(_)
        | Event::ItemUnticked(_)
        | Event::ItemWaived(_)
        | Event::NoteAdded(_)
        | Event::EventUndone(_)
        | Event::ValueGiven(_)
        | Event::CheckChanged(_)
        | Event::SignoffRecorded(_)
        | Event::HoldPlaced(_)
        | Event::HoldLifted(_)
        | Event::ContainersSeen(_)
        | Event::LogRepaired(_)
        | Event::Window(_)
        | Event::JournalReconciled(_)
        | Event::Upkeep(_)
        | Event::NoticeDelivered(_)
        | Event::NoticeFailed(_) => (StatusWord::Open, safe(event.kind())),
    }
}

fn ended_words(view: &View<'_>, run: &RunEnded) -> (StatusWord, Safe) {
    let word = match run.outcome {
        RunOutcome::Succeeded => StatusWord::Succeeded,
        RunOutcome::Failed => StatusWord::Failed,
        RunOutcome::Aborted => StatusWord::Aborted,
        RunOutcome::Unknown => StatusWord::Error,
    };
    let said = match run.outcome {
        RunOutcome::Unknown => "outcome unknown",
        RunOutcome::Succeeded | RunOutcome::Failed | RunOutcome::Aborted => run.outcome.word(),
    };
    let why = because(run.reason.as_deref());
    (word, safe_format!("{} {}{}", action(view, &run.run), Safe::own(said), why))
}

/// The words of an event of a window or handover.
fn window_words(view: &View<'_>, event: &WindowEvent) -> (StatusWord, Safe) {
    let (tone, said) = told(view.engine.session(), event);
    let word = match tone {
        Tone::Good => StatusWord::Pass,
        Tone::Bad => StatusWord::Fired,
        Tone::Doubt => StatusWord::Watch,
        Tone::Begun => StatusWord::Running,
        Tone::Plain => StatusWord::Open,
    };
    (word, safe(&said.replace('\n', " ")))
}

/// How a step's end is said.
pub(crate) fn step_word(outcome: StepOutcome) -> StatusWord {
    match outcome {
        StepOutcome::Passed => StatusWord::Pass,
        StepOutcome::Failed => StatusWord::Failed,
        StepOutcome::Skipped => StatusWord::Skipped,
        StepOutcome::MarkedDone => StatusWord::Ticked,
        StepOutcome::Aborted => StatusWord::Aborted,
    }
}

fn because(text: Option<&str>) -> Safe {
    match text {
        Some(text) if !text.is_empty() => safe_format!(": {}", text.replace('\n', " ")),
        Some(_) | None => Safe::EMPTY,
    }
}

fn title(view: &View<'_>, id: &ItemId) -> Safe {
    match view.engine.checklist().item_at(id) {
        Some(at) => view.title(&at),
        None => safe(id.as_str()),
    }
}

fn action(view: &View<'_>, run: &str) -> Safe {
    view.engine.session().run(run).map_or(Safe::own("run"), |run| safe(run.requested.action.as_str()))
}

fn what_was(view: &View<'_>, id: &str) -> Safe {
    let found = view.engine.session().timeline.iter().find(|recorded| recorded.id == id);
    match found.map(|recorded| &recorded.what) {
        Some(crate::session::recorded::What::Known(event)) => match event.as_ref() {
            Event::ItemTicked(ticked) => safe_format!("tick of {}", title(view, &ticked.item)),
            Event::ItemWaived(waived) => safe_format!("waiver of {}", title(view, &waived.item)),
            Event::NoteAdded(note) => safe_format!("note \"{}\"", note.text.replace('\n', " ")),
            other => safe(other.kind()),
        },
        Some(
            crate::session::recorded::What::Redacted { .. } | crate::session::recorded::What::Newer { .. },
        )
        | None => safe(id),
    }
}

/// A role's title.
pub(crate) fn role_title(view: &View<'_>, role: &crate::checklist::id::RoleId) -> Safe {
    let described = view.engine.checklist().roles.get(role);
    described.and_then(|role| role.title.as_deref()).map_or_else(|| safe(role.as_str()), safe)
}
