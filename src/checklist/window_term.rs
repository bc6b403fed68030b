//! The grammar of objectives and triggers: `AGG(indicator[.facet]) OP VALUE [over PERIOD | since deploy] [for PERIOD]`.
//!
//! A small hand parser, no expression language. Not here: computing a term (`rules`), whether the indicator exists
//! (`read/validate/windows.rs`).

use std::fmt;
use std::ops::Range;

use super::assertion::{Comparison, Quantity};
use super::period::Period;

/// What is computed from the samples of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// Share of good samples.
    Success,
    /// Share of bad samples.
    ErrorRate,
    /// Share of samples with a facet.
    Ratio,
    /// How many.
    Count,
    /// The mean.
    Avg,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The median.
    P50,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
    /// The newest.
    Last,
    /// How much it grew.
    Delta,
    /// How many in a row.
    Streak,
}

/// The words of aggregates.
pub const AGGREGATES: [(&str, Aggregate); 13] = [
    ("success", Aggregate::Success),
    ("error_rate", Aggregate::ErrorRate),
    ("ratio", Aggregate::Ratio),
    ("count", Aggregate::Count),
    ("avg", Aggregate::Avg),
    ("min", Aggregate::Min),
    ("max", Aggregate::Max),
    ("p50", Aggregate::P50),
    ("p95", Aggregate::P95),
    ("p99", Aggregate::P99),
    ("last", Aggregate::Last),
    ("delta", Aggregate::Delta),
    ("streak", Aggregate::Streak),
];

/// How far a term looks back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// This long.
    Period(Period),
    /// Since the deploy.
    SinceDeploy,
}

/// One term.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What is computed.
    pub aggregate: Aggregate,
    /// Of which indicator.
    pub indicator: String,
    /// Of which part of it.
    pub facet: Option<String>,
    /// What it must be.
    pub comparison: Comparison,
    /// How far it looks back.
    pub over: Option<Over>,
    /// How long it must hold.
    pub hold: Option<Period>,
}

/// Where a text stops being a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermFault {
    /// The bytes at fault.
    pub at: Range<usize>,
    /// What was expected there.
    pub expected: String,
}

impl fmt::Display for TermFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expected)
    }
}

impl Aggregate {
    /// As it is written.
    pub fn word(self) -> &'static str {
        AGGREGATES.iter().find(|(_, aggregate)| *aggregate == self).map_or("", |(word, _)| word)
    }
    /// The share a quantile leaves below itself. None: it is no quantile.
    pub fn quantile(self) -> Option<f64> {
        match self {
            Self::P50 => Some(0.50),
            Self::P95 => Some(0.95),
            Self::P99 => Some(0.99),
            Self::Success
            | Self::ErrorRate
            | Self::Ratio
            | Self::Count
            | Self::Avg
            | Self::Min
            | Self::Max
            | Self::Last
            | Self::Delta
            | Self::Streak => None,
        }
    }
    /// Is it a share of samples?
    pub fn is_share(self) -> bool {
        matches!(self, Self::Success | Self::ErrorRate | Self::Ratio)
    }
    /// May it be compared with such a value?
    pub fn takes(self, value: Quantity) -> bool {
        match self {
            Self::Success | Self::ErrorRate | Self::Ratio => matches!(value, Quantity::Percent(_)),
            Self::Count | Self::Delta | Self::Streak => matches!(value, Quantity::Number(_)),
            Self::Avg | Self::Min | Self::Max | Self::P50 | Self::P95 | Self::P99 | Self::Last => {
                !matches!(value, Quantity::Number(_))
            }
        }
    }
}

/// The text with a place in it.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }
    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }
    fn take(&mut self, good: impl Fn(char) -> bool) -> &'t str {
        self.blanks();
        let rest = self.rest();
        let end = rest.find(|c| !good(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }
    fn eat(&mut self, word: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }
    /// The word here, for a message.
    fn fault(&self, at: usize, expected: impl Into<String>) -> TermFault {
        let rest = self.text.get(at..).unwrap_or_default();
        let end = rest.find(char::is_whitespace).filter(|end| *end > 0).unwrap_or(rest.len());
        TermFault { at: at..at + end, expected: expected.into() }
    }
}

/// Reads a term. Errors: where it stops being one, and what was expected there.
pub fn parse(text: &str) -> Result<Term, TermFault> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.blanks();
    let start = cursor.at;
    let word = cursor.take(|c| c.is_ascii_alphanumeric() || c == '_');
    let known = AGGREGATES.iter().find(|(known, _)| *known == word);
    let Some((_, aggregate)) = known.copied() else {
        let words: Vec<_> = AGGREGATES.iter().map(|(word, _)| *word).collect();
        let fault =
            TermFault { at: start..cursor.at, expected: format!("expected one of {}", words.join(" ")) };
        return Err(fault);
    };
    if !cursor.eat("(") {
        return Err(cursor.fault(cursor.at, format!("expected `(` after `{word}`")));
    }
    let inner_at = cursor.at;
    let inner = cursor.take(|c| c.is_alphanumeric() || "_-.".contains(c));
    if inner.is_empty() || !cursor.eat(")") {
        return Err(cursor.fault(inner_at, "expected the name of an indicator and `)`"));
    }
    let (indicator, facet) = match inner.split_once('.') {
        Some((indicator, facet)) => (indicator, Some(facet.to_owned())),
        None => (inner, None),
    };
    cursor.blanks();
    let comparison_at = cursor.at;
    // The value goes on to the next word of the grammar.
    let rest = cursor.rest();
    let end =
        [" over ", " since ", " for "].iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
    let written = rest.get(..end).unwrap_or_default().trim_end();
    let faulty =
        |expected: String| TermFault { at: comparison_at..comparison_at + written.len().max(1), expected };
    let comparison = Comparison::parse(written).map_err(faulty)?;
    if !aggregate.takes(comparison.value) {
        let unit = match aggregate {
            Aggregate::Success | Aggregate::ErrorRate | Aggregate::Ratio => "a percentage, such as 99 %",
            Aggregate::Count | Aggregate::Delta | Aggregate::Streak => "a number without a unit",
            Aggregate::Avg
            | Aggregate::Min
            | Aggregate::Max
            | Aggregate::P50
            | Aggregate::P95
            | Aggregate::P99
            | Aggregate::Last => "a value with its unit, such as 200ms or 90 %",
        };
        return Err(faulty(format!("expected {unit} for `{}`", aggregate.word())));
    }
    cursor.at += end;
    let over = over(&mut cursor)?;
    let hold = if cursor.eat("for ") { Some(period(&mut cursor)?) } else { None };
    cursor.blanks();
    if !cursor.rest().is_empty() {
        return Err(
            cursor.fault(cursor.at, "expected `over PERIOD`, `since deploy`, `for PERIOD` or the end")
        );
    }
    Ok(Term { aggregate, indicator: indicator.to_owned(), facet, comparison, over, hold })
}

fn over(cursor: &mut Cursor<'_>) -> Result<Option<Over>, TermFault> {
    if cursor.eat("over ") {
        return period(cursor).map(|period| Some(Over::Period(period)));
    }
    if cursor.eat("since ") {
        let at = cursor.at;
        return if cursor.eat("deploy") {
            Ok(Some(Over::SinceDeploy))
        } else {
            Err(cursor.fault(at, "expected `deploy`"))
        };
    }
    Ok(None)
}

fn period(cursor: &mut Cursor<'_>) -> Result<Period, TermFault> {
    cursor.blanks();
    let at = cursor.at;
    let written = cursor.take(|c| c.is_ascii_alphanumeric());
    Period::parse(written).map_err(|_error| cursor.fault(at, "expected a length of time such as 5m"))
}

#[cfg(test)]
mod tests {
    use super::{Aggregate, Over, parse};
    use crate::checklist::period::Period;

    #[test]
    fn the_terms_of_the_page_are_read() {
        let term = parse("ratio(api.5xx) > 50 % over 1m for 5m").expect("a term");
        assert_eq!(term.aggregate, Aggregate::Ratio);
        assert_eq!((term.indicator.as_str(), term.facet.as_deref()), ("api", Some("5xx")));
        assert_eq!(
            (term.over, term.hold),
            (Some(Over::Period(Period::from_mins(1))), Some(Period::from_mins(5)))
        );
        for text in [
            "p95(api) < 200ms",
            "count(errors) == 0 since deploy",
            "streak(db.bad) >= 3",
            "max(memory)>90% for 2m",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn a_fault_says_where_and_what_was_expected() {
        for (text, at, expected) in [
            ("p97(api) < 2s", 0..3, "expected one of"),
            ("p95 api < 2s", 4..7, "expected `(`"),
            ("p95(api < 2s", 4..7, "indicator"),
            ("p95(api) < 200", 9..14, "unit"),
            ("success(api) > 99", 13..17, "percentage"),
            ("p95(api) 2s", 9..11, "comparison"),
            ("p95(api) < 2s over soon", 19..23, "length of time"),
            ("count(x) == 0 since friday", 20..26, "`deploy`"),
            ("count(x) == 0 over 5m and more", 22..25, "the end"),
        ] {
            let fault = parse(text).expect_err(text);
            assert_eq!(fault.at, at, "{text}");
            assert!(fault.expected.contains(expected), "{text}: {}", fault.expected);
        }
    }
}
