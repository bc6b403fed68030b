//! The data of an event as plain values: what a line may carry, in the order it was written, and its limits.
//!
//! Not here: what the values mean (`event.rs`), how they are spelled (`escape.rs`), how they are read (`reader.rs`).
//! No floats and no dates in an event; a checklist's floats travel as [`Value::Decimal`], in their own spelling.

use thiserror::Error;

/// Deepest nesting of `data`: more is a mistake or an attack on the reader's stack.
pub const NESTING_MAX: usize = 8;
/// Most elements of one array: bigger lists belong beside the record, bound by digest.
pub const LIST_MAX: usize = 1_000;
/// Longest string in bytes: run output is cut to 16 KiB, with room for escapes.
pub const TEXT_MAX: usize = 32 * 1024;

/// One value of an event's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string, any Unicode; at most [`TEXT_MAX`] bytes in an event.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A float of a checklist, as spelled there. Refused in an event.
    Decimal(String),
    /// Yes or no.
    Boolean(bool),
    /// An array, at most [`LIST_MAX`] elements in an event.
    List(Vec<Value>),
    /// An inline table.
    Table(Table),
}

/// Key and value pairs in the order they were inserted or read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    entries: Vec<(String, Value)>,
}

/// A value that may not be written into an event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValueFault {
    /// Nested deeper than [`NESTING_MAX`].
    #[error("nested deeper than {NESTING_MAX} levels")]
    TooDeep,
    /// An array with this many elements.
    #[error("an array of {0} elements; at most {LIST_MAX} fit in an event")]
    ListTooLong(usize),
    /// A string of this many bytes.
    #[error("a string of {0} bytes; at most {TEXT_MAX} fit in an event")]
    TextTooLong(usize),
    /// A float, which events do not carry.
    #[error("the float {0}; events carry whole numbers or text")]
    Float(String),
    /// A TOML date, which events do not carry.
    #[error("a TOML date; events carry times as text")]
    Date,
    /// An integer outside 64 bits.
    #[error("the integer {0} does not fit in 64 bits")]
    IntegerTooBig(String),
}

impl Table {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds at the end, or replaces in place.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        let (key, value) = (key.into(), value.into());
        match self.entries.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.entries.push((key, value)),
        }
    }
    /// The same table with one more value.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.insert(key, value);
        self
    }
    /// The same table with one more value, if there is one.
    #[must_use]
    pub fn with_some(self, key: impl Into<String>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
    /// Adds at the end without looking for the same key: for readers, whose parser refused doubles already.
    pub(super) fn push(&mut self, key: String, value: Value) {
        self.entries.push((key, value));
    }
    /// Takes the value of a key out.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.entries.iter().position(|(name, _)| name == key)?;
        Some(self.entries.remove(at).1)
    }
    /// All pairs, in order, for whoever keeps them.
    pub(super) fn into_pairs(self) -> impl Iterator<Item = (String, Value)> {
        self.entries.into_iter()
    }
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
    /// The text of a key, if it is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_text)
    }
    /// The whole number of a key, if it is one.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Value::as_integer)
    }
    /// The yes or no of a key, if it is one.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.get(key).and_then(Value::as_boolean)
    }
    /// The array of a key, if it is one.
    pub fn list(&self, key: &str) -> Option<&[Value]> {
        self.get(key).and_then(Value::as_list)
    }
    /// The texts of an array; elements that are no text are left out. `None` if the key holds no array.
    pub fn texts(&self, key: &str) -> Option<Vec<&str>> {
        Some(self.list(key)?.iter().filter_map(Value::as_text).collect())
    }
    /// The table of a key, if it is one.
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.get(key).and_then(Value::as_table)
    }
    /// All pairs, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }
    /// How many pairs.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
    /// No pair at all?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
    /// Does it fit in an event? The table itself is the first level of nesting.
    ///
    /// # Errors
    /// The first limit that is broken, in order of writing.
    pub fn check(&self) -> Result<(), ValueFault> {
        self.check_at(1)
    }

    fn check_at(&self, depth: usize) -> Result<(), ValueFault> {
        if depth > NESTING_MAX {
            return Err(ValueFault::TooDeep);
        }
        self.entries.iter().try_for_each(|(key, value)| {
            check_text(key)?;
            value.check_at(depth)
        })
    }
}

impl Value {
    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }
    /// The yes or no, if it is one.
    pub fn as_boolean(&self) -> Option<bool> {
        if let Self::Boolean(yes) = self { Some(*yes) } else { None }
    }
    /// The elements, if it is an array.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }
    /// The table, if it is one.
    pub fn as_table(&self) -> Option<&Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    fn check_at(&self, depth: usize) -> Result<(), ValueFault> {
        match self {
            Self::Text(text) => check_text(text),
            Self::Integer(_) | Self::Boolean(_) => Ok(()),
            Self::Decimal(text) => Err(ValueFault::Float(text.clone())),
            Self::List(list) if depth + 1 > NESTING_MAX && !list.is_empty() => Err(ValueFault::TooDeep),
            Self::List(list) if list.len() > LIST_MAX => Err(ValueFault::ListTooLong(list.len())),
            Self::List(list) => list.iter().try_for_each(|value| value.check_at(depth + 1)),
            Self::Table(table) => table.check_at(depth + 1),
        }
    }
}

fn check_text(text: &str) -> Result<(), ValueFault> {
    if text.len() > TEXT_MAX { Err(ValueFault::TextTooLong(text.len())) } else { Ok(()) }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}
impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Boolean(yes)
    }
}
impl From<Table> for Value {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}
impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Table {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut table = Self::new();
        for (key, value) in pairs {
            table.insert(key, value);
        }
        table
    }
}
