//! Fences: language, whether a shell runs it, whether it closes, and the item it belongs to.
//!
//! Runnable are shells only. A fence inside an item is that item's; one at the margin directly between two items of one list
//! belongs to the first of them by position; any other is an item of its own. Not here: what its lines do (`shell/`).

use std::ops::Range;

use super::shell::console::{Dialect, dialect, typed};
use super::source::Source;
use super::tree::{Kind, NodeId, Tree};

/// Whose a fence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attached {
    /// It stands in this item of a list.
    Inside(NodeId),
    /// It stands at the margin, directly between this item and the next one of its list.
    Between(NodeId),
    /// It stands for itself.
    Alone,
}

/// One fenced block.
#[derive(Clone, Debug)]
pub struct Fence {
    /// The block.
    pub node: NodeId,
    /// The line of its opening fence, from 1.
    pub line: usize,
    /// Its range of the text.
    pub range: Range<usize>,
    /// The first word behind the fence, in lower case, cut at `{`, `,` and `:`.
    pub language: Option<String>,
    /// Would a shell run it?
    pub runnable: bool,
    /// Does only a line behind a prompt run?
    pub prompts: bool,
    /// Is there a closing fence?
    pub closed: bool,
    /// Whose it is.
    pub attached: Attached,
    /// What stands in it, as written, each line ended by LF.
    pub body: String,
    /// The line of its first line in the file, from 1.
    pub first_line: usize,
}

impl Fence {
    /// The item of a list it belongs to.
    pub fn item(&self) -> Option<NodeId> {
        match self.attached {
            Attached::Inside(item) | Attached::Between(item) => Some(item),
            Attached::Alone => None,
        }
    }
}

/// Finds the fences of a document, in file order.
pub fn fences(source: &Source, tree: &Tree) -> Vec<Fence> {
    let all = tree.all().filter_map(|(id, node)| match &node.kind {
        Kind::Fence(info) => Some((id, node, info)),
        _ => None,
    });
    all.map(|(id, node, info)| {
        let language = language(info);
        let body = body(source, tree, id);
        let dialect = dialect(info);
        let prompts = dialect == Some(Dialect::Console);
        let line = source.line(node.range.start);
        Fence {
            node: id,
            line,
            range: node.range.clone(),
            runnable: match dialect {
                Some(Dialect::Script) => true,
                Some(Dialect::Console) => body.lines().any(|line| typed(line).is_some()),
                None => false,
            },
            prompts,
            closed: closed(source, tree, id),
            attached: attached(tree, id),
            first_line: line + 1,
            language,
            body,
        }
    })
    .collect()
}

fn language(info: &str) -> Option<String> {
    let word = info.split_whitespace().next()?;
    let word = word.split(['{', ',', ':']).next()?.to_lowercase();
    (!word.is_empty()).then_some(word)
}

fn body(source: &Source, tree: &Tree, fence: NodeId) -> String {
    let mut body = String::new();
    for (_, piece) in tree.children(fence) {
        match &piece.kind {
            Kind::Text(Some(said)) => body.push_str(said),
            _ => body.push_str(source.slice(piece.range.clone())),
        }
    }
    if body.contains('\r') { body.replace("\r\n", "\n").replace('\r', "\n") } else { body }
}

/// Behind the last line of the body stands the closing fence, if there is one.
fn closed(source: &Source, tree: &Tree, fence: NodeId) -> bool {
    let range = tree.node(fence).range.clone();
    let opening = source.line_range(source.line(range.start)).end;
    let end = tree.children(fence).next_back().map_or(opening, |(_, last)| last.range.end);
    let mark = if source.slice(range.clone()).trim_start().starts_with('~') { "~~~" } else { "```" };
    source.slice(end.min(range.end)..range.end).contains(mark)
}

fn attached(tree: &Tree, fence: NodeId) -> Attached {
    if let Some((item, _)) = tree.above(fence).find(|(_, above)| above.kind == Kind::Item) {
        return Attached::Inside(item);
    }
    between(tree, fence).map_or(Attached::Alone, Attached::Between)
}

/// The item before a fence at the margin, if the list goes on behind it.
fn between(tree: &Tree, fence: NodeId) -> Option<NodeId> {
    let siblings = &tree.node(tree.node(fence).parent?).children;
    let at = siblings.binary_search(&fence).ok()?;
    let is_fence = |id: &&NodeId| matches!(tree.node(**id).kind, Kind::Fence(_));
    let before = siblings.get(..at)?.iter().rev().find(|id| !is_fence(id))?;
    let after = siblings.get(at + 1..)?.iter().find(|id| !is_fence(id))?;
    let Kind::List(first) = tree.node(*before).kind else { return None };
    let Kind::List(next) = tree.node(*after).kind else { return None };
    let goes_on = match (first, next) {
        (None, None) => true,
        (Some(first), Some(next)) => {
            let count = u64::try_from(tree.node(*before).children.len()).ok()?;
            next == first + count || (count == 1 && next == first)
        }
        (None, Some(_)) | (Some(_), None) => false,
    };
    if goes_on { tree.node(*before).children.last().copied() } else { None }
}
