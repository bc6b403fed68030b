//! The simulated daemon on its socket: HTTP/1.1 in, answers out, faults in between; it can vanish and come back.
//!
//! Not here: what is answered (`answers/`), what goes wrong with one answer (`faults.rs`).
#![expect(
    clippy::disallowed_methods,
    reason = "a hijacked connection lives on in a task of its own, for one write"
)]

use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, SERVER, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::answers::{Asked, answer, exec_start};
use super::counts::Counts;
use super::endpoint::{Endpoint, route};
use super::faults::Faults;
use super::fleet::Fleet;
use super::manner::{DaemonFacts, Identity};
use super::query::Query;
use super::reply::{Reply, ReplyBody};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// The API version that is answered with.
const API_VERSION: HeaderName = HeaderName::from_static("api-version");
const OS_TYPE: HeaderName = HeaderName::from_static("ostype");
const EXPERIMENTAL: HeaderName = HeaderName::from_static("docker-experimental");

/// A daemon that answers on a socket until it is dropped; then the socket is gone and every connection cut.
#[derive(Debug)]
pub struct SimulatedDaemon {
    socket: PathBuf,
    world: World,
    cuts: watch::Sender<u64>,
    acceptor: Option<JoinSet<()>>,
}

/// What every request needs.
#[derive(Clone, Debug)]
struct World {
    fleet: Fleet,
    faults: Faults,
    counts: Counts,
    identity: Identity,
}

impl SimulatedDaemon {
    /// Serves this fleet; within a tokio runtime. Errors: the socket cannot be made.
    pub fn serve(socket: &Path, fleet: Fleet, faults: Faults, facts: DaemonFacts) -> io::Result<Self> {
        let world = World { fleet, faults, counts: Counts::default(), identity: Identity::new(facts) };
        let mut daemon =
            Self { socket: socket.to_owned(), world, cuts: watch::Sender::new(0), acceptor: None };
        daemon.appear()?;
        Ok(daemon)
    }

    /// As a checklist or `DOCKER_HOST` names it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// The containers.
    pub fn fleet(&self) -> &Fleet {
        &self.world.fleet
    }

    /// What goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// What was asked.
    pub fn counts(&self) -> &Counts {
        &self.world.counts
    }

    /// Who it says it is.
    pub fn identity(&self) -> &Identity {
        &self.world.identity
    }

    /// The socket goes, and every connection is cut: a daemon that was stopped.
    pub fn vanish(&mut self) {
        self.acceptor = None;
        let _gone_before = std::fs::remove_file(&self.socket);
    }

    /// The socket is there again. Errors: it cannot be made.
    pub fn appear(&mut self) -> io::Result<()> {
        let listener = UnixListener::bind(&self.socket)?;
        let mut acceptor = JoinSet::new();
        acceptor.spawn(accept(listener, self.world.clone(), self.cuts.subscribe()));
        self.acceptor = Some(acceptor);
        Ok(())
    }

    /// Cuts every connection that is open now; the socket stays.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for SimulatedDaemon {
    fn drop(&mut self) {
        self.vanish();
    }
}

/// A task of its own for each connection; all of them end with this one.
async fn accept(listener: UnixListener, world: World, mut cuts: watch::Receiver<u64>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, world.clone()));
                }
                Err(_) => tokio::task::yield_now().await,
            },
            _ended = connections.join_next(), if !connections.is_empty() => {}
            cut = cuts.changed() => {
                connections.abort_all();
                if cut.is_err() {
                    return;
                }
            }
        }
    }
}

async fn serve(stream: UnixStream, world: World) {
    let _open = world.counts.connected();
    let service = service_fn(move |request| {
        let world = world.clone();
        async move { Ok::<_, Infallible>(respond(request, world).await) }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The client went away, or a fault cut it: both are wanted.
    let _ended = connection.with_upgrades().await;
}

async fn respond(request: Request<Incoming>, world: World) -> Response<Body> {
    let route = route(request.method().as_str(), request.uri().path());
    world.counts.asked(route.endpoint);
    let facts = world.identity.facts();
    let (api, server) = (facts.manner.api(), facts.manner.server());
    let too_new = route.version.as_deref().is_some_and(|version| newer(version, api));
    let fault = world.faults.strike(route.endpoint);
    let wants_upgrade = request.headers().contains_key(UPGRADE);
    let head = request.method() == Method::HEAD;
    if route.endpoint == Endpoint::ExecStart && wants_upgrade && fault.is_none() {
        return hijack(request);
    }
    let asked = Asked {
        endpoint: route.endpoint,
        name: route.name,
        query: Query::read(request.uri().query().unwrap_or_default()),
        fleet: world.fleet,
        identity: world.identity,
        counts: world.counts.clone(),
    };
    let mut reply = if too_new {
        let version = route.version.unwrap_or_default();
        let words = format!("client version {version} is too new. Maximum supported API version is {api}");
        Reply::error(400, &words)
    } else {
        answer(&asked).await
    };
    if let Some(fault) = fault {
        reply = fault.spoil(reply).await;
    }
    let mut response = sent(reply, head, world.counts);
    let headers = response.headers_mut();
    for (name, value) in
        [(API_VERSION, api), (OS_TYPE, "linux"), (EXPERIMENTAL, "false"), (SERVER, server.as_str())]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// `1.9` is older than `1.41`.
fn newer(version: &str, than: &str) -> bool {
    let parts = |text: &str| text.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
    parts(version) > parts(than)
}

fn sent(reply: Reply, head: bool, counts: Counts) -> Response<Body> {
    let promised = match &reply.body {
        ReplyBody::Bits(length, _) => *length,
        ReplyBody::Whole(_) => None,
    };
    let mut response = Response::new(match reply.body {
        ReplyBody::Whole(text) => {
            counts.sent(text.len());
            let text = if head { Bytes::new() } else { text };
            Full::new(text).map_err(|never| match never {}).boxed_unsync()
        }
        ReplyBody::Bits(_, bits) => {
            let counted = move |bytes: Bytes| {
                counts.sent(bytes.len());
                Frame::data(bytes)
            };
            let frames = bits.map(move |bit| bit.map(&counted));
            StreamBody::new(frames).boxed_unsync()
        }
    });
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(length) = promised {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Some(content_type) = reply.content_type {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

/// The connection becomes a command's: it says its one sentence and closes.
fn hijack(request: Request<Incoming>) -> Response<Body> {
    tokio::spawn(async move {
        let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
        let mut stream = TokioIo::new(upgraded);
        let _client_went_away = stream.write_all(&exec_start()).await;
        let _client_went_away = stream.shutdown().await;
    });
    let mut response = Response::new(Full::new(Bytes::new()).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("tcp"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/vnd.docker.raw-stream"));
    response
}
