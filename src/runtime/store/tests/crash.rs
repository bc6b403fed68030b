//! The crash simulator: writers on a disk that loses power, with faults and kills, thousands of times. One seed is one run.
//!
//! After each crash: everything acknowledged is there, nothing is invented, no parent is missing, and appending goes on.
//! `GONOGO_CRASH_SEEDS=N` says how many seeds, `GONOGO_CRASH_SEED=N` replays one. Not here: the disk (`simulated_disk.rs`).

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::disk::{Attempt, Disk, Target};
use super::super::whole_file;
use super::simulated_disk::{Call, Dice, Fault, SimulatedClock, SimulatedDisk};
use super::*;
use crate::session::hash::Hash;

/// Seeds without an order: a few seconds unoptimised. CI orders 10,000.
const SEEDS: u64 = 30;
/// Operations of one seed.
const OPERATIONS: usize = 50;
/// Processes on one record.
const WRITERS: usize = 2;

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
    /// A process was killed before its flush, and nothing was flushed since: two writes may be torn.
    killed: bool,
    /// Two writes were torn, and what is left of the second stands behind a hole: a person repairs.
    over: bool,
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
            killed: false,
            over: false,
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

    /// One to four requests of one or two events, some long enough for several sectors.
    fn requests(&mut self) -> VecDeque<Request<Texts>> {
        (0..=self.dice.below(4))
            .map(|id| {
                let events = (0..=self.dice.below(2)).map(|_| self.event()).collect();
                let recheck = if self.dice.one_in(8) { Recheck::Whole } else { Recheck::Suffix };
                Request { recheck, ..Request::plain(u64::try_from(id).unwrap(), events) }
            })
            .collect()
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
        let mut answers = Vec::new();
        while !queue.is_empty() {
            answers.extend(self.writers[who].append(&mut queue));
        }
        for answer in &answers {
            if let Answer::Stored { lines, .. } = answer {
                self.killed = false;
                self.acknowledged.extend(texts(lines).into_iter().filter(|text| text.contains(' ')));
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
                self.killed = true;
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
        let bytes = self.disk.record();
        let (_, scanner, batch) = scan_file(&bytes).unwrap();
        if scanner.damage().is_some() && self.killed {
            let lines: Vec<Line> = batch.lines.into_iter().map(|found| found.line).collect();
            let there = texts(&lines);
            assert!(self.acknowledged.iter().all(|text| there.contains(text)), "read-only, and nothing lost");
            self.over = true;
            return;
        }
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

    /// Acknowledged, proposed, closed under parents.
    fn judge(&self, lines: &[Line]) {
        let mut graph = Graph::new(self.writers[0].header().digest);
        for line in lines {
            graph.insert(line);
        }
        assert_eq!(graph.missing(), []);
        let told = texts(lines);
        let there: BTreeSet<&str> = told.iter().map(String::as_str).collect();
        assert_eq!(
            there.len(),
            told.iter().filter(|text| text.contains(' ')).count()
                + usize::from(there.contains("log.repaired")),
            "nothing twice"
        );
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
        for writer in &mut self.writers {
            drop(writer.poll());
            assert_eq!(writer.state().0, texts(&lines));
        }
        self.judge(&lines);
    }
}

fn good_end(bytes: &[u8]) -> usize {
    usize::try_from(scan_file(bytes).unwrap().1.end()).unwrap()
}

fn play(seed: u64) {
    let mut run = Run::new(seed);
    for _ in 0..OPERATIONS {
        run.operate();
        if run.over {
            return;
        }
    }
    run.power_loss();
    if run.over {
        return;
    }
    let judged = verify(&run.disk.record(), &Witness::default(), Anchor::Required);
    assert_eq!(judged.outcome, Outcome::Unanchored, "{judged:?}");
}

#[test]
fn ten_thousand_crashes_lose_nothing_acknowledged_and_invent_nothing() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("GONOGO_CRASH_SEED") {
        return play(seed);
    }
    let (seeds, next) = (number("GONOGO_CRASH_SEEDS").unwrap_or(SEEDS), AtomicU64::new(0));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let played = std::panic::catch_unwind(|| play(seed));
                    assert!(played.is_ok(), "replay with GONOGO_CRASH_SEED={seed}");
                }
            });
        }
    });
}
