//! An answer before it is sent: status, kind, and a body that is whole or comes bit by bit.
//!
//! Not here: what to answer (`answers/`), how it may go wrong (`faults.rs`), HTTP itself (`server.rs`).

use std::io;
use std::pin::Pin;

use futures_util::Stream;
use hyper::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::fleet::FleetError;

/// A body that comes bit by bit; an error cuts the connection.
pub(crate) type Bits = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// None: no such header.
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: ReplyBody,
}

/// What an answer carries.
pub(crate) enum ReplyBody {
    Whole(Bytes),
    /// The length promised, if one is, and what comes.
    Bits(Option<usize>, Bits),
}

impl Reply {
    pub(crate) fn json(value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(mut text) => {
                text.push(b'\n');
                Self::whole(200, "application/json", text)
            }
            Err(error) => Self::error(500, &error.to_string()),
        }
    }

    /// Docker's form of an error.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        let text = format!("{}\n", json!({ "message": message }));
        Self::whole(status, "application/json", text.into_bytes())
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, content_type: None, body: ReplyBody::Whole(Bytes::new()) }
    }

    pub(crate) fn whole(status: u16, content_type: &'static str, text: Vec<u8>) -> Self {
        Self { status, content_type: Some(content_type), body: ReplyBody::Whole(text.into()) }
    }

    pub(crate) fn bits(content_type: &'static str, bits: Bits) -> Self {
        Self { status: 200, content_type: Some(content_type), body: ReplyBody::Bits(None, bits) }
    }
}

impl From<FleetError> for Reply {
    fn from(error: FleetError) -> Self {
        let status = match &error {
            FleetError::NoSuch(_) => 404,
            FleetError::NameTaken(_) | FleetError::NotRunning(_) | FleetError::Running(_) => 409,
            FleetError::Already(_) => return Self::empty(304),
            FleetError::Refused(_) => 500,
        };
        Self::error(status, &error.to_string())
    }
}

/// One object and a newline, as streams of JSON have them.
pub(crate) fn json_line(value: &Value) -> Bytes {
    format!("{value}\n").into_bytes().into()
}
