//! What makes a tombstone valid, and what does not.

use super::*;
use crate::session::clones::{Replica, ticked};
use crate::session::event::LogRedacted;
use crate::session::scan::tests::chain;

fn said(line: &Line, tombstone: &str) -> Line {
    let mut record = Replica::first();
    record.says(
        "boss",
        &Event::Upkeep(UpkeepEvent::LogRedacted(LogRedacted {
            event: line.id.to_string(),
            hash: line.hash.to_string(),
            tombstone: Hash::of(tombstone.as_bytes()).to_string(),
            reason: "a password".to_owned(),
        })),
    );
    record.lines.remove(0)
}

#[test]
fn a_tombstone_counts_only_as_the_event_that_names_it_says() {
    let line = parse_line(&chain(1)[0]).unwrap();
    let spelled = line.tombstone().unwrap();
    assert!(!spelled.contains("note 0"), "{spelled}");
    assert_eq!(parse_line(&spelled), Err(crate::session::line::LineFault::Edited));
    let mut known = Redactions::default();
    assert_eq!(known.accept(&spelled), None, "nobody says so");
    assert_eq!(known.learn(&said(&line, &spelled)), Some(line.hash));
    assert_eq!(known.learn(&said(&line, &spelled)), None, "known");
    let read = known.accept(&spelled).unwrap();
    assert!(read.is_tombstone() && !line.is_tombstone());
    assert_eq!(Line { data: line.data.clone(), ..read.clone() }, line, "everything else stays");
    assert_eq!(known.blanked(line.clone()), read, "the full line is read as its tombstone");
    // Another spelling, though an event names it, is an edited line.
    let other = spelled.replace("note.added", "note.edited");
    known.learn(&said(&line, &other));
    assert_eq!(known.accept(&other.replace("redacted = true", "text = \"ok\"")), None);
    let wild = spelled.replace(", data = ", ",  data = ");
    known.learn(&said(&line, &wild));
    assert_eq!(known.accept(&wild), None);
    assert!(known.accept(&spelled).is_some());
}

#[test]
fn what_makes_tombstones_valid_is_never_one() {
    let line = parse_line(&chain(1)[0]).unwrap();
    let proof = said(&line, &line.tombstone().unwrap());
    let spelled = proof.tombstone().unwrap();
    let mut known = Redactions::default();
    known.learn(&said(&proof, &spelled));
    assert!(!known.cover(&proof));
    assert_eq!(known.accept(&spelled), None);
}

#[test]
fn lines_from_elsewhere_never_bring_content_back() {
    let mut record = Replica::first();
    record.says("ann", &ticked("db"));
    let line = record.lines[0].clone();
    let full = crate::session::line::write_line(&Draft {
        id: line.id,
        at: line.at,
        by: line.by.clone(),
        on: line.on.clone(),
        kind: line.kind.clone(),
        v: 1,
        up: line.up.clone(),
        crit: false,
        data: line.data.clone(),
    })
    .unwrap()
    .text;
    let spelled = line.tombstone().unwrap();
    let mut known = Redactions::default();
    assert_eq!(known.to_take([full.trim_end()])[0].text, full.trim_end());
    assert!(known.to_take([spelled.as_str()]).is_empty(), "nobody says so");
    known.learn(&said(&line, &spelled));
    for text in [full.trim_end(), &spelled] {
        let taken = known.to_take([text]);
        assert_eq!(taken[0].text, spelled);
        assert!(taken[0].line.is_tombstone());
    }
}

mod forged;
