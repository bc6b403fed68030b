//! `gonogo verify`: whether a record is whole and whether anything vouches for its end.
//!
//! Not here: the judgement (`session/verify.rs`).

use std::path::Path;

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::open_session::find_session;
use super::print;
use crate::runtime::store::safe_open::read_whole;
use crate::runtime::store::{SeenFile, SessionPaths};
use crate::safe_format;
use crate::session::header::Header;
use crate::session::verify::{Anchor, Outcome, Witness, verify as judge};
use crate::text::safe;

/// Events that this person has seen and that the record lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Keep the verdict from GO until they are back.
    Accuses,
    /// Are not held against the record any more: a person goes on without them.
    Accepted,
}

impl From<bool> for Missing {
    fn from(accepted: bool) -> Self {
        if accepted { Self::Accepted } else { Self::Accuses }
    }
}

/// `gonogo verify [FILE] [--allow unanchored] [--accept-missing]`. What is accepted is judged once more as it was.
pub fn verify(
    doors: &Doors,
    file: Option<&Path>,
    allow: &[String],
    missing: Missing,
) -> Result<Code, AppError> {
    let paths = match file {
        Some(file) => SessionPaths::at(&doors.started.absolute(file))?,
        None => find_session(doors)?,
    };
    let allowed = allow.iter().flat_map(|words| words.split(','));
    let mut anchor = Anchor::Required;
    for word in allowed {
        match word.trim() {
            "unanchored" => anchor = Anchor::Optional,
            "unsigned" | "" => {}
            other => {
                return Err(AppError::usage(safe_format!("--allow {} is not known", other))
                    .hint("--allow unanchored,unsigned"));
            }
        }
    }
    let bytes = read_whole(&paths)?;
    let seen =
        Header::parse(&bytes).ok().map(|header| SeenFile::new(&doors.started.state, header.release.id));
    let watermark = seen.as_ref().and_then(SeenFile::load);
    if let (Missing::Accepted, Some(seen)) = (missing, &seen) {
        seen.forget()?;
    }
    let said = judge(&bytes, &Witness { watermark, committed: None }, anchor);
    if doors.is_json() {
        let mut value = serde_json::to_value(&said).unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.insert("schema".to_owned(), "gonogo.verify/1".into());
        }
        print::json(&value);
    } else {
        let word = match said.outcome {
            Outcome::Verified => "verified",
            Outcome::Unanchored => "whole, but nothing vouches for the tail",
            Outcome::CouldNotCheck => "could not be checked",
            Outcome::Damaged => "DAMAGED",
        };
        print::answer(&safe_format!("{}: {}, {} events", paths.file_name(), word, said.events));
        for line in &said.problems {
            print::answer(&safe_format!("  problem: {}", line));
        }
        for line in said.notes.iter().chain(&said.anchors) {
            print::answer(&safe_format!("  {}", line));
        }
        print::answer(&safe(&said.words));
    }
    Ok(match said.outcome {
        Outcome::Verified => Code::Yes,
        Outcome::Damaged => Code::No,
        Outcome::CouldNotCheck => Code::CouldNotFindOut,
        Outcome::Unanchored => Code::CannotSay,
    })
}
