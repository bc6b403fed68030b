//! Sheets: what a shell would read, with the way back from each line to the file; of a document and of a checklist alike.
//!
//! Not here: rules about them (`commands.rs`, `images.rs`), what a script is (`checklist/markdown/shell`).

use std::ops::Range;

use crate::checklist::check::{Check, CommandCheck};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::fences::Fence;
use crate::checklist::markdown::inline::command;
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::shell::console::Dialect;
use crate::checklist::markdown::shell::script::Script;
use crate::checklist::markdown::tree::{Kind, NodeId};
use crate::checklist::markdown::words::{Meaning, means};
use crate::checklist::model::Checklist;
use crate::checklist::place::Place;
use crate::checklist::read::Survey;
use crate::checklist::read::validate::walk::{checks, steps};
use crate::checklist::template::Template;

/// Where a sheet comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// A fenced block of a document.
    Fence,
    /// Inline code of an item.
    Inline,
    /// A script of a checklist.
    Script,
    /// A program and its arguments in a checklist.
    Program,
}

/// Which way a sheet goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// With the release.
    Forward,
    /// Back.
    Back,
    /// Neither: help for troubles, background.
    Beside,
}

/// What a shell would read.
pub(super) struct Sheet {
    pub(super) script: Script,
    pub(super) from: From,
    pub(super) way: Way,
    /// Where each line of it stands in the text.
    lines: Vec<Range<usize>>,
}

impl Sheet {
    /// Where a line of the script stands; lines count from 1.
    pub(super) fn span(&self, line: usize) -> Range<usize> {
        let last = || self.lines.last().cloned();
        self.lines.get(line.saturating_sub(1)).cloned().or_else(last).unwrap_or(0..0)
    }
}

/// The sheets of a document, in file order within fences and within inline code.
pub(super) fn of_document(document: &Document) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    for fence in document.fences.iter().filter(|fence| fence.runnable) {
        let script = Script::read(fence.language.as_deref().unwrap_or_default(), &fence.body);
        let lines = fence_lines(document, fence);
        sheets.push(Sheet { script, from: From::Fence, way: way(document, fence.range.start), lines });
    }
    for entry in &document.entries {
        for (range, said) in codes(document, entry.node) {
            if command(said) {
                let script = Script::of(Dialect::Script, said);
                let way = way(document, range.start);
                sheets.push(Sheet { script, from: From::Inline, way, lines: vec![range] });
            }
        }
    }
    sheets
}

/// The inline code in an entry's own words.
pub(super) fn codes(document: &Document, node: NodeId) -> Vec<(Range<usize>, &str)> {
    let tree = &document.tree;
    let words = match tree.node(node).kind {
        Kind::Item => tree.children(node).next().map(|(first, _)| first),
        _ => Some(node),
    };
    let Some(words) =
        words.filter(|words| matches!(tree.node(*words).kind, Kind::Paragraph | Kind::Heading(_)))
    else {
        return Vec::new();
    };
    let inline = tree.subtree(words).filter_map(|(_, node)| match &node.kind {
        Kind::Code(said) => Some((node.range.clone(), said.trim())),
        _ => None,
    });
    inline.collect()
}

fn fence_lines(document: &Document, fence: &Fence) -> Vec<Range<usize>> {
    let source = &document.source;
    let lines = (0..fence.body.lines().count()).map(|line| {
        let range = source.line_range(fence.first_line + line);
        let lead = source.slice(range.clone());
        range.start + (lead.len() - lead.trim_start().len())..range.end
    });
    lines.collect()
}

/// Which way the text at an offset goes, by the headings above it.
pub(super) fn way(document: &Document, at: usize) -> Way {
    let path = document.outline.path_at(at);
    let is = |meaning| path.iter().any(|title| means(title, meaning));
    if is(Meaning::Rollback) && !is(Meaning::Readiness) {
        Way::Back
    } else if is(Meaning::Reference) {
        Way::Beside
    } else {
        Way::Forward
    }
}

/// The sheets of a checklist.
pub(super) fn of_checklist(checklist: &Checklist, survey: &Survey<'_>, text: &str) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    let mut add = |place: &Place, run: &[Template], script: Option<&String>, way: Way| {
        if let Some(script) = script {
            let lines = script_lines(text, survey.span(&place.key("script"), None), script);
            sheets.push(Sheet {
                script: Script::of(Dialect::Script, script),
                from: From::Script,
                way,
                lines,
            });
        } else if !run.is_empty() {
            let words: Vec<String> = run.iter().map(|word| quoted(word.as_written())).collect();
            let script = Script::of(Dialect::Script, &words.join(" "));
            sheets.push(Sheet {
                script,
                from: From::Program,
                way,
                lines: vec![survey.span(&place.key("run"), None)],
            });
        }
    };
    for spot in steps(checklist) {
        add(&spot.place, &spot.step.run, spot.step.script.as_ref(), way_of(checklist, spot.action));
    }
    for spot in checks(checklist) {
        let Check::Command(CommandCheck { run, script, .. }) = spot.check else { continue };
        let way = spot.step.map_or(Way::Forward, |(action, _)| way_of(checklist, action));
        add(&spot.place, run, script.as_ref(), way);
    }
    sheets
}

/// Which way an action goes: one that another names as its way back goes back.
pub(super) fn way_of(checklist: &Checklist, action: &crate::checklist::id::ActionId) -> Way {
    let back = checklist.actions.get(action).is_some_and(|body| !body.kind.is_forward());
    let named = checklist.actions.iter().any(|(_, body)| body.rollback.contains(action));
    if back || named { Way::Back } else { Way::Forward }
}

/// Where each line of a script stands in its value: in a literal text it is there as it is.
fn script_lines(text: &str, value: Range<usize>, script: &str) -> Vec<Range<usize>> {
    let mut at = value.start;
    let mut lines = Vec::new();
    for line in script.lines() {
        let line = line.trim();
        let found =
            slice(text, at..value.end).find(line).filter(|_| !line.is_empty()).map(|bytes| at + bytes);
        lines.push(found.map_or(at..at, |start| start..start + line.len()));
        at = found.map_or(at, |start| start + line.len());
    }
    if lines.iter().all(Range::is_empty) {
        lines = vec![value; lines.len()];
    }
    lines
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,{}".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
