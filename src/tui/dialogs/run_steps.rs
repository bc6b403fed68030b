//! What to do about a failed step, with its last lines in view; and how a run ended whose outcome nobody knows.

use super::aside::counter;
use super::backward;
use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Choice, FieldRow, Press, Sheet};
use crate::checklist::id::StepId;
use crate::engine::command::Command;
use crate::engine::log_source::LogSource;
use crate::safe_format;
use crate::session::state::RunRecord;
use crate::session::status::{RunOutcome, StepDecision};
use crate::text::{LimitBytes, Safe, safe, sanitise_line, visible};
use crate::tui::frame::BorderKind;
use crate::tui::row::RowLine;
use crate::tui::text_field::{LINE_GRAPHEMES_MAX, TextField};
use crate::tui::view::View;

/// Lines of output shown beside the question.
const TAIL_LINES: u64 = 8;

/// A question about a run that waits for a person.
#[derive(Debug)]
pub(crate) struct StepQuestion {
    run: String,
    step: StepId,
    ask: Ask,
}

/// Which question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    /// What to do.
    What,
    /// Why it is marked done or skipped.
    Why(StepDecision),
    /// How a lost run ended.
    Outcome,
}

/// Asks what to do about the failed step. Errors: no step waits.
pub(crate) fn step_menu(view: &View<'_>) -> Result<Dialog, Safe> {
    let run = view.engine.session().active_run();
    let found = run.and_then(|run| Some((run, run.failed_step()?)));
    let (run, step) = found.ok_or(Safe::own("no failed step waits for an answer"))?;
    Ok(Dialog::question(question(run, &step.step, Ask::What), view.at))
}

/// Asks how a run ended whose supervisor is gone. Errors: none is lost.
pub(crate) fn settle(view: &View<'_>) -> Result<Dialog, Safe> {
    let run = view.engine.session().active_run().filter(|run| crate::tui::badge::is_lost(view, run));
    let run = run.ok_or(Safe::own("no run is lost"))?;
    let at_step = run.steps.iter().find(|step| step.outcome.is_none()).map(|step| step.step.clone());
    let kind = question(run, &at_step.unwrap_or_default(), Ask::Outcome);
    Ok(Dialog::form(kind, TextField::line(LINE_GRAPHEMES_MAX), view.at).with_choices(1))
}

fn question(run: &RunRecord, step: &StepId, ask: Ask) -> Kind {
    Kind::Steps(StepQuestion { run: run.id().to_owned(), step: step.clone(), ask })
}

const OUTCOMES: [RunOutcome; 4] =
    [RunOutcome::Unknown, RunOutcome::Succeeded, RunOutcome::Failed, RunOutcome::Aborted];

/// What it shows.
pub(super) fn sheet(question: &StepQuestion, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Step"), BorderKind::Double);
    let Some(run) = view.engine.session().run(&question.run) else { return sheet };
    let step = run.steps.iter().find(|step| step.step == question.step);
    let name = step.map(|step| safe(&step.title)).unwrap_or_default();
    let blank = dialog.field.as_ref().is_none_or(TextField::is_blank);
    let needs_reason = blank.then_some(Safe::own("a reason is missing"));
    match question.ask {
        Ask::What => {
            sheet.title = safe_format!("Step failed: {}", name);
            if let Some(step) = step {
                for (line, text) in step.command.split('\n').enumerate() {
                    sheet.fact(view, if line == 0 { "command" } else { "" }, &visible(text));
                }
                let exit = step.exit.map(|code| safe_format!(" (exit {})", code)).unwrap_or_default();
                sheet.fact(
                    view,
                    "why",
                    &safe_format!("{}{}", step.reason.as_deref().unwrap_or("it failed"), exit),
                );
            }
            tail(&mut sheet, run, view);
            let gone = gone(run, &question.step);
            sheet.button(Press::Retry, Safe::own("Retry"), "r", gone.clone());
            sheet.button(Press::MarkDone, dots("Mark done", view), "d", gone.clone());
            sheet.button(Press::Skip, dots("Skip", view), "s", gone);
            sheet.button(Press::Abort, Safe::own("Abort"), "X", None);
            sheet.button(Press::RollBack, Safe::own("Roll back"), "B", None);
            sheet.twin = Safe::own("gonogo step retry");
        }
        Ask::Why(decision) => {
            let (verb, label) = match decision {
                StepDecision::Done => ("Mark as done", "Mark done"),
                StepDecision::Skip => ("Skip", "Skip it"),
                StepDecision::Retry => ("Retry", "Retry"),
            };
            sheet.title = safe_format!("{}: {}", Safe::own(verb), name);
            sheet.aside(view, &Safe::own("It goes into the record and into the list of deviations. The run goes on behind this step."));
            sheet.field = Some(FieldRow { label: Safe::own("Why"), under: counter(dialog), rows: 1 });
            sheet.button(
                Press::Confirm,
                Safe::own(label),
                "ctrl-s",
                needs_reason.or_else(|| gone(run, &question.step)),
            );
            sheet.twin = safe_format!("gonogo step {} --reason TEXT", decision.word());
        }
        Ask::Outcome => outcome_sheet(&mut sheet, run, (dialog, needs_reason), view),
    }
    sheet
}

fn outcome_sheet(
    sheet: &mut Sheet,
    run: &RunRecord,
    (dialog, off): (&Dialog, Option<Safe>),
    view: &View<'_>,
) {
    sheet.title = safe_format!("How did {} end?", run.requested.action.as_str());
    let lost = view.engine.live_run(run.id()).and_then(|live| live.lost.as_ref());
    sheet.fact(view, "known", &lost.map(crate::text::Untrusted::safe).unwrap_or_default());
    sheet.aside(view, &Safe::own("Its supervisor is gone, so no exit code can be had. Look at the environment, then say what you found."));
    tail(sheet, run, view);
    let options = OUTCOMES.map(|outcome| Safe::own(outcome.word())).to_vec();
    sheet.choices = vec![Choice { label: Safe::own("It"), options }];
    sheet.field = Some(FieldRow { label: Safe::own("How do you know?"), under: counter(dialog), rows: 1 });
    sheet.button(Press::Confirm, Safe::own("Record it"), "ctrl-s", off);
    let chosen = OUTCOMES.get(dialog.choice(0)).copied().unwrap_or(RunOutcome::Unknown);
    sheet.twin = safe_format!("gonogo settle {} --reason TEXT", chosen.word());
}

pub(super) fn dots(words: &'static str, view: &View<'_>) -> Safe {
    safe_format!("{}{}", Safe::own(words), Safe::own(view.theme.glyphs().ellipsis()))
}

/// Why nothing can be decided about the step any more.
fn gone(run: &RunRecord, step: &StepId) -> Option<Safe> {
    let waits = run.failed_step().is_some_and(|failed| failed.step == *step);
    (!waits).then_some(Safe::own("it no longer waits"))
}

/// The last lines of the output.
fn tail(sheet: &mut Sheet, run: &RunRecord, view: &View<'_>) {
    let source = LogSource::Run { run: run.id().to_owned() };
    let Some(log) = view.engine.log(&source) else { return };
    sheet.gap();
    let from = log.end_number().saturating_sub(TAIL_LINES).max(log.first());
    for row in (from..log.end_number()).filter_map(|number| log.row(number)) {
        let line = sanitise_line(row.text.raw(), LimitBytes::LINE).text();
        sheet.lines.push(RowLine::of(vec![view.muted(safe_format!(
            "{} {}",
            Safe::own(view.theme.glyphs().bar()),
            line
        ))]));
    }
}

/// What a button does.
pub(super) fn press(question: &StepQuestion, press: Press, dialog: &Dialog, view: &View<'_>) -> Outcome {
    let why = |decision| {
        let kind = Kind::Steps(StepQuestion {
            ask: Ask::Why(decision),
            run: question.run.clone(),
            step: question.step.clone(),
        });
        Outcome::open(Dialog::form(kind, TextField::line(LINE_GRAPHEMES_MAX), view.at))
    };
    let decide = |decision, reason| {
        Outcome::done(vec![Command::DecideStep {
            run: question.run.clone(),
            step: question.step.clone(),
            decision,
            reason,
        }])
    };
    match (press, question.ask) {
        (Press::Retry, _) => decide(StepDecision::Retry, None),
        (Press::MarkDone, _) => why(StepDecision::Done),
        (Press::Skip, _) => why(StepDecision::Skip),
        (Press::Abort, _) => backward::abort(view).map_or_else(|_| Outcome::stay(), Outcome::open),
        (Press::RollBack, _) => backward::roll_back(view).map_or_else(|_| Outcome::stay(), Outcome::open),
        (Press::Confirm, Ask::Why(decision)) => decide(decision, Some(dialog.text())),
        (Press::Confirm, Ask::Outcome) => {
            let outcome = OUTCOMES.get(dialog.choice(0)).copied().unwrap_or(RunOutcome::Unknown);
            Outcome::done(vec![Command::SettleRun {
                run: question.run.clone(),
                outcome,
                reason: dialog.text(),
            }])
        }
        (Press::Confirm, Ask::What) | (Press::Copy | Press::Leave | Press::FalseAlarm, _) => Outcome::stay(),
    }
}
