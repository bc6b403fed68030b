//! Damage of every sort, through the store: cut files, flipped bits, moved lines. What was complete goes on, or says why not.
//!
//! `GONOGO_DAMAGE=every` tries every place, as CI orders it of an optimised build; without it a sample. Not here: power loss
//! (`crash.rs`).

use std::sync::atomic::{AtomicUsize, Ordering};

use super::simulated_disk::{Dice, SECTOR, SimulatedClock, SimulatedDisk};
use super::*;
use crate::session::header::Header;
use crate::session::line::parse_line;
use crate::session::verify::{Verification, Watermark};

/// Events of the record that is cut.
const EVENTS: usize = 40;
/// Flips of one bit.
const FLIPS: usize = 20_000;
/// Lines moved, doubled or deleted.
const MOVES: usize = 1_000;
/// Without an order to try every place: this one of so many.
const SAMPLE: usize = 101;
/// What follows the cut: nothing, sectors that never reached the disk, junk with and without line ends.
const FILLS: [&[u8]; 4] = [b"", &[0; 600], b"\x7fjunk\n\xff\x00junk", b"garbage without an end"];

fn every() -> bool {
    std::env::var("GONOGO_DAMAGE").is_ok_and(|how| how == "every")
}

/// What a line says: short, with characters that must be escaped.
fn said(number: usize) -> String {
    format!("{number}\u{202e}\n")
}

/// A record as pieces: its header, then its lines.
fn pieces(events: usize) -> Vec<String> {
    let header = write_header(&release(), "[checklist]\ntitle = \"Shop\"\n").unwrap();
    let digest = Header::parse(header.as_bytes()).unwrap().digest;
    let events = (0..events).map(|n| note(&said(n))).collect();
    let (bytes, _) = super::super::chain::chain(&mut fresh_ulid, vec![digest], events).unwrap();
    let lines = String::from_utf8(bytes).unwrap();
    std::iter::once(header).chain(lines.split_inclusive('\n').map(str::to_owned)).collect()
}

fn store_on(disk: &SimulatedDisk, seed: u64) -> Result<Writer<Kinds>, StoreFault> {
    let paths = SessionPaths::at(Path::new("shop.session.toml")).unwrap();
    let clock = Box::new(SimulatedClock::new(seed));
    Ok(Writer::open_on(Box::new(disk.clone()), clock, paths, holder(), Kinds::default())?.0)
}

/// A record that is cut again and again, who appends to it, and who looks on.
struct Cutting<'a> {
    pieces: &'a [String],
    whole: &'a [u8],
    disk: SimulatedDisk,
    writer: Writer<Kinds>,
    other: Writer<Kinds>,
}

impl<'a> Cutting<'a> {
    fn new(pieces: &'a [String], whole: &'a [u8]) -> Self {
        let disk = SimulatedDisk::with_record(whole);
        let (writer, other) = (store_on(&disk, 1).unwrap(), store_on(&disk, 2).unwrap());
        Self { pieces, whole, disk, writer, other }
    }

    /// Cuts inside a line, `complete` lines standing before it, at every byte or at some; how often.
    fn line(&mut self, complete: usize, every: bool) -> usize {
        let start = self.pieces[..=complete].iter().map(String::len).sum::<usize>();
        let end = start + self.pieces[complete + 1].len();
        // Both sides of each line's ends always.
        let tried =
            |cut: &usize| every || cut % SAMPLE == complete % SAMPLE || *cut <= start + 1 || cut + 2 >= end;
        let cuts: Vec<usize> = (start..end).filter(tried).collect();
        for cut in &cuts {
            // A writer keeps what it saw and lost, a disk what was put aside: thousands of cuts would each be slower than the last.
            *self = Self::new(self.pieces, self.whole);
            for fill in FILLS {
                self.cut(*cut, fill, complete, (start, end));
            }
        }
        cuts.len() * FILLS.len()
    }

    fn cut(&mut self, cut: usize, fill: &[u8], complete: usize, (start, end): (usize, usize)) {
        self.disk.overwrite(&[&self.whole[..cut], fill].concat());
        let answers = add(&mut self.writer, "again");
        assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{cut}: {answers:?}");
        let kept = complete + usize::from(fill.is_empty() && cut + 1 == end);
        let torn = usize::from(!(fill.is_empty() && (cut == start || cut + 1 == end)));
        // The complete lines are there byte for byte, and nothing but good lines follows.
        let bytes = self.disk.record();
        let what = || format!("cut at {cut}, fill of {}: {answers:?}", fill.len());
        let end_of_kept = if kept > complete { end } else { start };
        assert!(bytes.starts_with(&self.whole[..end_of_kept]), "{}", what());
        let after: Vec<Line> = std::str::from_utf8(&bytes[end_of_kept..])
            .unwrap()
            .split_inclusive('\n')
            .map(|line| parse_line(line.strip_suffix('\n').unwrap()).unwrap())
            .collect();
        let expected: &[&str] = if torn == 1 { &["log.repaired", "again"] } else { &["again"] };
        assert_eq!(texts(&after), expected, "{}", what());
        assert_eq!(self.writer.state().0.len(), kept + torn + 1, "{}", what());
        // Reading it all anew costs as much as everything else: by one fill in turn.
        if fill == FILLS[cut % FILLS.len()] {
            let (_, scanner, batch) = scan_file(&bytes).unwrap();
            assert_eq!(
                (scanner.findings(), &batch.tail, batch.lines.len()),
                (&[][..], &Tail::Clean, kept + torn + 1)
            );
            drop(self.other.poll());
            assert_eq!(self.other.state().0.len(), kept + torn + 1, "who looks on reads the same");
        }
    }
}

#[test]
fn a_record_cut_at_every_byte_keeps_its_complete_lines_and_goes_on() {
    let every = every();
    let pieces = pieces(EVENTS);
    let whole = pieces.concat().into_bytes();
    let (next, tried) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut cutting = Cutting::new(&pieces, &whole);
                loop {
                    let complete = next.fetch_add(1, Ordering::Relaxed);
                    if complete >= EVENTS {
                        return;
                    }
                    tried.fetch_add(cutting.line(complete, every), Ordering::Relaxed);
                }
            });
        }
    });
    let (tried, bytes) = (tried.into_inner(), whole.len() - pieces[0].len());
    println!("{tried} cuts of {bytes} bytes in {EVENTS} lines");
    assert!(!every || tried == bytes * FILLS.len(), "{tried} of {bytes} bytes");
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

/// What a look at a record with a hole finds.
#[derive(Debug, PartialEq, Eq)]
enum Hole {
    /// What begins with the holed line is a write that was cut short.
    Torn,
    /// Nothing is cut off, and nobody writes.
    Damage,
}

/// Makes a hole in the line after the first `good` ones of a copy, and appends.
#[track_caller]
fn holed(disk: &SimulatedDisk, good: usize, hole: impl Fn(usize) -> std::ops::Range<usize>) -> Hole {
    let mut bytes = disk.record();
    let (header, _, _) = scan_file(&bytes).unwrap();
    let lines = bytes[header.len..].split_inclusive(|byte| *byte == b'\n').take(good);
    let end = header.len + lines.map(<[u8]>::len).sum::<usize>();
    bytes[hole(end)].fill(0);
    let (_, scanner, batch) = scan_file(&bytes).unwrap();
    let disk = SimulatedDisk::with_record(&bytes);
    let answers = add(&mut store_on(&disk, 9).unwrap(), "again");
    if let Tail::Torn(all) = batch.tail {
        assert_eq!((all, scanner.damage()), (u64::try_from(bytes.len() - end).unwrap(), None));
        assert!(matches!(answers.as_slice(), [Answer::Stored { .. }]), "{answers:?}");
        Hole::Torn
    } else {
        assert!(scanner.damage().is_some() && failure(&answers).1, "{:?} {answers:?}", batch.tail);
        assert_eq!(disk.record(), bytes, "nothing was written");
        Hole::Damage
    }
}

/// So many NULs inside a line, behind its key.
fn inside(hole: usize) -> impl Fn(usize) -> std::ops::Range<usize> {
    move |end| end + 100..end + 100 + hole
}

/// The rest of the sector in which the lines before end, or a byte less.
fn sector(but: usize) -> impl Fn(usize) -> std::ops::Range<usize> {
    move |end| end..end.next_multiple_of(SECTOR) - but
}

/// A writer whose clock stands still.
fn in_one_millisecond(disk: &SimulatedDisk, seed: u64) -> Writer<Kinds> {
    let paths = SessionPaths::at(Path::new("shop.session.toml")).unwrap();
    let clock = Box::new(SimulatedClock::standing_still(seed));
    Writer::open_on(Box::new(disk.clone()), clock, paths, holder(), Kinds::default()).unwrap().0
}

/// A record of one line, which ends in the first half of a sector.
fn begun() -> SimulatedDisk {
    let empty = pieces(0).concat();
    (0..SECTOR)
        .map(|length| {
            let disk = SimulatedDisk::with_record(empty.as_bytes());
            add_all(&mut in_one_millisecond(&disk, 1), &["x".repeat(length).as_str()]);
            disk
        })
        .find(|disk| disk.record().len() % SECTOR == 100)
        .unwrap()
}

fn copy(disk: &SimulatedDisk) -> SimulatedDisk {
    SimulatedDisk::with_record(&disk.record())
}

#[test]
fn good_lines_behind_a_hole_in_the_last_write_are_torn() {
    let notes = || (0..3).map(|n| note(&format!("note {n}"))).collect::<Vec<_>>();
    let disk = begun();
    stored(&in_one_millisecond(&disk, 1).append(&mut VecDeque::from([Request::plain(1, notes())])));
    assert_eq!(holed(&disk, 1, inside(20)), Hole::Torn);
    assert_eq!(holed(&disk, 1, inside(1)), Hole::Damage, "a flipped byte");
    assert_eq!(holed(&disk, 0, inside(20)), Hole::Damage, "the write before it");
    assert_eq!(holed(&disk, 1, sector(0)), Hole::Torn);
    // Requests of a group are one write too.
    let disk = begun();
    let mut queue: VecDeque<_> = (0..3).map(|id| Request::plain(id, notes())).collect();
    assert_eq!((in_one_millisecond(&disk, 1).append(&mut queue).len(), queue.len()), (3, 0));
    assert_eq!(holed(&disk, 1, inside(20)), Hole::Torn);
    assert_eq!(holed(&disk, 4, inside(20)), Hole::Torn);
}

#[test]
fn behind_a_hole_in_an_earlier_write_nothing_is_cut_off_even_of_the_same_millisecond() {
    let disk = begun();
    let mut writer = in_one_millisecond(&disk, 1);
    for text in ["one", "two", "three"] {
        stored(&add(&mut writer, text));
        for earlier in 0..scan_file(&disk.record()).unwrap().1.events() - 1 {
            assert_eq!(
                holed(&disk, earlier, inside(20)),
                Hole::Damage,
                "{text} was acknowledged after {earlier}"
            );
        }
    }
    assert_eq!(holed(&disk, 1, sector(1)), Hole::Damage, "no disk writes half a sector");
    assert_eq!(holed(&disk, 1, sector(0)), Hole::Torn, "never flushed, so nothing behind it was");
}

#[test]
fn behind_a_hole_lines_from_another_copy_are_judged_by_the_place_of_the_hole_and_not_by_their_keys() {
    let notes = || ["one", "two", "three"].map(|text| note(&format!("theirs {text}"))).to_vec();
    let disk = begun();
    let their_copy = copy(&disk);
    stored(&in_one_millisecond(&their_copy, 2).append(&mut VecDeque::from([Request::plain(1, notes())])));
    let theirs = String::from_utf8(their_copy.record()[disk.record().len()..].to_vec()).unwrap();
    let theirs: Vec<String> = theirs.lines().map(str::to_owned).collect();
    let all = |answers: Vec<Answer>| answers.iter().any(|answer| matches!(answer, Answer::Stored { .. }));
    let take = |lines: &[String]| {
        VecDeque::from([Request { verbatim: lines.to_vec(), ..Request::plain(1, vec![]) }])
    };
    // Beside a line of ours, which their keys resemble; and all of it at once.
    let beside = copy(&disk);
    add_all(&mut in_one_millisecond(&beside, 1), &["ours, and as long as a line may well be"]);
    let mut writer = store_on(&beside, 5).unwrap();
    for line in &theirs {
        assert!(all(writer.append(&mut take(std::slice::from_ref(line)))));
    }
    assert_eq!(holed(&beside, 1, inside(20)), Hole::Damage);
    assert_eq!(holed(&beside, 0, inside(20)), Hole::Damage);
    let at_once = copy(&disk);
    assert!(all(in_one_millisecond(&at_once, 1).append(&mut take(&theirs))));
    assert_eq!(holed(&at_once, 0, inside(20)), Hole::Damage);
    assert_eq!(holed(&at_once, 1, sector(0)), Hole::Torn);
}
