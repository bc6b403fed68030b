//! What each copy lacks of the other, and which copies are not joined.

use super::*;
use crate::session::line::{Draft, parse_line, write_line};
use crate::session::scan::tests::header;
use crate::session::ulid::Ulid;
use crate::session::value::Table;

fn line(n: u64, up: &[Hash], text: &str) -> (String, Hash) {
    let draft = Draft {
        id: Ulid::from_parts(n, u128::from(n)),
        at: chrono::DateTime::from_timestamp_millis(1_791_201_600_000 + i64::try_from(n).unwrap()).unwrap(),
        by: "anna@example.com".into(),
        on: "build1/4711".into(),
        kind: "note.added".into(),
        v: 1,
        up: up.to_vec(),
        crit: false,
        data: Table::new().with("text", text),
    };
    let written = write_line(&draft).unwrap();
    (written.text, written.hash)
}

fn file(lines: &[&str]) -> Vec<u8> {
    format!("{}{}", header(), lines.concat()).into_bytes()
}

#[test]
fn each_copy_learns_what_it_lacks_whatever_the_order_of_the_lines() {
    let root = Hash::of(header().as_bytes());
    let (first, hash) = line(1, &[root], "both");
    let (ours, _) = line(2, &[hash], "only here");
    let (theirs, other) = line(3, &[hash], "only there");
    let (newest, _) = line(4, &[other], "also only there");
    let here = file(&[&ours, &first]);
    let there = file(&[&first, &theirs, &newest, &theirs]);
    let found = compare(&here, &there).unwrap();
    assert_eq!(found.to_take, [theirs.trim_end(), newest.trim_end()]);
    assert_eq!((found.to_send, found.together), (1, 4));
    let back = compare(&there, &here).unwrap();
    assert_eq!((back.to_take, back.to_send, back.together), (vec![ours.trim_end().to_owned()], 2, 4));
    assert_eq!(compare(&here, &here).unwrap(), Difference { together: 2, ..Difference::default() });
}

#[test]
fn a_line_spelled_by_a_newer_program_goes_over_byte_for_byte() {
    let root = Hash::of(header().as_bytes());
    let (text, _) = line(1, &[root], "x");
    let body = text
        .get(..text.len() - 75)
        .unwrap()
        .replace("data = { text = \"x\" }", "data = { text = 'x', more = [ 1,2 ] }");
    let newer = format!("{body}, h = \"{}\" }}", Hash::of(body.as_bytes()));
    assert!(parse_line(&newer).is_ok() && body.contains("[ 1,2 ]"));
    let found = compare(&file(&[]), &file(&[&newer, "\r\n"])).unwrap();
    assert_eq!(found.to_take, [newer]);
}

#[test]
fn what_would_bring_damage_is_not_joined() {
    let root = Hash::of(header().as_bytes());
    let (first, hash) = line(1, &[root], "first");
    let (second, _) = line(2, &[hash], "second");
    let (twin, _) = line(1, &[root], "another first");
    let refused = |there: &[u8]| compare(&file(&[&first]), there).unwrap_err();
    let edited = second.replace("second", "zecond");
    assert!(matches!(refused(&file(&[&first, &edited])), CopyFault::There(why) if why.contains("edited")));
    let third = line(3, &[parse_line(&second).unwrap().hash], "third").0;
    assert!(matches!(refused(&file(&[&first, &third])), CopyFault::There(why) if why.contains("parent")));
    let filled = compare(&file(&[&first]), &file(&[&second])).unwrap();
    assert_eq!((filled.to_take.len(), filled.to_send), (1, 1), "this copy has the parent");
    assert!(matches!(refused(b"no record"), CopyFault::There(_)));
    assert_eq!(refused(&file(&[&twin])), CopyFault::KeyTwice(Ulid::from_parts(1, 1)));
    let other = header().replace("shop", "shed");
    let root = Hash::of(other.as_bytes());
    let elsewhere = format!("{other}{}", line(1, &[root], "first").0);
    assert_eq!(refused(elsewhere.as_bytes()), CopyFault::AnotherRelease);
    assert!(matches!(compare(b"", &file(&[&first])), Err(CopyFault::Here(_))));
}

#[test]
fn a_gap_that_the_record_tells_of_keeps_nobody_from_sharing_it() {
    let root = Hash::of(header().as_bytes());
    let (first, hash) = line(1, &[root], "first");
    let (gone, lost) = line(2, &[hash], "damaged there, and moved out");
    let (third, up) = line(3, &[lost], "third");
    let data = Table::new().with("count", 1_i64).with("missing", vec![lost.to_string()]);
    let draft = Draft {
        id: Ulid::from_parts(4, 4),
        at: chrono::DateTime::UNIX_EPOCH,
        by: "bob@example.com".into(),
        on: "build1/1".into(),
        kind: "log.quarantined".into(),
        v: 1,
        up: vec![up],
        crit: false,
        data: data.with("file", "x").with("sha256", "y"),
    };
    let told = write_line(&draft).unwrap().text;
    let there = file(&[&first, &third, &told]);
    let here = file(&[&first]);
    assert_eq!(compare(&here, &there).unwrap().to_take.len(), 2, "explained");
    assert_eq!(compare(&there, &there).unwrap(), Difference { together: 3, ..Difference::default() });
    let healed = compare(&there, &file(&[&first, &gone])).unwrap();
    assert_eq!(healed.to_take, [gone.trim_end()], "who still has it brings it back");
}
