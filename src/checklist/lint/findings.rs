//! Findings, and how they are gathered: each with its rule, its place in the file and its line without secrets.
//!
//! No excerpt ever holds a credential: they are masked before anything is cut out. Not here: the rules.

use std::ops::Range;

use super::table::Rule;
use crate::checklist::diagnostic::Diagnostic;
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::secrets::{Found, masked, secrets};

/// More findings of one file than anybody works through; what comes behind is counted.
pub const FINDINGS_MAX: usize = 1_000;
/// How much of a line before the finding is kept, in bytes: more than a screen shows.
const BEFORE_BYTES: usize = 600;

/// A breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Where it is, why, and what helps. Its span is that of the excerpt.
    pub diagnostic: Diagnostic,
    /// Its line, masked and repaired for the screen.
    pub excerpt: String,
    /// Is a place known, or is it about the whole file?
    pub placed: bool,
}

/// A text that findings are gathered in.
pub(super) struct Findings<'t> {
    file: &'t str,
    text: &'t str,
    /// Where lines start; a lone CR ends one too.
    starts: Vec<usize>,
    secrets: Vec<Found>,
    mend: &'t dyn Fn(&str) -> String,
    found: Vec<Finding>,
    beyond: usize,
}

impl<'t> Findings<'t> {
    /// Begins with a file's text; `mend` repairs what is shown.
    pub(super) fn new(file: &'t str, text: &'t str, mend: &'t dyn Fn(&str) -> String) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends && at + 1 < bytes.len() {
                starts.push(at + 1);
            }
        }
        Self { file, text, starts, secrets: secrets(text), mend, found: Vec::new(), beyond: 0 }
    }
    /// The text.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }
    /// The credentials of the text.
    pub(super) fn secrets(&self) -> Vec<Found> {
        self.secrets.clone()
    }
    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).max(1)
    }
    /// A breach at a place, with the reason and the rule's own remedy.
    pub(super) fn at(&mut self, rule: &'static Rule, span: Range<usize>, reason: impl Into<String>) {
        self.push(rule, Some(span), &reason.into(), rule.remedy.to_owned());
    }
    /// The same, with a remedy that fits this case better.
    pub(super) fn at_with(
        &mut self,
        rule: &'static Rule,
        span: Range<usize>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(rule, Some(span), &reason.into(), remedy.into());
    }
    /// A breach of the whole file: shown at its beginning.
    pub(super) fn whole(&mut self, rule: &'static Rule, reason: impl Into<String>) {
        self.push(rule, None, &reason.into(), rule.remedy.to_owned());
    }

    /// Without a span it is about the whole file.
    fn push(&mut self, rule: &'static Rule, span: Option<Range<usize>>, reason: &str, remedy: String) {
        let placed = span.is_some();
        let span = span.unwrap_or(0..0);
        if self.found.len() >= FINDINGS_MAX {
            self.beyond += 1;
            return;
        }
        let line = self.line(span.start);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let next = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = start + slice(self.text, start..next).trim_end_matches(['\n', '\r']).len();
        let from = span.start.min(end);
        let to = span.end.clamp(from, end);
        let mut left = start.max(from.saturating_sub(BEFORE_BYTES));
        while !self.text.is_char_boundary(left) {
            left += 1;
        }
        let (before, offending) = (self.shown(left..from), self.shown(from..to));
        let excerpt = format!("{before}{offending}{}", self.shown(to..end));
        let column = slice(self.text, start..from).chars().count() + 1;
        let diagnostic = Diagnostic {
            severity: rule.level,
            file: self.file.to_owned(),
            span: before.len()..before.len() + offending.len(),
            line,
            column,
            code: Some(rule.name),
            message: masked(reason),
            label: String::new(),
            help: Some(remedy),
            nearest: None,
        };
        let finding = Finding { rule, diagnostic, excerpt, placed };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    /// A piece of the text for the screen: each credential in it, whole or cut, is a mark.
    fn shown(&self, piece: Range<usize>) -> String {
        let mut whole = String::new();
        let mut at = piece.start;
        let first = self.secrets.partition_point(|secret| secret.range.end <= piece.start);
        for secret in self.secrets.iter().skip(first).take_while(|secret| secret.range.start < piece.end) {
            whole.push_str(slice(self.text, at..secret.range.start.max(at)));
            whole.push_str("\u{2039}secret\u{203a}");
            at = secret.range.end.min(piece.end).max(at);
        }
        whole.push_str(slice(self.text, at..piece.end.max(at)));
        (self.mend)(&whole)
    }

    /// Everything found, in the order of the file, and how much is beyond the bound.
    pub(super) fn done(mut self) -> (Vec<Finding>, usize) {
        self.found.sort_by(|one, other| {
            let key =
                |finding: &Finding| (finding.placed, finding.diagnostic.line, finding.diagnostic.column);
            key(one).cmp(&key(other)).then_with(|| other.rule.level.cmp(&one.rule.level))
        });
        (self.found, self.beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::Findings;
    use crate::checklist::lint::table::NO_VERB;

    #[test]
    fn a_place_is_a_line_and_a_column_and_no_secret_is_in_what_is_shown() {
        let token = ["ghp_", &"a1".repeat(20)].concat();
        let text = format!("one\r\ntwo\rü = '{token}' here\n");
        let as_it_is = |text: &str| text.to_owned();
        let mut findings = Findings::new("x", &text, &as_it_is);
        let here = text.find("here").unwrap();
        findings.at(&NO_VERB, here..here + 4, format!("see {token}"));
        let inside = text.find("ghp_").unwrap() + 6;
        findings.at(&NO_VERB, inside..inside + 3, "inside");
        let (found, beyond) = findings.done();
        assert_eq!(beyond, 0);
        for finding in &found {
            assert_eq!(finding.diagnostic.line, 3);
            assert!(!finding.excerpt.contains("a1a1"), "{finding:?}");
            assert!(!finding.diagnostic.message.contains("a1a1"), "{finding:?}");
        }
        let last = found.last().unwrap();
        assert_eq!(last.excerpt.get(last.diagnostic.span.clone()), Some("here"));
    }
}
