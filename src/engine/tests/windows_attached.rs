//! Windows seen from a seat that does not sample: what it says, and that it stands in nobody's way.

use chrono::TimeDelta;

use super::night::WATCHED;
use super::windows::{MINUTE, failing, fails_from, opened, word};
use crate::engine::command::Command;
use crate::engine::input::{Input, RecordState};
use crate::engine::presence::Presence;
use crate::rules::observed::Answer;
use crate::rules::verdict::VerdictWord;

fn read_only() -> Input {
    Input::RecordState(RecordState::ReadOnly { reason: "its disk is read-only".to_owned() })
}

#[test]
fn who_cannot_write_the_record_leaves_the_lease_to_who_can() {
    let (mut night, _run) = opened(WATCHED);
    let watcher = night.sit(WATCHED, "bob", Presence::Sampling);
    night.pass(MINUTE);
    assert_eq!(night.holder, Some(0));
    night.give(0, read_only());
    assert_eq!(night.holder, Some(watcher));
    night.pass(MINUTE);
    assert_eq!(word(&night, watcher), VerdictWord::Healthy);
    assert_eq!(word(&night, 0), VerdictWord::Watch, "a record it cannot write stands against a green word");
    let views = night.engine(0).windows(night.now());
    let newest = views[0].indicators[0].newest.as_ref().expect("it looks on");
    assert!(night.now() - newest.scheduled < TimeDelta::seconds(15), "{newest:?}");
    night.give(0, Input::RecordState(RecordState::Writable));
    assert_eq!(night.holder, Some(watcher), "it waits for its turn");
    night.kill(watcher);
    assert_eq!(night.holder, Some(0));
}

#[test]
fn who_does_not_sample_shows_the_word_of_the_record() {
    let source = WATCHED.replace("action = \"ask\"", "action = \"notify\"");
    let (mut night, _run) = opened(&source);
    let second = night.sit(&source, "bob", Presence::Screen);
    let from = night.now() + TimeDelta::seconds(30);
    let blip = from + TimeDelta::seconds(20);
    night.service =
        Box::new(
            move |now| {
                if now >= from && now < blip { Answer::Status(503) } else { Answer::Status(200) }
            },
        );
    night.pass(4 * MINUTE);
    assert_eq!(word(&night, second), word(&night, 0));
    night.pass(4 * MINUTE);
    assert_eq!(word(&night, 0), VerdictWord::Regression, "a stage failed");
    assert_eq!(word(&night, second), VerdictWord::Regression);
}

#[test]
fn what_others_recorded_of_a_trigger_or_a_stage_shows_in_the_view() {
    let (mut night, _run) = opened(WATCHED);
    let second = night.sit(WATCHED, "bob", Presence::Screen);
    night.service = Box::new(fails_from(night.now() + TimeDelta::seconds(30)));
    night.pass(7 * MINUTE);
    let fired = |seat: usize| {
        let views = night.engine(seat).windows(night.now());
        let texts: Vec<String> = views[0].standing.iter().map(|reason| reason.text.clone()).collect();
        (views[0].triggers[0].state, views[0].triggers[0].latched, texts)
    };
    assert_eq!(fired(second).0, fired(0).0);
    assert_eq!(fired(second).1, fired(0).1);
    assert!(fired(second).2.iter().any(|text| text.starts_with("stage 5m failed")), "{:?}", fired(second).2);
}

#[test]
fn a_false_alarm_called_at_another_seat_is_none_here_either() {
    let (mut night, _run) = failing(WATCHED);
    let second = night.sit(WATCHED, "bob", Presence::Screen);
    night.service = Box::new(|_| Answer::Status(200));
    let known =
        Command::Acknowledge { window: None, trigger: "outage".to_owned(), reason: "a load test".to_owned() };
    night.ask(0, known);
    night.pass(MINUTE);
    let views = night.engine(second).windows(night.now());
    assert!(!views[0].triggers[0].latched);
}
