//! A deploy without a terminal: followed to its end, a failed step waits for a person, rollback heals.
//!
//! Not here: the supervisor itself (`supervise.rs`), gates and trust (`headless.rs`).

use super::support::docker::docker_or_skip;
use super::support::draft::Draft;
use super::support::image::Variant;
use super::support::program::{Person, Place};
use super::support::pty::SCREEN_BOUND;
use super::support::stack::Stack;
use super::support::until::until;

/// What the second step of the deploy does: it needs a folder.
const NEEDS_READY: &str = "run = [\"test\", \"-d\", \"ready\"]";

/// A deploy of two steps, the second of which needs a folder; a rollback.
fn checklist() -> String {
    checklist_with("", "", NEEDS_READY)
}

/// The same with more of the environment, items before the deploy, and another second step.
fn checklist_with(environment: &str, items: &str, ready: &str) -> String {
    Draft::shop(&["version"])
        .environment("stage", environment)
        .phase("release", "Release", "stage")
        .raw(items)
        .item("deploy", "Deploy {version}", "action = \"deploy\"")
        .action("deploy", "deploy", "rollback = [\"back\"]")
        .step("say", "run = [\"echo\", \"bringing {version}\"]")
        .step("ready", ready)
        .action("back", "rollback", "")
        .step("say", "run = [\"echo\", \"going back\"]")
        .toml()
}

fn trusted(place: &Place) -> Person {
    let anna = place.person("anna");
    place.write("release.toml", &checklist());
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    anna
}

#[test]
fn a_deploy_is_followed_to_its_end_and_told_once_in_the_log() {
    let place = Place::new();
    let anna = trusted(&place);
    std::fs::create_dir(place.project().join("ready")).unwrap();
    let deployed = anna.gonogo(["deploy", "--yes"]).run().expect(0);
    assert!(deployed.stderr.contains("bringing 1.1.0"), "{}", deployed.stderr);
    let log = anna.gonogo(["log", "--json"]).run().expect(0).json();
    let events = log["events"].as_array().unwrap().clone();
    let count = |kind: &str| events.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!((count("run.requested"), count("run.started"), count("run.ended")), (1, 1, 1));
    anna.gonogo(["logs"]).run().expect(0);
    anna.gonogo(["status"]).run().expect(0);
    anna.gonogo(["verify"]).run().expect(0);
}

#[test]
fn a_failed_step_waits_for_a_person_who_retries_it() {
    let place = Place::new();
    let anna = trusted(&place);
    let waiting = anna.gonogo(["deploy", "--yes"]).run().expect(5);
    assert!(waiting.stderr.contains("gonogo step retry ready"), "{}", waiting.stderr);
    let status = anna.gonogo(["status", "--json"]).run().expect(5);
    assert_eq!(status.json()["runs"][0]["active"], true);
    anna.gonogo(["step", "skip"]).run().expect(2);
    std::fs::create_dir(place.project().join("ready")).unwrap();
    anna.gonogo(["step", "retry", "ready"]).run().expect(0);
    let status = anna.gonogo(["status", "--json"]).run();
    if status.json()["runs"][0]["active"] == true {
        anna.gonogo(["attach"]).run().expect(0);
    }
    let status = anna.gonogo(["status", "--json"]).run().expect(0);
    assert_eq!(status.json()["runs"][0]["outcome"], "succeeded");
}

#[test]
fn a_rollback_ends_a_waiting_deploy_first_and_is_blocked_by_nothing() {
    let place = Place::new();
    let anna = trusted(&place);
    anna.gonogo(["deploy", "--yes"]).run().expect(5);
    anna.gonogo(["hold", "--reason", "wait"]).run().expect(0);
    let unconfirmed = anna.gonogo(["rollback"]).run().expect(2);
    assert!(unconfirmed.stderr.contains("gonogo rollback --yes"), "{}", unconfirmed.stderr);
    let back = anna.gonogo(["rollback", "--yes"]).run().expect(0);
    assert!(back.stderr.contains("going back"), "{}", back.stderr);
    let status = anna.gonogo(["status", "--json"]).run().json();
    assert_eq!(status["runs"][0]["outcome"], "failed", "its step had failed and nobody carried on");
    assert_eq!(status["runs"][1]["outcome"], "succeeded");
}

#[test]
fn a_rollback_without_a_terminal_names_the_content_it_trusts_and_the_record_says_so() {
    let place = Place::new();
    let anna = place.person("anna");
    place.write("release.toml", &checklist());
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    let digest = |text: &str| {
        let (_, after) = text.split_once("--trust sha256:").expect("the call that consents");
        format!("sha256:{}", after.split_whitespace().next().unwrap())
    };
    for unnamed in [["rollback", "--yes"].as_slice(), &["rollback", "--yes", "--trust", "sha256:00"]] {
        let told = anna.gonogo(unnamed.iter().copied()).run().expect(5).stderr;
        assert!(told.contains("going back") && told.contains("nothing was started"), "{told}");
    }
    let log = anna.gonogo(["log"]).run().expect(0).stdout;
    assert!(!log.contains("asked for back"), "{log}");
    let named = digest(&anna.gonogo(["rollback", "--yes"]).run().expect(5).stderr);
    let back = anna.gonogo(["rollback", "--yes", "--trust", &named]).run().expect(0);
    assert!(back.stderr.contains("going back"), "{}", back.stderr);
    let log = anna.gonogo(["log"]).run().expect(0).stdout;
    assert!(log.contains(&format!("trusting {named} by it")), "{log}");
    anna.gonogo(["rollback", "--yes"]).run().expect(0);
    anna.gonogo(["deploy", "--yes", "--trust", &named]).run().expect(2);
}

#[test]
fn a_deploy_behind_a_container_check_waits_for_the_daemon_before_it_asks_its_gate() {
    let Some(docker) = docker_or_skip("headless_run") else { return };
    let place = Place::new();
    let mut stack = Stack::new(&docker, &place.project());
    stack.image("1.0.0", Variant::Good);
    stack.up("1.0.0");
    stack.wait_healthy("1.0.0");
    let check = "[[phases.items]]\nid = \"up\"\ntitle = \"All healthy\"\ncheck = { containers = { services = [\"web\", \"api\", \"worker\"], each = \"healthy\" } }";
    let environment = format!("compose = {{ project = \"{}\" }}", stack.project());
    let source = checklist_with(&environment, check, NEEDS_READY);
    std::fs::create_dir(place.project().join("ready")).unwrap();
    let anna = place.person("anna");
    place.write("release.toml", &source);
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    let deployed = anna.gonogo(["deploy", "--yes"]).run().expect(0);
    assert!(deployed.stderr.contains("bringing 1.1.0"), "{}", deployed.stderr);
    drop(stack);
    anna.gonogo(["rollback", "--yes"]).run().expect(0);
    let gated = anna.gonogo(["deploy", "--yes"]).run().expect(1);
    assert!(gated.stderr.contains("All healthy"), "{}", gated.stderr);
}

#[test]
fn a_check_that_waits_for_something_is_skipped_and_says_for_what() {
    let place = Place::new();
    let anna = place.person("anna");
    let waits = "[[phases.items]]\nid = \"read\"\ntitle = \"Notes are read\"\n[[phases.items]]\nid = \"tests\"\ntitle = \"Tests\"\ncheck = { command = { run = [\"touch\", \"ran\"] } }\nneeds = [\"read\"]";
    place.write("release.toml", &checklist_with("", waits, NEEDS_READY));
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    let skipped = anna.gonogo(["check"]).run().expect(4);
    assert!(skipped.stdout.contains("waits for Notes are read"), "{}", skipped.stdout);
    assert!(!place.project().join("ran").exists());
    anna.gonogo(["tick", "read"]).run().expect(0);
    anna.gonogo(["check"]).run().expect(0);
    assert!(place.project().join("ran").exists());
}

#[test]
fn a_run_whose_supervisor_was_killed_is_settled_by_a_person_without_a_terminal() {
    let place = Place::new();
    let anna = trusted(&place);
    anna.gonogo(["deploy", "--yes"]).run().expect(5);
    let pid = supervisor_pid(&place.project()).expect("a supervisor that waits");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it is ours");
    anna.gonogo(["settle", "failed", "--reason", "looked at it"]).run().expect(0);
    let status = anna.gonogo(["status", "--json"]).run();
    assert_eq!(status.json()["runs"][0]["outcome"], "failed");
    assert_eq!(status.json()["runs"][0]["active"], false);
}

/// A deploy that waits for the folder `ready`, left alone under way.
fn left_alone(place: &Place) -> Person {
    let waits = r#"script = "until test -d ready; do sleep 0.05; done""#;
    place.write("release.toml", &checklist_with("", "", waits));
    let anna = place.person("anna");
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    anna.gonogo(["deploy", "--yes", "--detach"]).run().expect(5);
    anna
}

#[test]
fn an_abort_answers_whether_it_was_the_abort_that_ended_the_run() {
    let place = Place::new();
    let anna = left_alone(&place);
    anna.gonogo(["abort", "--yes"]).run().expect(0);
    anna.gonogo(["abort", "--yes"]).run().expect(2);

    let place = Place::new();
    let anna = left_alone(&place);
    std::fs::create_dir(place.project().join("ready")).unwrap();
    until("its end, which nobody has recorded", SCREEN_BOUND, || {
        supervisor_status(&place.project()).filter(|status| status.contains_key("end"))
    });
    let late = anna.gonogo(["abort", "--yes"]).run().expect(1);
    assert!(late.stderr.contains("it had succeeded before the abort reached it"), "{}", late.stderr);

    let place = Place::new();
    let anna = trusted(&place);
    anna.gonogo(["deploy", "--yes"]).run().expect(5);
    anna.gonogo(["abort", "--yes"]).run().expect(0);
}

fn supervisor_pid(project: &std::path::Path) -> Option<rustix::process::Pid> {
    let status = supervisor_status(project)?;
    rustix::process::Pid::from_raw(i32::try_from(status["process"]["pid"].as_integer()?).ok()?)
}

fn supervisor_status(project: &std::path::Path) -> Option<toml::Table> {
    let side = std::fs::read_dir(project.join(".gonogo")).ok()?.filter_map(Result::ok);
    let side = side.map(|entry| entry.path().join("runs")).find(|runs| runs.is_dir())?;
    let run = std::fs::read_dir(side).ok()?.next()?.ok()?.path();
    std::fs::read_to_string(run.join("status.toml")).ok()?.parse().ok()
}
