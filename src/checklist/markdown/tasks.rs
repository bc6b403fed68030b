//! Tasks, exactly as GitHub sees them, and near misses: what looks like a box to a reader and is none on GitHub.
//!
//! A task is an item of a list whose first words start with `[ ]`, `[x]` or `[X]`, and then a space or tab. Not here: what stands
//! around a task (`outline.rs`), its commands' fences (`fences.rs`), its id (`identity.rs`).

mod near;

use std::collections::HashMap;
use std::ops::Range;

pub use self::near::{NearKind, NearMiss};
use super::source::Source;
use super::tree::{Kind, NodeId, Tree};

/// How many boxes of one document are read; a list nobody could work through is counted beyond it.
pub const ITEMS_MAX: usize = 20_000;

/// One box of one item.
#[derive(Clone, Debug)]
pub struct Task {
    /// The item it stands in.
    pub node: NodeId,
    /// The line of the item's marker, from 1, in the file as it is.
    pub line: usize,
    /// The column of the box in characters, from 1.
    pub column: usize,
    /// The box in bytes of the file: three of them, or six in UTF-16.
    pub bytes: Range<usize>,
    /// The item in the text, without what follows its last line.
    pub range: Range<usize>,
    /// Is it ticked in the file?
    pub ticked: bool,
    /// How many tasks it stands in, itself included: 1 at the top.
    pub depth: usize,
    /// How many lists it stands in: 1 at the top.
    pub list_depth: usize,
    /// What a person reads, on one line, repaired for the screen.
    pub text: String,
    /// Does only the specification, and not GitHub's own parser, draw this box? (`> - [ ] x`, `- - [ ] x`)
    pub by_specification: bool,
    /// Inline code in the item's own words, as written.
    pub code: Vec<String>,
}

/// What was found in a document.
#[derive(Clone, Debug, Default)]
pub struct Boxes {
    /// The tasks, in file order.
    pub tasks: Vec<Task>,
    /// What only looks like one, in file order.
    pub near: Vec<NearMiss>,
    /// Boxes beyond [`ITEMS_MAX`].
    pub beyond: usize,
}

/// Finds the tasks and near misses of a document.
pub fn boxes(source: &Source, tree: &Tree) -> Boxes {
    let mut found = Boxes::default();
    let mut depths: HashMap<NodeId, usize> = HashMap::new();
    for (id, node) in tree.all() {
        if node.kind != Kind::Item {
            continue;
        }
        if let Some(mark) = mark(source, tree, id) {
            if found.tasks.len() >= ITEMS_MAX {
                found.beyond += 1;
                continue;
            }
            let around =
                tree.above(id).find_map(|(above, _)| depths.get(&above)).copied().unwrap_or_default();
            depths.insert(id, around + 1);
            found.tasks.push(task(source, tree, id, &mark, around + 1));
        }
    }
    near::find(source, tree, &mut found);
    found
}

/// The box of an item as GitHub draws it.
struct Mark {
    range: Range<usize>,
    ticked: bool,
    paragraph: NodeId,
}

fn mark(source: &Source, tree: &Tree, item: NodeId) -> Option<Mark> {
    let (paragraph, first) = tree.children(item).next()?;
    let (_, found) = tree.children(paragraph).next()?;
    let Kind::Box(ticked) = found.kind else { return None };
    // Words over a line of `-` are a heading; GitHub draws their box all the same.
    if !matches!(first.kind, Kind::Paragraph | Kind::Heading(_)) {
        return None;
    }
    let written = source.slice(found.range.clone());
    let start = found.range.start + written.find('[')?;
    let form = source.slice(start..start + 3);
    if !matches!(form, "[ ]" | "[x]" | "[X]") {
        return None;
    }
    let spaced = source.slice(start + 3..source.text().len()).starts_with([' ', '\t', '\u{b}', '\u{c}']);
    spaced.then_some(Mark { range: start..start + 3, ticked, paragraph })
}

fn task(source: &Source, tree: &Tree, item: NodeId, mark: &Mark, depth: usize) -> Task {
    let node = tree.node(item);
    let written = source.slice(node.range.clone());
    let start = marker(source, mark.range.start);
    let range = start..node.range.start + written.trim_end().len();
    let line = source.line(start);
    let before = source.slice(source.line_range(line).start..start);
    Task {
        node: item,
        line,
        column: source.column(mark.range.start),
        bytes: source.bytes_of(mark.range.clone()),
        range,
        ticked: mark.ticked,
        depth,
        list_depth: tree.above(item).filter(|(_, above)| above.kind == Kind::Item).count() + 1,
        text: source.mended(&tree.words(source.text(), mark.paragraph)),
        by_specification: !before.trim_matches([' ', '\t']).is_empty(),
        code: code(tree, mark.paragraph),
    }
}

/// Where the marker before a box starts.
fn marker(source: &Source, at: usize) -> usize {
    let line = source.line_range(source.line(at));
    let before = source.slice(line.start..at).trim_end();
    let bare = before.trim_end_matches(['-', '*', '+', '.', ')']);
    let bullet = before.len() - usize::from(before.len() > bare.len());
    let number = bare.trim_end_matches(|letter: char| letter.is_ascii_digit());
    line.start + if number.len() < bare.len() { number.len() } else { bullet }
}

/// Inline code of a paragraph, as written.
pub(super) fn code(tree: &Tree, paragraph: NodeId) -> Vec<String> {
    let inline = tree.subtree(paragraph).filter_map(|(_, node)| match &node.kind {
        Kind::Code(said) => Some(said.trim().to_owned()),
        _ => None,
    });
    inline.filter(|said| !said.is_empty()).collect()
}
