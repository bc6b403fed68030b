//! Judges answers by the words of a checklist: numbers, status, text, JSON. A type error never passes.
//!
//! What is missing, of another type, not a number or cut off too early is an error: nobody knows. Not here: getting
//! answers (`runtime/measure`), the words themselves (`checklist/assertion.rs`). One word is judged in `word.rs`.

#[cfg(test)]
mod tests;
mod word;

use crate::checklist::assertion::{Comparison, Quantity, StatusMatch, Words};
use crate::rules::observed::AssertionResult;
use crate::session::status::CheckStatus;
use crate::text::untrusted::Untrusted;

/// How much of an actual value is kept.
const SHOWN_CHARS: usize = 256;

/// A value as it was found.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// Nothing is there.
    Missing,
    /// Text without a type: a body, a header, an output.
    Text {
        /// What was read of it.
        text: &'a str,
        /// Is that all?
        extent: Extent,
    },
    /// A value with a type.
    Json(&'a serde_json::Value),
}

/// Is a text all there is?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It is.
    Whole,
    /// It was cut at a cap: what follows is not known.
    Cut,
}

impl<'a> Found<'a> {
    /// A whole text.
    pub fn text(text: &'a str) -> Self {
        Self::Text { text, extent: Extent::Whole }
    }
    fn shown(self) -> String {
        match self {
            Self::Missing => "missing".to_owned(),
            Self::Text { text, extent: Extent::Whole } => clipped(text),
            Self::Text { text, extent: Extent::Cut } => format!("{} (cut)", clipped(text)),
            Self::Json(value) => clipped(&value.to_string()),
        }
    }
}

/// Judges a value by words.
pub fn judge_words(subject: &str, words: &Words, found: Found<'_>) -> AssertionResult {
    let (expected, status, problem) = word::judge(words, found);
    let actual = match problem {
        Some(problem) => format!("{} ({problem})", found.shown()),
        None => found.shown(),
    };
    result(subject, &expected, &actual, status)
}

/// Judges a number by a comparison. A unit that does not fit, or no number at all, is an error.
pub fn judge_number(subject: &str, comparison: &Comparison, actual: Quantity) -> AssertionResult {
    let fits = matches!(
        (comparison.value, actual),
        (Quantity::Number(_), Quantity::Number(_))
            | (Quantity::Period(_), Quantity::Period(_))
            | (Quantity::Bytes(_), Quantity::Bytes(_))
            | (Quantity::Percent(_), Quantity::Percent(_))
    );
    let expected = comparison.to_string();
    if !fits {
        return result(subject, &expected, &format!("{actual} (another unit)"), CheckStatus::Error);
    }
    if actual.number().is_nan() || comparison.value.number().is_nan() {
        return result(subject, &expected, "not a number", CheckStatus::Error);
    }
    let holds = comparison.operator.holds(actual.number(), comparison.value.number());
    result(subject, &expected, &actual.to_string(), pass_if(holds))
}

/// Judges an HTTP status.
pub fn judge_status(wanted: &StatusMatch, actual: u16) -> AssertionResult {
    let (expected, holds) = match wanted {
        StatusMatch::One(status) => (status.to_string(), Some(*status == actual)),
        StatusMatch::Several(statuses) => {
            let words: Vec<_> = statuses.iter().map(u16::to_string).collect();
            let holds = (!statuses.is_empty()).then(|| statuses.contains(&actual));
            (format!("one of {}", words.join(", ")), holds)
        }
        StatusMatch::Class(class) => {
            let number = class.strip_suffix("xx").and_then(|number| number.parse::<u16>().ok());
            (
                class.clone(),
                number.filter(|number| (1..=5).contains(number)).map(|number| number == actual / 100),
            )
        }
    };
    match holds {
        Some(holds) => result("status", &expected, &actual.to_string(), pass_if(holds)),
        None => result("status", &expected, "no status can be meant by that", CheckStatus::Error),
    }
}

/// An assertion with its outcome.
pub fn result(subject: &str, expected: &str, actual: &str, status: CheckStatus) -> AssertionResult {
    AssertionResult {
        subject: subject.to_owned(),
        expected: Untrusted::new(expected),
        actual: Untrusted::new(actual),
        status,
    }
}

/// The worst of all: fail, error, inconclusive, pass. Nothing asserted is an error: it proves nothing.
pub fn worst(assertions: &[AssertionResult]) -> CheckStatus {
    let rank = |status: CheckStatus| match status {
        CheckStatus::Fail => 0,
        CheckStatus::Error => 1,
        CheckStatus::Inconclusive => 2,
        CheckStatus::Skipped => 3,
        CheckStatus::Pass => 4,
    };
    let statuses = assertions.iter().map(|assertion| assertion.status);
    statuses.min_by_key(|status| rank(*status)).unwrap_or(CheckStatus::Error)
}

/// The result in one sentence: what was expected and what was there, for the worst; all subjects for a pass.
pub fn sentence(assertions: &[AssertionResult]) -> String {
    let status = worst(assertions);
    if assertions.is_empty() {
        return "the check asserts nothing; say what the answer must be".to_owned();
    }
    let worst = assertions.iter().filter(|assertion| assertion.status == status);
    let words: Vec<_> = match status {
        CheckStatus::Pass => worst.map(|one| format!("{} {}", one.subject, one.actual.raw())).collect(),
        CheckStatus::Fail | CheckStatus::Error | CheckStatus::Inconclusive | CheckStatus::Skipped => worst
            .map(|one| format!("{}: expected {}, was {}", one.subject, one.expected.raw(), one.actual.raw()))
            .collect(),
    };
    clipped(&words.join("; "))
}

fn pass_if(holds: bool) -> CheckStatus {
    if holds { CheckStatus::Pass } else { CheckStatus::Fail }
}

fn clipped(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(SHOWN_CHARS).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}
