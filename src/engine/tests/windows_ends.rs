//! How windows end: with the release that is closed, with more time, with another process that judges too.

use chrono::{DateTime, TimeDelta, Utc};

use super::night::WATCHED;
use super::windows::{MINUTE, opened};
use crate::engine::command::Command;
use crate::engine::refusal::Refusal;
use crate::rules::window_guard::WindowGuard;

fn close() -> Command {
    Command::Close { reason: None }
}

#[test]
fn a_release_is_not_closed_over_an_open_window() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(MINUTE);
    night.ask(0, close());
    let words = night.engine(0).refusal().map(|refusal: &Refusal| refusal.text.clone()).unwrap_or_default();
    assert!(words.contains("first-hour") && words.contains("gonogo window close"), "{words:?}");
    assert_eq!(night.world.count("release.closed"), 0);
    night.ask(0, Command::CloseWindow { window: None, reason: "enough".to_owned() });
    night.ask(0, close());
    assert_eq!((night.engine(0).refusal(), night.world.count("release.closed")), (None, 1));
    assert!(night.engine(0).windows_settled());
}

#[test]
fn a_stage_is_recorded_once_however_many_judge_it() {
    let (mut night, run) = opened(WATCHED);
    night.pass(6 * MINUTE);
    let judged = night.window(0).judged[0].clone();
    let guard = |ended: DateTime<Utc>| WindowGuard::NotJudged { run: run.clone(), stage: 1, ended };
    assert!(guard(judged.ended).holds(&night.world.folded()).is_err());
    let later = judged.ended + TimeDelta::hours(1);
    assert!(guard(later).holds(&night.world.folded()).is_ok(), "judged again at a new end");
}
