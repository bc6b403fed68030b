//! What an answer must be, read from a comment or a sentence: a status, a time, JSON values, a text.
//!
//! Only what is plain becomes an assertion; anything else is a hint that stands beside the result. Not here: which comment
//! belongs to which line (`shell/script.rs`).

use super::letters::{alone, byte, from, in_name, letter, slice};

mod json;

pub use self::json::{Scalar, scalars};

/// What an answer must be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The answer takes less than so many milliseconds.
    pub below_ms: Option<u64>,
    /// Values of a JSON body by pointer.
    pub json: Vec<(String, Scalar)>,
    /// The output contains this.
    pub contains: Option<String>,
    /// Words that are no assertion.
    pub hint: Option<String>,
}

/// Words that say an answer follows. Small letters.
const ASKS: [&str; 22] = [
    "expected output",
    "expected result",
    "expected response",
    "expected",
    "expect",
    "should return",
    "should show",
    "should be",
    "should print",
    "should output",
    "should contain",
    "should see",
    "returns",
    "return",
    "responds with",
    "response",
    "output",
    "erwartet",
    "attendu",
    "esperado",
    "atteso",
    "ожидается",
];

impl Expected {
    /// Nothing was said that can be measured.
    pub fn is_empty(&self) -> bool {
        self.status.is_none() && self.below_ms.is_none() && self.json.is_empty() && self.contains.is_none()
    }

    /// Reads what was written about one answer: its comments in order, or the sentence behind it. Only texts that ask
    /// count ("Expected: …", "returns …", a lone `→`); the first that says a thing wins.
    pub fn read<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        for text in texts {
            let Some((asked, said)) = asked(text) else { continue };
            let one = Self::of(asked, said);
            all.status = all.status.or(one.status);
            all.below_ms = all.below_ms.or(one.below_ms);
            all.contains = all.contains.or(one.contains);
            all.hint = all.hint.or(one.hint);
            if all.json.is_empty() {
                all.json = one.json;
            }
        }
        all
    }

    /// Reads an item's own words: "returns 200", "(200 OK)", "response time < 200ms". No hint: the item is the hint.
    pub fn of_item(text: &str) -> Self {
        let mut found = Self { status: status(text), below_ms: below(text), ..Self::default() };
        if let Some((asked, said)) = asked(text) {
            let one = Self::of(asked, said);
            found.json = one.json;
            found.contains = one.contains;
        }
        found
    }

    fn of(asked: &str, said: &str) -> Self {
        let said = said.trim();
        let mut found = Self { below_ms: below(said), ..Self::default() };
        if said.starts_with(['{', '[']) {
            found.json = scalars(said);
            if found.json.is_empty() {
                found.hint = Some(said.to_owned());
            }
            return found;
        }
        let lead = said.chars().next().is_some_and(|first| first.is_ascii_digit());
        found.status = status(said).or_else(|| lead.then(|| leading_status(said)).flatten());
        if found.status.is_some() || found.below_ms.is_some() {
            return found;
        }
        let exact = matches!(
            asked,
            "output" | "expected output" | "should print" | "should output" | "should contain"
        );
        if let Some(text) = exact.then(|| unquoted(said)).filter(|text| !text.is_empty()) {
            found.contains = Some(text.to_owned());
        } else if !said.is_empty() {
            found.hint = Some(said.to_owned());
        }
        found
    }
}

/// The word that asks, and what follows it.
fn asked(text: &str) -> Option<(&'static str, &str)> {
    let text = text.trim();
    for arrow in ["→", "=>", "->"] {
        if let Some(rest) = text.strip_prefix(arrow) {
            return Some(("expected", rest));
        }
    }
    if text.starts_with("{\"") || text.starts_with("HTTP ") || text.starts_with("HTTP/") {
        return Some(("expected", text));
    }
    let lower = text.to_ascii_lowercase();
    let found = ASKS.iter().filter_map(|word| {
        let at = lower.find(word)?;
        alone(&lower, &(at..at + word.len())).then_some((at, *word))
    });
    // The first in the text; of two at one place the longer one, which stands first in the table.
    let (at, word) = found.min_by_key(|(at, word)| (*at, usize::MAX - word.len()))?;
    let rest = from(text, at + word.len());
    let colon = rest.trim_start().starts_with([':', '=']);
    let begins = at == 0 || colon || word.contains(' ') || word.starts_with("return");
    let plain = matches!(word, "output" | "response" | "expected" | "expect") && !colon;
    let alone_asks = at == 0 && word.starts_with("expect");
    (begins && (!plain || alone_asks)).then(|| (word, rest.trim_start().trim_start_matches([':', '='])))
}

/// A status that says it is one: `HTTP 200`, `200 OK`, `status 204`, `returns 200`.
fn status(text: &str) -> Option<u16> {
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(bytes) = from(&lower, at).find(|letter: char| letter.is_ascii_digit()) {
        let start = at + bytes;
        let end = super::letters::run(&lower, start, |letter| letter.is_ascii_digit());
        at = end;
        let Some(number) = three(slice(&lower, start..end)).filter(|_| alone(&lower, &(start..end))) else {
            continue;
        };
        let head = slice(&lower, 0..start).trim_end_matches([' ', ':', '(', '`', '=']);
        let head = head.strip_suffix("/1.1").or(head.strip_suffix("/2")).unwrap_or(head);
        let tail = from(&lower, end).trim_start_matches([' ', '`', '-']);
        let named = [
            "http",
            "status",
            "code",
            "returns",
            "return",
            "responds with",
            "respond with",
            "answers",
            "statuscode",
        ];
        let after = [
            "ok",
            "created",
            "accepted",
            "no content",
            "status",
            "response",
            "not found",
            "unauthorized",
            "forbidden",
        ];
        let unit = tail.starts_with("ms")
            || tail.starts_with('%')
            || tail.starts_with("second")
            || tail.starts_with("row");
        let before_ok = named.iter().any(|word| head.ends_with(word)) && !unit;
        let after_ok = after.iter().any(|word| {
            tail.strip_prefix(word).is_some_and(|rest| !rest.chars().next().is_some_and(in_name))
        });
        if before_ok || after_ok {
            return Some(number);
        }
    }
    None
}

fn three(digits: &str) -> Option<u16> {
    digits.parse().ok().filter(|number| digits.len() == 3 && (100..600).contains(number))
}

/// `200` at the start, and nothing that counts something else.
fn leading_status(said: &str) -> Option<u16> {
    let end = super::letters::run(said, 0, |letter| letter.is_ascii_digit());
    let tail = from(said, end).trim();
    let ends = tail.is_empty() || tail.starts_with([',', '.', ';', '(', '-', '/', '{']);
    three(slice(said, 0..end)).filter(|_| ends)
}

/// `< 500ms`, `under 2 s`, `less than 1 second`: milliseconds.
fn below(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    for sign in ["<=", "<", "≤", "under ", "below ", "less than ", "within ", "at most "] {
        let Some(at) = lower.find(sign) else { continue };
        let rest = from(&lower, at + sign.len()).trim_start();
        let end = super::letters::run(rest, 0, |letter| letter.is_ascii_digit() || letter == '.');
        let Ok(number) = slice(rest, 0..end).parse::<f64>() else { continue };
        let unit = from(rest, end).trim_start();
        let unit = slice(unit, 0..super::letters::run(unit, 0, char::is_alphabetic));
        let factor = match unit {
            "ms" | "msec" | "millisecond" | "milliseconds" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
            _ => continue,
        };
        let whole = (number * factor).round();
        if (1.0..=3_600_000.0).contains(&whole) {
            return format!("{whole:.0}").parse().ok();
        }
    }
    None
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let quote = byte(text, 0);
    if matches!(quote, b'"' | b'\'' | b'`') {
        let rest = from(text, 1);
        return rest.find(char::from(quote)).map_or(text, |end| slice(rest, 0..end));
    }
    if letter(text, 0) == Some('“') {
        return from(text, '“'.len_utf8()).split('”').next().unwrap_or_default();
    }
    text
}

#[cfg(test)]
mod tests;
