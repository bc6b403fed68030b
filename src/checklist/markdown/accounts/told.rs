//! What each thing of a document became, and why.

use std::ops::Range;

use super::Told;
use crate::checklist::markdown::build::Built;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::{Entry, Origin};
use crate::checklist::markdown::offers::{Offered, Offers};
use crate::checklist::markdown::outline::Rank;
use crate::checklist::markdown::sections::durations::spoken;
use crate::checklist::markdown::sections::{Mode, Sections};
use crate::checklist::markdown::tables::TableKind;
use crate::checklist::markdown::tree::NodeId;

struct Telling<'d> {
    document: &'d Document,
    sections: &'d Sections,
    told: Vec<Told>,
}

/// Everything, in file order.
pub(super) fn told(document: &Document, sections: &Sections, built: &Built, offers: &Offers) -> Vec<Told> {
    let mut telling = Telling { document, sections, told: Vec::new() };
    telling.headings();
    telling.entries(built);
    telling.sections();
    telling.tables();
    telling.offers(offers);
    telling.told.sort_by_key(|told| told.range.start);
    telling.told
}

impl Telling<'_> {
    fn push(
        &mut self,
        kind: &'static str,
        at: (usize, Range<usize>),
        said: &str,
        (from, why): (&'static str, String),
    ) {
        let (line, range) = at;
        self.told.push(Told { kind, line, range, id: None, from, said: said.to_owned(), why });
    }

    fn at(&self, node: NodeId) -> (usize, Range<usize>) {
        let range = self.document.tree.node(node).range.clone();
        (self.document.source.line(range.start), range)
    }

    fn headings(&mut self) {
        let document = self.document;
        let plans: Vec<usize> = self.sections.plans.iter().map(|plan| plan.range.start).collect();
        for heading in &document.outline.headings {
            let stretch = self.sections.stretch_at(heading.range.start);
            let mode = stretch.map_or(Mode::Forward, |stretch| stretch.mode);
            let why = stretch.map_or_else(String::new, |stretch| stretch.why.to_owned());
            let kind = match (heading.rank, mode) {
                (Rank::Title, _) => "title",
                _ if plans.binary_search(&heading.range.start).is_ok() => "rollback",
                (_, Mode::Triggers) => "triggers",
                (_, Mode::Reference) => "reference",
                (Rank::Phase, _) => "phase",
                (Rank::Section | Rank::Deeper, _) => "section",
            };
            let at = self.at(heading.node);
            self.push(kind, at, &heading.text, ("heading", why));
        }
        for label in &document.outline.labels {
            let at = self.at(label.node);
            let kind = if plans.binary_search(&label.range.start).is_ok() { "rollback" } else { "label" };
            self.push(kind, at, &label.text, ("label", "a bold line used as a small heading".to_owned()));
        }
    }

    fn entries(&mut self, built: &Built) {
        for (entry, item) in self.document.entries.iter().zip(&built.items) {
            let Some(id) = item else { continue };
            let start = self.document.start_of(entry);
            let criterion =
                self.sections.criteria.binary_search_by_key(&entry.node, |criterion| criterion.node).is_ok();
            let kind = if !entry.tickable {
                "parent"
            } else if self.sections.plan_at(start).is_some() {
                "step"
            } else if criterion {
                "criterion"
            } else {
                "item"
            };
            let range = self.document.tree.node(entry.node).range.clone();
            let said = entry.text.clone();
            self.told.push(Told {
                kind,
                line: entry.line,
                range,
                id: Some(id.to_string()),
                from: from(entry.origin),
                said,
                why: why(entry).to_owned(),
            });
        }
    }

    fn sections(&mut self) {
        let sections = self.sections;
        for trigger in &sections.triggers {
            let at = self.at(trigger.node);
            self.push(
                "trigger",
                at,
                &trigger.text,
                ("bullet", "it says when to go back: asked of people, never acts".to_owned()),
            );
        }
        for window in &sections.windows {
            let (_, range) = self.at(window.node);
            let from = if window.in_heading { "heading" } else { "sentence" };
            let why = format!("watched for {} from the deploy's end", spoken(window.length));
            self.push("window", (window.line, range), &window.text, (from, why));
        }
        for contact in &sections.contacts {
            let (_, range) = self.at(contact.node);
            let filled = contact.name.is_some() || contact.reach.is_some();
            let why = if filled { "somebody to reach" } else { "somebody to reach; not filled in" };
            self.push("contact", (contact.line, range), &contact.role, ("line", why.to_owned()));
        }
        for signoff in &sections.signoffs {
            let (_, range) = self.at(signoff.node);
            let (kind, why) = if signoff.filled {
                ("record", "a blank the record fills in")
            } else {
                ("sign-off", "a blank under approval words: a role that signs")
            };
            self.push(kind, (signoff.line, range), &signoff.role, ("line", why.to_owned()));
        }
        for caution in &sections.cautions {
            let at = self.at(caution.node);
            self.push(
                "caution",
                at,
                &caution.text,
                ("paragraph", "a warning of the author, beside the items that follow".to_owned()),
            );
        }
    }

    fn tables(&mut self) {
        for table in &self.document.tables {
            let why = match table.kind {
                TableKind::Contacts => "its header names people and how to reach them",
                TableKind::Variables => "its header names variables; example values are not kept",
                TableKind::SignOff => "its header names who signs",
                TableKind::Items => "rows with boxes, gates or criteria are items",
                TableKind::Reference => "to be read in the file",
            };
            let said = table.headers.join(" | ");
            self.push("table", (table.line, table.range.clone()), &said, ("table", why.to_owned()));
        }
        for name in &self.sections.env_names {
            let range = self.document.source.line_range(name.line);
            self.push(
                "variable-name",
                (name.line, range),
                &name.name,
                ("table-row", "a name for the environment; no value is kept".to_owned()),
            );
        }
    }

    fn offers(&mut self, offers: &Offers) {
        for offer in &offers.all {
            let (kind, said) = match &offer.what {
                Offered::Script(script) | Offered::Inline(script) => ("offer", script.title.clone()),
                Offered::Http(http) => ("http-check", http.title.clone()),
                Offered::Containers(containers) => ("container-check", containers.title.clone()),
                Offered::LogPane(_) => ("log", "logs to look at".to_owned()),
                Offered::LogCheck(_) => ("log-check", "logs to search".to_owned()),
                Offered::Variable(variable) => ("variable", variable.name.clone()),
                Offered::ByHand { why } => ("by-hand", why.clone()),
            };
            let range = self.document.source.line_range(offer.line);
            let id = Some(offer.id.clone());
            self.told.push(Told {
                kind,
                line: offer.line,
                range,
                id,
                from: "text",
                said,
                why: offer.why.clone(),
            });
        }
    }
}

/// The word of an origin, as in `from`.
pub(super) fn from(origin: Origin) -> &'static str {
    match origin {
        Origin::Box => "box",
        Origin::NearBox => "near-box",
        Origin::Number => "number",
        Origin::Bullet => "bullet",
        Origin::Heading => "heading",
        Origin::Fence => "fence",
        Origin::TableRow => "table-row",
    }
}

fn why(entry: &Entry) -> &'static str {
    match entry.origin {
        _ if !entry.tickable => "a title over items: done when they are",
        Origin::Box => "a box as GitHub draws it",
        Origin::NearBox => "looks like a box and is none on GitHub",
        Origin::Number => "a number under words that ask for steps",
        Origin::Bullet => "a bullet under words that ask",
        Origin::Heading => "a numbered heading without a list",
        Origin::Fence => "a shell's fence that stands for itself",
        Origin::TableRow => "a row that is worked through",
    }
}
