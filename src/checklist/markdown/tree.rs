//! The tree of a document: what pulldown-cmark says, in one list of nodes, each with its range of the text.
//!
//! Built and walked without recursion. Words come from the source, not from what a browser would draw: `<version>` in prose
//! is a tag to a browser and would vanish. Not here: what a node means for a release (`tasks.rs`, `fences.rs`, `outline.rs`).

mod front;
mod grow;
mod words;

use std::ops::Range;

pub use self::front::Front;

/// How deep nodes stand in each other: 64 lists, each a list and an item. Items that are deeper become siblings at this depth, other
/// nodes go; both are counted.
pub const DEPTH_MAX: usize = 128;

/// A node's place in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The root.
    Document,
    /// A paragraph; in a tight list the reader makes one around an item's own words.
    Paragraph,
    /// A heading and its level, 1 to 6.
    Heading(u8),
    /// A quote; an alert (`> [!WARNING]`) has its word in lower case.
    Quote(Option<&'static str>),
    /// A list; a numbered one has its first number.
    List(Option<u64>),
    /// An item of a list.
    Item,
    /// A fenced block and what stands behind its fence.
    Fence(String),
    /// An indented block of code.
    Indented,
    /// A block of HTML.
    Html,
    /// A table.
    Table,
    /// The first row of a table.
    TableHead,
    /// Another row.
    TableRow,
    /// A cell.
    TableCell,
    /// A rule between sections.
    Rule,
    /// Words; they differ from the source where it has an entity.
    Text(Option<String>),
    /// Inline code.
    Code(String),
    /// An inline tag or comment.
    Tag,
    /// Emphasis.
    Emphasis,
    /// Bold.
    Strong,
    /// Struck through.
    Struck,
    /// A link and where it leads.
    Link(String),
    /// A picture and where it lies.
    Image(String),
    /// The end of a line in a paragraph.
    Break,
    /// A box at the start of an item, and whether it is ticked.
    Box(bool),
}

/// One node.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its range of the text.
    pub range: Range<usize>,
    /// The node it stands in; none for the root.
    pub parent: Option<NodeId>,
    /// What stands in it, in file order.
    pub children: Vec<NodeId>,
}

/// A whole document.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    front: Option<Front>,
    flattened: usize,
}

impl Tree {
    /// Reads a text; ranges are those of that text.
    pub fn read(text: &str) -> Self {
        grow::grow(text)
    }

    /// The root.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// A node of this tree; the root for an id of another tree.
    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0).unwrap_or(&grow::NOTHING)
    }

    /// What stands in a node, in file order.
    pub fn children(&self, id: NodeId) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> {
        self.node(id).children.iter().map(|child| (*child, self.node(*child)))
    }

    /// Every node in file order, each before what stands in it.
    pub fn all(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId(index), node))
    }

    /// A node and everything in it, in file order.
    pub fn subtree(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        // Nodes are numbered in file order, so a subtree is a stretch of numbers.
        let end = self.end_of(id);
        self.nodes.iter().enumerate().take(end).skip(id.0).map(|(index, node)| (NodeId(index), node))
    }

    /// The nodes that start in a range of the text, in file order.
    pub fn within(&self, range: &Range<usize>) -> impl Iterator<Item = (NodeId, &Node)> {
        // The root starts with the text and stands for all of it.
        let first = self.nodes.partition_point(|node| node.range.start < range.start).max(1);
        let inside = self.nodes.iter().enumerate().skip(first);
        let end = range.end;
        inside.take_while(move |(_, node)| node.range.start < end).map(|(index, node)| (NodeId(index), node))
    }

    /// Every node behind a subtree, in file order.
    pub fn after(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().skip(self.end_of(id)).map(|(index, node)| (NodeId(index), node))
    }

    /// The number behind the last node of a subtree.
    fn end_of(&self, id: NodeId) -> usize {
        let mut last = id;
        while let Some(child) = self.node(last).children.last() {
            last = *child;
        }
        last.0 + 1
    }

    /// The nodes a node stands in, from its parent to the root.
    pub fn above(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        std::iter::successors(self.node(id).parent, |at| self.node(*at).parent).map(|at| (at, self.node(at)))
    }

    /// The front matter, if the document has one.
    pub fn front(&self) -> Option<&Front> {
        self.front.as_ref()
    }

    /// How many nodes stood deeper than [`DEPTH_MAX`].
    pub fn flattened(&self) -> usize {
        self.flattened
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPTH_MAX, Kind, Tree};

    #[test]
    fn a_tree_keeps_ranges_of_the_text_whatever_ends_its_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["# Top", "", "- [x] one `a b`", "  - two", ""].join(end);
            let tree = Tree::read(&text);
            let of = |kind: &Kind| {
                let (_, node) = tree.all().find(|(_, node)| node.kind == *kind).unwrap();
                text.get(node.range.clone()).unwrap()
            };
            assert_eq!(of(&Kind::Heading(1)).trim_end(), "# Top");
            assert_eq!(of(&Kind::Box(true)), "[x]");
            assert_eq!(of(&Kind::Code("a b".to_owned())), "`a b`");
        }
    }

    #[test]
    fn words_come_from_the_source() {
        let text = "Deploy <version> to **stage**<br>\nwith [the guide](x.md) &amp; `a  b` <!-- id: x -->\n";
        let tree = Tree::read(text);
        let (id, _) = tree.all().find(|(_, node)| node.kind == Kind::Paragraph).unwrap();
        assert_eq!(tree.words(text, id), "Deploy <version> to stage with the guide & `a  b`");
    }

    #[test]
    fn nesting_is_bounded_and_counted() {
        let text = format!("{}x\n", "> ".repeat(5 * DEPTH_MAX));
        let tree = Tree::read(&text);
        assert!(tree.flattened() > 0);
        assert!(tree.all().all(|(id, _)| tree.above(id).count() <= DEPTH_MAX + 2));
    }

    #[test]
    fn no_item_is_lost_however_deep_it_stands() {
        let lines = 2 * DEPTH_MAX;
        let items: Vec<String> =
            (0..lines).map(|depth| format!("{}- [ ] item {depth}\n", "  ".repeat(depth))).collect();
        let text = items.concat();
        let tree = Tree::read(&text);
        assert_eq!(tree.all().filter(|(_, node)| matches!(node.kind, Kind::Box(_))).count(), lines);
        for (id, _) in tree.all().filter(|(_, node)| node.kind == Kind::Item) {
            let (words, first) = tree.children(id).next().unwrap();
            assert!(first.kind == Kind::Paragraph && tree.words(&text, words).starts_with("item "));
        }
        assert!(tree.all().all(|(id, _)| {
            tree.subtree(id).all(|(inner, _)| inner == id || tree.above(inner).any(|(above, _)| above == id))
        }));
    }

    #[test]
    fn front_matter_is_cut_and_read() {
        let tree = Tree::read("---\ntitle: \"Release 2\"\nowner: x\n---\n# A\n");
        assert_eq!(tree.front().unwrap().title.as_deref(), Some("Release 2"));
        assert!(tree.all().any(|(_, node)| node.kind == Kind::Heading(1)));
        for text in ["---\n- [ ] x\nkey: y\n---\n", "---\nwords\n---\n", "---\nkey: no end\n"] {
            assert!(Tree::read(text).front().is_none(), "{text:?}");
        }
    }
}
