//! Rows of a pane: what they say in pieces, and the one way a list of them is drawn.
//!
//! A row is known by what it is about, never by its number, so selection and scroll survive news. Panes make rows
//! (`panes/`); which one is selected is in `list.rs`.

use ratatui::layout::{Position, Rect};

use crate::checklist::id::{ItemId, PhaseId, PlanId, RoleId, SectionId, StepId};
use crate::text::Safe;
use crate::tui::canvas::{Canvas, Piece, cells, cut};
use crate::tui::list::{Filter, ListState, Rows};
use crate::tui::theme::{Theme, Token};

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum RowId {
    /// A phase.
    Phase(PhaseId),
    /// A section of a phase.
    Section(PhaseId, SectionId),
    /// A plan.
    Plan(PlanId),
    /// An item.
    Item(ItemId),
    /// A container, by its full id.
    Container(String),
    /// A role under an item.
    Role(ItemId, RoleId),
    /// A line of the record, by its id.
    Event(String),
    /// A step of the run on screen.
    Step(StepId),
    /// An indicator of the open window.
    Indicator(String),
    /// A trigger of the open window.
    Trigger(String),
    /// A line of text, by its number.
    Line(usize),
}

/// What a row is in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// A title over the rows after it.
    Heading,
    /// Something that stands against the release.
    Problem,
    /// Anything else.
    Plain,
}

/// One screen line of a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowLine {
    /// From the left; cut where it meets the right part.
    pub(crate) left: Vec<Piece>,
    /// At the right edge.
    pub(crate) right: Vec<Piece>,
}

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What it is about.
    pub(crate) id: RowId,
    /// What it is in its list.
    pub(crate) kind: RowKind,
    /// Its screen lines, at least one.
    pub(crate) lines: Vec<RowLine>,
}

/// Text stops growing here: longer lines are harder to read.
const TEXT_COLUMNS_MAX: u16 = 100;

impl RowLine {
    /// A line without a right part.
    pub(crate) fn of(left: Vec<Piece>) -> RowLine {
        RowLine { left, right: Vec::new() }
    }
}

impl Row {
    /// A row of one line.
    pub(crate) fn one(id: RowId, left: Vec<Piece>, right: Vec<Piece>) -> Row {
        Row { id, kind: RowKind::Plain, lines: vec![RowLine { left, right }] }
    }

    /// Everything it says, for the filter and the clipboard.
    pub(crate) fn text(&self) -> Safe {
        let blank = Safe::own(" ");
        let lines = self.lines.iter().map(|line| {
            let all = line.left.iter().chain(&line.right).map(|piece| &piece.text);
            Safe::join(all.filter(|text| !text.as_str().trim().is_empty()), &blank)
        });
        Safe::join(&lines.collect::<Vec<_>>(), &blank)
    }
}

/// Ids and heights of rows, as a list wants them.
#[derive(Debug)]
pub(crate) struct Shape {
    ids: Vec<RowId>,
    heights: Vec<u16>,
}

impl Shape {
    /// Of these rows.
    pub(crate) fn of(rows: &[Row]) -> Shape {
        let height = |row: &Row| u16::try_from(row.lines.len()).unwrap_or(u16::MAX);
        Shape {
            ids: rows.iter().map(|row| row.id.clone()).collect(),
            heights: rows.iter().map(height).collect(),
        }
    }

    /// As a list wants them, with `height` screen lines to show them in.
    pub(crate) fn rows(&self, height: u16) -> Rows<'_, RowId> {
        Rows { ids: &self.ids, heights: &self.heights, height }
    }
}

/// Which rows a pane shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Showing {
    /// All of them.
    #[default]
    All,
    /// Only what stands against the release.
    Problems,
}

/// Leaves the rows that pass; a heading stays if a row under it does.
pub(crate) fn retain(rows: Vec<Row>, filter: &Filter, showing: Showing) -> Vec<Row> {
    if filter.is_empty() && showing == Showing::All {
        return rows;
    }
    let passes = |row: &Row| {
        (showing == Showing::All || row.kind == RowKind::Problem) && filter.passes(row.text().as_str())
    };
    let mut kept = Vec::new();
    let mut heading: Option<Row> = None;
    for row in rows {
        if row.kind == RowKind::Heading {
            heading = Some(row);
        } else if passes(&row) {
            kept.extend(heading.take());
            kept.push(row);
        }
    }
    kept
}

/// Does the pane have the keys?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// It has.
    Here,
    /// Another one has.
    Elsewhere,
}

/// Draws the rows in sight. Returns where the cursor is parked: on the selected row of the pane with the keys.
pub(crate) fn draw_rows(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (rows, list): (&[Row], &ListState<RowId>),
    focus: Focus,
    theme: &Theme,
) -> Option<Position> {
    let shape = Shape::of(rows);
    let seen = shape.rows(area.height);
    let selected = list.selected_row(seen);
    let mut y = area.y;
    let mut parked = None;
    for place in list.window(seen) {
        let Some(row) = rows.get(place) else { continue };
        for (number, line) in row.lines.iter().enumerate() {
            if y >= area.bottom() {
                break;
            }
            let full = Rect { x: area.x, y, width: area.width, height: 1 };
            draw_line(canvas, inner(full), line, theme);
            if number == 0 && focus == Focus::Here && selected == Some(place) {
                canvas.select_row(full, theme);
                parked = Some(Position { x: area.x, y });
            }
            y = y.saturating_add(1);
        }
    }
    parked
}

/// A row without the columns of the selection marks, no wider than text should be.
pub(crate) fn inner(row: Rect) -> Rect {
    let width = row.width.saturating_sub(2).min(TEXT_COLUMNS_MAX);
    Rect { x: row.x.saturating_add(1), width, ..row }
}

/// Draws one line: the right part first, the left cut to what remains.
pub(crate) fn draw_line(canvas: &mut Canvas<'_>, area: Rect, line: &RowLine, theme: &Theme) {
    let right = Piece::width(&line.right).min(area.width);
    let start = area.right().saturating_sub(right);
    canvas.within(area).put_all(start, area.y, &line.right);
    let gap = u16::from(right > 0);
    let room = area.width.saturating_sub(right).saturating_sub(gap);
    draw_pieces(canvas, Rect { width: room, ..area }, &line.left, theme);
}

/// Draws pieces into an area, the last cut with an ellipsis. Returns the cell after them.
pub(crate) fn draw_pieces(canvas: &mut Canvas<'_>, area: Rect, pieces: &[Piece], theme: &Theme) -> u16 {
    let mut x = area.x;
    for piece in pieces {
        let room = area.right().saturating_sub(x);
        if room == 0 {
            return x;
        }
        if cells(&piece.text) > room {
            let cut = cut(&piece.text, room, theme.glyphs());
            return canvas.within(area).put(x, area.y, &cut, piece.style);
        }
        x = canvas.within(area).put(x, area.y, &piece.text, piece.style);
    }
    x
}

/// The ground of panes.
pub(crate) const GROUND: Token = Token::Surface;
