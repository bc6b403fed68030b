//! Items by themselves: one thing each, sign-offs that can be reached, conditions, times, links, matrices.

use std::collections::HashSet;

use super::times;
use super::walk::items;
use crate::checklist::condition;
use crate::checklist::id::RoleId;
use crate::checklist::index::ITEM_DEPTH_MAX;
use crate::checklist::item::{Item, SignoffRequest};
use crate::checklist::model::Checklist;
use crate::checklist::normalise::COPIES_MAX;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

/// Everything about items and the phases around them.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, phase) in checklist.phases.iter().enumerate() {
        let place = Place::root().key("phases").index(at);
        problems.extend(when(checklist, &place, phase.when.as_deref(), &[]));
        problems.extend(times::due(&place, phase.due.as_deref()));
        for (at, section) in phase.sections.iter().enumerate() {
            let place = place.key("sections").index(at);
            problems.extend(times::due(&place, section.due.as_deref()));
            if section.choose.is_some() && section.items.len() < 2 {
                problems.push(
                    Problem::error(&place.key("choose"), "nothing to choose from").label("needs two items"),
                );
            }
        }
    }
    for spot in items(checklist) {
        problems.extend(one_kind(&spot.place, spot.item));
        problems.extend(when(checklist, &spot.place, spot.item.when.as_deref(), &spot.matrix()));
        problems.extend(times::due(&spot.place, spot.item.due.as_deref()));
        problems.extend(
            spot.item.signoff.iter().flat_map(|ask| signoff(checklist, &spot.place.key("signoff"), ask)),
        );
        problems.extend(matrix(&spot.place, spot.item));
        if spot.copies() > COPIES_MAX && !spot.item.for_each.is_empty() {
            let problem =
                Problem::error(&spot.place.key("for_each"), format!("more than {COPIES_MAX} copies"));
            problems.push(problem.label("too many combinations").at_key());
        }
        if spot.around.len() > ITEM_DEPTH_MAX + 1 {
            let message = format!("items stand at most {ITEM_DEPTH_MAX} deep in each other");
            problems.push(
                Problem::error(&spot.place, message).label("too deep").help("use sections, or flatten it"),
            );
        }
        if let Some(link) = &spot.item.link
            && !(link.starts_with("http://") || link.starts_with("https://"))
        {
            problems.push(
                Problem::error(&spot.place.key("link"), "a link starts with http:// or https://")
                    .label("here"),
            );
        }
    }
    problems
}

fn one_kind(place: &Place, item: &Item) -> Vec<Problem> {
    let kinds = [
        ("check", item.check.is_some()),
        ("action", item.action.is_some()),
        ("signoff", item.signoff.is_some()),
        ("window", item.window.is_some()),
    ];
    let mut given = kinds.iter().filter(|(_, given)| *given).map(|(kind, _)| *kind);
    let mut problems = Vec::new();
    if let Some(first) = given.next() {
        for more in given {
            let message = format!("the item `{}` has both `{first}` and `{more}`", item.id);
            let problem = Problem::error(&place.key(more), message).at_key().label("one of them, or none");
            problems.push(problem.help("make two items of it; one can need the other"));
        }
    }
    let only_with_a_check = [
        ("eventually", item.eventually.is_some()),
        ("retry", item.retry.is_some()),
        ("every", item.every.is_some()),
        ("no_data", item.no_data.is_some()),
    ];
    for (key, given) in only_with_a_check {
        if given && item.check.is_none() {
            let message = format!("`{key}` does nothing without a `check`");
            problems.push(Problem::error(&place.key(key), message).at_key().label("no check here"));
        }
    }
    problems
}

/// A condition: its form, and the variables it names.
fn when(checklist: &Checklist, place: &Place, text: Option<&str>, matrix: &[String]) -> Option<Problem> {
    let text = text?;
    let place = place.key("when");
    match condition::parse(text) {
        Err(why) => Some(
            Problem::error(&place, why)
                .label("not a condition")
                .help("write it as: kind == 'patch' and not (x in ['a', 'b'])"),
        ),
        Ok(condition) => {
            let known: Vec<String> =
                checklist.variables.names().map(ToString::to_string).chain(matrix.iter().cloned()).collect();
            let name = condition
                .names()
                .into_iter()
                .find(|name| !known.iter().any(|known| known == name))?
                .to_owned();
            Some(Problem::unknown(&place, "variable", &name, known.iter().map(String::as_str)).part(&name))
        }
    }
}

fn signoff(checklist: &Checklist, place: &Place, ask: &SignoffRequest) -> Vec<Problem> {
    if ask.roles.is_empty() {
        return vec![
            Problem::error(&place.key("roles"), "a sign-off without a role").label("name at least one"),
        ];
    }
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for (at, role) in ask.roles.iter().enumerate() {
        if !seen.insert(role) {
            problems.push(
                Problem::error(&place.key("roles").index(at), format!("`{role}` is asked twice"))
                    .label("again"),
            );
        }
    }
    if ask.quorum == Some(0) {
        problems.push(Problem::error(&place.key("quorum"), "a quorum of nobody").label("at least 1"));
    }
    let members = |role: &RoleId| checklist.roles.get(role).map(|role| role.members.as_slice());
    let lists: Vec<_> = ask.roles.iter().filter_map(members).collect();
    // A role without members is open to anyone.
    if lists.len() == ask.roles.len() && lists.iter().all(|list| !list.is_empty()) {
        let people: HashSet<&String> = lists.into_iter().flatten().collect();
        if ask.quorum() > people.len() {
            let message =
                format!("{} people must approve, but the roles have {}", ask.quorum(), people.len());
            let place = if ask.quorum.is_some() { place.key("quorum") } else { place.clone() };
            problems.push(
                Problem::error(&place, message)
                    .label("can never be reached")
                    .help("distinct people count, not roles"),
            );
        }
    }
    problems
}

fn matrix(place: &Place, item: &Item) -> Vec<Problem> {
    let place = place.key("for_each");
    let mut problems = Vec::new();
    for (name, values) in item.for_each.iter() {
        let good = |value: &String| {
            !value.is_empty()
                && value.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
                && !value.starts_with('-')
        };
        if values.is_empty() {
            problems
                .push(Problem::error(&place.key(name.as_str()), "nothing to expand").label("an empty list"));
        }
        for (at, value) in values.iter().enumerate().filter(|(_, value)| !good(value)) {
            let problem = Problem::error(
                &place.key(name.as_str()).index(at),
                format!("`{value}` cannot be part of an id"),
            );
            problems.push(problem.label("letters, digits, `.`, `_`, `-`"));
        }
    }
    problems
}
