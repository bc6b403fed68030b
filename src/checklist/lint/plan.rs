//! Rules about the plan of a document: the way back, who decides, how long it is watched, backups, contacts, versions.
//!
//! What a section means is told by its heading's words, in eleven languages. Not here: the same for a checklist (`model.rs`).

use std::ops::Range;

use super::findings::Findings;
use super::sheets::{From, Sheet, Way};
use super::table::{
    CONTACT_UNFILLED, GATE_WITHOUT_OWNER, NO_BACKUP_BEFORE_MIGRATION, NO_ROLLBACK_PLAN, NO_SIGN_OFF,
    NO_WINDOW, ROLLBACK_UNTESTED, Rule, VERSION_MISMATCH, WINDOW_WITHOUT_TRIGGER,
};
use super::words::names_a_time;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::shell::argv::commands;
use crate::checklist::markdown::tree::Kind;
use crate::checklist::markdown::versions::{Around, Release, versions};
use crate::checklist::markdown::words::{Meaning, means};

/// Words that say a way back was tried, in the languages of the table of words.
const TRIED: &str = "test|tried|rehears|drill|practis|practic|exercis|validat|proven|verif|pr\u{fc}f|getestet|ge\u{fc}bt|probad|prueba|\
                     testad|test\u{e9}|provato|getest|przetest|\u{43f}\u{440}\u{43e}\u{432}\u{435}\u{440}|\u{442}\u{435}\u{441}\u{442}|\u{6d4b}\u{8bd5}|\u{6f14}\u{7ec3}|\u{30c6}\u{30b9}\u{30c8}";
/// Words for going back that no heading needs.
const BACK: &str = "rollback|roll back|rolled back|roll-back|rolling back|go back|going back|way back|went back|revert|back out|backout|restore|\
                    downgrade";
/// Words for a backup.
const BACKUP: &str = "backup|back up|back-up|backed up|snapshot|pg_dump|mysqldump|mongodump|sicherung|gesichert|sauvegarde|respaldo|copia de \
                      seguridad|c\u{f3}pia de seguran|kopia zapasowa|\u{440}\u{435}\u{437}\u{435}\u{440}\u{432}\u{43d}|\u{431}\u{44d}\u{43a}\u{430}\u{43f}|\u{5907}\u{4efd}|\u{30d0}\u{30c3}\u{30af}\u{30a2}\u{30c3}\u{30d7}";
/// Words for somebody's decision.
const APPROVAL: &str =
    "approv|sign-off|sign off|signoff|signed off|go/no-go|go / no-go|go-no-go|required reviewers";
/// Words for watching.
const WATCHING: &str = "monitor|watch|observ|hypercare|soak|bake|first |post-release|post-deploy|\u{fc}berwach|beobacht|surveill|vigil|sorvegl|\
                        bewak|obserwa|\u{43c}\u{43e}\u{43d}\u{438}\u{442}\u{43e}\u{440}|\u{43d}\u{430}\u{431}\u{43b}\u{44e}\u{434}|\u{76d1}\u{63a7}|\u{89c2}\u{5bdf}|\u{76e3}\u{8996}";
/// Sentences that say at what to go back.
const TRIGGERS: &str = "rollback if|roll back if|rollback when|roll back when|rollback immediately if|roll back immediately if|when to roll";
/// Words for somebody who answers for something.
const OWNERS: [&str; 14] = [
    "lead",
    "manager",
    "owner",
    "team",
    "engineer",
    "admin",
    "director",
    "cto",
    "qa",
    "head",
    "officer",
    "responsible",
    "product owner",
    "on-call",
];

/// Does a text hold one of these words, parted by bars?
pub(super) fn holds(text: &str, words: &str) -> bool {
    let lower = text.to_lowercase();
    words.split('|').any(|word| lower.contains(word))
}

/// Does a text speak of going back?
pub(super) fn goes_back(text: &str) -> bool {
    holds(text, BACK) || means(text, Meaning::Rollback)
}

/// Does a text say that something was tried? "Latest" does not.
pub(super) fn was_tried(text: &str) -> bool {
    let lower = text.to_lowercase();
    TRIED.split('|').any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            !word.is_ascii() || slice(&lower, 0..at).chars().next_back().is_none_or(|c| !c.is_alphanumeric())
        })
    })
}

/// Does a text make or name a backup?
pub(super) fn backs_up(text: &str) -> bool {
    holds(text, BACKUP)
}

/// Does a line change the schema of a database?
pub(super) fn migrates(line: &str) -> bool {
    commands(line).iter().any(|command| {
        let mut all = vec![command.argv(), command.inner()];
        all.dedup();
        all.iter().any(|argv| {
            let words: Vec<&str> = argv.iter().map(|word| word.text.as_str()).collect();
            let has = |word: &str| words.contains(&word);
            let tool = |name: &str| words.iter().any(|word| word.rsplit('/').next() == Some(name));
            tool("alembic") && has("upgrade")
                || tool("flyway") && has("migrate")
                || tool("liquibase") && has("update")
                || tool("prisma") && has("migrate") && has("deploy")
                || tool("manage.py") && has("migrate")
                || tool("artisan") && has("migrate")
                || tool("goose") && has("up")
                || tool("dbmate") && (has("up") || has("migrate"))
                || tool("sqlx") && has("migrate") && has("run")
                || tool("diesel") && has("migration") && has("run")
                || tool("ef") && has("database") && has("update")
                || ["db:migrate", "migrate:latest", "migration:run", "migrate:up", "migrations:migrate"]
                    .iter()
                    .any(|word| words.iter().any(|one| one.ends_with(word)))
        })
    })
}

/// Every rule of this file.
pub(super) fn check(document: &Document, sheets: &[Sheet], findings: &mut Findings<'_>) {
    if !is_release(document) {
        return;
    }
    let first = document.outline.headings.first();
    let title = first.map(|heading| document.source.line_range(heading.line));
    back(document, title.as_ref(), findings);
    decides(document, title.as_ref(), findings);
    watches(document, title.as_ref(), findings);
    backup(document, sheets, findings);
    contacts(document, findings);
    version(document, sheets, findings);
}

/// A breach of the whole document, told at its first heading.
fn whole(rule: &'static Rule, title: Option<&Range<usize>>, findings: &mut Findings<'_>) {
    match title {
        Some(title) => findings.at(rule, title.clone(), rule.says),
        None => findings.whole(rule, rule.says),
    }
}

/// Is it about a release at all: does a heading or an item deploy, release, publish something?
fn is_release(document: &Document) -> bool {
    let words = "deploy|release|rollout|roll out|publish|production|go-live|go live|launch|ship|ver\u{f6}ffentlich|bereitstell|ausroll|d\u{e9}ploie|\
                 livraison|despliegue|lanzamiento|implanta|lan\u{e7}amento|rilascio|distribuzione|uitrol|wdro\u{17c}|wydani|\u{440}\u{435}\u{43b}\u{438}\u{437}|\
                 \u{440}\u{430}\u{437}\u{432}\u{435}\u{440}|\u{53d1}\u{5e03}|\u{90e8}\u{7f72}|\u{30ea}\u{30ea}\u{30fc}\u{30b9}|\u{30c7}\u{30d7}\u{30ed}\u{30a4}";
    let headings = document.outline.headings.iter().map(|heading| heading.text.as_str());
    let mut all = headings
        .chain([document.outline.title.as_str()])
        .chain(document.entries.iter().map(|entry| entry.text.as_str()));
    all.any(|text| holds(text, words))
}

/// Is there a heading or label with these words, for itself?
fn titled(document: &Document, meaning: Meaning) -> impl Iterator<Item = (&str, usize, Range<usize>)> {
    let headings = document
        .outline
        .headings
        .iter()
        .map(|heading| (heading.text.as_str(), heading.line, heading.range.clone()));
    let labels =
        document.outline.labels.iter().map(|label| (label.text.as_str(), label.line, label.range.clone()));
    headings.chain(labels).filter(move |(text, ..)| means(text, meaning))
}

fn back(document: &Document, title: Option<&Range<usize>>, findings: &mut Findings<'_>) {
    let plans = titled(document, Meaning::Rollback).filter(|(text, ..)| {
        // "Rollback Verification" alone, triggers and readiness tell of no step.
        !means(text, Meaning::Readiness) && !means(text, Meaning::Trigger)
    });
    let plan = plans.filter(|(.., range)| leads_back(document, range)).map(|(_, line, _)| line).next();
    let Some(line) = plan else {
        return whole(&NO_ROLLBACK_PLAN, title, findings);
    };
    // What is verified after a rollback says nothing of a trial before it.
    let tried = document
        .source
        .text()
        .lines()
        .any(|line| !line.starts_with('#') && goes_back(line) && was_tried(line));
    if !tried {
        findings.at(&ROLLBACK_UNTESTED, document.source.line_range(line), ROLLBACK_UNTESTED.says);
    }
}

/// Do steps stand in a range: a command, a number, a bullet, a box that does something?
fn leads_back(document: &Document, range: &Range<usize>) -> bool {
    let within = |at: usize| range.start < at && at < range.end;
    if document.fences.iter().any(|fence| fence.runnable && within(fence.range.start)) {
        return true;
    }
    // Boxes that ask for a document or a trial are readiness.
    let boxes: Vec<&str> = document
        .boxes
        .tasks
        .iter()
        .filter(|task| within(task.range.start))
        .map(|task| task.text.trim_start_matches(|c: char| !c.is_alphanumeric()))
        .collect();
    let asks = ["document", "test", "know", "define", "verify", "create", "write"];
    let ready = |text: &&str| {
        let lower = text.to_lowercase();
        asks.iter().any(|word| lower.starts_with(word))
    };
    // What says when to go back says nothing of how.
    let steps = document.tree.all().filter(|(_, node)| {
        let at = node.range.start;
        let triggers = || document.outline.path_at(at).iter().any(|title| means(title, Meaning::Trigger));
        node.kind == Kind::Item && within(at) && !triggers()
    });
    let items = steps.count();
    let all_ready = !boxes.is_empty() && boxes.iter().all(ready);
    items > 0 && !(all_ready && items == boxes.len())
}

fn decides(document: &Document, title: Option<&Range<usize>>, findings: &mut Findings<'_>) {
    let gates = || document.outline.headings.iter().filter(|heading| means(&heading.text, Meaning::SignOff));
    if gates().next().is_none() && !holds(document.source.text(), APPROVAL) {
        return whole(&NO_SIGN_OFF, title, findings);
    }
    for gate in gates() {
        let (line, range) = (gate.line, gate.range.clone());
        let tasks = document.boxes.tasks.iter().filter(|task| range.contains(&task.range.start));
        let tasks: Vec<&str> = tasks.map(|task| task.text.as_str()).collect();
        let written = document.source.slice(range.clone());
        let signs = written.lines().any(|line| line.contains("___") && line.contains(':'));
        let table = document
            .tree
            .all()
            .any(|(_, node)| node.kind == Kind::Table && range.contains(&node.range.start));
        if !tasks.is_empty() && !signs && !table && !tasks.iter().any(|text| names_somebody(text)) {
            let reason = format!(
                "{} must hold before the release, and nobody is named who answers for it",
                counted(tasks.len())
            );
            findings.at(&GATE_WITHOUT_OWNER, document.source.line_range(line), reason);
        }
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "one thing".to_owned() } else { format!("{count} things") }
}

fn names_somebody(text: &str) -> bool {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric() && c != '-').map(str::to_lowercase).collect();
    text.contains('@') || words.iter().any(|word| OWNERS.contains(&word.as_str()))
}

fn watches(document: &Document, title: Option<&Range<usize>>, findings: &mut Findings<'_>) {
    let deadline = |line: &str| {
        let lower = line.to_lowercase();
        ["within", "before", "estimated", " by "].iter().any(|word| lower.contains(word))
    };
    let window = document
        .source
        .text()
        .lines()
        .find(|line| holds(line, WATCHING) && names_a_time(line) && !deadline(line));
    let Some(window) = window else {
        return whole(&NO_WINDOW, title, findings);
    };
    // "Tag it (triggers the workflow)" is none.
    let back = |text: &str, at: usize| {
        goes_back(text) || document.outline.path_at(at).iter().any(|title| goes_back(title))
    };
    let mut titled = titled(document, Meaning::Trigger);
    let triggers =
        titled.any(|(text, _, range)| back(text, range.start)) || holds(document.source.text(), TRIGGERS);
    if !triggers {
        let at = document.source.text().find(window).unwrap_or_default();
        findings.at(&WINDOW_WITHOUT_TRIGGER, at..at + window.len(), WINDOW_WITHOUT_TRIGGER.says);
    }
}

/// The first migration of the way forward, and what stands before it.
fn backup(document: &Document, sheets: &[Sheet], findings: &mut Findings<'_>) {
    for sheet in sheets.iter().filter(|sheet| sheet.from == From::Fence && sheet.way == Way::Forward) {
        let Some(line) = sheet.script.lines.iter().find(|line| migrates(&line.text)) else { continue };
        let span = sheet.span(line.line);
        if !backs_up(slice(document.source.text(), 0..span.start)) {
            findings.at(&NO_BACKUP_BEFORE_MIGRATION, span, NO_BACKUP_BEFORE_MIGRATION.says);
        }
        return;
    }
}

fn contacts(document: &Document, findings: &mut Findings<'_>) {
    let ranges: Vec<Range<usize>> = titled(document, Meaning::Contacts).map(|(.., range)| range).collect();
    for (id, node) in document.tree.all() {
        if !ranges.iter().any(|range| range.contains(&node.range.start)) {
            continue;
        }
        let empty = match node.kind {
            Kind::TableRow => {
                let mut cells = document
                    .tree
                    .children(id)
                    .map(|(cell, _)| document.tree.words(document.source.text(), cell));
                cells.any(|cell| unfilled(cell.trim()))
            }
            Kind::Item => {
                let words = document.tree.words(document.source.text(), id);
                words
                    .split_once([':', '\u{2013}'])
                    .is_some_and(|(_, rest)| unfilled(rest.trim_matches(['*', ' '])))
            }
            _ => false,
        };
        if empty {
            let line = document.source.line_range(document.source.line(node.range.start));
            findings.at(&CONTACT_UNFILLED, line, CONTACT_UNFILLED.says);
        }
    }
}

/// Is it a place for a name rather than a name?
pub(super) fn unfilled(value: &str) -> bool {
    let bracketed =
        |open: char, close: char| value.starts_with(open) && value.ends_with(close) && value.len() > 2;
    let lower = value.to_lowercase();
    value.is_empty()
        || bracketed('[', ']')
        || bracketed('<', '>') && !value.contains('@')
        || bracketed('{', '}')
        || value.chars().all(|c| "_.\u{2026}-?\u{2014}\u{2013}".contains(c))
        || matches!(
            lower.as_str(),
            "tbd" | "tba" | "todo" | "name" | "xxx" | "n.n." | "fill in" | "to be defined"
        )
}

/// Versions that are called this release's, in the title and in commands.
fn version(document: &Document, sheets: &[Sheet], findings: &mut Findings<'_>) {
    let mut named: Vec<(String, Range<usize>)> = Vec::new();
    let mut add = |line: &str, around: Around, span: Range<usize>, text: &str| {
        for found in versions(line, around).into_iter().filter(|found| found.release == Release::This) {
            let said = slice(line, found.range).to_owned();
            let at = slice(text, span.clone()).find(&said).map_or(span.start, |at| span.start + at);
            named.push((said.clone(), at..at + said.len()));
        }
    };
    let text = document.source.text();
    if let Some(title) =
        document.outline.headings.first().filter(|heading| heading.text == document.outline.title)
    {
        add(&title.text, Around::Title, document.source.line_range(title.line), text);
    }
    for sheet in sheets.iter().filter(|sheet| sheet.way == Way::Forward) {
        for line in sheet.script.lines.iter().filter(|line| releases(&line.text)) {
            add(&line.text, Around::Forward, sheet.span(line.line), text);
        }
    }
    let Some((first, at)) = named.first().cloned() else { return };
    let other = named.iter().find(|(said, _)| core(said) != core(&first));
    if let Some((said, span)) = other {
        let line = findings.line(at.start);
        let reason = format!("{said} is named here, and {first} on line {line}: two versions of one release");
        findings.at(&VERSION_MISMATCH, span.clone(), reason);
    }
}

/// Does a line tag, push or check out what is released?
pub(super) fn releases(line: &str) -> bool {
    commands(line).iter().any(|command| {
        let words: Vec<&str> = command.argv().iter().map(|word| word.text.as_str()).collect();
        matches!(
            words.as_slice(),
            ["git", "tag" | "push" | "checkout", ..] | ["gh" | "glab", "release", "create", ..]
        )
    })
}

/// A version without what stands behind its numbers: a release candidate is of its release.
pub(super) fn core(version: &str) -> String {
    let mut parts: Vec<&str> = version.split(['-', '+']).next().unwrap_or_default().split('.').collect();
    while parts.len() > 1 && parts.last() == Some(&"0") {
        parts.pop();
    }
    parts.join(".")
}
