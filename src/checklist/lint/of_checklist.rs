//! A TOML checklist under the rules: what its reader says, its items, pause points and sheets, and every family asked.
//!
//! Not here: the rules themselves.

use std::collections::HashMap;

use super::findings::Findings;
use super::items::{ItemText, Pause};
use super::model::{self, Look};
use super::sheets::of_checklist;
use super::table::{DOES_NOT_LOAD, DUPLICATE_ID, Rule, SECRET_IN_TEXT, UNKNOWN_ROLE, WORTH_A_LOOK};
use super::text::{Places, secrets};
use super::words::is_english;
use super::{Linted, commands, items};
use crate::checklist::check::Check;
use crate::checklist::diagnostic::{Diagnostic, Severity};
use crate::checklist::item::ItemKind;
use crate::checklist::markdown::inline::command;
use crate::checklist::markdown::placeholders;
use crate::checklist::model::{Checklist, Choose};
use crate::checklist::place::Place;
use crate::checklist::read::Survey;
use crate::checklist::read::validate::walk::{checks, items as all_items, steps};

/// Lints a checklist; `name` is its file's.
pub fn checklist(name: &str, source: &str) -> Linted {
    let as_it_is = |text: &str| text.to_owned();
    let mut findings = Findings::new(name, source, &as_it_is);
    secrets(&mut findings);
    let survey = Survey::read(name, source);
    for problem in &survey.problems {
        told(problem, &mut findings);
    }
    if let Some(written) = &survey.written {
        let sheets = of_checklist(written, &survey, source);
        for sheet in &sheets {
            commands::check(sheet, &mut findings);
        }
        let (texts, pauses) = texts(written, &survey);
        let words: Vec<&str> = texts.iter().map(|item| item.text.as_str()).collect();
        items::check(&texts, &pauses, is_english(&words.join(" ")), &mut findings);
        places(written, &survey, &mut findings);
        model::check(&Look { checklist: written, survey: &survey }, &sheets, &mut findings);
    }
    let (findings, beyond) = findings.done();
    Linted { findings, beyond }
}

/// What the reader says, as the breach of a rule.
fn told(problem: &Diagnostic, findings: &mut Findings<'_>) {
    let rule: &'static Rule = match (problem.code, problem.severity) {
        (Some("duplicate-id"), _) => &DUPLICATE_ID,
        (Some("unknown-role"), _) => &UNKNOWN_ROLE,
        (Some("secret-in-text"), _) => &SECRET_IN_TEXT,
        (_, Severity::Error) => &DOES_NOT_LOAD,
        (_, Severity::Warning | Severity::Note) => &WORTH_A_LOOK,
    };
    // One credential is told once, by whoever knows its kind.
    let known = findings.secrets().iter().any(|secret| findings.line(secret.range.start) == problem.line);
    if rule.name == SECRET_IN_TEXT.name && known {
        return;
    }
    let near = problem.nearest.as_ref().map(|near| format!("did you mean `{near}`?"));
    let help: Vec<String> = near.into_iter().chain(problem.help.clone()).collect();
    let label = if problem.label.is_empty() { String::new() } else { format!(": {}", problem.label) };
    let reason = format!("{}{label}", problem.message);
    let remedy = if help.is_empty() { rule.remedy.to_owned() } else { help.join("; ") };
    findings.at_with(rule, problem.span.clone(), reason, remedy);
}

/// The items as the rules see them, and the pause points they belong to.
fn texts(checklist: &Checklist, survey: &Survey<'_>) -> (Vec<ItemText>, Vec<Pause>) {
    let mut groups: HashMap<String, usize> = HashMap::new();
    let mut pauses = Vec::new();
    for (at, phase) in checklist.phases.iter().enumerate() {
        let place = Place::root().key("phases").index(at);
        let mut add = |place: &Place, title: String| {
            groups.insert(place.to_string(), pauses.len());
            pauses.push(Pause { span: survey.span(&place.key("title"), None), title });
        };
        add(&place, phase.title.to_string());
        for (at, section) in phase.sections.iter().enumerate() {
            // Of alternatives one is done.
            if section.choose != Some(Choose::One) {
                add(&place.key("sections").index(at), section.title.to_string());
            }
        }
    }
    let mut texts: Vec<ItemText> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, spot) in all_items(checklist).into_iter().enumerate() {
        let place = spot.place.to_string();
        known.insert(place.clone(), at);
        let outer = place.rsplit_once(".items").map(|(outer, _)| outer.to_owned()).unwrap_or_default();
        let text = spot.item.title.as_written().replace("{{", "{").replace("}}", "}");
        let own = text.split('`').skip(1).step_by(2).filter(|code| command(code)).count();
        let manual = matches!(spot.item.kind(), ItemKind::Manual);
        let prose = [&spot.item.why, &spot.item.note, &spot.item.link, &spot.item.hint]
            .iter()
            .any(|text| text.is_some());
        texts.push(ItemText {
            span: survey.span(&spot.place.key("title"), None),
            group: groups.get(&outer).copied().unwrap_or(usize::MAX),
            parent: known.get(&outer).copied(),
            by_hand: manual,
            commands: if text.contains("` or `") { 0 } else { own },
            explained: !manual || prose || spot.item.evidence.is_some() || !spot.item.items.is_empty(),
            // A part of another item takes its verb from that.
            led: known.contains_key(&outer) || !spot.item.is_required(),
            no_item: false,
            text,
        });
    }
    (texts, pauses)
}

/// Places to fill in titles, addresses, arguments and scripts.
fn places(checklist: &Checklist, survey: &Survey<'_>, findings: &mut Findings<'_>) {
    let mut places = Places::default();
    let mut look =
        |place: &Place, kind: placeholders::Place| places.look(findings, survey.span(place, None), kind);
    for spot in all_items(checklist) {
        look(&spot.place.key("title"), placeholders::Place::Prose);
        if spot.item.link.is_some() {
            look(&spot.place.key("link"), placeholders::Place::Prose);
        }
    }
    for spot in checks(checklist) {
        match spot.check {
            Check::Http(_) => look(&spot.place.key("url"), placeholders::Place::Prose),
            Check::Tcp(_) => look(&spot.place.key("target"), placeholders::Place::Prose),
            Check::Command(check) if check.script.is_some() => {
                look(&spot.place.key("script"), placeholders::Place::Script);
            }
            Check::Command(_) => look(&spot.place.key("run"), placeholders::Place::Script),
            Check::Containers(_) => {}
        }
    }
    for spot in steps(checklist) {
        if spot.step.script.is_some() {
            look(&spot.place.key("script"), placeholders::Place::Script);
        } else if !spot.step.run.is_empty() {
            look(&spot.place.key("run"), placeholders::Place::Script);
        }
    }
    places.tell(findings);
}
