//! Damage of every sort is found, and nothing that was complete is lost.

use chrono::TimeZone;

use super::*;
use crate::session::header::{Release, write_header};
use crate::session::line::{Draft, write_line};
use crate::session::ulid::Ulid;
use crate::session::value::Table;

pub(crate) fn header() -> String {
    let release = Release {
        id: Ulid::from_parts(1, 1),
        product: "shop".into(),
        version: "2.4.0".into(),
        created: chrono::Utc.timestamp_millis_opt(1_791_201_600_123).unwrap(),
        program: "gonogo".into(),
        source: None,
        source_digest: None,
        continues: None,
    };
    write_header(&release, "[checklist]\ntitle = \"Shop\"\n").unwrap()
}

fn line(n: u32, up: Hash, data: &str) -> String {
    let draft = Draft {
        id: EventId::from_parts(1_791_201_600_123 + u64::from(n), u128::from(n)),
        at: chrono::Utc.timestamp_millis_opt(1_791_201_600_123 + i64::from(n)).unwrap(),
        by: "anna@example.com".into(),
        on: "build1/4711".into(),
        kind: "note.added".into(),
        v: 1,
        up: vec![up],
        crit: false,
        data: Table::new().with("text", data),
    };
    write_line(&draft).unwrap().text
}

pub(crate) fn chain(events: u32) -> Vec<String> {
    let mut up = Header::parse(header().as_bytes()).unwrap().digest;
    let mut lines = Vec::new();
    for n in 0..events {
        let text = line(n, up, &format!("note {n}: \u{202e}\n"));
        up = parse_line(&text).unwrap().hash;
        lines.push(text);
    }
    lines
}

pub(crate) fn file(lines: &[String]) -> Vec<u8> {
    format!("{}{}", header(), lines.concat()).into_bytes()
}

fn scan(bytes: &[u8]) -> (Scanner, Batch) {
    let (_, scanner, batch) = scan_file(bytes).unwrap();
    (scanner, batch)
}

#[test]
fn a_cut_at_every_byte_keeps_exactly_the_complete_lines() {
    let lines = chain(40);
    let (whole, start) = (file(&lines), header().len());
    let mut ends = vec![start];
    for line in &lines {
        ends.push(ends.last().unwrap() + line.len());
    }
    let header = Header::parse(&whole).unwrap();
    let mut before = Scanner::new(&header);
    for cut in start..whole.len() {
        let complete = ends.iter().filter(|end| **end <= cut).count() - 1;
        if ends[complete] == cut && complete > 0 {
            before.read(&whole[ends[complete - 1]..cut]);
        }
        for fill in [b"".as_slice(), &[0; 600], b"\x7fjunk\n\xff\x00junk", b"garbage without an end"] {
            // Whole files cost too much at every byte: one in 97, and the last line alone everywhere.
            let (scanner, batch, known) = if cut % 97 == 0 {
                let (scanner, batch) = scan(&[&whole[..cut], fill].concat());
                (scanner, batch, 0)
            } else {
                let mut scanner = before.clone();
                let batch = scanner.read(&[&whole[ends[complete]..cut], fill].concat());
                (scanner, batch, complete)
            };
            let only_lf_missing = fill.is_empty() && ends.contains(&(cut + 1));
            let expected = complete + usize::from(only_lf_missing);
            assert_eq!(known + batch.lines.len(), expected, "cut at {cut}, fill of {}", fill.len());
            match (only_lf_missing, ends.contains(&cut) && fill.is_empty()) {
                (true, _) => assert_eq!(batch.tail, Tail::NoNewline),
                (_, true) => assert_eq!(batch.tail, Tail::Clean),
                _ => {
                    assert!(matches!(batch.tail, Tail::Torn(_)), "cut at {cut}: {:?}", batch.tail);
                    assert_eq!(usize::try_from(scanner.end()).unwrap(), ends[complete]);
                }
            }
        }
    }
}

#[test]
fn two_thousand_bit_flips_are_all_found() {
    let lines = chain(8);
    let (whole, start) = (file(&lines), header().len());
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..2_000 {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let place = start + usize::try_from(seed >> 16).unwrap() % (whole.len() - start);
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (seed & 7);
        let (scanner, batch) = scan(&bytes);
        let found = scanner.damage().is_some() || !matches!(batch.tail, Tail::Clean | Tail::NoNewline);
        assert!(found, "flip of bit {} at {place}", seed & 7);
        assert!(batch.lines.len() < 8 && batch.lines.len() >= 6);
    }
}

#[test]
fn a_bit_flip_in_the_header_changes_its_digest_or_is_refused() {
    let whole = file(&chain(2));
    let digest = Header::parse(&whole).unwrap().digest;
    for place in 0..header().len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 4;
        assert!(Header::parse(&bytes).map_or(true, |header| header.digest != digest), "at {place}");
    }
}

#[test]
fn an_edited_last_line_is_damage_and_not_a_torn_tail() {
    let mut lines = chain(3);
    lines[2] = lines[2].replace("note 2", "note 7");
    let (_, batch) = scan(&file(&lines));
    assert!(
        matches!(&batch.tail, Tail::Damaged(findings) if findings[0].cause == Cause::Bad(LineFault::Edited))
    );
    let (scanner, _) = scan(&file(&[lines[0].clone(), lines[2].clone(), lines[1].clone()]));
    let edited = scanner.damage().unwrap();
    assert_eq!(
        (edited.cause.clone(), edited.offset),
        (Cause::Bad(LineFault::Edited), (header().len() + lines[0].len()) as u64)
    );
    assert_eq!(edited.number, header().lines().count() as u64 + 2);
}

#[test]
fn markers_doubles_crlf_blanks_and_comments_do_not_hide_a_line() {
    let lines = chain(3);
    let merged = format!(
        "{}{}<<<<<<< HEAD\n{}=======\n{}>>>>>>> main\n\n# a note\n{}",
        header(),
        lines[0],
        lines[1],
        lines[1],
        lines[2].replace('\n', "\r\n")
    );
    let (scanner, batch) = scan(merged.as_bytes());
    assert_eq!((batch.lines.len(), &batch.tail), (3, &Tail::Clean));
    assert!(scanner.damage().is_none());
    let causes: Vec<Cause> = scanner.findings().iter().map(|finding| finding.cause.clone()).collect();
    assert_eq!(
        causes,
        [
            Cause::ConflictMarker,
            Cause::ConflictMarker,
            Cause::Double,
            Cause::ConflictMarker,
            Cause::Blank,
            Cause::Comment,
            Cause::CarriageReturn
        ]
    );
}

#[test]
fn of_two_different_lines_with_one_key_neither_counts() {
    let lines = chain(2);
    let up = parse_line(&lines[0]).unwrap().hash;
    let other = line(1, up, "another");
    let (scanner, batch) = scan(&file(&[lines[0].clone(), lines[1].clone(), other.clone()]));
    assert_eq!((batch.lines.len(), scanner.events(), batch.reload), (1, 1, false));
    assert!(matches!(scanner.damage().unwrap().cause, Cause::KeyTwice(_)));
    let (mut scanner, _) = scan(&file(&lines));
    assert!(scanner.read(other.as_bytes()).reload, "the first was taken in an earlier look");
}

#[test]
fn a_table_after_the_events_is_damage() {
    let (_, batch) = scan(&[file(&chain(1)), b"[extra]\nx = 1\n".to_vec()].concat());
    assert!(matches!(batch.tail, Tail::Damaged(_)));
}

#[test]
fn a_suffix_goes_on_where_the_last_look_ended() {
    let lines = chain(4);
    let whole = file(&lines);
    let half = header().len() + lines[0].len() + lines[1].len() + 20;
    let (mut scanner, first) = scan(&whole[..half]);
    assert_eq!((first.lines.len(), &first.tail), (2, &Tail::Torn(20)));
    let from = usize::try_from(scanner.end()).unwrap();
    let second = scanner.read(&whole[from..]);
    assert_eq!((second.lines.len(), &second.tail), (2, &Tail::Clean));
    assert_eq!(second.lines[1].number, header().lines().count() as u64 + 4);
    assert!(scanner.findings().is_empty());
}

#[test]
fn the_whole_file_is_valid_toml() {
    let text = String::from_utf8(file(&chain(40))).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(table["events"].as_table().unwrap().len(), 40);
}
