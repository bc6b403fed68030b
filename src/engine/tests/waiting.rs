//! Checks that need something: not measured before it is done, and saying what they wait for.

use super::plays::{container, measures, tick};
use super::world::{SHOP, World, item};
use crate::engine::command::Command;
use crate::engine::effect::Timer;
use crate::engine::input::Input;
use crate::engine::presence::Presence;
use crate::rules::observed::ContainerRunState;
use crate::rules::standing::ItemState;
use crate::rules::verdict::Weight;
use crate::session::status::CheckStatus;

/// The shop, where `ready` needs these.
fn world(needs: &str, presence: Presence) -> (World, Vec<(crate::engine::effect::MeasureId, String)>) {
    let source = SHOP.replace("every = \"1m\"", &format!("every = \"1m\"\n  needs = [{needs}]"));
    let mut world = World::of(&source, presence);
    let asked = measures(&world.trust());
    (world, asked)
}

#[test]
fn a_check_whose_need_is_open_is_not_measured_and_says_what_it_waits_for() {
    let (mut world, asked) = world("\"notes\"", Presence::Screen);
    assert_eq!(asked, []);
    let standing = world.standing("ready");
    assert_eq!((standing.state, standing.reason.raw()), (ItemState::Open, "waits for “Release notes”"));
    let reasons = world.verdict().reasons;
    let about = reasons.iter().find(|reason| reason.item == Some(item("ready"))).expect("a reason");
    assert_eq!(about.weight, Weight::Unknown);
    assert_eq!(measures(&world.give(0, Input::TimerFired(Timer::Measure(item("ready"))))), []);
    assert_eq!(measures(&world.granted(Command::Measure { items: vec![item("ready")] })), []);
    assert!(!world.engine().is_busy(), "nothing is waited for");
    let said = world.engine().notices().any(|notice| notice.text.raw().contains("waits for “Release notes”"));
    assert!(said);
    assert_eq!(measures(&world.granted(tick("notes"))).len(), 1, "measured as soon as it may be");
}

#[test]
fn a_result_counts_no_longer_when_what_it_needs_is_taken_back() {
    let (mut world, _asked) = world("\"notes\"", Presence::Screen);
    let asked = measures(&world.granted(tick("notes")));
    world.answer(asked[0].0, "ready", CheckStatus::Pass);
    assert_eq!(world.standing("ready").state, ItemState::Pass);
    world.granted(super::plays::untick("notes"));
    assert_eq!(world.standing("ready").state, ItemState::Open);
}

#[test]
fn what_a_person_asked_for_is_measured_once_the_check_it_needs_has_passed() {
    let (mut world, _asked) = world("\"up\"", Presence::Watching);
    assert_eq!(measures(&world.granted(Command::MeasureAll)), [], "the daemon was not heard yet");
    assert!(world.engine().measuring().awaits(&item("ready")));
    let asked = measures(&world.docker(1, vec![container("a", ContainerRunState::Running)]));
    assert_eq!(asked.len(), 1);
    world.answer(asked[0].0, "ready", CheckStatus::Pass);
    assert_eq!(world.standing("ready").state, ItemState::Pass);
}

#[test]
fn what_a_person_asked_for_is_given_up_when_the_check_it_needs_fails() {
    let (mut world, _asked) = world("\"up\"", Presence::Watching);
    world.granted(Command::MeasureAll);
    world.docker(1, vec![container("a", ContainerRunState::Exited)]);
    assert!(!world.engine().is_busy());
    assert_eq!(world.standing("ready").reason.raw(), "waits for “Web runs”");
}

#[test]
fn a_chain_of_needs_is_followed_to_its_beginning() {
    let source = SHOP
        .replace("every = \"1m\"", "every = \"1m\"\n  needs = [\"up\"]")
        .replace("each = \"running\" } }", "each = \"running\" } }\n  needs = [\"notes\"]");
    let mut world = World::of(&source, Presence::Screen);
    world.trust();
    world.granted(tick("notes"));
    let asked = measures(&world.docker(1, vec![container("a", ContainerRunState::Running)]));
    world.answer(asked[0].0, "ready", CheckStatus::Pass);
    assert_eq!(world.standing("ready").state, ItemState::Pass);
    world.granted(super::plays::untick("notes"));
    assert_eq!(world.standing("ready").reason.raw(), "waits for “Web runs”");
}
