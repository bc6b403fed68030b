//! The closed sets of words that can be typed, and what they mean in the record.

use clap::ValueEnum;

use crate::session::status::{Decision, RunOutcome, StepDecision};

/// A decision for a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Decide {
    /// For it.
    Approve,
    /// Against it.
    Reject,
    /// The earlier decision no longer counts.
    Withdraw,
}

impl From<Decide> for Decision {
    fn from(word: Decide) -> Self {
        match word {
            Decide::Approve => Self::Approve,
            Decide::Reject => Self::Reject,
            Decide::Withdraw => Self::Withdraw,
        }
    }
}

/// A decision about a failed step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StepWish {
    /// Again.
    Retry,
    /// It is done, by other means.
    Done,
    /// Go on without it.
    Skip,
}

impl From<StepWish> for StepDecision {
    fn from(word: StepWish) -> Self {
        match word {
            StepWish::Retry => Self::Retry,
            StepWish::Done => Self::Done,
            StepWish::Skip => Self::Skip,
        }
    }
}

/// What a person found about a run whose end nobody saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// It did what it should.
    Succeeded,
    /// It did not.
    Failed,
    /// It was stopped.
    Aborted,
    /// Nobody can say: it stays unknown.
    Unknown,
}

impl From<Outcome> for RunOutcome {
    fn from(word: Outcome) -> Self {
        match word {
            Outcome::Succeeded => Self::Succeeded,
            Outcome::Failed => Self::Failed,
            Outcome::Aborted => Self::Aborted,
            Outcome::Unknown => Self::Unknown,
        }
    }
}
