//! All hands of one session in one place: store, Docker, measuring, runs, trust, drafts, clipboard.
//!
//! Which effect goes to which hand is `start_effect.rs`; the hands themselves have rooms of their own. Nothing here waits
//! for a disk. What a hand answers at once waits in `own` for the loop; everything else comes through bounded queues.

use std::collections::VecDeque;
use std::path::PathBuf;

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

use super::clock;
use super::desk::Desk;
use super::docker::{DockerHands, Surroundings};
use super::drafts::Drafts;
use super::env::Started;
use super::keeper::Keeper;
use super::measure::measurer::{Measurer, SampleTaker};
use super::notify::notifier::Notifier;
use super::overdue::Overdue;
use super::papers::Papers;
use super::store::session_store::{append_request, inputs, vouched_for};
use super::store::{Journal, SeenFile, StoreThread, Writer};
use super::supervise::runs::{Runs, runs_beside};
use super::terminal::ScreenWriter;
use super::terminal::alert::{BELL, Popups};
use super::timers::Timers;
use super::trust_store::TrustStore;
use super::window::WindowHands;
use crate::checklist::model::Checklist;
use crate::engine::effect::{AppendId, SupervisorRequest, Urgency};
use crate::engine::input::{Input, NoticeLevel, RunReport};
use crate::engine::run_plan::RunPlan;
use crate::rules::guard::Guard;
use crate::session::recorded::{Author, Proposed};
use crate::session::state::Session;
use crate::text::Safe;
use crate::text::untrusted::Untrusted;

/// Inputs waiting for the brain: two drained batches and more; beyond it, who feeds waits.
const INPUTS_MAX: usize = 1_024;
/// Batches of log lines waiting, of at most 256 KiB each: a flood must stop at the daemon, not in our memory.
const LOG_BATCHES_MAX: usize = 8;
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
    /// The network file system it lies on, where a person vouched for exclusive use.
    pub vouched: Option<&'static str>,
}

/// All hands of one session.
pub struct Hands {
    pub(super) docker: DockerHands,
    pub(super) measurer: Measurer,
    pub(super) sampler: SampleTaker,
    pub(super) windows: WindowHands,
    pub(super) notifier: Notifier,
    pub(super) runs: Runs,
    pub(super) timers: Timers,
    pub(super) overdue: Overdue,
    pub(super) own: VecDeque<Input>,
    store: StoreThread<Session>,
    papers: Desk<Papers>,
    errands: Desk<Sender<Input>>,
    journal: Desk<Keeper>,
    screen: Option<ScreenWriter>,
    popups: Popups,
    /// None: the terminal never said.
    pub(super) gaze: Option<Gaze>,
}

/// Where the person looks, as the terminal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaze {
    /// At this terminal.
    Here,
    /// Elsewhere.
    Away,
}

/// What the hands send to the loop.
pub struct Arriving {
    /// From the store.
    pub answers: Receiver<Input>,
    /// From everything else.
    pub inputs: Receiver<Input>,
    /// Lines of containers' logs.
    pub logs: Receiver<Input>,
}

impl Hands {
    /// Starts the store's thread; everything else waits for its first effect. Must be called inside the runtime.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn new(setup: Setup, me: Author, screen: Option<ScreenWriter>) -> std::io::Result<(Self, Arriving)> {
        let Setup { writer, checklist, source, folder, started, vouched } = setup;
        let release = writer.header().release.id;
        let product = writer.header().release.product.clone();
        let paths = writer.paths().clone();
        let heads = writer.watermark().heads;
        let seen = SeenFile::new(&started.state, release);
        let (tell, answers) = channel(ANSWERS_MAX);
        let (papers_tell, errands_tell, tell_kept) = (tell.clone(), tell.clone(), tell.clone());
        if let Some(network) = vouched {
            // The queue was just made: there is room.
            drop(tell.try_send(vouched_for(network)));
        }
        let store = StoreThread::start(writer, Some(seen.clone()), move |answer| {
            for input in inputs(answer, clock::now()) {
                // A loop that has left wants no answers.
                drop(tell.blocking_send(input));
            }
        })?;
        let (sender, receiver): (Sender<Input>, Receiver<Input>) = channel(INPUTS_MAX);
        let popups = Popups::of(&started.variables);
        let (log_sender, logs) = channel(LOG_BATCHES_MAX);
        let fallback = started.fallback_folders();
        let around = Surroundings::new(started.variables.clone(), Some(started.home.clone()));
        let keeper =
            Keeper { journal: Journal::new(release, fallback.clone()), seen, heads, tell: tell_kept };
        let papers = Papers {
            trust: TrustStore::new(&started.state, started.trusted.clone()),
            drafts: Drafts::new(&started.state, &release.to_string()),
            paths: paths.clone(),
            checklist,
            source,
            looked: None,
            folder,
            tell: papers_tell,
        };
        let hands = Self {
            docker: DockerHands::new(sender.clone(), around).with_logs_into(log_sender),
            measurer: Measurer::new(sender.clone()),
            sampler: SampleTaker::new(sender.clone()),
            windows: WindowHands::new(&paths, product, me, sender.clone())?,
            notifier: Notifier::new(sender.clone()),
            runs: Runs::new(started.program.clone(), paths.side().join("runs"), sender)
                .or_instead(runs_beside(&fallback)),
            timers: Timers::default(),
            own: VecDeque::new(),
            store,
            papers: Desk::start("papers", papers)?,
            errands: Desk::start("errands", errands_tell)?,
            journal: Desk::start("journal", keeper)?,
            overdue: Overdue::default(),
            screen,
            popups,
            gaze: None,
        };
        Ok((hands, Arriving { answers, inputs: receiver, logs }))
    }
    /// Reads what the brain wants to know first: trust, drafts. After the first frame.
    pub fn look_around(&mut self) {
        self.at_the_desk(Papers::look);
        self.windows.look();
        if let Err(behind) = self.journal.put(Keeper::look) {
            self.tell(NoticeLevel::Error, &behind.to_string());
        }
    }
    /// Ends the threads, their queues served, the watermark noted.
    ///
    /// # Errors
    /// What may be missing, because a disk does not answer.
    pub fn close(self) -> Result<(), &'static str> {
        let papers = self.papers.close();
        let errands = self.errands.close();
        let journal = self.journal.close();
        self.windows.close();
        self.store.close()?;
        journal.map_err(
            |_behind| "the disk does not answer: what a rollback did may not be in the fallback journal",
        )?;
        errands
            .map_err(|_behind| "the disk does not answer: a run may not have heard what was asked of it")?;
        papers.map_err(|_behind| "the disk does not answer: a draft or a word of trust may be missing")
    }

    pub(super) fn append(&mut self, id: AppendId, events: Vec<Proposed>, guard: Guard, urgency: Urgency) {
        let failed = |reason: String| Input::AppendFailed { id, reason, broken: false };
        match append_request(id, events, guard, urgency) {
            Err(fault) => self.own.push_back(failed(fault.to_string())),
            Ok(request) => {
                if self.store.submit(request).is_err() {
                    self.own
                        .push_back(failed("the disk is behind: too much is waiting; try again".to_owned()));
                } else if urgency == Urgency::Backward {
                    self.overdue.asked(id, clock::now());
                }
            }
        }
    }

    pub(super) fn append_fallback(&mut self, id: AppendId, events: Vec<Proposed>) {
        if let Err(behind) = self.journal.put(move |keeper| keeper.keep(id, events)) {
            self.own.push_back(Input::AppendFailed { id, reason: behind.to_string(), broken: true });
        }
    }

    /// Starts a run whose request is on disk. Pinned files are hashed again first; a rollback is not held up by them.
    pub(super) fn start_run(&mut self, plan: RunPlan) {
        let (tell, told) = oneshot::channel();
        let forward = plan.kind.is_forward();
        let put = self.papers.put(move |papers| {
            let allowed = if forward {
                papers.allow_forward()
            } else {
                papers.prepare_backward();
                Ok(())
            };
            // Nobody listens: the loop has left.
            drop(tell.send(allowed));
        });
        match put {
            Err(behind) if forward => self.own.push_back(Input::RunReported {
                run: plan.run,
                report: RunReport::NotStarted { reason: Untrusted::new(behind.to_string()) },
            }),
            Ok(()) | Err(_) => self.runs.start_when(plan, told),
        }
    }

    /// Asks a run's supervisor, in the order of the asking. A desk of its own: an abort waits for no draft.
    pub(super) fn ask_supervisor(&mut self, run: String, request: SupervisorRequest) {
        let ask = self.runs.asking(run, request);
        let put = self.errands.put(move |tell| {
            if let Err(why) = ask() {
                // A loop that has left wants no answers.
                drop(tell.blocking_send(Input::Noticed { level: NoticeLevel::Error, text: why.into() }));
            }
        });
        if let Err(behind) = put {
            self.tell(NoticeLevel::Error, &behind.to_string());
        }
    }

    pub(super) fn store_trust(&mut self, digest: String) {
        self.at_the_desk(move |papers| papers.store_trust(&digest));
    }

    pub(super) fn take_checklist(&mut self, checklist: Checklist) {
        self.at_the_desk(move |papers| papers.take_checklist(checklist));
    }

    pub(super) fn look_at_source(&mut self) {
        self.at_the_desk(Papers::look_at_source);
    }

    pub(super) fn save_draft(&mut self, field: String, text: String) {
        self.at_the_desk(move |papers| papers.save_draft(&field, &text));
    }

    /// The bell always; a desktop notification unless the terminal said that somebody looks at it.
    pub(super) fn alert(&self, words: &Safe) {
        let Some(screen) = &self.screen else { return };
        screen.send_now(BELL);
        if self.gaze != Some(Gaze::Here) {
            screen.send_now(&self.popups.bytes(words));
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

    fn at_the_desk(&mut self, work: impl FnOnce(&mut Papers) + Send + 'static) {
        if let Err(behind) = self.papers.put(work) {
            self.tell(NoticeLevel::Error, &behind.to_string());
        }
    }
    fn tell(&mut self, level: NoticeLevel, text: &str) {
        self.own.push_back(Input::Noticed { level, text: Untrusted::new(text) });
    }
}
