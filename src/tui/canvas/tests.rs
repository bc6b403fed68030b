//! Hostile text and impossible areas on a small buffer.

use proptest::prelude::*;

use super::*;
use crate::text::safe;
use crate::tui::frame::{BorderKind, Frame};
use crate::tui::gauge;

const SIZE: Rect = Rect { x: 0, y: 0, width: 12, height: 4 };

fn rows(buf: &Buffer) -> Vec<String> {
    (0..buf.area.height)
        .map(|y| (0..buf.area.width).map(|x| buf.cell((x, y)).unwrap().symbol().to_owned()).collect())
        .collect()
}

fn drawn(draw: impl FnOnce(&mut Canvas<'_>)) -> Vec<String> {
    let mut buf = Buffer::empty(SIZE);
    draw(&mut Canvas::new(&mut buf));
    rows(&buf)
}

#[test]
fn text_is_clipped_at_every_edge_of_its_area() {
    let area = Rect { x: 3, y: 1, width: 4, height: 1 };
    let found = drawn(|canvas| {
        let mut inner = canvas.within(area);
        assert_eq!(inner.put(1, 1, &safe("abcdefghij"), Style::new()), 11);
        inner.put(3, 0, &safe("above"), Style::new());
        inner.put(3, 2, &safe("below"), Style::new());
    });
    assert_eq!(found, ["            ", "   cdef     ", "            ", "            "]);
}

#[test]
fn a_wide_glyph_cut_by_an_edge_becomes_a_blank() {
    let found = drawn(|canvas| {
        canvas.put(11, 0, &safe("日"), Style::new());
        canvas.within(Rect { x: 1, y: 1, width: 3, height: 1 }).put(0, 1, &safe("日本語"), Style::new());
        canvas.put(0, 2, &safe("日本"), Style::new());
        canvas.put(1, 2, &safe("x"), Style::new());
    });
    assert_eq!(found.first().unwrap(), "            ");
    assert_eq!(found.get(1).unwrap().trim(), "本");
    assert_eq!(found.get(2).unwrap(), " x本         ");
}

#[test]
fn right_aligned_text_ends_before_its_column() {
    let found = drawn(|canvas| {
        assert_eq!(canvas.put_right(12, 0, &safe("4 s"), Style::new()), 9);
        canvas.put_in(
            Rect { x: 0, y: 1, width: 5, height: 1 },
            &safe("checkout"),
            Style::new(),
            GlyphSet::Unicode,
        );
        canvas.put_in(
            Rect { x: 0, y: 2, width: 5, height: 1 },
            &safe("checkout"),
            Style::new(),
            GlyphSet::Ascii,
        );
    });
    assert_eq!(found.first().unwrap(), "         4 s");
    assert_eq!(found.get(1).unwrap().trim(), "chec…");
    assert_eq!(found.get(2).unwrap().trim(), "che..");
}

#[test]
fn a_selected_row_keeps_its_words_and_shows_its_marks() {
    let theme = Theme::built_in("mono");
    let mut buf = Buffer::empty(SIZE);
    let mut canvas = Canvas::new(&mut buf);
    canvas.put_status(1, 0, StatusWord::Fail, &theme);
    canvas.select_row(Rect { height: 1, ..SIZE }, &theme);
    assert_eq!(rows(&buf).first().unwrap(), ">✗ FAIL    <");
    assert!((0..12).all(|x| buf.cell((x, 0)).unwrap().modifier.contains(Modifier::REVERSED)));
}

#[test]
fn log_colours_are_drawn_from_the_cell_that_is_scrolled_to() {
    let line = crate::text::sanitise_line(b"ab\x1b[31mcdef\x1b[0mgh", crate::text::LimitBytes::LINE);
    let theme = Theme::built_in("dark");
    let mut buf = Buffer::empty(SIZE);
    let area = Rect { x: 0, y: 0, width: 4, height: 1 };
    Canvas::new(&mut buf).put_styled(area, 3, &line, &theme);
    assert_eq!(rows(&buf).first().unwrap(), "defg        ");
    assert_eq!(buf.cell((0, 0)).unwrap().fg, theme.style(Token::StatusDanger).fg.unwrap());
    assert_ne!(buf.cell((3, 0)).unwrap().fg, theme.style(Token::StatusDanger).fg.unwrap());
}

fn any_area() -> impl Strategy<Value = Rect> {
    let edge = prop_oneof![0_u16..20, Just(u16::MAX - 1), Just(u16::MAX)];
    (edge.clone(), edge.clone(), edge.clone(), edge).prop_map(|(x, y, width, height)| Rect {
        x,
        y,
        width,
        height,
    })
}

proptest! {
    #[test]
    fn nothing_is_drawn_outside_the_clip_and_nothing_panics(
        clip in any_area(), area in any_area(), x in 0_u16..20, y in 0_u16..8, words in ".{0,40}",
    ) {
        let theme = Theme::built_in("dark");
        let mut buf = Buffer::empty(SIZE);
        for cell in &mut buf.content {
            cell.set_char('#');
        }
        let mut whole = Canvas::new(&mut buf);
        let mut canvas = whole.within(clip);
        let text = safe(&words);
        canvas.put(x, y, &text, Style::new());
        canvas.put_in(area, &text, Style::new(), GlyphSet::Unicode);
        canvas.put_right(x, y, &text, Style::new());
        canvas.put_styled(area, x, &StyledLine::plain(text.clone()), &theme);
        canvas.select_row(area, &theme);
        canvas.fill(area, Style::new());
        let title = [Piece::new(text, Style::new())];
        Frame { kind: BorderKind::Focused, title: &title, right: &title, ground: Token::Surface }
            .draw(&mut canvas, area, &theme);
        gauge::progress(&mut canvas, area, 3, 7, &theme);
        gauge::spark(&mut canvas, area, &[Some(1.0), None, Some(f64::NAN), Some(9.0)], Style::new(), &theme);
        for y in 0..SIZE.height {
            for x in 0..SIZE.width {
                if !clip.contains(Position { x, y }) {
                    prop_assert_eq!(buf.cell((x, y)).unwrap().symbol(), "#", "{}:{}", x, y);
                }
            }
        }
    }
}
