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
use crate::report::words::time_for_people;
use crate::rules::window::judgement::WindowVerdict;
use crate::rules::window::trigger::Change;
use crate::rules::window::watch::OpenWindow;
use crate::runtime::window::samples::load;
use crate::safe_format;

/// Runs the rules over a file of samples.
pub fn replay(doors: &Doors, file: &Path, window: Option<&str>) -> Result<Code, AppError> {
    let session = open_session(doors)?;
    let engine = Engine::new(session.opening(doors, Presence::Command));
    let (samples, _) = load(&doors.started.absolute(file), 0);
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
    Ok(play(OpenWindow::new(spec, opened, baseline), samples))
}

fn play(mut watch: OpenWindow, mut samples: Vec<KeptSample>) -> Code {
    samples.sort_by_key(|kept| kept.sample.scheduled);
    let opened = watch.opened();
    let mut samples = samples.into_iter().peekable();
    let mut after = opened;
    let mut judged = opened - TimeDelta::milliseconds(1);
    while let Some(at) = watch.next_evaluation(after) {
        while let Some(kept) = samples.next_if(|kept| kept.sample.scheduled < at) {
            watch.take(&kept.indicator, kept.sample);
        }
        for change in watch.evaluate(at) {
            let how = match change.change {
                Change::Fired => "fired",
                Change::Resolved => "fires no longer",
            };
            let evidence = change.evidence.join("; ");
            tell(at, &format!("trigger {} {how}: {evidence} ({})", change.trigger, change.words));
        }
        while let Some((stage, end)) = watch.next_stage_end(judged).filter(|(_, end)| *end <= at) {
            let judgement = watch.judge(stage, end);
            watch.note_judged(stage, judgement.verdict, judgement.reasons.clone());
            let why = judgement.reasons.join("; ");
            tell(end, &format!("stage {}: {} {why}", stage + 1, judgement.verdict.word()));
            judged = end;
        }
        if samples.peek().is_none() && at < watch.ends() {
            // Nothing more was recorded: that is where it stopped.
            after = at;
            break;
        }
        after = at;
    }
    let closing = watch.closing(after);
    tell(after, &format!("{}: {}", closing.verdict.word(), closing.why.join("; ")));
    match closing.verdict {
        WindowVerdict::Healthy => Code::Yes,
        WindowVerdict::Regression => Code::No,
        WindowVerdict::Inconclusive => Code::CannotSay,
    }
}

fn tell(at: DateTime<Utc>, words: &str) {
    print::answer(&safe_format!("{} {}", time_for_people(at), words));
}
