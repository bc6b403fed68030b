//! From key to action: look-up in the one table, with two-key sequences and a place for every key.
//!
//! The table is `keymap/table.rs`, the closed list of actions `keymap/action.rs`; help and hint line are made from them
//! in `help.rs`. Not here: what an action does (`face.rs`), keys inside dialogs and fields (theirs).

use crate::tui::glyph::GlyphSet;
use crate::tui::key::Key;
use crate::tui::pane::PaneId;

mod action;
mod table;

pub use action::{Action, Asks, Binding, Group, Scope};
pub use table::TABLE;

/// What the keys are going to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMode {
    /// The panes.
    Screen,
    /// The help page.
    Help,
    /// The verdict card of a small terminal.
    Card,
    /// A dialog whose focus is not in a field.
    Dialog,
    /// A text field: letters are text.
    Field,
}

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It asks for this.
    Action(Action),
    /// The first key of a sequence: wait for the next.
    Prefix,
    /// Nothing here.
    Nothing,
}

/// The table, its notation read.
#[derive(Clone, Debug)]
pub struct Keymap {
    bound: Vec<Bound>,
}

#[derive(Clone, Debug)]
struct Bound {
    binding: &'static Binding,
    sequences: Vec<Vec<Key>>,
}

impl Keymap {
    /// The keys of the table. A notation that is no key is left out; a test holds that there is none.
    pub fn built_in() -> Keymap {
        let read = |binding: &'static Binding| Bound {
            binding,
            sequences: binding.keys.iter().filter_map(|keys| Key::parse_all(keys).ok()).collect(),
        };
        Keymap { bound: TABLE.iter().map(read).collect() }
    }

    /// What `key` asks for, after `pending` if that was a prefix. A pane's own key wins over one for everywhere.
    pub fn look_up(&self, mode: KeyMode, pane: PaneId, pending: Option<Key>, key: Key) -> Found {
        let mut found = Found::Nothing;
        for bound in self.bound.iter().filter(|bound| bound.binding.scope.reaches(mode, pane)) {
            for sequence in bound.sequences.iter().filter(|sequence| open_in(sequence, mode)) {
                match (pending, sequence.as_slice()) {
                    (None, [only]) if *only == key => {
                        if bound.binding.scope.is_of_a_pane() {
                            return Found::Action(bound.binding.action);
                        }
                        found = Found::Action(bound.binding.action);
                    }
                    (Some(first), [one, two]) if *one == first && *two == key => {
                        return Found::Action(bound.binding.action);
                    }
                    (None, [first, _]) if *first == key && found == Found::Nothing => found = Found::Prefix,
                    _ => {}
                }
            }
        }
        found
    }

    /// The row of an action.
    pub fn binding(&self, action: Action) -> Option<&'static Binding> {
        self.bound.iter().map(|bound| bound.binding).find(|binding| binding.action == action)
    }

    /// Every row that can be reached here, in the order of the table.
    pub fn reachable(&self, mode: KeyMode, pane: PaneId) -> impl Iterator<Item = &'static Binding> {
        self.bound.iter().map(|bound| bound.binding).filter(move |binding| binding.scope.reaches(mode, pane))
    }

    /// What may follow a prefix: the second key as shown, and the row.
    pub fn after(&self, prefix: Key, glyphs: GlyphSet) -> Vec<(String, &'static Binding)> {
        let all = self.bound.iter().flat_map(|bound| bound.sequences.iter().map(move |keys| (bound, keys)));
        all.filter_map(|(bound, keys)| match keys.as_slice() {
            [first, second] if *first == prefix => Some((second.label(glyphs), bound.binding)),
            _ => None,
        })
        .collect()
    }

    /// The keys of an action as hints and help show them: `j`, `↓`.
    pub fn labels(&self, action: Action, glyphs: GlyphSet) -> Vec<String> {
        let own = self.bound.iter().filter(|bound| bound.binding.action == action);
        let spelled =
            |keys: &Vec<Key>| keys.iter().map(|key| key.label(glyphs)).collect::<Vec<_>>().join(" ");
        own.flat_map(|bound| bound.sequences.iter().map(spelled)).collect()
    }
}

/// In a field and in a dialog letters belong to them: only keys that type nothing and edit nothing pass. Rollback and
/// abort pass in a dialog too.
fn open_in(sequence: &[Key], mode: KeyMode) -> bool {
    match mode {
        KeyMode::Screen | KeyMode::Help | KeyMode::Card | KeyMode::Dialog => true,
        KeyMode::Field => sequence.iter().all(|key| key.typed().is_none()),
    }
}

#[cfg(test)]
mod tests;
