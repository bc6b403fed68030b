//! Where a record is shared: the repository it lies in, a remote, a branch of its own.
//!
//! Not here: what is exchanged there (`exchange.rs`).

use std::path::{Path, PathBuf};

use super::call::{CallFault, Git, GitCall};
use crate::runtime::store::SessionPaths;
use crate::runtime::store::paths::{FOLDER, SUFFIX};
use crate::session::header::Release;

/// Where a record is shared.
#[derive(Clone, Debug)]
pub struct Place {
    pub(super) git: Git,
    /// The folder of the work tree.
    pub top: PathBuf,
    /// The remote's name.
    pub remote: String,
}

/// Why a record cannot be shared from where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceFault {
    /// There is no git, or it hangs.
    NoGit(String),
    /// No repository around the record.
    NoRepository,
    /// The repository has no remote.
    NoRemote,
    /// There is no remote of that name; these there are.
    UnknownRemote(Vec<String>),
    /// Several remotes, and nothing says which.
    WhichRemote(Vec<String>),
}

impl Place {
    /// Looks around a folder. The remote is the one asked for, else that of the branch checked out, else `origin`, else the only one.
    ///
    /// # Errors
    /// No git, no repository, no remote, or no telling which.
    pub fn find(folder: &Path, wanted: Option<&str>, person: &str) -> Result<Self, PlaceFault> {
        let git = Git::new(folder, person);
        let top = git.text(&GitCall::TopLevel, b"").map_err(|fault| match fault {
            CallFault::NotStarted(why) => PlaceFault::NoGit(why),
            CallFault::TookTooLong(limit) => {
                PlaceFault::NoGit(format!("no answer within {} s", limit.as_secs()))
            }
            CallFault::Failed(_) => PlaceFault::NoRepository,
        })?;
        let listed = git.bytes(&GitCall::Remotes, b"").unwrap_or_default();
        let remotes: Vec<String> = String::from_utf8_lossy(&listed)
            .lines()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        let remote = choose(&git, &remotes, wanted)?;
        Ok(Self { git, top: PathBuf::from(top), remote })
    }
}

fn choose(git: &Git, remotes: &[String], wanted: Option<&str>) -> Result<String, PlaceFault> {
    let known = |name: &str| remotes.iter().find(|remote| remote.as_str() == name).cloned();
    if let Some(wanted) = wanted {
        return known(wanted).ok_or_else(|| PlaceFault::UnknownRemote(remotes.to_vec()));
    }
    let upstream = || {
        let branch = git.text(&GitCall::CheckedOut, b"").ok()?;
        known(&git.text(&GitCall::Config(&format!("branch.{branch}.remote")), b"").ok()?)
    };
    match remotes {
        [] => Err(PlaceFault::NoRemote),
        [only] => Ok(only.clone()),
        several => {
            upstream().or_else(|| known("origin")).ok_or_else(|| PlaceFault::WhichRemote(several.to_vec()))
        }
    }
}

/// The branch of a release, the same in every clone: it follows from what never changes, not from where the file lies.
pub fn branch_of(release: &Release) -> String {
    // What git forbids in a name of a branch and our file names allow.
    format!("gonogo/{}", stem_of(release)).replace("..", ".-")
}

/// The path of the record in its branch.
pub(super) fn path_of(release: &Release) -> String {
    format!("{FOLDER}/{}{SUFFIX}", stem_of(release))
}

fn stem_of(release: &Release) -> String {
    let paths = SessionPaths::in_folder(Path::new(FOLDER), &release.product, &release.version, release.id);
    paths.file_name().trim_end_matches(SUFFIX).to_owned()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "git judges the names")]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_named_after_the_release_in_letters_git_takes() {
        let release = |product: &str, version: &str| Release {
            id: crate::session::ulid::Ulid::from_parts(1, 1),
            product: product.into(),
            version: version.into(),
            created: chrono::DateTime::UNIX_EPOCH,
            program: "gonogo".into(),
            source: None,
            source_digest: None,
            continues: None,
        };
        assert_eq!(branch_of(&release("shop", "2.4.0")), "gonogo/shop-2.4.0-00000000010000000000000001");
        for (product, version) in [("a..b", "1...2"), ("é ~^:?*[\\@{", "-x.lock"), ("", ""), ("..", "..")] {
            let branch = branch_of(&release(product, version));
            let mut check = std::process::Command::new("git");
            let taken = check.args(["check-ref-format", "--branch", &branch]).output().unwrap();
            assert!(taken.status.success(), "{branch}");
            assert!(path_of(&release(product, version)).ends_with(".session.toml"));
        }
    }
}
