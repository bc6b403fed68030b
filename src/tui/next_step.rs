//! The next step, in the header: what stands between this and it, as one sentence.

use crate::checklist::item::ItemKind;
use crate::rules::standing::ItemState;
use crate::rules::verdict::VerdictWord;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::badge::{self, Lead};
use crate::tui::panes::hint;
use crate::tui::record_banner;
use crate::tui::state::State;
use crate::tui::view::View;

/// What stands between this and the next step, as one sentence.
pub(crate) fn words(view: &View<'_>, state: &State) -> Safe {
    if let Some(banner) = record_banner::words(view) {
        return banner;
    }
    if !view.engine.trust().is_trusted() {
        return Safe::own("Next: read what this checklist runs, and trust it (R)");
    }
    if let Lead::Run(_) = badge::lead(view.engine, state) {
        return Safe::own("Next: esc, back to the verdict");
    }
    match (view.verdict.word, view.verdict.reasons.first()) {
        (VerdictWord::Go, _) => Safe::own("Next: D deploys"),
        // Well again after a rollback, and its plan may ask for more than that.
        (VerdictWord::Healthy, _) => match hint::upcoming_of_plan(view) {
            Some(stood) => {
                let what = what(stood.at.item.kind(), stood.standing.state);
                safe_format!("Next: {} {}", Safe::own(what), view.title(&stood.at))
            }
            None => Safe::own("Next: nothing, all done"),
        },
        (_, None) => Safe::EMPTY,
        (_, Some(reason)) => {
            let stood = reason.item.as_ref().and_then(|id| view.item(id));
            let what = stood.map_or("see to", |stood| what(stood.at.item.kind(), reason.state));
            safe_format!("Next: {} {}", Safe::own(what), reason.about)
        }
    }
}

/// What is done with such an item.
fn what(kind: ItemKind<'_>, state: ItemState) -> &'static str {
    match kind {
        ItemKind::Check(_) if state == ItemState::Open => "measure",
        ItemKind::Check(_) => "measure again or waive",
        ItemKind::Signoff(_) => "ask for the sign-off of",
        ItemKind::Action(_) => "run",
        ItemKind::Window(_) => after_window(state),
        ItemKind::Manual | ItemKind::Group => "do and tick",
    }
}

/// What is left to do about a window: it is watched, never ticked.
fn after_window(state: ItemState) -> &'static str {
    match state {
        ItemState::Fail => "B rolls back, or w waives",
        ItemState::Inconclusive => "w waives, or give more time to",
        ItemState::Open
        | ItemState::Running
        | ItemState::Ticked
        | ItemState::Pass
        | ItemState::Error
        | ItemState::Stale
        | ItemState::Waived
        | ItemState::NotApplicable
        | ItemState::Skipped
        | ItemState::Approved
        | ItemState::Rejected
        | ItemState::Succeeded
        | ItemState::Failed
        | ItemState::Aborted
        | ItemState::OutcomeUnknown => "watch",
    }
}
