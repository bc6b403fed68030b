//! What `runtime/docker` sees of a real daemon: the list, a health flip, a removal, logs, commands inside.
//!
//! Not here: hangs and broken answers; those need a daemon that misbehaves on order (in-crate tests).

use std::sync::Arc;
use std::time::Duration;

use gonogo::engine::effect::{AttendScope, GuessHost};
use gonogo::engine::input::Input;
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
