//! Texts that were typed and not sent, one small private file each, so that Esc, quitting and a crash lose nothing.
//!
//! Not here: which field a text belongs to (`tui`).

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{self, FileFault};
use crate::session::hash::Hash;

/// Most drafts read of one release: one per field a person left.
const DRAFTS_MAX: usize = 200;

/// The drafts of one release.
#[derive(Clone, Debug)]
pub struct Drafts {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Draft {
    field: String,
    text: String,
}

impl Drafts {
    /// Below the state folder, by release.
    pub fn new(state: &Path, release: &str) -> Self {
        Self { folder: state.join("drafts").join(release) }
    }
    /// Field and text of each; what cannot be read is left out.
    pub fn load(&self) -> Vec<(String, String)> {
        files::list(&self.folder, ".toml")
            .into_iter()
            .take(DRAFTS_MAX)
            .filter_map(|path| toml::from_str::<Draft>(&files::read_text(&path).ok()?).ok())
            .map(|draft| (draft.field, draft.text))
            .collect()
    }
    /// Keeps a text; an empty one is forgotten.
    pub fn save(&self, field: &str, text: &str) -> Result<(), FileFault> {
        // Fields are names of ours with ids of the checklist in them: a digest makes a file name of any.
        let name = Hash::of(field.as_bytes()).to_string();
        let path = self.folder.join(format!("{name}.toml"));
        if text.is_empty() {
            return files::remove(&path);
        }
        let draft = Draft { field: field.to_owned(), text: text.to_owned() };
        let text = toml::to_string(&draft).unwrap_or_default();
        files::replace_private(&path, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::Drafts;

    #[test]
    fn a_draft_survives_until_it_is_sent() {
        let place = tempfile::tempdir().unwrap();
        let drafts = Drafts::new(place.path(), "01K");
        drafts.save("waive notes", "because\nof this").unwrap();
        assert_eq!(drafts.load(), [("waive notes".to_owned(), "because\nof this".to_owned())]);
        drafts.save("waive notes", "").unwrap();
        assert_eq!(drafts.load(), []);
    }
}
