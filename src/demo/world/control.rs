//! The world's control socket: a deploy step asks for a part of a release, and gets its lines and its exit code.
//!
//! In the private folder, so only its owner reaches it. One JSON line asks, JSON lines answer. The asking side is
//! `demo/deploy.rs`.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::project::Project;
use super::release::{LINES_WAITING, Part, perform};

/// The socket's name in the folder.
pub const CONTROL: &str = "control.sock";
/// Steps served at once: two environments, each with one run and a smoke test.
const CLIENTS_MAX: usize = 16;
/// The longest question, in bytes.
const QUESTION_BYTES_MAX: u64 = 4 * 1024;
/// How long a client may take to ask.
const QUESTION_WITHIN: Duration = Duration::from_secs(5);

/// What a step asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What to do.
    pub part: Part,
    /// Where.
    pub environment: String,
    /// To which version.
    pub version: String,
}

/// What the step is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Told {
    /// A line to print.
    Line(String),
    /// It is over, with this exit code.
    End(u8),
}

/// Listens in `folder`. Errors: the socket cannot be made.
pub fn listen(folder: &Path) -> io::Result<UnixListener> {
    UnixListener::bind(folder.join(CONTROL))
}

/// Serves until it is dropped.
pub async fn serve(listener: UnixListener, projects: Arc<[Project]>) {
    let places = Arc::new(Semaphore::new(CLIENTS_MAX));
    let mut clients = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        // A client that went away before it was taken is nobody's.
        let Ok((stream, _from)) = listener.accept().await else { continue };
        let projects = Arc::clone(&projects);
        clients.spawn(async move {
            let _client_went_away = client(stream, projects).await;
            drop(place);
        });
        while clients.try_join_next().is_some() {}
    }
}

async fn client(stream: UnixStream, projects: Arc<[Project]>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut asked = (&mut stream).take(QUESTION_BYTES_MAX);
    timeout(QUESTION_WITHIN, asked.read_line(&mut line)).await??;
    let question: Question = serde_json::from_str(&line)?;
    let (lines, mut told) = mpsc::channel(LINES_WAITING);
    // A task of its own: an aborted deploy leaves no service half replaced.
    let mut work = JoinSet::new();
    work.spawn(async move {
        let place = projects.iter().find(|project| project.environment == question.environment);
        match place {
            Some(project) => perform(project, question.part, &question.version, &lines).await,
            None => 2,
        }
    });
    while let Some(line) = told.recv().await {
        if tell(&mut stream, &Told::Line(line)).await.is_err() {
            break;
        }
    }
    drop(told);
    let code = work.join_next().await.and_then(Result::ok).unwrap_or(1);
    tell(&mut stream, &Told::End(code)).await
}

async fn tell(stream: &mut BufReader<UnixStream>, told: &Told) -> io::Result<()> {
    let line = serde_json::to_string(told)?;
    stream.write_all(format!("{line}\n").as_bytes()).await?;
    stream.flush().await
}
