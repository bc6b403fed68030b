//! Checks under measurement: which answer belongs to which question, and the waits with a deadline.
//!
//! Not here: what a result means (`rules/check_result.rs`), how it is measured (`runtime/measure`), what happens with
//! one (`checks.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::effect::MeasureId;
use super::pending::Origin;
use crate::checklist::id::ItemId;
use crate::rules::eventually::Wait;

/// Checks under measurement.
#[derive(Clone, Debug, Default)]
pub struct Measuring {
    open: BTreeMap<ItemId, OpenMeasurement>,
    /// A person asked for them; they are measured once what they wait for is done.
    later: Vec<ItemId>,
}

/// One check under measurement.
#[derive(Clone, Debug)]
pub struct OpenMeasurement {
    /// Who asked: a person's answer is always recorded.
    pub origin: Origin,
    /// The question that is open; none: between two tries, or a container check.
    pub asked: Option<MeasureId>,
    /// When the try under way began.
    pub began: DateTime<Utc>,
    /// The wait, where the checklist has one.
    pub wait: Option<Wait>,
}

impl Measuring {
    /// Is nothing being measured?
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.later.is_empty()
    }
    /// Was this check asked for, and is its answer still to come?
    pub fn awaits(&self, item: &ItemId) -> bool {
        self.contains(item) || self.later.contains(item)
    }
    /// Is this check being measured?
    pub fn contains(&self, item: &ItemId) -> bool {
        self.open.contains_key(item)
    }
    pub(super) fn open(&mut self, item: &ItemId) -> Option<&mut OpenMeasurement> {
        self.open.get_mut(item)
    }
    pub(super) fn insert(&mut self, item: ItemId, open: OpenMeasurement) {
        self.open.insert(item, open);
    }
    pub(super) fn put_off(&mut self, item: ItemId) {
        if !self.later.contains(&item) {
            self.later.push(item);
        }
    }
    /// Those that were put off.
    pub(super) fn later(&self) -> impl Iterator<Item = &ItemId> {
        self.later.iter()
    }
    pub(super) fn take_later(&mut self, item: &ItemId) {
        self.later.retain(|other| other != item);
    }
    /// Takes all of them off once nothing is under way that could help.
    pub(super) fn give_up_later(&mut self) -> Vec<ItemId> {
        if self.open.is_empty() { std::mem::take(&mut self.later) } else { Vec::new() }
    }
    /// Forgets everything about checks that are other ones now: late answers are ignored.
    pub(super) fn forget(&mut self, is_other: impl Fn(&ItemId) -> bool) {
        self.open.retain(|item, _| !is_other(item));
        self.later.retain(|item| !is_other(item));
    }
    pub(super) fn remove(&mut self, item: &ItemId) -> Option<OpenMeasurement> {
        self.open.remove(item)
    }
}
