//! Who mends a record from here, and what they have seen of it afterwards.
//!
//! Not here: mending (`runtime/store/repair`), what can be asked for (`repair.rs`, `verify.rs`).

use super::Doors;
use super::app_error::AppError;
use super::open_session::base_folder;
use crate::runtime::store::repair::Mender;
use crate::runtime::store::safe_open::read_whole;
use crate::runtime::store::{Holder, SeenFile, SessionPaths};
use crate::session::fold::fold;
use crate::session::graph::Graph;
use crate::session::scan::scan_file;
use crate::session::verify::Watermark;

/// Who mends.
pub fn mender(doors: &Doors, paths: &SessionPaths) -> Mender {
    let author = doors.author(&base_folder(paths));
    let holder =
        Holder { pid: doors.started.pid, host: doors.started.host.clone(), person: author.by.clone() };
    Mender { author, at: doors.now(), holder, network: doors.network_files() }
}

/// Whoever mended has seen what there is now; a witness of what is gone goes on accusing. Errors: the record or the state
/// folder cannot be used.
pub fn note_seen(doors: &Doors, paths: &SessionPaths) -> Result<(), AppError> {
    let bytes = read_whole(paths)?;
    let Ok((header, scanner, batch)) = scan_file(&bytes) else { return Ok(()) };
    let lines = || batch.lines.iter().map(|found| &found.line);
    let (graph, session) = (Graph::of(header.digest, lines()), fold(header.digest, lines()));
    let seen = SeenFile::new(&doors.started.state, header.release.id);
    if seen.load().is_none_or(|before| before.lacks(&graph, &session).is_none()) {
        seen.store(&Watermark::of(&graph, scanner.end()))?;
    }
    Ok(())
}
