//! Assertions word by word, and the traps of type errors, empty lists and cut bodies.

use super::*;
use crate::checklist::assertion::Scalar;
use crate::checklist::period::Period;
use CheckStatus::{Error, Fail, Pass};

fn words(toml: &str) -> Words {
    #[derive(serde::Deserialize)]
    struct One {
        w: Words,
    }
    toml::from_str::<One>(&format!("w = {toml}")).unwrap().w
}

fn on_text(toml: &str, text: &str) -> CheckStatus {
    judge_words("body", &words(toml), Found::text(text)).status
}

fn on_cut(toml: &str, text: &str) -> CheckStatus {
    judge_words("body", &words(toml), Found::Text { text, extent: Extent::Cut }).status
}

fn on_json(toml: &str, json: &str) -> CheckStatus {
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    judge_words("json /x", &words(toml), Found::Json(&json)).status
}

#[test]
fn trap_1_a_type_error_never_passes() {
    for (toml, json) in [
        ("{ is = '< 5' }", "\"3\""),
        ("{ is = '< 5' }", "null"),
        ("{ is = '< 5s' }", "3"),
        ("3", "\"3\""),
        ("true", "\"true\""),
        ("'x'", "7"),
        ("{ contains = 'x' }", "[\"x\"]"),
        ("{ not = { contains = 'x' } }", "7"),
        ("{ empty = true }", "null"),
    ] {
        assert_eq!(on_json(toml, json), Error, "{toml} on {json}");
    }
    for toml in
        ["{ is = '< 5' }", "{ not = { is = '> 5' } }", "'x'", "{ contains = 'x' }", "{ empty = true }"]
    {
        let missing = judge_words("json /x", &words(toml), Found::Missing);
        assert_eq!(missing.status, Error, "{toml} on nothing");
    }
    assert_eq!(on_text("{ is = '< 5' }", "NaN"), Error);
    assert_eq!(on_text("{ matches = '(' }", "("), Error);
    let comparison = Comparison::parse("< 5").unwrap();
    assert_eq!(judge_number("n", &comparison, Quantity::Number(f64::NAN)).status, Error);
    assert_eq!(judge_number("n", &comparison, Quantity::Period(Period::from_ms(1))).status, Error);
}

#[test]
fn trap_2_an_empty_list_of_assertions_proves_nothing() {
    assert_eq!(worst(&[]), Error);
    assert_eq!(judge_words("body", &Words::All(Box::default()), Found::text("x")).status, Error);
    assert_eq!(judge_status(&StatusMatch::Several(Vec::new()), 200).status, Error);
    assert_eq!(judge_status(&StatusMatch::Class("9xx".to_owned()), 200).status, Error);
}

#[test]
fn trap_5_a_cut_body_never_satisfies_what_needs_its_end() {
    assert_eq!(on_cut("{ not = { contains = 'ERROR' } }", "all is well so f"), Error);
    assert_eq!(on_cut("{ not = { contains = 'ERROR' } }", "ERROR so f"), Fail);
    assert_eq!(on_cut("{ contains = 'well' }", "all is well so f"), Pass);
    assert_eq!(on_cut("{ matches = 'f$' }", "so f"), Error);
    assert_eq!(on_cut("{ ends = 'f' }", "so f"), Error);
    assert_eq!(on_cut("'so far'", "so f"), Error);
    assert_eq!(on_cut("'so far'", "no"), Fail);
}

#[test]
fn words_hold_or_do_not() {
    for (toml, text, status) in [
        ("'ok'", "ok\n", Pass),
        ("'ok'", "okay", Fail),
        ("{ contains = 'ell', starts = 'h', ends = 'o' }", "hello\n", Pass),
        ("{ contains = 'ell', starts = 'H' }", "hello", Fail),
        ("{ matches = '^h.l+o$' }", "hello", Pass),
        ("{ not = { contains = 'x', empty = true } }", "hello", Pass),
        ("{ not = { contains = 'x', starts = 'h' } }", "hello", Fail),
        ("{ is = '>= 3' }", " 3\n", Pass),
        ("3", "3\n", Pass),
        ("{ empty = false }", "", Fail),
    ] {
        assert_eq!(on_text(toml, text), status, "{toml} on {text:?}");
    }
    assert_eq!(on_json("{ is = '> 2.5' }", "3"), Pass);
    assert_eq!(on_json("{ exists = true }", "null"), Pass);
    assert_eq!(judge_words("h", &words("{ exists = false }"), Found::Missing).status, Pass);
    assert_eq!(on_json("{ empty = true }", "[]"), Pass);
}

#[test]
fn the_worst_decides_and_is_told_in_one_sentence() {
    let status = judge_status(&StatusMatch::Class("2xx".to_owned()), 503);
    let body = judge_words("body", &Words::Equals(Scalar::Text("ok".to_owned())), Found::Missing);
    let both = [body, status];
    assert_eq!(worst(&both), Fail);
    assert_eq!(sentence(&both), "status: expected 2xx, was 503");
    assert_eq!(judge_status(&StatusMatch::Several(vec![200, 204]), 204).status, Pass);
}
