//! Text a person types: one line, or a comment of several. Editing is the text area's, drawing and cleaning are ours.
//!
//! The crate deletes one `char` per Backspace and keeps control characters of pasted text, so deleting and moving go by
//! grapheme and every text passes the sanitiser here. Drafts are kept by whoever owns the field.

use ratatui::layout::{Position, Rect};
use tui_textarea::{CursorMove, DataCursor, TextArea};

use crate::text::{Safe, safe, width};
use crate::tui::canvas::Canvas;
use crate::tui::key::{Key, KeyCode};
use crate::tui::theme::{Theme, Token};

/// Graphemes of a comment: a screenful, as in the counter of the status line.
pub const COMMENT_GRAPHEMES_MAX: usize = 500;
/// Graphemes of a line: names, versions, filters.
pub const LINE_GRAPHEMES_MAX: usize = 200;

/// How many lines a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// One; Enter is not the field's.
    One,
    /// Several; Enter begins a new one.
    Many,
}

/// What a key or paste did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text changed.
    Changed,
    /// The cursor moved, or could not.
    Moved,
    /// There is no room for it, or not for all of it.
    Full,
    /// The key is not the field's.
    NotMine,
}

/// A field and its text.
#[derive(Clone, Debug)]
pub struct TextField {
    area: TextArea<'static>,
    lines: Lines,
    graphemes_max: usize,
}

impl TextField {
    /// An empty field of one line.
    pub fn line(graphemes_max: usize) -> TextField {
        TextField { area: TextArea::default(), lines: Lines::One, graphemes_max }
    }

    /// An empty comment.
    pub fn comment(graphemes_max: usize) -> TextField {
        TextField { area: TextArea::default(), lines: Lines::Many, graphemes_max }
    }

    /// The same field holding this text, as far as it fits; the cursor is behind it. For drafts.
    #[must_use]
    pub fn with_text(mut self, text: &str) -> TextField {
        self.area = TextArea::default();
        self.paste(text);
        self
    }

    /// The text, lines joined by line ends. Every line has passed the sanitiser.
    pub fn value(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether nothing, or only blanks, was typed.
    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Length in graphemes, line ends counted.
    pub fn graphemes(&self) -> usize {
        let lines = self.area.lines();
        let inside: usize = lines.iter().map(|line| width::graphemes(line).count()).sum();
        inside + lines.len().saturating_sub(1)
    }

    /// How many graphemes it may hold.
    pub fn graphemes_max(&self) -> usize {
        self.graphemes_max
    }

    /// The cursor: line, and grapheme in it.
    pub fn cursor(&self) -> (usize, usize) {
        let DataCursor(row, _) = self.area.cursor();
        (row, width::graphemes(self.before()).count())
    }

    /// One key. Enter belongs to a comment only; Tab, Esc and what else a dialog needs are never taken.
    pub fn press(&mut self, key: Key) -> Edited {
        if let Some(typed) = key.typed() {
            return self.type_in(typed);
        }
        match (key.code, key.ctrl, self.lines) {
            (KeyCode::Enter, false, Lines::Many) => self.insert("\n"),
            (KeyCode::Backspace, false, _) => self.delete_before(),
            (KeyCode::Delete, false, _) => self.delete_after(),
            (KeyCode::Char('u'), true, _) => changed(self.area.delete_line_by_head()),
            (KeyCode::Char('k'), true, _) => changed(self.area.delete_line_by_end()),
            (KeyCode::Char('w') | KeyCode::Backspace, true, _) => changed(self.area.delete_word()),
            (KeyCode::Left, false, _) => self.go(Side::Before),
            (KeyCode::Right, false, _) => self.go(Side::After),
            (KeyCode::Left, true, _) => self.go_to(CursorMove::WordBack),
            (KeyCode::Right, true, _) => self.go_to(CursorMove::WordForward),
            (KeyCode::Home, _, _) | (KeyCode::Char('a'), true, _) => self.go_to(CursorMove::Head),
            (KeyCode::End, _, _) => self.go_to(CursorMove::End),
            (KeyCode::Up, false, Lines::Many) => self.go_to(CursorMove::Up),
            (KeyCode::Down, false, Lines::Many) => self.go_to(CursorMove::Down),
            _ => Edited::NotMine,
        }
    }

    /// Pasted text: cleaned line by line; in a field of one line, line ends become blanks.
    pub fn paste(&mut self, text: &str) -> Edited {
        let clean: Vec<String> =
            text.lines().map(|line| safe(&line.replace('\t', " ")).as_str().to_owned()).collect();
        let separator = match self.lines {
            Lines::One => " ",
            Lines::Many => "\n",
        };
        self.insert(clean.join(separator).trim_end_matches('\n'))
    }

    /// Draws the text with its own scroll. Returns where the real cursor belongs, if it is in sight.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, theme: &Theme) -> Option<Position> {
        let area = canvas.area().intersection(area);
        let ground = theme.ground(Token::Surface);
        canvas.fill(area, ground);
        if area.is_empty() {
            return None;
        }
        let shown = match self.lines {
            Lines::One => self.one_line(area.width),
            Lines::Many => self.folded(area),
        };
        for (y, line) in (area.top()..area.bottom()).zip(&shown.lines) {
            canvas.within(area).put(area.x, y, line, ground);
        }
        let (column, row) = shown.cursor;
        Some(Position { x: area.x.saturating_add(column), y: area.y.saturating_add(row) })
            .filter(|position| area.contains(*position))
    }

    fn type_in(&mut self, typed: char) -> Edited {
        let mut bytes = [0; 4];
        let text = &*typed.encode_utf8(&mut bytes);
        // What the sanitiser would change cannot be typed: controls, direction overrides, invisible characters.
        if safe(text) == *text { self.insert(text) } else { Edited::Moved }
    }

    fn insert(&mut self, text: &str) -> Edited {
        let room = self.graphemes_max.saturating_sub(self.graphemes());
        let all = width::graphemes(text).count();
        let fits: String = width::graphemes(text).take(room).map(|(grapheme, _)| grapheme).collect();
        let inserted = !fits.is_empty() && self.area.insert_str(&fits);
        if all > room { Edited::Full } else { changed(inserted) }
    }

    /// The line up to the cursor.
    fn before(&self) -> &str {
        let DataCursor(row, column) = self.area.cursor();
        let line = self.area.lines().get(row).map_or("", String::as_str);
        line.char_indices().nth(column).map_or(line, |(byte, _)| line.get(..byte).unwrap_or(line))
    }

    /// The line from the cursor on.
    fn after(&self) -> &str {
        let DataCursor(row, _) = self.area.cursor();
        let line = self.area.lines().get(row).map_or("", String::as_str);
        line.get(self.before().len()..).unwrap_or_default()
    }

    fn delete_before(&mut self) -> Edited {
        let chars = self.grapheme_chars(Side::Before);
        if chars == 0 {
            return changed(self.area.delete_char());
        }
        self.go(Side::Before);
        changed(self.area.delete_str(chars))
    }

    fn delete_after(&mut self) -> Edited {
        let chars = self.grapheme_chars(Side::After);
        if chars == 0 { changed(self.area.delete_next_char()) } else { changed(self.area.delete_str(chars)) }
    }

    /// How many `char`s the grapheme at this side of the cursor has; none at the end of the line.
    fn grapheme_chars(&self, side: Side) -> usize {
        let grapheme = match side {
            Side::Before => width::graphemes(self.before()).next_back(),
            Side::After => width::graphemes(self.after()).next(),
        };
        grapheme.map_or(0, |(grapheme, _)| grapheme.chars().count())
    }

    /// Moves over one grapheme, or over a line end.
    fn go(&mut self, side: Side) -> Edited {
        let to = match side {
            Side::Before => CursorMove::Back,
            Side::After => CursorMove::Forward,
        };
        for _ in 0..self.grapheme_chars(side).max(1) {
            self.area.move_cursor(to);
        }
        Edited::Moved
    }

    fn go_to(&mut self, to: CursorMove) -> Edited {
        self.area.move_cursor(to);
        // The crate counts `char`s: step back to where a grapheme begins.
        let DataCursor(row, column) = self.area.cursor();
        let line = self.area.lines().get(row).map_or("", String::as_str);
        let mut begin = 0;
        for (grapheme, _) in width::graphemes(line) {
            let next = begin + grapheme.chars().count();
            if next > column {
                break;
            }
            begin = next;
        }
        for _ in begin..column {
            self.area.move_cursor(CursorMove::Back);
        }
        Edited::Moved
    }

    /// The line, scrolled so that the cursor is in sight.
    fn one_line(&self, columns: u16) -> Shown {
        let before = width::cells(self.before());
        let scroll = (before + 1).saturating_sub(usize::from(columns));
        let line = self.area.lines().first().map_or("", String::as_str);
        let mut at = 0;
        let visible: String = width::graphemes(line)
            .filter(|(_, wide)| {
                let from = at;
                at += wide;
                from >= scroll
            })
            .map(|(grapheme, _)| grapheme)
            .collect();
        // A wide glyph that is cut by the left edge leaves the view, and the rest moves up to it.
        let hidden: usize = width::cells(line).saturating_sub(width::cells(&visible));
        let column = before.saturating_sub(hidden);
        Shown { lines: vec![safe(&visible)], cursor: (to_cells(column), 0) }
    }

    /// The lines folded at the edge, scrolled so that the cursor is in sight. Folded by grapheme and not by word, so
    /// that text does not jump while it is typed.
    fn folded(&self, area: Rect) -> Shown {
        let columns = usize::from(area.width);
        let DataCursor(cursor_line, _) = self.area.cursor();
        let mut rows: Vec<String> = Vec::new();
        let mut cursor = (0, 0);
        for (number, line) in self.area.lines().iter().enumerate() {
            let mut row = String::new();
            let mut used = 0;
            let mut bytes = 0;
            let at_cursor = (number == cursor_line).then(|| self.before().len());
            for (grapheme, wide) in width::graphemes(line) {
                if used + wide > columns && used > 0 {
                    rows.push(std::mem::take(&mut row));
                    used = 0;
                }
                if at_cursor == Some(bytes) {
                    cursor = (used, rows.len());
                }
                row.push_str(grapheme);
                used += wide;
                bytes += grapheme.len();
            }
            if at_cursor == Some(bytes) {
                // Behind a full row the cursor stands at the beginning of the next.
                if used >= columns && used > 0 {
                    rows.push(std::mem::take(&mut row));
                    used = 0;
                }
                cursor = (used, rows.len());
            }
            rows.push(row);
        }
        let (column, row) = cursor;
        let scroll = (row + 1).saturating_sub(usize::from(area.height));
        let lines = rows.iter().skip(scroll).take(usize::from(area.height)).map(|row| safe(row)).collect();
        Shown { lines, cursor: (to_cells(column), to_cells(row - scroll)) }
    }
}

/// A side of the cursor.
#[derive(Clone, Copy, Debug)]
enum Side {
    Before,
    After,
}

/// What is in sight: lines, and the cursor's column and row in them.
struct Shown {
    lines: Vec<Safe>,
    cursor: (u16, u16),
}

fn to_cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

fn changed(was: bool) -> Edited {
    if was { Edited::Changed } else { Edited::Moved }
}

#[cfg(test)]
mod tests;
