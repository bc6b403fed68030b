//! Checks under measurement: which answer belongs to which question, and the waits with a deadline.
//!
//! Not here: what a result means (`rules/check_result.rs`), how it is measured (`runtime/measure`).

use std::collections::BTreeMap;

use super::effect::MeasureId;
use super::pending::Origin;
use crate::checklist::id::ItemId;

/// Checks under measurement.
#[derive(Clone, Debug, Default)]
pub struct Measuring {
    pub(super) asked: BTreeMap<MeasureId, ItemId>,
    pub(super) open: BTreeMap<ItemId, OpenMeasurement>,
}

/// One check under measurement.
#[derive(Clone, Debug)]
pub struct OpenMeasurement {
    /// Who asked.
    pub origin: Origin,
}
