//! How any dialog is drawn: over the muted screen, its text scrolled, its buttons always in sight; in one line where
//! there is no room for a box.

use ratatui::layout::{Position, Rect};

use super::dialog::{Dialog, Focus};
use super::sheet::{Button, Sheet};
use crate::safe_format;
use crate::text::Safe;
use crate::text::width::{Align, pad};
use crate::tui::canvas::{Canvas, Piece, cells};
use crate::tui::frame::Frame;
use crate::tui::layout::Layout;
use crate::tui::row::{RowLine, draw_line, draw_pieces};
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Widest a box gets: longer lines are harder to read.
const BOX_COLUMNS_MAX: u16 = 74;
/// Under this there is no box.
const BOX_COLUMNS_MIN: u16 = 40;
/// Rows under which there is no box.
const BOX_ROWS_MIN: u16 = 10;

/// Cells of the label of a choice: those of the facts above it.
const LABEL_CELLS: usize = 11;

/// Draws a dialog. Returns where the cursor is: in the field, else on the control that has the focus.
pub(crate) fn draw(
    canvas: &mut Canvas<'_>,
    layout: &Layout,
    dialog: &Dialog,
    view: &View<'_>,
) -> Option<Position> {
    if !dialog.is_ready(view.at) {
        view.changes_at(dialog.quiet_since + super::dialog::GUARD);
    }
    let sheet = dialog.sheet(view);
    if !has_room(layout) {
        return one_line(canvas, layout, (dialog, &sheet), view);
    }
    let body = layout.body();
    canvas.mute(body, view.theme);
    let fixed = fixed_rows(&sheet);
    let lines = u16::try_from(sheet.lines.len()).unwrap_or(u16::MAX);
    // A low terminal: the box may stand over the header's lower rows, but never over the badge.
    let room = if layout.is_card() || body.height < fixed + 4 { below_badge(layout) } else { body };
    let height = lines.saturating_add(fixed).saturating_add(2).min(room.height);
    let width = BOX_COLUMNS_MAX.min(room.width);
    let area =
        Rect { x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2, width, height };
    let title = [view.strong(sheet.title.clone())];
    let right: Vec<Piece> = crate::tui::badge::environment(view).into_iter().collect();
    let frame = Frame { kind: sheet.border, title: &title, right: &right, ground: Token::Overlay };
    let inside = frame.draw(canvas, area, view.theme);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let text_rows = inside.height.saturating_sub(fixed);
    draw_text(canvas, Rect { height: text_rows, ..inside }, (dialog, &sheet), view);
    let rest = Rect { y: inside.y + text_rows, height: inside.height.saturating_sub(text_rows), ..inside };
    draw_controls(canvas, rest, (dialog, &sheet), view)
}

/// Is there room for a box?
pub(crate) fn has_room(layout: &Layout) -> bool {
    layout.area.width >= BOX_COLUMNS_MIN && layout.area.height >= BOX_ROWS_MIN
}

/// Everything under the badge: what may be covered.
pub(crate) fn below_badge(layout: &Layout) -> Rect {
    let top = layout.badge.bottom();
    let end = if layout.status.is_empty() { layout.area.bottom() } else { layout.status.top() };
    Rect { x: layout.area.x, y: top, width: layout.area.width, height: end.saturating_sub(top) }
}

/// Rows that are always in sight: choices, field, buttons, the subcommand.
fn fixed_rows(sheet: &Sheet) -> u16 {
    let choices = u16::try_from(sheet.choices.len()).unwrap_or(0);
    let field = sheet.field.as_ref().map_or(0, |field| field.rows + 2);
    let buttons = u16::try_from(button_rows(sheet).len()).unwrap_or(1);
    choices + field + 1 + buttons + u16::from(!sheet.twin.is_empty())
}

fn draw_text(canvas: &mut Canvas<'_>, area: Rect, (dialog, sheet): (&Dialog, &Sheet), view: &View<'_>) {
    let rows = usize::from(area.height);
    let most = sheet.lines.len().saturating_sub(rows);
    let top = dialog.scroll.min(most);
    for (y, line) in (area.top()..area.bottom()).zip(sheet.lines.iter().skip(top)) {
        draw_line(canvas, Rect { y, height: 1, ..area }, line, view.theme);
    }
    if most > 0 && rows > 0 {
        let left = most - top;
        let words =
            if left > 0 { safe_format!(" {} more lines: down ", left) } else { Safe::own(" end: up ") };
        let y = area.bottom().saturating_sub(1);
        canvas.put_right(area.right(), y, &words, view.theme.style(Token::Accent));
    }
}

fn draw_controls(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (dialog, sheet): (&Dialog, &Sheet),
    view: &View<'_>,
) -> Option<Position> {
    let mut y = area.y;
    let mut cursor = None;
    let row = |y: u16| Rect { y, height: u16::from(y < area.bottom()), ..area };
    for (group, choice) in sheet.choices.iter().enumerate() {
        let focused = dialog.focus == Focus::Choice(group);
        let label = pad(&choice.label, LABEL_CELLS, Align::Left);
        let mut pieces = vec![view.muted(label)];
        for (place, option) in choice.options.iter().enumerate() {
            let on = dialog.choice(group) == place;
            let mark = if on { view.theme.glyphs().pick("(\u{2022})", "(*)") } else { "( )" };
            let text = safe_format!("{} {}", Safe::own(mark), option);
            let marked = focused && on;
            pieces.push(if marked { selected(view, text) } else { view.plain(text) });
            pieces.push(view.plain(Safe::own("   ")));
        }
        draw_pieces(canvas, row(y), &pieces, view.theme);
        if focused {
            cursor = Some(Position { x: area.x, y });
        }
        y = y.saturating_add(1);
    }
    if let (Some(field), Some(shown)) = (&dialog.field, &sheet.field) {
        draw_line(canvas, row(y), &RowLine::of(vec![view.muted(shown.label.clone())]), view.theme);
        let height = shown.rows.min(area.bottom().saturating_sub(y.saturating_add(1)));
        let place = Rect { y: y.saturating_add(1), height, ..area };
        let at = field.draw(canvas, place, view.theme);
        if dialog.focus == Focus::Field {
            cursor = at;
        }
        y = place.bottom();
        draw_line(canvas, row(y), &RowLine::of(vec![view.muted(shown.under.clone())]), view.theme);
        y = y.saturating_add(1);
    }
    y = y.saturating_add(1);
    for line in button_rows(sheet) {
        let at = draw_buttons(canvas, row(y), line, (dialog, sheet), view);
        cursor = at.or(cursor);
        y = y.saturating_add(1);
    }
    if !sheet.twin.is_empty() {
        let twin = vec![view.muted(safe_format!("Same as: {}", sheet.twin))];
        draw_line(canvas, row(y), &RowLine::of(twin), view.theme);
    }
    cursor
}

/// The buttons by rows: Cancel with the first two, then the others three by three.
fn button_rows(sheet: &Sheet) -> Vec<std::ops::Range<usize>> {
    let all = sheet.buttons.len();
    let first = if all > 2 { 2 } else { all.min(1) };
    let rest = (first < all).then_some(first..all);
    std::iter::once(0..first).chain(rest).collect()
}

fn draw_buttons(
    canvas: &mut Canvas<'_>,
    area: Rect,
    which: std::ops::Range<usize>,
    (dialog, sheet): (&Dialog, &Sheet),
    view: &View<'_>,
) -> Option<Position> {
    let mut x = area.x;
    let mut cursor = None;
    if which.start == 0 {
        let focused = dialog.focus == Focus::Cancel;
        if focused {
            cursor = Some(Position { x, y: area.y });
        }
        let pieces = button_pieces(view, (&sheet.cancel, "esc"), focused, None);
        x = draw_pieces(
            canvas,
            Rect { x, width: area.right().saturating_sub(x), ..area },
            &pieces,
            view.theme,
        );
    }
    for place in which {
        let Some(button) = sheet.buttons.get(place) else { continue };
        let focused = dialog.focus == Focus::Button(place);
        let off = if dialog.is_ready(view.at) { off_words(button) } else { Some(Safe::own("one moment")) };
        let pieces = button_pieces(view, (&button.label, button.key), focused, off.as_ref());
        x = x.saturating_add(2);
        if focused {
            cursor = Some(Position { x, y: area.y });
        }
        x = draw_pieces(
            canvas,
            Rect { x, width: area.right().saturating_sub(x), ..area },
            &pieces,
            view.theme,
        );
    }
    cursor
}

fn off_words(button: &Button) -> Option<Safe> {
    button.off.as_ref().map(|why| safe_format!("off: {}", why))
}

/// `[ Cancel ] esc`; the focused one stands between `>` and `<`; one that is off stands in round brackets, with why.
fn button_pieces(
    view: &View<'_>,
    (label, key): (&Safe, &'static str),
    focused: bool,
    off: Option<&Safe>,
) -> Vec<Piece> {
    let text = if off.is_some() { safe_format!("( {} )", label) } else { safe_format!("[ {} ]", label) };
    let mut pieces = Vec::new();
    if focused {
        pieces.push(selected(view, safe_format!(">{}<", text)));
    } else if off.is_some() {
        pieces.push(view.muted(safe_format!(" {} ", text)));
    } else {
        pieces.push(view.strong(safe_format!(" {} ", text)));
    }
    if let Some(why) = off {
        pieces.push(view.muted(safe_format!(" {}", why)));
    } else if !key.is_empty() {
        pieces.push(view.piece(safe_format!(" {}", Safe::own(key)), Token::Accent));
    }
    pieces
}

fn selected(view: &View<'_>, text: Safe) -> Piece {
    view.piece(text, Token::Selection)
}

/// The question in the last row, its keys at the right edge: at no size is rollback or abort out of reach.
fn one_line(
    canvas: &mut Canvas<'_>,
    layout: &Layout,
    (dialog, sheet): (&Dialog, &Sheet),
    view: &View<'_>,
) -> Option<Position> {
    let area = layout.area;
    if area.is_empty() {
        return None;
    }
    // The last row, but never over the badge while there is another row.
    let last = area.bottom().saturating_sub(1);
    let y = if layout.badge.y == last { area.y } else { last };
    let line = Rect { y, height: 1, ..area };
    canvas.fill(line, view.theme.ground(Token::Overlay));
    let Some(question) = &sheet.short else {
        let words = [view.strong(Safe::own("Make the window wider.  esc"))];
        draw_pieces(canvas, line, &words, view.theme);
        return None;
    };
    let key = sheet.buttons.first().map_or("", |button| button.key);
    if let Some(field) = dialog.field.as_ref().filter(|_| dialog.in_field()) {
        let label = sheet.field.as_ref().map(|field| field.label.clone()).unwrap_or_default();
        let room = area.width / 2;
        draw_pieces(canvas, Rect { width: room, ..line }, &[view.strong(label)], view.theme);
        return field.draw(canvas, Rect { x: line.x + room, width: line.width - room, ..line }, view.theme);
    }
    let keys =
        if dialog.is_ready(view.at) { safe_format!(" {} / esc", Safe::own(key)) } else { Safe::own(" wait") };
    let keys = if cells(&keys) > area.width { Safe::own(key) } else { keys };
    let wide = cells(&keys).min(area.width);
    let room = Rect { width: area.width - wide, ..line };
    let end = draw_pieces(canvas, room, &[view.strong(question.clone())], view.theme);
    let rest = Rect { x: end, width: area.right().saturating_sub(end), ..line };
    draw_pieces(canvas, rest, &[view.piece(keys, Token::Accent)], view.theme);
    Some(Position { x: area.x, y })
}
