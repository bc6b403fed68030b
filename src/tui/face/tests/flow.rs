//! Journeys: ticking, measuring, signing, deploying, rolling back, reading logs.

use chrono::TimeDelta;

use crate::checklist::id::ItemId;
use crate::engine::command::Command;
use crate::session::status::{CheckStatus, Decision, RunOutcome, StepDecision, StepOutcome};
use crate::tui::face::Program;
use crate::tui::glyph::GlyphSet;
use crate::tui::lines::Access;
use crate::tui::world::{Store, World, container};

#[test]
fn a_tick_shows_that_it_is_being_saved_until_it_is_stored() {
    let mut world = World::shop();
    world.store = Store::Waits;
    world.press("<space>");
    world.expect("saving");
    assert!(
        matches!(world.asked("Tick"), Some(Command::Tick { item, .. }) if *item == ItemId::from("freeze"))
    );
    let mut world = World::shop();
    world.press("<space>");
    world.expect("✓ TICKED   Freeze announced");
    world.press("<space>");
    world.expect("· OPEN     Freeze announced");
    world.press("u");
    assert!(world.asked("Undo").is_some());
}

#[test]
fn a_tick_that_needs_an_address_asks_for_one() {
    let mut world = World::shop();
    world.press("j <space>");
    world.expect("Address (http or https)");
    world.wait(400);
    world.type_in("wiki");
    world.press("<enter>");
    world.expect("it begins with http:// or https://");
    assert!(world.asked("Tick").is_none());
    world.press("ctrl-u");
    world.type_in("https://wiki.example.test/c");
    world.press("<enter> <enter>");
    world.expect("✓ TICKED   Changelog for 4.12.0 reviewed");
}

#[test]
fn a_failed_check_is_in_the_header_the_list_and_the_details() {
    let mut world = World::shop();
    world.measured("smoke", CheckStatus::Fail, "expected 200, got 504");
    world.expect("[ ✗ NO-GO ]");
    world.expect("✗ FAIL Smoke suite");
    world.press("'");
    world.expect("expected 200, got 504");
    world.press("7 z");
    world.expect("curl -sS http://shop.example.test/ready");
}

#[test]
fn a_sign_off_is_approved_with_a_comment_and_a_draft_survives_esc() {
    let mut world = World::shop();
    world.press("S");
    world.wait(400);
    world.type_in("risk low");
    world.press("<esc>");
    world.expect_not("GO / NO-GO");
    world.press("S");
    world.expect("risk low");
    world.answer("ctrl-s");
    let Some(Command::SignOff { decision, comment, .. }) = world.asked("SignOff") else {
        panic!("no sign-off")
    };
    assert_eq!((*decision, comment.as_deref()), (Decision::Approve, Some("risk low")));
    world.expect("✓ APPROVED Team lead");
    assert!(matches!(world.commands.last(), Some(Command::KeepDraft { text, .. }) if text.is_empty()));
}

#[test]
fn a_rejection_needs_a_comment() {
    let mut world = World::shop();
    world.press("S");
    world.answer("shift-tab l ctrl-s");
    world.expect("a rejection needs a comment");
    assert!(world.asked("SignOff").is_none());
}

#[test]
fn somebody_elses_sign_off_appears_while_the_screen_is_open() {
    let world = World::ready();
    world.expect("✓ APPROVED Security");
    world.expect("\"risk low\"");
    world.expect("[ ✓ GO ]");
}

#[test]
fn the_deploy_wants_the_name_of_the_place_and_then_streams_its_output() {
    let world = World::deploying();
    let Some(Command::Start { typed, .. }) = world.asked("Start") else { panic!("nothing started") };
    assert_eq!(typed.as_deref(), Some("production"));
    world.expect("[ » RUNNING deploy ]");
    world.expect("step 1 of 2: Migrations");
    world.expect("applying 0043");
    world.expect("▸6 Logs  output of deploy");
}

#[test]
fn a_blocked_deploy_says_why_and_its_button_is_off() {
    let mut world = World::shop();
    world.expect("D deploy (blocked: NO-GO)");
    world.press("D");
    world.wait(400);
    world.type_in("production");
    world.press("<enter>");
    world.expect("( Deploy 4.12.0 )  off:");
    assert!(world.asked("Start").is_none());
}

#[test]
fn a_check_that_turns_red_while_the_question_is_open_puts_the_button_off() {
    let mut world = World::ready();
    world.press("D");
    world.wait(400);
    world.type_in("production");
    world.expect("[ Deploy 4.12.0 ]");
    world.measured("smoke", CheckStatus::Fail, "expected 200, got 504");
    world.expect("( Deploy 4.12.0 )  off:");
    world.press("<enter> <enter>");
    assert!(world.asked("Start").is_none());
}

#[test]
fn a_failed_step_offers_five_ways_on() {
    let mut world = World::deploying();
    world.step("migrate", StepOutcome::Failed, Some("exit code 1"));
    world.expect("[ ✗ FAILED deploy ]");
    world.press("<enter>");
    for words in ["Retry", "Mark done…", "Skip…", "Abort", "Roll back", "applying 0043"] {
        world.expect(words);
    }
    world.answer("d");
    world.wait(400);
    world.expect("a reason is missing");
    world.type_in("done by hand");
    world.press("ctrl-s");
    let Some(Command::DecideStep { decision, reason, .. }) = world.asked("DecideStep") else {
        panic!("undecided")
    };
    assert_eq!((*decision, reason.as_deref()), (StepDecision::Done, Some("done by hand")));
}

#[test]
fn a_rollback_asks_once_and_its_plan_is_opened() {
    let mut world = World::deploying();
    world.step("migrate", StepOutcome::Passed, None);
    world.step("up", StepOutcome::Passed, None);
    world.ends(RunOutcome::Succeeded);
    world.expect("[ ✓ SUCCEEDED deploy ]");
    world.expect_not("The shop answers again");
    world.press("B");
    world.expect("Roll back production to 4.11.3");
    world.expect("STAYS   migration 0043 keeps the new column");
    world.answer("y");
    assert!(world.asked("RollBack").is_some());
    world.step("down", StepOutcome::Passed, None);
    world.ends(RunOutcome::Succeeded);
    world.press("g r 1");
    world.expect("AFTER A ROLLBACK");
    world.press("G <space>");
    world.expect("✓ TICKED   The shop answers again");
}

#[test]
fn leaving_asks_only_while_a_run_is_active() {
    let mut world = World::deploying();
    world.press("q");
    world.expect("Leaving this screen does not stop it.");
    world.answer("<enter>");
    assert_eq!(world.program, None);
    world.press("q");
    world.answer("l");
    assert_eq!(world.program, Some(Program::Quit));
    let mut world = World::shop();
    world.press("q");
    assert_eq!(world.program, Some(Program::Quit));
}

#[test]
fn a_log_follows_until_somebody_scrolls_and_finds_what_is_searched() {
    let mut world = World::shop();
    world.containers(vec![container("api-1")]);
    let id = container("api-1").id;
    for number in 0..100 {
        world.log_line(&id, format!("line {number}").as_bytes());
    }
    world.press("6");
    world.expect("FOLLOW");
    world.expect("line 99");
    world.press("k k");
    world.log_line(&id, b"refund failed");
    world.expect("+1 new");
    world.expect_not("refund failed");
    world.press("/ r e f u n d <enter>");
    world.expect("/refund/ 1 hits");
    world.press("n");
    world.expect("refund failed");
    world.press("G");
    world.expect("FOLLOW");
}

#[test]
fn a_search_through_many_lines_asks_to_be_looked_after_at_once_until_it_has_seen_all() {
    let mut world = World::shop();
    world.containers(vec![container("api-1")]);
    let line = |number: usize| format!("{number:06} {}", "x".repeat(1_000)).into_bytes();
    world.log_lines(&container("api-1").id, (0..12_000).map(line));
    world.press("6 /");
    // Line by line, which takes longer than a whole text at once.
    world.type_in("/(?i)11999 X/");
    world.press("<enter>");
    assert!(world.face.is_searching(&world.engine), "there is more than one look takes");
    world.expect("+ hits");
    let looks = (0..100).take_while(|_| {
        world.face.settle(&world.engine, world.at);
        world.face.is_searching(&world.engine)
    });
    assert!(looks.count() < 99);
    world.expect("1 hits");
    world.expect_not("+ hits");
}

#[test]
fn a_lost_daemon_keeps_its_rows_muted_with_their_age() {
    let mut world = World::shop();
    world.containers(vec![container("api-1"), container("web-1")]);
    world.expect("2/2 ready · live");
    world.daemon_lost();
    world.wait(20_000);
    world.expect("? api-1");
    world.expect("stale 15 s, reconnecting");
}

#[test]
fn an_untrusted_checklist_lists_its_commands_before_anything_runs() {
    let mut world = World::of(crate::tui::world::SHOP);
    world.distrust();
    world.expect("Trust this checklist?");
    world.answer("<enter>");
    assert!(world.asked("Trust").is_none());
    world.press("R");
    world.expect("Trust this checklist?");
    world.answer("y");
    assert!(matches!(world.asked("Trust"), Some(Command::Trust { digest }) if digest == "sha256:77ab"));
}

#[test]
fn a_read_only_screen_says_so_and_shows_the_subcommand_of_a_rollback() {
    let mut world = World::ready().with_face("dark", GlyphSet::Unicode, Access::ReadOnly);
    world.press("<space>");
    world.expect("read-only: tick changes the record");
    world.press("B");
    world.expect("gonogo rollback --yes");
    world.answer("y");
    assert!(matches!(world.asked("Copy"), Some(Command::Copy { text }) if text == "gonogo rollback --yes"));
    assert!(world.asked("RollBack").is_none());
}

#[test]
fn an_idle_screen_changes_only_when_it_says_and_then_it_does() {
    let mut world = World::ready();
    world.wait(120_000);
    for _ in 0..20 {
        let next = world.next_change().expect("a clock");
        let before = world.screen();
        world.at = next - TimeDelta::milliseconds(1);
        assert_eq!(world.screen(), before, "it changed before {next}");
        world.at = next;
        world.face.settle(&world.engine, world.at);
    }
}

#[test]
fn resizing_keeps_focus_selection_and_what_is_typed() {
    let mut world = World::shop();
    world.press("j w");
    world.wait(400);
    world.type_in("not today");
    for (columns, rows) in [(80, 24), (10, 3), (0, 0), (200, 60)] {
        world.resize(columns, rows);
    }
    world.expect("not today");
    world.expect("Changelog for 4.12.0 reviewed");
}

#[test]
fn a_paste_outside_a_field_only_says_so() {
    let mut world = World::ready();
    let reaction = world.face.paste(&world.engine, world.at, "y\ny\nD");
    assert!(reaction.commands.is_empty());
    world.expect("3 pasted lines were ignored");
}

#[test]
fn a_frozen_picture_stands_still_until_a_key() {
    let mut world = World::shop();
    world.press("p");
    let still = world.screen();
    world.measured("smoke", CheckStatus::Fail, "expected 200");
    world.wait(90_000);
    assert_eq!(world.screen(), still);
    assert!(still.contains("FROZEN"));
    world.press("p");
    world.expect("✗ FAIL");
}
