//! What a damaged record should look like: which bytes stay, which are taken out. Nothing is judged anew, every line proves
//! itself.
//!
//! Not here: writing it (`runtime/store/repair`), the events that tell of it (`upkeep_event.rs`), what is wrong in
//! words (`ailment.rs`), CRLF and doubles (`tidy.rs`).

use std::collections::BTreeSet;

use super::graph::Graph;
use super::hash::Hash;
use super::header::HeaderFault;
use super::line::{Line, TAIL_LEN, claimed, parse_line};
use super::scan::{Cause, Finding, Severity, Tail, scan_file};
use super::ulid::EventId;

/// A record after mending, before the event that tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The file, ending in LF.
    pub bytes: Vec<u8>,
    /// What was taken out, byte for byte.
    pub taken: Vec<u8>,
    /// Why, line by line.
    pub findings: Vec<Finding>,
    /// An unfinished write at the end, taken out too.
    pub torn: Vec<u8>,
    /// What the next line names as its parents.
    pub next_up: Vec<Hash>,
    /// Parents that no line has, after it.
    pub missing: Vec<Hash>,
}

/// Damaged lines out, everything else as it stands. Of two lines with one key both go: nobody can tell which is right.
///
/// # Errors
/// The header cannot be read.
pub fn without_damage(file: &[u8]) -> Result<Mended, HeaderFault> {
    let (header, scanner, batch) = scan_file(file)?;
    let tail = if let Tail::Damaged(found) = &batch.tail { found.as_slice() } else { &[] };
    let damage = |found: &&Finding| found.cause.severity() == Severity::Damage;
    let findings: Vec<Finding> = scanner.findings().iter().chain(tail).filter(damage).cloned().collect();
    let twice: BTreeSet<EventId> = findings.iter().filter_map(|found| key_twice(&found.cause)).collect();
    let first_of_two = first_lines(file, header.len, &twice);
    let bad: BTreeSet<u64> = findings.iter().map(|found| found.offset).chain(first_of_two).collect();
    Ok(part(file, header.len, Torn::of(&batch.tail, scanner.end()), findings, |line| {
        if bad.contains(&line.offset) { Fate::Taken } else { Fate::Kept }
    }))
}

/// Everything as it stands, but an unfinished write at the end.
///
/// # Errors
/// The header cannot be read.
pub fn without_torn_end(file: &[u8]) -> Result<Mended, HeaderFault> {
    let (header, scanner, batch) = scan_file(file)?;
    Ok(part(file, header.len, Torn::of(&batch.tail, scanner.end()), Vec::new(), |_line| Fate::Kept))
}

/// A line gives way to its tombstone, wherever it stands; nothing of it is kept. The caller knows the parents of the next line.
pub(super) fn buried(
    file: &[u8],
    header: usize,
    (tail, end): (&Tail, u64),
    (line, tombstone): (&Line, &str),
) -> Mended {
    // Its hash at its end is all that every spelling of it has in common.
    let hash = line.hash.to_string();
    let is_it = |raw: &Raw<'_>| {
        raw.text().is_some_and(|text| {
            text.get(text.len().saturating_sub(TAIL_LEN)..).is_some_and(|tail| tail.contains(&hash))
                && parse_line(text).is_ok_and(|it| it.hash == line.hash)
        })
    };
    let spelled = format!("{tombstone}\n");
    part(file, header, Torn::of(tail, end), Vec::new(), |raw| {
        if is_it(raw) { Fate::Becomes(spelled.as_bytes()) } else { Fate::Kept }
    })
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate<'a> {
    Kept,
    Taken,
    Becomes(&'a [u8]),
}

/// Where an unfinished write begins; none: there is none.
struct Torn(Option<u64>);

impl Torn {
    fn of(tail: &Tail, end: u64) -> Self {
        Self(matches!(tail, Tail::Torn(_)).then_some(end))
    }
}

struct Raw<'a> {
    offset: u64,
    bytes: &'a [u8],
}

impl<'a> Raw<'a> {
    fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes).ok().map(|text| text.trim_end_matches(['\r', '\n']))
    }
    /// The key of a line, whatever it is worth.
    fn key(&self) -> Option<EventId> {
        let text = self.text()?;
        parse_line(text).ok().or_else(|| claimed(text)).map(|line| line.id)
    }
}

fn raw_lines(file: &[u8], header: usize) -> impl Iterator<Item = Raw<'_>> {
    let mut offset = u64::try_from(header).unwrap_or(u64::MAX);
    file.get(header..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n').map(move |bytes| {
        let at = offset;
        offset += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Raw { offset: at, bytes }
    })
}

fn part<'a>(
    file: &[u8],
    header: usize,
    Torn(torn_at): Torn,
    findings: Vec<Finding>,
    fate: impl Fn(&Raw<'_>) -> Fate<'a>,
) -> Mended {
    let mut bytes = file.get(..header).unwrap_or_default().to_vec();
    let (mut taken, mut torn) = (Vec::new(), Vec::new());
    for line in raw_lines(file, header) {
        if torn_at.is_some_and(|at| line.offset >= at) {
            torn.extend_from_slice(line.bytes);
        } else {
            match fate(&line) {
                Fate::Kept => bytes.extend_from_slice(line.bytes),
                Fate::Taken => taken.extend_from_slice(line.bytes),
                Fate::Becomes(other) => bytes.extend_from_slice(other),
            }
        }
    }
    if !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    let (next_up, missing) = grown(&bytes, &taken);
    Mended { bytes, taken, findings, torn, next_up, missing }
}

/// The parents of the next line, and what is gone: parents no line has, and what the lines taken out said they were. The
/// last line has no child that names it, and must not vanish unseen.
fn grown(file: &[u8], taken: &[u8]) -> (Vec<Hash>, Vec<Hash>) {
    let Ok((header, _, batch)) = scan_file(file) else { return (Vec::new(), Vec::new()) };
    let graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
    let mut missing: BTreeSet<Hash> = graph.missing().into_iter().map(|missing| missing.parent).collect();
    let said = taken.split(|byte| *byte == b'\n').filter_map(|line| claimed(std::str::from_utf8(line).ok()?));
    missing.extend(said.map(|line| line.hash).filter(|hash| !graph.contains(hash)));
    (graph.next_up(), missing.into_iter().collect())
}

fn key_twice(cause: &Cause) -> Option<EventId> {
    if let Cause::KeyTwice(id) = cause { Some(*id) } else { None }
}

/// Where the first line of each of these keys stands: it had been taken for good until the second came.
fn first_lines(file: &[u8], header: usize, keys: &BTreeSet<EventId>) -> BTreeSet<u64> {
    if keys.is_empty() {
        return BTreeSet::new();
    }
    raw_lines(file, header)
        .filter(|line| line.key().is_some_and(|key| keys.contains(&key)))
        .map(|line| line.offset)
        .collect()
}

#[cfg(test)]
mod tests;
