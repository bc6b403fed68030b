//! What is easily missed around the beginning of something: a log before its first sample, a rollback before it is stored.

use super::night::{Night, WATCHED};
use super::world::{person, production};
use crate::engine::command::Command;
use crate::engine::input::Input;
use crate::engine::window::sampled::{KeptSample, SampleOf};
use crate::rules::observed::Answer;

const MINUTE: i64 = 60;

/// Collected for ten minutes, deployed, and the window is open.
fn opened(source: &str) -> (Night, String) {
    let mut night = Night::new(source);
    night.pass(11 * MINUTE);
    let run = night.deploy();
    (night, run)
}

#[test]
fn a_log_is_counted_from_the_moment_its_window_opened() {
    let source = WATCHED.replace(
        "[[windows.first-hour.objectives]]",
        "[windows.first-hour.indicators.errors]\n  log = { source = \"project\", match = \"ERROR\" }\n  [[windows.first-hour.objectives]]",
    );
    let (mut night, run) = opened(&source);
    let at = night.now();
    let of = SampleOf::Window(run);
    let counted = |night: &Night| {
        let of_window = night.counts.iter().filter(|(_, key, _)| key.of == of);
        of_window.map(|(_, _, since)| *since).collect::<Vec<_>>()
    };
    assert_eq!(counted(&night), [Some(night.window(0).opened.opened)], "{:?}", night.counts);
    night.pass(30);
    assert_eq!(counted(&night).len(), 1);
    let unknown = |kept: &&KeptSample| kept.sample.scheduled >= at && !kept.sample.is_measured();
    assert_eq!(night.kept[&of].iter().filter(unknown).count(), 0, "somebody read from the first sample on");
}

#[test]
fn a_rollback_that_is_on_its_way_to_the_disk_is_not_proposed_again() {
    let (mut night, _run) = opened(WATCHED);
    night.service = Box::new(|_| Answer::Status(503));
    night.pass(3 * MINUTE);
    assert!(night.engine(0).prepared_rollback(night.now()).is_some());
    let (action, environment) = ("rollback".into(), Some(production()));
    let command = Command::RollBack { action, environment, typed: None };
    night.world.give_raw(0, Input::Command { author: person("bob"), command });
    assert_eq!(night.engine(0).prepared_rollback(night.now()), None);
}
