//! The brain's state, and what the face and the doors may read of it.
//!
//! Changed by `handle.rs` alone. Everything read here is computed from the checklist, the record and the observations;
//! nothing is cached that could disagree with them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};

use super::effect::{AppendId, MeasureId};
use super::embedded::{Embedded, EmbeddedChecklist};
use super::input::{NoticeLevel, RecordState, Viewing};
use super::log_source::LogSource;
use super::logs::log::{LOG_BYTES_MAX, Log};
use super::measuring::Measuring;
use super::notices::Outbox;
use super::pending::{Pending, PendingAppend};
use super::presence::Presence;
use super::refusal::Refusal;
use super::runs::LiveRun;
use super::trust::TrustState;
use super::window::Windows;
use crate::checklist::model::Checklist;
use crate::rules::facts::Facts;
use crate::rules::observed::Observed;
use crate::rules::verdict::{Doubt, Verdict, verdict};
use crate::session::condition::Condition;
use crate::session::event::Event;
use crate::session::recorded::{Author, PROGRAM, Recorded, What};
use crate::session::state::Session;
use crate::session::witness::Lacking;
use crate::text::untrusted::Untrusted;

/// What a brain is made from.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The checklist the header of the session embeds.
    pub checklist: Checklist,
    /// Its digest, as it stands in the header.
    pub checklist_digest: String,
    /// The release, as it stands in the header.
    pub release: Release,
    /// The state: all events folded.
    pub session: Session,
    /// What is in the fallback journal: a rollback that the record could not take is picked up like any other run.
    pub journaled: Vec<Recorded>,
    /// Who sits here.
    pub me: Author,
    /// 64 random bits: ids of runs are made from them.
    pub seed: u64,
    /// Whether the record can be written.
    pub record: RecordState,
    /// Events this person has seen and the record lacks.
    pub missing: Lacking,
    /// Lines that do not count, events that others name.
    pub condition: Condition,
    /// The folder of the checklist: commands run there.
    pub folder: String,
    /// Who sits in front of it.
    pub presence: Presence,
    /// The text of that checklist, and the file it was read from.
    pub embedded: Embedded,
}

/// The release, as it stands in the header of the session file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// Its ULID.
    pub id: String,
    /// The product.
    pub product: String,
    /// The version as started.
    pub version: String,
    /// Name of the session file, for the header line.
    pub session_name: String,
    /// The session file as a person names it from where the program was started.
    pub session_path: String,
}

/// A message for the status line and the timeline's messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// When.
    pub at: DateTime<Utc>,
    /// How bad.
    pub level: NoticeLevel,
    /// In words.
    pub text: Untrusted,
}

/// How many messages are kept under `g m`.
pub const NOTICES_MAX: usize = 200;

/// The brain.
#[derive(Debug)]
pub struct Engine {
    pub(super) checklist: Checklist,
    pub(super) checklist_digest: String,
    pub(super) embedded: EmbeddedChecklist,
    pub(super) release: Release,
    pub(super) session: Session,
    pub(super) me: Author,
    pub(super) seed: u64,
    pub(super) record: RecordState,
    /// Events this person had seen before and the record lacked when it was opened.
    pub(super) missing: Lacking,
    pub(super) condition: Condition,
    /// Why the last append failed; none: it was stored.
    pub(super) unwritten: Option<String>,
    /// The last thing that failed to be stored was a rollback: the next one wants the environment's name.
    pub(super) rollback_unwritten: bool,
    /// The rollback asked for last came with the environment's name typed, or has none to type.
    pub(super) named_rollback: bool,
    pub(super) folder: String,
    pub(super) presence: Presence,
    pub(super) refusal: Option<Refusal>,
    pub(super) observed: Observed,
    pub(super) generations: BTreeMap<crate::checklist::id::EnvironmentName, u64>,
    /// Environments whose many containers are judged in a moment.
    pub(super) judging_due: BTreeSet<crate::checklist::id::EnvironmentName>,
    pub(super) trust: TrustState,
    pub(super) pending: Pending,
    pub(super) measuring: Measuring,
    pub(super) windows: Windows,
    pub(super) live_runs: BTreeMap<String, LiveRun>,
    pub(super) unsaved: VecDeque<PendingAppend>,
    /// What is in the fallback journal : a record that is read anew does not have it.
    pub(super) journaled: Vec<Recorded>,
    pub(super) logs: BTreeMap<LogSource, Log>,
    pub(super) log_budget: usize,
    pub(super) viewing: Viewing,
    pub(super) drafts: BTreeMap<String, String>,
    pub(super) notices: VecDeque<Notice>,
    pub(super) outbox: Outbox,
    pub(super) saved: Option<DateTime<Utc>>,
    pub(super) next_append: u64,
    pub(super) next_measure: u64,
    pub(super) next_run: u64,
}

impl Engine {
    /// A brain that has not thought yet; `open` gives it its first input.
    pub fn new(opening: Opening) -> Self {
        let mut engine = Self::of_record(opening);
        engine.session.timeline.iter().for_each(|line| engine.journaled.retain(|kept| kept.id != line.id));
        for kept in &engine.journaled {
            engine.session.apply(kept);
            if let What::Known(event) = &kept.what
                && let Event::RunRequested(requested) = event.as_ref()
            {
                engine.live_runs.entry(requested.run.clone()).or_default().unrecorded = true;
            }
        }
        engine.go_by_checklist();
        engine
    }
    fn of_record(opening: Opening) -> Self {
        let embedded =
            EmbeddedChecklist::new(opening.embedded, &opening.checklist, &opening.checklist_digest);
        Self {
            checklist: opening.checklist,
            checklist_digest: opening.checklist_digest,
            embedded,
            release: opening.release,
            session: opening.session,
            me: opening.me,
            seed: opening.seed,
            record: opening.record,
            missing: opening.missing,
            condition: opening.condition,
            unwritten: None,
            rollback_unwritten: false,
            named_rollback: false,
            folder: opening.folder,
            presence: opening.presence,
            refusal: None,
            observed: Observed::default(),
            generations: BTreeMap::new(),
            judging_due: BTreeSet::new(),
            trust: TrustState::default(),
            pending: Pending::default(),
            measuring: Measuring::default(),
            windows: Windows::default(),
            live_runs: BTreeMap::new(),
            unsaved: VecDeque::new(),
            journaled: opening.journaled,
            logs: BTreeMap::new(),
            log_budget: LOG_BYTES_MAX,
            viewing: Viewing::default(),
            drafts: BTreeMap::new(),
            notices: VecDeque::new(),
            outbox: Outbox::default(),
            saved: None,
            next_append: 0,
            next_measure: 0,
            next_run: 0,
        }
    }

    /// How many bytes each log keeps from now on; those that are there keep what they had.
    pub fn set_log_budget(&mut self, bytes: usize) {
        self.log_budget = bytes;
    }
    /// The log of a source, made if it is new.
    pub(super) fn log_of(&mut self, source: LogSource) -> &mut Log {
        let budget = self.log_budget;
        self.logs.entry(source).or_insert_with(|| Log::with_budget(budget))
    }
    /// What the release should be.
    pub fn checklist(&self) -> &Checklist {
        &self.checklist
    }
    /// The release, as it stands in the header.
    pub fn release(&self) -> &Release {
        &self.release
    }
    /// What happened, as stored.
    pub fn session(&self) -> &Session {
        &self.session
    }
    /// What is known of the world.
    pub fn observed(&self) -> &Observed {
        &self.observed
    }
    /// Who sits here.
    pub fn me(&self) -> &Author {
        &self.me
    }
    /// Whether the content is trusted.
    pub fn trust(&self) -> &TrustState {
        &self.trust
    }
    /// Whether the record can be written.
    pub fn record(&self) -> &RecordState {
        &self.record
    }
    /// What is being saved.
    pub fn pending(&self) -> &Pending {
        &self.pending
    }
    /// What is being measured.
    pub fn measuring(&self) -> &Measuring {
        &self.measuring
    }
    /// What is known of a run beyond the record: its output, its grace period.
    pub fn live_run(&self, run: &str) -> Option<&LiveRun> {
        self.live_runs.get(run)
    }
    /// The lines of a log.
    pub fn log(&self, source: &LogSource) -> Option<&Log> {
        self.logs.get(source)
    }
    /// A log's search and filter are the viewer's, not the record's: they may change without an input.
    pub fn log_mut(&mut self, source: &LogSource) -> Option<&mut Log> {
        self.logs.get_mut(source)
    }
    /// A text that was typed and not sent.
    pub fn draft(&self, field: &str) -> Option<&str> {
        self.drafts.get(field).map(String::as_str)
    }
    /// Messages, oldest first.
    pub fn notices(&self) -> impl DoubleEndedIterator<Item = &Notice> {
        self.notices.iter()
    }
    /// When something was last stored.
    pub fn saved(&self) -> Option<DateTime<Utc>> {
        self.saved
    }

    /// Everything a rule may look at, now.
    pub fn facts(&self, at: DateTime<Utc>) -> Facts<'_> {
        Facts {
            checklist: &self.checklist,
            checklist_digest: &self.checklist_digest,
            session: &self.session,
            observed: &self.observed,
            at,
        }
    }
    /// The verdict now, with every reason.
    pub fn verdict(&self, at: DateTime<Utc>) -> Verdict {
        verdict(&self.facts(at), &self.doubts())
    }
    /// What stands against a green verdict besides items: trust, the record.
    pub fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        match &self.trust {
            TrustState::Trusted { .. } => {}
            TrustState::Unknown => {
                doubts.push(Doubt {
                    about: "trust",
                    text: "it is not known yet whether this checklist is trusted".to_owned(),
                });
            }
            TrustState::Untrusted { .. } => doubts.push(Doubt {
                about: "trust",
                text: "this checklist is not trusted: nothing is measured or run".to_owned(),
            }),
        }
        doubts.extend(self.doubts_of_gaps());
        doubts.extend(self.embedded.doubt());
        match &self.record {
            RecordState::Writable => {}
            RecordState::ReadOnly { reason } | RecordState::Broken { reason } => {
                doubts.push(Doubt { about: "record", text: reason.clone() });
            }
        }
        doubts
    }
    /// The author of what the program itself saw.
    pub(super) fn program(&self) -> Author {
        Author { by: PROGRAM.to_owned(), on: self.me.on.clone() }
    }
    /// Adds a message.
    pub(super) fn notice(&mut self, at: DateTime<Utc>, level: NoticeLevel, text: impl Into<String>) {
        if self.notices.len() >= NOTICES_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(Notice { at, level, text: Untrusted::new(text) });
    }
    pub(super) fn next_append_id(&mut self) -> AppendId {
        self.next_append += 1;
        AppendId(self.next_append)
    }
    pub(super) fn next_measure_id(&mut self) -> MeasureId {
        self.next_measure += 1;
        MeasureId(self.next_measure)
    }
}
