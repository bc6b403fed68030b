//! Tombstones that say what the line they stand for never said: its hash proves nothing of them, and nothing gets lost by it.

use std::fmt::Write as _;

use super::*;
use crate::session::ailment::{Surroundings, ailments};
use crate::session::copies::{CopyFault, compare};
use crate::session::decode::data_of;
use crate::session::fold::fold;
use crate::session::graph::Graph;
use crate::session::line::LINE_WRITTEN_MAX;
use crate::session::redact::redact;
use crate::session::scan::scan_file;
use crate::session::scan::tests::{file, header};
use crate::session::tidy::{Tidying, tidy};
use crate::session::verify::{Anchor, Commit, Outcome, Standing, Verification, Watermark, Witness, verify};

/// A third of the lines: enough that looking through all of them for each takes minutes.
const MANY: u64 = 7_000;

fn root() -> Hash {
    Hash::of(header().as_bytes())
}

pub(crate) fn line(n: u64, kind: &str, up: &[Hash], data: Table) -> (String, Line) {
    let draft = Draft {
        id: EventId::from_parts(n, u128::from(n)),
        at: chrono::DateTime::from_timestamp_millis(1_791_201_600_000 + i64::try_from(n).unwrap()).unwrap(),
        by: "eve".to_owned(),
        on: "build1/7".to_owned(),
        kind: kind.to_owned(),
        v: 1,
        up: up.to_vec(),
        crit: false,
        data,
    };
    let text = write_line(&draft).unwrap().text;
    let line = parse_line(&text).unwrap();
    (text, line)
}

fn text(text: &str) -> Table {
    Table::new().with("text", text)
}

/// A chain of notes with these numbers.
fn notes(numbers: std::ops::RangeInclusive<u64>) -> (Vec<String>, Vec<Line>) {
    let mut up = root();
    let chain = numbers.map(|n| {
        let (written, line) = line(n, "note.added", &[up], text(&format!("note {n}")));
        up = line.hash;
        (written, line)
    });
    chain.unzip()
}

/// What would stand for a line if it had come after these.
fn tombstone(of: &Line, kind: &str, up: &[Hash]) -> String {
    let forged = Line { up: up.to_vec(), kind: kind.to_owned(), ..of.clone() };
    format!("{}\n", forged.tombstone().unwrap())
}

/// What makes a tombstone of this line valid.
fn told(n: u64, up: &[Hash], of: &Line, tombstone: &str) -> (String, Line) {
    let event = Event::Upkeep(UpkeepEvent::LogRedacted(LogRedacted {
        event: of.id.to_string(),
        hash: of.hash.to_string(),
        tombstone: Hash::of(tombstone.trim_end().as_bytes()).to_string(),
        reason: "a password".to_owned(),
    }));
    line(n, REDACTED_KIND, up, data_of(&event).unwrap())
}

fn judged(file: &[u8]) -> Verification {
    verify(file, &Witness::default(), Anchor::Optional)
}

fn graph_of(file: &[u8]) -> Graph {
    let (header, _, batch) = scan_file(file).unwrap();
    Graph::of(header.digest, batch.lines.iter().map(|found| &found.line))
}

/// Four notes; the second is said to come after the first and the fourth.
pub(crate) fn circle() -> (Vec<u8>, Vec<u8>) {
    let (texts, lines) = notes(1..=4);
    let forged = tombstone(&lines[1], "note.added", &[lines[0].hash, lines[3].hash]);
    let (told, _) = told(5, &[lines[0].hash], &lines[1], &forged);
    let closed = [texts[0].clone(), forged, texts[2].clone(), texts[3].clone(), told];
    (file(&texts), file(&closed))
}

#[test]
fn a_circle_hides_nothing_and_is_damage() {
    let (whole, closed) = circle();
    let (header, scanner, batch) = scan_file(&closed).unwrap();
    assert_eq!((scanner.findings(), batch.lines.len()), (&[][..], 5));
    let lines: Vec<Line> = batch.lines.into_iter().map(|found| found.line).collect();
    let state = fold(header.digest, &lines);
    assert_eq!(state.timeline.len(), 5, "nothing may leave the fold");
    let turned: Vec<Line> = lines.iter().rev().cloned().collect();
    assert_eq!(fold(header.digest, &turned).digest(), state.digest(), "whatever the order of the file");
    assert_eq!(graph_of(&closed).tangled(), 3);
    let said = judged(&closed);
    assert_eq!(said.outcome, Outcome::Damaged);
    assert!(said.problems[0].contains("3 events come after what came after them"), "{:?}", said.problems);
    let found = ailments(&closed, &Surroundings::default());
    assert!(found[0].what.contains("come after what came after them"), "{found:?}");
    let first = [header_and(&whole, 1), whole.clone()];
    for here in first {
        let refused = compare(&here, &closed).unwrap_err();
        assert!(matches!(refused, CopyFault::There(_) | CopyFault::KeyTwice(_)), "{refused}");
    }
}

/// The header and the first lines.
fn header_and(file: &[u8], lines: usize) -> Vec<u8> {
    let count = header().lines().count() + lines;
    file.split_inclusive(|byte| *byte == b'\n').take(count).collect::<Vec<_>>().concat()
}

#[test]
fn a_circle_that_two_copies_close_together_is_not_joined() {
    let (texts, lines) = notes(1..=3);
    // Here the second is a tombstone after the third, which only the other copy has.
    let forged = tombstone(&lines[1], "note.added", &[lines[2].hash]);
    let (told, _) = told(5, &[lines[0].hash], &lines[1], &forged);
    let here = file(&[texts[0].clone(), forged, told]);
    let there = file(&texts);
    assert_eq!(graph_of(&here).tangled(), 0);
    assert!(compare(&here, &there).is_err());
    assert!(compare(&there, &here).is_err());
}

#[test]
fn two_tombstones_of_one_event_are_damage_and_so_is_one_that_its_line_disproves() {
    let (texts, lines) = notes(1..=5);
    let one = tombstone(&lines[4], "note.added", &[lines[3].hash]);
    let other = tombstone(&lines[4], "item.ticked", &[lines[1].hash]);
    let (first, line) = told(7, &[lines[4].hash], &lines[4], &one);
    let (second, _) = told(8, &[line.hash], &lines[4], &other);
    let with = |last: &[&String]| {
        let mut all = texts[..4].to_vec();
        all.extend(last.iter().map(|text| (*text).clone()));
        file(&all)
    };
    for last in [
        [&one, &other, &first, &second],
        [&other, &one, &first, &second],
        [&first, &second, &other, &one],
        [&texts[4], &other, &first, &second],
        [&other, &texts[4], &first, &second],
    ] {
        let said = judged(&with(&last));
        assert_eq!(said.outcome, Outcome::Damaged, "{last:?}");
        assert!(said.problems.iter().any(|text| text.contains("two different lines")), "{:?}", said.problems);
    }
    for last in [[&one, &texts[4], &first, &second], [&one, &one, &first, &second]] {
        assert_eq!(judged(&with(&last)).outcome, Outcome::Verified, "{last:?}");
    }
    // In two copies neither is taken over, and the full line disproves the wrong one.
    let (right, wrong) = (with(&[&one, &first, &second]), with(&[&other, &first, &second]));
    let full = file(&texts);
    for (here, there) in [(&right, &wrong), (&wrong, &right), (&full, &wrong), (&wrong, &full)] {
        assert_eq!(compare(here, there), Err(CopyFault::KeyTwice(lines[4].id)));
    }
    assert!(compare(&full, &right).is_ok() && compare(&right, &full).is_ok());
}

/// Six notes, and the same with the third and fourth cut out below a tombstone of the fifth.
fn cut_out(filler: u64) -> (Vec<u8>, Vec<u8>) {
    let (texts, lines) = notes(1..=6);
    let forged = tombstone(&lines[4], "note.added", &[lines[1].hash]);
    let (proof, last) = told(7, &[lines[5].hash], &lines[4], &forged);
    let mut cut = vec![texts[0].clone(), texts[1].clone(), forged, texts[5].clone(), proof];
    let mut up = last.hash;
    for n in 8..8 + filler {
        let (written, line) = line(n, "note.added", &[up], text("filler"));
        up = line.hash;
        cut.push(written);
    }
    (file(&texts), file(&cut))
}

fn lines_of(file: &[u8]) -> Vec<Line> {
    scan_file(file).unwrap().2.lines.into_iter().map(|found| found.line).collect()
}

#[test]
fn what_is_cut_out_below_a_tombstone_is_missed_by_who_saw_it_and_by_commits() {
    for filler in [0, 5] {
        let (whole, cut) = cut_out(filler);
        let alone = judged(&cut);
        assert_eq!(alone.outcome, Outcome::Verified, "the file alone cannot tell: {:?}", alone.problems);
        assert!(alone.words.contains("nor what came before them is proven"), "{}", alone.words);
        let seen = Watermark::of(&graph_of(&whole), 0);
        let by_me = Witness { watermark: Some(seen.clone()), ..Witness::default() };
        let said = verify(&cut, &by_me, Anchor::Required);
        assert!(
            said.outcome == Outcome::Damaged && said.problems[0].contains("lacks at least 2 events"),
            "{said:?}"
        );
        let around = Surroundings { seen: Some(seen.clone()), ..Surroundings::default() };
        assert!(ailments(&cut, &around).iter().any(|one| one.what.contains("lacks at least 2")));
        let commit =
            Commit { name: "HEAD".to_owned(), seen, standing: Standing::Grown, lines: lines_of(&whole) };
        let said = verify(&cut, &Witness { commits: vec![commit], ..Witness::default() }, Anchor::Required);
        assert_eq!(said.outcome, Outcome::Damaged);
        assert!(
            said.problems.iter().any(|text| text.contains("at least 2 events of the commit")),
            "{said:?}"
        );
        assert!(said.problems.iter().any(|text| text.contains("its tombstone was forged")), "{said:?}");
    }
}

#[test]
fn a_true_redaction_is_missed_by_nobody() {
    let (texts, lines) = notes(1..=6);
    let whole = file(&texts);
    let seen = Watermark::of(&graph_of(&whole), 0);
    for (place, redacted) in lines.iter().enumerate() {
        let truly = redacted.tombstone().unwrap();
        let (proof, _) = told(7, &[lines[5].hash], redacted, &truly);
        let mut after = texts.clone();
        after[place] = format!("{truly}\n");
        after.push(proof);
        let commit = Commit {
            name: "HEAD".to_owned(),
            seen: seen.clone(),
            standing: Standing::Grown,
            lines: lines_of(&whole),
        };
        let witness = Witness { watermark: Some(seen.clone()), commits: vec![commit] };
        let said = verify(&file(&after), &witness, Anchor::Optional);
        assert_eq!(said.outcome, Outcome::Verified, "{:?}", said.problems);
        assert!(said.words.starts_with("Whole, but for what was redacted"), "{}", said.words);
    }
}

/// A line as another program may spell it: valid TOML, hashed as it stands.
fn spelled(text: &str) -> String {
    let body = text.get(..text.len() - TAIL_LEN).unwrap();
    format!("{body}, h = \"{}\" }}\n", Hash::of(body.as_bytes()))
}

#[test]
fn a_line_of_any_spelling_is_redacted_and_tidied() {
    for other in ["\"ID\" = {", " ID = {", "'ID'={"] {
        let (first, one) = line(1, "note.added", &[root()], text("one"));
        let (plain, two) = line(2, "note.added", &[one.hash], text("hunter2"));
        let written = spelled(&plain.replacen(
            &format!("{} = {{", two.id),
            &other.replace("ID", &two.id.to_string()),
            1,
        ));
        let second = parse_line(&written).unwrap();
        assert_ne!(second.hash, two.hash);
        let (third, _) = line(3, "note.added", &[second.hash], text("three"));
        let whole = file(&[first, written.clone(), third]);
        let out = redact(&whole, &second.id.to_string(), "a password").unwrap();
        assert!(!String::from_utf8_lossy(&out.mended.bytes).contains("hunter2"), "{other}");
        let (told, _) = told(4, &out.mended.next_up, &second, &second.tombstone().unwrap());
        let after = [&out.mended.bytes[..], told.as_bytes()].concat();
        assert_eq!(judged(&after).outcome, Outcome::Verified);
        // A merge brought it back, with its tombstone or without.
        for merged in [[&after[..], written.as_bytes()].concat(), [&whole[..], told.as_bytes()].concat()] {
            for tidying in [Tidying::Content, Tidying::Everything] {
                let tidied = tidy(&merged, tidying).unwrap();
                assert_eq!((tidied.contents, judged(&tidied.bytes).events), (1, 4), "{other}");
                assert!(!String::from_utf8_lossy(&tidied.bytes).contains("hunter2"));
                assert_eq!(judged(&tidied.bytes).state, judged(&after).state);
            }
        }
    }
}

/// A good line of a kind that no program of this version may write, so that nothing can stand for it.
fn unspeakable(n: u64, up: Hash) -> (String, Line) {
    let (plain, _) = line(n, "note.added", &[up], text("hunter2"));
    let text = spelled(&plain.replacen("note.added", "Note Added!", 1));
    let line = parse_line(&text).unwrap();
    (text, line)
}

#[test]
fn a_line_that_nothing_can_stand_for_stays_whoever_names_it() {
    let (first, one) = line(1, "note.added", &[root()], text("one"));
    let (written, second) = unspeakable(2, one.hash);
    assert!(second.tombstone().is_err());
    let (told, _) = told(3, &[second.hash], &second, "nothing");
    let whole = file(&[first, written.clone(), told.clone()]);
    for tidying in [Tidying::Content, Tidying::Everything] {
        let tidied = tidy(&whole, tidying).unwrap();
        assert_eq!((tidied.contents, &tidied.bytes), (0, &whole), "no acknowledged event is dropped");
    }
    let taken = Redactions::default().to_take([written.trim_end(), told.trim_end()]);
    assert_eq!(
        taken.iter().map(|taken| taken.text.as_str()).collect::<Vec<_>>(),
        [written.trim_end(), told.trim_end()]
    );
    assert!(judged(&whole).events == 3 && LINE_WRITTEN_MAX > written.len());
}

#[test]
fn what_stands_there_again_is_tidied_and_not_called_gone() {
    let (texts, lines) = notes(1..=2);
    let (told, _) = told(3, &[lines[1].hash], &lines[1], &lines[1].tombstone().unwrap());
    let merged = file(&[texts[0].clone(), texts[1].clone(), told]);
    let refused = redact(&merged, &lines[1].id.to_string(), "again").unwrap_err();
    assert!(refused.to_string().contains("--tidy"), "{refused}");
}

#[test]
fn many_redactions_are_read_judged_and_tidied_in_one_go() {
    let (mut texts, lines) = notes(1..=MANY);
    let mut up = lines.last().unwrap().hash;
    for (place, line) in lines.iter().enumerate() {
        let (written, proof) =
            told(MANY + 1 + u64::try_from(place).unwrap(), &[up], line, &line.tombstone().unwrap());
        up = proof.hash;
        texts.push(written);
    }
    // And as many that all name one event, with another digest each.
    let mut wild = String::new();
    for n in 0..MANY {
        let (written, proof) = told(3 * MANY + n, &[up], &lines[0], &n.to_string());
        up = proof.hash;
        write!(wild, "{written}").unwrap();
    }
    texts.push(wild);
    let whole = file(&texts);
    let said = judged(&whole);
    let many = usize::try_from(MANY).unwrap();
    assert_eq!((said.outcome, said.redacted.len(), said.events), (Outcome::Verified, many, 3 * many));
    let tidied = tidy(&whole, Tidying::Everything).unwrap();
    assert_eq!(tidied.contents, many);
    assert_eq!(judged(&tidied.bytes).state, said.state);
}
