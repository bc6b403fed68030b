//! Doors that only tell what the record says: `log`, `status --recorded`.
//!
//! Not here: the words (`report`), measuring (`look.rs`).

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::open_session::open_session;
use super::print;
use crate::engine::brain::{Engine, Opening};
use crate::engine::input::Input;
use crate::engine::presence::Presence;
use crate::report::status::{self, Head};
use crate::report::story;
use crate::safe_format;

/// How the story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines.
    Plain,
    /// A Markdown list.
    Markdown,
}

/// `gonogo log`.
pub fn log(doors: &Doors, form: Form) -> Result<Code, AppError> {
    // The record's own lines and no others: its story is the same on every machine.
    let opening = open_session(doors)?.opening(doors, Presence::Command);
    let engine = Engine::new(Opening { journaled: Vec::new(), ..opening });
    let facts = engine.facts(doors.now());
    if doors.is_json() {
        print::json(&story::as_json(&facts));
        return Ok(Code::Yes);
    }
    let release = engine.release();
    print::answers(&match form {
        Form::Plain => story::plain(&facts),
        Form::Markdown => story::markdown(&facts, &format!("{} {}", release.product, release.version)),
    });
    tell_odd(&engine);
    Ok(Code::Yes)
}

/// Lines of the record that were edited or damaged: told beside the story, because they are no part of it.
fn tell_odd(engine: &Engine) {
    for odd in &engine.condition().lines {
        let claims = odd.claims.as_ref().map(|claims| {
            safe_format!(" It claims to be {} by {} at {}.", claims.kind, claims.by, claims.at.to_rfc3339())
        });
        let claims = claims.unwrap_or_default();
        print::note(&safe_format!("note: line {} does not count: {}.{}", odd.number, odd.cause, claims));
    }
}

/// Prints how the release stands; the exit code is the verdict's, or that a run is active.
pub fn tell_status(doors: &Doors, engine: &Engine) -> Code {
    let at = doors.now();
    let facts = engine.facts(at);
    let verdict = engine.verdict(at);
    let release = engine.release();
    let head = Head { product: &release.product, version: &release.version, session: &release.session_name };
    if doors.is_json() {
        print::json(&status::as_json(&head, &facts, &verdict));
    } else {
        print::answers(&status::plain(&head, &facts, &verdict));
    }
    if engine.session().active_run().is_some() { Code::NotFinished } else { Code::of_verdict(verdict.word) }
}

/// `gonogo status --recorded`.
pub fn recorded_status(doors: &Doors) -> Result<Code, AppError> {
    let session = open_session(doors)?;
    let mut engine = Engine::new(session.opening(doors, Presence::Command));
    let trust = doors.trust_store().judge(&session.content(), &session.source);
    engine.handle(doors.now(), Input::TrustKnown(trust));
    Ok(tell_status(doors, &engine))
}
