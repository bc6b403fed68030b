//! Cycles in `needs`: items that wait for each other for ever. Each is named once, all the way round.

use std::collections::{HashMap, HashSet};

use super::walk::items;
use crate::checklist::item::Item;
use crate::checklist::model::Checklist;
use crate::checklist::normalise::{COPIES_MAX, normalise};
use crate::checklist::read::problem::Problem;

/// How many cycles are named; one item too many needed often closes several.
const CYCLES_MAX: usize = 20;

/// Who waits for whom: items for what they need and for their children, `phase:NAME` for its items.
#[derive(Default)]
struct Waits {
    edges: HashMap<String, Vec<String>>,
    order: Vec<String>,
}

impl Waits {
    fn add(&mut self, items: &[Item]) {
        for item in items {
            let id = item.id.to_string();
            let children = item.items.iter().map(|child| child.id.to_string());
            let waits = item.needs.iter().cloned().chain(children).collect();
            self.edges.insert(id.clone(), waits);
            self.order.push(id);
            self.add(&item.items);
        }
    }
}

/// The cycles of a checklist.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    // What cannot be expanded is told elsewhere.
    if items(checklist).iter().any(|spot| spot.copies() > COPIES_MAX) {
        return Vec::new();
    }
    let whole = normalise(checklist.clone());
    let mut waits = Waits::default();
    for phase in &whole.phases {
        let lists = std::iter::once(&phase.items).chain(phase.sections.iter().map(|section| &section.items));
        let lists: Vec<_> = lists.collect();
        let ids = lists.iter().flat_map(|items| items.iter().map(|item| item.id.to_string())).collect();
        waits.edges.insert(format!("phase:{}", phase.id), ids);
        for items in lists {
            waits.add(items);
        }
    }
    whole.plans.iter().for_each(|(_, plan)| waits.add(&plan.items));
    let mut done = HashSet::new();
    let mut problems = Vec::new();
    for start in &waits.order {
        if problems.len() >= CYCLES_MAX {
            break;
        }
        if let Some(cycle) = find(&waits.edges, start, &mut done) {
            problems.push(problem(checklist, &cycle));
        }
    }
    problems
}

/// A cycle reachable from `start`, without recursion: the path is the stack.
fn find(
    edges: &HashMap<String, Vec<String>>,
    start: &str,
    done: &mut HashSet<String>,
) -> Option<Vec<String>> {
    let mut path: Vec<(&str, usize)> = Vec::new();
    if done.contains(start) {
        return None;
    }
    path.push((start, 0));
    let mut found = None;
    while let Some((node, next)) = path.last_mut() {
        let step = edges.get(*node).and_then(|waits| waits.get(*next));
        *next += 1;
        match step {
            None => {
                done.insert((*node).to_owned());
                path.pop();
            }
            Some(to) => {
                if let Some(from) = path.iter().position(|(on, _)| on == to) {
                    let round = path.iter().skip(from).map(|(on, _)| (*on).to_owned()).chain([to.clone()]);
                    found = found.or_else(|| Some(round.collect()));
                } else if !done.contains(to) {
                    path.push((to, 0));
                }
            }
        }
    }
    found
}

fn problem(checklist: &Checklist, cycle: &[String]) -> Problem {
    let words: Vec<_> = cycle.iter().map(|id| format!("`{id}`")).collect();
    let message = format!("a cycle in `needs`: {}", words.join(" waits for "));
    // Where the first item of the cycle that needs its successor says so.
    let spots = items(checklist);
    let place = cycle.iter().zip(cycle.iter().skip(1)).find_map(|(from, to)| {
        let spot = spots.iter().find(|spot| spot.ids().contains(from))?;
        let at = spot.item.needs.iter().position(|need| need == to)?;
        Some(spot.place.key("needs").index(at))
    });
    Problem::error(&place.unwrap_or_default(), message).label("never done").help("leave one of them out")
}
