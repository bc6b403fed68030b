//! Who is reached and who signs: bullets, lines and tables under contacts, and lines with a blank under approval words.
//!
//! Boxes there stay tasks. Blanks for date, version and commit are for the record to fill. Not here: the roles they become
//! (`build/people.rs`).

use super::{Mode, Sections};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::tables::{TableKind, TableRead};
use crate::checklist::markdown::tree::{Kind, NodeId};

/// A longer text before a colon is a sentence, in characters.
const ROLE_MAX: usize = 60;
/// So many low lines are a blank to sign on.
const BLANK: &str = "___";
/// What stands before a blank and is no role: the record knows it, or it is part of a signature.
const FILLED: [&str; 34] = [
    "date",
    "time",
    "version",
    "commit",
    "tag",
    "build",
    "release",
    "release version",
    "release date",
    "signature",
    "sign",
    "signed",
    "name",
    "notes",
    "note",
    "comment",
    "comments",
    "ticket",
    "environment",
    "datum",
    "uhrzeit",
    "unterschrift",
    "version number",
    "data",
    "fecha",
    "firma",
    "versión",
    "versão",
    "versione",
    "versie",
    "wersja",
    "дата",
    "версия",
    "日期",
];

/// Somebody to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactText {
    /// The line, from 1.
    pub line: usize,
    /// The item, paragraph or row.
    pub node: NodeId,
    /// What for.
    pub role: String,
    /// Who; none: nobody filled it in.
    pub name: Option<String>,
    /// How; none: nobody filled it in.
    pub reach: Option<String>,
    /// When.
    pub hours: Option<String>,
}

/// A line to sign on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignoffText {
    /// The line, from 1.
    pub line: usize,
    /// The paragraph, item or row.
    pub node: NodeId,
    /// The role that signs, or what the record fills in.
    pub role: String,
    /// Is it filled in from the record: a date, a version?
    pub filled: bool,
}

/// Whom to reach, in file order.
pub(super) fn contacts(document: &Document, sections: &Sections) -> Vec<ContactText> {
    let mut found: Vec<ContactText> =
        document.tables.iter().filter(|table| table.kind == TableKind::Contacts).flat_map(of_table).collect();
    for stretch in sections.stretches.iter().filter(|stretch| stretch.mode == Mode::Contacts) {
        for (id, node) in document.tree.within(&stretch.range) {
            let said = match node.kind {
                Kind::Item => vec![(document.source.line(node.range.start), document.own_words(id))],
                Kind::Paragraph if at_margin(document, id) && !document.outline.is_label(id) => {
                    lines(document, id)
                }
                _ => continue,
            };
            found.extend(said.iter().filter_map(|(line, text)| contact(*line, id, text)));
        }
    }
    found.sort_by_key(|contact| contact.line);
    found
}

fn at_margin(document: &Document, id: NodeId) -> bool {
    document.tree.above(id).next().is_some_and(|(_, above)| above.kind == Kind::Document)
}

/// The lines of a paragraph with their numbers, without marks of emphasis.
fn lines(document: &Document, id: NodeId) -> Vec<(usize, String)> {
    let range = document.tree.node(id).range.clone();
    let first = document.source.line(range.start);
    let last = document.source.line(range.end.saturating_sub(1)).max(first);
    (first..=last)
        .map(|line| {
            (
                line,
                document.source.shown(document.source.line_range(line)).replace("**", "").trim().to_owned(),
            )
        })
        .collect()
}

/// "Role: who" as a contact.
fn contact(line: usize, node: NodeId, text: &str) -> Option<ContactText> {
    let bare = text.trim_start_matches(|letter: char| !letter.is_alphanumeric() && letter != '@');
    let (role, value) =
        bare.split_once([':', '：']).or_else(|| bare.split_once(" – ")).or_else(|| bare.split_once(" — "))?;
    let role = role.trim().trim_end_matches(['*', '_']).trim();
    if role.is_empty() || role.chars().count() > ROLE_MAX || role.ends_with("//") {
        return None;
    }
    let (name, reach) = who(value);
    Some(ContactText { line, node, role: role.to_owned(), name, reach, hours: None })
}

/// Names and ways to reach somebody, apart.
fn who(value: &str) -> (Option<String>, Option<String>) {
    let pieces = value
        .split([',', ';', '|', '(', ')'])
        .flat_map(|piece| piece.split(" - "))
        .flat_map(|piece| piece.split(" – "));
    let (mut names, mut ways) = (Vec::new(), Vec::new());
    for piece in pieces.map(|piece| piece.trim().trim_matches('`').trim()).filter(|piece| filled(piece)) {
        if is_way(piece) { ways.push(piece) } else { names.push(piece) }
    }
    let joined = |pieces: Vec<&str>| (!pieces.is_empty()).then(|| pieces.join(", "));
    (joined(names), joined(ways))
}

/// Does it say something, or is it a place to fill?
fn filled(text: &str) -> bool {
    let bare = text.trim();
    let placed = (bare.starts_with('[') && bare.ends_with(']'))
        || (bare.starts_with('<') && bare.ends_with('>'))
        || (bare.starts_with("{{") && bare.ends_with("}}"));
    let open =
        matches!(bare.to_lowercase().as_str(), "" | "tbd" | "tba" | "todo" | "n/a" | "-" | "—" | "…" | "...");
    !placed && !open && bare.chars().any(char::is_alphanumeric)
}

fn is_way(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let lower = text.to_lowercase();
    text.contains('@')
        || digits >= 5
        || text.starts_with(['#', '+'])
        || lower.contains("://")
        || ["slack", "pagerduty", "teams", "phone", "tel", "ext", "email", "e-mail"]
            .iter()
            .any(|word| lower.starts_with(word))
}

fn of_table(table: &TableRead) -> Vec<ContactText> {
    let column = |words: &[&str]| table.column(words);
    let role = column(&[
        "role", "team", "function", "area", "for", "rolle", "rôle", "rol", "función", "função", "ruolo",
        "роль", "角色", "担当", "役割",
    ]);
    let name =
        column(&["name", "person", "who", "nom", "nombre", "nome", "naam", "имя", "姓名", "氏名", "名前"]);
    let hours = column(&[
        "availability",
        "available",
        "hours",
        "when",
        "schedule",
        "timezone",
        "erreichbar",
        "disponib",
        "доступ",
    ]);
    let taken = [role, name, hours];
    let mut contacts = Vec::new();
    for row in &table.rows {
        let cell = |index: Option<usize>| {
            index.and_then(|index| row.cells.get(index)).map(|cell| cell.text.trim().to_owned())
        };
        let said = |index: Option<usize>| cell(index).filter(|text| filled(text));
        let ways: Vec<&str> = row
            .cells
            .iter()
            .enumerate()
            .filter(|(index, cell)| !taken.contains(&Some(*index)) && filled(&cell.text))
            .map(|(_, cell)| cell.text.trim())
            .collect();
        let Some(what) = said(role).or_else(|| said(name)) else { continue };
        contacts.push(ContactText {
            line: row.line,
            node: row.node,
            role: what,
            name: said(name).filter(|_| role.is_some()),
            reach: (!ways.is_empty()).then(|| ways.join(", ")),
            hours: said(hours),
        });
    }
    contacts
}

/// Who signs, and what the record fills in beside it, in file order.
pub(super) fn signoffs(document: &Document, sections: &Sections) -> Vec<SignoffText> {
    let mut found = Vec::new();
    for table in document.tables.iter().filter(|table| table.kind == TableKind::SignOff) {
        for row in &table.rows {
            let role = row
                .cells
                .iter()
                .map(|cell| cell.text.trim())
                .find(|text| filled(text) && !text.contains(BLANK));
            if let Some(role) = role {
                found.push(SignoffText {
                    line: row.line,
                    node: row.node,
                    role: role.to_owned(),
                    filled: false,
                });
            }
        }
    }
    let boxed = |id: NodeId| document.boxes.tasks.binary_search_by_key(&id, |task| task.node).is_ok();
    for stretch in sections.stretches.iter().filter(|stretch| stretch.mode == Mode::SignOff) {
        for (id, node) in document.tree.within(&stretch.range) {
            let said = match node.kind {
                Kind::Item if !boxed(id) => {
                    vec![(document.source.line(node.range.start), document.own_words(id))]
                }
                Kind::Paragraph if at_margin(document, id) => lines(document, id),
                _ => continue,
            };
            found.extend(said.iter().flat_map(|(line, text)| signed(*line, id, text)));
        }
    }
    found.sort_by_key(|signoff| signoff.line);
    found
}

/// What stands before each blank of a line.
fn signed(line: usize, node: NodeId, text: &str) -> Vec<SignoffText> {
    let plain = text.replace("**", "").replace("\\_", "_");
    let mut found = Vec::new();
    let mut rest = plain.as_str();
    while let Some((before, after)) = rest.split_once(BLANK) {
        rest = after.trim_start_matches('_');
        let role =
            before.trim().trim_start_matches(['|', '/', ',', ';', '(', ')', '-', '*', '+', '•', '☐']).trim();
        let role = role.trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != ')').trim();
        let role = role.trim_start_matches(['@', '#']).trim();
        if role.is_empty() || role.chars().count() > ROLE_MAX {
            continue;
        }
        let filled = FILLED.contains(&role.to_lowercase().as_str());
        found.push(SignoffText { line, node, role: role.to_owned(), filled });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::markdown::tree::Tree;

    #[test]
    fn a_contact_is_a_role_and_who_it_is() {
        let root = Tree::read("").root();
        let read = |text: &str| contact(1, root, text).map(|said| (said.role, said.name, said.reach));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("Primary: [Contact info]"), Some(("Primary".to_owned(), None, None)));
        assert_eq!(
            read("On-call: Ada (ada@example.com, +1 555 0100)"),
            Some(("On-call".to_owned(), some("Ada"), some("ada@example.com, +1 555 0100")))
        );
        assert_eq!(read("DBA: TBD"), Some(("DBA".to_owned(), None, None)));
        assert_eq!(read("call somebody"), None);
    }

    #[test]
    fn a_line_with_a_blank_is_signed_by_its_role() {
        let root = Tree::read("").root();
        let read = |text: &str| {
            signed(1, root, text).into_iter().map(|said| (said.role, said.filled)).collect::<Vec<_>>()
        };
        assert_eq!(read("**Release manager:** _______________"), [("Release manager".to_owned(), false)]);
        assert_eq!(
            read("Approved by: ____  Date: ____"),
            [("Approved by".to_owned(), false), ("Date".to_owned(), true)]
        );
        assert_eq!(read("no blank: here"), []);
    }
}
