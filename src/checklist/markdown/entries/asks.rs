//! Words above a list that make its lines items, and headings that are steps themselves.
//!
//! What a heading asks for is looked up once. Not here: what an entry is made from (`entries.rs`).

use std::collections::HashMap;

use crate::checklist::markdown::fences::Fence;
use crate::checklist::markdown::outline::{Outline, Rank};
use crate::checklist::markdown::source::Source;
use crate::checklist::markdown::tree::{Kind, NodeId, Tree};
use crate::checklist::markdown::words::{Meaning, Vocabulary};

/// Under these a numbered list is a list of steps.
const STEPS: &[&str] = &[
    "step",
    "process",
    "procedure",
    "release",
    "deploy",
    "checklist",
    "check list",
    "rollback",
    "roll back",
    "verif",
    "publish",
    "rollout",
    "runbook",
    "playbook",
    "how to",
    "instruction",
    "workflow",
    "migration",
    "upgrade",
    "launch",
    "schritt",
    "ablauf",
    "veröffentlich",
    "ausroll",
    "étape",
    "procédure",
    "déploie",
    "paso",
    "procedimiento",
    "despliegue",
    "passo",
    "procedura",
    "implanta",
    "stap",
    "uitrol",
    "krok",
    "wdroż",
    "шаг",
    "этап",
    "развер",
    "релиз",
    "步骤",
    "发布",
    "部署",
    "回滚",
    "手順",
    "リリース",
    "デプロイ",
    "단계",
    "배포",
];
/// Under these a bullet is something to do or to hold.
const ITEMS: &[&str] = &[
    "checklist",
    "check list",
    "verif",
    "ensure",
    "must",
    "criteria",
    "prerequisite",
    "confirm",
    "make sure",
    "to do",
    "todo",
    "checkliste",
    "prüf",
    "voraussetzung",
    "kriterien",
    "vérif",
    "prérequis",
    "critère",
    "requisito",
    "criterio",
    "verific",
    "critério",
    "controle",
    "vereiste",
    "wymagania",
    "kryteria",
    "провер",
    "требован",
    "критери",
    "检查",
    "确认",
    "前提",
    "チェック",
    "確認",
    "체크",
    "확인",
];
/// A heading that begins with one of these and a number is a step.
const STEP_WORDS: &[&str] =
    &["step", "schritt", "étape", "etape", "paso", "passo", "stap", "krok", "шаг", "этап", "步骤", "手順"];

/// What the words above a list ask for.
#[derive(Clone, Copy, Debug, Default)]
struct Ask {
    /// Its numbers are steps.
    steps: bool,
    /// Its bullets are to be done or to hold.
    items: bool,
    /// Its bullets say how to go back, and nothing else there does.
    back: bool,
}

/// What the words of a document ask for.
pub(super) struct Asking<'d> {
    source: &'d Source,
    tree: &'d Tree,
    outline: &'d Outline,
    vocabulary: Vocabulary,
    any_box: bool,
    any_number: bool,
    /// Where boxes, numbers and fences stand: what makes bullets beside them details.
    stronger: Vec<usize>,
    headings: HashMap<usize, Ask>,
    labels: HashMap<usize, Ask>,
    /// Whether the sentence before a list asks for it.
    leads: HashMap<NodeId, bool>,
}

impl<'d> Asking<'d> {
    pub(super) fn new(
        source: &'d Source,
        tree: &'d Tree,
        outline: &'d Outline,
        (any_box, fences): (bool, &[Fence]),
    ) -> Self {
        let numbered = tree.all().filter(|(_, node)| matches!(node.kind, Kind::List(Some(_)) | Kind::Box(_)));
        let mut stronger: Vec<usize> = numbered.map(|(_, node)| node.range.start).collect();
        stronger.extend(fences.iter().map(|fence| fence.range.start));
        stronger.sort_unstable();
        Self {
            source,
            tree,
            outline,
            vocabulary: Vocabulary::default(),
            any_box,
            any_number: tree.all().any(|(_, node)| matches!(node.kind, Kind::List(Some(_)))),
            stronger,
            headings: HashMap::new(),
            labels: HashMap::new(),
            leads: HashMap::new(),
        }
    }

    /// Do the words above an item ask for it to be done? A fact is only asked for by words.
    pub(super) fn asks(&mut self, id: NodeId, numbered: bool, fact: bool) -> bool {
        if !self.any_box && (numbered || !self.any_number) && !fact {
            return true;
        }
        let at = self.tree.node(id).range.start;
        let heading = self.outline.heading_at(at).map(|index| self.heading(index)).unwrap_or_default();
        let label = self.label(at);
        if numbered {
            return heading.steps || label.steps;
        }
        heading.items || label.items || heading.back || self.lead(id)
    }

    /// What a heading asks for, or one above it.
    fn heading(&mut self, index: usize) -> Ask {
        // Up to the first known one, then down again: no heading is asked twice.
        let above = std::iter::successors(Some(index), |at| self.outline.headings.get(*at)?.above);
        let unknown: Vec<usize> = above.take_while(|at| !self.headings.contains_key(at)).collect();
        for at in unknown.into_iter().rev() {
            let Some(heading) = self.outline.headings.get(at) else { continue };
            let mut ask =
                heading.above.and_then(|above| self.headings.get(&above)).copied().unwrap_or_default();
            if heading.rank != Rank::Title {
                let said = self.vocabulary.meanings(&heading.text);
                let says = |meaning| said.contains(&meaning);
                let back = says(Meaning::Rollback) && !says(Meaning::Trigger) && !says(Meaning::Readiness);
                ask.steps |= holds(&heading.text, STEPS) || says(Meaning::Procedure) || back;
                ask.items |= holds(&heading.text, ITEMS);
                if says(Meaning::Trigger) || says(Meaning::Readiness) {
                    ask.back = false;
                } else if says(Meaning::Rollback) {
                    let next = self.stronger.partition_point(|start| *start < heading.range.start);
                    ask.back = self.stronger.get(next).is_none_or(|start| *start >= heading.range.end);
                }
            }
            self.headings.insert(at, ask);
        }
        self.headings.get(&index).copied().unwrap_or_default()
    }

    fn label(&mut self, at: usize) -> Ask {
        let Some(label) = self.outline.label_at(at) else { return Ask::default() };
        let ask = || Ask { steps: holds(&label.text, STEPS), items: holds(&label.text, ITEMS), back: false };
        *self.labels.entry(label.range.start).or_insert_with(ask)
    }

    /// Does the sentence before a list ask for what stands in it: "make sure that:"?
    fn lead(&mut self, item: NodeId) -> bool {
        let Some(list) = self.tree.node(item).parent else { return false };
        if let Some(known) = self.leads.get(&list) {
            return *known;
        }
        let siblings = self.tree.node(list).parent.map(|above| &self.tree.node(above).children);
        let before = siblings.and_then(|siblings| {
            let at = siblings.binary_search(&list).ok()?.checked_sub(1)?;
            siblings.get(at)
        });
        let asks = before.is_some_and(|before| {
            let node = self.tree.node(*before);
            let written = self.source.slice(node.range.clone()).trim_end();
            node.kind == Kind::Paragraph && written.ends_with([':', '：', '*']) && holds(written, ITEMS)
        });
        self.leads.insert(list, asks);
        asks
    }
}

fn holds(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// Is a heading a numbered step: "Step 3: …", "Schritt 2"?
pub fn numbered_step(text: &str) -> bool {
    let lower = text.trim_start_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    let rest = STEP_WORDS.iter().find_map(|word| lower.strip_prefix(word));
    rest.is_some_and(|rest| rest.trim_start().starts_with(|letter: char| letter.is_ascii_digit()))
}
