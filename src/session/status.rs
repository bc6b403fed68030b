//! The closed sets of words the record uses: results, decisions, outcomes. One word per concept, in code and on disk.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $type {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }
        impl $type {
            /// The word on disk and in `--json`.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
            /// Reads the word; `None` for any other.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words!(
    /// The result of a measurement. Only `Pass` counts for GO.
    CheckStatus {
        /// The thing under test gave the right answer.
        Pass = "pass",
        /// It gave the wrong one, or none where answering is its job.
        Fail = "fail",
        /// The means of measuring worked, and cannot tell.
        Inconclusive = "inconclusive",
        /// The means of measuring did not work.
        Error = "error",
        /// Not measured: blocked, or not asked for.
        Skipped = "skipped",
    }
);

words!(
    /// A person's decision for a role.
    Decision {
        /// For it.
        Approve = "approve",
        /// Against it.
        Reject = "reject",
        /// The earlier decision no longer counts.
        Withdraw = "withdraw",
    }
);

words!(
    /// How an item was set aside.
    WaiverForm {
        /// It applies and is not done, by somebody's decision.
        Waived = "waived",
        /// It does not apply to this release.
        DoesNotApply = "does-not-apply",
    }
);

words!(
    /// How a run ended.
    RunOutcome {
        /// All steps are done.
        Succeeded = "succeeded",
        /// A step failed and nobody carried on.
        Failed = "failed",
        /// A person aborted it, and the end is known.
        Aborted = "aborted",
        /// Nobody can tell: the supervisor died. A person must look.
        Unknown = "unknown",
    }
);

words!(
    /// How a step ended.
    StepOutcome {
        /// It did what it should.
        Passed = "passed",
        /// It did not.
        Failed = "failed",
        /// A person set it aside, with a reason.
        Skipped = "skipped",
        /// A person marked it done, with a reason.
        MarkedDone = "marked-done",
        /// It was ended by an abort.
        Aborted = "aborted",
    }
);

words!(
    /// What a person decides about a failed step.
    StepDecision {
        /// Again.
        Retry = "retry",
        /// It is done, by other means.
        Done = "done",
        /// Go on without it.
        Skip = "skip",
    }
);

words!(
    /// A rung of the abort ladder; it only rises.
    AbortRung {
        /// SIGTERM to the group, then a grace period.
        Terminate = "terminate",
        /// SIGKILL to the group.
        Kill = "kill",
    }
);

words!(
    /// Whether a tick was made by hand or rests on a result.
    TickHow {
        /// By a person.
        Hand = "hand",
        /// By a person, on a check's result.
        Check = "check",
    }
);

words!(
    /// What a stage of a window, or the whole of it, came to.
    WindowVerdict {
        /// Everything that must hold was proven, and it was watched to the end.
        Healthy = "healthy",
        /// Something failed, or a trigger fired.
        Regression = "regression",
        /// Not enough evidence for either.
        Inconclusive = "inconclusive",
    }
);

impl WindowVerdict {
    /// The word on screen.
    pub fn shown(self) -> &'static str {
        match self {
            Self::Healthy => "HEALTHY",
            Self::Regression => "REGRESSION",
            Self::Inconclusive => "INCONCLUSIVE",
        }
    }
}

words!(
    /// How one objective came out at the end of a stage.
    ObjectiveOutcome {
        /// It held, as far as it had to be proven.
        Pass = "pass",
        /// It did not hold.
        Fail = "fail",
        /// The samples do not tell.
        Inconclusive = "inconclusive",
    }
);

words!(
    /// Why nothing was sampled for a time.
    GapWhy {
        /// The machine slept, or its clock was set.
        Asleep = "asleep",
        /// No process watched.
        Unwatched = "unwatched",
        /// The samples of that time are lost: their file is gone or damaged.
        Lost = "lost",
        /// This machine had no network.
        Offline = "offline",
    }
);

words!(
    /// Why a window was closed.
    CloseWhy {
        /// Its last stage ended.
        End = "end",
        /// A person closed it before its end.
        Early = "early",
        /// Its deploy was rolled back.
        RolledBack = "rolled-back",
        /// A later deploy to the same place has a window of its own.
        Replaced = "replaced",
    }
);
