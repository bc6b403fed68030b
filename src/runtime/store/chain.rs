//! From proposals to lines: each names the one before, the first names the heads.
//!
//! Not here: where they are written (`append.rs`, `fallback.rs`), the bytes of a line (`session/line.rs`).

use super::request::Proposal;
use crate::session::graph::Graph;
use crate::session::hash::Hash;
use crate::session::line::{Draft, DraftFault, Line, parse_line, write_line};
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

/// Lines of a journal as they are, but those the record has. A line that does not come out with its own hash is left out.
pub(super) fn take_over(graph: &Graph, verbatim: &[Line]) -> (Vec<u8>, Vec<Line>) {
    let (mut bytes, mut lines) = (Vec::new(), Vec::new());
    for line in verbatim.iter().filter(|line| !graph.contains(&line.hash)) {
        let draft = Draft {
            id: line.id,
            at: line.at,
            by: line.by.clone(),
            on: line.on.clone(),
            kind: line.kind.clone(),
            v: line.v,
            up: line.up.clone(),
            crit: line.crit,
            data: line.data.clone(),
        };
        if let Ok(written) = write_line(&draft)
            && written.hash == line.hash
        {
            bytes.extend(written.text.into_bytes());
            lines.push(line.clone());
        }
    }
    (bytes, lines)
}
