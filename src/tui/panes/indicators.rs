//! Pane 3 in an open window: each indicator with its newest value, baseline and objective, then the triggers.
//!
//! Which rows are in trouble the rules say (`rules/window/standing.rs`). Not here: charts (`charts.rs`).

use super::PaneModel;
use crate::engine::window::views::WindowView;
use crate::rules::verdict::VerdictWord;
use crate::rules::window::figure::Figure;
use crate::rules::window::sample::Reading;
use crate::rules::window::standing::{StandingReason, StandingWord};
use crate::rules::window::trigger::TriggerState;
use crate::rules::window::view::{IndicatorView, TriggerView};
use crate::safe_format;
use crate::text::width::Align;
use crate::text::{Safe, safe};
use crate::tui::canvas::Piece;
use crate::tui::glyph::StatusWord;
use crate::tui::row::{Row, RowId, RowKind, RowLine};
use crate::tui::view::{View, person};

/// Cells of a number with its unit.
const NUMBER_CELLS: u16 = 9;
/// Columns under which the baseline has no column.
const BASE_COLUMNS: u16 = 50;
/// Columns under which the objective has no column.
const OBJECTIVE_COLUMNS: u16 = 62;

/// The pane.
pub(crate) fn model(view: &View<'_>, window: &WindowView<'_>, width: u16) -> PaneModel {
    let about = |name: &str| -> Vec<&StandingReason> {
        window.standing.iter().filter(|reason| reason.about.as_deref() == Some(name)).collect()
    };
    let indicators = window.indicators.iter();
    let mut rows: Vec<Row> =
        indicators.map(|seen| row(view, (window, seen), &about(&seen.indicator), width)).collect();
    rows.extend(window.triggers.iter().map(|trigger| trigger_row(view, trigger)));
    let problems = rows.iter().filter(|row| row.kind == RowKind::Problem).count();
    let glyph = match window.word {
        VerdictWord::Healthy => StatusWord::Pass,
        VerdictWord::Regression => StatusWord::Fired,
        _ => StatusWord::Watch,
    };
    // Details shows charts now, so what comes next stands here.
    let next = super::hint::lines(view, width);
    let mut right = vec![view.muted(sampled(view, window))];
    if problems > 0 {
        right.insert(0, view.plain(safe_format!("{} to look at {} ", problems, view.dot())));
    }
    PaneModel {
        title: vec![view.muted(Safe::own("indicators"))],
        right,
        head: next.into_iter().chain([head(view, width)]).collect(),
        rows,
        empty: Safe::own("Its samples are not known here yet"),
        glyph: Some(glyph),
        ..PaneModel::default()
    }
}

/// Who looks, and in which stage.
fn sampled(view: &View<'_>, window: &WindowView<'_>) -> Safe {
    let stage = match window.stage {
        Some((stage, _)) => safe_format!("stage {} of {}", stage, window.stages),
        None => Safe::own("its last stage is over"),
    };
    if window.sampled_here {
        return stage;
    }
    let Some(watcher) = &view.engine.observed().watcher else {
        return safe_format!("{} {} nobody watches", stage, view.dot());
    };
    let old = view.ago(watcher.beat);
    safe_format!("{} {} watched by {}, {}", stage, view.dot(), person(&watcher.by), old)
}

fn head(view: &View<'_>, width: u16) -> RowLine {
    let mut columns = vec![view.column(&Safe::own("NOW"), NUMBER_CELLS, Align::Right)];
    if width >= BASE_COLUMNS {
        columns.push(view.column(&Safe::own("BEFORE"), NUMBER_CELLS, Align::Right));
    }
    if width >= OBJECTIVE_COLUMNS {
        columns.push(view.column(&Safe::own("SO FAR"), NUMBER_CELLS, Align::Right));
    }
    RowLine {
        left: vec![view.muted(Safe::own("INDICATOR"))],
        right: columns.into_iter().map(|column| view.muted(column)).collect(),
    }
}

fn row(
    view: &View<'_>,
    (window, seen): (&WindowView<'_>, &IndicatorView),
    reasons: &[&StandingReason],
    width: u16,
) -> Row {
    let word = word(seen, reasons);
    let mut left = view.status(word);
    left.push(view.plain(safe(&seen.indicator)));
    let number = |figure: Option<Figure>| {
        let text = figure.map_or_else(|| Safe::own("-"), |figure| safe(&figure.to_string()));
        view.column(&text, NUMBER_CELLS, Align::Right)
    };
    let quiet = seen.newest.is_none() || word == StatusWord::Stale;
    let now = number(seen.last);
    let mut right: Vec<Piece> = vec![if quiet { view.muted(now) } else { view.strong(now) }];
    if width >= BASE_COLUMNS {
        right.push(view.muted(number(seen.base)));
    }
    if width >= OBJECTIVE_COLUMNS {
        right.push(view.plain(number(seen.objectives.first().and_then(|first| first.value))));
    }
    let indent = || view.plain(Safe::own(" ").repeat(usize::from(super::checklist::status_cells(view))));
    let mut lines = vec![RowLine { left, right }];
    lines.extend(seen.objectives.iter().enumerate().map(|(number, objective)| {
        let so_far = |value: Figure| safe_format!("so far {}", safe(&value.to_string()));
        let right = match number {
            0 => covered(seen),
            _ => objective.value.map(so_far).unwrap_or_default(),
        };
        RowLine { left: vec![indent(), view.muted(safe(&objective.text))], right: vec![view.muted(right)] }
    }));
    lines.extend(reasons.iter().map(|reason| RowLine::of(vec![indent(), view.plain(safe(&reason.text))])));
    let matched = view.engine.window_matches(window.record.run(), &seen.indicator);
    if let Some(newest) = matched.and_then(|matched| matched.back()) {
        lines.push(RowLine::of(vec![indent(), view.muted(safe_format!("last: {}", newest))]));
    }
    let kind = if reasons.is_empty() { RowKind::Plain } else { RowKind::Problem };
    Row { id: RowId::Indicator(seen.indicator.clone()), kind, lines }
}

/// How much of what was due came; said where it is not all.
fn covered(seen: &IndicatorView) -> Safe {
    match seen.coverage.per_mille {
        1_000.. => safe_format!("{} samples", seen.coverage.received),
        share => safe_format!("{} samples, {} % of those due", seen.coverage.received, share / 10),
    }
}

/// How an indicator is said.
pub(crate) fn word(seen: &IndicatorView, reasons: &[&StandingReason]) -> StatusWord {
    let worst = reasons.iter().map(|reason| reason.word).max();
    match (worst, seen.newest.map(|sample| sample.reading)) {
        (_, None) => StatusWord::Waiting,
        (Some(StandingWord::Regression), _) => StatusWord::Fail,
        (_, Some(Reading::NoData)) => StatusWord::Error,
        (Some(StandingWord::Healthy) | None, Some(Reading::Good)) => StatusWord::Pass,
        (Some(StandingWord::Watch), _) | (_, Some(Reading::Bad)) => StatusWord::Watch,
    }
}

fn trigger_row(view: &View<'_>, trigger: &TriggerView) -> Row {
    let word = match (trigger.state, trigger.latched) {
        (TriggerState::Firing, _) | (_, true) => StatusWord::Fired,
        (TriggerState::Pending, false) => StatusWord::Watch,
        (TriggerState::Inactive | TriggerState::Resolved, false) => StatusWord::Waiting,
    };
    let mut left = view.status(word);
    left.push(view.plain(safe_format!("trigger {}", trigger.trigger)));
    let value = match (trigger.value, trigger.limit) {
        (Some(value), Some(limit)) => safe(&format!("{value} of {limit}")),
        (Some(value), None) => safe(&value.to_string()),
        (None, _) => Safe::EMPTY,
    };
    let mut lines = vec![RowLine { left, right: vec![view.muted(value)] }];
    let indent = view.plain(Safe::own(" ").repeat(usize::from(super::checklist::status_cells(view))));
    lines.push(RowLine::of(vec![indent, view.muted(safe(&trigger.words))]));
    let kind = if word == StatusWord::Waiting { RowKind::Plain } else { RowKind::Problem };
    Row { id: RowId::Trigger(trigger.trigger.clone()), kind, lines }
}
