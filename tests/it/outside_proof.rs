//! A record is checked without gonogo: `assets/verify_record.py`, python3 alone, against good records and every sort of damage.
//!
//! Its answers are compared with `session/verify.rs`: what gonogo calls damaged, the script calls damaged, and a good record is
//! good to both. Not here: what vouches for the tail, which only a witness can.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use gonogo::session::hash::Hash;
use gonogo::session::line::{Draft, write_line};
use gonogo::session::ulid::Ulid;
use gonogo::session::value::Table;
use gonogo::session::verify::{Anchor, Outcome, Witness, verify};

use super::support::bounded;
use super::support::python::python_or_skip;
use super::support::scene::{Extra, Scene};

/// Some hundred small files in one process of python take a second.
const SCRIPT_BOUND: Duration = Duration::from_mins(1);
/// How many flips of one bit the script is shown.
const FLIPS: usize = 300;
/// Runs the script on every file of a folder in one process: what it said last and its exit code, a line each.
const ON_ALL: &str = r#"
import contextlib, io, os, runpy, sys
script, folder = sys.argv[1:3]
for name in sorted(os.listdir(folder)):
    said = io.StringIO()
    sys.argv = [script, os.path.join(folder, name)]
    try:
        with contextlib.redirect_stdout(said): runpy.run_path(script)
    except SystemExit as end:
        print(name, end.code, said.getvalue().splitlines()[-1:], sep="\t")
"#;

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/verify_record.py")
}

/// The exit codes of the script for these records, in their order.
#[track_caller]
fn script_says(python: &Path, records: &[Vec<u8>]) -> Vec<i32> {
    let folder = tempfile::tempdir().unwrap();
    for (place, record) in records.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{place:06}")), record).unwrap();
    }
    let mut command = Command::new(python);
    command.args(["-I", "-c", ON_ALL]).arg(script()).arg(folder.path());
    let ended = bounded::run(command, SCRIPT_BOUND);
    assert!(ended.status.success(), "{}", ended.stderr);
    let code = |line: &str| line.split('\t').nth(1).unwrap().parse().unwrap_or(1);
    let codes: Vec<i32> = ended.stdout.lines().map(code).collect();
    assert_eq!(codes.len(), records.len(), "{}", ended.stdout);
    codes
}

fn gonogo_says(record: &[u8]) -> Outcome {
    verify(record, &Witness::default(), Anchor::Optional).outcome
}

/// A record by the real program, with text that looks like the parts of a line.
fn real_record() -> Scene {
    let scene = Scene::new(&Extra::default());
    let tricky = "a \"], up = [\"b\\\" } , h = \"00\" \u{202e}\u{1b}[2J\n[events]\n# é";
    for args in [
        &["tick", "freeze"][..],
        &["note", tricky],
        &["waive", "backup", "--reason", "data = { }, crit = true"],
        &["sign-off", "approve", "--role", "lead", "--comment", "='= ''' \\u0000"],
        &["untick", "freeze", "--reason", "too early"],
    ] {
        scene.run(args).expect(0);
    }
    scene
}

fn draft(n: u64, by: &str, up: Vec<Hash>) -> Draft {
    Draft {
        id: Ulid::from_parts(n, u128::from(n)),
        at: chrono::DateTime::from_timestamp_millis(1_791_201_600_000 + i64::try_from(n).unwrap()).unwrap(),
        by: by.to_owned(),
        on: "build1/7".to_owned(),
        kind: "note.added".to_owned(),
        v: 1,
        up,
        crit: n.is_multiple_of(5),
        data: Table::new().with("text", format!("note {n}")),
    }
}

/// The head of a record and its lines, each with its LF.
fn split(record: &str) -> (&str, Vec<&str>) {
    let at = record.find("\n[events]\n").expect("a head") + "\n[events]\n".len();
    let (head, lines) = record.split_at(at);
    (head, lines.split_inclusive('\n').collect())
}

#[test]
fn the_script_says_whole_of_what_the_program_wrote_and_names_what_was_done_to_it() {
    let Some(python) = python_or_skip("verify_record.py on real records") else { return };
    let scene = real_record();
    let record = scene.place.read(&scene.session());
    let run = |record: &str| {
        let file = scene.place.write("record.toml", record);
        let mut command = Command::new(&python);
        command.arg("-I").arg(script()).arg(file);
        bounded::run(command, SCRIPT_BOUND)
    };
    let whole = run(&record);
    assert_eq!(whole.status.code(), Some(0), "{}{}", whole.stdout, whole.stderr);
    let (head, lines) = split(&record);
    assert_eq!(whole.stdout.trim(), format!("{} events, 1 heads: whole", lines.len()));
    let number = head.lines().count() + 1;
    let edited = run(&record.replace("too early", "too late"));
    assert_eq!(edited.status.code(), Some(1));
    let wanted = format!("line {}: not a good line", number + lines.len() - 1);
    assert!(edited.stdout.contains(&wanted), "{}", edited.stdout);
    let gone = run(&format!("{head}{}", lines[1..].concat()));
    assert!(gone.status.code() == Some(1) && gone.stdout.contains(&format!("line {number}: its parent ")));
    let other = run(&record.replace("product = \"shop\"", "product = \"shed\""));
    assert!(other.status.code() == Some(1) && other.stdout.contains("no event names this header"));
    let listed = run(&record.replace("Freeze announced", "Frieze announced"));
    assert!(listed.status.code() == Some(1) && listed.stdout.contains("the checklist was edited"));
    let cut = run(record.get(..record.len() - 30).unwrap());
    assert_eq!(cut.status.code(), Some(0), "nothing acknowledged is missing: {}", cut.stdout);
    assert!(cut.stdout.contains("an unfinished write at the end"), "{}", cut.stdout);
    let none = run("# a file\n");
    assert!(
        none.status.code() == Some(1) && none.stderr.contains("no record of format 1"),
        "{}",
        none.stderr
    );
}

#[test]
fn the_script_and_gonogo_agree_on_merged_swapped_doubled_moved_and_edited_records() {
    let Some(python) = python_or_skip("verify_record.py and gonogo agree") else { return };
    let (scene, other) = (real_record(), real_record());
    let record = scene.place.read(&scene.session());
    let moved = other.place.read(&other.session());
    let (head, lines) = split(&record);
    let (_, foreign) = split(&moved);
    let root = Hash::of(head.as_bytes());
    let a = write_line(&draft(11, "anna", vec![root])).unwrap();
    let b = write_line(&draft(12, "bob", vec![root])).unwrap();
    let both = write_line(&draft(13, "anna", vec![a.hash, b.hash])).unwrap();
    let twin = write_line(&draft(11, "eve", vec![root])).unwrap();
    let merged = [&a.text, &b.text, &both.text].map(String::as_str);
    let with = |lines: &[&str]| format!("{head}{}", lines.concat());
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(1, 3);
        lines
    };
    let marked = [
        "<<<<<<< ours\n",
        &a.text,
        "=======\n",
        &b.text,
        &a.text,
        ">>>>>>> theirs\n",
        "\n",
        "# hm\n",
        &both.text,
    ];
    let whole = [
        record.clone(),
        with(&[]),
        with(&merged),
        with(&merged[..2]),
        with(&[merged[2], merged[1], merged[0]]),
        with(&swapped),
        with(&[&lines[..], &lines[..]].concat()),
        with(&marked),
        record.replace('\n', "\r\n"),
        with(&lines[..2]),
        record.trim_end().to_owned(),
        format!("{record}01K6ZV = {{ at = \""),
        format!("{record}\0\0\0\0"),
    ];
    let damaged = [
        with(&[&lines[..2], &lines[3..]].concat()),
        with(&merged[1..]),
        with(&foreign),
        with(&[&lines[..], &foreign[2..3]].concat()),
        with(&[&merged[..], &[&twin.text]].concat()),
        with(&[&lines[..2], &["x = 1\n"], &lines[2..]].concat()),
        with(&[&lines[..2], &["junk\n"], &lines[2..]].concat()),
        record.replace("too early", "too late"),
        record.replace("anna", "anne").replace("ada@", "eve@"),
        record.replacen("[checklist]", "[checklist]\n# more", 1),
        record.replacen("version = \"1.1.0\"", "version = \"1.1.1\"", 1),
    ];
    for (records, code) in [(&whole[..], 0), (&damaged[..], 1)] {
        let bytes: Vec<Vec<u8>> = records.iter().map(|text| text.clone().into_bytes()).collect();
        let script = script_says(&python, &bytes);
        for (place, (record, said)) in bytes.iter().zip(script).enumerate() {
            let outcome = gonogo_says(record);
            assert_eq!((said, outcome == Outcome::Damaged), (code, code == 1), "record {place}: {outcome:?}");
        }
    }
}

#[test]
fn the_script_takes_a_tombstone_only_with_the_event_that_names_it() {
    let Some(python) = python_or_skip("verify_record.py on redacted records") else { return };
    let scene = real_record();
    let record = scene.place.read(&scene.session());
    let secret = record.lines().find(|line| line.contains("crit = true")).unwrap();
    let id = secret.split(' ').next().unwrap();
    scene.run(&["repair", "--redact", id, "--reason", "a \"password\""]).expect(0);
    let after = scene.place.read(&scene.session());
    let (head, lines) = split(&after);
    let (told, before) = lines.split_last().unwrap();
    let at = before.iter().position(|line| line.starts_with(id)).unwrap();
    let changed = |from: &str, to: &str| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[at] = lines[at].replace(from, to);
        assert_ne!(lines[at], before[at]);
        format!("{head}{}", lines.concat())
    };
    let good = [
        after.clone(),
        format!("{after}{secret}\n"),
        format!("{record}{told}"),
        format!("{head}{told}{}", before.concat()),
        after.replace('\n', "\r\n"),
    ];
    let bad = [
        format!("{head}{}", before.concat()),
        changed("redacted = true", "redacted = false"),
        changed("redacted = true", "text = \"all green\""),
        changed("v = 1", "v = 2"),
        after.replace("password", "passwort"),
        format!("{record}{}", before[at]),
    ];
    let all: Vec<Vec<u8>> = good.iter().chain(&bad).map(|record| record.clone().into_bytes()).collect();
    let wanted: Vec<i32> = good.iter().map(|_| 0).chain(bad.iter().map(|_| 1)).collect();
    assert_eq!(script_says(&python, &all), wanted);
    let gonogo = |record: &Vec<u8>| i32::from(gonogo_says(record) == Outcome::Damaged);
    assert_eq!(all.iter().map(gonogo).collect::<Vec<_>>(), wanted);
}

/// The event that makes the tombstone of a line valid, below this parent; `reason`: with one.
fn told(n: u8, of: &str, tombstone: &str, up: &str, reason: bool) -> String {
    let (id, hash) = (of.split(' ').next().unwrap(), of.get(of.len() - 68..of.len() - 4).unwrap());
    let why = if reason { ", reason = \"why\"" } else { "" };
    let digest = Hash::of(tombstone.as_bytes());
    let body = format!(
        "01M6ZV5000000000000000000{n} = {{ at = \"2026-11-22T12:00:01.123Z\", by = \"eve\", on = \"b/1\", kind = \"log.redacted\", v = 1, up = [\"{up}\"], crit = true, data = {{ event = \"{id}\", hash = \"{hash}\", tombstone = \"{digest}\"{why} }}"
    );
    format!("{body}, h = \"{}\" }}\n", Hash::of(body.as_bytes()))
}

#[test]
fn the_script_and_gonogo_agree_on_forged_tombstones_and_circles() {
    let Some(python) = python_or_skip("verify_record.py on forged tombstones") else { return };
    let record = real_record();
    let record = record.place.read(&record.session());
    let (head, lines) = split(&record);
    let hash = |line: &str| line.get(line.len() - 68..line.len() - 4).unwrap().to_owned();
    let (of, last) = (lines[2], lines[lines.len() - 1]);
    let (before, after) = of.split_once(", data = ").unwrap();
    let honest = format!(
        "{before}, data = {{ redacted = true }}{}",
        after.get(after.len() - 75..after.len() - 1).unwrap()
    );
    let circle = honest.replace(&hash(lines[1]), &hash(last));
    let with = |tombstones: &[&str], told: &str| {
        let standing: Vec<String> = tombstones.iter().map(|text| format!("{text}\n")).collect();
        [head, &lines[..2].concat(), &standing.concat(), &lines[3..].concat(), told].concat().into_bytes()
    };
    let named = |tombstone: &str| told(9, of, tombstone, &hash(last), true);
    let both = [named(&honest), told(8, of, &circle, &hash(last), true)];
    let spaced = honest.replace("], data", "],  data");
    let escaped = honest.replacen("by = \"", "by = \"\\u0041", 1);
    let cases = [
        (with(&[&honest], &named(&honest)), 0),
        (with(&[&honest], &told(9, of, &honest, &hash(last), false)), 1),
        (with(&[&circle], &told(9, of, &circle, &hash(lines[1]), true)), 1),
        (with(&[&spaced], &named(&spaced)), 1),
        (with(&[&escaped], &named(&escaped)), 1),
        (with(&[&honest, &circle], &both.concat()), 1),
    ];
    let records: Vec<Vec<u8>> = cases.iter().map(|(record, _)| record.clone()).collect();
    for (place, (said, (record, code))) in script_says(&python, &records).into_iter().zip(&cases).enumerate()
    {
        let outcome = gonogo_says(record);
        assert_eq!((said, i32::from(outcome == Outcome::Damaged)), (*code, *code), "record {place}");
    }
}

#[test]
fn the_script_finds_every_flipped_bit_that_gonogo_finds() {
    let Some(python) = python_or_skip("verify_record.py and flipped bits") else { return };
    let scene = real_record();
    let record = scene.place.read(&scene.session()).into_bytes();
    let mut seed = 0x5EED_u64;
    let mut flipped = Vec::new();
    for _ in 0..FLIPS {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let mut bytes = record.clone();
        let place = usize::try_from(seed >> 16).unwrap() % bytes.len();
        bytes[place] ^= 1 << (seed & 7);
        flipped.push((place, bytes));
    }
    let files: Vec<Vec<u8>> = flipped.iter().map(|(_, bytes)| bytes.clone()).collect();
    let mut differ = String::new();
    let last_line = record[..record.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for ((place, bytes), code) in flipped.iter().zip(script_says(&python, &files)) {
        // In the last line alone a flip may look like a write that was cut short: both then count one event less.
        let found = *place >= last_line || code == 1;
        let agree = gonogo_says(bytes) != Outcome::Damaged || code == 1;
        if !found || !agree {
            writeln!(differ, "bit at {place}: the script says {code}, gonogo {:?}", gonogo_says(bytes))
                .unwrap();
        }
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn the_script_is_short_enough_to_be_read_before_it_is_believed() {
    let text = std::fs::read_to_string(script()).unwrap();
    assert!(text.lines().count() <= 30, "{} lines", text.lines().count());
    assert!(text.lines().all(|line| line.len() <= 200), "a long line hides something");
    let imports: Vec<&str> = text.lines().filter(|line| line.starts_with("import ")).collect();
    assert_eq!(imports, ["import graphlib, hashlib, re, sys"], "python3 alone");
}
