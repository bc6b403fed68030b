//! The look at every byte before a run and a sign-off: cheap where nothing changed, and nothing that changed escapes it; and a
//! record that could not be read for once, neither written nor read again, or is as long as any may be.

use std::io::{self, ErrorKind};

use super::super::disk::{Attempt, Disk, Handle, Shelf, Stat};
use super::simulated_disk::{Call, Fault, SimulatedClock, SimulatedDisk};
use super::*;
use crate::session::hash::Hash;

/// A state that counts how often it was built anew.
#[derive(Debug, Default)]
struct Folds {
    texts: Vec<String>,
    wholes: usize,
}

impl Fold for Folds {
    fn fold(&mut self, lines: &[Line], extent: Extent) {
        if extent == Extent::Whole {
            self.texts.clear();
            self.wholes += 1;
        }
        self.texts.extend(texts(lines));
    }
}

fn disk() -> SimulatedDisk {
    let header = write_header(&release(), "[checklist]\ntitle = \"Shop\"\n").unwrap();
    SimulatedDisk::with_record(header.as_bytes())
}

fn writer(disk: &SimulatedDisk, seed: u64) -> Writer<Folds> {
    let (clock, paths) =
        (Box::new(SimulatedClock::new(seed)), SessionPaths::at(Path::new("shop.session.toml")).unwrap());
    Writer::open_on(Box::new(disk.clone()), clock, paths, holder(), Folds::default()).unwrap().0
}

fn tell(writer: &mut Writer<Folds>, text: &str, recheck: Recheck) -> Vec<Answer> {
    writer.append(&mut VecDeque::from([Request { recheck, ..Request::plain(1, vec![note(text)]) }]))
}

#[test]
fn a_look_at_every_byte_builds_nothing_anew_where_nothing_changed() {
    let disk = disk();
    let (mut anna, mut ben) = (writer(&disk, 1), writer(&disk, 2));
    assert_eq!(stored(&tell(&mut anna, "one", Recheck::Whole)), ["one"]);
    assert_eq!(stored(&tell(&mut anna, "two", Recheck::Whole)), ["two"]);
    // What another added is the suffix it is.
    assert_eq!(stored(&tell(&mut ben, "three", Recheck::Whole)), ["one", "two", "three"]);
    assert_eq!(stored(&tell(&mut anna, "four", Recheck::Whole)), ["three", "four"]);
    // Somebody saved it as it is: another time, the same bytes.
    disk.overwrite(&disk.record());
    assert_eq!(anna.poll(), None);
    assert_eq!(anna.state().wholes, 1, "when it was opened");
    assert_eq!(anna.state().texts, ["one", "two", "three", "four"]);
}

#[test]
fn an_edit_in_place_of_an_earlier_line_is_found_by_a_look_at_every_byte_only() {
    for recheck in [Recheck::Suffix, Recheck::Whole] {
        let disk = disk();
        let (mut anna, mut ben) = (writer(&disk, 1), writer(&disk, 2));
        tell(&mut anna, "one", Recheck::Suffix);
        tell(&mut anna, "two", Recheck::Suffix);
        // Another writes a line, so the file is longer; its known end is as it was.
        tell(&mut ben, "three", Recheck::Suffix);
        let text = String::from_utf8(disk.record()).unwrap();
        disk.overwrite(text.replace("\"one\"", "\"eno\"").as_bytes());
        let answers = tell(&mut anna, "four", recheck);
        match recheck {
            Recheck::Suffix => assert_eq!(stored(&answers), ["three", "four"]),
            Recheck::Whole => {
                let (error, broken) = failure(&answers);
                assert!(broken && error.contains("edited"), "{error}");
                assert_eq!(disk.record(), text.replace("\"one\"", "\"eno\"").into_bytes(), "nothing written");
                disk.overwrite(text.as_bytes());
                let answers = tell(&mut anna, "four", recheck);
                assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
            }
        }
    }
}

/// Every line of the record on this disk names parents that are on this disk.
fn nothing_missing(disk: &SimulatedDisk) -> Vec<Hash> {
    let bytes = disk.record();
    let (header, _, batch) = scan_file(&bytes).unwrap();
    let graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
    assert_eq!(graph.missing(), []);
    graph.heads()
}

#[test]
fn lines_that_were_not_written_are_known_to_nobody_even_if_the_file_cannot_be_read_again() {
    for forever in [false, true] {
        let disk = disk();
        let (mut anna, mut ben) = (writer(&disk, 1), writer(&disk, 2));
        tell(&mut anna, "one", Recheck::Suffix);
        tell(&mut ben, "two", Recheck::Suffix);
        let before = (nothing_missing(&disk), disk.record().len());
        let fails = |call, after| Fault { call, kind: ErrorKind::Other, after, taken: 0, forever };
        disk.fails(fails(Call::Write, 0));
        // The first reading is the one under the lock.
        disk.fails(fails(Call::Read, 1));
        let answers = tell(&mut anna, "lost", Recheck::Suffix);
        assert_eq!(disk.heals(), [Call::Write, Call::Read]);
        assert!(failure(&answers).0.contains("cannot write"), "{answers:?}");
        assert_eq!(anna.state().texts, ["one", "two"], "no phantom");
        let seen = anna.watermark();
        assert_eq!((seen.heads, seen.events), (before.0, 2), "nobody claims to have seen it");
        assert_eq!(disk.record().len(), before.1);
        let answers = tell(&mut anna, "three", Recheck::Suffix);
        let lost = answers.iter().any(|answer| matches!(answer, Answer::Arrived { lost, .. } if *lost > 0));
        assert!(!lost, "what was never there is not gone: {answers:?}");
        assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
        nothing_missing(&disk);
        assert_eq!(anna.state().texts, ["one", "two", "three"]);
        assert_eq!(stored(&tell(&mut ben, "four", Recheck::Suffix)), ["three", "four"]);
    }
}

#[test]
fn a_reading_that_failed_is_done_again_though_the_file_is_as_it_was() {
    let disk = disk();
    let (mut anna, mut ben) = (writer(&disk, 1), writer(&disk, 2));
    tell(&mut ben, "one", Recheck::Suffix);
    for call in [Call::Open, Call::Read] {
        tell(&mut ben, "more", Recheck::Suffix);
        disk.fails(Fault { call, kind: ErrorKind::Other, after: 0, taken: 0, forever: false });
        assert_eq!(anna.poll(), None);
        assert_eq!(disk.heals(), [call]);
        let why = anna.broken().unwrap_or_default();
        assert!(why.contains("cannot"), "{call:?}: {why}");
        let heard = anna.poll();
        assert!(matches!(&heard, Some(Answer::Arrived { extent: Extent::More, .. })), "{call:?}: {heard:?}");
        assert_eq!((anna.broken(), anna.poll()), (None, None), "{call:?}");
        assert_eq!(anna.state().texts, ben.state().texts);
    }
}

/// A disk on which the record seems longer than it is, so that no test writes 256 MiB.
struct Swollen {
    real: SimulatedDisk,
    by: u64,
}

struct SwollenHandle {
    real: Box<dyn Handle>,
    by: u64,
}

impl Disk for Swollen {
    fn try_lock(&self) -> Result<Attempt, StoreFault> {
        self.real.try_lock()
    }
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault> {
        Ok(Box::new(SwollenHandle { real: self.real.open_append()?, by: self.by }))
    }
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault> {
        self.open_append()
    }
    fn stat(&self) -> io::Result<Stat> {
        self.real.stat().map(|stat| Stat { len: stat.len + self.by, ..stat })
    }
    fn folder(&self) -> Result<Box<dyn Shelf>, StoreFault> {
        self.real.folder()
    }
}

impl Handle for SwollenHandle {
    fn stat(&self) -> io::Result<Stat> {
        self.real.stat().map(|stat| Stat { len: stat.len + self.by, ..stat })
    }
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        self.real.read_from(offset)
    }
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.real.append(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.real.sync()
    }
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        self.real.set_len(len)
    }
}

#[test]
fn no_append_makes_a_record_longer_than_what_can_be_read() {
    let disk = disk();
    let before = disk.record().len();
    tell(&mut writer(&disk, 1), "one", Recheck::Suffix);
    let after = disk.record();
    // Another line like the first: one byte too many, then exactly as long as any record may be.
    let next = u64::try_from(after.len() + after.len() - before).unwrap();
    for (room, fits) in [(1, false), (0, true)] {
        let by = safe_open::FILE_MAX - next + room;
        let (clock, paths) =
            (Box::new(SimulatedClock::new(7)), SessionPaths::at(Path::new("shop.session.toml")).unwrap());
        let swollen = Box::new(Swollen { real: disk.clone(), by });
        let mut writer = Writer::open_on(swollen, clock, paths, holder(), Folds::default()).unwrap().0;
        let answers = tell(&mut writer, "two", Recheck::Suffix);
        if fits {
            assert_eq!(stored(&answers), ["two"]);
        } else {
            let (error, broken) = failure(&answers);
            assert!(broken && error.contains("256 MiB"), "{error}");
            assert_eq!(
                (disk.record(), writer.state().texts.len()),
                (after.clone(), 1),
                "nothing is half there"
            );
        }
    }
}
