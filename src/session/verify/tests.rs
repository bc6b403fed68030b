//! Each outcome from bytes that deserve it.

use super::*;
use crate::session::header::Header;
use crate::session::line::{Draft, write_line};
use crate::session::scan::tests::header;
use crate::session::ulid::EventId;
use crate::session::value::Table;

fn record(events: u128) -> (Vec<String>, Watermark) {
    let text = header();
    let mut up = Header::parse(text.as_bytes()).unwrap().digest;
    let mut pieces = vec![text];
    for n in 0..events {
        let draft = Draft {
            id: EventId::from_parts(1, n),
            at: chrono::DateTime::UNIX_EPOCH,
            by: "anna".into(),
            on: "build1/1".into(),
            kind: "note.added".into(),
            v: 1,
            up: vec![up],
            crit: false,
            data: Table::new().with("n", i64::try_from(n).unwrap()),
        };
        let written = write_line(&draft).unwrap();
        up = written.hash;
        pieces.push(written.text);
    }
    let length = pieces.concat().len() as u64;
    (pieces, Watermark { heads: vec![up], events: usize::try_from(events).unwrap(), length })
}

fn judge(pieces: &[String], watermark: Option<Watermark>) -> Verification {
    verify(pieces.concat().as_bytes(), &Witness { watermark, committed: None }, Anchor::Required)
}

#[test]
fn a_whole_record_is_verified_only_if_somebody_vouches_for_its_tail() {
    let (pieces, seen) = record(5);
    assert_eq!(judge(&pieces, Some(seen.clone())).exit_code, 0);
    let alone = judge(&pieces, None);
    assert_eq!((alone.exit_code, alone.problems.len()), (4, 0));
    assert!(alone.words.contains("Nothing vouches for the tail"));
    assert_eq!(verify(pieces.concat().as_bytes(), &Witness::default(), Anchor::Optional).exit_code, 0);
    let committed = Witness { watermark: None, committed: Some(seen.heads) };
    assert_eq!(
        verify(pieces.concat().as_bytes(), &committed, Anchor::Required).anchors,
        ["the commit in git"]
    );
}

#[test]
fn a_dropped_tail_is_found_by_the_witness_and_only_by_it() {
    let (pieces, seen) = record(5);
    assert_eq!(judge(&pieces[..4], None).exit_code, 4);
    let found = judge(&pieces[..4], Some(seen));
    assert_eq!(found.exit_code, 1);
    assert!(found.problems[0].contains("lacks at least 2 events"), "{:?}", found.problems);
}

#[test]
fn edit_delete_reorder_and_transplant_are_found() {
    let (pieces, _) = record(5);
    let mut edited = pieces.clone();
    edited[2] = edited[2].replace("n = 1", "n = 7");
    assert!(judge(&edited, None).problems[0].contains("edited"));
    let mut deleted = pieces.clone();
    deleted.remove(2);
    assert!(judge(&deleted, None).problems[0].contains("names a parent that is not here"));
    let mut swapped = pieces.clone();
    swapped.swap(2, 4);
    assert_eq!(
        judge(&swapped, None).exit_code,
        4,
        "order in the file means nothing: parents say what came first"
    );
    let mut transplanted = pieces.clone();
    transplanted[0] = pieces[0].replace("2.4.0", "2.5.0");
    assert!(judge(&transplanted, None).problems[0].contains("no event names this header"));
    let mut checklist = pieces;
    checklist[0] = checklist[0].replace("title = \"Shop\"", "title = \"Shoq\"");
    assert_eq!(judge(&checklist, None).exit_code, 1);
}

#[test]
fn a_newer_format_or_no_record_at_all_could_not_be_checked() {
    let (mut pieces, _) = record(1);
    pieces[0] = pieces[0].replace("format = 1", "format = 9");
    assert_eq!(judge(&pieces, None).exit_code, 3);
    assert_eq!(judge(&["hello".to_owned()], None).exit_code, 3);
}
