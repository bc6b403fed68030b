//! Containers and daemons: late answers, transitions, what is gone and what is only not heard.

use super::plays::container;
use super::world::{SHOP, World, production};
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::{Input, Viewing};
use crate::engine::log_source::LogSource;
use crate::engine::presence::Presence;
use crate::rules::observed::ContainerRunState::{self, Exited, Running};
use crate::rules::standing::ItemState;

fn changed(generation: u64, id: &str, state: ContainerRunState) -> Input {
    let container = Box::new(container(id, state));
    Input::ContainerChanged { environment: production(), generation, container }
}

#[test]
fn a_change_of_a_container_is_recorded_once_by_whichever_cockpit_saw_it_first() {
    let mut world = World::prepared();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    let lines = world.count("check.changed");
    for (seat, state) in [(0, Exited), (0, Exited), (0, Running)] {
        world.give(seat, changed(1, "a", state));
    }
    assert_eq!(world.count("check.changed"), lines + 2, "fail, then pass");
    world.hear(bob);
    assert_eq!(world.seats[bob].engine.session(), world.session());
}

#[test]
fn a_daemon_that_is_not_heard_makes_it_unknown_and_one_that_has_removed_it_makes_it_fail() {
    let mut lost = World::prepared();
    let lines = lost.disk.len();
    let effects = lost.docker_lost(1);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Alert { .. })));
    assert_eq!(lost.standing("up").state, ItemState::Stale);
    assert_eq!(lost.disk.len(), lines, "not being heard is no result");
    let mut gone = World::prepared();
    gone.give(0, Input::ContainerGone { environment: production(), generation: 1, id: "a".to_owned() });
    assert_eq!(gone.standing("up").state, ItemState::Fail);
    gone.docker(2, Vec::new());
    assert_eq!(gone.standing("up").state, ItemState::Fail, "and an empty list says the same");
}

#[test]
fn news_of_one_among_very_many_is_gathered_for_a_moment_and_judged_once() {
    let mut world = World::prepared();
    let many = (0..2_000).map(|number| container(&format!("a{number}"), Running)).collect();
    world.docker(2, many);
    let judge = |effects: &[Effect]| {
        let is = |effect: &&Effect| matches!(effect, Effect::SetTimer { timer: Timer::Judge(_), .. });
        effects.iter().filter(is).count()
    };
    assert_eq!(judge(&world.give(0, changed(2, "a1", Exited))), 1);
    assert_eq!(judge(&world.give(0, changed(2, "a2", Exited))), 0, "the same moment");
    assert_eq!(world.standing("up").state, ItemState::Pass, "not yet");
    world.give(0, Input::TimerFired(Timer::Judge(production())));
    assert_eq!(world.standing("up").state, ItemState::Fail);
    assert_eq!(judge(&world.give(0, changed(2, "a3", Exited))), 1, "the next moment");
}

#[test]
fn a_container_of_another_project_that_comes_and_goes_leaves_no_ghost() {
    let mut world = World::shop();
    world.docker(1, vec![container("a", Running)]);
    let mut foreign = container("z", Running);
    foreign.project = Some(crate::text::untrusted::Untrusted::new("other"));
    let foreign = Box::new(foreign);
    world.give(0, Input::ContainerChanged { environment: production(), generation: 1, container: foreign });
    let ids = |world: &World| -> Vec<String> {
        let source = &world.engine().observed().sources[&production()];
        source.containers.iter().map(|container| container.id.clone()).collect()
    };
    assert_eq!(ids(&world), ["a"], "it does not count");
    world.give(0, Input::ContainerGone { environment: production(), generation: 1, id: "z".to_owned() });
    world.docker(1, vec![container("a", Running)]);
    assert_eq!(ids(&world), ["a"], "nor when it has gone");
}

#[test]
fn what_an_older_connection_says_is_ignored() {
    let mut world = World::prepared();
    world.docker(2, vec![container("a", Running)]);
    world.give(0, changed(1, "a", Exited));
    world.docker_lost(1);
    assert_eq!(world.standing("up").state, ItemState::Pass);
}

#[test]
fn a_daemon_that_never_answered_is_unknown() {
    let mut world = World::shop();
    assert_eq!(world.standing("up").state, ItemState::Open);
    world.docker_lost(1);
    assert!(!world.standing("up").state.is_done());
}

#[test]
fn the_first_sight_is_recorded_once() {
    let mut world = World::prepared();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    assert_eq!(world.count("containers.seen"), 1);
    world.docker(2, vec![container("b", Running)]);
    world.hear(bob);
    assert_eq!(world.count("containers.seen"), 1);
    let baseline = &world.session().baselines[&production()];
    assert_eq!(baseline.first.as_ref().expect("seen").containers[0].id, "a");
}

#[test]
fn a_run_begins_with_how_the_containers_were() {
    let (world, run) = World::deploying();
    let baseline = &world.session().baselines[&production()];
    assert_eq!(baseline.before_run.as_ref().expect("seen").run.as_deref(), Some(run.as_str()));
    let kinds = world.kinds();
    let requested = kinds.iter().position(|kind| *kind == "run.requested").expect("requested");
    assert_eq!(kinds[requested - 1], "containers.seen");
}

#[test]
fn a_container_check_asked_for_waits_for_the_daemon_and_then_says_that_nobody_knows() {
    let mut world = World::of(SHOP, Presence::Command);
    world.trust();
    let asked = world.ask(crate::engine::command::Command::Measure { items: vec![super::world::item("up")] });
    assert!(asked.iter().any(|effect| matches!(effect, Effect::Watch { .. })), "{asked:?}");
    world.pass(10);
    let timer = crate::engine::effect::Timer::SourceWait(super::world::item("up"));
    world.give(0, Input::TimerFired(timer));
    assert_eq!(world.count("check.changed"), 1);
    let result = &world.session().checks[&super::world::item("up")].result;
    assert_eq!(result.status, crate::session::status::CheckStatus::Error);
    assert!(!world.standing("up").state.is_done());
}

#[test]
fn only_what_is_on_screen_is_sampled_and_followed() {
    let mut world = World::prepared();
    let source =
        crate::engine::log_source::LogSource::Container { environment: production(), id: "a".to_owned() };
    let viewing = Viewing {
        environment: Some(production()),
        containers: vec!["a".to_owned()],
        log: Some(source.clone()),
    };
    let effects = world.give(0, Input::Viewing(viewing.clone()));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Follow { .. })));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::SampleStats { containers, .. } if containers == &["a"]))
    );
    assert_eq!(world.give(0, Input::Viewing(viewing)), [], "the same view asks for nothing");
    let effects = world.give(0, Input::Viewing(Viewing::default()));
    assert!(effects.contains(&Effect::Unfollow { source }));
}

#[test]
fn a_log_on_screen_before_the_content_was_trusted_is_followed_once_it_is() {
    let mut world = World::of(SHOP, Presence::Screen);
    let log = LogSource::Container { environment: production(), id: "a".to_owned() };
    let viewing =
        Viewing { environment: Some(production()), containers: vec!["a".to_owned()], log: Some(log.clone()) };
    assert_eq!(world.give(0, Input::Viewing(viewing)), [], "nothing is fetched yet");
    let effects = world.trust();
    let follows = |effect: &Effect| matches!(effect, Effect::Follow { source, .. } if *source == log);
    assert!(effects.iter().any(follows), "{effects:?}");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::SampleStats { .. })), "{effects:?}");
    assert!(!world.trust().iter().any(follows), "once");
}
