//! A disk that fails: never "stored" without a flush, never a second flush, nobody writes after a poisoned record.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::clock::SystemClock;
use super::super::disk::{Attempt, Disk, Handle, Shelf, Stat};
use super::super::real_disk::RealDisk;
use super::*;

/// Which call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fails {
    Write,
    ShortWrite(usize),
    Sync,
    WriteThenSetLen,
}

struct FaultyDisk {
    real: RealDisk,
    fails: Fails,
    syncs: Arc<AtomicUsize>,
}

struct FaultyHandle {
    real: Box<dyn Handle>,
    fails: Fails,
    syncs: Arc<AtomicUsize>,
}

impl Disk for FaultyDisk {
    fn try_lock(&self) -> Result<Attempt, StoreFault> {
        self.real.try_lock()
    }
    fn folder(&self) -> Result<Box<dyn Shelf>, StoreFault> {
        self.real.folder()
    }
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault> {
        Ok(Box::new(FaultyHandle {
            real: self.real.open_append()?,
            fails: self.fails,
            syncs: Arc::clone(&self.syncs),
        }))
    }
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault> {
        self.real.open_read()
    }
    fn stat(&self) -> io::Result<Stat> {
        self.real.stat()
    }
}

impl Handle for FaultyHandle {
    fn stat(&self) -> io::Result<Stat> {
        self.real.stat()
    }
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        self.real.read_from(offset)
    }
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.fails {
            Fails::Write => Err(io::Error::other("EIO")),
            Fails::ShortWrite(most) => self.real.append(&bytes[..bytes.len().min(most)]),
            Fails::WriteThenSetLen => self.real.append(&bytes[..10]),
            Fails::Sync => self.real.append(bytes),
        }
    }
    fn sync(&mut self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        if self.fails == Fails::Sync { Err(io::Error::other("EIO")) } else { self.real.sync() }
    }
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        if self.fails == Fails::WriteThenSetLen {
            Err(io::Error::other("EIO"))
        } else {
            self.real.set_len(len)
        }
    }
}

fn faulty(place: &Place, fails: Fails) -> (Writer<Kinds>, Arc<AtomicUsize>) {
    let syncs = Arc::new(AtomicUsize::new(0));
    let real = RealDisk { paths: place.paths.clone(), network: NetworkFiles::Refuse };
    let disk = Box::new(FaultyDisk { real, fails, syncs: Arc::clone(&syncs) });
    (
        Writer::open_on(
            disk,
            Box::new(SystemClock::start()),
            place.paths.clone(),
            holder(),
            Kinds::default(),
        )
        .unwrap()
        .0,
        syncs,
    )
}

#[test]
fn a_failed_or_short_write_is_taken_back_and_does_not_break_the_record() {
    for fails in [
        Fails::Write,
        Fails::ShortWrite(0),
        Fails::ShortWrite(1),
        Fails::ShortWrite(100),
        Fails::ShortWrite(200),
    ] {
        let place = place();
        add(&mut open(&place.paths), "one");
        let before = fs::read(place.paths.session()).unwrap();
        let (mut writer, _) = faulty(&place, fails);
        let (error, broken) = failure(&add(&mut writer, "two"));
        assert!(!broken && error.contains("cannot write"), "{fails:?}: {error}");
        assert_eq!(fs::read(place.paths.session()).unwrap(), before, "{fails:?}");
        assert_eq!(writer.state().0.len(), 1, "{fails:?}: the state holds no phantom");
        stored(&add(&mut open(&place.paths), "three"));
    }
}

#[test]
fn a_failed_flush_poisons_for_everybody_and_is_never_repeated() {
    let place = place();
    let mut bystander = open(&place.paths);
    let (mut writer, syncs) = faulty(&place, Fails::Sync);
    let (error, broken) = failure(&add(&mut writer, "one"));
    assert!(broken && error.contains("poisoned") && error.contains("gonogo repair --salvage"), "{error}");
    assert!(failure(&add(&mut writer, "two")).1);
    assert_eq!(syncs.load(Ordering::SeqCst), 1);
    assert!(writer.broken().is_some());
    let (error, broken) = failure(&add(&mut bystander, "three"));
    assert!(broken && error.contains("poisoned"), "{error}");
    fs::write(place.paths.lock(), "").unwrap();
    stored(&add(&mut open(&place.paths), "four"));
}

#[test]
fn what_a_failed_flush_left_in_the_file_is_neither_shown_nor_noted_as_seen() {
    for fails in [Fails::Sync, Fails::WriteThenSetLen] {
        let place = place();
        add(&mut open(&place.paths), "one");
        let (mut writer, _) = faulty(&place, fails);
        let seen = writer.watermark();
        let answers = add(&mut writer, "two");
        let shown: Vec<String> = answers
            .iter()
            .filter_map(
                |answer| if let Answer::Arrived { lines, .. } = answer { Some(texts(lines)) } else { None },
            )
            .flatten()
            .collect();
        assert_eq!(shown, ["one"], "{fails:?}");
        assert_eq!((writer.state().0.len(), writer.watermark()), (1, seen), "{fails:?}");
        assert_eq!(writer.poll(), None, "{fails:?}");
        assert_eq!(writer.state().0.len(), 1, "{fails:?}");
    }
}

#[test]
fn a_write_that_cannot_be_taken_back_poisons_and_the_next_process_recovers() {
    let place = place();
    add(&mut open(&place.paths), "one");
    let (mut writer, _) = faulty(&place, Fails::WriteThenSetLen);
    assert!(failure(&add(&mut writer, "two")).1);
    assert!(failure(&add(&mut open(&place.paths), "three")).0.contains("poisoned"));
    fs::write(place.paths.lock(), "").unwrap();
    assert_eq!(stored(&add(&mut open(&place.paths), "four")), ["log.repaired", "four"]);
    assert_eq!(on_disk(&place.paths), ["one", "log.repaired", "four"]);
}

#[test]
fn a_held_lock_is_waited_for_in_bounds_and_its_holder_is_named() {
    let place = place();
    let other = Holder { pid: 4711, host: "build2".into(), person: "ben@example.com".into() };
    let held = lock::acquire(&place.paths, &other, Duration::ZERO).unwrap();
    let mut writer = open(&place.paths);
    let urgent = Request { wait: Duration::from_millis(100), ..Request::plain(1, vec![note("rollback")]) };
    let patient = Request { wait: Duration::from_secs(61), ..Request::plain(2, vec![note("tick")]) };
    let mut queue = VecDeque::from([patient, urgent]);
    let started = Instant::now();
    let answers = writer.append(&mut queue);
    assert!(started.elapsed() >= Duration::from_millis(100) && started.elapsed() < Duration::from_secs(3));
    assert!(
        matches!(answers.as_slice(), [Answer::Failed { id: 1, error, broken: false }] if error.contains("pid 4711 on build2, ben@example.com")),
        "{answers:?}"
    );
    assert_eq!(queue.len(), 1, "who can wait longer waits on");
    drop(held);
    assert_eq!(stored(&writer.append(&mut queue)), ["tick"]);
}

#[test]
fn the_lock_file_is_private_and_no_link() {
    let place = place();
    stored(&add(&mut open(&place.paths), "one"));
    assert_eq!(fs::metadata(place.paths.lock()).unwrap().permissions().mode() & 0o777, 0o600);
    fs::remove_file(place.paths.lock()).unwrap();
    let target = place.folder.path().join("precious");
    fs::write(&target, "precious").unwrap();
    symlink(&target, place.paths.lock()).unwrap();
    assert!(failure(&add(&mut open(&place.paths), "two")).0.contains("symbolic link"));
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
}
