//! The one table of exit codes, for every subcommand.
//!
//! 128 and more are signals and come from the loop. Not here: which error means which (`app_error.rs`).

use crate::rules::verdict::VerdictWord;
use crate::session::status::{CheckStatus, RunOutcome};

/// What a subcommand answers to a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// GO, HEALTHY, pass, verified, done.
    Yes,
    /// NO-GO, REGRESSION, fail, damaged, refused by a gate.
    No,
    /// Wrong use or bad configuration.
    WrongUse,
    /// Unreachable, unreadable.
    CouldNotFindOut,
    /// UNKNOWN, INCONCLUSIVE, nothing vouches for the tail.
    CannotSay,
    /// In progress, HOLD, WATCH, waiting for a person.
    NotFinished,
    /// Ended by a signal: 128 and its number.
    Signal(u8),
}

impl Code {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::WrongUse => 2,
            Self::CouldNotFindOut => 3,
            Self::CannotSay => 4,
            Self::NotFinished => 5,
            Self::Signal(number) => number,
        }
    }
    /// What a verdict answers.
    pub fn of_verdict(word: VerdictWord) -> Self {
        match word {
            VerdictWord::Go | VerdictWord::Healthy => Self::Yes,
            VerdictWord::NoGo | VerdictWord::Regression => Self::No,
            VerdictWord::Unknown | VerdictWord::Inconclusive => Self::CannotSay,
            VerdictWord::Hold | VerdictWord::Watch => Self::NotFinished,
        }
    }
    /// What the end of a run answers.
    pub fn of_outcome(outcome: RunOutcome) -> Self {
        match outcome {
            RunOutcome::Succeeded => Self::Yes,
            RunOutcome::Failed | RunOutcome::Aborted => Self::No,
            RunOutcome::Unknown => Self::CannotSay,
        }
    }
    /// What several results answer together: the worst of them.
    pub fn of_results(results: impl IntoIterator<Item = CheckStatus>) -> Self {
        let rank = |status| match status {
            CheckStatus::Pass | CheckStatus::Skipped => 0,
            CheckStatus::Inconclusive => 1,
            CheckStatus::Error => 2,
            CheckStatus::Fail => 3,
        };
        match results.into_iter().map(rank).max() {
            Some(3) => Self::No,
            Some(2) => Self::CouldNotFindOut,
            Some(1) => Self::CannotSay,
            Some(_) | None => Self::Yes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use crate::rules::verdict::VerdictWord;
    use crate::session::status::CheckStatus;

    #[test]
    fn only_go_and_healthy_are_zero() {
        for word in [
            VerdictWord::NoGo,
            VerdictWord::Hold,
            VerdictWord::Unknown,
            VerdictWord::Watch,
            VerdictWord::Regression,
            VerdictWord::Inconclusive,
        ] {
            assert_ne!(Code::of_verdict(word).number(), 0, "{word:?}");
        }
        assert_eq!(Code::of_verdict(VerdictWord::Go).number(), 0);
        assert_eq!(Code::of_verdict(VerdictWord::Healthy).number(), 0);
    }

    #[test]
    fn a_failed_check_outweighs_one_that_could_not_be_measured() {
        assert_eq!(Code::of_results([CheckStatus::Error, CheckStatus::Fail]), Code::No);
        assert_eq!(Code::of_results([CheckStatus::Error, CheckStatus::Pass]), Code::CouldNotFindOut);
        assert_eq!(Code::of_results([]), Code::Yes);
    }
}
