//! What Details says about an item: why it is asked, how it stands, on what evidence, and what it blocks.

use super::details::{Sheet, danger, indent, status_line};
use crate::checklist::id::ItemId;
use crate::checklist::item::{EvidenceKind, ItemKind};
use crate::rules::conflict_told::told;
use crate::rules::gate::needs;
use crate::rules::observed::Measurement;
use crate::rules::standing::last_run;
use crate::rules::window_item::opens_by_itself;
use crate::safe_format;
use crate::session::conflict::Subject;
use crate::session::state::MarkKind;
use crate::session::status::CheckStatus;
use crate::text::sanitise::sanitise_lines;
use crate::text::{LimitBytes, Safe, clock_face, safe};
use crate::tui::panes::checks::took;
use crate::tui::row::RowLine;
use crate::tui::view::{Stood, View, is_problem, person, result_word};

/// Lines of evidence shown.
const EVIDENCE_LINES_MAX: usize = 20;
/// Notes shown, the newest.
const NOTES_MAX: usize = 10;

/// The sheet of an item.
pub(crate) fn sheet(view: &View<'_>, id: &ItemId) -> Option<Sheet> {
    let stood = view.item(id)?;
    let word = view.word(stood);
    let age = stood.standing.since.map(|since| view.old(since)).unwrap_or_default();
    let mut top = vec![status_line(view, word, view.title(&stood.at), age)];
    if !stood.standing.reason.is_empty() {
        let reason = super::checklist::reason(&stood.standing);
        let piece = if is_problem(stood.standing.state) { danger(view, reason) } else { view.plain(reason) };
        top.push(RowLine::of(vec![view.plain(indent(view)), piece]));
    }
    let mut facts = Vec::new();
    said(view, stood, &mut facts);
    kind_facts(view, stood, &mut facts);
    marks(view, stood, &mut facts);
    notes(view, id, &mut facts);
    prose(stood, &mut facts);
    facts.push((Safe::own("id"), safe(id.as_str())));
    facts.push((Safe::own("keys"), keys(stood)));
    let phase = stood.at.phase.map(|phase| view.title_of(stood.at.environment, &phase.title));
    let place =
        phase.or_else(|| stood.at.plan.map(|(_, plan)| view.title_of(stood.at.environment, &plan.title)));
    Some(Sheet { top, facts, title: safe_format!("item {} {}", view.dot(), place.unwrap_or_default()) })
}

/// By whom and where, and what it waits for.
fn said(view: &View<'_>, stood: &Stood<'_>, facts: &mut Vec<(Safe, Safe)>) {
    if let Some(by) = &stood.standing.by {
        facts.push((Safe::own("by"), safe(by)));
    }
    if let Some(environment) = stood.at.environment {
        facts.push((Safe::own("where"), safe(environment.as_str())));
    }
    let known = view.engine.facts(view.at);
    for conflict in known.session.conflicts() {
        let about = match conflict.subject {
            Subject::Item(item) | Subject::Signoff { item, .. } => *item == stood.at.item.id,
            Subject::Deploys(place) => {
                place.as_ref() == stood.at.environment && stood.at.item.action.is_some()
            }
            Subject::Go | Subject::Window(_) | Subject::Checklist => false,
        };
        if about {
            facts.push((Safe::own("conflict"), safe(&told(&known, &conflict))));
        }
    }
    for blocker in needs(&view.engine.facts(view.at), &stood.at) {
        facts.push((Safe::own("needs"), safe(&blocker.text)));
    }
    if let Some(owner) = &stood.at.item.owner {
        facts.push((Safe::own("owner"), super::event_words::role_title(view, owner)));
    }
    if let Some(due) = &stood.at.item.due {
        let done = stood.standing.state.is_done();
        facts.push((Safe::own("due"), super::details::due_words(view, due, stood.at.environment, done)));
    }
}

fn kind_facts(view: &View<'_>, stood: &Stood<'_>, facts: &mut Vec<(Safe, Safe)>) {
    offers(view, stood, facts);
    match stood.at.item.kind() {
        ItemKind::Check(_) => check(view, stood, facts),
        ItemKind::Action(action) => {
            facts.push((Safe::own("action"), safe(action.as_str())));
            if let Some(run) = last_run(&view.engine.facts(view.at), &stood.at, action) {
                for step in &run.steps {
                    let how = step.outcome.map_or("waiting", crate::session::status::StepOutcome::word);
                    facts.push((Safe::own("step"), safe_format!("{}: {}", step.title, how)));
                }
            } else if let Some(offer) = view.engine.offer(view.at, action, stood.at.environment) {
                for step in &offer.steps {
                    facts.push((Safe::own("step"), crate::text::visible(&step.command)));
                }
                for blocker in &offer.blockers {
                    facts.push((Safe::own("blocked"), safe(&blocker.text)));
                }
            }
        }
        ItemKind::Signoff(request) => {
            let roles: Vec<Safe> =
                request.roles.iter().map(|role| super::event_words::role_title(view, role)).collect();
            facts.push((Safe::own("roles"), Safe::join(&roles, &Safe::own(", "))));
            facts.push((Safe::own("people"), safe_format!("{} must approve", request.quorum())));
        }
        ItemKind::Window(window) => {
            let by_hand = !opens_by_itself(&view.engine.facts(view.at), window);
            let how = if by_hand { ": watch it by hand, then tick" } else { "" };
            let text = safe_format!("{}{}", window.as_str(), Safe::own(how));
            facts.push((Safe::own("window"), text));
        }
        ItemKind::Manual | ItemKind::Group => {
            let asks = match stood.at.item.evidence_kind() {
                EvidenceKind::None => return,
                EvidenceKind::Note => "a sentence",
                EvidenceKind::Url => "an address",
                EvidenceKind::Value => "a value",
            };
            facts.push((Safe::own("asks for"), Safe::own(asks)));
        }
    }
}

/// Commands that may be run from here, how the last run of each went, and what it would run.
fn offers(view: &View<'_>, stood: &Stood<'_>, facts: &mut Vec<(Safe, Safe)>) {
    let known = view.engine.facts(view.at);
    for id in &stood.at.item.offers {
        let Some(offer) = view.engine.offer(view.at, id, stood.at.environment) else { continue };
        let ran = last_run(&known, &stood.at, id).map_or(Safe::EMPTY, |run| {
            let how = run.ended.as_ref().map_or("running", |(_, ended)| ended.outcome.word());
            safe_format!("  ({})", Safe::own(how))
        });
        facts.push((Safe::own("E runs"), safe_format!("{}{}", safe(&offer.title), ran)));
        for line in offer.steps.iter().flat_map(|step| step.command.split('\n')) {
            facts.push((Safe::EMPTY, crate::text::visible(line)));
        }
    }
}

fn check(view: &View<'_>, stood: &Stood<'_>, facts: &mut Vec<(Safe, Safe)>) {
    let valid = crate::rules::check_result::valid_for(&stood.at).to_string();
    match stood.standing.result.as_ref().and_then(|result| result.kept_since) {
        Some(began) => facts.push((
            Safe::own("counts"),
            safe_format!("as it was when the deploy began, {}", clock_face::day_and_time(&began)),
        )),
        None => facts.push((Safe::own("valid for"), safe(&valid))),
    }
    let live = view.engine.observed().checks.get(&stood.at.item.id);
    if let Some(running) = live.and_then(|live| live.running.as_ref()) {
        facts.push((Safe::own("measuring"), safe_format!("try {}", running.tries.max(1))));
    }
    if let Some(measured) = live.and_then(|live| live.last.as_ref()) {
        return measurement(measured, facts);
    }
    let Some(record) = view.engine.session().checks.get(&stood.at.item.id) else { return };
    facts.push((Safe::own("measured"), clock_face::day_and_time(&record.stamp.at)));
    if let Some(target) = &record.result.target {
        facts.push((Safe::own("target"), safe(target)));
    }
    if let Some(repeat) = &record.result.repeat {
        facts.push((Safe::own("repeat"), crate::text::visible(repeat)));
    }
}

/// What was measured: target, each assertion, the evidence, how to repeat it.
fn measurement(measured: &Measurement, facts: &mut Vec<(Safe, Safe)>) {
    facts.push((Safe::own("target"), measured.target.safe()));
    let tries = if measured.attempts > 1 {
        safe_format!("{}, {} attempts", took(measured.took_us), measured.attempts)
    } else {
        took(measured.took_us)
    };
    facts.push((Safe::own("took"), tries));
    for one in &measured.assertions {
        let word = Safe::own(result_word(one.status).word());
        let text = if one.status == CheckStatus::Pass {
            safe_format!("{} {}: {}", word, one.subject, one.actual)
        } else {
            safe_format!("{} {}: expected {}, got {}", word, one.subject, one.expected, one.actual)
        };
        facts.push((Safe::own("assertion"), text));
    }
    if !measured.evidence.is_empty() {
        let (lines, left) =
            sanitise_lines(measured.evidence.raw().as_bytes(), LimitBytes::LINE, EVIDENCE_LINES_MAX);
        for line in &lines {
            facts.push((Safe::own("evidence"), line.text()));
        }
        if left > 0 {
            facts.push((Safe::own("evidence"), safe_format!("({} more lines)", left)));
        }
    }
    if !measured.repeat.is_empty() {
        facts.push((Safe::own("repeat"), crate::text::visible(measured.repeat.raw())));
    }
}

/// What was done about it, newest first.
fn marks(view: &View<'_>, stood: &Stood<'_>, facts: &mut Vec<(Safe, Safe)>) {
    let Some(record) = view.engine.session().items.get(&stood.at.item.id) else { return };
    for mark in record.marks.iter().rev().take(NOTES_MAX) {
        let (verb, more) = match &mark.kind {
            MarkKind::Ticked { evidence, .. } => ("ticked", evidence.clone()),
            MarkKind::Unticked => ("opened again", None),
            MarkKind::Waived { reason, .. } => ("set aside", Some(reason.clone())),
        };
        let undone = match (mark.undone, mark.counts()) {
            (true, _) => " (taken back)",
            (false, true) => "",
            (false, false) => " (for other words)",
        };
        let more = more.map(|text| safe_format!(": {}", text.replace('\n', " "))).unwrap_or_default();
        let text = safe_format!(
            "{} {} by {}{}{}",
            view.when(mark.stamp.at),
            Safe::own(verb),
            person(&mark.stamp.by),
            more,
            Safe::own(undone)
        );
        facts.push((Safe::own("history"), text));
    }
}

fn notes(view: &View<'_>, id: &ItemId, facts: &mut Vec<(Safe, Safe)>) {
    let about = view.engine.session().notes.iter().rev().filter(|note| note.item.as_ref() == Some(id));
    for note in about.filter(|note| !note.undone).take(NOTES_MAX) {
        let text = safe_format!("{}: {}", person(&note.stamp.by), note.text.replace('\n', " "));
        facts.push((Safe::own("note"), text));
    }
}

/// What the checklist says about it in prose.
fn prose(stood: &Stood<'_>, facts: &mut Vec<(Safe, Safe)>) {
    let item = stood.at.item;
    for (label, text) in
        [("caution", &item.caution), ("why", &item.why), ("how", &item.note), ("link", &item.link)]
    {
        if let Some(text) = text {
            facts.push((Safe::own(label), safe(&text.replace('\n', " "))));
        }
    }
}

fn keys(stood: &Stood<'_>) -> Safe {
    if !stood.at.item.offers.is_empty() {
        return Safe::own("space tick   E run its command   w waive   i note");
    }
    Safe::own(match stood.at.item.kind() {
        ItemKind::Check(_) => "r measure again   w waive   i note   y copy",
        ItemKind::Signoff(_) => "S sign off   W withdraw   w waive   i note",
        ItemKind::Action(_) => "D deploy   w waive   i note",
        ItemKind::Manual | ItemKind::Window(_) => "space tick   w waive   i note   u undo",
        ItemKind::Group => "w waive   i note",
    })
}
