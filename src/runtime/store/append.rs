//! Appending, step by step: lock, safe open, catch up, recover, guards, ONE write, ONE flush, answers.
//!
//! Blocking; called from one thread per record (`thread.rs`). Not here: the steps' own rules (`lock.rs`, `safe_open.rs`,
//! `record.rs`, `recover.rs`), the fallback journal (`fallback.rs`).

use std::collections::VecDeque;
use std::mem::take;
use std::path::PathBuf;
use std::time::Duration;

use super::chain::{chain, take_over};
use super::clock::{Clock, SystemClock};
use super::disk::{Disk, Handle, NetworkFiles, Stat};
use super::fault::StoreFault;
pub use super::group::{GROUP_BYTES, GROUP_REQUESTS};
use super::group::{Group, Prepared, fail, millis_of_write};
use super::lock::{Holder, Lock, WAIT, acquire_on};
use super::paths::SessionPaths;
use super::real_disk::RealDisk;
use super::record::{Lookup, News, Recheck, Record};
use super::recover::{REPAIRED_KIND, put_torn_tail_aside};
use super::request::{Answer, Extent, Fold, Proposal, Request};
use super::safe_open::FILE_MAX;
use super::standing::Told;
use super::trouble::Trouble;
use crate::session::header::Header;
use crate::session::line::Line;
use crate::session::recorded::PROGRAM;
use crate::session::scan::Tail;
use crate::session::ulid::Ulid;

/// One record, open for appending by this process.
pub struct Writer<F> {
    paths: SessionPaths,
    pub(super) path: PathBuf,
    pub(super) disk: Box<dyn Disk>,
    pub(super) clock: Box<dyn Clock>,
    holder: Holder,
    pub(super) record: Record,
    fold: F,
    pub(super) poisoned: Option<String>,
    pub(super) poisoned_on: Option<Stat>,
    pub(super) reloads: u64,
    pub(super) told: Told,
    /// Where acknowledged lines end, once a flush failed.
    pub(super) acknowledged: Option<u64>,
    news: Vec<Line>,
    pub(super) trouble: Trouble,
}

impl<F: Fold> Writer<F> {
    /// Reads a record, without a lock and without changing it; `fold` takes all its lines. Returns them too.
    ///
    /// # Errors
    /// It cannot be opened, is no record, or one of a newer program.
    pub fn open(
        paths: SessionPaths,
        holder: Holder,
        network: NetworkFiles,
        fold: F,
    ) -> Result<(Self, Vec<Line>), StoreFault> {
        let disk = Box::new(RealDisk { paths: paths.clone(), network });
        Self::open_on(disk, Box::new(SystemClock::start()), paths, holder, fold)
    }

    /// The same through the seam.
    pub(super) fn open_on(
        disk: Box<dyn Disk>,
        clock: Box<dyn Clock>,
        paths: SessionPaths,
        holder: Holder,
        mut fold: F,
    ) -> Result<(Self, Vec<Line>), StoreFault> {
        let path = paths.session();
        let (record, lines) = Record::load(&mut *disk.open_read()?, &path, Lookup::Unlocked)?;
        fold.fold(&lines, Extent::Whole);
        let mut writer = Self {
            paths,
            path,
            disk,
            clock,
            holder,
            record,
            fold,
            poisoned: None,
            poisoned_on: None,
            reloads: 0,
            told: Told::default(),
            acknowledged: None,
            news: Vec::new(),
            trouble: Trouble::default(),
        };
        writer.told_at_opening();
        Ok((writer, lines))
    }
    /// The facts of the release.
    pub fn header(&self) -> &Header {
        &self.record.header
    }
    /// The names of its files.
    pub fn paths(&self) -> &SessionPaths {
        &self.paths
    }
    /// The state guards look at.
    pub fn state(&self) -> &F {
        &self.fold
    }

    /// Serves the front of a queue: one lock, one write, one flush. At least one request is answered and taken out.
    pub fn append(&mut self, queue: &mut VecDeque<Request<F>>) -> Vec<Answer> {
        let mut answers = Vec::new();
        let wait = queue.iter().take(GROUP_REQUESTS).map(|request| request.wait).min().unwrap_or_default();
        let recheck = if queue.iter().take(GROUP_REQUESTS).any(|request| request.recheck == Recheck::Whole) {
            Recheck::Whole
        } else {
            Recheck::Suffix
        };
        let (lock, mut handle) = match self.begin(wait, recheck, &mut answers) {
            Ok(begun) => begun,
            Err(fault) => {
                self.trouble.failed(&fault);
                self.tell_rest(&mut answers);
                fail(queue, &fault, wait, &mut answers);
                return answers;
            }
        };
        let millis = millis_of_write(self.clock.millis(), self.record.graph.millis_of_heads());
        let mut group = Group { millis, ..Group::default() };
        if let Err(fault) = self.recover(&mut *handle, &lock, &mut group) {
            fail(queue, &fault, wait, &mut answers);
            self.read_anew(&mut *handle, &mut answers);
            return answers;
        }
        for _ in 0..GROUP_REQUESTS {
            if group.bytes.len() >= GROUP_BYTES {
                break;
            }
            let Some(request) = queue.pop_front() else { break };
            self.prepare(request, &mut group);
        }
        let written = match (group.bytes.is_empty(), group.must_flush) {
            (true, false) => Ok(()),
            (true, true) => self.flush(&mut *handle, &lock),
            (false, _) => self.write(&mut *handle, &lock, &group.bytes),
        };
        self.answer(group.outcomes, written.as_ref().err(), &mut answers);
        if written.is_err() || group.out_of_order {
            self.read_anew(&mut *handle, &mut answers);
        }
        self.tell_rest(&mut answers);
        drop(lock);
        answers
    }

    /// Looks at the file without a lock: one `lstat` if nothing changed. After a failed flush of our own not before it
    /// was replaced: what it shows may be nowhere but in memory.
    pub fn poll(&mut self) -> Option<Answer> {
        self.look_at_mark();
        self.healed();
        let same = self.disk.stat().is_ok_and(|stat| self.record.is_at(&stat)) && self.trouble.is_readable();
        if same || self.acknowledged.is_some() {
            return None;
        }
        let looked = self.disk.open_read().and_then(|mut handle| {
            self.record.catch_up(&mut *handle, &self.path, Recheck::Suffix, Lookup::Unlocked)
        });
        self.trouble.looked(looked.as_ref().err());
        looked.ok().and_then(|news| self.take_news(news))
    }

    /// The whole file while nobody writes: nothing of a write under way, or of one whose flush failed, is in it.
    ///
    /// # Errors
    /// Somebody holds the lock for long, the record is poisoned, or it cannot be read.
    pub fn read_at_rest(&self) -> Result<Vec<u8>, StoreFault> {
        let lock = acquire_on(&*self.disk, &*self.clock, &self.paths, &self.holder, WAIT)?;
        let bytes = self.disk.open_read()?.read_from(0).map_err(StoreFault::io("cannot read", &self.path));
        drop(lock);
        bytes
    }

    /// Steps 0 to 2: lock, open, catch up.
    fn begin(
        &mut self,
        wait: Duration,
        recheck: Recheck,
        answers: &mut Vec<Answer>,
    ) -> Result<(Lock, Box<dyn Handle>), StoreFault> {
        if let Some(why) = &self.poisoned {
            return Err(StoreFault::Poisoned { why: why.clone() });
        }
        let lock = acquire_on(&*self.disk, &*self.clock, &self.paths, &self.holder, wait);
        if let Err(StoreFault::Poisoned { why }) = &lock {
            self.poisoned = Some(why.clone());
        }
        let lock = lock?;
        let mut handle = self.disk.open_append()?;
        let news = self.record.catch_up(&mut *handle, &self.path, recheck, Lookup::Locked)?;
        match self.take_news(news) {
            Some(Answer::Arrived { lines, extent: Extent::More, .. }) => self.news.extend(lines),
            Some(other) => answers.push(other),
            None => {}
        }
        self.record.writable(&self.path)?;
        Ok((lock, handle))
    }

    /// Step 3: a torn tail goes aside, and the record says so first.
    fn recover(&mut self, handle: &mut dyn Handle, lock: &Lock, group: &mut Group) -> Result<(), StoreFault> {
        match self.record.tail {
            Tail::Clean | Tail::Damaged(_) => {}
            Tail::NoNewline => group.bytes.push(b'\n'),
            Tail::Torn(_) => {
                let aside = put_torn_tail_aside(
                    &*self.disk,
                    &*self.clock,
                    handle,
                    &self.paths,
                    self.record.scanner.end(),
                );
                let aside = aside.map_err(|fault| match fault {
                    StoreFault::Poisoned { why } => self.poison(lock, why),
                    other => other,
                });
                let event = Proposal {
                    at: self.clock.now(),
                    by: PROGRAM.to_owned(),
                    on: format!("{}/{}", self.holder.host, self.holder.pid),
                    kind: REPAIRED_KIND.to_owned(),
                    v: 1,
                    crit: false,
                    data: aside?.data(),
                };
                self.record.tail = Tail::Clean;
                let (bytes, lines) = chain(&mut self.names(group), self.record.graph.next_up(), vec![event])?;
                group.bytes.extend(bytes);
                self.count(&lines);
                self.news.extend(lines);
            }
        }
        Ok(())
    }

    /// Keys for the lines of one write.
    fn names(&self, group: &Group) -> impl FnMut() -> Ulid {
        let millis = group.millis;
        move || Ulid::from_parts(millis, self.clock.random())
    }

    /// Steps 4 and 5 for one request.
    fn prepare(&mut self, request: Request<F>, group: &mut Group) {
        let id = request.id;
        if let Err(reason) = (request.guard)(&self.fold) {
            group.outcomes.push(Prepared::Refused(id, reason));
            return;
        }
        let given_back = if request.gives_back { self.record.lost_lines() } else { Vec::new() };
        group.must_flush |= !request.verbatim.is_empty();
        let elsewhere = [given_back, request.verbatim].concat();
        let (bytes, mut lines) = take_over(&self.record.graph, self.record.scanner.redactions(), &elsewhere);
        self.count(&lines);
        group.out_of_order |= !lines.is_empty();
        group.bytes.extend(bytes);
        let chained = chain(&mut self.names(group), self.record.graph.next_up(), request.events);
        match chained {
            Ok((bytes, built)) => {
                self.count(&built);
                group.bytes.extend(bytes);
                lines.extend(built);
                group.outcomes.push(Prepared::Stored(id, lines));
            }
            Err(fault) => {
                // Lines taken over stand for themselves; only this request's own events cannot be spelled.
                self.news.extend(lines);
                group.outcomes.push(Prepared::Failed(id, fault.to_string()));
            }
        }
    }

    /// Step 8: what others wrote goes with the first answer that can carry it.
    fn answer(&mut self, outcomes: Vec<Prepared>, fault: Option<&StoreFault>, answers: &mut Vec<Answer>) {
        for outcome in outcomes {
            let news = if fault.is_none() { take(&mut self.news) } else { Vec::new() };
            answers.push(match (outcome, fault) {
                (Prepared::Stored(id, own), None) => {
                    Answer::Stored { id, lines: news.into_iter().chain(own).collect() }
                }
                (Prepared::Stored(id, _), Some(fault)) => {
                    Answer::Failed { id, error: fault.to_string(), broken: fault.is_final() }
                }
                (Prepared::Refused(id, reason), _) => Answer::Refused { id, reason, lines: news },
                (Prepared::Failed(id, error), _) => {
                    self.news = news;
                    Answer::Failed { id, error, broken: false }
                }
            });
        }
    }

    /// News no answer carried.
    fn tell_rest(&mut self, answers: &mut Vec<Answer>) {
        let lines = take(&mut self.news);
        if !lines.is_empty() {
            answers.push(Answer::Arrived { lines, extent: Extent::More, lost: 0 });
        }
    }

    /// Lines about to be written count for the guards after them. If the write fails, the state is built anew from the disk.
    fn count(&mut self, lines: &[Line]) {
        for line in lines {
            self.record.graph.insert(line);
        }
        self.fold.fold(lines, Extent::More);
    }

    /// Steps 6 and 7.
    fn write(&mut self, handle: &mut dyn Handle, lock: &Lock, bytes: &[u8]) -> Result<(), StoreFault> {
        let noted = handle.stat().map_err(StoreFault::io("cannot look at", &self.path))?.len;
        if noted.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX)) > FILE_MAX {
            let why = "it would grow longer than 256 MiB, and nobody could read it any more; go on in a new session";
            return Err(StoreFault::ReadOnly { path: self.path.clone(), why: why.to_owned() });
        }
        let short = match handle.append(bytes) {
            Ok(written) if written == bytes.len() => None,
            Ok(written) => Some(std::io::Error::new(
                std::io::ErrorKind::StorageFull,
                format!("only {written} of {} bytes were taken; the disk is full, or nearly", bytes.len()),
            )),
            Err(fault) => Some(fault),
        };
        if let Some(fault) = short {
            if let Err(second) = handle.set_len(noted).and_then(|()| handle.sync()) {
                let why = format!(
                    "writing {} failed ({fault}), and so did taking it back ({second})",
                    self.path.display()
                );
                self.acknowledged = Some(noted);
                return Err(self.poison(lock, why));
            }
            return Err(StoreFault::io("cannot write", &self.path)(fault));
        }
        if let Err(poisoned) = self.flush(handle, lock) {
            // Out of sight again, so that nobody takes it for saved. Not flushed: that would only seem to succeed.
            handle.set_len(noted).unwrap_or_default();
            self.acknowledged = Some(noted);
            return Err(poisoned);
        }
        let known = handle.stat().unwrap_or_default();
        self.record.wrote(bytes, known);
        Ok(())
    }

    /// Never twice after a failure: the kernel may have dropped the pages and would report success.
    fn flush(&mut self, handle: &mut dyn Handle, lock: &Lock) -> Result<(), StoreFault> {
        handle
            .sync()
            .map_err(|fault| self.poison(lock, format!("flushing {} failed: {fault}", self.path.display())))
    }

    fn poison(&mut self, lock: &Lock, why: String) -> StoreFault {
        lock.poison(&why);
        self.poisoned = Some(why.clone());
        StoreFault::Poisoned { why }
    }

    /// After a failed write the state holds lines the disk does not, after old ones came in another order: build it anew, from
    /// the disk or, if that cannot be read either, from what was read last.
    fn read_anew(&mut self, handle: &mut dyn Handle, answers: &mut Vec<Answer>) {
        self.news.clear();
        let lookup = self.acknowledged.map_or(Lookup::Locked, Lookup::Acknowledged);
        let lines = match Record::load(handle, &self.path, lookup) {
            Ok((record, lines)) => {
                self.record.replace(record);
                lines
            }
            Err(_) => self.record.forget_unwritten(),
        };
        self.reloads += 1;
        self.fold.fold(&lines, Extent::Whole);
        answers.push(Answer::Arrived { lines, extent: Extent::Whole, lost: 0 });
    }

    fn take_news(&mut self, news: News) -> Option<Answer> {
        let (lines, extent, lost) = match news {
            News::More(lines) if lines.is_empty() => return None,
            News::More(lines) => (lines, Extent::More, 0),
            News::Whole { lines, lost } => (lines, Extent::Whole, lost),
        };
        self.fold.fold(&lines, extent);
        if extent == Extent::Whole {
            self.reloads += 1;
            self.news.clear();
        }
        Some(Answer::Arrived { lines, extent, lost })
    }
}
