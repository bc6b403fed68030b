//! A window on real containers: one that a run of ours stops, one killed by hand, two that run out of memory.
//!
//! Not here: services that fail on loopback (`watch.rs`), what two looks at a container tell
//! (`src/engine/window/remembered.rs`).

use std::time::Duration;

use super::support::docker::{Docker, docker_or_skip};
use super::support::draft::Draft;
use super::support::image::Variant;
use super::support::program::{Person, Place};
use super::support::stack::Stack;

/// An alarm on a loaded machine.
const BOUND: Duration = Duration::from_mins(3);
/// Enough for a container to begin, little for one that eats.
const LIMIT: &str = "32m";

/// A window on containers, and an action that kills and starts the web service as a restart may.
fn checklist(stack: &Stack, web: &str) -> String {
    let count = |name: &str, what: &str| {
        format!(
            "[windows.first.triggers.{name}]\nwhen = \"count({what}) >= 1 since deploy\"\nmin_samples = 1\n"
        )
    };
    let window = [
        "[windows.first]\nstages = [{ for = \"20m\", every = \"500ms\" }]\n\
         [windows.first.indicators.app]\ncontainers = {}\n\
         [windows.first.indicators.web]\ncontainers = { service = \"web\" }\n\
         [windows.first.indicators.lives]\ncontainers = { service = \"lives\" }\n\
         [windows.first.indicators.dies]\ncontainers = { service = \"dies\" }\n\
         [windows.first.indicators.memory]\ncontainers = { metric = \"memory_percent\" }\n\
         [[windows.first.objectives]]\nthat = [\"count(app.exits) == 0\", \"count(app.oom) == 0\"]\n",
        &count("crash", "app.exits"),
        &count("web-stopped", "web.exits"),
        &count("web-again", "web.restarts"),
        &count("child-oom", "lives.oom"),
        &count("own-oom", "dies.oom"),
    ]
    .concat();
    let compose = format!("compose = {{ project = \"{}\" }}", stack.project());
    Draft::shop(&["version", "previous_version"])
        .environment("production", &compose)
        .phase("release", "Release", "production")
        .item("deploy", "Deploy {version}", "action = \"deploy\"")
        .item("watched", "Watched", "window = \"first\"")
        .action("deploy", "deploy", "rollback = [\"back\"]\nwindow = \"first\"")
        .step("say", "run = [\"echo\", \"bringing {version}\"]")
        .action("more", "change", "")
        .step("stop", &format!("run = [\"docker\", \"kill\", \"{web}\"]"))
        .step("start", &format!("run = [\"docker\", \"start\", \"{web}\"]"))
        .action("back", "rollback", "")
        .step("say", "run = [\"echo\", \"going back\"]")
        .raw(&window)
        .toml()
}

/// A container of the stack's project with little memory, removed when dropped.
struct Small<'a> {
    docker: &'a Docker,
    name: String,
}

impl<'a> Small<'a> {
    /// Runs this busybox command as this service.
    #[track_caller]
    fn run(docker: &'a Docker, stack: &Stack, service: &str, argv: &[&str]) -> Self {
        let name = format!("{}-{service}-1", stack.project());
        let labels = [("project", stack.project()), ("service", service), ("container-number", "1")];
        let labels = labels.map(|(key, value)| format!("--label=com.docker.compose.{key}={value}"));
        let head = ["run", "-d", "--name", &name, "--memory", LIMIT, "--memory-swap", LIMIT];
        let image = ["--no-healthcheck", "--entrypoint", "/bin/busybox", "gonogo-test-web:1.0.0"];
        docker.run(&[&head[..], &labels.each_ref().map(String::as_str), &image, argv].concat());
        Self { docker, name }
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _gone = self.docker.try_run(&["rm", "-f", &self.name]);
    }
}

/// What the record says of each trigger that fired: name and evidence.
fn fired(anna: &Person) -> Vec<String> {
    let log = anna.gonogo(["log", "--json"]).run().expect(0).json();
    let events = log["events"].as_array().unwrap().clone();
    let fired = events.iter().filter(|event| event["kind"] == "trigger.fired");
    fired.map(|event| event["words"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn crashes_and_want_of_memory_on_the_real_stack_fire_and_a_stop_of_ours_does_not() {
    let Some(docker) = docker_or_skip("a window on real containers") else { return };
    let place = Place::new();
    let mut stack = Stack::new(&docker, &place.project());
    stack.image("1.0.0", Variant::Good);
    stack.up("1.0.0");
    stack.wait_healthy("1.0.0");
    place.write("release.toml", &checklist(&stack, &stack.container("web").unwrap()));
    let anna = place.person("anna");
    let new = ["new", "release.toml", "--set", "version=1.1.0", "--set", "previous_version=1.0.0"];
    anna.gonogo(new).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    anna.gonogo(["deploy", "--yes"]).run().expect(0);
    let watch = anna.cockpit(&["watch"], (160, 45));
    let shows = |text: &str| watch.wait_within(BOUND, text, |model| model.contents().contains(text));
    shows("HEALTHY");

    anna.gonogo(["run", "more", "--yes"]).run().expect(0);
    stack.wait_health("web", "healthy");
    docker.run(&["kill", &stack.container("worker").unwrap()]);
    shows("trigger crash fired");

    let lives = Small::run(&docker, &stack, "lives", &["sleep", "600"]);
    let eaten = docker.try_run(&["exec", &lives.name, "/bin/busybox", "tail", "/dev/zero"]);
    assert_eq!(eaten.status.code(), Some(137), "{}", eaten.stderr);
    shows("trigger child-oom fired");
    let state = docker.run(&["inspect", "--format", "{{.State.Running}} {{.State.OOMKilled}}", &lives.name]);
    assert_eq!(state, "true false", "only the event tells of it");

    let dies = Small::run(&docker, &stack, "dies", &["tail", "/dev/zero"]);
    shows("trigger own-oom fired");
    let state = docker.run(&["inspect", "--format", "{{.State.ExitCode}} {{.State.OOMKilled}}", &dies.name]);
    assert_eq!(state, "137 true");

    let fired = fired(&anna);
    let of = |name: &str| fired.iter().filter(|words| words.contains(name)).count();
    let all = ["crash", "child-oom", "own-oom", "web-stopped", "web-again"].map(of);
    assert_eq!(all, [1, 1, 1, 0, 0], "{fired:#?}");
    let status = anna.gonogo(["status", "--json"]).run().expect(1).json();
    assert_eq!(status["verdict"], "REGRESSION");
    watch.kill9();
}
