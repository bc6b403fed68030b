//! Two clones that went on without each other: what the verdict, the gates and the next step make of it.

use super::plays::{roll_back_typed, starts, tick};
use super::world::{World, item};
use crate::checklist::action::ActionKind;
use crate::engine::command::Command;
use crate::rules::standing::ItemState;
use crate::rules::verdict::VerdictWord;
use crate::session::clones::{ended, run, signed, ticked, unticked};
use crate::session::status::Decision;

/// A green release in which two deploys were started to one place, each in its own clone.
fn two_deploys() -> World {
    let mut world = World::approved();
    let deploy = |name| run(name, ActionKind::Deploy, "production");
    world.apart([("ann", deploy("0A")), ("ben", deploy("0B"))]);
    world
}

#[test]
fn two_deploys_from_two_clones_close_the_gates_of_that_place_and_name_both() {
    let mut world = two_deploys();
    for name in ["0A", "0B"] {
        world.write("ann", ended(name));
    }
    world.hear(0);
    let command = world.deploy_command();
    let told = world.refused(command);
    for part in ["2 deploys to production", "ann@shop.example", "ben@shop.example", "hold"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let verdict = world.verdict();
    assert!(!matches!(verdict.word, VerdictWord::Go | VerdictWord::Healthy), "{:?}", verdict.word);
    assert!(verdict.reasons.iter().any(|reason| reason.about == "conflict"), "{:?}", verdict.reasons);
}

#[test]
fn a_rollback_passes_a_conflict_and_settles_it() {
    let mut world = two_deploys();
    for name in ["0A", "0B"] {
        world.write("ann", ended(name));
    }
    world.hear(0);
    assert_eq!(starts(&world.granted(roll_back_typed())).len(), 1);
    assert!(world.session().conflicts().is_empty());
}

#[test]
fn a_hold_placed_and_lifted_knowing_both_says_that_the_release_goes_on() {
    let mut world = two_deploys();
    for name in ["0A", "0B"] {
        world.write("ann", ended(name));
    }
    world.hear(0);
    world.granted(Command::Hold { reason: "two deploys".to_owned() });
    assert_eq!(world.session().conflicts().len(), 1);
    world.granted(Command::LiftHold { reason: Some("1.1.0 runs".to_owned()) });
    assert!(world.session().conflicts().is_empty());
}

#[test]
fn a_tick_that_somebody_took_back_elsewhere_is_open_until_it_is_ticked_again() {
    let mut world = World::approved();
    let name = world
        .engine()
        .checklist()
        .forward_items()
        .iter()
        .find(|at| world.session().mark(&at.item.id).is_some())
        .expect("a ticked item")
        .item
        .id
        .to_string();
    world.apart([("ann", unticked(&name)), ("ben", ticked(&name))]);
    assert_eq!(world.standing(&name).state, ItemState::Open);
    assert_ne!(world.word(), VerdictWord::Go);
    world.granted(tick(&name));
    assert_eq!(world.standing(&name).state, ItemState::Ticked);
    assert!(world.session().mark(&item(&name)).is_some() && world.session().conflicts().is_empty());
}

#[test]
fn of_an_approval_and_a_rejection_of_one_person_the_rejection_counts() {
    let mut world = World::approved();
    let asked = world
        .engine()
        .checklist()
        .forward_items()
        .iter()
        .find(|at| at.item.signoff.is_some())
        .expect("a sign-off")
        .item
        .id
        .to_string();
    let (yes, no) = (signed(&asked, Decision::Approve), signed(&asked, Decision::Reject));
    world.apart([("bob", no), ("bob", yes)]);
    assert_eq!(world.standing(&asked).state, ItemState::Rejected);
    assert_eq!(world.session().conflicts().len(), 1);
}
