//! `gonogo repair --restore --from COPY`: lines that are gone come back from a copy, as they were; an edited header too.
//!
//! A copy is any file that holds lines of this release: an older record, a colleague's, what was moved out. Each line proves
//! itself, and only what hangs together with the record is taken. Not here: which lines are gone (`session/graph.rs`).

use std::collections::{BTreeMap, BTreeSet};

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
use crate::session::ulid::EventId;

/// What came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// How many lines.
    pub lines: usize,
    /// Lines of the copy that hang together with nothing here, or share their key with another line.
    pub left_out: usize,
    /// The header came back too.
    pub header: bool,
}

/// Appends the lines of a copy that the record lacks, as they are.
///
/// # Errors
/// It is locked, poisoned or damaged, or the disk refuses.
pub fn restore(paths: &SessionPaths, mender: &Mender, copy: &[u8]) -> Result<Restored, StoreFault> {
    let bench = Bench::take(paths, mender)?;
    let mut done = Restored::default();
    let healed = with_header_of(copy, &bench.bytes);
    done.header = healed.is_some();
    let mut clean = without_torn_end(healed.as_ref().unwrap_or(&bench.bytes)).map_err(bench.unreadable())?;
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
    // Nothing is put aside for a record that is refused in the end.
    bench.check(&clean)?;
    if done.header {
        bench.put_aside("quarantine", &bench.bytes)?;
    }
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
/// hang on nothing. Of different lines with one key none comes in: neither would count.
fn hanging_together(graph: &Graph, lines: Vec<(String, Line)>) -> (Vec<(String, Line)>, usize) {
    let mut known: BTreeSet<Hash> = graph.nodes().iter().map(|node| node.hash).collect();
    known.insert(graph.root());
    let mut keys: BTreeMap<EventId, BTreeSet<Hash>> = BTreeMap::new();
    for node in graph.nodes() {
        keys.entry(node.id).or_default().insert(node.hash);
    }
    for (_, line) in &lines {
        keys.entry(line.id).or_default().insert(line.hash);
    }
    let one_of_its_key = |line: &Line| keys.get(&line.id).is_some_and(|hashes| hashes.len() == 1);
    let mut seen: BTreeSet<Hash> = BTreeSet::new();
    let lacked = lines.into_iter().filter(|(_, line)| !known.contains(&line.hash) && seen.insert(line.hash));
    let (mut open, twins): (Vec<_>, Vec<_>) = lacked.partition(|(_, line)| one_of_its_key(line));
    let mut taken = Vec::new();
    loop {
        let (ready, rest): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|(_, line)| line.up.iter().all(|parent| known.contains(parent)));
        if ready.is_empty() {
            return (taken, rest.len() + twins.len());
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
