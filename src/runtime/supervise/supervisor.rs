//! The `gonogo supervise FOLDER` process: away from the terminal, status first, all steps, exactly one end.
//!
//! Not here: starting it (`start.rs`), the steps themselves (`steps.rs`).

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::control::Control;
use super::output::OutputLog;
use super::report::Reporter;
use super::run_folder::{RunFolder, open_append};
use super::status::{EndStatus, RunStatus};
use super::steps::{Runner, StepsEnd};
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::measure::known::Known;
use crate::runtime::process::identity::ProcessIdentity;
use crate::runtime::secrets::Secrets;
use crate::session::status::RunOutcome;

/// The most that is read from standard input: some secrets of at most 64 KiB.
const STDIN_BYTES_MAX: u64 = 16 << 20;

/// A secret on its way to the supervisor: one JSON line of its standard input.
#[derive(Serialize, Deserialize)]
pub(super) struct SecretLine {
    pub(super) name: String,
    pub(super) value: String,
}

/// Runs the action in `folder` to its end. Secrets come on standard input as JSON lines. Exit code: 0 succeeded, 1 not,
/// 3 nothing could be run or recorded.
pub fn supervise(folder: &Path) -> ExitCode {
    // Away from the cockpit's terminal and session. It fails where we lead a group already, which is as good.
    let _leads_already = rustix::process::setsid();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = runtime.and_then(|runtime| {
        let outcome = runtime.block_on(run(RunFolder::at(folder)));
        // Drains of leaked processes and the wait for a process that never ends must not hold us.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(RunOutcome::Succeeded) => ExitCode::SUCCESS,
        Ok(RunOutcome::Failed | RunOutcome::Aborted | RunOutcome::Unknown) => ExitCode::FAILURE,
        Err(error) => {
            // Standard error is `supervise.log`. The cockpit sanitises what it reads there.
            let _nobody_reads = writeln!(io::stderr(), "{}: {error}", folder.display());
            ExitCode::from(3)
        }
    }
}

async fn run(folder: RunFolder) -> io::Result<RunOutcome> {
    let plan = folder.read_spec()?;
    let secrets = read_secrets(io::stdin().lock())?;
    // Whoever sent them may have died half way.
    if let Some(missing) = plan.place.secrets.names().find(|name| secrets.expose(name.as_str()).is_none()) {
        return Err(io::Error::other(format!(
            "secret `{missing}` did not arrive, so nothing runs; start it again"
        )));
    }
    let watch = Stopwatch::start();
    let process =
        ProcessIdentity::own().ok_or_else(|| io::Error::other("the kernel does not say who we are"))?;
    let log = open_append(&folder.output_log())?;
    let control = Control::listen(folder.clone())?;
    let status = RunStatus {
        run: plan.run.clone(),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        began: clock::now(),
        process,
        ..RunStatus::default()
    };
    let reporter = Reporter::begin(folder.clone(), status)?;
    let mut runner = Runner {
        plan,
        folder,
        log: Arc::new(Mutex::new(OutputLog::new(log))),
        redactor: secrets.redactor(),
        known: Known { secrets, captured: std::collections::BTreeMap::new() },
        control,
        reporter,
    };
    // Looked at once, after the first status: whoever gives it up looks for a status after that, so one of us sees the other.
    let steps = if runner.folder.is_given_up() {
        let reason = Some("nobody waited for it any more when it began".to_owned());
        StepsEnd { outcome: RunOutcome::Aborted, step: None, reason }
    } else {
        runner.run_all().await
    };
    let Runner { log, reporter, .. } = runner;
    let (output_bytes, digest) = {
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        let sealed = log.seal();
        let _full_disk = log.file().sync_all();
        sealed
    };
    let exit = reporter.status().steps.iter().rev().find_map(|step| step.ended.as_ref()?.exit);
    let end = EndStatus {
        at: clock::now(),
        outcome: steps.outcome,
        exit,
        step: steps.step,
        reason: steps.reason,
        took_ms: watch.elapsed_ms(),
        output_bytes,
        output_sha256: Some(digest),
    };
    reporter.end(end).await?;
    Ok(steps.outcome)
}

fn read_secrets(from: impl BufRead) -> io::Result<Secrets> {
    let mut secrets = Secrets::default();
    for line in io::BufReader::new(from.take(STDIN_BYTES_MAX)).lines() {
        let line: SecretLine = serde_json::from_str(&line?)
            .map_err(|_holds_a_secret| io::Error::other("a line of standard input is not a secret"))?;
        secrets.insert(line.name, line.value);
    }
    Ok(secrets)
}
