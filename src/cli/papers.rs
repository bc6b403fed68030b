//! Doors to what is built in: the schema, completions, bundled checklists; printed, a checklist copied too.

use std::path::Path;

use clap::CommandFactory as _;

use super::Doors;
use super::app_error::AppError;
use super::arguments::Arguments;
use super::exit_code::Code;
use super::print;
use crate::checklist::bundled::{BUNDLED, Bundled};
use crate::checklist::schema::schema_json;
use crate::runtime::files::{Existing, FileFault, write_text};
use crate::safe_format;
use crate::text::nearest::nearest;

/// `gonogo schema`.
pub fn schema() -> Code {
    print::document(&schema_json());
    Code::Yes
}

/// `gonogo completions SHELL`.
pub fn completions(shell: clap_complete::Shell) -> Code {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gonogo", &mut text);
    print::document(&String::from_utf8_lossy(&text));
    Code::Yes
}

/// `gonogo checklists [NAME [--to FILE]]`.
pub fn checklists(
    doors: &Doors,
    name: Option<&str>,
    to: Option<&Path>,
    existing: Existing,
) -> Result<Code, AppError> {
    let Some(name) = name else {
        list(doors);
        return Ok(Code::Yes);
    };
    let Some(bundled) = BUNDLED.iter().find(|bundled| bundled.name == name) else {
        let error = AppError::usage(safe_format!("there is no bundled checklist `{}`", name));
        return Err(match nearest(name, BUNDLED.iter().map(|bundled| bundled.name)) {
            Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
            None => error.hint("gonogo checklists lists them"),
        });
    };
    if let Some(to) = to {
        return copy(doors, bundled, to, existing);
    }
    if doors.is_json() {
        print::json(&serde_json::json!({
            "schema": "gonogo.checklists/1", "name": bundled.name, "source": bundled.source,
        }));
    } else {
        print::document(bundled.source);
    }
    Ok(Code::Yes)
}

fn list(doors: &Doors) {
    if doors.is_json() {
        let list: Vec<_> = BUNDLED
            .iter()
            .map(|bundled| serde_json::json!({ "name": bundled.name, "about": bundled.about }))
            .collect();
        print::json(&serde_json::json!({ "schema": "gonogo.checklists/1", "checklists": list }));
        return;
    }
    for bundled in BUNDLED {
        print::answer(&safe_format!("{}  {}", bundled.name, bundled.about));
    }
}

fn copy(doors: &Doors, bundled: &Bundled, to: &Path, existing: Existing) -> Result<Code, AppError> {
    match write_text(&doors.started.absolute(to), bundled.source, existing) {
        Ok(()) => {}
        Err(fault @ FileFault::Exists { .. }) => {
            return Err(AppError::refused(fault.to_string()).hint("--force replaces it"));
        }
        Err(fault) => return Err(fault.into()),
    }
    if doors.is_json() {
        let file = to.to_string_lossy();
        print::json(&serde_json::json!({
            "schema": "gonogo.checklists/1", "name": bundled.name, "file": file,
        }));
    } else {
        print::answer(&safe_format!("wrote {}", to.to_string_lossy().as_ref()));
    }
    Ok(Code::Yes)
}
