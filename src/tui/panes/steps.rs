//! Pane 7 in a run: its steps with their state, the failed one with its reason and what can be done.

use super::PaneModel;
use super::details::fact_lines;
use super::event_words::step_word;
use crate::safe_format;
use crate::session::state::{RunRecord, StepRecord};
use crate::session::status::StepOutcome;
use crate::text::{Safe, clock_face, safe};
use crate::tui::glyph::StatusWord;
use crate::tui::row::{Row, RowId, RowKind, RowLine};
use crate::tui::view::{View, run_word};

/// The steps of a run.
pub(crate) fn model(view: &View<'_>, run: &RunRecord, width: u16) -> PaneModel {
    let done = run.steps.iter().filter(|step| is_done(step)).count();
    let mut rows: Vec<Row> =
        run.steps.iter().enumerate().map(|(number, step)| row(view, run, number + 1, step)).collect();
    for (number, (label, text)) in facts(view, run).into_iter().enumerate() {
        for (part, line) in fact_lines(view, &label, &text, width).into_iter().enumerate() {
            let id = RowId::Line(number * 1000 + part);
            rows.push(Row { id, kind: RowKind::Plain, lines: vec![line] });
        }
    }
    let title = safe_format!("run: {}", run.requested.action.as_str());
    PaneModel {
        title: vec![view.muted(title)],
        right: vec![view.plain(safe_format!("{} of {} done", done, run.steps.len()))],
        rows,
        empty: Safe::own("This run has no steps"),
        glyph: Some(run_word(run)),
        ..PaneModel::default()
    }
}

/// Did a step end so that the run goes on behind it?
pub(crate) fn is_done(step: &StepRecord) -> bool {
    match step.outcome {
        Some(StepOutcome::Passed | StepOutcome::MarkedDone | StepOutcome::Skipped) => true,
        Some(StepOutcome::Failed | StepOutcome::Aborted) | None => false,
    }
}

/// How a step of a run is said.
pub(crate) fn word(run: &RunRecord, step: &StepRecord) -> StatusWord {
    match step.outcome {
        Some(outcome) => step_word(outcome),
        None if step.attempt > 0 && run.is_active() => StatusWord::Running,
        None if step.attempt > 0 => StatusWord::Error,
        None => StatusWord::Waiting,
    }
}

fn row(view: &View<'_>, run: &RunRecord, number: usize, step: &StepRecord) -> Row {
    let word = word(run, step);
    let mut left = view.status(word);
    let tries = if step.attempt > 1 { safe_format!(" (try {})", step.attempt) } else { Safe::EMPTY };
    left.push(view.plain(safe_format!("{} {}{}", number, step.title, tries)));
    let time = match (word, step.began) {
        (StatusWord::Running, Some(began)) => view.elapsed(began),
        (StatusWord::Waiting, _) => Safe::own("-"),
        _ => clock_face::elapsed(chrono::TimeDelta::milliseconds(step.took_ms)),
    };
    let mut lines = vec![RowLine { left, right: vec![view.muted(time)] }];
    let pad = || view.plain(super::details::indent(view));
    if let Some(reason) = step.reason.as_deref().filter(|reason| !reason.is_empty()) {
        lines.push(RowLine::of(vec![pad(), view.muted(safe(reason))]));
    }
    if let Some((stamp, decision, reason)) = &step.decision {
        let why = reason.as_deref().unwrap_or_default();
        let who = crate::tui::view::person(&stamp.by);
        let text = safe_format!("{} by {} {}", decision.word(), who, why);
        lines.push(RowLine::of(vec![pad(), view.muted(text)]));
    }
    let waiting = view.engine.live_run(run.id()).and_then(|live| live.waiting.as_ref());
    if run.is_active() && step.outcome == Some(StepOutcome::Failed) {
        let text = Safe::own("enter: what to do   B: roll back");
        lines.push(RowLine::of(vec![pad(), view.strong(text)]));
    } else if waiting == Some(&step.step) {
        lines.push(RowLine::of(vec![pad(), view.strong(Safe::own("waits: P goes on"))]));
    }
    let kind = if word == StatusWord::Failed { RowKind::Problem } else { RowKind::Plain };
    Row { id: RowId::Step(step.step.clone()), kind, lines }
}

fn facts(view: &View<'_>, run: &RunRecord) -> Vec<(Safe, Safe)> {
    let mut facts = vec![(Safe::EMPTY, Safe::EMPTY)];
    let place = run.requested.environment.as_ref().map_or(Safe::own("here"), |name| safe(name.as_str()));
    facts.push((Safe::own("where"), place));
    facts.push((
        Safe::own("asked by"),
        safe_format!("{} at {}", run.stamp.by, clock_face::second_of_day(&run.stamp.at)),
    ));
    facts.push((Safe::own("verdict"), safe_format!("{} when it was asked", run.requested.verdict)));
    if let Some((_, started)) = &run.started {
        facts.push((Safe::own("process"), safe_format!("pid {} on {}", started.pid, started.host)));
    }
    if run.paused {
        facts.push((Safe::own("pause"), Safe::own("waits before the next step; P goes on")));
    }
    if let Some((stamp, rung)) = &run.abort {
        let who = crate::tui::view::person(&stamp.by);
        facts.push((Safe::own("abort"), safe_format!("{} asked by {}", rung.word(), who)));
    }
    let live = view.engine.live_run(run.id());
    if let Some(lost) = live.and_then(|live| live.lost.as_ref()) {
        facts.push((Safe::own("lost"), safe_format!("{}. enter: say what happened", lost)));
    }
    if let Some((stamp, ended)) = &run.ended {
        let why = ended.reason.as_deref().unwrap_or_default();
        facts.push((
            Safe::own("ended"),
            safe_format!("{} {} {}", clock_face::second_of_day(&stamp.at), ended.outcome.word(), why),
        ));
        if let Some(exit) = ended.exit {
            facts.push((Safe::own("exit"), Safe::from(exit)));
        }
        for stays in &ended.irreversible {
            facts.push((Safe::own("stays"), safe(stays)));
        }
    }
    facts
}
