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
    verify(pieces.concat().as_bytes(), &Witness { watermark, commits: Vec::new() }, Anchor::Required)
}

#[test]
fn a_whole_record_is_verified_only_if_somebody_vouches_for_its_tail() {
    let (pieces, seen) = record(5);
    assert_eq!(judge(&pieces, Some(seen.clone())).exit_code, 0);
    let alone = judge(&pieces, None);
    assert_eq!((alone.exit_code, alone.problems.len()), (4, 0));
    assert!(alone.words.contains("Nothing vouches for the tail"));
    assert_eq!(verify(pieces.concat().as_bytes(), &Witness::default(), Anchor::Optional).exit_code, 0);
    let committed = Witness {
        watermark: None,
        commits: vec![Commit { name: "HEAD".to_owned(), seen, standing: Standing::Grown, lines: Vec::new() }],
    };
    assert_eq!(
        verify(pieces.concat().as_bytes(), &committed, Anchor::Required).anchors,
        ["the commit in git (HEAD)"]
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

/// The same events under their own names, each line hashed anew after one was changed.
fn rehashed(pieces: &[String]) -> Vec<String> {
    let mut up = Header::parse(pieces[0].as_bytes()).unwrap().digest;
    let mut out = vec![pieces[0].clone()];
    for text in &pieces[1..] {
        let line = crate::session::line::claimed(text).unwrap();
        let data = Table::new().with("n", line.data.integer("n").unwrap() + 100);
        let crate::session::line::Line { id, at, by, on, kind, v, .. } = line;
        let written =
            write_line(&Draft { id, at, by, on, kind, v, up: vec![up], crit: false, data }).unwrap();
        up = written.hash;
        out.push(written.text);
    }
    out
}

#[test]
fn a_rehash_of_everything_is_whole_to_itself_and_found_by_a_watermark_or_a_commit() {
    let (pieces, seen) = record(5);
    let forged = rehashed(&pieces);
    let alone = judge(&forged, None);
    assert_eq!((alone.exit_code, alone.problems.len()), (4, 0));
    assert!(alone.words.contains("rehashed"), "the words say what was not proven: {}", alone.words);
    let found = judge(&forged, Some(seen.clone()));
    assert!(found.exit_code == 1 && found.problems[0].contains("hashed anew"), "{:?}", found.problems);
    for (standing, code) in [(Standing::Grown, 1), (Standing::Beside, 4)] {
        let commits =
            vec![Commit { name: "HEAD".to_owned(), seen: seen.clone(), standing, lines: Vec::new() }];
        let witness = Witness { watermark: None, commits };
        let said = verify(forged.concat().as_bytes(), &witness, Anchor::Required);
        assert_eq!(said.exit_code, code, "{standing:?}: {said:?}");
    }
}

#[test]
fn a_line_replayed_is_counted_once_and_one_moved_in_names_a_parent_that_is_not_here() {
    let (pieces, seen) = record(5);
    let mut replayed = pieces.clone();
    replayed.push(pieces[2].clone());
    let said = judge(&replayed, Some(seen));
    assert_eq!((said.exit_code, said.events), (0, 5), "{said:?}");
    assert!(said.notes.iter().any(|note| note.contains("second time")), "{:?}", said.notes);
    let (mut others, _) = record(9);
    let mut moved = pieces;
    moved.push(others.remove(8));
    let said = judge(&moved, None);
    assert!(said.exit_code == 1 && said.problems[0].contains("not here"), "{said:?}");
}

#[test]
fn a_gap_is_explained_by_who_moved_it_out_and_forgiven_only_by_a_person_with_a_reason() {
    let (mut pieces, _) = record(5);
    let line = crate::session::line::parse_line(&pieces[3]).unwrap();
    pieces.remove(3);
    let mut up = crate::session::line::parse_line(pieces.last().unwrap()).unwrap().hash;
    let gone = line.hash.to_string();
    let mut add = |n: u128, kind: &str, data: Table| {
        let draft = Draft {
            id: EventId::from_parts(2, n),
            at: chrono::DateTime::UNIX_EPOCH,
            by: "bob".into(),
            on: "build1/1".into(),
            kind: kind.into(),
            v: 1,
            up: vec![up],
            crit: false,
            data,
        };
        let written = write_line(&draft).unwrap();
        up = written.hash;
        written.text
    };
    let taken = Table::new()
        .with("count", 1_i64)
        .with("missing", vec![gone.clone()])
        .with("file", "x")
        .with("sha256", "y");
    pieces.push(add(1, "log.quarantined", taken));
    let explained = judge(&pieces, None);
    assert_eq!(explained.exit_code, 1);
    assert!(explained.problems[0].ends_with("bob moved it out as damaged"), "{:?}", explained.problems);
    pieces.push(add(
        2,
        "log.accepted",
        Table::new().with("missing", vec![gone]).with("reason", "it was a note"),
    ));
    let accepted = judge(&pieces, None);
    assert_eq!(accepted.exit_code, 4, "{accepted:?}");
    assert!(accepted.notes.iter().any(|note| note.ends_with("bob goes on without it: it was a note")));
}

#[test]
fn a_last_line_that_was_moved_out_is_a_problem_though_no_line_names_it() {
    let (mut pieces, _) = record(4);
    let last = crate::session::line::parse_line(&pieces.pop().unwrap()).unwrap();
    let mut up = last.up;
    let mut add = |n: u128, kind: &str, data: Table| {
        let (at, id) = (chrono::DateTime::UNIX_EPOCH, EventId::from_parts(2, n));
        let (by, on, kind) = ("bob".to_owned(), "build1/1".to_owned(), kind.to_owned());
        let draft = Draft { id, at, by, on, kind, v: 1, up: up.clone(), crit: false, data };
        let written = write_line(&draft).unwrap();
        up = vec![written.hash];
        written.text
    };
    let gone = vec![last.hash.to_string()];
    let taken = Table::new().with("count", 1_i64).with("missing", gone.clone());
    pieces.push(add(1, "log.quarantined", taken.with("file", "x").with("sha256", "y")));
    let said = judge(&pieces, None);
    assert_eq!(said.exit_code, 1);
    assert!(said.problems[0].ends_with("bob moved it out as damaged"), "{:?}", said.problems);
    let accepted = Table::new().with("missing", gone).with("reason", "a note");
    pieces.push(add(2, "log.accepted", accepted));
    let said = judge(&pieces, None);
    assert!(
        said.exit_code == 4 && said.notes.iter().any(|note| note.ends_with("without it: a note")),
        "{said:?}"
    );
}
