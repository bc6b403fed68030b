//! Steps of actions: one kind each, where they run, what is taken from their output.

use super::assertions::{pointer, regex};
use super::on_words;
use super::walk::{StepSpot, steps};
use crate::checklist::action::{Capture, CaptureBy, Step};
use crate::checklist::model::Checklist;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

/// Everything about actions and their steps.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, action) in checklist.actions.iter() {
        if action.steps.is_empty() {
            let place = Place::root().key("actions").key(id.as_str());
            problems.push(
                Problem::error(&place, format!("the action `{id}` has no steps"))
                    .at_key()
                    .label("does nothing"),
            );
        }
    }
    for spot in steps(checklist) {
        problems.extend(step(&spot));
        problems.extend(captures(&spot.place, spot.step));
        problems.extend(on_words::check(&spot.place.key("on"), spot.step.on.as_deref()));
    }
    problems
}

fn step(spot: &StepSpot<'_>) -> Vec<Problem> {
    let (step, place) = (spot.step, &spot.place);
    let mut problems = Vec::new();
    if step.dispatch.is_some() {
        let problem =
            Problem::error(&place.key("dispatch"), "`dispatch` is not run by this version").at_key();
        problems.push(
            problem
                .label("not run yet")
                .help("run it with a command, such as [\"gh\", \"workflow\", \"run\", …]"),
        );
    }
    let kinds = [
        ("run", !step.run.is_empty()),
        ("script", step.script.is_some()),
        ("check", step.check.is_some()),
        ("items", step.items.is_some()),
        ("dispatch", step.dispatch.is_some()),
    ];
    let mut given = kinds.iter().filter(|(_, given)| *given).map(|(kind, _)| *kind);
    match given.next() {
        None => {
            let problem = Problem::error(place, "a step that does nothing")
                .label("no `run`, `script`, `check` or `items`");
            problems.push(problem.help("give it one of them"));
        }
        Some(first) => problems.extend(given.map(|more| {
            Problem::error(&place.key(more), format!("a step with both `{first}` and `{more}`"))
                .at_key()
                .label("one of them")
        })),
    }
    let needs_check = [("eventually", step.eventually.is_some()), ("retry", step.retry.is_some())];
    for (key, given) in needs_check {
        if given && step.check.is_none() {
            let message = format!("`{key}` does nothing without a `check`");
            problems.push(Problem::error(&place.key(key), message).at_key().label("no check here"));
        }
    }
    let is_command = !step.run.is_empty() || step.script.is_some();
    let needs_command =
        [("env", !step.env.is_empty()), ("cwd", step.cwd.is_some()), ("capture", !step.capture.is_empty())];
    for (key, given) in needs_command {
        if given && !is_command {
            let message = format!("`{key}` does nothing without a command");
            problems
                .push(Problem::error(&place.key(key), message).at_key().label("no `run` or `script` here"));
        }
    }
    problems
}

fn captures(place: &Place, step: &Step) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, capture) in step.capture.iter() {
        let place = place.key("capture").key(name.as_str());
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let problem = Problem::error(&place, format!("`{name}` is no name for a value")).at_key();
            problems.push(problem.label("letters, digits and `_`"));
        }
        match capture {
            Capture::Whole(word) if word == "stdout" => {}
            Capture::Whole(word) => problems.push(Problem::unknown(&place, "source", word, ["stdout"])),
            Capture::By(CaptureBy::Json(path)) => problems.extend(pointer(&place.key("json"), path)),
            Capture::By(CaptureBy::Regex(pattern)) => {
                let place = place.key("regex");
                match regex(&place, pattern) {
                    Err(problem) => problems.push(*problem),
                    Ok(regex) if regex.captures_len() < 2 => problems.push(
                        Problem::error(&place, "a capture without a group").label("put what is taken in ( )"),
                    ),
                    Ok(_) => {}
                }
            }
        }
    }
    problems
}
