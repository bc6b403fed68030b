//! What a document's text offers: scripts, inline commands, checks, logs, variables; inert until a person accepts them.
//!
//! Each offer knows its line, why it was made and what to look out for. Nothing here runs, and nothing is offered as runnable out of a
//! fence that is no shell's. Not here: putting offers into a checklist (`build/commands.rs`), windows, triggers and plans (`sections`).
//! One fence is read in `offers/fence.rs`, the words of an entry in `offers/prose.rs`.

use std::collections::HashMap;

use super::document::Document;
use super::identity::slug;
use super::logs::Logs;
use super::placeholders::Strength;
use super::secrets::masked;
use super::shell::marks::Mark;
use super::tree::NodeId;
use crate::checklist::check::{ContainersCheck, HttpCheck};

mod carried;
mod cut;
mod fence;
mod fill;
mod http;
mod names;
mod paths;
mod prose;
mod releases;
mod script;

pub use self::carried::Carried;

#[cfg(test)]
pub(crate) mod tests;

/// More offers than a person looks through; what comes behind is counted.
pub const OFFERS_MAX: usize = 10_000;
/// Warnings of one offer: the first are kept.
const WARNINGS_MAX: usize = 50;

/// Something the text suggests.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What it was read from: a fence, inline code, an entry.
    pub node: NodeId,
    /// The entry it belongs to, by its place in [`Document::entries`].
    pub entry: Option<usize>,
    /// Its name: unique in the document, and the same on every reading.
    pub id: String,
    /// What it is.
    pub what: Offered,
    /// Why it is offered, or how it was read.
    pub why: String,
    /// What to look out for.
    pub warnings: Vec<Warning>,
}

/// What to look out for, with its place. It never holds a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The line in the file, from 1.
    pub line: usize,
    /// A sentence's beginning, in small letters.
    pub text: String,
}

/// What is offered.
#[derive(Clone, Debug)]
pub enum Offered {
    /// A part of a shell's fence.
    Script(ScriptOffer),
    /// A command in back-ticks.
    Inline(ScriptOffer),
    /// An HTTP check.
    Http(Box<HttpOffer>),
    /// A check of containers.
    Containers(Box<ContainersOffer>),
    /// A log to look at.
    LogPane(Logs),
    /// A log to search.
    LogCheck(Logs),
    /// A value to fill in.
    Variable(VariableOffer),
    /// A person must do it; the reason.
    ByHand {
        /// The reason in words.
        why: String,
    },
}

/// A script a person may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptOffer {
    /// What would run, whole: its shell, its switches, what is carried, its lines with their places filled.
    pub text: String,
    /// What a person reads first: its comment, its label or its command.
    pub title: String,
    /// Its first line in the file, from 1.
    pub first: usize,
    /// Its last line in the file.
    pub last: usize,
    /// It is done only sometimes: not selected unless a person does.
    pub conditional: bool,
    /// It stands in the text of a rollback.
    pub rollback: bool,
    /// What earlier fences set and this one needs, shown at its beginning.
    pub carried: Vec<Carried>,
    /// The variables it reads, by name.
    pub reads: Vec<String>,
    /// What to know before it runs, by line in the file.
    pub marks: Vec<(usize, Mark)>,
    /// Lines that cannot be undone, as written.
    pub irreversible: Vec<String>,
}

/// An HTTP check, ready for an item.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpOffer {
    /// The check.
    pub check: HttpCheck,
    /// Its title: `GET http://localhost:8000/health: status 200`.
    pub title: String,
    /// The variables in it.
    pub reads: Vec<String>,
    /// The secrets in it: never their values.
    pub secrets: Vec<String>,
    /// It changes something or sends a body: one shot, never sampled.
    pub once: bool,
}

/// A check of containers, ready for an item.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainersOffer {
    /// The check.
    pub check: ContainersCheck,
    /// Its title.
    pub title: String,
    /// The compose files that were named.
    pub files: Vec<String>,
}

/// What kind of value a variable takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueKind {
    /// One word of safe letters.
    Word,
    /// An address.
    Url,
}

/// A variable that texts of the document read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableOffer {
    /// Its name.
    pub name: String,
    /// The value that stands in the document.
    pub default: Option<String>,
    /// Strong ones block a run until they are filled.
    pub strength: Strength,
    /// What it takes.
    pub kind: ValueKind,
    /// Where it is first needed, a line from 1.
    pub first_line: usize,
    /// A script or a check reads it. Otherwise it is only told.
    pub used: bool,
}

/// The offers of a document.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// In the order of the file.
    pub all: Vec<Offer>,
    /// How many came behind [`OFFERS_MAX`].
    pub beyond: usize,
}

impl Offers {
    /// How many checks it offers that only read.
    pub fn reads(&self) -> usize {
        let reads = |what: &Offered| match what {
            Offered::Http(http) => !http.once,
            Offered::Containers(_) => true,
            Offered::Script(_)
            | Offered::Inline(_)
            | Offered::LogPane(_)
            | Offered::LogCheck(_)
            | Offered::Variable(_)
            | Offered::ByHand { .. } => false,
        };
        self.all.iter().filter(|offer| offer.entry.is_some() && reads(&offer.what)).count()
    }
}

/// Reads what a document offers. `in_rollback` says whether an offset of its text stands in the text of a rollback.
pub fn offers(document: &Document, in_rollback: &dyn Fn(usize) -> bool) -> Offers {
    let mut finding = Finding::new(document, in_rollback);
    finding.fences();
    finding.prose();
    finding.finish()
}

/// What is found so far.
struct Finding<'d> {
    document: &'d Document,
    in_rollback: &'d dyn Fn(usize) -> bool,
    releases: releases::Releases,
    variables: names::Variables,
    all: Vec<Offer>,
    beyond: usize,
}

impl<'d> Finding<'d> {
    fn new(document: &'d Document, in_rollback: &'d dyn Fn(usize) -> bool) -> Self {
        Self {
            document,
            in_rollback,
            releases: releases::Releases::read(document, in_rollback),
            variables: names::Variables::default(),
            all: Vec::new(),
            beyond: 0,
        }
    }

    /// No more offers are kept.
    fn is_full(&self) -> bool {
        self.all.len() >= OFFERS_MAX
    }

    fn push(
        &mut self,
        (line, node): (usize, NodeId),
        what: Offered,
        why: String,
        mut warnings: Vec<Warning>,
    ) {
        if self.is_full() {
            self.beyond += 1;
            return;
        }
        warnings.sort_by_key(|warning| warning.line);
        warnings.dedup();
        warnings.truncate(WARNINGS_MAX);
        self.all.push(Offer {
            line,
            node,
            entry: self.entry_of(node),
            id: String::new(),
            what,
            why,
            warnings,
        });
    }

    /// The entry a node belongs to: its own, or the nearest one around it.
    fn entry_of(&self, node: NodeId) -> Option<usize> {
        let entries = &self.document.entries;
        let find = |id: NodeId| entries.binary_search_by_key(&id, |entry| entry.node).ok();
        let fences = &self.document.fences;
        let fence = fences.binary_search_by_key(&node, |fence| fence.node).ok().and_then(|at| fences.get(at));
        let first = fence.and_then(super::fences::Fence::item).unwrap_or(node);
        find(first).or_else(|| self.document.tree.above(first).find_map(|(above, _)| find(above)))
    }

    /// In the order of the file, each with its name.
    fn finish(mut self) -> Offers {
        let variables = std::mem::take(&mut self.variables);
        let root = self.document.tree.root();
        for variable in variables.finish(&self.releases) {
            let why = match (&variable.default, variable.strength) {
                (Some(_), _) => "a version that stands in the text".to_owned(),
                (None, Strength::Strong) => "a place to fill: nothing that needs it runs before".to_owned(),
                (None, Strength::Weak) => "perhaps a place to fill".to_owned(),
            };
            self.push((variable.first_line, root), Offered::Variable(variable), why, Vec::new());
        }
        let variable = |offer: &Offer| matches!(offer.what, Offered::Variable(_));
        self.all.sort_by_key(|offer| (offer.line, variable(offer), offer.node));
        let mut asked: HashMap<String, usize> = HashMap::new();
        for offer in &mut self.all {
            let made = base(self.document, offer);
            let times = asked.entry(made.clone()).or_insert(0);
            *times += 1;
            offer.id = if *times == 1 { made } else { format!("{made}-{times}") };
        }
        Offers { all: self.all, beyond: self.beyond }
    }
}

/// The name of an offer before it is counted: where it stands and what it is. Numbers come behind a sign that no slug ends in.
fn base(document: &Document, offer: &Offer) -> String {
    if let Offered::Variable(variable) = &offer.what {
        return format!("variable/{}", variable.name);
    }
    let kind = match &offer.what {
        Offered::Script(_) | Offered::Inline(_) => "run",
        Offered::Http(_) | Offered::Containers(_) => "check",
        Offered::LogPane(_) | Offered::LogCheck(_) => "log",
        Offered::ByHand { .. } => "by-hand",
        Offered::Variable(_) => "variable",
    };
    if let Some(entry) = offer.entry.and_then(|entry| document.entries.get(entry)) {
        return format!("{}/{kind}", entry.id);
    }
    let path = document.outline.path_at(document.tree.node(offer.node).range.start);
    let under = path.last().map_or_else(|| "top".to_owned(), |heading| slug(&masked(heading)));
    format!("{under}//{kind}")
}
