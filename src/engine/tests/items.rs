//! What people do about items, notes and the release.

use super::plays::{roll_back, tick, untick};
use super::world::{SHOP, World, item, person};
use crate::engine::command::Command;
use crate::engine::effect::{Effect, MeasureId};
use crate::engine::input::{Input, RunReport};
use crate::engine::presence::Presence;
use crate::rules::standing::ItemState;
use crate::rules::verdict::VerdictWord;
use crate::session::status::{CheckStatus, RunOutcome, WaiverForm};

fn waive(name: &str, reason: &str) -> Command {
    Command::Waive { item: item(name), reason: reason.to_owned(), form: WaiverForm::Waived }
}

#[test]
fn a_tick_counts_once_it_is_stored_and_shows_that_it_is_being_saved() {
    let mut world = World::shop();
    let effects = world.give_raw(0, Input::Command { author: person("ann"), command: tick("notes") });
    assert_eq!(world.standing("notes").state, ItemState::Open);
    assert!(world.engine().pending().touches(&item("notes")));
    for effect in effects {
        world.store(0, effect);
    }
    let standing = world.standing("notes");
    assert_eq!((standing.state, standing.by.as_deref()), (ItemState::Ticked, Some("ann@shop.example")));
    assert!(world.engine().pending().is_empty());
}

#[test]
fn a_refused_append_leaves_nothing_claimed_and_says_who_was_first() {
    let mut world = World::shop();
    let bob = world.sit(SHOP, "bob", Presence::Screen);
    world.ask_as(bob, "bob", tick("notes"));
    world.ask(tick("notes"));
    let told = &world.engine().refusal().expect("refused").text;
    assert!(told.contains("bob@shop.example ticked notes meanwhile"), "{told}");
    assert!(world.engine().pending().is_empty());
    assert_eq!(world.count("item.ticked"), 1);
    assert_eq!(world.standing("notes").by.as_deref(), Some("bob@shop.example"), "and it caught up");
}

#[test]
fn each_kind_of_item_is_done_in_its_own_way() {
    let mut world = World::shop();
    for (name, why) in [
        ("ready", "does not pass"),
        ("up", "does not pass"),
        ("approve", "signing off"),
        ("deploy", "running deploy"),
        ("hurry", "not asked for"),
        ("tried", "it needs “Release notes” first"),
        ("noted", "did you mean `notes`?"),
    ] {
        let told = world.refused(tick(name));
        assert!(told.contains(why), "{name}: {told}");
    }
    world.granted(tick("notes"));
    assert!(world.refused(tick("notes")).contains("already"));
    let bare = Command::Tick { item: item("tried"), evidence: Some("  ".to_owned()) };
    assert!(world.refused(bare).contains("a note"));
    world.granted(tick("tried"));
    assert!(world.refused(untick("nice")).contains("is open"));
    world.granted(untick("notes"));
    assert_eq!(world.standing("notes").state, ItemState::Open);
}

#[test]
fn an_item_with_a_window_is_ticked_by_a_person() {
    let (mut world, _run) = World::deployed();
    assert_eq!(world.word(), VerdictWord::Watch);
    world.granted(tick("watch"));
    assert_eq!(world.standing("watch").state, ItemState::Ticked);
    world.granted(tick("looked"));
    assert_eq!(world.word(), VerdictWord::Healthy);
}

#[test]
fn items_of_a_plan_are_ticked_after_the_rollback() {
    let (mut world, _run) = World::deployed();
    let run = super::plays::starts(&world.granted(roll_back())).pop().expect("starts");
    world.report(&run, super::plays::end(RunOutcome::Succeeded));
    world.granted(tick("ready-again"));
    assert_eq!(world.standing("ready-again").state, ItemState::Ticked);
    assert_eq!(world.standing("deploy").state, ItemState::Open, "rolled back since");
    assert_eq!(world.verdict().total, 5, "a plan is never part of the forward sequence");
}

#[test]
fn an_item_is_set_aside_only_with_a_reason_and_a_sign_off_never() {
    let mut world = World::shop();
    assert!(world.refused(waive("notes", " \n")).contains("the reason is missing"));
    assert!(world.refused(waive("approve", "no time")).contains("never waived"));
    world.granted(waive("notes", "nothing changed for users"));
    let standing = world.standing("notes");
    assert_eq!((standing.state, standing.reason.raw()), (ItemState::Waived, "nothing changed for users"));
    assert!(world.refused(tick("notes")).contains("take that back first"));
    world.answer(MeasureId(1), "ready", CheckStatus::Fail);
    world.granted(waive("ready", "the probe is wrong, see ticket 7"));
    assert_eq!(world.standing("ready").state, ItemState::Waived);
    world.granted(Command::Undo);
    assert_eq!(world.standing("ready").state, ItemState::Fail);
}

#[test]
fn undo_takes_back_only_what_is_ones_own_latest_first_and_nothing_twice() {
    let mut world = World::shop();
    world.granted(tick("notes"));
    world.ask_as(0, "bob", tick("nice"));
    world.granted(Command::Note { item: None, text: "coffee".to_owned() });
    world.granted(Command::Undo);
    assert!(world.session().notes[0].undone);
    world.granted(Command::Undo);
    assert_eq!(world.standing("notes").state, ItemState::Open);
    assert!(world.refused(Command::Undo).contains("nothing") || world.engine().refusal().is_some());
    assert_eq!(world.standing("nice").state, ItemState::Ticked, "Bob's stays");
}

#[test]
fn two_undos_in_a_row_take_two_things_back_even_before_the_first_is_stored() {
    let mut world = World::shop();
    world.granted(tick("notes"));
    world.granted(tick("nice"));
    let undo = || Input::Command { author: person("ann"), command: Command::Undo };
    let mut todo = world.give_raw(0, undo());
    todo.extend(world.give_raw(0, undo()));
    for effect in todo {
        world.store(0, effect);
    }
    assert_eq!(world.standing("nice").state, ItemState::Open);
    assert_eq!(world.standing("notes").state, ItemState::Open);
}

#[test]
fn what_is_needed_may_be_an_item_or_a_whole_phase() {
    let mut world = World::shop();
    let source = SHOP.replace("needs = [\"deploy\"]", "needs = [\"phase:prepare\"]");
    let mut phases = World::of(&source, Presence::Screen);
    let told = phases.refused(tick("looked"));
    assert!(told.contains("Release notes"), "{told}");
    phases.granted(tick("notes"));
    phases.granted(tick("tried"));
    phases.granted(tick("looked"));
    assert!(world.refused(tick("looked")).contains("Deploy 1.1.0"));
}

#[test]
fn what_is_not_asked_for_is_out_of_the_verdict_and_not_required_never_counts() {
    let world = World::approved();
    assert_eq!(world.standing("hurry").state, ItemState::Skipped);
    assert_eq!(world.standing("nice").state, ItemState::Open);
    assert_eq!(world.word(), VerdictWord::Go);
}

#[test]
fn a_group_is_done_when_what_it_requires_is() {
    let source = "format = 1\nid = \"g\"\ntitle = \"G\"\n[variables.version]\nkind = \"semver\"\n[variables.previous_version]\nkind = \"semver\"\n\
        [variables.urgent]\n[[phases]]\nid = \"p\"\ntitle = \"P\"\n[[phases.items]]\nid = \"group\"\ntitle = \"Group\"\n\
        [[phases.items.items]]\nid = \"must\"\ntitle = \"Must\"\n[[phases.items.items]]\nid = \"may\"\ntitle = \"May\"\nrequired = false\n";
    let mut world = World::of(source, Presence::Screen);
    world.trust();
    assert!(world.refused(tick("group")).contains("when its items are"));
    world.granted(tick("must"));
    assert_eq!(world.standing("group").state, ItemState::Ticked);
    assert_eq!(world.word(), VerdictWord::Go);
}

#[test]
fn of_alternatives_one_is_done_and_the_others_are_not_chosen() {
    let source = "format = 1\nid = \"g\"\ntitle = \"G\"\n[variables.version]\n[variables.previous_version]\n\
        [variables.urgent]\n[[phases]]\nid = \"p\"\ntitle = \"P\"\n[[phases.sections]]\nid = \"s\"\ntitle = \"S\"\n\
        choose = \"one\"\nitems = [{ id = \"own\", title = \"Own\" }, { id = \"rented\", title = \"Rented\", items = [\
        { id = \"booked\", title = \"Booked\" }, { id = \"paid\", title = \"Paid\" }] }]\n";
    let mut world = World::of(source, Presence::Screen);
    world.trust();
    assert_eq!(world.standing("own").state, ItemState::Open);
    assert_eq!(world.word(), VerdictWord::NoGo, "one of them is wanted");
    world.granted(tick("own"));
    for other in ["rented", "booked", "paid"] {
        let standing = world.standing(other);
        assert_eq!(standing.state, ItemState::Skipped, "{other}");
        assert_eq!(standing.reason.raw(), "not chosen: “Own” was");
    }
    assert_eq!(world.word(), VerdictWord::Go);
    assert!(world.refused(tick("booked")).contains("not chosen"));
    world.granted(untick("own"));
    world.granted(tick("booked"));
    assert_eq!(world.standing("own").state, ItemState::Skipped, "begun is chosen");
    assert_eq!(world.standing("rented").state, ItemState::Open);
    assert_eq!(world.word(), VerdictWord::NoGo);
    world.granted(tick("paid"));
    assert_eq!(world.word(), VerdictWord::Go);
}

#[test]
fn a_hold_holds_until_it_is_lifted() {
    let mut world = World::approved();
    world.refused(Command::Hold { reason: String::new() });
    world.granted(Command::Hold { reason: "the database team asked".to_owned() });
    assert_eq!(world.word(), VerdictWord::Hold);
    let deploy = world.deploy_command();
    assert!(world.refused(deploy).contains("the database team asked"));
    world.granted(Command::LiftHold { reason: None });
    assert_eq!(world.word(), VerdictWord::Go);
    world.refused(Command::LiftHold { reason: None });
}

#[test]
fn a_session_closes_once_and_not_while_something_runs() {
    let (mut world, run) = World::deploying();
    assert!(world.refused(Command::Close { reason: None }).contains("deploy is running"));
    world.report(&run, RunReport::NotStarted { reason: "no such program".into() });
    world.granted(Command::Close { reason: None });
    for late in [tick("nice"), Command::Undo, Command::Close { reason: None }] {
        assert!(world.refused(late).contains("was closed by ann@shop.example"));
    }
}

#[test]
fn a_typed_text_is_kept_until_it_is_sent() {
    let mut world = World::shop();
    let keep = |text: &str| Command::KeepDraft { field: "note".to_owned(), text: text.to_owned() };
    let saved = Effect::SaveDraft { field: "note".to_owned(), text: "half a sen".to_owned() };
    assert_eq!(world.granted(keep("half a sen")), [saved]);
    assert_eq!(world.engine().draft("note"), Some("half a sen"));
    world.granted(keep(""));
    assert_eq!(world.engine().draft("note"), None);
    world.give(0, Input::DraftLoaded { field: "note".to_owned(), text: "found".to_owned() });
    assert_eq!(world.engine().draft("note"), Some("found"));
}
