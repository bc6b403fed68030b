//! From TOML text to [`Table`] in the order of the text, and back: one writer for inline values and for documents.
//!
//! The `toml` crate parses; its maps sort by key, so the order is taken from the spans. Its serialiser is never used on
//! a session: measured quadratic, and it leaves bidi and C1 characters raw. Not here: lines and headers.

use toml::de::{DeTable, DeValue};

use super::escape::{write_basic, write_key, write_signed};
use super::value::{Table, Value, ValueFault};

/// The key whose text is written as a literal string: the exact bytes a person signed.
pub const SIGNED_KEY: &str = "payload";

/// Text that does not become a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// The parser's own words.
    #[error("not TOML: {0}")]
    NotToml(String),
    /// A value events and checklists do not have.
    #[error(transparent)]
    Value(#[from] ValueFault),
}

impl Table {
    /// Reads a TOML document, keys in the order of the text; floats keep their spelling.
    ///
    /// # Errors
    /// Not TOML, a date, or an integer outside 64 bits.
    pub fn from_toml(text: &str) -> Result<Self, ReadFault> {
        let document =
            DeTable::parse(text).map_err(|fault| ReadFault::NotToml(fault.message().to_owned()))?;
        Ok(read_table(document.get_ref())?)
    }
}

fn read_table(table: &DeTable<'_>) -> Result<Table, ValueFault> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut out = Table::new();
    for (key, value) in entries {
        out.push(key.get_ref().to_string(), read_value(value.get_ref())?);
    }
    Ok(out)
}

fn read_value(value: &DeValue<'_>) -> Result<Value, ValueFault> {
    Ok(match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            Value::Integer(parsed.map_err(|_why| ValueFault::IntegerTooBig(number.to_string()))?)
        }
        DeValue::Float(number) => Value::Decimal(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Value::Boolean(*yes),
        DeValue::Datetime(_) => return Err(ValueFault::Date),
        DeValue::Array(list) => {
            Value::List(list.iter().map(|value| read_value(value.get_ref())).collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => Value::Table(read_table(table)?),
    })
}

/// Appends a table on one line: `{ a = 1, b = "x" }`.
pub fn write_inline(out: &mut String, table: &Table) {
    if table.is_empty() {
        out.push_str("{}");
        return;
    }
    for (place, (key, value)) in table.iter().enumerate() {
        out.push_str(if place == 0 { "{ " } else { ", " });
        write_pair(out, key, value);
    }
    out.push_str(" }");
}

/// Appends `key = value`.
pub fn write_pair(out: &mut String, key: &str, value: &Value) {
    write_key(out, key);
    out.push_str(" = ");
    match value {
        Value::Text(text) if key == SIGNED_KEY => write_signed(out, text),
        value => write_value(out, value),
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) => write_basic(out, text),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::Decimal(text) => out.push_str(text),
        Value::Boolean(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Value::List(list) => {
            for (place, value) in list.iter().enumerate() {
                out.push_str(if place == 0 { "[" } else { ", " });
                write_value(out, value);
            }
            out.push_str(if list.is_empty() { "[]" } else { "]" });
        }
        Value::Table(table) => write_inline(out, table),
    }
}

/// A table as a TOML document below `[prefix]`, every table's name prefixed; an empty prefix writes at the top.
///
/// Reads back equal, order included: a table that stands before a plain value of its parent is written inline.
pub fn write_toml_document(prefix: &str, table: &Table) -> String {
    let mut out = String::new();
    let mut path = String::new();
    if !prefix.is_empty() {
        write_key(&mut path, prefix);
        out.extend(["[", &path, "]\n"]);
    }
    write_section(&mut out, &path, table);
    out
}

fn write_section(out: &mut String, path: &str, table: &Table) {
    let entries: Vec<_> = table.iter().collect();
    let plain = entries.iter().rposition(|(_, value)| !is_section(value)).map_or(0, |last| last + 1);
    let (plain, sections) = entries.split_at_checked(plain).unwrap_or_default();
    for (key, value) in plain {
        write_pair(out, key, value);
        out.push('\n');
    }
    for (key, value) in sections {
        let mut name = path.to_owned();
        if !path.is_empty() {
            name.push('.');
        }
        write_key(&mut name, key);
        match value {
            Value::Table(inner) => {
                out.extend(["\n[", &name, "]\n"]);
                write_section(out, &name, inner);
            }
            Value::List(list) => {
                for inner in list.iter().filter_map(Value::as_table) {
                    out.extend(["\n[[", &name, "]]\n"]);
                    write_section(out, &name, inner);
                }
            }
            Value::Text(_) | Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_) => {}
        }
    }
}

/// Is this written below its own `[name]`?
fn is_section(value: &Value) -> bool {
    match value {
        Value::Table(_) => true,
        Value::List(list) => !list.is_empty() && list.iter().all(|value| matches!(value, Value::Table(_))),
        Value::Text(_) | Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_) => false,
    }
}

impl TryFrom<&toml::Table> for Table {
    type Error = ValueFault;
    /// Takes over a table of the `toml` crate, in its order (by key). Floats become [`Value::Decimal`], which no event may carry.
    fn try_from(table: &toml::Table) -> Result<Self, ValueFault> {
        table.iter().map(|(key, value)| Ok((key.clone(), value_from(value)?))).collect()
    }
}

fn value_from(value: &toml::Value) -> Result<Value, ValueFault> {
    Ok(match value {
        toml::Value::String(text) => Value::Text(text.clone()),
        toml::Value::Integer(number) => Value::Integer(*number),
        toml::Value::Float(number) => Value::Decimal(format!("{number:?}")),
        toml::Value::Boolean(yes) => Value::Boolean(*yes),
        toml::Value::Datetime(_) => return Err(ValueFault::Date),
        toml::Value::Array(list) => Value::List(list.iter().map(value_from).collect::<Result<_, _>>()?),
        toml::Value::Table(table) => Value::Table(table.try_into()?),
    })
}

impl From<&Table> for toml::Table {
    fn from(table: &Table) -> Self {
        table.iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
    }
}

impl From<&Value> for toml::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::String(text.clone()),
            Value::Integer(number) => Self::Integer(*number),
            Value::Decimal(text) => text.parse().map_or_else(|_why| Self::String(text.clone()), Self::Float),
            Value::Boolean(yes) => Self::Boolean(*yes),
            Value::List(list) => Self::Array(list.iter().map(Into::into).collect()),
            Value::Table(table) => Self::Table(table.into()),
        }
    }
}
