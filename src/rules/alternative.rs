//! Alternatives: of a section with `choose = "one"` one item is done and the others become "not chosen".
//!
//! Nobody names the choice: it is made by what is done. Ticked, or its action begun and not failed, is chosen; so is an
//! item with children as soon as one of them is. A check chooses nothing, for it measures without being asked. What is
//! chosen by several people apart stays as they left it. Not here: how the others are shown (`standing.rs`).

use super::facts::Facts;
use crate::checklist::index::ItemAt;
use crate::checklist::item::Item;
use crate::checklist::model::Choose;
use crate::session::state::MarkKind;
use crate::session::status::RunOutcome;

/// The alternative that was chosen instead of this item; none: nothing was chosen, this was, or there is no choice.
pub fn chosen_instead<'a>(facts: &Facts<'a>, at: &ItemAt<'a>) -> Option<&'a Item> {
    let section = at.section.filter(|section| section.choose == Some(Choose::One))?;
    let own = at.parents.first().copied().unwrap_or(at.item);
    if is_chosen(facts, own) {
        return None;
    }
    section.items.iter().find(|other| other.id != own.id && is_chosen(facts, other))
}

fn is_chosen(facts: &Facts<'_>, item: &Item) -> bool {
    let ticked = facts
        .session
        .mark(&item.id)
        .is_some_and(|mark| mark.counts() && matches!(mark.kind, MarkKind::Ticked { .. }));
    ticked || has_run(facts, item) || item.items.iter().any(|child| is_chosen(facts, child))
}

/// Did its action begin, and neither fail nor end otherwise than well?
fn has_run(facts: &Facts<'_>, item: &Item) -> bool {
    let Some(action) = &item.action else { return false };
    let last = facts.session.runs.iter().rev().find(|run| run.requested.action == *action);
    last.is_some_and(|run| run.ended.as_ref().is_none_or(|(_, ended)| ended.outcome == RunOutcome::Succeeded))
}
