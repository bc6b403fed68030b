//! It declines, or reads exactly what the `toml` crate reads; and it declines nothing we write.

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::session::hash::Hash;
use crate::session::line::{Draft, write_line};
use crate::session::ulid::EventId;

/// A line around some text in the place of a value.
fn around(value: &str) -> String {
    format!("x = {{ a = {value} }}")
}

/// Values that begin like ours, or look like them.
const STRANGE: &[&str] = &[
    "01",
    "-01",
    "+1",
    "1_000",
    "1.5",
    "1e5",
    "0x10",
    "0o7",
    "0b1",
    "inf",
    "-inf",
    "nan",
    "-",
    "--1",
    "9223372036854775808",
    "1979-05-27",
    "07:32:00",
    "1979-05-27T07:32:00Z",
    "1979-05-27 07:32:00",
    "\"\"\"x\"\"\"",
    "'''x'''",
    "\"\"\"\"\"\"",
    "\"a\tb\"",
    "\"\\b\"",
    "\"\\e\"",
    "\"\\ud800\"",
    "\"\\u12\"",
    "\"\\u+123\"",
    "\"\\U00110000\"",
    "\"a",
    "'a",
    "'é'",
    "true_",
    "truefalse",
    "True",
    "[1,2]",
    "[ 1 ]",
    "[1, ]",
    "[1",
    "{}{}",
    "{ }",
    "{ b=1 }",
    "{ b = 1, }",
    "{ b.c = 1 }",
    "{ 'b' = 1 }",
    "{ b = 1, b = 2 }",
    "{ b = 1, \"b\" = 2 }",
    "1 # x",
    "1, a = 2",
    "",
    " 1",
    "\u{feff}1",
];

#[test]
fn what_only_begins_like_our_spelling_is_declined() {
    for value in STRANGE {
        assert_eq!(read(&around(value)), None, "{value}");
    }
    for line in [
        "",
        "x",
        "x = {}",
        "x = 1",
        "x = { a = 1 } ",
        " x = { a = 1 }",
        "x = { a = 1 }\n",
        "x.y = { a = 1 }",
        "[x]",
        "x={ a = 1 }",
        "\u{feff}x = { a = 1 }",
    ] {
        assert_eq!(read(line), None, "{line:?}");
    }
}

#[test]
fn what_is_our_spelling_is_taken_as_the_toml_crate_takes_it() {
    for value in [
        "0",
        "-0",
        "-9223372036854775808",
        "9223372036854775807",
        "true",
        "false",
        "\"\"",
        "''",
        "'{\"a\": \"\\\\\"}'",
        "\"\\\"\\\\\\n\\r\\t\\u001B\\U000E0041\"",
        "\"Grüße 🚀\"",
        "[]",
        "[1, \"x\", [], {}]",
        "{}",
        "{ \"b c\" = [{ d = 'e' }], 1 = 2, - = 3 }",
    ] {
        let line = around(value);
        let slow = Table::from_toml(&line).unwrap();
        assert_eq!(read(&line), Some(slow), "{value}");
    }
}

#[test]
fn deep_and_wide_lines_are_left_to_the_toml_crate() {
    let deep = |levels: usize| around(&format!("{}1{}", "[".repeat(levels), "]".repeat(levels)));
    assert!(read(&deep(NESTING_MAX)).is_some());
    assert_eq!(read(&deep(100_000)), None, "and no stack is used up");
    let wide = |keys: usize| {
        let pairs: Vec<String> = (0..keys).map(|n| format!("k{n} = {n}")).collect();
        around(&format!("{{ {} }}", pairs.join(", ")))
    };
    assert!(read(&wide(KEYS_MAX)).is_some());
    assert_eq!(read(&wide(KEYS_MAX + 1)), None);
}

/// Pieces of lines, ours and strange ones.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "{ ",
        " }",
        "{}",
        "[",
        "]",
        "[]",
        ", ",
        " = ",
        "=",
        ",",
        " ",
        "a",
        "b",
        "\"a\"",
        "'a'",
        "\"",
        "'",
        "\\",
        "\\n",
        "\\u00e9",
        "\\U0001F680",
        "1",
        "-",
        "0",
        "true",
        "false",
        ".",
        "#",
        "\n",
        "\r",
        "\t",
        "\u{7f}",
        "\u{85}",
        "é",
        "_",
        "1979-05-27",
        "a = 1",
        "{ a = 1 }",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

/// Data as wide and deep as people make it.
fn data() -> impl Strategy<Value = Table> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Boolean)
    ];
    let value = leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((".*", inner), 0..4)
                .prop_map(|pairs| Value::Table(pairs.into_iter().collect())),
        ]
    });
    let key = prop_oneof![Just("payload".to_owned()), any::<String>()];
    prop::collection::vec((key, value), 0..6).prop_map(|pairs| pairs.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_text_it_declines_or_agrees(pieces in prop::collection::vec(piece(), 0..12), framed: bool) {
        let text = pieces.concat();
        let text = if framed { around(&text) } else { text };
        if let Some(table) = read(&text) {
            prop_assert_eq!(Table::from_toml(&text), Ok(table), "{}", text);
        }
    }

    #[test]
    fn nothing_we_write_is_declined(data in data(), by in ".*", on in ".*", crit: bool, changed in any::<(prop::sample::Index, char)>()) {
        let draft = Draft {
            id: EventId::from_parts(1, 7), at: DateTime::UNIX_EPOCH, by, on, kind: "note.added".into(), v: 1,
            up: vec![Hash::of(b"a"), Hash::of(b"b")], crit, data,
        };
        let text = write_line(&draft).unwrap().text;
        let text = text.trim_end();
        prop_assert_eq!(Table::from_toml(text), Ok(read(text).unwrap()));
        // One character of it is another.
        let (at, other) = changed;
        let mut chars: Vec<char> = text.chars().collect();
        *at.get_mut(&mut chars) = other;
        let text: String = chars.into_iter().collect();
        if let Some(table) = read(&text) {
            prop_assert_eq!(Table::from_toml(&text), Ok(table), "{}", text);
        }
    }
}
