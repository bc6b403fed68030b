//! The measured claims: how soon the screen stands, what it costs when nothing happens, what a flood does to it.
//!
//! `cargo bench --bench cockpit` runs all of it and prints one line of JSON for each figure; `-- --quick` takes seconds a
//! case; `-- ingest search` only those. Docker is the simulated daemon, in a process of its own; figures are of the
//! cockpit's process alone. Times are of the whole process: start of the program, or a key, to its text in a terminal model.
//!
//! Other programs are measured side by side on the same daemon, one variable for all of them, parted by blank lines or `|`:
//! `GONOGO_BENCH_PEERS='name=oxker;cmd=oxker --host {socket};marker={container};key=h;shows=help'`. `{socket}` is the path of
//! the socket, `{address}` its `unix://` address, `{container}` the name that is waited for. `key` and `shows` are for
//! `keys` and may be left out.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::panic, reason = "that is how a benchmark fails")]
#![expect(clippy::indexing_slicing, reason = "a wrong index fails the benchmark, as it should")]
#![expect(clippy::disallowed_methods, reason = "a benchmark starts processes and reads the clock")]
#![expect(clippy::print_stdout, reason = "figures are printed")]
#![expect(dead_code, reason = "the tests' support is shared; a benchmark uses a part of it")]

#[path = "cockpit/cost.rs"]
mod cost;
#[path = "cockpit/figures.rs"]
mod figures;
#[path = "cockpit/floods.rs"]
mod floods;
#[path = "cockpit/idle.rs"]
mod idle;
#[path = "cockpit/screens.rs"]
mod screens;
#[path = "cockpit/subject.rs"]
mod subject;
#[path = "../tests/it/support/mod.rs"]
mod support;

use figures::Effort;
use subject::Subject;

/// A case: its name, and what it measures of a subject.
type Case = (&'static str, fn(&Subject, Effort));

const CASES: [Case; 7] = [
    ("first_frame", screens::first_frame),
    ("list", screens::list),
    ("idle", idle::idle),
    ("ingest", floods::ingest),
    ("memory", floods::memory),
    ("search", floods::search),
    ("keys", floods::keys),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` and `cargo clippy` start benchmarks too; only `cargo bench` passes this.
    if !words.iter().any(|word| word == "--bench") {
        return;
    }
    let effort = if words.iter().any(|word| word == "--quick") { Effort::Quick } else { Effort::Full };
    let named: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let subjects: Vec<Subject> = std::iter::once(Subject::gonogo()).chain(subject::peers()).collect();
    for (name, measure) in CASES {
        if named.is_empty() || named.iter().any(|wanted| *wanted == name) {
            for subject in &subjects {
                measure(subject, effort);
            }
        }
    }
}
