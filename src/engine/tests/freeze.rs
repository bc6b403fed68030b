//! What a deploy started with is kept: its checks are neither measured nor judged by the world that it makes.

use super::plays::{container, end, measures, roll_back, starts, step_ended, step_started};
use super::world::{SHOP, World, item};
use crate::engine::command::Command;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::{Input, RunReport};
use crate::engine::presence::Presence;
use crate::rules::observed::ContainerRunState;
use crate::rules::standing::{ItemState, standing};
use crate::rules::verdict::VerdictWord;
use crate::session::status::{CheckStatus, RunOutcome, StepOutcome};

fn due(world: &mut World) -> Vec<Effect> {
    world.give(0, Input::TimerFired(Timer::Measure(item("ready"))))
}

/// As another process sees it, with nothing but the record and a daemon it has not heard.
fn state_elsewhere(world: &mut World, name: &str) -> ItemState {
    let seat = world.sit(SHOP, "eve", Presence::Watching);
    let facts = world.seats[seat].engine.facts(world.now);
    standing(&facts, &facts.item(&item(name)).expect("the item")).state
}

#[test]
fn checks_before_a_deploy_keep_the_result_it_started_with_while_it_runs() {
    let (mut world, _run) = World::deploying();
    world.pass(60);
    assert_eq!(measures(&due(&mut world)), [], "no longer polled");
    world.docker(1, vec![container("a", ContainerRunState::Exited)]);
    for name in ["up", "ready"] {
        assert_eq!(world.standing(name).state, ItemState::Pass, "{name} is no longer judged");
    }
    world.docker_lost(1);
    world.pass(2 * 24 * 3_600);
    assert_eq!(
        (world.word(), world.verdict().reasons),
        (VerdictWord::Go, Vec::new()),
        "nor old, nor doubted"
    );
    for name in ["up", "ready"] {
        assert_eq!(state_elsewhere(&mut world, name), ItemState::Pass, "{name} for another process");
    }
}

#[test]
fn what_was_being_measured_when_the_deploy_began_is_dropped() {
    let mut world = World::approved();
    world.pass(60);
    let asked = measures(&due(&mut world));
    assert_eq!(asked.len(), 1, "a poll is under way");
    let deploy = world.deploy_command();
    world.granted(deploy);
    let lines = world.disk.len();
    world.answer(asked[0].0, "ready", CheckStatus::Fail);
    assert_eq!((world.disk.len(), world.standing("ready").state), (lines, ItemState::Pass));
    assert!(!world.engine().is_busy(), "and nothing waits for it");
}

#[test]
fn a_person_may_still_measure_and_the_gate_keeps_what_it_had() {
    let (mut world, _run) = World::deploying();
    let lines = world.count("check.changed");
    world.measure("ready", CheckStatus::Fail);
    assert_eq!(world.count("check.changed"), lines + 1, "the answer is recorded");
    assert_eq!((world.standing("ready").state, world.word()), (ItemState::Pass, VerdictWord::Go));
    assert_eq!(state_elsewhere(&mut world, "ready"), ItemState::Pass);
}

#[test]
fn when_all_is_measured_what_a_deploy_has_frozen_is_left_alone() {
    let (mut world, _run) = World::deploying();
    let told = world.refused(Command::MeasureAll);
    assert!(told.contains("keep the result"), "{told}");
}

#[test]
fn checks_count_anew_when_the_deploy_failed() {
    let (mut world, run) = World::deploying();
    world.docker(1, vec![container("a", ContainerRunState::Exited)]);
    world.pass(30);
    let begun = step_started(&world, "migrate", 1);
    world.report(&run, begun);
    world.report(&run, step_ended("migrate", 1, StepOutcome::Failed));
    let effects = world.report(&run, end(RunOutcome::Failed));
    assert_eq!(world.standing("up").state, ItemState::Fail, "judged by the world as it is");
    let asked = measures(&effects);
    assert_eq!(asked.len(), 1, "measured at once, though its result is 30 s old: {effects:?}");
    assert_eq!(world.standing("ready").state, ItemState::Running, "and not green before");
    assert_eq!(state_elsewhere(&mut world, "ready"), ItemState::Stale, "nor elsewhere");
    let lines = world.count("check.changed");
    world.answer(asked[0].0, "ready", CheckStatus::Pass);
    assert_eq!(world.standing("ready").state, ItemState::Pass);
    assert_eq!(world.count("check.changed"), lines + 1, "the same word, about another world");
    assert_eq!(state_elsewhere(&mut world, "ready"), ItemState::Pass);
}

#[test]
fn checks_count_anew_after_a_rollback() {
    let (mut world, _run) = World::deployed();
    world.docker(1, vec![container("a", ContainerRunState::Exited)]);
    assert_eq!(world.standing("up").state, ItemState::Pass);
    world.pass(60);
    let run = starts(&world.granted(roll_back())).pop().expect("starts");
    world.report(&run, RunReport::Started { pid: 8, host: "here".to_owned() });
    assert_eq!(world.standing("ready").state, ItemState::Pass, "the rollback has not ended");
    let effects = world.report(&run, end(RunOutcome::Succeeded));
    assert_eq!(measures(&effects).len(), 1);
    assert_eq!(world.standing("up").state, ItemState::Fail);
    assert_eq!(world.word(), VerdictWord::NoGo);
}

/// The shop with a stage before production: its own checks, its own deploy.
fn two_deploys(needs: &str) -> String {
    let stage = "[[phases]]\nid = \"stage\"\ntitle = \"Stage\"\nenvironment = \"stage\"\n  [[phases.items]]\n  id = \"old\"\n  title = \"The old one runs\"\n  check = { http = { url = \"http://localhost:8000/old\", status = 200 } }\n  [[phases.items]]\n  id = \"stage-deploy\"\n  title = \"Deploy to stage\"\n  action = \"deploy\"\n\n";
    SHOP.replacen("[[phases]]", &format!("{stage}[[phases]]"), 1)
        .replace("[environments.production]", "[environments.stage]\n[environments.production]")
        .replace("needs = [\"phase:verify\", \"approve\"]", &format!("needs = [{needs}\"phase:verify\"]"))
}

fn staged(needs: &str) -> World {
    let mut world = World::of(&two_deploys(needs), Presence::Screen);
    let asked = world.trust();
    let (id, _) = measures(&asked).into_iter().find(|(_, name)| name == "old").expect("by itself");
    world.answer(id, "old", CheckStatus::Pass);
    let offer = world.engine().deploy_offer(world.now).expect("a deploy");
    let (action, environment, fingerprint) = (offer.action, offer.environment, offer.fingerprint.hash);
    let start = Command::Start { action, environment, fingerprint, typed: None };
    let run = starts(&world.granted(start)).pop().expect("starts");
    world.report(&run, RunReport::Started { pid: 9, host: "here".to_owned() });
    world.pass(3_600);
    world.report(&run, end(RunOutcome::Succeeded));
    world
}

#[test]
fn a_later_deploy_does_not_ask_the_checks_of_an_earlier_one_again() {
    let world = staged("");
    assert_eq!(world.standing("stage-deploy").state, ItemState::Succeeded);
    assert_eq!(world.standing("old").state, ItemState::Pass);
    assert!(!world.verdict().reasons.iter().any(|reason| reason.item == Some(item("old"))));
}

#[test]
fn a_later_deploy_that_needs_an_earlier_check_has_it_proved_again() {
    let world = staged("\"old\", ");
    assert_eq!(world.standing("old").state, ItemState::Running, "measured again, for this deploy");
}
