//! The outline of a document: title, phases, sections, labels, and the headings above any place.
//!
//! Levels are ranked by what occurs, so a document may go from H1 to H3. Headings in lists and quotes are labels, as is a paragraph
//! that is one bold run. Not here: what a heading's words mean (`words.rs`), items (`entries.rs`).

use std::ops::Range;

use super::source::Source;
use super::tree::{Kind, NodeId, Tree};

/// What a heading is in the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// The document's title.
    Title,
    /// It begins a phase.
    Phase,
    /// It begins a section of a phase.
    Section,
    /// It extends its section's title.
    Deeper,
}

/// One heading at the margin.
#[derive(Clone, Debug)]
pub struct Heading {
    /// Its node.
    pub node: NodeId,
    /// Its level in the file, 1 to 6.
    pub level: u8,
    /// What it is here.
    pub rank: Rank,
    /// Its line, from 1.
    pub line: usize,
    /// Its words, repaired for the screen.
    pub text: String,
    /// The heading it stands under.
    pub above: Option<usize>,
    /// From the heading to the next one of its level or a higher one, in the text.
    pub range: Range<usize>,
}

/// A small heading: a bold line, or a heading in a list or quote.
#[derive(Clone, Debug)]
pub struct Label {
    /// Its node.
    pub node: NodeId,
    /// Its line, from 1.
    pub line: usize,
    /// Its words without a final colon, repaired for the screen.
    pub text: String,
    /// From the label to the next label or heading, in the text.
    pub range: Range<usize>,
}

/// A stage of the release, as the document cuts it.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Its heading's place in [`Outline::headings`]; none where the document has no heading for it.
    pub heading: Option<usize>,
    /// Its title, repaired for the screen.
    pub title: String,
    /// Its range of the text.
    pub range: Range<usize>,
    /// Its sections, in file order.
    pub sections: Vec<Section>,
}

/// A group in a phase.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its heading's place in [`Outline::headings`]; none for a label that is a section.
    pub heading: Option<usize>,
    /// Its title; a deeper heading's stands behind that of the heading above it.
    pub title: String,
    /// Its range of the text, up to the next section.
    pub range: Range<usize>,
}

/// How a document is cut.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The document's title: its heading, its front matter or its file's name.
    pub title: String,
    /// All headings at the margin, in file order.
    pub headings: Vec<Heading>,
    /// All labels, in file order.
    pub labels: Vec<Label>,
    /// The phases, in file order; at least one.
    pub phases: Vec<Phase>,
}

impl Outline {
    /// Cuts a document; `name` is its file's name, for one without a title.
    pub fn read(source: &Source, tree: &Tree, name: &str) -> Self {
        let mut headings = headings(source, tree);
        let title = rank(tree, &mut headings);
        let mut outline = Self {
            title: title
                .or_else(|| {
                    tree.front().and_then(|front| front.title.as_deref()).map(|said| source.mended(said))
                })
                .unwrap_or_else(|| stem(name).to_owned()),
            labels: labels(source, tree, &headings),
            headings,
            phases: Vec::new(),
        };
        outline.phases = phases(&outline, source.text().len());
        outline.begin(tree);
        outline
    }

    /// What is to be done before the first phase begins is a phase of its own.
    fn begin(&mut self, tree: &Tree) {
        let Some(start) = self
            .phases
            .first()
            .filter(|first| first.heading.is_some())
            .and_then(|first| self.headings.get(first.heading?).map(|heading| heading.range.start))
        else {
            return;
        };
        let before = tree.all().take_while(|(_, node)| node.range.start < start);
        let mut kinds = before.map(|(_, node)| &node.kind);
        if kinds.any(|kind| matches!(kind, Kind::Item | Kind::Fence(_) | Kind::Table)) {
            if let Some(first) = self.phases.first_mut() {
                first.range.start = start;
            }
            let first =
                Phase { heading: None, title: self.title.clone(), range: 0..start, sections: Vec::new() };
            self.phases.insert(0, first);
        }
    }

    /// The place of the last heading at or before an offset of the text.
    pub fn heading_at(&self, at: usize) -> Option<usize> {
        self.headings.partition_point(|heading| heading.range.start <= at).checked_sub(1)
    }

    /// The texts of the headings above an offset of the text, the highest first, whatever their rank.
    pub fn path_at(&self, at: usize) -> Vec<String> {
        let first = self.heading_at(at);
        let above = std::iter::successors(first, |index| self.headings.get(*index)?.above);
        let mut path: Vec<String> =
            above.filter_map(|index| self.headings.get(index)).map(|heading| heading.text.clone()).collect();
        path.reverse();
        path
    }

    /// The label an offset of the text stands under, if it has one of its own in its section.
    pub fn label_at(&self, at: usize) -> Option<&Label> {
        let index = self.labels.partition_point(|label| label.range.start <= at).checked_sub(1)?;
        self.labels.get(index).filter(|label| label.range.contains(&at))
    }

    /// Is a node a label?
    pub fn is_label(&self, node: NodeId) -> bool {
        self.labels.binary_search_by_key(&node, |label| label.node).is_ok()
    }

    /// The phase and, in it, the section of an offset of the text.
    pub fn place_at(&self, at: usize) -> (Option<&Phase>, Option<&Section>) {
        let index = self.phases.partition_point(|phase| phase.range.start <= at);
        let phase = self.phases.get(index.saturating_sub(1));
        let section = phase.and_then(|phase| {
            let index = phase.sections.partition_point(|section| section.range.start <= at).checked_sub(1)?;
            phase.sections.get(index)
        });
        (phase, section)
    }
}

/// A file's name without folders and its ending.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| if stem.is_empty() { file } else { stem })
}

fn headings(source: &Source, tree: &Tree) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (id, node) in tree.children(tree.root()) {
        let Kind::Heading(level) = node.kind else { continue };
        while let Some(index) = open.last().copied() {
            let Some(last) = found.get_mut(index).filter(|last| last.level >= level) else { break };
            last.range.end = node.range.start;
            open.pop();
        }
        let above = open.last().copied();
        open.push(found.len());
        found.push(Heading {
            node: id,
            level,
            rank: Rank::Deeper,
            line: source.line(node.range.start),
            text: source.mended(&tree.words(source.text(), id)),
            above,
            range: node.range.start..source.text().len(),
        });
    }
    found
}

/// Ranks the headings; gives the title, if one of them is it.
fn rank(tree: &Tree, headings: &mut [Heading]) -> Option<String> {
    let tops = headings.iter().filter(|heading| heading.level == 1).count();
    let title = headings.first().filter(|first| {
        // Of several highest headings the first is the title where nothing but text stands under it.
        let only_text = || {
            let end = first.range.end;
            let within =
                tree.all().filter(|(_, node)| first.range.start < node.range.start && node.range.start < end);
            let mut blocks = within.map(|(_, node)| &node.kind);
            !blocks.any(|kind| matches!(kind, Kind::Heading(_) | Kind::Item | Kind::Fence(_) | Kind::Table))
        };
        first.level == 1 && (tops == 1 || only_text())
    });
    let title = title.map(|title| title.text.clone());
    let rest = usize::from(title.is_some());
    let mut levels: Vec<u8> = headings.iter().skip(rest).map(|heading| heading.level).collect();
    levels.sort_unstable();
    levels.dedup();
    for (index, heading) in headings.iter_mut().enumerate() {
        heading.rank = match levels.iter().position(|level| *level == heading.level) {
            _ if index < rest => Rank::Title,
            _ if calls_itself_phase(&heading.text) => Rank::Phase,
            Some(0) => Rank::Phase,
            Some(1) => Rank::Section,
            Some(_) | None => Rank::Deeper,
        };
    }
    title
}

/// "Phase 2: …", "## Phase: …", after numbers, marks and emoji.
fn calls_itself_phase(text: &str) -> bool {
    let words = text.trim_start_matches(|letter: char| !letter.is_alphabetic());
    let word = words.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    word.eq_ignore_ascii_case("phase") && words.len() > word.len()
}

fn labels(source: &Source, tree: &Tree, headings: &[Heading]) -> Vec<Label> {
    let mut found: Vec<Label> = Vec::new();
    for (id, node) in tree.all() {
        let Some((_, above)) = tree.above(id).next() else { continue };
        let is_label = match (&node.kind, &above.kind) {
            (Kind::Heading(_), Kind::Document) => false,
            (Kind::Heading(_), _) => true,
            (Kind::Paragraph, Kind::Document) => one_bold_run(source, tree, id),
            _ => false,
        };
        if !is_label {
            continue;
        }
        let start = node.range.start;
        let next = headings.partition_point(|heading| heading.range.start <= start);
        let end = headings.get(next).map_or(source.text().len(), |heading| heading.range.start);
        if let Some(last) = found.last_mut() {
            last.range.end = last.range.end.min(start);
        }
        let text = source.mended(&tree.words(source.text(), id));
        let text = text.trim_end_matches([':', '：']).trim().to_owned();
        found.push(Label { node: id, line: source.line(start), text, range: start..end });
    }
    found
}

/// A paragraph that is one bold run, a colon behind it or not.
fn one_bold_run(source: &Source, tree: &Tree, paragraph: NodeId) -> bool {
    let mut children = tree.children(paragraph).map(|(_, node)| node);
    let bold = children.next().is_some_and(|first| first.kind == Kind::Strong);
    bold && children.all(|node| {
        matches!(node.kind, Kind::Text(_))
            && matches!(source.slice(node.range.clone()).trim(), "" | ":" | "：")
    })
}

fn phases(outline: &Outline, end: usize) -> Vec<Phase> {
    let mut phases: Vec<Phase> = Vec::new();
    for (index, heading) in outline.headings.iter().enumerate() {
        let start = heading.range.start;
        match heading.rank {
            Rank::Title => {}
            Rank::Phase => phases.push(Phase {
                heading: Some(index),
                title: heading.text.clone(),
                range: start..end,
                sections: Vec::new(),
            }),
            Rank::Section | Rank::Deeper => {
                if phases.is_empty() {
                    phases.push(unnamed(outline, start, end));
                }
                if let Some(phase) = phases.last_mut() {
                    let title = section_title(outline, heading);
                    phase.sections.push(Section { heading: Some(index), title, range: start..end });
                }
            }
        }
    }
    if phases.is_empty() {
        phases.push(unnamed(outline, 0, end));
        if let Some(only) = phases.last_mut() {
            only.sections = outline.labels.iter().map(label_section).collect();
        }
    }
    close(&mut phases, end);
    phases
}

fn unnamed(outline: &Outline, start: usize, end: usize) -> Phase {
    Phase { heading: None, title: outline.title.clone(), range: start..end, sections: Vec::new() }
}

fn label_section(label: &Label) -> Section {
    Section { heading: None, title: label.text.clone(), range: label.range.clone() }
}

/// "Database – Backup" for a heading below a section's.
fn section_title(outline: &Outline, heading: &Heading) -> String {
    let mut pieces = vec![heading.text.as_str()];
    let mut above = heading.above;
    while let Some(next) = above.and_then(|index| outline.headings.get(index)) {
        if heading.rank != Rank::Deeper || !matches!(next.rank, Rank::Section | Rank::Deeper) {
            break;
        }
        pieces.push(&next.text);
        above = next.above;
    }
    pieces.reverse();
    pieces.join(" – ")
}

/// Ends each phase and section where the next one starts; what stands before the first phase belongs to it.
fn close(phases: &mut [Phase], end: usize) {
    let mut next = end;
    for phase in phases.iter_mut().rev() {
        phase.range.end = next;
        let mut section_end = next;
        for section in phase.sections.iter_mut().rev() {
            section.range.end = section_end;
            section_end = section.range.start;
        }
        next = phase.range.start;
    }
    if let Some(first) = phases.first_mut() {
        first.range.start = 0;
    }
}
