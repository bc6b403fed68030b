//! A window that is played: the sketch of the design, samples as servers give them, every look and judgement in order.

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::read::read_toml;
use crate::checklist::window::Window;
use crate::checklist::window_facet::Facet;
use crate::rules::window::lookback::Answer;
use crate::rules::window::sample::{Facets, Sample};
use crate::rules::window::trigger::{Change, Condition};
use crate::rules::window::watch::OpenWindow;

/// The window of the design's sketch.
pub(in crate::rules::window) fn first_day() -> Window {
    window(include_str!("first_day.toml"))
}

/// The first window of a checklist whose `[windows.…]` tables are given.
pub(in crate::rules::window) fn window(tables: &str) -> Window {
    let source = format!("format = 1\nid = \"x\"\ntitle = \"X\"\n{tables}");
    let checklist = read_toml("x.toml", &source).unwrap_or_else(|problems| panic!("{problems:#?}"));
    checklist.windows.into_entries().next().unwrap().1
}

/// When all test windows open.
pub(in crate::rules::window) fn opened() -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000)
}

/// So many milliseconds after the opening.
pub(in crate::rules::window) fn at(ms: i64) -> DateTime<Utc> {
    opened() + TimeDelta::milliseconds(ms)
}

/// A sample as a healthy server gives it, or a 503.
pub(in crate::rules::window) fn answer(scheduled: DateTime<Utc>, bad: bool) -> Sample {
    let facets = Facets::NONE.with(if bad { Facet::ServerFault } else { Facet::Succeeded });
    let sample = if bad { Sample::bad(scheduled, 30_000) } else { Sample::good(scheduled, 20_000) };
    Sample { facets, ..sample }
}

/// What happened while a window was played.
#[derive(Default, Debug)]
pub(in crate::rules::window) struct Played {
    /// Milliseconds and name of each trigger that fired.
    pub fired: Vec<(i64, String)>,
    /// The same of those resolved.
    pub resolved: Vec<(i64, String)>,
    /// Outcomes of stages.
    pub stages: Vec<crate::rules::window::judgement::StageJudgement>,
}

/// Plays a window from one moment to another: each sample by `sample(indicator, ms)` (none: it was not taken), each
/// evaluation, each judgement, unless `away(ms)`.
pub(in crate::rules::window) fn play(
    window: &mut OpenWindow,
    (from, to): (i64, i64),
    sample: &mut dyn FnMut(&str, i64) -> Option<Sample>,
    away: &dyn Fn(i64) -> bool,
) -> Played {
    let names: Vec<String> = window.indicators().map(str::to_owned).collect();
    let ms = |time: DateTime<Utc>| (time - opened()).num_milliseconds();
    let mut played = Played::default();
    let mut dues: Vec<Option<i64>> =
        names.iter().map(|name| window.next_due(name, at(from - 1)).map(ms)).collect();
    let mut look = window.next_evaluation(at(from)).map(ms);
    let mut end = window.next_stage_end(at(from)).map(|(stage, time)| (stage, ms(time)));
    loop {
        let due = dues.iter().flatten().min().copied();
        let next = [due, look, end.map(|(_, end)| end)].into_iter().flatten().min();
        let Some(now) = next.filter(|now| *now <= to) else { return played };
        for (name, due) in names.iter().zip(&mut dues) {
            if *due == Some(now) {
                if let Some(sample) = sample(name, now).filter(|_| !away(now)) {
                    window.take(name, sample);
                }
                *due = window.next_due(name, at(now)).map(ms);
            }
        }
        if look == Some(now) {
            let changes = if away(now) { Vec::new() } else { window.evaluate(at(now)) };
            for change in changes {
                match change.change {
                    Change::Fired => played.fired.push((now, change.trigger)),
                    Change::Resolved => played.resolved.push((now, change.trigger)),
                }
            }
            look = window.next_evaluation(at(now)).map(ms);
        }
        if let Some((stage, _)) = end.filter(|(_, end)| *end == now) {
            let judgement = window.judge(stage, at(now));
            window.note_judged(stage, judgement.verdict, judgement.reasons.clone());
            played.stages.push(judgement);
            end = window.next_stage_end(at(now)).map(|(stage, time)| (stage, ms(time)));
        }
    }
}

/// Of a trigger of three terms (an error rate, a quantile, a mean): samples, hits, and whether the last two hold.
pub(in crate::rules::window) fn told_figures(window: &OpenWindow) -> (u32, u32, bool, bool) {
    let Condition::Terms(terms) = &window.triggers[0].condition else { panic!("terms") };
    let series = &window.indicators[0].series;
    let yes = |at: usize| terms[at].lookback.answer(series, 1) == Answer::Yes;
    let tally = &terms[0].lookback.tally;
    (tally.measured, tally.hits, yes(1), yes(2))
}
