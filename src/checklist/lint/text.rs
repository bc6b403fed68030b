//! Rules about a text as such: credentials, and places nobody filled in.
//!
//! Not here: contacts (`plan.rs`, `model.rs`), commands (`commands.rs`).

use std::collections::HashMap;
use std::ops::Range;

use super::findings::Findings;
use super::table::{SECRET_IN_TEXT, UNFILLED_PLACEHOLDER};
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::placeholders::{Place, Strength, placeholders};

/// How many further lines a reason names.
const LINES_NAMED: usize = 8;

/// Credentials anywhere in the text.
pub(super) fn secrets(findings: &mut Findings<'_>) {
    for secret in findings.secrets() {
        let reason =
            format!("this looks like {}; everybody who can read the file has it", secret.kind.words());
        findings.at(&SECRET_IN_TEXT, secret.range, reason);
    }
}

/// Places to fill, gathered by name: a name is told once, with its lines.
#[derive(Default)]
pub(super) struct Places {
    by_name: HashMap<String, usize>,
    all: Vec<(String, Range<usize>, Vec<usize>)>,
}

impl Places {
    /// Looks through a piece of the text; `range` says where it stands, `place` what it is.
    pub(super) fn look(&mut self, findings: &Findings<'_>, range: Range<usize>, place: Place) {
        let piece = slice(findings.text(), range.clone());
        for found in placeholders(piece, place).iter().filter(|found| found.strength == Strength::Strong) {
            let written = slice(piece, found.range.clone());
            // A blank is filled in as the release goes; a brace is the file's own; `3.11.x` is a range of versions.
            let number = written.starts_with(|c: char| c.is_ascii_digit()) && place == Place::Prose;
            if written.starts_with(['_', '{']) || number {
                continue;
            }
            let span = range.start + found.range.start..range.start + found.range.end;
            let line = findings.line(span.start);
            let known = self.by_name.get(&found.name).copied();
            if let Some((_, _, lines)) = known.and_then(|index| self.all.get_mut(index)) {
                lines.push(line);
            } else {
                self.by_name.insert(found.name.clone(), self.all.len());
                self.all.push((written.to_owned(), span, vec![line]));
            }
        }
    }

    /// Tells of each name once.
    pub(super) fn tell(self, findings: &mut Findings<'_>) {
        for (written, span, mut lines) in self.all {
            lines.dedup();
            let more: Vec<String> = lines.iter().skip(1).take(LINES_NAMED).map(ToString::to_string).collect();
            let tail = if lines.len() > 1 + LINES_NAMED { " \u{2026}" } else { "" };
            let also = if more.is_empty() {
                String::new()
            } else {
                format!("; also on line {}{tail}", more.join(", "))
            };
            findings.at(&UNFILLED_PLACEHOLDER, span, format!("`{written}` is still to be filled in{also}"));
        }
    }
}
