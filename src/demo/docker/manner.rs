//! Who the simulated daemon says it is: which program of which age, on which host.
//!
//! Manners are the differences that clients must bear. Not here: the answers themselves (`answers/`).

use std::sync::{Arc, Mutex, PoisonError};

/// Which program it plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// Docker 20.10: API 1.41, no health in lists, events with the old fields.
    #[default]
    Docker20,
    /// Docker 28: API 1.51, health in lists, events without the old fields.
    Docker28,
    /// Podman 5: API 1.41, health under another name, another id at each call.
    Podman,
}

impl Manner {
    /// As scenarios name it.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "docker-20" => Some(Self::Docker20),
            "docker-28" => Some(Self::Docker28),
            "podman" => Some(Self::Podman),
            _ => None,
        }
    }

    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Docker20 => "20.10.24",
            Self::Docker28 => "28.3.0",
            Self::Podman => "5.4.2",
        }
    }

    pub(crate) fn api(self) -> &'static str {
        match self {
            Self::Docker20 | Self::Podman => "1.41",
            Self::Docker28 => "1.51",
        }
    }

    pub(crate) fn oldest_api(self) -> &'static str {
        match self {
            Self::Docker20 => "1.12",
            Self::Docker28 | Self::Podman => "1.24",
        }
    }

    pub(crate) fn component(self) -> &'static str {
        match self {
            Self::Docker20 | Self::Docker28 => "Engine",
            Self::Podman => "Podman Engine",
        }
    }

    pub(crate) fn server(self) -> String {
        let program = if self == Self::Podman { "Libpod" } else { "Docker" };
        format!("{program}/{} (linux)", self.version())
    }

    /// Do lists carry the health of each container?
    pub(crate) fn lists_health(self) -> bool {
        self == Self::Docker28
    }

    /// Do events have `status`, `id` and `from` too?
    pub(crate) fn old_event_fields(self) -> bool {
        self != Self::Docker28
    }
}

/// What `/info` and `/version` say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonFacts {
    /// Which program it plays.
    pub manner: Manner,
    /// Another one is another daemon.
    pub id: String,
    /// The host's name.
    pub name: String,
    /// CPUs of the host.
    pub cpus: u32,
    /// Memory of the host, in bytes.
    pub memory: u64,
}

impl Default for DaemonFacts {
    fn default() -> Self {
        Self {
            manner: Manner::default(),
            id: "SIMU:LATE:D000:0000:0000:0001".to_owned(),
            name: "simulated".to_owned(),
            cpus: 2,
            memory: 4 << 30,
        }
    }
}

/// The facts, while the daemon runs; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Identity(Arc<Mutex<DaemonFacts>>);

impl Identity {
    /// It says so from the start.
    pub fn new(facts: DaemonFacts) -> Self {
        Self(Arc::new(Mutex::new(facts)))
    }

    /// What it says now.
    pub fn facts(&self) -> DaemonFacts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on it says this.
    pub fn change(&self, how: impl FnOnce(&mut DaemonFacts)) {
        how(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
