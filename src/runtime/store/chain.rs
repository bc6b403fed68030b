//! From proposals to lines: each names the one before, the first names the heads.
//!
//! Not here: where they are written (`append.rs`, `fallback.rs`), the bytes of a line (`session/line.rs`).

use std::collections::HashSet;

use super::request::Proposal;
use crate::session::graph::Graph;
use crate::session::hash::Hash;
use crate::session::line::{Draft, DraftFault, Line, parse_line, write_line};
use crate::session::tombstone::{Redactions, Taken};
use crate::session::ulid::Ulid;

/// Spells events as a chain below `up`: the bytes, and the lines as everybody will read them. `name` gives each its key.
pub(super) fn chain(
    name: &mut dyn FnMut() -> Ulid,
    mut up: Vec<Hash>,
    events: Vec<Proposal>,
) -> Result<(Vec<u8>, Vec<Line>), DraftFault> {
    let (mut bytes, mut lines) = (Vec::new(), Vec::new());
    for event in events {
        let Proposal { at, by, on, kind, v, crit, data } = event;
        let written = write_line(&Draft { id: name(), at, by, on, kind, v, up, crit, data })?;
        let line = parse_line(&written.text).map_err(|_fault| DraftFault::Field("it cannot be read back"))?;
        up = vec![written.hash];
        bytes.extend(written.text.into_bytes());
        lines.push(line);
    }
    Ok((bytes, lines))
}

/// Lines from elsewhere byte for byte, but those the record has, and tombstones for what was redacted here or there. What is no
/// good line is left out.
pub(super) fn take_over(graph: &Graph, redactions: &Redactions, verbatim: &[String]) -> (Vec<u8>, Vec<Line>) {
    let (mut bytes, mut lines) = (Vec::new(), Vec::new());
    let mut taken = HashSet::new();
    for Taken { text, line, .. } in redactions.to_take(verbatim.iter().map(String::as_str)) {
        if !graph.contains(&line.hash) && taken.insert(line.hash) {
            bytes.extend(text.as_bytes());
            bytes.push(b'\n');
            lines.push(line);
        }
    }
    // A forged tombstone that would come after itself would make the record read-only.
    if lines.iter().any(Line::is_tombstone) && closes_a_circle(graph, &lines) {
        return (Vec::new(), Vec::new());
    }
    (bytes, lines)
}

fn closes_a_circle(graph: &Graph, lines: &[Line]) -> bool {
    let mut joined = graph.clone();
    for line in lines {
        joined.insert(line);
    }
    joined.tangled() > graph.tangled()
}
