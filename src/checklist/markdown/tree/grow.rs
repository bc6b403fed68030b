//! Growing the tree from the parser's events.
//!
//! The parser's options are those of GitHub; what it leaves off and why stands on `OPTIONS`.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag};

use super::front::front;
use super::{DEPTH_MAX, Kind, Node, NodeId, Tree};

/// What stands for a node of another tree.
pub(super) static NOTHING: Node =
    Node { kind: Kind::Document, range: 0..0, parent: None, children: Vec::new() };

/// Off: smart punctuation (it changes commands), metadata blocks (they swallow boxes between rules), heading attributes,
/// math, wiki links: GitHub has none of them, or they would change what is written.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_GFM);

/// Reads a text.
pub(super) fn grow(text: &str) -> Tree {
    let lines = unix_lines(text);
    let front = front(&lines);
    let start = front.as_ref().map_or(0, |front| front.range.end);
    let body = lines.get(start..).unwrap_or_default();
    let root = Node { kind: Kind::Document, range: 0..text.len(), parent: None, children: Vec::new() };
    let mut growing = Growing {
        nodes: vec![root],
        open: vec![NodeId(0)],
        beyond: Vec::new(),
        deep: false,
        flattened: 0,
        made: None,
    };
    for (event, range) in Parser::new_ext(body, OPTIONS).into_offset_iter() {
        let range = range.start + start..range.end + start;
        growing.take(event, range, &lines);
    }
    Tree { nodes: growing.nodes, front, flattened: growing.flattened }
}

/// The parser knows a lone CR only in places; one byte for one byte, so every range stays.
fn unix_lines(text: &str) -> Cow<'_, str> {
    let lone = |at: usize| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !text.match_indices('\r').any(|(at, _)| lone(at)) {
        return Cow::Borrowed(text);
    }
    let place = |(at, letter): (usize, char)| if letter == '\r' && lone(at) { '\n' } else { letter };
    Cow::Owned(text.char_indices().map(place).collect())
}

struct Growing {
    nodes: Vec<Node>,
    /// The nodes an event may stand in, the root first.
    open: Vec<NodeId>,
    /// Open tags beyond the bound; `true` for the item that is open in spite of it.
    beyond: Vec<bool>,
    /// Is an item beyond the bound open? It is a sibling of the others there: none is lost.
    deep: bool,
    flattened: usize,
    /// The paragraph made for a tight item, while it is open.
    made: Option<NodeId>,
}

impl Growing {
    fn take(&mut self, event: Event<'_>, range: Range<usize>, text: &str) {
        let kind = match event {
            Event::Start(tag) => return self.start(tag, range),
            Event::End(_) => return self.end(),
            Event::Text(said) => {
                let written = text.get(range.clone()).unwrap_or_default();
                Kind::Text((written != said.as_ref()).then(|| said.into_string()))
            }
            Event::Code(said) => Kind::Code(said.into_string()),
            Event::Html(_) | Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                Kind::Text(None)
            }
            Event::InlineHtml(_) => Kind::Tag,
            Event::SoftBreak | Event::HardBreak => Kind::Break,
            Event::TaskListMarker(ticked) => Kind::Box(ticked),
            Event::Rule => {
                self.close_made();
                self.push(Kind::Rule, range);
                return;
            }
        };
        self.inline(kind, range);
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let inline = matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript
                | Tag::Link { .. }
                | Tag::Image { .. }
        );
        let kind = kind(tag);
        if !self.beyond.is_empty() || self.open.len() > DEPTH_MAX {
            self.flattened += 1;
            self.start_beyond(kind, range);
            return;
        }
        let id = if inline {
            self.inline(kind, range)
        } else {
            self.close_made();
            self.push(kind, range)
        };
        self.open.push(id);
    }

    /// Beyond the bound only items are kept, one after the other.
    fn start_beyond(&mut self, kind: Kind, range: Range<usize>) {
        let item = kind == Kind::Item;
        if item {
            self.close_deep();
            self.close_made();
            let id = self.push(kind, range);
            self.open.push(id);
            self.deep = true;
        }
        self.beyond.push(item);
    }

    /// Ends the item beyond the bound that is open, if one is.
    fn close_deep(&mut self) {
        if std::mem::take(&mut self.deep) {
            self.close_made();
            self.open.pop();
        }
    }

    fn end(&mut self) {
        if let Some(item) = self.beyond.pop() {
            if item {
                self.close_deep();
            }
            return;
        }
        // Made paragraphs get no end from the parser: one that is open now ends with its item.
        if self.open.last() == self.made.as_ref() {
            self.close_made();
        }
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    /// A node of a line of words. A tight list has no paragraphs: one is made, so that every item looks the same.
    fn inline(&mut self, kind: Kind, range: Range<usize>) -> NodeId {
        let top = self.open.last().and_then(|top| self.nodes.get(top.0));
        if (self.beyond.is_empty() || self.deep) && top.is_some_and(|top| top.kind == Kind::Item) {
            let made = self.push(Kind::Paragraph, range.clone());
            self.open.push(made);
            self.made = Some(made);
        }
        if let Some(made) = self.made.and_then(|made| self.nodes.get_mut(made.0)) {
            made.range.end = made.range.end.max(range.end);
        }
        self.push(kind, range)
    }

    fn close_made(&mut self) {
        if self.made.is_some() && self.open.last() == self.made.as_ref() {
            self.open.pop();
            self.made = None;
        }
    }

    fn push(&mut self, kind: Kind, range: Range<usize>) -> NodeId {
        let id = NodeId(self.nodes.len());
        let parent = self.open.last().copied();
        if let Some(above) = parent.and_then(|parent| self.nodes.get_mut(parent.0)) {
            above.children.push(id);
        }
        self.nodes.push(Node { kind, range, parent, children: Vec::new() });
        id
    }
}

fn kind(tag: Tag<'_>) -> Kind {
    match tag {
        Tag::Heading { level, .. } => Kind::Heading(level as u8),
        Tag::BlockQuote(alert) => Kind::Quote(alert.map(alert_word)),
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Fence(info.into_string()),
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Indented,
        Tag::HtmlBlock | Tag::MetadataBlock(_) => Kind::Html,
        Tag::List(first) => Kind::List(first),
        Tag::Item => Kind::Item,
        Tag::Table(_) => Kind::Table,
        Tag::TableHead => Kind::TableHead,
        Tag::TableRow => Kind::TableRow,
        Tag::TableCell => Kind::TableCell,
        Tag::Emphasis | Tag::Superscript | Tag::Subscript => Kind::Emphasis,
        Tag::Strong => Kind::Strong,
        Tag::Strikethrough => Kind::Struck,
        Tag::Link { dest_url, .. } => Kind::Link(dest_url.into_string()),
        Tag::Image { dest_url, .. } => Kind::Image(dest_url.into_string()),
        Tag::Paragraph
        | Tag::FootnoteDefinition(_)
        | Tag::DefinitionList
        | Tag::DefinitionListTitle
        | Tag::DefinitionListDefinition => Kind::Paragraph,
    }
}

fn alert_word(alert: BlockQuoteKind) -> &'static str {
    match alert {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}
