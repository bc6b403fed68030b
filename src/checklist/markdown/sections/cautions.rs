//! Warnings of the author: alerts, "STOP", "do not", "cannot be undone". They speak for the items that follow in their section.
//!
//! Not here: warnings of ours about commands (`shell/marks.rs`), how long one stays on screen (`tui`).

use std::ops::Range;

use super::{Mode, Sections};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::tree::{Kind, NodeId};

/// What a sentence of warning starts with.
const STARTS: [&str; 24] = [
    "stop",
    "warning",
    "caution",
    "danger",
    "critical",
    "important",
    "attention",
    "do not",
    "don't",
    "never ",
    "achtung",
    "warnung",
    "vorsicht",
    "wichtig",
    "avertissement",
    "advertencia",
    "precaución",
    "atenção",
    "attenzione",
    "let op",
    "uwaga",
    "внимание",
    "警告",
    "注意",
];
/// What one says anywhere.
const SAYS: [&str; 12] = [
    "cannot be undone",
    "can't be undone",
    "can not be undone",
    "irreversible",
    "no way back",
    "do not proceed",
    "point of no return",
    "unwiderruflich",
    "irréversible",
    "irreversibile",
    "необратим",
    "不可逆",
];
/// A longer one is a section of its own and no warning, in characters.
const LONGEST: usize = 600;
/// A word that warns stands in so many letters at the start.
const HEAD: usize = 40;

/// A warning.
#[derive(Clone, Debug)]
pub struct Caution {
    /// Its line, from 1.
    pub line: usize,
    /// Its words on one line.
    pub text: String,
    /// The paragraph or quote.
    pub node: NodeId,
    /// From it to the end of its section, in the text.
    pub range: Range<usize>,
}

/// The warnings of a document, in file order.
pub(super) fn cautions(document: &Document, sections: &Sections) -> Vec<Caution> {
    let mut found: Vec<Caution> = Vec::new();
    let mut until = 0;
    for (id, node) in document.tree.all() {
        let top = || document.tree.above(id).next().is_some_and(|(_, above)| above.kind == Kind::Document);
        let alert = matches!(node.kind, Kind::Quote(Some("warning" | "caution" | "important")));
        let sentence = matches!(node.kind, Kind::Paragraph | Kind::Quote(None)) && top();
        if node.range.start < until
            || !(alert || sentence)
            || sections.mode_at(node.range.start) == Mode::Reference
        {
            continue;
        }
        let written = document.source.slice(node.range.clone());
        if !alert && !warns(written) {
            continue;
        }
        let text = document.source.mended(&document.tree.words(document.source.text(), id));
        let text = text.trim_start_matches([':', '!']).trim();
        let text = text
            .strip_prefix("[!")
            .and_then(|rest| rest.split_once(']'))
            .map_or(text, |(_, rest)| rest.trim());
        if text.is_empty() || document.outline.is_label(id) {
            continue;
        }
        until = node.range.end;
        let end = sections
            .stretch_at(node.range.start)
            .map_or(document.source.text().len(), |stretch| stretch.range.end);
        let text = text.chars().take(LONGEST).collect();
        found.push(Caution {
            line: document.source.line(node.range.start),
            text,
            node: id,
            range: node.range.start..end,
        });
    }
    found
}

fn warns(written: &str) -> bool {
    let bare = written.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let head: String = bare.chars().take(HEAD).collect::<String>().to_lowercase();
    let starts = STARTS.iter().any(|word| {
        let rest = head.strip_prefix(word);
        // "STOP" warns, "Stop the service" is work.
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            && (*word != "stop" || bare.starts_with("STOP"))
    });
    let before = written.get(..written.len() - bare.len()).unwrap_or_default();
    let marked = before.contains(['⚠', '🛑', '⛔', '🚨']) || before.contains(":::") || before.contains("!!!");
    if starts || (marked && written.len() < LONGEST) {
        return true;
    }
    let lower = written.to_lowercase();
    SAYS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::warns;

    #[test]
    fn warnings_are_told_from_work() {
        for text in [
            "**STOP** here",
            "Do not deploy on Friday",
            "> ⚠️ data",
            "This cannot be undone.",
            "::: danger",
            "**Critical**: x",
            "Achtung: x",
        ] {
            assert!(warns(text), "{text}");
        }
        for text in ["Stop the service", "Importantly, x", "![x](warning.png)", "Nevertheless", ""] {
            assert!(!warns(text), "{text}");
        }
    }
}
