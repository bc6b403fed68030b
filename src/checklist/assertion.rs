//! The words of assertions: what an answer must be.
//!
//! All are compiled at load; a bad one is a located problem. Not here: judging (`rules/assertion.rs`).

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::period::{Period, TextOf};

/// A comparison with a number, a period, a size or a percentage: `"< 2s"`, `">= 3"`, `"== 0"`, `"> 99 %"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The operator.
    pub operator: Operator,
    /// The right side, with its unit.
    pub value: Quantity,
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// A bare number.
    Number(f64),
    /// A length of time.
    Period(Period),
    /// A size in bytes.
    Bytes(u64),
    /// A percentage, 0 to 100.
    Percent(f64),
}

const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];
const SIZES: [(&str, u64); 7] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("B", 1),
];

impl Operator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("==", |(word, _)| word)
    }
    /// Does `left OP right` hold? A NaN never does.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match left.partial_cmp(&right) {
            None => false,
            Some(order) => match self {
                Self::Equal => order.is_eq(),
                Self::NotEqual => order.is_ne(),
                Self::Less => order.is_lt(),
                Self::LessOrEqual => order.is_le(),
                Self::Greater => order.is_gt(),
                Self::GreaterOrEqual => order.is_ge(),
            },
        }
    }
}

impl Quantity {
    /// Reads `3`, `2s`, `20 GB`, `90 %`. Errors: anything else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(number) = text.strip_suffix('%') {
            return number
                .trim()
                .parse()
                .map(Self::Percent)
                .map_err(|_error| format!("`{text}` is not a percentage"));
        }
        if let Ok(number) = text.parse::<f64>()
            && number.is_finite()
        {
            return Ok(Self::Number(number));
        }
        for (unit, scale) in SIZES {
            if let Some(number) = text.strip_suffix(unit)
                && let Ok(number) = number.trim().parse::<u64>()
            {
                return number
                    .checked_mul(scale)
                    .map(Self::Bytes)
                    .ok_or_else(|| format!("`{text}` is too large a size"));
            }
        }
        Period::parse(text).map(Self::Period).map_err(|_error| {
            format!("`{text}` is not a number, length of time (2s), size (20 MB) or percentage (90 %)")
        })
    }
    /// The bare number: milliseconds, bytes, percent or the number itself.
    #[expect(clippy::cast_precision_loss, reason = "periods and sizes far below 2^53")]
    pub fn number(self) -> f64 {
        match self {
            Self::Number(number) | Self::Percent(number) => number,
            Self::Period(period) => period.as_ms() as f64,
            Self::Bytes(bytes) => bytes as f64,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Period(period) => write!(f, "{period}"),
            Self::Bytes(bytes) => write!(f, "{bytes} B"),
            Self::Percent(number) => write!(f, "{number} %"),
        }
    }
}

impl Comparison {
    /// Reads `"< 2s"`. Errors: no operator, no quantity.
    pub fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        for (word, operator) in OPERATORS {
            if let Some(rest) = trimmed.strip_prefix(word) {
                return Ok(Self { operator, value: Quantity::parse(rest)? });
            }
        }
        Err(format!("`{text}` has no comparison; write it as \"< 2s\" or \"== 0\""))
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operator.as_str(), self.value)
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Comparison {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer
            .deserialize_str(TextOf("a comparison with its unit such as \"< 2s\" or \"== 0\""))?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

impl JsonSchema for Comparison {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Comparison".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "a comparison with a unit: \"< 2s\", \">= 3\", \"== 0\", \"> 99 %\"",
            "pattern": "^ *(==|!=|<=|>=|<|>) *[0-9].*$"
        })
    }
}

/// An HTTP status: one, several, or a class such as `"2xx"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a status such as 200, [200, 204] or \"2xx\"")]
pub enum StatusMatch {
    /// Exactly this.
    One(u16),
    /// Any of these.
    Several(Vec<u16>),
    /// A class: `1xx` to `5xx`.
    Class(String),
}

/// A scalar to compare with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a text, a number, true or false")]
pub enum Scalar {
    /// true or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A text; may hold `{name}`.
    Text(String),
}

/// What a value must be: a scalar means `equals`, a table holds words that all must hold.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Words {
    /// Equal to this.
    Equals(Scalar),
    /// All of these.
    All(Box<WordTable>),
}

impl<'de> Deserialize<'de> for Words {
    /// By hand, so that a fault inside the table is told of the word, not of the whole value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, or a table of words such as { contains = \"…\" }")
            }
            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Words, E> {
                Ok(Words::Equals(Scalar::Boolean(value)))
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Words, E> {
                Ok(Words::Equals(Scalar::Integer(value)))
            }
            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Words, E> {
                Ok(Words::Equals(Scalar::Number(value)))
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Words, E> {
                Ok(Words::Equals(Scalar::Text(value.to_owned())))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Words, A::Error> {
                WordTable::deserialize(MapAccessDeserializer::new(map))
                    .map(|table| Words::All(Box::new(table)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Words about a value; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordTable {
    /// Equal to this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Scalar>,
    /// The text holds this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// The text matches this regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// The text starts so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// The text ends so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// The text is empty, or is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<bool>,
    /// The value is there, or is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// The number compares so: `is = "> 3"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Comparison>,
    /// None of these holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<WordTable>>,
}
