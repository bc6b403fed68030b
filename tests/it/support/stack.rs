//! A three-service compose stack (web, api, worker) of test images, with a project name, images and ports of its own.
//!
//! The folder gets a `docker-compose.yml` with `${TAG}` for the release and a `.env` with the project name, so that a
//! checklist's `docker-compose up -d` does what it would in a real project. Dropping the stack removes all of it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::Duration;

use super::docker::Docker;
use super::image::{Variant, build};
use super::until::until;

/// The services of every stack.
pub(crate) const SERVICES: [&str; 3] = ["web", "api", "worker"];
/// How long three containers may take to become healthy on two busy cores; two seconds when idle.
pub(crate) const HEALTH_BOUND: Duration = Duration::from_mins(1);

/// Ports below the kernel's ephemeral range, so that no outgoing connection takes one between two starts.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

static STACKS: AtomicU32 = AtomicU32::new(0);
static NEXT_PORT: AtomicU16 = AtomicU16::new(0);

/// A stack that is removed with everything it made when dropped.
pub(crate) struct Stack {
    docker: Docker,
    folder: PathBuf,
    project: String,
    web_port: u16,
    api_port: u16,
    tagged: Vec<String>,
}

impl Stack {
    /// Writes the compose file into `folder`; starts nothing.
    #[track_caller]
    pub(crate) fn new(docker: &Docker, folder: &Path) -> Self {
        let number = STACKS.fetch_add(1, Ordering::SeqCst);
        let project = format!("gonogotest{}x{number}", std::process::id());
        let (web_port, api_port) = (free_port(), free_port());
        let file = compose_file(&project, web_port, api_port);
        fs::write(folder.join("docker-compose.yml"), file).unwrap();
        fs::write(folder.join(".env"), format!("COMPOSE_PROJECT_NAME={project}\nTAG=1.0.0\n")).unwrap();
        let folder = folder.to_owned();
        Stack { docker: docker.clone(), folder, project, web_port, api_port, tagged: Vec::new() }
    }

    /// Makes `version` available to the stack: builds the image and gives it the stack's own name.
    #[track_caller]
    pub(crate) fn image(&mut self, version: &str, variant: Variant) {
        let built = build(&self.docker, variant, version);
        let name = format!("{}:{version}", self.project);
        self.docker.run(&["tag", &built, &name]);
        self.tagged.push(name);
    }

    /// `docker-compose up -d` at `version`.
    #[track_caller]
    pub(crate) fn up(&self, version: &str) {
        let ended = self.docker.run_compose(&self.folder, version, &["up", "-d"]);
        assert!(ended.status.success(), "compose up: {}", ended.stderr);
    }

    /// Waits until all three services are healthy at `version`.
    #[track_caller]
    pub(crate) fn wait_healthy(&self, version: &str) {
        until(&format!("{} to be healthy at {version}", self.project), HEALTH_BOUND, || {
            let fine = |service: &&str| self.health(service) == "healthy" && self.version(service) == version;
            SERVICES.iter().all(fine).then_some(())
        });
    }

    /// Waits until `service` has this health (`starting`, `healthy`, `unhealthy`).
    #[track_caller]
    pub(crate) fn wait_health(&self, service: &str, health: &str) {
        until(&format!("{service} to be {health}"), HEALTH_BOUND, || {
            (self.health(service) == health).then_some(())
        });
    }

    /// The daemon's word for the health of `service`; empty without a container.
    pub(crate) fn health(&self, service: &str) -> String {
        self.inspect(service, "{{.State.Health.Status}}")
    }

    /// The version `service` runs, as its image's label says; empty without a container.
    pub(crate) fn version(&self, service: &str) -> String {
        self.inspect(service, r#"{{index .Config.Labels "org.opencontainers.image.version"}}"#)
    }

    /// The id of the container of `service`, when there is exactly one.
    pub(crate) fn container(&self, service: &str) -> Option<String> {
        let project = format!("label=com.docker.compose.project={}", self.project);
        let service = format!("label=com.docker.compose.service={service}");
        let ids = self.docker.run(&["ps", "-aq", "--filter", &project, "--filter", &service]);
        let mut lines = ids.lines();
        let first = lines.next().map(str::to_owned);
        first.filter(|_| lines.next().is_none())
    }

    fn inspect(&self, service: &str, format: &str) -> String {
        let Some(id) = self.container(service) else { return String::new() };
        let ended = self.docker.try_run(&["inspect", "--format", format, &id]);
        ended.stdout.trim().to_owned()
    }

    /// Runs a busybox command in the container of `service`.
    #[track_caller]
    pub(crate) fn exec(&self, service: &str, argv: &[&str]) -> String {
        let id = self.container(service).expect("the service has one container");
        self.docker.run(&[&["exec", id.as_str(), "/bin/busybox"], argv].concat())
    }

    /// Makes `service` unhealthy while it runs: its `/ready` vanishes.
    #[track_caller]
    pub(crate) fn make_unready(&self, service: &str) {
        self.exec(service, &["rm", "-f", "/www/ready"]);
    }

    /// `http://127.0.0.1:PORT` of the web service, followed by `path`.
    pub(crate) fn web_url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.web_port)
    }

    /// `http://127.0.0.1:PORT` of the api service, followed by `path`.
    pub(crate) fn api_url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.api_port)
    }

    /// The compose project, also the name of the stack's images.
    pub(crate) fn project(&self) -> &str {
        &self.project
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let down = ["down", "-v", "--remove-orphans", "-t", "1"];
        let ended = self.docker.run_compose(&self.folder, "1.0.0", &down);
        for name in &self.tagged {
            let _untagged = self.docker.try_run(&["rmi", name]);
        }
        // A panic while another unwinds would end the whole test run.
        assert!(ended.status.success() || std::thread::panicking(), "compose down: {}", ended.stderr);
    }
}

fn compose_file(project: &str, web_port: u16, api_port: u16) -> String {
    let service = |name: &str, ports: String| {
        format!(
            "  {name}:\n    image: \"{project}:${{TAG}}\"\n    environment:\n      SERVICE: {name}\n{ports}"
        )
    };
    let published = |port: u16| format!("    ports: [\"127.0.0.1:{port}:8080\"]\n");
    let [web, api, worker] = SERVICES;
    let services = [
        service(web, published(web_port)),
        service(api, published(api_port)),
        service(worker, String::new()),
    ];
    format!("version: \"3.7\"\nservices:\n{}", services.concat())
}

/// A port nobody listens on. Each process starts at another place of the range, each call goes on from the last.
fn free_port() -> u16 {
    let width = u32::from(PORTS.end - PORTS.start);
    for _ in 0..width {
        let step = u32::from(NEXT_PORT.fetch_add(1, Ordering::SeqCst));
        let offset = (std::process::id().wrapping_mul(31) + step) % width;
        let port = PORTS.start + u16::try_from(offset).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port in {PORTS:?}");
}
