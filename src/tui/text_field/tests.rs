//! Typing, deleting and pasting what people and attackers type and paste.

use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::*;
use crate::tui::snapshot;

/// A woman of a family, flag, accent of its own, wide letter: graphemes of several `char`s or cells.
const HARD: &str = "e\u{301}日\u{1f1e9}\u{1f1ea}";

fn press(field: &mut TextField, keys: &str) -> Edited {
    keys.split_whitespace().map(|key| field.press(Key::parse(key).unwrap())).last().unwrap()
}

fn shown(field: &TextField, width: u16, height: u16) -> (String, Option<Position>) {
    let area = Rect { x: 0, y: 0, width, height };
    let mut buf = Buffer::empty(area);
    let cursor = field.draw(&mut Canvas::new(&mut buf), area, &Theme::built_in("dark"));
    (snapshot::symbols(&buf), cursor)
}

#[test]
fn what_is_typed_is_the_value() {
    let mut field = TextField::line(20);
    assert_eq!(press(&mut field, "p r <space> Q"), Edited::Changed);
    assert_eq!((field.value().as_str(), field.cursor()), ("pr Q", (0, 4)));
    assert_eq!(press(&mut field, "<enter>"), Edited::NotMine);
    assert_eq!(press(&mut field, "<tab>"), Edited::NotMine);
    assert_eq!(press(&mut field, "<esc>"), Edited::NotMine);
    assert_eq!(press(&mut field, "ctrl-s"), Edited::NotMine);
    assert_eq!(press(&mut field, "ctrl-u"), Edited::Changed);
    assert!(field.is_blank());
}

#[test]
fn backspace_delete_and_arrows_take_whole_graphemes() {
    let mut field = TextField::line(20).with_text(HARD);
    assert_eq!(field.graphemes(), 3);
    press(&mut field, "<backspace>");
    assert_eq!(field.value(), "e\u{301}日");
    press(&mut field, "<left> <left>");
    assert_eq!(field.cursor(), (0, 0));
    press(&mut field, "<delete>");
    assert_eq!(field.value(), "日");
    press(&mut field, "<right>");
    assert_eq!(field.cursor(), (0, 1));
}

#[test]
fn moving_up_never_stops_inside_a_grapheme() {
    let mut field = TextField::comment(40).with_text("e\u{301}e\u{301}\nabc");
    press(&mut field, "<up>");
    let (_, cursor) = field.cursor();
    press(&mut field, "x");
    let line = field.value().lines().next().unwrap().to_owned();
    assert!(line == "e\u{301}xe\u{301}" || line == "e\u{301}e\u{301}x", "{line:?} at {cursor}");
}

#[test]
fn a_paste_is_cleaned_and_one_line_stays_one_line() {
    let mut field = TextField::line(40);
    field.paste("one\r\ntwo\u{1b}[31m\u{202e}\u{7}\tthree\n");
    assert_eq!(field.area.lines().len(), 1);
    let value = field.value();
    assert!(value.starts_with("one two") && value.ends_with("three"), "{value:?}");
    assert!(!value.contains(['\u{1b}', '\u{202e}', '\u{7}', '\t']), "{value:?}");
    let mut comment = TextField::comment(40);
    comment.paste("one\ntwo\n");
    assert_eq!(comment.value(), "one\ntwo");
}

#[test]
fn a_full_field_takes_what_fits_and_says_so() {
    let mut field = TextField::line(5);
    assert_eq!(field.paste("abcdefgh"), Edited::Full);
    assert_eq!(field.value(), "abcde");
    assert_eq!(press(&mut field, "x"), Edited::Full);
    assert_eq!(press(&mut field, "<backspace> x"), Edited::Changed);
}

#[test]
fn enter_begins_a_new_line_in_a_comment_and_backspace_joins_it() {
    let mut field = TextField::comment(40);
    press(&mut field, "a <enter> b");
    assert_eq!((field.value().as_str(), field.graphemes()), ("a\nb", 3));
    press(&mut field, "<left> <backspace>");
    assert_eq!((field.value().as_str(), field.cursor()), ("ab", (0, 1)));
}

#[test]
fn a_long_line_scrolls_with_its_cursor() {
    let mut field = TextField::line(40).with_text("abcdefghij");
    assert_eq!(shown(&field, 5, 1), ("ghij \n".to_owned(), Some(Position { x: 4, y: 0 })));
    press(&mut field, "<home>");
    assert_eq!(shown(&field, 5, 1), ("abcde\n".to_owned(), Some(Position { x: 0, y: 0 })));
}

#[test]
fn a_comment_folds_at_the_edge_and_scrolls_to_its_cursor() {
    let field = TextField::comment(40).with_text("abcdef\nx");
    assert_eq!(shown(&field, 4, 3), ("abcd\nef  \nx   \n".to_owned(), Some(Position { x: 1, y: 2 })));
    assert_eq!(shown(&field, 4, 1), ("x   \n".to_owned(), Some(Position { x: 1, y: 0 })));
    let full = TextField::comment(40).with_text("abcd");
    assert_eq!(shown(&full, 4, 2), ("abcd\n    \n".to_owned(), Some(Position { x: 0, y: 1 })));
}

proptest! {
    #[test]
    fn any_keys_and_pastes_keep_the_limit_and_draw_at_any_size(
        pastes in prop::collection::vec(".{0,20}", 0..4),
        keys in prop::collection::vec(0_usize..12, 0..30),
        width in 0_u16..12, height in 0_u16..4,
    ) {
        let all = ["<left>", "<right>", "<up>", "<down>", "<home>", "<end>", "<backspace>", "<delete>", "<enter>",
            "ctrl-w", "ctrl-left", "é"];
        for mut field in [TextField::line(15), TextField::comment(15)] {
            for paste in &pastes {
                field.paste(paste);
                for key in &keys {
                    press(&mut field, all[*key]);
                    let value = field.value();
                    prop_assert!(!value.contains(|c: char| c.is_control() && c != '\n'), "{:?}", value);
                    let (_, cursor) = shown(&field, width, height);
                    prop_assert!(cursor.is_some() || width == 0 || height == 0);
                }
            }
        }
    }
}
