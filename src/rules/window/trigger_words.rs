//! Triggers in plain English: "fires when more than half of the api requests in each of the last 5 minutes were 5xx".
//!
//! Not here: parsing (`checklist/window_term.rs`).

use super::figure::Figure;
use super::indicator::Watched;
use super::plan::ms;
use super::trigger::{Condition, TriggerWatch};
use crate::checklist::assertion::{Operator, Quantity};
use crate::checklist::check::Check;
use crate::checklist::period::Period;
use crate::checklist::window::{Indicator, Trigger, Window};
use crate::checklist::window_facet::Facet;
use crate::checklist::window_term::{Aggregate, Over, Term, parse};

/// A trigger in words.
pub fn trigger_words(trigger: &Trigger, window: &Window) -> String {
    let within = trigger.within.map(|within| format!(", in the first {}", period_words(within)));
    format!("fires when {}{}", condition_words(trigger, window), within.unwrap_or_default())
}

fn condition_words(trigger: &Trigger, window: &Window) -> String {
    if let Some(source) = &trigger.detect {
        return match source.strip_suffix(".slow") {
            Some(name) => format!("most samples of {name} keep being slow"),
            None => format!("bad spells of {source} keep coming"),
        };
    }
    if let Some(source) = &trigger.compare {
        return match source.strip_suffix(".slow") {
            Some(name) => format!("{name} is clearly slower than before the deploy, at three looks in a row"),
            None => {
                format!("{source} is bad clearly more often than before the deploy, at three looks in a row")
            }
        };
    }
    if let Some(source) = &trigger.burn {
        let pairs: Vec<String> = trigger
            .pairs
            .iter()
            .map(|(long, short, factor)| {
                format!("{factor} times too fast over {} and {}", period_words(*long), period_words(*short))
            })
            .collect();
        let objective = trigger.objective.as_deref().unwrap_or_default();
        return format!("{source} uses up its error budget ({objective} good) {}", pairs.join(", or "));
    }
    let texts = trigger.when.iter().chain(&trigger.any);
    let terms: Vec<String> = texts
        .map(|text| parse(text).map_or_else(|_fault| text.clone(), |term| term_words(&term, window)))
        .collect();
    terms.join(", or ")
}

/// One term in words, as something that was so.
pub fn term_words(term: &Term, window: &Window) -> String {
    let spec = window.indicators.get(&term.indicator);
    let (name, time) = (&term.indicator, time_words(term));
    let limit = limit_words(term);
    let facet = term.facet.as_deref().and_then(Facet::named);
    let state = facet.map_or("bad", state_words);
    match term.aggregate {
        Aggregate::Success => format!("{limit} {name} {}{time} were good", things(spec)),
        Aggregate::ErrorRate | Aggregate::Ratio => {
            format!("{limit} {name} {}{time} were {state}", things(spec))
        }
        Aggregate::Count | Aggregate::Delta if spec.is_some_and(|spec| spec.log.is_some()) => {
            format!("there were {limit} lines of {name}{time}")
        }
        Aggregate::Count => match facet {
            Some(facet) if counted(facet) => format!("{name} had {limit} {}{time}", state_words(facet)),
            Some(_) | None => format!("there were {limit} {state} {name} {}{time}", things(spec)),
        },
        Aggregate::Delta => match facet {
            Some(facet) => format!("{name} had {limit} {}{time}", state_words(facet)),
            None => format!("{name} grew by {limit}{time}"),
        },
        Aggregate::Streak => format!("{limit} {name} {} in a row were {state}", things(spec)),
        Aggregate::Avg => format!("the average {name}{time} was {limit}"),
        Aggregate::Min => format!("the lowest {name}{time} was {limit}"),
        Aggregate::Max => format!("the highest {name}{time} was {limit}"),
        Aggregate::Last => format!("the newest {name} was {limit}{time}"),
        Aggregate::P50 => format!("the median {name}{time} was {limit}"),
        Aggregate::P95 => format!("the 95th percentile of {name}{time} was {limit}"),
        Aggregate::P99 => format!("the 99th percentile of {name}{time} was {limit}"),
    }
}

/// What an indicator samples, in the plural.
fn things(spec: Option<&Indicator>) -> &'static str {
    match spec.and_then(|spec| spec.check.as_ref()) {
        Some(Check::Http(_)) => "requests",
        Some(Check::Tcp(_)) => "connections",
        Some(Check::Command(_) | Check::Containers(_)) | None => "samples",
    }
}

fn counted(facet: Facet) -> bool {
    matches!(facet, Facet::Restarts | Facet::Exits | Facet::Oom)
}

fn state_words(facet: Facet) -> &'static str {
    match facet {
        Facet::Timeout => "without an answer in time",
        Facet::Reset => "cut off",
        Facet::Oom => "kills for want of memory",
        Facet::Bad
        | Facet::Slow
        | Facet::Informed
        | Facet::Succeeded
        | Facet::Redirected
        | Facet::Refusal
        | Facet::ServerFault
        | Facet::Refused
        | Facet::Restarts
        | Facet::Exits
        | Facet::Unhealthy => facet.word(),
    }
}

/// What is said of the samples that a term counts.
fn hit_words(facet: Option<Facet>) -> String {
    match facet {
        Some(facet) if counted(facet) => format!("with {}", state_words(facet)),
        Some(facet) => format!("were {}", state_words(facet)),
        None => "were bad".to_owned(),
    }
}

fn limit_words(term: &Term) -> String {
    let share = matches!(term.aggregate, Aggregate::Success | Aggregate::ErrorRate | Aggregate::Ratio);
    let value = match term.comparison.value {
        Quantity::Percent(percent) if share && (percent - 50.0).abs() < f64::EPSILON => "half".to_owned(),
        value @ (Quantity::Number(_) | Quantity::Period(_) | Quantity::Bytes(_) | Quantity::Percent(_)) => {
            value.to_string()
        }
    };
    let words = match term.comparison.operator {
        Operator::Equal => "exactly",
        Operator::NotEqual => "not",
        Operator::Less if share => "fewer than",
        Operator::Less => "less than",
        Operator::LessOrEqual => "at most",
        Operator::Greater => "more than",
        Operator::GreaterOrEqual => "at least",
    };
    if share { format!("{words} {value} of the") } else { format!("{words} {value}") }
}

fn time_words(term: &Term) -> String {
    let minute = Period::from_mins(1);
    match (term.over, term.hold) {
        (Some(Over::Period(over)), Some(hold)) if over == minute && ms(hold) > ms(minute) => {
            format!(" in each of the last {}", period_words(hold))
        }
        (Some(Over::Period(over)), Some(hold)) => {
            format!(" in the last {}, for {},", period_words(over), period_words(hold))
        }
        (Some(Over::Period(over)), None) => format!(" in the last {}", period_words(over)),
        (Some(Over::SinceDeploy) | None, Some(hold)) => {
            format!(" since the deploy, for {},", period_words(hold))
        }
        (Some(Over::SinceDeploy) | None, None) => " since the deploy".to_owned(),
    }
}

/// `5 minutes`, `1 hour`, `90 seconds`; what is no whole unit as the checklist spells it.
pub fn period_words(period: Period) -> String {
    const UNITS: [(&str, i64); 4] =
        [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)];
    let length = ms(period);
    let unit = UNITS.iter().find(|(_, scale)| length > 0 && length % scale == 0);
    match unit {
        Some((name, scale)) if length == *scale => format!("1 {name}"),
        Some((name, scale)) => format!("{} {name}s", length / scale),
        None => period.to_string(),
    }
}

/// What a trigger saw, in words.
pub(super) fn evidence(
    trigger: &TriggerWatch,
    indicators: &[Watched],
    value: Option<Figure>,
    limit: Option<Figure>,
) -> Vec<String> {
    let name = |of: usize| indicators.get(of).map_or("", |watched| watched.name.as_str());
    let mut lines = Vec::new();
    match &trigger.condition {
        Condition::Terms(terms) => {
            for term in terms {
                let (of, tally) = (name(term.indicator), &term.lookback.tally);
                let how = hit_words(term.lookback.question.facet);
                lines.push(format!("{of}: {} of {} samples {how}", tally.hits, tally.measured));
            }
        }
        Condition::Detect(of, detect) => {
            let (seen, bad) = detect.seen();
            lines.push(format!("{}: {bad} of {seen} short spells were bad", name(*of)));
        }
        Condition::Compare(of, _) => lines.push(format!("{}: against before the deploy", name(*of))),
        Condition::Burn(of, _) => lines.push(format!("{}: error rate against its budget", name(*of))),
        Condition::Unreadable => {}
    }
    // The sum of a detector says nothing to who does not know it.
    let said = !matches!(trigger.condition, Condition::Detect(..));
    if let (true, Some(value), Some(limit)) = (said, value, limit) {
        lines.push(format!("value {value}, limit {limit}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{hit_words, period_words, term_words, trigger_words};
    use crate::checklist::period::Period;
    use crate::checklist::window::{Trigger, Window};
    use crate::checklist::window_facet::Facet;
    use crate::checklist::window_term::parse;
    use crate::rules::window::tests::played::first_day;

    #[test]
    fn what_was_counted_is_said_in_the_words_of_its_term() {
        for (facet, words) in [
            (Some(Facet::ServerFault), "were 5xx"),
            (Some(Facet::Bad), "were bad"),
            (Some(Facet::Restarts), "with restarts"),
            (None, "were bad"),
        ] {
            assert_eq!(hit_words(facet), words);
        }
    }

    #[test]
    fn each_term_reads_as_a_sentence() {
        let window: Window = first_day();
        for (term, words) in [
            (
                "ratio(api.5xx) > 50 % over 1m for 5m",
                "more than half of the api requests in each of the last 5 minutes were 5xx",
            ),
            ("success(api) > 99 %", "more than 99 % of the api requests since the deploy were good"),
            (
                "avg(cpu) > 90 % over 1m for 5m",
                "the average cpu in each of the last 5 minutes was more than 90 %",
            ),
            (
                "count(app.oom) >= 1 since deploy",
                "app had at least 1 kills for want of memory since the deploy",
            ),
            ("streak(db.bad) >= 3", "at least 3 db connections in a row were bad"),
            ("count(db-log) >= 3 over 1m", "there were at least 3 lines of db-log in the last 1 minute"),
            ("p95(api) < 200ms over 1h", "the 95th percentile of api in the last 1 hour was less than 200ms"),
            ("delta(app.restarts) == 0", "app had exactly 0 restarts since the deploy"),
            ("last(cpu) > 90 % for 2m", "the newest cpu was more than 90 % since the deploy, for 2 minutes,"),
        ] {
            assert_eq!(term_words(&parse(term).unwrap(), &window), words);
        }
        assert_eq!(period_words(Period::from_ms(1_500)), "1500ms");
    }

    #[test]
    fn each_kind_of_trigger_says_when_it_fires() {
        let window = first_day();
        let detect = Trigger { detect: Some("api.slow".to_owned()), ..Trigger::default() };
        assert_eq!(trigger_words(&detect, &window), "fires when most samples of api keep being slow");
        let burn = Trigger {
            burn: Some("api".to_owned()),
            objective: Some("99 %".to_owned()),
            pairs: vec![(Period::from_mins(60), Period::from_mins(5), 14.4)],
            ..Trigger::default()
        };
        assert_eq!(
            trigger_words(&burn, &window),
            "fires when api uses up its error budget (99 % good) 14.4 times too fast over 1 hour and 5 minutes"
        );
        let compare = Trigger {
            compare: Some("api".to_owned()),
            within: Some(Period::from_mins(60)),
            ..Trigger::default()
        };
        assert!(trigger_words(&compare, &window).ends_with("in a row, in the first 1 hour"));
    }
}
