//! An HTTP request, filled in, and how it changes when a redirect is followed.
//!
//! Another host, port or scheme gets no credential: none of the check's own headers and no body goes there. Not here:
//! sending (`http.rs`).

use reqwest::{Method, StatusCode, Url};

use super::known::Known;
use crate::checklist::check::HttpCheck;

/// A request, filled in.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
}

impl Request {
    /// Fills a check in. Errors: in words, what is missing or wrong in it.
    pub(super) fn new(check: &HttpCheck, known: &Known) -> Result<Self, String> {
        let text = known.fill_url(&check.url)?;
        let url = Url::parse(&text).map_err(|error| format!("`{}` is no address: {error}", check.url))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(format!("`{}` is no address; write it as http://host/ or https://host/", check.url));
        }
        let word = check.method.as_deref().unwrap_or("GET").to_ascii_uppercase();
        let method = Method::from_bytes(word.as_bytes()).map_err(|_bad| format!("`{word}` is no method"))?;
        let headers = known.fill_all(&check.headers)?;
        let body = check.send.as_ref().map(|send| known.fill(send)).transpose()?;
        Ok(Self { method, url, headers, body })
    }
    /// The request a redirect asks for. Errors: no usable `Location`.
    pub(super) fn redirected(&self, status: StatusCode, location: Option<&str>) -> Result<Self, String> {
        let location = location.ok_or_else(|| format!("{status} without a Location"))?;
        let url = self.url.join(location).map_err(|error| format!("{status} to a bad address: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{status} to a {} address", url.scheme()));
        }
        let mut next = Self { url, ..self.clone() };
        let turns_to_get = status == StatusCode::SEE_OTHER && self.method != Method::HEAD
            || matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND)
                && self.method == Method::POST;
        if turns_to_get {
            next.method = Method::GET;
            next.body = None;
        }
        if next.url.origin() != self.url.origin() {
            next.headers.clear();
            next.body = None;
        }
        Ok(next)
    }
    /// May it be sent again without harm?
    pub(super) fn is_safe(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }
}

/// The `curl` that repeats a check, with secrets as `"$NAME"`.
pub(super) fn curl_line(check: &HttpCheck, known: &Known, limit_ms: u64) -> String {
    let mut words = vec!["curl -sS -i".to_owned()];
    words.push(format!("--max-time {}", limit_ms.div_ceil(1_000)));
    if let Some(redirects) = check.redirects.filter(|redirects| *redirects > 0) {
        words.push(format!("-L --max-redirs {redirects}"));
    }
    if check.insecure == Some(true) {
        words.push("-k".to_owned());
    }
    match check.method.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("GET") => {}
        Some("HEAD") => words.push("-I".to_owned()),
        Some(method) => words.push(format!("-X {}", crate::text::shell_quote::sh_quote(method))),
    }
    for (name, value) in check.headers.iter() {
        words.push(format!("-H {}", known.shell_word(&format!("{name}: "), value)));
    }
    if let Some(send) = &check.send {
        words.push(format!("--data-raw {}", known.shell_word("", send)));
    }
    words.push(known.shell_word("", &check.url));
    words.join(" ")
}
