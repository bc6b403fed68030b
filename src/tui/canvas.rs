//! The one way to a cell: safe text by grapheme, clipped, never outside its area, never a panic.
//!
//! Coordinates are those of the screen. A canvas has a clip area; whatever lies outside is not drawn, also where an
//! area is larger than the buffer. Boxes are in `frame.rs`, bars and small charts in `gauge.rs`, colours in `theme/`.

use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use crate::text::{Safe, StyledLine, width};
use crate::tui::glyph::{GlyphSet, StatusWord, WORD_CELLS};
use crate::tui::theme::{Theme, Token};

/// A text in one style: what titles and lines are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: Safe,
    /// How it looks; what it does not say comes from what is below.
    pub style: Style,
}

impl Piece {
    /// A text in a style.
    pub const fn new(text: Safe, style: Style) -> Piece {
        Piece { text, style }
    }

    /// Width of all pieces, in cells.
    pub fn width(pieces: &[Piece]) -> u16 {
        pieces.iter().map(|piece| cells(&piece.text)).fold(0, u16::saturating_add)
    }
}

/// A part of a buffer that can be drawn on.
#[derive(Debug)]
pub struct Canvas<'b> {
    buf: &'b mut Buffer,
    clip: Rect,
}

impl<'b> Canvas<'b> {
    /// The whole buffer.
    pub fn new(buf: &'b mut Buffer) -> Canvas<'b> {
        let clip = buf.area;
        Canvas { buf, clip }
    }

    /// What can be drawn on.
    pub fn area(&self) -> Rect {
        self.clip
    }

    /// The same cells, clipped to `area`.
    pub fn within(&mut self, area: Rect) -> Canvas<'_> {
        let clip = self.clip.intersection(area);
        Canvas { buf: self.buf, clip }
    }

    /// Draws a text from `x` to the right. Returns the cell after it, whether or not that is inside.
    pub fn put(&mut self, x: u16, y: u16, text: &Safe, style: Style) -> u16 {
        let mut at = x;
        for (grapheme, measured) in width::graphemes(text.as_str()) {
            let wide = grapheme.cell_width().max(u16::try_from(measured).unwrap_or(u16::MAX));
            if wide == 0 {
                continue;
            }
            self.grapheme(Position { x: at, y }, grapheme, wide, style);
            at = at.saturating_add(wide);
        }
        at
    }

    /// Draws pieces one after the other. Returns the cell after the last.
    pub fn put_all(&mut self, x: u16, y: u16, pieces: &[Piece]) -> u16 {
        pieces.iter().fold(x, |at, piece| self.put(at, y, &piece.text, piece.style))
    }

    /// Draws a text into the first row of `area`, cut with an ellipsis where it does not fit. Returns the cell after it.
    pub fn put_in(&mut self, area: Rect, text: &Safe, style: Style, glyphs: GlyphSet) -> u16 {
        if area.is_empty() {
            return area.x;
        }
        let cut = cut(text, area.width, glyphs);
        self.within(area).put(area.x, area.y, &cut, style)
    }

    /// Draws a text that ends before the column `right`. Returns its first column; what does not fit on the left is cut
    /// off there.
    pub fn put_right(&mut self, right: u16, y: u16, text: &Safe, style: Style) -> u16 {
        let start = right.saturating_sub(cells(text));
        let fits = Rect { x: start, y, width: right.saturating_sub(start), height: 1 };
        self.within(fits).put(start, y, text, style);
        start
    }

    /// Draws a line of a log into the first row of `area`, from its cell `skip` on, over what the area was filled with.
    /// Its colours go through the theme.
    pub fn put_styled(&mut self, area: Rect, skip: u16, line: &StyledLine, theme: &Theme) {
        let mut row = self.within(Rect { height: area.height.min(1), ..area });
        let mut at: u32 = 0;
        for span in &line.spans {
            let style = theme.sgr(span.style);
            for (grapheme, measured) in width::graphemes(span.text.as_str()) {
                let wide = grapheme.cell_width().max(u16::try_from(measured).unwrap_or(u16::MAX));
                let from = at;
                at = at.saturating_add(u32::from(wide));
                let Some(past) = from.checked_sub(u32::from(skip)) else { continue };
                let Ok(past) = u16::try_from(past) else { return };
                if wide == 0 || past >= area.width {
                    continue;
                }
                let place = Position { x: area.x.saturating_add(past), y: area.y };
                row.grapheme(place, grapheme, wide, style);
            }
        }
    }

    /// Draws glyph and word of a status from `x` on: the glyph, a blank, the word in its column. Returns the cell after
    /// the column.
    pub fn put_status(&mut self, x: u16, y: u16, word: StatusWord, theme: &Theme) -> u16 {
        let glyph = Safe::own(theme.glyphs().status(word));
        let after = self.put(x, y, &glyph, theme.status_glyph(word)).saturating_add(1);
        self.put(after, y, &Safe::own(word.column_word()), theme.status_word(word));
        after.saturating_add(WORD_CELLS)
    }

    /// Blanks in one style.
    pub fn fill(&mut self, area: Rect, style: Style) {
        self.each(area, |cell| {
            cell.reset();
            cell.set_style(style);
        });
        self.mend_left_edge(area);
    }

    /// Changes the style of what is already drawn.
    pub fn restyle(&mut self, area: Rect, style: Style) {
        self.each(area, |cell| {
            cell.set_style(style);
        });
    }

    /// Lets what is drawn step back, as under a dialog: muted text on the ground of the screen, no emphasis.
    pub fn mute(&mut self, area: Rect, theme: &Theme) {
        let muted =
            theme.ground(Token::Bg).patch(theme.style(Token::FgMuted)).remove_modifier(Modifier::all());
        self.restyle(area, muted);
    }

    /// Marks a row as the selected one of the focused pane: `>` and `<` at its edges, and the selection's style.
    /// Badges and matches in the row keep their own ground.
    pub fn select_row(&mut self, row: Rect, theme: &Theme) {
        let row = Rect { height: row.height.min(1), ..row };
        self.each(row, |cell| {
            let style = theme.selected(cell.style());
            cell.set_style(style);
        });
        if row.is_empty() {
            return;
        }
        let mark = theme.selected(theme.style(Token::FgStrong));
        self.within(row).put(row.x, row.y, &Safe::own(">"), mark);
        if row.width > 1 {
            self.within(row).put(row.right().saturating_sub(1), row.y, &Safe::own("<"), mark);
        }
    }

    /// The symbol at a place, for tests and for the parked cursor; a blank outside.
    pub fn symbol(&self, x: u16, y: u16) -> &str {
        self.buf.cell(Position { x, y }).map_or(" ", Cell::symbol)
    }

    fn each(&mut self, area: Rect, mut change: impl FnMut(&mut Cell)) {
        let area = self.clip.intersection(area).intersection(self.buf.area);
        for position in area.positions() {
            if let Some(cell) = self.buf.cell_mut(position) {
                change(cell);
            }
        }
    }

    fn grapheme(&mut self, place: Position, grapheme: &str, wide: u16, style: Style) {
        let Position { x, y } = place;
        let inside = self.clip.intersection(self.buf.area);
        let end = x.saturating_add(wide);
        if y < inside.top() || y >= inside.bottom() || x >= inside.right() || end <= inside.left() {
            return;
        }
        // A wide glyph that is cut by an edge becomes blanks: half a glyph cannot be drawn.
        let whole = x >= inside.left() && end <= inside.right();
        self.mend_left_edge(Rect { x: x.max(inside.left()), y, width: 1, height: 1 });
        for column in x.max(inside.left())..end.min(inside.right()) {
            let Some(cell) = self.buf.cell_mut(Position { x: column, y }) else { continue };
            let symbol = if whole && column == x { grapheme } else { " " };
            set(cell, symbol, style);
        }
    }

    /// A wide glyph whose right half is about to be overwritten becomes a blank.
    fn mend_left_edge(&mut self, area: Rect) {
        let Some(before) = area.x.checked_sub(1) else { return };
        for y in area.top()..area.bottom().min(self.buf.area.bottom()) {
            if let Some(cell) = self.buf.cell_mut(Position { x: before, y })
                && cell.symbol().cell_width() > 1
            {
                set(cell, " ", Style::new());
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place: the symbol is one grapheme of a Safe")]
fn set(cell: &mut Cell, symbol: &str, style: Style) {
    cell.set_symbol(symbol);
    cell.set_style(style);
}

/// Width of a text in cells, as the screen counts.
pub fn cells(text: &Safe) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// A text of at most `cells_max` cells, cut with the ellipsis of the glyph set.
pub fn cut(text: &Safe, cells_max: u16, glyphs: GlyphSet) -> Safe {
    width::truncate_with(text, usize::from(cells_max), &Safe::own(glyphs.ellipsis()))
}

#[cfg(test)]
mod tests;
