//! What is taken out, what stays, and that nothing that counts is changed.

use super::*;
use crate::session::hash::Hash;
use crate::session::line::{Draft, Line, parse_line, write_line};
use crate::session::scan::tests::header;
use crate::session::scan::{Severity, Tail};
use crate::session::ulid::Ulid;
use crate::session::value::Table;

fn chain(events: u32) -> Vec<String> {
    let mut up = Hash::of(header().as_bytes());
    let mut lines = Vec::new();
    for n in 0..events {
        let draft = Draft {
            id: Ulid::from_parts(u64::from(n), u128::from(n)),
            at: chrono::DateTime::from_timestamp_millis(1_791_201_600_000 + i64::from(n)).unwrap(),
            by: "anna@example.com".into(),
            on: "build1/4711".into(),
            kind: "note.added".into(),
            v: 1,
            up: vec![up],
            crit: false,
            data: Table::new().with("text", format!("note {n}")),
        };
        let written = write_line(&draft).unwrap();
        up = written.hash;
        lines.push(written.text);
    }
    lines
}

fn hashes(file: &[u8]) -> Vec<Hash> {
    let (_, _, batch) = scan_file(file).unwrap();
    batch.lines.iter().map(|found| found.line.hash).collect()
}

#[test]
fn what_a_merge_leaves_goes_and_every_event_stays_in_its_place() {
    let [a, b, c, d] = <[String; 4]>::try_from(chain(4)).unwrap();
    let crlf = c.replace('\n', "\r\n");
    let merged = format!(
        "{}{a}<<<<<<< ours\n{b}{crlf}||||||| base\n=======\n{c}{b}{crlf}>>>>>>> theirs\n\n# seen by bob\n{d}{a}",
        header()
    );
    let tidied = tidy(merged.as_bytes(), Tidying::Everything).unwrap();
    assert_eq!(
        String::from_utf8(tidied.bytes.clone()).unwrap(),
        format!("{}{a}{b}{c}\n# seen by bob\n{d}", header())
    );
    assert_eq!((tidied.doubles, tidied.markers, tidied.carriage_returns), (4, 4, 1));
    assert_eq!(hashes(&tidied.bytes), hashes(merged.as_bytes()), "no event is lost or moved");
    assert!(
        std::str::from_utf8(&tidied.bytes).unwrap().parse::<toml::Table>().is_ok(),
        "any TOML parser takes it"
    );
    let again = tidy(&tidied.bytes, Tidying::Everything).unwrap();
    assert!(!again.changed() && again.bytes == tidied.bytes, "tidy is tidy");
}

#[test]
fn before_an_append_only_doubles_go() {
    let [a, b] = <[String; 2]>::try_from(chain(2)).unwrap();
    let merged = format!("{}{a}=======\n{a}{b}\r\n", header());
    let tidied = tidy(merged.as_bytes(), Tidying::Doubles).unwrap();
    assert_eq!(tidied.bytes, format!("{}{a}=======\n{b}\r\n", header()).into_bytes());
    assert_eq!((tidied.doubles, tidied.markers, tidied.carriage_returns), (1, 0, 0));
}

#[test]
fn a_file_whose_line_ends_became_crlf_comes_back_byte_for_byte() {
    let whole = format!("{}{}", header(), chain(3).concat());
    let crlf = whole.replace('\n', "\r\n");
    let tidied = tidy(crlf.as_bytes(), Tidying::Everything).unwrap();
    assert_eq!(String::from_utf8(tidied.bytes).unwrap(), whole);
    assert_eq!(tidied.carriage_returns, whole.lines().count());
}

#[test]
fn damage_stays_byte_for_byte_and_is_found_afterwards_as_before() {
    let [a, b, c] = <[String; 3]>::try_from(chain(3)).unwrap();
    let edited = b.replace("note 1", "note 7");
    let other = {
        let Line { id, at, by, on, kind, v, up, crit, .. } = parse_line(&a).unwrap();
        let data = Table::new().with("text", "another event with this key");
        write_line(&Draft { id, at, by, on, kind, v, up, crit, data }).unwrap().text
    };
    let torn = "01K6 = { at = \"2026";
    let file = format!("{}{a}{a}{edited}{other}{c}x = 1\r\n{c}{torn}", header());
    let tidied = tidy(file.as_bytes(), Tidying::Everything).unwrap();
    let left = format!("{}{a}{edited}{other}{c}x = 1\r\n{torn}", header());
    assert_eq!(String::from_utf8(tidied.bytes.clone()).unwrap(), left);
    let damages = |bytes: &[u8]| {
        let (_, scanner, batch) = scan_file(bytes).unwrap();
        let found = scanner.findings().iter().filter(|found| found.cause.severity() == Severity::Damage);
        (found.map(|found| found.cause.clone()).collect::<Vec<_>>(), batch.tail)
    };
    let (before, tail) = damages(file.as_bytes());
    let (after, same) = damages(&tidied.bytes);
    assert_eq!((before.len(), &tail), (3, &Tail::Torn(torn.len() as u64)));
    // What followed the last good line was a double of it: now the foreign line is the end of the file.
    assert_eq!(after.len() + usize::from(matches!(same, Tail::Damaged(_))), before.len());
}
