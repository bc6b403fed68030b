//! Pane 7 in an open window: as many charts as fit, the selected indicator first, then the nearest to its objective.
//!
//! Latest value, baseline and objective always stand in the title as text too. Not here: lines and dots (`chart.rs`).

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::layout::{Position, Rect};

use super::indicators;
use crate::checklist::window::{ContainerIndicator, Indicator};
use crate::engine::window::views::WindowView;
use crate::rules::window::figure::{Figure, Unit};
use crate::rules::window::view::{ChartPoint, IndicatorView, ObjectiveView};
use crate::safe_format;
use crate::text::{Safe, safe};
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::chart::{self, Chart};
use crate::tui::frame::{BorderKind, Frame};
use crate::tui::glyph::StatusWord;
use crate::tui::layout::Placed;
use crate::tui::pane::PaneId;
use crate::tui::row::{GROUND, RowId};
use crate::tui::state::State;
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Columns a chart wants beside another.
const CHART_COLUMNS: u16 = 52;
/// Rows a chart wants above another, its border among them.
const CHART_ROWS: u16 = 9;
/// Cells of a border that no title has: its corners, a dash and a blank at both ends.
const TITLE_EDGES: u16 = 6;
/// Charts of a shorter time would show single samples.
const SHORTEST: TimeDelta = TimeDelta::seconds(30);

/// What a chart shows of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Its value or latency: the worst in each slice of time.
    Amount,
    /// Its share of bad samples.
    Errors,
}

/// A chart to draw.
struct Wanted {
    seen: IndicatorView,
    line: Line,
}

/// Draws the charts that fit. Returns where the cursor is parked.
pub(crate) fn draw(
    canvas: &mut Canvas<'_>,
    placed: &Placed,
    view: &View<'_>,
    (state, window): (&State, &WindowView<'_>),
) -> Position {
    let area = placed.area;
    let columns = (area.width / CHART_COLUMNS).max(1);
    let rows = (area.height / CHART_ROWS).max(1);
    let all = wanted(view, window, state);
    let most = usize::from(columns) * usize::from(rows);
    let hidden = all.len().saturating_sub(most);
    let shown = u16::try_from(all.len().min(most)).unwrap_or(u16::MAX).max(1);
    let columns = columns.min(shown);
    let rows = shown.div_ceil(columns);
    for (place, one) in (0..shown).zip(&all) {
        let (column, row) = (place % columns, place / columns);
        let tile = tile(area, (column, columns), (row, rows));
        let leads = (place == 0).then_some(hidden);
        draw_one(canvas, tile, one, view, (state, window, leads));
    }
    Position { x: area.x + 1, y: area.y + 1 }
}

/// One of equal parts; the last takes what is left over.
fn tile(area: Rect, (column, columns): (u16, u16), (row, rows): (u16, u16)) -> Rect {
    let (wide, high) = (area.width / columns, area.height / rows);
    let (x, y) = (area.x + column * wide, area.y + row * high);
    let width = if column + 1 == columns { area.right() - x } else { wide };
    let height = if row + 1 == rows { area.bottom() - y } else { high };
    Rect { x, y, width, height }
}

fn wanted(view: &View<'_>, window: &WindowView<'_>, state: &State) -> Vec<Wanted> {
    let selected = match state.selected(PaneId::Checks) {
        Some(RowId::Indicator(name)) => Some(name.as_str()),
        _ => None,
    };
    let mut all = Vec::new();
    let spec = view.engine.checklist().windows.get(&window.record.opened.window);
    for seen in &window.indicators {
        for line in lines(spec.and_then(|spec| spec.indicators.get(&seen.indicator))) {
            all.push(Wanted { seen: seen.clone(), line: *line });
        }
    }
    // Stable: of the others the order of the checklist stays.
    all.sort_by_key(|one| (selected != Some(one.seen.indicator.as_str()), far(&one.seen)));
    all
}

/// What there is to chart of an indicator: a check has a latency and answers, a metric or a log a number, containers
/// are well or not.
fn lines(spec: Option<&Indicator>) -> &'static [Line] {
    match spec {
        Some(Indicator { check: Some(_), .. }) => &[Line::Amount, Line::Errors],
        Some(Indicator { containers: Some(ContainerIndicator { metric: None, .. }), .. }) => &[Line::Errors],
        Some(_) => &[Line::Amount],
        None => &[],
    }
}

/// How far an indicator is from the nearest of its objectives; those without one last.
fn far(seen: &IndicatorView) -> i64 {
    seen.objectives.iter().map(distance).min().unwrap_or(i64::MAX)
}

/// How far the value is from the limit, in per mille of it.
fn distance(objective: &ObjectiveView) -> i64 {
    match objective.value {
        Some(value) if objective.limit.amount != 0 => {
            (1_000 - value.amount.saturating_mul(1_000) / objective.limit.amount).abs()
        }
        Some(_) | None => i64::MAX,
    }
}

fn draw_one(
    canvas: &mut Canvas<'_>,
    tile: Rect,
    one: &Wanted,
    view: &View<'_>,
    (state, window, leads): (&State, &WindowView<'_>, Option<usize>),
) {
    let focused = leads.is_some() && state.focus() == PaneId::Details;
    let kind = if focused { BorderKind::Focused } else { BorderKind::Plain };
    let mut name = Vec::new();
    let mut right = Vec::new();
    if let Some(hidden) = leads {
        let mark = if focused { view.theme.glyphs().pointer() } else { "" };
        let pane = safe_format!("{}7 Details  ", Safe::own(mark));
        name.push(view.piece(pane, if focused { Token::Accent } else { Token::FgStrong }));
        if hidden > 0 {
            right.push(view.muted(safe_format!("{} more charts", hidden)));
        }
    }
    let (from, to) = range(view, window, state);
    let slices = chart::values_shown(crate::tui::frame::inside(tile), view.theme.charts()).max(1);
    let run = window.record.run();
    let charted = view.engine.window_chart(run, &one.seen.indicator, (from, to), slices);
    let (unit, points) = charted.unwrap_or((Unit::Count, Vec::new()));
    let taken = Piece::width(&name) + Piece::width(&right) + TITLE_EDGES;
    name.extend(words(view, one, (unit, &points), tile.width.saturating_sub(taken)));
    let inside = Frame { kind, title: &name, right: &right, ground: GROUND }.draw(canvas, tile, view.theme);
    let chart = made(view, one, (unit, &points), (window, state), (from, to));
    chart::draw(canvas, inside, &chart, view.theme);
}

/// The time on screen: the range that was chosen, else the whole window so far.
fn range(view: &View<'_>, window: &WindowView<'_>, state: &State) -> (DateTime<Utc>, DateTime<Utc>) {
    let to = view.at.min(window.record.ends);
    let whole = (to - window.record.opened.opened).max(SHORTEST);
    let long = state.range.length().map_or(whole, |length| length.min(whole));
    (to - long, to)
}

/// `api latency  now 287 ms  before 212 ms  p95(api) < 300ms !`; what has no room is left out whole: half a number is a
/// wrong one.
fn words(view: &View<'_>, one: &Wanted, (unit, points): (Unit, &[ChartPoint]), room: u16) -> Vec<Piece> {
    let name = match one.line {
        Line::Amount if unit == Unit::Micros => safe_format!("{} latency", one.seen.indicator.as_str()),
        Line::Amount => safe(&one.seen.indicator),
        Line::Errors => safe_format!("{} errors", one.seen.indicator.as_str()),
    };
    let figure = |figure: Figure| safe(&figure.to_string());
    let (now, base) = match one.line {
        Line::Amount => (one.seen.last, one.seen.base),
        Line::Errors => (newest_share(points), None),
    };
    let now = now.map(|now| view.plain(safe_format!("  now {}", figure(now))));
    let base = base.map(|base| view.muted(safe_format!("  before {}", figure(base))));
    let objective = binding(one, unit).map(|bound| view.muted(safe_format!("  {}", bound.text.as_str())));
    let word = indicators::word(&one.seen, &[]);
    let glyph = (word != StatusWord::Pass).then(|| [view.plain(Safe::own(" ")), view.glyph(word)]);
    let of = |base: Option<&Piece>, objective: Option<&Piece>| -> Vec<Piece> {
        let first = [view.strong(name.clone())].into_iter().chain(now.clone());
        let rest = base.cloned().into_iter().chain(objective.cloned());
        first.chain(rest).chain(glyph.clone().into_iter().flatten()).collect()
    };
    let whole = of(base.as_ref(), objective.as_ref());
    let short = of(None, objective.as_ref());
    let fits = [whole, short].into_iter().find(|pieces| Piece::width(pieces) <= room);
    fits.unwrap_or_else(|| of(None, None))
}

/// What is asked of this line: of several objectives the nearest to its limit.
fn binding(one: &Wanted, unit: Unit) -> Option<&ObjectiveView> {
    let asks = |objective: &&ObjectiveView| match one.line {
        Line::Amount => objective.limit.unit == unit,
        Line::Errors => is_success(objective) || objective.text.trim_start().starts_with("error_rate"),
    };
    one.seen.objectives.iter().filter(asks).min_by_key(|objective| distance(objective))
}

/// "success > 99 %" is a limit of 1 % on errors.
fn is_success(objective: &ObjectiveView) -> bool {
    objective.text.trim_start().starts_with("success")
}

fn newest_share(points: &[ChartPoint]) -> Option<Figure> {
    let newest = points.iter().rev().find(|point| point.measured > 0)?;
    let share = i64::from(newest.bad) * 1_000_000 / i64::from(newest.measured);
    Some(Figure { amount: share, unit: Unit::PerMillion })
}

fn made(
    view: &View<'_>,
    one: &Wanted,
    (unit, points): (Unit, &[ChartPoint]),
    (window, state): (&WindowView<'_>, &State),
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Chart {
    let value = |point: &ChartPoint| match one.line {
        Line::Amount => point.high.map(|amount| shown(amount, unit)),
        Line::Errors => {
            (point.measured > 0).then(|| 100.0 * f64::from(point.bad) / f64::from(point.measured))
        }
    };
    let gaps = &window.record.gaps;
    let unseen = |point: &ChartPoint| {
        point.measured == 0 && gaps.iter().any(|gap| gap.from <= point.at && point.at < gap.to)
    };
    let of_limit = |figure: Figure| shown(figure.amount, figure.unit);
    let limit = binding(one, unit).map(|objective| {
        let limit = of_limit(objective.limit);
        if is_success(objective) { 100.0 - limit } else { limit }
    });
    Chart {
        values: joined(points.iter().map(value).collect(), points, view),
        unseen: points.iter().map(unseen).collect(),
        limit,
        base: if one.line == Line::Errors || !state.range.shows_base() {
            None
        } else {
            one.seen.base.map(of_limit)
        },
        most: (one.line == Line::Errors || unit == Unit::PerMille).then_some(100.0),
        from,
        to,
    }
}

/// Samples that lie further apart than dots are joined: a hole is only where a sample was due and none came.
fn joined(mut values: Vec<Option<f64>>, points: &[ChartPoint], view: &View<'_>) -> Vec<Option<f64>> {
    let filled = points.iter().filter(|point| point.measured > 0).count();
    if filled == 0 {
        return values;
    }
    let stretch = (points.len() / filled + 1) * 2;
    let mut last: Option<(usize, f64)> = None;
    for place in 0..values.len() {
        let due = points.get(place).is_some_and(|point| point.at <= view.at);
        match (values.get(place).copied().flatten(), last) {
            (Some(value), _) => last = Some((place, value)),
            (None, Some((at, value))) if due && place - at < stretch => {
                if let Some(slot) = values.get_mut(place) {
                    *slot = Some(value);
                }
            }
            (None, _) => {}
        }
    }
    values
}

/// As the axis counts: milliseconds, per cent, pieces.
#[expect(clippy::cast_precision_loss, reason = "a chart has a few hundred dots")]
fn shown(amount: i64, unit: Unit) -> f64 {
    let amount = amount as f64;
    match unit {
        Unit::Micros | Unit::MilliNats => amount / 1_000.0,
        Unit::PerMille => amount / 10.0,
        Unit::PerMillion => amount / 10_000.0,
        Unit::Bytes | Unit::Count => amount,
    }
}
