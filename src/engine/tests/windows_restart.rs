//! Windows after a restart or a takeover: what can be read back is, and nothing is counted twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::night::{Night, WATCHED};
use super::windows::{HOUR, MINUTE, opened};
use super::world::production;
use crate::engine::input::Input;
use crate::engine::presence::Presence;
use crate::engine::window::sampled::{CountKey, LogCount};
use crate::rules::observed::{Container, ContainerRunState};
use crate::session::status::WindowVerdict;
use crate::text::untrusted::Untrusted;

/// Watched with the errors in the log, and with what happens to containers.
fn source() -> String {
    let own = "[windows.first-hour.indicators.errors]
  log = { source = \"project\", level = [\"ERROR\"] }
  [windows.first-hour.indicators.app]
  containers = {}
  [[windows.first-hour.objectives]]
  that = [\"count(errors) == 0 since deploy\", \"count(app.exits) == 0\", \"delta(app.restarts) == 0\", \"success(app) > 90 %\"]
  [[windows.first-hour.objectives]]
";
    WATCHED.replacen("[[windows.first-hour.objectives]]\n", own, 1)
}

fn web(started: DateTime<Utc>) -> Container {
    Container {
        id: "web-1".to_owned(),
        name: Untrusted::new("shop-web-1"),
        project: Some(Untrusted::new("shop")),
        service: Some(Untrusted::new("web")),
        number: Some(1),
        image_id: "sha256:deployed".to_owned(),
        state: ContainerRunState::Running,
        started: Some(started),
        inspected: true,
        ..Container::default()
    }
}

/// Docker tells Ann of one container that runs for two hours, and the baseline is collected.
fn begun() -> (Night, DateTime<Utc>) {
    let mut night = Night::new(&source());
    let started = night.now() - TimeDelta::hours(2);
    night.containers = Some(vec![web(started)]);
    for input in night.containers_of(&production()).into_iter().rev() {
        night.give(0, input);
    }
    night.pass(11 * MINUTE);
    (night, started)
}

/// Ann watches for twenty minutes and is killed; two minutes later, with these containers, Bob goes on.
fn taken_over(after: impl Fn(Container, DateTime<Utc>) -> Vec<Container>) -> Night {
    let (mut night, started) = begun();
    night.deploy();
    night.pass(20 * MINUTE);
    night.kill(0);
    let crash = night.now() + TimeDelta::seconds(30);
    night.containers = Some(after(web(started), crash));
    night.world.now += TimeDelta::minutes(2);
    night.sit(&source(), "bob", Presence::Sampling);
    night
}

fn verdict(mut night: Night) -> (Option<WindowVerdict>, Option<String>) {
    night.pass(HOUR);
    let closed = night.window(0).closed.map(|(_, closed)| closed);
    (closed.as_ref().map(|closed| closed.verdict), closed.and_then(|closed| closed.reason))
}

#[test]
fn lines_of_the_time_nobody_looked_are_counted_and_none_twice() {
    let night = taken_over(|web, _| vec![web]);
    let kept = night.kept.iter().flat_map(|(of, kept)| kept.iter().map(move |one| (of, one)));
    let of_window = kept.filter(|(of, one)| of.file_name().starts_with("01") && one.indicator == "errors");
    let last = of_window.map(|(_, one)| one.sample.scheduled).max().expect("sampled before");
    let (seat, key, since): &(usize, CountKey, _) = night.counts.last().expect("counted again");
    assert_eq!((*seat, key.container.as_str()), (1, "web-1"));
    assert_eq!(*since, Some(last));
}

#[test]
fn lines_are_counted_from_the_opening_on() {
    let (mut night, _started) = begun();
    let run = night.deploy();
    let opening = night.window(0).opened.opened;
    let of_window = |counted: &&(usize, CountKey, Option<DateTime<Utc>>)| {
        counted.1.of == crate::engine::window::sampled::SampleOf::Window(run.clone())
    };
    let counted = night.counts.iter().find(of_window).cloned().expect("at once");
    assert_eq!(counted.2, Some(opening));
    let count = LogCount { lines: 3, ..LogCount::default() };
    night.give(0, Input::LogCounted { key: counted.1, count });
    night.pass(MINUTE);
    let bad =
        night.kept.values().flatten().filter(|one| one.indicator == "errors" && one.sample.value == Some(3));
    assert_eq!(bad.count(), 1);
}

#[test]
fn a_crash_while_nobody_looked_is_counted() {
    let night = taken_over(|web, crash| {
        vec![Container {
            restart_count: 1,
            finished: Some(crash),
            started: Some(crash + TimeDelta::seconds(1)),
            ..web
        }]
    });
    let (verdict, why) = verdict(night);
    assert_eq!(verdict, Some(WindowVerdict::Regression), "{why:?}");
}

#[test]
fn a_container_that_is_down_at_the_first_look_is_bad_while_it_is_down() {
    let night = taken_over(|web, crash| {
        vec![Container {
            state: ContainerRunState::Exited,
            exit_code: Some(137),
            finished: Some(crash),
            ..web
        }]
    });
    let (verdict, why) = verdict(night);
    assert_eq!(verdict, Some(WindowVerdict::Regression), "{why:?}");
}

#[test]
fn what_was_counted_before_is_not_counted_again_and_quiet_is_healthy() {
    let (verdict, why) = verdict(taken_over(|web, _| vec![web]));
    assert_eq!(verdict, Some(WindowVerdict::Healthy), "{why:?}");
}

#[test]
fn watched_without_containers_is_as_before() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(HOUR + MINUTE);
    assert_eq!(night.window(0).verdict(), Some(WindowVerdict::Healthy));
}
