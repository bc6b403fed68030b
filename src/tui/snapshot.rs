//! A drawn buffer as text for tests: a grid of symbols, a grid of style letters, and a legend of roles.
//!
//! Colour is content here: a snapshot without it does not notice a red row that turned green (ratatui#1402). The
//! legend names roles, not colours, so a snapshot survives a new shade.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::style::{Color, Modifier};

use crate::tui::theme::{Theme, Token};

/// Letters for styles in the order they appear; a 63rd style and all after share `*`.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

type Look = (Color, Color, Modifier);

/// The symbols alone, one line per row; the right half of a wide glyph takes no place.
pub fn symbols(buf: &Buffer) -> String {
    grid(buf, |cell| Some(cell.symbol()))
}

/// Symbols, styles and legend.
pub fn styled(buf: &Buffer, theme: &Theme) -> String {
    let mut looks: Vec<Look> = Vec::new();
    let mut styles = String::new();
    for row in rows(buf) {
        let letters: String = row.iter().map(|cell| letter(look(cell), &mut looks)).collect();
        styles.push_str(&letters);
        styles.push('\n');
    }
    let mut out = format!("{}\n{styles}\n", symbols(buf));
    for (place, look) in looks.iter().enumerate() {
        let letter = LETTERS.chars().nth(place).unwrap_or('*');
        // Writing to a String cannot fail.
        let _written = writeln!(out, "{letter} {}", legend(*look, theme));
    }
    out
}

fn look(cell: &Cell) -> Look {
    (cell.fg, cell.bg, cell.modifier)
}

fn letter(look: Look, looks: &mut Vec<Look>) -> char {
    let place = looks.iter().position(|known| *known == look).unwrap_or_else(|| {
        looks.push(look);
        looks.len() - 1
    });
    LETTERS.chars().nth(place).unwrap_or('*')
}

fn rows(buf: &Buffer) -> impl Iterator<Item = &[Cell]> {
    buf.content.chunks(usize::from(buf.area.width).max(1))
}

fn grid<'b>(buf: &'b Buffer, show: impl Fn(&'b Cell) -> Option<&'b str>) -> String {
    let mut out = String::new();
    for row in rows(buf) {
        let mut hidden = 0;
        for cell in row {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = cell.symbol().cell_width().saturating_sub(1);
            out.push_str(show(cell).unwrap_or(" "));
        }
        out.push('\n');
    }
    out
}

fn legend((fg, bg, modifier): Look, theme: &Theme) -> String {
    let pair = Token::ALL.into_iter().find(|token| {
        let style = theme.style(*token);
        style.fg == Some(fg) && style.bg == Some(bg) && fg != bg
    });
    let mut out = pair.map_or_else(
        || {
            let front = role(|token| theme.style(token).fg == Some(fg));
            let ground = role(|token| theme.style(token).bg == Some(bg));
            format!("{} on {}", front.unwrap_or("default"), ground.unwrap_or("default"))
        },
        |token| token.name().to_owned(),
    );
    for (name, _) in modifier.iter_names() {
        out.push(' ');
        out.push_str(&name.to_ascii_lowercase());
    }
    out
}

fn role(wanted: impl Fn(Token) -> bool) -> Option<&'static str> {
    Token::ALL.into_iter().find(|token| wanted(*token)).map(Token::name)
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;
    use crate::text::safe;
    use crate::tui::canvas::Canvas;
    use crate::tui::glyph::StatusWord;

    #[test]
    fn a_snapshot_tells_red_from_green() {
        let theme = Theme::built_in("dark");
        let area = Rect { x: 0, y: 0, width: 12, height: 2 };
        let shot = |word| {
            let mut buf = Buffer::empty(area);
            let mut canvas = Canvas::new(&mut buf);
            canvas.fill(area, theme.ground(Token::Surface));
            canvas.put_status(0, 0, word, &theme);
            canvas.put(0, 1, &safe("日本 x"), theme.style(Token::FgMuted));
            styled(&buf, &theme)
        };
        assert_eq!(
            shot(StatusWord::Pass),
            "✓ PASS      \n日本 x      \n\nabaaaabbbbbb\nccccccbbbbbb\n\na status.success on surface\nb fg on surface\nc fg.muted on surface\n"
        );
        assert!(shot(StatusWord::Fail).contains("status.danger on surface"));
    }
}
