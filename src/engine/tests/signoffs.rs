//! Sign-offs: fingerprint, age, roles, and the person who approved alone.

use chrono::TimeDelta;

use super::plays::{measures, tick, untick};
use super::world::{SHOP, World, item};
use crate::engine::input::Input;
use crate::engine::presence::Presence;
use crate::rules::standing::ItemState;
use crate::rules::verdict::VerdictWord;
use crate::session::condition::Condition;
use crate::session::event::{Event, LogAccepted, ReleaseStarted, UpkeepEvent};
use crate::session::hash::Hash;
use crate::session::status::{CheckStatus, Decision};

#[test]
fn another_version_makes_every_approval_stale() {
    let mut world = World::approved();
    let mut values = world.session().values.clone();
    values.insert("version".to_owned(), "1.1.1".to_owned());
    world.write("bob", Event::ReleaseStarted(ReleaseStarted { values, commit: None }));
    world.hear(0);
    let standing = world.standing("approve");
    assert_eq!(standing.state, ItemState::Stale);
    assert!(standing.reason.raw().contains("it was for fingerprint"), "{}", standing.reason.raw());
    assert_eq!(world.standing("ready").state, ItemState::Stale, "and every result");
    assert_ne!(world.word(), VerdictWord::Go);
}

#[test]
fn another_command_changes_the_fingerprint_and_another_title_of_an_item_does_not() {
    let hash = |source: &str| {
        let world = World::of(source, Presence::Screen);
        world.engine().signoff_fingerprint(world.now, &item("approve")).expect("a sign-off").hash
    };
    let now = hash(SHOP);
    assert_eq!(now, hash(SHOP));
    for change in [("\"migrate\"]", "\"migrate\", \"--force\"]"), ("\"{previous_version}\"]", "\"0.9.0\"]")] {
        assert_ne!(now, hash(&SHOP.replace(change.0, change.1)), "{change:?}");
    }
}

#[test]
fn an_approval_is_stale_after_its_time() {
    let mut world = World::approved();
    world.now += TimeDelta::hours(24);
    assert_eq!(world.standing("approve").state, ItemState::Approved);
    world.pass(1);
    assert_eq!(world.standing("approve").state, ItemState::Stale);
}

#[test]
fn only_members_sign_and_only_for_roles_that_are_asked() {
    let mut world = World::prepared();
    for (who, role) in [("cid", "lead"), ("bob", "qa"), ("ann", "chief")] {
        let lines = world.disk.len();
        world.decide(who, role, Decision::Approve);
        assert_eq!(world.disk.len(), lines, "{who} as {role}");
    }
}

#[test]
fn a_rejection_stands_until_its_author_withdraws_it() {
    let mut world = World::approved();
    world.decide("cid", "qa", Decision::Reject);
    let standing = world.standing("approve");
    assert_eq!((standing.state, standing.reason.raw()), (ItemState::Rejected, "cid@shop.example: because"));
    assert_eq!(world.word(), VerdictWord::NoGo);
    world.decide("ann", "qa", Decision::Approve);
    assert_eq!(world.word(), VerdictWord::NoGo, "another approval does not outvote it");
    world.decide("cid", "qa", Decision::Withdraw);
    assert_eq!(world.word(), VerdictWord::Go);
    let lines = world.disk.len();
    world.decide("cid", "qa", Decision::Withdraw);
    assert_eq!(world.disk.len(), lines, "there is nothing left to withdraw");
}

#[test]
fn who_approved_alone_cannot_deploy_to_a_protected_environment() {
    let source = SHOP.replace("roles = [\"lead\", \"qa\"]", "roles = [\"lead\"]");
    let mut world = World::of(&source, Presence::Screen);
    let asked = world.trust();
    world.answer(measures(&asked)[0].0, "ready", CheckStatus::Pass);
    world.docker(1, vec![super::plays::container("a", crate::rules::observed::ContainerRunState::Running)]);
    world.granted(tick("notes"));
    world.granted(tick("tried"));
    world.decide("bob", "lead", Decision::Approve);
    world.decide("bob", "lead", Decision::Withdraw);
    world.decide("ann", "lead", Decision::Approve);
    assert_eq!(world.word(), VerdictWord::Go);
    let deploy = world.deploy_command();
    let told = world.refused(deploy.clone());
    assert!(told.contains("ann@shop.example is the only approver"), "a withdrawn approval is none: {told}");
    world.ask_as(0, "bob", deploy);
    assert_eq!(
        world.count("run.requested"),
        1,
        "Bob may: the rule looks at who asks, not at whose screen it is"
    );
}

#[test]
fn a_record_that_lacks_what_was_seen_is_never_go_and_takes_ticks_until_it_is_whole_again() {
    let mut world = World::approved();
    assert_eq!(world.word(), VerdictWord::Go);
    world.give(
        0,
        Input::RecordCondition(Condition {
            lost: vec![Hash::of(b"one"), Hash::of(b"two")],
            ..Condition::default()
        }),
    );
    assert_ne!(world.word(), VerdictWord::Go);
    let reasons = world.verdict().reasons;
    assert!(
        reasons.iter().any(|reason| reason.text.raw().contains("lacks at least 2 events")),
        "{reasons:?}"
    );
    let lines = world.disk.len();
    world.granted(untick("notes"));
    world.granted(tick("notes"));
    assert_eq!(world.disk.len(), lines + 2);
    let events = world.disk.clone();
    world.give(0, Input::EventsArrived { events, reload: true });
    world.give(0, Input::RecordCondition(Condition::default()));
    assert_eq!(world.word(), VerdictWord::Go, "{:?}", world.verdict());
}

#[test]
fn a_decision_made_meanwhile_stops_a_deploy_at_the_lock() {
    for undo in [false, true] {
        let mut world = World::approved();
        let bob = world.sit(SHOP, "bob", Presence::Command);
        if undo {
            world.ask_as(bob, "ann", super::plays::untick("notes"));
        } else {
            let hold = crate::engine::command::Command::Hold { reason: "wait".to_owned() };
            world.ask_as(bob, "bob", hold);
        }
        let deploy = world.deploy_command();
        world.ask(deploy);
        assert_eq!(world.count("run.requested"), 0, "this screen had not heard of it yet");
        assert!(world.engine().refusal().is_some_and(|no| no.text.starts_with("not recorded")));
    }
}

#[test]
fn a_whole_record_read_again_tells_only_what_was_not_known() {
    let mut world = World::prepared();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    let hold = crate::engine::command::Command::Hold { reason: "wait".to_owned() };
    world.ask_as(bob, "bob", hold);
    let told = |world: &World| {
        world.engine().notices().filter(|notice| notice.text.raw().contains("holds the release")).count()
    };
    for _ in 0..2 {
        let events = world.disk.clone();
        world.give(0, crate::engine::input::Input::EventsArrived { events, reload: true });
        assert_eq!(told(&world), 1, "once, and never again");
    }
}

#[test]
fn what_is_gone_stands_against_go_until_a_person_goes_on_without_it() {
    let mut world = World::approved();
    let gone = Hash::of(b"gone");
    let condition = Condition { missing: vec![gone], ..Condition::default() };
    world.give(0, Input::RecordCondition(condition));
    assert_ne!(world.word(), VerdictWord::Go);
    let reasons = world.verdict().reasons;
    assert!(reasons.iter().any(|reason| reason.text.raw().contains("1 event is missing")), "{reasons:?}");
    let accepted = LogAccepted { missing: vec![gone.to_string()], reason: "seen by all".to_owned() };
    world.write("bob", Event::Upkeep(UpkeepEvent::LogAccepted(accepted)));
    world.hear(0);
    assert_eq!(world.word(), VerdictWord::Go, "{:?}", world.verdict());
}
