//! A step of a deploy fails and the action says `on_failure = "rollback"`: the rollback is put at once, with what failed.
//!
//! Not here: doing it by itself within its guards (`src/engine/tests/failures.rs`).

use std::time::Duration;

use super::support::draft::Draft;
use super::support::program::Place;
use super::support::scene::{NEW, NO_CONTAINERS, SIZE};
use super::support::until::until;

/// A supervisor's start, a step, a dialog, on a loaded machine.
const BOUND: Duration = Duration::from_mins(1);

fn checklist() -> String {
    Draft::shop(&["version", "previous_version"])
        .environment("stage", &format!("auto_rollback = true\n{NO_CONTAINERS}"))
        .phase("release", "Release", "stage")
        .item("deploy", "Deploy {version}", "action = \"deploy\"")
        .action("deploy", "deploy", "rollback = [\"back\"]\non_failure = \"rollback\"")
        .step("up", "script = \"exit 3\"")
        .step("never", "script = 'touch \"$HOME/second-step-ran\"'")
        .action("back", "rollback", "")
        .step("down", "script = 'touch \"$HOME/rolled-back\"'")
        .toml()
}

#[test]
fn a_failed_step_puts_the_rollback_at_once_and_says_why_it_does_not_happen_by_itself() {
    let place = Place::new();
    let anna = place.person("anna");
    place.write("release.toml", &checklist());
    anna.gonogo(NEW).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    let mut screen = anna.cockpit(&[], SIZE);
    screen.wait_for("Deploy 1.1.0");
    // Another process asks for it and follows it too.
    let _deploy = anna.cockpit(&["deploy", "--yes"], SIZE);
    let shows = |text: &str| screen.wait_within(BOUND, text, |model| model.contents().contains(text));
    shows("Roll back stage to 1.0.0");
    shows("step up");
    shows("exit 3, ");
    shows("not by itself: ");
    assert!(!screen.screen().contains("False alarm"), "{}", screen.screen());
    assert!(!anna.home().join("rolled-back").exists(), "it waits for a person");
    screen.answer("y", "the deploy to be ended and the rollback to run", |model| {
        !model.contents().contains("Roll back stage to 1.0.0")
    });
    until("the rollback", BOUND, || anna.home().join("rolled-back").exists().then_some(()));
    let ended = || {
        let runs = anna.gonogo(["status", "--json"]).run().json()["runs"].clone();
        let outcomes: Vec<String> =
            runs.as_array()?.iter().filter_map(|run| Some(run["outcome"].as_str()?.to_owned())).collect();
        (outcomes.len() == 2).then_some(outcomes)
    };
    let outcomes = until("both runs to have ended", BOUND, ended);
    assert!(outcomes.iter().any(|outcome| outcome == "succeeded"), "{outcomes:?}");
    assert!(!anna.home().join("second-step-ran").exists(), "nothing of the deploy ran after the failed step");
    anna.gonogo(["verify"]).run().expect(0);
}
