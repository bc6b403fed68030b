//! HTTP: one address, one attempt, no proxy, no kept connection, redirects only as many as asked for.
//!
//! The time runs to the last byte; an answer that does not end in time has failed and took as long as the limit. The
//! body is capped while it is read. Not here: the request (`http_request.rs`), judging (`rules/assertion.rs`).

use std::io;
use std::time::Duration;

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use super::address::{self, NoAddress};
use super::attempt::Attempt;
use super::http_request::{Request, curl_line};
use super::known::Known;
use crate::checklist::assertion::Quantity;
use crate::checklist::check::HttpCheck;
use crate::checklist::period::Period;
use crate::rules::assertion::{Extent, Found, judge_number, judge_status, judge_words, result};
use crate::rules::observed::{Answer as Answered, AssertionResult};
use crate::runtime::clock::Stopwatch;
use crate::session::status::CheckStatus;
use crate::text::redact::is_secret_header;

/// Limits, unless the check says otherwise.
const TIMEOUT: Period = Period::from_secs(10);
const CONNECT_TIMEOUT: Period = Period::from_secs(5);
const BODY_BYTES: u64 = 1 << 20;
/// The most of a body that is ever held, and of redirects that are ever followed.
const BODY_BYTES_MAX: u64 = 64 << 20;
const REDIRECTS_MAX: u32 = 20;
/// Fixed, so that our own lines can be told in a log.
pub(in crate::runtime) const USER_AGENT: &str = concat!("gonogo/", env!("CARGO_PKG_VERSION"));

pub(super) async fn attempt(check: &HttpCheck, known: &Known) -> Attempt {
    let limit = check.timeout.unwrap_or(TIMEOUT);
    let request = match Request::new(check, known) {
        Ok(request) => request,
        Err(reason) => return Attempt::new("http").error(reason),
    };
    let mut attempt = Attempt::new(check.url.as_written());
    attempt.repeat = curl_line(check, known, limit.as_ms());
    let safe = request.is_safe();
    let watch = Stopwatch::start();
    let exchange = tokio::time::timeout(limit.as_std(), exchange(check, request)).await;
    let attempt = match exchange {
        Ok(Ok(answer)) => judge(check, attempt, &answer, watch.elapsed()),
        Ok(Err(Trouble::Means(reason))) => attempt.error(reason),
        Ok(Err(Trouble::Target(reason))) => attempt.failed(reason).answered(Answered::None),
        Ok(Err(Trouble::MayPass(reason, Answered::Timeout))) => {
            let took_us = check.connect_timeout.unwrap_or(CONNECT_TIMEOUT).as_ms().checked_mul(1_000);
            Attempt { took_us, ..attempt.failed(reason).answered(Answered::Timeout).retryable() }
        }
        Ok(Err(Trouble::MayPass(reason, answer))) => attempt.failed(reason).answered(answer).retryable(),
        Err(_late) => Attempt {
            took_us: limit.as_ms().checked_mul(1_000),
            ..attempt
                .failed(format!("no whole answer within {limit}"))
                .answered(Answered::Timeout)
                .retryable()
        },
    };
    if safe { attempt } else { Attempt { again: super::attempt::Again::No, ..attempt } }
}

/// Why there is no answer.
enum Trouble {
    /// Our means did not work.
    Means(String),
    /// The thing under test gave no answer.
    Target(String),
    /// The same, and it may pass: refused, reset, late.
    MayPass(String, Answered),
}

struct Answer {
    url: Url,
    address: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    extent: Extent,
}

async fn exchange(check: &HttpCheck, mut request: Request) -> Result<Answer, Trouble> {
    let mut left = check.redirects.unwrap_or(0).min(REDIRECTS_MAX);
    loop {
        let (response, address) = send(check, &request).await?;
        if left > 0 && is_redirect(response.status()) {
            left -= 1;
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            request = request.redirected(response.status(), location).map_err(Trouble::Target)?;
            continue;
        }
        return read(check, response, address).await;
    }
}

async fn send(check: &HttpCheck, request: &Request) -> Result<(Response, String), Trouble> {
    let host = request.url.host_str().unwrap_or_default();
    let port = request.url.port_or_known_default().unwrap_or(80);
    let address = match address::first(host, port).await {
        Ok(address) => address,
        Err(NoAddress::Unknown(reason)) => return Err(Trouble::Target(reason)),
        Err(NoAddress::Forbidden(ip)) => return Err(Trouble::Means(NoAddress::forbidden_words(ip))),
    };
    // Only the first installation counts; later ones find it done.
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .connect_timeout(check.connect_timeout.unwrap_or(CONNECT_TIMEOUT).as_std())
        .user_agent(USER_AGENT)
        .resolve(host, address)
        .tls_danger_accept_invalid_certs(check.insecure == Some(true))
        .build()
        .map_err(|error| Trouble::Means(format!("no HTTP client: {}", cause(&error))))?;
    let mut builder = client.request(request.method.clone(), request.url.clone());
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if let Some(body) = &request.body {
        builder = builder.body(body.clone());
    }
    match builder.send().await {
        Ok(response) => Ok((response, address.to_string())),
        Err(error) => Err(trouble(&error.without_url(), &address.to_string())),
    }
}

fn trouble(error: &reqwest::Error, address: &str) -> Trouble {
    let words = format!("{address}: {}", cause(error));
    if error.is_builder() {
        return Trouble::Means(words);
    }
    let refused_for_good = ["certificate", "tls", "handshake"];
    let lower = words.to_ascii_lowercase();
    if refused_for_good.iter().any(|word| lower.contains(word)) {
        return Trouble::Target(words);
    }
    Trouble::MayPass(words, no_answer(error))
}

/// How the connection failed, by what the system said.
fn no_answer(error: &reqwest::Error) -> Answered {
    if error.is_timeout() {
        return Answered::Timeout;
    }
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(fault) = next {
        match fault.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return Answered::Refused,
            Some(io::ErrorKind::TimedOut) => return Answered::Timeout,
            Some(
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof,
            ) => return Answered::Reset,
            Some(_) | None => next = fault.source(),
        }
    }
    // The other side hung up before a whole answer: hyper says so in a type of its own.
    if error.is_connect() { Answered::None } else { Answered::Reset }
}

/// The innermost cause, in one line: what is around it says only that a request was being made.
pub(in crate::runtime) fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let words = innermost.to_string();
    // "Connection refused (os error 111)": the number says nothing to a person.
    let plain = words.split(" (os error").next().unwrap_or(&words);
    let mut letters = plain.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

async fn read(check: &HttpCheck, mut response: Response, address: String) -> Result<Answer, Trouble> {
    let cap = usize::try_from(check.body_cap.unwrap_or(BODY_BYTES).min(BODY_BYTES_MAX)).unwrap_or(usize::MAX);
    let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
    let mut body = Vec::new();
    let mut extent = Extent::Whole;
    loop {
        let chunk = response.chunk().await.map_err(|error| {
            let answer = no_answer(&error);
            Trouble::MayPass(
                format!("{address}: the body broke off: {}", cause(&error.without_url())),
                answer,
            )
        })?;
        let Some(chunk) = chunk else { break };
        let room = cap.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() > room {
            extent = Extent::Cut;
            break;
        }
    }
    Ok(Answer { url, address, status, headers, body, extent })
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn judge(check: &HttpCheck, mut attempt: Attempt, answer: &Answer, took: Duration) -> Attempt {
    attempt.target = format!("{} ({})", answer.url, answer.address);
    let status = answer.status.as_u16();
    attempt.answer = Some(Answered::Status(status));
    let text = String::from_utf8_lossy(&answer.body);
    let mut assertions = Vec::new();
    assertions.extend(check.status.as_ref().map(|wanted| judge_status(wanted, status)));
    if let Some(latency) = &check.latency {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        assertions.push(judge_number("latency", latency, Quantity::Period(Period::from_ms(ms))));
    }
    if let Some(words) = &check.body {
        assertions.push(judge_words("body", words, Found::Text { text: &text, extent: answer.extent }));
    }
    judge_json(check, &text, answer.extent, &mut assertions);
    for (name, words) in check.header.iter() {
        let value = answer.headers.get(name.as_str()).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let found = value.as_deref().map_or(Found::Missing, Found::text);
        let mut judged = judge_words(&format!("header {name}"), words, found);
        if is_secret_header(name) {
            judged.actual = "***".into();
        }
        assertions.push(judged);
    }
    let mut evidence =
        format!("{:?} {}\n", answer.status.as_u16(), answer.status.canonical_reason().unwrap_or(""));
    for (name, value) in &answer.headers {
        let hidden = is_secret_header(name.as_str());
        let value = if hidden {
            std::borrow::Cow::Borrowed("***")
        } else {
            String::from_utf8_lossy(value.as_bytes())
        };
        evidence.extend([name.as_str(), ": ", &value, "\n"]);
    }
    evidence.push('\n');
    evidence.push_str(&text);
    let attempt = attempt.with_evidence(evidence.as_bytes()).judged(assertions);
    let insecure = if check.insecure == Some(true) { " (certificate not verified)" } else { "" };
    let attempt = Attempt { reason: format!("{}{insecure}", attempt.reason), ..attempt };
    if matches!(status, 429 | 502..=504) { attempt.retryable() } else { attempt }
}

fn judge_json(check: &HttpCheck, text: &str, extent: Extent, assertions: &mut Vec<AssertionResult>) {
    if check.json.is_empty() {
        return;
    }
    let parsed: Result<serde_json::Value, String> = match extent {
        Extent::Whole => serde_json::from_str(text).map_err(|error| format!("the body is not JSON: {error}")),
        Extent::Cut => Err("the body was cut at its cap".to_owned()),
    };
    assertions.extend(judge_pointers(&check.json, &parsed));
}

/// Judges values of a JSON document by pointer; without a document each is an error.
pub(super) fn judge_pointers(
    wanted: &crate::checklist::named::Named<String, crate::checklist::assertion::Words>,
    parsed: &Result<serde_json::Value, String>,
) -> Vec<AssertionResult> {
    let judge = |pointer: &String, words| {
        let subject = format!("json {pointer}");
        match parsed {
            Ok(json) => {
                judge_words(&subject, words, json.pointer(pointer).map_or(Found::Missing, Found::Json))
            }
            Err(reason) => result(&subject, "JSON", reason, CheckStatus::Error),
        }
    };
    wanted.iter().map(|(pointer, words)| judge(pointer, words)).collect()
}
