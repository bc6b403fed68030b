//! A document to the model of a checklist: phases with sections and items, ways back, windows, criteria, sign-offs, contacts.
//!
//! `slots.rs` says which list an entry stands in, `item.rs` makes an item of it; `phases.rs`, `back.rs`, `watch.rs` and `people.rs` make
//! the rest. What is built passes the checks of the TOML reader. Nothing in it runs by itself. Not here: what the document is
//! (`document.rs`), what its sections mean (`sections.rs`), what its text offers (`offers`); `commands.rs` joins that.

mod back;
mod commands;
mod ids;
mod item;
mod people;
mod phases;
mod slots;
mod watch;

use std::collections::{BTreeMap, HashSet};

pub use self::back::BackAction;
pub use self::commands::{Accepted, commented};
use self::ids::{Names, name_of};
use self::slots::{Placed, Slot, Slots, slots};
use super::document::Document;
use super::identity::slug;
use super::offers::{Offers, offers};
use super::secrets::masked;
use super::sections::{Caution, Mode, Sections};
use crate::checklist::id::ItemId;
use crate::checklist::item::{Item, ItemKind};
use crate::checklist::model::{CHECKLIST_FORMAT, Checklist};

/// What names a checklist whose title has no letter.
const UNNAMED: &str = "release";
/// So many warnings stand beside one item at most, the nearest last.
const CAUTIONS_MAX: usize = 3;

/// A checklist, and what of the document stands where in it.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The checklist.
    pub checklist: Checklist,
    /// The item of each entry, by its place in [`Document::entries`]; none: it became something else.
    pub items: Vec<Option<ItemId>>,
    /// The ways back.
    pub backs: Vec<BackAction>,
}

impl Built {
    /// Items that people tick and whose boxes are ticked in the file, each with its line.
    pub fn ticked(&self, document: &Document) -> Vec<(ItemId, usize)> {
        let entries = document.entries.iter().zip(&self.items).filter(|(entry, _)| entry.ticked);
        let items = entries.filter_map(|(entry, id)| Some((id.clone()?, entry.line)));
        let by_hand: HashSet<ItemId> = self
            .checklist
            .all_items()
            .iter()
            .filter(|at| at.item.kind() == ItemKind::Manual)
            .map(|at| at.item.id.clone())
            .collect();
        items.filter(|(id, _)| by_hand.contains(id)).collect()
    }
}

/// The checklist of a document. Entries keep their ids, phases and sections get theirs from their titles.
pub fn checklist(document: &Document) -> Checklist {
    with_offers(document, &Sections::read(document), &Accepted::default()).0.checklist
}

/// The checklist of a document with its commands, and with the checks that were accepted; and all that its text offers.
pub fn with_offers(document: &Document, sections: &Sections, accepted: &Accepted) -> (Built, Offers) {
    let mut built = build(document, sections);
    let in_rollback = |at: usize| sections.mode_at(at) == Mode::Rollback || sections.plan_at(at).is_some();
    let offers = offers(document, &in_rollback);
    commands::join(&mut built, (document, sections), &offers, accepted);
    (built, offers)
}

/// The checklist of a document whose sections are read, without anything that runs.
pub fn build(document: &Document, sections: &Sections) -> Built {
    let mut building = Building::new(document, sections);
    building.fill();
    building.signoffs();
    building.backs();
    building.windows();
    building.contacts();
    building.phases();
    building.criteria();
    building.readings();
    let known = building.ids.iter().zip(&building.slots.placed);
    let items = known.map(|(id, (_, placed))| (*placed != Placed::Elsewhere).then(|| id.clone())).collect();
    Built { checklist: building.checklist, items, backs: building.backs }
}

/// A checklist in the making.
struct Building<'d> {
    document: &'d Document,
    sections: &'d Sections,
    slots: Slots,
    /// The id of each entry's item.
    ids: Vec<ItemId>,
    /// Items by list, each with where it stands in the text.
    lists: BTreeMap<Slot, Vec<(usize, Item)>>,
    item_names: Names,
    phase_names: Names,
    plan_names: Names,
    action_names: Names,
    window_names: Names,
    /// The item of the window that ends last.
    last_window: Option<ItemId>,
    when_to_go_back: Option<String>,
    backs: Vec<BackAction>,
    checklist: Checklist,
}

impl<'d> Building<'d> {
    fn new(document: &'d Document, sections: &'d Sections) -> Self {
        let product = slug(&masked(&document.outline.title));
        let mut item_names = Names::default();
        let ids = document.entries.iter().map(|entry| ItemId::new(item_names.take(&entry.id))).collect();
        Self {
            document,
            sections,
            slots: slots(document, sections),
            ids,
            lists: BTreeMap::new(),
            item_names,
            phase_names: Names::default(),
            plan_names: Names::default(),
            action_names: Names::default(),
            window_names: Names::default(),
            last_window: None,
            when_to_go_back: None,
            backs: Vec::new(),
            checklist: Checklist {
                format: CHECKLIST_FORMAT,
                id: if product.is_empty() { UNNAMED.to_owned() } else { name_of(&product) },
                title: masked(&document.outline.title),
                ..Checklist::default()
            },
        }
    }

    /// Every entry into its list. Children come after their parents, so the last first: each finds its own complete.
    fn fill(&mut self) {
        let entries = &self.document.entries;
        let mut cautions = self.cautions();
        let mut made: Vec<Vec<Item>> = vec![Vec::new(); entries.len()];
        for (index, entry) in entries.iter().enumerate().rev() {
            let Some((slot, placed)) = self.slots.placed.get(index).copied() else { continue };
            let Some(id) = self.ids.get(index).cloned() else { continue };
            if placed == Placed::Elsewhere {
                continue;
            }
            let mut items = made.get_mut(index).map(std::mem::take).unwrap_or_default();
            if items.is_empty() && !entry.tickable {
                // A title all of whose items became something else.
                if let Some(place) = self.slots.placed.get_mut(index) {
                    place.1 = Placed::Elsewhere;
                }
                continue;
            }
            items.reverse();
            let caution = cautions.get_mut(index).and_then(Option::take);
            let item = Item { items, caution, ..item::item(self.document, entry, id) };
            match placed {
                Placed::Under(parent) => {
                    if let Some(siblings) = made.get_mut(parent) {
                        siblings.push(item);
                    }
                }
                Placed::Root | Placed::Elsewhere => {
                    self.lists.entry(slot).or_default().push((self.document.start_of(entry), item));
                }
            }
        }
        for items in self.lists.values_mut() {
            items.reverse();
        }
    }

    /// The warnings beside each entry: those of its section before it, and one that nothing follows there beside the next.
    fn cautions(&self) -> Vec<Option<String>> {
        let mut left = self.sections.cautions.iter().peekable();
        let mut open: Vec<(&Caution, bool)> = Vec::new();
        let mut said = Vec::with_capacity(self.document.entries.len());
        for entry in &self.document.entries {
            let at = self.document.start_of(entry);
            while let Some(caution) = left.next_if(|caution| caution.range.start <= at) {
                open.push((caution, false));
            }
            open.retain(|(caution, used)| caution.range.end > at || !used);
            let extra = open.len().saturating_sub(CAUTIONS_MAX);
            open.drain(..extra);
            for (_, used) in &mut open {
                *used = true;
            }
            let texts: Vec<String> = open.iter().map(|(caution, _)| masked(&caution.text)).collect();
            said.push((!texts.is_empty()).then(|| texts.join(" · ")));
        }
        said
    }

    /// The items of a list in file order; the list is taken.
    fn take(&mut self, slot: Slot) -> Vec<Item> {
        let mut items = self.lists.remove(&slot).unwrap_or_default();
        items.sort_by_key(|(at, _)| *at);
        items.into_iter().map(|(_, item)| item).collect()
    }
}

#[cfg(test)]
mod tests;
