//! One frame: header, panes, lines, and what is open over them. Reads everything, changes nothing.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Face;
use crate::engine::brain::Engine;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::dialogs;
use crate::tui::frame::{BorderKind, Frame};
use crate::tui::help::{after_prefix, draw_hints, hints, merged_hints};
use crate::tui::keymap::KeyMode;
use crate::tui::layout::Layout;
use crate::tui::state::Over;
use crate::tui::theme::Token;
use crate::tui::view::View;
use crate::tui::{card, header, lines, panes};

/// What drawing a picture told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Where the cursor is: real in a field, parked on the selected row elsewhere.
    pub cursor: Option<Position>,
    /// When the picture changes by itself; none: not before something happens.
    pub next_change: Option<DateTime<Utc>>,
}

impl Face {
    /// Draws.
    pub(super) fn paint(&self, engine: &Engine, at: DateTime<Utc>, buf: &mut Buffer) -> Drawn {
        if let Some(still) = self.frozen.as_ref().filter(|still| still.area == buf.area) {
            buf.clone_from(still);
            return Drawn { cursor: None, next_change: None };
        }
        let view = View::new(engine, at, &self.theme);
        let fitting = if self.layout.area == buf.area { None } else { Some(self.laid_out(buf.area)) };
        let layout = fitting.as_ref().unwrap_or(&self.layout);
        let mut canvas = Canvas::new(buf);
        canvas.fill(layout.area, view.theme.ground(Token::Bg));
        let mut cursor = None;
        if layout.is_card() {
            card::draw(&mut canvas, layout, &view, &self.state);
        } else {
            header::draw(&mut canvas, layout, &view, &self.state);
            for placed in &layout.panes {
                cursor = panes::draw(&mut canvas, placed, &view, &self.state).or(cursor);
            }
        }
        self.paint_lines(&mut canvas, layout, &view);
        match &self.state.over {
            Over::Nothing => self.paint_prefix(&mut canvas, layout, &view),
            Over::Help(page) => {
                let why = |action| self.blocked(action, &view);
                cursor = page.draw(&mut canvas, layout, (&self.keymap, &why), &view);
            }
            Over::Dialog(dialog) => cursor = dialogs::draw(&mut canvas, layout, dialog, &view),
        }
        if self.state.typing.is_some() {
            cursor = Some(Position { x: layout.status.x, y: layout.status.y });
        }
        let cursor = cursor.filter(|place| layout.area.contains(*place));
        Drawn { cursor, next_change: view.next_change() }
    }

    fn paint_lines(&self, canvas: &mut Canvas<'_>, layout: &Layout, view: &View<'_>) {
        let focus = self.state.focus();
        let why = |action| self.blocked(action, view);
        let here = (self.mode(), focus, self.state.arrangement);
        let all = match self.mode() {
            KeyMode::Screen | KeyMode::Card | KeyMode::Help => {
                hints(&self.keymap, here, view.theme.glyphs(), &why)
            }
            KeyMode::Dialog | KeyMode::Field => match self.state.dialog() {
                Some(dialog) => dialogs::hints(dialog, view),
                None => Vec::new(),
            },
        };
        let mut merged = Vec::new();
        if layout.hint.is_empty() && !layout.is_card() {
            merged = merged_hints(&all, layout.status.width, view.theme);
        } else {
            draw_hints(canvas, layout.hint, &all, view.theme);
        }
        if !layout.status.is_empty() {
            let frozen = self.frozen.is_some();
            lines::draw_status(canvas, layout.status, view, &self.state, (self.access, frozen, merged));
        }
    }

    /// The menu of what may follow a prefix.
    fn paint_prefix(&self, canvas: &mut Canvas<'_>, layout: &Layout, view: &View<'_>) {
        let Some(prefix) = self.state.prefix else { return };
        let all = after_prefix(&self.keymap, prefix, view.theme.glyphs());
        let body = if layout.is_card() { dialogs::below_badge(layout) } else { layout.body() };
        if body.height < 3 {
            return;
        }
        let rows =
            u16::try_from(all.len().div_ceil(2)).unwrap_or(u16::MAX).saturating_add(2).min(body.height);
        let width = 40.min(body.width);
        let area = Rect {
            x: body.right().saturating_sub(width),
            y: body.bottom().saturating_sub(rows),
            width,
            height: rows,
        };
        let title = [view.strong(safe_format!("{}: go to", prefix.label(view.theme.glyphs())))];
        let right = [view.muted(Safe::own("esc"))];
        let frame = Frame { kind: BorderKind::Focused, title: &title, right: &right, ground: Token::Overlay };
        let inside = frame.draw(canvas, area, view.theme);
        for (place, hint) in (0_u16..).zip(&all) {
            let x = inside.x + 1 + (place % 2) * (inside.width / 2);
            let y = inside.y + place / 2;
            let pieces = [
                Piece::new(safe_format!("{} ", hint.keys), view.theme.style(Token::Accent)),
                view.plain(hint.label.clone()),
            ];
            canvas.within(inside).put_all(x, y, &pieces);
        }
    }

    /// Makes the picture stand still as it is now, and says so.
    pub(super) fn freeze(&mut self, engine: &Engine, at: DateTime<Utc>) {
        let mut still = Buffer::empty(self.layout.area);
        let _drawn = self.paint(engine, at, &mut still);
        let view = View::new(engine, at, &self.theme);
        let status = self.layout.status;
        let mut canvas = Canvas::new(&mut still);
        let words = safe_format!(" FROZEN since {}   p goes on", crate::text::clock_face::second_of_day(&at));
        canvas.fill(status, view.theme.style(Token::BadgeUnknown));
        canvas.put_in(status, &words, view.theme.style(Token::BadgeUnknown), view.theme.glyphs());
        self.frozen = Some(still);
    }
}
