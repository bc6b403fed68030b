//! Generated documents: mutated, they never make the reader panic; whole, they stand against the stored answers of cmark-gfm, the
//! parser GitHub draws boxes with.
//!
//! The answers are `tests/fixtures/markdown/answers.txt`, a line for each seed: each box as line, tick (`o` or `x`) and depth.
//! `GONOGO_MARKDOWN_WRITE=FILE` writes the documents, and `answers.py` beside the answers asks cmark-gfm anew.

use std::collections::BTreeSet;

use gonogo::checklist::markdown::document::Document;
use gonogo::checklist::markdown::source::Encoding;

use super::each_seed;
use super::mutate::{Dice, mutate};

/// How many documents are compared.
const DOCUMENTS: u64 = 6_000;
/// Documents that are left out, because the two parsers read them as something else: a tag that HTML ends a block with (`</pre>`) under an
/// item at the margin, which cmark-gfm takes for HTML up to the next blank line and markdown-it, as the specification, does not; a box in
/// a lazy line or in a line of a link's address, which cmark-gfm draws for the item around it; a list behind an item that is empty but for blanks.
const LEFT_OUT: &[u64] = &[
    643, 3722, 5470, 5895, 68, 158, 344, 465, 527, 599, 803, 808, 819, 905, 1154, 1210, 1325, 1685, 2153,
    2683, 3064, 3198, 3206, 3262, 3391, 3723, 3971, 4072, 4078, 4202, 4315, 4318, 4362, 4440, 4588, 4606,
    4659, 4710, 4810, 4885, 4956, 5377, 5420,
];
/// What stands between documents in a written file; no generated document has it.
const BETWEEN: char = '\u{1e}';
const ANSWERS: &str = include_str!("../fixtures/markdown/answers.txt");

const INDENTS: &[&str] = &[
    "", "", "", "", "", "", "", "", " ", "  ", "  ", "   ", "    ", "    ", "      ", "        ", "\t",
    "  \t", "\t\t", " \t",
];
const QUOTES: &[&str] = &["> ", ">", "> > "];
const MARKERS: &[&str] = &[
    "- ", "- ", "- ", "- ", "- ", "- ", "* ", "* ", "+ ", "1. ", "2. ", "1) ", "10. ", "-  ", "-   ", "-\t",
    "1.\t", "-    ", "-     ", "-", "1.",
];
const BOXES: &[&str] = &[
    "[ ] ",
    "[ ] ",
    "[ ] ",
    "[ ] ",
    "[ ] ",
    "[ ] ",
    "[ ] ",
    "[ ] ",
    "[x] ",
    "[x] ",
    "[x] ",
    "[x] ",
    "[X] ",
    "[X] ",
    "[ ]",
    "[x]",
    "[] ",
    "[  ] ",
    "[ x] ",
    "[~] ",
    "[-] ",
    "[ ]\t",
    "[ ]  ",
    "[\t] ",
    "[ ]\u{a0}",
    "[ ][x] ",
    "\\[ ] ",
    "**[ ] ",
];
const WORDS: &[&str] = &[
    "Tag the release",
    "run `npm test`",
    "**bold** and *soft*",
    "see [the guide](x.md)",
    "<version> to go",
    "a | b",
    "größe ✅ 发布",
    "x",
    "`a",
    "~~gone~~",
    "&amp; more",
    "ends\\",
    "two  ",
    "[ref]",
    "https://x.example/y",
    "<!-- note -->",
    "**open",
    "<b>bold</b>",
    "(see [x](y))",
    "# no heading",
    "1. no list",
    "- no item",
    "trailing   ",
];
const BLOCKS: &[&str] = &[
    "# One",
    "## Two #",
    "### Three",
    "===",
    "---",
    "***",
    "- - -",
    "```",
    "```bash",
    "~~~",
    "~~~ sh",
    "````md",
    "<div>",
    "</div>",
    "<!--",
    "-->",
    "<details>",
    "</details>",
    "<pre>",
    "</pre>",
    "| a | b |",
    "|---|---|",
    "| [ ] | x |",
    "[ref]: /url",
    "[x]: /y",
    "[//]: # (- [ ] x)",
    "--- | ---",
    "> quoted",
    "[ ] bare",
    "    code",
    "-",
    "1.",
    "*",
    "> [!WARNING]",
];

/// The document of a seed.
pub(crate) fn document(dice: &mut Dice) -> String {
    let end = one(dice, &["\n", "\n", "\n", "\r\n", "\r"]);
    let quoted = dice.once_in(12);
    let mut text = String::new();
    for _ in 0..2 + dice.below(24) {
        if quoted && !dice.once_in(5) {
            text.push_str(one(dice, QUOTES));
        }
        if dice.once_in(7) {
            text.push_str(one(dice, &["", "", "", "  ", "\t"]));
        } else {
            text.push_str(&line(dice));
        }
        text.push_str(end);
    }
    if dice.once_in(4) {
        text.truncate(text.len() - end.len());
    }
    text
}

fn one(dice: &mut Dice, list: &[&'static str]) -> &'static str {
    let found: &&'static str = dice.one_of(list);
    found
}

fn line(dice: &mut Dice) -> String {
    let mut line = String::from(one(dice, INDENTS));
    if dice.once_in(14) {
        line.push_str(one(dice, BLOCKS));
        return line;
    }
    if dice.once_in(24) {
        line.push_str(one(dice, QUOTES));
    }
    if !dice.once_in(5) {
        line.push_str(one(dice, MARKERS));
        if dice.once_in(16) {
            line.push_str(one(dice, MARKERS));
        }
        if !dice.once_in(4) {
            line.push_str(one(dice, BOXES));
        }
    }
    if !dice.once_in(16) {
        line.push_str(one(dice, WORDS));
    }
    line
}

#[test]
fn no_bytes_make_the_reader_of_markdown_panic_and_every_box_leads_back_to_its_bytes() {
    each_seed(|dice| {
        let mut bytes = document(dice).into_bytes();
        mutate(dice, &mut bytes);
        let Ok(read) = Document::read("x.md", &bytes) else { return };
        let wide = matches!(read.source.encoding(), Encoding::Utf16Le | Encoding::Utf16Be);
        for task in &read.boxes.tasks {
            let of: Vec<u8> =
                bytes[task.bytes.clone()].iter().copied().filter(|byte| !wide || *byte != 0).collect();
            assert!([b"[ ]", b"[x]", b"[X]"].iter().any(|form| of == *form), "{of:?} is no box");
            assert_eq!(task.ticked, of != b"[ ]");
        }
        let ids: BTreeSet<&str> = read.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids.len(), read.entries.len(), "ids are unique");
        let again = Document::read("x.md", &bytes).unwrap();
        assert!(read.entries.iter().zip(&again.entries).all(|(one, other)| one.id == other.id));
    });
}

#[test]
fn every_box_is_the_one_github_draws() {
    let all: Vec<String> = (1..=DOCUMENTS).map(|seed| document(&mut Dice::new(seed))).collect();
    if let Ok(file) = std::env::var("GONOGO_MARKDOWN_WRITE") {
        std::fs::write(file, all.join(&BETWEEN.to_string())).unwrap();
    }
    assert_eq!(ANSWERS.lines().count(), all.len());
    let mut boxes = 0;
    let mut wrong = Vec::new();
    for (index, (text, answer)) in all.iter().zip(ANSWERS.lines()).enumerate() {
        let theirs: Vec<&str> = answer.split_whitespace().collect();
        boxes += theirs.len();
        let ours = ours(text);
        let left_out = LEFT_OUT.contains(&(index as u64 + 1));
        if ours != theirs && !left_out {
            wrong.push(format!("seed {}: ours {ours:?}, theirs {theirs:?}\n{text:?}", index + 1));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        all.len(),
        wrong[..wrong.len().min(12)].join("\n\n")
    );
    assert!(boxes > 10_000, "{boxes} boxes are too few to tell");
}

/// Our boxes in the form of the answers, where the design decides nothing else.
fn ours(text: &str) -> Vec<String> {
    let Ok(document) = Document::read("x.md", text.as_bytes()) else { return Vec::new() };
    // A box only the specification draws is a task for us; theirs stand in it all the same.
    let (more, tasks): (Vec<_>, Vec<_>) = document.boxes.tasks.iter().partition(|task| task.by_specification);
    let says = tasks.iter().map(|task| {
        let depth = task.depth - more.iter().filter(|outer| outer.range.contains(&task.range.start)).count();
        // They look for the tick in the whole line, we in the box.
        let line = document.source.slice(document.source.line_range(task.line)).to_lowercase();
        let anywhere = line.contains("[x]");
        let tick = if task.ticked || anywhere { 'x' } else { 'o' };
        format!("{}{tick}{depth}", task.line)
    });
    says.collect()
}
