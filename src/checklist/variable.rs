//! Variables, asked once when a session starts, and secrets, known by name only.
//!
//! Not here: looking a default up (`runtime/defaults.rs`), checking a value's characters (`values.rs`).

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A variable: asked once, used everywhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// What values are allowed.
    #[serde(default)]
    pub kind: VariableKind,
    /// The choices of kind `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The value if nobody gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<VariableDefault>,
    /// It may stay empty when a session starts; it is asked before the first run that needs it. Default: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_needed: Option<bool>,
}

/// What values a variable takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VariableKind {
    /// Any line without control characters, at most 4 KiB.
    #[default]
    Text,
    /// A semantic version.
    Semver,
    /// One of `choices`.
    Choice,
    /// An http or https address; inserted into addresses as it is.
    Url,
    /// A path.
    Path,
    /// A whole number.
    Integer,
    /// Letters, digits and `._:/@+=,-`: for commands that were not written with care for anything else.
    Word,
}

/// Where the default comes from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum VariableDefault {
    /// A literal.
    Literal(String),
    /// Somewhere outside.
    From(DefaultSource),
}

impl<'de> Deserialize<'de> for VariableDefault {
    /// By hand, so that a fault inside the table is told of its word. A bare number or truth is taken as its text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = VariableDefault;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, or a source such as { git = \"last-tag\" }")
            }
            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<VariableDefault, E> {
                Ok(VariableDefault::Literal(value.to_string()))
            }
            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<VariableDefault, E> {
                Ok(VariableDefault::Literal(value.to_string()))
            }
            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<VariableDefault, E> {
                Ok(VariableDefault::Literal(value.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<VariableDefault, A::Error> {
                DefaultSource::deserialize(MapAccessDeserializer::new(map)).map(VariableDefault::From)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A place outside the checklist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DefaultSource {
    /// `last-tag`, `branch`, `commit`, `describe`.
    Git(String),
    /// An environment variable.
    Env(String),
    /// The first line of a file beside the checklist.
    File(String),
}

/// Where a secret comes from; never its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretSource {
    /// The source.
    pub from: SecretFrom,
}

/// A secret's source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretFrom {
    /// An environment variable.
    Env(String),
    /// A file; its last line end is dropped.
    File(String),
    /// A command's standard output, by argv.
    Command(Vec<String>),
}
