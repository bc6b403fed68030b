//! Doors that only print what is built in: the schema, completions, bundled checklists.

use clap::CommandFactory as _;

use super::Doors;
use super::app_error::AppError;
use super::arguments::Arguments;
use super::exit_code::Code;
use super::print;
use crate::checklist::bundled::BUNDLED;
use crate::checklist::schema::schema_json;
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

/// `gonogo checklists [NAME]`.
pub fn checklists(doors: &Doors, name: Option<&str>) -> Result<Code, AppError> {
    let Some(name) = name else {
        if doors.is_json() {
            let list: Vec<_> = BUNDLED
                .iter()
                .map(|bundled| serde_json::json!({ "name": bundled.name, "about": bundled.about }))
                .collect();
            print::json(&serde_json::json!({ "schema": "gonogo.checklists/1", "checklists": list }));
        } else {
            for bundled in BUNDLED {
                print::answer(&safe_format!("{}  {}", bundled.name, bundled.about));
            }
        }
        return Ok(Code::Yes);
    };
    match BUNDLED.iter().find(|bundled| bundled.name == name) {
        Some(bundled) if doors.is_json() => {
            print::json(&serde_json::json!({
                "schema": "gonogo.checklists/1", "name": bundled.name, "source": bundled.source,
            }));
            Ok(Code::Yes)
        }
        Some(bundled) => {
            print::document(bundled.source);
            Ok(Code::Yes)
        }
        None => {
            let error = AppError::usage(safe_format!("there is no bundled checklist `{}`", name));
            Err(match nearest(name, BUNDLED.iter().map(|bundled| bundled.name)) {
                Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
                None => error.hint("gonogo checklists lists them"),
            })
        }
    }
}
