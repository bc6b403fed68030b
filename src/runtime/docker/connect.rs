//! From an environment's wish to a daemon that answers: resolve, try each place, ask who it is and what time it has.
//!
//! One message lists every place tried, who named it and why it failed. Not here: trying again (`watch.rs`).

#![expect(clippy::disallowed_methods, reason = "the hands read the clock: the daemon's is compared with it")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::client::{ANSWER_LIMIT, CallError, Client};
use super::convert::time;
use super::endpoint::{self, Surroundings};
use super::wire::{Greeting, Info};
use crate::engine::effect::GuessHost;
use crate::engine::run_plan::Place;

/// Above this the clocks of daemon and program are shown to differ.
const SKEW_SHOWN: TimeDelta = TimeDelta::seconds(1);

/// Where an environment's daemon is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The checklist's address, filled in.
    pub(crate) docker: Option<String>,
    /// May harmless guesses be made?
    pub(crate) guess: GuessHost,
    /// Variables and home.
    pub(crate) around: Arc<Surroundings>,
}

impl Wish {
    /// `docker` is the checklist's address, filled in; none: as the docker program resolves it.
    pub fn new(docker: Option<String>, guess: GuessHost, around: Arc<Surroundings>) -> Self {
        Self { docker, guess, around }
    }

    /// As a plan's place wants it: no guesses where the environment is protected.
    pub fn of_place(place: &Place, around: Arc<Surroundings>) -> Self {
        let guess = if place.protected { GuessHost::Never } else { GuessHost::Harmless };
        Self::new(place.docker.clone(), guess, around)
    }
}

/// A daemon that answers.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) client: Arc<Client>,
    /// Address and who named it.
    pub(crate) address: String,
    /// Its name and version.
    pub(crate) daemon: String,
    /// What tells it from another one at the same address; none where it makes a new one for each call.
    pub(crate) identity: Option<String>,
    pub(crate) host_cpus: u32,
    pub(crate) host_memory: u64,
    /// Its clock minus ours.
    pub(crate) skew: TimeDelta,
    pub(crate) warning: Option<String>,
}

impl Connection {
    /// The daemon's time now.
    pub(crate) fn daemon_time(&self) -> DateTime<Utc> {
        Utc::now() + self.skew
    }
}

/// Connects. Errors: every place that was tried, who named it, why it failed, in one sentence.
pub(crate) async fn connect(wish: &Wish) -> Result<Connection, String> {
    let places = endpoint::resolve(wish.docker.as_deref(), wish.guess, &wish.around)?;
    let mut failed = Vec::new();
    for endpoint in &places.endpoints {
        let address = endpoint.words();
        match greet(endpoint).await {
            Ok(mut connection) => {
                connection.address = address;
                connection.warning = join(places.warning.as_deref(), connection.warning.as_deref());
                return Ok(connection);
            }
            Err(error) => failed.push(format!("{address}: {error}")),
        }
    }
    Err(failed.join("; "))
}

async fn greet(endpoint: &endpoint::Endpoint) -> Result<Connection, CallError> {
    let (client, version) = Client::connect(endpoint).await?;
    let asked = Utc::now();
    let info: Info = client.get("/info", ANSWER_LIMIT).await?;
    let middle = asked + (Utc::now() - asked) / 2;
    let skew = time(&info.system_time).map_or(TimeDelta::zero(), |theirs| theirs - middle);
    let podman = is_podman(&version);
    let kind = if podman { "Podman" } else { "Docker" };
    Ok(Connection {
        client: Arc::new(client),
        address: String::new(),
        daemon: format!("{kind} {} on {}", version.version, info.name),
        identity: (!podman && !info.id.is_empty()).then_some(info.id),
        host_cpus: u32::try_from(info.cpus).unwrap_or(0),
        host_memory: u64::try_from(info.mem_total).unwrap_or(0),
        skew,
        warning: (skew.abs() > SKEW_SHOWN).then(|| {
            let seconds = skew.num_seconds().abs();
            let way = if skew > TimeDelta::zero() { "ahead of" } else { "behind" };
            format!("its clock is {seconds} s {way} ours")
        }),
    })
}

fn is_podman(version: &Greeting) -> bool {
    version.components.iter().any(|component| component.name.starts_with("Podman"))
}

fn join(a: Option<&str>, b: Option<&str>) -> Option<String> {
    let both: Vec<_> = a.into_iter().chain(b).collect();
    (!both.is_empty()).then(|| both.join("; "))
}
