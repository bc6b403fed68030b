//! Two copies of one record, compared: what each lacks. Joining them loses nothing and asks nobody: it is a union of lines.
//!
//! A line goes over as it stands, byte for byte, so lines of newer programs survive too. Not here: where the copies come from and
//! how what is missing gets into the file (`runtime/git_sync`, `runtime/store`).

use std::collections::{HashMap, HashSet};

use super::condition::come_after_themselves;
use super::fold::fold;
use super::graph::{Graph, Missing};
use super::hash::Hash;
use super::header::{Header, HeaderFault};
use super::line::Line;
use super::scan::{Finding, Located, Severity, Tail, scan_file};
use super::ulid::EventId;

/// What two copies of a record have of each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Lines of the other copy that this one lacks, without line ends, in the order of its file.
    pub to_take: Vec<String>,
    /// How many lines of this copy the other one lacks.
    pub to_send: usize,
    /// How many events both have together.
    pub together: usize,
}

/// Why two copies cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyFault {
    /// This copy's header cannot be read.
    #[error("{0}")]
    Here(HeaderFault),
    /// The other copy is damaged, or no record this program reads.
    #[error("the other copy is not whole: {0}")]
    There(String),
    /// Another release.
    #[error("the other copy has another header: it belongs to another release, or one of the two was edited")]
    AnotherRelease,
    /// One key with two different lines: joined, neither would count.
    #[error("event {0} is not the same in both copies")]
    KeyTwice(EventId),
}

/// Compares the bytes of this copy with those of another one. What both have together is judged: a gap that this copy fills, or
/// that the record tells of, keeps nobody from sharing it.
///
/// # Errors
/// They cannot be joined without damage. Nothing of an other copy with a damaged line, or with a gap of its own, is taken over.
pub fn compare(here: &[u8], there: &[u8]) -> Result<Difference, CopyFault> {
    let (own_header, own_scanner, own) = scan_file(here).map_err(CopyFault::Here)?;
    let redactions = own_scanner.redactions();
    let (header, scanner, other) = scan_file(there).map_err(|fault| CopyFault::There(fault.to_string()))?;
    if header.digest != own_header.digest {
        return Err(CopyFault::AnotherRelease);
    }
    let tail = if let Tail::Damaged(found) = &other.tail { found.as_slice() } else { &[] };
    let damage = |found: &&Finding| found.cause.severity() == Severity::Damage;
    if let Some(found) = scanner.findings().iter().chain(tail).find(damage) {
        return Err(CopyFault::There(format!("line {}: {}", found.number, found.cause)));
    }
    no_new_gap(&own_header, (&own.lines, &other.lines))?;
    no_circle(&own_header, (&own.lines, &other.lines))?;
    let keys: HashMap<EventId, &Line> = own.lines.iter().map(|found| (found.line.id, &found.line)).collect();
    let theirs: HashSet<Hash> = other.lines.iter().map(|found| found.line.hash).collect();
    let mut to_take = Vec::new();
    for found in &other.lines {
        let found = &Located { line: redactions.blanked(found.line.clone()), ..*found };
        match keys.get(&found.line.id) {
            Some(line) if is_same(line, &found.line) => {}
            Some(_) => return Err(CopyFault::KeyTwice(found.line.id)),
            None => to_take.extend(text_of(there, found)),
        }
    }
    let to_send = own.lines.iter().filter(|found| !theirs.contains(&found.line.hash)).count();
    let together = own.lines.len() + to_take.len();
    Ok(Difference { to_take, to_send, together })
}

/// One line, or what stands for it? The hash at its end binds the bytes of a full line, and nothing of a tombstone.
fn is_same(own: &Line, other: &Line) -> bool {
    let either = own.is_tombstone() || other.is_tombstone();
    own.hash == other.hash && (!either || own.tombstone() == other.tombstone())
}

/// Joined, no event comes after itself: only a forged tombstone in one of the copies can do that.
fn no_circle(header: &Header, (own, other): (&[Located], &[Located])) -> Result<(), CopyFault> {
    match Graph::of(header.digest, own.iter().chain(other).map(|found| &found.line)).tangled() {
        0 => Ok(()),
        tangled => {
            Err(CopyFault::There(format!("{}, in both copies together", come_after_themselves(tangled))))
        }
    }
}

/// Joined, no parent is missing that was not missing here before, unless the record itself tells of it.
fn no_new_gap(header: &Header, (own, other): (&[Located], &[Located])) -> Result<(), CopyFault> {
    let graph = |lines: &mut dyn Iterator<Item = &Located>| {
        let mut graph = Graph::new(header.digest);
        lines.for_each(|found| graph.insert(&found.line));
        graph.missing()
    };
    let joined = || own.iter().chain(other);
    let before: HashSet<Hash> = graph(&mut own.iter()).into_iter().map(|missing| missing.parent).collect();
    let mut new = graph(&mut joined());
    new.retain(|missing| !before.contains(&missing.parent));
    if new.is_empty() {
        return Ok(());
    }
    let upkeep = fold(header.digest, joined().map(|found| &found.line)).upkeep;
    let told = |parent: &Hash| upkeep.explained.contains_key(parent) || upkeep.accepted.contains_key(parent);
    match new.into_iter().find(|missing| !told(&missing.parent)) {
        None => Ok(()),
        Some(Missing { child, parent }) => {
            Err(CopyFault::There(format!("event {child} names a parent that is in neither copy: {parent}")))
        }
    }
}

/// How many events a copy has.
pub fn count(file: &[u8]) -> usize {
    scan_file(file).map_or(0, |(_, scanner, _)| scanner.events())
}

/// A good line as it stands in its file, without its end; a tombstone in place of what was redacted.
fn text_of(file: &[u8], found: &Located) -> Option<String> {
    if found.line.is_tombstone()
        && let Ok(text) = found.line.tombstone()
    {
        return Some(text);
    }
    let start = usize::try_from(found.offset).ok()?;
    let end = start.checked_add(usize::try_from(found.len).ok()?)?;
    let text = std::str::from_utf8(file.get(start..end)?).ok()?;
    Some(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests;
