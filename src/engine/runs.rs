//! Runs: what is known of them beyond the record, and what a supervisor's report becomes.
//!
//! The record says what happened; a live run adds output, grace and what waits. Exactly one `run.ended`: every event
//! here is guarded, so a second cockpit that follows the same run is refused by the store and records nothing twice.

use chrono::{DateTime, Utc};

use crate::checklist::id::StepId;

/// What is known of a run beyond the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveRun {
    /// Bytes of output received.
    pub output_bytes: u64,
    /// It waits for a person, at this step.
    pub waiting: Option<StepId>,
    /// The abort becomes a kill at this time.
    pub kill_at: Option<DateTime<Utc>>,
    /// A rollback starts when it has ended.
    pub then_roll_back: Option<super::command::Command>,
    /// Nobody can say how it goes on: a person decides.
    pub lost: Option<crate::text::untrusted::Untrusted>,
}
