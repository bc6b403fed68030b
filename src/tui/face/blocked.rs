//! Why a key cannot do its work now: hints, help and the key itself say the same.

use super::Face;
use crate::checklist::id::ItemId;
use crate::rules::needed::left_empty;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::keymap::Action;
use crate::tui::lines::Access;
use crate::tui::view::View;
use crate::tui::window_header;

/// Does this action change the release?
pub(super) fn changes(action: Action) -> bool {
    matches!(
        action,
        Action::Tick
            | Action::Undo
            | Action::Measure
            | Action::MeasureAll
            | Action::Waive
            | Action::Note
            | Action::SignOff
            | Action::Withdraw
            | Action::Hold
            | Action::Deploy
            | Action::RunOffered
            | Action::Values
            | Action::Pause
            | Action::RollBack
            | Action::Abort
            | Action::EndWindow
            | Action::HandOver
            | Action::PutBack
    )
}

impl Face {
    /// Why not now, where the cursor is; none: it can.
    pub(super) fn blocked(&self, action: Action, view: &View<'_>) -> Option<Safe> {
        blocked(action, view, (self.access, self.item_selected().as_ref()))
    }
}

/// Why not now, in a few words; none: it can. Rollback is never blocked.
pub(super) fn blocked(
    action: Action,
    view: &View<'_>,
    (access, selected): (Access, Option<&ItemId>),
) -> Option<Safe> {
    if access == Access::ReadOnly && changes(action) && !matches!(action, Action::RollBack | Action::Abort) {
        return Some(Safe::own("read-only"));
    }
    let here = || selected.and_then(|item| view.item(item));
    let running = view.engine.session().active_run().is_some();
    match action {
        Action::Deploy => match view.engine.deploy_offer(view.at) {
            None => Some(Safe::own("nothing to deploy")),
            Some(offer) if offer.blockers.is_empty() => None,
            Some(_) if view.verdict.reasons.is_empty() => Some(Safe::own("its gate is closed")),
            Some(_) => Some(safe_format!("{}", Safe::own(view.verdict.word.word()))),
        },
        Action::RunOffered if here().is_none_or(|stood| stood.at.item.offers.is_empty()) => {
            Some(Safe::own("no command here"))
        }
        Action::Values if left_empty(&view.engine.facts(view.at)).is_empty() => {
            Some(Safe::own("none is missing"))
        }
        Action::Pause | Action::Abort if !running => Some(Safe::own("no run")),
        Action::PutBack if view.engine.condition().lost.is_empty() => Some(Safe::own("nothing is gone")),
        Action::EndWindow if window_header::watched(view).is_none() => Some(Safe::own("no window is open")),
        _ => None,
    }
}
