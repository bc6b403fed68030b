//! One release on a real Docker stack, through the terminal: from the checklist to the rollback.
//!
//! Three services at 1.0.0, a person at the screen, a second one in another process. What the screen says is waited
//! for; what the daemon says is asked from the daemon. Not here: the parts one by one (`headless.rs`, `supervise.rs`).

use std::time::Duration;

use super::support::docker::{Docker, docker_or_skip};
use super::support::image::{HOSTILE_SEQUENCES, Variant};
use super::support::program::{Person, Place};
use super::support::pty::Pty;
use super::support::stack::Stack;
use super::support::until::until;

/// The terminal of the mock-ups.
const SIZE: (u16, u16) = (160, 45);
/// A deploy of three containers on two busy cores; four seconds when idle.
const DEPLOY_BOUND: Duration = Duration::from_mins(2);
/// A second process's event appears within a second; the rest is for a loaded machine to draw it.
const ARRIVAL_BOUND: Duration = Duration::from_secs(3);

const CHECKLIST: &str = r#"format = 1
id = "shop"
title = "Shop release"

[variables.version]
prompt = "Version to release"
kind = "semver"
[variables.previous_version]
prompt = "Version to go back to"
kind = "semver"

[environments.production]
protected = true
compose = { project = "@PROJECT@" }
variables = { web = "@WEB@", api = "@API@" }

[roles.team-lead]
title = "Team lead"
members = ["bob@example.org"]
[roles.release-manager]
title = "Release manager"
members = ["ada@example.org"]

[[phases]]
id = "prepare"
title = "Prepare"
environment = "production"
  [[phases.items]]
  id = "freeze"
  title = "Freeze announced"
  [[phases.items]]
  id = "healthy-before"
  title = "All containers healthy"
  check = { containers = { services = ["web", "api", "worker"], each = "healthy" } }
  [[phases.items]]
  id = "smoke-web"
  title = "Web answers ready"
  check = { http = { url = "{web}/ready", status = 200 } }
  [[phases.items]]
  id = "smoke-api"
  title = "Api answers ready"
  check = { http = { url = "{api}/ready", status = 200, latency = "< 5s" } }

[[phases]]
id = "decide"
title = "Go / no-go"
  [[phases.items]]
  id = "approve"
  title = "Approve {version}"
  signoff = { roles = ["release-manager", "team-lead"], quorum = 2 }

[[phases]]
id = "release"
title = "Release"
environment = "production"
  [[phases.items]]
  id = "deploy"
  title = "Deploy {version}"
  action = "deploy"
  needs = ["phase:prepare", "approve"]
  [[phases.items]]
  id = "looked"
  title = "Somebody looked at the logs"

[actions.deploy]
kind = "deploy"
title = "Deploy {version}"
rollback = ["rollback"]
  [[actions.deploy.steps]]
  id = "up"
  title = "Start {version}"
  run = [@COMPOSE@, "up", "-d"]
  env = { TAG = "{version}" }
  [[actions.deploy.steps]]
  id = "healthy"
  title = "Wait for health"
  check = { containers = { services = ["web", "api", "worker"], each = "healthy", version = "{version}" } }
  eventually = { within = "@WITHIN@", every = "500ms" }

[actions.rollback]
kind = "rollback"
title = "Roll back to {previous_version}"
  [[actions.rollback.steps]]
  id = "up"
  title = "Start {previous_version}"
  run = [@COMPOSE@, "up", "-d"]
  env = { TAG = "{previous_version}" }
  [[actions.rollback.steps]]
  id = "healthy"
  title = "Wait for health"
  check = { containers = { services = ["web", "api", "worker"], each = "healthy", version = "{previous_version}" } }
  eventually = { within = "60s", every = "500ms" }
  [[actions.rollback.steps]]
  id = "afterwards"
  title = "Verify the rollback"
  items = "after-rollback"

[plans.after-rollback]
title = "After a rollback"
environment = "production"
items = [{ id = "integrity", title = "Database integrity verified" }]
"#;

/// A running stack at 1.0.0, its checklist, and two people.
struct ReleaseDay {
    stack: Stack,
    place: Place,
    ada: Person,
    bob: Person,
}

impl ReleaseDay {
    fn new(docker: &Docker, next: Variant, within: &str) -> Self {
        let place = Place::new();
        let mut stack = Stack::new(docker, &place.project());
        stack.image("1.0.0", Variant::Good);
        stack.image("1.1.0", next);
        stack.up("1.0.0");
        stack.wait_healthy("1.0.0");
        let compose: Vec<String> = docker.compose().iter().map(|word| format!("\"{word}\"")).collect();
        let text = CHECKLIST
            .replace("@PROJECT@", stack.project())
            .replace("@WEB@", &stack.web_url(""))
            .replace("@API@", &stack.api_url(""))
            .replace("@COMPOSE@", &compose.join(", "))
            .replace("@WITHIN@", within);
        place.write("release.toml", &text);
        let (ada, bob) = (place.person("ada"), place.person("bob"));
        Self { stack, place, ada, bob }
    }

    /// Ada's screen with the checklist open, trusted, everything done but the deploy.
    fn ready_to_deploy(&self) -> Pty {
        let mut screen = self.opened();
        Self::prepare(&mut screen);
        self.sign(&mut screen);
        screen
    }

    /// Opens the checklist, gives the versions, trusts what it would run.
    fn opened(&self) -> Pty {
        let mut screen = self.ada.cockpit(&["release.toml"], SIZE);
        screen.wait_for("Version to release");
        screen.type_text("1.1.0");
        screen.keys("<enter>");
        screen.wait_for("Version to go back to");
        screen.type_text("1.0.0");
        screen.keys("<enter>");
        screen.wait_for("Trust this checklist?");
        screen.answer("y", "trust", |model| !model.contents().contains("Trust this checklist?"));
        screen
    }

    fn prepare(screen: &mut Pty) {
        screen.wait_for("Freeze announced");
        screen.keys("g g j <space>");
        screen.wait_for("TICKED");
        screen.keys("R");
        screen.wait_until("three checks to pass", |model| model.contents().matches("PASS").count() >= 3);
    }

    fn sign(&self, screen: &mut Pty) {
        screen.keys("S");
        screen.wait_for("You sign");
        screen.answer("s c o p e", "the comment", |model| model.contents().contains("scope"));
        screen.answer("<c-s>", "the sign-off", |model| !model.contents().contains("You sign"));
        screen.wait_for("APPROVED");
        self.bob.gonogo(["trust", "release.toml"]).run().expect(0);
        let status =
            self.bob.gonogo(["sign-off", "approve", "--role", "team-lead", "--comment", "risk is low"]);
        status.run().expect(0);
        screen.wait_within(ARRIVAL_BOUND, "the second sign-off", |model| model.contents().contains("GO ]"));
    }

    fn deploy(screen: &mut Pty) {
        screen.keys("D");
        screen.wait_for("to enable the button");
        screen.answer("p", "the first letter", |model| model.contents().contains("missing: \"roduction\""));
        screen.type_text("roduction");
        screen.wait_for("to the button");
        screen.keys("<enter> <enter>");
        screen.wait_for("RUNNING");
    }

    fn roll_back(screen: &mut Pty) {
        screen.keys("B");
        screen.wait_for("Roll back production");
        screen.answer("y", "the rollback", |model| !model.contents().contains("Roll back production"));
    }

    /// The record's events of this kind.
    fn events(&self, kind: &str) -> usize {
        let folder = self.place.project().join(".gonogo");
        let record = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.to_string_lossy().ends_with(".session.toml"))
            .expect("there is a record");
        let text = std::fs::read_to_string(record).unwrap();
        text.lines().filter(|line| line.contains(&format!("kind = \"{kind}\""))).count()
    }

    fn wait_events(&self, kind: &str, count: usize) {
        until(&format!("{count} {kind}"), DEPLOY_BOUND, || (self.events(kind) >= count).then_some(()));
        assert_eq!(self.events(kind), count, "{kind}");
    }
}

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

#[test]
fn a_deploy_survives_a_killed_cockpit_and_is_picked_up_with_its_true_end() {
    let Some(docker) = docker_or_skip("survival") else { return };
    let day = ReleaseDay::new(&docker, Variant::Good, "60s");
    let mut screen = day.ready_to_deploy();
    ReleaseDay::deploy(&mut screen);
    day.wait_events("run.started", 1);
    screen.kill9();
    day.stack.wait_healthy("1.1.0");
    let screen = day.ada.cockpit(&[], SIZE);
    screen.wait_within(DEPLOY_BOUND, "the end of the deploy", |model| model.contents().contains("SUCCEEDED"));
    day.wait_events("run.ended", 1);
    assert_eq!(day.events("item.ticked"), 1, "nothing ticked is lost");
    let status = day.ada.gonogo(["log", "--json"]).run().expect(0).json();
    assert!(status.to_string().contains("succeeded"), "{status}");
}

#[test]
fn a_deploy_survives_a_closed_terminal() {
    let Some(docker) = docker_or_skip("survival_closed") else { return };
    let day = ReleaseDay::new(&docker, Variant::Good, "60s");
    let mut screen = day.ready_to_deploy();
    ReleaseDay::deploy(&mut screen);
    day.wait_events("run.started", 1);
    screen.close_terminal();
    day.stack.wait_healthy("1.1.0");
    let attached = day.ada.gonogo(["attach"]).run();
    assert!(matches!(attached.code, 0), "attach says how it ended: {}", attached.stderr);
    day.wait_events("run.ended", 1);
}

#[test]
fn a_bad_image_fails_its_health_step_and_the_rollback_heals_the_stack() {
    let Some(docker) = docker_or_skip("bad_image") else { return };
    let day = ReleaseDay::new(&docker, Variant::Bad, "15s");
    let mut screen = day.ready_to_deploy();
    ReleaseDay::deploy(&mut screen);
    screen.wait_within(DEPLOY_BOUND, "the health step to fail", |model| {
        let text = model.contents();
        text.contains("unhealthy") && text.contains("roll back")
    });
    ReleaseDay::roll_back(&mut screen);
    day.stack.wait_healthy("1.0.0");
    day.wait_events("run.ended", 2);
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
    let written = screen.raw_bytes();
    for sequence in HOSTILE_SEQUENCES {
        let found = written.windows(sequence.len()).any(|window| window == *sequence);
        assert!(!found, "{:?} reached the terminal", String::from_utf8_lossy(sequence));
    }
    assert!(screen.model().alternate_screen(), "the log left the alternate screen");
    let told = day.ada.gonogo(["logs", "web"]).run().expect(0).stdout;
    assert!(told.contains("hostile-14") && !told.contains('\u{1b}'), "{}", told.escape_debug());
    let listed = day.ada.gonogo(["containers"]).run().expect(0).stdout;
    assert!(listed.contains("worker") && listed.contains("1.1.0"), "{listed}");
}
