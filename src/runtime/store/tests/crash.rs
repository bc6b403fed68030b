//! The crash simulator: writers on a disk that loses power, with faults and kills, thousands of times. One seed is one run.
//!
//! They append events of their own and lines from elsewhere, byte for byte, as a journal or another copy gives them. After each
//! crash: everything acknowledged is there, nothing is invented, no parent is missing, and appending goes on.
//! `GONOGO_CRASH_SEEDS=N` says how many seeds, `GONOGO_CRASH_SEED=N` replays one. Not here: the disk (`simulated_disk.rs`).

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::chain::chain;
use super::super::disk::{Attempt, Disk, Target};
use super::super::whole_file;
use super::simulated_disk::{Call, Dice, Fault, RECORD, SimulatedClock, SimulatedDisk};
use super::*;
use crate::session::hash::Hash;
use crate::session::line::parse_line;
use crate::session::mend::without_damage;

/// Seeds without an order: a few seconds unoptimised. CI orders 2,000; 10,000 take about ten minutes of two cores.
const SEEDS: u64 = 30;
/// Operations of one seed.
const OPERATIONS: usize = 50;
/// Processes on one record.
const WRITERS: usize = 2;
/// Of this many power losses at most one may leave a record that a person must repair: two writes were not flushed, the first of
/// a process that was killed, or lines from elsewhere were, and the hole lies where it proves nothing.
const DAMAGED_ONE_IN: u64 = 50;

/// What one seed saw.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    losses: u64,
    damaged: u64,
    taken_over: u64,
}

/// A state that keeps every line's text.
#[derive(Debug, Default)]
struct Texts(Vec<String>);

impl Fold for Texts {
    fn fold(&mut self, lines: &[Line], extent: Extent) {
        if extent == Extent::Whole {
            self.0.clear();
        }
        self.0.extend(texts(lines));
    }
}

struct Run {
    seed: u64,
    dice: Dice,
    disk: SimulatedDisk,
    writers: Vec<Writer<Texts>>,
    proposed: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
    opened: u64,
    said: u64,
    /// Lines of another copy or of a journal, which the record lacks. Parents come first.
    elsewhere: Vec<String>,
    /// Parents of lines nobody acknowledged, lost in a crash that a person repaired.
    explained: BTreeSet<Hash>,
    told: Told,
}

impl Run {
    fn new(seed: u64) -> Self {
        let header = write_header(&release(), "[checklist]\ntitle = \"Shop\"\n").unwrap();
        let mut run = Self {
            seed,
            dice: Dice(seed),
            disk: SimulatedDisk::with_record(header.as_bytes()),
            writers: Vec::new(),
            proposed: BTreeSet::new(),
            acknowledged: BTreeSet::new(),
            opened: 0,
            said: 0,
            elsewhere: Vec::new(),
            explained: BTreeSet::new(),
            told: Told::default(),
        };
        run.open_all();
        run
    }

    fn writer(&mut self) -> Writer<Texts> {
        self.opened += 1;
        let clock = Box::new(SimulatedClock::new(self.seed.wrapping_mul(1_000_003) ^ self.opened));
        let paths = SessionPaths::at(Path::new("shop.session.toml")).unwrap();
        Writer::open_on(Box::new(self.disk.clone()), clock, paths, holder(), Texts::default()).unwrap().0
    }

    fn open_all(&mut self) {
        self.writers = (0..WRITERS).map(|_| self.writer()).collect();
    }

    /// One to four requests of one or two events, some long enough for several sectors, and some lines from elsewhere.
    fn requests(&mut self) -> VecDeque<Request<Texts>> {
        (0..=self.dice.below(4))
            .map(|id| {
                let verbatim = if self.dice.one_in(6) { self.lines_elsewhere() } else { Vec::new() };
                let alone = !verbatim.is_empty() && self.dice.one_in(2);
                let events = if alone { 0 } else { self.dice.below(2) + 1 };
                let events = (0..events).map(|_| self.event()).collect();
                let recheck = if self.dice.one_in(8) { Recheck::Whole } else { Recheck::Suffix };
                Request { verbatim, recheck, ..Request::plain(u64::try_from(id).unwrap(), events) }
            })
            .collect()
    }

    /// What another copy has written since it was sent what is flushed here: one group of one millisecond, or events of several.
    fn lines_elsewhere(&mut self) -> Vec<String> {
        if self.elsewhere.is_empty() || self.dice.one_in(3) {
            let last =
                self.elsewhere.last().and_then(|text| parse_line(text).ok()).map(|line| vec![line.hash]);
            let up = last.unwrap_or_else(|| {
                let flushed = self.disk.flushed();
                let (header, _, batch) = scan_file(&flushed).unwrap();
                Graph::of(header.digest, batch.lines.iter().map(|found| &found.line)).next_up()
            });
            let events: Vec<Proposal> = (0..=self.dice.below(3)).map(|_| self.event()).collect();
            let (group, start) = (self.dice.one_in(2), 1_791_201_600_000 + self.dice.next() % 2_000);
            let mut written = 0;
            let dice = &mut self.dice;
            let mut name = || {
                written += 1;
                Ulid::from_parts(if group { start } else { start + written }, u128::from(dice.next()))
            };
            let (bytes, _) = chain(&mut name, up, events).unwrap();
            self.elsewhere.extend(String::from_utf8(bytes).unwrap().lines().map(str::to_owned));
        }
        self.elsewhere.clone()
    }

    fn acknowledge(&mut self, lines: &[Line]) {
        self.acknowledged.extend(texts(lines).into_iter().filter(|text| text.contains(' ')));
    }

    fn event(&mut self) -> Proposal {
        self.said += 1;
        let long = if self.dice.one_in(5) { self.dice.below(1500) } else { self.dice.below(80) };
        let text = format!("{} {}", self.said, "x".repeat(long));
        self.proposed.insert(text.clone());
        note(&text)
    }

    /// Appends by one writer; what it is told is stored counts, whatever happens to it afterwards.
    fn append(&mut self, who: usize) -> Vec<Answer> {
        let mut queue = self.requests();
        let asked: Vec<Vec<String>> = queue.iter().map(|request| request.verbatim.clone()).collect();
        let mut answers = Vec::new();
        while !queue.is_empty() {
            answers.extend(self.writers[who].append(&mut queue));
        }
        for answer in &answers {
            if let Answer::Stored { id, lines } = answer {
                self.acknowledge(lines);
                // Whether it wrote them or found them there: it said that they are on disk.
                let verbatim = &asked[usize::try_from(*id).unwrap()];
                self.acknowledge(&verbatim.iter().map(|text| parse_line(text).unwrap()).collect::<Vec<_>>());
                self.elsewhere.retain(|text| !verbatim.contains(text));
                self.told.taken_over += u64::from(!verbatim.is_empty());
            }
        }
        answers
    }

    fn operate(&mut self) {
        let who = self.dice.below(WRITERS);
        match self.dice.below(16) {
            0..=6 => {
                let answers = self.append(who);
                let poisoned = self.writers[who].broken().is_some();
                for answer in &answers {
                    assert!(
                        !matches!(answer, Answer::Failed { .. }) || poisoned,
                        "no fault, no failure: {answer:?}"
                    );
                }
                if poisoned {
                    self.repair();
                }
            }
            7..=8 => drop(self.writers[who].poll()),
            9..=12 => self.with_fault(who),
            13 => {
                let calls = self.dice.below(40);
                self.disk.dies_in(u64::try_from(calls).unwrap());
                self.append(who);
                self.disk.process_gone();
                self.writers[who] = self.writer();
            }
            _ => {
                if self.dice.one_in(3) {
                    let calls = self.dice.below(40);
                    self.disk.dies_in(u64::try_from(calls).unwrap());
                    self.append(who);
                }
                self.power_loss();
            }
        }
    }

    fn with_fault(&mut self, who: usize) {
        let call = [
            Call::Write,
            Call::Write,
            Call::Write,
            Call::Sync,
            Call::Sync,
            Call::SetLen,
            Call::Read,
            Call::Open,
            Call::Create,
            Call::Rename,
            Call::SyncFolder,
        ][self.dice.below(11)];
        let kinds =
            [ErrorKind::Other, ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::Interrupted];
        let kind = kinds[self.dice.below(4)];
        let taken = if self.dice.one_in(2) { 0 } else { self.dice.below(700) };
        let (after, forever) = (self.dice.below(3), self.dice.one_in(3));
        self.disk.fails(Fault { call, kind, after, taken, forever });
        if self.dice.one_in(3) {
            // The way back is closed too.
            self.disk.fails(Fault {
                call: Call::SetLen,
                kind: ErrorKind::Other,
                after: 0,
                taken: 0,
                forever: false,
            });
        }
        let before = self.disk.record();
        let answers = self.append(who);
        let fired = self.disk.heals();
        let broken = answers.iter().any(|answer| matches!(answer, Answer::Failed { broken: true, .. }));
        let flush = fired.iter().any(|call| matches!(call, Call::Sync | Call::SetLen));
        assert!(
            !broken || flush,
            "only a flush, or a write that cannot be taken back, poisons: {fired:?} {answers:?}"
        );
        if broken {
            self.refused_at_once(who);
            if self.dice.one_in(2) { self.repair() } else { self.power_loss() }
        } else if answers.iter().all(|answer| !matches!(answer, Answer::Stored { .. })) {
            assert!(self.disk.record().starts_with(&before[..good_end(&before)]), "what was good stays");
        }
    }

    /// A poisoned record is refused without another look at the disk, and by everybody.
    fn refused_at_once(&mut self, who: usize) {
        let calls = self.disk.calls();
        let answers = self.writers[who].append(&mut VecDeque::from([Request::plain(7, vec![note("no")])]));
        assert!(matches!(answers.as_slice(), [Answer::Failed { broken: true, .. }]), "{answers:?}");
        assert_eq!(self.disk.calls(), calls, "refused at once");
        let other = self.writers[1 - who].append(&mut VecDeque::from([Request::plain(7, vec![note("no")])]));
        assert!(
            other.iter().any(|answer| matches!(answer, Answer::Failed { broken: true, .. })),
            "{other:?}"
        );
    }

    /// What a person does about a poisoned record: everything good into a new file, in its place.
    fn repair(&mut self) {
        let bytes = self.disk.record();
        let good = &bytes[..good_end(&bytes)];
        let folder = self.disk.folder().unwrap();
        self.opened += 1;
        let id = Ulid::from_parts(self.opened, 1);
        whole_file::put(&*folder, id, "shop.session.toml", good, Target::Any).unwrap();
        let Attempt::Taken(lock) = self.disk.try_lock().unwrap() else { panic!("nobody holds it") };
        lock.write("").unwrap();
        drop(lock);
        self.open_all();
    }

    fn power_loss(&mut self) {
        self.writers.clear();
        self.disk.crash(&mut self.dice);
        self.open_all();
        self.recovered();
    }

    fn recovered(&mut self) {
        self.told.losses += 1;
        let mut bytes = self.disk.record();
        let (_, scanner, batch) = scan_file(&bytes).unwrap();
        if scanner.damage().is_some() {
            let lines: Vec<Line> = batch.lines.into_iter().map(|found| found.line).collect();
            let there = texts(&lines);
            assert!(self.acknowledged.iter().all(|text| there.contains(text)), "read-only, and nothing lost");
            self.told.damaged += 1;
            self.quarantine(&bytes);
            bytes = self.disk.record();
        }
        let (_, scanner, batch) = scan_file(&bytes).unwrap();
        assert!(scanner.damage().is_none(), "{:?}", scanner.damage());
        assert!(!matches!(batch.tail, Tail::Damaged(_)), "{:?}", batch.tail);
        self.judge(&batch.lines.into_iter().map(|found| found.line).collect::<Vec<_>>());
        // The mark may have outlived the crash. Then a person repairs.
        let who = self.dice.below(WRITERS);
        let answers = self.append(who);
        if answers.iter().any(|answer| matches!(answer, Answer::Failed { broken: true, error, .. } if error.contains("poisoned"))) {
            self.repair();
            let answers = self.append(who);
            assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
        } else {
            assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
        }
        self.whole();
    }

    /// What a person does about damage: the lines that prove nothing go out, and what hangs on them is explained.
    fn quarantine(&mut self, bytes: &[u8]) {
        let mended = without_damage(bytes).unwrap();
        self.explained.extend(mended.missing);
        self.opened += 1;
        let folder = self.disk.folder().unwrap();
        whole_file::put(&*folder, Ulid::from_parts(self.opened, 2), RECORD, &mended.bytes, Target::Any)
            .unwrap();
        self.open_all();
    }

    /// Acknowledged, proposed, closed under parents.
    fn judge(&self, lines: &[Line]) {
        let graph = Graph::of(self.writers[0].header().digest, lines);
        let unexplained = |parent: &Hash| !self.explained.contains(parent);
        assert!(!graph.missing().iter().any(|missing| unexplained(&missing.parent)), "{:?}", graph.missing());
        let told = texts(lines);
        let there: BTreeSet<&str> = told.iter().map(String::as_str).collect();
        let said = |text: &&str| text.contains(' ');
        let all = told.iter().map(String::as_str).filter(said).count();
        assert_eq!(there.iter().copied().filter(said).count(), all, "nothing twice");
        for text in &self.acknowledged {
            assert!(there.contains(text.as_str()), "acknowledged, and gone: {text}");
        }
        for text in there {
            assert!(text == "log.repaired" || self.proposed.contains(text), "invented: {text}");
        }
    }

    /// A healthy record: clean to its end, what was put aside is there, every writer knows the same.
    fn whole(&mut self) {
        let bytes = self.disk.record();
        let (_, scanner, batch) = scan_file(&bytes).unwrap();
        assert_eq!((scanner.findings(), &batch.tail), (&[][..], &Tail::Clean));
        let lines: Vec<Line> = batch.lines.into_iter().map(|found| found.line).collect();
        let aside: Vec<String> =
            self.disk.files_named(".torn-").iter().map(|bytes| Hash::of(bytes).to_string()).collect();
        for line in lines.iter().filter(|line| line.kind == "log.repaired") {
            assert!(
                aside.iter().any(|hash| line.data.text("sha256") == Some(hash)),
                "what was cut off is kept"
            );
        }
        let order = Graph::of(self.writers[0].header().digest, &lines).order();
        let ordered: Vec<Line> = order.into_iter().map(|place| lines[place].clone()).collect();
        for writer in &mut self.writers {
            drop(writer.poll());
            assert_eq!(writer.state().0, texts(&ordered));
        }
        self.judge(&lines);
    }
}

fn good_end(bytes: &[u8]) -> usize {
    usize::try_from(scan_file(bytes).unwrap().1.end()).unwrap()
}

fn play(seed: u64) -> Told {
    let mut run = Run::new(seed);
    for _ in 0..OPERATIONS {
        run.operate();
    }
    run.power_loss();
    if run.explained.is_empty() {
        let judged = verify(&run.disk.record(), &Witness::default(), Anchor::Required);
        assert_eq!(judged.outcome, Outcome::Unanchored, "{judged:?}");
    }
    run.told
}

#[test]
fn ten_thousand_crashes_lose_nothing_acknowledged_and_invent_nothing() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("GONOGO_CRASH_SEED") {
        println!("{:?}", play(seed));
        return;
    }
    let (seeds, next) = (number("GONOGO_CRASH_SEEDS").unwrap_or(SEEDS), AtomicU64::new(0));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (played, told) = (AtomicU64::new(0), Mutex::new(Told::default()));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let Ok(one) = std::panic::catch_unwind(|| play(seed)) else {
                        panic!("replay with GONOGO_CRASH_SEED={seed}");
                    };
                    played.fetch_add(1, Ordering::Relaxed);
                    let mut told = told.lock().unwrap();
                    told.losses += one.losses;
                    told.damaged += one.damaged;
                    told.taken_over += one.taken_over;
                }
            });
        }
    });
    let told = told.into_inner().unwrap();
    println!("{seeds} seeds of {OPERATIONS} operations: {told:?}");
    assert_eq!(played.into_inner(), seeds, "every seed to its end");
    assert!(told.taken_over > seeds && told.losses > seeds, "{told:?}");
    assert!(told.damaged * DAMAGED_ONE_IN <= told.losses, "too many need a person: {told:?}");
}
