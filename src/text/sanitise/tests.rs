//! The sanitiser's rules, one by one, then all of them on generated hostile text.

use proptest::prelude::*;

use super::super::safe::safe;
use super::super::styled::{AnsiColour, Sgr};
use super::*;

mod corpus;

fn value(text: &str) -> String {
    sanitise(&Untrusted::new(text), LimitBytes::LINE).to_string()
}

fn line(text: &str) -> StyledLine {
    sanitise_line(text, LimitBytes::LINE)
}

fn streamed(bytes: &[u8], size: usize, limit: LimitBytes) -> Vec<StyledLine> {
    let mut stream = Sanitiser::new(limit);
    let mut lines: Vec<StyledLine> = bytes.chunks(size).flat_map(|chunk| stream.push(chunk)).collect();
    lines.extend(stream.finish());
    lines
}

/// What may reach no sink, said independently of `glyph.rs`.
fn is_forbidden(c: char, before: Option<char>) -> bool {
    match c {
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => true,
        '\u{200d}' => before.is_none_or(|before| u32::from(before) < 0xa9 || before.is_alphabetic()),
        _ => false,
    }
}

fn assert_harmless(text: &str) {
    let mut before = None;
    let mut selectors = 0;
    let mut marks = 0;
    for c in text.chars() {
        assert!(!is_forbidden(c, before), "{c:?} in {text:?}");
        let is_selector = ('\u{fe00}'..='\u{fe0f}').contains(&c);
        selectors = if is_selector { selectors + 1 } else { 0 };
        let is_mark = ('\u{300}'..='\u{36f}').contains(&c) && c != '\u{34f}';
        marks = if is_mark { marks + 1 } else { 0 };
        assert!(selectors <= 2 && marks <= 8, "{text:?}");
        before = Some(c);
    }
}

#[test]
fn what_is_not_utf8_becomes_the_replacement_character() {
    assert_eq!(
        sanitise_line(b"a\xff\x9b2Jb\xe2\x82", LimitBytes::LINE).text(),
        "a\u{fffd}\u{fffd}2Jb\u{fffd}"
    );
}

#[test]
fn colours_are_kept_as_meanings() {
    let line = line("a\u{1b}[1;31mb\u{1b}[38;5;200;4mc\u{1b}[0m\u{1b}[48:2::1:2:3md\u{9b}97me");
    let styles: Vec<(&str, Sgr)> = line.spans.iter().map(|span| (span.text.as_str(), span.style)).collect();
    let red = Sgr { fg: Some(AnsiColour::Indexed(1)), bold: true, ..Sgr::default() };
    let pink = Sgr { fg: Some(AnsiColour::Indexed(200)), underline: true, ..red };
    let back = Sgr { bg: Some(AnsiColour::Rgb(1, 2, 3)), ..Sgr::default() };
    let white = Sgr { fg: Some(AnsiColour::Indexed(15)), ..back };
    assert_eq!(styles, [("a", Sgr::default()), ("b", red), ("c", pink), ("d", back), ("e", white)]);
}

#[test]
fn nothing_can_be_hidden_by_a_colour() {
    for hidden in [
        "\u{1b}[8mx",
        "\u{1b}[5mx",
        "\u{1b}[6mx",
        "\u{1b}[2mx",
        "\u{1b}[31;41mx",
        "\u{1b}[41m\u{1b}[31mx",
        "\u{1b}[30;48;5;16mx",
        "\u{1b}[38;2;10;10;10;48;2;12;12;12mx",
        "\u{1b}[97;107mx",
        "\u{1b}[7;31;41mx",
        "\u{1b}[38;5;244;48;2;128;128;128mx",
    ] {
        let line = line(hidden);
        let style = line.spans[0].style;
        assert_eq!((line.text().as_str(), style.fg, style.bg), ("x", None, None), "{hidden:?}");
    }
    // The colour of an underline is no list of codes: its 8 and 31 mean nothing.
    assert_eq!(line("\u{1b}[58;5;31;1mx").spans[0].style, Sgr { bold: true, ..Sgr::default() });
}

#[test]
fn every_other_sequence_is_swallowed_and_leaves_its_mark() {
    for sequence in [
        "\u{1b}[2J",
        "\u{1b}[1;1H",
        "\u{1b}[?1049h",
        "\u{1b}[>4;2m",
        "\u{1b}[?4m",
        "\u{1b}[1 q",
        "\u{1b}[6n",
        "\u{1b}c",
        "\u{1b}7",
        "\u{1b}(0",
        "\u{1b}#8",
        "\u{1b}]0;title\u{7}",
        "\u{1b}]52;c;ZXZpbA==\u{1b}\\",
        "\u{1b}]8;;http://evil\u{1b}\\",
        "\u{1b}P1;2|data\u{1b}\\",
        "\u{1b}_apc\u{1b}\\",
        "\u{1b}^pm\u{1b}\\",
        "\u{1b}Xsos\u{1b}\\",
        "\u{9b}2J",
        "\u{9d}0;title\u{9c}",
        "\u{90}dcs\u{9c}",
        "\u{9f}apc\u{9c}",
        "\u{9e}pm\u{9c}",
        "\u{98}sos\u{1b}\\",
        "\u{1b}]0;a\u{9c}",
        "\u{1b}P bell \u{7} inside\u{1b}\\",
    ] {
        assert_eq!(value(&format!("a{sequence}b")), "a␛b", "{sequence:?}");
        assert_eq!(line(&format!("a{sequence}b")).text(), "a␛b", "{sequence:?}");
    }
}

#[test]
fn an_unfinished_sequence_never_swallows_what_follows() {
    for (text, shown) in [
        ("a\u{1b}", "a␛"),
        ("a\u{1b}[31", "a␛[31"),
        ("a\u{1b}]0;title and all the rest", "a␛]0;title and all the rest"),
        ("a\u{9d}0;title", "a‹U+009D›0;title"),
        ("a\u{1b}]0;t\u{1b}[2Jb", "a␛]0;t␛b"),
        ("a\u{1b}]0;t\u{1b}", "a␛]0;t␛"),
        ("a\u{1b}[31é", "a␛[31é"),
        ("a\u{1b}[31\u{18}b", "a␛[31␘b"),
        ("a\u{1b}\u{1b}\u{1b}[31mb", "a␛␛b"),
        ("a\u{1b}P\u{85}b", "a␛P‹U+0085›b"),
    ] {
        assert_eq!(value(text), shown, "{text:?}");
    }
    let lines = streamed("a\u{1b}]0;t\u{1b}\nnext\u{1b}[3\n1mx".as_bytes(), 3, LimitBytes::LINE);
    let texts: Vec<String> = lines.iter().map(|line| line.text().to_string()).collect();
    assert_eq!(texts, ["a␛]0;t␛", "next␛[3", "1mx"]);
}

#[test]
fn a_sequence_is_held_up_to_four_kibibytes() {
    let limit = LimitBytes::new(20_000);
    let swallowed = format!("a\u{1b}]{}\u{7}b", "x".repeat(4094));
    assert_eq!(sanitise_line(&swallowed, limit).text(), "a␛b");
    let shown = format!("a\u{1b}]{}\u{7}b", "x".repeat(4095));
    assert_eq!(sanitise_line(&shown, limit).text(), format!("a␛]{}␇b", "x".repeat(4095)).as_str());
}

#[test]
fn a_lone_carriage_return_keeps_the_last_part_and_flags_the_line() {
    for (text, shown, flagged) in [
        ("ERROR 500\rall good", "all good", true),
        ("10%\r20%\r30%", "30%", true),
        ("abc\r\n", "abc", false),
        ("abc\r\r\n", "abc", false),
        ("\rabc", "abc", false),
        ("10%\r\u{1b}[K20%", "␛20%", true),
    ] {
        let line = line(text);
        assert_eq!((line.text().as_str(), line.carriage_return), (shown, flagged), "{text:?}");
    }
    assert_eq!(value("good\revil"), "good␍evil");
    assert_eq!(value("1.2.3\r\n"), "1.2.3");
    assert_eq!(value("a\nb"), "a␊b");
}

#[test]
fn tabs_become_at_most_four_blanks() {
    assert_eq!(value("\tx"), "    x");
    assert_eq!(value("a\tx"), "a   x");
    assert_eq!(value("abcd\tx"), "abcd    x");
    assert_eq!(value("日\tx"), "日  x");
}

#[test]
fn controls_become_pictures_or_numbers() {
    assert_eq!(value("\0\u{8}\u{7f}"), "␀␈␡");
    assert_eq!(value("\u{85}\u{9c}"), "‹U+0085›‹U+009C›");
}

#[test]
fn the_invisible_becomes_visible() {
    assert_eq!(value("\u{feff}a\u{202e}b\u{2066}c\u{200b}"), "‹U+FEFF›a‹U+202E›b‹U+2066›c‹U+200B›");
    assert_eq!(value("x\u{e0041}"), "x‹U+E0041›");
    assert_eq!(value("a\u{200d}b"), "a‹U+200D›b");
    assert_eq!(value("👩\u{200d}🚀"), "👩\u{200d}🚀");
    assert_eq!(value("👩🏽\u{200d}🚀 🏳\u{fe0f}\u{200d}🌈"), "👩🏽\u{200d}🚀 🏳\u{fe0f}\u{200d}🌈");
    assert_eq!(value("👩\u{200d}"), "👩‹U+200D›");
    assert_eq!(value("👩\u{200d}a"), "👩‹U+200D›a");
    assert_eq!(value("क\u{94d}\u{200d}ष"), "क\u{94d}‹U+200D›ष");
}

#[test]
fn marks_are_clipped_and_selectors_counted() {
    assert_eq!(value(&format!("a{}b", "\u{301}".repeat(20))), format!("a{}b", "\u{301}".repeat(8)));
    assert_eq!(value("a\u{fe0f}\u{fe0f}\u{fe0f}\u{fe0f}"), "a\u{fe0f}\u{fe0f}‹U+FE0F›‹U+FE0F›");
    // A mark at the beginning sits on a circle, not on the words before it on the screen.
    assert_eq!(value("\u{338}a"), "\u{25cc}\u{338}a");
}

#[test]
fn a_colour_between_a_letter_and_its_mark_changes_nothing() {
    let line = line("e\u{1b}[31m\u{301}x");
    assert_eq!(line.spans[0].text, "e\u{301}");
    assert_eq!(line.spans[1].text, "x");
    let many: String = "\u{1b}[31m\u{301}".repeat(20);
    assert_eq!(value(&format!("a{many}")), format!("a{}", "\u{301}".repeat(8)));
}

#[test]
fn the_limit_cuts_between_characters_and_counts() {
    let limit = LimitBytes::new(10);
    let cut = sanitise_line("0123456789abc", limit);
    assert_eq!((cut.text().as_str(), cut.cut_bytes), ("0123456…", 6));
    let whole = sanitise_line("0123456789", limit);
    assert_eq!((whole.text().as_str(), whole.cut_bytes), ("0123456789", 0));
    let wide = sanitise_line("日本語日", limit);
    assert_eq!((wide.text().as_str(), wide.cut_bytes), ("日本…", 6));
    let colours = sanitise_line("\u{1b}[31m01234\u{1b}[32m5\u{1b}[33m6\u{1b}[34m7\u{1b}[35m89ab", limit);
    assert_eq!(colours.text(), "0123456…");
    let lines = streamed(format!("{}\nok", "x".repeat(1 << 20)).as_bytes(), 4096, limit);
    assert_eq!(lines[0].cut_bytes, (1 << 20) - 7);
    assert_eq!(lines[1], StyledLine::plain(Safe::own("ok")));
}

#[test]
fn a_stream_gives_each_line_once_and_keeps_its_colour() {
    let lines = streamed(b"a\n\n\x1b[31mb\nc", 1, LimitBytes::LINE);
    let texts: Vec<String> = lines.iter().map(|line| line.text().to_string()).collect();
    assert_eq!(texts, ["a", "", "b", "c"]);
    assert_eq!(lines[3].spans[0].style.fg, Some(AnsiColour::Indexed(1)));
    assert_eq!(streamed(b"a\n", 1, LimitBytes::LINE).len(), 1);
    assert_eq!(streamed(b"", 1, LimitBytes::LINE).len(), 0);
}

#[test]
fn printable_text_of_all_scripts_passes_unchanged() {
    for text in [
        "Grüße, Łódź",
        "日本語",
        "한국어",
        "हिन्दी",
        "עברית",
        "العربية",
        "ไทย",
        "€ ½ → ✓ ✗ ┃ ▁▂▃",
        "👍🏽 🇩🇪 ❤\u{fe0f}",
    ] {
        assert_eq!(value(text), text);
    }
}

#[test]
fn the_whole_corpus_is_harmless_stable_and_bounded() {
    let corpus = corpus::sequences();
    assert!(corpus.len() >= 200, "{}", corpus.len());
    for hostile in &corpus {
        for text in [hostile.clone(), format!("before{hostile}after"), hostile.repeat(3)] {
            check_all(text.as_bytes(), LimitBytes::LINE);
        }
        // No letter after it: that would be the end of an unfinished sequence.
        let shown = value(&format!("before{hostile}→after"));
        assert!(shown.starts_with("before") && shown.ends_with("→after"), "{hostile:?}: {shown:?}");
        assert_ne!(shown, "before→after", "{hostile:?} vanished");
    }
}

/// Replayed in a terminal emulator, sanitised text fills its own row and does nothing else.
#[test]
fn a_terminal_that_gets_the_corpus_shows_one_row_and_changes_no_mode() {
    let size = |cells| std::num::NonZero::new(cells).expect("a size");
    for hostile in corpus::sequences() {
        let text = safe(&format!("before{hostile}→after"));
        let row = super::super::width::truncate(&text, 78);
        let mut terminal = vt100::Parser::new(size(9), size(80), 9);
        terminal.process(format!("\u{1b}[5;1H{row}").as_bytes());
        let screen = terminal.screen();
        let (line, column) = screen.cursor_position();
        assert_eq!(line, 4, "{hostile:?} moved the cursor");
        assert!(column <= 79, "{hostile:?} filled more than its row");
        for (n, other) in screen.rows(0, 80).enumerate() {
            assert!(n == 4 || other.is_empty(), "{hostile:?} wrote to row {n}: {other:?}");
        }
        let modes = [
            screen.alternate_screen(),
            screen.application_keypad(),
            screen.bracketed_paste(),
            screen.hide_cursor(),
        ];
        assert_eq!(modes, [false; 4], "{hostile:?} changed a mode");
        let cell = screen.cell(4, 0).expect("a cell");
        assert_eq!(
            (cell.contents(), cell.fgcolor(), cell.bgcolor()),
            ("b", vt100::Color::Default, vt100::Color::Default)
        );
    }
}

#[test]
fn lines_beyond_the_bound_are_counted() {
    let (lines, left_out) = sanitise_lines("a\nb\nc\nd", LimitBytes::LINE, 3);
    assert_eq!((lines.len(), left_out), (3, 1));
}

/// Every invariant on one text.
fn check_all(bytes: &[u8], limit: LimitBytes) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let safe = sanitise(&Untrusted::new(text.as_str()), limit);
    assert_harmless(safe.as_str());
    assert!(safe.as_str().len() <= limit.bytes(), "{text:?}");
    assert!(safe.as_str().len() <= 6 * text.len() + "…".len(), "{text:?}");
    assert_eq!(sanitise(&safe.to_untrusted(), limit), safe, "not idempotent: {text:?}");

    let whole = streamed(bytes, usize::MAX, limit);
    for line in &whole {
        for span in &line.spans {
            assert_harmless(span.text.as_str());
            assert!(!span.text.is_empty());
            assert!(span.style.fg.is_none() || span.style.fg != span.style.bg);
        }
        let again = sanitise_line(line.text().as_str(), limit);
        assert_eq!(again.text(), line.text(), "not idempotent: {text:?}");
    }
    for size in [1, 2, 3, 7] {
        assert_eq!(streamed(bytes, size, limit), whole, "{text:?} in chunks of {size}");
    }
}

/// Pieces that are dangerous next to each other.
fn hostile_text() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        proptest::sample::select(corpus::sequences()).prop_map(String::into_bytes),
        proptest::sample::select(corpus::INTRODUCERS.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        proptest::sample::select(corpus::INVISIBLE.to_vec()).prop_map(|c| c.to_string().into_bytes()),
        proptest::sample::select(vec![
            "👩",
            "🚀",
            "🏽",
            "\u{200d}",
            "\u{fe0f}",
            "\u{301}",
            "日",
            "\u{1160}",
            "क\u{94d}"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        "[ -~]{0,6}".prop_map(String::into_bytes),
        "\\PC{0,3}".prop_map(String::into_bytes),
        proptest::sample::select(vec!["\r", "\n", "\r\n", "\t", "\u{18}", "\u{7}", "\\", ";", "m"])
            .prop_map(|text| text.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn generated_hostile_text_is_harmless_stable_and_bounded(bytes in hostile_text(), limit in 4_usize..200) {
        check_all(&bytes, LimitBytes::new(limit));
        check_all(&bytes, LimitBytes::LINE);
    }

    #[test]
    fn any_bytes_are_harmless_stable_and_bounded(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        check_all(&bytes, LimitBytes::LINE);
    }

    #[test]
    fn any_characters_are_harmless_stable_and_bounded(
        text in proptest::collection::vec(any::<char>(), 0..60)
    ) {
        check_all(text.into_iter().collect::<String>().as_bytes(), LimitBytes::LINE);
    }
}
