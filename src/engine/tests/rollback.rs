//! Backward is blocked by nothing, whatever the state.

use super::plays::{end, measures, roll_back, roll_back_typed, starts};
use super::world::{Mood, SHOP, World, kinds, person};
use crate::engine::command::Command;
use crate::engine::effect::{Effect, SupervisorRequest};
use crate::engine::input::{Input, RecordState, RunReport};
use crate::engine::presence::Presence;
use crate::session::status::{AbortRung, CheckStatus, Decision, RunOutcome};
use crate::text::untrusted::Untrusted;

fn broken() -> Input {
    Input::RecordState(RecordState::Broken { reason: "the disk is full".to_owned() })
}

#[test]
fn a_rollback_starts_whatever_stands_against_a_deploy() {
    let mut held = World::approved();
    held.granted(Command::Hold { reason: "stop".to_owned() });
    let mut rejected = World::approved();
    rejected.decide("cid", "qa", Decision::Reject);
    let mut red = World::approved();
    red.measure("ready", CheckStatus::Fail);
    red.docker_lost(1);
    let mut closed = World::approved();
    closed.granted(Command::Close { reason: None });
    for mut world in [World::shop(), held, rejected, red, closed, World::deployed().0] {
        let offer = world.engine().rollback_offers(world.now).remove(0);
        assert_eq!(offer.blockers, []);
        assert_eq!(starts(&world.granted(roll_back())).len(), 1, "{:?}", world.kinds());
    }
}

#[test]
fn a_rollback_of_an_action_that_is_not_there_says_so() {
    let mut world = World::shop();
    let wrong = Command::RollBack { action: "rolback".into(), environment: None, typed: None };
    assert!(world.refused(wrong).contains("no action `rolback`"));
}

#[test]
fn a_running_deploy_is_aborted_and_then_the_rollback_starts_by_itself() {
    let (mut world, run) = World::deploying();
    let effects = world.granted(roll_back());
    let asked =
        Effect::AskSupervisor { run: run.clone(), request: SupervisorRequest::Abort(AbortRung::Terminate) };
    assert_eq!(effects, [asked], "first the abort");
    let effects = world.report(&run, end(RunOutcome::Aborted));
    assert_eq!(starts(&effects).len(), 1, "{:?}", world.kinds());
    let told: Vec<_> = world.kinds().into_iter().filter(|kind| kind.starts_with("run.")).collect();
    assert_eq!(told, ["run.requested", "run.started", "run.abort_requested", "run.ended", "run.requested"]);
}

#[test]
fn a_rollback_does_not_wait_for_a_supervisor_that_died() {
    let (mut world, run) = World::deploying();
    world.granted(roll_back());
    let lost = world.report(&run, RunReport::Lost { reason: Untrusted::new("no process") });
    assert_eq!(starts(&lost).len(), 1, "it waited for an end that never comes");
    let (mut world, run) = World::deploying();
    world.report(&run, RunReport::Lost { reason: Untrusted::new("no process") });
    assert_eq!(starts(&world.granted(roll_back())).len(), 1);
}

#[test]
fn an_active_run_of_another_cockpit_is_picked_up_aborted_and_rolled_back() {
    let (mut world, run) = World::deploying();
    let bob = world.sit(SHOP, "bob", Presence::Command);
    let effects = world.ask_as(bob, "bob", roll_back());
    assert_eq!(effects[0], Effect::AdoptRun { run: run.clone() });
    assert!(matches!(&effects[1], Effect::AskSupervisor { request: SupervisorRequest::Abort(_), .. }));
    let effects = world.report_to(bob, &run, end(RunOutcome::Aborted));
    assert_eq!(starts(&effects).len(), 1);
}

#[test]
fn pressed_in_two_cockpits_at_once_two_rollbacks_never_run_beside_each_other() {
    let mut world = World::shop();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    let first = starts(&world.ask_as(bob, "bob", roll_back())).pop().expect("it starts");
    let effects = world.granted(roll_back());
    assert_eq!(starts(&effects), [""; 0], "this screen had not heard of Bob's");
    assert!(effects.contains(&Effect::AdoptRun { run: first.clone() }), "{effects:?}");
    assert_eq!(starts(&world.report(&first, end(RunOutcome::Aborted))).len(), 1);
}

#[test]
fn pressed_twice_a_rollback_starts_once() {
    let mut world = World::shop();
    let press = || Input::Command { author: person("ann"), command: roll_back() };
    let mut todo = world.give_raw(0, press());
    todo.extend(world.give_raw(0, press()));
    let started: Vec<_> = todo.into_iter().flat_map(|effect| starts(&world.store(0, effect))).collect();
    assert_eq!((started.len(), world.count("run.requested")), (1, 1));
    assert_eq!(world.engine().refusal(), None);
}

#[test]
fn a_deploy_on_its_way_to_the_disk_does_not_start_beside_a_rollback() {
    let mut world = World::approved();
    let deploy = world.deploy_command();
    let first = world.give_raw(0, Input::Command { author: person("ann"), command: deploy }).remove(0);
    let second = world.give_raw(0, Input::Command { author: person("ann"), command: roll_back() }).remove(0);
    let end_of_deploy = world.store(0, first);
    assert_eq!(starts(&end_of_deploy), [""; 0], "the deploy was asked for, and never begins");
    assert_eq!(starts(&world.store(0, second)).len(), 1);
    for effect in end_of_deploy {
        if matches!(effect, Effect::Append { .. }) {
            world.store(0, effect);
        }
    }
    let (_, ended) = world.session().runs[0].ended.clone().expect("one end");
    assert_eq!(ended.outcome, RunOutcome::Aborted);
}

#[test]
fn without_a_record_it_wants_the_environments_name_and_goes_to_the_journal() {
    let (mut world, _run) = World::deployed();
    world.give(0, broken());
    let offer = world.engine().rollback_offers(world.now).remove(0);
    assert!(offer.warnings.iter().any(|warning| warning.contains("not recorded")));
    assert_eq!(offer.stays, ["the new column stays"]);
    assert!(world.refused(roll_back()).contains("type the environment's name"));
    let lines = world.disk.len();
    let run = starts(&world.granted(roll_back_typed())).pop().expect("it starts");
    world.report(&run, RunReport::Started { pid: 8, host: "here".to_owned() });
    world.report(&run, end(RunOutcome::Failed));
    world.report(&run, end(RunOutcome::Failed));
    assert_eq!(world.disk.len(), lines);
    let told: Vec<_> = kinds(&world.journal).into_iter().filter(|kind| kind.starts_with("run.")).collect();
    assert_eq!(told, ["run.requested", "run.started", "run.ended"]);
    assert!(!world.session().run(&run).expect("known").is_active());
    assert_eq!(starts(&world.granted(roll_back_typed())).len(), 1, "and again, for it failed");
}

#[test]
fn a_run_that_only_the_journal_knows_is_not_taken_for_one_of_another_cockpit() {
    let (mut world, _run) = World::deployed();
    world.give(0, broken());
    let run = starts(&world.granted(roll_back_typed())).pop().expect("it starts from the journal");
    world.report(&run, end(RunOutcome::Failed));
    world.give(0, Input::RecordState(RecordState::Writable));
    assert_eq!(starts(&world.granted(roll_back_typed())).len(), 1, "recorded again, and it starts");
}

#[test]
fn when_the_disk_fills_up_under_it_the_second_press_goes_to_the_journal() {
    let mut world = World::shop();
    world.mood = Mood::Broken;
    assert_eq!(starts(&world.ask(roll_back())), [""; 0]);
    let told = &world.engine().refusal().expect("refused").text;
    assert!(told.contains("Press B again"), "{told}");
    assert!(told.contains("gonogo rollback --confirm production"), "{told}");
    assert_eq!(starts(&world.granted(roll_back_typed())).len(), 1);
}

#[test]
fn a_confirmed_rollback_is_not_asked_again_when_the_disk_fills_up_during_the_abort() {
    let (mut world, run) = World::deploying();
    world.granted(roll_back());
    world.give(0, broken());
    let effects = world.report(&run, end(RunOutcome::Aborted));
    assert_eq!(starts(&effects).len(), 1);
}

#[test]
fn an_abort_that_cannot_be_recorded_is_not_refused_and_the_rollback_after_it_starts() {
    let (mut world, run) = World::deploying();
    let bob = world.sit(SHOP, "bob", Presence::Command);
    world.mood = Mood::Busy;
    let effects = world.ask_as(bob, "bob", roll_back_typed());
    let asked =
        Effect::AskSupervisor { run: run.clone(), request: SupervisorRequest::Abort(AbortRung::Terminate) };
    assert!(effects.contains(&asked), "{effects:?}");
    assert_eq!(world.seats[bob].engine.refusal(), None, "the supervisor was asked: nothing was refused");
    assert_eq!(kinds(&world.journal), ["run.abort_requested"]);
    let effects = world.report_to(bob, &run, end(RunOutcome::Aborted));
    assert_eq!(starts(&effects).len(), 1, "its end is not in the record, and nothing waits for that");
    assert_eq!(world.count("run.ended"), 0);
}

#[test]
fn a_rollback_in_the_journal_outlives_a_record_that_is_read_anew() {
    let (mut world, _run) = World::deployed();
    world.give(0, broken());
    let run = starts(&world.granted(roll_back_typed())).pop().expect("it starts");
    // After a failed write the store reads the whole record again.
    let events = world.disk.clone();
    world.give(0, Input::EventsArrived { events, reload: true });
    world.report(&run, RunReport::Started { pid: 8, host: "here".to_owned() });
    world.report(&run, end(RunOutcome::Succeeded));
    let told: Vec<_> = kinds(&world.journal).into_iter().filter(|kind| kind.starts_with("run.")).collect();
    assert_eq!(told, ["run.requested", "run.started", "run.ended"]);
    let events = world.disk.iter().chain(&world.journal).cloned().collect();
    world.give(0, Input::EventsArrived { events, reload: true });
    assert_eq!(world.session().runs.len(), 2, "taken over, it is there once");
}

#[test]
fn an_end_that_a_broken_record_cannot_take_is_in_no_journal_and_once_in_the_record_when_it_heals() {
    let (mut world, run) = World::deploying();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    for seat in [0, bob] {
        world.give(seat, broken());
        world.report_to(seat, &run, end(RunOutcome::Aborted));
        assert_eq!(
            world.seats[seat].engine.live_run(&run).and_then(|live| live.over),
            Some(RunOutcome::Aborted)
        );
    }
    assert_eq!((kinds(&world.journal).len(), world.count("run.ended")), (0, 0));
    for name in ["cid", "dan"] {
        let seat = world.sit(SHOP, name, Presence::Screen);
        world.report_to(seat, &run, end(RunOutcome::Aborted));
    }
    assert_eq!(world.count("run.ended"), 1);
}

#[test]
fn a_rollback_in_the_journal_is_picked_up_by_the_next_cockpit_and_settled_there() {
    let (mut world, _run) = World::deployed();
    world.give(0, broken());
    let run = starts(&world.granted(roll_back_typed())).pop().expect("it starts");
    let next = world.sit(SHOP, "ann", Presence::Screen);
    let now = world.now;
    assert_eq!(world.seats[next].engine.open(now), [Effect::AdoptRun { run: run.clone() }]);
    world.report_to(next, &run, RunReport::Lost { reason: Untrusted::new("no process") });
    let settle =
        Command::SettleRun { run: run.clone(), outcome: RunOutcome::Failed, reason: "looked".to_owned() };
    world.ask_as(next, "ann", settle);
    assert_eq!(world.seats[next].engine.refusal(), None);
    assert_eq!(kinds(&world.journal).last(), Some(&"run.ended"));
    let after = world.sit(SHOP, "ann", Presence::Screen);
    assert_eq!(world.seats[after].engine.open(now), []);
}

#[test]
fn a_closed_session_is_not_written_to_and_its_rollback_has_one_end_in_the_journal() {
    let mut world = World::approved();
    world.granted(Command::Close { reason: None });
    let lines = world.disk.len();
    let run = starts(&world.granted(roll_back())).pop().expect("it starts");
    world.report(&run, end(RunOutcome::Succeeded));
    assert_eq!(world.disk.len(), lines);
    assert_eq!(kinds(&world.journal).last(), Some(&"run.ended"));
}

#[test]
fn a_confirmed_rollback_that_neither_record_nor_journal_takes_starts_once_and_says_what_to_write_down() {
    let mut world = World::shop();
    world.mood = Mood::Nowhere;
    let run = starts(&world.granted(roll_back_typed())).pop().expect("it starts all the same");
    let told: Vec<_> = world.engine().notices().map(|notice| notice.text.raw().to_owned()).collect();
    assert!(told.iter().any(|text| text.contains("write this down") && text.contains(&run)), "{told:?}");
    assert!(world.session().run(&run).expect("followed and aborted like any other").is_active());
    world.report(&run, end(RunOutcome::Succeeded));
    assert_eq!(world.engine().live_run(&run).and_then(|live| live.over), Some(RunOutcome::Succeeded));
    assert!(world.engine().pending().is_empty());
}

#[test]
fn without_an_environment_there_is_no_name_to_type_and_the_confirmation_is_enough() {
    let mut world = World::shop();
    world.mood = Mood::Broken;
    let back = Command::RollBack { action: "rollback".into(), environment: None, typed: None };
    assert_eq!(starts(&world.granted(back)).len(), 1, "nobody could ever confirm it otherwise");
    assert!(kinds(&world.journal).contains(&"run.requested"));
}

#[test]
fn what_could_not_be_saved_while_the_question_was_open_does_not_refuse_its_answer() {
    let mut world = World::shop();
    world.mood = Mood::Busy;
    world.ask(super::plays::tick("notes"));
    world.mood = Mood::Works;
    assert_eq!(starts(&world.granted(roll_back())).len(), 1, "the record is tried first");
    assert_eq!(world.count("run.requested"), 1);
    let mut world = World::shop();
    world.mood = Mood::Busy;
    assert!(world.refused(roll_back()).contains("Press B again"));
    assert!(world.refused(roll_back()).contains("type the environment's name"), "now it is known");
    assert_eq!(starts(&world.granted(roll_back_typed())).len(), 1);
}

/// The shop with a rollback of so many scripts, each so long.
fn scripted(steps: usize, bytes: usize) -> World {
    let script = |number: usize| {
        format!(
            "  [[actions.rollback.steps]]\n  id = \"script-{number}\"\n  script = \"\"\"\n{}\"\"\"\n",
            "# a line\n".repeat(bytes / 9)
        )
    };
    let scripts: String = (0..steps).map(script).collect();
    let title = "title = \"Roll back to {previous_version}\"\n";
    let mut world = World::of(&SHOP.replace(title, &format!("{title}{scripts}")), Presence::Screen);
    world.trust();
    world
}

#[test]
fn a_rollback_with_long_scripts_can_be_recorded_and_says_what_its_line_leaves_out() {
    for (steps, bytes) in [(1, 40_000), (5, 9_000), (100, 1_000)] {
        let mut world = scripted(steps, bytes);
        let run = starts(&world.granted(roll_back())).pop().expect("it starts");
        let requested = world.session().run(&run).expect("recorded").requested.clone();
        assert!(requested.steps[0].command.ends_with("bytes left out)"), "{}", requested.steps[0].command);
        let event = crate::session::event::Event::RunRequested(requested);
        let data = crate::session::decode::data_of(&event).expect("no text is too long");
        let mut line = String::new();
        crate::session::reader::write_inline(&mut line, &data);
        assert!(line.len() < 60_000, "{steps} steps: {} bytes", line.len());
    }
}

#[test]
fn after_a_rollback_everything_is_measured_with_its_plan() {
    let check = "check = { http = { url = \"http://localhost:8000/again\", status = 200 } }";
    let title = "title = \"The shop sells again\"";
    let mut world = World::of(&SHOP.replace(title, &format!("{title}\n  {check}")), Presence::Screen);
    world.trust();
    let asks = |effects: &[Effect]| measures(effects).iter().any(|(_, item)| item == "ready-again");
    assert!(!asks(&world.granted(Command::MeasureAll)), "nothing was rolled back");
    let run = starts(&world.granted(roll_back())).remove(0);
    world.report(&run, end(RunOutcome::Succeeded));
    assert!(asks(&world.granted(Command::MeasureAll)));
}
