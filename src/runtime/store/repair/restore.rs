//! `gonogo repair --restore --from COPY`: lines that are gone come back from a copy, as they were; an edited header too.
//!
//! A copy is any file that holds lines of this release: an older record, a colleague's, what was moved out. Each line proves
//! itself, and only what hangs together with the record is taken. Not here: which lines are gone (`session/graph.rs`).

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

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
use crate::session::tombstone::{Redactions, Taken};
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
    let (found, left_out) = to_put_back(&graph, scanner.redactions(), copy);
    done.lines = found.len();
    done.left_out = left_out;
    if found.is_empty() && !done.header {
        return Ok(done);
    }
    for Taken { text, line, .. } in found {
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

/// What of a copy comes back, and how many of its lines do not. First it is settled what hangs together, then what is taken out
/// of it: what tells of a redaction and stays away itself takes nothing out, and makes no tombstone valid.
fn to_put_back<'a>(graph: &Graph, known: &Redactions, copy: &'a [u8]) -> (Vec<Taken<'a>>, usize) {
    let mut texts: Vec<&str> = texts_of(copy).collect();
    let mut lacked_at_first = None;
    loop {
        let lines = known.to_take(texts.iter().copied());
        let lacked: HashSet<Hash> =
            lines.iter().map(|taken| taken.line.hash).filter(|hash| !graph.contains(hash)).collect();
        let at_first = *lacked_at_first.get_or_insert(lacked.len());
        let found = hanging_together(graph, &lines);
        if found.len() == lacked.len() {
            return (found, at_first - lacked.len());
        }
        // Fewer each time, so this ends.
        let stays: HashSet<Hash> = found.iter().map(|taken| taken.line.hash).collect();
        let gone =
            |taken: &&Taken<'a>| lacked.contains(&taken.line.hash) && !stays.contains(&taken.line.hash);
        let gone: HashSet<&str> = lines.iter().filter(gone).map(|taken| taken.from).collect();
        texts.retain(|text| !gone.contains(text));
    }
}

/// Those the record lacks and whose parents are here or come with them, parents first. Of different lines with one key none
/// comes in: neither would count.
fn hanging_together<'a>(graph: &Graph, lines: &[Taken<'a>]) -> Vec<Taken<'a>> {
    let mut keys: HashMap<EventId, BTreeSet<Hash>> = HashMap::new();
    let named = graph.nodes().iter().map(|node| (node.id, node.hash));
    for (id, hash) in named.chain(lines.iter().map(|taken| (taken.line.id, taken.line.hash))) {
        keys.entry(id).or_default().insert(hash);
    }
    let one_of_its_key = |line: &Line| keys.get(&line.id).is_some_and(|hashes| hashes.len() == 1);
    let mut seen = HashSet::new();
    let wanted = |taken: &&Taken<'a>| {
        !graph.contains(&taken.line.hash) && one_of_its_key(&taken.line) && seen.insert(taken.line.hash)
    };
    let wanted: Vec<&Taken<'a>> = lines.iter().filter(wanted).collect();
    let is_here = |hash: &Hash| graph.contains(hash) || *hash == graph.root();
    let mut waits: HashMap<Hash, BTreeSet<Hash>> = HashMap::new();
    let mut children: HashMap<Hash, Vec<&Taken<'a>>> = HashMap::new();
    for taken in &wanted {
        let parents: BTreeSet<Hash> = taken.line.up.iter().copied().filter(|up| !is_here(up)).collect();
        for parent in &parents {
            children.entry(*parent).or_default().push(taken);
        }
        waits.insert(taken.line.hash, parents);
    }
    let is_ready = |taken: &Taken<'a>| waits.get(&taken.line.hash).is_some_and(BTreeSet::is_empty);
    let mut ready: VecDeque<&Taken<'a>> = wanted.into_iter().filter(|taken| is_ready(taken)).collect();
    let mut found = Vec::new();
    while let Some(taken) = ready.pop_front() {
        for child in children.remove(&taken.line.hash).unwrap_or_default() {
            let Some(left) = waits.get_mut(&child.line.hash) else { continue };
            if left.remove(&taken.line.hash) && left.is_empty() {
                ready.push_back(child);
            }
        }
        found.push(taken.clone());
    }
    found
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
