//! Whether a forward action may start, with every reason why not. Backward actions have no gate.

use super::approval::{DecisionState, approval};
use super::conflict_told::{checklists_apart, deploys_apart};
use super::facts::Facts;
use super::fingerprint::fingerprint;
use super::needed::missing;
use super::scope::{Scope, before, deploy_after};
use super::standing::standing;
use super::verdict::{Doubt, VerdictWord, judge};
use crate::checklist::action::{Action, ActionKind};
use crate::checklist::id::{ActionId, EnvironmentName, ItemId, PhaseId, VariableName};
use crate::checklist::index::ItemAt;

/// One reason why an action may not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The item it is about, if it is about one.
    pub item: Option<ItemId>,
    /// As a sentence for a person.
    pub text: String,
}

impl Blocker {
    fn new(text: impl Into<String>) -> Self {
        Self { item: None, text: text.into() }
    }
}

/// What may be asked to start.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate<'a> {
    /// The action.
    pub id: &'a ActionId,
    /// As the checklist has it.
    pub action: &'a Action,
    /// The item it stands for, if one names it in this environment.
    pub item: Option<ItemAt<'a>>,
    /// Where.
    pub environment: Option<&'a EnvironmentName>,
}

/// The gate of an action in an environment; none: the checklist has no such action.
pub fn gate<'a>(
    facts: &Facts<'a>,
    id: &ActionId,
    environment: Option<&'a EnvironmentName>,
) -> Option<Gate<'a>> {
    let (id, action) = facts.checklist.actions.iter().find(|(name, _)| *name == id)?;
    let item = facts.checklist.forward_items().into_iter().find(|at| {
        at.item.action.as_ref() == Some(id) && (environment.is_none() || at.environment == environment)
    });
    let environment = environment.or(item.as_ref().and_then(|at| at.environment));
    Some(Gate { id, action, item, environment })
}

/// Every reason why the action may not start, for this person; empty: it may.
pub fn blockers(facts: &Facts<'_>, gate: &Gate<'_>, person: &str, doubts: &[Doubt]) -> Vec<Blocker> {
    if !gate.action.kind.is_forward() {
        return Vec::new();
    }
    let mut found: Vec<Blocker> = doubts.iter().map(|doubt| Blocker::new(doubt.text.clone())).collect();
    if let Some(run) = facts
        .session
        .runs
        .iter()
        .find(|run| run.is_active() && run.requested.environment.as_ref() == gate.environment)
    {
        found.push(Blocker::new(format!("{} is running", run.requested.action)));
    }
    found.extend(deploys_apart(facts, gate.environment));
    let no_value = |name: &VariableName| {
        Blocker::new(format!("{name} has no value yet: V gives it, or gonogo set {name}=VALUE"))
    };
    found.extend(missing(facts, gate.action).into_iter().map(no_value));
    found.extend(checklists_apart(facts));
    if let Some(at) = &gate.item {
        found.extend(needs(facts, at));
    }
    if gate.action.kind == ActionKind::Deploy {
        let items = facts.checklist.forward_items();
        let counted = match &gate.item {
            Some(at) => before(&items, at),
            None => items,
        };
        let scope = Scope { deploy: None, items: counted, after_deploy: false };
        let verdict = judge(facts, &scope, &[]);
        // Nothing stands before it: then nothing stands against it either.
        if verdict.word != VerdictWord::Go && verdict.total + verdict.reasons.len() > 0 {
            for reason in verdict.reasons {
                let text = match reason.text.raw() {
                    "" => format!("{} is not done", reason.about),
                    text => format!("{}: {text}", reason.about),
                };
                let blocker = Blocker { item: reason.item, text };
                if !found.iter().any(|old| old.item.is_some() && old.item == blocker.item) {
                    found.push(blocker);
                }
            }
        }
    } else if let Some(hold) = &facts.session.hold {
        found.push(Blocker::new(format!("held by {}: {}", hold.stamp.by, hold.reason)));
    }
    found.extend(sole_approver(facts, gate, person));
    found
}

/// What an item needs and does not have.
pub fn needs(facts: &Facts<'_>, at: &ItemAt<'_>) -> Vec<Blocker> {
    let mut found = Vec::new();
    for need in &at.item.needs {
        let wanted: Vec<ItemAt<'_>> = match need.strip_prefix("phase:") {
            Some(phase) => facts.checklist.phase_items(&PhaseId::from(phase)),
            None => facts.item(&ItemId::from(need.as_str())).into_iter().collect(),
        };
        if wanted.is_empty() && need.strip_prefix("phase:").is_none() {
            found.push(Blocker::new(format!("it needs {need}, which the checklist does not have")));
        }
        for other in wanted.iter().filter(|other| other.item.is_required()) {
            let standing = standing(facts, other);
            if !standing.state.is_done() {
                let title = facts.values(other.environment).shown(&other.item.title);
                found.push(Blocker {
                    item: Some(other.item.id.clone()),
                    text: format!("it needs “{title}” first"),
                });
            }
        }
    }
    found
}

/// In a protected environment the person who deploys cannot be the only one who approved.
fn sole_approver(facts: &Facts<'_>, gate: &Gate<'_>, person: &str) -> Option<Blocker> {
    if !facts.checklist.is_protected(gate.environment) {
        return None;
    }
    let mut approvers = approvers(facts, gate);
    approvers.sort_unstable();
    approvers.dedup();
    (approvers == [person]).then(|| {
        Blocker::new(format!(
            "{person} is the only approver and cannot deploy to a protected environment: somebody else must approve or deploy"
        ))
    })
}

/// Who approves what is about to be deployed, by decisions that count now: not withdrawn, not stale, by members.
fn approvers(facts: &Facts<'_>, gate: &Gate<'_>) -> Vec<String> {
    let hash = fingerprint(facts, Some(gate.id), gate.environment).hash;
    let for_this = |at: &ItemAt<'_>| match (&gate.item, deploy_after(facts, at)) {
        (Some(deploy), Some((after, _))) => after.item.id == deploy.item.id,
        // An action no item names is covered by whatever was approved.
        (None, _) => true,
        (Some(_), None) => false,
    };
    let mut people = Vec::new();
    for at in facts.checklist.forward_items().iter().filter(|at| for_this(at)) {
        let Some(request) = &at.item.signoff else { continue };
        for role in approval(facts, at.item, request, &hash).roles {
            let counting = role.decisions.iter().filter(|(_, state)| *state == DecisionState::Approved);
            people.extend(counting.map(|(signoff, _)| signoff.stamp.by.clone()));
        }
    }
    people
}
