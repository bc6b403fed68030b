//! A POST of a notice: one address, no proxy, no redirect, no kept connection, and what each answer means.
//!
//! The same rules of addresses as for checks (`measure/address.rs`). Not here: the body (`webhook.rs`, `slack.rs`).

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use super::delivery::Tried;
use crate::runtime::clock;
use crate::runtime::measure::{NoAddress, USER_AGENT, cause, first_address};

/// How much of a refusal's answer is told, in bytes.
const ANSWER_BYTES_MAX: usize = 200;

/// Sends JSON. The reason of a failure holds no address: a part of it may be a secret.
pub(super) async fn post(url: &Url, headers: &[(&'static str, String)], body: Vec<u8>) -> Tried {
    let host = url.host_str().unwrap_or_default();
    let again = |reason: String| Tried::Again { reason, after: None };
    let address = match first_address(host, url.port_or_known_default().unwrap_or(443)).await {
        Ok(address) => address,
        Err(NoAddress::Unknown(reason)) => return again(reason),
        Err(NoAddress::Forbidden(ip)) => return Tried::Refused(NoAddress::forbidden_words(ip)),
    };
    // Only the first installation counts; later ones find it done.
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .user_agent(USER_AGENT)
        .resolve(host, address)
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return again(format!("no HTTP client: {}", cause(&error))),
    };
    let mut request = client.post(url.clone()).header("content-type", "application/json").body(body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    match request.send().await {
        Ok(response) => judge(response).await,
        Err(error) => {
            let error = error.without_url();
            let reason = cause(&error);
            if error.is_builder() { Tried::Refused(reason) } else { again(reason) }
        }
    }
}

async fn judge(mut response: Response) -> Tried {
    let status = response.status();
    if status.is_success() {
        return Tried::Took;
    }
    let after = retry_after(response.headers(), clock::now());
    if status.is_redirection() {
        return Tried::Refused(format!(
            "{}: redirects are not followed; write the final address",
            words(status)
        ));
    }
    let mut said = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        said.extend(chunk.iter().take(ANSWER_BYTES_MAX.saturating_sub(said.len())));
        if said.len() >= ANSWER_BYTES_MAX {
            break;
        }
    }
    let said = String::from_utf8_lossy(&said);
    let said = said.trim();
    let reason = if said.is_empty() { words(status) } else { format!("{}: {said}", words(status)) };
    if status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429) {
        Tried::Again { reason, after }
    } else {
        Tried::Refused(reason)
    }
}

fn words(status: StatusCode) -> String {
    format!("answered {} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())
        .trim_end()
        .to_owned()
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{DateTime, Duration, HeaderMap, RETRY_AFTER, retry_after};

    #[test]
    fn a_receiver_asks_for_a_wait_in_seconds_or_by_a_date() {
        let now = DateTime::parse_from_rfc3339("1994-11-06T08:49:30Z").unwrap().to_utc();
        let asked = |text: &'static str| {
            let headers: HeaderMap = [(RETRY_AFTER, text.parse().unwrap())].into_iter().collect();
            retry_after(&headers, now)
        };
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:07 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
