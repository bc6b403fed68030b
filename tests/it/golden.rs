//! Records kept for ever: what this version writes, byte for byte, and what newer ones may write, which is never lost or misjudged.
//!
//! `format-1` has every kind of event with all it can carry; `future-…` are records of a program that does not exist yet. A file here
//! is never changed: a new kind or key gets a line or a file of its own. Not here: the rules of compatibility (`src/session/mod.rs`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gonogo::session::copies::compare;
use gonogo::session::decode::data_of;
use gonogo::session::event::Event;
use gonogo::session::hash::Hash;
use gonogo::session::header::{Header, write_header};
use gonogo::session::line::{Draft, Line, parse_line, write_line};
use gonogo::session::recorded::What;
use gonogo::session::redact::redact;
use gonogo::session::tidy::{Tidying, tidy};
use gonogo::session::verify::{Anchor, Outcome, Witness, verify};

use super::support::program::{Outcome as Ended, Place};

/// The SHA-256 of each file: it stays as it is.
const KEPT: &[(&str, &str)] = &[
    ("format-1", "59f88b5eea35e5fb6fb4ad4c37ae1e998f6eb60f64d5f3e33a1930563c6824ae"),
    ("format-1-changed", "8c54f78f0c717192cf0ca805aae8d83e9cbba2bc75401e0d167167e8bdc537e2"),
    ("format-1-restored", "f1b066490ccdbaf81e72223a5467d8f8108e1306c3459fb1117a273807142d93"),
    ("future-feature", "62c4d8689212b17361fbac4bd53dd6a00c8539556dc11ecd19e9413aa9124709"),
    ("future-format", "f9e1fb306e1a3186a0655de27ae6d4ead0f606bd504c8a931931c06b88344528"),
    ("future-header-key", "ef9f260522a63a11e08de47e8a7eb661bcced475fbd57661669cce16b95ba8b2"),
    ("future-key", "d5309cc4bb806680453fb7a7c6e9de3520740a6902f586e1feecb9ff68646a21"),
    ("future-kind-crit", "1d221135e87060b2d1710b870c6bb95413d6aad84aaca81b15a992a9d42eae7e"),
    ("future-kind", "cd0cf8f4a9ab9866d1e49b13e9a3c7ac347659c40805a0e8e10a4ee1f95c71be"),
    ("future-spelling", "c7acf725034d149e5b813ea7a6cfe8ade7e6290c34d8739b18cba911436aaa3a"),
    ("future-version", "79d0583b5146aebb8b3ad1ef0279d15103597f93cc9b084a2ca21d71b2e8578c"),
    ("redacted", "cb3464b9310477c65d7586bb71298f0e8b5c0a216e5fac1f19291b3fd7528385"),
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/records/{name}.session.toml"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(fixture(name)).unwrap()
}

fn lines(record: &str) -> Vec<&str> {
    let at = record.find("\n[events]\n").expect("a head") + "\n[events]\n".len();
    record.split_at(at).1.split_inclusive('\n').collect()
}

/// A line spelled anew from what this program knows of its event.
fn spelled_anew(text: &str) -> String {
    let line = parse_line(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    let What::Known(event) = line.recorded().what else {
        panic!("not known, or its data does not fit: {text}")
    };
    let Line { id, at, by, on, up, crit, .. } = line;
    let (kind, v, data) = (event.kind().to_owned(), event.version(), data_of(&event).unwrap());
    write_line(&Draft { id, at, by, on, kind, v, up, crit, data }).unwrap().text
}

#[test]
fn records_kept_for_ever_are_as_they_were() {
    for (name, digest) in KEPT {
        assert_eq!(
            Hash::of(text(name).as_bytes()).to_string(),
            *digest,
            "{name} was changed; add a file instead"
        );
    }
    let there = std::fs::read_dir(fixture("x").parent().unwrap()).unwrap().count();
    assert_eq!(there, KEPT.len(), "every file is in the list");
}

#[test]
fn every_kind_of_event_is_written_as_it_was_byte_for_byte() {
    let mut kinds = BTreeSet::new();
    for (name, _) in KEPT.iter().filter(|(name, _)| name.starts_with("format-")) {
        let record = text(name);
        for line in lines(&record) {
            assert_eq!(spelled_anew(line), line);
            kinds.insert(parse_line(line).unwrap().kind);
        }
    }
    let known: BTreeSet<String> = Event::kinds().map(str::to_owned).collect();
    assert_eq!(kinds, known, "a new kind gets a line in a file of its own, with all it can carry");
}

/// The second line of `redacted` as it was.
const SECRET: &str = r#"01K6ZV50000000000000000002 = { at = "2026-11-22T12:00:02.123Z", by = "anna@example.com", on = "build1/4711", kind = "item.ticked", v = 1, up = ["0bf5f75ba3d84a09f37ca0619a736a8d1617ae8df80ebad4069d3f3cdd1f5262"], data = { item = "backup", how = "hand", evidence = "login with hunter2" }, h = "0a10cf53e49681693fad02bb121546941f429639c773213aaf5e31537ee88069" }"#;

#[test]
fn what_stays_of_a_redacted_event_is_written_as_it_was_byte_for_byte() {
    let record = text("redacted");
    let said = verify(record.as_bytes(), &Witness::default(), Anchor::Optional);
    assert_eq!(said.outcome, Outcome::Verified, "{:?}", said.problems);
    assert_eq!((said.events, said.redacted.len()), (5, 1));
    assert!(said.redacted[0].accepted && said.notes.is_empty(), "{:?}", said.notes);
    let all = lines(&record);
    let head = record.strip_suffix(all.concat().as_str()).unwrap();
    let full = format!("{head}{}{SECRET}\n{}", all[0], all[2]);
    let out = redact(full.as_bytes(), &said.redacted[0].event, "a password").unwrap();
    assert_eq!(out.mended.bytes, format!("{head}{}{}{}", all[0], all[1], all[2]).as_bytes());
    let told = parse_line(all[3]).unwrap();
    assert!(told.crit, "who does not know it must not mend");
    let event = Event::Upkeep(gonogo::session::event::UpkeepEvent::LogRedacted(out.told));
    assert_eq!(data_of(&event).unwrap(), told.data);
    assert_eq!(out.mended.next_up, told.up);
}

#[test]
fn the_header_is_written_as_it_was_byte_for_byte() {
    let record = text("format-1");
    let header = Header::parse(record.as_bytes()).unwrap();
    assert_eq!(write_header(&header.release, &header.checklist_text).unwrap(), record.split_at(header.len).0);
    assert!(header.checklist_fits());
}

#[test]
fn lines_of_a_newer_program_survive_merge_tidying_and_this_programs_appends_byte_for_byte() {
    for name in ["kind", "kind-crit", "version", "key", "spelling", "header-key"] {
        let record = text(&format!("future-{name}"));
        let judged = verify(record.as_bytes(), &Witness::default(), Anchor::Optional);
        assert_eq!(judged.outcome, Outcome::Verified, "{name}: {:?}", judged.problems);
        assert_eq!(tidy(record.as_bytes(), Tidying::Everything).unwrap().bytes, record.as_bytes(), "{name}");
        let all = lines(&record);
        let head = record.strip_suffix(all.concat().as_str()).unwrap();
        let found = compare(format!("{head}{}", all[0]).as_bytes(), record.as_bytes()).unwrap();
        let taken: Vec<&str> = all[1..].iter().map(|line| line.trim_end()).collect();
        assert_eq!(found.to_take, taken, "{name}");
    }
}

/// A record of a newer program in a place of its own.
struct Newer {
    place: Place,
    record: String,
}

impl Newer {
    fn new(name: &str) -> Self {
        let (place, record) = (Place::new(), text(&format!("future-{name}")));
        place.write("r.session.toml", &record);
        let newer = Self { place, record };
        if !newer.record.contains("\nformat = 2\n") {
            newer.run(&["trust", "r.session.toml"]).expect(0);
        }
        newer
    }

    #[track_caller]
    fn run(&self, args: &[&str]) -> Ended {
        let ada = self.place.person("ada");
        ada.gonogo(["--session", "r.session.toml"]).args(args.iter().copied()).run()
    }

    fn now(&self) -> String {
        self.place.read("r.session.toml")
    }
}

#[test]
fn what_is_not_known_is_shown_and_nothing_is_held_against_the_release_unless_it_says_so() {
    for (name, shown) in [
        ("kind", "an event of a newer version: weather.observed"),
        ("version", "an event of a newer version: item.ticked"),
        ("key", "noted: a note"),
        ("spelling", "noted: a literal note"),
        ("header-key", "noted: after it"),
    ] {
        let newer = Newer::new(name);
        let log = newer.run(&["log"]).expect(0);
        assert!(log.stdout.contains(shown), "{name}: {}", log.stdout);
        newer.run(&["note", "by an older program"]).expect(0);
        let status = newer.run(&["status", "--recorded", "--json"]);
        assert_eq!(status.code, 0, "{name}: {}", status.stdout);
        let now = newer.now();
        assert!(
            now.starts_with(&newer.record) && now.len() > newer.record.len(),
            "{name}: kept, and added to"
        );
        newer.run(&["verify"]).expect(0);
    }
}

#[test]
fn what_must_be_known_forbids_a_verdict_and_nothing_is_appended() {
    let newer = Newer::new("kind-crit");
    let status = newer.run(&["status", "--recorded"]).expect(4);
    assert!(
        status.stdout.contains("UNKNOWN") && status.stdout.contains("a newer gonogo"),
        "{}",
        status.stdout
    );
    let log = newer.run(&["log"]).expect(0);
    assert!(log.stdout.contains("an event of a newer version: veto.cast"), "{}", log.stdout);
    for args in [&["note", "x"][..], &["untick", "backup"], &["close"]] {
        let refused = newer.run(args).expect(3);
        assert!(
            refused.stderr.contains("veto.cast") && refused.stderr.contains("newer gonogo"),
            "{}",
            refused.stderr
        );
    }
    assert_eq!(newer.now(), newer.record);
}

#[test]
fn a_newer_feature_is_read_only_and_a_newer_format_is_refused_in_words() {
    let newer = Newer::new("feature");
    newer.run(&["log"]).expect(0);
    let refused = newer.run(&["note", "x"]).expect(3);
    assert!(
        refused.stderr.contains("sealed-lines") && refused.stderr.contains("newer gonogo"),
        "{}",
        refused.stderr
    );
    assert_eq!(newer.now(), newer.record);
    let newer = Newer::new("format");
    for args in [&["log"][..], &["status"], &["note", "x"], &["verify"]] {
        let refused = newer.run(args).expect(3);
        let said = format!("{}{}", refused.stdout, refused.stderr);
        assert!(said.contains("format 2 is newer than this program"), "{args:?}: {said}");
    }
    assert_eq!(newer.now(), newer.record);
}
