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
    deploy_to_stage(&mut world);
    world.pass(3_600);
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

/// The shop deployed to stage by a checklist whose first phase looks at production too.
fn staged_and_looked_at_production() -> World {
    let early = "[[phases]]\nid = \"early\"\ntitle = \"Early\"\nenvironment = \"production\"\n  [[phases.items]]\n  id = \"early-ready\"\n  title = \"Production answers\"\n  check = { http = { url = \"http://localhost:8000/early\", status = 200 } }\n\n";
    let source = two_deploys("").replacen("[[phases]]", &format!("{early}[[phases]]"), 1);
    let mut world = World::of(&source, Presence::Command);
    world.trust();
    for name in ["old", "early-ready"] {
        world.measure(name, CheckStatus::Pass);
    }
    deploy_to_stage(&mut world);
    world
}

fn deploy_to_stage(world: &mut World) {
    let offer = world.engine().deploy_offer(world.now).expect("a deploy");
    let (action, environment, fingerprint) = (offer.action, offer.environment, offer.fingerprint.hash);
    let start = Command::Start { action, environment, fingerprint, typed: None };
    let run = starts(&world.granted(start)).pop().expect("starts");
    world.report(&run, RunReport::Started { pid: 9, host: "here".to_owned() });
    world.pass(60);
    world.report(&run, end(RunOutcome::Succeeded));
}

#[test]
fn a_check_of_production_is_not_kept_by_a_deploy_to_stage() {
    let mut world = staged_and_looked_at_production();
    assert_eq!(world.standing("old").state, ItemState::Pass, "of stage: kept");
    world.pass(3 * 24 * 3_600);
    assert_eq!(world.standing("early-ready").state, ItemState::Stale);
    let reasons = world.verdict().reasons;
    assert!(reasons.iter().any(|reason| reason.item == Some(item("early-ready"))), "{reasons:?}");
    world.measure("early-ready", CheckStatus::Fail);
    assert_eq!((world.standing("early-ready").state, world.word()), (ItemState::Fail, VerdictWord::NoGo));
}

#[test]
fn what_a_person_measured_since_the_deploy_and_is_not_good_counts() {
    let mut world = staged("");
    world.pass(60);
    world.measure("old", CheckStatus::Fail);
    assert_eq!((world.standing("old").state, world.word()), (ItemState::Fail, VerdictWord::NoGo));
    world.pass(60);
    world.measure("old", CheckStatus::Pass);
    assert_eq!(world.standing("old").state, ItemState::Pass, "and a good look ends that");
}

#[test]
fn a_check_that_was_waived_when_the_deploy_began_is_not_kept_when_the_waiver_is_taken_back() {
    let mut world = World::of(&two_deploys(""), Presence::Command);
    world.trust();
    world.measure("old", CheckStatus::Pass);
    world.pass(3_600);
    assert_eq!(world.standing("old").state, ItemState::Stale);
    let form = crate::session::status::WaiverForm::Waived;
    world.granted(Command::Waive { item: item("old"), reason: "no time".to_owned(), form });
    deploy_to_stage(&mut world);
    assert_eq!(world.standing("stage-deploy").state, ItemState::Succeeded);
    world.granted(super::plays::untick("old"));
    assert_eq!(world.standing("old").state, ItemState::Stale, "no gate has judged it");
}

#[test]
fn a_rollback_that_failed_leaves_no_deploy_succeeded_behind_and_keeps_no_check() {
    let (mut world, _run) = World::deployed();
    world.pass(60);
    let run = starts(&world.granted(roll_back())).pop().expect("starts");
    world.report(&run, RunReport::Started { pid: 8, host: "here".to_owned() });
    assert_eq!(world.standing("deploy").state, ItemState::Running, "what it made is being undone");
    world.report(&run, end(RunOutcome::Failed));
    let deploy = world.standing("deploy");
    assert_eq!(deploy.state, ItemState::OutcomeUnknown, "{:?}", deploy.reason);
    assert_ne!(world.standing("ready").state, ItemState::Pass);
}

#[test]
fn a_rollback_of_which_nothing_ran_takes_nothing_back() {
    let (mut world, _run) = World::deployed();
    let run = starts(&world.granted(roll_back())).pop().expect("starts");
    world.report(
        &run,
        RunReport::NotStarted { reason: crate::text::untrusted::Untrusted::new("no such program") },
    );
    assert_eq!(world.standing("deploy").state, ItemState::Succeeded);
    assert_eq!(world.standing("ready").state, ItemState::Pass);
}

#[test]
fn a_run_whose_start_is_not_in_the_record_outdates_what_was_measured_before_it() {
    let mut world = World::approved();
    let deploy = world.deploy_command();
    let run = starts(&world.granted(deploy)).pop().expect("starts");
    world.pass(30);
    world.report(&run, end(RunOutcome::Failed));
    assert_eq!(world.count("run.started"), 0);
    assert_eq!(state_elsewhere(&mut world, "ready"), ItemState::Stale);
}

#[test]
fn while_production_is_deployed_to_its_early_checks_are_kept_too() {
    let mut world = staged_and_looked_at_production();
    for name in ["early-ready", "ready"] {
        world.measure(name, CheckStatus::Pass);
    }
    world.docker(1, vec![container("a", ContainerRunState::Running)]);
    world.measure("up", CheckStatus::Pass);
    world.granted(super::plays::tick("notes"));
    world.granted(super::plays::tick("tried"));
    world.decide("bob", "lead", crate::session::status::Decision::Approve);
    world.decide("cid", "qa", crate::session::status::Decision::Approve);
    let deploy = world.deploy_command();
    let run = starts(&world.granted(deploy)).pop().expect("starts");
    world.report(&run, RunReport::Started { pid: 10, host: "here".to_owned() });
    world.pass(3 * 24 * 3_600);
    assert_eq!(world.standing("early-ready").state, ItemState::Pass);
    world.measure("early-ready", CheckStatus::Fail);
    assert_eq!(world.standing("early-ready").state, ItemState::Pass, "of the place that is being changed");
}

#[test]
fn a_check_that_was_put_off_does_not_wait_for_one_that_a_deploy_has_dropped() {
    let late = "  [[phases.items]]\n  id = \"late\"\n  title = \"Still sells\"\n  needs = [\"looked\"]\n  check = { http = { url = \"http://localhost:8000/late\", status = 200 } }\n\n[actions.deploy]\n";
    let source = SHOP.replacen("[actions.deploy]\n", late, 1);
    let mut world = World::of(&source, Presence::Screen);
    let asked = world.trust();
    let (id, _) = measures(&asked).into_iter().find(|(_, name)| name == "ready").expect("by itself");
    world.answer(id, "ready", CheckStatus::Pass);
    world.docker(1, vec![container("a", ContainerRunState::Running)]);
    world.granted(super::plays::tick("notes"));
    world.granted(super::plays::tick("tried"));
    world.decide("bob", "lead", crate::session::status::Decision::Approve);
    world.decide("cid", "qa", crate::session::status::Decision::Approve);
    world.pass(60);
    let asked = measures(&due(&mut world));
    world.ask(Command::Measure { items: vec![item("late")] });
    assert!(world.engine().measuring().awaits(&item("late")), "put off: something is under way");
    let deploy = world.deploy_command();
    world.granted(deploy);
    world.answer(asked[0].0, "ready", CheckStatus::Pass);
    assert!(!world.engine().measuring().awaits(&item("late")), "given up, and told");
}
