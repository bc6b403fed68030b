//! What an event of a notice carries: whom the program told of what, and whom it could not tell.
//!
//! Targets are names without secrets: the origin of an address, a secret's name, a mail address. Not here: what a notice says
//! (`engine/notice_words.rs`), sending it (`runtime/notify`).

use serde::{Deserialize, Serialize};

/// Somebody was told: the receiver took it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeDelivered {
    /// The id of the event that was told of.
    pub event: String,
    /// Its kind.
    pub kind: String,
    /// Which of the checklist's `[[notify]]` rules, from 1.
    pub rule: i64,
    /// How: webhook, slack, email.
    pub channel: String,
    /// Whom, without secrets.
    pub target: String,
    /// How many tries it took.
    pub attempts: i64,
}

/// Somebody could not be told, and nobody tries again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticeFailed {
    /// The id of the event that was to be told of.
    pub event: String,
    /// Its kind.
    pub kind: String,
    /// Which of the checklist's `[[notify]]` rules, from 1.
    pub rule: i64,
    /// How: webhook, slack, email.
    pub channel: String,
    /// Whom, without secrets.
    pub target: String,
    /// How many tries were made; 0: none.
    pub attempts: i64,
    /// Why, in words, without secrets. At most 256 characters.
    pub reason: String,
}
