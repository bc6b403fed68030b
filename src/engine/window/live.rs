//! What this process knows of open windows beyond the record: their accumulators, samples on their way, the lease.
//!
//! Everything here can be built again from the record and the samples beside it. Not here: doing anything with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};

use super::containers::Remembered;
use super::owed::Owed;
use super::sampled::{CountKey, Lease, SampleId, SampleOf};
use super::unanswered::Unanswered;
use crate::checklist::id::{EnvironmentName, StepId};
use crate::checklist::window::Window;
use crate::rules::window::baseline::Collecting;
use crate::rules::window::offline::Sight;
use crate::rules::window::rollback_guard::TargetImage;
use crate::rules::window::watch::OpenWindow;
use crate::session::event::ContainersSeen;
use crate::text::untrusted::Untrusted;

/// Samples of one indicator that may be on their way at once: a timeout of ten seconds at one a second, and some.
pub(super) const FLYING_MAX: usize = 16;
/// Matching lines of a log that are kept for the screen.
pub(super) const MATCHES_MAX: usize = 20;

/// What this process knows of windows beyond the record.
#[derive(Debug, Default)]
pub struct Windows {
    pub(super) lease: Lease,
    /// The lease was asked for.
    pub(super) wants_lease: bool,
    /// Open windows, by the run that opened them.
    pub(super) live: BTreeMap<String, Live>,
    /// Runs whose window opens once its baseline was read.
    pub(super) opening: BTreeMap<String, Unanswered>,
    /// Samples of these are being read from beside the record.
    pub(super) loading: BTreeMap<SampleOf, Unanswered>,
    pub(super) asked: BTreeMap<SampleId, Asked>,
    pub(super) next_sample: u64,
    /// Which hosts can be reached from here.
    pub(super) sight: Sight,
    /// Since when this computer is offline, as far as the targets tell.
    pub(super) offline_since: Option<DateTime<Utc>>,
    /// The baseline that is being collected.
    pub(super) baseline: Option<BeforeDeploy>,
    /// The automatic rollback that is about to happen.
    pub(super) countdown: Option<Countdown>,
    /// Why something did not roll back by itself, by the run it is about.
    pub(super) stayed: BTreeMap<(String, Cause), String>,
    /// What a person held: it is no more than a question.
    pub(super) held: BTreeSet<(String, Cause)>,
    /// Logs that are being counted.
    pub(super) counted: BTreeMap<CountKey, Counted>,
    /// Matching lines, newest last, by run and indicator.
    pub(super) matches: BTreeMap<(String, String), VecDeque<Untrusted>>,
    /// What CPU and memory are sampled of, as it was last ordered.
    pub(super) stats: BTreeMap<EnvironmentName, Vec<String>>,
    /// Other records were asked which versions they prove.
    pub(super) proof_asked: bool,
    /// Versions that other records prove: environment and version, newest last; none: not answered yet.
    pub(super) proven: Option<Vec<(Option<EnvironmentName>, String)>>,
}

/// An open window at work.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) spec: Window,
    pub(super) watch: OpenWindow,
    pub(super) sampling: Sampling,
    /// Nobody looked before this time, as far as is known.
    pub(super) looked: DateTime<Utc>,
    /// When it was last evaluated.
    pub(super) evaluated: DateTime<Utc>,
    /// What was seen and the record may not have yet, in order.
    pub(super) owed: Vec<Owed>,
    /// The end that was told.
    pub(super) told_end: Option<DateTime<Utc>>,
    /// How many gaps of the record it knows.
    pub(super) gaps: usize,
    /// How many extensions of the record it knows.
    pub(super) extensions: usize,
    /// How far the samples beside the record were read, in bytes.
    pub(super) read_to: u64,
    /// What ran when the window had just opened, where the record may not have it yet; none: nobody looked then.
    pub(super) seen: Option<ContainersSeen>,
    /// This process works on it since then, and has not decided yet about what fired before; none: it has.
    pub(super) undecided: Option<DateTime<Utc>>,
}

/// Indicators that are being sampled.
#[derive(Debug, Default)]
pub(super) struct Sampling {
    /// The timers are set.
    pub(super) running: bool,
    /// When each indicator is due.
    pub(super) due: BTreeMap<String, DateTime<Utc>>,
    /// What containers were like at the last look, by indicator.
    pub(super) containers: BTreeMap<String, Remembered>,
}

/// A sample on its way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) of: SampleOf,
    pub(super) indicator: String,
    pub(super) scheduled: DateTime<Utc>,
    /// Whom it asks over the network.
    pub(super) host: Option<String>,
}

/// A baseline that is being collected.
pub(super) struct BeforeDeploy {
    pub(super) of: SampleOf,
    pub(super) spec: Window,
    pub(super) environment: Option<EnvironmentName>,
    pub(super) collecting: Collecting,
    pub(super) sampling: Sampling,
    pub(super) began: DateTime<Utc>,
    /// Enough was collected.
    pub(super) full: bool,
}

impl std::fmt::Debug for BeforeDeploy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BeforeDeploy")
            .field("of", &self.of)
            .field("began", &self.began)
            .finish_non_exhaustive()
    }
}

/// A rollback that the program starts by itself unless somebody holds it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Countdown {
    pub(super) run: String,
    pub(super) cause: Cause,
    pub(super) at: DateTime<Utc>,
    /// The image it goes back to, as far as the daemon has said.
    pub(super) image: TargetImage,
}

/// Why a rollback may happen by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// A trigger of the run's window fired.
    Trigger(String),
    /// This try of a step of the run failed, and the action rolls back then.
    Step(StepId, i64),
}

impl Cause {
    /// As it is told.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Trigger(trigger) => trigger.clone(),
            Self::Step(step, _try) => format!("step {step}"),
        }
    }
}

impl Countdown {
    /// Does this trigger of this run's window cause it?
    pub(super) fn is_of(&self, run: &str, trigger: &str) -> bool {
        self.run == run && self.cause == Cause::Trigger(trigger.to_owned())
    }
}

/// A log that is being counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counted {
    /// Lines since the last sample.
    pub(super) lines: u64,
    /// It is not read any more.
    pub(super) ended: bool,
}

impl Windows {
    pub(super) fn next_sample_id(&mut self) -> SampleId {
        self.next_sample += 1;
        SampleId(self.next_sample)
    }
    /// Does this process sample?
    pub(super) fn holds_lease(&self) -> bool {
        self.lease == Lease::Held
    }
    /// Samples of an indicator on their way.
    pub(super) fn flying(&self, of: &SampleOf, indicator: &str) -> usize {
        self.asked.values().filter(|asked| asked.of == *of && asked.indicator == indicator).count()
    }
    /// Is a sample on its way that was due before this time?
    pub(super) fn awaits_before(&self, of: &SampleOf, end: DateTime<Utc>) -> bool {
        self.asked.values().any(|asked| asked.of == *of && asked.scheduled < end)
    }
    /// Everything about something that is sampled no longer.
    pub(super) fn forget(&mut self, of: &SampleOf) {
        self.asked.retain(|_, asked| asked.of != *of);
        self.loading.remove(of);
    }
}
