//! `gonogo handover`: how things stand goes into the record and to stdout, for the next person, who accepts it.

use super::Doors;
use super::app_error::AppError;
use super::errand::stored;
use super::exit_code::Code;
use super::items::one;
use super::print;
use crate::engine::command::Command;
use crate::safe_format;
use crate::text::safe;

/// Writes one, or takes over.
pub fn door(doors: &Doors, to: Option<String>, accept: bool) -> Result<Code, AppError> {
    if accept { take_over(doors) } else { write(doors, to) }
}

/// Writes a handover.
fn write(doors: &Doors, to: Option<String>) -> Result<Code, AppError> {
    let engine = stored(doors, |_engine, _at| Ok(vec![Command::HandOver { to }]))?;
    let Some(handover) = engine.session().handovers.last() else { return Ok(Code::CannotSay) };
    if doors.is_json() {
        print::json(&serde_json::json!({
            "schema": "gonogo.handover/1",
            "handover": handover.stamp.event,
            "by": handover.stamp.by,
            "to": handover.written.to,
            "summary": handover.written.summary.lines().map(safe).collect::<Vec<_>>(),
        }));
        return Ok(Code::Yes);
    }
    for line in handover.written.summary.lines() {
        print::answer(&safe(line));
    }
    print::note(&safe_format!("the next person takes over with: gonogo handover --accept"));
    Ok(Code::Yes)
}

/// Takes over.
fn take_over(doors: &Doors) -> Result<Code, AppError> {
    one(doors, "handover", |_engine| Ok(Command::AcceptHandover { handover: None }))
}
