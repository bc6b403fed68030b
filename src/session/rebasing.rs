//! From one normalised checklist to the next: what an event keeps of the difference, and how the text comes back from it.
//!
//! The difference is one of lines: what is not in it is byte for byte what the header embeds, and the digest of the result
//! stands in the event. Not here: which item is which (`checklist/rebase.rs`), what becomes of ticks (`rebased.rs`).

use std::collections::{BTreeMap, HashMap};

use thiserror::Error;

use super::decode::data_of;
use super::event::{ChangedLines, ChecklistRebased, Event};
use super::hash::Hash;
use super::header::{HEADER_MAX, embedded_text, write_checklist};
use super::line::{Draft, DraftFault, LINE_WRITTEN_MAX, PARENTS_MAX, write_line};
use super::state::Session;
use super::ulid::EventId;
use super::value::{LIST_MAX, TEXT_MAX, Table};
use crate::checklist::id::ItemId;
use crate::checklist::index::ItemAt;
use crate::checklist::item::{EvidenceKind, ItemKind};
use crate::checklist::model::Checklist;
use crate::checklist::rebase::{Compared, Fate, Pair, common_run, compared};
use crate::checklist::write::{from_table, to_table};

/// The longest words of an item that an event keeps, in characters: to be recognised, not to be read again.
const WORDS_MAX: usize = 160;

/// A normalised checklist: what a session goes by.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalised {
    /// Its text, as a header embeds it.
    pub text: String,
    /// The digest of that.
    pub digest: Hash,
    /// The checklist.
    pub checklist: Checklist,
}

/// Why a checklist cannot be taken over, or a recorded one not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RebaseFault {
    /// It has no spelling, or its text is no checklist.
    #[error("the checklist cannot be read: {0}")]
    Unreadable(String),
    /// What differs does not fit into a line.
    #[error(
        "too much differs for one line of the record ({0} bytes, {LINE_WRITTEN_MAX} fit): this release goes on with the checklist it has; for the changed one start another: gonogo new"
    )]
    TooMuch(usize),
    /// The whole would be longer than a header may be.
    #[error("the checklist would have {0} bytes, at most {HEADER_MAX} are allowed: make it smaller")]
    TooLong(usize),
    /// The recorded difference does not lead to the checklist it names.
    #[error("a recorded change of the checklist does not fit what it starts from")]
    Unfitting,
}

impl Normalised {
    /// Of a checklist that was just read.
    ///
    /// # Errors
    /// It has no spelling.
    pub fn of(checklist: &Checklist) -> Result<Self, RebaseFault> {
        let table = to_table(checklist).map_err(|why| RebaseFault::Unreadable(why.to_string()))?;
        let table = Table::try_from(&table).map_err(|why| RebaseFault::Unreadable(why.to_string()))?;
        Self::of_text(embedded_text(&write_checklist(&table)))
    }

    /// Of a text as it is embedded.
    ///
    /// # Errors
    /// It is no checklist.
    pub fn of_text(text: String) -> Result<Self, RebaseFault> {
        let table = Table::from_toml(&text).map_err(|why| RebaseFault::Unreadable(why.to_string()))?;
        let table = table.table("checklist").ok_or_else(|| RebaseFault::Unreadable("no table".to_owned()))?;
        let checklist =
            from_table(toml::Table::from(table)).map_err(|why| RebaseFault::Unreadable(why.to_string()))?;
        Ok(Self { digest: Hash::of(text.as_bytes()), text, checklist })
    }

    /// The checklist of a version of the session ([`Session::checklist_version`]), from the text its header embeds.
    ///
    /// # Errors
    /// A recorded change does not fit.
    pub fn at(header_text: &str, session: &Session, version: Option<usize>) -> Result<Self, RebaseFault> {
        let mut changes = Vec::new();
        let mut at = version;
        while let Some(number) = at {
            changes.extend(session.rebases.get(number));
            at = session.base_of(number);
        }
        let mut text = header_text.to_owned();
        for record in changes.into_iter().rev() {
            let rebased = &record.rebased;
            let from = Hash::of(text.as_bytes()).tagged();
            text = changed(&text, &rebased.changes)
                .filter(|_| from == rebased.from)
                .ok_or(RebaseFault::Unfitting)?;
            if Hash::of(text.as_bytes()).tagged() != rebased.to {
                return Err(RebaseFault::Unfitting);
            }
        }
        Self::of_text(text)
    }

    /// The checklist that counts now; where its change cannot be read, the last before it that can, with what is wrong.
    ///
    /// # Errors
    /// Not even that of the header can be read.
    pub fn now(header_text: &str, session: &Session) -> Result<(Self, Option<RebaseFault>), RebaseFault> {
        let mut version = session.checklist_version();
        let mut wrong = None;
        loop {
            match (Self::at(header_text, session, version), version) {
                (Ok(found), _) => return Ok((found, wrong)),
                (Err(fault), None) => return Err(fault),
                (Err(fault), Some(number)) => {
                    wrong.get_or_insert(fault);
                    version = session.base_of(number);
                }
            }
        }
    }
}

/// What is to be recorded where a session goes on with another checklist, and how its items compare.
///
/// # Errors
/// It does not fit into a line of the record, or into a header.
pub fn rebased(
    old: &Normalised,
    new: &Normalised,
    source_digest: Hash,
) -> Result<(ChecklistRebased, Compared), RebaseFault> {
    if new.text.len() > HEADER_MAX {
        return Err(RebaseFault::TooLong(new.text.len()));
    }
    let compared = compared(&old.checklist, &new.checklist);
    let asked = Asked::of(old, new);
    let count = |fate| i64::try_from(compared.with(fate).count()).unwrap_or(i64::MAX);
    let rebased = ChecklistRebased {
        from: old.digest.tagged(),
        to: new.digest.tagged(),
        source_digest: source_digest.tagged(),
        changes: changes(&old.text, &new.text),
        renamed: compared.renamed(),
        reworded: compared
            .pairs
            .iter()
            .filter(|pair| asked.is_otherwise(pair))
            .map(|pair| (pair.new.id.clone(), words(&pair.old.title)))
            .collect(),
        remeasured: compared
            .pairs
            .iter()
            .filter(|pair| asked.is_measured_otherwise(pair))
            .map(|pair| pair.new.id.clone())
            .collect(),
        gone: compared.gone.iter().map(|named| (named.id.clone(), words(&named.title))).collect(),
        kept: count(Fate::Kept),
        moved: count(Fate::Moved),
        added: i64::try_from(compared.new.len()).unwrap_or(i64::MAX),
    };
    fits(&rebased)?;
    Ok((rebased, compared))
}

fn words(title: &str) -> String {
    title.chars().take(WORDS_MAX).collect()
}

/// Items of both checklists by id, with where they stand.
struct Asked<'a> {
    old: (&'a Checklist, HashMap<&'a ItemId, ItemAt<'a>>),
    new: (&'a Checklist, HashMap<&'a ItemId, ItemAt<'a>>),
}

impl<'a> Asked<'a> {
    fn of(old: &'a Normalised, new: &'a Normalised) -> Self {
        let by_id = |checklist: &'a Checklist| {
            checklist.all_items().into_iter().map(|at| (&at.item.id, at)).collect::<HashMap<_, _>>()
        };
        Self { old: (&old.checklist, by_id(&old.checklist)), new: (&new.checklist, by_id(&new.checklist)) }
    }

    fn both(&self, pair: &Pair) -> Option<(&ItemAt<'a>, &ItemAt<'a>)> {
        Some((self.old.1.get(&pair.old.id)?, self.new.1.get(&pair.new.id)?))
    }

    /// Would a tick for the one say nothing of the other? Other words, another place, other proof, another kind.
    fn is_otherwise(&self, pair: &Pair) -> bool {
        let Some((old, new)) = self.both(pair) else { return false };
        let evidence = new.item.evidence_kind();
        pair.fate == Fate::Reworded
            || old.environment != new.environment
            || (evidence != EvidenceKind::None && evidence != old.item.evidence_kind())
            || is_ticked(old) != is_ticked(new)
    }

    /// Would a result of the one say nothing of the other?
    fn is_measured_otherwise(&self, pair: &Pair) -> bool {
        let Some((old, new)) = self.both(pair) else { return false };
        let place = |checklist: &Checklist, at: &ItemAt<'_>| checklist.environment(at.environment).cloned();
        (old.item.check.is_some() || new.item.check.is_some())
            && (old.item.check != new.item.check
                || old.item.eventually != new.item.eventually
                || old.environment != new.environment
                || place(self.old.0, old) != place(self.new.0, new)
                || self.old.0.variables != self.new.0.variables)
    }
}

/// Does a person tick it?
fn is_ticked(at: &ItemAt<'_>) -> bool {
    matches!(at.item.kind(), ItemKind::Manual | ItemKind::Window(_))
}

/// Would its line be written, with as many parents as there can be?
fn fits(rebased: &ChecklistRebased) -> Result<(), RebaseFault> {
    let event = Event::ChecklistRebased(rebased.clone());
    let data = data_of(&event).map_err(|_fault| RebaseFault::TooMuch(size(rebased)))?;
    // Names are short; these are as long as any.
    let draft = Draft {
        id: EventId::from_parts(0, 0),
        at: chrono::DateTime::UNIX_EPOCH,
        by: "x".repeat(512),
        on: "x".repeat(256),
        kind: event.kind().to_owned(),
        v: event.version(),
        up: vec![Hash::of(b""); PARENTS_MAX],
        crit: true,
        data,
    };
    match write_line(&draft) {
        Ok(_written) => Ok(()),
        Err(DraftFault::TooLong(bytes)) => Err(RebaseFault::TooMuch(bytes)),
        Err(_other) => Err(RebaseFault::TooMuch(size(rebased))),
    }
}

fn size(rebased: &ChecklistRebased) -> usize {
    rebased.changes.iter().map(|stretch| stretch.new.len()).sum()
}

/// The stretches of lines in which two texts differ.
fn changes(old: &str, new: &str) -> Vec<ChangedLines> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let (before, after) = (lines(old), lines(new));
    let mut all: Vec<Vec<u32>> = Vec::new();
    for list in [&before, &after] {
        let mut found = Vec::with_capacity(list.len());
        for line in list {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            found.push(*numbers.entry(line).or_insert(next));
        }
        all.push(found);
    }
    let [old_tokens, new_tokens] = all.as_slice() else { return Vec::new() };
    let mut stretches: Vec<(usize, usize, usize, usize)> = Vec::new();
    let (mut from, mut from_new) = (0, 0);
    let ends = std::iter::once((before.len(), after.len()));
    for (at, at_new) in common_run(old_tokens, new_tokens).into_iter().chain(ends) {
        if at > from || at_new > from_new {
            stretches.push((from, at, from_new, at_new));
        }
        (from, from_new) = (at + 1, at_new + 1);
    }
    joined(stretches).into_iter().flat_map(|stretch| cut(stretch, &after)).collect()
}

/// No more stretches than a list may have: the nearest are joined, with what stands between them.
fn joined(mut stretches: Vec<(usize, usize, usize, usize)>) -> Vec<(usize, usize, usize, usize)> {
    let mut apart = 1;
    while stretches.len() > LIST_MAX / 2 {
        let mut fewer: Vec<(usize, usize, usize, usize)> = Vec::new();
        for (start, end, start_new, end_new) in stretches {
            match fewer.last_mut() {
                Some(last) if start - last.1 <= apart => {
                    last.1 = end;
                    last.3 = end_new;
                }
                _ => fewer.push((start, end, start_new, end_new)),
            }
        }
        stretches = fewer;
        apart *= 2;
    }
    stretches
}

/// A stretch in pieces that each fit into a string of an event.
fn cut((start, end, start_new, end_new): (usize, usize, usize, usize), after: &[&str]) -> Vec<ChangedLines> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut pieces = vec![ChangedLines { at: number(start), gone: number(end - start), new: String::new() }];
    for line in after.get(start_new..end_new).unwrap_or_default() {
        match pieces.last_mut() {
            Some(piece) if piece.new.len() + line.len() <= TEXT_MAX => piece.new.push_str(line),
            _ => pieces.push(ChangedLines { at: number(end), gone: 0, new: (*line).to_owned() }),
        }
    }
    pieces
}

/// The text with these stretches changed; none: they do not fit it.
fn changed(text: &str, changes: &[ChangedLines]) -> Option<String> {
    let lines = lines(text);
    let mut new = String::with_capacity(text.len());
    let mut from = 0;
    for stretch in changes {
        let at = usize::try_from(stretch.at).ok()?;
        let end = at.checked_add(usize::try_from(stretch.gone).ok()?)?;
        new.extend(lines.get(from..at)?.iter().copied());
        lines.get(at..end)?;
        new.push_str(&stretch.new);
        if new.len() > HEADER_MAX {
            return None;
        }
        from = end;
    }
    new.extend(lines.get(from..)?.iter().copied());
    Some(new)
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The values of the record's variables that a checklist asks for and nobody gave.
pub fn values_missing<'a>(checklist: &'a Checklist, values: &BTreeMap<String, String>) -> Vec<&'a str> {
    let asked = checklist.variables.iter().filter(|(_, variable)| variable.when_needed != Some(true));
    let names = asked.map(|(name, _)| name.as_str());
    names.filter(|name| !values.contains_key(*name)).collect()
}

#[cfg(test)]
pub(super) mod tests;
