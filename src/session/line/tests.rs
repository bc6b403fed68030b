//! The exact bytes of a line, and that nothing else is taken for one.

use chrono::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::session::value::{LIST_MAX, NESTING_MAX, TEXT_MAX};

fn draft(data: Table) -> Draft {
    Draft {
        id: EventId::from_parts(1_791_201_600_123, 7),
        at: Utc.timestamp_millis_opt(1_791_201_600_123).unwrap(),
        by: "anna@example.com".into(),
        on: "build1/4711".into(),
        kind: "item.ticked".into(),
        v: 1,
        up: vec![Hash::of(b"b"), Hash::of(b"a")],
        crit: false,
        data,
    }
}

fn same(draft: &Draft, line: &Line) -> bool {
    let mut up = draft.up.clone();
    up.sort_unstable();
    let back = Draft {
        id: line.id,
        at: line.at,
        by: line.by.clone(),
        on: line.on.clone(),
        kind: line.kind.clone(),
        v: line.v,
        up: line.up.clone(),
        crit: line.crit,
        data: line.data.clone(),
    };
    back == Draft { up, ..draft.clone() }
}

#[test]
fn the_bytes_of_a_line_are_these_and_no_others() {
    let written = write_line(&draft(Table::new().with("item", "db-backup").with("result", "pass"))).unwrap();
    let (a, b) = (Hash::of(b"a"), Hash::of(b"b"));
    let (first, second) = if a < b { (a, b) } else { (b, a) };
    let body = format!(
        "01M45YYRKV0000000000000007 = {{ at = \"2026-10-05T12:00:00.123Z\", by = \"anna@example.com\", on = \"build1/4711\", kind = \"item.ticked\", v = 1, up = [\"{first}\", \"{second}\"], data = {{ item = \"db-backup\", result = \"pass\" }}"
    );
    assert_eq!(written.text, format!("{body}, h = \"{}\" }}\n", Hash::of(body.as_bytes())));
    assert_eq!(written.text.len() - body.len(), TAIL_LEN);
}

#[test]
fn crit_stands_before_data_and_only_when_true() {
    let critical = Draft { crit: true, ..draft(Table::new()) };
    let text = write_line(&critical).unwrap().text;
    assert!(text.contains("], crit = true, data = {}, h = "), "{text}");
    assert!(same(&critical, &parse_line(&text).unwrap()));
}

#[test]
fn a_hash_inside_data_does_not_confuse_the_cut() {
    let fake = format!("x, h = \"{}\" }}", Hash::of(b"x"));
    let tricky = draft(Table::new().with("h", fake.as_str()).with("payload", r#"{"a": 1}"#));
    let text = write_line(&tricky).unwrap().text;
    assert!(text.contains(r#"payload = '{"a": 1}'"#));
    assert!(same(&tricky, &parse_line(&text).unwrap()));
}

#[test]
fn an_edited_line_is_told_from_a_torn_one_and_from_a_foreign_one() {
    let text = write_line(&draft(Table::new().with("item", "db"))).unwrap().text;
    assert_eq!(parse_line(&text.replace("\"db\"", "\"dc\"")), Err(LineFault::Edited));
    assert_eq!(parse_line(text.get(..text.len() / 2).unwrap()), Err(LineFault::NoTail));
    assert_eq!(parse_line("[extra]"), Err(LineFault::Foreign));
    assert!(matches!(parse_line(&text.replace("\"db\"", "db\"")), Err(LineFault::NotToml(_))));
    assert!(same(&draft(Table::new().with("item", "db")), &parse_line(text.trim_end()).unwrap()));
}

#[test]
fn a_fitting_hash_over_something_else_is_no_event() {
    for body in [
        "x = { a = 1",
        "01M45YYRKV0000000000000007 = { at = \"2026-10-05\", by = \"a\"",
        "01M45YYRKV0000000000000007 = { at = 1.5",
    ] {
        let text = format!("{body}, h = \"{}\" }}\n", Hash::of(body.as_bytes()));
        assert!(matches!(parse_line(&text), Err(LineFault::Shape(_))), "{body}");
    }
}

#[test]
fn every_limit_is_an_error_and_never_a_shorter_line() {
    let nested = |levels: usize| (1..levels).fold(Table::new(), |inner, _| Table::new().with("x", inner));
    assert!(write_line(&draft(nested(NESTING_MAX))).is_ok());
    assert_eq!(write_line(&draft(nested(NESTING_MAX + 1))), Err(ValueFault::TooDeep.into()));
    assert!(write_line(&draft(Table::new().with("x", vec![1_i64; LIST_MAX]))).is_ok());
    assert_eq!(
        write_line(&draft(Table::new().with("x", vec![1_i64; LIST_MAX + 1]))),
        Err(ValueFault::ListTooLong(LIST_MAX + 1).into())
    );
    assert!(write_line(&draft(Table::new().with("x", "y".repeat(TEXT_MAX)))).is_ok());
    assert_eq!(
        write_line(&draft(Table::new().with("x", "y".repeat(TEXT_MAX + 1)))),
        Err(ValueFault::TextTooLong(TEXT_MAX + 1).into())
    );
    assert!(matches!(
        write_line(&draft(Table::new().with("x", "\u{1}".repeat(TEXT_MAX)))),
        Err(DraftFault::TooLong(_))
    ));
    assert!(matches!(
        write_line(&Draft { kind: "Item".into(), ..draft(Table::new()) }),
        Err(DraftFault::Kind(_))
    ));
    assert_eq!(write_line(&Draft { up: Vec::new(), ..draft(Table::new()) }), Err(DraftFault::Parents(0)));
    assert_eq!(
        write_line(&Draft { up: vec![Hash::of(b""); 65], ..draft(Table::new()) }),
        Err(DraftFault::Parents(65))
    );
    assert!(matches!(
        write_line(&draft(Table::new().with("x", Value::Decimal("1.5".into())))),
        Err(DraftFault::Value(ValueFault::Float(_)))
    ));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Boolean)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((".*", inner), 0..4)
                .prop_map(|pairs| Value::Table(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_what_is_read(pairs in prop::collection::vec((".*", any_value()), 0..6), by in ".*", on in ".*", crit: bool, v in 1_u32.., millis in 0_i64..250_000_000_000_000) {
        let written = Draft { at: Utc.timestamp_millis_opt(millis).unwrap(), by, on, crit, v, ..draft(pairs.into_iter().collect()) };
        let text = write_line(&written).unwrap();
        prop_assert_eq!(text.text.matches('\n').count(), 1);
        let line = parse_line(&text.text).unwrap();
        prop_assert_eq!(line.hash, text.hash);
        prop_assert!(same(&written, &line));
        let again = write_line(&Draft { up: line.up, data: line.data, ..written }).unwrap();
        prop_assert_eq!(again.text, text.text);
    }

    #[test]
    fn no_text_at_all_makes_the_reader_fail_badly(text in ".*") {
        let _fault = parse_line(&text);
    }
}
