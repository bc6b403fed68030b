//! What the sections of a document mean: what is done in order, how to go back and when, what is watched, who signs and is reached.
//!
//! `sections/modes.rs` reads headings and labels; the others read what stands in their stretches: `rollback.rs`, `watching.rs` with
//! `durations.rs`, `people.rs`, `environments.rs`, `cautions.rs`. Nothing here is live: `build/` makes a checklist of it. Not here:
//! commands (`offers`), tables (`tables.rs`), the words (`words.rs`).

pub mod cautions;
pub mod durations;
pub mod environments;
mod modes;
pub mod people;
pub mod rollback;
pub mod watching;

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::Serialize;

pub use self::cautions::Caution;
pub use self::environments::PhasePart;
pub use self::people::{ContactText, SignoffText};
pub use self::rollback::{RollbackPlan, StepText, TriggerText, Variant};
pub use self::watching::WindowText;
use super::document::Document;
use super::entries::Origin;
use super::tree::NodeId;
use super::words::Vocabulary;

/// What a stretch of a document is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Done in order.
    Forward,
    /// How to go back: never part of the forward sequence.
    Rollback,
    /// Being ready to go back: forward.
    Readiness,
    /// When to go back.
    Triggers,
    /// What must hold in the end.
    Criteria,
    /// Whom to reach.
    Contacts,
    /// Who approves.
    SignOff,
    /// Names of variables.
    Variables,
    /// What is watched after a deploy.
    Window,
    /// Read, not done.
    Reference,
}

/// A stretch of a document under one heading or label.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Its range of the text; stretches are disjoint and in file order.
    pub range: Range<usize>,
    /// The line of its heading or label, from 1.
    pub line: usize,
    /// What it is read as.
    pub mode: Mode,
    /// The words of its heading or label, repaired for the screen.
    pub title: String,
    /// Why it is read so.
    pub why: &'static str,
}

/// Something that must hold in the end.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its line, from 1.
    pub line: usize,
    /// Its words.
    pub text: String,
    /// Its item in the tree.
    pub node: NodeId,
    /// Its place in [`Document::entries`].
    pub entry: usize,
}

/// The name of an environment variable, out of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvName {
    /// The line of its row, from 1.
    pub line: usize,
    /// The name.
    pub name: String,
    /// What it is for. An example value is never kept.
    pub what: String,
}

/// What the sections of a document mean.
#[derive(Clone, Debug, Default)]
pub struct Sections {
    /// The stretches under headings and labels, disjoint, in file order.
    pub stretches: Vec<Stretch>,
    /// Ways back, in file order.
    pub plans: Vec<RollbackPlan>,
    /// When to go back.
    pub triggers: Vec<TriggerText>,
    /// What is watched, and for how long.
    pub windows: Vec<WindowText>,
    /// What must hold in the end.
    pub criteria: Vec<Criterion>,
    /// Whom to reach.
    pub contacts: Vec<ContactText>,
    /// Who signs, and what the record fills in beside it.
    pub signoffs: Vec<SignoffText>,
    /// Names of environment variables.
    pub env_names: Vec<EnvName>,
    /// Warnings of the author.
    pub cautions: Vec<Caution>,
    /// The parts of phases that belong to environments.
    pub environments: Vec<PhasePart>,
}

impl Sections {
    /// Reads what the sections of a document mean.
    pub fn read(document: &Document) -> Self {
        let words = Vocabulary::default();
        let modes = modes::modes(document, &words);
        let mut sections = Self {
            plans: rollback::plans(document, &modes, &words),
            environments: environments::parts(document),
            stretches: modes.stretches,
            ..Self::default()
        };
        sections.triggers = rollback::triggers(document, &sections);
        sections.windows = watching::windows(document, &sections, &words);
        sections.criteria = criteria(document, &sections);
        sections.contacts = people::contacts(document, &sections);
        sections.signoffs = people::signoffs(document, &sections);
        sections.env_names = super::tables::env_names(&document.tables);
        sections.cautions = cautions::cautions(document, &sections);
        sections
    }

    /// The stretch an offset of the text stands in; none before the first heading.
    pub fn stretch_at(&self, at: usize) -> Option<&Stretch> {
        let index = self.stretches.partition_point(|stretch| stretch.range.start <= at).checked_sub(1)?;
        self.stretches.get(index)
    }

    /// What an offset of the text is read as.
    pub fn mode_at(&self, at: usize) -> Mode {
        self.stretch_at(at).map_or(Mode::Forward, |stretch| stretch.mode)
    }

    /// The way back an offset of the text belongs to, by its place in [`Self::plans`].
    pub fn plan_at(&self, at: usize) -> Option<usize> {
        let index = self.plans.partition_point(|plan| plan.range.start <= at).checked_sub(1)?;
        self.plans.get(index).filter(|plan| plan.range.contains(&at)).map(|_| index)
    }
}

/// Bullets and numbers under words that say what must hold in the end, and drawn facts that are asked for. Boxes stay tasks.
fn criteria(document: &Document, sections: &Sections) -> Vec<Criterion> {
    let entries = document.entries.iter().enumerate();
    let meant = entries.filter(|(_, entry)| {
        let listed = matches!(entry.origin, Origin::Bullet | Origin::Number);
        let mode = sections.mode_at(document.start_of(entry));
        listed
            && entry.tickable
            && (mode == Mode::Criteria
                || (entry.fact && matches!(mode, Mode::Forward | Mode::Window | Mode::Readiness)))
    });
    meant
        .map(|(index, entry)| Criterion {
            line: entry.line,
            text: entry.text.clone(),
            node: entry.node,
            entry: index,
        })
        .collect()
}
