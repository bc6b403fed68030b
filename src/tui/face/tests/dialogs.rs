//! The safety rules of dialogs: guard, auto-repeat, Enter, focus, typed names, drafts.

use crate::engine::command::Command;
use crate::engine::input::{Input, RecordState};
use crate::tui::dialogs::Dialog;
use crate::tui::state::Over;
use crate::tui::world::World;

fn dialog(world: &World) -> &Dialog {
    match &world.face.state.over {
        Over::Dialog(dialog) => dialog,
        Over::Nothing | Over::Help(_) => panic!("no dialog:\n{}", world.screen()),
    }
}

/// The state in which each dialog opens, and the key that opens it.
fn openings() -> Vec<(&'static str, World)> {
    let opened = |mut world: World, keys: &str| {
        world.press(keys);
        world
    };
    let failed = || {
        let mut world = World::deploying();
        world.step("migrate", crate::session::status::StepOutcome::Failed, Some("exit code 1"));
        world
    };
    let mut untrusted = World::of(crate::tui::world::SHOP);
    untrusted.distrust();
    vec![
        ("waive", opened(World::shop(), "w")),
        ("note", opened(World::shop(), "i")),
        ("evidence", opened(World::shop(), "j <space>")),
        ("hold", opened(World::shop(), "H")),
        ("sign-off", opened(World::shop(), "S")),
        ("deploy", opened(World::ready(), "D")),
        ("rollback", opened(World::ready(), "B")),
        ("abort", opened(World::deploying(), "X")),
        ("step", opened(failed(), "<enter>")),
        ("leave", opened(World::deploying(), "q")),
        ("messages", opened(World::ready(), "g m")),
        ("record", opened(World::ready(), "g t")),
        ("environment", opened(World::ready(), "g e")),
        ("trust", untrusted),
        ("end-window", opened(World::watched(), "C")),
        ("hand-over", opened(World::watched(), "g h")),
        ("alarm", World::alarmed()),
        ("take-over", World::handed_over()),
    ]
}

#[test]
fn auto_repeat_of_the_opening_key_reaches_no_dialog() {
    for (key, name) in [("B", "RollBack"), ("D", "Start"), ("S", "SignOff"), ("H", "Hold")] {
        let mut world = World::ready();
        for _ in 0..50 {
            world.press(key);
        }
        assert!(world.asked(name).is_none(), "{key}");
        assert_eq!(dialog(&world).text(), "", "{key}");
    }
    let mut world = World::deploying();
    for _ in 0..50 {
        world.press("X");
    }
    assert!(world.asked("Abort").is_none());
}

#[test]
fn a_dialog_takes_no_key_until_300_ms_have_passed_without_one() {
    let mut world = World::ready();
    world.press("B");
    for _ in 0..20 {
        world.press("y");
    }
    assert!(world.asked("RollBack").is_none());
    world.expect("one moment");
    world.answer("y");
    assert!(world.asked("RollBack").is_some());
}

#[test]
fn enter_alone_never_does_harm() {
    for (name, mut world) in openings() {
        let before = world.commands.len();
        for _ in 0..5 {
            world.answer("<enter>");
        }
        let harmful = world.commands.iter().skip(before).filter(|command| {
            !matches!(command, Command::KeepDraft { .. } | Command::Tick { .. } | Command::Untick { .. })
        });
        assert_eq!(harmful.count(), 0, "{name}: {:?}", world.commands);
        assert_eq!(world.program, None, "{name}");
    }
}

#[test]
fn the_focus_marker_is_what_enter_does() {
    for (name, mut world) in openings() {
        world.wait(400);
        let screen = world.screen();
        if dialog(&world).in_field() {
            assert!(!screen.contains(">["), "{name}:\n{screen}");
            world.press("<tab>");
        }
        let marked = [">[ Cancel ]<", ">[ Stay ]<", ">[ Close ]<", ">[ Not now ]<", ">[ Later ]<"];
        let screen = world.screen();
        assert!(marked.iter().any(|mark| screen.contains(mark)), "{name}:\n{screen}");
        world.press("<enter>");
        assert!(matches!(world.face.state.over, Over::Nothing), "{name}");
    }
}

#[test]
fn esc_closes_every_dialog_and_nothing_happens() {
    for (name, mut world) in openings() {
        let before = world.commands.len();
        world.answer("<esc>");
        assert!(matches!(world.face.state.over, Over::Nothing), "{name}");
        let other = world
            .commands
            .iter()
            .skip(before)
            .filter(|command| !matches!(command, Command::KeepDraft { .. }));
        assert_eq!(other.count(), 0, "{name}");
    }
}

#[test]
fn dialogs_do_not_stack_and_their_environment_is_always_shown() {
    for (name, mut world) in openings() {
        assert!(world.screen().matches("║production║").count() >= 2, "{name}:\n{}", world.screen());
        world.answer("F1");
        world.expect("THIS PANE");
        world.press("<esc>");
        assert!(matches!(world.face.state.over, Over::Dialog(_)), "{name}: help gives the dialog back");
    }
}

#[test]
fn a_broken_record_asks_for_the_name_before_a_rollback_and_says_so() {
    let mut world = World::ready();
    world.input(Input::RecordState(RecordState::Broken { reason: "disk full".to_owned() }));
    world.press("B");
    world.expect("not recorded in the session: disk full");
    world.answer("y");
    assert!(world.asked("RollBack").is_none());
    world.press("ctrl-u");
    world.type_in("production");
    world.press("<enter> <enter>");
    let Some(Command::RollBack { typed, .. }) = world.asked("RollBack") else { panic!("no rollback") };
    assert_eq!(typed.as_deref(), Some("production"));
}

#[test]
fn the_abort_ladder_is_asked_again_for_the_next_rung() {
    let mut world = World::deploying();
    world.press("X");
    world.expect("asked to end (TERM)");
    world.answer("y");
    assert!(world.asked("Abort").is_some());
    world.press("X");
    world.expect("Kill it now");
}

#[test]
fn a_hold_needs_a_reason_and_is_in_the_header() {
    let mut world = World::ready();
    world.press("H");
    world.answer("ctrl-s");
    world.expect("a reason is missing");
    world.type_in("waiting for legal");
    world.press("ctrl-s");
    world.expect("[ = HOLD ]");
    world.expect("waiting for legal");
}
