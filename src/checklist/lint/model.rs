//! Rules about the plan of a checklist in TOML: ways back, gates, sign-offs, windows, backups, contacts, versions.
//!
//! They look at the model as it is written. Not here: the same for a document (`plan.rs`), items and commands.

use super::commands::prepares;
use super::findings::Findings;
use super::plan::{backs_up, core, goes_back, holds, migrates, releases, unfilled, was_tried};
use super::sheets::{Sheet, Way, way_of};
use super::table::{
    CONTACT_UNFILLED, GATE_WITHOUT_OWNER, IRREVERSIBLE_NOT_LAST, NO_BACKUP_BEFORE_MIGRATION,
    NO_ROLLBACK_PLAN, NO_SIGN_OFF, NO_WINDOW, ROLLBACK_UNTESTED, VERSION_MISMATCH, WAIT_WITHOUT_LIMIT,
    WINDOW_WITHOUT_TRIGGER,
};
use crate::checklist::action::{Action, ActionKind, Step};
use crate::checklist::id::ActionId;
use crate::checklist::item::{Item, ItemKind};
use crate::checklist::markdown::versions::{Around, Release, versions};
use crate::checklist::model::Checklist;
use crate::checklist::place::Place;
use crate::checklist::read::Survey;
use crate::checklist::read::validate::walk::{items, steps};
use crate::checklist::template::Template;

/// What these rules look at.
pub(super) struct Look<'c, 's> {
    pub(super) checklist: &'c Checklist,
    pub(super) survey: &'c Survey<'s>,
}

impl<'c> Look<'c, '_> {
    fn key(&self, place: &Place) -> std::ops::Range<usize> {
        self.survey.key_span(place)
    }
    fn value(&self, place: &Place) -> std::ops::Range<usize> {
        self.survey.span(place, None)
    }
    fn actions(&self) -> impl Iterator<Item = (&'c ActionId, &'c Action, Place)> {
        let all = self.checklist.actions.iter();
        all.map(|(id, action)| (id, action, Place::root().key("actions").key(id.as_str())))
    }
    /// Deploys and changes that are no way back of another action.
    fn deploys(&self) -> Vec<(&'c ActionId, &'c Action, Place)> {
        self.actions().filter(|(_, action, _)| action.kind == ActionKind::Deploy).collect()
    }
    /// Items of the way forward, with their places.
    fn forward(&self) -> Vec<(&'c Item, Place)> {
        let all = items(self.checklist).into_iter();
        let forward = all.filter(|spot| spot.place.to_string().starts_with("phases"));
        forward.map(|spot| (spot.item, spot.place)).collect()
    }
}

/// Every rule of this file.
pub(super) fn check(look: &Look<'_, '_>, sheets: &[Sheet], findings: &mut Findings<'_>) {
    back(look, findings);
    gates(look, findings);
    windows(look, findings);
    for (id, action, place) in look.actions() {
        if way_of(look.checklist, id) == Way::Forward {
            backup(look, (action, &place), findings);
            order(look, (action, &place), findings);
        }
    }
    waits(look, findings);
    contacts(look, findings);
    version(look, sheets, findings);
}

/// Does anything go out: an action that deploys, or an item that speaks of it?
fn is_release(look: &Look<'_, '_>) -> bool {
    let words = "deploy|release|rollout|roll out|publish|go live|go-live|launch";
    let said = |title: &str| holds(title, words);
    !look.deploys().is_empty() || look.forward().iter().any(|(item, _)| said(item.title.as_written()))
}

fn back(look: &Look<'_, '_>, findings: &mut Findings<'_>) {
    let deploys = look.deploys();
    let ways: Vec<Place> = look
        .actions()
        .filter(|(id, ..)| way_of(look.checklist, id) == Way::Back)
        .map(|(.., place)| place)
        .collect();
    for (id, action, place) in &deploys {
        if action.rollback.is_empty() {
            let reason = format!("nothing says how to go back from the deploy `{id}`");
            findings.at_with(
                &NO_ROLLBACK_PLAN,
                look.key(place),
                reason,
                "write an action of kind `rollback` and name it: rollback = [\"…\"]",
            );
        }
    }
    let plan = look
        .checklist
        .plans
        .iter()
        .any(|(id, plan)| goes_back(id.as_str()) || goes_back(plan.title.as_written()));
    if deploys.is_empty() && ways.is_empty() && !plan && is_release(look) {
        let item = look.forward().iter().any(|(item, _)| goes_back(item.title.as_written()));
        if !item {
            findings.at(&NO_ROLLBACK_PLAN, look.value(&Place::root().key("title")), NO_ROLLBACK_PLAN.says);
        }
    }
    let Some(first) = ways.first() else { return };
    let tried = look.forward().iter().any(|(item, _)| {
        let id = item.id.as_str().replace(['-', '_'], " ");
        let title = item.title.as_written();
        (goes_back(title) || goes_back(&id)) && (was_tried(title) || was_tried(&id))
    });
    if !tried && !deploys.is_empty() {
        findings.at(&ROLLBACK_UNTESTED, look.key(first), ROLLBACK_UNTESTED.says);
    }
}

fn gates(look: &Look<'_, '_>, findings: &mut Findings<'_>) {
    let forward = look.forward();
    let signoff = forward.iter().any(|(item, _)| item.signoff.is_some());
    if !signoff && is_release(look) {
        findings.at(&NO_SIGN_OFF, look.value(&Place::root().key("title")), NO_SIGN_OFF.says);
    }
    for (item, place) in &forward {
        let deploys = item.action.as_ref().and_then(|id| look.checklist.actions.get(id));
        if deploys.is_none_or(|action| action.kind != ActionKind::Deploy) {
            continue;
        }
        let nobody = |need: &&String| {
            let gate = forward.iter().find(|(gate, _)| gate.id.as_str() == need.as_str());
            gate.is_some_and(|(gate, _)| matches!(gate.kind(), ItemKind::Manual) && gate.owner.is_none())
        };
        let open: Vec<String> = item.needs.iter().filter(nobody).map(|need| format!("`{need}`")).collect();
        if !open.is_empty() {
            let reason = format!(
                "`{}` waits for {}, and nobody is named who answers for it",
                item.id,
                open.join(", ")
            );
            findings.at_with(
                &GATE_WITHOUT_OWNER,
                look.value(&place.key("needs")),
                reason,
                "give it an owner = \"ROLE\", or a check",
            );
        }
    }
}

fn windows(look: &Look<'_, '_>, findings: &mut Findings<'_>) {
    for (id, action, place) in look.deploys() {
        let shown = look.forward().iter().any(|(item, _)| item.window.is_some());
        if action.window.is_none() && !shown {
            let reason = format!("nothing says how long the release is watched after `{id}`");
            findings.at_with(
                &NO_WINDOW,
                look.key(&place),
                reason,
                "write a window under [windows] and name it: window = \"…\"",
            );
        }
    }
    for (id, window) in look.checklist.windows.iter() {
        if window.triggers.is_empty() {
            let place = Place::root().key("windows").key(id.as_str());
            let reason = format!("the window `{id}` watches, and nothing says at what to go back");
            findings.at_with(
                &WINDOW_WITHOUT_TRIGGER,
                look.key(&place),
                reason,
                "give it a trigger: [windows.NAME.triggers]",
            );
        }
    }
}

/// A step in words a rule can look at.
fn said(step: &Step) -> String {
    let run: Vec<&str> = step.run.iter().map(Template::as_written).collect();
    let id = step.id.as_ref().map(|id| id.as_str().replace(['-', '_'], " ")).unwrap_or_default();
    let title = step.title.as_ref().map(Template::as_written).unwrap_or_default();
    format!("{id} {title} {} {}", run.join(" "), step.script.as_deref().unwrap_or_default())
}

/// The command lines of a step.
fn lines(step: &Step) -> Vec<String> {
    let run: Vec<&str> = step.run.iter().map(Template::as_written).collect();
    let mut lines = vec![run.join(" ")];
    lines.extend(step.script.iter().flat_map(|script| script.lines()).map(str::to_owned));
    lines
}

fn backup(look: &Look<'_, '_>, (action, place): (&Action, &Place), findings: &mut Findings<'_>) {
    let migrating = |step: &Step| lines(step).iter().any(|line| migrates(line));
    let Some(at) = action.steps.iter().position(migrating) else { return };
    // In the step itself too: one script may do both, the backup first.
    let before = action.steps.iter().take(at + 1).any(|step| backs_up(&said(step)));
    let item = look.forward().iter().any(|(item, _)| backs_up(item.title.as_written()));
    if !before && !item {
        let span = look.value(&place.key("steps").index(at));
        findings.at(&NO_BACKUP_BEFORE_MIGRATION, span, NO_BACKUP_BEFORE_MIGRATION.says);
    }
}

/// A step that only prepares behind one that cannot be undone.
fn order(look: &Look<'_, '_>, (action, place): (&Action, &Place), findings: &mut Findings<'_>) {
    let Some(at) = action.steps.iter().position(|step| step.irreversible.is_some()) else { return };
    let late = action
        .steps
        .iter()
        .enumerate()
        .skip(at + 1)
        .find(|(_, step)| lines(step).iter().any(|line| prepares(line)));
    if let Some((late, step)) = late {
        let name = step.id.as_ref().map_or_else(|| format!("step {}", late + 1), |id| format!("`{id}`"));
        let span = look.key(&place.key("steps").index(at).key("irreversible"));
        findings.at(
            &IRREVERSIBLE_NOT_LAST,
            span,
            format!("this cannot be undone, and {name}, which only prepares, comes after it"),
        );
    }
}

/// "Wait for …" over a check that is measured once.
fn waits(look: &Look<'_, '_>, findings: &mut Findings<'_>) {
    let waiting = |title: &str| title.to_lowercase().trim_start().starts_with("wait");
    for spot in steps(look.checklist) {
        let title = spot.step.title.as_ref().map(Template::as_written).unwrap_or_default();
        if waiting(title)
            && spot.step.check.is_some()
            && spot.step.eventually.is_none()
            && spot.step.retry.is_none()
        {
            let reason = "it is called a wait and measures once";
            findings.at_with(
                &WAIT_WITHOUT_LIMIT,
                look.value(&spot.place.key("title")),
                reason,
                "say how long: eventually = { within = \"5m\" }",
            );
        }
    }
}

fn contacts(look: &Look<'_, '_>, findings: &mut Findings<'_>) {
    for (at, contact) in look.checklist.contacts.iter().enumerate() {
        let value = |text: &Option<String>| text.as_deref().is_none_or(|text| unfilled(text.trim()));
        if value(&contact.reach) {
            let span = look.value(&Place::root().key("contacts").index(at).key("reach"));
            let reason = format!("nothing says how to reach `{}`", contact.role);
            findings.at(&CONTACT_UNFILLED, span, reason);
        }
    }
}

/// Versions written out in commands that tag, push or check out.
fn version(look: &Look<'_, '_>, sheets: &[Sheet], findings: &mut Findings<'_>) {
    let asked = look.checklist.variables.names().any(|name| name.as_str() == "version");
    let mut first: Option<String> = None;
    for sheet in sheets.iter().filter(|sheet| sheet.way == Way::Forward) {
        for line in sheet.script.lines.iter().filter(|line| releases(&line.text)) {
            for found in versions(&line.text, Around::Forward)
                .into_iter()
                .filter(|found| found.release == Release::This)
            {
                let said = line.text.get(found.range).unwrap_or_default();
                let other = first.as_deref().filter(|first| core(first) != core(said));
                let reason = match other {
                    Some(other) => {
                        format!("{said} is named here, and {other} before: two versions of one release")
                    }
                    None if asked => format!("{said} is written out, and the release asks for its version"),
                    None => String::new(),
                };
                if !reason.is_empty() {
                    findings.at_with(
                        &VERSION_MISMATCH,
                        sheet.span(line.line),
                        reason,
                        "write {version}, in a script \"$GONOGO_VERSION\"",
                    );
                }
                first.get_or_insert_with(|| said.to_owned());
            }
        }
    }
}
