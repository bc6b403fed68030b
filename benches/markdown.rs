//! The measured claims about Markdown: a document of 2,600 lines through the whole import, and hostile input of a mebibyte.
//!
//! Each case prints one line of JSON. Run with `cargo bench --bench markdown`; names of cases (`document`, `hostile`) choose. No file, no
//! process: bytes to a checklist with its offers and its twin.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "figures are printed")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use gonogo::checklist::markdown::build::{Accepted, with_offers};
use gonogo::checklist::markdown::document::Document;
use gonogo::checklist::markdown::offers::offers;
use gonogo::checklist::markdown::sections::{Mode, Sections};
use gonogo::checklist::markdown::twin::twin;

/// Runs of a case: odd, so that there is a median.
const RUNS: usize = 51;
/// Runs of a hostile case, each long.
const HOSTILE_RUNS: usize = 3;
/// The lines of the document that is measured.
const LINES: usize = 2_600;
/// The bytes of a hostile input.
const BYTES: usize = 1 << 20;

const EXAMPLES: [&[u8]; 5] = [
    include_bytes!("../tests/fixtures/documents/000.md"),
    include_bytes!("../tests/fixtures/documents/001.md"),
    include_bytes!("../tests/fixtures/documents/002.md"),
    include_bytes!("../tests/fixtures/documents/003.md"),
    include_bytes!("../tests/fixtures/documents/004.md"),
];

/// What is repeated up to [`BYTES`]: brackets, quotes, nesting, back-ticks, and fences full of them.
const HOSTILE: [(&str, &str, &str); 22] = [
    ("brackets", "", "[[["),
    ("emphasis", "", "* _\""),
    ("backticks", "", "`a`` "),
    ("quotes", "", "> "),
    ("nesting", "", "- [ ] a\n  "),
    ("boxes", "", "- [ ] [x] <a> `b c`\n"),
    ("angles", "", "<a <b "),
    ("entities", "", "&amp;&#"),
    ("headings", "", "# a\n"),
    ("inline_commands", "", "`git push <tag>` "),
    ("tables", "| a | b |\n|---|---|\n", "| [ ] | ____ |\n"),
    ("fences", "", "```sh\nls $(\n```\n"),
    ("shell_quotes", "```sh\n", "'\" "),
    ("shell_commands", "```sh\n", "a <b>;"),
    ("shell_lines", "```sh\n", "git tag v1.2.3 <a>\n"),
    ("shell_substitutions", "```sh\n", "$(`${"),
    ("shell_documents", "```sh\n", "cat <<A\n"),
    ("shell_curl", "```sh\n", "curl -H 'a: b' x?y={z} | jq .a\n"),
    ("shell_exports", "```sh\n", "export A=1 B=$(x)\n"),
    ("shell_conditions", "```sh\n", "# If a\nb\n\n# c\n"),
    ("shell_endless", "```sh\n", "tail -f x\nls\n"),
    ("assignments", "", "password = a:b://c@"),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` and `cargo clippy` start benchmarks too; only `cargo bench` passes this.
    if !words.iter().any(|word| word == "--bench") {
        return;
    }
    let named: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let wanted = |case: &str| named.is_empty() || named.iter().any(|name| *name == case);
    if wanted("document") {
        document();
    }
    if wanted("hostile") {
        hostile();
    }
}

/// Whole examples one behind the other, cut at the line.
fn long() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut lines = 0;
    for example in EXAMPLES.iter().cycle() {
        for line in example.split_inclusive(|byte| *byte == b'\n') {
            if lines == LINES {
                return bytes;
            }
            bytes.extend_from_slice(line);
            lines += 1;
        }
        bytes.push(b'\n');
        lines += 1;
    }
    bytes
}

fn document() {
    let bytes = long();
    let read = || Document::read("release.md", &bytes).unwrap();
    let document = read();
    let sections = Sections::read(&document);
    let rollback = |at: usize| sections.mode_at(at) == Mode::Rollback;
    let (built, found) = with_offers(&document, &sections, &Accepted::default());
    let figures = serde_json::json!({
        "bench": "markdown_document", "program": "gonogo", "lines": document.source.lines(), "bytes": bytes.len(),
        "offers": found.all.len(), "items": built.checklist.all_items().len(),
        "whole_ms": median(|| { black_box(whole(&bytes)); }),
        "read_ms": median(|| { black_box(read()); }),
        "sections_ms": median(|| { black_box(Sections::read(&document)); }),
        "offers_ms": median(|| { black_box(offers(&document, &rollback)); }),
        "build_ms": median(|| { black_box(with_offers(&document, &sections, &Accepted::default())); }),
        "twin_ms": median(|| { black_box(twin(&document, &built, &found).unwrap()); }),
    });
    println!("{figures}");
}

/// Bytes to a checklist, as `gonogo open` makes it.
fn whole(bytes: &[u8]) -> usize {
    let document = Document::read("release.md", bytes).unwrap();
    let sections = Sections::read(&document);
    let (built, found) = with_offers(&document, &sections, &Accepted::default());
    built.items.len() + found.all.len()
}

fn hostile() {
    for (name, lead, piece) in HOSTILE {
        let mut text = lead.to_owned();
        while text.len() + piece.len() <= BYTES {
            text.push_str(piece);
        }
        let mut took: Vec<[f64; 4]> = (0..HOSTILE_RUNS).map(|_| stages(text.as_bytes())).collect();
        took.sort_by(|one, other| one.iter().sum::<f64>().total_cmp(&other.iter().sum()));
        let [read, sections, offered, built] = took.remove(HOSTILE_RUNS / 2);
        let figures = serde_json::json!({
            "bench": "markdown_hostile", "program": "gonogo", "case": name, "bytes": text.len(),
            "whole_ms": rounded(read + sections + built), "read_ms": rounded(read), "sections_ms": rounded(sections),
            "offers_ms": rounded(offered), "build_ms": rounded(built),
        });
        println!("{figures}");
    }
}

/// How long each stage takes, in milliseconds; the last one holds the offers again.
fn stages(bytes: &[u8]) -> [f64; 4] {
    let mut at = Instant::now();
    let mut lap = || {
        let took = at.elapsed();
        at = Instant::now();
        took.as_secs_f64() * 1_000.0
    };
    let document = Document::read("x.md", bytes).unwrap();
    let read = lap();
    let sections = Sections::read(&document);
    let meant = lap();
    black_box(offers(&document, &|at| sections.mode_at(at) == Mode::Rollback));
    let offered = lap();
    black_box(with_offers(&document, &sections, &Accepted::default()));
    [read, meant, offered, lap()]
}

/// The median of a case, in milliseconds.
fn median(run: impl Fn()) -> f64 {
    let mut took: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    rounded(took.remove(RUNS / 2).as_secs_f64() * 1_000.0)
}

fn rounded(ms: f64) -> f64 {
    (ms * 1_000.0).round() / 1_000.0
}
