//! What is watched as windows: for each environment one window, its stages all from the deploy's end, and an item that shows it.
//!
//! Nothing is sampled until somebody adds what: such a window is watched by people, and its item ticked by hand. Not here: which
//! lengths of time mean a window (`sections/watching.rs`).

use std::collections::BTreeMap;

use super::Building;
use super::ids::slug_of;
use super::item::literal;
use super::slots::{Placed, forward_at};
use crate::checklist::id::{ItemId, WindowId};
use crate::checklist::item::Item;
use crate::checklist::markdown::sections::WindowText;
use crate::checklist::markdown::sections::durations::spoken;
use crate::checklist::period::Period;
use crate::checklist::window::{Stage, Window};

/// The most stages of a window: more lengths than these are a list of times.
const STAGES_MAX: usize = 8;
/// A stage up to so long is sampled so often; each is a multiple of the one before, as a window wants it.
const EVERY: [(Period, Period); 4] = [
    (Period::from_mins(5), Period::from_secs(1)),
    (Period::from_mins(60), Period::from_secs(5)),
    (Period::from_mins(1_440), Period::from_secs(30)),
    (Period::from_mins(43_200), Period::from_mins(5)),
];
/// A longer one.
const SELDOM: Period = Period::from_mins(60);

impl Building<'_> {
    /// Windows and their items.
    pub(super) fn windows(&mut self) {
        let sections = self.sections;
        let mut by_place: BTreeMap<Option<&'static str>, Vec<&WindowText>> = BTreeMap::new();
        for window in &sections.windows {
            let at = self.document.tree.node(window.node).range.start;
            let part = sections.environments.partition_point(|part| part.range.start <= at).saturating_sub(1);
            let environment = sections.environments.get(part).and_then(|part| part.environment);
            by_place.entry(environment).or_default().push(window);
        }
        let mut ends = 0;
        for (environment, texts) in by_place {
            let mut lengths: Vec<Period> = texts.iter().map(|text| text.length).collect();
            lengths.sort_unstable();
            lengths.dedup();
            lengths.truncate(STAGES_MAX);
            let Some(longest) =
                lengths.last().and_then(|longest| texts.iter().find(|text| text.length == *longest))
            else {
                continue;
            };
            let name = environment.map_or_else(|| "after-deploy".to_owned(), |name| format!("after-{name}"));
            let id = WindowId::new(self.window_names.take(&name));
            let said: Vec<String> = lengths.iter().map(|length| spoken(*length)).collect();
            let title = format!("Watch for {} after the deploy", said.join(", "));
            let stages =
                lengths.iter().map(|length| Stage { length: *length, every: every(*length) }).collect();
            self.checklist
                .windows
                .insert(id.clone(), Window { title: Some(literal(&title)), stages, ..Window::default() });
            let (shown, at) = self.shown(longest, &id, &title);
            if at >= ends {
                (ends, self.last_window) = (at, Some(shown));
            }
        }
    }

    /// The item that shows a window: the sentence that asks for it, or one of its own where a heading does.
    fn shown(&mut self, longest: &WindowText, window: &WindowId, title: &str) -> (ItemId, usize) {
        let at = self.document.tree.node(longest.node).range.start;
        let slot = forward_at(self.document, self.sections, at);
        let index = self.document.entries.binary_search_by_key(&longest.node, |entry| entry.node).ok();
        let root = index.filter(|index| {
            self.slots.placed.get(*index).is_some_and(|placed| *placed == (slot, Placed::Root))
        });
        if let Some(id) = root.and_then(|index| self.ids.get(index)).cloned()
            && let Some((_, item)) =
                self.lists.get_mut(&slot).and_then(|items| items.iter_mut().find(|(_, item)| item.id == id))
            && item.items.is_empty()
        {
            item.window = Some(window.clone());
            self.say_when(&id, slot);
            return (id, at);
        }
        let id = ItemId::new(self.item_names.take(&format!("{window}.{}", slug_of("watched"))));
        let item =
            Item { id: id.clone(), title: literal(title), window: Some(window.clone()), ..Item::default() };
        self.lists.entry(slot).or_default().push((at, item));
        self.say_when(&id, slot);
        (id, at)
    }

    /// Beside what is watched stands when to go back.
    fn say_when(&mut self, id: &ItemId, slot: super::slots::Slot) {
        let Some(said) = self.when_to_go_back.clone() else { return };
        if let Some((_, item)) =
            self.lists.get_mut(&slot).and_then(|items| items.iter_mut().find(|(_, item)| item.id == *id))
        {
            item.note = Some(item.note.take().map_or(said.clone(), |note| format!("{note} · {said}")));
        }
    }
}

fn every(length: Period) -> Period {
    EVERY.iter().find(|(most, _)| length <= *most).map_or(SELDOM, |(_, every)| *every)
}
