//! Live reload: what another process writes is here at once, by file events, and by the clock where there are none.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

use super::super::clock::SystemClock;
use super::super::disk::{Attempt, Disk, Handle, Shelf, Stat};
use super::super::lock;
use super::super::real_disk::RealDisk;
use super::super::thread::Looks;
use super::children::{Task, Writing, nanos};
use super::*;

/// The bound of the design for an event of another process: the slowest of a hundred but one.
const SHOWN_WITHIN: Duration = Duration::from_millis(300);
/// Far beyond every wait here.
const BOUND: Duration = Duration::from_secs(20);

type Shown = Receiver<(u128, Answer)>;

fn watching(paths: &SessionPaths, looks: Looks) -> (StoreThread<Kinds>, Shown) {
    let (sender, answers) = sync_channel(1024);
    let tell = move |answer| sender.send((nanos(), answer)).unwrap_or_default();
    (StoreThread::start_with(looks, open(paths), None, tell).unwrap(), answers)
}

/// When this text was shown.
#[track_caller]
fn shown(answers: &Shown, text: &str) -> u128 {
    loop {
        let (at, answer) = answers.recv_timeout(BOUND).expect("it is shown");
        if let Answer::Arrived { lines, .. } = &answer
            && texts(lines).iter().any(|known| known == text)
        {
            return at;
        }
    }
}

/// How long after "stored" in another process each event was shown here, sorted.
fn delays(looks: Looks, events: usize) -> Vec<Duration> {
    let place = place();
    let (thread, answers) = watching(&place.paths, looks);
    let mut other = Writing::start(&place.paths, "ben", Task::EachLine);
    let mut delays: Vec<Duration> = (0..events)
        .map(|number| {
            other.tell(&format!("event-{number}"));
            let said = other.hears("stored").unwrap();
            let stored: u128 = said.split(' ').next_back().unwrap().parse().unwrap();
            let late = shown(&answers, &format!("event-{number}")).saturating_sub(stored);
            Duration::from_nanos(u64::try_from(late).unwrap())
        })
        .collect();
    thread.close().unwrap();
    delays.sort();
    delays
}

#[test]
fn an_event_of_another_process_is_shown_within_300_ms_by_file_events() {
    let delays = delays(Looks::Hinted, 100);
    assert!(delays[98] < SHOWN_WITHIN, "{delays:?}");
    // The net of the clock alone would need 5 s in the middle.
    println!("median {:?}, slowest {:?}", delays[50], delays[99]);
}

#[test]
fn without_file_events_it_is_shown_by_the_clock() {
    let delays = delays(Looks::ByTheClock, 10);
    assert!(delays[9] < Duration::from_secs(2), "{delays:?}");
    println!("median {:?}, slowest {:?}", delays[5], delays[9]);
}

#[test]
fn a_file_replaced_by_an_editor_is_read_and_watched_on() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let mut ben = open(&place.paths);
    for round in 0..5 {
        let copy = place.paths.folder().join("4913");
        fs::copy(place.paths.session(), &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
        fs::rename(&copy, place.paths.session()).unwrap();
        add(&mut ben, &format!("round-{round}"));
        shown(&answers, &format!("round-{round}"));
    }
    thread.close().unwrap();
}

#[test]
fn a_folder_that_is_replaced_is_looked_at_by_the_clock() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let folder = place.paths.folder();
    let aside = place.folder.path().join("aside");
    fs::rename(folder, &aside).unwrap();
    fs::create_dir(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(&aside).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    add(&mut open(&place.paths), "after the move");
    let began = Instant::now();
    shown(&answers, "after the move");
    assert!(began.elapsed() < Duration::from_secs(2), "not only by the net of ten seconds");
    thread.close().unwrap();
}

#[test]
fn leaving_ends_the_watch_at_once() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let began = Instant::now();
    thread.close().unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(answers.try_iter().count(), 0);
}

/// The first thing said to be in the way of writing.
#[track_caller]
fn trouble(answers: &Shown) -> String {
    loop {
        if let Answer::Standing { read_only: Some(why), .. } =
            answers.recv_timeout(BOUND).expect("it is told").1
        {
            return why;
        }
    }
}

/// Waits until nothing is said to be in the way any more.
#[track_caller]
fn mended(answers: &Shown) {
    while !matches!(
        answers.recv_timeout(BOUND).expect("it is told").1,
        Answer::Standing { read_only: None, .. }
    ) {}
}

#[test]
fn a_record_poisoned_by_another_process_is_said_at_once_and_so_is_that_it_is_mended() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let held = lock::acquire(&place.paths, &holder(), lock::WAIT).unwrap();
    held.poison("flushing failed");
    drop(held);
    let began = Instant::now();
    let error = trouble(&answers);
    assert!(error.contains("flushing failed") && error.contains("gonogo repair --salvage"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(open(&place.paths).broken().as_deref(), Some(error.as_str()), "whoever opens it knows");
    fs::write(place.paths.lock(), "").unwrap();
    mended(&answers);
    assert!(thread.submit(Request::plain(1, vec![note("x")])).is_ok());
    thread.close().unwrap();
    assert!(answers.try_iter().any(|(_, answer)| matches!(answer, Answer::Stored { .. })));
}

#[test]
fn a_file_that_is_gone_or_edited_is_told_and_told_again_when_it_is_back() {
    let place = place();
    add(&mut open(&place.paths), "one");
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let aside = place.folder.path().join("aside");
    fs::rename(place.paths.session(), &aside).unwrap();
    let error = trouble(&answers);
    assert!(error.contains("cannot open"), "{error}");
    fs::rename(&aside, place.paths.session()).unwrap();
    mended(&answers);
    let text = fs::read_to_string(place.paths.session()).unwrap();
    fs::write(place.paths.session(), text.replace("\"one\"", "\"eno\"")).unwrap();
    let error = trouble(&answers);
    assert!(error.contains("edited"), "{error}");
    fs::write(place.paths.session(), text).unwrap();
    mended(&answers);
    thread.close().unwrap();
}

#[test]
fn a_file_that_git_puts_back_within_a_moment_alarms_nobody() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    for round in 0..20 {
        let text = fs::read(place.paths.session()).unwrap();
        fs::remove_file(place.paths.session()).unwrap();
        fs::write(place.paths.session(), text).unwrap();
        fs::set_permissions(place.paths.session(), fs::Permissions::from_mode(0o600)).unwrap();
        add(&mut open(&place.paths), &format!("round-{round}"));
    }
    shown(&answers, "round-19");
    thread.close().unwrap();
    let rest: Vec<Answer> = answers.try_iter().map(|(_, answer)| answer).collect();
    assert!(
        !rest.iter().any(|answer| matches!(answer, Answer::Standing { read_only: Some(_), .. })),
        "{rest:?}"
    );
}

/// A disk that counts the bytes that are read of the record.
struct Counting {
    real: RealDisk,
    bytes: Arc<AtomicU64>,
}

struct CountingHandle {
    real: Box<dyn Handle>,
    bytes: Arc<AtomicU64>,
}

impl Counting {
    fn handle(&self, real: Box<dyn Handle>) -> Box<dyn Handle> {
        Box::new(CountingHandle { real, bytes: Arc::clone(&self.bytes) })
    }
}

impl Disk for Counting {
    fn try_lock(&self) -> Result<Attempt, StoreFault> {
        self.real.try_lock()
    }
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault> {
        Ok(self.handle(self.real.open_append()?))
    }
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault> {
        Ok(self.handle(self.real.open_read()?))
    }
    fn stat(&self) -> io::Result<Stat> {
        self.real.stat()
    }
    fn folder(&self) -> Result<Box<dyn Shelf>, StoreFault> {
        self.real.folder()
    }
}

impl Handle for CountingHandle {
    fn stat(&self) -> io::Result<Stat> {
        self.real.stat()
    }
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let read = self.real.read_from(offset)?;
        self.bytes.fetch_add(u64::try_from(read.len()).unwrap(), Ordering::SeqCst);
        Ok(read)
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
fn only_what_was_added_is_read() {
    let place = place();
    let mut other = open(&place.paths);
    let group = (0..64).map(|n| Request::plain(n, vec![note("before"); 10])).collect();
    let mut queue: VecDeque<Request<Kinds>> = group;
    other.append(&mut queue);
    let bytes = Arc::new(AtomicU64::new(0));
    let real = RealDisk { paths: place.paths.clone(), network: NetworkFiles::Refuse };
    let disk = Box::new(Counting { real, bytes: Arc::clone(&bytes) });
    let clock = Box::new(SystemClock::start());
    let (mut watcher, _) =
        Writer::open_on(disk, clock, place.paths.clone(), holder(), Kinds::default()).unwrap();
    let length = || fs::metadata(place.paths.session()).unwrap().len();
    assert_eq!(bytes.swap(0, Ordering::SeqCst), length(), "opening reads the file once");
    for _ in 0..3 {
        let before = length();
        add_all(&mut other, &["one", "two"]);
        assert!(matches!(watcher.poll(), Some(Answer::Arrived { extent: Extent::More, .. })));
        assert_eq!(bytes.swap(0, Ordering::SeqCst), length() - before + 64, "the suffix and its overlap");
        assert_eq!(watcher.poll(), None);
        assert_eq!(bytes.load(Ordering::SeqCst), 0, "nothing new: nothing is read");
        let before = length();
        add(&mut other, "three");
        add(&mut watcher, "four");
        let taken = bytes.swap(0, Ordering::SeqCst);
        assert!(taken < length() - before + 64, "catching up under the lock reads the suffix too: {taken}");
    }
}
