//! Content taken out while others look on, write and come back with what they have; and a crash while it goes.

use super::super::disk::{Disk, Target};
use super::super::repair::{RedactionFault, redact, restore, tidy};
use super::super::whole_file;
use super::simulated_disk::{Dice, SimulatedDisk};
use super::*;
use crate::session::header::Header;

const SECRET: &str = "hunter2";

/// A record with a secret in its second line: the place, the whole file, that line.
fn with_secret() -> (Place, Vec<u8>, String) {
    let place = place();
    add_all(&mut open(&place.paths), &["first", SECRET, "third"]);
    let whole = fs::read(place.paths.session()).unwrap();
    let line = String::from_utf8(whole.clone()).unwrap();
    let line = line.lines().find(|line| line.contains(SECRET)).unwrap().to_owned();
    (place, whole, line)
}

fn id(line: &str) -> &str {
    line.split(' ').next().unwrap()
}

fn holds_secret(paths: &SessionPaths) -> bool {
    let files = fs::read_dir(paths.folder()).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    files.filter(|path| path.is_file()).any(|path| text(path).contains(SECRET))
}

#[test]
fn who_looks_on_loses_nothing_and_goes_on_behind_it() {
    let (place, _, line) = with_secret();
    let mut other = open(&place.paths);
    redact(&place.paths, &mender(), id(&line), "a password").unwrap();
    let Some(Answer::Arrived { lines, lost, .. }) = other.poll() else { panic!("nothing came") };
    assert_eq!((lines.len(), lost), (4, 0));
    assert!(lines[1].is_tombstone() && lines.iter().filter(|line| line.is_tombstone()).count() == 1);
    add_all(&mut other, &["fourth"]);
    assert_eq!(on_disk(&place.paths), ["first", "note.added", "third", "log.redacted", "fourth"]);
    assert!(!holds_secret(&place.paths));
}

#[test]
fn nobody_brings_the_content_back_and_what_still_holds_it_is_tidied_without_a_trace() {
    let (place, whole, line) = with_secret();
    redact(&place.paths, &mender(), id(&line), "a password").unwrap();
    assert_eq!(restore(&place.paths, &mender(), &whole).unwrap().lines, 0);
    let mut writer = open(&place.paths);
    let back = Request { verbatim: vec![line.clone()], ..Request::plain(1, Vec::new()) };
    writer.append(&mut VecDeque::from([back]));
    assert!(!holds_secret(&place.paths));
    // A union merge with a clone that still has the line.
    let mut merged = fs::read(place.paths.session()).unwrap();
    merged.extend(format!("{line}\n").into_bytes());
    fs::write(place.paths.session(), merged).unwrap();
    assert_eq!(on_disk(&place.paths), ["first", "note.added", "third", "log.redacted"]);
    assert_eq!(tidy(&place.paths, &mender()).unwrap().contents, 1);
    assert!(!holds_secret(&place.paths), "nor beside it");
}

#[test]
fn what_tells_of_a_redaction_comes_with_its_tombstone_from_another_copy() {
    let (place, whole, line) = with_secret();
    redact(&place.paths, &mender(), id(&line), "a password").unwrap();
    let there = fs::read(place.paths.session()).unwrap();
    let start = Header::parse(&whole).unwrap().len;
    let end = there[start..].iter().position(|byte| *byte == b'\n').unwrap() + start + 1;
    fs::write(place.paths.session(), &there[..end]).unwrap();
    let here = fs::read(place.paths.session()).unwrap();
    let to_take = crate::session::copies::compare(&here, &there).unwrap().to_take;
    let mut writer = open(&place.paths);
    let request = Request { verbatim: to_take, ..Request::plain(1, vec![note("mine")]) };
    writer.append(&mut VecDeque::from([request]));
    assert_eq!(on_disk(&place.paths), ["first", "note.added", "third", "log.redacted", "mine"]);
    assert!(!holds_secret(&place.paths));
}

#[test]
fn what_cannot_be_redacted_changes_nothing() {
    let (place, whole, line) = with_secret();
    let refused = redact(&place.paths, &mender(), "0", "why").unwrap_err();
    assert!(matches!(refused, RedactionFault::Refused(_)), "{refused}");
    let mut edited = whole.clone();
    let at = edited.windows(5).position(|bytes| bytes == b"third").unwrap();
    edited[at] = b'T';
    fs::write(place.paths.session(), &edited).unwrap();
    let refused = redact(&place.paths, &mender(), id(&line), "why").unwrap_err();
    assert!(refused.to_string().contains("--quarantine"), "{refused}");
    assert_eq!(fs::read(place.paths.session()).unwrap(), edited);
}

#[test]
fn a_crash_in_the_middle_leaves_the_record_as_it_was_or_as_it_is() {
    let (place, whole, line) = with_secret();
    redact(&place.paths, &mender(), id(&line), "a password").unwrap();
    let after = fs::read(place.paths.session()).unwrap();
    let (mut old, mut new) = (0, 0);
    for seed in 0..500 {
        let (disk, mut dice) = (SimulatedDisk::with_record(&whole), Dice(seed));
        disk.dies_in(seed % 8);
        let folder = Disk::folder(&disk).unwrap();
        let done =
            whole_file::put(&*folder, Ulid::from_parts(1, 1), "shop.session.toml", &after, Target::Any);
        disk.crash(&mut dice);
        let found = disk.record();
        assert!(found == whole || found == after, "seed {seed}");
        assert!(done.is_err() || found == after, "seed {seed}: said to be done");
        (old, new) = (old + i32::from(found == whole), new + i32::from(found == after));
    }
    assert!(old > 0 && new > 0, "both ends were seen: {old}, {new}");
}
