//! A command that is not carried out: why, as a sentence, with everything that stands against it.

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::input::NoticeLevel;
use crate::rules::gate::Blocker;

/// Why a command is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of no it is.
    pub kind: RefusalKind,
    /// As a sentence for a person.
    pub text: String,
    /// Everything that stands against it, for a gate.
    pub blockers: Vec<Blocker>,
}

/// What kind of no it is; each has an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The command names something that is not there, or lacks something.
    Usage,
    /// A rule says no: a gate, a state that does not allow it.
    Gate,
    /// The content is not trusted yet: a person decides.
    Untrusted,
    /// The record cannot be written.
    Record,
}

impl Refusal {
    /// The command lacks something or names something unknown.
    pub fn usage(text: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Usage, text: text.into(), blockers: Vec::new() }
    }
    /// A rule says no.
    pub fn gate(text: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Gate, text: text.into(), blockers: Vec::new() }
    }
    /// The content is not trusted.
    pub fn untrusted(what: &str) -> Self {
        Self {
            kind: RefusalKind::Untrusted,
            text: format!(
                "{what}: this checklist is not trusted yet; look at its commands and trust it first"
            ),
            blockers: Vec::new(),
        }
    }
    /// The record cannot be written.
    pub fn record(reason: &str) -> Self {
        Self {
            kind: RefusalKind::Record,
            text: format!("nothing can be recorded: {reason}"),
            blockers: Vec::new(),
        }
    }
}

impl Engine {
    pub(super) fn refuse(&mut self, at: DateTime<Utc>, refusal: Refusal) -> Vec<Effect> {
        self.notice(at, NoticeLevel::Warning, refusal.text.clone());
        self.refusal = Some(refusal);
        Vec::new()
    }
    /// Why the last command was not carried out; none: it was.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}
