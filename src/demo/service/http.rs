//! A small HTTP/1.1 server on loopback: a line, headers that are skipped, an answer with a length. Kept connections.
//!
//! For requests without a body, which is all the shop gets. Not here: what is answered (`answers.rs`), asking
//! (`ask.rs`).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Connections served at once; a cockpit, a health probe and three neighbours keep a few each.
const CONNECTIONS_MAX: usize = 64;
/// The longest request line and headers, in bytes.
const HEAD_BYTES_MAX: u64 = 16 * 1024;
/// How long a kept connection may be silent.
const SILENT_MAX: Duration = Duration::from_secs(30);

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// Without what stands behind `?`.
    pub path: String,
    /// What stands behind `?`.
    pub query: String,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `application/json`, `text/html`.
    pub kind: &'static str,
    /// The body.
    pub body: String,
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, kind: "application/json", body: format!("{body}\n") }
    }
}

/// Who answers.
pub trait Respond: Send + Sync + 'static {
    /// Answers one request.
    fn respond(&self, request: Request) -> impl Future<Output = Answer> + Send;
}

/// Serves until it is dropped.
pub async fn serve<R: Respond>(listener: TcpListener, respond: Arc<R>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        // A connection that broke before it was taken is nobody's.
        let Ok((stream, _from)) = listener.accept().await else { continue };
        let respond = Arc::clone(&respond);
        connections.spawn(async move {
            let _broken_by_the_client = connection(stream, &*respond).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn connection<R: Respond>(stream: TcpStream, respond: &R) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let Some((request, keep)) = timeout(SILENT_MAX, head(&mut stream)).await?? else { return Ok(()) };
        let answer = respond.respond(request).await;
        let kept = if keep { "keep-alive" } else { "close" };
        let text = format!(
            "HTTP/1.1 {} {}\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: {kept}\r\n\r\n{}",
            answer.status,
            reason(answer.status),
            answer.kind,
            answer.body.len(),
            answer.body
        );
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await?;
        if !keep {
            return Ok(());
        }
    }
}

/// The next request, and whether the connection is kept. None: the client has had enough.
async fn head(stream: &mut BufReader<TcpStream>) -> io::Result<Option<(Request, bool)>> {
    let mut head = stream.take(HEAD_BYTES_MAX);
    let mut first = String::new();
    if head.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let mut keep = true;
    loop {
        let mut line = String::new();
        if head.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        keep &= !line.eq_ignore_ascii_case("connection: close");
    }
    Ok(request_line(&first).map(|request| (request, keep)))
}

fn request_line(line: &str) -> Option<Request> {
    let mut words = line.split_ascii_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Request { method: method.to_owned(), path: path.to_owned(), query: query.to_owned() })
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        404 => "Not Found",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Answer",
    }
}

#[cfg(test)]
mod tests {
    use super::super::ask::ask;
    use super::*;

    struct Echo;

    impl Respond for Echo {
        async fn respond(&self, request: Request) -> Answer {
            let told = format!("{} {} {}", request.method, request.path, request.query);
            Answer { status: if request.path == "/no" { 503 } else { 200 }, kind: "text/plain", body: told }
        }
    }

    #[tokio::test]
    async fn what_is_asked_is_answered_and_a_kept_connection_asks_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, Arc::new(Echo)));
        let soon = Duration::from_secs(5);
        assert_eq!(ask(at, "GET", "/a?b=1", soon).await.unwrap(), (200, "GET /a b=1".to_owned()));
        assert_eq!(ask(at, "POST", "/no", soon).await.unwrap().0, 503);

        let mut kept = BufReader::new(TcpStream::connect(at).await.unwrap());
        for path in ["/one", "/two"] {
            let asked = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
            kept.write_all(asked.as_bytes()).await.unwrap();
            let mut told = String::new();
            while !told.contains("\r\n\r\n") {
                kept.read_line(&mut told).await.unwrap();
            }
            let mut body = vec![0; format!("GET {path} ").len()];
            kept.read_exact(&mut body).await.unwrap();
            assert_eq!(String::from_utf8(body).unwrap(), format!("GET {path} "));
        }
    }
}
