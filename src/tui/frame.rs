//! Boxes: a border that tells focus and danger without colour, and titles on it.
//!
//! Heavy is the focused pane, double a dialog that acts or a bad verdict, dashed something a person must look at. Not
//! here: what is inside (`panes`, `dialogs`).

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::text::Safe;
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::theme::{Borders, Theme, Token};

/// What a border says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BorderKind {
    /// A pane.
    Plain,
    /// The pane or dialog that has the keys.
    Focused,
    /// Something that acts, or a bad verdict.
    Double,
    /// Nobody knows: a person must look.
    Dashed,
}

/// A box to draw.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'f> {
    /// What the border says.
    pub kind: BorderKind,
    /// Left on the upper border.
    pub title: &'f [Piece],
    /// Right on the upper border; gives way to the title.
    pub right: &'f [Piece],
    /// What the inside is filled with.
    pub ground: Token,
}

/// The six signs of a border: horizontal, vertical, and the corners clockwise from the upper left.
type Signs = [&'static str; 6];

impl Frame<'_> {
    /// Draws border, titles and ground. Returns the inside, which may be empty.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, theme: &Theme) -> Rect {
        let area = canvas.area().intersection(area);
        let mut canvas = canvas.within(area);
        let ground = theme.ground(self.ground);
        canvas.fill(area, ground);
        let inside = inside(area);
        if area.width < 2 || area.height < 2 {
            return inside;
        }
        let token = if self.kind == BorderKind::Focused { Token::BorderFocus } else { Token::Border };
        let style = ground.patch(theme.style(token));
        let [across, down, upper_left, upper_right, lower_right, lower_left] =
            signs(self.kind, theme.borders());
        let (right, bottom) = (area.right().saturating_sub(1), area.bottom().saturating_sub(1));
        let line = Safe::own(across).repeat(usize::from(inside.width));
        for (y, first, last) in [(area.y, upper_left, upper_right), (bottom, lower_left, lower_right)] {
            canvas.put(area.x, y, &Safe::own(first), style);
            canvas.put(inside.x, y, &line, style);
            canvas.put(right, y, &Safe::own(last), style);
        }
        for y in inside.top()..inside.bottom() {
            canvas.put(area.x, y, &Safe::own(down), style);
            canvas.put(right, y, &Safe::own(down), style);
        }
        self.titles(&mut canvas, Rect { height: 1, ..area });
        inside
    }

    /// Titles stand one line sign and one blank away from the corners.
    fn titles(&self, canvas: &mut Canvas<'_>, row: Rect) {
        let room = Rect { x: row.x.saturating_add(2), width: row.width.saturating_sub(4), ..row };
        let title = padded(self.title);
        let used = Piece::width(&title);
        canvas.within(room).put_all(room.x, room.y, &title);
        let right = padded(self.right);
        let wide = Piece::width(&right);
        if wide > 0 && used.saturating_add(wide) < room.width {
            canvas.within(room).put_all(room.right().saturating_sub(wide), room.y, &right);
        }
    }
}

/// What is left of an area inside its border.
pub fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1).min(area.right()),
        y: area.y.saturating_add(1).min(area.bottom()),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

fn padded(pieces: &[Piece]) -> Vec<Piece> {
    if pieces.is_empty() {
        return Vec::new();
    }
    // In no style of their own: the ground of a badge ends with the badge.
    let blank = || Piece::new(Safe::own(" "), Style::new());
    std::iter::once(blank()).chain(pieces.iter().cloned()).chain([blank()]).collect()
}

const fn signs(kind: BorderKind, borders: Borders) -> Signs {
    match (borders, kind) {
        (Borders::Line, BorderKind::Plain) => ["─", "│", "┌", "┐", "┘", "└"],
        (Borders::Line, BorderKind::Focused) => ["━", "┃", "┏", "┓", "┛", "┗"],
        (Borders::Line, BorderKind::Double) => ["═", "║", "╔", "╗", "╝", "╚"],
        (Borders::Line, BorderKind::Dashed) => ["╌", "╎", "┌", "┐", "┘", "└"],
        (Borders::Ascii, BorderKind::Plain) => ["-", "|", "+", "+", "+", "+"],
        (Borders::Ascii, BorderKind::Focused) => ["=", "#", "#", "#", "#", "#"],
        (Borders::Ascii, BorderKind::Double) => ["=", "|", "+", "+", "+", "+"],
        (Borders::Ascii, BorderKind::Dashed) => [".", ":", "+", "+", "+", "+"],
        (
            Borders::Hidden,
            BorderKind::Plain | BorderKind::Focused | BorderKind::Double | BorderKind::Dashed,
        ) => [" ", " ", " ", " ", " ", " "],
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::tui::glyph::GlyphSet;
    use crate::tui::snapshot;

    fn box_of(kind: BorderKind, theme: &Theme) -> String {
        let area = Rect { x: 0, y: 0, width: 24, height: 3 };
        let mut buf = Buffer::empty(area);
        let title = [Piece::new(Safe::own("1 Checklist"), Style::new())];
        let right = [Piece::new(Safe::own("8/18"), Style::new())];
        let frame = Frame { kind, title: &title, right: &right, ground: Token::Surface };
        assert_eq!(frame.draw(&mut Canvas::new(&mut buf), area, theme), inside(area));
        snapshot::symbols(&buf)
    }

    #[test]
    fn focus_is_seen_without_colour() {
        let theme = Theme::built_in("mono");
        assert_eq!(
            box_of(BorderKind::Focused, &theme),
            "┏━ 1 Checklist ━ 8/18 ━┓\n┃                      ┃\n┗━━━━━━━━━━━━━━━━━━━━━━┛\n"
        );
        let ascii = box_of(BorderKind::Focused, &theme.with_glyphs(GlyphSet::Ascii));
        assert!(ascii.is_ascii() && ascii.starts_with("#= 1 Checklist ="), "{ascii}");
    }

    #[test]
    fn the_right_title_gives_way() {
        let theme = Theme::built_in("mono");
        let area = Rect { x: 0, y: 0, width: 18, height: 2 };
        let mut buf = Buffer::empty(area);
        let title = [Piece::new(Safe::own("1 Checklist"), Style::new())];
        let right = [Piece::new(Safe::own("8/18"), Style::new())];
        let frame = Frame { kind: BorderKind::Plain, title: &title, right: &right, ground: Token::Surface };
        frame.draw(&mut Canvas::new(&mut buf), area, &theme);
        assert_eq!(snapshot::symbols(&buf), "┌─ 1 Checklist ──┐\n└────────────────┘\n");
    }
}
