//! A pane as rows with a title, and how it is drawn: alone, as one of several tabs, or folded to its title.

use ratatui::layout::{Position, Rect};

use super::containers::{Table, Written};
use super::{charts, checklist, checks, containers, details, indicators, logs, signoffs, timeline};
use crate::safe_format;
use crate::text::Safe;
use crate::text::wrap::wrap;
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::frame::{BorderKind, Frame, inside};
use crate::tui::glyph::StatusWord;
use crate::tui::layout::{Form, Placed};
use crate::tui::list::{Filter, ListState};
use crate::tui::pane::PaneId;
use crate::tui::row::{Focus, GROUND, Row, RowLine, Shape, draw_line, draw_rows, inner, retain};
use crate::tui::state::State;
use crate::tui::theme::Token;
use crate::tui::view::View;

/// A pane as rows.
#[derive(Debug, Default)]
pub(crate) struct PaneModel {
    /// After number and name.
    pub(crate) title: Vec<Piece>,
    /// Right in the border: counts, age.
    pub(crate) right: Vec<Piece>,
    /// Its rows, before filter and folding of problems.
    pub(crate) rows: Vec<Row>,
    /// Lines kept at the upper edge: names of columns.
    pub(crate) head: Vec<RowLine>,
    /// Lines kept at the lower edge where there is room.
    pub(crate) foot: Vec<RowLine>,
    /// What to say if there is no row at all: what is missing, and the next key.
    pub(crate) empty: Safe,
    /// Its state in one glyph, for tabs.
    pub(crate) glyph: Option<StatusWord>,
    /// Rows of containers are written when they are in sight, by this.
    pub(crate) table: Option<Table>,
}

/// The rows of a pane, `width` cells wide inside its border.
pub(crate) fn model(pane: PaneId, view: &View<'_>, state: &State, width: u16) -> PaneModel {
    let filter = state.filters.get(&pane).cloned().unwrap_or_default();
    let written = if filter.is_empty() { Written::Later } else { Written::All };
    let mut model = match pane {
        PaneId::Checklist => checklist::model(view, state, width),
        PaneId::Containers => containers::model(view, width, written),
        PaneId::Checks => match view.window(state) {
            Some(window) => indicators::model(view, window, width),
            None => checks::model(view, width),
        },
        PaneId::SignOffs => signoffs::model(view),
        PaneId::Timeline => timeline::model(view),
        PaneId::Logs => logs::model(view, state),
        PaneId::Details => details::model(view, state, width),
    };
    let had_rows = !model.rows.is_empty();
    model.rows = retain(model.rows, &filter, state.showing(pane));
    if had_rows && model.rows.is_empty() {
        model.empty = if filter.is_empty() {
            Safe::own("No problem here. . shows all")
        } else {
            safe_format!("No line matches /{}/. esc shows all", filter.text())
        };
    }
    model
}

/// Draws a pane in its place. Returns where the cursor is parked.
pub(crate) fn draw(
    canvas: &mut Canvas<'_>,
    placed: &Placed,
    view: &View<'_>,
    state: &State,
) -> Option<Position> {
    let pane = placed.pane;
    let focused = state.focus() == pane;
    if pane == PaneId::Details
        && placed.form == Form::Full
        && let Some(window) = view.window(state).filter(|window| !window.indicators.is_empty())
    {
        let parked = charts::draw(canvas, placed, view, (state, window));
        return focused.then_some(parked);
    }
    let mut model = model(pane, view, state, inside(placed.area).width);
    if placed.form == Form::Folded {
        folded(canvas, placed.area, pane, &model, view);
        return None;
    }
    let title = match &placed.form {
        Form::Tabs(all) => tabs(all, pane, view, state),
        Form::Full | Form::Folded => own_title(pane, &model, view, state),
    };
    let kind = if focused { BorderKind::Focused } else { BorderKind::Plain };
    let frame = Frame { kind, title: &title, right: &model.right, ground: GROUND };
    let area = frame.draw(canvas, placed.area, view.theme);
    let mut canvas = canvas.within(area);
    if pane == PaneId::Logs {
        let parked = logs::draw(&mut canvas, area, view, state);
        return focused.then_some(parked);
    }
    if model.rows.is_empty() {
        say_empty(&mut canvas, area, &model.empty, view);
        return focused.then_some(Position { x: area.x, y: area.y });
    }
    for (y, line) in (area.top()..area.bottom()).zip(&model.head) {
        draw_line(&mut canvas, inner(Rect { y, height: 1, ..area }), line, view.theme);
    }
    let head_rows = u16::try_from(model.head.len()).unwrap_or(0);
    let rows_area = Rect {
        y: area.y.saturating_add(head_rows).min(area.bottom()),
        height: rows_height(&model, area),
        ..area
    };
    if has_foot(&model, area) {
        for (y, line) in (rows_area.bottom()..area.bottom()).zip(&model.foot) {
            draw_line(&mut canvas, inner(Rect { y, height: 1, ..area }), line, view.theme);
        }
    }
    let fresh = ListState::default();
    let list = state.lists.get(&pane).unwrap_or(&fresh);
    if let Some(table) = &model.table {
        let seen = list.window(Shape::of(&model.rows).rows(rows_area.height));
        containers::write(view, table, model.rows.get_mut(seen).unwrap_or_default());
    }
    let focus = if focused { Focus::Here } else { Focus::Elsewhere };
    draw_rows(&mut canvas, rows_area, (&model.rows, list), focus, view.theme)
}

/// How many screen lines of a pane show rows.
pub(crate) fn rows_height(model: &PaneModel, area: Rect) -> u16 {
    let head = u16::try_from(model.head.len()).unwrap_or(0);
    let foot = if has_foot(model, area) { u16::try_from(model.foot.len()).unwrap_or(0) } else { 0 };
    area.height.saturating_sub(head).saturating_sub(foot)
}

/// Is there room for the lines at the lower edge?
fn has_foot(model: &PaneModel, area: Rect) -> bool {
    let used: usize = model.rows.iter().map(|row| row.lines.len()).sum();
    used + model.head.len() + model.foot.len() < usize::from(area.height)
}

fn say_empty(canvas: &mut Canvas<'_>, area: Rect, words: &Safe, view: &View<'_>) {
    let room = inner(area);
    let lines = wrap(words, usize::from(room.width));
    for (y, line) in (area.top()..area.bottom()).zip(&lines) {
        canvas.put(room.x, y, line, view.theme.style(Token::FgMuted));
    }
}

fn own_title(pane: PaneId, model: &PaneModel, view: &View<'_>, state: &State) -> Vec<Piece> {
    let focused = state.focus() == pane;
    let mark = if focused { view.theme.glyphs().pointer() } else { "" };
    let name = safe_format!("{}{} {}", Safe::own(mark), pane.number(), Safe::own(pane.name()));
    let token = if focused { Token::Accent } else { Token::FgStrong };
    let mut title = vec![view.piece(name, token)];
    if !model.title.is_empty() {
        title.push(view.plain(Safe::own("  ")));
        title.extend(model.title.iter().cloned());
    }
    title.extend(restriction(pane, view, state));
    title
}

/// A filter or `only problems` that stands is said in the title: rows that are missing must not surprise.
fn restriction(pane: PaneId, view: &View<'_>, state: &State) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let filter = state.filters.get(&pane).map(Filter::text).unwrap_or_default();
    if !filter.trim().is_empty() {
        pieces.push(view.piece(safe_format!(" /{}/", filter), Token::Accent));
    }
    if state.problems.contains(&pane) {
        pieces.push(view.piece(Safe::own(" only problems"), Token::Accent));
    }
    pieces
}

fn tabs(all: &[PaneId], open: PaneId, view: &View<'_>, state: &State) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (place, pane) in all.iter().copied().enumerate() {
        if place > 0 {
            pieces.push(view.plain(Safe::own("  ")));
        }
        let focused = pane == state.focus();
        let mark = if pane == open { view.theme.glyphs().pointer() } else { "" };
        let name = safe_format!("{}{} {}", Safe::own(mark), pane.number(), Safe::own(pane.short_name()));
        let token = match (focused, pane == open) {
            (true, _) => Token::Accent,
            (false, true) => Token::FgStrong,
            (false, false) => Token::FgMuted,
        };
        pieces.push(view.piece(name, token));
        if pane != open
            && let Some(word) = model(pane, view, state, 40).glyph
        {
            pieces.push(view.plain(Safe::own(" ")));
            pieces.push(view.glyph(word));
        }
    }
    pieces.extend(restriction(open, view, state));
    pieces
}

fn folded(canvas: &mut Canvas<'_>, area: Rect, pane: PaneId, model: &PaneModel, view: &View<'_>) {
    canvas.fill(area, view.theme.ground(GROUND));
    let name = safe_format!("{} {}", pane.number(), Safe::own(pane.name()));
    let mut left = vec![view.strong(name)];
    if let Some(word) = model.glyph {
        left.extend([view.plain(Safe::own(" ")), view.glyph(word)]);
    }
    let line = RowLine { left, right: model.right.clone() };
    let room = Rect { x: area.x.saturating_add(2), width: area.width.saturating_sub(4), ..area };
    draw_line(canvas, room, &line, view.theme);
}
