//! A script as it would run: its shell and switches, what is carried, its own lines with their places filled.
//!
//! Not here: which lines run together (`cut.rs`), what of a fence is measured instead (`fence.rs`).

use std::collections::HashSet;
use std::fmt::Write as _;

use super::carried::Context;
use super::fill::fill;
use super::names::{Met, variable};
use super::{Finding, ScriptOffer, ValueKind, Warning};
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::placeholders::Strength;
use crate::checklist::markdown::placeholders::unset::unset;
use crate::checklist::markdown::secrets::{lookalikes, secrets};
use crate::checklist::markdown::shell::marks::Mark;
use crate::checklist::markdown::shell::script::Script;
use crate::checklist::markdown::versions;

/// More of a title nobody reads.
const TITLE_CHARS: usize = 120;

/// Where a script stands.
pub(super) struct Around<'a> {
    /// In the text of a rollback.
    pub(super) rollback: bool,
    /// What it is called where no comment says it.
    pub(super) title: &'a str,
    /// The first word behind its fence.
    pub(super) language: &'a str,
}

impl Finding<'_> {
    /// Errors: why a person must do it.
    pub(super) fn carrying(
        &mut self,
        script: &Script,
        around: &Around<'_>,
        first: usize,
        context: &Context,
    ) -> Result<(ScriptOffer, Vec<Warning>), String> {
        let version = if around.rollback { versions::Around::Rollback } else { versions::Around::Forward };
        let text = script.text.as_str();
        let line_of = Lines::of(text, first);
        if !secrets(text).is_empty() {
            return Err("a credential stands in it, which is not copied".to_owned());
        }
        let own = fill(text, version, &self.releases)
            .map_err(|(at, why)| format!("line {}: {why}", line_of.at(at)))?;
        let mut whole = head(around.language).to_owned();
        let carried = context.carried();
        let mut reads: Vec<String> = Vec::new();
        for one in &carried {
            let filled = fill(&one.text, version, &self.releases)
                .map_err(|(_, why)| format!("line {}: {why}", one.line))?;
            reads.extend(filled.reads.into_iter().map(|(name, _, _)| name));
            let _: std::fmt::Result = writeln!(whole, "{}  # carried from line {}", filled.text, one.line);
        }
        let mut warnings: Vec<Warning> =
            own.weak.iter().map(|(at, words)| weak(line_of.at(*at), words)).collect();
        for (name, at, strength) in own.reads {
            self.variables
                .meet(&name, Met { line: line_of.at(at), strength, kind: ValueKind::Word, used: true });
            reads.push(name);
        }
        reads.sort_unstable();
        reads.dedup();
        warnings.extend(self.unset(script, context, &line_of, first));
        for (line, mark) in &script.marks {
            warnings.push(Warning { line: first + line - 1, text: mark.sentence().to_owned() });
        }
        whole.push_str(&own.text);
        whole.push('\n');
        let cannot = script.marks.iter().filter(|(_, mark)| *mark == Mark::Irreversible);
        let irreversible = cannot.filter_map(|(at, _)| {
            let index = script.lines.binary_search_by_key(at, |line| line.line).ok()?;
            script.lines.get(index).map(|line| line.text.clone())
        });
        let offer = ScriptOffer {
            text: whole,
            title: around.title.chars().take(TITLE_CHARS).collect(),
            first,
            last: first + text.trim_end().matches('\n').count(),
            conditional: false,
            rollback: around.rollback,
            carried,
            reads,
            marks: script.marks.iter().map(|(line, mark)| (first + line - 1, *mark)).collect(),
            irreversible: irreversible.collect(),
        };
        Ok((offer, warnings))
    }

    /// Names that nobody sets, or that only an earlier shell knew.
    fn unset(&mut self, script: &Script, context: &Context, lines: &Lines, first: usize) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut told = HashSet::new();
        for place in unset(script, &context.names()) {
            let written = slice(&script.text, place.range.clone());
            if !told.insert(written) {
                continue;
            }
            let line = lines.at(place.range.start);
            let name = written.trim_matches(['$', '{', '}']);
            let text = match context.lost(name) {
                Some(from) => format!("`{written}` is computed on line {from}, which is not carried"),
                None => format!("nothing here sets `{written}`"),
            };
            warnings.push(Warning { line, text });
            let met = Met { line, strength: Strength::Weak, kind: ValueKind::Word, used: false };
            self.variables.meet(&variable(&place.name), met);
        }
        if let Some(from) = context.folder_lost() {
            let text = format!("line {from} goes to a folder only a shell knows, which is not carried");
            warnings.push(Warning { line: first, text });
        }
        warnings
    }
}

/// Credentials and letters that are not what they look like, by line.
pub(super) fn looks(text: &str, first: usize) -> Vec<Warning> {
    let lines = Lines::of(text, first);
    let secrets = secrets(text).into_iter();
    let mut warnings: Vec<Warning> = secrets
        .map(|one| Warning { line: lines.at(one.range.start), text: one.kind.words().to_owned() })
        .collect();
    for (at, kind) in lookalikes(text) {
        warnings.push(Warning { line: lines.at(at), text: kind.words().to_owned() });
    }
    warnings
}

/// The first lines: which shell, and that it stops at the first command that fails.
fn head(language: &str) -> &'static str {
    match language {
        "bash" => "#!/usr/bin/env bash\nset -eo pipefail\n",
        "zsh" => "#!/usr/bin/env zsh\nset -eo pipefail\n",
        _ => "#!/bin/sh\nset -e\n",
    }
}

fn weak(line: usize, words: &str) -> Warning {
    Warning { line, text: format!("`{words}` is perhaps a place to fill") }
}

/// Lines of a text by byte.
struct Lines {
    starts: Vec<usize>,
    first: usize,
}

impl Lines {
    fn of(text: &str, first: usize) -> Self {
        Self { starts: text.match_indices('\n').map(|(at, _)| at + 1).collect(), first }
    }

    fn at(&self, byte: usize) -> usize {
        self.first + self.starts.partition_point(|start| *start <= byte)
    }
}
