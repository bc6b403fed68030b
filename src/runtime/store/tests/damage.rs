//! Damage of every sort, through the store: cut files, flipped bits, moved lines. What was complete goes on, or says why not.
//!
//! `GONOGO_DAMAGE=every` tries every place (some ten minutes); without it a sample. Not here: power loss (`crash.rs`).

use super::simulated_disk::{Dice, SimulatedClock, SimulatedDisk};
use super::*;
use crate::session::header::Header;
use crate::session::verify::{Verification, Watermark};

/// Events of the record that is cut.
const EVENTS: usize = 40;
/// Flips of one bit.
const FLIPS: usize = 20_000;
/// Lines moved, doubled or deleted.
const MOVES: usize = 1_000;
/// Without an order to try every place: this one of so many.
const SAMPLE: usize = 101;

fn every() -> bool {
    std::env::var("GONOGO_DAMAGE").is_ok_and(|how| how == "every")
}

/// A record as pieces: its header, then its lines.
fn pieces(events: usize) -> Vec<String> {
    let header = write_header(&release(), "[checklist]\ntitle = \"Shop\"\n").unwrap();
    let digest = Header::parse(header.as_bytes()).unwrap().digest;
    let events = (0..events).map(|n| note(&format!("note {n}: \u{202e}\n"))).collect();
    let (bytes, _) = super::super::chain::chain(&mut fresh_ulid, vec![digest], events).unwrap();
    let lines = String::from_utf8(bytes).unwrap();
    std::iter::once(header).chain(lines.split_inclusive('\n').map(str::to_owned)).collect()
}

fn store_on(disk: &SimulatedDisk, seed: u64) -> Result<Writer<Kinds>, StoreFault> {
    let paths = SessionPaths::at(Path::new("shop.session.toml")).unwrap();
    let clock = Box::new(SimulatedClock::new(seed));
    Ok(Writer::open_on(Box::new(disk.clone()), clock, paths, holder(), Kinds::default())?.0)
}

fn told(disk: &SimulatedDisk) -> Vec<String> {
    let bytes = disk.record();
    let (_, scanner, batch) = scan_file(&bytes).unwrap();
    assert_eq!((scanner.findings(), &batch.tail), (&[][..], &Tail::Clean));
    texts(&batch.lines.into_iter().map(|found| found.line).collect::<Vec<_>>())
}

#[test]
fn a_record_cut_at_every_byte_keeps_its_complete_lines_and_goes_on() {
    let every = every();
    let pieces = pieces(EVENTS);
    let whole = pieces.concat().into_bytes();
    let disk = SimulatedDisk::with_record(&whole);
    let (mut writer, mut other) = (store_on(&disk, 1).unwrap(), store_on(&disk, 2).unwrap());
    let mut end = pieces[0].len();
    for (complete, line) in pieces[1..].iter().enumerate() {
        let start = end;
        end += line.len();
        for cut in start..end {
            // Both sides of each line's ends always.
            if !every && cut % SAMPLE != complete % SAMPLE && cut > start + 1 && cut + 2 < end {
                continue;
            }
            for fill in [b"".as_slice(), &[0; 600], b"\x7fjunk\n\xff\x00junk", b"garbage without an end"] {
                disk.overwrite(&[&whole[..cut], fill].concat());
                let answers = add(&mut writer, "again");
                assert!(
                    answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })),
                    "{cut}: {answers:?}"
                );
                let told = told(&disk);
                let kept = complete + usize::from(fill.is_empty() && cut + 1 == end);
                let torn = usize::from(!(fill.is_empty() && (cut == start || cut + 1 == end)));
                assert_eq!(told.len(), kept + torn + 1, "cut at {cut}, fill of {}: {told:?}", fill.len());
                assert!(
                    told[..kept].iter().enumerate().all(|(n, text)| text.starts_with(&format!("note {n}:")))
                );
                assert!(told[kept..kept + torn].iter().all(|kind| kind == "log.repaired"));
                drop(other.poll());
                assert_eq!(other.state().0.len(), told.len(), "who looks on reads the same");
            }
        }
    }
}

fn seen(pieces: &[String]) -> Witness {
    let whole = pieces.concat();
    let (header, scanner, batch) = scan_file(whole.as_bytes()).unwrap();
    let mut graph = Graph::new(header.digest);
    batch.lines.iter().for_each(|found| graph.insert(&found.line));
    let watermark = Watermark { heads: graph.heads(), events: graph.len(), length: scanner.end() };
    Witness { watermark: Some(watermark), ..Witness::default() }
}

fn judge(bytes: &[u8], witness: &Witness) -> Verification {
    verify(bytes, witness, Anchor::Required)
}

#[test]
fn twenty_thousand_bit_flips_are_all_found() {
    let pieces = pieces(2);
    let (whole, witness) = (pieces.concat().into_bytes(), seen(&pieces));
    assert_eq!(judge(&whole, &witness).exit_code, 0);
    let mut dice = Dice(20_000);
    for flip in 0..FLIPS {
        let (place, bit) = (dice.below(whole.len()), dice.below(8));
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << bit;
        let judged = judge(&bytes, &witness);
        assert!(matches!(judged.exit_code, 1 | 3), "bit {bit} at {place}: {judged:?}");
        if every() || flip % SAMPLE == 0 {
            let alone = judge(&bytes, &Witness::default());
            assert!(
                alone.exit_code != 4 || !alone.notes.is_empty(),
                "bit {bit} at {place}, without a witness"
            );
            refused_or_repaired(&bytes);
        }
    }
}

/// The store writes nothing after damage; a torn end goes aside, and the record says so.
fn refused_or_repaired(bytes: &[u8]) {
    let disk = SimulatedDisk::with_record(bytes);
    let Ok(mut writer) = store_on(&disk, 1) else { return };
    let answers = add(&mut writer, "again");
    if answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })) {
        assert!(stored(&answers).contains(&"log.repaired".to_owned()), "{answers:?}");
        assert_eq!(disk.files_named(".torn-").len(), 1);
    } else {
        assert!(failure(&answers).1, "{answers:?}");
        assert_eq!(disk.record(), bytes, "nothing was written");
    }
}

#[test]
fn a_thousand_moved_doubled_or_deleted_lines_are_found_or_harmless() {
    let pieces = pieces(12);
    let (whole, witness) = (pieces.concat(), seen(&pieces));
    let order =
        |bytes: &[u8]| store_on(&SimulatedDisk::with_record(bytes), 1).map(|writer| writer.watermark());
    let original = order(whole.as_bytes()).unwrap();
    let mut dice = Dice(1_000);
    for _ in 0..MOVES {
        let (one, two) = (1 + dice.below(12), 1 + dice.below(12));
        let mut moved = pieces.clone();
        let deed = dice.below(3);
        match deed {
            0 => moved.swap(one, two),
            1 => moved.insert(two, pieces[one].clone()),
            _ => drop(moved.remove(one)),
        }
        let bytes = moved.concat().into_bytes();
        let judged = judge(&bytes, &witness);
        if deed == 2 {
            assert_eq!(judged.exit_code, 1, "line {one} deleted: {judged:?}");
            continue;
        }
        assert_eq!(judged.exit_code, 0, "{judged:?}");
        assert_eq!(deed == 1, judged.notes.iter().any(|note| note.contains("second time")), "{judged:?}");
        let watermark = order(&bytes).unwrap();
        assert_eq!((&watermark.heads, watermark.events), (&original.heads, original.events));
        let disk = SimulatedDisk::with_record(&bytes);
        let mut writer = store_on(&disk, 1).unwrap();
        let answers = add(&mut writer, "again");
        assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
    }
}

#[test]
fn good_lines_behind_a_hole_are_torn_only_if_they_are_of_one_write() {
    let one_write = |written: u64| {
        let header = pieces(0).concat();
        let digest = Header::parse(header.as_bytes()).unwrap().digest;
        let mut count = 0_u64;
        let mut name = || {
            count += 1;
            Ulid::from_parts(if written == 1 { 1 } else { count }, u128::from(count))
        };
        let events = (0..3).map(|n| note(&format!("note {n}"))).collect();
        let (lines, _) = super::super::chain::chain(&mut name, vec![digest], events).unwrap();
        (header.into_bytes(), lines)
    };
    for (writes, torn) in [(1, true), (3, false)] {
        let (header, lines) = one_write(writes);
        for (hole, is_hole) in [(20, true), (1, false)] {
            let mut holed = lines.clone();
            holed[100..100 + hole].fill(0);
            let bytes = [header.clone(), holed].concat();
            let (scanner, batch) = scan_file(&bytes).map(|(_, scanner, batch)| (scanner, batch)).unwrap();
            let put_aside = matches!(batch.tail, Tail::Torn(all) if all == lines.len() as u64);
            assert_eq!(put_aside, torn && is_hole, "{writes} writes, a hole of {hole}: {:?}", batch.tail);
            assert_eq!(put_aside, scanner.damage().is_none(), "else it is damage, and nothing is cut off");
        }
    }
}
