//! How windows end: with the release that is closed, with more time, with another process that judges too.

use chrono::{DateTime, TimeDelta, Utc};

use super::night::{Night, WATCHED};
use super::windows::{HOUR, MINUTE, opened};
use crate::engine::command::Command;
use crate::engine::refusal::Refusal;
use crate::rules::window_guard::WindowGuard;
use crate::session::status::WindowVerdict;

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
/// A first stage with an objective of its own, or one that the last stage has too; most of it asleep; then more time.
fn extended(objectives: &str) -> Night {
    let one = "that = \"success(api) > 99 %\"\n  [windows.first-hour.triggers";
    assert!(WATCHED.contains(one));
    let source = WATCHED.replacen(one, &format!("{objectives}\n  [windows.first-hour.triggers"), 1);
    let (mut night, _run) = opened(&source);
    night.pass(MINUTE);
    night.sleep(3 * MINUTE);
    night.pass(HOUR);
    assert_eq!(night.window(0).verdict(), Some(WindowVerdict::Inconclusive));
    let reason = "it slept".to_owned();
    night.ask(0, Command::ExtendWindow { window: None, by_ms: HOUR * 1_000, reason });
    assert_eq!(night.engine(0).refusal(), None);
    night.pass(HOUR + MINUTE);
    assert!(!night.window(0).is_open());
    night
}

#[test]
fn more_time_does_not_wash_out_a_stage_whose_objectives_are_judged_nowhere_else() {
    let everywhere = "that = \"success(api) > 99 %\"";
    let night = extended(everywhere);
    assert_eq!(night.window(0).verdict(), Some(WindowVerdict::Healthy), "{:?}", night.window(0).closed);
    let own = "  [[windows.first-hour.objectives]]\n  that = \"p95(api) < 200ms\"\n  at = [\"5m\"]";
    let night = extended(&format!("{everywhere}\n{own}"));
    let closed = night.window(0).closed.expect("closed").1;
    assert_eq!(closed.verdict, WindowVerdict::Inconclusive, "{closed:?}");
    assert!(closed.reason.as_deref().is_some_and(|reason| reason.contains("stage 5m")), "{closed:?}");
}
