//! The door: a file's text in, a checklist or all of its problems out.

use std::collections::HashSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, FaultKind, Omit, address};
use super::locate::{Found, locate};
use super::problem::{Problem, known};
use super::tree::Node;
use super::validate::validate;
use crate::checklist::diagnostic::{DIAGNOSTICS_MAX, Diagnostic, LineIndex, Severity};
use crate::checklist::model::Checklist;
use crate::checklist::normalise::normalise;
use crate::checklist::place::Place;

/// The longest file that is read: the session's header, which embeds the checklist, holds no more.
pub const SOURCE_MAX_BYTES: usize = 1 << 20;
/// How many faults of shape are looked for: each costs one more reading of the tree.
const FAULTS_MAX: usize = 150;

/// How many problems are kept; more than are ever shown, so that those shown are the first of the file.
const KEPT_MAX: usize = 10 * DIAGNOSTICS_MAX;

/// A checklist that loads, and what is worth a look in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The checklist, normalised: copies made, lists by name.
    pub checklist: Checklist,
    /// Warnings, in the order of the file.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a checklist. Errors: every problem of the file, in its order (errors and warnings).
pub fn read_toml(file_name: &str, source: &str) -> Result<Checklist, Vec<Diagnostic>> {
    read_toml_with_warnings(file_name, source).map(|reading| reading.checklist)
}

/// Reads a checklist, and keeps what is worth a look. Errors as in `read_toml`.
pub fn read_toml_with_warnings(file_name: &str, source: &str) -> Result<Reading, Vec<Diagnostic>> {
    let survey = Survey::read(file_name, source);
    match survey.written {
        Some(checklist) => Ok(Reading { checklist: normalise(checklist), warnings: survey.problems }),
        None => Err(survey.problems),
    }
}

/// A file read as far as it goes, with the way from a place in it to its bytes.
pub struct Survey<'s> {
    source: &'s str,
    root: Option<Spanned<DeValue<'s>>>,
    /// The checklist as it is written, nothing expanded; none if the file does not load.
    pub written: Option<Checklist>,
    /// Every problem, in the order of the file.
    pub problems: Vec<Diagnostic>,
}

impl<'s> Survey<'s> {
    /// Reads a file; what is wrong with it stands in `problems`.
    pub fn read(file_name: &str, source: &'s str) -> Self {
        let (root, model, problems) = survey(file_name, source);
        let loads = problems.iter().all(|problem| problem.severity < Severity::Error);
        Self { source, root, written: model.filter(|_| loads), problems }
    }
    /// The bytes of a place, of its nearest parent where it is not written; `part` of the value only, if that is in it.
    pub fn span(&self, place: &Place, part: Option<&str>) -> Range<usize> {
        let mut problem = Problem::error(place, "");
        problem.part = part.map(str::to_owned);
        self.found(&problem)
    }
    /// The bytes of the key of a place.
    pub fn key_span(&self, place: &Place) -> Range<usize> {
        self.found(&Problem::error(place, "").at_key())
    }
    fn found(&self, problem: &Problem) -> Range<usize> {
        let table = self.root.as_ref().and_then(|root| root.get_ref().as_table());
        table.map_or(0..0, |table| locate(table, self.source, problem).span)
    }
}

type Surveyed<'s> = (Option<Spanned<DeValue<'s>>>, Option<Checklist>, Vec<Diagnostic>);

fn survey<'s>(file_name: &str, source: &'s str) -> Surveyed<'s> {
    let mut report = Report { file: file_name, index: LineIndex::new(source), list: Vec::new() };
    if source.len() > SOURCE_MAX_BYTES {
        let message =
            format!("the file has {} bytes; a checklist has at most {SOURCE_MAX_BYTES}", source.len());
        report.push(&(0..0), Problem::error(&Place::root(), message));
        return (None, None, report.list);
    }
    let (root, syntax) = DeTable::parse_recoverable(source);
    let syntax_lines: HashSet<usize> = syntax
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            let message = format!("not TOML: {}", error.message());
            report.push(&span, Problem::error(&Place::root(), message).label("here"));
            report.index.position(span.start).0
        })
        .collect();
    let root = Spanned::new(0..0, DeValue::Table(root.into_inner()));
    let (model, omitted) = read_shape(&root, &mut report, &syntax_lines);
    let table = root.get_ref().as_table();
    if let (Some(checklist), Some(table), true) = (&model, table, syntax.is_empty()) {
        for problem in validate(checklist) {
            let found = locate(table, source, &problem);
            report.meaning(problem, &found, &omitted);
        }
    }
    report.list.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
    (Some(root), model, report.list)
}

/// Reads the shape again and again, leaving out what is wrong, until the rest fits.
fn read_shape<'t>(
    root: &'t Spanned<DeValue<'t>>,
    report: &mut Report<'_>,
    syntax_lines: &HashSet<usize>,
) -> (Option<Checklist>, HashSet<Omit>) {
    let mut omitted = HashSet::new();
    for _ in 0..FAULTS_MAX {
        let fault = match Checklist::deserialize(Node { value: root, omitted: &omitted }) {
            Ok(checklist) => return (Some(checklist), omitted),
            Err(fault) => fault.at_value(root),
        };
        let Some((span, omit)) = fault.0.at.clone() else { break };
        // Next to broken syntax a missing key or a stray one is only its echo.
        let echo = syntax_lines.contains(&report.index.position(span.start).0)
            || (!syntax_lines.is_empty() && matches!(fault.0.kind, FaultKind::Missing(_)));
        if !echo {
            report.shape(&fault, &span);
        }
        if omit == Omit::Value(address(root)) || !omitted.insert(omit) {
            break;
        }
    }
    (None, omitted)
}

/// The problems found so far.
struct Report<'s> {
    file: &'s str,
    index: LineIndex<'s>,
    list: Vec<Diagnostic>,
}

impl Report<'_> {
    fn push(&mut self, span: &Range<usize>, problem: Problem) {
        let span = self.index.clamp(span);
        let (line, column) = self.index.position(span.start);
        let diagnostic = Diagnostic {
            severity: problem.severity,
            file: self.file.to_owned(),
            span,
            line,
            column,
            code: problem.code,
            message: problem.message,
            label: problem.label,
            help: problem.help,
            nearest: problem.nearest,
        };
        if self.list.len() < KEPT_MAX && !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    fn shape(&mut self, fault: &Fault, span: &Range<usize>) {
        let error = |message: String| Problem::error(&Place::root(), message);
        let stranger = |what: &str, name: &str, names: &[&'static str]| {
            error(format!("unknown {what} `{name}`"))
                .label("not known here")
                .help(known(what, names))
                .near(name, names.iter().copied())
        };
        let problem = match &fault.0.kind {
            FaultKind::UnknownKey(name, names) => stranger("key", name, names),
            FaultKind::UnknownWord(word, words) => stranger("word", word, words),
            FaultKind::Missing(field) => {
                error(format!("`{field}` is missing")).label(format!("this needs `{field}`"))
            }
            FaultKind::Wrong { found, expected } => {
                error(format!("expected {expected}, found {found}")).label(format!("expected {expected}"))
            }
            // An empty text: the echo of a fault that was reported already.
            FaultKind::Other(text) if text.is_empty() => return,
            FaultKind::Other(text) => error(text.clone()).label("here"),
        };
        self.push(span, problem);
    }

    /// A problem of meaning, unless it is only the echo of something that was left out.
    fn meaning(&mut self, problem: Problem, found: &Found<'_>, omitted: &HashSet<Omit>) {
        if !found.value.is_some_and(|value| holds_omitted(value, omitted)) {
            self.push(&found.span, problem);
        }
    }
}

/// Was something in this value left out or filled in?
fn holds_omitted(value: &Spanned<DeValue<'_>>, omitted: &HashSet<Omit>) -> bool {
    if omitted.is_empty() {
        return false;
    }
    let own = address(value);
    let here = |omit: &Omit| match omit {
        Omit::Value(at) | Omit::Fill(at, _) => *at == own,
    };
    omitted.iter().any(here)
        || match value.get_ref() {
            DeValue::Table(table) => table.iter().any(|(_, inner)| holds_omitted(inner, omitted)),
            DeValue::Array(list) => list.iter().any(|inner| holds_omitted(inner, omitted)),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => false,
        }
}
