//! One daemon to talk to: bollard carries the bytes, we bound every call to its last byte and read the JSON ourselves.
//!
//! bollard's own types fail a whole list for one unknown word and its paths lose the API version, so a call borrows
//! bollard's raw body stream and puts the real path into the request. Not here: what the answers mean (`wire.rs`).

use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use bollard::{API_DEFAULT_VERSION, Docker};
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::backoff::Distance;
use super::endpoint::{Address, Endpoint, TlsFiles};
use super::wire::Greeting;

/// bollard's own limit for headers, in seconds: ours are shorter, but an exec may wait long for its first byte.
const HEADER_LIMIT_SECONDS: u64 = 3_600;
/// The largest answer that is read: 10,000 containers are about 20 MiB.
const ANSWER_MAX_BYTES: usize = 128 << 20;
/// How long a daemon may take for a small answer: a hang must show within 10 s.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(4);
/// The newest API we know.
const API_NEWEST: (u32, u32) = (1, 52);
/// The path whose raw body bollard hands out; replaced in the request.
const BORROWED: &str = "/containers/gonogo/export";

/// Bytes of an answer as they come.
pub(crate) type Bytes = Pin<Box<dyn Stream<Item = Result<Vec<u8>, CallError>> + Send>>;

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    /// Nothing, or not all of it, came in time.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The daemon refused.
    #[error("the daemon answered {status}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The daemon's words.
        message: String,
    },
    /// It could not be reached or the connection broke.
    #[error("{0}")]
    Broken(String),
    /// The answer could not be read.
    #[error("an answer that cannot be read ({0})")]
    Unreadable(String),
}

impl CallError {
    /// The daemon lives and says that there is no such thing.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

impl From<bollard::errors::Error> for CallError {
    fn from(error: bollard::errors::Error) -> Self {
        match error {
            bollard::errors::Error::DockerResponseServerError { status_code, message } => {
                Self::Refused { status: status_code, message }
            }
            bollard::errors::Error::RequestTimeoutError => {
                Self::Timeout(Duration::from_secs(HEADER_LIMIT_SECONDS))
            }
            other => Self::Broken(words_of(&other)),
        }
    }
}

/// The cause in words: the io error at the bottom if there is one, else the deepest message.
fn words_of(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let Some(io) = deepest.downcast_ref::<std::io::Error>() else { return deepest.to_string() };
    match io.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => {
            "permission denied; are you in the group that owns the socket?".to_owned()
        }
        std::io::ErrorKind::ConnectionRefused => "connection refused; is the daemon running?".to_owned(),
        std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::UnexpectedEof => {
            "the connection was cut".to_owned()
        }
        _ => io.to_string(),
    }
}

/// One daemon to talk to.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    docker: Docker,
    prefix: String,
    distance: Distance,
}

impl Client {
    /// Prepares the connection and agrees on an API version. Errors: no socket, bad TLS files, no answer in time.
    pub(crate) async fn connect(endpoint: &Endpoint) -> Result<(Self, Greeting), CallError> {
        let (docker, distance) = match &endpoint.address {
            Address::Unix(path) => (open_unix(path)?, Distance::Local),
            Address::Tcp(host) => {
                let docker = Docker::connect_with_http(host, HEADER_LIMIT_SECONDS, API_DEFAULT_VERSION)?;
                (docker, Distance::Remote)
            }
            Address::Tls(host, files) => (open_tls(host, files)?, Distance::Remote),
        };
        let mut client = Self { docker, prefix: String::new(), distance };
        let version: Greeting = client.get("/version", ANSWER_LIMIT).await?;
        client.prefix = prefix_for(&version);
        Ok((client, version))
    }

    /// How far away it is.
    pub(crate) fn distance(&self) -> Distance {
        self.distance
    }

    /// bollard itself, for what needs an upgraded connection.
    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// Reads a JSON answer, to its last byte within `limit`.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, limit: Duration) -> Result<T, CallError> {
        let body = self.get_bytes(path, limit).await?;
        serde_json::from_slice(&body).map_err(|error| CallError::Unreadable(error.to_string()))
    }

    /// Does it answer at all?
    pub(crate) async fn ping(&self, limit: Duration) -> Result<(), CallError> {
        self.get_bytes("/_ping", limit).await.map(|_body| ())
    }

    async fn get_bytes(&self, path: &str, limit: Duration) -> Result<Vec<u8>, CallError> {
        let mut stream = self.stream(path);
        let read = async {
            let mut body = Vec::new();
            while let Some(chunk) = stream.next().await {
                body.extend_from_slice(&chunk?);
                if body.len() > ANSWER_MAX_BYTES {
                    return Err(CallError::Unreadable(format!("over {ANSWER_MAX_BYTES} bytes")));
                }
            }
            Ok(body)
        };
        timeout(limit, read).await.unwrap_or(Err(CallError::Timeout(limit)))
    }

    /// The raw bytes of an answer; nothing is sent before it is polled.
    pub(crate) fn stream(&self, path: &str) -> Bytes {
        let path = format!("{}{path}", self.prefix);
        let docker = self.docker.clone().with_request_modifier(move |mut request| {
            let text = request.uri().to_string().replacen(BORROWED, &path, 1);
            if let Ok(uri) = text.parse() {
                *request.uri_mut() = uri;
            }
            request
        });
        Box::pin(docker.export_container("gonogo").map(|chunk| match chunk {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(error) => Err(CallError::from(error)),
        }))
    }
}

fn open_unix(path: &Path) -> Result<Docker, CallError> {
    if let Err(error) = std::fs::metadata(path) {
        return Err(CallError::Broken(words_of(&error)));
    }
    Ok(Docker::connect_with_unix(&path.to_string_lossy(), HEADER_LIMIT_SECONDS, API_DEFAULT_VERSION)?)
}

fn open_tls(host: &str, files: &TlsFiles) -> Result<Docker, CallError> {
    for (what, path) in [("ca", &files.ca), ("cert", &files.cert), ("key", &files.key)] {
        if let Err(error) = std::fs::read(path) {
            let why = words_of(&error);
            return Err(CallError::Broken(format!("the TLS file `{what}` {}: {why}", path.display())));
        }
    }
    // Somebody else may have installed it; bollard panics when nobody has.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let limit = HEADER_LIMIT_SECONDS;
    Ok(Docker::connect_with_ssl(host, &files.key, &files.cert, &files.ca, limit, API_DEFAULT_VERSION)?)
}

/// `/v1.41`: the newest that both know; none for a daemon that does not say.
fn prefix_for(version: &Greeting) -> String {
    let parse = |text: &str| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let Some(theirs) = parse(&version.api_version) else { return String::new() };
    let oldest = parse(&version.min_api_version).unwrap_or(theirs);
    let (major, minor): (u32, u32) = theirs.min(API_NEWEST).max(oldest);
    format!("/v{major}.{minor}")
}

/// Text as part of a query: everything but unreserved ASCII is escaped.
pub(crate) fn escape_query(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _infallible = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(api: &str, min: &str) -> Greeting {
        Greeting { api_version: api.into(), min_api_version: min.into(), ..Greeting::default() }
    }

    #[test]
    fn the_newest_api_both_know_is_used() {
        assert_eq!(prefix_for(&version("1.41", "1.12")), "/v1.41");
        assert_eq!(prefix_for(&version("1.60", "1.44")), "/v1.52");
        assert_eq!(prefix_for(&version("1.70", "1.60")), "/v1.60");
        assert_eq!(prefix_for(&version("", "")), "");
    }

    #[test]
    fn a_query_is_escaped_byte_by_byte() {
        assert_eq!(escape_query(r#"{"a":["é"]}"#), "%7B%22a%22%3A%5B%22%C3%A9%22%5D%7D");
    }
}
