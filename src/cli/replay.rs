//! `gonogo watch --replay FILE`: the rules of a window over recorded samples, to tune them on data of one's own.
//!
//! Nothing is measured or recorded. Not here: the rules (`rules/window`), the file (`runtime/window/samples.rs`).

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::open_session::open_session;
use super::print;
use crate::checklist::id::WindowId;
use crate::engine::brain::Engine;
use crate::engine::presence::Presence;
use crate::engine::window::sampled::KeptSample;
use crate::report::words::{time, time_for_people};
use crate::rules::window::trigger::Change;
use crate::rules::window::watch::{OpenWindow, TriggerChange};
use crate::runtime::window::samples::load;
use crate::safe_format;
use crate::session::status::WindowVerdict;
use crate::text::safe;

/// Runs the rules over a file of samples.
pub fn replay(doors: &Doors, file: &Path, window: Option<&str>) -> Result<Code, AppError> {
    let session = open_session(doors)?;
    let engine = Engine::new(session.opening(doors, Presence::Command));
    let path = doors.started.absolute(file);
    if !path.is_file() {
        return Err(AppError::usage(safe_format!("{} is not there, or is no file", file.to_string_lossy())));
    }
    let (samples, _) = load(&path, 0);
    let Some(first) = samples.iter().map(|kept| kept.sample.scheduled).min() else {
        return Err(AppError::usage(safe_format!("{} holds no samples", file.to_string_lossy()))
            .hint("the samples of a window lie beside its session, in the folder windows"));
    };
    let run = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let recorded = engine.session().window(run);
    let name = match (window, recorded) {
        (Some(name), _) => WindowId::from(name),
        (None, Some(record)) => record.opened.window.clone(),
        (None, None) => engine
            .checklist()
            .windows
            .names()
            .next()
            .cloned()
            .ok_or_else(|| AppError::usage("the checklist has no window"))?,
    };
    let spec =
        engine.checklist().windows.get(&name).ok_or_else(|| {
            AppError::usage(safe_format!("the checklist has no window `{}`", name.as_str()))
        })?;
    let opened = recorded.map_or(first, |record| record.opened.opened);
    let baseline = recorded.and_then(|record| engine.recorded_baseline(&record.opened));
    let mut watch = OpenWindow::new(spec, opened, baseline);
    if let Some(record) = recorded.filter(|record| !record.extended.is_empty()) {
        watch.extend(record.ends);
    }
    let (lines, verdict) = play(watch, samples);
    for line in &lines {
        line.tell(doors.is_json());
    }
    Ok(match verdict {
        WindowVerdict::Healthy => Code::Yes,
        WindowVerdict::Regression => Code::No,
        WindowVerdict::Inconclusive => Code::CannotSay,
    })
}

/// What the rules said at a time.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    at: DateTime<Utc>,
    kind: &'static str,
    words: String,
}

impl Line {
    fn tell(&self, json: bool) {
        if json {
            print::json(&serde_json::json!({
                "schema": "gonogo.replay/1", "at": time(self.at), "kind": self.kind, "words": safe(&self.words),
            }));
        } else {
            print::answer(&safe_format!("{} {}", time_for_people(self.at), self.words));
        }
    }
}

/// Plays to the end of the window, or to where the samples stop: two intervals before the end nothing more was due.
fn play(mut watch: OpenWindow, mut samples: Vec<KeptSample>) -> (Vec<Line>, WindowVerdict) {
    samples.sort_by_key(|kept| kept.sample.scheduled);
    let (opened, newest) = (watch.opened(), samples.last().map(|kept| kept.sample.scheduled));
    let rest = watch.last_interval() * 2;
    let until = newest.filter(|newest| *newest + rest < watch.ends());
    let mut samples = samples.into_iter().peekable();
    let (mut lines, mut after, mut judged) = (Vec::new(), opened, opened - TimeDelta::milliseconds(1));
    while let Some(at) = watch.next_evaluation(after) {
        while let Some(kept) = samples.next_if(|kept| kept.sample.scheduled < at) {
            watch.take(&kept.indicator, kept.sample);
        }
        lines.extend(watch.evaluate(at).iter().map(|change| of_trigger(at, change)));
        while let Some((stage, end)) = watch.next_stage_end(judged).filter(|(_, end)| *end <= at) {
            let judgement = watch.judge(stage, end);
            watch.note_judged(stage, judgement.verdict, judgement.reasons.clone());
            let why = judgement.reasons.join("; ");
            let words = format!("stage {}: {} {why}", stage + 1, judgement.verdict.word());
            lines.push(Line { at: end, kind: "stage", words });
            judged = end;
        }
        after = at;
        if until.is_some_and(|until| at > until) {
            break;
        }
    }
    let closing = watch.closing(after);
    let words = format!("{}: {}", closing.verdict.shown(), closing.why.join("; "));
    lines.push(Line { at: after, kind: "verdict", words });
    (lines, closing.verdict)
}

fn of_trigger(at: DateTime<Utc>, change: &TriggerChange) -> Line {
    let how = match change.change {
        Change::Fired => "fired",
        Change::Resolved => "fires no longer",
    };
    let evidence = change.evidence.join("; ");
    Line {
        at,
        kind: "trigger",
        words: format!("trigger {} {how}: {evidence} ({})", change.trigger, change.words),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::play;
    use crate::checklist::read::read_toml;
    use crate::checklist::window_facet::Facet;
    use crate::engine::window::sampled::KeptSample;
    use crate::rules::window::sample::{Facets, Reading, Sample};
    use crate::rules::window::watch::OpenWindow;
    use crate::session::status::WindowVerdict;

    const RELEASE: &str = r#"format = 1
id = "shop"
title = "Shop"
[windows.hour]
stages = [{ for = "5m", every = "5s" }, { for = "1h", every = "30s" }]
[windows.hour.indicators]
api = { check = { http = { url = "http://shop.example.test" } } }
[[windows.hour.objectives]]
that = "success(api) > 90 %"
[windows.hour.triggers]
outage = { detect = "api" }
"#;

    /// The samples of an hour, up to a minute, bad from a minute on.
    fn played(until: i64, bad_from: i64) -> (Vec<String>, WindowVerdict) {
        let read = read_toml("release.toml", RELEASE).unwrap();
        let spec = read.windows.iter().next().unwrap().1;
        let opened = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        let watch = OpenWindow::new(spec, opened, None);
        let mut samples = Vec::new();
        let mut due = watch.next_due("api", opened - TimeDelta::milliseconds(1));
        while let Some(scheduled) = due.filter(|due| *due < opened + TimeDelta::minutes(until)) {
            due = watch.next_due("api", scheduled);
            let good = Sample::good(scheduled, 20_000);
            let bad = Sample { reading: Reading::Bad, facets: Facets::NONE.with(Facet::ServerFault), ..good };
            let sample = if scheduled < opened + TimeDelta::minutes(bad_from) { good } else { bad };
            samples.push(KeptSample { indicator: "api".to_owned(), sample });
        }
        let (lines, verdict) = play(watch, samples);
        (lines.into_iter().map(|line| format!("{} {}", line.kind, line.words)).collect(), verdict)
    }

    #[test]
    fn samples_to_the_end_are_judged_to_the_end() {
        let (lines, verdict) = played(60, 60);
        assert_eq!(verdict, WindowVerdict::Healthy, "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("stage")).count(), 2, "{lines:?}");
    }

    #[test]
    fn samples_that_stop_are_no_healthy_window() {
        let (lines, verdict) = played(30, 60);
        assert_eq!(verdict, WindowVerdict::Inconclusive, "{lines:?}");
    }

    #[test]
    fn what_would_have_fired_is_told() {
        let (lines, verdict) = played(60, 20);
        assert_eq!(verdict, WindowVerdict::Regression);
        assert!(lines.iter().any(|line| line.starts_with("trigger trigger outage fired")), "{lines:?}");
    }
}
