//! Normalising: `for_each` makes one item a parent with a copy for each combination as its children, and tables that
//! mix scalars and tables get the order TOML writes them in.
//!
//! The parent keeps its id, title and `needs`; what is measured or done moves into the copies. Not here: checking the
//! names (`read/validate`).

use super::action::Capture;
use super::assertion::Words;
use super::check::Check;
use super::id::ItemId;
use super::item::Item;
use super::model::Checklist;
use super::named::Named;
use super::template::{Piece, Template};

/// The most copies one item may have; a matrix beyond it is no checklist any more.
pub const COPIES_MAX: usize = 256;

/// A checklist as it is embedded and worked on: every `for_each` expanded, mixed tables in TOML's order.
pub fn normalise(mut checklist: Checklist) -> Checklist {
    for phase in &mut checklist.phases {
        expand_items(&mut phase.items);
        for section in &mut phase.sections {
            expand_items(&mut section.items);
        }
    }
    checklist.plans = std::mem::take(&mut checklist.plans)
        .into_entries()
        .map(|(id, mut plan)| {
            expand_items(&mut plan.items);
            (id, plan)
        })
        .collect();
    for action in checklist.actions.values_mut() {
        for step in &mut action.steps {
            step.capture.partition(|capture| matches!(capture, Capture::Whole(_)));
            step.check.iter_mut().for_each(scalars_first);
        }
    }
    for window in checklist.windows.values_mut() {
        for indicator in window.indicators.values_mut() {
            indicator.check.iter_mut().for_each(scalars_first);
        }
    }
    checklist
}

/// TOML writes a table's scalars before its tables; the order of assertions means nothing, so ours is the same.
fn scalars_first(check: &mut Check) {
    let scalar = |words: &Words| matches!(words, Words::Equals(_));
    match check {
        Check::Http(http) => {
            http.json.partition(scalar);
            http.header.partition(scalar);
        }
        Check::Command(command) => command.json.partition(scalar),
        Check::Tcp(_) | Check::Containers(_) => {}
    }
}

fn expand_items(items: &mut [Item]) {
    for item in items {
        item.check.iter_mut().for_each(scalars_first);
        expand_items(&mut item.items);
        if !item.for_each.is_empty() {
            expand_item(item);
        }
    }
}

/// The names and values of each copy, in order: the last name changes fastest.
pub fn combinations(for_each: &Named<String, Vec<String>>) -> Vec<Vec<(String, String)>> {
    let mut all = vec![Vec::new()];
    for (name, values) in for_each.iter() {
        all = all
            .into_iter()
            .flat_map(|before: Vec<(String, String)>| {
                values.iter().map(move |value| {
                    let mut with = before.clone();
                    with.push((name.clone(), value.clone()));
                    with
                })
            })
            .take(COPIES_MAX + 1)
            .collect();
    }
    all
}

/// The id of a copy: the item's id and the values, joined with hyphens.
pub fn copy_id(id: &str, combination: &[(String, String)]) -> String {
    combination.iter().fold(id.to_owned(), |id, (_, value)| format!("{id}-{value}"))
}

fn expand_item(item: &mut Item) {
    let for_each = std::mem::take(&mut item.for_each);
    let mut pattern = item.clone();
    pattern.needs.clear();
    pattern.why = None;
    pattern.note = None;
    pattern.link = None;
    pattern.when = None;
    let copies = combinations(&for_each).into_iter().take(COPIES_MAX).map(|combination| {
        let suffix = |id: &str| copy_id(id, &combination);
        let mut copy = pattern.clone();
        fill_item(&mut copy, &combination, &suffix);
        copy
    });
    let children = copies.collect();
    // The parent is what its copies are: it carries nothing of its own to do.
    let parent = Item {
        id: item.id.clone(),
        title: item.title.clone(),
        needs: std::mem::take(&mut item.needs),
        when: item.when.take(),
        environment: item.environment.clone(),
        required: item.required,
        owner: item.owner.clone(),
        due: item.due.clone(),
        why: item.why.take(),
        note: item.note.take(),
        link: item.link.take(),
        items: children,
        ..Item::default()
    };
    *item = parent;
}

fn fill_item(item: &mut Item, combination: &[(String, String)], suffix: &dyn Fn(&str) -> String) {
    item.id = ItemId::new(suffix(item.id.as_str()));
    fill(&mut item.title, combination);
    if let Some(check) = &mut item.check {
        for_each_template(check, &mut |template| fill(template, combination));
    }
    for child in &mut item.items {
        fill_item(child, combination, suffix);
    }
}

/// Fills the names of the matrix into a template; everything else stays as it is written.
fn fill(template: &mut Template, combination: &[(String, String)]) {
    let Ok(pieces) = template.pieces() else { return };
    let known = |name: &str| combination.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(&escaped(&plain)),
            Piece::Variable(name) => match known(&name) {
                Some(value) => text.push_str(&escaped(value)),
                None => text.extend(["{", &name, "}"]),
            },
            Piece::Secret(name) => text.extend(["{secret:", &name, "}"]),
        }
    }
    *template = Template::new(text);
}

fn escaped(plain: &str) -> String {
    plain.replace('{', "{{").replace('}', "}}")
}

/// Every template of a check, in place.
pub(super) fn for_each_template(check: &mut Check, visit: &mut dyn FnMut(&mut Template)) {
    match check {
        Check::Http(http) => {
            visit(&mut http.url);
            http.headers.values_mut().for_each(&mut *visit);
            http.send.iter_mut().for_each(&mut *visit);
        }
        Check::Tcp(tcp) => {
            visit(&mut tcp.target);
            tcp.send.iter_mut().for_each(&mut *visit);
        }
        Check::Command(command) => {
            command.run.iter_mut().for_each(&mut *visit);
            command.env.values_mut().for_each(&mut *visit);
        }
        Check::Containers(containers) => {
            let lists = [&mut containers.services, &mut containers.names, &mut containers.order];
            lists.into_iter().flatten().for_each(&mut *visit);
            let singles = [&mut containers.project, &mut containers.label, &mut containers.version];
            singles.into_iter().flatten().for_each(visit);
        }
    }
}
