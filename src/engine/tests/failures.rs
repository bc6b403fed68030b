//! A step of a deploy fails and the action says `on_failure = "rollback"`: its rollback stands ready, and happens by itself
//! only within the guards.
//!
//! The nights are those of `night.rs`. Not here: triggers (`windows.rs`), what a rollback does with a running deploy
//! (`rollback.rs`).

use super::night::{Night, WATCHED};
use super::plays::{end, step_started};
use crate::checklist::id::StepId;
use crate::engine::command::Command;
use crate::engine::input::{Input, RunReport};
use crate::engine::window::PreparedRollback;
use crate::engine::window::views::Automatic;
use crate::session::recorded::PROGRAM;
use crate::session::status::{RunOutcome, StepDecision, StepOutcome};

fn rolls_back() -> String {
    WATCHED
        .replace("window = \"first-hour\"\n  [[", "window = \"first-hour\"\non_failure = \"rollback\"\n  [[")
}

fn report(night: &mut Night, run: &str, report: RunReport) {
    night.give(0, Input::RunReported { run: run.to_owned(), report });
}

/// A try of the first step ends like this, and waits.
fn fails(night: &mut Night, run: &str, attempt: u32, exit: Option<i32>, reason: &str) {
    let began = step_started(&night.world, "start", attempt);
    report(night, run, began);
    night.pass(2);
    let ended = RunReport::StepEnded {
        step: StepId::from("start"),
        attempt,
        outcome: StepOutcome::Failed,
        exit,
        signal: None,
        took_ms: 2_000,
        reason: (!reason.is_empty()).then(|| reason.into()),
        captured: std::collections::BTreeMap::new(),
    };
    report(night, run, ended);
    report(night, run, RunReport::Waiting { step: StepId::from("start") });
}

/// A deploy of this checklist whose first step has ended like this.
fn failed(source: &str, exit: Option<i32>, reason: &str) -> (Night, String) {
    let mut night = Night::new(source);
    night.pass(60);
    let run = night.starts();
    report(&mut night, &run, RunReport::Started { pid: 7, host: "here".to_owned() });
    fails(&mut night, &run, 1, exit, reason);
    (night, run)
}

#[track_caller]
fn prepared(night: &Night) -> PreparedRollback {
    night.engine(0).prepared_rollback(night.now()).expect("a rollback stands ready")
}

/// It stays a question, and says why.
#[track_caller]
fn stays(why: &str, (mut night, run): (Night, String)) {
    night.pass(5 * 60);
    match prepared(&night).automatic {
        Automatic::Stayed(said) => assert!(said.contains(why), "{said}"),
        other => panic!("{why}: {other:?}"),
    }
    assert!(night.started.is_empty() && night.world.count("run.abort_requested") == 0, "{why}");
    // A person's is stopped by nothing.
    night.ask(0, super::plays::roll_back());
    report(&mut night, &run, end(RunOutcome::Aborted));
    assert_eq!(night.started.len(), 1);
}

#[test]
fn a_failed_step_only_asks_unless_the_action_says_otherwise() {
    let (mut night, _run) = failed(WATCHED, Some(1), "");
    assert_eq!(night.engine(0).prepared_rollback(night.now()), None);
    night.pass(5 * 60);
    assert!(night.started.is_empty());
}

#[test]
fn its_rollback_stands_ready_with_what_failed() {
    let source = rolls_back().replace("auto_rollback = true", "auto_rollback = false");
    let (night, run) = failed(&source, Some(3), "");
    let ready = prepared(&night);
    assert_eq!((ready.run.as_str(), ready.offers[0].action.as_str()), (run.as_str(), "rollback"));
    let seen = &ready.evidence[0];
    assert_eq!((seen.trigger.as_str(), seen.evidence.as_str()), ("step start", "it ended with exit code 3"));
    stays("auto_rollback", (night, run));
    let (mut night, run) = failed(&source, None, "fail: api is unhealthy");
    assert_eq!(prepared(&night).evidence[0].evidence, "fail: api is unhealthy");
    report(&mut night, &run, end(RunOutcome::Aborted));
    assert_eq!(night.engine(0).prepared_rollback(night.now()), None, "somebody ended it");
}

#[test]
fn with_all_guards_held_it_aborts_the_deploy_and_rolls_back_by_itself() {
    let (mut night, run) = failed(&rolls_back(), None, "fail: api is unhealthy");
    assert!(matches!(prepared(&night).automatic, Automatic::At(_)), "{:?}", prepared(&night).automatic);
    night.pass(29);
    assert_eq!(night.world.count("run.abort_requested"), 0, "anybody may hold it for 30 s");
    night.pass(2);
    assert_eq!(night.world.count("run.abort_requested"), 1);
    report(&mut night, &run, end(RunOutcome::Aborted));
    let (_, back) = night.started[0].clone();
    assert_eq!(night.engine(0).session().run(&back).map(|run| run.stamp.by.as_str()), Some(PROGRAM));
}

#[test]
fn each_guard_alone_makes_it_a_question() {
    stays("proves nothing", failed(&rolls_back(), None, "error: the daemon does not answer"));
    stays("proves nothing", failed(&rolls_back(), Some(127), "shop: not found"));
    let irreversible = "run = [\"shop\", \"start\", \"{version}\"]\n  irreversible = \"the column stays\"";
    let source = rolls_back().replace("run = [\"shop\", \"start\", \"{version}\"]", irreversible);
    stays("irreversible", failed(&source, Some(1), ""));
    let (mut night, run) = failed(&rolls_back(), Some(1), "");
    night.ask(0, Command::HoldRollback);
    assert_eq!(night.engine(0).refusal(), None);
    stays("held by ann", (night, run));
    let mut gone = Night::new(&rolls_back());
    gone.images = vec![Some(false)];
    gone.pass(60);
    let run = gone.starts();
    report(&mut gone, &run, RunReport::Started { pid: 7, host: "here".to_owned() });
    fails(&mut gone, &run, 1, Some(1), "");
    stays("the image of 1.0.0 is there no longer", (gone, run));
    let mut unproven = Night::new(&rolls_back());
    unproven.proven.clear();
    unproven.pass(60);
    let run = unproven.starts();
    report(&mut unproven, &run, RunReport::Started { pid: 7, host: "here".to_owned() });
    fails(&mut unproven, &run, 1, Some(1), "");
    stays("unproven", (unproven, run));
}

#[test]
fn a_person_who_decides_in_time_is_not_overruled_and_the_next_failure_is_another_one() {
    let (mut night, run) = failed(&rolls_back(), Some(1), "");
    let retry = Command::DecideStep {
        run: run.clone(),
        step: StepId::from("start"),
        decision: StepDecision::Retry,
        reason: None,
    };
    night.ask(0, retry);
    assert_eq!(night.engine(0).refusal(), None);
    assert_eq!(night.engine(0).prepared_rollback(night.now()), None);
    night.pass(40);
    assert_eq!(night.world.count("run.abort_requested"), 0);
    fails(&mut night, &run, 2, Some(1), "");
    assert!(matches!(prepared(&night).automatic, Automatic::At(_)), "{:?}", prepared(&night).automatic);
    night.pass(31);
    assert_eq!(night.world.count("run.abort_requested"), 1);
}
