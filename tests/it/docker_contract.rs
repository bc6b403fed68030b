//! One contract, two daemons: what our client and the real `docker` program see of the simulation, they see of Docker.
//!
//! Without a daemon, or without the program, a test prints that it was skipped; CI requires both. Not here: hangs and
//! broken answers (in-crate tests of `runtime/docker` and `demo/docker`).

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use gonogo::demo::docker::manner::{DaemonFacts, Manner};
use gonogo::engine::effect::{AttendScope, GuessHost};
use gonogo::engine::input::Input;
use gonogo::engine::log_line::LogPiece;
use gonogo::engine::log_source::LogSource;
use gonogo::rules::observed::{Container, Health};
use gonogo::runtime::docker::{DockerHands, Surroundings, Wish, snapshot};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::bounded::{self, Ended};
use crate::support::docker::{Docker, docker_or_skip};
use crate::support::image::Variant;
use crate::support::simulated::{Simulated, SimulatedProcess};
use crate::support::skip::skip;
use crate::support::stack::{HEALTH_BOUND, SERVICES, Stack};
use crate::support::until::until;

/// One call of the docker program.
const CALL_BOUND: Duration = Duration::from_mins(1);

/// Whom the contract binds.
enum Daemon {
    Real { docker: Docker, stack: Box<Stack>, _folder: tempfile::TempDir },
    Simulated(Simulated),
}

impl Daemon {
    fn real(test: &str) -> Option<Self> {
        let docker = docker_or_skip(test)?;
        let folder = tempfile::tempdir().unwrap();
        let mut stack = Stack::new(&docker, folder.path());
        stack.image("1.0.0", Variant::Good);
        stack.up("1.0.0");
        stack.wait_healthy("1.0.0");
        Some(Daemon::Real { docker, stack: Box::new(stack), _folder: folder })
    }

    fn simulated(manner: Manner) -> Self {
        Daemon::Simulated(Simulated::start(DaemonFacts { manner, ..DaemonFacts::default() }))
    }

    fn address(&self) -> Option<String> {
        match self {
            Daemon::Real { .. } => None,
            Daemon::Simulated(simulated) => Some(simulated.daemon().address()),
        }
    }

    fn project(&self) -> &str {
        match self {
            Daemon::Real { stack, .. } => stack.project(),
            Daemon::Simulated(simulated) => simulated.project(),
        }
    }

    fn container(&self, service: &str) -> String {
        match self {
            Daemon::Real { docker, stack, .. } => {
                let id = stack.container(service).unwrap();
                docker.run(&["inspect", "--format", "{{.Name}}", &id]).trim_start_matches('/').to_owned()
            }
            Daemon::Simulated(simulated) => simulated.container(service),
        }
    }

    fn make_unready(&self, service: &str) {
        match self {
            Daemon::Real { stack, .. } => stack.make_unready(service),
            Daemon::Simulated(simulated) => simulated.make_unready(service),
        }
    }

    fn remove(&self, service: &str) {
        match self {
            Daemon::Real { docker, stack, .. } => {
                docker.run(&["rm", "-f", &stack.container(service).unwrap()]);
            }
            Daemon::Simulated(simulated) => {
                let fleet = simulated.daemon().fleet();
                let name = simulated.container(service);
                fleet.stop(&name, gonogo::demo::docker::container::Ending::default()).unwrap();
                fleet.remove(&name).unwrap();
            }
        }
    }

    /// The real docker program on this daemon.
    fn docker(&self, words: &[&str]) -> Ended {
        bounded::run(docker_program(self.address().as_deref(), words), CALL_BOUND)
    }

    #[track_caller]
    fn docker_ok(&self, words: &[&str]) -> String {
        let ended = self.docker(words);
        assert!(ended.status.success(), "docker {}: {}", words.join(" "), ended.stderr);
        ended.stdout
    }
}

fn docker_program(address: Option<&str>, words: &[&str]) -> Command {
    let mut command = Command::new("docker");
    if let Some(address) = address {
        command.args(["-H", address]);
    }
    command.args(words);
    command
}

/// The docker program is here, or the skip is printed.
fn has_docker_program(test: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join("docker").is_file()) {
        return true;
    }
    let required = std::env::var("GONOGO_TEST_DOCKER").is_ok_and(|value| value == "required");
    assert!(!required, "{test} needs the docker program (GONOGO_TEST_DOCKER=required)");
    skip(test, "docker is not installed");
    false
}

/// Our own client, watching.
struct Watch {
    runtime: Runtime,
    hands: DockerHands,
    inputs: mpsc::Receiver<Input>,
}

impl Watch {
    fn start(daemon: &Daemon) -> Self {
        let runtime = Runtime::new().unwrap();
        let (sender, inputs) = mpsc::channel(256);
        let mut hands = DockerHands::new(sender, Surroundings::default());
        {
            let _inside = runtime.enter();
            hands.attend(&"stage".into(), AttendScope::All);
            hands.watch(&"stage".into(), daemon.address(), GuessHost::Never);
        }
        Watch { runtime, hands, inputs }
    }

    /// Does the daemon have these images?
    #[track_caller]
    fn images(&mut self, ids: Vec<String>) -> Option<bool> {
        {
            let _inside = self.runtime.enter();
            self.hands.look_for_images(&"stage".into(), ids);
        }
        self.wait_for("the images", |input| match input {
            Input::ImagesLookedFor { present, .. } => Some(present),
            _ => None,
        })
    }

    #[track_caller]
    fn wait_for<T>(&mut self, what: &str, mut pick: impl FnMut(Input) -> Option<T>) -> T {
        let inputs = &mut self.inputs;
        let look = async {
            loop {
                if let Some(found) = pick(inputs.recv().await.expect("an open queue")) {
                    return found;
                }
            }
        };
        let found = self.runtime.block_on(async { timeout(HEALTH_BOUND, look).await });
        found.unwrap_or_else(|_| panic!("waited {HEALTH_BOUND:?} for {what}"))
    }
}

fn lists_flips_and_removals_arrive(daemon: &Daemon) {
    let mut watch = Watch::start(daemon);
    let rows = watch.wait_for("the list", |input| match input {
        Input::ContainersListed { containers, .. } => Some(containers),
        _ => None,
    });
    let is_ours = |row: &&Container| row.project.as_ref().is_some_and(|own| own.raw() == daemon.project());
    let ours: Vec<_> = rows.iter().filter(is_ours).collect();
    let mut services: Vec<_> = ours.iter().map(|row| row.service.clone().unwrap().raw().to_owned()).collect();
    services.sort();
    let mut expected = SERVICES.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(services, expected);
    assert!(ours.iter().all(|row| row.inspected && row.started.is_some() && row.health == Health::Healthy));
    assert_eq!(ours[0].image_version.as_ref().unwrap().raw(), "1.0.0");
    assert!(ours.iter().all(|row| row.id.len() == 64 && row.image_id.starts_with("sha256:")));
    let no_such = format!("sha256:{}", "0".repeat(64));
    assert_eq!(watch.images(vec![ours[0].image_id.clone()]), Some(true));
    assert_eq!(watch.images(vec![ours[0].image_id.clone(), no_such]), Some(false));

    let web = daemon.container("web");
    daemon.make_unready("web");
    let changed = watch.wait_for("web to be unhealthy", |input| match input {
        Input::ContainerChanged { container, .. }
            if container.name.raw() == web
                && container.health == Health::Unhealthy
                && container.failing_streak >= 2 =>
        {
            Some(container)
        }
        _ => None,
    });
    assert!(changed.probe_output.is_some());
    daemon.remove("web");
    watch.wait_for("web to be gone", |input| match input {
        Input::ContainerGone { id, .. } if id == changed.id => Some(()),
        _ => None,
    });
}

fn logs_are_followed_across_a_restart_and_stats_are_sampled(daemon: &Daemon) {
    let wish = Wish::new(daemon.address(), GuessHost::Never, Arc::new(Surroundings::default()));
    let seen = Runtime::new().unwrap().block_on(snapshot(&wish, Some(daemon.project()))).unwrap();
    let name = daemon.container("web");
    let id = seen.containers.iter().find(|row| row.name.raw() == name).unwrap().id.clone();
    let mut watch = Watch::start(daemon);
    let source = LogSource::Container { environment: "stage".into(), id: id.clone() };
    {
        let _inside = watch.runtime.enter();
        watch.hands.follow(&source);
        watch.hands.sample(&"stage".into(), vec![id.clone()]);
    }
    let (mut first, mut last) = (None, 0);
    watch.wait_for("three more lines than there were", |input| {
        for number in lines_of(input).iter().filter_map(|line| number_of(line)) {
            assert!(first.is_none() || number == last + 1, "after line {last} came {number}");
            first.get_or_insert(number);
            last = number;
        }
        (last >= first? + 3).then_some(())
    });
    let usage = watch.wait_for("a second sample", |input| match input {
        Input::StatsMeasured { usage, .. } => usage.get(&id).copied().filter(|one| one.cpu_milli.is_some()),
        _ => None,
    });
    assert!(
        usage.memory_bytes > 0 && usage.memory_limit_bytes > usage.memory_bytes && usage.cpu_limit_milli > 0
    );
    if !has_docker_program("docker_contract restart") {
        return;
    }
    daemon.docker_ok(&["restart", "-t", "5", &name]);
    let mut told = Vec::new();
    watch.wait_for("the first line after the restart", |input| {
        told.extend(lines_of(input));
        let restarted = told.iter().position(|text| text.starts_with("-- restarted"))?;
        told.iter().skip(restarted).any(|text| number_of(text) == Some(1)).then_some(())
    });
}

/// Lines as text, seams with two dashes before them.
fn lines_of(input: Input) -> Vec<String> {
    let Input::LogLines { batch, .. } = input else { return Vec::new() };
    let texts = batch.pieces.into_iter().map(|piece| match piece {
        LogPiece::Line(line) => String::from_utf8_lossy(&line.bytes).into_owned(),
        LogPiece::Seam(words) => format!("-- {words}"),
    });
    texts.collect()
}

/// The number at the end of `… line 12`.
fn number_of(line: &str) -> Option<u32> {
    line.rsplit_once(" line ")?.1.trim().parse().ok()
}

fn the_docker_program_works(daemon: &Daemon) {
    if !has_docker_program("docker_contract docker") {
        return;
    }
    let name = daemon.container("api");
    let version = daemon.docker_ok(&["version", "--format", "{{.Server.Os}} {{.Client.APIVersion}}"]);
    assert!(version.starts_with("linux 1."), "{version}");
    let filter = format!("label=com.docker.compose.project={}", daemon.project());
    let names = |words: &[&str]| {
        let row = ["--filter", filter.as_str(), "--format", "{{.Names}} {{.State}} {{.Status}}"];
        daemon.docker_ok(&[words, &row].concat())
    };
    let up = names(&["ps"]);
    let row = up.lines().find(|line| line.starts_with(&name)).unwrap();
    assert!(row.contains(" running Up ") && row.ends_with("(healthy)"), "{row}");
    let inspected =
        daemon.docker_ok(&["inspect", "--format", "{{.State.Health.Status}} {{.Config.Tty}}", &name]);
    assert_eq!(inspected.trim(), "healthy false");
    until("two lines of the log", HEALTH_BOUND, || {
        let lines = daemon.docker_ok(&["logs", "--tail", "2", "--timestamps", &name]);
        let stamped = lines.lines().filter(|line| line.contains('T') && line.contains("Z ")).count();
        (stamped == 2).then_some(())
    });
    let stats = daemon.docker_ok(&[
        "stats",
        "--no-stream",
        "--format",
        "{{.Name}} {{.CPUPerc}} {{.MemUsage}}",
        &name,
    ]);
    assert!(stats.starts_with(&name) && stats.contains('%') && stats.contains("iB /"), "{stats}");
    assert!(daemon.docker_ok(&["top", &name]).contains("PID"));

    let began = chrono::Utc::now().timestamp() - 1;
    daemon.docker_ok(&["stop", "-t", "5", &name]);
    daemon.docker_ok(&["stop", &name]);
    assert!(!names(&["ps"]).lines().any(|line| line.starts_with(&name)));
    let ended = names(&["ps", "-a"]);
    assert!(ended.lines().any(|line| line.starts_with(&format!("{name} exited Exited ("))), "{ended}");
    let killed = daemon.docker(&["kill", &name]);
    assert!(!killed.status.success() && killed.stderr.contains("is not running"), "{}", killed.stderr);
    daemon.docker_ok(&["start", &name]);
    let (since, until) = (began.to_string(), (chrono::Utc::now().timestamp() + 1).to_string());
    let of_it = format!("container={name}");
    let format = "{{.Action}}";
    let happened = daemon
        .docker_ok(&["events", "--since", &since, "--until", &until, "--filter", &of_it, "--format", format]);
    let happened: Vec<&str> = happened.lines().filter(|action| !action.starts_with("exec_")).collect();
    let in_order = |wanted: &[&str]| {
        let mut left = wanted.iter();
        let mut next = left.next();
        for action in &happened {
            if next == Some(action) {
                next = left.next();
            }
        }
        next.is_none()
    };
    assert!(in_order(&["kill", "die", "start"]) && in_order(&["kill", "stop", "start"]), "{happened:?}");
    let nobody = daemon.docker(&["inspect", "gonogo-nobody"]);
    assert!(!nobody.status.success() && nobody.stderr.contains("gonogo-nobody"), "{}", nobody.stderr);
    let nobody = daemon.docker(&["logs", "gonogo-nobody"]);
    assert!(nobody.stderr.contains("No such container: gonogo-nobody"), "{}", nobody.stderr);
}

#[test]
fn simulated_lists_flips_and_removals_arrive() {
    for manner in [Manner::Docker20, Manner::Docker28, Manner::Podman] {
        lists_flips_and_removals_arrive(&Daemon::simulated(manner));
    }
}

#[test]
fn real_lists_flips_and_removals_arrive() {
    let Some(daemon) = Daemon::real("docker_contract lists") else { return };
    lists_flips_and_removals_arrive(&daemon);
}

#[test]
fn simulated_logs_are_followed_across_a_restart_and_stats_are_sampled() {
    logs_are_followed_across_a_restart_and_stats_are_sampled(&Daemon::simulated(Manner::Docker20));
}

#[test]
fn real_logs_are_followed_across_a_restart_and_stats_are_sampled() {
    let Some(daemon) = Daemon::real("docker_contract logs") else { return };
    logs_are_followed_across_a_restart_and_stats_are_sampled(&daemon);
}

#[test]
fn the_docker_program_works_with_the_simulation() {
    for manner in [Manner::Docker20, Manner::Docker28] {
        the_docker_program_works(&Daemon::simulated(manner));
    }
}

#[test]
fn the_docker_program_works_with_a_real_daemon() {
    let Some(daemon) = Daemon::real("docker_contract program") else { return };
    the_docker_program_works(&daemon);
}

#[test]
fn the_simulation_runs_as_a_process_of_its_own_and_counts() {
    let simulated = SimulatedProcess::start("running-20");
    if !has_docker_program("docker_contract process") {
        return;
    }
    let docker = |words: &[&str]| bounded::run(docker_program(Some(&simulated.address()), words), CALL_BOUND);
    assert_eq!(docker(&["ps", "-q"]).stdout.lines().count(), 20);
    let followed = docker(&["logs", "--tail", "3", "shop-service-7"]);
    let numbers: Vec<u64> =
        followed.stdout.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse().ok()).collect();
    assert!(numbers.len() == 3 && numbers[2] == numbers[0] + 2, "{}", followed.stdout);
    assert_eq!(simulated.counts()["requests"]["list"], 1);
}
