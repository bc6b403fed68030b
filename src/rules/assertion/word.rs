//! One value judged by one table of words.

use regex::Regex;

use super::{Extent, Found};
use crate::checklist::assertion::{Quantity, Scalar, WordTable, Words};
use crate::session::status::CheckStatus;

/// The verdict of one word: it holds, it does not, or nobody knows and why.
type Holds = Result<bool, String>;

/// Judges all words: what was expected, how it came out, what is wrong with the value.
pub(super) fn judge(words: &Words, found: Found<'_>) -> (String, CheckStatus, Option<String>) {
    let judged = match words {
        Words::Equals(scalar) => vec![(scalar_words(scalar), equals(scalar, found))],
        Words::All(table) => judge_table(table, found),
    };
    let expected: Vec<_> = judged.iter().map(|(expected, _)| expected.clone()).collect();
    if judged.is_empty() {
        return ("nothing".to_owned(), CheckStatus::Error, Some("the table holds no word".to_owned()));
    }
    let error = judged.iter().find_map(|(_, holds)| holds.as_ref().err().cloned());
    let status = if judged.iter().any(|(_, holds)| matches!(holds, Ok(false))) {
        CheckStatus::Fail
    } else if error.is_some() {
        CheckStatus::Error
    } else {
        CheckStatus::Pass
    };
    let problem = error.filter(|_| status == CheckStatus::Error);
    (expected.join(" and "), status, problem)
}

fn judge_table(table: &WordTable, found: Found<'_>) -> Vec<(String, Holds)> {
    let mut judged = Vec::new();
    let quoted = |word: &str, text: &str| format!("{word} {text:?}");
    if let Some(scalar) = &table.equals {
        judged.push((scalar_words(scalar), equals(scalar, found)));
    }
    if let Some(part) = &table.contains {
        judged.push((quoted("contains", part), of_text(found, |text, extent| contains(text, extent, part))));
    }
    if let Some(pattern) = &table.matches {
        judged.push((
            quoted("matches", pattern),
            of_text(found, |text, extent| matches_pattern(text, extent, pattern)),
        ));
    }
    if let Some(start) = &table.starts {
        judged
            .push((quoted("starts with", start), of_text(found, |text, extent| starts(text, extent, start))));
    }
    if let Some(end) = &table.ends {
        judged.push((quoted("ends with", end), of_text(found, |text, extent| ends(text, extent, end))));
    }
    if let Some(wanted) = table.empty {
        let words = if wanted { "empty" } else { "not empty" };
        judged.push((words.to_owned(), length(found).map(|length| (length == 0) == wanted)));
    }
    if let Some(wanted) = table.exists {
        let words = if wanted { "exists" } else { "does not exist" };
        judged.push((words.to_owned(), Ok(!matches!(found, Found::Missing) == wanted)));
    }
    if let Some(comparison) = &table.is {
        let holds = match comparison.value {
            Quantity::Number(right) => number(found).map(|left| comparison.operator.holds(left, right)),
            Quantity::Period(_) | Quantity::Bytes(_) | Quantity::Percent(_) => {
                Err("a bare number cannot be compared with a unit".to_owned())
            }
        };
        judged.push((comparison.to_string(), holds));
    }
    if let Some(none_of) = &table.not {
        // None of these may hold; what nobody knows stays unknown.
        let inner = judge_table(none_of, found).into_iter();
        judged.extend(inner.map(|(words, holds)| (format!("not ({words})"), holds.map(|holds| !holds))));
    }
    judged
}

fn scalar_words(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Integer(value) => value.to_string(),
        Scalar::Number(value) => value.to_string(),
        Scalar::Text(value) => format!("{value:?}"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers in checklists are far below 2^53")]
#[expect(clippy::float_cmp, reason = "equality is what was asked for")]
fn equals(scalar: &Scalar, found: Found<'_>) -> Holds {
    match scalar {
        Scalar::Boolean(wanted) => match found {
            Found::Json(serde_json::Value::Bool(value)) => Ok(value == wanted),
            Found::Text { text, extent: Extent::Whole } => match text.trim() {
                "true" => Ok(*wanted),
                "false" => Ok(!*wanted),
                _ => Err("not true or false".to_owned()),
            },
            Found::Missing | Found::Text { .. } | Found::Json(_) => Err("not true or false".to_owned()),
        },
        Scalar::Integer(wanted) => number(found).map(|value| value == *wanted as f64),
        Scalar::Number(wanted) if wanted.is_nan() => Err("NaN equals nothing".to_owned()),
        Scalar::Number(wanted) => number(found).map(|value| value == *wanted),
        Scalar::Text(wanted) => of_text(found, |text, extent| match extent {
            // The line end that every command and many servers add is not part of what they say.
            Extent::Whole => Ok(text == wanted || text.strip_suffix('\n') == Some(wanted)),
            Extent::Cut if wanted.starts_with(text) => Err("cut before its end".to_owned()),
            Extent::Cut => Ok(false),
        }),
    }
}

fn of_text(found: Found<'_>, judge: impl FnOnce(&str, Extent) -> Holds) -> Holds {
    match found {
        Found::Text { text, extent } => judge(text, extent),
        Found::Json(serde_json::Value::String(text)) => judge(text, Extent::Whole),
        Found::Json(_) => Err("not a text".to_owned()),
        Found::Missing => Err("nothing to look at".to_owned()),
    }
}

fn number(found: Found<'_>) -> Result<f64, String> {
    let none = || "not a number".to_owned();
    let value = match found {
        Found::Json(value) => value.as_f64(),
        Found::Text { text, extent: Extent::Whole } => text.trim().parse::<f64>().ok(),
        Found::Text { extent: Extent::Cut, .. } | Found::Missing => None,
    };
    value.filter(|value| value.is_finite()).ok_or_else(none)
}

fn length(found: Found<'_>) -> Result<usize, String> {
    match found {
        Found::Text { text, .. } => Ok(text.len()),
        Found::Json(serde_json::Value::String(text)) => Ok(text.len()),
        Found::Json(serde_json::Value::Array(list)) => Ok(list.len()),
        Found::Json(serde_json::Value::Object(table)) => Ok(table.len()),
        Found::Json(_) => Err("has no length".to_owned()),
        Found::Missing => Err("nothing to look at".to_owned()),
    }
}

fn contains(text: &str, extent: Extent, part: &str) -> Holds {
    match (text.contains(part), extent) {
        (true, _) => Ok(true),
        (false, Extent::Whole) => Ok(false),
        (false, Extent::Cut) => Err("not in the part that was read".to_owned()),
    }
}

fn matches_pattern(text: &str, extent: Extent, pattern: &str) -> Holds {
    let regex = Regex::new(pattern).map_err(|error| format!("bad pattern: {error}"))?;
    match (regex.find(text), extent) {
        (found, Extent::Whole) => Ok(found.is_some()),
        // What ends where the text was cut may match only because it was cut there.
        (Some(found), Extent::Cut) if found.end() < text.len() => Ok(true),
        (_, Extent::Cut) => Err("cut before it could be told".to_owned()),
    }
}

fn starts(text: &str, extent: Extent, start: &str) -> Holds {
    match extent {
        Extent::Cut if text.len() < start.len() && start.starts_with(text) => {
            Err("cut before it could be told".to_owned())
        }
        Extent::Whole | Extent::Cut => Ok(text.starts_with(start)),
    }
}

fn ends(text: &str, extent: Extent, end: &str) -> Holds {
    match extent {
        Extent::Whole => {
            Ok(text.ends_with(end) || text.strip_suffix('\n').is_some_and(|text| text.ends_with(end)))
        }
        Extent::Cut => Err("its end was not read".to_owned()),
    }
}
