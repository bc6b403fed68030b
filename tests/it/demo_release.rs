//! Releases of `gonogo demo`, played by keys from the first tick to the last verdict.
//!
//! Not here: what is left behind (`demo.rs`).

use super::support::pty::SCREEN_BOUND;
use super::support::rehearsal::Rehearsal;
use super::support::scene::{count_events, wait_row};

/// All is done and well: in the header, and by its own words.
#[track_caller]
fn wait_all_done(rehearsal: &Rehearsal) {
    rehearsal.screen.wait_until("a healthy end", |model| {
        let contents = model.contents();
        contents.contains("✓ HEALTHY") && contents.contains("nothing, all done")
    });
}

#[test]
fn a_good_release_is_played_to_a_window_closed_healthy() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "good", "--speed", "8"]);
    rehearsal.release();
    rehearsal.wait_succeeded(2);
    rehearsal.screen.keys("<esc>");
    rehearsal.screen.wait_for("WINDOW first-minutes");
    rehearsal.wait_closed(&["healthy"]);
    rehearsal.screen.wait_gone("WINDOW first-minutes");
    for title in ["Production lists orders", "Production runs 1.5.0", "The first two minutes"] {
        rehearsal.select(title);
        wait_row(&rehearsal.screen, SCREEN_BOUND, title, "PASS");
    }
    rehearsal.tick("Support knows");
    rehearsal.tick("Tickets of");
    rehearsal.tick_with_note("What we learned", "all went well");
    wait_all_done(&rehearsal);
    let record = rehearsal.leave();
    assert_eq!(count_events(&record, "run.ended"), 2, "{record}");
    assert_eq!(count_events(&record, "window.judged"), 2, "{record}");
    assert_eq!(count_events(&record, "trigger.fired"), 0, "{record}");
}

#[test]
fn a_regression_fires_is_rolled_back_by_keys_and_ends_healthy() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "regression", "--seed", "3", "--speed", "8"]);
    rehearsal.release();
    rehearsal.wait_succeeded(2);
    rehearsal.screen.keys("<esc>");
    rehearsal.wait_events("trigger.fired", 1);
    rehearsal.screen.wait_for("✗ REGRESSION");
    rehearsal.screen.wait_for("False alarm");
    rehearsal.roll_back();
    rehearsal.wait_succeeded(3);
    rehearsal.wait_closed(&["regression", "healthy"]);
    rehearsal.screen.wait_gone("WINDOW after-rollback");
    let title = "Production answers ready again";
    rehearsal.screen.keys("R");
    rehearsal.select(title);
    wait_row(&rehearsal.screen, SCREEN_BOUND, title, "PASS");
    rehearsal.tick("Revision 43 of");
    rehearsal.tick("Everybody concerned");
    wait_all_done(&rehearsal);
    let record = rehearsal.leave();
    assert_eq!(count_events(&record, "run.ended"), 3, "{record}");
    assert!(record.contains("\"deploy\", kind = \"deploy\"") && record.contains("kind = \"rollback\""));
}

#[test]
fn a_version_that_cannot_start_is_rolled_back_by_keys_alone() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "crash-loop", "--speed", "8"]);
    rehearsal.prepare();
    rehearsal.deploy_to_stage();
    rehearsal.check_stage();
    rehearsal.sign();
    rehearsal.deploy_to_production();
    rehearsal.wait_end("FAILED deploy ]");
    rehearsal.screen.wait_for("shop-production-api-1");
    rehearsal.roll_back();
    rehearsal.screen.keys("R");
    rehearsal.select("Production answers ready again");
    wait_row(&rehearsal.screen, SCREEN_BOUND, "Production answers ready again", "PASS");
    rehearsal.tick("Revision 43 of");
    let record = rehearsal.leave();
    assert_eq!(count_events(&record, "run.ended"), 3, "{record}");
    assert_eq!(count_events(&record, "signoff.recorded"), 2);
    assert!(record.contains("jonas@example.test"));
}
