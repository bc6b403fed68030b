//! The head of a session file: the `[release]` facts and the embedded checklist, written once and never touched.
//!
//! Its digest is SHA-256 from byte 0 through the newline of the first line that is exactly `[events]`; the first event
//! names it as its parent, so events cannot be moved to another release. Not here: lines (`line.rs`), the disk.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::hash::Hash;
use super::line::{parse_time, write_time};
use super::reader::{ReadFault, write_pair, write_toml_document};
use super::ulid::Ulid;
use super::value::{Table, Value};

/// The format this program writes. A higher one is refused.
pub const FORMAT: i64 = 1;
/// Features this program knows. Others open read-only.
pub const FEATURES: &[&str] = &[];
/// Longest header: checklists are kilobytes; more is a mistake or an attack.
pub const HEADER_MAX: usize = 1024 * 1024;
const FIRST_LINE: &str =
    "# gonogo session. Append-only, one event per line. Check it: gonogo verify <this file>\n";
const CHECKLIST_LINE: &str = "[checklist]\n";
const EVENTS_LINE: &str = "[events]\n";

/// The facts of a release that never change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name for ever.
    pub id: Ulid,
    /// What is released.
    pub product: String,
    /// The version as started; later values come from events.
    pub version: String,
    /// When it was started.
    pub created: DateTime<Utc>,
    /// Name and version of the program that wrote it.
    pub program: String,
    /// The file the checklist was read from, relative.
    pub source: Option<String>,
    /// The digest of that file's bytes.
    pub source_digest: Option<Hash>,
    /// The session this one goes on from, if a changed checklist was too big for an event.
    pub continues: Option<Ulid>,
}

/// A header, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The facts.
    pub release: Release,
    /// What the header says about the checklist's bytes.
    pub checklist_digest: Hash,
    /// The bytes from the `[checklist]` line up to the `[events]` line.
    pub checklist_text: String,
    /// Features this program does not know: open read-only.
    pub unknown_features: Vec<String>,
    /// SHA-256 of everything through the `[events]` line: the first event's parent.
    pub digest: Hash,
    /// Length in the file in bytes: where the events begin.
    pub len: usize,
    /// How many lines it has.
    pub lines: u64,
}

/// Why a header cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderFault {
    /// No line that is exactly `[events]` within [`HEADER_MAX`].
    #[error("no session file: no `[events]` line in its first {HEADER_MAX} bytes")]
    NoEvents,
    /// Not UTF-8.
    #[error("no session file: its header is not UTF-8")]
    NotUtf8,
    /// Not TOML, or values TOML has and sessions have not.
    #[error("the header cannot be read: {0}")]
    Read(#[from] ReadFault),
    /// Written by a newer program.
    #[error("format {0} is newer than this program, which reads up to {FORMAT}: install a newer gonogo")]
    NewerFormat(i64),
    /// A fact is missing or of the wrong kind.
    #[error("the header cannot be read: `release.{0}` is missing or wrong")]
    Field(&'static str),
    /// Too long to be written.
    #[error("the header would have {0} bytes, at most {HEADER_MAX} are allowed: make the checklist smaller")]
    TooLong(usize),
    /// A checklist that does not start with its own line, or has an `[events]` line of its own.
    #[error("the checklist's text does not start with `[checklist]`, or has an `[events]` line of its own")]
    Checklist,
}

/// Spells a header, `[events]` line included. `checklist_toml` is [`write_toml_document`] with the prefix `checklist`.
///
/// # Errors
/// It is too long, or the checklist's text is none.
pub fn write_header(release: &Release, checklist_toml: &str) -> Result<String, HeaderFault> {
    if !checklist_toml.starts_with(CHECKLIST_LINE) || checklist_toml.lines().any(|line| line == "[events]") {
        return Err(HeaderFault::Checklist);
    }
    let checklist = embedded_text(checklist_toml);
    let facts = Table::new()
        .with("format", FORMAT)
        .with("features", Vec::<Value>::new())
        .with("id", release.id.to_string())
        .with("product", release.product.as_str())
        .with("version", release.version.as_str())
        .with("created", write_time(release.created))
        .with("program", release.program.as_str())
        .with("checklist_digest", Hash::of(checklist.as_bytes()).tagged())
        .with_some("source", release.source.as_deref())
        .with_some("source_digest", release.source_digest.map(|digest| digest.tagged()))
        .with_some("continues", release.continues.map(|id| id.to_string()));
    let mut text = format!("{FIRST_LINE}[release]\n");
    for (key, value) in facts.iter() {
        write_pair(&mut text, key, value);
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&checklist);
    text.push_str(EVENTS_LINE);
    if text.len() > HEADER_MAX { Err(HeaderFault::TooLong(text.len())) } else { Ok(text) }
}

/// A checklist's text as it stands in a header: what its digest is taken over.
pub fn embedded_text(checklist_toml: &str) -> String {
    format!("{}\n\n", checklist_toml.trim_end_matches('\n'))
}

/// The text of a checklist's table for [`write_header`].
pub fn write_checklist(checklist: &Table) -> String {
    write_toml_document("checklist", checklist)
}

impl Header {
    /// Reads the header at the start of a file; what follows it is not looked at. A file whose line ends became CRLF is
    /// read as if they had not.
    ///
    /// # Errors
    /// It is no session, or one this program cannot read.
    pub fn parse(file: &[u8]) -> Result<Self, HeaderFault> {
        let len = header_len(file).ok_or(HeaderFault::NoEvents)?;
        let bytes = file.get(..len).ok_or(HeaderFault::NoEvents)?;
        let text = std::str::from_utf8(bytes).map_err(|_why| HeaderFault::NotUtf8)?;
        let text = text.replace("\r\n", "\n");
        let table = Table::from_toml(&text)?;
        let facts = table.table("release").ok_or(HeaderFault::Field("release"))?;
        let format = facts.integer("format").ok_or(HeaderFault::Field("format"))?;
        if format > FORMAT {
            return Err(HeaderFault::NewerFormat(format));
        }
        let features = facts.texts("features").ok_or(HeaderFault::Field("features"))?;
        let start = text.find("\n[checklist]\n").map_or(text.len(), |at| at + 1);
        let end = text.len().saturating_sub(EVENTS_LINE.len());
        Ok(Self {
            release: read_release(facts)?,
            checklist_digest: facts
                .text("checklist_digest")
                .and_then(|text| Hash::from_tagged(text).ok())
                .ok_or(HeaderFault::Field("checklist_digest"))?,
            checklist_text: text.get(start..end).unwrap_or_default().to_owned(),
            unknown_features: features
                .into_iter()
                .filter(|name| !FEATURES.contains(name))
                .map(str::to_owned)
                .collect(),
            digest: Hash::of(text.as_bytes()),
            len,
            lines: u64::try_from(text.lines().count()).unwrap_or(u64::MAX),
        })
    }
    /// Are the embedded checklist's bytes those the header names?
    pub fn checklist_fits(&self) -> bool {
        Hash::of(self.checklist_text.as_bytes()) == self.checklist_digest
    }
    /// The embedded checklist, in the order it was written.
    ///
    /// # Errors
    /// Its text is no TOML.
    pub fn checklist_table(&self) -> Result<Table, HeaderFault> {
        let table = Table::from_toml(&self.checklist_text)?;
        table.table("checklist").cloned().ok_or(HeaderFault::Checklist)
    }
}

fn read_release(facts: &Table) -> Result<Release, HeaderFault> {
    let text = |name: &'static str| facts.text(name).ok_or(HeaderFault::Field(name));
    let optional = |name: &'static str| match facts.get(name) {
        None => Ok(None),
        Some(value) => value.as_text().map(Some).ok_or(HeaderFault::Field(name)),
    };
    Ok(Release {
        id: text("id")?.parse().map_err(|_why| HeaderFault::Field("id"))?,
        product: text("product")?.to_owned(),
        version: text("version")?.to_owned(),
        created: parse_time(text("created")?).ok_or(HeaderFault::Field("created"))?,
        program: text("program")?.to_owned(),
        source: optional("source")?.map(str::to_owned),
        source_digest: optional("source_digest")?
            .map(Hash::from_tagged)
            .transpose()
            .map_err(|_why| HeaderFault::Field("source_digest"))?,
        continues: optional("continues")?
            .map(str::parse)
            .transpose()
            .map_err(|_why| HeaderFault::Field("continues"))?,
    })
}

/// The bytes through the first line that is exactly `[events]`.
fn header_len(file: &[u8]) -> Option<usize> {
    let mut len = 0;
    for line in file.get(..HEADER_MAX).unwrap_or(file).split_inclusive(|byte| *byte == b'\n') {
        len += line.len();
        if line == b"[events]\n" || line == b"[events]\r\n" {
            return Some(len);
        }
    }
    None
}

#[cfg(test)]
mod tests;
