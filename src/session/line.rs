//! One event on one line: the exact bytes, and the hash at its end that proves them.
//!
//! A line ends with 75 bytes, `, h = "` + 64 hex + `" }` + LF; the hash covers every byte before them, and the cut is made
//! from the end. Our own spelling is read in `line/plain.rs`. Not here: what the kinds mean (`event.rs`), many lines (`scan.rs`), their order (`graph.rs`).

pub mod plain;

use chrono::{DateTime, SecondsFormat, Utc};
use thiserror::Error;

use super::escape::write_basic;
use super::hash::{HASH_LEN, Hash};
use super::reader::{ReadFault, write_inline};
use super::ulid::EventId;
use super::value::{Table, Value, ValueFault};

/// Length of what follows the hashed bytes, LF included.
pub const TAIL_LEN: usize = 75;
/// Longest line written: one write of it is one look at a terminal's `less`, and 64 of them fill a buffer.
pub const LINE_WRITTEN_MAX: usize = 64 * 1024;
/// Longest line read: room for a later, more generous writer.
pub const LINE_READ_MAX: usize = 1024 * 1024;
/// Most parents of one line: more heads than anyone merges at once.
pub const PARENTS_MAX: usize = 64;
/// Longest `kind`.
pub const KIND_MAX: usize = 48;
const TAIL_START: &str = ", h = \"";
const TAIL_END: &str = "\" }";

/// What is to be written, before it has a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its name.
    pub id: EventId,
    /// When the input was stamped, UTC, milliseconds count.
    pub at: DateTime<Utc>,
    /// Who, a claim.
    pub by: String,
    /// Where: host/pid.
    pub on: String,
    /// Dotted, past tense.
    pub kind: String,
    /// Version of the kind's data, from 1.
    pub v: u32,
    /// Hashes of all heads; sorted when written.
    pub up: Vec<Hash>,
    /// Must a reader that does not know the kind refuse to judge?
    pub crit: bool,
    /// What happened.
    pub data: Table,
}

/// A good line, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub id: EventId,
    /// When, a claim.
    pub at: DateTime<Utc>,
    /// Who, a claim.
    pub by: String,
    /// Where: host/pid.
    pub on: String,
    /// Dotted, past tense.
    pub kind: String,
    /// Version of the kind's data.
    pub v: u32,
    /// Parent hashes.
    pub up: Vec<Hash>,
    /// Must a reader that does not know the kind refuse to judge?
    pub crit: bool,
    /// What happened.
    pub data: Table,
    /// The hash at its end.
    pub hash: Hash,
}

/// A line as it goes to the disk, LF included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The bytes.
    pub text: String,
    /// The hash in them.
    pub hash: Hash,
}

/// A draft that may not be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DraftFault {
    /// The data breaks a limit.
    #[error("the event cannot be written: {0}")]
    Value(#[from] ValueFault),
    /// The whole line is too long.
    #[error("the event cannot be written: its line has {0} bytes, at most {LINE_WRITTEN_MAX} are allowed")]
    TooLong(usize),
    /// `kind` is not dotted lower case.
    #[error("the event cannot be written: kind {0:?} is not 1-{KIND_MAX} of a-z . _")]
    Kind(String),
    /// No parent, or too many.
    #[error("the event cannot be written: {0} parents, 1-{PARENTS_MAX} are allowed")]
    Parents(usize),
    /// Version 0, or a year outside 0-9999.
    #[error("the event cannot be written: {0}")]
    Field(&'static str),
}

/// Why a line is not good.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LineFault {
    /// The hash does not fit, but it parses: somebody edited it.
    #[error("edited: it reads as an event, but its hash does not fit")]
    Edited,
    /// No `, h = "…" }` at its end, and it is no TOML: torn or junk.
    #[error("torn or junk: it does not end with a hash")]
    NoTail,
    /// Parses as TOML, but is no event: a table or a value put there by hand.
    #[error("foreign: it is TOML, but no event")]
    Foreign,
    /// Not TOML.
    #[error("not TOML: {0}")]
    NotToml(String),
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Too long to be read.
    #[error("longer than {LINE_READ_MAX} bytes")]
    TooLong,
    /// The hash fits, but a part is missing or of the wrong kind.
    #[error("no event: {0}")]
    Shape(String),
}

impl LineFault {
    /// Could a write that was cut short have left this? If not, a person did.
    pub fn can_be_torn(&self) -> bool {
        match self {
            Self::NoTail | Self::NotToml(_) | Self::NotUtf8 | Self::TooLong => true,
            Self::Edited | Self::Foreign | Self::Shape(_) => false,
        }
    }
}

/// A time as it stands in the file: UTC, milliseconds, 24 characters.
pub fn write_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The opposite of [`write_time`]; nothing for any other spelling.
pub fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    if text.len() != 24 || !text.ends_with('Z') {
        return None;
    }
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}

/// Spells a line.
///
/// # Errors
/// A limit is broken; nothing of a line is ever shortened silently.
pub fn write_line(draft: &Draft) -> Result<Written, DraftFault> {
    draft.check()?;
    let mut text = String::with_capacity(512);
    text.push_str(&draft.id.to_string());
    for (start, value) in [
        (" = { at = ", &write_time(draft.at)),
        (", by = ", &draft.by),
        (", on = ", &draft.on),
        (", kind = ", &draft.kind),
    ] {
        text.push_str(start);
        write_basic(&mut text, value);
    }
    text.extend([", v = ", &draft.v.to_string(), ", up = ["]);
    let mut up = draft.up.clone();
    up.sort_unstable();
    for (place, parent) in up.iter().enumerate() {
        text.push_str(if place == 0 { "\"" } else { ", \"" });
        text.push_str(&parent.to_string());
        text.push('"');
    }
    text.push_str(if draft.crit { "], crit = true, data = " } else { "], data = " });
    write_inline(&mut text, &draft.data);
    let hash = Hash::of(text.as_bytes());
    text.extend([TAIL_START, &hash.to_string(), TAIL_END, "\n"]);
    if text.len() > LINE_WRITTEN_MAX {
        return Err(DraftFault::TooLong(text.len()));
    }
    Ok(Written { text, hash })
}

impl Draft {
    /// Does it keep the limits that do not need the whole line?
    ///
    /// # Errors
    /// The first limit that is broken.
    pub fn check(&self) -> Result<(), DraftFault> {
        let kind_fits = (1..=KIND_MAX).contains(&self.kind.len())
            && self.kind.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'.' | b'_'));
        if !kind_fits {
            return Err(DraftFault::Kind(self.kind.clone()));
        }
        if !(1..=PARENTS_MAX).contains(&self.up.len()) {
            return Err(DraftFault::Parents(self.up.len()));
        }
        if self.v == 0 {
            return Err(DraftFault::Field("v = 0; versions start at 1"));
        }
        if write_time(self.at).len() != 24 {
            return Err(DraftFault::Field("the year has not four digits"));
        }
        Table::new().with("by", self.by.as_str()).with("on", self.on.as_str()).check()?;
        Ok(self.data.check()?)
    }
}

/// Reads a line, with or without its LF. Any valid TOML spelling is taken; the bytes prove themselves.
///
/// # Errors
/// Why it is not a good line.
pub fn parse_line(text: &str) -> Result<Line, LineFault> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    if text.len() > LINE_READ_MAX {
        return Err(LineFault::TooLong);
    }
    let Some((body, hash)) = cut_tail(text) else {
        let foreign = Table::from_toml(text).is_ok();
        return Err(if foreign { LineFault::Foreign } else { LineFault::NoTail });
    };
    let fits = Hash::of(body.as_bytes()) == hash;
    let table = match plain::read(text).map_or_else(|| Table::from_toml(text), Ok) {
        Ok(table) => table,
        Err(ReadFault::NotToml(why)) => return Err(LineFault::NotToml(why)),
        Err(ReadFault::Value(_)) if !fits => return Err(LineFault::Edited),
        Err(ReadFault::Value(fault)) => return Err(LineFault::Shape(fault.to_string())),
    };
    if !fits {
        return Err(LineFault::Edited);
    }
    shape(table, hash).map_err(LineFault::Shape)
}

/// What a line whose hash does not fit claims to be. It proves nothing: for showing only.
pub fn claimed(text: &str) -> Option<Line> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let (_, hash) = cut_tail(text)?;
    shape(Table::from_toml(text).ok()?, hash).ok()
}

/// The hashed bytes and the hash, cut from the end of a line without LF.
fn cut_tail(text: &str) -> Option<(&str, Hash)> {
    let (body, tail) = text.split_at_checked(text.len().checked_sub(TAIL_LEN - 1)?)?;
    let digits = tail.strip_prefix(TAIL_START)?.strip_suffix(TAIL_END)?;
    debug_assert_eq!(digits.len(), HASH_LEN);
    Some((body, digits.parse().ok()?))
}

fn shape(table: Table, hash: Hash) -> Result<Line, String> {
    if table.len() != 1 {
        return Err(format!("{} keys on one line", table.len()));
    }
    let (key, value) = table.into_pairs().next().ok_or("no key")?;
    let id: EventId = key.parse().map_err(|fault| format!("key {key:?}: {fault}"))?;
    let Value::Table(mut parts) = value else { return Err("its value is no table".to_owned()) };
    let mut text = |name: &str| match parts.take(name) {
        Some(Value::Text(text)) => Ok(text),
        _ => Err(format!("`{name}` is missing or no text")),
    };
    let at = parse_time(&text("at")?).ok_or("`at` is no time like 2026-10-05T12:00:00.123Z")?;
    let (by, on, kind) = (text("by")?, text("on")?, text("kind")?);
    let v = parts.integer("v").and_then(|v| u32::try_from(v).ok()).filter(|v| *v > 0);
    let up = parts.list("up").ok_or("`up` is missing or no array")?;
    if !(1..=PARENTS_MAX).contains(&up.len()) {
        return Err(format!("{} parents, 1-{PARENTS_MAX} are allowed", up.len()));
    }
    let parent = |value: &Value| value.as_text().and_then(|text| text.parse().ok());
    let up =
        up.iter().map(parent).collect::<Option<Vec<Hash>>>().ok_or("`up` holds something that is no hash")?;
    let crit = match parts.get("crit") {
        None => false,
        Some(value) => value.as_boolean().ok_or("`crit` is neither true nor false")?,
    };
    let Some(Value::Table(data)) = parts.take("data") else {
        return Err("`data` is missing or no table".to_owned());
    };
    data.check().map_err(|fault| format!("`data`: {fault}"))?;
    Ok(Line { id, at, by, on, kind, v: v.ok_or("`v` is missing or no version")?, up, crit, data, hash })
}

#[cfg(test)]
mod tests;
