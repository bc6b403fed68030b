//! The on-call engineer's screen: an open window, its charts, an alarm and its answers, handing over.

use crate::engine::command::Command;
use crate::tui::world::World;

#[test]
fn a_window_that_opened_has_the_screen_its_word_its_countdown_and_its_charts() {
    let world = World::watched();
    world.expect("WINDOW first-hour");
    world.expect("[ ✓ HEALTHY ]");
    world.expect("10:00 of 1:00:00");
    world.expect("7 Details  api latency");
    world.expect("api errors");
    world.expect("p95(api) < 300ms");
    world.expect("3 Checks  indicators");
    world.expect("trigger outage");
    world.expect(" WINDOW │");
}

#[test]
fn what_nobody_saw_is_hatched_and_never_healthy() {
    let world = World::slept();
    world.expect("[ ! WATCH ]");
    world.expect("/ / /");
    world.expect("samples, 60 % of those due");
}

#[test]
fn a_fired_trigger_puts_its_rollback_once_with_what_was_measured_and_waits_for_ever() {
    let mut world = World::alarmed();
    world.expect("[ ✗ REGRESSION ]");
    world.expect("Roll back production to 4.11.3");
    world.expect("74 % of 60 samples of api were 5xx");
    world.expect("STAYS   migration 0043");
    world.wait(3_600_000);
    world.expect("Roll back production to 4.11.3");
    assert!(world.asked("RollBack").is_none(), "no countdown executes anything");
    world.answer("<enter>");
    world.expect_not(">[ Not now ]<");
    assert!(world.asked("RollBack").is_none(), "enter alone never harms");
    world.wait(60_000);
    world.expect_not(">[ Not now ]<");
    world.press("B");
    world.expect("74 % of 60 samples of api were 5xx");
    world.answer("y");
    assert!(matches!(world.asked("RollBack"), Some(Command::RollBack { .. })));
}

#[test]
fn on_a_small_screen_a_prepared_rollback_still_says_what_it_will_not_undo() {
    let mut world = World::alarmed();
    world.resize(80, 24);
    world.expect("Roll back production to 4.11.3");
    world.expect("more lines: down");
    world.expect("STAYS   migration 0043");
}

#[test]
fn a_log_indicator_shows_the_last_line_that_counted() {
    let world = World::watched_with_log("ERROR: cart \u{202e}is empty");
    world.expect("last: ERROR: cart");
    world.expect_not("\u{202e}");
}

#[test]
fn an_alarm_is_called_false_with_a_reason() {
    let mut world = World::alarmed();
    world.answer("f");
    world.expect("A false alarm");
    world.answer("ctrl-s");
    assert!(world.asked("Acknowledge").is_none(), "without a reason nothing is set aside");
    world.type_in("a load test of ours");
    world.press("ctrl-s");
    let asked = world.asked("Acknowledge");
    assert!(
        matches!(asked, Some(Command::Acknowledge { trigger, reason, .. })
            if trigger == "five-xx" && reason == "a load test of ours"),
        "{asked:?}"
    );
}

#[test]
fn a_window_is_closed_early_or_made_longer_with_a_reason() {
    let mut world = World::watched();
    world.press("C");
    world.wait(400);
    world.type_in("we saw enough");
    world.expect("never HEALTHY");
    world.press("ctrl-s");
    world.expect_not("WINDOW first-hour");
    assert!(
        matches!(world.asked("CloseWindow"), Some(Command::CloseWindow { reason, .. }) if reason == "we saw enough")
    );
    let mut world = World::watched();
    world.press("C");
    world.answer("shift-tab <right>");
    world.expect("gonogo window extend --by 1h --reason TEXT");
}

#[test]
fn charts_show_a_shorter_time_and_lose_their_baseline_by_keys() {
    let mut world = World::watched();
    let whole = world.screen();
    world.press("7 -");
    assert_ne!(whole, world.screen());
    world.press("-");
    world.expect("14:16:");
    let mut plain = World::ready();
    plain.press("7 -");
    plain.expect("no window is open");
}

#[test]
fn what_was_handed_over_is_the_first_question_of_the_next_person() {
    let mut world = World::handed_over();
    world.expect("Take over");
    world.expect("50 min to go");
    world.answer("y");
    assert!(matches!(world.asked("AcceptHandover"), Some(Command::AcceptHandover { .. })));
    world.wait(1_000);
    world.expect_not("50 min to go");
    world.press("g h");
    world.expect("This goes into the record");
    world.expect("shop 4.12.0");
    world.answer("ctrl-s");
    assert!(matches!(world.asked("HandOver"), Some(Command::HandOver { to: None })));
}

#[test]
fn a_trigger_that_fires_again_after_a_false_alarm_puts_its_question_again() {
    let mut world = World::alarmed();
    world.answer("<enter>");
    world.fires_again("resolved before the load test came back");
    world.expect(">[ Not now ]<");
    world.expect("90 % of 60 samples of api were 5xx");
}

#[test]
fn an_environment_that_may_be_rolled_back_by_itself_says_auto() {
    World::watched().expect_not("AUTO");
    let world = World::watched_automatic();
    world.expect("production");
    world.expect(" AUTO");
}

#[test]
fn after_a_window_that_closed_badly_the_next_step_is_no_tick() {
    let mut world = World::watched();
    world.closes(crate::session::status::WindowVerdict::Regression);
    world.expect_not("do and tick window");
}

#[test]
fn what_leaving_would_end_stands_in_its_question() {
    let mut world = World::ready();
    world.deploy();
    world.press("q");
    world.expect("Come back with:  gonogo attach");
    world.press("<esc>");
    world.parts_with("Leaving ends the rehearsal: all of it is gone then.");
    world.press("q");
    world.expect("all of it is gone then");
    world.expect("Leave, the run ends too");
    world.expect_not("gonogo attach");
}

#[test]
fn the_arrangement_of_a_window_goes_with_it_and_who_comes_back_may_leave_by_esc() {
    let mut world = World::watched();
    world.expect("C close window");
    world.press("C");
    world.wait(400);
    world.type_in("we saw enough");
    world.press("ctrl-s");
    world.expect("1 Checklist");
    world.press("g w");
    world.expect_not("1 Checklist");
    world.expect_not("close window");
    world.press("<esc>");
    world.expect("1 Checklist");
}

#[test]
fn a_chart_shows_the_objective_of_its_own_line_and_no_half_of_its_words() {
    let mut world = World::alarmed();
    world.answer("<esc>");
    world.expect("api errors  now 100 %  success(api) > 99 % !");
    world.expect("so far 84.52 %");
    world.expect("trigger five-xx fired: 74 % of 60 samples of api were 5xx");
    let screen = world.screen();
    assert!(!screen.contains("p95(api) < 30─"), "{screen}");
}
