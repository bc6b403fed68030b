//! The time between a run's request and its supervisor: secrets are asked for, and people change their minds, here or in
//! another cockpit. Nothing begins that was aborted or given up meanwhile.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use gonogo::checklist::variable::{SecretFrom, SecretSource};
use gonogo::engine::effect::SupervisorRequest;
use gonogo::engine::input::{Input, RunReport};
use gonogo::engine::run_plan::RunPlan;
use gonogo::runtime::supervise::runs::Runs;
use gonogo::session::status::AbortRung;
use tokio::sync::mpsc::Receiver;

use crate::support::draft::Draft;
use crate::support::program::{Place, gonogo_path};
use crate::support::run_plans::{plan, run_folder, runs, script, status};
use crate::support::until::until;

/// Far beyond any start here.
const BOUND: Duration = Duration::from_mins(1);
/// Less than the secret below takes: whoever answers within this has not waited for it.
const AT_ONCE: Duration = Duration::from_secs(8);
const ABORT: SupervisorRequest = SupervisorRequest::Abort(AbortRung::Terminate);

/// A plan whose secret says that it is asked for, and takes its time.
fn slow_plan(root: &Path) -> RunPlan {
    let mut plan = plan(root, vec![script("one", "touch ran")]);
    let slow = "touch asked; while [ ! -e go ]; do sleep 0.02; done; echo hunter2";
    let from = SecretFrom::Command(["sh", "-c", slow].map(str::to_owned).to_vec());
    plan.place.secrets.insert("token".into(), SecretSource { from });
    plan
}

fn starting(root: &Path) -> (tokio::runtime::Runtime, Runs, Receiver<Input>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (inputs, heard) = tokio::sync::mpsc::channel(16);
    let mut runs = Runs::new(gonogo_path().into(), runs(root), inputs);
    let (tell, told) = tokio::sync::oneshot::channel();
    tell.send(Ok(())).unwrap();
    runtime.block_on(async { runs.start_when(slow_plan(root), told) });
    until("the secret's command", BOUND, || root.join("asked").exists().then_some(()));
    (runtime, runs, heard)
}

#[track_caller]
fn did_not_begin(runtime: &tokio::runtime::Runtime, heard: &mut Receiver<Input>, root: &Path) {
    let heard = runtime.block_on(async { tokio::time::timeout(AT_ONCE, heard.recv()).await });
    let heard = heard.expect("the start ends at once").unwrap();
    let Input::RunReported { report: RunReport::NotStarted { reason }, .. } = &heard else {
        panic!("{heard:?}")
    };
    assert!(reason.raw().contains("abort"), "{reason:?}");
    std::fs::write(root.join("go"), "").unwrap();
    assert!(status(&run_folder(root)).is_none() && !root.join("ran").exists());
}

#[test]
fn an_abort_while_secrets_are_asked_for_ends_the_start_at_once() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let (runtime, runs, mut heard) = starting(root.path());
    let asked = runs.asking("01RUN".to_owned(), ABORT)();
    assert_eq!(asked, Ok(()));
    did_not_begin(&runtime, &mut heard, root.path());
}

#[test]
fn an_abort_from_another_cockpit_while_secrets_are_asked_for_ends_the_start_at_once() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let (runtime, _runs, mut heard) = starting(root.path());
    let (inputs, _unheard) = tokio::sync::mpsc::channel(16);
    let other = Runs::new(gonogo_path().into(), runs(root.path()), inputs);
    assert_eq!(other.asking("01RUN".to_owned(), ABORT)(), Ok(()));
    did_not_begin(&runtime, &mut heard, root.path());
}

#[test]
fn an_abort_that_is_faster_than_the_start_leaves_nothing_to_begin() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let (inputs, mut heard) = tokio::sync::mpsc::channel(16);
    let mut here = Runs::new(gonogo_path().into(), runs(root.path()), inputs);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (inputs, _unheard) = tokio::sync::mpsc::channel(16);
    let other = Runs::new(gonogo_path().into(), runs(root.path()), inputs);
    assert_eq!(other.asking("01RUN".to_owned(), ABORT)(), Ok(()));
    let (tell, told) = tokio::sync::oneshot::channel();
    tell.send(Ok(())).unwrap();
    runtime.block_on(async { here.start_when(slow_plan(root.path()), told) });
    did_not_begin(&runtime, &mut heard, root.path());
}

#[test]
fn a_supervisor_without_all_of_its_secrets_runs_nothing() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let folder = run_folder(root.path());
    folder.create().unwrap();
    folder.write_spec(&slow_plan(root.path())).unwrap();
    let mut child = Command::new(gonogo_path())
        .arg("supervise")
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"{\"name\":\"other\",\"value\":\"x\"}\n").unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    assert!(String::from_utf8_lossy(&ended.stderr).contains("token"), "{ended:?}");
    assert!(status(&folder).is_none() && !root.path().join("ran").exists());
}

#[test]
fn whoever_leaves_while_secrets_are_asked_for_waits_and_records_why_nothing_began() {
    let place = Place::new();
    let anna = place.person("anna");
    let slow = r#"["sh", "-c", "touch asked; while [ ! -e go ]; do sleep 0.02; done; exit 1"]"#;
    let checklist = Draft::shop(&["version"])
        .raw(&format!("[secrets.token]\nfrom = {{ command = {slow} }}"))
        .environment("stage", "")
        .phase("release", "Release", "stage")
        .item("deploy", "Deploy {version}", "action = \"deploy\"")
        .action("deploy", "deploy", "rollback = [\"back\"]")
        .step("say", "run = [\"touch\", \"ran\"]\nenv = { TOKEN = \"{secret:token}\" }")
        .action("back", "rollback", "")
        .step("say", "run = [\"echo\", \"going back\"]")
        .toml();
    place.write("release.toml", &checklist);
    anna.gonogo(["new", "release.toml", "--set", "version=1.1.0"]).run().expect(0);
    anna.gonogo(["trust", "release.toml"]).run().expect(0);
    let mut deploy = Command::new(gonogo_path());
    deploy.args(["deploy", "--yes"]).env_clear().envs(anna.env()).current_dir(place.project());
    let mut deploy = deploy.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the secret's command", BOUND, || place.project().join("asked").exists().then_some(()));
    let pid = rustix::process::Pid::from_child(&deploy);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    std::fs::write(place.project().join("go"), "").unwrap();
    until("it to leave", BOUND, || deploy.try_wait().unwrap());
    let log = anna.gonogo(["log", "--json"]).run().expect(0).json();
    let ended = log["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "run.ended").count();
    assert_eq!(ended, 1, "{log}");
    assert!(!place.project().join("ran").exists());
}
