//! Many lines: which are good, which are odd, and where the last good one ends.
//!
//! A [`Scanner`] reads a file's events once and goes on with what was added later; what follows the last good line
//! stays provisional, because a writer may still be at work. Not here: order and parents (`graph.rs`), repair (`runtime/store`).

use std::collections::{HashMap, HashSet};

use super::hash::Hash;
use super::header::{Header, HeaderFault};
use super::line::{Line, LineFault, claimed, parse_line};
use super::tombstone::Redactions;
use super::ulid::EventId;
use hole::has_hole;

mod hole;

/// A good line and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The line.
    pub line: Line,
    /// Its number in the file, from 1.
    pub number: u64,
    /// Where it starts, in bytes.
    pub offset: u64,
    /// Its length in bytes, line end included.
    pub len: u64,
}

/// Something in the file that is no good line seen for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line number in the file, from 1.
    pub number: u64,
    /// Where it starts, in bytes.
    pub offset: u64,
    /// What it is.
    pub cause: Cause,
    /// What a damaged line claims to be; it proves nothing.
    pub claimed: Option<Box<Line>>,
}

/// What a finding is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// An empty line.
    #[error("blank line")]
    Blank,
    /// A `#` line.
    #[error("comment")]
    Comment,
    /// A good line that ends in CRLF.
    #[error("ends in CRLF; the line itself is good")]
    CarriageReturn,
    /// A merge left its mark.
    #[error("conflict marker of a merge")]
    ConflictMarker,
    /// A good line that stands in the file already.
    #[error("the same line a second time; counted once")]
    Double,
    /// A person took its content out of the record, and it still stands here.
    #[error("its content was redacted and still stands here; it counts for nothing")]
    Content,
    /// Two different good lines with one key; neither counts.
    #[error("the key {0} has two different lines; neither counts")]
    KeyTwice(EventId),
    /// Not a good line.
    #[error(transparent)]
    Bad(#[from] LineFault),
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing to do.
    Note,
    /// Proves itself all the same; tidied some day.
    Untidy,
    /// The record is damaged: read-only until repaired.
    Damage,
}

impl Cause {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Blank | Self::Comment => Severity::Note,
            Self::CarriageReturn | Self::ConflictMarker | Self::Double | Self::Content => Severity::Untidy,
            Self::KeyTwice(_) | Self::Bad(_) => Severity::Damage,
        }
    }
}

/// What follows the last good line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Nothing.
    Clean,
    /// Nothing, but the last good line has no LF: the next writer writes it first.
    NoNewline,
    /// A write that was cut short, or one still going on: so many bytes.
    Torn(u64),
    /// Something a person put there, or changed: read-only.
    Damaged(Vec<Finding>),
}

/// What one look at the file brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// New good lines, in the order of the file.
    pub lines: Vec<Located>,
    /// What follows them.
    pub tail: Tail,
    /// A line taken earlier no longer counts, or not as it did: everything has to be read again.
    pub reload: bool,
}

/// The state of reading one file.
#[derive(Clone, Debug)]
pub struct Scanner {
    root: Hash,
    end: u64,
    number: u64,
    seen: HashMap<EventId, Seen>,
    /// The hashes of all good lines, and of what edited ones claim to be.
    hashes: HashSet<Hash>,
    claimed: HashSet<Hash>,
    findings: Vec<Finding>,
    beyond_us: Option<String>,
    redactions: Redactions,
    /// A line read earlier turned out to be redacted.
    redacted_before: bool,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    hash: Hash,
    /// Of a tombstone, and of what was redacted: the digest of what stands for it. Its hash alone binds none of its bytes.
    stands: Option<Hash>,
    twice: bool,
}

enum Kind {
    Good(Box<Line>),
    Neutral(Cause),
    Bad(LineFault),
}

/// Reads a whole file.
///
/// # Errors
/// Its header cannot be read.
pub fn scan_file(file: &[u8]) -> Result<(Header, Scanner, Batch), HeaderFault> {
    let header = Header::parse(file)?;
    let events = file.get(header.len..).unwrap_or_default();
    let mut scanner = Scanner::new(&header);
    let mut batch = scanner.read(events);
    if scanner.redacted_before {
        // What a later line says of an earlier one is known now.
        scanner = Scanner { redactions: scanner.redactions, ..Scanner::new(&header) };
        batch = scanner.read(events);
    }
    Ok((header, scanner, batch))
}

impl Scanner {
    /// Before the first event of a file with this header.
    pub fn new(header: &Header) -> Self {
        let end = u64::try_from(header.len).unwrap_or(u64::MAX);
        Self {
            root: header.digest,
            end,
            number: header.lines,
            seen: HashMap::new(),
            hashes: HashSet::new(),
            claimed: HashSet::new(),
            findings: Vec::new(),
            beyond_us: None,
            redactions: Redactions::default(),
            redacted_before: false,
        }
    }
    /// End of the last good line in bytes: where the next look starts, and where a torn tail is cut.
    pub fn end(&self) -> u64 {
        self.end
    }
    /// What was odd so far, up to [`Scanner::end`].
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
    /// The first damage up to [`Scanner::end`].
    pub fn damage(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.cause.severity() == Severity::Damage)
    }
    /// The kind of a newer program's event without which nobody may judge or write; the first.
    pub fn beyond_us(&self) -> Option<&str> {
        self.beyond_us.as_deref()
    }
    /// What was taken out of this record, by name.
    pub fn redactions(&self) -> &Redactions {
        &self.redactions
    }
    /// The writer ends an unfinished last line before its own: one byte more lies behind us.
    pub fn newline_written(&mut self) {
        self.end += 1;
    }
    /// How many different good lines count.
    pub fn events(&self) -> usize {
        self.seen.values().filter(|seen| !seen.twice).count()
    }

    /// Takes the bytes from [`Scanner::end`] to the end of the file.
    pub fn read(&mut self, bytes: &[u8]) -> Batch {
        let mut batch = Batch { lines: Vec::new(), tail: Tail::Clean, reload: false };
        let mut pending: Vec<Finding> = Vec::new();
        let (mut offset, mut number, mut unfinished) = (self.end, self.number, false);
        let (mut rest, mut holed) = (bytes, false);
        let mut from = bytes;
        for raw in bytes.split_inclusive(|byte| *byte == b'\n') {
            let start = offset;
            let len = len_of(raw);
            offset += len;
            number += 1;
            unfinished = !raw.ends_with(b"\n");
            rest = rest.get(raw.len()..).unwrap_or_default();
            let found = |cause| Finding { number, offset: start, claimed: claimed_by(&cause, raw), cause };
            match self.look_at(raw) {
                Kind::Good(line) => {
                    self.claimed
                        .extend(pending.iter().filter_map(|found| Some(found.claimed.as_ref()?.hash)));
                    self.findings.append(&mut pending);
                    if raw.ends_with(b"\r\n") {
                        self.findings.push(found(Cause::CarriageReturn));
                    }
                    self.take(Located { line: *line, number, offset: start, len }, &mut batch);
                    (self.end, self.number, from) = (offset, number, rest);
                }
                Kind::Neutral(cause) if pending.is_empty() => {
                    self.findings.push(found(cause));
                    (self.end, self.number, from) = (offset, number, rest);
                }
                Kind::Neutral(cause) => pending.push(found(cause)),
                Kind::Bad(fault) => {
                    pending.push(found(Cause::Bad(fault)));
                    if !holed && has_hole(raw) {
                        holed = true;
                        if can_be_torn(&pending) && self.was_never_flushed(from, rest) {
                            let torn = offset - self.end + len_of(rest);
                            batch.tail = Tail::Torn(torn);
                            return batch;
                        }
                    }
                }
            }
        }
        batch.tail = match (pending.is_empty(), unfinished) {
            (true, true) => Tail::NoNewline,
            (true, false) => Tail::Clean,
            (false, _) => torn_or_damaged(pending, unfinished, offset - self.end),
        };
        batch
    }

    fn take(&mut self, mut located: Located, batch: &mut Batch) {
        let (id, hash) = (located.line.id, located.line.hash);
        if self.beyond_us.is_none() && located.line.must_be_known() {
            self.beyond_us = Some(located.line.kind.clone());
        }
        let (number, offset) = (located.number, located.offset);
        self.heed(&located.line, batch);
        let content = self.redactions.cover(&located.line) && !located.line.is_tombstone();
        let stands = (content || located.line.is_tombstone())
            .then(|| located.line.tombstone().ok())
            .flatten()
            .map(|text| Hash::of(text.as_bytes()));
        self.hashes.insert(hash);
        if content {
            located.line = self.redactions.blanked(located.line);
            self.findings.push(Finding { number, offset, cause: Cause::Content, claimed: None });
        }
        let Some(seen) = self.seen.get_mut(&id) else {
            self.seen.insert(id, Seen { hash, stands, twice: false });
            batch.lines.push(located);
            return;
        };
        if seen.hash == hash && seen.stands == stands {
            if !content {
                self.findings.push(Finding { number, offset, cause: Cause::Double, claimed: None });
            }
            return;
        }
        if !seen.twice {
            seen.twice = true;
            let before = batch.lines.len();
            batch.lines.retain(|line| line.line.id != id);
            batch.reload |= batch.lines.len() == before;
        }
        let claimed = Some(Box::new(located.line));
        self.findings.push(Finding { number, offset, cause: Cause::KeyTwice(id), claimed });
    }
}

impl Scanner {
    fn look_at(&self, raw: &[u8]) -> Kind {
        match classify(raw) {
            Kind::Bad(LineFault::Edited) => {
                let text = std::str::from_utf8(raw).unwrap_or_default().trim_end_matches(['\r', '\n']);
                let tombstone = self.redactions.accept(text);
                tombstone.map_or(Kind::Bad(LineFault::Edited), |line| Kind::Good(Box::new(line)))
            }
            other => other,
        }
    }
    /// Does it take out the content of a line read before?
    fn heed(&mut self, line: &Line, batch: &mut Batch) {
        let Some(hash) = self.redactions.learn(line) else { return };
        if self.hashes.contains(&hash) || self.claimed.contains(&hash) {
            (self.redacted_before, batch.reload) = (true, true);
        }
    }
}

fn claimed_by(cause: &Cause, raw: &[u8]) -> Option<Box<Line>> {
    if !matches!(cause, Cause::Bad(LineFault::Edited)) {
        return None;
    }
    let text = std::str::from_utf8(raw).ok()?;
    claimed(text.trim_end_matches(['\r', '\n'])).map(Box::new)
}

fn len_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn can_be_torn(pending: &[Finding]) -> bool {
    let torn = |finding: &Finding| !matches!(&finding.cause, Cause::Bad(fault) if !fault.can_be_torn());
    pending.iter().all(torn)
}

fn torn_or_damaged(pending: Vec<Finding>, unfinished: bool, bytes: u64) -> Tail {
    let last = pending.len().saturating_sub(1);
    let torn = pending.iter().enumerate().all(|(place, finding)| match &finding.cause {
        Cause::Bad(LineFault::Edited) => false,
        Cause::Bad(fault) => fault.can_be_torn() || (unfinished && place == last),
        Cause::Blank
        | Cause::Comment
        | Cause::CarriageReturn
        | Cause::ConflictMarker
        | Cause::Double
        | Cause::Content
        | Cause::KeyTwice(_) => true,
    });
    if torn { Tail::Torn(bytes) } else { Tail::Damaged(pending) }
}

fn classify(raw: &[u8]) -> Kind {
    let complete = raw.ends_with(b"\n");
    let Ok(text) = std::str::from_utf8(raw) else { return Kind::Bad(LineFault::NotUtf8) };
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if complete {
        if text.trim().is_empty() {
            return Kind::Neutral(Cause::Blank);
        }
        if text.starts_with('#') && !text.contains(char::is_control) {
            return Kind::Neutral(Cause::Comment);
        }
        if ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| text.starts_with(mark)) {
            return Kind::Neutral(Cause::ConflictMarker);
        }
    }
    match parse_line(text) {
        Ok(line) => Kind::Good(Box::new(line)),
        Err(fault) => Kind::Bad(fault),
    }
}

#[cfg(test)]
pub(crate) mod tests;
