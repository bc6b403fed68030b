//! Defaults of variables that come from outside: git, the environment, the first line of a file beside the checklist.
//!
//! What they give is checked like a typed value. Not here: asking (`cli/new.rs`).

use std::path::Path;

use super::env::Started;
use super::{files, git};
use crate::checklist::variable::{DefaultSource, VariableDefault};

/// The default's value now; none: the source has none.
pub fn default_value(default: &VariableDefault, folder: &Path) -> Option<String> {
    match default {
        VariableDefault::Literal(text) => Some(text.clone()),
        VariableDefault::From(DefaultSource::Git(what)) => match what.as_str() {
            "last-tag" => git::last_tag(folder).map(|tag| tag.strip_prefix('v').unwrap_or(&tag).to_owned()),
            "branch" => git::branch(folder),
            "commit" => git::commit(folder),
            "describe" => git::describe(folder),
            _ => None,
        },
        VariableDefault::From(DefaultSource::Env(name)) => Started::variable(name),
        VariableDefault::From(DefaultSource::File(name)) => {
            // A checklist may not have files read, and put into the record, that lie outside its folder.
            let path = files::canonical(&folder.join(name));
            let text = files::read_text(&path).ok().filter(|_| path.starts_with(files::canonical(folder)))?;
            text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DefaultSource, VariableDefault, default_value};

    #[test]
    fn a_default_comes_from_a_file_of_the_checklists_folder_and_from_none_outside() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("project");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(place.path().join("key"), "private\n").unwrap();
        std::fs::write(folder.join("VERSION"), "1.1.0\n").unwrap();
        std::os::unix::fs::symlink(place.path().join("key"), folder.join("link")).unwrap();
        let of =
            |name: &str| default_value(&VariableDefault::From(DefaultSource::File(name.to_owned())), &folder);
        assert_eq!(of("VERSION").as_deref(), Some("1.1.0"));
        for outside in ["../key", "link", &place.path().join("key").to_string_lossy()] {
            assert_eq!(of(outside), None, "{outside}");
        }
    }
}
