//! The mouse, where a person took it with `M`: a click focuses and selects, the wheel moves. Never the only way.
//!
//! A click presses nothing: what acts on the release is asked for by keys. Not here: taking the mouse (`runtime/terminal`).

use chrono::{DateTime, Utc};
use ratatui::layout::{Position, Rect};

use super::Face;
use crate::engine::brain::Engine;
use crate::tui::layout::{Form, Placed};
use crate::tui::list::Step;
use crate::tui::pane::PaneId;
use crate::tui::panes::frame_of_pane::rows_height;
use crate::tui::panes::model;
use crate::tui::row::Shape;
use crate::tui::state::{Mouse, Over};
use crate::tui::theme::Theme;
use crate::tui::view::View;

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointing {
    /// The left button went down.
    Click,
    /// The wheel went up.
    WheelUp,
    /// The wheel went down.
    WheelDown,
}

impl Face {
    /// The mouse did something in a cell (column, row). Under a dialog, help or a frozen picture it does nothing.
    pub fn mouse_at(&mut self, engine: &Engine, at: DateTime<Utc>, cell: (u16, u16), act: Pointing) {
        let covered = !matches!(self.state.over, Over::Nothing) || self.state.typing.is_some();
        if covered || self.frozen.is_some() || self.state.mouse == Mouse::Off {
            return;
        }
        let cell = Position { x: cell.0, y: cell.1 };
        let Some(placed) = self.layout.panes.iter().find(|placed| placed.area.contains(cell)).cloned() else {
            return;
        };
        self.focus_on(placed.pane);
        let theme: Theme = self.theme.clone();
        let view = View::new(engine, at, &theme);
        match act {
            Pointing::Click if placed.form != Form::Folded => self.select_at(&view, &placed, cell),
            Pointing::Click => {}
            Pointing::WheelUp => self.step(Step::Up, &view),
            Pointing::WheelDown => self.step(Step::Down, &view),
        }
        self.settle(engine, at);
    }

    /// Selects the row under the pointer.
    fn select_at(&mut self, view: &View<'_>, placed: &Placed, cell: Position) {
        let inside: Rect = crate::tui::frame::inside(placed.area);
        if placed.pane == PaneId::Logs || !inside.contains(cell) {
            return;
        }
        let model = model(placed.pane, view, &self.state, inside.width);
        let head = u16::try_from(model.head.len()).unwrap_or(0);
        let Some(mut line) = cell.y.checked_sub(inside.y.saturating_add(head)) else { return };
        let shape = Shape::of(&model.rows);
        let rows = shape.rows(rows_height(&model, inside));
        if line >= rows.height {
            return;
        }
        let list = self.state.lists.entry(placed.pane).or_default();
        for row in model.rows.get(list.window(rows)).unwrap_or_default() {
            let height = u16::try_from(row.lines.len()).unwrap_or(u16::MAX);
            if line < height {
                return list.select(row.id.clone());
            }
            line -= height;
        }
    }
}
