//! What `runtime/docker` sees of a real daemon: the list, a health flip, a removal, logs, commands inside.
//!
//! Not here: hangs and broken answers; those need a daemon that misbehaves on order (in-crate tests).

use std::sync::Arc;
use std::time::Duration;

use gonogo::engine::effect::{AttendScope, GuessHost};
use gonogo::engine::input::Input;
use gonogo::engine::log_line::LogPiece;
use gonogo::engine::log_source::LogSource;
use gonogo::rules::observed::{Container, Health};
use gonogo::runtime::docker::{
    DockerHands, ExecError, ExecRequest, Surroundings, Wish, exec_collect, snapshot,
};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::docker::{Docker, docker_or_skip};
use crate::support::image::Variant;
use crate::support::stack::{HEALTH_BOUND, SERVICES, Stack};

struct Watch {
    runtime: Runtime,
    hands: DockerHands,
    inputs: mpsc::Receiver<Input>,
}

impl Watch {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let (sender, inputs) = mpsc::channel(256);
        let mut hands = DockerHands::new(sender, Surroundings::default());
        {
            let _inside = runtime.enter();
            hands.attend(&"stage".into(), AttendScope::All);
            hands.watch(&"stage".into(), None, GuessHost::Never);
        }
        Watch { runtime, hands, inputs }
    }

    #[track_caller]
    fn wait_for<T>(&mut self, what: &str, mut pick: impl FnMut(Input) -> Option<T>) -> T {
        let inputs = &mut self.inputs;
        let look = async {
            loop {
                let input = inputs.recv().await.expect("an open queue");
                if let Some(found) = pick(input) {
                    return found;
                }
            }
        };
        let found = self.runtime.block_on(async { timeout(HEALTH_BOUND, look).await });
        found.unwrap_or_else(|_| panic!("waited {HEALTH_BOUND:?} for {what}"))
    }
}

fn wish() -> Wish {
    Wish::new(None, GuessHost::Never, Arc::new(Surroundings::default()))
}

fn healthy_stack(docker: &Docker, folder: &tempfile::TempDir) -> Stack {
    let mut stack = Stack::new(docker, folder.path());
    stack.image("1.0.0", Variant::Good);
    stack.up("1.0.0");
    stack.wait_healthy("1.0.0");
    stack
}

#[test]
fn a_real_daemon_is_listed_and_a_health_flip_and_a_removal_arrive() {
    let Some(docker) = docker_or_skip("docker_watch") else { return };
    let folder = tempfile::tempdir().unwrap();
    let stack = healthy_stack(&docker, &folder);
    let project = stack.project().to_owned();
    let mut watch = Watch::start();
    let rows = watch.wait_for("the list", |input| match input {
        Input::ContainersListed { containers, .. } => Some(containers),
        _ => None,
    });
    let is_ours = |row: &&Container| row.project.as_ref().is_some_and(|own| own.raw() == project);
    let ours: Vec<_> = rows.iter().filter(is_ours).collect();
    let mut services: Vec<_> = ours.iter().map(|row| row.service.clone().unwrap().raw().to_owned()).collect();
    services.sort();
    let mut expected = SERVICES.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(services, expected);
    assert!(ours.iter().all(|row| row.inspected && row.started.is_some() && row.health == Health::Healthy));
    assert_eq!(ours[0].image_version.as_ref().unwrap().raw(), "1.0.0");

    let web = stack.container("web").unwrap();
    let is_web = |id: &str| id.starts_with(&web);
    stack.make_unready("web");
    let changed = watch.wait_for("web to be unhealthy", |input| match input {
        Input::ContainerChanged { container, .. }
            if is_web(&container.id) && container.health == Health::Unhealthy =>
        {
            Some(container)
        }
        _ => None,
    });
    assert!(changed.failing_streak >= 2 && changed.probe_output.is_some());

    docker.run(&["rm", "-f", &web]);
    watch.wait_for("web to be gone", |input| match input {
        Input::ContainerGone { id, .. } if is_web(&id) => Some(()),
        _ => None,
    });
    drop(watch.hands);
}

#[test]
fn a_log_is_followed_across_a_restart_and_stats_are_sampled() {
    let Some(docker) = docker_or_skip("docker_watch logs") else { return };
    let folder = tempfile::tempdir().unwrap();
    let stack = healthy_stack(&docker, &folder);
    let short = stack.container("web").unwrap();
    let id = docker.run(&["inspect", "--format", "{{.Id}}", &short]);
    let mut watch = Watch::start();
    let source = LogSource::Container { environment: "stage".into(), id: id.clone() };
    {
        let _inside = watch.runtime.enter();
        watch.hands.follow(&source);
        watch.hands.sample(&"stage".into(), vec![id.clone()]);
    }
    let mut first = None;
    let mut last = 0;
    watch.wait_for("two more lines than there were", |input| {
        let numbers: Vec<u32> =
            lines_of(input).iter().filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
        for number in numbers {
            assert!(first.is_none() || number == last + 1, "after line {last} came {number}");
            first.get_or_insert(number);
            last = number;
        }
        (last >= first? + 3).then_some(())
    });

    docker.run(&["restart", "-t", "5", &id]);
    let mut told = Vec::new();
    watch.wait_for("the first line after the restart", |input| {
        told.extend(lines_of(input));
        let restarted = told.iter().position(|text| text.starts_with("-- restarted"))?;
        told.iter().skip(restarted).any(|text| text.ends_with(" line 1")).then_some(())
    });
    assert!(told.iter().any(|text| text.contains("stopping")), "{told:?}");

    let usage = watch.wait_for("a second sample", |input| match input {
        Input::StatsMeasured { usage, .. } => usage.get(&id).copied().filter(|one| one.cpu_milli.is_some()),
        _ => None,
    });
    assert!(
        usage.memory_bytes > 0 && usage.memory_limit_bytes > usage.memory_bytes && usage.cpu_limit_milli > 0
    );
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

#[test]
fn a_command_runs_inside_a_service_and_its_end_is_told_apart_from_a_refusal() {
    let Some(docker) = docker_or_skip("docker_watch exec") else { return };
    let folder = tempfile::tempdir().unwrap();
    let stack = healthy_stack(&docker, &folder);
    let runtime = Runtime::new().unwrap();
    let run = |service: &str, argv: &[&str], limit: Duration| {
        let argv: Vec<_> = argv.iter().map(|word| (*word).to_owned()).collect();
        let env = [("GREETING".to_owned(), "a b; c".to_owned())];
        let request = ExecRequest {
            project: Some(stack.project()),
            service,
            argv: &argv,
            env: &env,
            cwd: Some("/www"),
            limit,
        };
        runtime.block_on(exec_collect(&wish(), &request))
    };
    let long = Duration::from_secs(30);
    let script = "echo \"$GREETING in $PWD\"; echo bad >&2; exit 3";
    let ended = run("api", &["/bin/sh", "-c", script], long).unwrap();
    assert_eq!(
        (ended.exit, ended.stdout.as_slice(), ended.stderr.as_slice()),
        (3, &b"a b; c in /www\n"[..], &b"bad\n"[..])
    );
    let missing = run("api", &["/no/such/program"], long).unwrap_err();
    assert!(matches!(missing, ExecError::CannotRun { .. } | ExecError::Refused { .. }), "{missing}");
    let nobody = run("cache", &["/bin/sh"], long).unwrap_err();
    assert_eq!(nobody, ExecError::NoContainer("cache".into()));
    let slow = run("api", &["/bin/busybox", "sleep", "20"], Duration::from_secs(1)).unwrap_err();
    assert!(matches!(slow, ExecError::Timeout { .. }), "{slow}");
}

#[test]
fn one_look_at_a_real_daemon_sees_the_project_inspected() {
    let Some(docker) = docker_or_skip("docker_watch snapshot") else { return };
    let folder = tempfile::tempdir().unwrap();
    let stack = healthy_stack(&docker, &folder);
    let source = Runtime::new().unwrap().block_on(snapshot(&wish(), Some(stack.project()))).unwrap();
    let ours = source
        .containers
        .iter()
        .filter(|row| row.project.as_ref().is_some_and(|own| own.raw() == stack.project()));
    assert_eq!(ours.filter(|row| row.inspected && row.health == Health::Healthy).count(), 3);
    assert!(source.daemon.raw().starts_with("Docker ") && source.host_cpus > 0 && source.host_memory > 0);
}
