//! Rules about items: how many at one pause point, how long, what they say, what they stand for; of both kinds of file.
//!
//! Not here: boxes as they are written (`boxes.rs`), words and languages (`words.rs`).

use std::collections::HashMap;
use std::ops::Range;

use super::findings::Findings;
use super::table::{
    LONG_ITEM, NO_VERB, SAME_TEXT_TWICE, TOO_MANY_ITEMS, TWO_COMMANDS, VERIFY_WITHOUT_CHECK,
    WAIT_WITHOUT_LIMIT,
};
use super::words::{says_something, verifies_blindly, waits_forever};

/// More items than this at one pause point are skimmed: what people hold in mind at once.
const ITEMS_AT_A_PAUSE: usize = 9;
/// An item longer than this is not read under pressure, in characters.
const ITEM_CHARS: usize = 150;

/// An item as these rules see it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of one rule, answered by the reader of the file"
)]
#[derive(Clone, Debug, Default)]
pub(super) struct ItemText {
    /// Its words on one line, back-ticks kept.
    pub(super) text: String,
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// The pause point it belongs to, as a number.
    pub(super) group: usize,
    /// Its parent, as a number in the list; none at the top.
    pub(super) parent: Option<usize>,
    /// Does a person tick it?
    pub(super) by_hand: bool,
    /// Commands in its own words and blocks of its own.
    pub(super) commands: usize,
    /// Says something else how it is verified: a check, a block, a child, a note?
    pub(super) explained: bool,
    /// Is a verb said for it above: "Add to GitHub:"?
    pub(super) led: bool,
    /// Is it a line of a contact or the like, which is no item in truth?
    pub(super) no_item: bool,
}

/// A pause point: where its heading stands and what it is called.
pub(super) struct Pause {
    pub(super) span: Range<usize>,
    pub(super) title: String,
}

/// Every rule over the items of a file. `english`: the words can be judged.
pub(super) fn check(items: &[ItemText], pauses: &[Pause], english: bool, findings: &mut Findings<'_>) {
    too_many(items, pauses, findings);
    same_text(items, findings);
    for item in items {
        let span = || item.span.clone();
        if item.commands > 1 {
            let reason =
                format!("one item stands for {} commands: one tick says nothing of each", item.commands);
            findings.at_with(&TWO_COMMANDS, span(), reason, "make an item of each");
        }
        let length = item.text.chars().count();
        if length > ITEM_CHARS {
            findings.at(&LONG_ITEM, span(), format!("the item has {length} characters"));
        }
        if !item.by_hand || !english || item.no_item {
            continue;
        }
        if waits_forever(&item.text) {
            findings.at(&WAIT_WITHOUT_LIMIT, span(), "it waits, and nothing says how long at most");
        }
        if verifies_blindly(&item.text) && !item.explained && item.commands == 0 {
            findings.at(
                &VERIFY_WITHOUT_CHECK,
                span(),
                "it asks to verify something and does not say by what",
            );
        }
        if !item.led && !says_something(&item.text) {
            findings.at(&NO_VERB, span(), "it says neither what to do nor what must hold");
        }
    }
}

fn too_many(items: &[ItemText], pauses: &[Pause], findings: &mut Findings<'_>) {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for item in items.iter().filter(|item| item.by_hand && item.parent.is_none()) {
        *counts.entry(item.group).or_default() += 1;
    }
    for (group, pause) in pauses.iter().enumerate() {
        let count = counts.get(&group).copied().unwrap_or_default();
        if count > ITEMS_AT_A_PAUSE {
            let reason =
                format!("{count} items at one pause point ({}): people skim long lists", pause.title);
            findings.at(&TOO_MANY_ITEMS, pause.span.clone(), reason);
        }
    }
}

fn same_text(items: &[ItemText], findings: &mut Findings<'_>) {
    let mut seen: HashMap<(usize, Option<usize>, String), usize> = HashMap::new();
    for item in items.iter().filter(|item| item.by_hand && !item.text.is_empty()) {
        let words: Vec<String> = item.text.split_whitespace().map(str::to_lowercase).collect();
        let key = (item.group, item.parent, words.join(" ").trim_end_matches(['.', ':']).to_owned());
        let line = findings.line(item.span.start);
        if let Some(first) = seen.insert(key, line) {
            findings.at(&SAME_TEXT_TWICE, item.span.clone(), format!("line {first} says the same"));
        }
    }
}
