//! Windows while the record takes nothing for a time: what was seen meanwhile is written once it can be.

use chrono::TimeDelta;

use super::night::WATCHED;
use super::windows::{HOUR, MINUTE, fails_from, opened, word};
use super::world::Mood;
use crate::rules::observed::Answer;
use crate::rules::verdict::VerdictWord;
use crate::session::status::{GapWhy, WindowVerdict};

#[test]
fn an_alarm_that_could_not_be_saved_is_saved_as_soon_as_it_can_be() {
    let (mut night, _run) = opened(WATCHED);
    let broken = night.now() + TimeDelta::minutes(5);
    night.service = Box::new(fails_from(broken));
    night.pass(5 * MINUTE);
    night.world.mood = Mood::Busy;
    night.pass(3 * MINUTE);
    assert_eq!(night.world.count("trigger.fired"), 0);
    assert_eq!(word(&night, 0), VerdictWord::Regression, "it is known here all the same");
    night.world.mood = Mood::Works;
    night.pass(MINUTE);
    assert_eq!(night.world.count("trigger.fired"), 1);
    let fired = night.window(0).triggers["outage"].fired.0.at;
    assert!(fired < broken + TimeDelta::minutes(3), "when it fired, not when it was saved: {fired}");
    assert!(night.engine(0).prepared_rollback(night.now()).is_some());
    night.world.mood = Mood::Busy;
    night.service = Box::new(|_| Answer::Status(200));
    night.pass(40 * MINUTE);
    night.world.mood = Mood::Works;
    night.pass(MINUTE);
    assert_eq!((night.world.count("trigger.fired"), night.world.count("trigger.resolved")), (1, 1));
}

#[test]
fn an_end_that_could_not_be_saved_is_saved_as_soon_as_it_can_be() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(58 * MINUTE);
    night.world.mood = Mood::Busy;
    night.pass(10 * MINUTE);
    assert!(night.window(0).is_open());
    night.world.mood = Mood::Works;
    night.pass(MINUTE);
    let window = night.window(0);
    assert_eq!(window.verdict(), Some(WindowVerdict::Healthy), "{:?}", window.closed);
    assert_eq!((night.world.count("window.judged"), night.world.count("window.closed")), (2, 1));
    assert!(night.engine(0).windows_settled());
}

#[test]
fn a_gap_and_what_was_watched_are_saved_late_but_whole() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(11 * MINUTE);
    night.world.mood = Mood::Busy;
    night.pass(MINUTE);
    night.sleep(4 * MINUTE);
    night.pass(12 * MINUTE);
    night.world.mood = Mood::Works;
    night.pass(MINUTE);
    let window = night.window(0);
    assert_eq!(window.gaps.iter().map(|gap| gap.why).collect::<Vec<_>>(), [GapWhy::Asleep]);
    assert_eq!((window.gaps[0].to - window.gaps[0].from).num_minutes(), 4);
    let watched = window.watched_until().expect("summed up");
    assert!(night.now() - watched < TimeDelta::minutes(2), "{watched}");
    let from = window.summaries["api"].from;
    assert!(from - window.opened.opened <= TimeDelta::minutes(10), "nothing is left out: {from}");
    night.pass(HOUR);
    assert!(!night.window(0).is_open());
}

#[test]
fn a_window_that_could_not_be_opened_opens_as_soon_as_it_can_be() {
    let mut night = super::night::Night::new(WATCHED);
    night.pass(11 * MINUTE);
    night.world.busy_for = Some("window.opened");
    night.deploy();
    assert_eq!(night.world.count("window.opened"), 0);
    night.world.busy_for = None;
    night.pass(MINUTE);
    assert_eq!(night.world.count("window.opened"), 1);
}

#[test]
fn a_window_opens_though_its_baseline_is_never_read() {
    let mut night = super::night::Night::new(WATCHED);
    night.pass(11 * MINUTE);
    night.deaf = true;
    night.deploy();
    night.pass(2 * MINUTE);
    assert_eq!(night.world.count("window.opened"), 1);
    assert!(night.engine(0).windows(night.now())[0].indicators.is_empty(), "its samples are not read yet");
    night.deaf = false;
    night.pass(2 * MINUTE);
    assert!(
        night.engine(0).windows(night.now())[0].indicators[0].newest.is_some(),
        "they were asked for again"
    );
}
