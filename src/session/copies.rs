//! Two copies of one record, compared: what each lacks. Joining them loses nothing and asks nobody: it is a union of lines.
//!
//! A line goes over as it stands, byte for byte, so lines of newer programs survive too. Not here: where the copies come from and
//! how what is missing gets into the file (`runtime/git_sync`, `runtime/store`).

use std::collections::{HashMap, HashSet};

use super::hash::Hash;
use super::header::HeaderFault;
use super::scan::{Located, scan_file};
use super::ulid::EventId;
use super::verify::{Anchor, Outcome, Witness, verify};

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

/// Compares the bytes of this copy with those of another one, which must be whole.
///
/// # Errors
/// They cannot be joined without damage. Nothing of an other copy that is not whole is taken over.
pub fn compare(here: &[u8], there: &[u8]) -> Result<Difference, CopyFault> {
    let judged = verify(there, &Witness::default(), Anchor::Optional);
    match judged.outcome {
        Outcome::Verified | Outcome::Unanchored => {}
        Outcome::Damaged | Outcome::CouldNotCheck => {
            return Err(CopyFault::There(judged.problems.join("; ")));
        }
    }
    let (own_header, _, own) = scan_file(here).map_err(CopyFault::Here)?;
    let (header, _, other) = scan_file(there).map_err(|fault| CopyFault::There(fault.to_string()))?;
    if header.digest != own_header.digest {
        return Err(CopyFault::AnotherRelease);
    }
    let keys: HashMap<EventId, Hash> =
        own.lines.iter().map(|found| (found.line.id, found.line.hash)).collect();
    let theirs: HashSet<Hash> = other.lines.iter().map(|found| found.line.hash).collect();
    let mut to_take = Vec::new();
    for found in &other.lines {
        match keys.get(&found.line.id) {
            Some(hash) if *hash == found.line.hash => {}
            Some(_) => return Err(CopyFault::KeyTwice(found.line.id)),
            None => to_take.extend(text_of(there, found)),
        }
    }
    let to_send = own.lines.iter().filter(|found| !theirs.contains(&found.line.hash)).count();
    let together = own.lines.len() + to_take.len();
    Ok(Difference { to_take, to_send, together })
}

/// How many events a copy has.
pub fn count(file: &[u8]) -> usize {
    scan_file(file).map_or(0, |(_, scanner, _)| scanner.events())
}

/// A good line as it stands in its file, without its end.
fn text_of(file: &[u8], found: &Located) -> Option<String> {
    let start = usize::try_from(found.offset).ok()?;
    let end = start.checked_add(usize::try_from(found.len).ok()?)?;
    let text = std::str::from_utf8(file.get(start..end)?).ok()?;
    Some(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests;
