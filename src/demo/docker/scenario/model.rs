//! A scenario as its TOML says it. Unknown keys are refused, with the place.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bundled::BUNDLED;
use crate::checklist::period::Period;
use crate::demo::docker::endpoint::Endpoint;

/// A course of things.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// The machine's time, or one that is stepped.
    pub clock: Clock,
    /// Who answers.
    pub daemon: DaemonPart,
    /// The containers at the start, and what happens to them.
    pub containers: Vec<Group>,
    /// What goes wrong, and when.
    pub faults: Vec<TimedFault>,
}

/// Whose time it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// The machine's.
    #[default]
    Real,
    /// It goes when it is told to: the same bytes each time.
    Stepped,
}

/// Who answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DaemonPart {
    /// `docker-20`, `docker-28`, `podman`; empty: the first.
    pub manner: String,
    /// The daemon's id; empty: a default.
    pub id: String,
    /// CPUs of the host; 0: two.
    pub cpus: u32,
    /// Memory of the host; 0: four GiB.
    pub memory_mib: u64,
}

/// One container, or many alike; `{n}` in name and service is the number, from 1.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Unique, with `{n}` where there are several.
    pub name: String,
    /// `registry/name:tag`.
    pub image: String,
    /// How many; none: one.
    pub count: Option<u32>,
    /// Compose's project; with it the labels that Compose makes.
    pub project: Option<String>,
    /// Compose's service; none: the name.
    pub service: Option<String>,
    /// Other labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What it does at the start.
    #[serde(default)]
    pub state: StatePart,
    /// How it ended, if it did.
    #[serde(default)]
    pub exit_code: i32,
    /// None: no healthcheck.
    pub health: Option<HealthPart>,
    /// Its output is a terminal's.
    #[serde(default)]
    pub tty: bool,
    /// `none`: a log that cannot be read.
    pub log_driver: Option<String>,
    /// How long ago it was made and started.
    #[serde(default)]
    pub age: Period,
    /// How long it takes to end when it is asked to.
    #[serde(default)]
    pub stop_takes: Period,
    /// Thousandths of one CPU it uses.
    #[serde(default)]
    pub cpu_milli: u64,
    /// Memory it uses.
    #[serde(default)]
    pub memory_mib: u64,
    /// Thousandths of one CPU it may use; 0: all.
    #[serde(default)]
    pub cpu_limit_milli: u64,
    /// Memory it may use; 0: all.
    #[serde(default)]
    pub memory_limit_mib: u64,
    /// Numbered lines it writes.
    pub flow: Option<FlowPart>,
    /// Lines that are hard to bear, one after the other.
    pub corpus: Option<CorpusPart>,
    /// What happens to it.
    #[serde(default)]
    pub then: Vec<Happening>,
}

/// What a container does at the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatePart {
    /// It runs.
    #[default]
    Running,
    /// It ended.
    Exited,
    /// It never ran.
    Created,
    /// It stands still.
    Paused,
}

/// A health in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthPart {
    /// Not known yet.
    Starting,
    /// Good.
    Healthy,
    /// Bad.
    Unhealthy,
}

/// Numbered lines; see `flow.rs` for what each means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlowPart {
    /// Lines a second.
    pub per_second: u64,
    /// Lines at once.
    pub burst: u64,
    /// Bytes a line; 0: a hundred.
    pub line_bytes: usize,
    /// Every so many go to standard error.
    pub error_every: u64,
    /// How many in all.
    pub lines: u64,
    /// As fast as it is read.
    pub unpaced: bool,
    /// Not before somebody follows.
    pub on_follow: bool,
    /// One time for all lines of a burst.
    pub equal_times: bool,
}

/// Hard lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorpusPart {
    /// Which.
    pub kind: Corpus,
    /// One in this time.
    pub every: Period,
}

/// Kinds of hard lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Corpus {
    /// Sequences that would command a terminal.
    Escapes,
    /// Bytes that are no UTF-8.
    Bytes,
    /// Lines longer than a message.
    Parts,
    /// Several lines with one time.
    Equal,
    /// Times that go back.
    Disorder,
}

/// Something that happens to a container.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Happening {
    /// How long after the start.
    pub at: Period,
    /// Again and again after this.
    pub every: Option<Period>,
    /// Later by up to this, as the seed says.
    #[serde(default)]
    pub jitter: Period,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What happens to a container.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// A probe says so.
    Health {
        /// The word.
        word: HealthPart,
        /// What the probe printed.
        #[serde(default)]
        output: String,
    },
    /// It ends and is started again by the daemon.
    Crash {
        /// How.
        exit_code: i32,
        /// For want of memory.
        #[serde(default)]
        out_of_memory: bool,
        /// How much later it starts.
        #[serde(default)]
        restart_after: Period,
    },
    /// It ends.
    Stop {
        /// How.
        exit_code: i32,
        /// For want of memory.
        #[serde(default)]
        out_of_memory: bool,
    },
    /// It starts.
    Start {},
    /// It stands still.
    Pause {},
    /// It goes on.
    Unpause {},
    /// It ends and is gone.
    Remove {},
    /// Another one takes its name, made from another image.
    Replace {
        /// That image.
        image: String,
    },
    /// It uses this from now on.
    Usage {
        /// Thousandths of one CPU.
        cpu_milli: u64,
        /// Memory.
        memory_mib: u64,
    },
    /// It writes this line.
    Say {
        /// Without its end.
        text: String,
        /// To standard error.
        #[serde(default)]
        error: bool,
    },
}

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TimedFault {
    /// How long after the start.
    pub at: Period,
    /// For so long; none: to the end.
    #[serde(rename = "for")]
    pub lasts: Option<Period>,
    /// With which requests, by the endpoint's word; none: all.
    pub on: Option<String>,
    /// To so many requests; none: to all.
    pub times: Option<u32>,
    /// What.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What goes wrong. The first seven are answers', the others the daemon's.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FaultKind {
    /// Not even headers.
    Hang {},
    /// Nothing after so many bytes.
    HangAfter {
        /// So many.
        bytes: usize,
    },
    /// Cut after so many bytes.
    CutAfter {
        /// So many.
        bytes: usize,
    },
    /// Late.
    Slow {
        /// By this.
        by: Period,
    },
    /// Refused.
    Refuse {
        /// The status.
        status: u16,
        /// The daemon's words.
        #[serde(default)]
        message: String,
    },
    /// JSON that cannot be read.
    BadJson {},
    /// A word that nobody knows.
    UnknownWord {
        /// In place of `running`.
        word: String,
    },
    /// Every connection is cut, once.
    Cut {},
    /// The socket is gone.
    Vanish {},
    /// Another daemon answers.
    Another {
        /// Its id.
        id: String,
    },
    /// The clock is wrong.
    Skew {
        /// By so many milliseconds.
        ms: i64,
    },
}

impl Scenario {
    /// Reads a scenario. Errors: what is wrong, and where; a name of an endpoint that does not exist.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let unknown = read.faults.iter().filter_map(|fault| fault.on.as_deref());
        match unknown.into_iter().find(|word| Endpoint::named(word).is_none()) {
            Some(word) => Err(format!("no endpoint is called `{word}`")),
            None => Ok(read),
        }
    }

    /// One of those that come with the program.
    pub fn bundled(name: &str) -> Option<Self> {
        let (_, text) = BUNDLED.iter().find(|(own, _)| *own == name)?;
        Self::parse(text).ok()
    }
}
