//! Pane 3: every check with its last result, how long it took, and its last readings.
//!
//! Problems come first. Not here: assertions and evidence of one check (`item_details.rs`).

use chrono::TimeDelta;

use super::PaneModel;
use crate::checklist::item::ItemKind;
use crate::rules::standing::ItemState;
use crate::rules::waiting::waits_for;
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

/// Cells of the time a check took, at least, so that it does not move with each result.
const TOOK_CELLS_MIN: u16 = 6;
/// Columns under which the keys stand without what they ask.
const KEYS_COLUMNS: u16 = 50;

/// Cells of what stands right of the title.
#[derive(Clone, Copy)]
struct Columns {
    took: u16,
    /// 0: no chart.
    chart: u16,
}

/// The pane.
pub(crate) fn model(view: &View<'_>, width: u16) -> PaneModel {
    let mut checks: Vec<&Stood<'_>> =
        view.items.iter().filter(|stood| matches!(stood.at.item.kind(), ItemKind::Check(_))).collect();
    let passed = checks.iter().filter(|stood| stood.standing.state == ItemState::Pass).count();
    let failed = checks.iter().filter(|stood| stood.standing.state == ItemState::Fail).count();
    let unknown = checks.iter().filter(|stood| is_problem(stood.standing.state)).count() - failed;
    let all = checks.len();
    // Stable: what is no problem keeps the order of the checklist, and no row moves when it passes.
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
    let columns = columns(view, &checks, width);
    let keys = Safe::own(if width < KEYS_COLUMNS {
        "r measure again    w waive"
    } else {
        "r measure again    w waive (asks for a reason)"
    });
    PaneModel {
        right,
        rows: checks.iter().map(|stood| row(view, stood, columns)).collect(),
        foot: vec![RowLine::of(vec![view.muted(keys)])],
        empty: Safe::own("No checks in this checklist"),
        glyph: (all > 0).then_some(glyph),
        ..PaneModel::default()
    }
}

/// Charts and times as wide as what they say; charts give way to titles.
fn columns(view: &View<'_>, checks: &[&Stood<'_>], width: u16) -> Columns {
    let cells = |wide: usize| u16::try_from(wide).unwrap_or(u16::MAX);
    let lives = &view.engine.observed().checks;
    let readings = |stood: &&&Stood<'_>| {
        let history = lives.get(&stood.at.item.id).map_or(0, |live| live.history.len());
        if history < READINGS_MIN { 0 } else { history.min(SPARK_CELLS) }
    };
    let chart = cells(checks.iter().map(|stood| readings(&stood)).max().unwrap_or(0));
    let time = checks.iter().map(|stood| time(stood).width()).max().unwrap_or(0);
    let took = cells(time).max(TOOK_CELLS_MIN);
    let title = checks.iter().map(|stood| view.title(&stood.at).width()).max().unwrap_or(0);
    let others = 2 + super::checklist::status_cells(view) + 1 + took + 1 + chart;
    let charts = chart > 0 && width >= SPARK_COLUMNS && cells(title).saturating_add(others) <= width;
    Columns { took, chart: if charts { chart } else { 0 } }
}

fn time(stood: &Stood<'_>) -> Safe {
    stood.standing.result.as_ref().map(|result| took(result.took_us)).unwrap_or_default()
}

/// Problems first, what goes on among them.
fn order(state: ItemState) -> u8 {
    match state {
        ItemState::Fail | ItemState::Failed | ItemState::Rejected | ItemState::Aborted => 0,
        ItemState::Running => 1,
        ItemState::Error | ItemState::Inconclusive | ItemState::Stale | ItemState::OutcomeUnknown => 2,
        ItemState::Open
        | ItemState::Pass
        | ItemState::Ticked
        | ItemState::Approved
        | ItemState::Succeeded
        | ItemState::Waived
        | ItemState::NotApplicable
        | ItemState::Skipped => 3,
    }
}

fn row(view: &View<'_>, stood: &Stood<'_>, columns: Columns) -> Row {
    let word = view.word(stood);
    let stale = word == StatusWord::Stale;
    let mut left = view.status(word);
    let title = view.title(&stood.at);
    left.push(if stale { view.muted(title) } else { view.plain(title) });
    let live = view.engine.observed().checks.get(&stood.at.item.id);
    let mut right = vec![view.muted(view.column(&time(stood), columns.took, Align::Right))];
    if columns.chart > 0 {
        let readings: Vec<u64> =
            live.map(|live| live.history.iter().map(|reading| reading.took_us).collect()).unwrap_or_default();
        let chart = spark(&readings, view.theme.glyphs());
        let chart = view.column(&chart, columns.chart, Align::Right);
        right.push(view.piece(safe_format!(" {}", chart), Token::Chart1));
    }
    let mut lines = vec![RowLine { left, right }];
    let tries = live.and_then(|live| live.running.as_ref()).map(|running| match &running.last_reason {
        Some(reason) if !reason.is_empty() => safe_format!("try {}: {}", running.tries.max(1), reason),
        _ => safe_format!("try {}", running.tries.max(1)),
    });
    let problem = is_problem(stood.standing.state);
    let waits = (stood.standing.state == ItemState::Open)
        .then(|| waits_for(&view.engine.facts(view.at), &stood.at))
        .flatten();
    let more = tries
        .or_else(|| waits.map(|title| safe_format!("waits for {}", title)))
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
