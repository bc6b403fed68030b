//! Windows: stages that fit, indicators of one kind, terms that parse and name what is there.

use super::assertions::regex;
use crate::checklist::assertion::Quantity;
use crate::checklist::check::Check;
use crate::checklist::model::Checklist;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;
use crate::checklist::window::{Indicator, Trigger, TriggerAction, Window};
use crate::checklist::window_term::parse;

/// Facets of a check.
const CHECK_FACETS: [&str; 10] =
    ["bad", "slow", "1xx", "2xx", "3xx", "4xx", "5xx", "timeout", "refused", "reset"];
/// Facets of containers.
const CONTAINER_FACETS: [&str; 5] = ["restarts", "exits", "oom", "unhealthy", "bad"];

/// Everything about windows.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, window) in checklist.windows.iter() {
        let place = Place::root().key("windows").key(id.as_str());
        problems.extend(stages(&place, window));
        for (name, indicator) in window.indicators.iter() {
            problems.extend(indicator_kinds(&place.key("indicators").key(name.as_str()), name, indicator));
        }
        for (at, objective) in window.objectives.iter().enumerate() {
            let place = place.key("objectives").index(at);
            let texts = objective.that.texts();
            if texts.is_empty() {
                problems
                    .push(Problem::error(&place, "an objective that asks nothing").label("`that` is empty"));
            }
            for (index, text) in texts.iter().enumerate() {
                let that = place.key("that");
                let one = matches!(objective.that, crate::checklist::window::OneOrMany::One(_));
                problems.extend(term(&if one { that } else { that.index(index) }, window, text));
            }
            for (index, at) in objective.at.iter().enumerate() {
                if !window.stages.iter().any(|stage| stage.length == *at) {
                    let names: Vec<_> = window.stages.iter().map(|stage| stage.length.to_string()).collect();
                    let place = place.key("at").index(index);
                    problems.push(Problem::unknown(
                        &place,
                        "stage",
                        &at.to_string(),
                        names.iter().map(String::as_str),
                    ));
                }
            }
        }
        for (name, trigger) in window.triggers.iter() {
            problems.extend(one_trigger(&place.key("triggers").key(name.as_str()), window, trigger));
        }
    }
    problems
}

fn stages(place: &Place, window: &Window) -> Vec<Problem> {
    let mut problems = Vec::new();
    if window.stages.is_empty() {
        problems.push(Problem::error(&place.key("stages"), "a window without a stage").label("never ends"));
    }
    for (at, stage) in window.stages.iter().enumerate() {
        let place = place.key("stages").index(at);
        if stage.every.as_ms() == 0 || stage.every > stage.length {
            problems.push(
                Problem::error(&place.key("every"), "no sample fits into the stage")
                    .label("longer than the stage, or nothing"),
            );
        }
        let before = at.checked_sub(1).and_then(|before| window.stages.get(before));
        if before.is_some_and(|before| before.length >= stage.length) {
            let problem = Problem::error(&place.key("for"), "the stage ends before the one before it");
            problems.push(
                problem.label("not longer").help("all stages count from the opening, the shortest first"),
            );
        }
    }
    if window.min_coverage.is_some_and(|share| share > 100) {
        problems.push(Problem::error(&place.key("min_coverage"), "more than all samples").label("0 to 100"));
    }
    problems
}

fn indicator_kinds(place: &Place, name: &str, indicator: &Indicator) -> Vec<Problem> {
    let kinds = [
        ("check", indicator.check.is_some()),
        ("containers", indicator.containers.is_some()),
        ("log", indicator.log.is_some()),
    ];
    let mut given = kinds.iter().filter(|(_, given)| *given).map(|(kind, _)| *kind);
    let mut problems = Vec::new();
    match given.next() {
        None => {
            let problem = Problem::error(place, format!("the indicator `{name}` samples nothing")).at_key();
            problems.push(problem.label("needs check, containers or log"));
        }
        Some(first) => problems.extend(given.map(|more| {
            Problem::error(&place.key(more), format!("both `{first}` and `{more}`"))
                .at_key()
                .label("one of them")
        })),
    }
    if let Some(log) = &indicator.log {
        let place = place.key("log");
        problems.extend(
            log.pattern
                .iter()
                .filter_map(|pattern| regex(&place.key("match"), pattern).err().map(|problem| *problem)),
        );
        let ignored = log.ignore.iter().enumerate();
        problems.extend(ignored.filter_map(|(at, pattern)| {
            regex(&place.key("ignore").index(at), pattern).err().map(|problem| *problem)
        }));
        if log.pattern.is_none() && log.level.is_empty() {
            problems.push(
                Problem::error(&place, "a log indicator that looks for nothing")
                    .label("needs `match` or `level`"),
            );
        }
    }
    problems
}

/// The name of an indicator, with or without a facet.
fn source(place: &Place, window: &Window, name: &str, facet: Option<&str>) -> Option<Problem> {
    let Some(indicator) = window.indicators.get(&name.to_owned()) else {
        let names = window.indicators.names().map(String::as_str);
        return Some(Problem::unknown(place, "indicator", name, names).part(name));
    };
    let facet = facet?;
    let known: &[&str] = match (&indicator.check, &indicator.containers) {
        (Some(Check::Http(_) | Check::Tcp(_) | Check::Command(_)), _) => &CHECK_FACETS,
        (Some(Check::Containers(_)), _) | (None, Some(_)) => &CONTAINER_FACETS,
        (None, None) => &["bad"],
    };
    (!known.contains(&facet))
        .then(|| Problem::unknown(place, "facet", facet, known.iter().copied()).part(facet))
}

fn term(place: &Place, window: &Window, text: &str) -> Option<Problem> {
    match parse(text) {
        Ok(term) => source(place, window, &term.indicator, term.facet.as_deref()),
        Err(fault) => {
            let part = text.get(fault.at.clone()).unwrap_or_default();
            let problem = Problem::error(place, format!("`{text}`: {fault}")).label(fault.expected.clone());
            let problem =
                problem.help("AGG(indicator[.facet]) OP VALUE [over PERIOD | since deploy] [for PERIOD]");
            Some(if part.is_empty() { problem } else { problem.part(part) })
        }
    }
}

fn one_trigger(place: &Place, window: &Window, trigger: &Trigger) -> Vec<Problem> {
    let kinds = [
        ("when", trigger.when.is_some()),
        ("any", !trigger.any.is_empty()),
        ("detect", trigger.detect.is_some()),
        ("compare", trigger.compare.is_some()),
        ("burn", trigger.burn.is_some()),
    ];
    let mut given = kinds.iter().filter(|(_, given)| *given).map(|(kind, _)| *kind);
    let mut problems = Vec::new();
    match given.next() {
        None => problems.push(
            Problem::error(place, "a trigger that never fires")
                .label("needs when, any, detect, compare or burn"),
        ),
        Some(first) => problems.extend(given.map(|more| {
            Problem::error(&place.key(more), format!("both `{first}` and `{more}`"))
                .at_key()
                .label("one of them")
        })),
    }
    problems.extend(trigger.when.iter().filter_map(|text| term(&place.key("when"), window, text)));
    problems.extend(
        trigger
            .any
            .iter()
            .enumerate()
            .filter_map(|(at, text)| term(&place.key("any").index(at), window, text)),
    );
    for (key, name) in [("detect", &trigger.detect), ("compare", &trigger.compare), ("burn", &trigger.burn)] {
        let Some(name) = name else { continue };
        let (indicator, facet) =
            name.split_once('.').map_or((name.as_str(), None), |(name, facet)| (name, Some(facet)));
        problems.extend(source(&place.key(key), window, indicator, facet));
    }
    if trigger.compare.is_some() && trigger.action == Some(TriggerAction::Rollback) {
        let problem = Problem::error(&place.key("action"), "`compare` may not roll back by itself");
        problems.push(problem.label("notify or ask").help("another hour's traffic is no control group"));
    }
    if trigger.burn.is_some() {
        let good = trigger
            .objective
            .as_deref()
            .is_some_and(|text| matches!(Quantity::parse(text), Ok(Quantity::Percent(_))));
        if !good {
            let at = if trigger.objective.is_some() { place.key("objective") } else { place.clone() };
            problems.push(
                Problem::error(&at, "`burn` needs its objective").label("expected objective = \"99 %\""),
            );
        }
        if trigger.pairs.is_empty() {
            problems.push(
                Problem::error(place, "`burn` needs its pairs")
                    .label("expected pairs = [[\"1h\", \"5m\", 14.4]]"),
            );
        }
    }
    problems
}
