//! Names: how they are spelled, that each is there once, and that what is named exists.

use std::collections::HashSet;

use super::walk::{environments, items, steps};
use crate::checklist::action::ActionKind;
use crate::checklist::charset::Charset;
use crate::checklist::id::{ActionId, EnvironmentName, PlanId, RoleId, WindowId};
use crate::checklist::item::Item;
use crate::checklist::model::Checklist;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

/// The longest id in characters: it stands in tables on screen and in file names.
const ID_MAX_CHARS: usize = 64;

/// Everything about names.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = spelling(checklist);
    problems.extend(duplicates(checklist));
    problems.extend(references(checklist));
    problems.extend(needs(checklist));
    problems
}

fn spelled(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        && id.len() <= ID_MAX_CHARS
}

fn spelling(checklist: &Checklist) -> Vec<Problem> {
    let root = Place::root();
    let mut names = vec![(checklist.id.clone(), root.key("id"), false)];
    for (at, phase) in checklist.phases.iter().enumerate() {
        let place = root.key("phases").index(at);
        names.push((phase.id.to_string(), place.key("id"), false));
        for (at, section) in phase.sections.iter().enumerate() {
            names.push((section.id.to_string(), place.key("sections").index(at).key("id"), false));
        }
    }
    for spot in items(checklist) {
        names.push((spot.item.id.to_string(), spot.place.key("id"), false));
    }
    for spot in steps(checklist) {
        if let Some(id) = &spot.step.id {
            names.push((id.to_string(), spot.place.key("id"), false));
        }
    }
    let tables = [
        ("actions", checklist.actions.names().map(ToString::to_string).collect::<Vec<_>>()),
        ("plans", checklist.plans.names().map(ToString::to_string).collect()),
        ("roles", checklist.roles.names().map(ToString::to_string).collect()),
        ("windows", checklist.windows.names().map(ToString::to_string).collect()),
        ("secrets", checklist.secrets.names().map(ToString::to_string).collect()),
    ];
    for (table, keys) in tables {
        names.extend(keys.into_iter().map(|key| (key.clone(), root.key(table).key(key), true)));
    }
    let mut problems = Vec::new();
    for (name, place, is_key) in names {
        if !spelled(&name) {
            let problem = Problem::error(&place, format!("`{name}` is no name"))
                .label("letters, digits, `.`, `_`, `-`; a letter or digit first; at most 64");
            problems.push(if is_key { problem.at_key() } else { problem });
        }
    }
    for name in checklist.environments.names() {
        if let Err(why) = Charset::Environment.check(name.as_str()) {
            let place = root.key("environments").key(name.as_str());
            problems.push(
                Problem::error(&place, format!("`{name}` is no name for an environment")).label(why).at_key(),
            );
        }
    }
    problems
}

fn duplicates(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    let twice = |place: &Place, what: &str, id: &str| {
        let problem = Problem::error(&place.key("id"), format!("{what} `{id}` is there twice"));
        problem.label("taken already").code("duplicate-id")
    };
    let mut seen = HashSet::new();
    for spot in items(checklist) {
        for id in spot.ids() {
            if !seen.insert(id.clone()) {
                problems.push(
                    twice(&spot.place, "an item", &id)
                        .help("ids are unique in the whole checklist, plans and copies too"),
                );
            }
        }
    }
    let mut phases = HashSet::new();
    for (at, phase) in checklist.phases.iter().enumerate() {
        let place = Place::root().key("phases").index(at);
        if !phases.insert(&phase.id) {
            problems.push(twice(&place, "a phase", phase.id.as_str()));
        }
        let mut sections = HashSet::new();
        for (at, section) in phase.sections.iter().enumerate() {
            if !sections.insert(&section.id) {
                problems.push(twice(&place.key("sections").index(at), "a section", section.id.as_str()));
            }
        }
    }
    let mut names = HashSet::new();
    for spot in steps(checklist) {
        let id = spot.step.id.clone().map_or_else(|| format!("step-{}", spot.index + 1), |id| id.to_string());
        if !names.insert((spot.action, id.clone())) {
            problems.push(twice(&spot.place, "a step", &id));
        }
    }
    problems
}

/// Reports a name that is not among the known ones.
struct Known<'c> {
    problems: Vec<Problem>,
    checklist: &'c Checklist,
}

impl Known<'_> {
    fn action(&mut self, place: &Place, id: &ActionId) {
        if !self.checklist.actions.contains(id) {
            let names = self.checklist.actions.names().map(ActionId::as_str);
            self.problems.push(Problem::unknown(place, "action", id.as_str(), names));
        }
    }
    fn window(&mut self, place: &Place, id: &WindowId) {
        if !self.checklist.windows.contains(id) {
            let names = self.checklist.windows.names().map(WindowId::as_str);
            self.problems.push(Problem::unknown(place, "window", id.as_str(), names));
        }
    }
    fn role(&mut self, place: &Place, id: &RoleId) {
        if !self.checklist.roles.contains(id) {
            let names = self.checklist.roles.names().map(RoleId::as_str);
            self.problems.push(Problem::unknown(place, "role", id.as_str(), names).code("unknown-role"));
        }
    }
    fn plan(&mut self, place: &Place, id: &PlanId) {
        if !self.checklist.plans.contains(id) {
            let names = self.checklist.plans.names().map(PlanId::as_str);
            self.problems.push(Problem::unknown(place, "plan", id.as_str(), names));
        }
    }
    fn item(&mut self, place: &Place, item: &Item) {
        if let Some(id) = &item.action {
            self.action(&place.key("action"), id);
        }
        for (at, id) in item.offers.iter().enumerate() {
            let place = place.key("offers").index(at);
            self.action(&place, id);
            let kind = self.checklist.actions.get(id).map(|action| action.kind);
            if kind.is_some_and(|kind| kind != ActionKind::Change) {
                let message = format!("`{id}` is no action of kind `change`");
                let problem = Problem::error(&place, message).label("offered here");
                self.problems.push(problem.help("a deploy or a rollback has keys of its own"));
            }
        }
        if let Some(id) = &item.window {
            self.window(&place.key("window"), id);
        }
        if let Some(id) = &item.owner {
            self.role(&place.key("owner"), id);
        }
        for (at, id) in item.signoff.iter().flat_map(|signoff| &signoff.roles).enumerate() {
            self.role(&place.key("signoff").key("roles").index(at), id);
        }
    }
}

fn references(checklist: &Checklist) -> Vec<Problem> {
    let mut known = Known { problems: Vec::new(), checklist };
    for spot in items(checklist) {
        known.item(&spot.place, spot.item);
    }
    for (name, place) in environments(checklist) {
        if !checklist.environments.contains(name) {
            let names = checklist.environments.names().map(EnvironmentName::as_str);
            known.problems.push(Problem::unknown(&place, "environment", name.as_str(), names));
        }
    }
    for (id, action) in checklist.actions.iter() {
        let place = Place::root().key("actions").key(id.as_str());
        if let Some(window) = &action.window {
            known.window(&place.key("window"), window);
        }
        for (at, back) in action.rollback.iter().enumerate() {
            let place = place.key("rollback").index(at);
            known.action(&place, back);
            if checklist.actions.get(back).is_some_and(|back| back.kind == ActionKind::Deploy) {
                let message = format!("`{back}` is a deploy and cannot roll anything back");
                known.problems.push(
                    Problem::error(&place, message).label("name an action of kind `rollback` or `change`"),
                );
            }
        }
    }
    for spot in steps(checklist) {
        if let Some(plan) = &spot.step.items {
            known.plan(&spot.place.key("items"), plan);
        }
    }
    known.problems
}

fn needs(checklist: &Checklist) -> Vec<Problem> {
    let ids: Vec<String> = items(checklist).iter().flat_map(super::walk::ItemSpot::ids).collect();
    let known: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let phases: Vec<String> = checklist.phases.iter().map(|phase| format!("phase:{}", phase.id)).collect();
    let mut problems = Vec::new();
    for spot in items(checklist) {
        for (at, need) in spot.item.needs.iter().enumerate() {
            let place = spot.place.key("needs").index(at);
            if need.starts_with("phase:") && !phases.contains(need) {
                problems.push(Problem::unknown(&place, "phase", need, phases.iter().map(String::as_str)));
            } else if !need.starts_with("phase:") && !known.contains(need.as_str()) {
                let mut problem = Problem::unknown(&place, "item", need, ids.iter().map(String::as_str));
                if phases.contains(&format!("phase:{need}")) {
                    problem = problem.help(format!("a phase is needed as `phase:{need}`"));
                }
                problems.push(problem);
            }
        }
    }
    problems
}
