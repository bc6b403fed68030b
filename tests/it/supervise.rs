//! `gonogo supervise` against real processes: the whole action, hostile children, people's requests, a dead cockpit.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gonogo::checklist::action::{Capture, CaptureBy};
use gonogo::checklist::id::StepId;
use gonogo::checklist::period::Period;
use gonogo::engine::effect::SupervisorRequest;
use gonogo::engine::input::{Input, RunReport};
use gonogo::engine::run_plan::{CheckPlan, RunPlan, StepPlan, StepWork};
use gonogo::runtime::supervise::requests;
use gonogo::runtime::supervise::run_folder::RunFolder;
use gonogo::runtime::supervise::runs::Runs;
use gonogo::runtime::supervise::status::{RunStatus, StepEnd};
use gonogo::session::status::{AbortRung, RunOutcome, StepDecision, StepOutcome};

use crate::support::program::gonogo_path;
use crate::support::run_plans::{output, plan, program, run_folder, runs, script, status, step};
use crate::support::until::until;

/// Far beyond any run here; grace periods are inside.
const BOUND: Duration = Duration::from_mins(1);

struct Run {
    root: tempfile::TempDir,
    folder: RunFolder,
    child: Child,
}

impl Run {
    fn start(steps: Vec<StepPlan>) -> Self {
        Self::start_with(|root| plan(root, steps), "")
    }
    fn start_with(plan: impl FnOnce(&Path) -> RunPlan, stdin: &str) -> Self {
        let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
        let folder = run_folder(root.path());
        folder.create().unwrap();
        folder.write_spec(&plan(root.path())).unwrap();
        let mut child = Command::new(gonogo_path())
            .arg("supervise")
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        Self { root, folder, child }
    }
    #[track_caller]
    fn wait_for(&self, what: &str, holds: impl Fn(&RunStatus) -> bool) -> RunStatus {
        until(what, BOUND, || status(&self.folder).filter(|status| holds(status)))
    }
    #[track_caller]
    fn end(&mut self) -> RunStatus {
        let status = self.wait_for("the end of the run", |status| status.end.is_some());
        self.child.wait().unwrap();
        status
    }
    fn ask(&self, request: &SupervisorRequest) {
        requests::put(&self.folder, request).unwrap();
    }
    fn decide(&self, step: &str, decision: StepDecision) {
        let reason = Some("because".to_owned());
        self.ask(&SupervisorRequest::Decide { step: StepId::from(step), decision, reason });
    }
    fn exists(&self, name: &str) -> bool {
        self.root.path().join(name).exists()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[track_caller]
fn ended(status: &RunStatus, at: usize) -> &StepEnd {
    status.steps[at].ended.as_ref().expect("the step has ended")
}

#[test]
fn two_steps_run_in_order_and_leave_output_and_a_status() {
    let mut run = Run::start(vec![
        script("one", "echo first; echo oops >&2; echo last"),
        program("two", &["echo", "a b", "$HOME"]),
    ]);
    let status = run.end();
    assert_eq!(status.end.as_ref().unwrap().outcome, RunOutcome::Succeeded);
    assert_eq!(status.end.as_ref().unwrap().exit, Some(0));
    let said = output(&run.folder);
    let at = |word: &str| said.find(word).unwrap_or_else(|| panic!("{word} in {said}"));
    assert!(at("one: Step one") < at("first\noops\nlast\n"), "{said}");
    assert!(at("last") < at("two: Step two") && at("two: Step two") < at("a b $HOME\n"), "{said}");
    assert_eq!(status.end.unwrap().output_bytes, u64::try_from(said.len()).unwrap());
    let mode = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(run.folder.path()), 0o700);
    for file in std::fs::read_dir(run.folder.path()).unwrap() {
        let path = file.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[test]
fn a_failed_step_waits_and_a_person_retries_it_then_skips_it() {
    let steps = vec![script("flaky", "exit 3"), script("after", "touch after")];
    let mut run = Run::start(steps);
    run.wait_for("the first failure", |status| status.waiting.is_some());
    assert!(!run.exists("after"));
    run.decide("flaky", StepDecision::Retry);
    let again = run.wait_for("the second failure", |s| s.steps.len() == 2 && s.waiting.is_some());
    assert_eq!((again.steps[1].attempt, ended(&again, 1).exit), (2, Some(3)));
    run.decide("another", StepDecision::Done);
    run.decide("flaky", StepDecision::Skip);
    let status = run.end();
    assert_eq!(status.steps[1].settled.as_ref().unwrap().outcome, StepOutcome::Skipped);
    assert_eq!(status.end.unwrap().outcome, RunOutcome::Succeeded);
    assert!(run.exists("after"));
}

#[test]
fn a_failed_step_that_nobody_carries_on_ends_the_run_as_failed_and_names_it() {
    let mut run = Run::start(vec![script("bad", "exit 3"), script("after", "touch after")]);
    run.wait_for("the failure", |status| status.waiting.is_some());
    run.ask(&SupervisorRequest::Abort(AbortRung::Terminate));
    let end = run.end().end.unwrap();
    assert_eq!((end.outcome, end.step, end.exit), (RunOutcome::Failed, Some("bad".into()), Some(3)));
    assert!(!run.exists("after"));
}

#[test]
fn a_pause_holds_before_the_next_step_and_never_inside_one() {
    let mut run = Run::start(vec![
        script("one", "touch began; while [ ! -e go ]; do sleep 0.02; done"),
        script("two", "touch two"),
    ]);
    until("the first step", BOUND, || run.exists("began").then_some(()));
    run.ask(&SupervisorRequest::Pause);
    until("the request to be taken", BOUND, || {
        (std::fs::read_dir(run.folder.requests()).unwrap().count() == 0).then_some(())
    });
    std::fs::write(run.root.path().join("go"), "").unwrap();
    let paused = run.wait_for("the pause", |status| status.waiting.is_some());
    assert_eq!(paused.waiting, Some(StepId::from("two")));
    assert!(!run.exists("two"));
    run.ask(&SupervisorRequest::Resume);
    assert_eq!(run.end().end.unwrap().outcome, RunOutcome::Succeeded);
}

#[test]
fn a_child_that_ignores_term_is_killed_when_the_rung_rises_and_never_before() {
    let stubborn = "trap '' TERM; touch began; sleep 300 & while :; do wait || :; done";
    let mut run = Run::start(vec![script("stubborn", stubborn), script("after", "touch after")]);
    until("the step", BOUND, || run.exists("began").then_some(()));
    run.ask(&SupervisorRequest::Abort(AbortRung::Terminate));
    let grace = run.wait_for("the grace period", |status| status.kill_at.is_some());
    assert_eq!(grace.end, None);
    run.ask(&SupervisorRequest::Abort(AbortRung::Kill));
    // A lower rung afterwards changes nothing.
    run.ask(&SupervisorRequest::Abort(AbortRung::Terminate));
    let status = run.end();
    let step = ended(&status, 0);
    assert_eq!((step.outcome, step.signal), (StepOutcome::Aborted, Some(9)));
    assert_eq!(status.end.unwrap().outcome, RunOutcome::Aborted);
    assert!(!run.exists("after"));
}

#[test]
fn a_step_beyond_its_time_limit_is_ended_and_has_failed() {
    let mut slow = script("slow", "echo began; sleep 300");
    slow.timeout = Period::from_ms(300);
    let mut run = Run::start(vec![slow]);
    let status = run.wait_for("the failure", |status| status.waiting.is_some());
    let step = ended(&status, 0);
    assert_eq!(step.outcome, StepOutcome::Failed);
    assert!(step.reason.as_ref().unwrap().starts_with("not done within 300ms"), "{:?}", step.reason);
    run.ask(&SupervisorRequest::Abort(AbortRung::Terminate));
    run.end();
}

#[test]
fn a_grandchild_that_holds_the_output_is_called_leaked_and_holds_nothing_up() {
    let leak = "(while [ ! -e stop ]; do sleep 0.05; done; echo late) & echo done";
    let mut run = Run::start(vec![
        script("leak", leak),
        script("wait", "touch stop; while ! grep -q late side/runs/01RUN/output.log; do sleep 0.05; done"),
    ]);
    let status = run.end();
    assert_eq!(ended(&status, 0).outcome, StepOutcome::Passed);
    assert!(ended(&status, 0).reason.as_ref().unwrap().contains("leaked processes"));
    assert_eq!(ended(&status, 1).reason, None);
}

#[test]
fn hostile_output_and_ends_are_recorded_as_they_were() {
    let mut run = Run::start(vec![
        script("flood", "head -c 6000000 /dev/zero | tr '\\0' x"),
        script("binary", "printf 'half \\377\\376 line'"),
        program("signal", &["sh", "-c", "kill -9 $$"]),
        program("none", &["no-such-program-here"]),
    ]);
    let status = run.wait_for("the signal", |status| status.waiting == Some("signal".into()));
    assert!(ended(&status, 0).bytes >= 6_000_000, "{}", ended(&status, 0).bytes);
    assert_eq!(ended(&status, 2).signal, Some(9));
    run.decide("signal", StepDecision::Skip);
    let status = run.wait_for("no program", |status| status.waiting == Some("none".into()));
    let reason = ended(&status, 3).reason.clone().unwrap();
    assert!(reason.contains("cannot start `no-such-program-here`"), "{reason}");
    run.decide("none", StepDecision::Done);
    let end = run.end().end.unwrap();
    let bytes = std::fs::read(run.folder.output_log()).unwrap();
    assert!(bytes.windows(12).any(|window| window == b"half \xff\xfe line"));
    assert_eq!(end.output_bytes, u64::try_from(bytes.len()).unwrap());
}

#[test]
fn captured_values_reach_later_steps_as_arguments_and_variables() {
    let mut backup = script("backup", "echo wrote a.sql; echo noise >&2");
    backup.capture.insert("file".to_owned(), Capture::By(CaptureBy::Regex(r"wrote (\S+)".to_owned())));
    let mut tag = script("tag", "echo noise >&2; echo v7");
    tag.capture.insert("name".to_owned(), Capture::Whole("stdout".to_owned()));
    let mut run = Run::start(vec![
        backup,
        tag,
        program("use", &["echo", "got {run.backup.file} {run.tag.name}"]),
        script("script", r#"echo "and $GONOGO_RUN_BACKUP_FILE in $GONOGO_RUN""#),
        program("missing", &["echo", "{run.nowhere.x}"]),
    ]);
    let status = run.wait_for("the failure", |status| status.waiting.is_some());
    assert_eq!(ended(&status, 0).captured["file"], "a.sql");
    let said = output(&run.folder);
    assert!(said.contains("got a.sql v7\n") && said.contains("and a.sql in 01RUN\n"), "{said}");
    assert!(ended(&status, 4).reason.as_ref().unwrap().contains("run.nowhere.x"));
    run.decide("missing", StepDecision::Done);
    run.end();
}

#[test]
fn a_secret_split_over_two_writes_never_reaches_the_disk() {
    let secret = "hunter2-correct-horse";
    let leak = r#"printf '%s' "${TOKEN%horse}"; sleep 0.2; echo horse; echo "TOKEN=$TOKEN" | base64"#;
    let mut step = script("leak", leak);
    let StepWork::Run(command) = &mut step.work else { panic!("a command") };
    command.env.insert("TOKEN".to_owned(), "{secret:token}".into());
    let argument = program("argument", &["echo", "{secret:token}"]);
    let stdin = format!("{{\"name\":\"token\",\"value\":\"{secret}\"}}\n");
    let mut run = Run::start_with(|root| plan(root, vec![step, argument]), &stdin);
    let status = run.wait_for("the refusal", |status| status.waiting.is_some());
    assert!(ended(&status, 1).reason.as_ref().unwrap().contains("stands in an argument"));
    run.ask(&SupervisorRequest::Abort(AbortRung::Terminate));
    run.end();
    assert!(output(&run.folder).contains("***token***"), "{}", output(&run.folder));
    for file in std::fs::read_dir(run.folder.path()).unwrap() {
        let path = file.unwrap().path();
        // A FIFO would be waited for.
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        assert!(!String::from_utf8_lossy(&bytes).contains("correct"), "{}", path.display());
    }
}

#[test]
fn kill_9_of_the_process_that_started_it_changes_nothing() {
    use std::os::unix::process::CommandExt;
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let folder = run_folder(root.path());
    folder.create().unwrap();
    let gate = "touch began; while [ ! -e go ]; do sleep 0.02; done; exit 7";
    folder.write_spec(&plan(root.path(), vec![script("one", gate), script("two", "touch two")])).unwrap();
    // The parent starts it as a cockpit does and waits; then its whole group dies.
    let start = format!("'{}' supervise '{}' </dev/null & wait", gonogo_path(), folder.path().display());
    let mut parent = Command::new("sh").args(["-c", &start]).process_group(0).spawn().unwrap();
    until("the step", BOUND, || root.path().join("began").exists().then_some(()));
    let group = rustix::process::Pid::from_child(&parent);
    rustix::process::kill_process_group(group, rustix::process::Signal::KILL).unwrap();
    parent.wait().unwrap();
    std::fs::write(root.path().join("go"), "").unwrap();
    let failed = until("the failure", BOUND, || status(&folder).filter(|status| status.waiting.is_some()));
    assert_eq!(ended(&failed, 0).exit, Some(7));
    let skip = StepDecision::Skip;
    let decide = SupervisorRequest::Decide { step: "one".into(), decision: skip, reason: None };
    requests::put(&folder, &decide).unwrap();
    let end = until("the end", BOUND, || status(&folder).and_then(|status| status.end));
    assert_eq!(end.outcome, RunOutcome::Succeeded);
    assert!(root.path().join("two").exists());
}

#[test]
fn a_killed_supervisor_lets_its_step_finish_starts_no_other_and_is_reported_lost_once() {
    let gate = "touch began; while [ ! -e go ]; do sleep 0.02; done; echo done; touch finished";
    let mut run = Run::start(vec![script("one", gate), script("two", "touch two")]);
    until("the step", BOUND, || run.exists("began").then_some(()));
    run.child.kill().unwrap();
    run.child.wait().unwrap();
    std::fs::write(run.root.path().join("go"), "").unwrap();
    until("the step's own end", BOUND, || run.exists("finished").then_some(()));
    let reports = follow_to_the_end(|runs| runs.adopt("01RUN"), run.root.path());
    assert!(matches!(reports.last(), Some(RunReport::Lost { .. })), "{reports:?}");
    assert_eq!(ends(&reports), 1);
    assert!(!run.exists("two"));
}

/// What the cockpit answers when the commands are trusted.
fn allowed() -> tokio::sync::oneshot::Receiver<Result<(), String>> {
    let (tell, told) = tokio::sync::oneshot::channel();
    tell.send(Ok(())).unwrap();
    told
}

#[test]
fn a_run_is_started_left_and_adopted_and_reported_with_exactly_one_end() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let gate = "echo hello; touch began; while [ ! -e go ]; do sleep 0.02; done; exit 7";
    let steps = vec![script("one", gate), script("two", "echo bye")];
    let plan = plan(root.path(), steps);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (inputs, mut heard) = tokio::sync::mpsc::channel(16);
        let mut runs = Runs::new(gonogo_path().into(), runs(root.path()), inputs);
        runs.start_when(plan, allowed());
        let first = tokio::time::timeout(BOUND, heard.recv()).await.unwrap().unwrap();
        let Input::RunReported { report, .. } = first else { panic!("{first:?}") };
        assert!(matches!(report, RunReport::Started { .. }), "{report:?}");
    });
    // The cockpit is gone with its runtime; the run is not.
    drop(runtime);
    until("the step", BOUND, || root.path().join("began").exists().then_some(()));
    std::fs::write(root.path().join("go"), "").unwrap();
    let folder = run_folder(root.path());
    until("the failure", BOUND, || status(&folder).filter(|status| status.waiting.is_some()));
    let reports = follow_to_the_end(
        |runs| {
            runs.adopt("01RUN");
            let done = StepDecision::Done;
            let request = SupervisorRequest::Decide { step: "one".into(), decision: done, reason: None };
            runs.asking("01RUN".to_owned(), request)().unwrap();
        },
        root.path(),
    );
    assert_eq!(ends(&reports), 1);
    let outcomes: Vec<_> = reports.iter().filter_map(outcome_of).collect();
    assert_eq!(outcomes, [StepOutcome::Failed, StepOutcome::MarkedDone, StepOutcome::Passed]);
    let Some(RunReport::Ended(end)) = reports.last() else { panic!("{reports:?}") };
    assert_eq!(end.outcome, RunOutcome::Succeeded);
    assert!(end.output_tail.raw().contains("hello\n") && end.output_tail.raw().contains("bye\n"));
    let told: u64 = reports.iter().map(output_of).sum();
    assert_eq!(told, end.output_bytes);
}

#[test]
fn an_end_that_no_file_takes_is_known_as_lost_at_once_and_told_when_there_is_room() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let gate = "touch began; while [ ! -e go ]; do sleep 0.02; done";
    let plan = plan(root.path(), vec![script("one", gate)]);
    let folder = run_folder(root.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let heard = runtime.block_on(async {
        let (inputs, mut heard) = tokio::sync::mpsc::channel(16);
        let mut runs = Runs::new(gonogo_path().into(), runs(root.path()), inputs);
        runs.start_when(plan, allowed());
        let mut told = Vec::new();
        while told.last() != Some(&"ended") {
            let Some(Input::RunReported { report, .. }) =
                tokio::time::timeout(BOUND, heard.recv()).await.expect("a report in time")
            else {
                panic!("another input")
            };
            match report {
                RunReport::StepStarted { .. } => {
                    // No status can be put in the place of a folder.
                    until("the step", BOUND, || root.path().join("began").exists().then_some(()));
                    std::fs::rename(folder.status(), root.path().join("kept")).unwrap();
                    std::fs::create_dir(folder.status()).unwrap();
                    std::fs::write(root.path().join("go"), "").unwrap();
                }
                RunReport::Lost { .. } => {
                    told.push("lost");
                    std::fs::remove_dir(folder.status()).unwrap();
                }
                RunReport::Ended(end) => {
                    assert_eq!(end.outcome, RunOutcome::Succeeded);
                    told.push("ended");
                }
                RunReport::NotStarted { reason } => panic!("{reason:?}"),
                _ => {}
            }
        }
        told
    });
    assert_eq!(heard, ["lost", "ended"]);
}

#[test]
fn a_supervisor_that_waits_for_a_person_ends_when_its_folder_is_deleted() {
    let mut run = Run::start(vec![script("one", "exit 7")]);
    run.wait_for("the failure", |status| status.waiting.is_some());
    std::fs::remove_dir_all(run.folder.path()).unwrap();
    until("the supervisor's end", BOUND, || run.child.try_wait().unwrap());
}

#[test]
fn a_run_asked_for_just_before_leaving_is_started_before_its_starter_goes() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let plan = plan(root.path(), vec![script("one", "touch ran")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (inputs, _heard) = tokio::sync::mpsc::channel(16);
        let mut runs = Runs::new(gonogo_path().into(), runs(root.path()), inputs);
        let (tell, told) = tokio::sync::oneshot::channel();
        runs.start_when(plan, told);
        let mut left = std::pin::pin!(runs.all_started());
        // Not allowed yet: whoever leaves waits.
        assert!(tokio::time::timeout(Duration::from_millis(50), &mut left).await.is_err());
        tell.send(Ok(())).unwrap();
        tokio::time::timeout(BOUND, left).await.unwrap();
    });
    drop(runtime);
    until("the step", BOUND, || root.path().join("ran").exists().then_some(()));
}

#[test]
fn an_abort_that_no_file_takes_reaches_the_supervisor_all_the_same_and_rises() {
    let stubborn = "trap '' TERM; touch began; while :; do sleep 0.02; done";
    let mut run = Run::start(vec![script("one", stubborn)]);
    until("the step", BOUND, || run.exists("began").then_some(()));
    std::fs::remove_dir(run.folder.requests()).unwrap();
    let (inputs, _heard) = tokio::sync::mpsc::channel(16);
    let runs = Runs::new(gonogo_path().into(), runs(run.root.path()), inputs);
    runs.asking("01RUN".to_owned(), SupervisorRequest::Abort(AbortRung::Terminate))().unwrap();
    run.wait_for("the first rung", |status| status.kill_at.is_some());
    runs.asking("01RUN".to_owned(), SupervisorRequest::Abort(AbortRung::Kill))().unwrap();
    let status = run.end();
    assert_eq!(status.end.as_ref().map(|end| end.outcome), Some(RunOutcome::Aborted));
    assert_eq!(ended(&status, 0).signal, Some(9));
}

#[test]
fn a_supervisor_that_cannot_start_is_reported_and_nothing_ran() {
    let root = tempfile::Builder::new().prefix("gonogo-run-").tempdir().unwrap();
    let plan = plan(root.path(), vec![script("one", "touch one")]);
    // The folder is there already: a run is never started twice.
    run_folder(root.path()).create().unwrap();
    let reports = follow_to_the_end(|runs| runs.start_when(plan, allowed()), root.path());
    assert!(matches!(reports.as_slice(), [RunReport::NotStarted { .. }]), "{reports:?}");
    assert!(!root.path().join("one").exists());
}

/// A new cockpit that listens until an end.
fn follow_to_the_end(begin: impl FnOnce(&mut Runs), root: &Path) -> Vec<RunReport> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (inputs, mut heard) = tokio::sync::mpsc::channel(16);
        let mut runs = Runs::new(gonogo_path().into(), runs(root), inputs);
        begin(&mut runs);
        let mut reports = Vec::new();
        while ends(&reports) == 0 {
            match tokio::time::timeout(BOUND, heard.recv()).await.expect("an end in time") {
                Some(Input::RunReported { report, .. }) => reports.push(report),
                other => panic!("{other:?}"),
            }
        }
        reports
    })
}

fn ends(reports: &[RunReport]) -> usize {
    let is_end = |report: &&RunReport| {
        matches!(report, RunReport::Ended(_) | RunReport::Lost { .. } | RunReport::NotStarted { .. })
    };
    reports.iter().filter(is_end).count()
}

fn outcome_of(report: &RunReport) -> Option<StepOutcome> {
    if let RunReport::StepEnded { outcome, .. } = report { Some(*outcome) } else { None }
}

fn output_of(report: &RunReport) -> u64 {
    if let RunReport::Output { bytes, .. } = report { u64::try_from(bytes.len()).unwrap() } else { 0 }
}

#[test]
fn a_check_step_waits_until_it_holds_and_an_abort_ends_the_wait() {
    #[derive(serde::Deserialize)]
    struct File {
        step: CheckPlan,
    }
    let check = |id: &str, file: &str| {
        let text = format!(
            "step.check.command = {{ script = 'test -e {file}' }}\nstep.eventually = {{ within = '50s', every = '100ms' }}"
        );
        step(id, StepWork::Check(Box::new(toml::from_str::<File>(&text).unwrap().step)))
    };
    let mut run =
        Run::start(vec![check("ready", "ready"), check("never", "never"), script("after", "touch after")]);
    until("the first look", BOUND, || output(&run.folder).contains("waiting: ").then_some(()));
    std::fs::write(run.root.path().join("ready"), "").unwrap();
    let status = run.wait_for("the second check", |status| status.steps.len() == 2);
    assert_eq!(ended(&status, 0).outcome, StepOutcome::Passed);
    let said = output(&run.folder);
    assert!(said.contains("pass: ") && !said.contains("fail: "), "nothing has failed while it waits: {said}");
    run.ask(&SupervisorRequest::Abort(AbortRung::Terminate));
    assert_eq!(run.end().end.unwrap().outcome, RunOutcome::Aborted);
    assert!(!run.exists("after"));
}

#[test]
fn a_check_step_that_runs_out_of_time_says_what_it_saw_last() {
    #[derive(serde::Deserialize)]
    struct File {
        step: CheckPlan,
    }
    let text = "step.check.command = { script = 'test -e never' }\nstep.eventually = { within = '50s', every = '50ms' }";
    let work = StepWork::Check(Box::new(toml::from_str::<File>(text).unwrap().step));
    let mut never = step("never", work);
    never.timeout = Period::from_ms(1_000);
    let mut run = Run::start(vec![never]);
    let status = run.wait_for("the failure", |status| status.waiting.is_some());
    let reason = ended(&status, 0).reason.clone().unwrap_or_default();
    assert!(reason.contains("expected") && reason.contains("not done within 1s"), "{reason}");
    run.ask(&SupervisorRequest::Abort(AbortRung::Terminate));
    run.end();
}
