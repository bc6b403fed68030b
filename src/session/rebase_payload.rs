//! What an event about a changed checklist carries: the lines that differ, and what became of the items.
//!
//! Digests are `sha256:` and 64 hex digits. Not here: how it is made and read back (`rebasing.rs`), what becomes of ticks
//! (`rebased.rs`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checklist::id::ItemId;

/// The release goes on with a changed checklist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChecklistRebased {
    /// The digest of the normalised checklist it starts from, as the header spells one.
    pub from: String,
    /// The digest of the one it leads to.
    pub to: String,
    /// The digest of the file it was read from.
    pub source_digest: String,
    /// What differs of the normalised checklist, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangedLines>,
    /// Old ids to new ones, of items that go on under another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed: BTreeMap<ItemId, ItemId>,
    /// Items, by their new ids, whose earlier marks count no longer, with the words those were made for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reworded: BTreeMap<ItemId, String>,
    /// Items, by their new ids, whose check is another one: earlier results say nothing of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remeasured: Vec<ItemId>,
    /// Items that are gone, with their words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gone: BTreeMap<ItemId, String>,
    /// How many items are as they were.
    pub kept: i64,
    /// How many stand elsewhere.
    pub moved: i64,
    /// How many are new.
    pub added: i64,
}

/// So many reworded and gone items are named; more are counted.
const NAMED_MAX: usize = 3;

impl ChecklistRebased {
    /// What happened, as a sentence without who and when. It may hold text from outside.
    pub fn told(&self) -> String {
        let mut parts = vec![format!("{} kept", self.kept)];
        let counts = [(self.moved, "moved"), (self.added, "new")];
        parts.extend(
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")),
        );
        parts.extend(named("changed, to be ticked again", self.reworded.values()));
        parts.extend(named("gone", self.gone.values()));
        format!("took the changed checklist over: {}", parts.join(", "))
    }
}

fn named<'a>(word: &str, titles: impl ExactSizeIterator<Item = &'a String>) -> Option<String> {
    let count = titles.len();
    let some: Vec<String> = titles.take(NAMED_MAX).map(|title| format!("\"{title}\"")).collect();
    let more = if count > NAMED_MAX { ", …" } else { "" };
    (count > 0).then(|| format!("{count} {word} ({}{more})", some.join(", ")))
}

/// A stretch of lines in the place of another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangedLines {
    /// How many lines of the old text stand before it.
    pub at: i64,
    /// How many lines of the old text it replaces.
    pub gone: i64,
    /// The new lines, each with its LF.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub new: String,
}
