//! Commands an item offers, and values that are missing: shown whole, asked for, run on a person's word.

use crate::checklist::id::VariableName;
use crate::engine::command::Command;
use crate::tui::world::World;

/// Items that offer commands; one value is left open at the start.
const DOCUMENT: &str = r#"
format = 1
id = "shop"
title = "From a document"
[variables.version]
[variables.backup]
prompt = "Name of the backup"
kind = "word"
when_needed = true
[actions.save]
kind = "change"
title = "Save the database"
steps = [{ script = "cd app\n./save.sh \"${GONOGO_BACKUP}\"" }]
[actions.look]
kind = "change"
title = "Look at it"
steps = [{ script = "ls" }]
[actions.back]
kind = "rollback"
title = "Back"
steps = [{ script = "cd app\n./load.sh \"${GONOGO_BACKUP}\"" }]
[[phases]]
id = "before"
title = "Before"
[[phases.items]]
id = "backup"
title = "A backup is there"
offers = ["save"]
caution = "Never on a Friday"
[[phases.items]]
id = "both"
title = "Both"
offers = ["save", "look"]
[[phases.items]]
id = "plain"
title = "Plain"
"#;

fn world() -> World {
    let mut world = World::of(DOCUMENT);
    world.trust();
    world
}

#[test]
fn a_command_is_shown_whole_after_its_value_is_given_and_runs_on_yes() {
    let mut world = world();
    world.expect("E runs");
    world.press("E");
    world.expect("Value of backup");
    world.expect("Name of the backup");
    world.answer("<enter>");
    assert!(world.asked("GiveValue").is_none(), "nothing was typed");
    world.type_in("a b");
    world.expect("letters, digits and");
    world.press("<backspace> <backspace> <enter> <enter>");
    let given = Command::GiveValue { name: VariableName::from("backup"), value: "a".to_owned() };
    assert_eq!(world.asked("GiveValue"), Some(&given));
    world.expect("Run a command of the checklist");
    world.expect("cd app");
    world.expect("./save.sh \"${GONOGO_BACKUP}\"");
    world.expect("Never on a Friday");
    world.answer("<enter>");
    assert!(world.asked("Start").is_none(), "Enter alone runs nothing");
    world.press("E");
    world.answer("y");
    assert!(world.asked("Start").is_some(), "{}", world.screen());
    let run = world.engine.session().runs.last().expect("it was requested");
    assert_eq!(run.requested.action.as_str(), "save");
    assert!(world.engine.session().mark(&"backup".into()).is_none(), "running ticks nothing");
}

#[test]
fn one_of_several_is_chosen_and_an_item_without_says_so() {
    let mut world = world();
    world.press("j E");
    world.expect("Which");
    world.answer("<tab> <tab>");
    world.press("<tab> <right>");
    world.expect("Look at it");
    world.press("<esc> j E");
    world.expect("no command is offered here");
}

#[test]
fn a_rollback_asks_for_what_it_lacks_and_then_its_one_question() {
    let mut world = world();
    world.press("B");
    world.expect("Value of backup");
    world.answer("n i g h t <enter> <enter>");
    world.expect("Roll back here");
    world.expect("1  sh: cd app");
    world.expect("   ./load.sh \"${GONOGO_BACKUP}\"");
    world.expect_not("␊");
    world.answer("y");
    assert!(world.asked("RollBack").is_some(), "{}", world.screen());
    assert_eq!(
        world.engine.session().runs.last().map(|run| run.requested.action.to_string()).as_deref(),
        Some("back")
    );
}

#[test]
fn nothing_untrusted_runs_and_values_have_a_key_of_their_own() {
    let mut world = World::of(DOCUMENT);
    world.distrust();
    world.press("<esc>");
    world.answer("<esc>");
    world.press("j E");
    world.expect("not trusted");
    world.answer("y");
    assert!(world.asked("Start").is_none());
    world.press("<esc> V");
    world.expect("Value of backup");
}

#[test]
fn what_the_document_became_is_the_first_page_once_and_has_a_key() {
    let mut world = World::of(DOCUMENT).opened_from(&["release.md   12 lines", "became     3 tasks"]);
    world.distrust();
    world.expect("What the document became");
    world.expect("3 tasks");
    world.answer("<esc>");
    world.expect("Trust this checklist?");
    world.answer("<esc>");
    world.press("g i");
    world.expect("12 lines");

    let mut plain = World::of(DOCUMENT);
    plain.trust();
    plain.press("g i");
    plain.expect("not opened from a Markdown document");
}
