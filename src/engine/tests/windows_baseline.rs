//! The baseline: of what, and of which version.

use super::night::{Night, WATCHED};
use super::plays::{end, step_ended, step_started};
use super::windows::MINUTE;
use super::world::production;
use crate::checklist::id::ActionId;
use crate::engine::command::Command;
use crate::engine::input::{Input, RunReport};
use crate::rules::observed::Answer;
use crate::session::status::{RunOutcome, StepOutcome};

/// A deploy that fails at its step.
fn fails_to_deploy(night: &mut Night) {
    let offer = night.engine(0).offer(night.now(), &ActionId::from("deploy"), Some(&production()));
    let offer = offer.expect("a deploy");
    let (action, environment, fingerprint) = (offer.action, offer.environment, offer.fingerprint.hash);
    night.ask(0, Command::Start { action, environment, fingerprint, typed: None });
    let (_, run) = night.started.pop().expect("started");
    let reports = [
        RunReport::Started { pid: 7, host: "here".to_owned() },
        step_started(&night.world, "start", 1),
        step_ended("start", 1, StepOutcome::Failed),
        end(RunOutcome::Failed),
    ];
    for report in reports {
        night.give(0, Input::RunReported { run: run.clone(), report });
    }
}

#[test]
fn what_runs_after_a_failed_deploy_is_no_baseline_of_the_next_one() {
    let mut night = Night::new(WATCHED);
    night.pass(11 * MINUTE);
    fails_to_deploy(&mut night);
    night.service = Box::new(|_| Answer::Status(503));
    night.pass(11 * MINUTE);
    if let Some(progress) = night.engine(0).baseline_progress(night.now()) {
        assert_eq!(progress.collected.num_seconds(), 0);
    }
    night.deploy();
    let opened = night.window(0).opened;
    assert_eq!((opened.baseline_ms, opened.baseline.len()), (0, 0), "{opened:?}");
}

#[test]
fn a_baseline_is_of_the_time_since_the_last_change_and_names_its_version() {
    let mut night = Night::new(WATCHED);
    night.pass(11 * MINUTE);
    fails_to_deploy(&mut night);
    night.service = Box::new(|_| Answer::Status(503));
    night.pass(3 * MINUTE);
    night.service = Box::new(|_| Answer::Status(200));
    night.roll_back(0);
    night.pass(14 * MINUTE);
    night.deploy();
    let opened = night.window(1).opened;
    assert_eq!(opened.baseline_version.as_deref(), Some("1.0.0"));
    assert!(opened.baseline_ms > 2 * 60_000 && opened.baseline_ms < 10 * 60_000, "{}", opened.baseline_ms);
    assert_eq!(opened.baseline[0].bad, 0, "{opened:?}");
}
