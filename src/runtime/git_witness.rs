//! A record as it stands in commits: at HEAD, on the branch it is pushed to, and on its own branch (`git_sync`). Read by the `git` program, with bounds.
//!
//! Nothing is fetched: what a server holds is known as of the last fetch. Not here: what it vouches for
//! (`session/witness.rs`), writing to a repository.

use std::path::Path;
use std::time::Duration;

use crate::runtime::git::answer;
use crate::runtime::store::SessionPaths;
use crate::runtime::store::paths::{FOLDER, SUFFIX};
use crate::runtime::store::safe_open::FILE_MAX;
use crate::session::graph::Graph;
use crate::session::line::Line;
use crate::session::scan::scan_file;
use crate::session::ulid::Ulid;
use crate::session::witness::{Commit, Standing, Watermark};

/// How long git may take for one answer: it reads a file of some megabytes.
const GIT_LIMIT: Duration = Duration::from_secs(10);
/// Most remotes whose branch of the release is asked: nobody shares one release through more.
const REMOTES_MAX: usize = 8;

/// The record of this release in HEAD, in the branch it is pushed to, and where it was synced to; none where it is not committed.
pub fn commits(paths: &SessionPaths, release: Ulid) -> Vec<Commit> {
    let folder = paths.folder();
    let mut found = Vec::new();
    if let Some((seen, lines)) = seen_in(folder, &format!("HEAD:./{}", paths.file_name()), release) {
        found.push(Commit { name: "HEAD".to_owned(), seen, standing: Standing::Grown, lines });
    }
    let upstream = ask(folder, &["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"]);
    let upstream = upstream.and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some(name) = upstream.as_deref().map(str::trim).filter(|name| !name.is_empty())
        && let Some((seen, lines)) =
            seen_in(folder, &format!("@{{upstream}}:./{}", paths.file_name()), release)
    {
        let merged = ask(folder, &["merge-base", "--is-ancestor", "@{upstream}", "HEAD"]).is_some();
        let standing = if merged { Standing::Grown } else { Standing::Beside };
        found.push(Commit { name: name.to_owned(), seen, standing, lines });
    }
    found.extend(synced(folder, release));
    found
}

/// What `gonogo sync` last saw at the remotes: a fetch may have brought more than is here.
fn synced(folder: &Path, release: Ulid) -> Vec<Commit> {
    let pattern = format!("refs/remotes/*/gonogo/*-{release}");
    let listed = ask(folder, &["for-each-ref", "--format=%(refname:lstrip=2)", &pattern]).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed);
    let seen = |name: &str| {
        let stem = name.rsplit('/').next()?;
        let (seen, lines) =
            seen_in(folder, &format!("refs/remotes/{name}:{FOLDER}/{stem}{SUFFIX}"), release)?;
        Some(Commit { name: name.to_owned(), seen, standing: Standing::Beside, lines })
    };
    listed.lines().take(REMOTES_MAX).filter_map(seen).collect()
}

/// What a file of a commit holds, `file` as git spells it: `HEAD:./NAME`.
fn seen_in(folder: &Path, file: &str, release: Ulid) -> Option<(Watermark, Vec<Line>)> {
    let bytes = ask(folder, &["cat-file", "blob", file])?;
    let (header, scanner, batch) = scan_file(&bytes).ok()?;
    if header.release.id != release {
        return None;
    }
    let graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
    let lines = batch.lines.into_iter().map(|found| found.line).collect();
    Some((Watermark::of(&graph, scanner.end()), lines))
}

/// Git's whole answer; none: it failed, or took too long.
fn ask(folder: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    answer(folder, arguments, GIT_LIMIT, FILE_MAX)
}
