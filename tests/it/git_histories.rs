//! Random histories of git, merged by its real union driver: no event is lost, every parser reads the result, both directions agree.
//!
//! Three people append, merge one another (criss-cross too), rebase, cherry-pick, and take over events in another order. One seed
//! makes one history: `GONOGO_HISTORY_SEED=N` repeats it, `GONOGO_HISTORIES=N` makes more. Not here: `gonogo sync` (`sync.rs`),
//! which needs no driver.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use gonogo::checklist::id::ItemId;
use gonogo::session::decode::data_of;
use gonogo::session::event::Event;
use gonogo::session::graph::Graph;
use gonogo::session::hash::Hash;
use gonogo::session::header::{Release, write_header};
use gonogo::session::line::{Draft, write_line};
use gonogo::session::payload::{HoldPlaced, ItemUnticked, ItemWaived, NoteAdded};
use gonogo::session::scan::scan_file;
use gonogo::session::state::Session;
use gonogo::session::status::WaiverForm;
use gonogo::session::tidy::{Tidying, tidy};
use gonogo::session::ulid::Ulid;
use gonogo::session::verify::{Anchor, Outcome, Witness, verify};

use super::support::bounded;
use super::support::plumbing::{Merge, Plumbing};
use super::support::python::python_or_skip;

/// How many histories.
const HISTORIES: u64 = 500;
/// Steps of each before everything is merged.
const ROUNDS: usize = 12;
const PEOPLE: usize = 3;
/// Two thousand small files take python some seconds.
const PARSED_WITHIN: Duration = Duration::from_mins(2);
/// Reads every file with the TOML parser of python and tells how many events it has.
const PARSE: &str = "
import os, sys, tomllib
for name in sorted(os.listdir(sys.argv[1])):
    with open(os.path.join(sys.argv[1], name), 'rb') as file: print(name, len(tomllib.load(file)['events']))
";

/// The same number, the same throws.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).unwrap() % bound
    }
}

/// One person's branch.
#[derive(Clone)]
struct Branch {
    tip: String,
    record: Vec<u8>,
    /// Commits with one parent made here since the last merge.
    log: Vec<Pick>,
}

#[derive(Clone)]
struct Pick {
    commit: String,
    parent: String,
    added: BTreeSet<Hash>,
}

/// What is done with a merge when git has made it.
enum Then {
    /// One's own branch takes it; `Both`: the other one takes theirs, a criss-cross.
    Joined { ours: usize, theirs: usize, both: bool },
    /// A commit of another branch, or one of a rebase, on top of one's own.
    Picked { onto: usize, pick: Pick },
}

struct History {
    seed: u64,
    dice: Dice,
    header: Vec<u8>,
    /// Every line ever written: its bytes, its hash, its parents. A merge that makes up another one fails.
    lines: HashMap<Vec<u8>, (Hash, Vec<Hash>)>,
    events: u64,
    branches: Vec<Branch>,
    /// Picks of a rebase that are still to be made.
    rebase: VecDeque<(usize, Pick)>,
    doubles: usize,
}

fn header(seed: u64) -> String {
    let release = Release {
        id: Ulid::from_parts(seed, u128::from(seed)),
        product: "shop".into(),
        version: "2.4.0".into(),
        created: chrono::DateTime::UNIX_EPOCH,
        program: "gonogo".into(),
        source: None,
        source_digest: None,
        continues: None,
    };
    write_header(&release, "[checklist]\ntitle = \"Shop\"\n").unwrap()
}

/// The state as everybody folds it.
fn state(record: &[u8]) -> Hash {
    let (header, _, batch) = scan_file(record).unwrap();
    let mut graph = Graph::new(header.digest);
    batch.lines.iter().for_each(|found| graph.insert(&found.line));
    let mut session = Session::default();
    for place in graph.order() {
        session.apply(&batch.lines[place].line.recorded());
    }
    session.digest()
}

impl History {
    /// The events of a record.
    fn hashes(&self, record: &[u8]) -> BTreeSet<Hash> {
        self.lines_of(record).into_iter().map(|line| self.known(line).0).collect()
    }

    fn events_of(&self, who: usize) -> BTreeSet<Hash> {
        self.hashes(&self.branches[who].record)
    }

    fn lines_of<'a>(&self, record: &'a [u8]) -> Vec<&'a [u8]> {
        let body = record.strip_prefix(self.header.as_slice()).expect("the header is never touched");
        body.split_inclusive(|byte| *byte == b'\n').collect()
    }

    fn known(&self, line: &[u8]) -> &(Hash, Vec<Hash>) {
        self.lines.get(line).unwrap_or_else(|| panic!("a line nobody wrote, seed {}", self.seed))
    }

    /// The heads of a record, as the next line names them.
    fn next_up(&self, who: usize) -> Vec<Hash> {
        let own = self.events_of(who);
        let lines = self.lines_of(&self.branches[who].record);
        let parents: BTreeSet<Hash> = lines.into_iter().flat_map(|line| self.known(line).1.clone()).collect();
        let heads: Vec<Hash> = own.difference(&parents).copied().collect();
        if heads.is_empty() { vec![Hash::of(&self.header)] } else { heads }
    }

    fn new(seed: u64, git: &mut Plumbing) -> Self {
        let record = header(seed).into_bytes();
        let tip = git.commit(&record, &[]);
        let branch = Branch { tip, record, log: Vec::new() };
        let dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let branches = vec![branch; PEOPLE];
        let (header, lines, rebase) = (header(seed).into_bytes(), HashMap::new(), VecDeque::new());
        let mut made = Self { seed, dice, header, lines, events: 0, branches, rebase, doubles: 0 };
        if made.dice.below(4) > 0 {
            made.append(0, git);
            let first = made.branches[0].clone();
            made.branches = vec![Branch { log: Vec::new(), ..first }; PEOPLE];
        }
        made
    }

    fn event(&mut self) -> Event {
        let item = ItemId::from(["backup", "freeze", "notes"][self.dice.below(3)]);
        let reason = format!("reason {}", self.events);
        match self.dice.below(4) {
            0 => Event::ItemUnticked(ItemUnticked { item, reason: Some(reason) }),
            1 => Event::ItemWaived(ItemWaived { item, reason, form: WaiverForm::Waived }),
            2 => Event::HoldPlaced(HoldPlaced { reason }),
            _ => Event::NoteAdded(NoteAdded { item: Some(item), text: reason }),
        }
    }

    /// As the store appends: each line names the one before, the first all heads. Doubles stay, see `Tidying`.
    fn append(&mut self, who: usize, git: &mut Plumbing) {
        let (mut record, mut up) = (self.branches[who].record.clone(), self.next_up(who));
        let mut added = BTreeSet::new();
        for _ in 0..=self.dice.below(3) {
            self.events += 1;
            let event = self.event();
            // Clocks of the three differ by up to seconds: order by time is not order by cause.
            let at = 1_791_201_600_000 + i64::try_from(self.events).unwrap() * 700 + [0, 3_000, -2_500][who];
            let draft = Draft {
                id: Ulid::from_parts(self.events, u128::from(self.seed)),
                at: chrono::DateTime::from_timestamp_millis(at).unwrap(),
                by: ["anna@example.com", "bob@example.com", "gonogo"][who].into(),
                on: format!("host{who}/1"),
                kind: event.kind().to_owned(),
                v: event.version(),
                up,
                crit: false,
                data: data_of(&event).unwrap(),
            };
            let written = write_line(&draft).unwrap();
            record.extend(written.text.as_bytes());
            added.insert(written.hash);
            self.lines.insert(written.text.into_bytes(), (written.hash, draft.up));
            up = vec![written.hash];
        }
        self.commit(who, record, added, git);
    }

    fn commit(&mut self, who: usize, record: Vec<u8>, added: BTreeSet<Hash>, git: &mut Plumbing) {
        let branch = &mut self.branches[who];
        let commit = git.commit(&record, &[&branch.tip]);
        let parent = std::mem::replace(&mut branch.tip, commit.clone());
        branch.record = record;
        branch.log.push(Pick { commit, parent, added });
    }

    /// What another one has and I lack, appended in another order: the same events in both, and git knows nothing of it.
    fn copy(&mut self, who: usize, from: usize, git: &mut Plumbing) {
        let own = self.events_of(who);
        let mut lacking: Vec<(Hash, Vec<u8>)> = Vec::new();
        for line in self.lines_of(&self.branches[from].record) {
            let hash = self.known(line).0;
            if !own.contains(&hash) && !lacking.iter().any(|(known, _)| *known == hash) {
                lacking.push((hash, line.to_vec()));
            }
        }
        if lacking.is_empty() {
            return;
        }
        for place in (1..lacking.len()).rev() {
            lacking.swap(place, self.dice.below(place + 1));
        }
        let mut record = self.branches[who].record.clone();
        record.extend(lacking.iter().flat_map(|(_, text)| text.clone()));
        let added = lacking.into_iter().map(|(hash, _)| hash).collect();
        self.commit(who, record, added, git);
    }

    /// One step; the merges git has to make for it.
    fn step(&mut self, git: &mut Plumbing) -> Option<(Vec<Merge>, Then)> {
        if let Some((onto, pick)) = self.rebase.pop_front() {
            return Some(self.pick(onto, pick));
        }
        let who = self.dice.below(PEOPLE);
        let other = (who + 1 + self.dice.below(PEOPLE - 1)) % PEOPLE;
        match self.dice.below(10) {
            0..=3 => self.append(who, git),
            4..=6 => return Some(self.join(who, other, self.dice.0.is_multiple_of(2))),
            7 => self.copy(who, other, git),
            8 => {
                let log = &self.branches[other].log;
                if !log.is_empty() {
                    let pick = log[self.dice.below(log.len())].clone();
                    return Some(self.pick(who, pick));
                }
            }
            _ => self.begin_rebase(who, other),
        }
        None
    }

    fn join(&self, ours: usize, theirs: usize, both: bool) -> (Vec<Merge>, Then) {
        let tips = (self.branches[ours].tip.clone(), self.branches[theirs].tip.clone());
        let there = Merge { base: None, ours: tips.0.clone(), theirs: tips.1.clone() };
        let back = Merge { base: None, ours: tips.1, theirs: tips.0 };
        (vec![there, back], Then::Joined { ours, theirs, both })
    }

    fn pick(&self, onto: usize, pick: Pick) -> (Vec<Merge>, Then) {
        let (base, ours) = (Some(pick.parent.clone()), self.branches[onto].tip.clone());
        (vec![Merge { base, ours, theirs: pick.commit.clone() }], Then::Picked { onto, pick })
    }

    /// One's own commits anew on top of another branch; not where merges lie between, which a rebase would drop.
    fn begin_rebase(&mut self, who: usize, onto: usize) {
        let own = self.events_of(who);
        let replayed: BTreeSet<Hash> =
            self.branches[who].log.iter().flat_map(|pick| pick.added.clone()).collect();
        let base = self.events_of(onto);
        if own.iter().all(|hash| replayed.contains(hash) || base.contains(hash)) {
            let log = std::mem::take(&mut self.branches[who].log);
            self.branches[who] = Branch { log: Vec::new(), ..self.branches[onto].clone() };
            self.rebase = log.into_iter().map(|pick| (who, pick)).collect();
        }
    }

    fn take(&mut self, made: &[Vec<u8>], then: Then, git: &mut Plumbing) {
        match then {
            Then::Joined { ours, theirs, both } => {
                let [there, back] = made else { panic!("two directions") };
                let wanted: BTreeSet<Hash> =
                    self.events_of(ours).union(&self.events_of(theirs)).copied().collect();
                self.union(there, &wanted);
                self.union(back, &wanted);
                let tips = [self.branches[ours].tip.clone(), self.branches[theirs].tip.clone()];
                let merged = [(ours, there, [&tips[0], &tips[1]]), (theirs, back, [&tips[1], &tips[0]])];
                for (who, record, parents) in merged.into_iter().take(1 + usize::from(both)) {
                    let branch = &mut self.branches[who];
                    branch.tip = git.commit(record, &parents.map(String::as_str));
                    branch.record.clone_from(record);
                    branch.log.clear();
                }
            }
            Then::Picked { onto, pick } => {
                let [picked] = made else { panic!("one pick") };
                let before = self.events_of(onto);
                let (after, wanted) =
                    (self.hashes(picked), before.union(&pick.added).copied().collect::<BTreeSet<_>>());
                assert!(
                    after.is_superset(&wanted),
                    "a pick lost {} events, seed {}",
                    wanted.difference(&after).count(),
                    self.seed
                );
                let added = after.difference(&before).copied().collect();
                self.commit(onto, picked.clone(), added, git);
            }
        }
    }

    fn union(&mut self, merged: &[u8], wanted: &BTreeSet<Hash>) {
        let found = self.hashes(merged);
        let lost = wanted.difference(&found).count();
        assert!(found == *wanted, "a merge lost {lost} of {} events, seed {}", wanted.len(), self.seed);
        self.doubles += usize::from(self.lines_of(merged).len() > found.len());
    }
}

/// Gives every history one step; all merges of a round are made in one process of git.
fn round(
    histories: &mut [History],
    git: &mut Plumbing,
    mut step: impl FnMut(&mut History, &mut Plumbing) -> Option<(Vec<Merge>, Then)>,
) {
    let (mut merges, mut waiting) = (Vec::new(), Vec::new());
    for (place, history) in histories.iter_mut().enumerate() {
        if let Some((wanted, then)) = step(history, git) {
            waiting.push((place, wanted.len(), then));
            merges.extend(wanted);
        }
    }
    let mut made = git.merge(&merges).into_iter();
    for (place, count, then) in waiting {
        let records: Vec<Vec<u8>> = made.by_ref().take(count).collect();
        histories[place].take(&records, then, git);
    }
}

/// What python's parser says of these records: how many events each has.
#[track_caller]
fn parsed(python: &Path, records: &[Vec<u8>]) -> Vec<usize> {
    let folder = tempfile::tempdir().unwrap();
    for (place, record) in records.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{place:06}")), record).unwrap();
    }
    let mut command = Command::new(python);
    command.args(["-I", "-c", PARSE]).arg(folder.path());
    let ended = bounded::run(command, PARSED_WITHIN);
    assert!(ended.status.success(), "not valid TOML: {}{}", ended.stdout, ended.stderr);
    ended.stdout.lines().map(|line| line.split(' ').nth(1).unwrap().parse().unwrap()).collect()
}

#[test]
fn random_histories_merged_by_git_lose_nothing_and_fold_to_the_same_state_in_both_directions() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = match number("GONOGO_HISTORY_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("GONOGO_HISTORIES").unwrap_or(HISTORIES) + 1,
    };
    let mut git = Plumbing::new();
    let mut histories: Vec<History> = seeds.map(|seed| History::new(seed, &mut git)).collect();
    for _ in 0..ROUNDS {
        round(&mut histories, &mut git, History::step);
    }
    while histories.iter().any(|history| !history.rebase.is_empty()) {
        round(&mut histories, &mut git, |history, _| {
            history.rebase.pop_front().map(|(onto, pick)| history.pick(onto, pick))
        });
    }
    let all: Vec<BTreeSet<Hash>> = (histories.iter())
        .map(|history| (0..PEOPLE).flat_map(|who| history.events_of(who)).collect())
        .collect();
    // One takes both others in one order, the third one in another.
    for (ours, theirs) in [(0, 1), (2, 1), (0, 2), (2, 0)] {
        round(&mut histories, &mut git, |history, _| Some(history.join(ours, theirs, false)));
    }
    let mut ends = Vec::new();
    for (history, wanted) in histories.iter().zip(&all) {
        let [first, _, third] = history.branches.as_slice() else { panic!("three people") };
        let seed = history.seed;
        assert_eq!(state(&first.record), state(&third.record), "both directions, seed {seed}");
        for branch in [first, third] {
            assert_eq!(history.hashes(&branch.record), *wanted, "seed {seed}");
            let judged = verify(&branch.record, &Witness::default(), Anchor::Optional);
            assert_eq!(judged.outcome, Outcome::Verified, "seed {seed}: {:?}", judged.problems);
            ends.push((wanted.len(), tidy(&branch.record, Tidying::Everything).unwrap().bytes));
        }
    }
    for (count, record) in &ends {
        let table: toml::Table = std::str::from_utf8(record).unwrap().parse().unwrap();
        assert_eq!(table["events"].as_table().unwrap().len(), *count);
    }
    let doubled: usize = histories.iter().map(|history| history.doubles).sum();
    assert!(
        histories.len() < 100 || doubled > 100,
        "doubles are what tidying is for: {doubled} merges had some"
    );
    let Some(python) = python_or_skip("merged histories and a foreign parser") else { return };
    let records: Vec<Vec<u8>> = ends.iter().map(|(_, record)| record.clone()).collect();
    let counts: Vec<usize> = ends.iter().map(|(count, _)| *count).collect();
    assert_eq!(parsed(&python, &records), counts);
}
