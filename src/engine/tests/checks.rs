//! Measuring: on demand, by itself, late, shaky, and waiting with a deadline.

use super::plays::{measures, reading};
use super::world::{SHOP, World, item};
use crate::engine::command::Command;
use crate::engine::effect::{Effect, MeasureId, Timer};
use crate::engine::input::Input;
use crate::engine::presence::Presence;
use crate::rules::standing::ItemState;
use crate::session::status::CheckStatus::{self, Error, Fail, Pass};

fn timer_of(effects: &[Effect], name: &str) -> Option<i64> {
    effects.iter().find_map(|effect| match effect {
        Effect::SetTimer { timer: Timer::Measure(item), at } if item.as_str() == name => Some(at.timestamp()),
        _ => None,
    })
}

/// The timer is due: the check is measured, and answers so.
fn poll(world: &mut World, status: CheckStatus) -> Vec<Effect> {
    world.pass(60);
    let asked = world.give(0, Input::TimerFired(Timer::Measure(item("ready"))));
    let (id, _) = measures(&asked).pop().expect("asked");
    world.answer(id, "ready", status)
}

#[test]
fn a_late_or_foreign_answer_is_ignored() {
    let mut world = World::shop();
    let before = world.disk.len();
    for id in [0, 99] {
        world.answer(MeasureId(id), "ready", Pass);
        world.answer(MeasureId(id), "up", Pass);
    }
    assert_eq!((world.disk.len(), world.standing("ready").state), (before, ItemState::Running));
    let mut world = World::prepared();
    let asked = world.ask(Command::Measure { items: vec![item("ready")] });
    let (id, _) = measures(&asked).pop().expect("asked");
    world.answer(id, "ready", Pass);
    let lines = world.disk.len();
    world.answer(id, "ready", Fail);
    assert_eq!((world.disk.len(), world.standing("ready").state), (lines, ItemState::Pass));
}

#[test]
fn asked_twice_it_is_measured_once_and_recorded_because_a_person_asked() {
    let mut world = World::prepared();
    let lines = world.count("check.changed");
    let ask = || Command::Measure { items: vec![item("ready")] };
    let first = world.granted(ask());
    assert_eq!(measures(&world.granted(ask())), []);
    world.answer(measures(&first)[0].0, "ready", Pass);
    assert_eq!(world.count("check.changed"), lines + 1, "the same result, asked for by a person");
    assert!(world.refused(Command::Measure { items: vec![item("notes")] }).contains("no check"));
}

#[test]
fn a_poll_records_transitions_only() {
    let mut world = World::prepared();
    let lines = world.count("check.changed");
    poll(&mut world, Pass);
    poll(&mut world, Pass);
    assert_eq!(world.count("check.changed"), lines);
    let bell = poll(&mut world, Fail);
    assert!(bell.iter().any(|effect| matches!(effect, Effect::Alert { .. })));
    assert_eq!(world.count("check.changed"), lines + 1);
}

#[test]
fn three_bad_readings_in_a_row_are_a_failure_and_fewer_a_doubt() {
    let mut world = World::prepared();
    for wanted in [ItemState::Inconclusive, ItemState::Inconclusive, ItemState::Fail, ItemState::Fail] {
        poll(&mut world, Fail);
        assert_eq!(world.standing("ready").state, wanted);
    }
    poll(&mut world, Pass);
    assert_eq!(world.standing("ready").state, ItemState::Pass);
    poll(&mut world, Error);
    poll(&mut world, Pass);
    poll(&mut world, Fail);
    assert_eq!(world.standing("ready").state, ItemState::Inconclusive, "a good one in between begins anew");
    assert!(world.standing("ready").reason.raw().contains("1 of 3"));
}

#[test]
fn what_a_person_measures_is_no_doubt() {
    let mut world = World::prepared();
    world.measure("ready", Fail);
    assert_eq!(world.standing("ready").state, ItemState::Fail);
    poll(&mut world, Fail);
    assert_eq!(world.standing("ready").state, ItemState::Fail, "and a poll does not soften it");
}

#[test]
fn an_open_item_is_measured_on_its_interval_and_bad_news_sooner() {
    let mut world = World::prepared();
    let good = poll(&mut world, Pass);
    assert_eq!(timer_of(&good, "ready"), Some(world.now.timestamp() + 60));
    let bad = poll(&mut world, Fail);
    assert_eq!(timer_of(&bad, "ready"), Some(world.now.timestamp() + 10));
}

#[test]
fn nothing_is_measured_once_the_deploy_is_done_and_again_after_a_rollback() {
    let (mut world, _run) = World::deployed();
    world.pass(3_600);
    assert_eq!(world.give(0, Input::TimerFired(Timer::Measure(item("ready")))), []);
    let run = super::plays::starts(&world.granted(super::plays::roll_back())).pop().expect("starts");
    let end = super::plays::end(crate::session::status::RunOutcome::Succeeded);
    let effects = world.report(&run, end);
    assert_eq!(measures(&effects).len(), 1, "it counts again, and its result is old: {effects:?}");
}

#[test]
fn a_subcommand_measures_only_what_it_was_asked_for() {
    let mut world = World::of(SHOP, Presence::Command);
    assert_eq!(world.trust(), []);
    let effects = world.measure("ready", Pass);
    assert_eq!(effects, [], "and sets no timer");
    assert_eq!(world.count("check.changed"), 1);
}

#[test]
fn a_wait_tries_until_its_deadline_and_says_how_long_it_took() {
    let source = SHOP.replace("every = \"1m\"", "eventually = { within = \"10s\", every = \"4s\" }");
    let mut world = World::of(&source, Presence::Command);
    world.trust();
    let mut effects = world.ask(Command::Measure { items: vec![item("ready")] });
    let mut tries = 0;
    let began = world.now;
    while let Some((id, _)) = measures(&effects).pop() {
        tries += 1;
        effects = world.answer(id, "ready", Fail);
        let Some(at) = timer_of(&effects, "ready") else { break };
        assert_eq!(world.standing("ready").state, ItemState::Running, "inside a wait nothing counts");
        world.pass(at - world.now.timestamp());
        effects = world.give(0, Input::TimerFired(Timer::Measure(item("ready"))));
    }
    assert_eq!((tries, (world.now - began).num_seconds()), (4, 10), "at 0, 4, 8 and 10 s");
    let standing = world.standing("ready");
    assert_eq!(standing.state, ItemState::Fail);
    assert!(standing.reason.raw().starts_with("not within its time (10 s)"), "{}", standing.reason.raw());
    assert_eq!(world.count("check.changed"), 1);
}

#[test]
fn a_result_in_the_record_counts_when_the_session_is_opened_again() {
    let mut world = World::prepared();
    let again = world.sit(SHOP, "ann", Presence::Watching);
    let state = |world: &World| {
        let facts = world.seats[again].engine.facts(world.now);
        crate::rules::standing::standing(&facts, &facts.item(&item("ready")).expect("it")).state
    };
    assert_eq!(state(&world), ItemState::Pass);
    world.pass(15 * 60 + 1);
    assert_eq!(state(&world), ItemState::Stale);
}

#[test]
fn a_reason_in_the_record_is_short_and_sanitised() {
    let mut world = World::shop();
    let asked = world.engine().measuring().contains(&item("ready"));
    assert!(asked, "by itself");
    let reason = format!("\u{1b}[2J{}", "x".repeat(1_000));
    let measurement = Box::new(reading(&world, Fail, &reason));
    world.give(0, Input::Measured { id: MeasureId(1), item: item("ready"), measurement });
    let recorded = world.session().checks[&item("ready")].result.reason.clone().expect("a reason");
    assert_eq!((recorded.chars().count(), recorded.contains('\u{1b}')), (256, false));
}
