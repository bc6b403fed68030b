//! The loader of whole files: it never panics, takes exactly the lines that prove themselves, and never calls a changed one whole.
//!
//! What it finds nothing odd in, the `toml` crate reads with the same events.

use std::collections::BTreeSet;

use gonogo::session::hash::Hash;
use gonogo::session::header::Header;
use gonogo::session::line::parse_line;
use gonogo::session::scan::{Scanner, Severity, Tail, scan_file};
use gonogo::session::tidy::{Tidying, tidy};
use gonogo::session::verify::{Anchor, Outcome, Witness, verify};

use super::corpus::{Sample, samples, small};
use super::each_seed;
use super::mutate::mutate;

/// Lines of a file that is read in a moment.
const LINES: usize = 5;

fn corpus() -> Vec<Sample> {
    let samples = samples();
    let mut all: Vec<Sample> = samples.iter().map(|sample| small(sample, LINES)).collect();
    // The end of the long one has two heads and their join.
    let long = samples.iter().max_by_key(|sample| sample.lines.len()).unwrap();
    let end = long.lines[long.lines.len() - LINES..].to_vec();
    all.push(Sample { head: long.head.clone(), lines: end });
    all
}

fn hashes(file: &[u8]) -> Vec<Hash> {
    scan_file(file).map_or_else(
        |_| Vec::new(),
        |(_, _, batch)| batch.lines.iter().map(|found| found.line.hash).collect(),
    )
}

/// What must hold of every file that has a head.
fn read_rightly(file: &[u8]) {
    let Ok((header, scanner, batch)) = scan_file(file) else { return };
    let end = usize::try_from(scanner.end()).unwrap();
    assert!(header.len <= end && end <= file.len());
    let mut before = header.len;
    for found in &batch.lines {
        let (start, len) = (usize::try_from(found.offset).unwrap(), usize::try_from(found.len).unwrap());
        assert!(start >= before && start + len <= end, "lines lie one after the other");
        before = start + len;
        let text = std::str::from_utf8(&file[start..start + len]).unwrap();
        assert_eq!(parse_line(text.trim_end_matches(['\n', '\r'])).as_ref(), Ok(&found.line));
    }
    if !batch.reload {
        assert_eq!(scanner.events(), batch.lines.len());
    }
    let odd = scanner.findings().iter().any(|found| found.cause.severity() > Severity::Note);
    if !odd && matches!(batch.tail, Tail::Clean | Tail::NoNewline) && !file.ends_with(b"\r") {
        let text = std::str::from_utf8(file).unwrap();
        if let Ok(table) = text.parse::<toml::Table>() {
            let events = table["events"].as_table().unwrap();
            let keys: BTreeSet<String> = batch.lines.iter().map(|found| found.line.id.to_string()).collect();
            assert_eq!(events.keys().cloned().collect::<BTreeSet<_>>(), keys);
        } else {
            panic!("nothing odd, and yet no TOML");
        }
    }
}

#[test]
fn a_changed_file_is_never_taken_for_the_one_that_was_written() {
    let corpus = corpus();
    each_seed(|dice| {
        let sample = dice.one_of(&corpus);
        let whole = sample.file();
        let mut file = whole.clone();
        mutate(dice, &mut file);
        read_rightly(&file);
        let said = verify(&file, &Witness::default(), Anchor::Optional);
        if said.outcome == Outcome::Verified && file != whole {
            let (was, is): (BTreeSet<Hash>, BTreeSet<Hash>) =
                (hashes(&whole).into_iter().collect(), hashes(&file).into_iter().collect());
            assert!(is.is_subset(&was), "an event nobody wrote");
            // Fewer events than were written: the end is cut, which only a witness can tell. As many: something odd is told.
            let told = !said.notes.is_empty() || is.len() < was.len();
            let only_order = {
                let mut lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
                let mut known: Vec<&[u8]> = whole.split(|byte| *byte == b'\n').collect();
                lines.sort_unstable();
                known.sort_unstable();
                lines == known
            };
            assert!(told || only_order || is.is_empty(), "changed, and nothing is told");
        }
    });
}

#[test]
fn reading_on_comes_to_the_same_as_reading_anew_and_tidying_changes_no_event() {
    let corpus = corpus();
    each_seed(|dice| {
        let mut sample = dice.one_of(&corpus).clone();
        for _ in 0..dice.below(3) {
            let line = dice.one_of(&sample.lines).clone();
            let at = dice.below(sample.lines.len() + 1);
            let line = if dice.once_in(3) { line.replace('\n', "\r\n") } else { line };
            sample.lines.insert(at, line);
        }
        let mut events = sample.lines.concat().into_bytes();
        if dice.once_in(2) {
            mutate(dice, &mut events);
        }
        let file = [sample.head.as_bytes(), &events].concat();
        let Ok((header, scanner, batch)) = scan_file(&file) else { return };
        let mut later = Scanner::new(&Header::parse(&file).unwrap());
        let cut = header.len + dice.below(file.len() - header.len + 1);
        let cut = file[..cut].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let first = later.read(&file[header.len..cut]);
        let second = later.read(&file[usize::try_from(later.end()).unwrap()..]);
        assert_eq!(later.end(), scanner.end());
        assert_eq!(later.events(), scanner.events());
        assert_eq!(second.tail, batch.tail);
        if !second.reload {
            let both = first.lines.iter().chain(&second.lines);
            assert!(both.eq(&batch.lines), "the same lines at the same places");
        }
        if !dice.once_in(4) {
            return;
        }
        let tidied = tidy(&file, Tidying::Everything).unwrap();
        assert_eq!(hashes(&tidied.bytes), hashes(&file));
        assert!(tidied.bytes.len() <= file.len());
        let again = tidy(&tidied.bytes, Tidying::Everything).unwrap();
        assert_eq!(hashes(&again.bytes), hashes(&file));
        let damage = |bytes: &[u8]| scan_file(bytes).unwrap().1.damage().is_some();
        if !damage(&file) && batch.tail == Tail::Clean {
            assert!(
                std::str::from_utf8(&tidied.bytes).unwrap().parse::<toml::Table>().is_ok(),
                "tidy and whole is TOML"
            );
            assert!(!again.changed(), "tidy is tidy");
        }
    });
}
