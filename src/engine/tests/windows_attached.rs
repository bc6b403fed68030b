//! Windows seen from a seat that does not sample: what it says, and that it stands in nobody's way.

use chrono::TimeDelta;

use super::night::WATCHED;
use super::windows::{MINUTE, opened, word};
use crate::engine::input::{Input, RecordState};
use crate::engine::presence::Presence;
use crate::rules::verdict::VerdictWord;

fn read_only() -> Input {
    Input::RecordState(RecordState::ReadOnly { reason: "opened with --read-only".to_owned() })
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
