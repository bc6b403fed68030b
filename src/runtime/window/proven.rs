//! Versions that other records of the same product prove: their window closed HEALTHY, in this environment.
//!
//! Only records beside this one are looked at, newest first, and only so many. Not here: what follows
//! (`engine/window/automatic.rs`).

use std::io::Read;

use crate::checklist::id::EnvironmentName;
use crate::runtime::files::{Links, open_regular};
use crate::runtime::store::SessionPaths;
use crate::runtime::store::paths::list;
use crate::session::fold::fold;
use crate::session::scan::scan_file;
use crate::session::status::WindowVerdict;

/// Most records looked at: what goes back further than twenty releases is no last-known-good.
const RECORDS_MAX: usize = 20;
/// The largest record looked at: far more than a release writes.
const BYTES_MAX: u64 = 32 << 20;

/// Environment and version of each, oldest first. What cannot be read proves nothing.
pub fn proven(own: &SessionPaths, product: &str) -> Vec<(Option<EnvironmentName>, String)> {
    let found = list(own.folder()).unwrap_or_default();
    let others = found.into_iter().filter(|paths| paths != own).take(RECORDS_MAX);
    let mut closed = Vec::new();
    for paths in others {
        let Ok(file) = open_regular(&paths.session(), Links::Refuse) else { continue };
        let mut bytes = Vec::new();
        if file.take(BYTES_MAX).read_to_end(&mut bytes).is_err() {
            continue;
        }
        let Ok((header, _, batch)) = scan_file(&bytes) else { continue };
        if header.release.product != product {
            continue;
        }
        let session = fold(header.digest, batch.lines.iter().map(|found| &found.line));
        for window in session.windows {
            let healthy = window.verdict() == Some(WindowVerdict::Healthy);
            if let (true, Some((stamp, _)), Some(version)) = (healthy, window.closed, window.opened.version) {
                closed.push((stamp.at, (window.opened.environment, version)));
            }
        }
    }
    closed.sort_by_key(|(at, _)| *at);
    closed.into_iter().map(|(_, proven)| proven).collect()
}
