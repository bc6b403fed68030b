//! One notice from its plan to its end: secrets asked for, tried, tried again where that may help, given up.
//!
//! Delivery is at least once: an answer that is lost makes a second try, with the same key. Not here: the protocols
//! (`webhook.rs`, `slack.rs`, `email.rs`).

use std::path::Path;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{email, slack, webhook};
use crate::engine::notice_plan::{Channel, Message, NoticeEnd, NoticePlan};
use crate::runtime::measure::known::Known;
use crate::runtime::secrets::Secrets;
use crate::text::Safe;
use crate::text::untrusted::Untrusted;

/// Most tries of one notice.
pub const ATTEMPTS_MAX: u32 = 5;
/// How long one try may take, names and handshakes included.
pub(super) const ATTEMPT_LIMIT: Duration = Duration::from_secs(10);
/// The wait before the second try; each further one is twice as long.
const BACKOFF: Duration = Duration::from_secs(1);
/// The longest wait of our own.
const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// The longest wait a receiver may ask for with `Retry-After`; one that wants more is tried again after this.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(1);

/// What a try came to.
#[derive(Debug, PartialEq)]
pub(super) enum Tried {
    /// The receiver took it.
    Took,
    /// It may take it later.
    Again {
        /// Why not now.
        reason: String,
        /// How long it wants us to wait.
        after: Option<Duration>,
    },
    /// It will not take it.
    Refused(String),
}

/// Tells, with at most that many tries.
pub async fn deliver(plan: &NoticePlan, attempts_max: u32) -> NoticeEnd {
    let secrets = match Secrets::resolve(&plan.secrets, Path::new(&plan.folder)).await {
        Ok(secrets) => secrets,
        Err(fault) => return NoticeEnd { attempts: 0, failed: Some(Untrusted::new(fault.to_string())) },
    };
    let known = Known { secrets, ..Known::default() };
    let redactor = known.secrets.redactor();
    let message = plan.message.clone().with_texts(&|text: &Safe| redactor.redact_safe(text));
    let mut attempts = 0;
    loop {
        attempts += 1;
        let tried = timeout(ATTEMPT_LIMIT, attempt(&plan.channel, &known, &message)).await;
        let tried = tried.unwrap_or_else(|_late| Tried::Again {
            reason: format!("no answer within {} s", ATTEMPT_LIMIT.as_secs()),
            after: None,
        });
        let reason = match tried {
            Tried::Took => return NoticeEnd { attempts, failed: None },
            Tried::Again { after, .. } if attempts < attempts_max => {
                sleep(wait_before(attempts + 1, after)).await;
                continue;
            }
            Tried::Again { reason, .. } | Tried::Refused(reason) => reason,
        };
        return NoticeEnd { attempts, failed: Some(Untrusted::new(redactor.redact_str(&reason))) };
    }
}

async fn attempt(channel: &Channel, known: &Known, message: &Message) -> Tried {
    match channel {
        Channel::Webhook { url, key } => webhook::send(url, key.as_ref(), known, message).await,
        Channel::Slack { webhook } => slack::send(webhook, known, message).await,
        Channel::Email(target) => email::send(target, known, message).await,
    }
}

/// How long to wait before this try, from 2.
fn wait_before(attempt: u32, asked: Option<Duration>) -> Duration {
    let own = BACKOFF.saturating_mul(1 << attempt.saturating_sub(2).min(10)).min(BACKOFF_MAX);
    asked.map_or(own, |asked| asked.min(RETRY_AFTER_MAX).max(own))
}

#[cfg(test)]
mod tests {
    use super::{BACKOFF_MAX, Duration, RETRY_AFTER_MAX, wait_before};

    #[test]
    fn waits_grow_to_a_bound_and_a_receiver_may_ask_for_more() {
        let waits: Vec<u64> = (2..=8).map(|attempt| wait_before(attempt, None).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(wait_before(99, None), BACKOFF_MAX);
        assert_eq!(wait_before(2, Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(wait_before(5, Some(Duration::ZERO)), Duration::from_secs(8));
        assert_eq!(wait_before(2, Some(Duration::from_hours(9))), RETRY_AFTER_MAX);
    }
}
