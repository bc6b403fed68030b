//! A simulated daemon for tests, in the test's own process: a stack of three services like the one in `stack.rs`.
//!
//! Not here: the daemon itself (`gonogo::demo::docker`).

use std::path::PathBuf;
use std::time::Duration;

use gonogo::demo::docker::container::{HealthWord, NewContainer, RunState, SimUsage};
use gonogo::demo::docker::faults::Faults;
use gonogo::demo::docker::fleet::Fleet;
use gonogo::demo::docker::manner::DaemonFacts;
use gonogo::demo::docker::server::SimulatedDaemon;
use gonogo::demo::docker::sim_clock::SimClock;
use gonogo::engine::log_line::LogStream;
use tokio::runtime::Runtime;

use super::stack::SERVICES;

/// Between two lines of a service.
const LINE_EVERY: Duration = Duration::from_millis(50);

/// A daemon with three healthy services that write numbered lines; it ends when dropped.
pub(crate) struct Simulated {
    daemon: SimulatedDaemon,
    project: String,
    _folder: tempfile::TempDir,
    _runtime: Runtime,
}

impl Simulated {
    /// Serves them.
    pub(crate) fn start(facts: DaemonFacts) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let project = "gonogosimulated".to_owned();
        let fleet = Fleet::new(SimClock::real());
        for service in SERVICES {
            let name = format!("{project}_{service}_1");
            let mut new = NewContainer {
                healthcheck: true,
                memory_limit: 64 << 20,
                ..NewContainer::new(&name, "shop/web:1.0.0")
            }
            .of_compose(&project, service);
            new.labels.insert("org.opencontainers.image.version".into(), "1.0.0".into());
            fleet.add(new).unwrap();
            fleet.start(&name).unwrap();
            fleet.set_health(&name, HealthWord::Healthy, 0, "200").unwrap();
            fleet
                .set_usage(&name, SimUsage { cpu_milli: 100, memory: 8 << 20, ..SimUsage::default() })
                .unwrap();
            runtime.spawn(write_lines(fleet.clone(), name));
        }
        let socket = folder.path().join("docker.sock");
        let daemon = {
            let _inside = runtime.enter();
            SimulatedDaemon::serve(&socket, fleet, Faults::default(), facts).unwrap()
        };
        Simulated { daemon, project, _folder: folder, _runtime: runtime }
    }

    /// The daemon.
    pub(crate) fn daemon(&self) -> &SimulatedDaemon {
        &self.daemon
    }

    /// The compose project.
    pub(crate) fn project(&self) -> &str {
        &self.project
    }

    /// The name of the container of `service`.
    pub(crate) fn container(&self, service: &str) -> String {
        format!("{}_{service}_1", self.project)
    }

    /// Two probes of `service` fail.
    pub(crate) fn make_unready(&self, service: &str) {
        for _ in 0..2 {
            let name = self.container(service);
            self.daemon.fleet().set_health(&name, HealthWord::Unhealthy, 1, "404").unwrap();
        }
    }
}

/// `web line 1`, `web line 2` …, from 1 again after each start.
async fn write_lines(fleet: Fleet, name: String) {
    let mut every = tokio::time::interval(LINE_EVERY);
    let (mut started, mut number) = (None, 0);
    loop {
        every.tick().await;
        let Some(container) = fleet.container(&name) else { return };
        if container.state != RunState::Running {
            continue;
        }
        if started != container.started {
            (started, number) = (container.started, 0);
        }
        number += 1;
        let _removed = fleet.append(&name, LogStream::Output, format!("{name} line {number}\n").as_bytes());
    }
}

/// The real binary serving a scenario, in a process of its own that ends with this.
pub(crate) struct SimulatedProcess {
    /// Its process.
    pub(crate) child: std::process::Child,
    /// The socket.
    pub(crate) socket: PathBuf,
    _folder: tempfile::TempDir,
}

impl SimulatedProcess {
    /// Serves this bundled scenario; waits until the socket answers.
    #[track_caller]
    pub(crate) fn start(scenario: &str) -> Self {
        use std::io::BufRead as _;
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("docker.sock");
        let mut child = std::process::Command::new(super::program::gonogo_path())
            .args(["simulate-docker", "--with-stdin", "--scenario", scenario, "--socket"])
            .arg(&socket)
            .env("HOME", folder.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("serving unix://"), "{scenario}: {line}");
        SimulatedProcess { child, socket, _folder: folder }
    }

    /// As `DOCKER_HOST` names it.
    pub(crate) fn address(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// What was asked of it, as JSON.
    #[track_caller]
    pub(crate) fn counts(&self) -> serde_json::Value {
        use std::io::{Read as _, Write as _};
        let mut stream = std::os::unix::net::UnixStream::connect(&self.socket).unwrap();
        stream.write_all(b"GET /gonogo/counts HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
    }
}

impl Drop for SimulatedProcess {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
