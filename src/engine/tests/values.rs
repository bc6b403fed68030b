//! Values left empty at the start: asked by what needs them, given once, and never in the way of anything else.

use super::world::World;
use crate::checklist::id::{ActionId, VariableName};
use crate::engine::command::Command;
use crate::engine::presence::Presence;
use crate::session::event::{Event, ValueGiven};

const LATE: &str = r#"
format = 1
id = "late"
title = "Late"
[variables.version]
[variables.host]
kind = "word"
when_needed = true
[actions.restart]
kind = "change"
steps = [{ run = ["./restart", "{host}"] }]
[actions.look]
kind = "change"
steps = [{ script = "echo $GONOGO_HOSTS" }]
[actions.back]
kind = "rollback"
steps = [{ script = "undo \"${GONOGO_HOST}\"" }]
[[phases]]
id = "one"
title = "One"
items = [{ id = "up", title = "Up", offers = ["restart", "look"] }]
"#;

fn give(name: &str, value: &str) -> Command {
    Command::GiveValue { name: VariableName::from(name), value: value.to_owned() }
}

fn start(world: &World, action: &str) -> Command {
    let action = ActionId::from(action);
    let offer = world.engine().offer(world.now, &action, None).expect("it is there");
    Command::Start { action, environment: None, fingerprint: offer.fingerprint.hash, typed: None }
}

fn late() -> World {
    let mut world = World::of(LATE, Presence::Screen);
    world.trust();
    world
}

#[test]
fn what_needs_a_value_waits_for_it_and_nothing_else_does() {
    let mut world = late();
    assert!(world.refused(start(&world, "restart")).contains("host has no value yet"));
    let back = Command::RollBack { action: ActionId::from("back"), environment: None, typed: None };
    assert!(world.refused(back.clone()).contains("host has no value yet"));
    world.granted(give("host", "web-1"));
    assert_eq!(world.session().values.get("host").map(String::as_str), Some("web-1"));
    world.granted(start(&world, "restart"));
    assert_eq!(world.count("run.requested"), 1);

    let mut world = late();
    world.granted(start(&world, "look"));
    assert_eq!(world.count("run.requested"), 1, "$GONOGO_HOSTS is another name");
}

#[test]
fn a_value_is_checked_may_change_when_it_was_late_and_is_fixed_when_it_was_not() {
    let mut world = late();
    for (name, value, why) in [
        ("host", "a;b", "letters, digits and"),
        ("host", "-v", "option"),
        ("host", "", "empty"),
        ("hots", "a", "no variable"),
        ("version", "9.9.9", "fixed when the release began"),
    ] {
        assert!(world.refused(give(name, value)).contains(why), "{name}={value}");
    }
    world.granted(give("host", "a"));
    world.granted(give("host", "b"));
    world.granted(give("host", "b"));
    assert_eq!(world.count("value.given"), 2, "the same again is no event");
}

#[test]
fn a_broken_record_keeps_no_rollback_from_its_value() {
    let mut world = late();
    world.mood = super::world::Mood::Broken;
    world.ask(Command::Hold { reason: "it breaks".to_owned() });
    world.ask(give("host", "web-1"));
    assert_eq!(world.session().values.get("host").map(String::as_str), Some("web-1"));
}

#[test]
fn another_cockpits_value_arrives() {
    let mut world = late();
    let given = ValueGiven { name: "host".to_owned(), value: "web-2".to_owned() };
    world.write("bob", Event::ValueGiven(given));
    world.hear(0);
    assert_eq!(world.session().values.get("host").map(String::as_str), Some("web-2"));
}
