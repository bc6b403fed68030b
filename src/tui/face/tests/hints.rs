//! Hints of a checklist: what comes next, in its own words, from the state alone.

use crate::session::status::{RunOutcome, StepOutcome};
use crate::tui::world::{SHOP, World};

/// The shop, whose items say what to press.
fn hinted() -> String {
    let with = |text: String, id: &str, hint: &str| {
        let line = format!("id = \"{id}\"\n");
        assert!(text.contains(&line), "{id}");
        text.replacen(&line, &format!("{line}  hint = \"{hint}\"\n"), 1)
    };
    let items = ["freeze", "changelog", "smoke", "approve", "deploy", "again"];
    items.iter().fold(SHOP.to_owned(), |text, id| with(text, id, &format!("hint of {id}")))
}

fn world() -> World {
    let mut world = World::of(&hinted());
    world.trust();
    world
}

#[test]
fn details_says_what_comes_next_whatever_is_selected() {
    let mut world = world();
    world.expect("hint of freeze");
    world.press("G");
    world.expect("hint of freeze");
    world.expect_not("hint of changelog");
    world.press("g g j <space>");
    world.expect("hint of changelog");
    world.expect_not("hint of freeze");
    world.press("u");
    world.expect("hint of freeze");
}

#[test]
fn a_checklist_without_hints_says_nothing_of_its_own() {
    World::shop().expect_not("next       ");
}

#[test]
fn a_run_needs_no_hint_and_after_a_rollback_its_plan_comes_first() {
    let mut world = World::ready_of(&hinted());
    world.expect("hint of deploy");
    world.deploy();
    world.press("g r");
    world.expect_not("hint of");
    world.step("migrate", StepOutcome::Passed, None);
    world.step("up", StepOutcome::Passed, None);
    world.ends(RunOutcome::Succeeded);
    world.press("<esc> B");
    world.wait(400);
    world.press("y");
    world.step("down", StepOutcome::Passed, None);
    world.ends(RunOutcome::Succeeded);
    world.press("<esc> g r");
    world.expect("hint of again");
}
