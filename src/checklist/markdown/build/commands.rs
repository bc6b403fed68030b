//! Offers of the text joined to a built checklist: commands a person may run, values they need, checks that were accepted.
//!
//! A script becomes an action of kind `change` that its item offers, or a step of its way back; the item is still ticked by hand. Checks
//! are in the checklist only if somebody accepted them. Not here: reading offers (`offers.rs`), the items (`item.rs`).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::Built;
use super::ids::{Names, name_of};
use super::item::literal;
use crate::checklist::action::{Action, ActionKind, OnFailure, Step};
use crate::checklist::check::Check;
use crate::checklist::id::{ActionId, ItemId, SecretName, VariableName};
use crate::checklist::index::ITEM_DEPTH_MAX;
use crate::checklist::item::Item;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::letters::{from, slice};
use crate::checklist::markdown::offers::{Offer, Offered, Offers, ScriptOffer, ValueKind, VariableOffer};
use crate::checklist::markdown::secrets::masked;
use crate::checklist::markdown::sections::Sections;
use crate::checklist::template::Template;
use crate::checklist::variable::{SecretFrom, SecretSource, Variable, VariableDefault, VariableKind};

/// Names that every script may meet as `{name}` beside the variables.
const FIXED: [&str; 4] = ["product", "environment", "commit", "release"];

/// Which checks of the text somebody accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// All that only read: GET, HEAD and containers.
    pub reads: bool,
    /// Those on these lines, requests that are made once too.
    pub lines: BTreeSet<usize>,
}

impl Accepted {
    /// Is a check wanted? One that changes something only by its line.
    fn wants(&self, line: usize, once: bool) -> bool {
        self.lines.contains(&line) || self.reads && !once
    }
}

/// The item an offered check would be beneath its own, with the number it would have there; none for what is no check.
pub fn commented(item: &ItemId, offer: &Offer, number: usize) -> Option<Item> {
    let (check, title) = match &offer.what {
        Offered::Http(http) if !http.once => {
            (Check::Http(Box::new(http.check.clone())), Template::new(masked(&http.title)))
        }
        Offered::Containers(containers) => {
            (Check::Containers(containers.check.clone()), literal(&containers.title))
        }
        Offered::Http(_)
        | Offered::Script(_)
        | Offered::Inline(_)
        | Offered::LogPane(_)
        | Offered::LogCheck(_)
        | Offered::Variable(_)
        | Offered::ByHand { .. } => return None,
    };
    let count = if number == 0 { String::new() } else { format!("-{}", number + 1) };
    let id = ItemId::new(name_of(&format!("{item}.check{count}")));
    Some(Item { id, title, check: Some(check), ..Item::default() })
}

/// What is added to one item.
#[derive(Default)]
struct Added {
    offers: Vec<ActionId>,
    children: Vec<Item>,
    notes: Vec<String>,
}

/// Joins offers to what was built.
pub(super) fn join(
    built: &mut Built,
    (document, sections): (&Document, &Sections),
    offers: &Offers,
    accepted: &Accepted,
) {
    let mut joining = Joining::new(built, document, sections, offers);
    for offer in &offers.all {
        joining.offer(offer, accepted);
    }
    joining.finish();
}

struct Joining<'a> {
    built: &'a mut Built,
    document: &'a Document,
    /// Where each way back stands in the text.
    backs: Vec<(ActionId, Range<usize>)>,
    variables: HashMap<&'a str, &'a VariableOffer>,
    actions: Names,
    items: Names,
    added: HashMap<ItemId, Added>,
    /// Steps of ways back, in the order of the file.
    steps: HashMap<ActionId, Vec<Step>>,
    needed: BTreeSet<&'a str>,
}

impl<'a> Joining<'a> {
    fn new(built: &'a mut Built, document: &'a Document, sections: &Sections, offers: &'a Offers) -> Self {
        let backs = built.backs.iter().filter_map(|back| {
            let plan = sections.plans.get(back.plan)?;
            let variant = back.variant.and_then(|variant| plan.variants.get(variant));
            Some((back.action.clone(), variant.map_or(&plan.range, |variant| &variant.range).clone()))
        });
        let backs = backs.collect();
        let variables = offers.all.iter().filter_map(|offer| match &offer.what {
            Offered::Variable(variable) => Some((variable.name.as_str(), variable)),
            Offered::Script(_)
            | Offered::Inline(_)
            | Offered::Http(_)
            | Offered::Containers(_)
            | Offered::LogPane(_)
            | Offered::LogCheck(_)
            | Offered::ByHand { .. } => None,
        });
        let (mut actions, mut items) = (Names::default(), Names::default());
        for name in built.checklist.actions.names() {
            actions.take(name.as_str());
        }
        for at in built.checklist.all_items() {
            items.take(at.item.id.as_str());
        }
        Self {
            built,
            document,
            backs,
            variables: variables.collect(),
            actions,
            items,
            added: HashMap::new(),
            steps: HashMap::new(),
            needed: BTreeSet::new(),
        }
    }

    fn offer(&mut self, offer: &'a Offer, accepted: &Accepted) {
        let item = offer.entry.and_then(|entry| self.built.items.get(entry)).cloned().flatten();
        match &offer.what {
            Offered::Script(script) => self.script(offer, script, item),
            Offered::Inline(script) => self.offered(script, item),
            Offered::Http(http) if accepted.wants(offer.line, http.once) => {
                let Some(item) = item else { return };
                self.needed.extend(http.reads.iter().map(String::as_str));
                for name in &http.secrets {
                    let from = SecretFrom::Env(name.to_ascii_uppercase());
                    self.built
                        .checklist
                        .secrets
                        .insert(SecretName::new(name.as_str()), SecretSource { from });
                }
                let check = Check::Http(Box::new(http.check.clone()));
                let title = Template::new(masked(&http.title));
                if http.once {
                    self.action(&item, Step { title: Some(title), check: Some(check), ..Step::default() });
                } else {
                    self.child(&item, title, check);
                }
            }
            Offered::Containers(containers) if accepted.wants(offer.line, false) => {
                let Some(item) = item else { return };
                let check = Check::Containers(containers.check.clone());
                self.child(&item, literal(&containers.title), check);
            }
            Offered::LogPane(_) => self.note(item, format!("line {} is a log to look at", offer.line)),
            Offered::ByHand { why } => self.note(item, format!("by hand: {}", masked(why))),
            Offered::Variable(variable) => {
                // A version that stands in the text is the release's, whoever reads it.
                if variable.default.is_some() {
                    self.needed.insert(variable.name.as_str());
                }
            }
            Offered::Http(_) | Offered::Containers(_) | Offered::LogCheck(_) => {}
        }
    }

    /// A script of a fence: a step of its way back, else an action its item offers.
    fn script(&mut self, offer: &Offer, script: &'a ScriptOffer, item: Option<ItemId>) {
        let at = self.document.tree.node(offer.node).range.start;
        let back = self.backs.iter().find(|(_, range)| range.contains(&at)).map(|(action, _)| action.clone());
        match back {
            Some(back) if script.rollback && !script.conditional => {
                if let Some(step) = self.step(script, item.as_ref()) {
                    self.steps.entry(back).or_default().push(step);
                }
            }
            Some(_) | None => self.offered(script, item),
        }
    }

    fn offered(&mut self, script: &'a ScriptOffer, item: Option<ItemId>) {
        let step = self.step(script, item.as_ref());
        if let (Some(item), Some(step)) = (item, step) {
            self.action(&item, step);
        }
    }

    /// A script as a step; none where it would be misread, which its item says.
    fn step(&mut self, script: &'a ScriptOffer, item: Option<&ItemId>) -> Option<Step> {
        if let Some(name) = self.misread(&script.text) {
            let note = format!(
                "by hand: `{{{name}}}` on lines {} to {} is no place to fill",
                script.first, script.last
            );
            self.note(item.cloned(), note);
            return None;
        }
        self.needed.extend(script.reads.iter().map(String::as_str));
        let mut notes: Vec<String> =
            script.marks.iter().map(|(line, mark)| format!("{} (line {line})", mark.word())).collect();
        notes.dedup();
        if script.conditional {
            notes.insert(0, "only sometimes, it says".to_owned());
        }
        let cannot: Vec<String> = script.irreversible.iter().map(|line| masked(line)).collect();
        Some(Step {
            title: Some(literal(&script.title)),
            script: Some(script.text.clone()),
            irreversible: (!cannot.is_empty()).then(|| cannot.join("; ")),
            note: (!notes.is_empty()).then(|| notes.join(" · ")),
            ..Step::default()
        })
    }

    /// A `{name}` in a script that a reader of checklists would take for a value.
    fn misread<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.match_indices('{').find_map(|(at, _)| {
            let name = from(text, at + 1).split('}').next()?;
            let taken =
                FIXED.contains(&name) || name.starts_with("secret:") || self.variables.contains_key(name);
            (taken && !slice(text, 0..at).ends_with('$')).then_some(name)
        })
    }

    /// An action of one step that an item offers.
    fn action(&mut self, item: &ItemId, step: Step) {
        let id = ActionId::new(self.actions.take(&format!("{item}.run")));
        let action = Action {
            kind: ActionKind::Change,
            title: step.title.clone(),
            rollback: Vec::new(),
            window: None,
            on_failure: OnFailure::Ask,
            steps: vec![step],
        };
        self.built.checklist.actions.push_new(id.clone(), action);
        self.added.entry(item.clone()).or_default().offers.push(id);
    }

    /// A check beneath an item.
    fn child(&mut self, item: &ItemId, title: Template, check: Check) {
        let id = ItemId::new(self.items.take(&format!("{item}.check")));
        let child = Item { id, title, check: Some(check), ..Item::default() };
        self.added.entry(item.clone()).or_default().children.push(child);
    }

    fn note(&mut self, item: Option<ItemId>, note: String) {
        if let Some(item) = item {
            self.added.entry(item).or_default().notes.push(note);
        }
    }

    /// What was collected goes where it belongs.
    fn finish(mut self) {
        for (action, steps) in std::mem::take(&mut self.steps) {
            let place = self.built.checklist.actions.get(&action).cloned();
            if let Some(mut action_body) = place {
                // What a person ticks comes behind what runs.
                action_body.steps.splice(0..0, steps);
                self.built.checklist.actions.insert(action, action_body);
            }
        }
        let mut wanted: Vec<&VariableOffer> =
            self.needed.iter().filter_map(|name| self.variables.get(name)).copied().collect();
        wanted.sort_by_key(|variable| variable.first_line);
        let taken: HashSet<String> =
            self.built.checklist.variables.names().map(ToString::to_string).collect();
        for variable in wanted.into_iter().filter(|variable| !taken.contains(&variable.name)) {
            let name = VariableName::new(variable.name.as_str());
            self.built.checklist.variables.push_new(name, asked(variable, self.document));
        }
        let checklist = &mut self.built.checklist;
        for phase in &mut checklist.phases {
            put(&mut phase.items, &mut self.added, 0);
            for section in &mut phase.sections {
                put(&mut section.items, &mut self.added, 0);
            }
        }
        for plan in checklist.plans.values_mut() {
            put(&mut plan.items, &mut self.added, 0);
        }
    }
}

fn asked(offer: &VariableOffer, document: &Document) -> Variable {
    let words = offer.name.replace('_', " ");
    let prompt = format!("{words} ({}, line {})", masked(&document.name), offer.first_line);
    Variable {
        prompt: Some(prompt),
        kind: match offer.kind {
            ValueKind::Word => VariableKind::Word,
            ValueKind::Url => VariableKind::Url,
        },
        default: offer.default.clone().map(VariableDefault::Literal),
        when_needed: offer.default.is_none().then_some(true),
        ..Variable::default()
    }
}

/// Adds to the items of a list and those beneath them. Items nest to a bound: what would be deeper stands behind its item.
fn put(items: &mut Vec<Item>, added: &mut HashMap<ItemId, Added>, depth: usize) {
    let mut behind = Vec::new();
    for (index, item) in items.iter_mut().enumerate() {
        put(&mut item.items, added, depth + 1);
        let Some(own) = added.remove(&item.id) else { continue };
        item.offers.extend(own.offers);
        if !own.notes.is_empty() {
            let said: Vec<String> = item.note.take().into_iter().chain(own.notes).collect();
            item.note = Some(said.join(" · "));
        }
        if depth < ITEM_DEPTH_MAX {
            item.items.extend(own.children);
        } else {
            behind.extend(own.children.into_iter().map(|child| (index + 1, child)));
        }
    }
    for (index, child) in behind.into_iter().rev() {
        items.insert(index, child);
    }
}

#[cfg(test)]
mod tests;
