//! The words of a node: what a person reads, on one line.
//!
//! Marks of emphasis go, inline code keeps its back-ticks, a link gives its words. A tag that HTML knows goes, any other stays as
//! it is written: it is a placeholder. Comments go.

use super::{Kind, NodeId, Tree};

/// The tags people write in Markdown; anything else in angle brackets is text.
const TAGS: &[&str] = &[
    "a", "abbr", "b", "big", "br", "center", "code", "del", "details", "div", "em", "font", "hr", "i", "img",
    "input", "ins", "kbd", "label", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "tt", "u",
    "ul", "var",
];

impl Tree {
    /// What a person reads in a node, on one line; `text` is the text the tree was read from.
    pub fn words(&self, text: &str, id: NodeId) -> String {
        let own = self.subtree(id).map(|(id, _)| id);
        self.joined(text, own)
    }

    /// The words of these nodes, on one line; what stands in them must be among them.
    pub(crate) fn joined(&self, text: &str, ids: impl Iterator<Item = NodeId>) -> String {
        let mut said = String::new();
        for id in ids {
            let node = self.node(id);
            let written = text.get(node.range.clone()).unwrap_or_default();
            match &node.kind {
                Kind::Text(Some(meant)) => said.push_str(meant),
                Kind::Text(None) | Kind::Code(_) => said.push_str(written),
                Kind::Tag => said.push_str(tag_words(written)),
                Kind::Break => said.push(' '),
                Kind::Paragraph | Kind::Item | Kind::TableCell => {
                    if !said.is_empty() {
                        said.push(' ');
                    }
                }
                Kind::Document
                | Kind::Heading(_)
                | Kind::Quote(_)
                | Kind::List(_)
                | Kind::Fence(_)
                | Kind::Indented
                | Kind::Html
                | Kind::Table
                | Kind::TableHead
                | Kind::TableRow
                | Kind::Rule
                | Kind::Emphasis
                | Kind::Strong
                | Kind::Struck
                | Kind::Link(_)
                | Kind::Image(_)
                | Kind::Box(_) => {}
            }
        }
        one_line(&said)
    }
}

/// Line ends become one space; other spaces stay, because a command in back-ticks is as it is written.
fn one_line(said: &str) -> String {
    let mut line = String::with_capacity(said.len());
    for piece in said.split(['\n', '\r']) {
        let piece = if line.is_empty() { piece } else { piece.trim_start() };
        if !line.is_empty() && !piece.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        line.push_str(piece);
    }
    let line = line.trim();
    line.to_owned()
}

/// What a tag in a paragraph says.
fn tag_words(written: &str) -> &str {
    let inner = written.trim_start_matches(['<', '/']);
    if inner.starts_with(['!', '?']) {
        return "";
    }
    let name = inner
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
        .next()
        .unwrap_or_default();
    let known = TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name));
    match (known, name.eq_ignore_ascii_case("br")) {
        (_, true) => "\n",
        (true, false) => "",
        (false, false) => written,
    }
}
