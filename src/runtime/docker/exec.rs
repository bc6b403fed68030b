//! A command inside the container of a Compose service: argv as it is, no shell, output as it comes.
//!
//! A container that is gone, a refused start and the exit codes 126 and 127 are errors: our means did not work. The API
//! cannot end a started command, so a limit that is over leaves it running, and the error says so.

use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use futures_util::StreamExt;
use tokio::time::{Instant, sleep, timeout_at};

use super::client::{ANSWER_LIMIT, CallError, Client, escape_query};
use super::connect::{Wish, connect};
use super::wire::Summary;
use crate::engine::log_line::LogStream;

/// How much of each stream [`exec_collect`] keeps; the rest is counted.
const OUTPUT_MAX_BYTES: usize = 1 << 20;
/// How long the exit code may come after the end of the output.
const EXIT_LIMIT: Duration = Duration::from_secs(2);
/// Between two looks for it.
const EXIT_EVERY: Duration = Duration::from_millis(20);

/// What to run and where.
#[derive(Clone, Debug)]
pub struct ExecRequest<'a> {
    /// The Compose project; none: the service's name must be unique on the daemon.
    pub project: Option<&'a str>,
    /// The Compose service; its running container with the lowest number is taken.
    pub service: &'a str,
    /// The program and its arguments.
    pub argv: &'a [String],
    /// More environment variables.
    pub env: &'a [(String, String)],
    /// Working folder inside the container.
    pub cwd: Option<&'a str>,
    /// Limit for everything.
    pub limit: Duration,
}

/// What a command left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecOutput {
    /// Its exit code.
    pub exit: i64,
    /// Standard output, at most 1 MiB.
    pub stdout: Vec<u8>,
    /// Standard error, at most 1 MiB.
    pub stderr: Vec<u8>,
    /// Bytes beyond that.
    pub cut: u64,
}

/// Why a command did not run, or nobody knows how it ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    /// There is no daemon to ask.
    #[error("{0}")]
    Daemon(String),
    /// The service has no running container.
    #[error("service {0} has no running container to run it in")]
    NoContainer(String),
    /// The service is in several projects and none was named.
    #[error("service {0} is in several Compose projects; name the project in the environment")]
    Ambiguous(String),
    /// The daemon or the container refused.
    #[error("{container} refused to run it: {reason}")]
    Refused {
        /// The container's name.
        container: String,
        /// Why.
        reason: String,
    },
    /// Exit code 126 or 127.
    #[error("{container} cannot run {program}: {words} ({exit}) {output}")]
    CannotRun {
        /// The container's name.
        container: String,
        /// The program.
        program: String,
        /// Not found, or not executable.
        words: &'static str,
        /// 126 or 127.
        exit: i64,
        /// What was said about it.
        output: String,
    },
    /// The limit is over.
    #[error("no end within {} s; it may still run inside {container}", limit.as_secs())]
    Timeout {
        /// The container's name.
        container: String,
        /// The limit.
        limit: Duration,
    },
    /// The connection broke on the way.
    #[error("the connection to {container} broke: {reason}; it may still run there")]
    Broken {
        /// The container's name.
        container: String,
        /// Why.
        reason: String,
    },
}

/// Runs it and keeps its output.
pub async fn exec_collect(wish: &Wish, request: &ExecRequest<'_>) -> Result<ExecOutput, ExecError> {
    let mut output = ExecOutput::default();
    let mut keep = |stream: LogStream, bytes: &[u8]| {
        let kept = match stream {
            LogStream::Output => &mut output.stdout,
            LogStream::Error => &mut output.stderr,
        };
        let room = OUTPUT_MAX_BYTES.saturating_sub(kept.len()).min(bytes.len());
        let (head, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        kept.extend_from_slice(head);
        output.cut = output.cut.saturating_add(u64::try_from(rest.len()).unwrap_or(u64::MAX));
    };
    let exit = exec_in_service(wish, request, &mut keep).await?;
    Ok(ExecOutput { exit, ..output })
}

/// Runs it and hands out its output as it comes; returns its exit code.
pub async fn exec_in_service(
    wish: &Wish,
    request: &ExecRequest<'_>,
    on_output: &mut (dyn FnMut(LogStream, &[u8]) + Send),
) -> Result<i64, ExecError> {
    let end = Instant::now() + request.limit;
    let connection = connect(wish).await.map_err(ExecError::Daemon)?;
    let client = &connection.client;
    let (id, container) = find(client, request, &connection.address).await?;
    let running = run(client, &id, &container, request, on_output);
    let Ok(ended) = timeout_at(end, running).await else {
        return Err(ExecError::Timeout { container, limit: request.limit });
    };
    ended
}

async fn run(
    client: &Client,
    id: &str,
    container: &str,
    request: &ExecRequest<'_>,
    on_output: &mut (dyn FnMut(LogStream, &[u8]) + Send),
) -> Result<i64, ExecError> {
    let refused = |error: bollard::errors::Error| ExecError::Refused {
        container: container.to_owned(),
        reason: CallError::from(error).to_string(),
    };
    let broken = |error: bollard::errors::Error| ExecError::Broken {
        container: container.to_owned(),
        reason: CallError::from(error).to_string(),
    };
    let docker = client.docker();
    let exec = docker.create_exec(id, options(request)).await.map_err(refused)?;
    let started = docker.start_exec(&exec.id, None).await.map_err(refused)?;
    let mut last = Vec::new();
    if let StartExecResults::Attached { mut output, input: _closed_at_the_end } = started {
        while let Some(piece) = output.next().await {
            let (stream, bytes) = match piece.map_err(broken)? {
                LogOutput::StdErr { message } => (LogStream::Error, message),
                LogOutput::StdOut { message }
                | LogOutput::Console { message }
                | LogOutput::StdIn { message } => (LogStream::Output, message),
            };
            last = bytes.to_vec();
            on_output(stream, &bytes);
        }
    }
    let exit = exit_code(docker, &exec.id).await.map_err(broken)?.ok_or_else(|| ExecError::Broken {
        container: container.to_owned(),
        reason: "its exit code never came".to_owned(),
    })?;
    let words = match exit {
        126 => "it cannot be executed",
        127 => "there is no such program",
        _ => return Ok(exit),
    };
    let program = request.argv.first().cloned().unwrap_or_default();
    let output = String::from_utf8_lossy(&last).trim().to_owned();
    Err(ExecError::CannotRun { container: container.to_owned(), program, words, exit, output })
}

fn options(request: &ExecRequest<'_>) -> CreateExecOptions<String> {
    let env = request.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    CreateExecOptions {
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        cmd: Some(request.argv.to_vec()),
        env: Some(env),
        working_dir: request.cwd.map(str::to_owned),
        ..CreateExecOptions::default()
    }
}

/// The output may end a moment before the daemon knows the exit code.
async fn exit_code(docker: &bollard::Docker, exec: &str) -> Result<Option<i64>, bollard::errors::Error> {
    let end = Instant::now() + EXIT_LIMIT;
    loop {
        let told = docker.inspect_exec(exec).await?;
        if told.running != Some(true) || Instant::now() >= end {
            return Ok(told.exit_code);
        }
        sleep(EXIT_EVERY).await;
    }
}

async fn find(
    client: &Client,
    request: &ExecRequest<'_>,
    address: &str,
) -> Result<(String, String), ExecError> {
    let mut labels = vec![format!("com.docker.compose.service={}", request.service)];
    labels.extend(request.project.map(|project| format!("com.docker.compose.project={project}")));
    let filters = serde_json::json!({ "label": labels, "status": ["running"] }).to_string();
    let path = format!("/containers/json?filters={}", escape_query(&filters));
    let listed = client.get(&path, ANSWER_LIMIT).await;
    let rows: Vec<Summary> = listed.map_err(|error| ExecError::Daemon(format!("{address}: {error}")))?;
    let mut unknown = super::convert::Unknown::new();
    let mut rows: Vec<_> = rows.iter().map(|row| super::convert::from_summary(row, &mut unknown)).collect();
    rows.retain(|row| !row.oneoff);
    let projects: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.project).collect();
    if projects.len() > 1 {
        return Err(ExecError::Ambiguous(request.service.to_owned()));
    }
    super::convert::sort(&mut rows);
    let first = rows.into_iter().next();
    let row = first.ok_or_else(|| ExecError::NoContainer(request.service.to_owned()))?;
    Ok((row.id, row.name.raw().to_owned()))
}
