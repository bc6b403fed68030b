//! `gonogo repair --restore --from COPY`: lines that are gone come back from a copy, as they were; an edited header too.
//!
//! A copy is any file that holds lines of this release: an older record, a colleague's, what was moved out. Each line proves
//! itself, and only what hangs together with the record is taken. Not here: which lines are gone (`session/graph.rs`).

use std::collections::BTreeSet;

use super::bench::{Bench, Mender, upkeep};
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::paths::SessionPaths;
use crate::session::event::{Event, LogRestored, UpkeepEvent};
use crate::session::graph::Graph;
use crate::session::hash::Hash;
use crate::session::header::Header;
use crate::session::line::{Line, parse_line};
use crate::session::mend::without_torn_end;
use crate::session::scan::scan_file;

/// What came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// How many lines.
    pub lines: usize,
    /// Lines of the copy that hang together with nothing here.
    pub left_out: usize,
    /// The header came back too.
    pub header: bool,
}

/// Appends the lines of a copy that the record lacks, as they are.
///
/// # Errors
/// It is locked, poisoned or damaged, or the disk refuses.
pub fn restore(paths: &SessionPaths, mender: &Mender, copy: &[u8]) -> Result<Restored, StoreFault> {
    let mut bench = Bench::take(paths, mender)?;
    let mut done = Restored::default();
    if let Some(healed) = with_header_of(copy, &bench.bytes) {
        bench.put_aside("quarantine", &bench.bytes)?;
        bench.bytes = healed;
        done.header = true;
    }
    let mut clean = without_torn_end(&bench.bytes).map_err(bench.unreadable())?;
    let (header, scanner, batch) = scan_file(&clean.bytes).map_err(bench.unreadable())?;
    let mut graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
    let (found, left_out) = hanging_together(&graph, scanner.redactions().to_take(texts_of(copy)));
    done.lines = found.len();
    done.left_out = left_out;
    if found.is_empty() && !done.header {
        return Ok(done);
    }
    for (text, line) in found {
        clean.bytes.extend(text.bytes());
        clean.bytes.push(b'\n');
        graph.insert(&line);
    }
    clean.next_up = graph.next_up();
    let mut events: Vec<Event> = bench.torn_aside(&clean.torn)?.into_iter().collect();
    if done.lines > 0 {
        let lines = i64::try_from(done.lines).unwrap_or(i64::MAX);
        events.push(upkeep(UpkeepEvent::LogRestored(LogRestored { lines })));
    }
    bench.finish(&clean, events)?;
    Ok(done)
}

/// All lines of a text.
fn texts_of(copy: &[u8]) -> impl Iterator<Item = &str> {
    let texts = copy.split(|byte| *byte == b'\n').filter_map(|bytes| std::str::from_utf8(bytes).ok());
    texts.map(|text| text.trim_end_matches('\r'))
}

/// Those the record lacks and whose parents are here or come with them, in an order where parents come first; and how many
/// hang on nothing.
fn hanging_together(graph: &Graph, lines: Vec<(String, Line)>) -> (Vec<(String, Line)>, usize) {
    let mut known: BTreeSet<Hash> = graph.nodes().iter().map(|node| node.hash).collect();
    known.insert(graph.root());
    let mut open: Vec<(String, Line)> = Vec::new();
    let mut seen: BTreeSet<Hash> = BTreeSet::new();
    for (text, line) in lines {
        if !known.contains(&line.hash) && seen.insert(line.hash) {
            open.push((text, line));
        }
    }
    let mut taken = Vec::new();
    loop {
        let (ready, rest): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|(_, line)| line.up.iter().all(|parent| known.contains(parent)));
        if ready.is_empty() {
            return (taken, rest.len());
        }
        known.extend(ready.iter().map(|(_, line)| line.hash));
        taken.extend(ready);
        open = rest;
    }
}

/// The record below the copy's header, if the record's own was edited and the copy's is the one its first event names.
fn with_header_of(copy: &[u8], file: &[u8]) -> Option<Vec<u8>> {
    let theirs = Header::parse(copy).ok()?;
    let start = match Header::parse(file) {
        Ok(ours) if ours.digest == theirs.digest => return None,
        Ok(ours) => ours.len,
        // Not even TOML: the events begin where the line says so.
        Err(_) => {
            let line = b"\n[events]\n";
            file.windows(line.len()).position(|window| window == line)? + line.len()
        }
    };
    let events = file.get(start..)?;
    let names_it = texts_of(events)
        .filter_map(|text| parse_line(text).ok())
        .any(|line| line.up.contains(&theirs.digest));
    names_it.then(|| [copy.get(..theirs.len).unwrap_or_default(), events].concat())
}
