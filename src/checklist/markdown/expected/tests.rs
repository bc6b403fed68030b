//! The reader of expected answers by cases, over the documents, and over any text.

use proptest::prelude::*;

use super::super::curl::requests;
use super::super::shell::script::tests::scripts;
use super::*;

fn text(value: &str) -> Scalar {
    Scalar::Text(value.to_owned())
}

#[test]
fn comments_say_what_must_come() {
    let read = |comment: &str| Expected::read([comment]);
    assert_eq!(read("Expected: HTTP 200 OK").status, Some(200));
    assert_eq!(read("should return 204").status, Some(204));
    assert_eq!(read("Expected: 200").status, Some(200));
    assert_eq!(read("→ 301").status, Some(301));
    assert_eq!(read("Expected: < 500ms").below_ms, Some(500));
    assert_eq!(read("Expected: under 1.5 seconds").below_ms, Some(1500));
    assert_eq!(
        read("Expected output: All services HEALTHY").contains.as_deref(),
        Some("All services HEALTHY")
    );
    assert_eq!(read("output: \"pong\" within a moment").contains.as_deref(), Some("pong"));
    let page = read("Expected: HTML page with API documentation");
    assert!(page.is_empty());
    assert_eq!(page.hint.as_deref(), Some("HTML page with API documentation"));
    assert_eq!(read("Should show new version").hint.as_deref(), Some("new version"));
}

#[test]
fn a_comment_that_asks_nothing_says_nothing() {
    for comment in [
        "Test resilience endpoint",
        "2. Check the 200 items",
        "Review metrics",
        "unexpected things",
        "wait 200 ms",
        "output the list",
        "",
    ] {
        assert_eq!(Expected::read([comment]), Expected::default(), "{comment}");
    }
    assert_eq!(Expected::read(["Expected: 200 rows", "Expected: 404 files"]).status, None);
}

#[test]
fn json_is_read_as_people_write_it() {
    let read = |json: &str| scalars(json);
    assert_eq!(
        read(r#"{"status": "ok", "database": "connected", ...}"#),
        [("/status".to_owned(), text("ok")), ("/database".to_owned(), text("connected"))]
    );
    assert_eq!(
        read(r#"{..., "defense_level": "GREEN", ...}"#),
        [("/defense_level".to_owned(), text("GREEN"))]
    );
    assert_eq!(
        read("{'a': {b: 1.5, \"c/d\": true}, \"e\": [null, \"x\", …, 3], \"f\": \"abc...\"}"),
        [
            ("/a/b".to_owned(), Scalar::Number("1.5".to_owned())),
            ("/a/c~1d".to_owned(), Scalar::Truth(true)),
            ("/e/0".to_owned(), Scalar::Null),
            ("/e/1".to_owned(), text("x")),
        ]
    );
    assert_eq!(read("{\"a\": 1, \"b\": <id>}"), [("/a".to_owned(), Scalar::Number("1".to_owned()))]);
    assert_eq!(read("{"), []);
}

#[test]
fn items_say_it_in_their_own_words() {
    assert_eq!(Expected::of_item("`/health` endpoint returns 200 (no DB dependency)").status, Some(200));
    assert_eq!(Expected::of_item("Backend /health endpoint responding (200 OK)").status, Some(200));
    assert_eq!(Expected::of_item("Backend API response times < 200ms (p95)").below_ms, Some(200));
    assert_eq!(Expected::of_item("264 test functions discovered").status, None);
    assert_eq!(Expected::of_item("Review 200 files").status, None);
}

#[test]
fn the_documents_say_what_was_counted() {
    let all: Vec<Expected> = scripts(3)
        .iter()
        .flat_map(|(_, script)| {
            let ok = requests(script).into_iter().filter(|(_, read)| read.is_ok()).collect::<Vec<_>>();
            ok.into_iter().map(|(at, _)| Expected::read(script.comments_of(at))).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(all.len(), 6);
    assert_eq!(all.iter().filter(|one| !one.json.is_empty()).count(), 2);
    assert_eq!(all.iter().filter(|one| one.status == Some(200)).count(), 1);
    assert_eq!(all.iter().filter(|one| one.below_ms == Some(500)).count(), 1);
    assert_eq!(all.iter().filter(|one| one.is_empty()).count(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn no_text_stops_the_reader(line in "(expected|output|returns|[{}\\[\\]\":,.<0-9a-z é'\\\\-]|\\.\\.\\.|200|ms|\\PC){0,40}") {
        prop_assert!(Expected::read([line.as_str()]).json.len() <= 64);
        prop_assert_eq!(Expected::of_item(&line).hint, None);
    }
}
