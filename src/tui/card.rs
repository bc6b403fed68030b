//! The verdict card: what a terminal too small for panes shows. Badge first, then environment, reasons, counters, keys.

use ratatui::layout::Rect;

use crate::safe_format;
use crate::text::Safe;
use crate::tui::badge::{self, badge};
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::header::{Names, counters, oldest, place, reason_pieces};
use crate::tui::layout::Layout;
use crate::tui::row::{RowLine, draw_line};
use crate::tui::state::State;
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Draws the card.
pub(crate) fn draw(canvas: &mut Canvas<'_>, layout: &Layout, view: &View<'_>, state: &State) {
    let area = layout.header;
    canvas.fill(area, view.theme.ground(Token::Bg));
    if layout.badge.y > area.y {
        let line = RowLine { left: place(view), right: vec![view.plain(view.clock())] };
        draw_line(canvas, Rect { height: 1, ..area }, &line, view.theme);
    }
    let badge = badge(view, state);
    let reasons = view.verdict.reasons.len();
    let mut left = vec![Piece::new(badge.text, badge.style)];
    let noun = if reasons == 1 { "reason" } else { "reasons" };
    let text = match badge::lead(view.engine, state) {
        badge::Lead::Verdict if reasons > 0 => safe_format!(" {} {}", reasons, Safe::own(noun)),
        badge::Lead::Verdict => safe_format!(" {}", oldest(view)),
        badge::Lead::Run(run) => safe_format!(" {} steps", run.steps.len()),
    };
    left.push(view.plain(text));
    draw_line(canvas, layout.badge, &RowLine::of(left), view.theme);
    let below = Rect {
        y: layout.badge.bottom(),
        height: area.bottom().saturating_sub(layout.badge.bottom()),
        ..area
    };
    rest(canvas, below, layout.area, view);
}

fn rest(canvas: &mut Canvas<'_>, area: Rect, screen: Rect, view: &View<'_>) {
    let keys = Safe::own("X abort  B roll back  q quit");
    let size = safe_format!("{}x{} is too small for panes (needs 60x16).", screen.width, screen.height);
    let mut tail = vec![RowLine::of(vec![view.strong(keys)])];
    if area.height >= 4 {
        tail.insert(0, RowLine::of(vec![view.muted(size)]));
    }
    if area.height >= 5 {
        tail.insert(0, RowLine::of(counters(view, Names::Short)));
    }
    let room = usize::from(area.height).saturating_sub(tail.len());
    let reasons = view.verdict.reasons.iter().take(room);
    let mut lines: Vec<RowLine> = reasons.map(|reason| RowLine::of(reason_pieces(view, reason))).collect();
    lines.extend(tail);
    for (y, line) in (area.top()..area.bottom()).zip(&lines) {
        draw_line(canvas, Rect { y, height: 1, ..area }, line, view.theme);
    }
}
