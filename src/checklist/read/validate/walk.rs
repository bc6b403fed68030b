//! Every item, step and check of a checklist with its place, before `for_each` is expanded.

use crate::checklist::action::Step;
use crate::checklist::check::Check;
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::checklist::item::Item;
use crate::checklist::model::Checklist;
use crate::checklist::normalise::{COPIES_MAX, combinations, copy_id};
use crate::checklist::place::Place;

/// An item and where it stands.
pub(crate) struct ItemSpot<'c> {
    pub(crate) item: &'c Item,
    pub(crate) place: Place,
    /// It and those around it, outermost first.
    pub(crate) around: Vec<&'c Item>,
}

impl ItemSpot<'_> {
    /// Names that `for_each` gives, here and around.
    pub(crate) fn matrix(&self) -> Vec<String> {
        self.around.iter().flat_map(|item| item.for_each.names().cloned()).collect()
    }
    /// How many copies of it there will be, by what is written.
    pub(crate) fn copies(&self) -> usize {
        let lengths =
            self.around.iter().flat_map(|item| item.for_each.iter().map(|(_, values)| values.len()));
        lengths.fold(1, usize::saturating_mul)
    }
    /// Every id it will have once `for_each` is expanded.
    pub(crate) fn ids(&self) -> Vec<String> {
        let own = self.item.id.as_str().to_owned();
        let mut ids = vec![own];
        if self.copies() > COPIES_MAX {
            return ids;
        }
        for (at, item) in self.around.iter().enumerate().rev() {
            if item.for_each.is_empty() {
                continue;
            }
            let combinations = combinations(&item.for_each);
            let copies = ids.iter().flat_map(|id| combinations.iter().map(|with| copy_id(id, with)));
            let copies: Vec<_> = copies.collect();
            // The parent of its copies keeps its own id; what stands beneath it is only there as copies.
            let is_self = at + 1 == self.around.len();
            ids = if is_self { ids.into_iter().chain(copies).collect() } else { copies };
        }
        ids
    }
}

/// Every item of phases and plans, parents before children.
pub(crate) fn items(checklist: &Checklist) -> Vec<ItemSpot<'_>> {
    let mut spots = Vec::new();
    for (at, phase) in checklist.phases.iter().enumerate() {
        let place = Place::root().key("phases").index(at);
        down(&phase.items, &place, &[], &mut spots);
        for (at, section) in phase.sections.iter().enumerate() {
            down(&section.items, &place.key("sections").index(at), &[], &mut spots);
        }
    }
    for (id, plan) in checklist.plans.iter() {
        down(&plan.items, &Place::root().key("plans").key(id.as_str()), &[], &mut spots);
    }
    spots
}

fn down<'c>(items: &'c [Item], outer: &Place, around: &[&'c Item], spots: &mut Vec<ItemSpot<'c>>) {
    for (at, item) in items.iter().enumerate() {
        let place = outer.key("items").index(at);
        let around: Vec<_> = around.iter().copied().chain([item]).collect();
        spots.push(ItemSpot { item, place: place.clone(), around: around.clone() });
        down(&item.items, &place, &around, spots);
    }
}

/// A step and where it stands.
pub(crate) struct StepSpot<'c> {
    pub(crate) action: &'c ActionId,
    pub(crate) step: &'c Step,
    pub(crate) index: usize,
    pub(crate) place: Place,
}

/// Every step of every action.
pub(crate) fn steps(checklist: &Checklist) -> Vec<StepSpot<'_>> {
    let mut spots = Vec::new();
    for (action, body) in checklist.actions.iter() {
        let place = Place::root().key("actions").key(action.as_str()).key("steps");
        for (index, step) in body.steps.iter().enumerate() {
            spots.push(StepSpot { action, step, index, place: place.index(index) });
        }
    }
    spots
}

/// A check and where it stands.
pub(crate) struct CheckSpot<'c> {
    pub(crate) check: &'c Check,
    /// The table of its kind.
    pub(crate) place: Place,
    /// Names that `for_each` gives.
    pub(crate) matrix: Vec<String>,
    /// An indicator's: it needs no assertion.
    pub(crate) sampled: bool,
    /// The step it belongs to: its action and its place in it.
    pub(crate) step: Option<(&'c ActionId, usize)>,
}

/// Every check of items, steps and indicators.
pub(crate) fn checks(checklist: &Checklist) -> Vec<CheckSpot<'_>> {
    let mut spots = Vec::new();
    let inside = |place: &Place, check: &Check| place.key("check").key(check.kind_word());
    for spot in items(checklist) {
        if let Some(check) = &spot.item.check {
            let place = inside(&spot.place, check);
            spots.push(CheckSpot { check, place, matrix: spot.matrix(), sampled: false, step: None });
        }
    }
    for spot in steps(checklist) {
        if let Some(check) = &spot.step.check {
            let place = inside(&spot.place, check);
            let step = Some((spot.action, spot.index));
            spots.push(CheckSpot { check, place, matrix: Vec::new(), sampled: false, step });
        }
    }
    for (id, window) in checklist.windows.iter() {
        let indicators = Place::root().key("windows").key(id.as_str()).key("indicators");
        for (name, indicator) in window.indicators.iter() {
            if let Some(check) = &indicator.check {
                let place = inside(&indicators.key(name.as_str()), check);
                spots.push(CheckSpot { check, place, matrix: Vec::new(), sampled: true, step: None });
            }
        }
    }
    spots
}

/// Every environment that is named, and where.
pub(crate) fn environments(checklist: &Checklist) -> Vec<(&EnvironmentName, Place)> {
    let mut named = Vec::new();
    for (at, phase) in checklist.phases.iter().enumerate() {
        let place = Place::root().key("phases").index(at);
        named.push((phase.environment.as_ref(), place.clone()));
        for (at, section) in phase.sections.iter().enumerate() {
            named.push((section.environment.as_ref(), place.key("sections").index(at)));
        }
    }
    for (id, plan) in checklist.plans.iter() {
        named.push((plan.environment.as_ref(), Place::root().key("plans").key(id.as_str())));
    }
    named.extend(items(checklist).into_iter().map(|spot| (spot.item.environment.as_ref(), spot.place)));
    named.into_iter().filter_map(|(name, place)| Some((name?, place.key("environment")))).collect()
}
