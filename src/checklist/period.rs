//! A length of time as a checklist spells it: `500ms`, `30s`, `6m`, `24h`, `7d`.
//!
//! Not here: moments (chrono's types) or what happens when one is over (`rules`, `engine`).

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A length of time in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    ms: u64,
}

/// The longest period a checklist may name: ten years, far beyond any release.
const PERIOD_MAX_MS: u64 = 3_650 * 86_400_000;
const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl Period {
    /// From milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self { ms }
    }
    /// From seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self { ms: secs * 1_000 }
    }
    /// From minutes.
    pub const fn from_mins(mins: u64) -> Self {
        Self { ms: mins * 60_000 }
    }
    /// In milliseconds.
    pub const fn as_ms(self) -> u64 {
        self.ms
    }
    /// As the standard library's duration.
    pub const fn as_std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.ms)
    }
    /// As chrono's delta; periods are bounded, so this never overflows.
    pub fn as_delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::milliseconds(i64::try_from(self.ms).unwrap_or(i64::MAX))
    }
    /// Reads `90s`, `6m`, `1h 30m`. Errors: no number, no unit, an unknown unit, longer than ten years.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || format!("`{text}` is not a length of time; write it as 30s, 6m, 24h or 7d");
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(expected());
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let digits_end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(expected)?;
            let (digits, tail) = rest.split_at(digits_end);
            let number: u64 = digits.parse().map_err(|_error| expected())?;
            let unit_end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (unit, after) = tail.split_at(unit_end);
            let scale =
                UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ms)| *ms).ok_or_else(expected)?;
            total = number.checked_mul(scale).and_then(|ms| total.checked_add(ms)).ok_or_else(expected)?;
            rest = after.trim_start();
        }
        if total > PERIOD_MAX_MS {
            return Err(format!("`{text}` is longer than ten years"));
        }
        Ok(Self { ms: total })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ms == 0 {
            return f.write_str("0s");
        }
        let (unit, scale) = UNITS
            .iter()
            .rev()
            .find(|(_, scale)| self.ms.is_multiple_of(*scale))
            .copied()
            .unwrap_or(("ms", 1));
        write!(f, "{}{unit}", self.ms / scale)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Takes a text, and says what kind of text it wants when it finds something else.
pub(super) struct TextOf(pub(super) &'static str);

impl serde::de::Visitor<'_> for TextOf {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text =
            deserializer.deserialize_str(TextOf("a length of time such as \"30s\", \"6m\" or \"24h\""))?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "a length of time: 500ms, 30s, 6m, 24h, 7d",
            "pattern": "^([0-9]+(ms|s|m|h|d) ?)+$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn a_period_is_read_as_it_is_written() {
        for (text, ms) in
            [("500ms", 500), ("30s", 30_000), ("6m", 360_000), ("24h", 86_400_000), ("1h 30m", 5_400_000)]
        {
            assert_eq!(Period::parse(text), Ok(Period::from_ms(ms)), "{text}");
        }
        assert_eq!(Period::from_ms(5_400_000).to_string(), "90m");
    }

    #[test]
    fn what_is_no_period_is_refused_with_the_text() {
        for text in ["", "6", "m", "6 parsecs", "-1s", "99999999999999999999d", "4000d"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }
}
