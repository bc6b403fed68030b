//! One attempt of a measurement, before it becomes a result.

use crate::rules::assertion::{sentence, worst};
use crate::rules::observed::{Answer, AssertionResult};
use crate::session::status::CheckStatus;

/// How much evidence is kept.
pub const EVIDENCE_BYTES_MAX: usize = 4 << 10;

/// One attempt of a measurement.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The result.
    pub status: CheckStatus,
    /// What was measured.
    pub target: String,
    /// Why, in one sentence.
    pub reason: String,
    /// Each assertion.
    pub assertions: Vec<AssertionResult>,
    /// What came back.
    pub evidence: String,
    /// A command that repeats it.
    pub repeat: String,
    /// May it be tried again?
    pub again: Again,
    /// The time it is judged to have taken, where that is not the time on the watch: a timeout's limit.
    pub took_us: Option<u64>,
    /// What kind of answer there was.
    pub answer: Option<Answer>,
    /// Would waiting longer help?
    pub hope: crate::rules::eventually::Hope,
}

/// May an attempt be tried again?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It may: refused, reset, timeout, 429, 502 to 504.
    May,
    /// It would give the same answer, or is not safe.
    No,
}

impl Attempt {
    /// An attempt without a result yet.
    pub fn new(target: impl Into<String>) -> Self {
        Self {
            status: CheckStatus::Error,
            target: target.into(),
            reason: String::new(),
            assertions: Vec::new(),
            evidence: String::new(),
            repeat: String::new(),
            again: Again::No,
            took_us: None,
            answer: None,
            hope: crate::rules::eventually::Hope::Left,
        }
    }
    /// Our means did not work.
    #[must_use]
    pub fn error(self, reason: impl Into<String>) -> Self {
        Self { status: CheckStatus::Error, reason: reason.into(), ..self }
    }
    /// The thing under test did not answer.
    #[must_use]
    pub fn failed(self, reason: impl Into<String>) -> Self {
        Self { status: CheckStatus::Fail, reason: reason.into(), ..self }
    }
    /// Judged by its assertions.
    #[must_use]
    pub fn judged(self, assertions: Vec<AssertionResult>) -> Self {
        Self { status: worst(&assertions), reason: sentence(&assertions), assertions, ..self }
    }
    /// With this evidence, whole: it is cut when its secrets are masked, or a piece of one would stay.
    #[must_use]
    pub fn with_evidence(self, bytes: &[u8]) -> Self {
        Self { evidence: String::from_utf8_lossy(bytes).into_owned(), ..self }
    }
    /// With this kind of answer.
    #[must_use]
    pub fn answered(self, answer: Answer) -> Self {
        Self { answer: Some(answer), ..self }
    }
    /// May be tried again.
    #[must_use]
    pub fn retryable(self) -> Self {
        Self { again: Again::May, ..self }
    }
}
