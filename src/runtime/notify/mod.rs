//! Telling people outside: a JSON webhook, a Slack-compatible one, e-mail. One task a notice, never on the loop.
//!
//! Start at `notifier.rs`, then `delivery.rs`: tries, waits, what a failure means. Not here: who is told of what and when
//! (`engine/notices.rs`), the words (`engine/notice_words.rs`).

mod address;
pub mod delivery;
mod email;
mod hmac;
pub mod notifier;
mod post;
mod slack;
pub mod trial;
mod webhook;
