//! The help page over the panes: made from the key table, filtered by typing, Enter runs the key.

use ratatui::layout::{Position, Rect};

use crate::safe_format;
use crate::text::Safe;
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::dialogs::{Dialog, below_badge};
use crate::tui::frame::{BorderKind, Frame};
use crate::tui::help::{Blocked, HelpLine, draw_help, help_lines};
use crate::tui::keymap::{Action, Keymap};
use crate::tui::layout::Layout;
use crate::tui::list::Filter;
use crate::tui::pane::PaneId;
use crate::tui::theme::Token;
use crate::tui::view::View;

/// The help page.
#[derive(Debug)]
pub(crate) struct HelpPage {
    /// The pane it was asked for.
    pub(crate) pane: PaneId,
    /// Which lines are shown.
    pub(crate) filter: Filter,
    /// The selected key.
    pub(crate) selected: Option<Action>,
    /// The first line in sight.
    pub(crate) top: usize,
    /// The dialog under it, which comes back.
    pub(crate) behind: Option<Box<Dialog>>,
}

impl HelpPage {
    /// Help for a pane, over a dialog or not.
    pub(crate) fn new(pane: PaneId, behind: Option<Box<Dialog>>) -> HelpPage {
        HelpPage { pane, filter: Filter::default(), selected: None, top: 0, behind }
    }

    /// Its lines now.
    pub(crate) fn lines(&self, keymap: &Keymap, view: &View<'_>, blocked: Blocked<'_>) -> Vec<HelpLine> {
        help_lines(keymap, self.pane, view.theme.glyphs(), &self.filter, blocked)
    }

    /// Moves the selection by lines, up if negative.
    pub(crate) fn step(&mut self, by: isize, lines: &[HelpLine], rows: usize) {
        let keys: Vec<(usize, Action)> = lines
            .iter()
            .enumerate()
            .filter_map(|(place, line)| match line {
                HelpLine::Key(action, _) => Some((place, *action)),
                HelpLine::Title(_) => None,
            })
            .collect();
        let here = keys.iter().position(|(_, action)| Some(*action) == self.selected);
        let last = keys.len().saturating_sub(1);
        let to = match here {
            None => 0,
            Some(here) if by < 0 => here.saturating_sub(by.unsigned_abs()),
            Some(here) => here.saturating_add(by.unsigned_abs()).min(last),
        };
        let Some((place, action)) = keys.get(to) else { return };
        self.selected = Some(*action);
        if *place < self.top {
            self.top = place.saturating_sub(1);
        } else if *place >= self.top + rows.max(1) {
            self.top = place + 1 - rows.max(1);
        }
    }

    /// Draws it over the body. Returns the parked cursor.
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        layout: &Layout,
        (keymap, blocked): (&Keymap, Blocked<'_>),
        view: &View<'_>,
    ) -> Option<Position> {
        let body = if layout.is_card() { below_badge(layout) } else { layout.body() };
        let title = [view.strong(Safe::own("Help"))];
        let filter = self.filter.text();
        let words = if filter.is_empty() { Safe::EMPTY } else { safe_format!("/{}/ ", filter) };
        let keys =
            safe_format!("{}/ filter {} enter runs the key {} esc close", words, view.dot(), view.dot());
        let right: Vec<Piece> = vec![view.muted(keys)];
        let frame = Frame { kind: BorderKind::Focused, title: &title, right: &right, ground: Token::Overlay };
        let inside = frame.draw(canvas, body, view.theme);
        let lines = self.lines(keymap, view, blocked);
        let foot = u16::from(inside.height > 4);
        let area = Rect { height: inside.height.saturating_sub(foot), ..inside };
        draw_help(canvas, area, &lines, (self.top, self.selected), view.theme);
        if foot > 0 {
            let words = Safe::own(" B and X work here too. More: gonogo help");
            let place = Rect { y: area.bottom(), height: 1, ..inside };
            canvas.put_in(place, &words, view.theme.style(Token::FgMuted), view.theme.glyphs());
        }
        (!inside.is_empty()).then_some(Position { x: inside.x, y: inside.y })
    }
}
