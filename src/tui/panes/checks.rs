//! Pane 3: every check with its last result, how long it took, and its last readings.
//!
//! Problems come first. Not here: assertions and evidence of one check (`item_details.rs`).

use chrono::TimeDelta;

use super::PaneModel;
use crate::checklist::item::ItemKind;
use crate::rules::standing::ItemState;
use crate::safe_format;
use crate::text::width::Align;
use crate::text::{Safe, clock_face};
use crate::tui::glyph::{GlyphSet, StatusWord};
use crate::tui::row::{Row, RowId, RowKind, RowLine};
use crate::tui::theme::Token;
use crate::tui::view::{Stood, View, is_problem};

/// Cells of the small chart.
const SPARK_CELLS: usize = 8;
/// Columns under which there is no chart.
const SPARK_COLUMNS: u16 = 44;

/// Readings from which there is something to compare.
const READINGS_MIN: usize = 2;

/// Is there room for small charts, and anything to draw?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Charts {
    Shown,
    None,
}

/// The pane.
pub(crate) fn model(view: &View<'_>, width: u16) -> PaneModel {
    let mut checks: Vec<&Stood<'_>> =
        view.items.iter().filter(|stood| matches!(stood.at.item.kind(), ItemKind::Check(_))).collect();
    let passed = checks.iter().filter(|stood| stood.standing.state == ItemState::Pass).count();
    let failed = checks.iter().filter(|stood| stood.standing.state == ItemState::Fail).count();
    let unknown = checks.iter().filter(|stood| is_problem(stood.standing.state)).count() - failed;
    let all = checks.len();
    checks.sort_by_key(|stood| order(stood.standing.state));
    let mut right = vec![view.plain(safe_format!("{}/{}", passed, all))];
    if failed > 0 {
        right.push(view.piece(safe_format!(" {} {} FAIL", view.dot(), failed), Token::StatusDanger));
    }
    if unknown > 0 {
        right.push(view.piece(safe_format!(" {} {} unknown", view.dot(), unknown), Token::StatusWarning));
    }
    let glyph = match (failed, unknown, passed == all) {
        (0, 0, true) => StatusWord::Pass,
        (0, 0, false) => StatusWord::Open,
        (0, _, _) => StatusWord::Stale,
        (_, _, _) => StatusWord::Fail,
    };
    let lives = &view.engine.observed().checks;
    let any = checks
        .iter()
        .any(|stood| lives.get(&stood.at.item.id).is_some_and(|live| live.history.len() >= READINGS_MIN));
    let charts = if any && width >= SPARK_COLUMNS { Charts::Shown } else { Charts::None };
    let keys = Safe::own("r measure again    w waive (asks for a reason)");
    PaneModel {
        right,
        rows: checks.iter().map(|stood| row(view, stood, charts)).collect(),
        foot: vec![RowLine::of(vec![view.muted(keys)])],
        empty: Safe::own("No checks in this checklist"),
        glyph: (all > 0).then_some(glyph),
        ..PaneModel::default()
    }
}

fn order(state: ItemState) -> u8 {
    match state {
        ItemState::Fail | ItemState::Failed | ItemState::Rejected | ItemState::Aborted => 0,
        ItemState::Running => 1,
        ItemState::Error | ItemState::Inconclusive | ItemState::Stale | ItemState::OutcomeUnknown => 2,
        ItemState::Open => 3,
        ItemState::Pass | ItemState::Ticked | ItemState::Approved | ItemState::Succeeded => 4,
        ItemState::Waived | ItemState::NotApplicable | ItemState::Skipped => 5,
    }
}

fn row(view: &View<'_>, stood: &Stood<'_>, charts: Charts) -> Row {
    let word = view.word(stood);
    let stale = word == StatusWord::Stale;
    let mut left = view.status(word);
    let title = view.title(&stood.at);
    left.push(if stale { view.muted(title) } else { view.plain(title) });
    let live = view.engine.observed().checks.get(&stood.at.item.id);
    let took = stood.standing.result.as_ref().map(|result| took(result.took_us)).unwrap_or_default();
    let mut right = vec![view.muted(view.column(&took, 8, Align::Right))];
    if charts == Charts::Shown {
        let readings: Vec<u64> =
            live.map(|live| live.history.iter().map(|reading| reading.took_us).collect()).unwrap_or_default();
        let chart = spark(&readings, view.theme.glyphs());
        let chart = view.column(&chart, 8, Align::Right);
        right.push(view.piece(safe_format!(" {}", chart), Token::Chart1));
    }
    let mut lines = vec![RowLine { left, right }];
    let tries = live.and_then(|live| live.running.as_ref()).map(|running| match &running.last_reason {
        Some(reason) if !reason.is_empty() => safe_format!("try {}: {}", running.tries.max(1), reason),
        _ => safe_format!("try {}", running.tries.max(1)),
    });
    let problem = is_problem(stood.standing.state);
    let more = tries
        .or_else(|| (problem && !stood.standing.reason.is_empty()).then(|| stood.standing.reason.safe()));
    if let Some(more) = more {
        let pad = Safe::own(" ").repeat(usize::from(super::checklist::status_cells(view)));
        lines.push(RowLine::of(vec![view.plain(pad), view.muted(more)]));
    }
    let kind = if problem { RowKind::Problem } else { RowKind::Plain };
    Row { id: RowId::Item(stood.at.item.id.clone()), kind, lines }
}

/// How long something took.
pub(crate) fn took(micros: u64) -> Safe {
    clock_face::length(TimeDelta::microseconds(i64::try_from(micros).unwrap_or(i64::MAX)))
}

/// The last readings as bars, newest right, scaled to the longest.
fn spark(values: &[u64], glyphs: GlyphSet) -> Safe {
    let shown = values.get(values.len().saturating_sub(SPARK_CELLS)..).unwrap_or_default();
    if shown.len() < READINGS_MIN {
        return Safe::EMPTY;
    }
    let least = shown.iter().copied().min().unwrap_or_default();
    let range = shown.iter().copied().max().unwrap_or_default().saturating_sub(least).max(1);
    let heights = glyphs.spark();
    let bars: Vec<Safe> = shown
        .iter()
        .map(|value| {
            let place = usize::try_from((value - least).saturating_mul(7) / range).unwrap_or(0);
            Safe::own(heights.get(place).copied().unwrap_or(" "))
        })
        .collect();
    Safe::concat(&bars)
}
