//! How states and times are spelled in plain text and in JSON: the words of the screen, without glyphs or colours.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::rules::standing::ItemState;

/// The word of the screen.
pub fn state_word(state: ItemState) -> &'static str {
    match state {
        ItemState::Open => "OPEN",
        ItemState::Ticked => "TICKED",
        ItemState::Pass => "PASS",
        ItemState::Fail => "FAIL",
        ItemState::Error => "ERROR",
        ItemState::Inconclusive => "INCONCL",
        ItemState::Stale => "STALE",
        ItemState::Running => "RUNNING",
        ItemState::Waived => "WAIVED",
        ItemState::NotApplicable => "N/A",
        ItemState::Skipped => "SKIPPED",
        ItemState::Approved => "APPROVED",
        ItemState::Rejected => "REJECTED",
        ItemState::Succeeded => "DONE",
        ItemState::Failed => "FAILED",
        ItemState::Aborted => "ABORTED",
        ItemState::OutcomeUnknown => "UNKNOWN",
    }
}

/// A time in UTC to the second: `2026-10-05T12:00:00Z`.
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A time in UTC for people: `2026-10-05 12:00:00 UTC`.
pub fn time_for_people(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
