//! What a daemon sends, as far as we look: lenient, so that an unknown word or a missing field costs one value and
//! never a whole list.
//!
//! Not here: what it means (`convert.rs`).

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// `null` and absence both mean the default.
fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(value: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(value)?.unwrap_or_default())
}

macro_rules! wire {
    ($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub(crate) struct $name {
            $($(#[$attr])* #[serde(deserialize_with = "lenient")] pub(crate) $field: $type),+
        }
    };
}

wire!(
    /// `/version`.
    Greeting {
        version: String,
        api_version: String,
        #[serde(rename = "MinAPIVersion")]
        min_api_version: String,
        components: Vec<Component>,
    }
);
wire!(
    /// A part of the daemon: `Engine`, `Podman Engine`.
    Component { name: String }
);
wire!(
    /// `/info`.
    Info {
        #[serde(rename = "ID")]
        id: String,
        name: String,
        #[serde(rename = "NCPU")]
        cpus: i64,
        mem_total: i64,
        system_time: String,
    }
);
wire!(
    /// A container in `/containers/json`.
    Summary {
        id: String,
        names: Vec<String>,
        image: String,
        #[serde(rename = "ImageID")]
        image_id: String,
        created: i64,
        labels: BTreeMap<String, String>,
        state: String,
        status: String,
        health: SummaryHealth,
    }
);
wire!(
    /// Its health, on daemons that list it.
    SummaryHealth { status: String, failing_streak: i64 }
);
wire!(
    /// `/containers/{id}/json`.
    Inspect {
        id: String,
        name: String,
        created: String,
        image: String,
        restart_count: i64,
        state: State,
        config: Config,
        host_config: HostConfig,
    }
);
wire!(
    /// Its state.
    State {
        status: String,
        running: bool,
        paused: bool,
        restarting: bool,
        #[serde(rename = "OOMKilled")]
        oom_killed: bool,
        dead: bool,
        exit_code: i64,
        started_at: String,
        finished_at: String,
        #[serde(alias = "Healthcheck")]
        health: Health,
    }
);
wire!(
    /// Its health and the last probes.
    Health { status: String, failing_streak: i64, log: Vec<Probe> }
);
wire!(
    /// One probe.
    Probe { output: String, exit_code: i64 }
);
wire!(
    /// What it was created with.
    Config { image: String, labels: BTreeMap<String, String>, tty: bool }
);
wire!(
    /// Its limits.
    HostConfig {
        nano_cpus: i64,
        cpu_quota: i64,
        cpu_period: i64,
        cpuset_cpus: String,
        memory: i64,
    }
);
wire!(
    /// `/images/{id}/json`.
    Image { id: String }
);
wire!(
    /// An event; `status` and `id` are absent on new daemons.
    Event {
        action: String,
        actor: Actor,
        #[serde(rename = "timeNano")]
        time_nano: i64,
    }
);
wire!(
    /// What it happened to.
    Actor {
        #[serde(rename = "ID")]
        id: String,
    }
);

/// `/containers/{id}/stats`, one shot.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Sample {
    /// When, by the daemon's clock; zero for a container that does not run.
    #[serde(deserialize_with = "lenient")]
    pub(crate) read: String,
    #[serde(deserialize_with = "lenient")]
    pub(crate) cpu_stats: CpuStats,
    #[serde(deserialize_with = "lenient")]
    pub(crate) memory_stats: MemoryStats,
}

/// CPU.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct CpuStats {
    #[serde(deserialize_with = "lenient")]
    pub(crate) cpu_usage: CpuUsage,
}

/// CPU time, in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct CpuUsage {
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_usage: u64,
}

/// Memory.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct MemoryStats {
    #[serde(deserialize_with = "lenient")]
    pub(crate) usage: u64,
    #[serde(deserialize_with = "lenient")]
    pub(crate) limit: u64,
    #[serde(deserialize_with = "lenient")]
    pub(crate) stats: BTreeMap<String, u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_absent_and_unknown_fields_cost_nothing() {
        let text = r#"{"Id":"abc","Names":null,"Labels":null,"State":"levitating","Ports":[{}],"New":1}"#;
        let summary: Summary = serde_json::from_str(text).unwrap();
        assert_eq!((summary.id.as_str(), summary.state.as_str()), ("abc", "levitating"));
        assert!(summary.names.is_empty() && summary.labels.is_empty());
    }

    #[test]
    fn podman_names_its_health_otherwise() {
        let text =
            r#"{"Id":"a","State":{"Status":"running","Healthcheck":{"Status":"healthy","FailingStreak":0}}}"#;
        let inspect: Inspect = serde_json::from_str(text).unwrap();
        assert_eq!(inspect.state.health.status, "healthy");
    }
}
