//! Content goes, everything that hangs on the event stays; nothing forged passes, and nothing gets greener.

use super::*;
use crate::session::ailment::{Surroundings, ailments};
use crate::session::clones::{Replica, held, run};
use crate::session::copies::compare;
use crate::session::event::LogAccepted;
use crate::session::line::{Draft, parse_line, write_line};
use crate::session::mend::without_damage;
use crate::session::scan::Cause;
use crate::session::scan::tests::{chain, file, header};
use crate::session::tidy::{Tidying, tidy};
use crate::session::ulid::EventId;
use crate::session::verify::{Anchor, Outcome, Witness, verify};

/// A line of the record behind these, from one of many writers.
fn next(n: u32, up: Vec<Hash>, event: &Event) -> String {
    let draft = Draft {
        id: EventId::from_parts(1_791_201_700_000 + u64::from(n), u128::from(n)),
        at: chrono::DateTime::from_timestamp_millis(1_791_201_700_000 + i64::from(n)).unwrap(),
        by: "boss".to_owned(),
        on: "host/1".to_owned(),
        kind: event.kind().to_owned(),
        v: 1,
        up,
        crit: false,
        data: data_of(event).unwrap(),
    };
    write_line(&draft).unwrap().text
}

fn heads(file: &[u8]) -> Vec<Hash> {
    let (header, _, batch) = scan_file(file).unwrap();
    Graph::of(header.digest, batch.lines.iter().map(|found| &found.line)).next_up()
}

/// The record as `gonogo repair --redact` leaves it.
fn without(file: &[u8], n: u32, place: usize) -> Vec<u8> {
    let id =
        parse_line(std::str::from_utf8(file).unwrap().lines().nth(header().lines().count() + place).unwrap())
            .unwrap()
            .id
            .to_string();
    let out = redact(file, &id, "a password").unwrap();
    let told = next(n, out.mended.next_up, &Event::Upkeep(UpkeepEvent::LogRedacted(out.told)));
    [out.mended.bytes, told.into_bytes()].concat()
}

fn judged(file: &[u8]) -> crate::session::verify::Verification {
    verify(file, &Witness::default(), Anchor::Optional)
}

fn state(file: &[u8]) -> Option<String> {
    judged(file).state
}

fn has(file: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(file).contains(text)
}

#[test]
fn content_goes_and_the_graph_stays_whole() {
    let whole = file(&chain(4));
    for place in 0..4 {
        let after = without(&whole, 1, place);
        assert!(!has(&after, &format!("note {place}")) && has(&whole, &format!("note {place}")));
        let said = judged(&after);
        assert_eq!(said.outcome, Outcome::Verified, "{:?}", said.problems);
        assert_eq!((said.events, said.heads.len(), said.redacted.len()), (5, 1, 1));
        let gone = &said.redacted[0];
        assert_eq!((gone.by.as_deref(), gone.reason.as_deref()), (Some("boss"), Some("a password")));
        assert!(!gone.accepted);
        assert_eq!(scan_file(&after).unwrap().1.findings(), []);
    }
}

#[test]
fn whoever_saw_the_full_line_or_an_unnamed_tombstone_is_told_to_read_anew() {
    let whole = file(&chain(3));
    let after = without(&whole, 1, 1);
    let told = after.split_inclusive(|byte| *byte == b'\n').next_back().unwrap();
    let (_, mut scanner, _) = scan_file(&whole).unwrap();
    assert!(scanner.read(told).reload);
    let start = after.len() - told.len();
    let (header, mut scanner, _) = scan_file(&after[..start]).unwrap();
    assert!(scanner.damage().is_some(), "nobody says so yet");
    assert!(scanner.read(told).reload);
    let mut at_once = crate::session::scan::Scanner::new(&header);
    assert!(at_once.read(&after[header.len..]).reload);
}

#[test]
fn a_forged_tombstone_is_an_edited_line() {
    let whole = file(&chain(3));
    let after = without(&whole, 1, 1);
    let told = after.split_inclusive(|byte| *byte == b'\n').next_back().unwrap();
    let alone = &after[..after.len() - told.len()];
    let edited = |file: &[u8]| {
        assert_eq!(judged(file).outcome, Outcome::Damaged);
        scan_file(file).unwrap().1.findings().iter().any(|found| matches!(found.cause, Cause::Bad(_)))
    };
    assert!(edited(alone), "without its event");
    let text = String::from_utf8(after.clone()).unwrap();
    for (from, to) in
        [("redacted = true", "redacted = true "), ("note.added\", v = 1, up", "note.added\", v = 2, up")]
    {
        // The second line is the tombstone.
        let at = text.find("redacted = true").unwrap();
        let (before, _) = text.split_at(at);
        let (before, line) = text.split_at(before.rfind('\n').unwrap());
        let forged = format!("{before}{}", line.replacen(from, to, 1));
        assert_ne!(forged, text);
        assert!(edited(forged.as_bytes()), "{to}");
    }
    // The event that names it, edited, names nothing.
    assert!(edited(text.replace("a password", "a passwort").as_bytes()));
}

#[test]
fn in_a_merge_the_tombstone_wins_in_every_order_and_tidying_takes_the_content_out() {
    let lines = chain(3);
    let whole = file(&lines);
    let after = without(&whole, 1, 1);
    let told = String::from_utf8(after.split_inclusive(|byte| *byte == b'\n').next_back().unwrap().to_vec())
        .unwrap();
    let tombstone = format!("{}\n", parse_line(&lines[1]).unwrap().tombstone().unwrap());
    let (a, b, c) = (&lines[0], &lines[1], &lines[2]);
    let orders: Vec<Vec<String>> = vec![
        vec![a.clone(), b.clone(), tombstone.clone(), c.clone(), told.clone()],
        vec![a.clone(), tombstone.clone(), b.clone(), c.clone(), told.clone()],
        vec![told.clone(), c.clone(), b.clone(), tombstone.clone(), a.clone()],
        vec![told.clone(), tombstone.clone(), b.clone(), a.clone(), c.clone()],
        vec![a.clone(), b.clone(), c.clone(), told.clone()],
    ];
    let one = state(&after);
    for order in orders {
        let merged = file(&order);
        let said = judged(&merged);
        assert_eq!(said.outcome, Outcome::Verified, "{:?}", said.problems);
        assert_eq!(said.state, one, "{order:?}");
        assert!(said.notes.iter().any(|note| note.contains("redacted and still stands here")));
        let found = ailments(&merged, &Surroundings::default());
        assert!(found.iter().any(|one| one.help.as_deref() == Some("gonogo repair --tidy")), "{found:?}");
        for tidying in [Tidying::Content, Tidying::Everything] {
            let tidied = tidy(&merged, tidying).unwrap();
            assert_eq!(tidied.contents, 1);
            assert!(!has(&tidied.bytes, "note 1"));
            assert_eq!(state(&tidied.bytes), one);
        }
        let tidied = tidy(&merged, Tidying::Everything).unwrap();
        let again = tidy(&tidied.bytes, Tidying::Everything).unwrap();
        assert!(!again.changed(), "{again:?}");
        assert!(String::from_utf8(again.bytes).unwrap().parse::<toml::Table>().is_ok());
    }
}

#[test]
fn copies_take_the_tombstone_and_never_the_content() {
    let lines = chain(3);
    let (whole, first) = (file(&lines), file(&lines[..1]));
    let after = without(&whole, 1, 1);
    // The other redacted it: what tells of it comes, the event is the same in both.
    let found = compare(&whole, &after).unwrap();
    assert_eq!((found.to_take.len(), found.to_send), (1, 0));
    assert!(found.to_take[0].contains("log.redacted"));
    let found = compare(&after, &whole).unwrap();
    assert_eq!((found.to_take.len(), found.to_send), (0, 1));
    // Neither from one who has both, though the content still stands there.
    let merged = [whole.as_slice(), found_last(&after)].concat();
    for there in [&after, &merged] {
        let found = compare(&first, there).unwrap();
        assert_eq!(found.to_take.len(), 3);
        assert!(found.to_take.iter().all(|line| !line.contains("note 1")), "{:?}", found.to_take);
        let joined = [first.clone(), format!("{}\n", found.to_take.join("\n")).into_bytes()].concat();
        assert_eq!(state(&joined), state(&after));
    }
}

fn found_last(file: &[u8]) -> &[u8] {
    file.split_inclusive(|byte| *byte == b'\n').next_back().unwrap()
}

#[test]
fn two_people_redacting_one_event_agree_and_both_must_be_known_to_go_on() {
    let whole = file(&chain(3));
    let (one, other) = (without(&whole, 1, 1), without(&whole, 2, 1));
    let merged = [one.as_slice(), found_last(&other)].concat();
    let turned = [other.as_slice(), found_last(&one)].concat();
    assert_eq!(judged(&merged).outcome, Outcome::Verified);
    assert_eq!(state(&merged), state(&turned));
    let hash = parse_line(&chain(3)[1]).unwrap().hash.to_string();
    let goes_on =
        Event::Upkeep(UpkeepEvent::LogAccepted(LogAccepted { missing: vec![hash], reason: "looked".into() }));
    let accepted = |file: &[u8], up: Vec<Hash>| {
        let file = [file, next(9, up, &goes_on).as_bytes()].concat();
        judged(&file).redacted[0].accepted
    };
    assert!(accepted(&one, heads(&one)));
    assert!(accepted(&merged, heads(&merged)));
    assert!(!accepted(&merged, heads(&one)), "who knew of one only");
    assert!(!accepted(&one, heads(&whole)), "who knew of none");
}

#[test]
fn what_was_redacted_counts_for_nothing_and_leaves_a_doubt() {
    let mut record = Replica::first();
    record.says("ann", &held("the disk is on fire"));
    let before = record.state();
    assert!(before.hold.is_some() && before.upkeep.unknown_content().is_empty());
    let line = record.lines[0].clone();
    let mut known = crate::session::tombstone::Redactions::default();
    let tombstone = Hash::of(line.tombstone().unwrap().as_bytes()).to_string();
    record.says(
        "ann",
        &Event::Upkeep(UpkeepEvent::LogRedacted(LogRedacted {
            event: line.id.to_string(),
            hash: line.hash.to_string(),
            tombstone,
            reason: "a password".into(),
        })),
    );
    known.learn(&record.lines[1]);
    record.lines[0] = known.blanked(line.clone());
    let after = record.state();
    assert!(after.hold.is_none());
    assert_eq!(after.upkeep.unknown_content(), [line.hash], "nobody may take it for a GO");
    assert_eq!(after.redacted_told(&line.hash, "hold.placed"), "hold.placed: redacted by ann: a password");
    // A line that says of itself that it was redacted, and nobody else does, leaves the doubt as well.
    record.lines.truncate(1);
    assert_eq!(record.state().upkeep.unknown_content(), [line.hash]);
}

#[test]
fn what_must_stay_is_refused() {
    let whole = file(&chain(3));
    let ids: Vec<String> = chain(3).iter().map(|line| parse_line(line).unwrap().id.to_string()).collect();
    assert_eq!(redact(&whole, &ids[0], " "), Err(RedactFault::NoReason));
    assert_eq!(redact(&whole, "0", "why"), Err(RedactFault::Several("0".into(), 3)));
    assert_eq!(redact(&whole, "", "why"), Err(RedactFault::NoSuch(String::new())));
    assert_eq!(redact(&whole, "7ZZ", "why"), Err(RedactFault::NoSuch("7ZZ".into())));
    assert!(redact(&whole, &ids[1].to_lowercase(), "why").is_ok());
    let long = "x".repeat(40 * 1024);
    assert!(redact(&whole, &ids[1], &long).is_err(), "a reason no line can hold");
    let after = without(&whole, 1, 1);
    assert_eq!(redact(&after, &ids[1], "why"), Err(RedactFault::Already));
    let proof = parse_line(std::str::from_utf8(found_last(&after)).unwrap()).unwrap().id.to_string();
    assert_eq!(redact(&after, &proof, "why"), Err(RedactFault::Proof));
    let asked = next(3, heads(&whole), &run("r1", crate::checklist::action::ActionKind::Deploy, "prod"));
    let id = parse_line(&asked).unwrap().id.to_string();
    let running = [whole, asked.into_bytes()].concat();
    assert_eq!(redact(&running, &id, "why"), Err(RedactFault::StillRuns("r1".into())));
}

#[test]
fn quarantine_takes_a_tombstone_out_only_with_the_event_that_names_it() {
    let after = without(&file(&chain(3)), 1, 1);
    assert!(without_damage(&after).unwrap().taken.is_empty());
    let edited = String::from_utf8(after).unwrap().replace("a password", "a passwort");
    assert_eq!(without_damage(edited.as_bytes()).unwrap().findings.len(), 2);
}
