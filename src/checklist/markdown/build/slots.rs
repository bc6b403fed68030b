//! Which list of the checklist each entry stands in: a phase, a section, a way back, the criteria at the end, what is only read.
//!
//! One pass over the entries: a root is placed by where it stands, what is beneath it goes with it. Not here: the lists themselves
//! (`phases.rs`, `back.rs`).

use std::collections::HashSet;

use crate::checklist::index::ITEM_DEPTH_MAX;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::{Entry, Origin};
use crate::checklist::markdown::sections::{Mode, Sections};

/// A list of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Slot {
    /// A part of a phase, and a section of it, by their places in [`Sections::environments`] and the outline.
    Phase(usize, Option<usize>),
    /// A way back, and one of its variants.
    Back(usize, Option<usize>),
    /// What must hold in the end, by the stretch it stands in.
    Criteria(usize),
    /// What is read and not done, by its phase in the outline.
    Reading(usize),
}

/// Where an entry went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// Into a list of its own.
    Root,
    /// Beneath another entry.
    Under(usize),
    /// It became something else than an item: a trigger, a contact, a line to sign.
    Elsewhere,
}

/// The places of all entries.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    /// Of each entry: its list, and where in it.
    pub(super) placed: Vec<(Slot, Placed)>,
}

/// Places every entry.
pub(super) fn slots(document: &Document, sections: &Sections) -> Slots {
    let mut elsewhere: HashSet<_> = sections.triggers.iter().map(|trigger| trigger.node).collect();
    elsewhere.extend(sections.contacts.iter().map(|contact| contact.node));
    elsewhere.extend(sections.signoffs.iter().map(|signoff| signoff.node));
    let mut criteria: HashSet<usize> = sections.criteria.iter().map(|criterion| criterion.entry).collect();
    // A title goes where the first beneath it goes.
    let titles = document.entries.iter().enumerate().skip(1).filter(|(index, _)| criteria.contains(index));
    let titles: Vec<usize> =
        titles.filter_map(|(index, entry)| entry.parent.filter(|parent| parent + 1 == index)).collect();
    criteria.extend(titles);
    let mut placed: Vec<(Slot, Placed)> = Vec::with_capacity(document.entries.len());
    let mut depths: Vec<usize> = Vec::with_capacity(document.entries.len());
    for (index, entry) in document.entries.iter().enumerate() {
        let listed = matches!(entry.origin, Origin::Bullet | Origin::Number) && entry.tickable;
        let parent =
            entry.parent.filter(|parent| placed.get(*parent).is_some_and(|(_, at)| *at != Placed::Elsewhere));
        let above = parent.and_then(|parent| placed.get(parent)).map(|(slot, _)| *slot);
        let depth = parent.and_then(|parent| depths.get(parent)).map_or(0, |depth| depth + 1);
        let slot = match above {
            // What must hold in the end goes there from under its title too.
            _ if criteria.contains(&index) => slot_at(document, sections, entry, true),
            Some(slot) => slot,
            None => slot_at(document, sections, entry, false),
        };
        let same = above == Some(slot);
        let at = match parent.filter(|_| same) {
            _ if listed && elsewhere.contains(&entry.node) => Placed::Elsewhere,
            None => Placed::Root,
            // Items nest so deep and no deeper: what is deeper stands beside its parent.
            Some(parent) if depth > ITEM_DEPTH_MAX => placed.get(parent).map_or(Placed::Root, |(_, at)| *at),
            Some(parent) => Placed::Under(parent),
        };
        depths.push(match at {
            Placed::Root | Placed::Elsewhere => 0,
            Placed::Under(parent) => depths.get(parent).map_or(0, |depth| depth + 1),
        });
        placed.push((slot, at));
    }
    Slots { placed }
}

/// The list of a root by where it stands.
fn slot_at(document: &Document, sections: &Sections, entry: &Entry, criterion: bool) -> Slot {
    let at = document.start_of(entry);
    if criterion {
        let stretch = sections.stretches.partition_point(|stretch| stretch.range.start <= at);
        return Slot::Criteria(stretch.saturating_sub(1));
    }
    if let Some(slot) = back_at(sections, at) {
        return slot;
    }
    let boxed = matches!(entry.origin, Origin::Box | Origin::NearBox) || !entry.tickable;
    if sections.mode_at(at) == Mode::Reference && !boxed {
        return Slot::Reading(entry.position[0].saturating_sub(1));
    }
    forward_at(document, sections, at)
}

/// The way back an offset of the text belongs to.
pub(super) fn back_at(sections: &Sections, at: usize) -> Option<Slot> {
    let plan = sections.plan_at(at)?;
    let variants = sections.plans.get(plan).map(|plan| plan.variants.as_slice()).unwrap_or_default();
    Some(Slot::Back(plan, variants.iter().position(|variant| variant.range.contains(&at))))
}

/// The phase and section of an offset of the text.
pub(super) fn forward_at(document: &Document, sections: &Sections, at: usize) -> Slot {
    let part = sections.environments.partition_point(|part| part.range.start <= at).saturating_sub(1);
    let phase = sections.environments.get(part).and_then(|part| document.outline.phases.get(part.phase));
    let section = phase
        .and_then(|phase| phase.sections.partition_point(|section| section.range.start <= at).checked_sub(1));
    Slot::Phase(part, section)
}
