//! A document, read: its source, tree, outline, boxes, fences and entries, each with its id.
//!
//! What later rooms work on, and what `--json` lists. Not here: sections with a meaning, offers, the model of a checklist.

use std::collections::HashMap;

use super::entries::{Entry, entries};
use super::fences::{Fence, fences};
use super::inline::command;
use super::outline::Outline;
use super::source::{Source, SourceFault};
use super::tables::{TableRead, tables};
use super::tasks::{Boxes, Task, boxes};
use super::tree::{Kind, NodeId, Tree};

/// Everything that is known of a document without asking what its words mean.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file's name as the person gave it.
    pub name: String,
    /// Its text and the way back to its bytes.
    pub source: Source,
    /// Its tree.
    pub tree: Tree,
    /// Title, phases, sections, labels.
    pub outline: Outline,
    /// Tasks and near misses.
    pub boxes: Boxes,
    /// Fenced blocks.
    pub fences: Vec<Fence>,
    /// Tables.
    pub tables: Vec<TableRead>,
    /// What can stand in a checklist, in file order, each with its id.
    pub entries: Vec<Entry>,
    /// The fences of each item, in file order.
    by_item: HashMap<NodeId, Vec<usize>>,
}

impl Document {
    /// Reads a file. Errors: empty, not text, too long.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, SourceFault> {
        let source = Source::read(bytes)?;
        let tree = Tree::read(source.text());
        let outline = Outline::read(&source, &tree, name);
        let boxes = boxes(&source, &tree);
        let fences = fences(&source, &tree);
        let tables = tables(&source, &tree);
        let entries = entries(&source, &tree, &outline, &boxes, (&fences, &tables));
        let mut by_item: HashMap<NodeId, Vec<usize>> = HashMap::new();
        for (index, fence) in fences.iter().enumerate() {
            if let Some(item) = fence.item() {
                by_item.entry(item).or_default().push(index);
            }
        }
        Ok(Self { name: name.to_owned(), source, tree, outline, boxes, fences, tables, entries, by_item })
    }

    /// The texts of the headings above a task.
    pub fn path(&self, task: &Task) -> Vec<String> {
        self.outline.path_at(task.range.start)
    }

    /// What a task would run: inline code in its words, then the fences that belong to it.
    pub fn commands(&self, task: &Task) -> Vec<String> {
        let own =
            self.by_item.get(&task.node).into_iter().flatten().filter_map(|index| self.fences.get(*index));
        let own = own.filter(|fence| fence.runnable);
        let inline = task.code.iter().filter(|code| command(code)).cloned();
        inline.chain(own.map(|fence| fence.body.trim_end().to_owned())).collect()
    }

    /// The id of the entry a fence belongs to: that of its item, of the nearest entry around it, or its own.
    pub fn attached_to(&self, fence: &Fence) -> Option<&str> {
        let item = fence.item().unwrap_or(fence.node);
        let around = std::iter::once(item).chain(self.tree.above(item).map(|(id, _)| id));
        around.filter_map(|id| self.entry(id)).map(|entry| entry.id.as_str()).next()
    }

    /// Where an entry starts in the text.
    pub fn start_of(&self, entry: &Entry) -> usize {
        self.tree.node(entry.node).range.start
    }

    /// The place of the first entry at or behind an offset of the text.
    pub fn first_entry(&self, at: usize) -> usize {
        self.entries.partition_point(|entry| self.start_of(entry) < at)
    }

    /// The entries that start in a range of the text.
    pub fn entries_in(&self, range: &std::ops::Range<usize>) -> &[Entry] {
        self.entries.get(self.first_entry(range.start)..self.first_entry(range.end)).unwrap_or_default()
    }

    /// The fences of an item, in file order; a fence that stands for itself is its own.
    pub fn fences_of(&self, node: NodeId) -> impl Iterator<Item = &Fence> {
        let own = self.fences.binary_search_by_key(&node, |fence| fence.node).ok();
        let own = own.and_then(|index| self.fences.get(index)).filter(|fence| fence.item().is_none());
        let inside =
            self.by_item.get(&node).into_iter().flatten().filter_map(|index| self.fences.get(*index));
        own.into_iter().chain(inside)
    }

    /// The words of an item's first paragraph, or of a paragraph, on one line, repaired for the screen.
    pub fn own_words(&self, node: NodeId) -> String {
        let words = self.words_of(node);
        words.map(|id| self.source.mended(&self.tree.words(self.source.text(), id))).unwrap_or_default()
    }

    /// The same as it is written.
    pub fn first_lines(&self, node: NodeId) -> &str {
        self.words_of(node).map_or("", |id| self.source.slice(self.tree.node(id).range.clone()))
    }

    fn words_of(&self, node: NodeId) -> Option<NodeId> {
        if self.tree.node(node).kind != Kind::Item {
            return Some(node);
        }
        let first = self.tree.children(node).next();
        first.filter(|(_, first)| matches!(first.kind, Kind::Paragraph | Kind::Heading(_))).map(|(id, _)| id)
    }

    /// The entry made from a node.
    pub fn entry(&self, node: NodeId) -> Option<&Entry> {
        let index = self.entries.binary_search_by_key(&node, |entry| entry.node).ok()?;
        self.entries.get(index)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fences::Attached;
    use super::super::tree::Kind;
    use super::Document;

    const EXAMPLES: [&[u8]; 5] = [
        include_bytes!("../../../tests/fixtures/documents/000.md"),
        include_bytes!("../../../tests/fixtures/documents/001.md"),
        include_bytes!("../../../tests/fixtures/documents/002.md"),
        include_bytes!("../../../tests/fixtures/documents/003.md"),
        include_bytes!("../../../tests/fixtures/documents/004.md"),
    ];

    fn example(index: usize) -> Document {
        Document::read("example.md", EXAMPLES[index]).unwrap()
    }

    /// Lines; tasks and ticked ones; headings of level 1 to 4.
    fn counts(document: &Document) -> (usize, [usize; 2], [usize; 4]) {
        let tasks = &document.boxes.tasks;
        let ticked = tasks.iter().filter(|task| task.ticked).count();
        let level = |level| document.outline.headings.iter().filter(|heading| heading.level == level).count();
        (document.source.lines(), [tasks.len(), ticked], [level(1), level(2), level(3), level(4)])
    }

    fn languages(document: &Document) -> Vec<(&str, usize)> {
        let mut found: Vec<(&str, usize)> = Vec::new();
        for fence in &document.fences {
            let language = fence.language.as_deref().unwrap_or_default();
            assert_eq!(fence.runnable, language == "bash");
            assert!(fence.closed);
            match found.iter_mut().find(|(name, _)| *name == language) {
                Some((_, times)) => *times += 1,
                None => found.push((language, 1)),
            }
        }
        found.sort_unstable();
        found
    }

    fn numbered(document: &Document) -> usize {
        let lists = document.tree.all().filter(|(_, node)| matches!(node.kind, Kind::List(Some(_))));
        lists.map(|(_, list)| list.children.len()).sum()
    }

    #[test]
    fn the_examples_are_counted_as_by_two_other_parsers() {
        let expected = [
            (379, [85, 3], [1, 12, 26, 0], vec![("bash", 4), ("yaml", 2)]),
            (142, [47, 0], [1, 5, 12, 0], vec![("bash", 3)]),
            (277, [13, 0], [1, 14, 14, 0], vec![]),
            (556, [53, 0], [1, 11, 36, 3], vec![("bash", 24)]),
            (245, [71, 0], [1, 6, 19, 0], vec![("bash", 6)]),
        ];
        for (index, (lines, tasks, headings, fences)) in expected.into_iter().enumerate() {
            let document = example(index);
            assert_eq!(counts(&document), (lines, tasks, headings), "example {index}");
            assert_eq!(languages(&document), fences, "example {index}");
            assert!(document.boxes.near.is_empty());
        }
        let first = example(0);
        let ticked = first.boxes.tasks.iter().filter(|task| task.ticked).map(|task| task.line);
        assert_eq!(ticked.collect::<Vec<_>>(), [44, 45, 46]);
        assert_eq!(first.boxes.tasks.iter().filter(|task| task.depth == 2).count(), 3);
        let numbered_task = |task: &&super::Task| {
            first
                .tree
                .above(task.node)
                .next()
                .is_some_and(|(_, list)| matches!(list.kind, Kind::List(Some(_))))
        };
        assert_eq!(first.boxes.tasks.iter().filter(numbered_task).count(), 20);
        assert_eq!(numbered(&example(2)), 34);
        let inside = |fence: &&super::Fence| matches!(fence.attached, Attached::Inside(_));
        assert_eq!(example(4).fences.iter().filter(inside).count(), 1);
    }

    #[test]
    fn a_task_says_where_it_is_what_it_says_and_what_it_would_run() {
        let text = "\u{feff}# Top\r\n\r\n## Ship ✅\r\n1. [x] Tag **it**\r\n   now\r\n   - [ ] run `make ship` ä\r\n\r\n     ```sh\r\n     make tag\r\n     ```\r\n";
        let document = Document::read("release.md", text.as_bytes()).unwrap();
        let [outer, inner] = &document.boxes.tasks[..] else { panic!("two tasks") };
        assert_eq!((outer.line, outer.column, outer.ticked, outer.depth), (4, 4, true, 1));
        assert_eq!((inner.line, inner.column, inner.ticked, inner.depth), (6, 6, false, 2));
        assert_eq!(outer.text, "Tag it now");
        assert_eq!(&text.as_bytes()[outer.bytes.clone()], b"[x]");
        assert_eq!(&text.as_bytes()[inner.bytes.clone()], b"[ ]");
        assert_eq!(document.path(inner), ["Top", "Ship ✅"]);
        assert_eq!(document.commands(inner), ["make ship", "make tag"]);
        assert_eq!(document.attached_to(&document.fences[0]), Some("ship/tag-it-now/run-make-ship-ä"));
    }

    #[test]
    fn near_misses_are_counted_apart() {
        let text = "- [] a\n- [  ] b\n- [ ]c\n- [~] d\n- **[ ] e**\n- ☐ f\n- ☑ g\n- [ ]\n- [x](link)\n- plain\n\n[ ] bare\n\n### [ ] h\n\n```\n- [ ] code\n```\n";
        let document = Document::read("x.md", text.as_bytes()).unwrap();
        assert!(document.boxes.tasks.is_empty());
        let lines: Vec<usize> = document.boxes.near.iter().map(|near| near.line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 6, 7, 8, 12, 14, 17]);
        let ticked = document.boxes.near.iter().filter(|near| near.ticked).map(|near| near.line);
        assert_eq!(ticked.collect::<Vec<_>>(), [7]);
        assert_eq!(document.boxes.near[4].text, "e");
        assert!(document.entries.iter().all(|entry| entry.line != 17), "a box in a fence is no item");
    }

    #[test]
    fn fences_attach_inside_between_or_nowhere() {
        let text = "1. one\n\n```Bash {x}\nls\n```\n\n2. two\n\n   ```console\n   $ ls\n   a\n   ```\n\n```console\nno prompt\n```\n\n~~~sh\nopen\n";
        let document = Document::read("x.md", text.as_bytes()).unwrap();
        let said: Vec<_> =
            document.fences.iter().map(|fence| (fence.runnable, fence.closed, &fence.attached)).collect();
        assert!(matches!(said[0], (true, true, Attached::Between(_))));
        assert!(matches!(said[1], (true, true, Attached::Inside(_))));
        assert!(matches!(said[2], (false, true, Attached::Alone)));
        assert!(matches!(said[3], (true, false, Attached::Alone)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _read = Document::read("x.md", &bytes).is_ok();
        }

        #[test]
        fn no_marks_panic(marks in proptest::collection::vec(
            proptest::sample::select(vec!["- ", "[ ] ", "[x] ", "\n", "\t", "> ", "`", "# ", "1. ", "|", "*", "\r", "é", "<", "---\n", "    "]), 0..80)
        ) {
            let text = marks.concat();
            if let Ok(document) = Document::read("x.md", text.as_bytes()) {
                for task in &document.boxes.tasks {
                    prop_assert!(matches!(&text.as_bytes()[task.bytes.clone()], b"[ ]" | b"[x]" | b"[X]"));
                }
                let ids: std::collections::HashSet<_> = document.entries.iter().map(|entry| &entry.id).collect();
                prop_assert_eq!(ids.len(), document.entries.len());
            }
        }
    }

    #[test]
    fn what_stands_before_the_first_phase_is_a_phase_and_a_step_of_commands_is_a_step() {
        let text = "# Rel\n\n- [ ] pre\n\n## Rollback plan\n\n1. Stop\n2. ```sh\n   make back\n   ```\n\n## Reverting\n\n1. Halt\n\n## Deploy\n\n- [ ] post, password: `abcd1234xyz`\n";
        let document = Document::read("x.md", text.as_bytes()).unwrap();
        let titles: Vec<&str> = document.outline.phases.iter().map(|phase| phase.title.as_str()).collect();
        assert_eq!(titles, ["Rel", "Rollback plan", "Reverting", "Deploy"]);
        let said: Vec<(&str, &str)> =
            document.entries.iter().map(|entry| (entry.id.as_str(), entry.text.as_str())).collect();
        let expected = [
            ("rel/pre", "pre"),
            ("rollback-plan/stop", "Stop"),
            ("rollback-plan/make-back", "make back"),
            ("reverting/halt", "Halt"),
        ];
        assert_eq!(said[..4], expected);
        assert_eq!(document.attached_to(&document.fences[0]), Some("rollback-plan/make-back"));
        let last = document.boxes.tasks.last().unwrap();
        assert!(document.commands(last).is_empty(), "one word is no command");
    }
}
