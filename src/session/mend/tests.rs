//! What stays and what goes, byte for byte.

use super::*;
use crate::session::scan::tests::{chain, file};

fn twice(line: &str) -> String {
    // The same key, other content, its own fitting hash.
    let body = line.trim_end().replacen("note 3", "note three", 1);
    let body = body.get(..body.len() - 74).unwrap().to_owned();
    let hash = Hash::of(body.as_bytes());
    format!("{body}, h = \"{hash}\" }}\n")
}

#[test]
fn an_edited_line_goes_out_as_it_stands_and_its_hash_is_missing_since() {
    let mut lines = chain(6);
    lines[2] = lines[2].replacen("note 2", "note 9", 1);
    let mended = without_damage(&file(&lines)).unwrap();
    assert_eq!(mended.taken, lines[2].as_bytes());
    assert_eq!((mended.findings.len(), mended.missing.len()), (1, 1));
    assert!(lines[3].contains(&mended.missing[0].to_string()), "its child names it");
    lines.remove(2);
    assert_eq!(mended.bytes, file(&lines));
    let again = without_damage(&mended.bytes).unwrap();
    assert_eq!((again.taken.len(), again.bytes), (0, mended.bytes));
}

#[test]
fn the_last_line_taken_out_is_missing_though_nobody_names_it() {
    let mut lines = chain(4);
    let true_hash = crate::session::line::parse_line(&lines[3]).unwrap().hash;
    lines[3] = lines[3].replacen("note 3", "note 8", 1);
    let mended = without_damage(&file(&lines)).unwrap();
    assert_eq!(mended.missing, [true_hash]);
}

#[test]
fn of_two_lines_with_one_key_neither_stays_and_a_table_of_a_person_goes_line_by_line() {
    let mut lines = chain(5);
    let other = twice(&lines[3]);
    lines.push(other.clone());
    lines.insert(1, "[notes]\nmine = \"x\"\n".to_owned());
    let mended = without_damage(&file(&lines)).unwrap();
    let expected = format!("[notes]\nmine = \"x\"\n{}{other}", lines[4]);
    assert_eq!(String::from_utf8(mended.taken).unwrap(), expected);
    assert_eq!(mended.missing.len(), 2, "the last line named the first of the two, nobody the other");
}

#[test]
fn damage_at_the_end_goes_and_an_unfinished_write_is_told_apart_from_it() {
    let lines = chain(4);
    let whole = file(&lines);
    let edited = [&whole[..], lines[3].replacen("note 3", "note 8", 1).as_bytes()].concat();
    let mended = without_damage(&edited).unwrap();
    assert_eq!((mended.bytes, mended.torn.len()), (whole.clone(), 0));
    let torn = [&whole[..], b"01K6 = { at = \"20"].concat();
    let mended = without_damage(&torn).unwrap();
    assert_eq!((mended.bytes.as_slice(), mended.taken.len()), (&whole[..], 0));
    assert_eq!(mended.torn, b"01K6 = { at = \"20");
}
