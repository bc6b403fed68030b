//! Which deploy comes next, and which items stand before it.
//!
//! The verdict counts what stands before the next deploy; a sign-off is for the deploy that follows it.

use super::facts::Facts;
use super::frozen::frozen_by;
use super::standing::{ItemState, standing};
use super::waiting::waits_for;
use crate::checklist::action::ActionKind;
use crate::checklist::id::ActionId;
use crate::checklist::index::ItemAt;

/// Is it an item that deploys?
pub fn deploys<'a>(facts: &Facts<'a>, at: &ItemAt<'a>) -> Option<&'a ActionId> {
    let action = at.item.action.as_ref()?;
    let kind = facts.checklist.actions.get(action)?.kind;
    (kind == ActionKind::Deploy).then_some(action)
}

/// The deploy that follows an item in the forward sequence; none: the last deploy lies behind it.
pub fn deploy_after<'a>(facts: &Facts<'a>, at: &ItemAt<'_>) -> Option<(ItemAt<'a>, &'a ActionId)> {
    let items = facts.checklist.forward_items();
    let place = items.iter().position(|other| other.item.id == at.item.id)?;
    items.into_iter().skip(place).find_map(|other| {
        let action = deploys(facts, &other)?;
        Some((other, action))
    })
}

/// The next deploy: the first that is asked for and has not ended well.
pub fn next_deploy<'a>(facts: &Facts<'a>) -> Option<(ItemAt<'a>, &'a ActionId)> {
    facts.checklist.forward_items().into_iter().find_map(|at| {
        let action = deploys(facts, &at)?;
        (!standing(facts, &at).state.is_done()).then_some((at, action))
    })
}

/// Items of the plans whose rollback ran: they are for people now.
pub fn plan_items<'a>(facts: &Facts<'a>) -> Vec<ItemAt<'a>> {
    let ran = |id: &ActionId| facts.session.runs.iter().any(|run| run.requested.action == *id);
    let actions = facts.checklist.actions.iter().filter(|(id, _)| ran(id));
    let plans = actions.flat_map(|(_, action)| &action.steps).filter_map(|step| step.items.as_ref());
    let mut found: Vec<ItemAt<'a>> = Vec::new();
    for plan in plans {
        if found.iter().all(|at| at.plan.is_none_or(|(known, _)| known != plan)) {
            found.extend(facts.checklist.plan_items(plan));
        }
    }
    found
}

/// The part of the forward sequence that counts now.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope<'a> {
    /// What it leads to; none: the last deploy is done, or there is none.
    pub deploy: Option<(ItemAt<'a>, &'a ActionId)>,
    /// The items that count.
    pub items: Vec<ItemAt<'a>>,
    /// All deploys are done: the items are those after the last.
    pub after_deploy: bool,
}

/// What counts now: everything before the next deploy, or everything after the last.
pub fn scope<'a>(facts: &Facts<'a>) -> Scope<'a> {
    let items = facts.checklist.forward_items();
    if let Some((deploy, action)) = next_deploy(facts) {
        return Scope { items: before(&items, &deploy), deploy: Some((deploy, action)), after_deploy: false };
    }
    let done =
        |at: &ItemAt<'a>| deploys(facts, at).is_some() && standing(facts, at).state == ItemState::Succeeded;
    match items.iter().rposition(done) {
        Some(last) => {
            Scope { deploy: None, items: items.into_iter().skip(last + 1).collect(), after_deploy: true }
        }
        None => Scope { deploy: None, items, after_deploy: false },
    }
}

/// The items that count now and are judged by what is true now: not those whose result a deploy has frozen, nor checks
/// that wait for something else.
pub fn judged_now<'a>(facts: &Facts<'a>) -> Vec<ItemAt<'a>> {
    let counts = |at: &ItemAt<'a>| frozen_by(facts, at).is_none() && waits_for(facts, at).is_none();
    scope(facts).items.into_iter().filter(counts).collect()
}

/// The items that stand before another one in the forward sequence, its own parents left out.
pub fn before<'a>(items: &[ItemAt<'a>], target: &ItemAt<'a>) -> Vec<ItemAt<'a>> {
    items
        .iter()
        .take_while(|at| at.item.id != target.item.id)
        .filter(|at| !target.parents.iter().any(|parent| parent.id == at.item.id))
        .cloned()
        .collect()
}
