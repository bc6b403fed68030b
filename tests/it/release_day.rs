//! One release on a real Docker stack, through the terminal: from the checklist to the rollback.
//!
//! Three services at 1.0.0, a person at the screen, a second one in another process. What the screen says is waited
//! for; what the daemon says is asked from the daemon. Not here: the parts one by one (`headless.rs`, `supervise.rs`).

use std::time::Duration;

use super::support::docker::docker_or_skip;
use super::support::image::{HOSTILE_SEQUENCES, Variant};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::release::{DEPLOY_BOUND, ReleaseDay};
use super::support::scene::{SIZE, never_go, wait_row};
use super::support::sequences::foreign;

/// What the bad image's health step may take.
const HEALTH_LIMIT: Duration = Duration::from_secs(15);
/// One look at three containers more than that limit, on a loaded machine.
const HEALTH_SLACK: Duration = Duration::from_secs(10);

#[test]
fn a_release_from_the_checklist_to_the_rollback_through_the_terminal_alone() {
    let Some(docker) = docker_or_skip("release_day") else { return };
    let day = ReleaseDay::new(&docker, Variant::Good, "60s");
    let mut screen = day.ready_to_deploy();
    ReleaseDay::deploy(&mut screen);
    screen.wait_within(DEPLOY_BOUND, "the deploy to succeed", |model| model.contents().contains("SUCCEEDED"));
    day.stack.wait_healthy("1.1.0");
    ReleaseDay::roll_back(&mut screen);
    day.wait_events("run.ended", 2);
    day.stack.wait_healthy("1.0.0");
    screen.wait_for("SUCCEEDED rollback");
    screen.keys("<esc> 1");
    screen.wait_for("Database integrity verified");
    screen.keys("G <space>");
    day.wait_events("item.ticked", 2);
    screen.keys("q");
    assert_eq!(screen.wait_exit(Duration::from_secs(10)), 0);

    let story = day.ada.gonogo(["log"]).run().expect(0).stdout;
    for part in ["Freeze announced", "approve", "scope", "risk is low", "deploy", "rollback", "integrity"] {
        assert!(story.contains(part), "the story lacks {part}:\n{story}");
    }
    day.ada.gonogo(["verify"]).run().expect(0);
}

/// The first run in the record: asked for, started and ended once each, every step with its own exit code, none lost.
#[track_caller]
fn ended_once_and_well(day: &ReleaseDay) {
    day.wait_events("run.ended", 1);
    let ended = day.lines("run.ended").concat();
    assert!(ended.contains("outcome = \"succeeded\"") && ended.contains("exit = 0"), "{ended}");
    assert_eq!((day.events("run.requested"), day.events("run.started")), (1, 1));
    let steps = day.lines("step.ended");
    assert_eq!(steps.len(), 2, "{steps:#?}");
    assert!(steps[0].contains("step = \"up\"") && steps[0].contains("exit = 0"), "{}", steps[0]);
    assert_eq!(day.events("item.ticked"), 1, "nothing ticked is lost");
    assert_eq!(day.events("signoff.recorded"), 2, "nothing signed is lost");
}

/// A new cockpit on the record: it shows the tick, the deploy's end, and adds nothing to the record by looking.
#[track_caller]
fn reopened(day: &ReleaseDay) {
    let mut screen = day.ada.cockpit(&[], SIZE);
    screen.wait_within(DEPLOY_BOUND, "the end of the deploy", |model| model.contents().contains("SUCCEEDED"));
    // The phase with the tick is done, so it is one row.
    wait_row(&screen, SCREEN_BOUND, "4/4", "PREPARE");
    wait_row(&screen, SCREEN_BOUND, "Deploy 1.1.0", "SUCCESS");
    ended_once_and_well(day);
    screen.answer("q", "the end", |model| !model.alternate_screen());
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 0);
    ended_once_and_well(day);
    day.ada.gonogo(["verify"]).run().expect(0);
}

#[test]
fn a_deploy_survives_a_killed_cockpit_and_is_picked_up_with_its_true_end() {
    let Some(docker) = docker_or_skip("survival") else { return };
    let day = ReleaseDay::new(&docker, Variant::Good, "60s");
    let mut screen = day.ready_to_deploy();
    ReleaseDay::deploy(&mut screen);
    day.wait_events("run.started", 1);
    screen.kill9();
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 128 + 9);
    day.stack.wait_healthy("1.1.0");
    reopened(&day);
}

#[test]
fn a_deploy_survives_a_closed_terminal() {
    let Some(docker) = docker_or_skip("survival_closed") else { return };
    let day = ReleaseDay::new(&docker, Variant::Good, "60s");
    let mut screen = day.ready_to_deploy();
    ReleaseDay::deploy(&mut screen);
    day.wait_events("run.started", 1);
    screen.close_terminal();
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 129);
    day.stack.wait_healthy("1.1.0");
    reopened(&day);
}

#[test]
fn a_bad_image_fails_its_health_step_and_the_rollback_heals_the_stack() {
    let Some(docker) = docker_or_skip("bad_image") else { return };
    let limit = format!("{}s", HEALTH_LIMIT.as_secs());
    let day = ReleaseDay::new(&docker, Variant::Bad, &limit);
    let mut screen = day.ready_to_deploy();
    ReleaseDay::deploy(&mut screen);
    screen.wait_within(DEPLOY_BOUND, "the health step to fail", |model| {
        model.contents().contains("FAILED deploy")
    });
    // Which check, on which container, and the way back, without a key.
    wait_row(&screen, SCREEN_BOUND, "Wait for health", "FAILED   2");
    let container = format!("fail: {}_api_1 is unhealthy", day.stack.project());
    for told in ["FAILED deploy ] step 2 of 2: Wait for health", &container, "B roll back"] {
        screen.wait_for(told);
    }
    let failed = day.lines("step.ended").pop().expect("the step ended");
    assert!(failed.contains("step = \"healthy\"") && failed.contains("outcome = \"failed\""), "{failed}");
    assert!(failed.contains("_1 is unhealthy"), "the record names the container: {failed}");
    let took = took(&failed);
    assert!(took <= HEALTH_LIMIT + HEALTH_SLACK, "{took:?} for a limit of {HEALTH_LIMIT:?}");
    never_go(&screen);
    ReleaseDay::roll_back(&mut screen);
    day.stack.wait_healthy("1.0.0");
    day.wait_events("run.ended", 2);
    screen.wait_for("SUCCEEDED rollback");
    screen.wait_until("the containers to be healthy again", |model| {
        model.contents().contains("Containers 3/3")
    });
}

/// How long the step of this line took.
fn took(line: &str) -> Duration {
    let digits = line.split_once("took_ms = ").expect("a time").1.chars().take_while(char::is_ascii_digit);
    Duration::from_millis(digits.collect::<String>().parse().unwrap())
}

#[test]
fn a_hostile_log_changes_nothing_outside_its_row() {
    let Some(docker) = docker_or_skip("hostile_log") else { return };
    let day = ReleaseDay::new(&docker, Variant::Hostile, "60s");
    day.stack.up("1.1.0");
    day.stack.wait_healthy("1.1.0");
    let mut screen = day.opened();
    screen.keys("2 L");
    screen.wait_for("hostile-14");
    screen.wait_for("1 Checklist");
    assert_rows_are_whole(&screen);
    let written = screen.raw_bytes();
    for sequence in HOSTILE_SEQUENCES {
        let found = written.windows(sequence.len()).any(|window| window == *sequence);
        assert!(!found, "{:?} reached the terminal", String::from_utf8_lossy(sequence));
    }
    assert!(!written.contains(&0x07), "nothing of ours rings here");
    assert!(screen.model().alternate_screen(), "the log left the alternate screen");
    screen.keys("q");
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 0);
    let all = foreign(&screen.raw_bytes());
    assert!(all.is_empty(), "not the program's own: {all:#?}");
    let told = day.ada.gonogo(["logs", "web"]).run().expect(0).stdout;
    assert!(told.contains("hostile-14") && !told.contains('\u{1b}'), "{}", told.escape_debug());
    let listed = day.ada.gonogo(["containers"]).run().expect(0).stdout;
    assert!(listed.contains("worker") && listed.contains("1.1.0"), "{listed}");
}

/// Every row of the pane with the log ends at the pane's edge, every row beside it at the screen's, and no word of the
/// log is outside of it.
#[track_caller]
fn assert_rows_are_whole(screen: &Pty) {
    let model = screen.model();
    let (top, edge) = log_pane(&model);
    let cell = |row: u16, column: u16| {
        model.cell(row, column).map(vt100::Cell::contents).unwrap_or_default().to_owned()
    };
    let mut hostile = 0;
    for row in 0..SIZE.1 {
        let text: String = (0..SIZE.0).map(|column| cell(row, column)).collect();
        let inside: String = (0..edge).map(|column| cell(row, column)).collect();
        hostile += usize::from(inside.contains("hostile-"));
        for word in ["hostile-", "owned", "reverse", "example.invalid", "99%"] {
            let outside =
                text.matches(word).count() - if row > top { inside.matches(word).count() } else { 0 };
            assert_eq!(outside, 0, "{word} is outside of the log, in row {row}:\n{}", screen.screen());
        }
        if inside.contains("hostile-") {
            let ends = [cell(row, 0), cell(row, edge), cell(row, SIZE.0 - 1)];
            assert!(
                ends.iter().all(|end| end == "│" || end == "┃"),
                "row {row}: {ends:?}\n{}",
                screen.screen()
            );
        }
    }
    assert!(hostile >= 5, "{}", screen.screen());
}

/// The row of the log pane's upper edge, and the column of its right one.
fn log_pane(model: &vt100::Screen) -> (u16, u16) {
    let rows: Vec<String> = model.rows(0, SIZE.0).collect();
    let top = rows
        .iter()
        .position(|row| row.contains("6 Logs") && row.contains("7 Details"))
        .expect("the log pane");
    let row = u16::try_from(top).unwrap();
    let corner = |column: &u16| {
        let cell = model.cell(row, *column).map(vt100::Cell::contents).unwrap_or_default();
        cell == "┓" || cell == "┐"
    };
    (row, (0..SIZE.0).find(corner).expect("its corner"))
}
