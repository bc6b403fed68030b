//! A line whose content was taken out because a secret was in it: what stays of it, and what makes it valid.
//!
//! A tombstone keeps key, time, author, kind and parents, and ends with the hash of the line it stands for, so that children still
//! name a line that is there. Its own bytes fit that hash no more: only a `log.redacted` event that names them makes it whole.
//! It is spelled one way, and the reason stands in that event alone: two people who redact one event write the same line. A full
//! line that such an event names counts as its tombstone for every reader. Not here: taking content out (`redact.rs`).

use std::collections::{HashMap, HashSet};

use super::event::{Event, UpkeepEvent};
use super::hash::Hash;
use super::line::{Draft, DraftFault, Line, TAIL_LEN, claimed, parse_line, write_line};
use super::ulid::EventId;
use super::value::Table;

/// The kind of the event that makes a tombstone valid; nothing of that kind is ever redacted, or nothing could be proved.
pub const REDACTED_KIND: &str = "log.redacted";
const MARK: &str = "redacted";

/// What stands where the content was.
fn blank() -> Table {
    Table::new().with(MARK, true)
}

impl Line {
    /// Was its content taken out?
    pub fn is_tombstone(&self) -> bool {
        self.data.len() == 1 && self.data.boolean(MARK) == Some(true)
    }
    /// The line that stands for it once its content is taken out, without LF.
    ///
    /// # Errors
    /// What stays cannot be spelled: a newer program wrote a kind or an author no line of this one may have.
    pub fn tombstone(&self) -> Result<String, DraftFault> {
        let Self { id, at, by, on, kind, v, up, crit, .. } = self.clone();
        let mut text = write_line(&Draft { id, at, by, on, kind, v, up, crit, data: blank() })?.text;
        text.truncate(text.len().saturating_sub(TAIL_LEN));
        text.extend([", h = \"", &self.hash.to_string(), "\" }"]);
        Ok(text)
    }
}

/// A line from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken<'a> {
    /// As it stood there.
    pub from: &'a str,
    /// As it may be written here, without LF.
    pub text: String,
    /// What it says here.
    pub line: Line,
}

/// What `log.redacted` events name: of the line with this hash and this key the digests of tombstones. One may be named by any
/// number of events, so nothing here is looked for one by one.
#[derive(Clone, Debug, Default)]
pub struct Redactions(HashMap<Hash, HashMap<EventId, HashSet<Hash>>>);

impl Redactions {
    /// Takes note if a good line is such an event; says which line it is about, if that is new.
    pub fn learn(&mut self, line: &Line) -> Option<Hash> {
        if line.kind != REDACTED_KIND {
            return None;
        }
        let Ok(Some(Event::Upkeep(UpkeepEvent::LogRedacted(said)))) =
            Event::from_data(&line.kind, line.v, (&line.data).into())
        else {
            return None;
        };
        let (event, hash) = (said.event.parse().ok()?, said.hash.parse().ok()?);
        let tombstone = said.tombstone.parse().ok()?;
        self.0.entry(hash).or_default().entry(event).or_default().insert(tombstone).then_some(hash)
    }
    /// Was the content of this line taken out by somebody, though it may still stand here?
    pub fn cover(&self, line: &Line) -> bool {
        line.kind != REDACTED_KIND
            && self.0.get(&line.hash).is_some_and(|graves| graves.contains_key(&line.id))
    }
    /// The line as every reader takes it: without the content somebody took out.
    pub fn blanked(&self, line: Line) -> Line {
        if self.cover(&line) { Line { data: blank(), ..line } } else { line }
    }
    /// The tombstone that these bytes of a line whose hash does not fit are, if an event names them.
    pub fn accept(&self, text: &str) -> Option<Line> {
        if self.0.is_empty() {
            return None;
        }
        let line = claimed(text)?;
        let said = Hash::of(text.as_bytes());
        let named = self.0.get(&line.hash)?.get(&line.id)?.contains(&said);
        let whole = line.kind != REDACTED_KIND && line.tombstone().is_ok_and(|spelled| spelled == text);
        (named && whole).then_some(line)
    }
    /// Lines from elsewhere, without line ends, as they may be written here: good ones as they are, tombstones, and tombstones in
    /// place of lines whose content was taken out here or there; one whose tombstone cannot be spelled stays as it is. What
    /// proves nothing is left out.
    pub fn to_take<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Vec<Taken<'a>> {
        let mut known = self.clone();
        let read: Vec<(&str, Option<Line>)> =
            texts.into_iter().map(|text| (text, parse_line(text).ok())).collect();
        for line in read.iter().filter_map(|(_, line)| line.as_ref()) {
            known.learn(line);
        }
        let taken = |(from, line): (&'a str, Option<Line>)| match line {
            None => known.accept(from).map(|line| Taken { from, text: from.to_owned(), line }),
            Some(line) if known.cover(&line) => {
                let text = line.tombstone().unwrap_or_else(|_unspellable| from.to_owned());
                Some(Taken { from, text, line: known.blanked(line) })
            }
            Some(line) => Some(Taken { from, text: from.to_owned(), line }),
        };
        read.into_iter().filter_map(taken).collect()
    }
}

#[cfg(test)]
mod tests;
