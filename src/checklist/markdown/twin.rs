//! The TOML twin of a document: a checklist to go on editing, its source lines as comments, its checks commented out.
//!
//! Reading it back gives the same phases, items and ids. What was accepted stands as it is; every other check stands behind its item
//! with `# ` before each line. Texts of the document reach a comment on one line and without credentials. Not here: writing a
//! session's checklist (`checklist/write.rs`), files (`cli/import.rs`).

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use toml::{Table, Value};

use super::build::{Built, commented};
use super::document::Document;
use super::offers::{Offered, Offers};
use super::secrets::masked;
use crate::checklist::write::to_table;

/// More letters of a comment nobody reads.
const COMMENT_CHARS: usize = 200;

/// The twin of what was built. Errors: the writer's own, of which none is known.
pub fn twin(document: &Document, built: &Built, offers: &Offers) -> Result<String, toml::ser::Error> {
    let mut text = String::new();
    let comments = Comments::of(document, built, offers)?;
    let _: std::fmt::Result = writeln!(text, "# Made of {}.", one_line(&document.name));
    text.push_str("# Checks that its text suggests stand commented out behind their items: take away `# ` to ask them.\n\n");
    let table = to_table(&built.checklist)?;
    Writing { text: &mut text, comments: &comments }.table(&table, &mut Vec::new());
    Ok(text)
}

/// What stands beside each item.
struct Comments {
    /// The line an item was made of.
    lines: HashMap<String, String>,
    /// Commented out, behind an item: a remark and a table.
    offers: HashMap<String, Vec<(String, Option<Table>)>>,
}

impl Comments {
    fn of(document: &Document, built: &Built, offers: &Offers) -> Result<Self, toml::ser::Error> {
        let name = one_line(&document.name);
        let mut lines = HashMap::new();
        for (entry, item) in document.entries.iter().zip(&built.items) {
            if let Some(item) = item {
                lines.insert(item.to_string(), format!("{name}, line {}", entry.line));
            }
        }
        let there: HashSet<String> =
            built.checklist.all_items().into_iter().map(|at| at.item.id.to_string()).collect();
        let mut behind: HashMap<String, Vec<(String, Option<Table>)>> = HashMap::new();
        for offer in &offers.all {
            let item = offer.entry.and_then(|entry| built.items.get(entry)).cloned().flatten();
            let Some(item) = item else { continue };
            let list = behind.entry(item.to_string()).or_default();
            let remark = |what: &str| format!("offered, line {}: {}", offer.line, one_line(what));
            match &offer.what {
                Offered::Http(_) | Offered::Containers(_) => {
                    let Some(child) = commented(&item, offer, list.len()) else { continue };
                    if !there.contains(child.id.as_str()) {
                        let title = format!("{}{}", child.title.as_written(), needs(&offer.what));
                        list.push((remark(&title), Some(Table::try_from(&child)?)));
                    }
                }
                Offered::LogPane(logs) => {
                    list.push((remark(&format!("a log to look at {}", logs.services.join(", "))), None));
                }
                Offered::LogCheck(logs) => {
                    let pattern = logs.pattern.as_deref().unwrap_or_default();
                    let word = if logs.lacks { "no" } else { "a" };
                    list.push((remark(&format!("{word} `{pattern}` in the logs")), None));
                }
                Offered::Script(_) | Offered::Inline(_) | Offered::Variable(_) | Offered::ByHand { .. } => {}
            }
        }
        Ok(Self { lines, offers: behind })
    }
}

/// What a check needs that a person must declare with it.
fn needs(what: &Offered) -> String {
    let Offered::Http(http) = what else { return String::new() };
    let secrets = http.secrets.iter().map(|name| format!("[secrets.{name}]"));
    let names: Vec<String> =
        http.reads.iter().map(|name| format!("[variables.{name}]")).chain(secrets).collect();
    if names.is_empty() { String::new() } else { format!("; needs {}", names.join(", ")) }
}

/// A text on one line, without credentials, for a comment.
fn one_line(text: &str) -> String {
    let masked = masked(text);
    crate::text::safe(&masked).as_str().chars().take(COMMENT_CHARS).collect()
}

/// The writer: values first, then tables, as TOML wants it.
struct Writing<'a> {
    text: &'a mut String,
    comments: &'a Comments,
}

impl Writing<'_> {
    fn table(&mut self, table: &Table, path: &mut Vec<String>) {
        for (name, value) in table.iter().filter(|(_, value)| !is_table(value)) {
            let _: std::fmt::Result = writeln!(self.text, "{} = {}", key(name), written(value));
        }
        for (name, value) in table.iter().filter(|(_, value)| is_table(value)) {
            path.push(key(name));
            match value {
                Value::Table(inner) => {
                    // A header where something stands beneath it; else its own tables say enough.
                    if inner.is_empty() || inner.values().any(|value| !is_table(value)) {
                        self.header(&format!("[{}]", path.join(".")));
                    }
                    self.table(inner, path);
                }
                Value::Array(list) => {
                    for inner in list.iter().filter_map(Value::as_table) {
                        self.element(inner, path);
                    }
                }
                Value::String(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::Boolean(_)
                | Value::Datetime(_) => {}
            }
            path.pop();
        }
    }

    /// One of a list of tables; around an item stand its comments.
    fn element(&mut self, inner: &Table, path: &mut Vec<String>) {
        let is_item = path.last().is_some_and(|last| last == "items");
        let id = inner.get("id").and_then(Value::as_str).filter(|_| is_item);
        let line = id.and_then(|id| self.comments.lines.get(id));
        self.text.push('\n');
        if let Some(line) = line {
            let _: std::fmt::Result = writeln!(self.text, "# {line}");
        }
        let _: std::fmt::Result = writeln!(self.text, "[[{}]]", path.join("."));
        self.table(inner, path);
        let offers = id.and_then(|id| self.comments.offers.get(id));
        for (remark, table) in offers.into_iter().flatten() {
            let mut out = String::new();
            if let Some(table) = table {
                let nothing = Comments { lines: HashMap::new(), offers: HashMap::new() };
                path.push("items".to_owned());
                Writing { text: &mut out, comments: &nothing }.element(table, path);
                path.pop();
            }
            let _: std::fmt::Result = writeln!(self.text, "# {remark}");
            for line in out.lines().filter(|line| !line.is_empty()) {
                let _: std::fmt::Result = writeln!(self.text, "# {line}");
            }
        }
    }

    fn header(&mut self, header: &str) {
        self.text.push('\n');
        self.text.push_str(header);
        self.text.push('\n');
    }
}

/// Written with a header of its own. An empty list is a value.
fn is_table(value: &Value) -> bool {
    match value {
        Value::Table(_) => true,
        Value::Array(list) => !list.is_empty() && list.iter().all(Value::is_table),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            false
        }
    }
}

/// A name as it stands in a header or before `=`.
fn key(name: &str) -> String {
    let bare =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A value. A text of several lines stands as it is, where nothing in it would end it or be changed.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let plain = |letter: char| letter == '\n' || letter == '\t' || !letter.is_control();
            if text.contains('\n')
                && !text.contains("'''")
                && !text.ends_with('\'')
                && text.chars().all(plain)
            {
                format!("'''\n{text}'''")
            } else {
                quoted(text)
            }
        }
        Value::Array(list) => format!("[{}]", list.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => {
            value.to_string()
        }
    }
}

/// A text in double quotes, on one line.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter.is_control() => {
                let _: std::fmt::Result = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
