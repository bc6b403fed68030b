//! `gonogo repair --salvage`: everything that proves itself, and what could not be saved, in a new file.
//!
//! Never changes the old record. Not here: a torn tail (`recover.rs`), taking over a fallback journal (`fallback.rs`).

use crate::runtime::store::chain::chain;
use crate::runtime::store::create::write_new;
use crate::runtime::store::entropy::fresh_ulid;
use crate::runtime::store::fault::StoreFault;
use crate::runtime::store::paths::SessionPaths;
use crate::runtime::store::request::Proposal;
use crate::runtime::store::safe_open::read_whole;
use crate::session::graph::Graph;
use crate::session::scan::scan_file;

/// What a salvage brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvaged {
    /// Good lines copied.
    pub copied: usize,
    /// Pending events added, which the old record could not take.
    pub added: usize,
    /// Findings left behind, damage among them.
    pub left_behind: usize,
}

/// Copies the header, all good lines as they are, and pending events to a new record, on another disk if asked.
///
/// # Errors
/// The old record's header cannot be read, the new file exists already, or its disk refuses.
pub fn salvage(
    old: &SessionPaths,
    new: &SessionPaths,
    pending: Vec<Proposal>,
) -> Result<Salvaged, StoreFault> {
    let bytes = read_whole(old)?;
    let path = old.session();
    let (header, scanner, batch) = scan_file(&bytes).map_err(|fault| StoreFault::Header { path, fault })?;
    let mut text = bytes.get(..header.len).unwrap_or_default().to_vec();
    let mut graph = Graph::new(header.digest);
    for found in &batch.lines {
        let start = usize::try_from(found.offset).unwrap_or(usize::MAX);
        let len = usize::try_from(found.len).unwrap_or(0);
        let line = bytes.get(start..start.saturating_add(len)).unwrap_or_default();
        text.extend(line.trim_ascii_end());
        text.push(b'\n');
        graph.insert(&found.line);
    }
    let (more, added) = chain(&mut fresh_ulid, graph.next_up(), pending)?;
    text.extend(more);
    write_new(new.folder(), new.file_name(), &text)?;
    Ok(Salvaged { copied: batch.lines.len(), added: added.len(), left_behind: scanner.findings().len() })
}
