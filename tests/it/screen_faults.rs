//! The terminal and the person: tiny sizes, no colours, signals, suspension; trust, undo, reasons, drafts.
//!
//! Not here: the guard alone (`terminal_guard.rs`), the world (`faults.rs`), the record (`record_faults.rs`).

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::support::http::HttpServer;
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{
    Extra, SIZE, Scene, WAITS, deploy, has_row, leave, never_go, tick_first, type_into_dialog, wait_row,
    wait_under_way,
};
use super::support::sequences::foreign;

/// Drawing everything again takes some milliseconds; a terminal that is asked and does not answer took two seconds.
const AT_ONCE: Duration = Duration::from_millis(1_500);
/// Sizes of a storm, each with what stands there in the end.
const STORM: [(u16, u16); 8] = [(1, 1), (200, 60), (3, 2), (80, 24), (59, 15), (60, 16), (140, 31), (20, 5)];

#[test]
fn a_tiny_terminal_keeps_rollback_in_reach_and_growing_brings_the_panes_back() {
    let scene = Scene::new(&Extra::default());
    let mut screen = scene.screen();
    screen.wait_for("Freeze announced");
    screen.keys("1 g g j j");
    let selected = |model: &vt100::Screen| {
        model.contents().lines().any(|line| line.contains("> · OPEN     Backup made"))
    };
    screen.wait_until("the selection", selected);
    screen.resize(20, 5);
    screen.wait_for("X abort");
    screen.keys("B");
    screen.wait_for("Roll back");
    screen.answer("<esc>", "the dialog to go", |model| !model.contents().contains("Roll back"));
    screen.resize(1, 1);
    screen.keys("<c-l>");
    screen.wait_until_read();
    for (columns, rows) in STORM.iter().cycle().take(40) {
        screen.resize(*columns, *rows);
    }
    screen.resize(SIZE.0, SIZE.1);
    screen.wait_for("Freeze announced");
    screen.wait_until("the selection as it was", selected);
    screen.wait_for("read-write");
    leave(screen);
}

/// The smallest terminal of the acceptance.
const TINY: (u16, u16) = (20, 5);

#[test]
fn in_a_tiny_terminal_a_live_run_is_seen_aborted_and_rolled_back() {
    let scene = Scene::new(&Extra { first: WAITS, ..Extra::default() });
    scene.make_ready();
    let mut screen = scene.screen();
    deploy(&mut screen);
    screen.resize(TINY.0, TINY.1);
    screen.wait_for("RUNNING");
    screen.wait_for("X abort");
    never_go(&screen);
    for (key, question) in [("X", "Abort deploy"), ("B", "Roll back")] {
        screen.keys(key);
        screen.wait_for(question);
        screen.answer("<esc>", "the dialog to go", |model| !model.contents().contains(question));
    }
    assert_eq!(scene.events("run.ended"), 0, "looking at the questions changed nothing");
    screen.keys("X");
    screen.wait_for("Abort deploy");
    screen.answer("y", "the abort", |model| model.contents().contains("ABORTED"));
    never_go(&screen);
    screen.keys("B");
    screen.wait_for("Roll back");
    screen.answer("y", "the rollback", |model| model.contents().contains("SUCCEEDED"));
    assert!(scene.ada.home().join("rolled-back").exists());
    assert!(!scene.ada.home().join("second-step-ran").exists(), "no step after the abort");
    screen.keys("q");
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 0);
    assert_eq!(foreign(&screen.raw_bytes()), Vec::<String>::new());
    let kinds = ["run.requested", "run.started", "run.ended", "item.ticked", "signoff.recorded"];
    assert_eq!(kinds.map(|kind| scene.events(kind)), [2, 2, 2, 2, 1], "nothing is lost, nothing is doubled");
}

#[test]
fn a_cockpit_started_in_a_tiny_terminal_picks_up_the_run_that_another_left() {
    let scene = Scene::new(&Extra { first: WAITS, ..Extra::default() });
    scene.make_ready();
    let mut first = scene.screen();
    deploy(&mut first);
    wait_under_way(&scene);
    first.kill9();
    let mut screen = scene.ada.cockpit(&[], TINY);
    screen.wait_for("RUNNING");
    screen.wait_for("X abort");
    scene.let_go_on();
    screen.wait_for("SUCCEEDED");
    screen.keys("q");
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 0);
    assert_eq!(scene.events("run.ended"), 1);
}

#[test]
fn everything_is_drawn_again_at_once_and_the_terminal_is_asked_nothing() {
    let scene = Scene::new(&Extra::default());
    let mut screen = scene.screen();
    screen.wait_for("read-write");
    // Somebody else writes over the screen, as `wall` does.
    screen.overwrite(b"\x1b[2J\x1b[Hbroadcast");
    screen.wait_gone("Freeze announced");
    let began = Instant::now();
    screen.keys("<c-l>");
    screen.wait_for("Freeze announced");
    screen.wait_for("read-write");
    assert!(began.elapsed() < AT_ONCE, "it took {:?}", began.elapsed());
    leave(screen);
}

#[test]
fn without_colours_no_colour_is_sent_and_the_selection_is_reversed() {
    let scene = Scene::new(&Extra::default());
    let mut screen = scene.screen_with(&[], &[("NO_COLOR", "1")], SIZE);
    tick_first(&mut screen);
    let raw = String::from_utf8_lossy(&screen.raw_bytes()).into_owned();
    leave(screen);
    let mut reverse = false;
    for sequence in raw.split("\u{1b}[").skip(1) {
        let Some((numbers, "m")) = sequence
            .find(|letter: char| letter.is_ascii_alphabetic())
            .and_then(|end| sequence.get(..=end)?.split_at_checked(end))
        else {
            continue;
        };
        for number in numbers.split(';') {
            let colour = matches!(number.parse::<u32>(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107));
            assert!(!colour, "colour {numbers}");
            reverse |= number == "7";
        }
    }
    assert!(reverse, "nothing is reversed: selection and badges would vanish");
}

#[test]
fn a_dumb_terminal_gets_plain_lines_and_the_exit_code_of_status() {
    let scene = Scene::new(&Extra::default());
    let mut screen = scene.screen_with(&[], &[("TERM", "dumb")], SIZE);
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 1);
    assert!(screen.screen().contains("NO-GO"));
    assert!(!screen.raw_bytes().contains(&0x1b), "no escape sequence");
}

#[test]
fn every_theme_and_every_colour_depth_starts() {
    let scene = Scene::new(&Extra::default());
    for theme in ["dark", "light", "high-contrast", "colour-blind", "ansi", "mono"] {
        let screen = scene.screen_with(&["--theme", theme], &[], (100, 30));
        screen.wait_for("NO-GO");
        leave(screen);
    }
    for colours in [("COLORTERM", ""), ("TERM", "xterm"), ("COLORFGBG", "0;15")] {
        let screen = scene.screen_with(&[], &[colours], (100, 30));
        screen.wait_for("NO-GO");
        leave(screen);
    }
}

#[test]
fn every_ending_signal_gives_the_terminal_back_with_its_exit_code() {
    let scene = Scene::new(&Extra::default());
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let screen = scene.ada.cockpit_under_shell(&[], (100, 30));
        screen.wait_for("Freeze announced");
        screen.signal(signal);
        screen.wait_for(&format!("[ended {code}]"));
        assert_given_back(&screen);
    }
}

#[test]
fn suspending_gives_the_terminal_back_and_fg_draws_everything_again() {
    let scene = Scene::new(&Extra::default());
    let mut screen = scene.ada.cockpit_under_shell(&[], (100, 30));
    screen.wait_for("Freeze announced");
    screen.keys("<c-z>");
    screen.wait_for("[stopped]");
    assert_given_back(&screen);
    screen.keys("<enter>");
    screen.wait_for("Freeze announced");
    assert!(screen.model().alternate_screen());
    tick_first(&mut screen);
    screen.keys("q");
    screen.wait_for("[ended 0]");
    assert_given_back(&screen);
    assert_eq!(foreign(&screen.raw_bytes()), Vec::<String>::new());
}

#[track_caller]
fn assert_given_back(pty: &Pty) {
    let screen = pty.model();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
}

#[test]
fn an_untrusted_checklist_measures_nothing_until_a_person_has_seen_its_commands() {
    let server = HttpServer::ok("fine");
    let items = format!(
        "[[phases.items]]\nid = \"smoke\"\ntitle = \"Smoke\"\nevery = \"1s\"\ncheck = {{ http = {{ url = \"{}\", status = 200 }} }}",
        server.url("/ready")
    );
    let scene = Scene::untrusted(&Extra { items: &items, ..Extra::default() });
    let mut screen = scene.screen();
    screen.wait_for("Trust this checklist?");
    screen.answer("<esc>", "the trust dialog to go", |model| {
        !model.contents().contains("Trust this checklist?")
    });
    tick_first(&mut screen);
    screen.keys("R");
    screen.wait_for("Trust this checklist?");
    screen.answer("<esc>", "the trust dialog to go", |model| {
        !model.contents().contains("Trust this checklist?")
    });
    screen.keys("D");
    screen.wait_until("a refusal or the trust dialog", |model| {
        let text = model.contents();
        text.contains("not trusted") || text.contains("Trust this checklist?")
    });
    never_go(&screen);
    scene.run(&["sign-off", "approve", "--role", "lead"]).expect(5);
    scene.run(&["deploy", "--confirm", "production"]).expect(5);
    scene.run(&["check"]).expect(5);
    assert_eq!(scene.events("item.ticked"), 1);
    assert_eq!(scene.events("signoff.recorded") + scene.events("run.requested"), 0);
    assert_eq!(server.requests().len(), 0, "a connection was made before anybody trusted it");
    leave(screen);

    let mut screen = scene.screen();
    screen.wait_for("Trust this checklist?");
    screen.wait_for("/ready");
    screen.wait_for("second-step-ran");
    screen.answer("y", "the trust dialog to go", |model| !model.contents().contains("Trust this checklist?"));
    wait_row(&screen, SCREEN_BOUND, "Smoke", "PASS");
    assert!(!server.requests().is_empty());
    leave(screen);
}

#[test]
fn undo_waive_and_note_work_from_the_screen_and_are_in_the_record() {
    let scene = Scene::new(&Extra::default());
    let mut screen = scene.screen();
    tick_first(&mut screen);
    screen.keys("u");
    wait_row(&screen, SCREEN_BOUND, "Freeze announced", "OPEN");
    screen.keys("j w");
    screen.wait_for("Set aside");
    type_into_dialog(&mut screen, "nothing to save", "1/500");
    screen.keys("<c-s>");
    wait_row(&screen, SCREEN_BOUND, "Backup made", "WAIVED");
    screen.keys("i");
    screen.wait_for("Write it down");
    type_into_dialog(&mut screen, "looked twice", "1/500");
    screen.keys("<c-s>");
    screen.wait_gone("Write it down");
    leave(screen);
    let log = scene.run(&["log"]).expect(0).stdout;
    for told in ["took back", "nothing to save", "looked twice"] {
        assert!(log.contains(told), "{told} is missing:\n{log}");
    }
}

#[test]
fn the_draft_of_a_comment_survives_esc_and_leaving() {
    let scene = Scene::new(&Extra::default());
    let mut screen = scene.screen();
    screen.wait_for("Freeze announced");
    screen.keys("S");
    screen.wait_for("You sign");
    type_into_dialog(&mut screen, "scope is final", "1/500");
    screen.keys("<esc>");
    screen.wait_gone("You sign");
    screen.keys("S");
    screen.wait_for("scope is final");
    screen.answer("<esc>", "the dialog to go", |model| !model.contents().contains("You sign"));
    leave(screen);
    let mut screen = scene.screen();
    screen.wait_for("Freeze announced");
    screen.keys("S");
    screen.wait_for("scope is final");
    screen.answer("<c-s>", "the sign-off", |model| has_row(&model.contents(), "Approve 1.1.0", "APPROVED"));
    leave(screen);
    assert!(scene.run(&["log"]).expect(0).stdout.contains("scope is final"));
}

#[test]
fn a_resize_that_comes_together_with_a_key_is_not_forgotten() {
    let scene = Scene::new(&Extra::default());
    for _ in 0..5 {
        let mut screen = scene.screen();
        screen.keys("1 g g j j");
        screen.resize(20, 5);
        screen.wait_for("X abort");
        leave(screen);
    }
}
