//! What this person trusted on this machine: one small file per digest, outside every repository.
//!
//! The digest covers the checklist and the bytes of the files its commands name. Not here: what follows from trust
//! (`engine/trust.rs`), the words for people (`cli/trust.rs`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::files::{self, FileFault};
use crate::checklist::model::Checklist;
use crate::checklist::shown::{ShownCommand, commands_shown, pinned_candidates};
use crate::checklist::trust::{Digest, PINNED_MAX, PINNED_MAX_BYTES, trust_digest};
use crate::checklist::values::Values;
use crate::engine::trust::TrustState;

/// Most trust files looked at for the diff: a person trusts a few a month.
const LOOKED_AT_MAX: usize = 2_000;

/// Other places kept for one content: worktrees of one project.
const PLACES_MAX: usize = 32;

/// What this person trusted on this machine.
#[derive(Clone, Debug)]
pub struct TrustStore {
    folder: PathBuf,
    named: Vec<String>,
}

/// What stands in a trust file.
#[derive(Debug, Serialize, Deserialize)]
struct Trusted {
    digest: String,
    path: String,
    /// Other places of the same content: each was looked at by a person, with the files around it.
    #[serde(default)]
    also: Vec<String>,
    at: DateTime<Utc>,
    shown: Vec<String>,
}

/// A checklist's content, as it would be trusted.
#[derive(Clone, Debug)]
pub struct Content {
    /// Its digest, pinned files in it.
    pub digest: Digest,
    /// Files covered by it, relative to the checklist's folder.
    pub pinned: Vec<String>,
    /// Files that are named and not covered.
    pub not_pinned: Vec<String>,
    /// Everything it would run, fetch or demand.
    pub shown: Vec<ShownCommand>,
}

impl Content {
    /// Reads the pinned files below `folder` and takes the digest.
    pub fn of(checklist: &Checklist, folder: &Path) -> Self {
        let mut pinned: Vec<(String, Vec<u8>)> = Vec::new();
        let mut not_pinned = Vec::new();
        let root = files::canonical(folder);
        for candidate in pinned_candidates(checklist) {
            let path = root.join(&candidate);
            let Ok(found) = fs::metadata(&path) else { continue };
            let inside = files::canonical(&path).starts_with(&root);
            let small = usize::try_from(found.len()).is_ok_and(|len| len <= PINNED_MAX_BYTES);
            if !found.is_file() {
                continue;
            }
            match files::read_bytes(&path) {
                Ok(bytes) if inside && small && pinned.len() < PINNED_MAX => pinned.push((candidate, bytes)),
                Ok(_) | Err(_) => not_pinned.push(candidate),
            }
        }
        let given = BTreeMap::new();
        let values = Values { checklist, given: &given, environment: None, commit: None };
        Self {
            digest: trust_digest(checklist, &pinned),
            pinned: pinned.into_iter().map(|(name, _)| name).collect(),
            not_pinned,
            shown: commands_shown(checklist, &values),
        }
    }
    fn lines(&self) -> Vec<String> {
        let pinned = self.pinned.iter().map(|name| format!("pinned file: {name}"));
        self.shown.iter().map(|shown| format!("{}: {}", shown.place, shown.text)).chain(pinned).collect()
    }
}

fn canonical(path: &Path) -> String {
    files::canonical(path).to_string_lossy().into_owned()
}

impl TrustStore {
    /// The store below the state folder; `named` are the digests of `GONOGO_TRUST`.
    pub fn new(state: &Path, named: Vec<String>) -> Self {
        Self { folder: state.join("trust"), named }
    }
    /// Is this content trusted, and if not, what changed since something of this path was? What runs, fetches and demands nothing
    /// needs nobody's trust.
    pub fn judge(&self, content: &Content, path: &Path) -> TrustState {
        let digest = content.digest.to_string();
        if content.shown.is_empty()
            || self.named.contains(&digest)
            || self.paths(&digest).contains(&canonical(path))
        {
            return TrustState::Trusted { digest };
        }
        TrustState::Untrusted {
            digest,
            changed: self.changed(content, path),
            not_pinned: content.not_pinned.clone(),
        }
    }
    /// Remembers that this content is trusted, and where it lies.
    pub fn trust(&self, content: &Content, path: &Path, at: DateTime<Utc>) -> Result<(), FileFault> {
        let digest = content.digest.to_string();
        let here = canonical(path);
        let mut also = self.paths(&digest);
        also.retain(|other| *other != here);
        also.truncate(PLACES_MAX);
        let trusted = Trusted { path: here, also, at, shown: content.lines(), digest: digest.clone() };
        let file = self.file(&digest);
        let text = toml::to_string(&trusted).map_err(|why| FileFault::Io {
            what: "write",
            path: file.clone(),
            source: std::io::Error::other(why),
        })?;
        files::replace_private(&file, &text)
    }
    /// Where this content is trusted, the newest place first. What an unpinned program reads differs from place to place,
    /// so the same checklist in a stranger's folder is not trusted.
    fn paths(&self, digest: &str) -> Vec<String> {
        let text = files::read_text(&self.file(digest)).ok();
        let trusted = text.and_then(|text| toml::from_str::<Trusted>(&text).ok());
        let trusted = trusted.filter(|trusted| trusted.digest == digest);
        trusted.map(|trusted| std::iter::once(trusted.path).chain(trusted.also).collect()).unwrap_or_default()
    }
    fn file(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{}.toml", digest.trim_start_matches("sha256:")))
    }
    /// Lines that came and went since the newest trusted content of this path; empty: never trusted.
    fn changed(&self, content: &Content, path: &Path) -> Vec<String> {
        let wanted = canonical(path);
        let before = files::list(&self.folder, ".toml")
            .into_iter()
            .take(LOOKED_AT_MAX)
            .filter_map(|file| toml::from_str::<Trusted>(&files::read_text(&file).ok()?).ok())
            .filter(|trusted| trusted.path == wanted || trusted.also.contains(&wanted))
            .max_by_key(|trusted| trusted.at);
        let Some(before) = before else { return Vec::new() };
        let now = content.lines();
        let gone = before.shown.iter().filter(|line| !now.contains(line)).map(|line| format!("- {line}"));
        let new = now.iter().filter(|line| !before.shown.contains(line)).map(|line| format!("+ {line}"));
        let mut changed: Vec<String> = gone.chain(new).collect();
        if changed.is_empty() {
            changed.push("a pinned file or a setting changed; the commands are the same".to_owned());
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, TrustStore};
    use crate::checklist::read::read_toml;
    use crate::engine::trust::TrustState;

    const SOURCE: &str = "format = 1\nid = \"x\"\ntitle = \"X\"\n[actions.a]\nkind = \"change\"\n\
        [[actions.a.steps]]\nrun = [\"./go.sh\"]\n";

    #[test]
    fn what_was_trusted_is_trusted_until_a_byte_of_its_script_changes() {
        let place = tempfile::tempdir().unwrap();
        let script = place.path().join("go.sh");
        std::fs::write(&script, "true").unwrap();
        let checklist = read_toml("x.toml", SOURCE).unwrap();
        let store = TrustStore::new(&place.path().join("state"), Vec::new());
        let path = place.path().join("x.toml");
        let content = Content::of(&checklist, place.path());
        assert_eq!(content.pinned, ["go.sh"]);
        assert!(!store.judge(&content, &path).is_trusted());
        store.trust(&content, &path, chrono::DateTime::UNIX_EPOCH).unwrap();
        assert!(store.judge(&content, &path).is_trusted());

        std::fs::write(&script, "false").unwrap();
        let TrustState::Untrusted { changed, .. } =
            store.judge(&Content::of(&checklist, place.path()), &path)
        else {
            panic!("a changed script is not trusted");
        };
        assert!(changed[0].contains("pinned file"), "{changed:?}");
    }

    #[test]
    fn what_runs_and_demands_nothing_needs_nobodys_trust() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x.toml");
        let store = TrustStore::new(place.path(), Vec::new());
        let judged = |source: &str| {
            let content = Content::of(&read_toml("x.toml", source).unwrap(), place.path());
            store.judge(&content, &path).is_trusted()
        };
        let plain = "format = 1\nid = \"x\"\ntitle = \"X\"\n[[phases]]\nid = \"a\"\ntitle = \"A\"\nitems = [{ id = \"b\", title = \"B\" ";
        assert!(judged(&format!("{plain}}}]\n")));
        for acting in [
            "check = { tcp = { target = \"db:5432\" } }",
            "check = { http = { url = \"http://x\", status = 200 } }",
        ] {
            assert!(!judged(&format!("{plain}, {acting} }}]\n")), "{acting}");
        }
    }

    #[test]
    fn the_same_checklist_in_a_strangers_folder_is_not_trusted_and_each_worktree_may_be() {
        let place = tempfile::tempdir().unwrap();
        let store = TrustStore::new(&place.path().join("state"), Vec::new());
        let make = |name: &str| {
            std::fs::create_dir(place.path().join(name)).unwrap();
            std::fs::write(place.path().join(name).join("x.toml"), SOURCE).unwrap();
            place.path().join(name).join("x.toml")
        };
        let content = Content::of(&read_toml("x.toml", SOURCE).unwrap(), place.path());
        let (mine, other, evil) = (make("mine"), make("other"), make("evil"));
        store.trust(&content, &mine, chrono::DateTime::UNIX_EPOCH).unwrap();
        store.trust(&content, &other, chrono::DateTime::UNIX_EPOCH).unwrap();
        assert!(store.judge(&content, &mine).is_trusted() && store.judge(&content, &other).is_trusted());
        assert!(!store.judge(&content, &evil).is_trusted());
    }

    #[test]
    fn the_diff_names_the_commands_that_changed_and_the_environment_may_name_a_digest() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x.toml");
        let store = TrustStore::new(place.path(), Vec::new());
        let first = Content::of(&read_toml("x.toml", SOURCE).unwrap(), place.path());
        store.trust(&first, &path, chrono::DateTime::UNIX_EPOCH).unwrap();
        let second = read_toml("x.toml", &SOURCE.replace("go.sh", "evil.sh")).unwrap();
        let second = Content::of(&second, place.path());
        let TrustState::Untrusted { changed, .. } = store.judge(&second, &path) else {
            panic!("other commands are not trusted");
        };
        assert_eq!(changed.len(), 2, "{changed:?}");
        assert!(changed[1].starts_with('+') && changed[1].contains("evil.sh"), "{changed:?}");
        let named = TrustStore::new(place.path(), vec![second.digest.to_string()]);
        assert!(named.judge(&second, &path).is_trusted());
    }
}
