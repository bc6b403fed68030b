//! Commands: argv or a script, here or in a container. A wrong exit code or a signal is a fail; not found, not started
//! and not done in time are errors: our means did not work.
//!
//! A script is handed to `sh -eu -c` as it is written: no value is ever put into it. Not here: steps of runs
//! (`supervise/command_step.rs`), which stream their output.
#![expect(clippy::disallowed_methods, reason = "processes and their readers are started here")]

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::attempt::Attempt;
use super::containers::surroundings;
use super::http::judge_pointers;
use super::known::Known;
use crate::checklist::assertion::{Quantity, Words};
use crate::checklist::check::CommandCheck;
use crate::checklist::period::Period;
use crate::engine::run_plan::Place;
use crate::rules::assertion::{Extent, Found, judge_number, judge_words, result};
use crate::rules::observed::AssertionResult;
use crate::runtime::clock::Stopwatch;
use crate::runtime::docker::{ExecError, ExecRequest, Wish, exec_collect};
use crate::runtime::process::environment::set_small_environment;
use crate::runtime::process::group::{Exit, Group};
use crate::runtime::process::ladder::{GRACE_TIMEOUT, Ladder};
use crate::session::status::{AbortRung, CheckStatus};
use crate::text::shell_quote::sh_join;

/// Unless the check says otherwise.
const TIMEOUT: Period = Period::from_secs(10);
/// The most of each stream that is kept; the rest is read and dropped.
const OUTPUT_BYTES_MAX: usize = 1 << 20;
/// How long output may go on after the exit.
const EOF_WAIT: Duration = Duration::from_millis(200);

/// What a command left behind.
struct Ran {
    exit: Exit,
    timed_out: bool,
    stdout: Output,
    stderr: Output,
}

#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    cut: bool,
}

pub(super) async fn attempt(check: &CommandCheck, place: &Place, known: &Known) -> Attempt {
    let (argv, environment) = match fill(check, place, known) {
        Ok(filled) => filled,
        Err(reason) => return Attempt::new("command").error(reason),
    };
    let mut attempt = Attempt::new(argv.first().map_or("", String::as_str));
    attempt.repeat = sh_join(argv.iter().map(String::as_str));
    let limit = check.timeout.unwrap_or(TIMEOUT);
    let watch = Stopwatch::start();
    let ran = match check.on.as_deref().unwrap_or("local") {
        "local" => {
            let folder = Path::new(&place.folder).join(check.cwd.as_deref().unwrap_or_default());
            local(&argv, &folder, &environment, limit.as_std()).await.map_err(|error| error.to_string())
        }
        on => match on.strip_prefix("container:") {
            Some(service) => {
                let request = ExecRequest {
                    project: place.project.as_deref(),
                    service,
                    argv: &argv,
                    env: &environment,
                    cwd: check.cwd.as_deref(),
                    limit: limit.as_std(),
                };
                in_container(place, &request).await.map_err(|error| error.to_string())
            }
            None => Err(format!("commands on `{on}` are not run by this version")),
        },
    };
    match ran {
        Err(reason) => attempt.error(reason),
        Ok(ran) if ran.timed_out => {
            attempt.with_evidence(&ran.stderr.bytes).error(format!("not done within {limit}"))
        }
        Ok(ran) => judge(check, attempt, &ran, watch),
    }
}

type Filled = (Vec<String>, Vec<(String, String)>);

fn fill(check: &CommandCheck, place: &Place, known: &Known) -> Result<Filled, String> {
    let argv = match &check.script {
        Some(script) => ["sh", "-eu", "-c", script].map(str::to_owned).to_vec(),
        None => check.run.iter().map(|word| known.fill_argument(word)).collect::<Result<_, _>>()?,
    };
    if argv.is_empty() {
        return Err("the command is empty".to_owned());
    }
    let mut environment: Vec<_> =
        place.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    environment.extend(known.fill_all(&check.env)?);
    Ok((argv, environment))
}

async fn in_container(place: &Place, request: &ExecRequest<'_>) -> Result<Ran, ExecError> {
    let wish = Wish::of_place(place, Arc::new(surroundings()));
    let output = exec_collect(&wish, request).await?;
    let code = i32::try_from(output.exit).ok();
    let cut = output.cut > 0;
    Ok(Ran {
        exit: Exit { code, signal: None },
        timed_out: false,
        stdout: Output { bytes: output.stdout, cut },
        stderr: Output { bytes: output.stderr, cut },
    })
}

async fn local(
    argv: &[String],
    folder: &Path,
    environment: &[(String, String)],
    limit: Duration,
) -> io::Result<Ran> {
    let program = argv.first().map_or("", String::as_str);
    if !folder.is_dir() {
        return Err(io::Error::other(format!("the working folder {} is not there", folder.display())));
    }
    let mut command = Command::new(program);
    command.args(argv.get(1..).unwrap_or_default()).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    set_small_environment(
        &mut command,
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())),
    );
    let mut group = Group::spawn(&mut command)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot start `{program}`: {error}")))?;
    let child = group.child_mut();
    let stdout = child.stdout.take().map(tokio::process::ChildStdout::from_std).transpose()?.map(read_all);
    let stderr = child.stderr.take().map(tokio::process::ChildStderr::from_std).transpose()?.map(read_all);
    let mut ladder = Ladder::new(GRACE_TIMEOUT);
    let deadline = Instant::now() + limit;
    let mut timed_out = false;
    loop {
        tokio::select! {
            () = group.ended() => break,
            () = tokio::time::sleep_until(deadline), if !ladder.is_rising() => {
                timed_out = true;
                ladder.rise(AbortRung::Terminate, Instant::now(), &group);
            }
            () = ladder.kill_due() => ladder.rise(AbortRung::Kill, Instant::now(), &group),
        }
    }
    if timed_out {
        group.signal(rustix::process::Signal::KILL);
    }
    let exit = group.reap()?;
    let until = Instant::now() + EOF_WAIT;
    Ok(Ran { exit, timed_out, stdout: finish(stdout, until).await, stderr: finish(stderr, until).await })
}

type Reading = (JoinHandle<()>, Arc<std::sync::Mutex<Output>>);

fn read_all(mut from: impl AsyncRead + Unpin + Send + 'static) -> Reading {
    let output = Arc::new(std::sync::Mutex::new(Output::default()));
    let shared = Arc::clone(&output);
    let task = tokio::spawn(async move {
        let mut chunk = vec![0; 64 << 10];
        while let Ok(count @ 1..) = from.read(&mut chunk).await {
            let mut kept = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let room = OUTPUT_BYTES_MAX.saturating_sub(kept.bytes.len()).min(count);
            kept.bytes.extend_from_slice(chunk.get(..room).unwrap_or_default());
            kept.cut |= room < count;
        }
    });
    (task, output)
}

async fn finish(reading: Option<Reading>, until: Instant) -> Output {
    let Some((mut task, output)) = reading else { return Output::default() };
    let held = tokio::time::timeout_at(until, &mut task).await.is_err();
    // Whoever still holds it is not waited for: what comes later is not part of the answer.
    task.abort();
    let mut output = std::mem::take(&mut *output.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    output.cut |= held;
    output
}

fn judge(check: &CommandCheck, attempt: Attempt, ran: &Ran, watch: Stopwatch) -> Attempt {
    let wanted = check.exit.unwrap_or(0);
    let expected = format!("exit {wanted}");
    let holds = ran.exit.code.is_some_and(|code| i64::from(code) == wanted);
    let status = if holds { CheckStatus::Pass } else { CheckStatus::Fail };
    let mut assertions = vec![result("exit", &expected, &ran.exit.words(), status)];
    assertions.extend(check.stdout.as_ref().map(|words| judge_output("stdout", words, &ran.stdout)));
    assertions.extend(check.stderr.as_ref().map(|words| judge_output("stderr", words, &ran.stderr)));
    if !check.json.is_empty() {
        let parsed = if ran.stdout.cut {
            Err("standard output was cut at 1 MiB".to_owned())
        } else {
            serde_json::from_slice(&ran.stdout.bytes)
                .map_err(|error| format!("standard output is not JSON: {error}"))
        };
        assertions.extend(judge_pointers(&check.json, &parsed));
    }
    if let Some(duration) = &check.duration {
        let took = Quantity::Period(Period::from_ms(watch.elapsed_ms()));
        assertions.push(judge_number("duration", duration, took));
    }
    // What went wrong stands in the errors, so they come first: the end is what is cut.
    let mut evidence = Vec::new();
    if !ran.stderr.bytes.is_empty() {
        evidence.extend_from_slice(b"stderr: ");
        evidence.extend_from_slice(&ran.stderr.bytes);
        evidence.push(b'\n');
    }
    evidence.extend_from_slice(&ran.stdout.bytes);
    attempt.with_evidence(&evidence).judged(assertions)
}

fn judge_output(subject: &str, words: &Words, output: &Output) -> AssertionResult {
    let text = String::from_utf8_lossy(&output.bytes);
    let extent = if output.cut { Extent::Cut } else { Extent::Whole };
    judge_words(subject, words, Found::Text { text: &text, extent })
}
