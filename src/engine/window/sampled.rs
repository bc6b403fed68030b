//! What samples belong to, how they travel to the side file and back, what is counted in logs, who holds the lease.
//!
//! Plain data between the brain and the hands. Not here: what is done with it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::checklist::id::{EnvironmentName, WindowId};
use crate::rules::observed::Watcher;
use crate::rules::window::sample::Sample;
use crate::text::untrusted::Untrusted;

/// Names a sample that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleId(pub u64);

/// What samples belong to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SampleOf {
    /// The open window of this run.
    Window(String),
    /// The baseline of a window, before the deploy that opens it.
    Baseline {
        /// Where.
        environment: Option<EnvironmentName>,
        /// Which window.
        window: WindowId,
    },
}

impl SampleOf {
    /// Name of the file its samples are kept in, without a folder.
    pub fn file_name(&self) -> String {
        match self {
            Self::Window(run) => format!("{run}.samples"),
            Self::Baseline { environment, window } => {
                let place = environment.as_ref().map_or("none", EnvironmentName::as_str);
                format!("baseline-{place}-{window}.samples")
            }
        }
    }
}

/// A sample as it is kept beside the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptSample {
    /// Of which indicator.
    #[serde(rename = "i")]
    pub indicator: String,
    /// The sample.
    #[serde(rename = "s")]
    pub sample: Sample,
}

/// Which lines of which container are counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountKey {
    /// For what.
    pub of: SampleOf,
    /// For which indicator.
    pub indicator: String,
    /// In which environment.
    pub environment: EnvironmentName,
    /// The container's id.
    pub container: String,
}

/// Which lines count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountRule {
    /// Lines that match this regular expression; none: all.
    pub pattern: Option<String>,
    /// And are of one of these levels; none: of any.
    pub levels: Vec<String>,
    /// And match none of these.
    pub ignore: Vec<String>,
}

/// How many of the last matching lines travel with a count.
pub const LINES_TOLD_MAX: usize = 20;

/// Lines that were counted since the last count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogCount {
    /// Lines that count.
    pub lines: u64,
    /// The last of them, at most [`LINES_TOLD_MAX`].
    pub last: Vec<Untrusted>,
    /// Why the log is not read any more; none: it is.
    pub ended: Option<Untrusted>,
}

/// Who samples the windows of this session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lease {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// Nobody.
    Free,
    /// This process.
    Held,
    /// Another one.
    Other(Watcher),
}

/// A time in which this process could not look: the machine slept, or its clock was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    /// The last time that was sure.
    pub from: DateTime<Utc>,
    /// Now.
    pub to: DateTime<Utc>,
}
