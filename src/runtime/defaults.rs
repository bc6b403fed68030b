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
            let text = files::read_text(&folder.join(name)).ok()?;
            text.lines().next().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned)
        }
    }
}
