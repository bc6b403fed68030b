//! What this process knows of a record, and how it learns what others added: the suffix, or everything anew.
//!
//! Not here: who may write (`lock.rs`), writing (`append.rs`), mending (`recover.rs`).

use std::collections::HashSet;
use std::path::Path;

use super::disk::{Handle, Stat};
use super::fault::StoreFault;
use crate::session::condition::come_after_themselves;
use crate::session::graph::Graph;
use crate::session::hash::Hash;
use crate::session::header::{Header, HeaderFault};
use crate::session::line::Line;
use crate::session::scan::{Batch, Located, Scanner, Tail, scan_file};

/// How many bytes before the known end must be unchanged for a suffix to be trusted: the last line's hash is among them.
const OVERLAP: usize = 64;

/// How much of the file is read again before an append.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recheck {
    /// What was added, if nothing before it seems changed.
    #[default]
    Suffix,
    /// Every byte: before a run is requested and before a sign-off.
    Whole,
}

/// Is the lock held while reading?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// Yes: what is unfinished was left by a dead writer.
    Locked,
    /// No: what is unfinished may be another's write in progress, and is not looked at.
    Unlocked,
    /// Yes, and only so many bytes count: a flush of what follows has failed.
    Acknowledged(u64),
}

/// What a look at the file brought.
#[derive(Debug)]
pub(super) enum News {
    /// These lines come after everything known.
    More(Vec<Line>),
    /// The state has to be built anew from these; so many lines known before are no longer there.
    Whole { lines: Vec<Line>, lost: usize },
}

/// A record as last read.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) header: Header,
    pub(super) scanner: Scanner,
    pub(super) graph: Graph,
    pub(super) tail: Tail,
    pub(super) known: Stat,
    /// Good lines this process saw and the file no longer has, as they stood.
    pub(super) lost: Vec<Kept>,
    /// The file up to the end of the last good line: what was seen can be given back.
    text: Vec<u8>,
    /// What is kept here may not be what the file holds: the next look reads and folds everything anew.
    pub(super) doubted: bool,
    /// How many lines come after themselves, as of the last time everything was read: no suffix that is taken as such adds one.
    tangled: usize,
}

/// A line that was in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) hash: Hash,
    /// Without its line end.
    pub(super) text: String,
}

impl Record {
    /// Reads everything; the lines come in the order of the graph.
    pub(super) fn load(
        handle: &mut dyn Handle,
        path: &Path,
        lookup: Lookup,
    ) -> Result<(Self, Vec<Line>), StoreFault> {
        let known = handle.stat().map_err(StoreFault::io("cannot look at", path))?;
        let text = handle.read_from(0).map_err(StoreFault::io("cannot read", path))?;
        let seen = visible(&text, lookup).len();
        Self::of(text, seen, known).map_err(|fault| StoreFault::Header { path: path.to_owned(), fault })
    }

    /// A file's first bytes, `seen` of them, as a record.
    fn of(mut text: Vec<u8>, seen: usize, known: Stat) -> Result<(Self, Vec<Line>), HeaderFault> {
        let (header, scanner, batch) = scan_file(text.get(..seen).unwrap_or_default())?;
        let graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
        let lines = in_order(&graph, batch.lines.into_iter().map(|found| found.line).collect());
        text.truncate(usize::try_from(scanner.end()).unwrap_or(usize::MAX));
        let (tail, lost, doubted, tangled) = (batch.tail, Vec::new(), false, graph.tangled());
        Ok((Self { header, scanner, graph, tail, known, lost, text, doubted, tangled }, lines))
    }

    /// Lines that were to follow could not be written, and the file cannot be read either: what was last read of it is all
    /// that is known, and no longer believed. Returns its lines.
    pub(super) fn forget_unwritten(&mut self) -> Vec<Line> {
        self.doubted = true;
        // It was read as a record once, so it is read as one again.
        let Ok((read, lines)) = Self::of(self.text.clone(), self.text.len(), self.known) else {
            return Vec::new();
        };
        let lost = std::mem::take(&mut self.lost);
        *self = Self { lost, doubted: true, ..read };
        lines
    }

    /// Is everything known of a file that looks like this?
    pub(super) fn is_at(&self, stat: &Stat) -> bool {
        *stat == self.known && !self.doubted
    }

    /// Learns what changed since. Where something may be changed before the known end, every byte is compared with what was
    /// read; only if one differs is everything parsed and folded anew.
    pub(super) fn catch_up(
        &mut self,
        handle: &mut dyn Handle,
        path: &Path,
        recheck: Recheck,
        lookup: Lookup,
    ) -> Result<News, StoreFault> {
        let stat = handle.stat().map_err(StoreFault::io("cannot look at", path))?;
        let rewritten = stat.len == self.known.len && stat.mtime != self.known.mtime;
        if self.doubted || !stat.same_file(&self.known) || stat.len < self.scanner.end() {
            return self.reload(handle, path, lookup);
        }
        let whole = recheck == Recheck::Whole || rewritten;
        let overlap = if whole { self.text.len() } else { OVERLAP.min(self.text.len()) };
        let overlap = self.text.get(self.text.len() - overlap..).unwrap_or_default();
        let from = self.scanner.end().saturating_sub(u64::try_from(overlap.len()).unwrap_or(0));
        let bytes = handle.read_from(from).map_err(StoreFault::io("cannot read", path))?;
        let Some(suffix) = bytes.strip_prefix(overlap) else {
            return self.reload(handle, path, lookup);
        };
        let suffix = visible(suffix, lookup);
        let before = self.scanner.end();
        let Batch { lines, tail, reload } = self.scanner.read(suffix);
        (self.tail, self.known) = (tail, stat);
        self.remember(suffix, before);
        let lines: Vec<Line> = lines.into_iter().map(|found| found.line).collect();
        // A line that names all heads, and that nobody names, comes after everything; any other may belong before something
        // already folded.
        let mut after_all = !reload;
        for line in &lines {
            after_all &= self.graph.are_heads(&line.up) && !self.graph.is_named(&line.hash);
            self.graph.insert(line);
        }
        if after_all {
            // What was cut away in place may have grown back the same way.
            self.lost.retain(|kept| !self.graph.contains(&kept.hash));
            return Ok(News::More(lines));
        }
        // If this fails, the next look must not believe that it knows these lines.
        self.doubted = true;
        self.reload(handle, path, lookup)
    }

    fn reload(&mut self, handle: &mut dyn Handle, path: &Path, lookup: Lookup) -> Result<News, StoreFault> {
        let (fresh, lines) = Self::load(handle, path, lookup)?;
        if fresh.header.release.id != self.header.release.id {
            let why = format!(
                "it holds another release now ({}); put the old file back, or open this one anew",
                fresh.header.release.id
            );
            return Err(StoreFault::ReadOnly { path: path.to_owned(), why });
        }
        let gone: HashSet<Hash> = self.graph.nodes().iter().map(|node| node.hash).collect();
        let gone: HashSet<Hash> = gone.into_iter().filter(|hash| !fresh.graph.contains(hash)).collect();
        let mut lost = std::mem::take(&mut self.lost);
        lost.retain(|kept| !fresh.graph.contains(&kept.hash) && !gone.contains(&kept.hash));
        lost.extend(self.lines_of(&gone));
        *self = Self { lost, ..fresh };
        Ok(News::Whole { lines, lost: gone.len() })
    }

    /// What was lost, in the order it was read.
    pub(super) fn lost_lines(&self) -> Vec<String> {
        self.lost.iter().map(|kept| kept.text.clone()).collect()
    }

    /// Takes what was read anew; what was lost before stays known.
    pub(super) fn replace(&mut self, fresh: Self) {
        let mut lost = std::mem::take(&mut self.lost);
        lost.retain(|kept| !fresh.graph.contains(&kept.hash));
        *self = Self { lost, ..fresh };
    }

    /// These lines as they were read, from the bytes that are kept.
    fn lines_of(&self, wanted: &HashSet<Hash>) -> Vec<Kept> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let Ok((_, _, batch)) = scan_file(&self.text) else { return Vec::new() };
        let found = batch.lines.iter().filter(|found| wanted.contains(&found.line.hash));
        let text = |found: &Located| {
            let start = usize::try_from(found.offset).unwrap_or(usize::MAX);
            let end = start.saturating_add(usize::try_from(found.len).unwrap_or(0));
            let bytes = self.text.get(start..end).unwrap_or_default();
            Some(std::str::from_utf8(bytes).ok()?.trim_end_matches(['\r', '\n']).to_owned())
        };
        found.filter_map(|found| Some(Kept { hash: found.line.hash, text: text(found)? })).collect()
    }

    /// Takes over what this process wrote itself.
    pub(super) fn wrote(&mut self, bytes: &[u8], known: Stat) {
        let bytes = match (&self.tail, bytes.strip_prefix(b"\n")) {
            (Tail::NoNewline, Some(rest)) => {
                self.scanner.newline_written();
                self.text.push(b'\n');
                rest
            }
            _ => bytes,
        };
        let before = self.scanner.end();
        self.tail = self.scanner.read(bytes).tail;
        self.remember(bytes, before);
        self.known = known;
    }

    /// Keeps the bytes up to the end, `suffix` having started at `before`.
    fn remember(&mut self, suffix: &[u8], before: u64) {
        let taken = usize::try_from(self.scanner.end().saturating_sub(before)).unwrap_or(0);
        self.text.extend_from_slice(suffix.get(..taken).unwrap_or_default());
    }

    /// May anything be appended?
    pub(super) fn writable(&self, path: &Path) -> Result<(), StoreFault> {
        let why = if let Some(feature) = self.header.unknown_features.first() {
            format!("it uses the feature {feature:?} of a newer gonogo; install that")
        } else if let Some(kind) = self.scanner.beyond_us() {
            format!("a newer gonogo wrote {kind:?}, which this one must know before it writes; install that")
        } else if let Some(found) = self.scanner.damage() {
            format!(
                "line {}: {}. See `gonogo verify`, then `gonogo repair --quarantine`",
                found.number, found.cause
            )
        } else if let Tail::Damaged(findings) = &self.tail {
            let found = findings
                .first()
                .map_or_else(String::new, |found| format!("line {}: {}", found.number, found.cause));
            format!("{found}. See `gonogo verify`, then `gonogo repair --quarantine`")
        } else if self.tangled > 0 {
            format!(
                "{}, which only a forged tombstone can do. See `gonogo verify`, then put a copy from before it in its place",
                come_after_themselves(self.tangled)
            )
        } else if !self.header.checklist_fits() || !self.graph.is_rooted() {
            "its header or checklist was edited after the release began; restore the file, or copy the release to a new record".to_owned()
        } else {
            return Ok(());
        };
        Err(StoreFault::ReadOnly { path: path.to_owned(), why })
    }
}

/// Without the lock only complete lines are looked at.
fn visible(bytes: &[u8], lookup: Lookup) -> &[u8] {
    match lookup {
        Lookup::Locked => bytes,
        Lookup::Acknowledged(end) => {
            usize::try_from(end).ok().and_then(|end| bytes.get(..end)).unwrap_or(bytes)
        }
        Lookup::Unlocked => {
            let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            bytes.get(..end).unwrap_or_default()
        }
    }
}

fn in_order(graph: &Graph, lines: Vec<Line>) -> Vec<Line> {
    let mut lines: Vec<Option<Line>> = lines.into_iter().map(Some).collect();
    graph.order().into_iter().filter_map(|place| lines.get_mut(place).and_then(Option::take)).collect()
}
