//! Tables, by the words of their headers: contacts, variables, sign-offs, gates and boxes; the others are to be read.
//!
//! A row with a box, or of gates and criteria, is an item; several columns of boxes are its children. Not here: what becomes of
//! contacts and sign-offs (`sections/people.rs`), the items (`entries.rs`).

mod kinds;

use std::ops::Range;

pub use self::kinds::TableKind;
use super::sections::EnvName;
use super::source::Source;
use super::tree::{Kind, NodeId, Tree};

/// How many rows of a document's tables are read; nobody works through more.
pub const ROWS_MAX: usize = 5_000;

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its node.
    pub node: NodeId,
    /// Its words, repaired for the screen.
    pub text: String,
    /// The box it begins with; `true`: ticked.
    pub ticked: Option<bool>,
}

/// A row below the header.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its node.
    pub node: NodeId,
    /// Its line, from 1.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Clone, Debug)]
pub struct TableRead {
    /// Its node.
    pub node: NodeId,
    /// Its first line, from 1.
    pub line: usize,
    /// Its range of the text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: TableKind,
    /// The words of its header.
    pub headers: Vec<String>,
    /// The rows below the header.
    pub rows: Vec<Row>,
}

/// The tables of a document, in file order.
pub fn tables(source: &Source, tree: &Tree) -> Vec<TableRead> {
    let mut left = ROWS_MAX;
    let mut found = Vec::new();
    for (id, node) in tree.all().filter(|(_, node)| node.kind == Kind::Table) {
        let mut headers = Vec::new();
        let mut rows = Vec::new();
        for (row_id, row) in tree.children(id) {
            let cells = tree.children(row_id).map(|(cell, _)| cell_of(source, tree, cell));
            if row.kind == Kind::TableHead {
                headers = cells.map(|cell| cell.text).collect();
            } else if left > 0 {
                left -= 1;
                rows.push(Row { node: row_id, line: source.line(row.range.start), cells: cells.collect() });
            }
        }
        let kind = kinds::kind(&headers, &rows);
        found.push(TableRead {
            node: id,
            line: source.line(node.range.start),
            range: node.range.clone(),
            kind,
            headers,
            rows,
        });
    }
    found
}

fn cell_of(source: &Source, tree: &Tree, cell: NodeId) -> Cell {
    let text = source.mended(&tree.words(source.text(), cell));
    let (ticked, rest) = kinds::boxed(&text);
    let text = if ticked.is_some() { rest.trim().to_owned() } else { text };
    Cell { node: cell, text, ticked }
}

impl TableRead {
    /// The column whose header holds one of these words, the first of them.
    pub fn column(&self, words: &[&str]) -> Option<usize> {
        kinds::column(&self.headers, words)
    }

    /// The words that name a row: those of its first cell that is neither a number nor a box.
    pub fn title<'r>(&self, row: &'r Row) -> &'r str {
        let names = row.cells.iter().filter(|cell| cell.ticked.is_none()).map(|cell| cell.text.trim());
        let mut names = names.filter(|text| text.chars().any(char::is_alphabetic));
        names
            .next()
            .or_else(|| row.cells.iter().map(|cell| cell.text.trim()).find(|text| !text.is_empty()))
            .unwrap_or_default()
    }

    /// The cells of a row that are boxes, each with the words of its column.
    pub fn boxes<'r>(&'r self, row: &'r Row) -> impl Iterator<Item = (&'r Cell, &'r str)> {
        let named = row.cells.iter().enumerate().filter(|(_, cell)| cell.ticked.is_some());
        named.map(|(index, cell)| (cell, self.headers.get(index).map_or("", String::as_str)))
    }
}

/// The names of environment variables in tables of variables. Example values are never kept.
pub fn env_names(tables: &[TableRead]) -> Vec<EnvName> {
    let mut names = Vec::new();
    for table in tables.iter().filter(|table| table.kind == TableKind::Variables) {
        let name = table.column(kinds::VARIABLE).unwrap_or(0);
        let what = table.column(&[
            "description",
            "purpose",
            "meaning",
            "beschreibung",
            "descripción",
            "descrição",
            "descrizione",
            "описание",
            "说明",
            "説明",
        ]);
        for row in &table.rows {
            let written = row.cells.get(name).map(|cell| cell.text.replace('`', "")).unwrap_or_default();
            let written = written.split_whitespace().next().unwrap_or_default();
            let written = written.split('=').next().unwrap_or_default();
            let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            if !written.is_empty()
                && written.chars().all(fits)
                && !written.starts_with(|letter: char| letter.is_ascii_digit())
            {
                let what = what
                    .and_then(|index| row.cells.get(index))
                    .map(|cell| cell.text.clone())
                    .unwrap_or_default();
                names.push(EnvName { line: row.line, name: written.to_owned(), what });
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<TableRead> {
        let source = Source::read(text.as_bytes()).unwrap();
        let tree = Tree::read(source.text());
        tables(&source, &tree)
    }

    #[test]
    fn headers_say_what_a_table_is() {
        for (header, row, kind) in [
            ("Role | Name | Contact", "DBA | Ada | a@b.c", TableKind::Contacts),
            ("Variable | Description | Example", "`A_B` | x | y", TableKind::Variables),
            ("Role | Signature | Date", "QA | | ", TableKind::SignOff),
            ("Gate | Status", "Tests | pending", TableKind::Items),
            ("Check | Done", "Tests | ☐", TableKind::Items),
            ("Service | Port", "api | 80", TableKind::Reference),
            ("Step | Owner | Dev | Prod", "Ship | x | [ ] | [x]", TableKind::Items),
        ] {
            let table =
                read(&format!("{header}\n{}\n{row}\n", vec!["---"; header.split('|').count()].join("|")));
            assert_eq!(table[0].kind, kind, "{header}");
        }
    }

    #[test]
    fn a_row_has_a_title_and_boxes() {
        let found = read("| # | Item | Dev | Prod |\n|-|-|-|-|\n| 1 | Ship `x` | ☐ | [x] yes |\n");
        let row = &found[0].rows[0];
        assert_eq!(found[0].title(row), "Ship `x`");
        let boxes: Vec<_> = found[0].boxes(row).map(|(cell, column)| (cell.ticked, column)).collect();
        assert_eq!(boxes, [(Some(false), "Dev"), (Some(true), "Prod")]);
    }

    #[test]
    fn names_of_variables_come_without_their_values() {
        let found = read(
            "| Variable | Description | Example |\n|-|-|-|\n| `DB_PASSWORD` | a password | hunter2 |\n| not one | | |\n",
        );
        let names = env_names(&found);
        assert_eq!(
            names,
            [
                EnvName { line: 3, name: "DB_PASSWORD".into(), what: "a password".into() },
                EnvName { line: 4, name: "not".into(), what: String::new() }
            ]
        );
    }
}
