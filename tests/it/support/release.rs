//! A release day on a real Docker stack: three services at 1.0.0, a checklist, ada at the screen, bob elsewhere.
//!
//! Not here: what happens on that day (`release_day.rs`), releases without containers (`scene.rs`).

use std::time::{Duration, Instant};

use super::docker::Docker;
use super::draft::Draft;
use super::image::Variant;
use super::program::{Person, Place};
use super::pty::{Pty, SCREEN_BOUND};
use super::scene::{SIZE, wait_row};
use super::stack::Stack;
use super::until::until;

/// A deploy of three containers on two busy cores; four seconds when idle.
pub(crate) const DEPLOY_BOUND: Duration = Duration::from_mins(2);
/// An event of another process is on the open screen within a second of that process's end: the bound of the
/// acceptance. File events tell a cockpit of a change of its record, so it is drawn at once.
const ARRIVAL_BOUND: Duration = Duration::from_secs(1);

/// The shop's release: four measured items, two people who sign, a deploy that waits for health, a rollback.
fn checklist(stack: &Stack, compose: &str, within: &str) -> String {
    let services = "services = [\"web\", \"api\", \"worker\"], each = \"healthy\"";
    let waits = |version: &str, within: &str| {
        let check = format!("check = {{ containers = {{ {services}, version = \"{version}\" }} }}");
        let eventually = format!("eventually = {{ within = \"{within}\", every = \"500ms\" }}");
        format!("title = \"Wait for health\"\n{check}\n{eventually}")
    };
    let starts = |version: &str| {
        let run = format!("run = [{compose}, \"up\", \"-d\"]");
        format!("title = \"Start {version}\"\n{run}\nenv = {{ TAG = \"{version}\" }}")
    };
    let urls = format!("{{ web = \"{}\", api = \"{}\" }}", stack.web_url(""), stack.api_url(""));
    let project = stack.project();
    let ready = |base: &str| {
        format!("check = {{ http = {{ url = \"{{{base}}}/ready\", status = 200, latency = \"< 5s\" }} }}")
    };
    Draft::shop(&[])
        .variable("version", "prompt = \"Version to release\"\nkind = \"semver\"")
        .variable("previous_version", "prompt = \"Version to go back to\"\nkind = \"semver\"")
        .environment(
            "production",
            &format!("protected = true\ncompose = {{ project = \"{project}\" }}\nvariables = {urls}"),
        )
        .role("team-lead", "Team lead", "members = [\"bob@example.org\"]")
        .role("release-manager", "Release manager", "members = [\"ada@example.org\"]")
        .phase("prepare", "Prepare", "production")
        .item("freeze", "Freeze announced", "")
        .item(
            "healthy-before",
            "All containers healthy",
            &format!("check = {{ containers = {{ {services} }} }}"),
        )
        .item("smoke-web", "Web answers ready", &ready("web"))
        .item("smoke-api", "Api answers ready", &ready("api"))
        .phase("decide", "Go / no-go", "")
        .item(
            "approve",
            "Approve {version}",
            "signoff = { roles = [\"release-manager\", \"team-lead\"], quorum = 2 }",
        )
        .phase("release", "Release", "production")
        .item("deploy", "Deploy {version}", "action = \"deploy\"\nneeds = [\"phase:prepare\", \"approve\"]")
        .item("looked", "Somebody looked at the logs", "")
        .action("deploy", "deploy", "title = \"Deploy {version}\"\nrollback = [\"rollback\"]")
        .step("up", &starts("{version}"))
        .step("healthy", &waits("{version}", within))
        .action("rollback", "rollback", "title = \"Roll back to {previous_version}\"")
        .step("up", &starts("{previous_version}"))
        .step("healthy", &waits("{previous_version}", "60s"))
        .step("afterwards", "title = \"Verify the rollback\"\nitems = \"after-rollback\"")
        .raw("[plans.after-rollback]\ntitle = \"After a rollback\"\nenvironment = \"production\"")
        .raw("items = [{ id = \"integrity\", title = \"Database integrity verified\" }]")
        .toml()
}

/// A running stack at 1.0.0, its checklist, and two people.
pub(crate) struct ReleaseDay {
    /// The containers.
    pub(crate) stack: Stack,
    /// The project.
    pub(crate) place: Place,
    /// Who releases, at the screen.
    pub(crate) ada: Person,
    /// Who signs too, in another process.
    pub(crate) bob: Person,
}

impl ReleaseDay {
    /// The stack at 1.0.0 and healthy; `next` is what 1.1.0 is like, `within` what its health step may take.
    #[track_caller]
    pub(crate) fn new(docker: &Docker, next: Variant, within: &str) -> Self {
        let place = Place::new();
        let mut stack = Stack::new(docker, &place.project());
        stack.image("1.0.0", Variant::Good);
        stack.image("1.1.0", next);
        stack.up("1.0.0");
        stack.wait_healthy("1.0.0");
        let compose: Vec<String> = docker.compose().iter().map(|word| format!("\"{word}\"")).collect();
        let text = checklist(&stack, &compose.join(", "), within);
        place.write("release.toml", &text);
        let (ada, bob) = (place.person("ada"), place.person("bob"));
        Self { stack, place, ada, bob }
    }

    /// Ada's screen with the checklist open, trusted, everything done but the deploy.
    #[track_caller]
    pub(crate) fn ready_to_deploy(&self) -> Pty {
        let mut screen = self.opened();
        Self::prepare(&mut screen);
        self.sign(&mut screen);
        screen
    }

    /// Opens the checklist, gives the versions, trusts what it would run.
    #[track_caller]
    pub(crate) fn opened(&self) -> Pty {
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

    #[track_caller]
    fn prepare(screen: &mut Pty) {
        screen.wait_for("Freeze announced");
        screen.keys("g g j <space>");
        screen.wait_for("TICKED");
        screen.keys("R");
        screen.wait_until("three checks to pass", |model| model.contents().matches("PASS").count() >= 3);
    }

    #[track_caller]
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
        let ended = Instant::now();
        wait_row(screen, SCREEN_BOUND, "bob", "APPROVED");
        let took = ended.elapsed();
        assert!(took < ARRIVAL_BOUND, "the second sign-off was on the screen only after {took:?}");
        screen.wait_for("2 of 2");
        screen.wait_for("✓ GO");
    }

    /// Asks for the deploy, types the environment, sees it run.
    #[track_caller]
    pub(crate) fn deploy(screen: &mut Pty) {
        screen.keys("D");
        screen.wait_for("to enable the button");
        screen.answer("p", "the first letter", |model| model.contents().contains("missing: \"roduction\""));
        screen.type_text("roduction");
        screen.wait_for("to the button");
        screen.keys("<enter> <enter>");
        screen.wait_for("RUNNING");
    }

    /// Asks for the rollback and answers its one question.
    #[track_caller]
    pub(crate) fn roll_back(screen: &mut Pty) {
        screen.keys("B");
        screen.wait_for("Roll back production");
        screen.answer("y", "the rollback", |model| !model.contents().contains("Roll back production"));
    }

    /// The lines of the record with an event of this kind.
    #[track_caller]
    pub(crate) fn lines(&self, kind: &str) -> Vec<String> {
        let folder = self.place.project().join(".gonogo");
        let record = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.to_string_lossy().ends_with(".session.toml"))
            .expect("there is a record");
        let text = std::fs::read_to_string(record).unwrap();
        let wanted = format!("kind = \"{kind}\"");
        text.lines().filter(|line| line.contains(&wanted)).map(str::to_owned).collect()
    }

    /// The record's events of this kind.
    #[track_caller]
    pub(crate) fn events(&self, kind: &str) -> usize {
        self.lines(kind).len()
    }

    /// Waits until the record has that many events of this kind.
    #[track_caller]
    pub(crate) fn wait_events(&self, kind: &str, count: usize) {
        until(&format!("{count} {kind}"), DEPLOY_BOUND, || (self.events(kind) == count).then_some(()));
    }
}
