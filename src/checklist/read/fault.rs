//! Why a value could not become its part of the model, and which part of the tree to leave out when reading again.

use std::fmt;
use std::ops::Range;

use serde::de::{Error, Expected, Unexpected};
use toml::Spanned;
use toml::de::DeValue;

/// A fault of shape; boxed because it travels in every `Result` of the reader.
#[derive(Clone, Debug)]
pub(super) struct Fault(pub(super) Box<Shape>);

/// What is wrong and where.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) kind: FaultKind,
    /// Known once the fault passed the value it belongs to.
    pub(super) at: Option<(Range<usize>, Omit)>,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub(super) enum FaultKind {
    /// A key nobody knows, and those that are known.
    UnknownKey(String, &'static [&'static str]),
    /// A key that must be there.
    Missing(&'static str),
    /// A word nobody knows, and those that are known.
    UnknownWord(String, &'static [&'static str]),
    /// Another type or value.
    Wrong { found: String, expected: String },
    /// In its own words.
    Other(String),
}

/// What to leave out, or to fill in, when reading again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Omit {
    /// This value; known by its address in the tree, which does not move.
    Value(usize),
    /// Fill this missing key of this table.
    Fill(usize, &'static str),
}

/// The address of a value: its name while the tree stands still.
pub(super) fn address(value: &Spanned<DeValue<'_>>) -> usize {
    std::ptr::from_ref(value.get_ref()).addr()
}

impl Fault {
    pub(super) fn new(kind: FaultKind) -> Self {
        Self(Box::new(Shape { kind, at: None }))
    }
    /// Bound to a place, unless it already is.
    pub(super) fn or_at(mut self, span: Range<usize>, omit: Omit) -> Self {
        if self.0.at.is_none() {
            self.0.at = Some((span, omit));
        }
        self
    }
    /// Bound to this value, unless it already is: an unknown key to the key, a missing one to the table.
    pub(super) fn at_value(mut self, value: &Spanned<DeValue<'_>>) -> Self {
        if self.0.at.is_some() {
            return self;
        }
        let place = match (&self.0.kind, value.get_ref()) {
            (FaultKind::Missing(field), DeValue::Table(table)) => {
                let place = (value.span(), Omit::Fill(address(value), field));
                if table.contains_key(*field) {
                    // It was there and was left out: that has been told.
                    self.0.kind = FaultKind::Other(String::new());
                }
                place
            }
            (FaultKind::UnknownKey(name, _) | FaultKind::UnknownWord(name, _), DeValue::Table(table)) => {
                match table.iter().find(|(key, _)| key.get_ref().as_ref() == name.as_str()) {
                    Some((key, inner)) => (key.span(), Omit::Value(address(inner))),
                    None => (value.span(), Omit::Value(address(value))),
                }
            }
            (
                FaultKind::Missing(_)
                | FaultKind::UnknownKey(..)
                | FaultKind::UnknownWord(..)
                | FaultKind::Wrong { .. }
                | FaultKind::Other(_),
                _,
            ) => (value.span(), Omit::Value(address(value))),
        };
        self.or_at(place.0, place.1)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.kind)
    }
}

impl std::error::Error for Fault {}

/// What serde calls a thing, in words a person knows.
fn plainly(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    if text.starts_with("struct ") || text == "a map" {
        "a table".to_owned()
    } else if text == "a sequence" {
        "a list".to_owned()
    } else if ["u16", "u32", "u64", "i64"].contains(&text.as_str()) {
        "a whole number".to_owned()
    } else {
        text
    }
}

/// What was found, in words a person knows.
fn found(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Map => "a table".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Str(text) => format!("the text {text:?}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Bool(value) => format!("{value}"),
        other => other.to_string(),
    }
}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(FaultKind::Other(message.to_string()))
    }
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(FaultKind::Wrong { found: found(unexpected), expected: plainly(expected) })
    }
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }
    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(FaultKind::UnknownWord(variant.to_owned(), expected))
    }
    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(FaultKind::UnknownKey(field.to_owned(), expected))
    }
    fn missing_field(field: &'static str) -> Self {
        Self::new(FaultKind::Missing(field))
    }
}
