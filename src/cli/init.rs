//! `gonogo init`: writes the starter as `release.toml`, alone, into the folder.

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::print;
use crate::checklist::bundled::starter;
use crate::runtime::files::{Existing, FileFault, write_text};
use crate::safe_format;

/// The starter's file name.
pub const STARTER: &str = "release.toml";

/// Writes the starter.
pub fn init(doors: &Doors, existing: Existing) -> Result<Code, AppError> {
    let path = doors.started.folder.join(STARTER);
    match write_text(&path, starter(), existing) {
        Ok(()) => {}
        Err(fault @ FileFault::Exists { .. }) => {
            return Err(AppError::refused(fault.to_string()).hint("gonogo init --force replaces it"));
        }
        Err(fault) => return Err(fault.into()),
    }
    if doors.is_json() {
        print::json(&serde_json::json!({ "schema": "gonogo.init/1", "file": STARTER }));
    } else {
        print::answer(&safe_format!("wrote {}", STARTER));
        print::note(&safe_format!(
            "next: change it, then `gonogo new {} --set version=1.0.0 --set previous_version=0.9.0`",
            STARTER
        ));
    }
    Ok(Code::Yes)
}
