//! Where things stand in a checklist: every item with its phase, section, parents and environment, in order.
//!
//! Not here: whether they are done (`rules/standing.rs`).

use super::action::{Action, Step};
use super::environment::Environment;
use super::id::{EnvironmentName, ItemId, PhaseId, PlanId, StepId};
use super::item::Item;
use super::model::{Checklist, Phase, Plan, Section};

/// An item with where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemAt<'a> {
    /// The item.
    pub item: &'a Item,
    /// Its phase; none: it is of a plan.
    pub phase: Option<&'a Phase>,
    /// Its section.
    pub section: Option<&'a Section>,
    /// Its plan; none: it is of the forward sequence.
    pub plan: Option<(&'a PlanId, &'a Plan)>,
    /// The items above it, outermost first.
    pub parents: Vec<&'a Item>,
    /// Its environment: its own, else its parents', section's, phase's or plan's.
    pub environment: Option<&'a EnvironmentName>,
}

/// Items nest at most this deep; the reader refuses more.
pub const ITEM_DEPTH_MAX: usize = 8;

impl<'a> ItemAt<'a> {
    /// How many items stand above it.
    pub fn depth(&self) -> usize {
        self.parents.len()
    }
    /// Conditions that must hold for it: its own, its parents', its phase's.
    pub fn conditions(&self) -> impl Iterator<Item = &'a str> {
        let own = self.item.when.as_deref();
        let phase = self.phase.and_then(|phase| phase.when.as_deref());
        let parents: Vec<&'a str> = self.parents.iter().filter_map(|item| item.when.as_deref()).collect();
        phase.into_iter().chain(parents).chain(own)
    }
}

impl Checklist {
    /// Items of the forward sequence, in order; a parent stands before its children.
    pub fn forward_items(&self) -> Vec<ItemAt<'_>> {
        self.phases.iter().flat_map(phase_items).collect()
    }
    /// Items of a phase, in order.
    pub fn phase_items(&self, id: &PhaseId) -> Vec<ItemAt<'_>> {
        self.phases.iter().filter(|phase| phase.id == *id).flat_map(phase_items).collect()
    }
    /// Items of a plan, in order.
    pub fn plan_items(&self, id: &PlanId) -> Vec<ItemAt<'_>> {
        self.plans
            .iter()
            .filter(|(name, _)| *name == id)
            .flat_map(|(name, plan)| plan_items(name, plan))
            .collect()
    }
    /// All items: the forward sequence, then the plans.
    pub fn all_items(&self) -> Vec<ItemAt<'_>> {
        let mut all = self.forward_items();
        all.extend(self.plans.iter().flat_map(|(name, plan)| plan_items(name, plan)));
        all
    }
    /// An item by its id.
    pub fn item_at(&self, id: &ItemId) -> Option<ItemAt<'_>> {
        self.all_items().into_iter().find(|at| at.item.id == *id)
    }
    /// A phase by its id.
    pub fn phase(&self, id: &PhaseId) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.id == *id)
    }
    /// An environment by its name.
    pub fn environment(&self, name: Option<&EnvironmentName>) -> Option<&Environment> {
        name.and_then(|name| self.environments.get(name))
    }
    /// Is the environment protected?
    pub fn is_protected(&self, name: Option<&EnvironmentName>) -> bool {
        self.environment(name).is_some_and(|environment| environment.protected)
    }
}

impl Action {
    /// Its steps with their ids: as written, else `step-N`, from 1.
    pub fn steps_with_ids(&self) -> Vec<(StepId, &Step)> {
        self.steps
            .iter()
            .enumerate()
            .map(|(at, step)| {
                (step.id.clone().unwrap_or_else(|| StepId::new(format!("step-{}", at + 1))), step)
            })
            .collect()
    }
}

fn phase_items(phase: &Phase) -> Vec<ItemAt<'_>> {
    let mut found = Vec::new();
    let mut above = Above {
        phase: Some(phase),
        section: None,
        plan: None,
        parents: Vec::new(),
        environment: phase.environment.as_ref(),
    };
    collect(&phase.items, &above, &mut found);
    for section in &phase.sections {
        above.section = Some(section);
        above.environment = section.environment.as_ref().or(phase.environment.as_ref());
        collect(&section.items, &above, &mut found);
    }
    found
}

fn plan_items<'a>(name: &'a PlanId, plan: &'a Plan) -> Vec<ItemAt<'a>> {
    let mut found = Vec::new();
    let above = Above {
        phase: None,
        section: None,
        plan: Some((name, plan)),
        parents: Vec::new(),
        environment: plan.environment.as_ref(),
    };
    collect(&plan.items, &above, &mut found);
    found
}

/// What stands above a list of items.
#[derive(Clone)]
struct Above<'a> {
    phase: Option<&'a Phase>,
    section: Option<&'a Section>,
    plan: Option<(&'a PlanId, &'a Plan)>,
    parents: Vec<&'a Item>,
    environment: Option<&'a EnvironmentName>,
}

fn collect<'a>(items: &'a [Item], above: &Above<'a>, found: &mut Vec<ItemAt<'a>>) {
    if above.parents.len() > ITEM_DEPTH_MAX {
        return;
    }
    for item in items {
        let environment = item.environment.as_ref().or(above.environment);
        found.push(ItemAt {
            item,
            phase: above.phase,
            section: above.section,
            plan: above.plan,
            parents: above.parents.clone(),
            environment,
        });
        let mut beneath = above.clone();
        beneath.parents.push(item);
        beneath.environment = environment;
        collect(&item.items, &beneath, found);
    }
}
