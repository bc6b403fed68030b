//! How to go back, and when: the plans of a document with their variants and steps, and the bullets that say it is time.
//!
//! Not here: which headings say so (`modes.rs`), the commands in them (`offers`), the action a plan becomes (`build/back.rs`).

use std::ops::Range;

use super::modes::Modes;
use super::{Mode, Sections};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::numbered_step;
use crate::checklist::markdown::tree::{Kind, NodeId};
use crate::checklist::markdown::words::{Meaning, Vocabulary};

/// Words of a heading that is one way of several.
const CHOICES: [&str; 12] = [
    "option",
    "variant",
    "method",
    "scenario",
    "approach",
    "alternative",
    "methode",
    "méthode",
    "método",
    "metodo",
    "вариант",
    "方案",
];

/// No document has more ways back than anybody can choose from; what stands in more of them stays in the forward sequence.
const PLANS_MAX: usize = 64;
/// Nor more variants of one: beyond, they are steps.
const VARIANTS_MAX: usize = 32;

/// One way back.
#[derive(Clone, Debug)]
pub struct RollbackPlan {
    /// The words of its heading.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// All of it, in the text.
    pub range: Range<usize>,
    /// Ways to choose from; none: it is one way.
    pub variants: Vec<Variant>,
    /// What is done, in file order; what belongs to a variant too.
    pub steps: Vec<StepText>,
}

/// One of several ways back.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The words of its heading.
    pub title: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// All of it, in the text.
    pub range: Range<usize>,
}

/// One step of a way back.
#[derive(Clone, Debug)]
pub struct StepText {
    /// Its line, from 1.
    pub line: usize,
    /// Its words.
    pub text: String,
    /// What it stands for in the tree.
    pub node: NodeId,
    /// Its place in [`Document::entries`].
    pub entry: usize,
    /// The title it stands under: a parent that is none itself.
    pub group: Option<String>,
}

/// A sentence that says when to go back.
#[derive(Clone, Debug)]
pub struct TriggerText {
    /// Its line, from 1.
    pub line: usize,
    /// Its words.
    pub text: String,
    /// Its item in the tree.
    pub node: NodeId,
    /// The way back it stands in, by its place in [`Sections::plans`].
    pub plan: Option<usize>,
}

/// The ways back of a document.
pub(super) fn plans(document: &Document, modes: &Modes, words: &Vocabulary) -> Vec<RollbackPlan> {
    let mut plans: Vec<RollbackPlan> = Vec::new();
    for (title, line, range) in &modes.plans {
        if plans.len() >= PLANS_MAX {
            break;
        }
        // A small heading inside a plan begins no other one.
        if plans.last().is_some_and(|last| last.range.contains(&range.start)) {
            continue;
        }
        plans.push(RollbackPlan {
            title: title.clone(),
            line: *line,
            range: range.clone(),
            variants: variants(document, modes, range, words),
            steps: steps(document, modes, range),
        });
    }
    plans
}

/// Sub-headings with fences of their own that are ways to choose from, not steps one after the other.
fn variants(document: &Document, modes: &Modes, range: &Range<usize>, words: &Vocabulary) -> Vec<Variant> {
    let headings = &document.outline.headings;
    let first = headings.partition_point(|heading| heading.range.start <= range.start);
    let mut found = Vec::new();
    let mut chosen = 0;
    for (index, heading) in
        headings.iter().enumerate().skip(first).take_while(|(_, heading)| heading.range.start < range.end)
    {
        let rollback = modes.headings.get(index).is_some_and(|(mode, _)| *mode == Mode::Rollback);
        let own_end =
            headings.get(index + 1).map_or(heading.range.end, |next| next.range.start.min(heading.range.end));
        let fence = document.fences.partition_point(|fence| fence.range.start < heading.range.start);
        let holds = document.fences.get(fence).is_some_and(|fence| fence.range.start < own_end);
        if !rollback || !holds {
            continue;
        }
        if numbered_step(&heading.text) {
            return Vec::new();
        }
        let lower = heading.text.to_lowercase();
        chosen += usize::from(
            words.meanings(&lower).contains(&Meaning::Rollback)
                || CHOICES.iter().any(|word| lower.contains(word)),
        );
        found.push(Variant { title: heading.text.clone(), line: heading.line, range: heading.range.clone() });
    }
    // Which is a choice and which a sequence, only their words tell.
    if found.len() < 2 || found.len() > VARIANTS_MAX || chosen * 2 < found.len() { Vec::new() } else { found }
}

fn steps(document: &Document, modes: &Modes, range: &Range<usize>) -> Vec<StepText> {
    let first = document.first_entry(range.start);
    let within = document
        .entries
        .iter()
        .enumerate()
        .skip(first)
        .take_while(|(_, entry)| document.start_of(entry) < range.end);
    let steps =
        within.filter(|(_, entry)| entry.tickable && modes.at(document.start_of(entry)) == Mode::Rollback);
    steps
        .map(|(index, entry)| StepText {
            line: entry.line,
            text: entry.text.clone(),
            node: entry.node,
            entry: index,
            group: entry
                .parent
                .and_then(|parent| document.entries.get(parent))
                .filter(|parent| !parent.tickable)
                .map(|parent| parent.text.clone()),
        })
        .collect()
}

/// Items of lists that say when to go back, in file order.
pub(super) fn triggers(document: &Document, sections: &Sections) -> Vec<TriggerText> {
    let mut found = Vec::new();
    for stretch in sections.stretches.iter().filter(|stretch| stretch.mode == Mode::Triggers) {
        for (id, node) in document.tree.within(&stretch.range) {
            let nested = || document.tree.above(id).any(|(_, above)| above.kind == Kind::Item);
            if node.kind != Kind::Item || nested() {
                continue;
            }
            let text = document.own_words(id);
            if !text.is_empty() {
                let plan = sections.plan_at(node.range.start);
                found.push(TriggerText {
                    line: document.source.line(node.range.start),
                    text,
                    node: id,
                    plan,
                });
            }
        }
    }
    found
}
