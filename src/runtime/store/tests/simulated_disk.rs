//! A disk in memory with a page cache, that loses power: what was not flushed is kept, dropped, torn or reordered, by seed.
//!
//! Sectors of 512 bytes. The size of a file arrives before its data, after it, or not at all; what lies between is NULs. Names
//! are durable once their folder was flushed. A flush that failed has dropped its pages: a later one would report success, so
//! any later one, and any later write, is a defect and panics. Not here: what is done to it (`crash.rs`).

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::clock::Clock;
use super::super::disk::{Attempt, Disk, Handle, LockFile, Shelf, Stat, Target};
use super::super::fault::StoreFault;

/// What a disk writes at once, or not.
pub(in crate::runtime) const SECTOR: usize = 512;
/// The record's name on this disk.
pub(in crate::runtime) const RECORD: &str = "shop.session.toml";
/// Its lock's.
const LOCK: &str = "shop.lock";

/// Numbers from a seed (splitmix64): one seed replays one run.
#[derive(Clone, Debug)]
pub(in crate::runtime) struct Dice(pub(in crate::runtime) u64);

impl Dice {
    pub(in crate::runtime) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// Less than `end`.
    pub(in crate::runtime) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
    pub(in crate::runtime) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

/// A call that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runtime) enum Call {
    Write,
    Sync,
    SetLen,
    Read,
    Open,
    Create,
    Rename,
    SyncFolder,
}

/// An order to fail.
#[derive(Clone, Copy, Debug)]
pub(in crate::runtime) struct Fault {
    pub(in crate::runtime) call: Call,
    pub(in crate::runtime) kind: io::ErrorKind,
    /// So many of these calls succeed before.
    pub(in crate::runtime) after: usize,
    /// Of a write: so many bytes go all the same.
    pub(in crate::runtime) taken: usize,
    pub(in crate::runtime) forever: bool,
}

#[derive(Clone, Debug, Default)]
struct File {
    now: Vec<u8>,
    /// The flushed state, then each state since: what a crash can leave of it comes from these.
    states: Vec<Vec<u8>>,
    mtime: i64,
    flush_failed: bool,
}

impl File {
    fn changed(&mut self, tick: i64) {
        self.mtime = tick;
        self.states.push(self.now.clone());
    }
}

#[derive(Debug, Default)]
struct Machine {
    files: BTreeMap<u64, File>,
    names: BTreeMap<String, u64>,
    /// The flushed names, then each state since.
    listings: Vec<BTreeMap<String, u64>>,
    locked: bool,
    tick: i64,
    calls: u64,
    dies_in: Option<u64>,
    dead: bool,
    faults: Vec<Fault>,
    fired: Vec<Call>,
}

/// The disk; clones are the same disk, as several processes see it.
#[derive(Clone, Debug)]
pub(in crate::runtime) struct SimulatedDisk(Arc<Mutex<Machine>>);

struct Open {
    disk: SimulatedDisk,
    inode: u64,
}

struct OpenLock {
    disk: SimulatedDisk,
    taken: bool,
}

fn power() -> io::Error {
    io::Error::other("the power is off")
}

impl Machine {
    fn file(&mut self, inode: u64) -> &mut File {
        self.files.get_mut(&inode).expect("an open file stays")
    }
    fn inode(&self, name: &str) -> io::Result<u64> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    /// Counts a call; it may be the one in which everything ends.
    fn begin(&mut self) -> io::Result<()> {
        self.calls += 1;
        self.tick += 1;
        if self.dies_in == Some(0) {
            self.dead = true;
        }
        self.dies_in = self.dies_in.map(|left| left.saturating_sub(1));
        if self.dead { Err(power()) } else { Ok(()) }
    }
    /// Is this call to fail?
    fn fault(&mut self, call: Call) -> Option<Fault> {
        let place = self.faults.iter().position(|fault| fault.call == call)?;
        let fault = &mut self.faults[place];
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        let fault = *fault;
        if !fault.forever {
            self.faults.remove(place);
        }
        self.fired.push(call);
        Some(fault)
    }
    fn call(&mut self, call: Call) -> io::Result<()> {
        self.begin()?;
        match self.fault(call) {
            Some(fault) => Err(fault.kind.into()),
            None => Ok(()),
        }
    }
    fn new_file(&mut self, name: &str, bytes: &[u8]) -> u64 {
        let inode = self.files.keys().last().map_or(1, |last| last + 1);
        let file =
            File { now: bytes.to_vec(), states: vec![Vec::new()], mtime: self.tick, flush_failed: false };
        self.files.insert(inode, file);
        self.names.insert(name.to_owned(), inode);
        self.listings.push(self.names.clone());
        inode
    }
}

/// What a crash leaves of one file: each sector from any of its states or torn between two of them, the size from any.
fn after_crash(states: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let Some(last) = states.len().checked_sub(1).filter(|last| *last > 0) else {
        return states.first().cloned().unwrap_or_default();
    };
    // The size first, last, or from anywhere between; sectors mostly new, mostly old, or a mixture.
    let size = match dice.below(3) {
        0 => states[last].len(),
        1 => states[0].len(),
        _ => states[dice.below(states.len())].len(),
    };
    let bias = dice.below(4);
    let pick = |dice: &mut Dice| match bias {
        0 => last,
        1 if !dice.one_in(4) => last,
        2 if !dice.one_in(4) => 0,
        _ => dice.below(states.len()),
    };
    let mut left = Vec::with_capacity(size + SECTOR);
    while left.len() < size {
        let start = left.len();
        let sector = |state: usize| {
            let mut sector = [0; SECTOR];
            for (place, byte) in sector.iter_mut().enumerate() {
                *byte = states[state].get(start + place).copied().unwrap_or(0);
            }
            sector
        };
        let mut kept = sector(pick(dice));
        if dice.one_in(8) {
            let cut = 2 * dice.below(SECTOR / 2);
            kept[cut..].copy_from_slice(&sector(pick(dice))[cut..]);
        }
        left.extend(kept);
    }
    left.truncate(size);
    left
}

impl SimulatedDisk {
    /// With one durable record of these bytes.
    pub(in crate::runtime) fn with_record(bytes: &[u8]) -> Self {
        let mut machine = Machine::default();
        let inode = machine.new_file(RECORD, bytes);
        machine.file(inode).states = vec![bytes.to_vec()];
        machine.listings = vec![machine.names.clone()];
        Self(Arc::new(Mutex::new(machine)))
    }
    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.0.lock().expect("no test panics inside")
    }
    /// A process was killed: its lock is free, the page cache stays.
    pub(in crate::runtime) fn process_gone(&self) {
        let mut machine = self.machine();
        (machine.locked, machine.dead, machine.dies_in) = (false, false, None);
        machine.faults.clear();
    }
    /// The power was off: what was not flushed is as the dice fall, faults are over.
    pub(in crate::runtime) fn crash(&self, dice: &mut Dice) {
        self.process_gone();
        let mut machine = self.machine();
        for file in machine.files.values_mut() {
            let left = after_crash(&file.states, dice);
            *file = File { now: left.clone(), states: vec![left], mtime: file.mtime, flush_failed: false };
        }
        let kept = dice.below(machine.listings.len());
        machine.names = machine.listings[kept].clone();
        machine.listings = vec![machine.names.clone()];
    }
    /// The process, or everything, ends so many calls from now.
    pub(in crate::runtime) fn dies_in(&self, calls: u64) {
        self.machine().dies_in = Some(calls);
    }
    pub(in crate::runtime) fn fails(&self, fault: Fault) {
        self.machine().faults.push(fault);
    }
    /// Ends all orders to fail; which calls failed meanwhile.
    pub(in crate::runtime) fn heals(&self) -> Vec<Call> {
        let mut machine = self.machine();
        machine.faults.clear();
        std::mem::take(&mut machine.fired)
    }
    pub(in crate::runtime) fn calls(&self) -> u64 {
        self.machine().calls
    }
    /// The record as everybody sees it now.
    pub(in crate::runtime) fn record(&self) -> Vec<u8> {
        let mut machine = self.machine();
        let inode = machine.inode(RECORD).unwrap();
        machine.file(inode).now.clone()
    }
    /// The record as far as it was flushed: the least that any crash leaves.
    pub(in crate::runtime) fn flushed(&self) -> Vec<u8> {
        let mut machine = self.machine();
        let inode = machine.listings[0][RECORD];
        machine.file(inode).states[0].clone()
    }
    /// Somebody writes another content into the same file, in place, durably.
    pub(in crate::runtime) fn overwrite(&self, bytes: &[u8]) {
        let mut machine = self.machine();
        machine.tick += 1;
        let (inode, mtime) = (machine.inode(RECORD).unwrap(), machine.tick);
        *machine.file(inode) =
            File { now: bytes.to_vec(), states: vec![bytes.to_vec()], mtime, flush_failed: false };
    }
    /// All files whose name holds this text.
    pub(in crate::runtime) fn files_named(&self, part: &str) -> Vec<Vec<u8>> {
        let mut machine = self.machine();
        let inodes: Vec<u64> =
            machine.names.iter().filter(|(name, _)| name.contains(part)).map(|(_, inode)| *inode).collect();
        inodes.into_iter().map(|inode| machine.file(inode).now.clone()).collect()
    }
    fn open(&self, call: Call) -> Result<Box<dyn Handle>, StoreFault> {
        let mut machine = self.machine();
        let inode = machine.call(call).and_then(|()| machine.inode(RECORD));
        let inode = inode.map_err(StoreFault::io("cannot open", RECORD.as_ref()))?;
        Ok(Box::new(Open { disk: self.clone(), inode }))
    }
}

impl Disk for SimulatedDisk {
    fn try_lock(&self) -> Result<Attempt, StoreFault> {
        let mut machine = self.machine();
        machine.begin().map_err(StoreFault::io("cannot lock", LOCK.as_ref()))?;
        if machine.inode(LOCK).is_err() {
            machine.new_file(LOCK, b"");
        }
        let taken = !std::mem::replace(&mut machine.locked, true);
        let file = Box::new(OpenLock { disk: self.clone(), taken });
        Ok(if taken { Attempt::Taken(file) } else { Attempt::Held(file) })
    }
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault> {
        self.open(Call::Open)
    }
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault> {
        self.open(Call::Open)
    }
    fn stat(&self) -> io::Result<Stat> {
        let mut machine = self.machine();
        machine.begin()?;
        let inode = machine.inode(RECORD)?;
        Ok(stat_of(&mut machine, inode))
    }
    fn folder(&self) -> Result<Box<dyn Shelf>, StoreFault> {
        Ok(Box::new(self.clone()))
    }
}

fn stat_of(machine: &mut Machine, inode: u64) -> Stat {
    let file = machine.file(inode);
    Stat { dev: 1, ino: inode, len: u64::try_from(file.now.len()).unwrap(), mtime: (file.mtime, 0) }
}

impl Handle for Open {
    fn stat(&self) -> io::Result<Stat> {
        let mut machine = self.disk.machine();
        machine.begin()?;
        Ok(stat_of(&mut machine, self.inode))
    }
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let mut machine = self.disk.machine();
        machine.call(Call::Read)?;
        let start = usize::try_from(offset).unwrap();
        let bytes = machine.file(self.inode).now.get(start..).unwrap_or_default().to_vec();
        Ok(bytes)
    }
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut machine = self.disk.machine();
        let was_dead = machine.dead;
        let begun = machine.begin();
        let fault = if begun.is_ok() { machine.fault(Call::Write) } else { None };
        // Whoever dies in a write has written a part of it.
        let taken = match (&begun, &fault) {
            (Err(_), _) if was_dead => 0,
            (Err(_), _) => bytes.len() / 2,
            (Ok(()), Some(fault)) => fault.taken.min(bytes.len()),
            (Ok(()), None) => bytes.len(),
        };
        let tick = machine.tick;
        let file = machine.file(self.inode);
        if taken > 0 {
            assert!(!file.flush_failed, "written to after a failed flush");
            file.now.extend_from_slice(&bytes[..taken]);
            file.changed(tick);
        }
        begun?;
        match fault {
            Some(fault) if taken == 0 => Err(fault.kind.into()),
            _ => Ok(taken),
        }
    }
    fn sync(&mut self) -> io::Result<()> {
        let mut machine = self.disk.machine();
        machine.begin()?;
        let fault = machine.fault(Call::Sync);
        let file = machine.file(self.inode);
        assert!(
            !file.flush_failed,
            "flushed again after a failed flush: the kernel may have dropped the pages"
        );
        if let Some(fault) = fault {
            file.flush_failed = true;
            return Err(fault.kind.into());
        }
        file.states = vec![file.now.clone()];
        Ok(())
    }
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        let mut machine = self.disk.machine();
        machine.call(Call::SetLen)?;
        let tick = machine.tick;
        let file = machine.file(self.inode);
        file.now.resize(usize::try_from(len).unwrap(), 0);
        file.changed(tick);
        Ok(())
    }
}

impl LockFile for OpenLock {
    fn read(&self) -> io::Result<String> {
        let mut machine = self.disk.machine();
        machine.begin()?;
        let inode = machine.inode(LOCK)?;
        Ok(String::from_utf8_lossy(&machine.file(inode).now).into_owned())
    }
    fn write(&self, text: &str) -> io::Result<()> {
        let mut machine = self.disk.machine();
        machine.begin()?;
        let (inode, tick) = (machine.inode(LOCK)?, machine.tick);
        let file = machine.file(inode);
        file.now = text.as_bytes().to_vec();
        file.changed(tick);
        Ok(())
    }
}

impl Drop for OpenLock {
    fn drop(&mut self) {
        if self.taken {
            self.disk.machine().locked = false;
        }
    }
}

impl Shelf for SimulatedDisk {
    fn path(&self, name: &str) -> PathBuf {
        name.into()
    }
    fn create(&self, name: &str) -> Result<Box<dyn Handle>, StoreFault> {
        let mut machine = self.machine();
        machine.call(Call::Create).map_err(StoreFault::io("cannot make", name.as_ref()))?;
        assert!(!machine.names.contains_key(name), "{name} is there already");
        let inode = machine.new_file(name, b"");
        Ok(Box::new(Open { disk: self.clone(), inode }))
    }
    fn rename(&self, from: &str, to: &str, target: Target) -> Result<(), StoreFault> {
        let mut machine = self.machine();
        let mut done = machine.call(Call::Rename);
        if target == Target::New && machine.names.contains_key(to) {
            done = done.and(Err(io::ErrorKind::AlreadyExists.into()));
        }
        done.map_err(StoreFault::io("cannot make", to.as_ref()))?;
        let inode = machine.names.remove(from).expect("what is renamed is there");
        machine.names.insert(to.to_owned(), inode);
        let names = machine.names.clone();
        machine.listings.push(names);
        Ok(())
    }
    fn remove(&self, name: &str) -> Result<(), StoreFault> {
        let mut machine = self.machine();
        machine.begin().map_err(StoreFault::io("cannot remove", name.as_ref()))?;
        machine.names.remove(name);
        let names = machine.names.clone();
        machine.listings.push(names);
        Ok(())
    }
    fn sync(&self) -> Result<(), StoreFault> {
        let mut machine = self.machine();
        machine.call(Call::SyncFolder).map_err(StoreFault::io("cannot flush the folder", "".as_ref()))?;
        let names = machine.names.clone();
        machine.listings = vec![names];
        Ok(())
    }
}

/// A clock that runs when it is looked at, or stands still, and names from a seed.
#[derive(Debug)]
pub(in crate::runtime) struct SimulatedClock {
    millis: AtomicU64,
    step: u64,
    dice: Mutex<Dice>,
}

impl SimulatedClock {
    pub(in crate::runtime) fn new(seed: u64) -> Self {
        Self { millis: AtomicU64::new(1_791_201_600_000), step: 1, dice: Mutex::new(Dice(seed)) }
    }
    /// It says the same whenever it is asked: everything happens in one millisecond.
    pub(in crate::runtime) fn standing_still(seed: u64) -> Self {
        Self { step: 0, ..Self::new(seed) }
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime<Utc> {
        let millis = self.millis.fetch_add(self.step, Ordering::Relaxed);
        DateTime::from_timestamp_millis(i64::try_from(millis).unwrap()).unwrap()
    }
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::Relaxed))
    }
    fn pause(&self, length: Duration) {
        self.millis.fetch_add(u64::try_from(length.as_millis()).unwrap().max(1), Ordering::Relaxed);
    }
    fn random(&self) -> u128 {
        let mut dice = self.dice.lock().unwrap();
        u128::from(dice.next()) << 64 | u128::from(dice.next())
    }
}
