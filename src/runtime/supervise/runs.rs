//! The cockpit's runs: starting, adopting and asking supervisors, each followed by one task that feeds the brain.
//!
//! Dropping this stops following; the runs go on. Not here: the supervisor itself (`supervisor.rs`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver as MpscReceiver, Sender, channel};
use tokio::sync::oneshot::Receiver;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use super::follow::{Listener, follow};
use super::requests;
use super::run_folder::RunFolder;
use super::spawner::{OwnProgram, Spawner};
use super::start::{StartFault, aborted_here, start};
use crate::engine::effect::SupervisorRequest;
use crate::engine::input::{Input, RunReport};
use crate::engine::run_plan::RunPlan;
use crate::runtime::files;
use crate::session::status::AbortRung;
use crate::text::untrusted::Untrusted;

/// How long a rollback waits until its usual folder is prepared; then it goes on, there or elsewhere.
const BACKWARD_WAIT: Duration = Duration::from_secs(2);
/// Whoever looks whether a run may start has gone.
const UNANSWERED: &str = "it could not be looked up whether its commands are trusted; start gonogo again";

/// The runs of one session.
pub struct Runs {
    spawner: Arc<dyn Spawner>,
    folder: PathBuf,
    instead: Vec<PathBuf>,
    inputs: Sender<Input>,
    tasks: JoinSet<()>,
    followed: BTreeMap<String, AbortHandle>,
    starts: Starts,
    /// Aborts of runs that have no supervisor yet. Whoever starts one listens.
    unbegun: BTreeMap<String, Arc<watch::Sender<Option<AbortRung>>>>,
}

/// Who starts a run holds a clone of the sender until its supervisor runs or nothing will.
struct Starts {
    hold: Sender<()>,
    none_left: MpscReceiver<()>,
}

impl Starts {
    fn none() -> Self {
        let (hold, none_left) = channel(1);
        Self { hold, none_left }
    }
}

impl Runs {
    /// Runs that live in `folder` (the session's `runs/`) and are supervised by `program`, which is this program.
    pub fn new(program: PathBuf, folder: PathBuf, inputs: Sender<Input>) -> Self {
        let spawner: Arc<dyn Spawner> = Arc::new(OwnProgram(program));
        let (instead, tasks, followed) = (Vec::new(), JoinSet::new(), BTreeMap::new());
        let (starts, unbegun) = (Starts::none(), BTreeMap::new());
        Self { spawner, folder, instead, inputs, tasks, followed, starts, unbegun }
    }
    /// A rollback's folder may be made in one of these where the session's cannot be written, in this order.
    #[must_use]
    pub fn or_instead(self, instead: Vec<PathBuf>) -> Self {
        Self { instead, ..self }
    }
    /// Supervisors are made by this one.
    #[must_use]
    pub fn spawned_by(self, spawner: Arc<dyn Spawner>) -> Self {
        Self { spawner, ..self }
    }
    /// Where a run lives.
    pub fn folder(&self, run: &str) -> RunFolder {
        find_run(&self.folder, &self.instead, run)
    }
    /// Starts a run whose request is on disk, once it is `allowed`, and follows it. A rollback is allowed whatever the answer
    /// is, and does not wait long for one. Must be called inside the runtime.
    pub fn start_when(&mut self, plan: RunPlan, allowed: Receiver<Result<(), String>>) {
        let spawner = Arc::clone(&self.spawner);
        let run = plan.run.clone();
        let mut places = vec![self.folder.join(&run)];
        if !plan.kind.is_forward() {
            places.extend(self.instead.iter().map(|folder| folder.join(&run)));
        }
        let mut reporter = Reporter { run: run.clone(), inputs: self.inputs.clone() };
        let starting = self.starts.hold.clone();
        self.unbegun.retain(|_run, abort| abort.receiver_count() > 0);
        let (abort, mut aborted) = watch::channel(None);
        let abort = Arc::new(abort);
        self.unbegun.insert(run.clone(), Arc::clone(&abort));
        self.spawn(run, async move {
            let mut reason = Untrusted::default();
            let refused = tokio::select! {
                refused = refusal(&plan, allowed) => refused,
                () = aborted_here(&mut aborted) => Some(StartFault::CalledOff.to_string()),
            };
            if let Some(refused) = refused {
                places.clear();
                reason = Untrusted::from(refused);
            }
            for folder in places.into_iter().map(RunFolder::at) {
                match start(&*spawner, &folder, &plan, &mut aborted).await {
                    Ok(_status) => {
                        drop(aborted);
                        // Asked for since the last look, perhaps where no file could be written.
                        if let Some(rung) = *abort.borrow() {
                            let _ended_already = ask(&folder, &SupervisorRequest::Abort(rung));
                        }
                        drop(starting);
                        return follow(&folder, &mut reporter).await;
                    }
                    Err(fault) => {
                        reason = Untrusted::from(fault.to_string());
                        if !fault.is_about_the_folder() {
                            break;
                        }
                    }
                }
            }
            let _nobody_listens = reporter.hear(RunReport::NotStarted { reason }).await;
            // Only now: whoever leaves waits for what is to be recorded.
            drop(starting);
        });
    }
    /// Returns when every run that was to be started has a supervisor, or will have none: what outlives this program. The
    /// caller bounds the wait.
    pub fn all_started(&mut self) -> impl Future<Output = ()> + use<> {
        let Starts { hold, mut none_left } = std::mem::replace(&mut self.starts, Starts::none());
        drop(hold);
        async move {
            let _nobody_is_left = none_left.recv().await;
        }
    }
    /// Does a start go on that nobody waits for yet?
    pub fn is_starting(&self) -> bool {
        self.starts.hold.strong_count() > 1
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
    /// What asks a run's supervisor: work for a desk, because it writes into the run's folder.
    ///
    /// # Errors
    /// When it is called: why the supervisor could not be asked, for a person.
    pub fn asking(
        &self,
        run: String,
        request: SupervisorRequest,
    ) -> impl FnOnce() -> Result<(), String> + Send + use<> {
        let (usual, instead) = (self.folder.clone(), self.instead.clone());
        // At once: a start that goes on here ends, whatever the disk does.
        let ends_a_start = match &request {
            SupervisorRequest::Abort(rung) => self.abort_unbegun(&run, *rung),
            SupervisorRequest::Pause | SupervisorRequest::Resume | SupervisorRequest::Decide { .. } => false,
        };
        move || {
            let folder = find_run(&usual, &instead, &run);
            let asked = match &request {
                SupervisorRequest::Abort(rung) if !ends_a_start && !files::exists(folder.path()) => {
                    requests::forbid(&folder, *rung)
                }
                SupervisorRequest::Abort(_)
                | SupervisorRequest::Pause
                | SupervisorRequest::Resume
                | SupervisorRequest::Decide { .. } => ask(&folder, &request),
            };
            match asked {
                Err(error) if !ends_a_start => {
                    Err(format!("run {run}: the supervisor could not be asked: {error}"))
                }
                Ok(()) | Err(_) => Ok(()),
            }
        }
    }
    /// Does the abort end a start that goes on here?
    fn abort_unbegun(&self, run: &str, rung: AbortRung) -> bool {
        let Some(abort) = self.unbegun.get(run).filter(|abort| abort.receiver_count() > 0) else {
            return false;
        };
        abort.send_modify(|asked| *asked = (*asked).max(Some(rung)));
        true
    }
    fn spawn(&mut self, run: String, task: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        let handle = self.tasks.spawn(task);
        self.followed.insert(run, handle);
    }
}

/// Why it may not run. Of a rollback nothing is asked; its usual folder has a little time to be prepared.
async fn refusal(plan: &RunPlan, allowed: Receiver<Result<(), String>>) -> Option<String> {
    if plan.kind.is_forward() {
        return allowed.await.unwrap_or_else(|_gone| Err(UNANSWERED.to_owned())).err();
    }
    drop(tokio::time::timeout(BACKWARD_WAIT, allowed).await);
    None
}

/// Asks a supervisor; an abort by a signal too, where no file can be written. Errors: it was not asked.
fn ask(folder: &RunFolder, request: &SupervisorRequest) -> std::io::Result<()> {
    requests::put(folder, request).or_else(|error| match request {
        SupervisorRequest::Abort(rung) => requests::signal(folder, *rung).map_err(|_gone| error),
        SupervisorRequest::Pause | SupervisorRequest::Resume | SupervisorRequest::Decide { .. } => Err(error),
    })
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
