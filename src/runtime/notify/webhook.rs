//! The JSON webhook: the message as one object, `gonogo.notice/1`, signed where a key is given.
//!
//! `Idempotency-Key` is the same for every try and every process that tells of the same events. `X-Gonogo-Signature` is
//! `sha256=` and the HMAC-SHA256 of the body under the key, in hex.

use serde_json::{Value, json};

use super::address::address;
use super::delivery::Tried;
use super::hmac::hmac_sha256;
use super::post::post;
use crate::checklist::template::Template;
use crate::engine::notice_plan::{Message, Purpose};
use crate::runtime::measure::known::Known;

/// The header that names the events told.
const KEY_HEADER: &str = "idempotency-key";
/// The header of the signature.
const SIGNATURE_HEADER: &str = "x-gonogo-signature";

pub(super) async fn send(url: &Template, key: Option<&Template>, known: &Known, message: &Message) -> Tried {
    let url = match address(url, known) {
        Ok(url) => url,
        Err(reason) => return Tried::Refused(reason),
    };
    let body = body(message).to_string().into_bytes();
    let mut headers = vec![(KEY_HEADER, message.key.clone())];
    match key.map(|key| known.fill(key)).transpose() {
        Ok(Some(key)) => {
            headers.push((SIGNATURE_HEADER, format!("sha256={}", hmac_sha256(key.as_bytes(), &body))));
        }
        Ok(None) => {}
        Err(reason) => return Tried::Refused(reason),
    }
    post(&url, &headers, body).await
}

fn body(message: &Message) -> Value {
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let events = message.events.iter().map(|told| {
        json!({ "id": told.id, "kind": told.kind, "at": time(told.at), "by": told.by, "text": told.words })
    });
    json!({
        "schema": "gonogo.notice/1",
        "key": message.key,
        "identity": message.identity,
        "test": message.purpose == Purpose::Test,
        "at": time(message.at),
        "product": message.product,
        "version": message.version,
        "environment": message.environment,
        "release": message.release,
        "host": message.host,
        "subject": message.subject,
        "events": events.collect::<Vec<_>>(),
        "left_out": message.left_out,
        "next": message.next,
        "open": message.open,
    })
}
