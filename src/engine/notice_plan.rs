//! A notice as the hands send it: over which channel, with whose secrets, saying what. Plain data, filled in but for secrets.
//!
//! Not here: which events are told of (`notices.rs`), the words (`notice_words.rs`), sending (`runtime/notify`).

use chrono::{DateTime, Utc};

use crate::checklist::id::SecretName;
use crate::checklist::named::Named;
use crate::checklist::template::Template;
use crate::checklist::variable::SecretSource;
use crate::checklist::window::EmailTarget;
use crate::safe_format;
use crate::text::Safe;
use crate::text::untrusted::Untrusted;

/// A notice about to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticePlan {
    /// How and to whom.
    pub channel: Channel,
    /// The sources of the secrets the channel names.
    pub secrets: Named<SecretName, SecretSource>,
    /// The folder of the checklist: secrets' files and commands are found there.
    pub folder: String,
    /// What it says.
    pub message: Message,
}

/// How somebody is told; variables are filled in, secrets are not.
#[derive(Clone, Debug, PartialEq)]
pub enum Channel {
    /// JSON to an address.
    Webhook {
        /// The address.
        url: Template,
        /// The key of the signature.
        key: Option<Template>,
    },
    /// To a Slack-compatible webhook.
    Slack {
        /// The address.
        webhook: Template,
    },
    /// By e-mail.
    Email(EmailTarget),
}

impl Channel {
    /// The word in the record.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Slack { .. } => "slack",
            Self::Email(_) => "email",
        }
    }
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The same for the same events, rule and release: a receiver that has seen it drops the second one.
    pub key: String,
    /// The same for everything about one thing: the end of a trouble carries it as its beginning did.
    pub identity: String,
    /// Whether something happened, or somebody tries the channel out.
    pub purpose: Purpose,
    /// The product.
    pub product: Safe,
    /// The version to release.
    pub version: Safe,
    /// Where it happened; none: in no environment.
    pub environment: Option<Safe>,
    /// The id of the release.
    pub release: String,
    /// The host that tells.
    pub host: Safe,
    /// When it is told.
    pub at: DateTime<Utc>,
    /// All in one line.
    pub subject: Safe,
    /// What happened, in order.
    pub events: Vec<Told>,
    /// How many more happened that are not told here.
    pub left_out: usize,
    /// What to do next.
    pub next: Safe,
    /// The command that opens the release.
    pub open: Safe,
}

/// Why a notice is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Something happened.
    News,
    /// Somebody tries the channel out.
    Test,
}

/// One event in a notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its id; a receiver that has seen it drops the second one.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Safe,
    /// What, in words.
    pub words: Safe,
}

impl Message {
    /// The message for a person, line by line: what, each event, what next, how to open it.
    pub fn lines(&self) -> Vec<Safe> {
        let mut lines = vec![self.subject.clone()];
        if self.events.len() + self.left_out > 1 {
            lines.extend(self.events.iter().map(|told| {
                let at = told.at.format("%H:%M:%S UTC").to_string();
                safe_format!("- {} {}", at, told.words)
            }));
            if self.left_out > 0 {
                lines.push(safe_format!("- and {} more", self.left_out));
            }
        }
        lines.push(safe_format!("Next: {}", self.next));
        lines.push(safe_format!("Open: {} (on {})", self.open, self.host));
        lines
    }
    /// The same with every text changed: for the redactor, which knows the secrets only when it is sent.
    #[must_use]
    pub fn with_texts(mut self, change: &dyn Fn(&Safe) -> Safe) -> Self {
        let fixed = [&mut self.product, &mut self.version, &mut self.host, &mut self.subject];
        let more = [&mut self.next, &mut self.open];
        for text in fixed.into_iter().chain(more).chain(self.environment.as_mut()) {
            *text = change(text);
        }
        for told in &mut self.events {
            told.by = change(&told.by);
            told.words = change(&told.words);
        }
        self
    }
}

/// How a notice ended.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeEnd {
    /// How many tries were made.
    pub attempts: u32,
    /// Why nobody was told; none: the receiver took it.
    pub failed: Option<Untrusted>,
}
