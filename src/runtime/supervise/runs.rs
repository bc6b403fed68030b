//! The cockpit's runs: starting, adopting and asking supervisors, each followed by one task that feeds the brain.
//!
//! Dropping this stops following; the runs go on. Not here: the supervisor itself (`supervisor.rs`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot::Receiver;
use tokio::task::{AbortHandle, JoinSet};

use super::follow::{Listener, follow};
use super::requests;
use super::run_folder::RunFolder;
use super::start::start;
use crate::engine::effect::SupervisorRequest;
use crate::engine::input::{Input, NoticeLevel, RunReport};
use crate::engine::run_plan::RunPlan;
use crate::runtime::files;
use crate::text::untrusted::Untrusted;

/// How long a rollback waits until its usual folder is prepared; then it goes on, there or elsewhere.
const BACKWARD_WAIT: Duration = Duration::from_secs(2);
/// Whoever looks whether a run may start has gone.
const UNANSWERED: &str = "it could not be looked up whether its commands are trusted; start gonogo again";

/// The runs of one session.
pub struct Runs {
    program: PathBuf,
    folder: PathBuf,
    instead: Vec<PathBuf>,
    inputs: Sender<Input>,
    tasks: JoinSet<()>,
    followed: BTreeMap<String, AbortHandle>,
}

impl Runs {
    /// Runs that live in `folder` (the session's `runs/`) and are supervised by `program`, which is this program.
    pub fn new(program: PathBuf, folder: PathBuf, inputs: Sender<Input>) -> Self {
        let (instead, tasks, followed) = (Vec::new(), JoinSet::new(), BTreeMap::new());
        Self { program, folder, instead, inputs, tasks, followed }
    }
    /// A rollback's folder may be made in one of these where the session's cannot be written, in this order.
    #[must_use]
    pub fn or_instead(self, instead: Vec<PathBuf>) -> Self {
        Self { instead, ..self }
    }
    /// Where a run lives.
    pub fn folder(&self, run: &str) -> RunFolder {
        find_run(&self.folder, &self.instead, run)
    }
    /// Starts a run whose request is on disk, once it is `allowed`, and follows it. A rollback is allowed whatever the answer
    /// is, and does not wait long for one. Must be called inside the runtime.
    pub fn start_when(&mut self, plan: RunPlan, allowed: Receiver<Result<(), String>>) {
        let program = self.program.clone();
        let run = plan.run.clone();
        let mut places = vec![self.folder.join(&run)];
        if !plan.kind.is_forward() {
            places.extend(self.instead.iter().map(|folder| folder.join(&run)));
        }
        let mut reporter = Reporter { run: run.clone(), inputs: self.inputs.clone() };
        self.spawn(run, async move {
            let mut reason = Untrusted::default();
            let refused = if plan.kind.is_forward() {
                allowed.await.unwrap_or_else(|_gone| Err(UNANSWERED.to_owned())).err()
            } else {
                drop(tokio::time::timeout(BACKWARD_WAIT, allowed).await);
                None
            };
            if let Some(refused) = refused {
                places.clear();
                reason = Untrusted::from(refused);
            }
            for folder in places.into_iter().map(RunFolder::at) {
                match start(&program, &folder, &plan).await {
                    Ok(_status) => return follow(&folder, &mut reporter).await,
                    Err(fault) => {
                        let elsewhere = fault.is_about_the_folder();
                        reason = Untrusted::from(fault.to_string());
                        if !elsewhere {
                            break;
                        }
                        folder.remove();
                    }
                }
            }
            let _nobody_listens = reporter.hear(RunReport::NotStarted { reason }).await;
        });
    }
    /// Picks up a run that may still go on; one that is followed already is left alone.
    pub fn adopt(&mut self, run: &str) {
        if self.followed.get(run).is_some_and(|task| !task.is_finished()) {
            return;
        }
        let folder = self.folder(run);
        let mut reporter = Reporter { run: run.to_owned(), inputs: self.inputs.clone() };
        self.spawn(run.to_owned(), async move { follow(&folder, &mut reporter).await });
    }
    /// Asks a run's supervisor. What goes wrong comes back as a notice.
    pub fn ask(&mut self, run: &str, request: &SupervisorRequest) {
        let folder = self.folder(run);
        let asked = requests::put(&folder, request).or_else(|error| match request {
            SupervisorRequest::Abort(rung) => requests::signal(&folder, *rung).map_err(|_gone| error),
            SupervisorRequest::Pause | SupervisorRequest::Resume | SupervisorRequest::Decide { .. } => {
                Err(error)
            }
        });
        if let Err(error) = asked {
            let text = format!("run {run}: the supervisor could not be asked: {error}");
            let notice = Input::Noticed { level: NoticeLevel::Error, text: text.into() };
            let inputs = self.inputs.clone();
            self.tasks.spawn(async move {
                let _nobody_listens = inputs.send(notice).await;
            });
        }
    }
    fn spawn(&mut self, run: String, task: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        let handle = self.tasks.spawn(task);
        self.followed.insert(run, handle);
    }
}

/// Where a run lives: in one of the folders beside the fallback journal, else where runs of the session do.
pub fn find_run(folder: &Path, instead: &[PathBuf], run: &str) -> RunFolder {
    let elsewhere = instead.iter().map(|folder| folder.join(run)).find(|path| files::exists(path));
    RunFolder::at(elsewhere.unwrap_or_else(|| folder.join(run)))
}

/// Where runs live beside the fallback journal in these folders.
pub fn runs_beside(fallback: &[PathBuf]) -> Vec<PathBuf> {
    fallback.iter().map(|folder| folder.join("runs")).collect()
}

/// Feeds the brain.
struct Reporter {
    run: String,
    inputs: Sender<Input>,
}

impl Listener for Reporter {
    async fn hear(&mut self, report: RunReport) -> bool {
        self.inputs.send(Input::RunReported { run: self.run.clone(), report }).await.is_ok()
    }
}
