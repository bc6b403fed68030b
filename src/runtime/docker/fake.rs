//! A daemon for tests: HTTP over a unix socket, answering from a table, hanging or breaking where it is told to.
//!
//! One request per connection, as bollard does on a socket. Not here: a whole simulated Docker.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How a path is answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// 200 with this body.
    Body(Vec<u8>),
    /// Another status with a message.
    Status(u16, &'static str),
    /// Never, not even headers.
    Silence,
    /// Half of a body, then nothing.
    Half(Vec<u8>),
    /// A stream: this much now, more by `FakeDaemon::stream`, open until `cut`.
    Stream(Vec<u8>),
}

type Table = Arc<Mutex<BTreeMap<String, Answer>>>;

/// The daemon; dropping it closes everything but its socket file.
pub(crate) struct FakeDaemon {
    _folder: tempfile::TempDir,
    pub(crate) socket: PathBuf,
    table: Table,
    asked: Arc<Mutex<Vec<String>>>,
    streams: watch::Sender<(u64, Vec<u8>)>,
    _server: JoinSet<()>,
}

impl FakeDaemon {
    /// Answers `/version`, `/info`, `/_ping` and an open event stream; everything else is 404 until `answer`.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("docker.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let table = Table::default();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let streams = watch::Sender::new((0, Vec::new()));
        let mut server = JoinSet::new();
        let (answers, heard, more) = (Arc::clone(&table), Arc::clone(&asked), streams.clone());
        server.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (table, asked) = (Arc::clone(&answers), Arc::clone(&heard));
                connections.spawn(serve(stream, table, asked, more.subscribe()));
            }
        });
        let daemon = Self { _folder: folder, socket, table, asked, streams, _server: server };
        daemon
            .answer("/version", json(r#"{"Version":"20.10.1","ApiVersion":"1.41","MinAPIVersion":"1.12"}"#));
        daemon.answer("/info", json(r#"{"ID":"A","Name":"box","NCPU":2,"MemTotal":1000000}"#));
        daemon.answer("/_ping", json("OK"));
        daemon.answer("/events", Answer::Stream(Vec::new()));
        daemon.answer("/containers/json", json("[]"));
        daemon
    }

    /// As a checklist names it.
    pub(crate) fn address(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Answers this path so from now on; the version and the query do not count.
    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        self.table.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// Sends more on every open stream.
    pub(crate) fn stream(&self, bytes: &[u8]) {
        self.streams.send_modify(|(_, sent)| sent.extend_from_slice(bytes));
    }

    /// Ends every open stream.
    pub(crate) fn cut(&self) {
        self.streams.send_modify(|(cuts, sent)| {
            *cuts += 1;
            sent.clear();
        });
    }

    /// Every path asked so far, with its query.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A body.
pub(crate) fn json(text: &str) -> Answer {
    Answer::Body(text.as_bytes().to_vec())
}

async fn serve(
    mut stream: UnixStream,
    table: Table,
    asked: Arc<Mutex<Vec<String>>>,
    mut more: watch::Receiver<(u64, Vec<u8>)>,
) {
    let mut request = Vec::new();
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let target = text.split(' ').nth(1).unwrap().to_owned();
    let path = target.split('?').next().unwrap();
    let path = path.strip_prefix("/v1.41").unwrap_or(path).to_owned();
    asked.lock().unwrap().push(target);
    let answer = table.lock().unwrap().get(&path).cloned();
    let head = |status: u16, length: usize| {
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
    };
    let streaming = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned();
    let bytes = match answer {
        None => {
            let body = br#"{"message":"no such one"}"#;
            [head(404, body.len()).into_bytes(), body.to_vec()].concat()
        }
        Some(Answer::Body(body)) => [head(200, body.len()).into_bytes(), body].concat(),
        Some(Answer::Status(status, words)) => {
            let body = format!(r#"{{"message":"{words}"}}"#);
            [head(status, body.len()).into_bytes(), body.into_bytes()].concat()
        }
        Some(Answer::Silence) => return std::future::pending().await,
        Some(Answer::Half(body)) => {
            let _gone = stream.write_all(&[head(200, body.len() * 2).into_bytes(), body].concat()).await;
            return std::future::pending().await;
        }
        Some(Answer::Stream(first)) => {
            // Only what is sent from now on: a stream does not repeat what another one got.
            let (cuts, mut sent) = {
                let now = more.borrow_and_update();
                (now.0, now.1.len())
            };
            let _gone = stream.write_all(&[streaming.into_bytes(), first].concat()).await;
            loop {
                let (now, bytes) = more.borrow_and_update().clone();
                if now != cuts || stream.write_all(&bytes[sent..]).await.is_err() {
                    return;
                }
                sent = bytes.len();
                if more.changed().await.is_err() {
                    return;
                }
            }
        }
    };
    let _gone = stream.write_all(&bytes).await;
}
