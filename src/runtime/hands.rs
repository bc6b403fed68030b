//! All hands of one session in one place: store, Docker, measuring, runs, trust, drafts, clipboard.
//!
//! Which effect goes to which hand is `start_effect.rs`; the hands themselves have rooms of their own. What a hand
//! answers at once waits in `own` for the loop; everything else comes through the bounded queue.

use std::collections::VecDeque;
use std::path::PathBuf;

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::clock;
use super::docker::{DockerHands, Surroundings};
use super::drafts::Drafts;
use super::env::Started;
use super::measure::measurer::Measurer;
use super::store::session_store::{append_request, inputs, recorded};
use super::store::{Journal, Kept, Proposal, SeenFile, SessionPaths, StoreThread, Writer, prepare_side};
use super::supervise::runs::Runs;
use super::terminal::ScreenWriter;
use super::timers::Timers;
use super::trust_store::{Content, TrustStore};
use crate::checklist::model::Checklist;
use crate::engine::effect::{AppendId, Urgency};
use crate::engine::input::{Input, NoticeLevel, RunReport};
use crate::engine::run_plan::RunPlan;
use crate::rules::guard::Guard;
use crate::session::hash::Hash;
use crate::session::recorded::Proposed;
use crate::session::state::Session;
use crate::text::untrusted::Untrusted;

/// Inputs waiting for the brain: two drained batches and more; beyond it, who feeds waits.
const INPUTS_MAX: usize = 1_024;
/// Answers of the store waiting: as many as requests can wait, and its own looks.
const ANSWERS_MAX: usize = 512;
/// The longest text that terminals take into their clipboard, in bytes.
const COPY_BYTES_MAX: usize = 74_994;

/// What the hands of a session are made from.
pub struct Setup {
    /// The record, open for appending.
    pub writer: Writer<Session>,
    /// The embedded checklist: its content is what is trusted.
    pub checklist: Checklist,
    /// The file it was read from: trust is kept for it.
    pub source: PathBuf,
    /// Its folder.
    pub folder: PathBuf,
    /// What the program was started in.
    pub started: Started,
}

/// All hands of one session.
pub struct Hands {
    pub(super) docker: DockerHands,
    pub(super) measurer: Measurer,
    pub(super) runs: Runs,
    pub(super) timers: Timers,
    pub(super) own: VecDeque<Input>,
    store: StoreThread<Session>,
    paths: SessionPaths,
    trust: TrustStore,
    checklist: Checklist,
    source: PathBuf,
    folder: PathBuf,
    drafts: Drafts,
    journal: Journal,
    seen: SeenFile,
    heads: Vec<Hash>,
    screen: Option<ScreenWriter>,
}

/// What the hands send to the loop.
pub struct Arriving {
    /// From the store.
    pub answers: Receiver<Input>,
    /// From everything else.
    pub inputs: Receiver<Input>,
}

impl Hands {
    /// Starts the store's thread; everything else waits for its first effect. Must be called inside the runtime.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn new(setup: Setup, screen: Option<ScreenWriter>) -> std::io::Result<(Self, Arriving)> {
        let Setup { writer, checklist, source, folder, started } = setup;
        let release = writer.header().release.id;
        let paths = writer.paths().clone();
        let heads = writer.watermark().heads;
        let seen = SeenFile::new(&started.state, release);
        let (tell, answers) = channel(ANSWERS_MAX);
        let store = StoreThread::start(writer, Some(seen.clone()), move |answer| {
            for input in inputs(answer, clock::now()) {
                // A loop that has left wants no answers.
                drop(tell.blocking_send(input));
            }
        })?;
        let (sender, receiver): (Sender<Input>, Receiver<Input>) = channel(INPUTS_MAX);
        let mut fallback = vec![started.state.join("fallback")];
        fallback.extend(started.runtime_dir.clone());
        let around = Surroundings::new(started.variables.clone(), Some(started.home.clone()));
        let hands = Self {
            docker: DockerHands::new(sender.clone(), around),
            measurer: Measurer::new(sender.clone()),
            runs: Runs::new(started.program.clone(), paths.side().join("runs"), sender)
                .or_instead(fallback.iter().map(|folder| folder.join("runs")).collect()),
            timers: Timers::default(),
            own: VecDeque::new(),
            store,
            trust: TrustStore::new(&started.state, started.trusted.clone()),
            drafts: Drafts::new(&started.state, &release.to_string()),
            journal: Journal::new(release, fallback),
            paths,
            checklist,
            source,
            folder,
            seen,
            heads,
            screen,
        };
        Ok((hands, Arriving { answers, inputs: receiver }))
    }
    /// Reads what the brain wants to know first: trust, drafts. After the first frame.
    pub fn look_around(&mut self) {
        let judged = self.trust.judge(&self.content(), &self.source);
        self.own.push_back(Input::TrustKnown(judged));
        for (field, text) in self.drafts.load() {
            self.own.push_back(Input::DraftLoaded { field, text });
        }
        if !self.journal.pending().is_empty() {
            self.tell(
                NoticeLevel::Error,
                "events of an earlier rollback are in the fallback journal and not in this record yet",
            );
        }
    }
    /// Ends the store's thread, its queue served, its watermark noted.
    pub fn close(self) -> Result<(), &'static str> {
        self.store.close()
    }

    pub(super) fn append(&mut self, id: AppendId, events: Vec<Proposed>, guard: Guard, urgency: Urgency) {
        let failed = |reason: String| Input::AppendFailed { id, reason, broken: false };
        match append_request(id, events, guard, urgency) {
            Err(fault) => self.own.push_back(failed(fault.to_string())),
            Ok(request) => {
                if self.store.submit(request).is_err() {
                    self.own
                        .push_back(failed("the disk is behind: too much is waiting; try again".to_owned()));
                }
            }
        }
    }

    pub(super) fn append_fallback(&mut self, id: AppendId, events: Vec<Proposed>) {
        let proposals: Result<Vec<Proposal>, _> = events.into_iter().map(Proposal::try_from).collect();
        let heads = self.seen.load().map_or_else(|| self.heads.clone(), |seen| seen.heads);
        let kept = proposals
            .map_err(|fault| fault.to_string())
            .and_then(|proposals| self.journal.keep(proposals, &heads).map_err(|fault| fault.to_string()));
        match kept {
            Ok((lines, kept)) => {
                match kept {
                    Kept::File(path) => self.tell(
                        NoticeLevel::Warning,
                        &format!("kept in the fallback journal {}", path.display()),
                    ),
                    Kept::Nowhere(text) => {
                        self.tell(NoticeLevel::Error, &format!("kept nowhere, write this down: {text}"));
                    }
                }
                self.own.push_back(Input::EventsStored { id, events: recorded(&lines), at: clock::now() });
            }
            Err(reason) => self.own.push_back(Input::AppendFailed { id, reason, broken: true }),
        }
    }

    /// Starts a run whose request is on disk. Pinned files are hashed again first; a rollback is not held up by them.
    pub(super) fn start_run(&mut self, plan: RunPlan) {
        let trusted = self.trust.judge(&self.content(), &self.source).is_trusted();
        let refused = if plan.kind.is_forward() && !trusted {
            Some(
                "a file that its commands name has changed since it was trusted; look again and trust it"
                    .to_owned(),
            )
        } else {
            // A rollback's run folder may be elsewhere, where the record cannot be written.
            prepare_side(&self.paths).err().filter(|_| plan.kind.is_forward()).map(|fault| fault.to_string())
        };
        match refused {
            None => self.runs.start(plan),
            Some(reason) => self.own.push_back(Input::RunReported {
                run: plan.run,
                report: RunReport::NotStarted { reason: Untrusted::new(reason) },
            }),
        }
    }

    pub(super) fn store_trust(&mut self, digest: &str) {
        let content = self.content();
        if content.digest.as_str() == digest {
            if let Err(fault) = self.trust.trust(&content, &self.source, clock::now()) {
                self.tell(NoticeLevel::Error, &format!("trust was not kept: {fault}"));
            }
        } else {
            self.tell(
                NoticeLevel::Error,
                "a file changed while it was shown: look again before you trust it",
            );
        }
        let judged = self.trust.judge(&content, &self.source);
        self.own.push_back(Input::TrustKnown(judged));
    }

    pub(super) fn save_draft(&mut self, field: &str, text: &str) {
        if let Err(fault) = self.drafts.save(field, text) {
            self.tell(NoticeLevel::Warning, &format!("the draft was not kept: {fault}"));
        }
    }

    pub(super) fn bell(&self) {
        if let Some(screen) = &self.screen {
            screen.send_now(b"\x07");
        }
    }

    pub(super) fn copy(&mut self, text: &str) {
        let Some(screen) = &self.screen else { return };
        if text.len() > COPY_BYTES_MAX {
            self.tell(NoticeLevel::Warning, "too long for the terminal's clipboard");
            return;
        }
        let mut bytes = String::new();
        if CopyToClipboard::to_clipboard_from(text).write_ansi(&mut bytes).is_ok() {
            screen.send_now(bytes.as_bytes());
            self.tell(NoticeLevel::Info, "copied, if the terminal allows it");
        }
    }

    fn content(&self) -> Content {
        Content::of(&self.checklist, &self.folder)
    }
    fn tell(&mut self, level: NoticeLevel, text: &str) {
        self.own.push_back(Input::Noticed { level, text: Untrusted::new(text) });
    }
}
