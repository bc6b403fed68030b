//! What is wrong with the record and the next step, in red on the status line until it is mended.
//!
//! Not here: the reasons against GO (`header.rs`), messages that pass (`lines.rs`).

use crate::engine::input::{ONLY_LOOKING, RecordState};
use crate::safe_format;
use crate::text::Safe;
use crate::tui::view::View;

/// The banner; none: the record is well.
pub(crate) fn words(view: &View<'_>) -> Option<Safe> {
    let engine = view.engine;
    match engine.record() {
        RecordState::Broken { .. } => {
            let wait = match engine.waiting_here() {
                0 => Safe::EMPTY,
                1 => Safe::own(", 1 event waits here"),
                many => safe_format!(", {} events wait here", many),
            };
            Some(safe_format!("NOT RECORDED{}: gonogo repair --salvage", wait))
        }
        RecordState::ReadOnly { reason } if reason.as_str() == ONLY_LOOKING => None,
        RecordState::ReadOnly { .. } => Some(match engine.condition().lines.first() {
            // Short: at 80 columns the command has to be whole.
            Some(odd) => {
                safe_format!("READ-ONLY, line {}: gonogo repair --quarantine", odd.number)
            }
            // A writer lost track of the disk, here or elsewhere, or a person may not write: the diagnosis tells which.
            None => Safe::own("READ-ONLY: gonogo repair says what helps"),
        }),
        RecordState::Writable => {
            let (lacks, journal) = (engine.lacks(), engine.waiting_in_journal());
            if lacks > 0 {
                let help = if engine.condition().lost.is_empty() {
                    Safe::own("gonogo repair --restore --from COPY")
                } else {
                    Safe::own("g p puts them back")
                };
                let what = if lacks == 1 { "EVENT IS GONE" } else { "EVENTS ARE GONE" };
                Some(safe_format!("{} {}: {}", lacks, what, help))
            } else if journal > 0 {
                let what = if journal == 1 { "LINE" } else { "LINES" };
                Some(safe_format!("{} {} IN THE FALLBACK JOURNAL: gonogo reconcile", journal, what))
            } else {
                None
            }
        }
    }
}
