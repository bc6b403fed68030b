//! Windows whose samples are too few, too many, or lie where nobody needs them: what can be told before anything runs.
//!
//! Not here: shapes and names (`windows.rs`).

use crate::checklist::model::Checklist;
use crate::checklist::period::Period;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;
use crate::checklist::window::{
    CONFIDENT_FROM, Decision, MIN_SAMPLES_DEFAULT, Objective, OneOrMany, SAMPLES_MAX, Stage, Trigger, Window,
};
use crate::checklist::window_claim::{claim, least_samples};
use crate::checklist::window_facet::{FACETS, Facet};
use crate::checklist::window_term::{Aggregate, Over, Term, parse};

/// Everything about the samples of windows.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, window) in checklist.windows.iter() {
        let place = Place::root().key("windows").key(id.as_str());
        // Without an interval nothing can be counted; `windows.rs` tells of it.
        if window.stages.is_empty() || window.stages.iter().any(|stage| stage.every.as_ms() == 0) {
            continue;
        }
        problems.extend(intervals(&place, &window.stages));
        for (at, objective) in window.objectives.iter().enumerate() {
            problems.extend(provable(&place.key("objectives").index(at), window, objective));
        }
        for (name, trigger) in window.triggers.iter() {
            problems.extend(one_trigger(&place.key("triggers").key(name.as_str()), window, trigger));
        }
        for (name, indicator) in window.indicators.iter() {
            let place = place.key("indicators").key(name.as_str()).key("bad");
            let bad = indicator.bad.iter().enumerate().filter(|(_, word)| Facet::named(word).is_none());
            problems.extend(bad.map(|(at, word)| {
                Problem::unknown(&place.index(at), "facet", word, FACETS.iter().map(|(word, _)| *word))
            }));
        }
    }
    problems
}

/// The stages with the interval that is sampled at while each is the shortest one open.
fn sampled(stages: &[Stage]) -> impl Iterator<Item = (Period, Period, u64)> {
    stages.iter().enumerate().map(|(at, stage)| {
        let from = at
            .checked_sub(1)
            .and_then(|before| stages.get(before))
            .map_or(Period::default(), |one| one.length);
        let every = stages.iter().skip(at).map(|open| open.every.as_ms()).min().unwrap_or(1);
        (from, stage.length, every)
    })
}

fn intervals(place: &Place, stages: &[Stage]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, two) in stages.windows(2).enumerate() {
        let [one, other] = two else { continue };
        let (long, short) = (one.every.max(other.every), one.every.min(other.every));
        if !long.as_ms().is_multiple_of(short.as_ms()) {
            let place = place.key("stages").index(at + 1).key("every");
            let problem = Problem::error(&place, "intervals that do not divide");
            let label = format!("{long} is no multiple of {short}");
            problems.push(problem.label(label).help("a longer stage judges every second, third, … sample"));
        }
    }
    let lengths = sampled(stages).map(|(from, to, every)| to.as_ms().saturating_sub(from.as_ms()) / every);
    let samples = lengths.fold(0, u64::saturating_add);
    if samples > u64::try_from(SAMPLES_MAX).unwrap_or(u64::MAX) {
        let problem = Problem::error(&place.key("stages"), format!("{samples} samples of each indicator"));
        problems
            .push(problem.label(format!("at most {SAMPLES_MAX}")).help("sample the last stage less often"));
    }
    problems
}

/// A confident objective needs enough samples in each of its stages.
fn provable(place: &Place, window: &Window, objective: &Objective) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, text) in objective.that.texts().iter().enumerate() {
        let Ok(term) = parse(text) else { continue };
        let Some(claim) = claim(term.aggregate, &term.comparison) else { continue };
        let that = place.key("that");
        let place = if matches!(objective.that, OneOrMany::One(_)) { that } else { that.index(index) };
        let stages = window.stages.iter().filter(|stage| {
            let asked = objective.at.is_empty() || objective.at.contains(&stage.length);
            let usual = if stage.length >= CONFIDENT_FROM { Decision::Confident } else { Decision::Point };
            asked && objective.decision.unwrap_or(usual) == Decision::Confident
        });
        let short = stages
            .map(|stage| (stage, samples_of(&term, stage)))
            .find(|(_, samples)| least_samples(claim.limit).is_none_or(|least| *samples < least));
        if let Some((stage, samples)) = short {
            let message = format!("the stage {} can never prove `{text}`", stage.length);
            let label = match least_samples(claim.limit) {
                Some(least) => format!("needs {least} samples, the stage judges {samples}"),
                None => "no number of samples proves it".to_owned(),
            };
            let help = "sample more often, ask for less, or write decision = \"point\"";
            problems.push(Problem::error(&place, message).label(label).help(help));
        }
    }
    problems
}

fn samples_of(term: &Term, stage: &Stage) -> u64 {
    let over = match term.over {
        Some(Over::Period(over)) => over.min(stage.length),
        Some(Over::SinceDeploy) | None => stage.length,
    };
    over.as_ms() / stage.every.as_ms().max(1)
}

fn one_trigger(place: &Place, window: &Window, trigger: &Trigger) -> Vec<Problem> {
    let mut problems = Vec::new();
    let when = trigger.when.iter().map(|text| (place.key("when"), text));
    let any = trigger.any.iter().enumerate().map(|(at, text)| (place.key("any").index(at), text));
    for (place, text) in when.chain(any) {
        let Ok(term) = parse(text) else { continue };
        problems.extend(holds_too_few(&place, window, trigger, term.over));
        problems.extend(protects_nothing(&place, &term));
        problems.extend(never_forgets(&place, &term));
    }
    for (at, (long, short, _)) in trigger.pairs.iter().enumerate() {
        let place = place.key("pairs").index(at);
        let shorter = Some(Over::Period(*long.min(short)));
        problems.extend(holds_too_few(&place, window, trigger, shorter));
    }
    problems
}

/// A look-back that never holds enough samples: the trigger is blind in that stage.
fn holds_too_few(place: &Place, window: &Window, trigger: &Trigger, over: Option<Over>) -> Option<Problem> {
    let Some(Over::Period(over)) = over else { return None };
    let least = u64::from(trigger.min_samples.unwrap_or(MIN_SAMPLES_DEFAULT));
    let open =
        sampled(&window.stages).filter(|(from, _, _)| trigger.within.is_none_or(|within| *from < within));
    let short = open.map(|(_, to, every)| (to, over.as_ms() / every)).find(|(_, samples)| *samples < least);
    let (stage, samples) = short?;
    let problem = Problem::error(place, format!("{over} hold too few samples in the stage {stage}"));
    let label = format!("{samples} samples, `min_samples` is {least}");
    Some(problem.label(label).help("look back further, sample more often, or lower min_samples"))
}

/// `for` not longer than `over`: one failure stays in the look-back that long.
fn protects_nothing(place: &Place, term: &Term) -> Option<Problem> {
    let Some(Over::Period(over)) = term.over else { return None };
    let hold = term.hold.filter(|hold| *hold <= over)?;
    let problem = Problem::warning(place, format!("`for {hold}` protects against nothing"));
    Some(
        problem
            .label(format!("one failure stays in the look-back for {over}"))
            .help("make `for` longer than `over`"),
    )
}

/// A share or an average of everything since the deploy moves slower by the hour.
fn never_forgets(place: &Place, term: &Term) -> Option<Problem> {
    let forgets =
        matches!(term.aggregate, Aggregate::Count | Aggregate::Delta | Aggregate::Last | Aggregate::Streak);
    if forgets || term.over.is_some() {
        return None;
    }
    let problem = Problem::warning(place, "a trigger that looks back to the deploy");
    Some(problem.label("no `over`").help("write `over 5m`, or `since deploy` if that is meant"))
}
