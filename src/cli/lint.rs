//! `gonogo lint FILE…`: what is wrong, missing or unclear in checklists, each finding with its place, reason and remedy.
//!
//! Not here: the rules (`checklist/lint`), the reader's own problems when a checklist is opened (`read_checklist.rs`).

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Doors;
use super::exit_code::Code;
use super::print;
use super::read_checklist::is_markdown;
use crate::checklist::bundled::BUNDLED;
use crate::checklist::diagnostic::Severity;
use crate::checklist::diagnostic_text::render;
use crate::checklist::lint::{Finding, Linted, RULES, checklist, document};
use crate::checklist::markdown::document::Document;
use crate::runtime::files;
use crate::safe_format;
use crate::text::{Safe, safe};

/// Columns of the terminal that findings are laid out for; longer lines are cut around the finding.
const COLUMNS: usize = 120;
/// How many further lines a note names before it only counts them.
const LINES_NAMED: usize = 20;

/// `gonogo lint`.
#[derive(Clone, Debug, Args)]
pub struct Lint {
    /// Checklists, TOML or Markdown, or names of bundled ones.
    #[arg(required_unless_present = "rules")]
    pub files: Vec<PathBuf>,
    /// Fail for findings of this level too.
    #[arg(long, value_name = "LEVEL")]
    pub deny: Option<Deny>,
    /// Print the table of rules instead.
    #[arg(long, conflicts_with_all = ["files", "deny"])]
    pub rules: bool,
}

/// From which level on a finding is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Warnings and errors.
    Warning,
    /// Everything.
    Note,
}

/// One file, looked at or not.
struct Looked {
    file: String,
    /// Its findings, or why it cannot be read.
    linted: Result<Linted, Safe>,
}

/// `gonogo lint FILE…`.
pub fn lint(doors: &Doors, wish: &Lint) -> Code {
    if wish.rules {
        rules(doors);
        return Code::Yes;
    }
    let all: Vec<Looked> = wish.files.iter().map(|file| look(doors, file)).collect();
    if doors.is_json() {
        print::json(&as_json(&all));
    } else {
        for looked in &all {
            tell(doors, looked);
        }
    }
    let fails = match wish.deny {
        None => Severity::Error,
        Some(Deny::Warning) => Severity::Warning,
        Some(Deny::Note) => Severity::Note,
    };
    let findings = |looked: &Looked| looked.linted.as_ref().is_ok_and(|linted| counts(linted, fails));
    if all.iter().any(findings) {
        Code::No
    } else if all.iter().any(|looked| looked.linted.is_err()) {
        Code::CouldNotFindOut
    } else {
        Code::Yes
    }
}

fn counts(linted: &Linted, fails: Severity) -> bool {
    linted.findings.iter().any(|finding| finding.rule.level >= fails)
}

fn look(doors: &Doors, file: &Path) -> Looked {
    let path = doors.started.absolute(file);
    let name = file.to_string_lossy().into_owned();
    let bundled = BUNDLED.iter().find(|bundled| Path::new(bundled.name) == file);
    let linted = match bundled {
        Some(bundled) if !files::exists(&path) => Ok(checklist(&name, bundled.source)),
        Some(_) | None if is_markdown(file) => files::read_bytes(&path)
            .map_err(|why| safe(&why.to_string()))
            .and_then(|bytes| {
                Document::read(&name, &bytes).map_err(|why| safe_format!("{}: {}", name, why.to_string()))
            })
            .map(|read| document(&read)),
        Some(_) | None => files::read_text(&path)
            .map_err(|why| safe(&why.to_string()))
            .map(|source| checklist(&name, &source)),
    };
    Looked { file: name, linted }
}

/// One by one; what is said of several places is told once, with the lines of the others.
fn tell(doors: &Doors, looked: &Looked) {
    let linted = match &looked.linted {
        Ok(linted) => linted,
        Err(why) => return print::note(&safe_format!("error: {}", why)),
    };
    let colour = doors.diagnostics_colour();
    let mut told: Vec<&Finding> = Vec::new();
    for finding in &linted.findings {
        if told.iter().any(|first| alike(first, finding)) {
            continue;
        }
        told.push(finding);
        let mut diagnostic = finding.diagnostic.clone();
        diagnostic.help = Some(also(linted, finding));
        print::answer_layout(&render(&diagnostic, &finding.excerpt, COLUMNS, colour));
        print::answer(&Safe::own(""));
    }
    print::answer(&summary(looked, linted));
}

/// Do two findings say the same of two places? Of a kind of note the first is told.
fn alike(first: &Finding, other: &Finding) -> bool {
    let same = first.diagnostic.message == other.diagnostic.message;
    first.rule == other.rule && (same || first.rule.level == Severity::Note)
}

/// The remedy, and where else the same is said.
fn also(linted: &Linted, first: &Finding) -> String {
    let remedy = first.diagnostic.help.clone().unwrap_or_default();
    let others = linted.findings.iter().filter(|finding| alike(first, finding));
    let mut lines: Vec<usize> = others.map(|finding| finding.diagnostic.line).skip(1).collect();
    lines.dedup();
    if lines.is_empty() {
        return remedy;
    }
    let named: Vec<String> = lines.iter().take(LINES_NAMED).map(ToString::to_string).collect();
    let more = lines.len().saturating_sub(LINES_NAMED);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    let words = if lines.len() == 1 { "line" } else { "lines" };
    format!("{remedy} (also on {words} {}{tail})", named.join(", "))
}

fn summary(looked: &Looked, linted: &Linted) -> Safe {
    let count = |level| linted.findings.iter().filter(|finding| finding.rule.level == level).count();
    let word = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let levels = [Severity::Error, Severity::Warning, Severity::Note];
    let found = levels.map(|level| (count(level), level.word()));
    let words: Vec<String> =
        found.iter().filter(|(count, _)| *count > 0).map(|(count, level)| word(*count, level)).collect();
    let words = if words.is_empty() { "nothing to say".to_owned() } else { words.join(", ") };
    let beyond = if linted.beyond > 0 { format!(", and {} more", linted.beyond) } else { String::new() };
    safe_format!("{}: {}{}", looked.file, words, beyond)
}

fn as_json(all: &[Looked]) -> Value {
    let finding = |file: &str, finding: &Finding| {
        json!({
            "file": safe(file),
            "rule": finding.rule.name,
            "level": finding.rule.level.word(),
            "line": finding.diagnostic.line,
            "column": finding.placed.then_some(finding.diagnostic.column),
            "reason": safe(&finding.diagnostic.message),
            "remedy": finding.diagnostic.help.as_deref().map(safe),
        })
    };
    let findings = all.iter().flat_map(|looked| {
        let own = looked.linted.iter().flat_map(|linted| &linted.findings);
        own.map(|one| finding(&looked.file, one))
    });
    let files = all.iter().map(|looked| match &looked.linted {
        Ok(linted) => {
            let count = |level| linted.findings.iter().filter(|finding| finding.rule.level == level).count();
            json!({
                "file": safe(&looked.file),
                "errors": count(Severity::Error),
                "warnings": count(Severity::Warning),
                "notes": count(Severity::Note),
                "beyond": linted.beyond,
            })
        }
        Err(why) => json!({ "file": safe(&looked.file), "unreadable": why }),
    });
    json!({
        "schema": "gonogo.lint/1",
        "findings": findings.collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
    })
}

fn rules(doors: &Doors) {
    if doors.is_json() {
        let rules = RULES.iter().map(|rule| {
            json!({ "rule": rule.name, "level": rule.level.word(), "says": rule.says, "remedy": rule.remedy })
        });
        print::json(&json!({ "schema": "gonogo.lint/1", "rules": rules.collect::<Vec<_>>() }));
        return;
    }
    for rule in RULES {
        let line = format!("{:<8} {:<27} {}", rule.level.word(), rule.name, rule.says);
        print::answer(&safe(&line));
        print::answer(&safe(&format!("{:<37}{}", "", rule.remedy)));
    }
}
