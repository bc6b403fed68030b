//! Ways back: each, or each of its variants, an action of kind `rollback` that opens its list for people.
//!
//! Boxes there stay tasks and are ticked in the list. Commands of a way back are joined by `offers`. When to go back stands beside
//! what is watched and in the way back itself. Not here: what belongs to a way back (`sections/rollback.rs`).

use super::Building;
use super::ids::slug_of;
use super::item::literal;
use super::slots::Slot;
use crate::checklist::action::{Action, ActionKind, OnFailure, Step};
use crate::checklist::id::{ActionId, ItemId, PlanId};
use crate::checklist::item::Item;
use crate::checklist::markdown::entries::Origin;
use crate::checklist::markdown::secrets::masked;
use crate::checklist::markdown::tree::Kind;
use crate::checklist::model::Plan;

/// The name of the one way back, as in a checklist somebody wrote.
const ROLLBACK: &str = "rollback";
/// The list of reasons to go back.
const TRIGGERS: &str = "rollback-triggers";
/// So much prose is shown of a way back that names no steps, in characters.
const PROSE_MAX: usize = 1_200;

/// A way back in the checklist.
#[derive(Clone, Debug)]
pub struct BackAction {
    /// The action.
    pub action: ActionId,
    /// The plan, by its place in the sections.
    pub plan: usize,
    /// The variant, by its place in the plan.
    pub variant: Option<usize>,
}

impl Building<'_> {
    /// Actions and lists of all ways back.
    pub(super) fn backs(&mut self) {
        self.triggers();
        for index in 0..self.sections.plans.len() {
            self.back(index);
        }
    }

    fn back(&mut self, index: usize) {
        let Some(plan) = self.sections.plans.get(index) else { return };
        let only = self.sections.plans.len() == 1;
        let base = if only { ROLLBACK.to_owned() } else { format!("{ROLLBACK}-{}", slug_of(&plan.title)) };
        let mut common = self.take(Slot::Back(index, None));
        if common.is_empty() && plan.steps.is_empty() {
            common.push(self.prose(index, &base));
        }
        let common = self.plan_of(&base, &plan.title, common);
        let ways: Vec<(Option<usize>, String, String)> = if plan.variants.is_empty() {
            vec![(None, base.clone(), plan.title.clone())]
        } else {
            let named = plan.variants.iter().enumerate();
            named
                .map(|(at, variant)| {
                    (Some(at), format!("{base}-{}", slug_of(&variant.title)), variant.title.clone())
                })
                .collect()
        };
        for (variant, name, title) in ways {
            let items = variant.map(|at| self.take(Slot::Back(index, Some(at)))).unwrap_or_default();
            let own = self.plan_of(&name, &title, items);
            let opened = own.into_iter().chain(common.clone());
            let mut steps: Vec<Step> = opened
                .map(|(id, title)| Step { title: Some(literal(&title)), items: Some(id), ..Step::default() })
                .collect();
            let Some(first) = steps.first_mut() else { continue };
            first.note.clone_from(&self.when_to_go_back);
            let action = ActionId::new(self.action_names.take(&name));
            let body = Action {
                kind: ActionKind::Rollback,
                title: Some(literal(&title)),
                rollback: Vec::new(),
                window: None,
                on_failure: OnFailure::Ask,
                steps,
            };
            self.checklist.actions.insert(action.clone(), body);
            self.backs.push(BackAction { action, plan: index, variant });
        }
    }

    /// A list of a way back; none where nothing stands in it.
    fn plan_of(&mut self, name: &str, title: &str, items: Vec<Item>) -> Option<(PlanId, String)> {
        if items.is_empty() {
            return None;
        }
        let id = PlanId::new(self.plan_names.take(name));
        self.checklist.plans.insert(id.clone(), Plan { title: literal(title), environment: None, items });
        Some((id, title.to_owned()))
    }

    /// A way back that names no steps is read: one item that says where it stands, with its words.
    fn prose(&mut self, index: usize, base: &str) -> Item {
        let id = ItemId::new(self.item_names.take(&format!("{base}.read")));
        let Some(plan) = self.sections.plans.get(index) else { return Item { id, ..Item::default() } };
        let words = self.document.tree.within(&plan.range).filter(|(_, node)| node.kind == Kind::Paragraph);
        let said: Vec<String> =
            words.map(|(id, _)| self.document.own_words(id)).filter(|said| !said.is_empty()).collect();
        let said: String = said.join(" ").chars().take(PROSE_MAX).collect();
        let title = format!("Follow {}, line {}", self.document.name, plan.line);
        Item {
            id,
            title: literal(&title),
            note: (!said.is_empty()).then(|| masked(&said)),
            ..Item::default()
        }
    }

    /// When to go back: a list of its own, and a word beside what is watched and in each way back.
    fn triggers(&mut self) {
        let triggers = &self.sections.triggers;
        let Some(first) = triggers.first() else { return };
        let at = self.document.tree.node(first.node).range.start;
        let title = self
            .sections
            .stretch_at(at)
            .map_or_else(|| "When to roll back".to_owned(), |stretch| stretch.title.clone());
        let texts: Vec<String> = triggers.iter().map(|trigger| masked(&trigger.text)).collect();
        let boxed = |node| self.document.entry(node).is_some_and(|entry| entry.origin == Origin::Box);
        let mut items = Vec::new();
        for trigger in triggers.iter().filter(|trigger| !boxed(trigger.node)) {
            let id = ItemId::new(self.item_names.take(&format!("{TRIGGERS}.{}", slug_of(&trigger.text))));
            items.push(Item { id, title: literal(&trigger.text), required: Some(false), ..Item::default() });
        }
        self.plan_of(TRIGGERS, &title, items);
        let said = format!("Go back when: {}", texts.join(" · "));
        self.when_to_go_back = Some(said);
    }
}
