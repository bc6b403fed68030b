//! Plans of runs, written by hand, and the run folder they run in.

use std::path::{Path, PathBuf};

use gonogo::checklist::action::{ActionKind, OnFailure};
use gonogo::checklist::id::{ActionId, StepId};
use gonogo::checklist::period::Period;
use gonogo::engine::run_plan::{CommandPlan, Place, RunPlan, StepPlan, StepWork};
use gonogo::runtime::supervise::run_folder::RunFolder;
use gonogo::runtime::supervise::status::RunStatus;

/// A plan of these steps that works in `folder`.
pub(crate) fn plan(folder: &Path, steps: Vec<StepPlan>) -> RunPlan {
    RunPlan {
        run: "01RUN".to_owned(),
        action: ActionId::from("deploy"),
        kind: ActionKind::Deploy,
        title: "Deploy 1.2.0".to_owned(),
        on_failure: OnFailure::Ask,
        place: Place { folder: folder.display().to_string(), ..Place::default() },
        steps,
    }
}

/// A step that runs a script.
pub(crate) fn script(id: &str, text: &str) -> StepPlan {
    let command = CommandPlan { script: Some(text.to_owned()), ..CommandPlan::default() };
    step(id, StepWork::Run(command))
}

/// A step that runs a program.
pub(crate) fn program(id: &str, argv: &[&str]) -> StepPlan {
    let argv = argv.iter().map(|word| (*word).into()).collect();
    step(id, StepWork::Run(CommandPlan { argv, ..CommandPlan::default() }))
}

/// A step with a minute to go.
pub(crate) fn step(id: &str, work: StepWork) -> StepPlan {
    StepPlan {
        id: StepId::from(id),
        title: format!("Step {id}"),
        work,
        timeout: Period::from_mins(1),
        capture: gonogo::checklist::named::Named::default(),
        irreversible: None,
    }
}

/// Where a run of `root` lives.
pub(crate) fn run_folder(root: &Path) -> RunFolder {
    RunFolder::at(runs(root).join("01RUN"))
}

/// Where the runs of `root` live.
pub(crate) fn runs(root: &Path) -> PathBuf {
    root.join("side").join("runs")
}

/// The status as it is now.
pub(crate) fn status(folder: &RunFolder) -> Option<RunStatus> {
    toml::from_str(&std::fs::read_to_string(folder.status()).ok()?).ok()
}

/// The output as it is now.
pub(crate) fn output(folder: &RunFolder) -> String {
    String::from_utf8_lossy(&std::fs::read(folder.output_log()).unwrap_or_default()).into_owned()
}
