//! The containers of one environment: which there are, in which version, where they listen, how one is replaced.
//!
//! Not here: the process of a container (`runner.rs`), what a release prints (`release.rs`).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::probe::PROBE_EVERY;
use super::runner::{Made, Runner, Wanted};
use crate::demo::docker::container::NewContainer;
use crate::demo::docker::fleet::{Fleet, FleetError};
use crate::demo::rehearsal::{OLD_VERSION, Rehearsal};
use crate::demo::service::answers::ServiceSpec;
use crate::demo::service::role::Role;

/// The version of the db, which no release changes.
pub const DB_VERSION: &str = "16.4";
/// How long a service may take to say where it listens: a process start on a busy machine.
pub const LISTENS_WITHIN: Duration = Duration::from_secs(20);
/// How long a service may take to end when it is asked to; then it is killed.
pub const END_WITHIN: Duration = Duration::from_secs(5);
/// Memory a container may use: a few times what a service needs.
const MEMORY_LIMIT: u64 = 256 << 20;
/// CPU a container may use, in thousandths.
const CPU_LIMIT_MILLI: u64 = 500;

/// One environment's containers.
#[derive(Debug)]
pub struct Project {
    /// `stage`, `production`.
    pub environment: &'static str,
    /// The rehearsal it is part of.
    pub rehearsal: Rehearsal,
    /// All containers of the daemon.
    pub fleet: Fleet,
    /// One release at a time.
    pub busy: tokio::sync::Mutex<()>,
    program: PathBuf,
    standing: Mutex<BTreeMap<Role, Standing>>,
}

/// A service as it stands now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its container.
    pub runner: Arc<Runner>,
    /// Its version.
    pub version: String,
    /// Where it listens, as last known.
    pub at: Option<SocketAddr>,
}

/// Whether a service takes its time to boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// It ran before we came.
    Warm,
    /// It is new.
    Cold,
}

/// The Compose project of an environment.
pub fn project_name(environment: &str) -> String {
    format!("shop-{environment}")
}

impl Project {
    /// No containers yet.
    pub fn new(environment: &'static str, rehearsal: Rehearsal, fleet: Fleet, program: PathBuf) -> Self {
        let (busy, standing) = (tokio::sync::Mutex::default(), Mutex::default());
        Self { environment, rehearsal, fleet, busy, program, standing }
    }

    /// Starts everything at the old version. Errors: a service that does not say where it listens.
    pub async fn begin(&self) -> Result<(), String> {
        for role in Role::ALL {
            let version = if role == Role::Db { DB_VERSION } else { OLD_VERSION };
            self.make(role, version, Boot::Warm).map_err(|why| why.to_string())?;
            if self.listens(role).await.is_none() {
                return Err(format!("{role} in {} did not start", self.environment));
            }
        }
        Ok(())
    }

    /// Ends the service's container, removes it, and starts another of this version where it listened.
    pub async fn replace(&self, role: Role, version: &str) -> Result<(), FleetError> {
        if let Some(old) = self.standing(role) {
            old.runner.want(Wanted::Ended(END_WITHIN));
            old.runner.is(false).await;
            self.fleet.remove(&old.runner.id)?;
        }
        self.make(role, version, Boot::Cold)
    }

    /// Waits until the service says where it listens, and remembers it. None: it did not.
    pub async fn listens(&self, role: Role) -> Option<SocketAddr> {
        let runner = self.standing(role)?.runner;
        let at = runner.address(LISTENS_WITHIN).await;
        if let (Some(standing), Some(at)) = (self.lock().get_mut(&role), at) {
            standing.at = Some(at);
        }
        at
    }

    /// A service as it stands.
    pub fn standing(&self, role: Role) -> Option<Standing> {
        self.lock().get(&role).cloned()
    }

    /// The container with this id.
    pub fn runner(&self, id: &str) -> Option<Arc<Runner>> {
        self.lock().values().find(|standing| standing.runner.id == id).map(|one| Arc::clone(&one.runner))
    }

    /// Ends everything.
    pub async fn end(&self) {
        let all: Vec<Arc<Runner>> =
            self.lock().values().map(|standing| Arc::clone(&standing.runner)).collect();
        for runner in &all {
            runner.want(Wanted::Ended(Duration::from_secs(1)));
        }
        for runner in all {
            runner.is(false).await;
        }
    }

    fn make(&self, role: Role, version: &str, boot: Boot) -> Result<(), FleetError> {
        let id = self.fleet.add(self.container(role, version))?;
        let known = self.standing(role).and_then(|standing| standing.at);
        let spec = ServiceSpec {
            role,
            environment: self.environment.to_owned(),
            version: version.to_owned(),
            port: known.map_or(0, |at| at.port()),
            needed: role.needs().and_then(|needed| self.standing(needed)).and_then(|standing| standing.at),
            seed: self.rehearsal.seed,
            speed: self.rehearsal.speed,
            fault: self.rehearsal.fault(self.environment, role, version),
            warm: boot == Boot::Warm,
        };
        let made = Made {
            fleet: self.fleet.clone(),
            id,
            program: self.program.clone(),
            spec,
            probe_every: self.rehearsal.lasts(PROBE_EVERY),
        };
        let runner = Arc::new(Runner::start(made));
        let standing = Standing { runner, version: version.to_owned(), at: known };
        self.lock().insert(role, standing);
        Ok(())
    }

    fn container(&self, role: Role, version: &str) -> NewContainer {
        let project = project_name(self.environment);
        let mut new = NewContainer::new(format!("{project}-{role}-1"), role.image(version));
        new.healthcheck = true;
        new.cpu_limit_milli = CPU_LIMIT_MILLI;
        new.memory_limit = MEMORY_LIMIT;
        new.argv = vec![format!("/app/{role}")];
        new.labels.insert("org.opencontainers.image.version".to_owned(), version.to_owned());
        if let Some(needed) = role.needs() {
            let depends = format!("{needed}:service_healthy:false");
            new.labels.insert("com.docker.compose.depends_on".to_owned(), depends);
        }
        new.of_compose(&project, role.word())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Role, Standing>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
