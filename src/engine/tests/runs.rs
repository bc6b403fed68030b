//! Runs: what a supervisor reports, told twice, late, or to two cockpits; what people decide about a step.

use super::plays::{end, starts, step_ended, step_started, tick};
use super::world::{Mood, SHOP, World, person};
use crate::checklist::id::StepId;
use crate::engine::command::Command;
use crate::engine::effect::{Effect, SupervisorRequest, Timer};
use crate::engine::input::{Input, RunReport};
use crate::engine::presence::Presence;
use crate::rules::standing::ItemState;
use crate::session::status::{AbortRung, RunOutcome, StepDecision, StepOutcome};

#[test]
fn what_is_due_is_known_once_it_is_planned_or_deployed() {
    use crate::rules::due::due_at;
    let world = World::prepared();
    let facts = world.engine().facts(world.now);
    assert_eq!(due_at(&facts, "deploy + 24h", None), None);
    assert_eq!(due_at(&facts, "release - 1d", None), None);
    let (world, run) = World::deployed();
    let mut facts = world.engine().facts(world.now);
    let ended = facts.session.run(&run).and_then(|run| run.ended.as_ref()).expect("it ended").0.at;
    let day = chrono::TimeDelta::days(1);
    let production = crate::checklist::id::EnvironmentName::from("production");
    assert_eq!(due_at(&facts, "deploy + 24h", Some(&production)), Some(ended + day));
    assert_eq!(due_at(&facts, "deploy + 24h", Some(&"stage".into())), None, "it was deployed elsewhere");
    let mut planned = facts.session.clone();
    planned.values.insert("release_at".to_owned(), "2026-12-02".to_owned());
    facts.session = &planned;
    let eve = due_at(&facts, "release - 1d", None).expect("planned");
    assert_eq!(eve.to_rfc3339(), "2026-12-01T00:00:00+00:00");
}

#[test]
fn a_deploy_is_told_step_by_step() {
    let (world, run) = World::deployed();
    let of_run: Vec<_> = world
        .kinds()
        .into_iter()
        .filter(|kind| kind.starts_with("run.") || kind.starts_with("step."))
        .collect();
    assert_eq!(
        of_run,
        [
            "run.requested",
            "run.started",
            "step.started",
            "step.ended",
            "step.started",
            "step.ended",
            "run.ended"
        ]
    );
    let record = world.session().run(&run).expect("the run");
    assert_eq!(record.requested.verdict, "GO");
    assert_eq!(record.ended.as_ref().expect("ended").1.irreversible, ["the new column stays"]);
    assert_eq!(world.standing("deploy").state, ItemState::Succeeded);
    assert_eq!(
        world.engine().deployed_version(record.requested.environment.as_ref()).as_deref(),
        Some("1.1.0")
    );
}

#[test]
fn a_protected_environment_wants_its_name_typed() {
    let mut world = World::approved();
    let Command::Start { action, environment, fingerprint, .. } = world.deploy_command() else {
        panic!("a start")
    };
    for typed in [None, Some("stage".to_owned())] {
        let (action, environment, fingerprint) = (action.clone(), environment.clone(), fingerprint.clone());
        let told = world.refused(Command::Start { action, environment, fingerprint, typed });
        assert!(told.contains("type the environment's name, production"), "{told}");
    }
    let typed = Some("production".to_owned());
    let other = Command::Start { action, environment, fingerprint: "seen before".to_owned(), typed };
    assert!(world.refused(other).contains("has changed since it was shown"));
}

#[test]
fn a_second_deploy_waits_for_the_first_in_both_cockpits() {
    let mut world = World::approved();
    let bob = world.sit(SHOP, "bob", Presence::Command);
    let command = world.deploy_command();
    let twice = [command.clone(), command.clone()];
    let raw: Vec<Effect> = twice
        .into_iter()
        .flat_map(|command| world.give_raw(0, Input::Command { author: person("ann"), command }))
        .collect();
    assert_eq!(raw.len(), 1, "pressed twice, asked once");
    world.store(0, raw[0].clone());
    world.ask_as(bob, "bob", command.clone());
    assert_eq!(world.count("run.requested"), 1);
    assert!(world.refused(command).contains("deploy is running"));
}

#[test]
fn two_cockpits_that_follow_one_run_record_each_thing_once() {
    let (mut world, run) = World::deploying();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    for seat in [0, bob] {
        let begun = step_started(&world, "migrate", 1);
        world.report_to(seat, &run, RunReport::Started { pid: 7, host: "here".to_owned() });
        world.report_to(seat, &run, begun);
        world.report_to(seat, &run, step_ended("migrate", 1, StepOutcome::Passed));
        world.report_to(seat, &run, end(RunOutcome::Succeeded));
    }
    for kind in ["run.started", "step.started", "step.ended", "run.ended"] {
        assert_eq!(world.count(kind), 1, "{kind}");
    }
    assert_eq!(world.seats[bob].engine.refusal(), None, "that another was first is no news");
}

#[test]
fn another_cockpits_run_is_followed_from_its_request_on() {
    let mut world = World::approved();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    let deploy = world.deploy_command();
    let run = starts(&world.granted(deploy)).pop().expect("started");
    assert_eq!(
        world.hear(bob),
        [Effect::AdoptRun { run: run.clone() }],
        "whoever follows waits for its start"
    );
    world.report(&run, RunReport::Started { pid: 7, host: "here".to_owned() });
    assert_eq!(world.hear(bob), [], "once");
}

/// Bob hears of Ann's request, and says that it is lost.
fn settled_by_bob(world: &mut World, bob: usize, run: &str) -> Option<String> {
    let reason = "nobody sees it".to_owned();
    let settle = Command::SettleRun { run: run.to_owned(), outcome: RunOutcome::Failed, reason };
    world.ask_as(bob, "bob", settle);
    world.seats[bob].engine.refusal().map(|refusal| refusal.text.clone())
}

#[test]
fn another_cockpits_request_is_not_settled_before_its_start_had_its_time() {
    let mut world = World::approved();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    let deploy = world.deploy_command();
    let run = starts(&world.granted(deploy)).pop().expect("started");
    world.hear(bob);
    let told = settled_by_bob(&mut world, bob, &run).expect("refused");
    assert!(told.contains("still followed"), "{told}");
    world.report_to(bob, &run, RunReport::Lost { reason: "no status".into() });
    // Its start reaches the disk after all, and Bob has not heard of it.
    world.report(&run, RunReport::Started { pid: 7, host: "here".to_owned() });
    let told = settled_by_bob(&mut world, bob, &run).expect("refused under the lock");
    assert!(told.contains("start is recorded"), "{told}");
    assert_eq!(world.count("run.ended"), 0);
    let told = settled_by_bob(&mut world, bob, &run).expect("refused: it goes on");
    assert!(told.contains("still followed"), "{told}");
}

#[test]
fn a_request_that_never_began_is_lost_after_its_time_and_a_person_settles_it() {
    let mut world = World::approved();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    let deploy = world.deploy_command();
    let run = starts(&world.granted(deploy)).pop().expect("started");
    world.hear(bob);
    world.report_to(bob, &run, RunReport::Lost { reason: "no status".into() });
    assert_eq!(settled_by_bob(&mut world, bob, &run), None);
    assert_eq!(world.count("run.ended"), 1);
}

#[test]
fn a_request_that_was_withdrawn_before_it_began_is_not_lost() {
    let mut world = World::approved();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    let deploy = world.deploy_command();
    let run = starts(&world.granted(deploy)).pop().expect("started");
    world.hear(bob);
    world.report(&run, RunReport::NotStarted { reason: "no such program".into() });
    world.hear(bob);
    assert_eq!(world.report_to(bob, &run, RunReport::Lost { reason: "no status".into() }), []);
    assert!(!world.seats[bob].engine.notices().any(|notice| notice.text.raw().contains("unknown")));
}

#[test]
fn a_failed_step_is_retried_marked_done_or_skipped_with_a_reason() {
    let (mut world, run) = World::deploying();
    let begun = step_started(&world, "migrate", 1);
    world.report(&run, begun);
    let decide = |decision, reason: Option<&str>| Command::DecideStep {
        run: run.clone(),
        step: StepId::from("migrate"),
        decision,
        reason: reason.map(ToOwned::to_owned),
    };
    assert!(world.refused(decide(StepDecision::Retry, None)).contains("no step"));
    world.report(&run, step_ended("migrate", 1, StepOutcome::Failed));
    let told = world.report(&run, RunReport::Waiting { step: "migrate".into() });
    assert!(told.iter().any(|effect| matches!(effect, Effect::Alert { .. })));
    for needy in [StepDecision::Done, StepDecision::Skip] {
        world.refused(decide(needy, None));
        world.refused(decide(needy, Some(" ")));
    }
    let effects = world.granted(decide(StepDecision::Retry, None));
    assert!(matches!(
        &effects[..],
        [Effect::AskSupervisor { request: SupervisorRequest::Decide { .. }, .. }]
    ));
    let again = step_started(&world, "migrate", 2);
    world.report(&run, again);
    world.report(&run, step_ended("migrate", 2, StepOutcome::Failed));
    world.granted(decide(StepDecision::Done, Some("done by hand, see ticket 9")));
    world.report(&run, step_ended("migrate", 2, StepOutcome::MarkedDone));
    world.report(&run, step_ended("migrate", 2, StepOutcome::MarkedDone));
    let record = world.session().run(&run).expect("the run").clone();
    assert_eq!(record.steps[0].outcome, Some(StepOutcome::MarkedDone), "the record knows what became of it");
    assert_eq!(record.failed_step(), None);
    assert_eq!(world.count("step.ended"), 3, "failed, failed, and set aside once");
}

#[test]
fn an_abort_only_rises_even_before_the_first_is_stored() {
    let (mut world, run) = World::deploying();
    let mut asked = Vec::new();
    for rung in [Some(AbortRung::Kill), Some(AbortRung::Terminate), None] {
        let command = Command::Abort { run: run.clone(), rung };
        for effect in world.give_raw(0, Input::Command { author: person("ann"), command }) {
            if let Effect::AskSupervisor { request: SupervisorRequest::Abort(rung), .. } = effect {
                asked.push(rung);
            }
        }
    }
    assert_eq!(asked, [AbortRung::Kill; 3]);
}

#[test]
fn an_end_that_could_not_be_saved_is_saved_later() {
    let (mut world, run) = World::deploying();
    world.mood = Mood::Busy;
    let effects = world.report(&run, end(RunOutcome::Succeeded));
    let again = |effect: &Effect| matches!(effect, Effect::SetTimer { timer: Timer::Review, .. });
    assert!(effects.iter().any(again), "{effects:?}");
    assert_eq!(world.count("run.ended"), 0);
    world.mood = Mood::Works;
    world.pass(5);
    world.give(0, Input::TimerFired(Timer::Review));
    world.give(0, Input::TimerFired(Timer::Review));
    assert_eq!(world.count("run.ended"), 1);
    assert_eq!(world.standing("deploy").state, ItemState::Succeeded);
}

#[test]
fn a_pause_is_asked_for_recorded_and_lifted() {
    let (mut world, run) = World::deploying();
    world.refused(Command::Resume { run: run.clone() });
    let effects = world.granted(Command::Pause { run: run.clone() });
    assert!(matches!(&effects[..], [Effect::AskSupervisor { request: SupervisorRequest::Pause, .. }]));
    assert!(world.session().run(&run).expect("the run").paused);
    world.granted(Command::Resume { run: run.clone() });
    assert!(!world.session().run(&run).expect("the run").paused);
    world.report(&run, end(RunOutcome::Failed));
    world.refused(Command::Pause { run });
}

#[test]
fn a_run_that_did_not_start_has_failed_and_says_that_nothing_ran() {
    let mut world = World::approved();
    let deploy = world.deploy_command();
    let run = starts(&world.granted(deploy)).pop().expect("started");
    world.report(&run, RunReport::NotStarted { reason: "no such program".into() });
    let standing = world.standing("deploy");
    assert_eq!((standing.state, standing.reason.raw()), (ItemState::Failed, "nothing ran: no such program"));
    world.granted(tick("nice"));
}
