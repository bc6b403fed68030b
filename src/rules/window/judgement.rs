//! How a stage ended: its objectives, its coverage, one verdict; and the verdict of a whole window.
//!
//! Never green because nobody looked: a pass needs four fifths of the samples and one near the end. Not here: judging
//! one objective (`objective.rs`).

use super::objective::{ObjectiveJudgement, Outcome};
use crate::session::status::WindowVerdict;

/// How much of a stage was seen of one indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The indicator.
    pub indicator: String,
    /// Samples due.
    pub due: u32,
    /// Samples of which something is known.
    pub received: u32,
    /// Received of due, in thousandths.
    pub per_mille: u32,
    /// Was there a sample within two intervals of the end?
    pub at_end: bool,
    /// Is it enough for a pass?
    pub enough: bool,
    /// In words, with what nobody saw.
    pub words: String,
}

/// How a stage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageJudgement {
    /// Which stage, from 0.
    pub stage: usize,
    /// Its verdict: the worst of its parts.
    pub verdict: Outcome,
    /// Each objective.
    pub objectives: Vec<ObjectiveJudgement>,
    /// Each indicator.
    pub coverage: Vec<Coverage>,
    /// Why it is no pass, in words. Empty: it is one.
    pub reasons: Vec<String>,
}

/// How a window closes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The verdict.
    pub verdict: WindowVerdict,
    /// Why, in words.
    pub why: Vec<String>,
}

/// The share in thousandths; nothing due is all there is.
pub(super) fn per_mille(received: u32, due: u32) -> u32 {
    let share = (u64::from(received) * 1_000).checked_div(u64::from(due)).unwrap_or(1_000);
    u32::try_from(share).unwrap_or(u32::MAX)
}
