//! Entries: what of a document can stand in a checklist, each with where it was made from, its parent and its id.
//!
//! Tasks always; near misses as open items; parents without a box over boxed children; numbered steps and bullets where words ask
//! for them; numbered headings without a list; fences that stand for themselves; rows of tables that are worked through. What is none
//! of these is a detail of what is above it. Not here: places and ids (`entries/naming.rs`), which words ask (`entries/asks.rs`),
//! sections with a meaning.

mod asks;
mod naming;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use self::asks::Asking;
pub use self::asks::numbered_step;
use super::fences::{Attached, Fence};
use super::outline::{Outline, Rank};
use super::source::Source;
use super::tables::{TableKind, TableRead};
use super::tasks::{Boxes, ITEMS_MAX, NearKind};
use super::tree::{Kind, NodeId, Tree};

/// What an entry was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A box as GitHub draws it: a task.
    Box,
    /// What only looks like a box.
    NearBox,
    /// An item of a numbered list.
    Number,
    /// A bullet.
    Bullet,
    /// A numbered heading without a list.
    Heading,
    /// A fence that stands for itself.
    Fence,
    /// A row of a table, or a box in one.
    TableRow,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it stands for in the tree; one entry a node.
    pub node: NodeId,
    /// What it was made from.
    pub origin: Origin,
    /// Its id, unique in the document and the same on every reading.
    pub id: String,
    /// Where it stands: phase, section and number in it, each from 1; a section of 0 is none.
    pub position: [usize; 3],
    /// Its line, from 1.
    pub line: usize,
    /// What a person reads, on one line, repaired for the screen.
    pub text: String,
    /// The entry it stands under.
    pub parent: Option<usize>,
    /// Is it an item itself? A parent without a box is not: its state follows from its children.
    pub tickable: bool,
    /// Does the file tick it? Never counted as a tick of ours.
    pub ticked: bool,
    /// Does the file call it a fact, with ✅ or ❌? Something to hold in the end, never a tick.
    pub fact: bool,
}

/// Finds the entries of a document, in file order.
pub fn entries(
    source: &Source,
    tree: &Tree,
    outline: &Outline,
    boxes: &Boxes,
    (fences, tables): (&[Fence], &[TableRead]),
) -> Vec<Entry> {
    let mut found = Finding::new(source, tree, outline, boxes, (fences, tables));
    for (id, node) in tree.all() {
        if found.entries.len() >= ITEMS_MAX {
            break;
        }
        match node.kind {
            Kind::Item => found.item(id),
            Kind::Paragraph | Kind::Heading(_) => found.words(id),
            Kind::Fence(_) => found.fence(id),
            Kind::TableRow => found.row(id),
            _ => {}
        }
    }
    let mut entries = found.entries;
    naming::name(source, tree, outline, &mut entries);
    entries
}

struct Finding<'d> {
    source: &'d Source,
    tree: &'d Tree,
    outline: &'d Outline,
    /// Boxes by node: line, text, ticked, and whether GitHub draws it.
    boxes: HashMap<NodeId, (usize, &'d str, bool, Origin)>,
    /// Items that hold a box somewhere below them.
    holding: HashSet<NodeId>,
    fences: HashMap<NodeId, &'d Fence>,
    /// Rows of tables that are worked through.
    rows: HashMap<NodeId, (&'d TableRead, usize)>,
    asking: Asking<'d>,
    entries: Vec<Entry>,
    by_node: HashMap<NodeId, usize>,
}

impl<'d> Finding<'d> {
    fn new(
        source: &'d Source,
        tree: &'d Tree,
        outline: &'d Outline,
        found: &'d Boxes,
        (fences, tables): (&'d [Fence], &'d [TableRead]),
    ) -> Self {
        let near = found.near.iter().filter(|near| near.kind != NearKind::Hidden);
        let mut boxes: HashMap<NodeId, (usize, &str, bool, Origin)> = HashMap::new();
        for near in near {
            boxes.entry(near.node).or_insert((near.line, &near.text, near.ticked, Origin::NearBox));
        }
        boxes.extend(
            found
                .tasks
                .iter()
                .map(|task| (task.node, (task.line, task.text.as_str(), task.ticked, Origin::Box))),
        );
        let above = boxes.keys().flat_map(|node| tree.above(*node));
        let holding =
            above.filter(|(_, above)| above.kind == Kind::Item).map(|(id, _)| id).collect::<HashSet<_>>();
        Self {
            source,
            tree,
            outline,
            asking: Asking::new(source, tree, outline, (!boxes.is_empty(), fences)),
            boxes,
            holding,
            fences: fences.iter().map(|fence| (fence.node, fence)).collect(),
            rows: tables
                .iter()
                .filter(|table| table.kind == TableKind::Items)
                .flat_map(|table| table.rows.iter().enumerate().map(move |(at, row)| (row.node, (table, at))))
                .collect(),
            entries: Vec::new(),
            by_node: HashMap::new(),
        }
    }

    fn item(&mut self, id: NodeId) {
        if self.boxed(id) {
            return;
        }
        let node = self.tree.node(id);
        let numbered =
            self.tree.above(id).next().is_some_and(|(_, list)| matches!(list.kind, Kind::List(Some(_))));
        let origin = if numbered { Origin::Number } else { Origin::Bullet };
        let mut text = self.own_words(id);
        if text.is_empty() && numbered {
            text = self.fence_first(id);
        }
        let line = self.source.line(node.range.start);
        if self.holding.contains(&id) {
            return self.push(id, origin, (line, text), false);
        }
        let under_item =
            self.parent(id).and_then(|parent| self.entries.get(parent)).map(|parent| parent.tickable);
        let (fact, text) = fact(text);
        let asked = match under_item {
            Some(true) => false,
            // Under a title its children are the items.
            Some(false) => true,
            None => {
                self.tree.above(id).all(|(_, above)| above.kind != Kind::Item)
                    && self.asking.asks(id, numbered, fact)
            }
        };
        if !asked || text.is_empty() {
            return;
        }
        let has_list = self.tree.children(id).any(|(_, child)| matches!(child.kind, Kind::List(_)));
        let title = has_list && (text.ends_with([':', '：']) || self.starts_bold(id));
        self.push(id, origin, (line, text), !title);
        if let Some(last) = self.entries.last_mut() {
            last.fact = fact;
        }
    }

    /// The name of a step that has no words and begins with commands.
    fn fence_first(&self, item: NodeId) -> String {
        let first = self.tree.children(item).next().map(|(id, _)| id);
        let fence = first.and_then(|id| self.fences.get(&id)).filter(|fence| fence.runnable);
        fence.map(|fence| first_words(fence)).unwrap_or_default()
    }

    /// A paragraph or a heading: a near miss in it, or a numbered heading without a list.
    fn words(&mut self, id: NodeId) {
        if self.boxed(id) {
            return;
        }
        let Ok(index) = self.outline.headings.binary_search_by_key(&id, |heading| heading.node) else {
            return;
        };
        let Some(heading) = self.outline.headings.get(index) else { return };
        if heading.rank == Rank::Title || !numbered_step(&heading.text) {
            return;
        }
        let range = heading.range.clone();
        let mut within = self.tree.after(id).take_while(|(_, node)| node.range.start < range.end);
        let holds =
            within.any(|(_, node)| matches!(node.kind, Kind::Item | Kind::Heading(_) | Kind::Fence(_)));
        if !holds {
            let (line, text) = (heading.line, heading.text.clone());
            self.push(id, Origin::Heading, (line, text), true);
        }
    }

    fn fence(&mut self, id: NodeId) {
        let Some(fence) =
            self.fences.get(&id).filter(|fence| fence.runnable && fence.attached == Attached::Alone)
        else {
            return;
        };
        let (line, text) = (fence.line, self.fence_name(fence));
        self.push(id, Origin::Fence, (line, text), true);
    }

    /// A row that is worked through; several boxes in it are its children.
    fn row(&mut self, id: NodeId) {
        let Some((table, index)) = self.rows.get(&id).copied() else { return };
        let Some(row) = table.rows.get(index) else { return };
        let boxes: Vec<_> = table.boxes(row).collect();
        let title = table.title(row).to_owned();
        if title.is_empty() && boxes.is_empty() {
            return;
        }
        self.push(id, Origin::TableRow, (row.line, title), boxes.len() < 2);
        if let [(only, _)] = boxes.as_slice() {
            if let Some(last) = self.entries.last_mut() {
                last.ticked = only.ticked.unwrap_or_default();
            }
            return;
        }
        for (cell, column) in boxes {
            let text = [column, cell.text.as_str()].join(" ").trim().to_owned();
            self.push(cell.node, Origin::TableRow, (row.line, text), true);
            if let Some(last) = self.entries.last_mut() {
                last.ticked = cell.ticked.unwrap_or_default();
            }
        }
    }

    /// A fence's name: label, heading, first comment, first command.
    fn fence_name(&self, fence: &Fence) -> String {
        if let Some(label) = self.outline.label_at(fence.range.start) {
            return label.text.clone();
        }
        let heading =
            self.outline.heading_at(fence.range.start).and_then(|index| self.outline.headings.get(index));
        if let Some(heading) = heading.filter(|heading| heading.rank != Rank::Title) {
            return heading.text.clone();
        }
        first_words(fence)
    }

    fn boxed(&mut self, id: NodeId) -> bool {
        let Some((line, text, ticked, origin)) = self.boxes.get(&id).copied() else { return false };
        self.push(id, origin, (line, text.to_owned()), true);
        if let Some(last) = self.entries.last_mut() {
            last.ticked = ticked;
        }
        true
    }

    fn push(&mut self, node: NodeId, origin: Origin, (line, text): (usize, String), tickable: bool) {
        let parent = self.parent(node);
        self.by_node.insert(node, self.entries.len());
        self.entries.push(Entry {
            node,
            origin,
            id: String::new(),
            position: [0; 3],
            line,
            text,
            parent,
            tickable,
            ticked: false,
            fact: false,
        });
    }

    fn parent(&self, node: NodeId) -> Option<usize> {
        self.tree.above(node).find_map(|(above, _)| self.by_node.get(&above)).copied()
    }

    /// The words of an item's first paragraph.
    fn own_words(&self, item: NodeId) -> String {
        let first = self.tree.children(item).next();
        let words = first.filter(|(_, node)| matches!(node.kind, Kind::Paragraph | Kind::Heading(_)));
        words.map(|(id, _)| self.source.mended(&self.tree.words(self.source.text(), id))).unwrap_or_default()
    }

    fn starts_bold(&self, item: NodeId) -> bool {
        let words = self.tree.children(item).next();
        let first = words.and_then(|(id, _)| self.tree.children(id).next());
        first.is_some_and(|(_, node)| node.kind == Kind::Strong)
    }
}

/// Whether a text begins with the mark of a fact, and the text without it.
fn fact(text: String) -> (bool, String) {
    match text.strip_prefix('✅').or_else(|| text.strip_prefix('❌')) {
        Some(rest) => (true, rest.trim_start_matches('\u{fe0f}').trim_start().to_owned()),
        None => (false, text),
    }
}

/// What a fence says first: its comment, else its command.
fn first_words(fence: &Fence) -> String {
    let lines = || fence.body.lines().map(str::trim);
    let comment =
        lines().find_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    let command = lines().find(|line| !line.is_empty() && !line.starts_with('#'));
    let comment = comment.filter(|words| !words.is_empty() && !words.starts_with('!'));
    comment.or(command).unwrap_or("script").to_owned()
}
