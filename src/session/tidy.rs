//! What git, editors and mail leave in a record, taken out again: doubles, conflict markers, CRLF. Bytes in, bytes out.
//!
//! Lines prove themselves by their hash, so this changes no event: it drops what stands there twice and strips what is no part of
//! a line. Damage stays where it is, byte for byte. A record without damage is valid TOML afterwards. Not here: writing the
//! result under the lock, telling a person (`runtime/store`, `cli/repair.rs`).

use std::collections::{HashMap, HashSet};

use super::header::HeaderFault;
use super::line::parse_line;
use super::scan::{Cause, Located, scan_file};
use super::ulid::EventId;

/// How much is tidied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tidying {
    /// Only equal lines that stand there twice. Never by itself: where two people drop different copies of one line, git's union
    /// merge of the two drops both (measured: 1 of 500 random histories; none where doubles stay). They count once anyway.
    Doubles,
    /// Only content that was redacted and still stands here: its tombstone takes its place.
    Content,
    /// Also conflict markers and CRLF, those of the header too: when a person or a merge asks for it.
    Everything,
}

/// A tidied record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Lines dropped because they stood there before; the first stays.
    pub doubles: usize,
    /// Conflict markers dropped.
    pub markers: usize,
    /// Lines that ended in CRLF.
    pub carriage_returns: usize,
    /// Lines that held what was redacted.
    pub contents: usize,
}

impl Tidied {
    /// Is anything different from what came in?
    pub fn changed(&self) -> bool {
        self.doubles + self.markers + self.carriage_returns + self.contents > 0
    }
}

/// What to do with one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Answer {
    /// It stays as it is: a good line, or damage.
    #[default]
    Stays,
    /// Its line end may be mended: the line proves itself, or is blank or a comment.
    Mends,
    /// It stands there already.
    Double,
    /// A merge left it.
    Marker,
    /// Its content was redacted.
    Content,
}

/// Tidies the bytes of a record. What follows the last good line and is no part of a record stays too: a torn tail is put
/// aside by whoever appends.
///
/// # Errors
/// Its header cannot be read.
pub fn tidy(file: &[u8], tidying: Tidying) -> Result<Tidied, HeaderFault> {
    let (header, scanner, batch) = scan_file(file)?;
    let mut answers: HashMap<u64, Answer> = HashMap::new();
    for finding in scanner.findings() {
        let answer = match finding.cause {
            Cause::Double => Answer::Double,
            Cause::Content => Answer::Content,
            Cause::ConflictMarker => Answer::Marker,
            Cause::Blank | Cause::Comment | Cause::CarriageReturn => Answer::Mends,
            Cause::KeyTwice(_) | Cause::Bad(_) => Answer::Stays,
        };
        // A line with two findings ends in CRLF and is a double as well: that it is a double decides, and comes last.
        answers.insert(finding.offset, answer);
    }
    let has_content = |found: &&Located| answers.get(&found.offset) == Some(&Answer::Content);
    // Where a tombstone stands already, one is enough.
    let mut buried: HashSet<EventId> = batch
        .lines
        .iter()
        .filter(|found| found.line.is_tombstone() && !has_content(found))
        .map(|found| found.line.id)
        .collect();
    let mut out = Tidied { bytes: Vec::with_capacity(file.len()), ..Tidied::default() };
    let mut offset = 0;
    for (number, line) in file.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let in_header = u64::try_from(number).is_ok_and(|number| number < header.lines);
        let answer =
            if in_header { Answer::Mends } else { answers.get(&offset).copied().unwrap_or_default() };
        offset += u64::try_from(line.len()).unwrap_or(u64::MAX);
        match (tidying, answer) {
            (Tidying::Content | Tidying::Everything, Answer::Content) => {
                let Some((id, spelled)) = tombstone_for(line) else {
                    out.bytes.extend(line);
                    continue;
                };
                out.contents += 1;
                if buried.insert(id) {
                    out.bytes.extend(spelled.as_bytes());
                    out.bytes.push(b'\n');
                }
            }
            (Tidying::Doubles | Tidying::Everything, Answer::Double) => out.doubles += 1,
            (Tidying::Everything, Answer::Marker) => out.markers += 1,
            (Tidying::Everything, Answer::Mends) if line.ends_with(b"\r\n") => {
                out.carriage_returns += 1;
                out.bytes.extend(line.strip_suffix(b"\r\n").unwrap_or(line));
                out.bytes.push(b'\n');
            }
            (Tidying::Doubles | Tidying::Content | Tidying::Everything, _) => out.bytes.extend(line),
        }
    }
    Ok(out)
}

/// What stands for a good line, however that is spelled; nothing where it cannot be said: then the line stays.
fn tombstone_for(line: &[u8]) -> Option<(EventId, String)> {
    let line = parse_line(std::str::from_utf8(line).ok()?.trim_end_matches(['\r', '\n'])).ok()?;
    Some((line.id, line.tombstone().ok()?))
}

#[cfg(test)]
mod tests;
