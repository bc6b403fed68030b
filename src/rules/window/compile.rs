//! From the checklist's texts to what works: objectives for each stage, triggers with their condition.
//!
//! A text that cannot be read (the lint refuses it) becomes one nobody can tell, never one that holds.

use super::baseline::{Baseline, Source};
use super::burn::Burn;
use super::compare::{Compare, WITHIN_MS};
use super::detect::Detect;
use super::indicator::Watched;
use super::lookback::Lookback;
use super::objective::{ObjectiveWatch, thins};
use super::plan::{Plan, ms};
use super::question::Question;
use super::trigger::{Condition, TermWatch, TriggerWatch};
use crate::checklist::assertion::Quantity;
use crate::checklist::window::{
    CONFIDENT_FROM, Decision, MIN_SAMPLES_DEFAULT, Trigger, TriggerAction, Window,
};
use crate::checklist::window_term::{Over, Term, parse};

fn look_back(over: Option<Over>) -> Option<i64> {
    match over {
        Some(Over::Period(period)) => Some(ms(period)),
        Some(Over::SinceDeploy) | None => None,
    }
}

/// A term with the place of its indicator and its look-back.
fn lookback(text: &str, indicators: &[Watched]) -> Option<(usize, Term, Lookback)> {
    let term = parse(text).ok()?;
    let at = indicators.iter().position(|watched| watched.name == term.indicator)?;
    let question = Question::of(&term, &indicators.get(at)?.spec);
    let lookback = Lookback::new(question, look_back(term.over));
    Some((at, term, lookback))
}

/// The objectives of every stage, and the texts that cannot be read.
pub(super) fn objectives(
    window: &Window,
    plan: &Plan,
    indicators: &[Watched],
) -> (Vec<ObjectiveWatch>, Vec<String>) {
    let (mut watches, mut unreadable) = (Vec::new(), Vec::new());
    for objective in &window.objectives {
        for text in objective.that.texts() {
            let Some((indicator, term, lookback)) = lookback(text, indicators) else {
                unreadable.push(text.clone());
                continue;
            };
            for (stage, (length, _)) in plan.stages().iter().enumerate() {
                if !objective.at.is_empty() && !objective.at.iter().any(|at| ms(*at) == *length) {
                    continue;
                }
                let usual = if *length >= ms(CONFIDENT_FROM) { Decision::Confident } else { Decision::Point };
                watches.push(ObjectiveWatch {
                    text: text.clone(),
                    stage,
                    indicator,
                    lookback: lookback.clone(),
                    decision: objective.decision.unwrap_or(usual),
                    grid: thins(term.aggregate) && look_back(term.over).is_none(),
                });
            }
        }
    }
    (watches, unreadable)
}

/// One trigger.
pub(super) fn trigger(
    name: &str,
    trigger: &Trigger,
    plan: &Plan,
    indicators: &[Watched],
    baseline: Option<&Baseline>,
) -> TriggerWatch {
    let condition = condition(trigger, plan, indicators, baseline).unwrap_or(Condition::Unreadable);
    let action = trigger.action.unwrap_or(TriggerAction::Ask);
    let usual = if matches!(condition, Condition::Compare(..)) { WITHIN_MS } else { i64::MAX };
    let mut watch = TriggerWatch::new(name.to_owned(), action, condition);
    watch.within = trigger.within.map_or(usual, ms);
    watch.keep_firing_for = trigger.keep_firing_for.map_or(0, ms);
    watch
}

fn condition(
    trigger: &Trigger,
    plan: &Plan,
    indicators: &[Watched],
    baseline: Option<&Baseline>,
) -> Option<Condition> {
    let min_samples = trigger.min_samples.unwrap_or(MIN_SAMPLES_DEFAULT);
    let place = |source: &Source| indicators.iter().position(|watched| watched.name == source.indicator);
    if let Some(text) = &trigger.detect {
        let source = Source::parse(text);
        return Some(Condition::Detect(place(&source)?, Box::new(Detect::new(&source, plan, baseline))));
    }
    if let Some(text) = &trigger.compare {
        let source = Source::parse(text);
        return Some(Condition::Compare(place(&source)?, Box::new(Compare::new(&source, baseline))));
    }
    if let Some(text) = &trigger.burn {
        let at = place(&Source::parse(text))?;
        let Quantity::Percent(objective) = Quantity::parse(trigger.objective.as_deref()?).ok()? else {
            return None;
        };
        let spec = &indicators.get(at)?.spec;
        return Some(Condition::Burn(at, Burn::new(text, spec, objective, &trigger.pairs, min_samples)));
    }
    let texts = trigger.when.iter().chain(&trigger.any);
    let terms = texts.map(|text| {
        let (at, term, lookback) = lookback(text, indicators)?;
        Some(TermWatch::new(at, lookback, term.hold.map_or(0, ms), min_samples))
    });
    let terms: Vec<TermWatch> = terms.collect::<Option<_>>()?;
    (!terms.is_empty()).then_some(Condition::Terms(terms))
}
