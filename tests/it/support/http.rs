//! Tiny HTTP servers on the loopback address: scripted answers, silence, one byte at a time.
//!
//! Blocking threads, one per connection, all ended when the server is dropped. Not a general server: it reads a
//! request's head, and a body of the length it names, and closes after the answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long one connection may last, whatever the client does.
const CONNECTION_BOUND: Duration = Duration::from_secs(30);
/// Time between two bytes of a dripping answer.
const DRIP_EVERY: Duration = Duration::from_millis(100);

/// One scripted answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body, sent as text/plain.
    pub(crate) body: String,
    /// More header lines, each with its line end.
    pub(crate) headers: String,
}

impl Answer {
    /// An answer with this status and body.
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Answer { status, body: body.to_owned(), headers: String::new() }
    }

    /// The same with one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.extend([name, ": ", value, "\r\n"]);
        self
    }
}

/// How a server treats its clients.
#[derive(Clone, Debug)]
enum Manner {
    /// The answers in order, the last one for ever.
    Script(Vec<Answer>),
    /// The status that is set now.
    Switched,
    /// Accepts, reads, says nothing.
    Silent,
    /// Starts an answer and sends it one byte at a time.
    Drip,
}

/// One request, as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The request line.
    pub(crate) line: String,
    /// The headers, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Request {
    /// A header's value; none: it was not sent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON: {error}\n{}", self.body))
    }
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    over: bool,
    status: u16,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a connection thread panicked")
    }

    /// Waits until the server is dropped, at most `bound`. True when it was.
    fn over_within(&self, bound: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), bound, |state| !state.over);
        waited.expect("a connection thread panicked").0.over
    }
}

/// A running server.
pub(crate) struct HttpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// Answers every request with 200 and `body`.
    pub(crate) fn ok(body: &str) -> Self {
        Self::script(&[Answer::new(200, body)])
    }

    /// Answers every request with 503.
    pub(crate) fn unavailable() -> Self {
        Self::script(&[Answer::new(503, "unavailable")])
    }

    /// Gives the answers in order, the last one for ever.
    pub(crate) fn script(answers: &[Answer]) -> Self {
        assert!(!answers.is_empty(), "a script has at least one answer");
        Self::start(Manner::Script(answers.to_vec()))
    }

    /// Answers 200 until another status is set.
    pub(crate) fn switched() -> Self {
        let server = Self::start(Manner::Switched);
        server.set_status(200);
        server
    }

    /// From now on a switched server answers with this status.
    pub(crate) fn set_status(&self, status: u16) {
        self.shared.lock().status = status;
    }

    /// Accepts and never says anything.
    pub(crate) fn hanging() -> Self {
        Self::start(Manner::Silent)
    }

    /// Promises a long body and sends it one byte every 100 ms.
    pub(crate) fn dripping() -> Self {
        Self::start(Manner::Drip)
    }

    fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let for_listener = Arc::clone(&shared);
        let listener = thread::spawn(move || accept(&listener, &for_listener, &manner));
        HttpServer { address, shared, listener: Some(listener) }
    }

    /// `http://127.0.0.1:PORT` followed by `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The request lines so far, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.received().into_iter().map(|request| request.line).collect()
    }

    /// The requests so far, in order, with headers and bodies.
    pub(crate) fn received(&self) -> Vec<Request> {
        self.shared.lock().requests.clone()
    }

    /// Waits until at least `count` requests have come.
    #[track_caller]
    pub(crate) fn wait_requests(&self, count: usize, bound: Duration) {
        let enough = |state: &mut State| state.requests.len() < count;
        let waited = self.shared.changed.wait_timeout_while(self.shared.lock(), bound, enough);
        let seen = waited.expect("a connection thread panicked").0.requests.len();
        assert!(seen >= count, "waited {bound:?} for {count} requests, {seen} came");
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_all();
        let _wakes_accept = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ended = listener.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, manner: &Manner) {
    for connection in listener.incoming().flatten() {
        if shared.lock().over {
            return;
        }
        let (shared, manner) = (Arc::clone(shared), manner.clone());
        // A client that goes away mid-answer is its own business.
        thread::spawn(move || drop(serve(&connection, &shared, &manner)));
    }
}

fn serve(connection: &TcpStream, shared: &Shared, manner: &Manner) -> std::io::Result<()> {
    connection.set_read_timeout(Some(CONNECTION_BOUND))?;
    connection.set_write_timeout(Some(CONNECTION_BOUND))?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let Some(request) = read_request(&mut reader)? else { return Ok(()) };
    let (number, status) = {
        let mut state = shared.lock();
        state.requests.push(request);
        (state.requests.len() - 1, state.status)
    };
    shared.changed.notify_all();
    match manner {
        Manner::Script(answers) => write_answer(connection, &answers[number.min(answers.len() - 1)]),
        Manner::Switched => write_answer(connection, &Answer::new(status, "as it is")),
        Manner::Silent => {
            shared.over_within(CONNECTION_BOUND);
            Ok(())
        }
        Manner::Drip => drip(connection, shared),
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut request = Request::default();
    for (number, line) in reader.by_ref().lines().enumerate() {
        let line = line?;
        if number == 0 {
            request.line = line;
        } else if line.is_empty() {
            let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            reader.take(length).read_to_string(&mut request.body)?;
            return Ok(Some(request));
        } else if let Some((name, value)) = line.split_once(':') {
            request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    Ok(None)
}

fn write_answer(mut connection: &TcpStream, answer: &Answer) -> std::io::Result<()> {
    let Answer { status, body, headers } = answer;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} scripted\r\n{headers}content-type: text/plain\r\ncontent-length: {length}"
    );
    connection.write_all(format!("{head}\r\nconnection: close\r\n\r\n{body}").as_bytes())
}

fn drip(mut connection: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let bytes = CONNECTION_BOUND.as_millis() / DRIP_EVERY.as_millis();
    connection.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n").as_bytes())?;
    for _ in 0..bytes {
        if shared.over_within(DRIP_EVERY) {
            return Ok(());
        }
        connection.write_all(b".")?;
    }
    Ok(())
}
