//! What a Markdown document became, for people: a few lines that count it, and every warning with its line.
//!
//! Text of the document goes out sanitised and without secrets. As JSON: `imported/json.rs`. Not here: reading it
//! (`checklist/markdown`), what became of each line (`checklist/markdown/accounts.rs`).

mod json;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

pub use self::json::as_json;
use crate::checklist::markdown::accounts::{Accounts, Use};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::Origin;
use crate::checklist::markdown::offers::Offered;
use crate::checklist::markdown::placeholders::Strength;
use crate::checklist::markdown::secrets::{masked, secrets};
use crate::checklist::markdown::sections::durations::spoken;
use crate::checklist::markdown::tasks::NearKind;
use crate::checklist::markdown::tree::NodeId;
use crate::safe_format;
use crate::text::Safe;

/// How many warnings are told one by one.
const NAMED_MAX: usize = 20;
/// Between the things of one line.
const BETWEEN: &str = " · ";

/// Whether the report goes with a file that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    /// `--to` wrote a checklist.
    Checklist,
    /// Nothing was written.
    Nothing,
}

/// What became of a document, in a few lines; `digest` is that of the file's bytes.
pub fn plain(document: &Document, accounts: &Accounts, digest: &str, wrote: Wrote) -> Vec<Safe> {
    let mut lines = vec![first(document, digest, wrote), row("became     ", &became(document, accounts))];
    for (word, things) in [("offered    ", offered(accounts)), ("asked      ", asked(accounts))] {
        if !things.is_empty() {
            lines.push(row(word, &things));
        }
    }
    let repairs = document.source.repairs();
    if repairs.repaired > 0 {
        lines.push(safe_format!(
            "repaired   {} for the screen, {} torn: the text was encoded twice; the file is as it was",
            counted(repairs.repaired, "place", "places"),
            repairs.torn
        ));
    }
    lines.extend(warned(document, accounts));
    let ignored = ignored(document, accounts);
    if !ignored.is_empty() {
        lines.push(row("ignored    ", &ignored));
    }
    let notes = accounts.count(Use::Note);
    if notes > 0 {
        lines.push(safe_format!("notes      {} to be read in the file", counted(notes, "line", "lines")));
    }
    lines
}

fn first(document: &Document, digest: &str, wrote: Wrote) -> Safe {
    let source = &document.source;
    safe_format!(
        "{}   {}, {}, {}, {}   {}",
        document.name,
        counted(source.lines(), "line", "lines"),
        source.encoding().name(),
        ends(source.text()),
        digest,
        match wrote {
            Wrote::Checklist => "nothing was run",
            Wrote::Nothing => "nothing was run, nothing was written",
        }
    )
}

/// How lines end.
fn ends(text: &str) -> &'static str {
    let pairs = text.matches("\r\n").count();
    let feeds = text.matches('\n').count() - pairs;
    let returns = text.matches('\r').count() - pairs;
    match (feeds > 0, pairs > 0, returns > 0) {
        (_, false, false) => "LF",
        (false, true, false) => "CRLF",
        (false, false, true) => "CR",
        _ => "mixed line ends",
    }
}

fn row(word: &'static str, things: &[Safe]) -> Safe {
    let mut line = Safe::own(word);
    for (index, thing) in things.iter().enumerate() {
        line = if index == 0 {
            safe_format!("{}{}", line, thing)
        } else {
            safe_format!("{}{}{}", line, BETWEEN, thing)
        };
    }
    line
}

fn became(document: &Document, accounts: &Accounts) -> Vec<Safe> {
    let boxes = &document.boxes;
    let ticked = boxes.tasks.iter().filter(|task| task.ticked).count();
    let mut tasks =
        safe_format!("{} ({} ticked in the file)", counted(boxes.tasks.len(), "task", "tasks"), ticked);
    // Steps of a way back are told with it.
    let steps: HashSet<NodeId> =
        accounts.sections.plans.iter().flat_map(|plan| &plan.steps).map(|step| step.node).collect();
    let kept = || {
        document
            .entries
            .iter()
            .zip(&accounts.built.items)
            .filter(|(entry, item)| item.is_some() && entry.tickable && !steps.contains(&entry.node))
    };
    for (origin, words) in [
        (Origin::NearBox, "near misses"),
        (Origin::Number, "numbers"),
        (Origin::Bullet, "bullets"),
        (Origin::Heading, "headings"),
        (Origin::Fence, "fences"),
        (Origin::TableRow, "table rows"),
    ] {
        let made = kept().filter(|(entry, _)| entry.origin == origin).count();
        if made > 0 {
            tasks = safe_format!("{} + {} from {}", tasks, counted(made, "item", "items"), words);
        }
    }
    let checklist = &accounts.built.checklist;
    let sections = &accounts.sections;
    let mut things = vec![tasks, counted(checklist.phases.len(), "phase", "phases")];
    for plan in &sections.plans {
        let steps = counted(plan.steps.len(), "step", "steps");
        things.push(match plan.variants.len() {
            0 => safe_format!("rollback plan of {}", steps),
            several => safe_format!("rollback plan of {} in {} variants", steps, several),
        });
    }
    for (_, window) in checklist.windows.iter() {
        let stages: Vec<String> = window.stages.iter().map(|stage| spoken(stage.length)).collect();
        things.push(safe_format!("window {}", stages.join(", ")));
    }
    for (count, one, many) in [
        (sections.triggers.len(), "trigger", "triggers"),
        (sections.criteria.len(), "criterion", "criteria"),
        (checklist.roles.names().count(), "sign-off role", "sign-off roles"),
        (checklist.contacts.len(), "contact", "contacts"),
        (sections.env_names.len(), "environment name", "environment names"),
        (sections.cautions.len(), "caution", "cautions"),
    ] {
        if count > 0 {
            things.push(counted(count, one, many));
        }
    }
    things
}

fn offered(accounts: &Accounts) -> Vec<Safe> {
    let offers = &accounts.offers.all;
    let count = |wanted: fn(&Offered) -> bool| offers.iter().filter(|offer| wanted(&offer.what)).count();
    let counts = [
        (count(|what| matches!(what, Offered::Script(_))), "script", "scripts"),
        (count(|what| matches!(what, Offered::Inline(_))), "inline command", "inline commands"),
        (count(|what| matches!(what, Offered::Http(_))), "HTTP check", "HTTP checks"),
        (count(|what| matches!(what, Offered::Containers(_))), "container check", "container checks"),
        (count(|what| matches!(what, Offered::LogCheck(_))), "log check", "log checks"),
        (count(|what| matches!(what, Offered::LogPane(_))), "log pane", "log panes"),
        (count(|what| matches!(what, Offered::ByHand { .. })), "fence by hand", "fences by hand"),
    ];
    let mut things: Vec<Safe> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    for offer in offers {
        if let Offered::Variable(variable) = &offer.what
            && let Some(default) = variable.default.as_deref().filter(|_| variable.used)
        {
            things.push(safe_format!("{} = {}", variable.name, masked(default)));
        }
    }
    if accounts.offers.beyond > 0 {
        things.push(safe_format!("{} more beyond the bound", accounts.offers.beyond));
    }
    things
}

/// What must be filled in before a run that needs it.
fn asked(accounts: &Accounts) -> Vec<Safe> {
    let named = accounts.offers.all.iter().filter_map(|offer| match &offer.what {
        Offered::Variable(variable) if variable.used && variable.strength == Strength::Strong => {
            Some(&variable.name)
        }
        _ => None,
    });
    named.map(|name| safe_format!("{}", name)).collect()
}

/// What a reader may take for something else than it is, in file order.
fn warned(document: &Document, accounts: &Accounts) -> Vec<Safe> {
    let mut warnings: Vec<(usize, Safe)> = Vec::new();
    for fence in document.fences.iter().filter(|fence| !fence.closed) {
        warnings.push((fence.line, Safe::own("this fence never closes: it runs to the end of the text")));
    }
    for near in &document.boxes.near {
        let words = match near.kind {
            NearKind::Hidden => "a box in code, HTML or a comment: no item",
            NearKind::Brackets
            | NearKind::NoSpace
            | NearKind::Empty
            | NearKind::ForeignMark
            | NearKind::Drawn
            | NearKind::NoItem => "looks like a box and is none on GitHub: taken as an open item",
        };
        warnings.push((near.line, Safe::own(words)));
    }
    for contact in
        accounts.sections.contacts.iter().filter(|contact| contact.name.is_none() && contact.reach.is_none())
    {
        warnings.push((contact.line, safe_format!("nobody is filled in for {}", masked(&contact.role))));
    }
    let offers = accounts.offers.all.iter().flat_map(|offer| &offer.warnings);
    warnings.extend(offers.map(|warning| (warning.line, safe_format!("{}", masked(&warning.text)))));
    for found in secrets(document.source.text()) {
        let line = document.source.line(found.range.start);
        warnings.push((line, safe_format!("a secret stands here: {}", Safe::own(found.kind.words()))));
    }
    for offer in &accounts.offers.all {
        match &offer.what {
            Offered::LogPane(logs) if logs.follows => {
                warnings.push((offer.line, Safe::own("endless command, offered as a log pane")));
            }
            Offered::Script(script) if script.conditional => {
                warnings.push((offer.line, Safe::own("conditional part, not selected")));
            }
            _ => {}
        }
    }
    warnings.sort_by_key(|(line, _)| *line);
    warnings.dedup();
    let more = warnings.len().saturating_sub(NAMED_MAX);
    let first = warnings.into_iter().take(NAMED_MAX);
    let mut lines: Vec<Safe> =
        first.map(|(line, words)| safe_format!("warned     l.{} {}", line, words)).collect();
    if more > 0 {
        lines.push(safe_format!("warned     and {} more; --json lists all", more));
    }
    lines
}

fn ignored(document: &Document, accounts: &Accounts) -> Vec<Safe> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for ignored in &accounts.ignored {
        *counts.entry(ignored.what).or_default() += 1;
    }
    let mut things: Vec<Safe> = counts
        .into_iter()
        .map(|(what, count)| match (what, count) {
            ("a rule between sections", count) => {
                counted(count, "rule between sections", "rules between sections")
            }
            ("a comment or HTML", count) => {
                counted(count, "block of comments or HTML", "blocks of comments or HTML")
            }
            (what, _) => Safe::own(what),
        })
        .collect();
    if document.boxes.beyond > 0 {
        things.push(safe_format!("{} boxes beyond the bound", document.boxes.beyond));
    }
    if document.tree.flattened() > 0 {
        things.push(safe_format!(
            "{} blocks nested too deep: read beside what they stood in",
            document.tree.flattened()
        ));
    }
    things
}

fn counted(count: usize, one: &'static str, many: &'static str) -> Safe {
    safe_format!("{} {}", count, if count == 1 { one } else { many })
}
