//! The hidden `gonogo demo-world` process: services, daemon and control socket of one rehearsal, until it is forsaken.
//!
//! It says on standard output where everything listens once everything runs, and ends when its standard input does:
//! then whoever held it is gone. Not here: cleaning up (`caretaker.rs`), but where that was
//! killed too.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::colleague::{self, Colleague};
use super::project::Project;
use super::{control, orders};
use crate::demo::caretaker::{Around, FAILED};
use crate::demo::docker::faults::Faults;
use crate::demo::docker::fleet::Fleet;
use crate::demo::docker::manner::DaemonFacts;
use crate::demo::docker::server::SimulatedDaemon;
use crate::demo::docker::sim_clock::SimClock;
use crate::demo::place::sweep;
use crate::demo::rehearsal::ENVIRONMENTS;
use crate::demo::service::process::forsaken;
use crate::demo::service::role::Role;
use crate::runtime::process::identity::ProcessIdentity;

/// The daemon's socket in the folder.
pub const DOCKER: &str = "docker.sock";
/// How long all services may take to end together.
const END_WITHIN: Duration = Duration::from_secs(4);

/// Where the services listen, by environment and name: what the world says when it is ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses(pub BTreeMap<String, BTreeMap<String, SocketAddr>>);

/// Runs the world. Exit code: 0 it was asked to end, 3 it could not begin.
pub fn run(around: Around) -> ExitCode {
    let cockpit = ProcessIdentity::of(around.cockpit);
    let folder = around.folder.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.and_then(|runtime| {
        let ended = runtime.block_on(live(around));
        // The read of standard input may wait for ever.
        runtime.shutdown_background();
        ended
    });
    // The caretaker was killed, and nobody else will come.
    if !cockpit.is_some_and(|cockpit| cockpit.is_alive()) {
        sweep(&folder);
    }
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let _nobody_reads = writeln!(io::stdout(), "{FAILED}{why}");
            ExitCode::from(3)
        }
    }
}

async fn live(Around { program, folder, rehearsal, .. }: Around) -> io::Result<()> {
    let mut asked = signal(SignalKind::terminate())?;
    let fleet = Fleet::new(SimClock::real());
    let projects: Arc<[Project]> = ENVIRONMENTS
        .map(|environment| Project::new(environment, rehearsal, fleet.clone(), program.clone()))
        .into();
    let wishes = fleet.operate();
    let control = control::listen(&folder)?;
    let facts = DaemonFacts { name: "rehearsal".to_owned(), ..DaemonFacts::default() };
    let _daemon = SimulatedDaemon::serve(&folder.join(DOCKER), fleet, Faults::default(), facts)?;
    tokio::select! {
        begun = begin(&projects) => begun?,
        () = forsaken() => return Ok(()),
    }
    let mut beside = JoinSet::new();
    beside.spawn(control::serve(control, Arc::clone(&projects)));
    beside.spawn(colleague::work(Colleague { folder, program, rehearsal }));
    beside.spawn(orders::obey(wishes, Arc::clone(&projects)));
    tokio::select! {
        () = forsaken() => {}
        _asked = asked.recv() => {}
    }
    beside.shutdown().await;
    let all = async {
        for project in projects.iter() {
            project.end().await;
        }
    };
    // Who does not end in time is killed with its container.
    let _late = timeout(END_WITHIN, all).await;
    Ok(())
}

/// Starts every environment and says where it listens.
async fn begin(projects: &Arc<[Project]>) -> io::Result<()> {
    let mut beginning = JoinSet::new();
    for at in 0..projects.len() {
        let projects = Arc::clone(projects);
        beginning.spawn(async move {
            match projects.get(at) {
                Some(project) => project.begin().await,
                None => Ok(()),
            }
        });
    }
    while let Some(begun) = beginning.join_next().await {
        begun.map_err(io::Error::other)?.map_err(io::Error::other)?;
    }
    let mut addresses = Addresses::default();
    for project in projects.iter() {
        let known = Role::ALL.into_iter().filter_map(|role| Some((role, project.standing(role)?.at?)));
        let known = known.map(|(role, at)| (role.word().to_owned(), at)).collect();
        addresses.0.insert(project.environment.to_owned(), known);
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(&addresses)?)?;
    out.flush()
}
